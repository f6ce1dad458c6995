package exchange

import (
	"strings"

	"tcptalk/internal/proto/http2"
	"tcptalk/internal/session"
)

// track makes the tracker when HTTP/2 begins.
func (b *builder) track() *http2.Tracker {
	if b.tracker == nil {
		opt := http2.TrackerOptions{KeepBody: b.opt.KeepBody, Done: b.stream}
		if x := b.upgraded; x != nil {
			opt.Upgraded = true
			if x.Request != nil {
				v, _ := x.Request.Get("HTTP2-Settings")
				opt.Settings = http2.ParseUpgradeSettings(v)
			}
			b.first = 1
		}
		b.tracker = http2.NewTracker(opt)
	}
	return b.tracker
}

// piece takes a part of an HTTP/2 body.
func (b *builder) piece(p http2.Piece) { b.track().Piece(p) }

// frame takes a frame of HTTP/2.
func (b *builder) frame(m *session.Message, f *http2.Frame) {
	t := b.track()
	if b.first == 0 && (f.Type == http2.Headers || f.Type == http2.Data) {
		b.first = f.Stream
	}
	if b.marked && f.Stream != 0 {
		if b.marks == nil {
			b.marks = make(map[uint32]bool)
		}
		b.marks[f.Stream] = true
	}
	t.Frame(&m.Message, m.First, m.Last)
}

// stream hands a stream of HTTP/2 over as an exchange.
func (b *builder) stream(s *http2.Stream) {
	x := b.tunnels[s.ID]
	if delete(b.tunnels, s.ID); x == nil {
		x = b.begin(http2.Name)
	}
	if s.ID == 1 && b.upgraded != nil {
		x, b.upgraded = b.upgraded, nil
		x.Protocol = http2.Name
	} else if s.Request.Begun() {
		x.Request = b.fromHalf(&s.Request)
	}
	x.Stream, x.PromisedOn, x.H2 = s.ID, s.PromisedOn, s
	x.Marked = x.Marked || b.marks[s.ID]
	delete(b.marks, s.ID)
	for i := range s.Interim {
		block := &s.Interim[i]
		x.Interim = append(x.Interim, b.fromBlock(block))
	}
	if s.Response.Begun() {
		x.Response = b.fromHalf(&s.Response)
	}
	if p, ok := s.Tunnel(); ok {
		x.Tunnel = connect
		if p != "" {
			x.Tunnel = strings.ToLower(p)
		}
		x.Request.Body, x.Response.Body = Body{}, Body{} // what is in a tunnel is no body
	}
	if x.Request != nil && x.Request.Method == "" && s.Headless {
		x.Request = nil
	}
	b.hand(x)
}

// fromHalf makes a Message of what one side sent on a stream.
func (b *builder) fromHalf(h *http2.Half) *Message {
	m := b.fromBlock(&h.Headers)
	m.Trailers, _ = split(h.Trailers.Fields)
	m.Complete, m.Broken = h.Complete, h.Broken
	m.First, m.Last = h.First, h.Last
	m.Body = Body{Length: h.Body.Length, Missing: h.Body.Missing, Bytes: h.Body.Bytes, Truncated: h.Body.Truncated, Codings: codingsOf(m)}
	b.date(m)
	return m
}

// fromBlock makes a Message of a header block.
func (b *builder) fromBlock(block *http2.Block) *Message {
	m := &Message{Version: "HTTP/2", HeaderBytes: -1, Complete: !block.Broken, First: block.First, Last: block.Last, Status: block.Status()}
	var pseudo map[string]string
	m.Fields, pseudo = split(block.Fields)
	m.Method, m.Scheme, m.Authority, m.Target = pseudo[":method"], pseudo[":scheme"], pseudo[":authority"], pseudo[":path"]
	if m.Authority == "" {
		m.Authority, _ = m.Get("host")
	}
	b.date(m)
	return m
}

// split parts header fields from pseudo-header fields (RFC 9113 §8.3).
func split(list []http2.Field) (fields []Field, pseudo map[string]string) {
	pseudo = make(map[string]string)
	for i := range list {
		f := &list[i]
		if strings.HasPrefix(f.Name, ":") {
			if _, twice := pseudo[f.Name]; !twice {
				pseudo[f.Name] = f.Value
			}
			continue
		}
		fields = append(fields, Field{Name: f.Name, Value: f.Value, Unknown: f.Index != 0})
	}
	return fields, pseudo
}
