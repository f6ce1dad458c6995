package pcapfile

import (
	"io"
	"sync/atomic"
)

// Again returns the capture as it stood when it was opened: a File of its own that reads the same bytes from the beginning on,
// also those of a pipe or a compressed file. Of those it reads what f has read. It is of use until f is closed; closing it
// closes nothing.
func (f *File) Again() (*File, error) {
	f.mu.RLock()
	name, how, before := f.name, compression(f.info.Compression), f.info.Before
	f.mu.RUnlock()
	again, err := begin(&againSource{of: f.src}, name, how, f.limits)
	if err == nil {
		again.Follow(before)
	}
	return again, err
}

// againSource walks once more through the bytes of a source that is open.
type againSource struct {
	of  source
	pos atomic.Int64
}

func (s *againSource) Read(p []byte) (int, error) {
	n, err := s.of.ReadAt(p, s.pos.Load())
	s.pos.Add(int64(n))
	if n > 0 {
		return n, nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return 0, err
}

func (s *againSource) ReadAt(p []byte, off int64) (int, error) { return s.of.ReadAt(p, off) }
func (s *againSource) skip(n int64)                            { s.pos.Add(n) }
func (s *againSource) size() int64                             { return s.of.size() }
func (s *againSource) Close() error                            { return nil }

// progress counts bytes of the uncompressed capture.
func (s *againSource) progress() (read, total int64) { return s.pos.Load(), s.of.size() }
