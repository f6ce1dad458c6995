package timeline

import (
	"cmp"
	"context"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// Bounds of what is made of bytes of no known protocol.
const (
	maxRawItem  = 64 << 10 // bytes of one message
	maxRawShown = 16 << 10 // bytes that are looked at of each
)

// rest makes items of the bytes that are part of no message: all of them where no protocol was recognised. A message there is
// what one side sends until the other one speaks or until it pauses.
func (c *collector) rest(ctx context.Context) error {
	m := c.m
	streams := m.talk.Streams()
	m.counted = len(m.items)
	if m.talk != nil {
		m.Limited, m.Before, m.counted = m.talk.Limited, m.talk.Skipped, len(m.talk.Messages)
	}
	if streams == nil || m.Limited || m.Before > 0 { // what is outside of the bounds may be of a known protocol
		return nil
	}
	defer func() { m.Before, m.counted = m.Options.From, max(c.raws-m.Options.From, 0) }()
	known := c.known()
	if known.all(streams) {
		return nil
	}
	var open *item
	for n, p := range streams.Pieces() {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		for start := p.Start; start < p.End; {
			if c.raws >= m.Options.From+m.Options.Most {
				m.Limited = true
				return nil
			}
			end, free := known.next(p.Dir, start, p.End)
			if free {
				open = c.raw(open, session.Piece{Range: stream.Range{Dir: p.Dir, Start: start, End: end}, Packet: p.Packet})
			} else {
				open = nil
			}
			start = end
		}
	}
	return nil
}

// raw adds a piece to the item that is open, or opens another one, which it returns.
func (c *collector) raw(open *item, p session.Piece) *item {
	m := c.m
	if p.Packet < 0 {
		first := c.packetBefore(p)
		it := newItem(gapItem, p.Dir, first, first)
		it.start, it.end = p.Start, p.End
		c.add(it)
		return nil
	}
	if open != nil && open.dir == p.Dir && open.end == p.Start && p.End-open.start <= maxRawItem &&
		m.view.At(p.Packet).Time-m.view.At(int(open.last)).Time < int64(rawPause) {
		open.end, open.first, open.last = p.End, min(open.first, int32(p.Packet)), max(open.last, int32(p.Packet))
		open.ended = open.last
		return open
	}
	it := newItem(rawItem, p.Dir, p.Packet, p.Packet)
	it.start, it.end = p.Start, p.End
	return c.add(it)
}

// add takes a message of no known protocol, unless it is one of those that are left out in front. What it returns is where the
// message may grow.
func (c *collector) add(it item) *item {
	if c.raws++; c.raws <= c.m.Options.From {
		c.left = it
		return &c.left
	}
	c.m.items = append(c.m.items, it)
	return &c.m.items[len(c.m.items)-1]
}

// packetBefore returns the packet that brought the byte in front of a hole, or the first one behind it.
func (c *collector) packetBefore(p session.Piece) int {
	for _, at := range []int64{p.Start - 1, p.End} {
		if packets := c.m.talk.Packets(p.Dir, at, at+1); len(packets) > 0 {
			return packets[0]
		}
	}
	return 0
}

// knownPlaces are places in the two streams, ascending and apart.
type knownPlaces [2][]stream.Range

// known are the places of the messages that were recognised.
func (c *collector) known() *knownPlaces {
	var r knownPlaces
	for k := range c.m.talk.Messages {
		msg := &c.m.talk.Messages[k]
		r[msg.Dir] = append(r[msg.Dir], stream.Range{Dir: msg.Dir, Start: msg.Start, End: msg.End})
	}
	for dir := range r {
		slices.SortFunc(r[dir], func(a, b stream.Range) int { return cmp.Compare(a.Start, b.Start) })
		joined := r[dir][:0]
		for _, x := range r[dir] {
			if n := len(joined); n > 0 && x.Start <= joined[n-1].End {
				joined[n-1].End = max(joined[n-1].End, x.End)
			} else {
				joined = append(joined, x)
			}
		}
		r[dir] = joined
	}
	return &r
}

// all reports that the ranges hold everything.
func (r *knownPlaces) all(streams *session.Streams) bool {
	for dir := range flow.Direction(2) {
		n := streams.Len(dir)
		if n > 0 && (len(r[dir]) != 1 || r[dir][0].Start > 0 || r[dir][0].End < n) {
			return false
		}
	}
	return true
}

// next returns how far the bytes from start on, up to end, are either all in the ranges or all free.
func (r *knownPlaces) next(dir flow.Direction, start, end int64) (to int64, free bool) {
	i, _ := slices.BinarySearchFunc(r[dir], start, func(x stream.Range, at int64) int {
		if x.End <= at {
			return -1
		}
		return 1
	})
	switch {
	case i == len(r[dir]) || r[dir][i].Start >= end:
		return end, true
	case r[dir][i].Start > start:
		return r[dir][i].Start, true
	}
	return min(end, r[dir][i].End), false
}
