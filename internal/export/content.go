package export

import (
	"context"
	"errors"
	"io"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// MessageContent says where the content of one message of a connection is.
type MessageContent struct {
	Dir flow.Direction
	// Start and End are the message's place in Dir's stream.
	Start, End int64
	// HTTP says that the content is the body of a message of HTTP/1, Web that it is a WebSocket message; Stream is the stream of
	// HTTP/2 whose body it is. If it is none of them the content are the bytes of the message as they are.
	HTTP, Web bool
	Stream    uint32
	// Codings are taken off.
	Codings []string
}

// maxWebContent is the longest WebSocket message that is taken out; browsers and servers refuse longer ones by default.
const maxWebContent = 64 << 20

// WriteContent writes the content of one message, decoded as far as that is possible, at most limit bytes (0 for what the bounds
// of decoding allow). It reads the connection again, up to the message. Bytes that were not captured are left out.
func WriteContent(ctx context.Context, v *session.View, talk *session.Conversation, c MessageContent, out io.Writer, limit int64) error {
	if len(c.Codings) == 0 {
		return sentContent(ctx, v, talk, c, bounded(out, limit))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := sentContent(ctx, v, talk, c, w)
		_ = w.CloseWithError(err) // it never fails
		done <- err
	}()
	_, stop, err := body.Copy(out, r, c.Codings, limit)
	cancel()
	_ = r.Close() // it never fails, and ends the writer
	sent := <-done
	switch {
	case stop != body.Whole: // what came out up to there is what there is
		return nil
	case err != nil:
		return err
	case errors.Is(sent, io.ErrClosedPipe), errors.Is(sent, context.Canceled):
		return nil
	}
	return sent
}

// errEnough ends writing at a limit.
type errEnough struct{}

func (errEnough) Error() string { return "enough bytes" }

// boundedWriter writes at most left bytes and then says errEnough.
type boundedWriter struct {
	w    io.Writer
	left int64
}

func (b *boundedWriter) Write(p []byte) (int, error) {
	n, err := b.w.Write(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); err == nil && b.left == 0 {
		err = errEnough{}
	}
	return n, err
}

func bounded(w io.Writer, limit int64) io.Writer {
	if limit <= 0 {
		return w
	}
	return &boundedWriter{w, limit}
}

// sentContent writes the content of one message with its codings on.
func sentContent(ctx context.Context, v *session.View, talk *session.Conversation, c MessageContent, out io.Writer) error {
	w := &contentWriter{c: c, out: out}
	opt := all.Options{HTTP1: http1.Options{KeepBody: -1}, Keep: -1}
	switch {
	case c.Stream != 0:
		opt.HTTP2Body = w.http2
	case c.Web:
		opt.Keep = maxWebContent
	case c.HTTP:
		opt.HTTP1.Body = w.http1
	default:
		err := talk.Streams().Within(ctx, c.Dir, c.Start, c.End, func(_ session.Piece, b []byte) bool {
			w.write(b)
			return w.err == nil
		})
		return enough(errors.Join(w.err, err))
	}
	err := v.Decode(ctx, opt, func(m session.Message, _ []uint32) bool { return !w.over(&m) && w.err == nil })
	return enough(errors.Join(w.err, err))
}

// contentWriter picks the content of one message out of what a connection says.
type contentWriter struct {
	c   MessageContent
	out io.Writer
	err error
}

func (w *contentWriter) write(b []byte) {
	if w.err == nil && len(b) > 0 {
		_, w.err = w.out.Write(b)
	}
}

// http1 takes bytes of a body of HTTP/1.
func (w *contentWriter) http1(dir flow.Direction, h *http1.Head, _ int64, b []byte) {
	if at := h.LineRange.Start; dir == w.c.Dir && at >= w.c.Start && at < w.c.End {
		w.write(b)
	}
}

// http2 takes bytes of a body of HTTP/2.
func (w *contentWriter) http2(p http2.Piece) {
	if p.Stream == w.c.Stream && p.Dir == w.c.Dir {
		w.write(p.Bytes)
	}
}

// over takes a message and reports that it is the one wanted, or behind it.
func (w *contentWriter) over(m *session.Message) bool {
	if m.Dir != w.c.Dir || m.End < w.c.End || w.c.Stream != 0 {
		return false
	}
	if !w.c.Web {
		return m.Protocol == http1.Name
	}
	f, ok := m.Detail.(*websocket.Frame)
	if ok && f.Whole != nil && m.End == w.c.End {
		w.write(f.Whole.Data)
	}
	return ok // frames of HTTP/2, in which it may lie, say nothing
}

// enough makes no error of a limit that was reached.
func enough(err error) error {
	if errors.As(err, &errEnough{}) {
		return nil
	}
	return err
}
