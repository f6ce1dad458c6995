package pcapfile

import (
	"errors"
	"io"
)

// windowSize is how much is read at once: large enough that system calls do not count, small enough to stay in the cache.
const windowSize = 256 << 10

// maxEmptyReads is how often a reader may return nothing and no error before it counts as broken.
const maxEmptyReads = 100

// errPause says that the window would have to read on although its user asked it not to.
var errPause = errors.New("pause before reading on")

// window is the part of a capture in memory while it is walked. Bytes [r, w) of buf are read but not consumed; buf[0] lies
// at offset base of the capture.
type window struct {
	src    source
	buf    []byte
	r, w   int
	base   int64
	err    error // why src gave no more; nil while it may
	paused bool  // fill must not read: it returns errPause
	lent   bool  // someone else reads buf: fill must not move its bytes
}

// offset returns the position in the capture of the next byte to consume.
func (w *window) offset() int64 { return w.base + int64(w.r) }

// buffered returns how many bytes can be consumed without reading.
func (w *window) buffered() int { return w.w - w.r }

// fill makes at least n bytes available from r on. It returns errPause, or the reason why fewer than n bytes are left.
// The buffer grows with the bytes that are really there, not with n: a claimed length costs nothing.
func (w *window) fill(n int) error {
	if w.buffered() >= n {
		return nil
	}
	if w.paused {
		return errPause
	}
	// A buffer that grew for one long packet is given up after it.
	outgrown := len(w.buf) > windowSize && n <= windowSize
	if w.lent || w.buf == nil || outgrown {
		w.swap(make([]byte, windowSize))
	} else {
		w.swap(w.buf)
	}
	for empty := 0; w.w < n; {
		if w.err != nil {
			return w.err
		}
		if w.w == len(w.buf) {
			w.buf = append(w.buf, make([]byte, len(w.buf))...)
		}
		got, err := w.src.Read(w.buf[w.w:])
		w.w += got
		if got > 0 || err != nil {
			empty = 0
		} else if empty++; empty == maxEmptyReads {
			err = io.ErrNoProgress
		}
		w.err = readError(err)
	}
	return nil
}

// swap goes on in buf, taking along what is not consumed. buf may be the present buffer.
func (w *window) swap(buf []byte) {
	if rest := w.buffered(); len(buf) < rest {
		buf = make([]byte, rest+windowSize)
	}
	n := copy(buf, w.buf[w.r:w.w])
	w.base += int64(w.r)
	w.buf, w.r, w.w, w.lent = buf, 0, n, false
}

// discard consumes n bytes, more than the buffer holds if need be, and returns how many there were.
func (w *window) discard(n int64) (int64, error) {
	done := min(n, int64(w.buffered()))
	w.r += int(done)
	if done == n {
		return n, nil
	}
	if s, ok := w.src.(skipper); ok && w.err == nil {
		// The last byte is read so that a file shorter than claimed is noticed.
		jump := min(n-done-1, max(w.src.size()-w.base-int64(w.w), 0))
		s.skip(jump)
		w.base += jump
		done += jump
	}
	for done < n {
		if err := w.fill(1); err != nil {
			return done, err
		}
		step := min(n-done, int64(w.buffered()))
		w.r += int(step)
		done += step
	}
	return n, nil
}
