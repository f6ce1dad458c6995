package body

import (
	"errors"
	"io"
	"iter"
)

// Stream takes the codings off a body that comes piece by piece, and hands over at once what the pieces so far give: of a
// body that the sender flushed, all of it up to there. A decoder hands out whole blocks of deflate and zstd, and every byte of
// br; so what comes out, and behind which byte of the input, does not depend on how the input was cut.
//
// The decoders pull their input while a Stream is pushed; each runs as a coroutine that rests between two calls of Write.
// Whoever makes a Stream ends it with Close or Release: otherwise the coroutine stays for ever.
type Stream struct {
	resume func() (struct{}, bool)
	cancel func()
	in     []byte // not yet read
	ended  bool   // nothing follows in
	used   int64
	over   bool
	stop   Stop
	err    error
}

// errReleased ends a decoder whose Stream was released.
var errReleased = errors.New("released")

// NewStream returns a Stream that takes off codings, of which there is at least one, the last one first. It gives at most limit
// bytes (MaxOutput if limit is 0) to out, which is called while Write, Close or Release run; used is how many bytes of the
// input it took to get that far. The bytes are borrowed.
func NewStream(codings []string, limit int64, out func(b []byte, used int64)) *Stream {
	s := &Stream{}
	s.resume, s.cancel = iter.Pull(func(rest func(struct{}) bool) {
		_, s.stop, s.err = copyTo(&drain{s, out}, &source{s, rest}, codings, limit, false)
		s.over = true
	})
	return s
}

// Write takes the next bytes of the body. What follows the end of the compressed data, or a reason to stop, is not looked at.
func (s *Stream) Write(b []byte) {
	if s.over {
		return
	}
	s.in = b
	s.resume()
	s.in = nil
}

// Close says that the body has ended.
func (s *Stream) Close() {
	if !s.over {
		s.ended = true
		s.resume()
	}
}

// Release ends the Stream without looking at what is missing.
func (s *Stream) Release() { s.cancel() }

// Over reports that nothing more will come out: there was a reason to stop, or the compressed data is complete and something
// else follows.
func (s *Stream) Over() bool { return s.over }

// Used returns how many bytes of the input were read: no more than decided what came out, and why it stopped.
func (s *Stream) Used() int64 { return s.used }

// Stop says why the output ends, Whole as long as it does not. err is what the decoder said, for Truncated and Damaged.
func (s *Stream) Stop() (why Stop, err error) { return s.stop, s.err }

// source lets a decoder read what was written. It gives one byte at a time: a decoder that is offered more takes more than it
// needs, and then nobody knows how much it took for what it gives.
type source struct {
	s    *Stream
	rest func(struct{}) bool
}

func (r *source) Read(b []byte) (int, error) {
	s := r.s
	for len(s.in) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		if !r.rest(struct{}{}) {
			return 0, errReleased
		}
	}
	if len(b) == 0 {
		return 0, nil
	}
	b[0] = s.in[0]
	s.in = s.in[1:]
	s.used++
	return 1, nil
}

// drain hands on what a decoder gives.
type drain struct {
	s   *Stream
	out func(b []byte, used int64)
}

func (w *drain) Write(b []byte) (int, error) {
	if len(b) > 0 {
		w.out(b, w.s.used)
	}
	return len(b), nil
}
