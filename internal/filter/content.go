package filter

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sort"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// maxContent bounds what is kept of one body or message while it is looked for something: more than people read, and small
// enough for many at once.
const maxContent = 4 << 20

// contentCut reports that a message carries more than was kept of it.
func contentCut(m *session.Message) bool {
	switch d := m.Detail.(type) {
	case *http1.Head:
		return d.Body.Truncated && d.Body.Missing == 0
	case *http2.Frame:
		return d.DataLen > int64(len(d.Data)) && d.Missing == 0
	case *websocket.Frame:
		if d.Whole != nil {
			return d.Whole.Truncated || d.Whole.Stop == websocket.StopLarge
		}
		return d.Truncated
	case *sse.Event:
		return d.Truncated()
	}
	return databaseCut(m)
}

// databaseCut is contentCut of the protocols of databases.
func databaseCut(m *session.Message) bool {
	switch d := m.Detail.(type) {
	case *mysql.Message:
		return d.Command != nil && d.Command.TextLen > int64(len(d.Command.Text)) && d.Missing == 0
	case *postgres.Message:
		return d.TextLength > int64(len(d.Text)) && len(d.Text) == maxContent
	case *redis.Message:
		return respCut(&d.Value) && d.Missing == 0
	}
	return false
}

// contents searches what messages say, as far as the payload does not show it as it stands.
type contents struct {
	p *searchPlayer
	// bodies are the open bodies of HTTP/1, streams those of HTTP/2.
	bodies  map[*http1.Head]*hidden
	streams map[streamKey]*hidden
}

// streamKey names one direction of an HTTP/2 stream.
type streamKey struct {
	dir flow.Direction
	id  uint32
}

// maxStreams bounds the HTTP/2 streams of a connection whose bodies are open at a time, above what servers allow (100 to
// 1000).
const maxStreams = 2000

// hidden is content that comes in pieces.
type hidden struct {
	scanner scanner
	// codings are to be taken off first, when raw is complete.
	codings []string
	raw     []byte
	cut     bool // raw ends early
	// length counts the content so far. joints are places in it where the next piece stands somewhere else in the stream, at
	// which the last piece ended.
	length int64
	joints []int64
	at     int64
}

// visible reports that the payload shows the range as it stands, so that the search has found it there.
func (c *hidden) visible(start, end int64) bool {
	i := sort.Search(len(c.joints), func(i int) bool { return c.joints[i] > start })
	return i == len(c.joints) || c.joints[i] >= end
}

// add takes the next piece, which begins at offset at of the stream.
func (c *hidden) add(at int64, b []byte, f found) {
	if len(c.codings) > 0 {
		room := maxContent - len(c.raw)
		c.cut = c.cut || len(b) > room
		c.raw = append(c.raw, b[:min(room, len(b))]...)
		return
	}
	const most = 1024 // joints, before old ones are dropped
	if at != c.at && c.length > 0 {
		if len(c.joints) > most {
			old := c.length - patternBlock - 2*patternLongest
			c.joints = c.joints[sort.Search(len(c.joints), func(i int) bool { return c.joints[i] >= old }):]
		}
		c.joints = append(c.joints, c.length)
	}
	c.at = at + int64(len(b))
	c.length += int64(len(b))
	c.scanner.feed(b, f)
}

// report returns the function that notes matches in c.
func (s *contents) report(c *hidden, w Where, dir flow.Direction) found {
	return func(start, end int64, around []byte, i, j int) {
		if c == nil || len(c.codings) > 0 || !c.visible(start, end) {
			s.p.hit(w, s.p.now, dir, start, end, around, i, j)
		}
	}
}

// finish ends a content.
func (s *contents) finish(c *hidden, dir flow.Direction) {
	f := s.report(c, InBody, dir)
	if len(c.codings) > 0 && len(c.raw) > 0 {
		_, stop, _ := body.Copy(scanWriter{s.p.ctx, c.scanner, f}, bytes.NewReader(c.raw), c.codings, maxUnpacked)
		if c.cut || stop == body.TooLarge {
			s.p.res.Partly++
		}
	}
	c.scanner.end(f)
}

// maxUnpacked bounds what a body is unpacked to while it is searched; nothing of it is kept.
const maxUnpacked = 64 << 20

// scanWriter is a scanner to write to. It stops with ctx.
type scanWriter struct {
	ctx context.Context
	s   scanner
	f   found
}

func (w scanWriter) Write(b []byte) (int, error) {
	w.s.feed(b, w.f)
	return len(b), w.ctx.Err()
}

// body takes a piece of the body of an HTTP/1 message. One that stands in the stream as it is was searched there.
func (s *contents) body(dir flow.Direction, h *http1.Head, at int64, b []byte) {
	if h.Body.Kind != http1.Chunked && len(h.Body.Codings) == 0 || h.Body.Missing > 0 {
		return
	}
	c := s.bodies[h]
	if c == nil {
		if s.bodies == nil {
			s.bodies = map[*http1.Head]*hidden{}
		}
		c = &hidden{scanner: s.p.s.scanner(), codings: h.Body.Codings}
		s.bodies[h] = c
	}
	c.add(at, b, s.report(c, InBody, dir))
}

// message takes a decoded message.
func (s *contents) message(m session.Message, _ []uint32) bool {
	switch d := m.Detail.(type) {
	case *http1.Head:
		if c := s.bodies[d]; c != nil {
			delete(s.bodies, d)
			s.finish(c, m.Dir)
		}
	case *http2.Frame:
		s.http2(&m, d)
	case *websocket.Frame:
		s.webSocket(&m, d)
	case *dns.Message:
		s.dns(&m, d)
	case *mysql.Message:
		s.mysql(&m, d)
	}
	return true
}

// dns searches names, of which the wire has the labels apart, and the data of records as people write it.
func (s *contents) dns(m *session.Message, d *dns.Message) {
	for i := range d.Questions {
		s.once([]byte(d.Questions[i].Name), InMessage, m.Dir)
	}
	for i := range d.Records {
		r := &d.Records[i]
		s.once([]byte(r.Name+" "+dns.TypeName(r.Type)+" "+r.Data), InMessage, m.Dir)
	}
	if d.Left > 0 {
		s.p.res.Partly++
	}
}

// mysql searches the text of commands and errors that came compressed.
func (s *contents) mysql(m *session.Message, d *mysql.Message) {
	if !d.Compressed {
		return
	}
	if contentCut(m) {
		s.p.res.Partly++
	}
	if d.Command != nil {
		s.once(d.Command.Text, InMessage, m.Dir)
	}
	if d.Failure != nil {
		s.once([]byte(d.Failure.Message), InMessage, m.Dir)
	}
}

// once searches a text that is complete.
func (s *contents) once(b []byte, w Where, dir flow.Direction) {
	sc, f := s.p.s.scanner(), s.report(nil, w, dir)
	sc.feed(b, f)
	sc.end(f)
}

// webSocket searches a message, or a control frame, unless the payload shows it.
func (s *contents) webSocket(m *session.Message, f *websocket.Frame) {
	if contentCut(m) {
		s.p.res.Partly++
	}
	switch w := f.Whole; {
	case w != nil && (f.Masked || w.Compressed || w.Frames > 1):
		s.once(w.Data, InMessage, m.Dir)
	case w == nil && f.Opcode.Control() && f.Masked:
		s.once(f.Payload, InMessage, m.Dir)
	}
}

// http2 searches header lists and joins the DATA frames of each stream.
func (s *contents) http2(m *session.Message, f *http2.Frame) {
	for i := range f.Fields {
		s.once([]byte(f.Fields[i].Name+": "+f.Fields[i].Value), InHeader, m.Dir)
	}
	key := streamKey{m.Dir, f.Stream}
	c := s.streams[key]
	if len(f.Fields) > 0 && c == nil {
		if len(s.streams) >= maxStreams {
			s.p.res.Partly++
			return
		}
		if s.streams == nil {
			s.streams = map[streamKey]*hidden{}
		}
		c = &hidden{scanner: s.p.s.scanner(), codings: http2Codings(f)}
		s.streams[key] = c
	}
	if c == nil {
		return
	}
	if f.Type == http2.Data && f.DataLen > 0 {
		if contentCut(m) {
			s.p.res.Partly++
		}
		at := m.End - int64(f.PadLen) - f.DataLen // padding is behind the data (RFC 9113 §6.1)
		c.add(at, f.Data, s.report(c, InBody, m.Dir))
	}
	if f.Type == http2.RSTStream || (f.Type == http2.Data || f.Type == http2.Headers) && f.Has(http2.FlagEndStream) {
		delete(s.streams, key)
		s.finish(c, m.Dir)
	}
}

// http2Codings are the content codings that a header list names.
func http2Codings(f *http2.Frame) []string {
	var values []string
	for i := range f.Fields {
		if f.Fields[i].Name == "content-encoding" {
			values = append(values, f.Fields[i].Value)
		}
	}
	return body.Codings(values...)
}

// end ends what is still open when the connection has no more packets.
func (s *contents) end() {
	keys := slices.SortedFunc(maps.Keys(s.streams), func(a, b streamKey) int {
		return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(a.id, b.id))
	})
	for _, k := range keys {
		s.finish(s.streams[k], k.dir)
	}
}
