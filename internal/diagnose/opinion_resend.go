package diagnose

import (
	"time"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

const (
	// minRTO is the shortest retransmission time-out taken for one. RFC 6298 asks for a second, Linux takes 200 ms.
	minRTO = 200 * time.Millisecond
	// ackLate is how long ago an ACK must have been captured at least, besides two round trips, to have arrived if it could.
	ackLate = 100 * time.Millisecond
	// minFullSize is the least length of a segment that can be taken for a full one when it is cut smaller later.
	minFullSize = 512
	// maxRepetitions bounds the repetitions that wait for a D-SACK, per direction: it comes within a round trip.
	maxRepetitions = 64
)

// repetition is a segment that came again and that a D-SACK may speak of.
type repetition struct {
	start, end seqnum.Number
	// index is the packet that came again, -1 if that was to be expected; first the frame that it repeats.
	index int
	first uint32
	// copyOpinion is the place of the opinion that it is a copy, -1 for a retransmission.
	copyOpinion int
}

// repeated forms an opinion on a segment whose numbers were passed before: late, sent again, and why.
func (t *turn) repeated() {
	seg := t.seg
	if !t.occupies() || t.probing() || !t.fwd.known || !seg.Seq.Before(t.fwd.high) || seg.Flags.Has(packet.RST) {
		return
	}
	if prior := t.fwd.earlier(seg.Seq); prior != nil {
		t.again(prior)
		return
	}
	above := t.fwd.sent.Above(t.next)
	if above == nil {
		t.fill(unknownOrder, Evidence{})
		return
	}
	how, e := t.compare(above)
	t.fill(how, e)
	switch {
	case how == sentEarlier && t.rec.Labels.Any(tcp.Retransmission|tcp.OutOfOrder):
		t.say(LateOriginal, Proven, e)
	case how == sentLater:
		t.reason(nil, e)
	}
}

// again forms an opinion on a segment whose numbers were captured before, first in prior.
func (t *turn) again(prior *tcp.Sent) {
	seg := t.seg
	how, e := t.compare(prior)
	acked := t.rev.hasAcked && !t.rev.acked.Before(t.next)
	index := t.i
	switch {
	case how == sentEarlier:
		return
	case seg.Flags.Has(packet.SYN|packet.ACK) && t.fwd.synFrame != 0 && t.rev.synFrame != 0:
		t.say(OpensToo, Proven, says(ByProtocol, frames(t.rev.synFrame)))
		index = -1
	case acked:
		t.ackWithoutEffect(prior)
	case how == sentLater || t.rec.Labels.Has(tcp.Retransmission):
		t.reason(prior, e)
	}
	if t.rec.Labels.Any(tcp.Retransmission | tcp.OutOfOrder) {
		t.fwd.repeat(repetition{start: seg.Seq, end: t.next, index: index, first: prior.Frame, copyOpinion: -1})
	}
	prior.Gap = seg.Time - prior.LastTime
	prior.LastTime, prior.LastFrame = seg.Time, seg.Frame
	prior.Resent++
}

// repeat remembers a repetition until a D-SACK speaks of it.
func (e *endMemory) repeat(r repetition) {
	if len(e.resent) >= maxRepetitions {
		e.resent = append(e.resent[:0], e.resent[maxRepetitions/2:]...)
	}
	e.resent = append(e.resent, r)
}

// expectReport remembers a copy, whose opinion a D-SACK may sharpen.
func (t *turn) expectReport(opinion int, first uint32) {
	if opinion >= 0 && t.occupies() {
		t.fwd.repeat(repetition{start: t.seg.Seq, end: t.next, index: t.i, first: first, copyOpinion: opinion})
	}
}

// ackWithoutEffect is for a segment that is sent again long after its ACK was captured.
func (t *turn) ackWithoutEffect(prior *tcp.Sent) {
	since := time.Duration(t.seg.Time - t.rev.ackTime)
	if since < ackLate || since < 2*t.rtt {
		return
	}
	ref := frames(prior.Frame, t.rev.ackFrame)
	o := &t.seg.Options
	if echo := int32(o.TSEcr - t.rev.ackTSVal); o.HasTimestamps && t.rev.ackHasTS && echo < 0 && !t.seg.Flags.Has(packet.SYN) {
		t.say(AckWithoutEffect, Proven, says(ByEcho, ref, quantity(tcp.QElapsed, since),
			quantity(tcp.QTSVal, o.TSEcr), quantity(tcp.QOtherTSVal, t.rev.ackTSVal)))
		return
	}
	t.say(AckWithoutEffect, Likely, says(ByTimer, ref, quantity(tcp.QElapsed, since), quantity(tcp.QRoundTrip, t.rtt)))
}

// reason says why a segment was sent again. prior is its first transmission, nil if that is not in the capture; e says how
// it is known that it was sent again.
func (t *turn) reason(prior *tcp.Sent, e Evidence) {
	labels := t.rec.Labels
	switch {
	case labels.Has(tcp.OutOfOrder):
		if e.Rule != NoRule {
			t.say(SentAnew, Proven, e)
		}
	case !labels.Has(tcp.Retransmission) || labels.Any(tcp.FastRetransmission|tcp.SpuriousRetransmission):
		// The label says it all.
	case t.cutSmaller(prior), t.timedOut(prior), t.tailProbe(prior), t.repair(prior):
	}
}

// quiet is the time since the connection last made the sender's timer start again.
func (t *turn) quiet() time.Duration {
	since := t.fwd.lastSent
	if t.rev.hasAcked {
		since = max(since, t.rev.ackTime)
	}
	return time.Duration(t.seg.Time - since)
}

// startRepair remembers that everything sent so far may be sent again.
func (t *turn) startRepair() {
	t.fwd.recover, t.fwd.recovering, t.fwd.recoverFrom = t.fwd.high, true, t.seg.Frame
}

// cutSmaller recognises a sender that has learnt that the path does not take its segments (RFC 1191, RFC 4821).
func (t *turn) cutSmaller(prior *tcp.Sent) bool {
	if prior == nil || t.seg.Len == 0 {
		return false
	}
	seg, fwd := t.seg, t.fwd
	size := prior.Next.Distance(prior.Seq)
	wire := size >= minFullSize && (t.rev.mss == 0 || size <= uint32(t.rev.mss)) && t.rev.room >= size
	first := wire && seg.Seq == prior.Seq && seg.Len < size && t.next.Before(prior.Next)
	further := fwd.cutTo > 0 && seg.Len <= fwd.cutTo && (seg.Seq != prior.Seq || t.next != prior.Next)
	if !first && !further {
		return false
	}
	if fwd.cutTo == 0 {
		fwd.cutTo = seg.Len
		t.startRepair()
	}
	t.say(CutSmaller, Likely, says(BySize, frames(prior.Frame), quantity(tcp.QLength, seg.Len), quantity(tcp.QOtherLength, size),
		quantity(tcp.QElapsed, seg.Time-prior.Time)))
	return true
}

// timedOut recognises a retransmission time-out: the oldest unacknowledged numbers again, after a long silence.
func (t *turn) timedOut(prior *tcp.Sent) bool {
	quiet := t.quiet()
	oldest := t.seg.Flags.Has(packet.SYN) || t.rev.hasAcked && t.seg.Seq.AtOrBefore(t.rev.acked)
	if !oldest || quiet < minRTO || quiet < 3*t.rtt/2 {
		return false
	}
	c, rule, ref := Likely, ByTimer, frames()
	n := int32(1)
	var before int64
	if prior != nil {
		ref = frames(prior.Frame, prior.LastFrame)
		n = prior.Resent + 1
		before = prior.Gap
		if before > 0 && doubled(time.Duration(before), time.Duration(t.seg.Time-prior.LastTime)) {
			c, rule = Proven, ByBackoff
		}
	}
	t.say(TimerResend, c, says(rule, ref, quantity(tcp.QElapsed, quiet), quantity(tcp.QLimit, before),
		quantity(tcp.QRoundTrip, t.rtt), quantity(tcp.QRepetitions, n)))
	t.startRepair()
	return true
}

// doubled reports that b is about twice a. Timers tick in steps of some milliseconds.
func doubled(a, b time.Duration) bool { return b > a*8/5 && b < a*5/2 }

// tailProbe recognises a tail loss probe: the last segment again, soon, with nothing heard from the receiver.
func (t *turn) tailProbe(prior *tcp.Sent) bool {
	quiet := t.quiet()
	if prior == nil || prior.Resent > 0 || t.next != t.fwd.high || t.rtt == 0 || quiet < 3*t.rtt/2 || quiet >= minRTO ||
		t.rev.hasSack || t.rev.dupAcks > 0 || t.seg.Flags.Has(packet.SYN) {
		return false
	}
	c, rule := Likely, ByTimer
	if t.rev.hasAcked && t.seg.Seq.After(t.rev.acked) {
		c, rule = Proven, ByTail
	}
	t.say(TailProbe, c, says(rule, frames(prior.Frame), quantity(tcp.QElapsed, quiet), quantity(tcp.QRoundTrip, t.rtt)))
	return true
}

// repair recognises loss recovery: the receiver has reported later numbers, or a time-out has begun to repeat everything.
func (t *turn) repair(prior *tcp.Sent) bool {
	first := uint32(0)
	if prior != nil {
		first = prior.Frame
	}
	rev := t.rev
	switch {
	case rev.hasSack && rev.sackTop.After(t.seg.Seq):
		t.say(LossRepair, Likely, says(BySACK, frames(first, rev.sackFrame), quantity(tcp.QSeq, t.rec.Seq),
			quantity(tcp.QRightEdge, t.rec.Seq+rev.sackTop.Distance(t.seg.Seq)), quantity(tcp.QDupAcks, rev.dupAcks)))
	case t.fwd.recovering && t.seg.Seq.Before(t.fwd.recover):
		t.say(LossRepair, Likely, says(ByAcked, frames(first, t.fwd.recoverFrom), quantity(tcp.QSeq, t.rec.Seq)))
	default:
		return false
	}
	return true
}
