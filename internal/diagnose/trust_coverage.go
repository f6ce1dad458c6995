package diagnose

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// maxHoles bounds the holes remembered of one direction. A capture with more of them open at once is full of holes anyway; the
// oldest are then taken as they are.
const maxHoles = 256

// hole is a range of a direction's bytes that was not captured yet.
type hole struct {
	from, to int64
	frame    uint32 // the packet behind it
}

// coverage is which bytes of one direction were captured, and which the other end says to have. Positions are relative sequence
// numbers carried on beyond 2^32.
type coverage struct {
	dir     flow.Direction
	started bool
	next    int64 // behind the last byte seen
	acked   int64 // acknowledged up to here
	ackedBy uint32
	open    []hole // in the order in which they were found

	// closed sums up the holes that were dropped from open as never filled.
	closed uint64
	bytes  uint64
	frames []uint32
}

// at returns the position near c.next that a relative number stands for.
func (c *coverage) at(rel uint32) int64 { return c.next + int64(int32(rel-uint32(c.next))) }

// sent takes a segment of this direction.
func (c *coverage) sent(r *session.Record) {
	if r.Flags.Has(packet.SYN) && r.Labels.Has(tcp.ReusedPorts) {
		*c = coverage{dir: c.dir} // it counts from another number now
	}
	if !c.started {
		c.started, c.next, c.acked = true, int64(r.Seq), int64(r.Seq)
	}
	from := c.at(r.Seq)
	to := from + int64(r.NextSeq()-r.Seq)
	if from > c.next {
		c.add(hole{c.next, from, r.Frame})
	} else if to > from {
		c.fill(from, to)
	}
	c.next = max(c.next, to)
}

// acknowledged takes a segment of the other direction.
func (c *coverage) acknowledged(r *session.Record) {
	if !c.started {
		return // nothing says where this direction began
	}
	if a := c.at(r.Ack); a > c.acked {
		c.acked, c.ackedBy = a, r.Frame
	}
}

func (c *coverage) add(h hole) {
	if len(c.open) == maxHoles {
		c.count(c.open[0])
		c.open = c.open[:copy(c.open, c.open[1:])]
	}
	c.open = append(c.open, h)
}

// fill takes captured bytes out of the open holes.
func (c *coverage) fill(from, to int64) {
	for i := 0; i < len(c.open); i++ {
		h := &c.open[i]
		if to <= h.from || from >= h.to {
			continue
		}
		switch {
		case from <= h.from && to >= h.to:
			c.open = append(c.open[:i], c.open[i+1:]...)
			i--
		case from <= h.from:
			h.from = to
		case to >= h.to:
			h.to = from
		default:
			rest := hole{to, h.to, h.frame}
			h.to = from
			c.add(rest)
		}
	}
}

// count adds what was acknowledged of a hole.
func (c *coverage) count(h hole) {
	if to := min(h.to, c.acked); to > h.from {
		c.closed++
		c.bytes += uint64(to - h.from)
		c.frames = note(c.frames, h.frame)
	}
}

// missing returns the bytes that the other end acknowledged and that are not in the capture, in how many places, and the packets
// behind them. What was neither captured nor acknowledged may never have arrived: that is the network's loss.
func (c *coverage) missing() (places, bytes uint64, frames []uint32) {
	if !c.started {
		return 0, 0, nil
	}
	for _, h := range c.open {
		c.count(h)
	}
	if c.acked > c.next {
		c.count(hole{c.next, c.acked, c.ackedBy})
	}
	c.open = nil
	return c.closed, c.bytes, c.frames
}
