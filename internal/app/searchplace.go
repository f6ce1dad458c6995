package app

import (
	"slices"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/timeline"
)

// samePlace reports that going to packet p would show nothing new: the view shows messages, and the selected one is that of p.
func (c *Capture) samePlace(p int) bool {
	m := &c.Messages
	return c.Shows == MessagesView && m.Rows != nil && m.At >= 0 && (m.Rows.Carries(m.At, p) || m.Rows.OfPacket(p) == m.At)
}

// matchedIn reports that a packet from first to last, of those that carry bytes of a side, was found.
func (c *Capture) matchedIn(dir flow.Direction, first, last int, carries func(p int) bool) bool {
	packets := c.Search.Found[c.Stream].Packets
	i, _ := slices.BinarySearch(packets, uint32(max(first, 0)))
	for ; i < len(packets) && int(packets[i]) <= last; i++ {
		p := int(packets[i])
		if r := c.View.At(p); r.Dir() == dir && r.Len > 0 && carries(p) {
			return true
		}
	}
	return false
}

// MatchedMessage reports that a packet that carries a message was found.
func (c *Capture) MatchedMessage(item int) bool {
	m := &c.Messages
	if m.Rows == nil || item < 0 || item >= m.Rows.Items() {
		return false
	}
	dir, first, last := m.Rows.Span(item)
	return c.matchedIn(dir, first, last, func(p int) bool { return m.Rows.Carries(item, p) })
}

// MatchedFold reports that a packet was found that carries one of the messages folded into row i of the messages.
func (c *Capture) MatchedFold(i int) bool {
	if c.Messages.Rows == nil {
		return false
	}
	first, last := c.Messages.Rows.Folded(i)
	for item := first; item <= last; item++ {
		if c.MatchedMessage(item) {
			return true
		}
	}
	return false
}

// MatchedBytes reports that a packet that brought bytes of a row of the byte streams was found.
func (c *Capture) MatchedBytes(r *timeline.StreamRow) bool {
	if r.Kind == timeline.StreamTurn || r.Packet < 0 || c.View == nil {
		return false
	}
	return c.matchedIn(r.Dir, min(r.Packet, r.Last), max(r.Packet, r.Last), func(int) bool { return true })
}

// HasMatch reports that a row of a packet that was found has itself what was looked for: the text, or whatever a filter found.
func (c *Capture) HasMatch(r *timeline.StreamRow) bool {
	text := c.Search.Query.Search
	return text == nil || strings.Contains(strings.ToLower(r.Text), strings.ToLower(text.String()))
}

// maxMatchRows is how many rows of one packet are looked at for the text that was searched for.
const maxMatchRows = 500

// RowOfMatch returns the row of the byte streams that the selected packet's match is in: the first one of the packet that has the
// text searched for, or where its bytes begin; -1 if it brought none that are shown.
func (c *Capture) RowOfMatch() int {
	b := &c.Bytes
	if b.Rows == nil || c.Talk == nil || c.Packet < 0 {
		return -1
	}
	row := b.Rows.RowOf(c.Talk, c.Packet)
	if row < 0 || c.Search.Query.Search == nil || !c.Matched(c.Packet) {
		return row
	}
	for i := row; i < min(b.Rows.Len(), row+maxMatchRows); i++ {
		r := b.Rows.Row(i)
		if r.Kind == timeline.StreamData && (r.Packet > c.Packet || r.Last < c.Packet) {
			break
		}
		if c.HasMatch(&r) {
			return i
		}
	}
	return row
}

// MatchTimes are when the packets found in the connection shown came, in nanoseconds since its first one, in the order of the packets.
func (c *Capture) MatchTimes() []int64 {
	packets := c.Search.Found[c.Stream].Packets
	if c.View == nil || len(packets) == 0 {
		return nil
	}
	start := c.View.At(0).Time
	times := make([]int64, 0, len(packets))
	for _, p := range packets {
		if int(p) < c.View.Len() {
			times = append(times, c.View.At(int(p)).Time-start)
		}
	}
	return times
}
