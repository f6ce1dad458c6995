package pcapfile

import (
	"errors"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

// limits bounds what one capture may cost. Tests set smaller ones.
type limits struct {
	spoolMemory int64 // bytes of a pipe or compressed capture kept in memory before a temporary file is used
	spoolSize   int64 // bytes of a pipe or compressed capture at most
	ratioFree   int64 // unpacked bytes that are fine whatever the compression ratio
	ratio       int64 // beyond that, unpacked bytes per compressed byte at most
	interfaces  int   // pcapng interfaces at most
	facts       int   // bytes of texts about sections and interfaces remembered at most
}

var defaultLimits = limits{
	// Most captures people share are smaller, and a file on disk is pointless for them.
	spoolMemory: 4 << 20,
	// Larger than captures that people keep compressed, smaller than the disks they have.
	spoolSize: 64 << 30,
	// A bomb must unpack to more than a computer would notice before it is called one, and captures of repeated bytes
	// reach 250 to 1 honestly.
	ratioFree: 1 << 30,
	ratio:     400,
	// Far above any real machine, and a few megabytes of memory.
	interfaces: 1 << 16,
	facts:      16 << 20,
}

// spool is a source over bytes that come only once. It keeps them, in memory while they are few and then in a temporary
// file that has no name any more (where the system allows that), so that they can be read again.
type spool struct {
	in     io.Reader // yields the bytes of the uncompressed capture
	closes []io.Closer
	limits limits
	dir    string // for the temporary file; "" is the system's

	consumed *atomic.Int64 // bytes of the input consumed; counted by in
	total    atomic.Int64  // length of the input, -1 if not known

	mu       sync.RWMutex // guards the fields below
	memory   []byte
	file     *os.File
	leftover string // name of the temporary file if it has to be removed on closing
	length   int64
	ended    bool
	closed   bool
}

// Read reads on from the input and keeps a copy.
func (s *spool) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	if n > 0 {
		if keepErr := s.keep(p[:n]); keepErr != nil {
			return 0, keepErr
		}
		return n, nil
	}
	if err == io.EOF {
		s.mu.Lock()
		s.ended = true
		s.mu.Unlock()
		s.total.CompareAndSwap(-1, s.consumed.Load())
	}
	return 0, err
}

// keep appends p to the copy.
func (s *spool) keep(p []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return &Error{Kind: Failed, Reason: ReasonRead, Err: os.ErrClosed}
	}
	if s.length+int64(len(p)) > s.limits.spoolSize {
		return &Error{Kind: Failed, Reason: ReasonSpoolLimit, Want: uint64(s.limits.spoolSize)}
	}
	if s.file == nil && s.length+int64(len(p)) <= s.limits.spoolMemory {
		s.memory = append(s.memory, p...)
		s.length += int64(len(p))
		return nil
	}
	if s.file == nil {
		if err := s.toDisk(); err != nil {
			return spoolError(err)
		}
	}
	if _, err := s.file.WriteAt(p, s.length); err != nil {
		return spoolError(err)
	}
	s.length += int64(len(p))
	return nil
}

// toDisk moves the copy from memory to a temporary file.
func (s *spool) toDisk() error {
	file, err := os.CreateTemp(s.dir, "tcptalk-*.spool")
	if err != nil {
		return err
	}
	if os.Remove(file.Name()) != nil {
		s.leftover = file.Name()
	}
	s.file = file
	if _, err := file.WriteAt(s.memory, 0); err != nil {
		return err
	}
	s.memory = nil
	return nil
}

func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return 0, &Error{Kind: Failed, Reason: ReasonRead, Err: os.ErrClosed}
	}
	if off >= s.length {
		return 0, io.EOF
	}
	var eof error
	if rest := s.length - off; int64(len(p)) > rest {
		p, eof = p[:rest], io.EOF
	}
	if s.file == nil {
		return copy(p, s.memory[off:]), eof
	}
	if n, err := s.file.ReadAt(p, off); err != nil {
		return n, spoolError(err)
	}
	return len(p), eof
}

func (s *spool) size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.ended {
		return -1
	}
	return s.length
}

func (s *spool) progress() (read, total int64) { return s.consumed.Load(), s.total.Load() }

// Close ends the input and gives the copy back. A Read that waits for a pipe is woken up by that.
func (s *spool) Close() error {
	var errs []error
	for _, c := range s.closes {
		errs = append(errs, c.Close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.memory = nil
	if s.file != nil {
		errs = append(errs, s.file.Close())
	}
	if s.leftover != "" {
		errs = append(errs, os.Remove(s.leftover))
	}
	return errors.Join(errs...)
}

// spoolError words a failure of the temporary file.
func spoolError(err error) *Error {
	e := &Error{Kind: Failed, Reason: ReasonSpool, Err: err}
	var errno syscall.Errno
	// ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
	windowsFull := runtime.GOOS == "windows" && errors.As(err, &errno) && (errno == 39 || errno == 112)
	if windowsFull || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		e.Reason = ReasonDiskFull
	}
	return e
}
