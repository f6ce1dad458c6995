package exchange

import (
	"context"
	"errors"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// Bounds of what waits to become whole, and of a list. The ones of HTTP/2 are its tracker's.
const (
	// maxWaiting and maxWaitingKept bound the requests of HTTP/1 that wait for their answers; the oldest are given up.
	maxWaiting     = 1000
	maxWaitingKept = 64 << 20
	// maxList and maxListKept bound List; more than a person looks through.
	maxList     = 100_000
	maxListKept = 128 << 20
	// maxInterim is how many responses 1xx one exchange keeps.
	maxInterim = 16
)

// DefaultKeepBody is how much of each body is kept: what fits on a few screens.
const DefaultKeepBody = 16 << 10

// Options say what to keep. The zero value means the defaults.
type Options struct {
	// KeepBody is how many bytes of each body are kept; 0 means DefaultKeepBody, negative none.
	KeepBody int
	// From leaves the exchanges out that ended before this packet, by its index in the View; for Of only.
	From int
	// Frame, if set, is handed the frames of a WebSocket with the exchange that opened it; one without it has x nil. They keep at
	// most KeepBody bytes. In HTTP/1 x was handed over before, in HTTP/2 it is not finished: it is handed over when its stream
	// ends, if it is followed so long.
	Frame func(x *Exchange, m *session.Message) error
	// Mark, if set, is asked whether a message marks its exchange; packets are those that carry it, as with View.Decode. With
	// Frame messages of a WebSocket mark the one that opened it, which may have been handed over by then.
	Mark func(m *session.Message, packets []uint32) bool
}

// List is the exchanges of a connection, in the order in which they began.
type List struct {
	Exchanges []*Exchange
	// Limited says that a bound was reached: there may be more.
	Limited bool
}

// errFull ends decoding at the bounds of a List.
type errFull struct{}

func (errFull) Error() string { return "enough exchanges" }

// Of returns the exchanges of a connection.
func Of(ctx context.Context, v *session.View, opt Options) (*List, error) {
	l := &List{}
	kept := 0
	err := Each(ctx, v, opt, func(x *Exchange) error {
		if x.ends() < opt.From {
			return nil
		}
		l.Exchanges = append(l.Exchanges, x)
		kept += x.Kept()
		if len(l.Exchanges) >= maxList || kept >= maxListKept {
			return errFull{}
		}
		return nil
	})
	if errors.As(err, &errFull{}) {
		l.Limited, err = true, nil
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(l.Exchanges, func(a, b *Exchange) int { return a.begins() - b.begins() })
	return l, nil
}

// begins returns the packet with which an exchange begins.
func (x *Exchange) begins() int {
	for _, m := range append([]*Message{x.Request}, append(x.Interim, x.Response)...) {
		if m != nil {
			return m.First
		}
	}
	return 0
}

// ends returns the last packet of an exchange.
func (x *Exchange) ends() int {
	last := 0
	for _, m := range append([]*Message{x.Request, x.Response}, x.Interim...) {
		if m != nil {
			last = max(last, m.Last)
		}
	}
	return last
}

// Each decodes the exchanges of a connection and hands them over as they end, until f returns an error.
func Each(ctx context.Context, v *session.View, opt Options, f func(*Exchange) error) error {
	if opt.KeepBody == 0 {
		opt.KeepBody = DefaultKeepBody
	}
	b := &builder{v: v, opt: opt, f: f, waiting: make(map[*http1.Head]*Exchange), closing: closingOf(v)}
	err := v.Decode(ctx, all.Options{
		HTTP1: http1.Options{KeepBody: opt.KeepBody}, Keep: opt.KeepBody, HTTP2Body: b.piece,
	}, func(m session.Message, packets []uint32) bool {
		b.marked = opt.Mark != nil && opt.Mark(&m, packets)
		b.message(&m)
		return b.err == nil
	})
	if err == nil {
		b.finish()
		err = b.err
	}
	return err
}

// builder puts the messages of one connection together.
type builder struct {
	v       *session.View
	opt     Options
	f       func(*Exchange) error
	err     error
	closing closing
	begun   bool   // the first exchange was handed over
	first   uint32 // its stream, of HTTP/2

	// HTTP/1: exchanges by their requests, and in the order of those. kept is their memory.
	waiting map[*http1.Head]*Exchange
	order   []*Exchange
	kept    int
	interim []*Message // of a request that was not captured
	lost    bool       // bytes of the server were

	marked bool            // the message that is taken marks its exchange
	marks  map[uint32]bool // by stream of HTTP/2

	tracker  *http2.Tracker
	upgraded *Exchange // the one of which HTTP/2 brings the answer
	tunnel   *Exchange // the CONNECT that waits for a TLS handshake inside
	securing *securing
	opened   *Exchange // the one that opened the WebSocket
	// tunnels are those that opened WebSockets in streams of HTTP/2 of which there were frames.
	tunnels map[uint32]*Exchange
}

// message takes the next decoded message.
func (b *builder) message(m *session.Message) {
	b.tunnelled(m)
	switch d := m.Detail.(type) {
	case *http1.Head:
		b.http1(m, d)
	case *http2.Frame:
		b.frame(m, d)
	case *websocket.Frame:
		if b.opt.Frame != nil && b.err == nil {
			x := b.openedBy(d)
			if x != nil && b.marked {
				x.Marked = true
			}
			b.err = b.opt.Frame(x, m)
		}
	}
}

// tunnelled looks at a message inside a tunnel, until it is known how long a TLS handshake took there.
func (b *builder) tunnelled(m *session.Message) {
	if b.tunnel == nil {
		return
	}
	if b.securing.message(m); b.securing.done() || m.Protocol != tls.Name {
		b.endTunnel()
	}
}

// endTunnel hands the CONNECT over that opened the tunnel.
func (b *builder) endTunnel() {
	if x := b.tunnel; x != nil {
		b.tunnel = nil
		x.secured = b.securing.took()
		b.hand(x)
	}
}

// openedBy returns the exchange that opened the WebSocket of a frame, nil if it was not captured.
func (b *builder) openedBy(f *websocket.Frame) *Exchange {
	if f.Stream == 0 {
		return b.opened
	}
	x := b.tunnels[f.Stream]
	if x == nil {
		x = b.begin(http2.Name)
		if b.tunnels == nil {
			b.tunnels = make(map[uint32]*Exchange)
		}
		b.tunnels[f.Stream] = x
	}
	return x
}

// http1 takes a message of HTTP/1.
func (b *builder) http1(m *session.Message, h *http1.Head) {
	switch {
	case h.Kind == http1.Unreadable:
		b.lost = b.lost || m.Dir == flow.ServerToClient && m.Broken == proto.BrokenGap
	case h.Kind == http1.Request:
		x := b.exchange(h)
		x.Marked = x.Marked || b.marked
		x.Request = b.fromHead(m, h)
		b.kept += x.Request.kept()
		if x.Response != nil { // it came early
			b.release(x)
		}
	case h.Request == nil:
		b.orphan(m, h)
	default:
		b.answer(m, h)
	}
	b.bound()
}

// answer takes a response to a request that is known.
func (b *builder) answer(m *session.Message, h *http1.Head) {
	x := b.exchange(h.Request)
	x.Marked = x.Marked || b.marked
	r := b.fromHead(m, h)
	upgrades := m.Next == "h2c" && b.upgraded == nil
	if h.Interim() || upgrades {
		if len(x.Interim) < maxInterim {
			x.Interim = append(x.Interim, r)
			b.kept += r.kept()
		}
		if upgrades { // the answer is stream 1 (RFC 7540 §3.2)
			b.upgraded = x
			b.take(x)
		}
		return
	}
	b.kept += r.kept()
	x.Response, x.Tunnel = r, tunnelOf(h)
	if x.WebSocket() {
		b.opened = x
	}
	b.passOver(x)
	if x.Request != nil {
		b.release(x)
	}
}

// exchange returns the one that a request began.
func (b *builder) exchange(h *http1.Head) *Exchange {
	x := b.waiting[h]
	if x == nil {
		x = b.begin(http1.Name)
		b.waiting[h] = x
		x.head = h
		b.order = append(b.order, x)
	}
	return x
}

func (b *builder) begin(protocol string) *Exchange {
	c := &b.v.Conn
	return &Exchange{Protocol: protocol, Connection: c.Stream, Client: c.Client, Server: c.Server, secured: Unknown}
}

// orphan takes a response whose request was not captured.
func (b *builder) orphan(m *session.Message, h *http1.Head) {
	r := b.fromHead(m, h)
	if h.Interim() {
		if len(b.interim) < maxInterim {
			b.interim = append(b.interim, r)
		}
		return
	}
	x := b.begin(http1.Name)
	x.Interim, x.Response, x.Tunnel, x.Marked = b.interim, r, tunnelOf(h), b.marked
	b.interim = nil
	if x.WebSocket() {
		b.opened = x
	}
	b.hand(x)
}

// passOver gives up what was asked before x and has no answer: answers come in the order of requests (RFC 9112 §9.3.2).
func (b *builder) passOver(x *Exchange) {
	for len(b.order) > 0 && b.order[0] != x && b.order[0].Response == nil {
		y := b.order[0]
		y.lost = true
		b.release(y)
	}
}

// release hands an exchange over that waits for nothing any more.
func (b *builder) release(x *Exchange) {
	b.take(x)
	if x.Tunnel == connect && x.Response != nil {
		b.endTunnel()
		b.tunnel, b.securing = x, newSecuring(b.v)
		return
	}
	b.hand(x)
}

// take takes an exchange out of those that wait.
func (b *builder) take(x *Exchange) {
	if i := slices.Index(b.order, x); i >= 0 {
		b.order = slices.Delete(b.order, i, i+1)
		delete(b.waiting, x.head)
		b.kept -= x.Kept()
	}
}

// bound gives the oldest exchanges up while there are too many.
func (b *builder) bound() {
	for len(b.order) > maxWaiting || b.kept > maxWaitingKept && len(b.order) > 0 {
		x := b.order[0]
		x.dropped = true
		b.release(x)
	}
}

// hand hands an exchange over.
func (b *builder) hand(x *Exchange) {
	if b.err != nil {
		return
	}
	first := !b.begun && (b.tracker == nil || x.Stream == b.first)
	b.begun = b.begun || first
	b.measure(x, first)
	x.Ending = b.ending(x)
	b.err = b.f(x)
}

// finish hands over what is left when the connection is.
func (b *builder) finish() {
	b.endTunnel()
	if b.tracker != nil {
		b.tracker.Finish(b.ended(flow.ClientToServer), b.ended(flow.ServerToClient))
	}
	if x := b.upgraded; x != nil { // HTTP/2 brought no answer
		b.upgraded = nil
		b.hand(x)
	}
	for len(b.order) > 0 && b.err == nil {
		x := b.order[0]
		x.lost = x.lost || b.lost
		b.release(x)
	}
}

// ended says why what dir sends ends where it does.
func (b *builder) ended(dir flow.Direction) string {
	if b.closing.fin[dir] >= 0 {
		return proto.BrokenClosed
	}
	return proto.BrokenCutOff
}

// fromHead makes a Message of one of HTTP/1.
func (b *builder) fromHead(m *session.Message, h *http1.Head) *Message {
	out := &Message{
		Method: h.Method, Target: h.Target, Status: h.Status, Reason: h.Reason, Version: h.Version, HeaderBytes: h.End - m.Start,
		Fields: fieldsOf(h.Fields), Trailers: fieldsOf(h.Trailers), Complete: m.Complete, Broken: m.Broken, First: m.First, Last: m.Last,
		Body: Body{Length: h.Body.Length, Missing: h.Body.Missing, Bytes: h.Body.Bytes, Truncated: h.Body.Truncated, Codings: h.Body.Codings},
	}
	if h.Kind == http1.Request {
		out.Authority, _ = h.Get("Host")
	}
	b.date(out)
	return out
}

func fieldsOf(list []http1.Field) []Field {
	if len(list) == 0 {
		return nil
	}
	out := make([]Field, 0, len(list))
	for i := range list {
		if list[i].Name != "" { // a line without a colon is no field
			out = append(out, Field{Name: list[i].Name, Value: list[i].Value})
		}
	}
	return out
}

// date fills in the times of a message's packets.
func (b *builder) date(m *Message) {
	m.Start, m.End = b.v.At(m.First).Time, b.v.At(m.Last).Time
}

// codingsOf returns the content codings of a list of fields.
func codingsOf(m *Message) []string { return body.Codings(m.Values("Content-Encoding")...) }
