package export

import (
	"bufio"
	"context"
	"io"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// StreamFormat is the form in which Stream writes bytes.
type StreamFormat uint8

// The formats.
const (
	Raw  StreamFormat = iota // the bytes and nothing else
	Text                     // lines; what cannot be shown is a dot
	Hex                      // rows of sixteen bytes with their offset
)

// StreamOptions say what Stream writes.
type StreamOptions struct {
	Format StreamFormat
	// Sides are the senders whose bytes are wanted.
	Sides [2]bool
	// Gap words a gap of n bytes, for Text and Hex.
	Gap func(n int64) string
}

// StreamSum is what there was of one side.
type StreamSum struct {
	// Bytes were captured; Missing were not, in so many Gaps.
	Bytes, Missing int64
	Gaps           int
}

// Stream writes the bytes that the two ends of a connection sent, put in order, to out: with both sides in the order of the
// conversation. Bytes that were not captured are left out of Raw, and gap is told of each such place (it may be nil).
func Stream(ctx context.Context, v *session.View, opt StreamOptions, out io.Writer, gap func(dir flow.Direction, offset, n int64)) ([2]StreamSum, error) {
	s := newStreamSink(opt, out, gap)
	a := stream.NewAssembler(s)
	err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		a.Segment(dir, uint32(i), seg)
		for d := range flow.Direction(2) { // nobody asks for packets
			a.Forget(d, a.Len(d))
		}
		return s.err == nil
	})
	if err != nil {
		return s.sum, err
	}
	if s.err != nil {
		return s.sum, s.err
	}
	a.Finish()
	return s.sum, s.end()
}

// streamSink hands the wanted sides on to a form.
type streamSink struct {
	opt  StreamOptions
	form form
	w    *bufio.Writer
	gap  func(dir flow.Direction, offset, n int64)
	sum  [2]StreamSum
	err  error
}

func newStreamSink(opt StreamOptions, out io.Writer, gap func(dir flow.Direction, offset, n int64)) *streamSink {
	s := &streamSink{opt: opt, w: bufio.NewWriterSize(out, 1<<16), gap: gap}
	both := opt.Sides == [2]bool{true, true}
	switch opt.Format {
	case Raw:
		s.form = rawForm{s.w}
	case Text:
		s.form = &textForm{w: s.w, both: both}
	case Hex:
		s.form = &hexForm{w: s.w, both: both}
	}
	return s
}

// end writes what is left.
func (s *streamSink) end() error {
	if s.err == nil {
		s.note(s.form.end())
	}
	if s.err == nil {
		s.note(s.w.Flush())
	}
	return s.err
}

func (s *streamSink) note(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Data implements stream.Sink.
func (s *streamSink) Data(dir flow.Direction, b []byte) {
	if s.err != nil || !s.opt.Sides[dir] {
		return
	}
	sum := &s.sum[dir]
	s.note(s.form.data(dir, sum.Bytes+sum.Missing, b))
	sum.Bytes += int64(len(b))
}

// Gap implements stream.Sink.
func (s *streamSink) Gap(dir flow.Direction, n int64) {
	if s.err != nil || !s.opt.Sides[dir] {
		return
	}
	sum := &s.sum[dir]
	if s.gap != nil {
		s.gap(dir, sum.Bytes+sum.Missing, n)
	}
	if s.opt.Gap != nil {
		s.note(s.form.gap(dir, s.opt.Gap(n)))
	}
	sum.Missing += n
	sum.Gaps++
}

// Close implements stream.Sink.
func (s *streamSink) Close(flow.Direction) {}
