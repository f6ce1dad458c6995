package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// source is where the bytes of the uncompressed capture come from. Read walks through them once; ReadAt returns bytes
// that Read has passed, or any for a plain file, and is safe beside Read. They return io.EOF or an *Error.
type source interface {
	io.Reader
	io.ReaderAt
	io.Closer
	// size returns the length of the capture in bytes, -1 while it is not known.
	size() int64
	// progress returns how much of the input was consumed, and its length, -1 if not known. Safe from any goroutine.
	progress() (read, total int64)
}

// skipper is a source that can pass over bytes without reading them. The caller makes sure that they are there.
type skipper interface {
	skip(n int64)
}

// fileSource reads a plain, uncompressed file. It uses pread rather than a mapping: as fast for one pass (measured), and
// a file cut short by someone else meanwhile is an error instead of a signal.
type fileSource struct {
	file   *os.File
	length int64
	pos    atomic.Int64
}

func (s *fileSource) Read(p []byte) (int, error) {
	n, err := s.file.ReadAt(p, s.pos.Load())
	s.pos.Add(int64(n))
	if n > 0 {
		return n, nil
	}
	return 0, readError(err)
}

func (s *fileSource) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.file.ReadAt(p, off)
	return n, readError(err)
}

func (s *fileSource) skip(n int64) { s.pos.Store(min(s.pos.Load()+n, s.length)) }
func (s *fileSource) size() int64  { return s.length }

// progress takes into account that a file may grow while it is read.
func (s *fileSource) progress() (read, total int64) {
	read = s.pos.Load()
	return read, max(read, s.length)
}

func (s *fileSource) Close() error { return s.file.Close() }

// bytesSource reads a capture held in memory.
type bytesSource struct {
	*bytes.Reader
	pos atomic.Int64
}

func newBytesSource(b []byte) *bytesSource { return &bytesSource{Reader: bytes.NewReader(b)} }

func (s *bytesSource) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.pos.Add(int64(n))
	return n, err
}

func (s *bytesSource) size() int64                   { return s.Reader.Size() }
func (s *bytesSource) progress() (read, total int64) { return s.pos.Load(), s.Reader.Size() }
func (s *bytesSource) Close() error                  { return nil }

// readError turns a failure to read into an *Error; io.EOF and an *Error stay as they are.
func readError(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &Error{Kind: Failed, Reason: ReasonRead, Err: err}
}
