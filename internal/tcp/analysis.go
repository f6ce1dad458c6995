package tcp

import (
	"time"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

const (
	// fastRetransmitLimit is how soon after the last duplicate ACK a repetition counts as a fast retransmission.
	fastRetransmitLimit = 20 * time.Millisecond
	// reorderLimit is how late a segment may come to count as out of order while the initial RTT is unknown.
	reorderLimit = 3 * time.Millisecond
	// maxFlight is where a span of numbers is no longer taken for bytes in flight: it includes numbers from before the base.
	maxFlight = 2_000_000_000
)

// analyzer holds one segment while Wireshark's rules are applied to it. fwd is the direction it travels in, rev the other one.
type analyzer struct {
	seg      *packet.Segment
	out      *Analysis
	conn     *conn
	pool     *pool
	fwd, rev *sender
}

// plain reports that the segment neither opens nor closes anything.
func (a *analyzer) plain() bool { return !a.seg.Flags.Any(packet.SYN | packet.FIN | packet.RST) }

// occupies reports that the segment takes up sequence numbers.
func (a *analyzer) occupies() bool { return a.seg.Len > 0 || a.seg.Flags.Any(packet.SYN|packet.FIN) }

// phantom is the number that SYN or FIN takes up; Wireshark counts one even if both are set.
func (a *analyzer) phantom() uint32 {
	if a.seg.Flags.Any(packet.SYN | packet.FIN) {
		return 1
	}
	return 0
}

// repeats reports that the segment says nothing new: no data at the expected number and the same acknowledgement as before.
func (a *analyzer) repeats() bool {
	return a.seg.Len == 0 && a.plain() && a.seg.Seq == a.fwd.nextSeq && a.seg.Ack == a.fwd.lastAck
}

// analyze labels the segment and brings both directions up to date. The order of the steps is part of the rules.
func (a *analyzer) analyze() {
	a.fwd.unfold(a.pool)
	a.rev.unfold(a.pool)
	if a.seg.Flags.Has(packet.ACK) {
		a.rev.noFlight = false
	}
	if a.seg.Len == 1 && a.seg.Seq == a.fwd.nextSeq && a.rev.window == 0 {
		a.out.Labels |= ZeroWindowProbe
	} else {
		a.labelSequence()
		a.labelWindow()
		a.labelRepeat()
	}
	a.countDuplicates()
	a.labelUnseenAck()
	if a.occupies() && !a.out.Labels.Has(KeepAlive) {
		a.labelRepetition()
	}
	if a.out.Labels.Has(Retransmission) && a.fwd.unacked != nil {
		a.out.ResendsFrame = a.fwd.unacked.carrier(a.seg.Seq)
	}
	a.advance()
	a.remember()
	a.acknowledge()
	if a.seg.Len > 0 && !a.fwd.noFlight && a.fwd.unacked != nil {
		a.measureFlight()
	}
}

// labelSequence finds holes in front of the segment and keep-alives.
func (a *analyzer) labelSequence() {
	fwd, seg := a.fwd, a.seg
	if fwd.nextSeq != 0 && seg.Seq.After(fwd.nextSeq) && !seg.Flags.Has(packet.RST) {
		a.out.Labels |= LostSegment
		a.out.Missing = seg.Seq.Distance(fwd.nextSeq)
		fwd.noFlight = true
	}
	if seg.Len <= 1 && seg.Seq == fwd.nextSeq-1 && a.plain() {
		a.out.Labels |= KeepAlive
	}
}

// labelWindow finds zero windows, window updates and segments that fill the peer's window.
func (a *analyzer) labelWindow() {
	seg := a.seg
	if seg.Window == 0 && a.plain() {
		a.out.Labels |= ZeroWindow
	}
	if a.repeats() && seg.Window != 0 && uint32(seg.Window) != a.fwd.window {
		a.out.Labels |= WindowUpdate
	}
	if seg.Len > 0 && a.plain() && a.rev.scale != scaleUnknown && seg.Seq.Add(seg.Len) == a.rev.windowEnd() {
		a.out.Labels |= WindowFull
	}
}

// windowEnd returns the number up to which this end, by its last segment, lets the other one send.
func (s *sender) windowEnd() seqnum.Number {
	if s.scale < 0 || s.unscaled {
		return s.lastAck.Add(s.window)
	}
	return s.lastAck.Add(s.window << s.scale)
}

// labelRepeat finds answers to keep-alives and to window probes, and duplicate ACKs.
func (a *analyzer) labelRepeat() {
	seg, fwd, rev := a.seg, a.fwd, a.rev
	if !a.repeats() || uint32(seg.Window) != fwd.window {
		return
	}
	switch {
	case seg.Window != 0 && rev.lastKeepAlive:
		a.out.Labels |= KeepAliveAck
	case seg.Window == 0 && rev.lastProbe:
		a.out.Labels |= ZeroWindowProbeAck
	case seg.Window != 0 && a.conn.mptcp == fwd.mptcp:
		if fwd.dups == manyDups {
			fwd.dups = 0
		}
		fwd.dups++
		a.out.Labels |= DuplicateAck
		a.out.DupAckNum, a.out.DupAckFrame = fwd.dups, fwd.lastNonDup
	}
}

// countDuplicates starts the count of duplicate ACKs again when the acknowledgement changes.
func (a *analyzer) countDuplicates() {
	if a.seg.Ack != a.fwd.lastAck {
		a.fwd.lastNonDup, a.fwd.dups = a.seg.Frame, 0
	}
}

// labelUnseenAck finds acknowledgements of segments that are not in the capture.
func (a *analyzer) labelUnseenAck() {
	rev := a.rev
	if !a.seg.Flags.Has(packet.ACK) || rev.maxAckable == 0 || !a.seg.Ack.After(rev.maxAckable) {
		return
	}
	if rev.maxAckable.Before(rev.nextSeq) {
		rev.maxAckable = rev.nextSeq
		a.out.Labels |= AckLostSegment
		return
	}
	if rev.dups == 0 {
		a.out.Labels |= AckLostSegment
	}
	rev.dups = manyDups
}

// labelRepetition decides what a segment is whose numbers were sent before.
func (a *analyzer) labelRepetition() {
	seg, fwd, rev := a.seg, a.fwd, a.rev
	if seg.Len > 0 && rev.lastAck != 0 && seg.Seq.Add(seg.Len).AtOrBefore(rev.lastAck) {
		a.out.Labels |= Retransmission | SpuriousRetransmission
		return
	}
	old := fwd.nextSeq != 0 && seg.Seq.Before(fwd.nextSeq)
	if seg.Len > 1 && seg.Seq == fwd.nextSeq-1 {
		old = false // new data after a probe of one byte
	}
	if !old {
		return
	}
	switch {
	case rev.dups >= 2 && seg.Seq == rev.lastAck && within(seg.Time-rev.lastTime, fastRetransmitLimit):
		a.out.Labels |= Retransmission | FastRetransmission
	case within(seg.Time-fwd.nextTime, a.conn.reorderLimit()) && fwd.nextSeq != seg.Seq.Add(seg.Len+a.phantom()):
		a.out.Labels |= OutOfOrder
	default:
		a.out.Labels |= Retransmission
		a.measureRTO()
	}
}

// within reports 0 <= elapsed < limit in nanoseconds. A negative limit (the clock went back during the handshake) is no limit.
func within(elapsed int64, limit time.Duration) bool { return uint64(elapsed) < uint64(limit) }

// reorderLimit returns how late a segment may come to count as out of order.
func (c *conn) reorderLimit() time.Duration {
	if c.InitialRTT != 0 {
		return c.InitialRTT
	}
	return reorderLimit
}

// measureRTO takes the time since the oldest segment that may have caused the retransmission.
func (a *analyzer) measureRTO() {
	since, frame := a.fwd.nextTime, a.fwd.nextFrame
	if a.fwd.unacked != nil {
		first := a.fwd.unacked.oldest()
		since, frame = first.time, first.frame
	}
	if a.seg.Time != since {
		a.out.RTO, a.out.RTOFrame = time.Duration(a.seg.Time-since), frame
	}
}

// advance adds the segment to the unacknowledged ones and moves the highest numbers on.
func (a *analyzer) advance() {
	seg, fwd := a.seg, a.fwd
	next := seg.Seq.Add(seg.Len)
	switch full := fwd.unacked != nil && fwd.unacked.count >= MaxUnacked; {
	case full && a.occupies():
		a.pool.unremembered++
	case a.occupies():
		next = next.Add(a.phantom())
		if seg.Len == 0 && seg.Flags.Has(packet.SYN) && fwd.nextSeq == 0 && next != 0 {
			fwd.loneSyn = true
		} else {
			fwd.waits(a.pool, sent{time: seg.Time, seq: seg.Seq, next: next, frame: seg.Frame})
		}
	}
	if a.out.Labels.Has(ZeroWindowProbe) {
		return
	}
	if fwd.nextSeq == 0 || next.After(fwd.nextSeq) {
		fwd.nextSeq, fwd.nextFrame, fwd.nextTime = next, seg.Frame, seg.Time
	}
	if fwd.maxAckable == 0 || seg.Seq == fwd.maxAckable {
		fwd.maxAckable = fwd.nextSeq
	}
}

// remember keeps what the next segments are compared with.
func (a *analyzer) remember() {
	seg, fwd := a.seg, a.fwd
	fwd.window, fwd.lastAck, fwd.lastTime = uint32(seg.Window), seg.Ack, seg.Time
	fwd.lastKeepAlive = a.out.Labels.Has(KeepAlive)
	fwd.lastProbe = a.out.Labels.Has(ZeroWindowProbe)
	fwd.mptcp = a.conn.mptcp
}

// acknowledge takes away what the segment acknowledges. Wireshark does so even without the ACK flag.
func (a *analyzer) acknowledge() {
	list := a.rev.unacked
	if list == nil {
		return
	}
	match := list.acknowledge(a.pool, a.seg.Ack, a.rev.base)
	if list.count == 0 {
		a.pool.freeList(list)
		a.rev.unacked = nil
	}
	if match.frame != 0 {
		a.out.AcksFrame, a.out.RTT = match.frame, time.Duration(a.seg.Time-match.time)
	}
}

// measureFlight computes the bytes in flight and the bytes since the last PSH.
func (a *analyzer) measureFlight() {
	seg, fwd := a.seg, a.fwd
	flight := fwd.unacked.span.high - fwd.unacked.span.low - a.rev.sacked
	if flight >= maxFlight {
		flight = 0
	}
	if flight > 0 {
		flight -= a.phantom()
	}
	if fwd.lastPush {
		fwd.pushed = seg.Len
	} else {
		fwd.pushed += seg.Len
	}
	fwd.lastPush = seg.Flags.Has(packet.PSH)
	if flight != 0 {
		a.out.BytesInFlight, a.out.PushBytes = flight, fwd.pushed
	}
}
