package timeline

import (
	"context"
	"sort"
	"strings"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/stream"
)

// First returns the packet in which a message begins.
func (m *Messages) First(item int) int { return int(m.items[item].first) }

// Span returns who sent a message, and the first and the last packet that may carry it.
func (m *Messages) Span(item int) (dir flow.Direction, first, last int) {
	it := &m.items[item]
	return it.dir, int(it.first), int(it.last)
}

// Beyond says that a packet lies behind the messages of this part of the connection (1), or before them (-1); 0 if it does not.
func (m *Messages) Beyond(packet int) int {
	n := len(m.items)
	switch p := int32(packet); {
	case n == 0:
	case m.Limited && p > m.reach[n-1]:
		return 1
	case m.Before > 0 && p < m.items[0].first:
		return -1
	}
	return 0
}

// Folded returns the first and the last message that a fold in row i holds; last is before first if the row is none.
func (m *Messages) Folded(i int) (first, last int) {
	if i < 0 || i >= m.rows.Len() || m.row(i).kind != MessageFold {
		return 0, -1
	}
	r := m.row(i)
	return int(r.first), int(r.last)
}

// Paired returns the message that a message answers, or else the one that answers it; -1 if there is none.
func (m *Messages) Paired(item int) int {
	if item < 0 || item >= len(m.items) {
		return -1
	}
	if it := &m.items[item]; it.answers >= 0 {
		return int(it.answers)
	}
	return int(m.items[item].answer)
}

// Carries reports that a packet brought bytes of a message.
func (m *Messages) Carries(item, packet int) bool {
	if item < 0 || item >= len(m.items) {
		return false
	}
	it := &m.items[item]
	return int32(packet) >= it.first && int32(packet) <= it.last && it.overlaps(m, m.talk.Places(packet))
}

// overlaps reports that bytes of the item stand in one of the places.
func (it *item) overlaps(m *Messages, places []stream.Range) bool {
	for _, p := range places {
		if p.Dir != it.dir || p.Start >= it.end || p.End <= it.start {
			continue
		}
		if it.kind != webItem && it.kind != halfItem {
			return true
		}
		for _, k := range m.partsOf(it) {
			if msg := &m.talk.Messages[k]; msg.Start < p.End && p.Start < msg.End {
				return true
			}
		}
	}
	return false
}

// OfPacket returns the message that a packet carries: one that begins in it before one that ends in it, and that before others.
// For a packet without any it is the message before; -1 if there are no messages.
func (m *Messages) OfPacket(packet int) int {
	p := int32(packet)
	behind := sort.Search(len(m.items), func(i int) bool { return m.items[i].first > p })
	best, rank := -1, 0
	places := m.talk.Places(packet)
	for i := behind - 1; i >= 0 && len(places) > 0 && m.reach[i] >= p; i-- {
		it := &m.items[i]
		if r := it.rank(p); r > 0 && r >= rank && it.overlaps(m, places) {
			best, rank = i, r
		}
	}
	if best < 0 && len(m.items) > 0 {
		best = max(behind-1, 0)
	}
	return best
}

// rank says how much packet p has to do with the item, 0 for nothing.
func (it *item) rank(p int32) int {
	switch {
	case it.first == p:
		return 3
	case it.last == p:
		return 2
	case it.first < p && p < it.last:
		return 1
	}
	return 0
}

// Within returns the part of a message's bytes that a packet brought, as a range of its sender's stream; false if it brought none.
func (m *Messages) Within(item, packet int) (stream.Range, bool) {
	if !m.Carries(item, packet) {
		return stream.Range{}, false
	}
	it := &m.items[item]
	out := stream.Range{Dir: it.dir, Start: -1}
	for _, p := range m.talk.Places(packet) {
		for _, at := range m.places(it) {
			if lo, hi := max(p.Start, at[0]), min(p.End, at[1]); p.Dir == it.dir && lo < hi {
				if out.Start < 0 {
					out.Start = lo
				}
				out.End = hi
			}
		}
	}
	return out, out.Start >= 0
}

// Asks returns the exchange of a message that is an HTTP request, nil for other messages.
func (m *Messages) Asks(item int) *exchange.Exchange {
	if item < 0 || item >= len(m.items) || m.items[item].exchange < 0 {
		return nil
	}
	it := &m.items[item]
	x := m.exchanges[it.exchange]
	if it.kind == halfItem && m.halves[it.half] == x.Request {
		return x
	}
	if it.kind == talkItem {
		if h, ok := m.talk.Messages[it.at].Detail.(*http1.Head); ok && h.Kind == http1.Request {
			return x
		}
	}
	return nil
}

// ContentKind says where the content of a message is to be found.
type ContentKind uint8

// The kinds.
const (
	PlainContent ContentKind = iota // the bytes of the message as they are
	HTTP1Content                    // the body behind an HTTP/1 head
	HTTP2Content                    // the body on a stream of HTTP/2
	WebContent                      // a WebSocket message, inflated
)

// Content says where the content of a message is: what is saved of it.
type Content struct {
	Kind ContentKind
	Dir  flow.Direction
	// Start and End are the message's place in Dir's stream, Stream its stream of HTTP/2.
	Start, End int64
	Stream     uint32
	// Codings are to be taken off. MediaType is what the sender called it, Target what was asked for; "" if there is neither.
	Codings           []string
	MediaType, Target string
	// Frame is the packet in which the message begins, by its number. Picture names the format of a picture, Text says that the
	// content is text.
	Frame   uint32
	Picture string
	Text    bool
}

// Content returns where the content of a message is; false if it has none.
func (m *Messages) Content(item int) (Content, bool) {
	if item < 0 || item >= len(m.items) {
		return Content{}, false
	}
	it := &m.items[item]
	c := Content{Dir: it.dir, Start: it.start, End: it.end, Frame: m.frame(it.first)}
	if it.exchange >= 0 {
		if q := m.exchanges[it.exchange].Request; q != nil {
			c.Target = q.Target
		}
	}
	length := it.end - it.start
	switch it.kind {
	case halfItem:
		msg := m.halves[it.half]
		c.Kind, c.Stream, c.Codings, length = HTTP2Content, m.exchanges[it.exchange].Stream, msg.Body.Codings, msg.Body.Length
		c.MediaType, _ = msg.Get("content-type")
		c.Picture = pictureFormat(msg.Body.Bytes)
	case webItem:
		c.Kind, length = WebContent, 0
		parts := m.partsOf(it)
		if w := m.talk.Messages[parts[len(parts)-1]].Detail.(*websocket.Frame).Whole; w != nil {
			length, c.Picture, c.Text = w.Length, pictureFormat(w.Data), w.Opcode == websocket.Text
		}
	case talkItem:
		if h, ok := m.talk.Messages[it.at].Detail.(*http1.Head); ok && h.Kind != http1.Unreadable {
			c.Kind, c.Codings, length = HTTP1Content, append(append([]string(nil), h.Body.Codings...), h.Body.Transfer...), h.Body.Length
			c.MediaType, _ = h.Get("Content-Type")
			c.Picture = pictureFormat(h.Body.Bytes)
		}
	case gapItem:
		length = 0
	case rawItem:
	}
	return c, length > 0
}

// PlainText writes row i as text that makes sense on its own, for the clipboard.
func (m *Messages) PlainText(i int) string {
	l := m.Options.Lang
	var r MessageRow
	m.Row(i, &r)
	if r.Kind != MessageBubble {
		return strings.TrimSpace(r.Text + "  " + r.Detail)
	}
	return r.plainText(l, m.say(r.Item).lines)
}

// plainText writes a bubble with all lines of its content.
func (r *MessageRow) plainText(l narrate.Lang, lines []string) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	head := narrate.Side(l, r.Dir) + "  " + r.Time
	if r.Delta != "" {
		head += " (" + r.Delta + ")"
	}
	add(strings.TrimRight(r.PacketText()+" "+head+"  "+r.Tag+"  "+r.Title, " "))
	add(indent(strings.Trim(r.Facts+" · "+r.Size, " ·")))
	add(indent(r.Answer))
	for _, s := range lines {
		add("    " + s)
	}
	for s := range strings.SplitSeq(r.Note, "\n") {
		if s != "" {
			add("  ! " + s)
		}
	}
	return strings.Join(parts, "\n")
}

// PacketText names the packets that carry the row's message.
func (r *MessageRow) PacketText() string {
	names := make([]string, len(r.Packets))
	for i, p := range r.Packets {
		names[i] = narrate.Frame(p.Frame)
	}
	if r.Through {
		return strings.Join(names, "–")
	}
	return strings.Join(names, " ")
}

// AllText returns the first rows as text, as many as fit into limit bytes, and how many that were. It ends early if ctx ends.
func (m *Messages) AllText(ctx context.Context, limit int) (text string, rows int) {
	var b strings.Builder
	for ; rows < m.Len() && ctx.Err() == nil; rows++ {
		row := m.PlainText(rows)
		if b.Len()+len(row) >= limit {
			break
		}
		b.WriteString(row + "\n")
	}
	return b.String(), rows
}
