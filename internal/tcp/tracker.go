package tcp

import (
	"net/netip"
	"time"

	"tcptalk/internal/packet"
)

// minHeader is the length of a TCP header without options.
const minHeader = 20

// maxSegmentLen bounds the length that takes part in the sequence arithmetic: half the sequence space could not be ordered.
// Only a made-up record length comes near it.
const maxSegmentLen = 1 << 30

// Tracker follows all connections of a capture. It is not safe for use by several goroutines at once. The zero value is
// ready; it keeps less than 512 bytes of a connection that is over or that nobody answered, and never
// forgets one.
type Tracker struct {
	table table
	pool  pool
}

// NewTracker returns a Tracker without connections.
func NewTracker() *Tracker { return &Tracker{} }

// Len returns the number of connections so far.
func (t *Tracker) Len() int { return t.table.count }

// Unremembered returns how many segments were not remembered for their acknowledgement, because MaxUnacked others of the same
// direction waited for theirs.
func (t *Tracker) Unremembered() uint64 { return t.pool.unremembered }

// Connection returns the connection with that number, 0 <= stream < Len(). The Tracker owns it and changes it with every
// segment; the pointer stays valid.
func (t *Tracker) Connection(stream int) *Connection { return &t.table.at(stream).Connection }

// Track takes the next segment in capture order and fills out. It keeps nothing of seg.
//
// The result is whether the segment counts as a packet of its connection. A segment quoted in an ICMP error does not: it
// can start a connection and moves its clock, but was not sent at this moment; out then has only Stream, Dir, ReusedPorts,
// the times in the connection and the states.
func (t *Tracker) Track(seg *packet.Segment, out *Analysis) bool {
	*out = Analysis{}
	c, isNew := t.connect(seg, out)
	dir := c.direction(seg)
	a := analyzer{seg: seg, out: out, conn: c, pool: &t.pool, fwd: &c.ends[dir], rev: &c.ends[dir^1]}
	out.Stream, out.Dir = c.Stream, dir
	a.restart()
	a.clock()
	a.fwd.sacked = 0
	out.HasNumbers = seg.HasLen && !seg.Quoted && seg.Len <= maxSegmentLen
	if out.HasNumbers {
		a.setBases()
		a.number()
		if seg.HeaderLen >= minHeader {
			a.follow()
		}
		a.analyze()
	} else {
		out.Seq, out.Ack, out.Window = uint32(seg.Seq), uint32(seg.Ack), uint32(seg.Window)
		out.WindowScale = scaleShown(a.fwd.scale)
	}
	out.Partial = seg.HeaderLen < minHeader
	out.Hidden = seg.HeaderCut || seg.Options.Malformed || !seg.HasLen && !seg.Quoted
	if !out.Partial {
		a.complete(isNew)
		a.handshake()
		a.options()
	}
	if !seg.Quoted {
		c.tally(seg, out)
	}
	out.States = c.States
	return !seg.Quoted
}

// Reserve gives the connection of these two endpoints a number, unless it has one, as if it had begun at the given time. It
// counts no packet for it.
func (t *Tracker) Reserve(client, server netip.AddrPort, at int64) {
	if t.table.find(client, server) == nil {
		t.table.add(client, server).start(&packet.Segment{Src: client, Dst: server, Flags: packet.SYN, Time: at})
	}
}

// connect finds or makes the segment's connection. A SYN with another number than before starts a new one.
func (t *Tracker) connect(seg *packet.Segment, out *Analysis) (c *conn, isNew bool) {
	c = t.table.find(seg.Src, seg.Dst)
	if c != nil && seg.Flags&(packet.SYN|packet.ACK) == packet.SYN {
		if fwd := &c.ends[c.direction(seg)]; fwd.hasBase && fwd.base != seg.Seq {
			out.Labels |= ReusedPorts
			c = nil
		}
	}
	if c != nil {
		return c, false
	}
	c = t.table.add(seg.Src, seg.Dst)
	c.start(seg)
	return c, true
}

// restart treats a SYN on a direction that has its base already: the same SYN again, or a SYN+ACK with another number.
func (a *analyzer) restart() {
	if !a.fwd.hasBase {
		return
	}
	switch a.seg.Flags & (packet.SYN | packet.ACK) {
	case packet.SYN: // an RST in between may have had any number (RFC 9293 §3.5)
		a.fwd.nextSeq = a.fwd.maxAckable
	case packet.SYN | packet.ACK:
		if a.seg.Seq != a.fwd.base {
			a.out.Labels |= ReusedPorts
			a.fwd.setBase(a.seg.Seq)
		}
	}
}

// clock takes the times in the connection.
func (a *analyzer) clock() {
	a.out.SinceFirst = time.Duration(a.seg.Time - a.conn.FirstTime)
	a.out.SincePrevious = time.Duration(a.seg.Time - a.conn.LastTime)
	a.conn.LastTime = a.seg.Time
}

// setBases chooses the numbers that are shown as 0, at the first segment that tells them.
func (a *analyzer) setBases() {
	seg := a.seg
	if !a.fwd.hasBase {
		base := seg.Seq
		if !seg.Flags.Has(packet.SYN) {
			base--
		}
		a.fwd.setBase(base)
	}
	if !a.rev.hasBase && seg.Flags.Has(packet.ACK) {
		a.rev.setBase(seg.Ack - 1)
	}
}

// number computes what is shown instead of the raw numbers.
func (a *analyzer) number() {
	seg, out := a.seg, a.out
	out.Seq = a.fwd.relative(seg.Seq)
	out.Ack = uint32(seg.Ack)
	if seg.Flags.Has(packet.ACK) {
		out.Ack = a.rev.relative(seg.Ack)
	}
	out.NextSeq = out.Seq + seg.Len + a.phantom()
	out.Window = uint32(seg.Window)
	if a.fwd.scale > 0 && !seg.Flags.Has(packet.SYN) {
		out.Window <<= a.fwd.scale
	}
	out.WindowScale = scaleShown(a.fwd.scale)
}

// scaleShown returns the multiplier for a shift, or the number that stands for unknown or none.
func scaleShown(scale int8) int32 {
	if scale < 0 {
		return int32(scale)
	}
	return 1 << scale
}
