package session

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/stream"
	"tcptalk/internal/tcp"
)

// maxConflicts bounds the contradictions remembered of one connection: one is enough to distrust it.
const maxConflicts = 1000

// Conflict says that a packet repeats bytes of an earlier one with other content. The stream has what came first; which of
// the two the receiver took cannot be seen.
type Conflict struct {
	// First and Again are indexes of packets in the connection's View.
	First, Again int
	Dir          flow.Direction
	// Seq is the relative sequence number of the first byte that differs, Bytes how many differ.
	Seq   uint32
	Bytes int
}

// conflicts compares what a connection sends twice.
type conflicts struct {
	v      *View
	reader segments // of earlier packets
	found  []Conflict
}

// overlap looks at bytes that came again.
func (c *conflicts) overlap(o stream.Overlap) {
	again := c.v.At(int(o.Again))
	if len(c.found) == maxConflicts || again.Labels.Has(tcp.KeepAlive) { // whose byte is garbage by design (RFC 9293 §3.8.4)
		return
	}
	kept := o.Kept
	if kept == nil {
		if kept = c.sent(o); kept == nil {
			return
		}
	}
	first, n := 0, 0
	for i := range min(len(kept), len(o.Data)) {
		if kept[i] == o.Data[i] {
			continue
		}
		if n == 0 {
			first = i
		}
		n++
	}
	if n > 0 {
		c.found = append(c.found, Conflict{
			First: int(o.First), Again: int(o.Again), Dir: o.Dir, Seq: c.relative(o, first), Bytes: n,
		})
	}
}

// sent reads again what the first packet had in place of o.Data, nil if that is not possible.
func (c *conflicts) sent(o stream.Overlap) []byte {
	seg, err := c.reader.at(int(o.First))
	if err != nil || seg == nil {
		return nil
	}
	begin := seg.Seq
	if seg.Flags.Has(packet.SYN) {
		begin = begin.Add(1)
	}
	skip := int(o.Seq.Distance(begin))
	if skip < 0 || skip > len(seg.Payload) {
		return nil
	}
	return seg.Payload[skip:]
}

// relative returns the number of a byte of o.Data as the packet that repeats it counts.
func (c *conflicts) relative(o stream.Overlap, i int) uint32 {
	return uint32(o.Seq.Add(uint32(i)).Distance(c.v.Bases[o.Dir]))
}

// Conflicting returns the contradiction that packet i causes, nil if there is none.
func (c *Conversation) Conflicting(i int) *Conflict {
	if c == nil {
		return nil
	}
	for k := range c.Conflicts {
		if c.Conflicts[k].Again == i {
			return &c.Conflicts[k]
		}
	}
	return nil
}
