package all

import (
	"slices"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
)

// maxInnerStreams is of how many streams of one HTTP/2 connection the bodies are read at a time: above the number of streams that
// servers allow. The frames of others are there all the same.
const maxInnerStreams = 256

// bodies are the bodies of a connection in which further messages are read.
type bodies struct {
	// head is the HTTP/1 message whose body came last, as long as it is open. inner reads it if it holds messages; missing
	// counts what was not captured of it, as far as that was noticed.
	head    *http1.Head
	inner   inner
	missing int64
	// streams are those of HTTP/2, tunnels its WebSockets, by their stream, which take their memory from pool.
	streams map[streamID]*stream
	tunnels map[uint32]*tunnel
	pool    *websocket.Pool
}

// streamID is one direction of an HTTP/2 stream.
type streamID struct {
	dir flow.Direction
	id  uint32
}

// stream is a body with messages over HTTP/2; gap says that bytes in front of the next ones are missing.
type stream struct {
	inner
	gap bool
}

// inner reads the messages in a body.
type inner interface {
	// write takes the next bytes of the body; they stand at stream offset at. gap says that some are missing in front of them.
	write(b []byte, at int64, gap bool)
	// end says that the body has ended; why is the reason if it is not complete.
	end(why string)
	// release ends the reading without looking at what is open.
	release()
}

// inner returns a reader of a body, nil if it holds no messages that are known, or none that can be read.
func (c *Conversation) inner(contentType string, codings []string, dir flow.Direction, response bool) inner {
	if r := newQuestion(contentType, codings, dir, c.emit); r != nil {
		return r
	}
	if response {
		if r := newEvents(contentType, codings, dir, c.emit, c.opt.Keep); r != nil {
			return r
		}
	}
	return nil
}

// body looks at the bytes of an HTTP/1 body.
func (c *Conversation) body(dir flow.Direction, h *http1.Head, at int64, b []byte) {
	o := &c.bodies
	if o.head != h {
		o.drop()
		t, _ := h.Get("Content-Type")
		o.head, o.missing = h, 0
		o.inner = c.inner(t, slices.Concat(h.Body.Codings, h.Body.Transfer), dir, h.Kind == http1.Response)
	}
	if o.inner != nil {
		o.inner.write(b, at, h.Body.Missing > o.missing)
		o.missing = h.Body.Missing
	}
}

// bodyEnds looks at a message before it is emitted: it may end a body in which messages are read, or begin one.
func (c *Conversation) bodyEnds(m *proto.Message) {
	switch d := m.Detail.(type) {
	case *http1.Head:
		o := &c.bodies
		if d != o.head {
			return
		}
		if o.inner != nil {
			why := m.Broken
			if d.Body.Missing > o.missing {
				why = proto.BrokenGap
			}
			o.inner.end(why)
		}
		o.head, o.inner = nil, nil
	case *http2.Frame:
		c.http2Frame(m, d)
	}
}

// http2Frame looks at a frame that begins or ends a stream.
func (c *Conversation) http2Frame(m *proto.Message, f *http2.Frame) {
	o := &c.bodies
	key := streamID{m.Dir, f.Stream}
	switch {
	case f.Type == http2.RSTStream:
		o.endStream(key, http2.BrokenReset)
		o.endStream(streamID{m.Dir.Reverse(), f.Stream}, http2.BrokenReset)
		o.endTunnel(f.Stream, m.Dir, http2.BrokenReset)
		o.endTunnel(f.Stream, m.Dir.Reverse(), http2.BrokenReset)
	case f.Type != http2.Headers && f.Type != http2.Continuation:
	case f.Has(http2.FlagEndStream) && f.Type == http2.Headers: // trailers, or no body
		o.endStream(key, "")
		o.endTunnel(f.Stream, m.Dir, "")
	case opensWebSocket(m, f):
		c.openTunnel(f)
	case len(f.Fields) > 0 && o.streams[key] == nil && len(o.streams) < maxInnerStreams:
		codings := body.Codings(http2Value(f, "content-encoding"))
		if r := c.inner(f.Value("content-type"), codings, m.Dir, f.Value(":status") != ""); r != nil {
			if o.streams == nil {
				o.streams = map[streamID]*stream{}
			}
			o.streams[key] = &stream{inner: r}
		}
	}
}

// http2Value returns all values of a header field, "" if it is not there.
func http2Value(f *http2.Frame, name string) string {
	var values []string
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			values = append(values, f.Fields[i].Value)
		}
	}
	return strings.Join(values, ",")
}

// http2Body looks at the bytes of an HTTP/2 body.
func (c *Conversation) http2Body(p http2.Piece) {
	o := &c.bodies
	if p.Stream == 0 { // a hole between frames, which may have held bytes of any body
		for key, s := range o.streams {
			s.gap = s.gap || key.dir == p.Dir
		}
		o.loseTunnels(p.Dir)
		return
	}
	o.tunnelled(p)
	key := streamID{p.Dir, p.Stream}
	s := o.streams[key]
	if s == nil {
		return
	}
	s.gap = s.gap || p.Missing > 0
	if len(p.Bytes) > 0 || p.End { // an empty frame ends the body in its own place
		s.write(p.Bytes, p.At, s.gap)
		s.gap = s.gap && len(p.Bytes) == 0
	}
	if p.End {
		o.endStream(key, "")
	}
}

// endStream ends one direction of a stream; why is the reason if its body is not complete.
func (o *bodies) endStream(key streamID, why string) {
	s := o.streams[key]
	if s == nil {
		return
	}
	if s.gap {
		why = proto.BrokenGap
	}
	delete(o.streams, key)
	s.end(why)
}

// endStreams ends all streams of a direction, in order of their numbers.
func (o *bodies) endStreams(dir flow.Direction, why string) {
	var open []streamID
	for key := range o.streams {
		if key.dir == dir {
			open = append(open, key)
		}
	}
	slices.SortFunc(open, func(a, b streamID) int { return int(a.id) - int(b.id) })
	for _, key := range open {
		o.endStream(key, why)
	}
	o.endTunnels(dir, why)
}

// drop lets go of the open HTTP/1 body.
func (o *bodies) drop() {
	if o.inner != nil {
		o.inner.release()
		o.inner = nil
	}
}

// release lets go of all of them.
func (o *bodies) release() {
	o.drop()
	for _, s := range o.streams {
		s.release()
	}
	*o = bodies{}
}

// Release lets go of what a Conversation holds besides memory. Whoever makes one calls it at last, wherever reading ended.
func (c *Conversation) Release() { c.bodies.release() }
