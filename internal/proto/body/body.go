// Package body takes off the content codings of a message body: gzip, deflate, br, zstd and stacks of them.
//
// It expects broken input: whatever could be decoded before the input ended or turned out damaged is kept, with the reason
// why it stops there. Output is bounded, in size and in proportion to the input. Start with Decode, or Copy for a body that
// need not fit in memory.
package body

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// Bounds of what comes out of a decoder.
const (
	// MaxOutput is the default limit in bytes: more than any page or picture worth looking at.
	MaxOutput = 64 << 20
	// maxRatio is above what deflate can honestly reach (1032:1). It counts from ratioFloor bytes of output on, since a few
	// hundred bytes of br or zstd may well stand for a long run of zeros.
	maxRatio   = 1100
	ratioFloor = 4 << 20
	// maxStack is the most codings that are taken off one body; real ones have one, rarely two.
	maxStack = 4
)

// Stop says why the output ends where it does. The empty Stop means: the body was decoded to its end.
type Stop string

// The reasons.
const (
	Whole     Stop = ""
	Truncated Stop = "truncated"      // the input ended inside the compressed data
	Damaged   Stop = "damaged"        // the compressed data is not valid from some point on
	TooLarge  Stop = "too large"      // the output limit was reached
	Bomb      Stop = "bomb"           // the output is out of all proportion to the input
	Unknown   Stop = "unknown coding" // one of the codings is not known; nothing was decoded
	Trailing  Stop = "trailing data"  // the body goes on behind the end of the compressed data
)

// Result is a decoded body.
type Result struct {
	Data []byte
	Stop Stop
	// Err is what the decoder said, for Truncated and Damaged, or an *Excess for Trailing.
	Err error
}

// Excess returns how many bytes follow the compressed data, 0 if none do, -1 if that is not known.
func (r *Result) Excess() int64 {
	var e *Excess
	if errors.As(r.Err, &e) {
		return e.Bytes
	}
	return 0
}

// Codings splits the values of Content-Encoding fields into codings, in the order in which they were applied, in lower case
// and without "identity".
func Codings(values ...string) []string {
	var out []string
	for _, v := range values {
		for _, c := range strings.Split(v, ",") {
			c = strings.ToLower(strings.Trim(c, " \t"))
			if c != "" && c != "identity" {
				out = append(out, c)
			}
		}
	}
	return out
}

// Known reports that a coding (in lower case) can be taken off.
func Known(coding string) bool { return decoders[coding] != nil }

// AllKnown reports that a body with these codings can be decoded.
func AllKnown(codings []string) bool {
	for _, c := range codings {
		if !Known(c) {
			return false
		}
	}
	return len(codings) <= maxStack
}

// Decode takes the codings off raw, the last one first, and returns at most limit bytes (MaxOutput if limit is 0). Without
// codings Data is raw itself.
func Decode(codings []string, raw []byte, limit int64) Result {
	if len(codings) == 0 {
		return Result{Data: raw}
	}
	var out bytes.Buffer
	_, stop, err := Copy(&out, bytes.NewReader(raw), codings, limit)
	return Result{Data: out.Bytes(), Stop: stop, Err: err}
}

// Copy takes the codings off what it reads from src, the last one first, and writes at most limit bytes (MaxOutput if limit
// is 0) to dst. err is dst's or src's own error with an empty Stop, the decoder's with Truncated or Damaged, or an *Excess with
// Trailing.
func Copy(dst io.Writer, src io.Reader, codings []string, limit int64) (n int64, stop Stop, err error) {
	return copyTo(dst, src, codings, limit, true)
}

// copyTo is Copy; count says that what follows the compressed data is read and counted.
func copyTo(dst io.Writer, src io.Reader, codings []string, limit int64, count bool) (n int64, stop Stop, err error) {
	if limit <= 0 {
		limit = MaxOutput
	}
	if len(codings) == 0 {
		n, err = io.Copy(dst, io.LimitReader(src, limit))
		if err == nil && n == limit {
			if k, _ := src.Read(make([]byte, 1)); k > 0 {
				stop = TooLarge
			}
		}
		return n, stop, err
	}
	if !AllKnown(codings) {
		return 0, Unknown, nil
	}
	in := &input{r: src}
	var r io.Reader = in
	for i := len(codings) - 1; i >= 0; i-- {
		var closer func()
		if r, closer, err = decoders[codings[i]](r); err != nil {
			return 0, in.reason(err), err
		}
		defer closer()
	}
	n, stop, err = pump(dst, r, in, limit)
	if e, ok := asExcess(err); ok {
		return n, Trailing, e.excess(count)
	}
	return n, stop, err
}

// pump copies r to dst within the bounds.
func pump(dst io.Writer, r io.Reader, in *input, limit int64) (n int64, stop Stop, err error) {
	buf := make([]byte, 32<<10)
	for {
		k, err := r.Read(buf)
		over := int64(k) > limit-n
		if over {
			k = int(limit - n)
		}
		w, werr := dst.Write(buf[:k])
		n += int64(w)
		switch {
		case werr != nil:
			return n, Whole, werr
		case over:
			return n, TooLarge, nil
		case n > ratioFloor && n/maxRatio > in.n:
			return n, Bomb, nil
		case err == io.EOF && in.n == 0:
			return n, Truncated, io.ErrUnexpectedEOF // nothing at all is no compressed data
		case err == io.EOF:
			return n, Whole, nil
		case err != nil:
			return n, in.reason(err), err
		}
	}
}

// input counts what was read and remembers the source's own error.
type input struct {
	r   io.Reader
	n   int64
	err error
}

func (in *input) Read(b []byte) (int, error) {
	n, err := in.r.Read(b)
	in.n += int64(n)
	if err != nil && err != io.EOF {
		in.err = err
	}
	return n, err
}

// reason tells apart why a decoder failed.
func (in *input) reason(err error) Stop {
	switch {
	case in.err != nil:
		return Whole // not the body's fault
	case err == io.ErrUnexpectedEOF || err == io.EOF:
		return Truncated
	}
	return Damaged
}
