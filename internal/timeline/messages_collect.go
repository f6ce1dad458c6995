package timeline

import (
	"cmp"
	"context"
	"slices"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// halfKey names what one side sends on a stream of HTTP/2; promised tells a promise of it from what answers that.
type halfKey struct {
	dir      flow.Direction
	stream   uint32
	promised bool
}

// socketSide is one side of a WebSocket; stream is that of HTTP/2 which it is in, 0 where it has the connection to itself.
type socketSide struct {
	dir    flow.Direction
	stream uint32
}

// collector finds the items of a connection.
type collector struct {
	m *Messages
	// open are the frames of the message that a side of a WebSocket has begun.
	open map[socketSide][]int32
	// frames are those of HTTP/2 by what they are part of.
	frames map[halfKey][]int32
	http   bool
	// raws counts the messages of no known protocol, left is the last of those that are left out.
	raws int
	left item
}

// collect makes the items, in the order in which they began.
func (m *Messages) collect(ctx context.Context) error {
	c := &collector{m: m, frames: map[halfKey][]int32{}, open: map[socketSide][]int32{}}
	if m.talk != nil {
		m.items = make([]item, 0, len(m.talk.Messages))
		for k := range m.talk.Messages {
			c.message(int32(k))
		}
		for side := range c.open {
			c.flush(side)
		}
	}
	if c.http {
		list, err := exchange.Of(ctx, m.view, exchange.Options{From: c.begins()})
		if err != nil {
			return err
		}
		m.exchanges = list.Exchanges
		c.halves()
	}
	if err := c.rest(ctx); err != nil {
		return err
	}
	slices.SortStableFunc(m.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.start, b.start))
	})
	m.reach = make([]int32, len(m.items))
	for i := range m.items {
		m.reach[i] = max(m.items[i].last, m.reach[max(i-1, 0)])
	}
	m.pair()
	return nil
}

// begins is the packet in which the first message begins, 0 if all messages are there.
func (c *collector) begins() int {
	talk := c.m.talk
	if talk.Skipped == 0 {
		return 0
	}
	first := c.m.view.Len()
	for k := range talk.Messages {
		first = min(first, talk.Messages[k].First)
	}
	return first
}

// newItem is an item from packet first to packet last that points at nothing.
func newItem(kind itemKind, dir flow.Direction, first, last int) item {
	return item{
		kind: kind, dir: dir, first: int32(first), last: int32(last), ended: int32(last), half: -1, exchange: -1, answers: -1, answer: -1,
	}
}

// message takes message k of the conversation.
func (c *collector) message(k int32) {
	msg := &c.m.talk.Messages[k]
	switch d := msg.Detail.(type) {
	case *http1.Head:
		c.http = true
	case *websocket.Frame:
		if !d.Opcode.Control() && !d.Unreadable {
			c.frame(k, d)
			return
		}
	case *http2.Frame:
		c.http = true
		if key, ok := partOf(msg.Dir, d); ok {
			c.frames[key] = append(c.frames[key], k)
			return
		}
	}
	c.single(k)
}

// single makes an item of message k of the conversation as it is.
func (c *collector) single(k int32) {
	msg := &c.m.talk.Messages[k]
	it := newItem(talkItem, msg.Dir, msg.First, msg.Last)
	it.start, it.end, it.ended, it.at, it.n, it.quiet = msg.Start, msg.End, int32(msg.Ended), k, 1, quiet(msg)
	if h, ok := msg.Detail.(*http1.Head); ok {
		it.holds = isEvents(h)
	}
	c.m.items = append(c.m.items, it)
}

// partOf returns what a frame of HTTP/2 carries a part of; false if it stands for itself.
func partOf(dir flow.Direction, f *http2.Frame) (halfKey, bool) {
	if f.Preface || f.Unreadable {
		return halfKey{}, false
	}
	switch f.Type {
	case http2.PushPromise:
		return halfKey{dir, f.Other, true}, true
	case http2.Headers, http2.Data, http2.Continuation:
		return halfKey{dir, f.Stream, false}, true
	default:
		return halfKey{}, false
	}
}

// frame takes a data frame of a WebSocket.
func (c *collector) frame(k int32, f *websocket.Frame) {
	side := socketSide{c.m.talk.Messages[k].Dir, f.Stream}
	if f.Opcode != websocket.Continuation {
		c.flush(side) // an unfinished one
	}
	c.open[side] = append(c.open[side], k)
	if f.Fin {
		c.flush(side)
	}
}

// flush makes an item of the frames that a side has sent.
func (c *collector) flush(side socketSide) {
	if frames := c.open[side]; len(frames) > 0 {
		c.m.items = append(c.m.items, c.joined(webItem, side.dir, frames))
	}
	delete(c.open, side)
}

// joined is an item of several messages of the conversation, of which there is at least one.
func (c *collector) joined(kind itemKind, dir flow.Direction, parts []int32) item {
	all := c.m.talk.Messages
	first, last := &all[parts[0]], &all[parts[len(parts)-1]]
	it := newItem(kind, dir, first.First, last.Last)
	for _, k := range parts {
		it.last = max(it.last, int32(all[k].Last))
	}
	it.ended = max(it.last, int32(last.Ended))
	it.start, it.end, it.at, it.n = first.Start, last.End, int32(len(c.m.parts)), int32(len(parts))
	c.m.parts = append(c.m.parts, parts...)
	return it
}

// halves makes the items of HTTP/2 and finds the exchanges of HTTP/1.
func (c *collector) halves() {
	heads := c.heads()
	for k, x := range c.m.exchanges {
		for _, msg := range append([]*exchange.Message{x.Request, x.Response}, x.Interim...) {
			if msg == nil {
				continue
			}
			dir := flow.ServerToClient
			if msg == x.Request {
				dir = flow.ClientToServer
			}
			if msg.Version != overHTTP2 {
				key := headKey{dir, int32(msg.First), int32(msg.Last), msg.Method + msg.Target, msg.Status}
				if list := heads[key]; len(list) > 0 {
					c.m.items[list[0]].exchange = int32(k)
					heads[key] = list[1:]
				}
				continue
			}
			promised := msg == x.Request && x.PromisedOn != 0
			if promised {
				dir = flow.ServerToClient
			}
			c.half(int32(k), msg, halfKey{dir, x.Stream, promised})
		}
	}
	c.loose()
}

// loose makes items of the frames that no exchange has: of a stream that was reset, or beyond what is kept of exchanges.
func (c *collector) loose() {
	taken := make(map[int32]bool)
	for i := range c.m.items {
		if it := &c.m.items[i]; it.kind == halfItem {
			for _, k := range c.m.partsOf(it) {
				taken[k] = true
			}
		}
	}
	for _, frames := range c.frames {
		for _, k := range frames {
			if !taken[k] {
				c.single(k)
			}
		}
	}
}

// overHTTP2 is the version of an exchange's messages over HTTP/2.
const overHTTP2 = "HTTP/2"

// half makes an item of one side of an exchange over HTTP/2.
func (c *collector) half(exchange int32, msg *exchange.Message, key halfKey) {
	var parts []int32
	for _, k := range c.frames[key] {
		if first := c.m.talk.Messages[k].First; first >= msg.First && first <= msg.Last {
			parts = append(parts, k)
		}
	}
	if len(parts) == 0 {
		return // beyond what the conversation holds
	}
	it := c.joined(halfItem, key.dir, parts)
	it.first, it.last, it.ended = int32(msg.First), int32(msg.Last), int32(msg.Last)
	it.half, it.exchange = int32(len(c.m.halves)), exchange
	mediaType, _ := msg.Get("content-type")
	it.holds = sse.IsMediaType(mediaType) && key.dir == flow.ServerToClient && !key.promised || c.m.exchanges[exchange].Tunnel != ""
	c.m.halves = append(c.m.halves, msg)
	c.m.items = append(c.m.items, it)
}

// headKey tells the messages of HTTP/1 apart, as far as they can be.
type headKey struct {
	dir         flow.Direction
	first, last int32
	asks        string
	status      int
}

// heads are the items of HTTP/1.
func (c *collector) heads() map[headKey][]int {
	heads := map[headKey][]int{}
	for i := range c.m.items {
		it := &c.m.items[i]
		if it.kind != talkItem {
			continue
		}
		if h, ok := c.m.talk.Messages[it.at].Detail.(*http1.Head); ok {
			key := headKey{it.dir, it.first, it.last, h.Method + h.Target, h.Status}
			heads[key] = append(heads[key], i)
		}
	}
	return heads
}

// quiet reports a message by which two programs keep their connection in order, which a reader wants to see only if he asks.
func quiet(m *session.Message) bool {
	if m.Broken != "" {
		return false
	}
	switch d := m.Detail.(type) {
	case *websocket.Frame:
		return (d.Opcode == websocket.Ping || d.Opcode == websocket.Pong) && len(d.Problems) == 0
	case *http2.Frame:
		return d.Preface || quietFrames[d.Type] && !d.Unreadable && len(d.Problems) == 0
	case *postgres.Message:
		return quietPostgres[d.Kind] && len(d.Problems) == 0
	case *mysql.Message:
		return (d.Kind == mysql.AuthMore || d.Kind == mysql.AuthData || d.Kind == mysql.Progress) && len(d.Problems) == 0
	}
	return false
}

// quietFrames are the frames of HTTP/2 that are about the connection rather than about what it is for.
var quietFrames = map[http2.Type]bool{http2.Settings: true, http2.WindowUpdate: true, http2.Ping: true, http2.Priority: true}

// quietPostgres are the kinds that say nothing besides that the protocol goes on.
var quietPostgres = map[postgres.Kind]bool{
	postgres.ParameterStatus: true, postgres.BackendKeyData: true, postgres.ReadyForQuery: true, postgres.ParseComplete: true,
	postgres.BindComplete: true, postgres.CloseComplete: true, postgres.NoData: true, postgres.ParameterDescription: true,
	postgres.RowDescription: true, postgres.Sync: true, postgres.Flush: true, postgres.Describe: true, postgres.Close: true,
}
