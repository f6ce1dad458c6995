package pcapfile

import (
	"io"
	"sync/atomic"
)

// Growing is the bytes of a capture that is still being written. ReadAt reads what has been announced; it and Wait may be
// called from any goroutine.
type Growing interface {
	io.ReaderAt
	// Wait returns how many bytes there are as soon as they are more than have, and ended if there will be no more. It sleeps
	// meanwhile. What it announces ends with a whole record or block.
	Wait(have int64) (length int64, ended bool)
	// Length returns how many bytes there are by now.
	Length() int64
	// Close wakes a Wait that sleeps, with the end.
	Close() error
}

// OpenGrowing reads a capture that is still being written; name is for messages. Next waits for more packets until g ends.
// Closing the File closes g.
func OpenGrowing(g Growing, name string) (*File, error) {
	return begin(&growingSource{g: g}, name, uncompressed, defaultLimits)
}

// Follow says what came before the first packet. It must be called before the first Next.
func (f *File) Follow(b Before) {
	f.frame = b.Packets
	f.mu.Lock()
	defer f.mu.Unlock()
	f.info.Before = b
}

// growingSource follows a Growing.
type growingSource struct {
	g     Growing
	pos   atomic.Int64
	ended atomic.Bool
}

func (s *growingSource) Read(p []byte) (int, error) {
	pos := s.pos.Load()
	length, ended := s.g.Wait(pos)
	if length <= pos {
		if ended {
			s.ended.Store(true)
			return 0, io.EOF
		}
		return 0, nil
	}
	n, err := s.g.ReadAt(p[:min(int64(len(p)), length-pos)], pos)
	s.pos.Add(int64(n))
	if n > 0 {
		return n, nil
	}
	return 0, readError(err)
}

func (s *growingSource) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.g.ReadAt(p, off)
	return n, readError(err)
}

// size is not known before the end: a capture that grows is never too short for what it claims.
func (s *growingSource) size() int64 {
	if !s.ended.Load() {
		return -1
	}
	return s.g.Length()
}

func (s *growingSource) progress() (read, total int64) { return s.pos.Load(), s.size() }
func (s *growingSource) Close() error                  { return s.g.Close() }

// OpenOnce reads a capture from r, like OpenReader, but keeps nothing of what was read: ReadAt fails. It is for handing the
// packets of a pipe on.
func OpenOnce(r io.Reader, name string) (*File, error) {
	return begin(&onceSource{r: r}, name, uncompressed, defaultLimits)
}

// onceSource reads bytes that come once and are not needed again.
type onceSource struct {
	r   io.Reader
	pos atomic.Int64
}

func (s *onceSource) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.pos.Add(int64(n))
	return n, err
}

func (s *onceSource) ReadAt([]byte, int64) (int, error) { return 0, io.EOF }
func (s *onceSource) size() int64                       { return -1 }
func (s *onceSource) progress() (read, total int64)     { return s.pos.Load(), -1 }
func (s *onceSource) Close() error                      { return nil }
