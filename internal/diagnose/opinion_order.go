package diagnose

import (
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// Bounds of what IP identifications can tell. A sender that counts may count for all its connections together, so that
// numbers are skipped; one that draws them at random falls within idStep once in 128 times.
const (
	idStep = 512
	// idWindow is the distance up to which two numbers can be put in order: a quarter of what 16 bits hold.
	idWindow = 1 << 14
	// idRising is how many numbers in sequence show that a sender counts; one in idFaults may be out of sequence.
	idRising = 2
	idFaults = 16
)

// idOrder learns whether a sender counts its IP identifications upwards.
type idOrder struct {
	newest        uint16
	known         bool
	rising, other int
}

// learn takes the number of a packet that is in its place. 0 says nothing: it is what senders write who do not count.
func (o *idOrder) learn(seg *packet.Segment, labels tcp.Labels) {
	if seg.IPID == 0 || labels.Any(tcp.Retransmission|tcp.OutOfOrder) {
		return
	}
	if o.known {
		switch step := seg.IPID - o.newest; {
		case step == 0:
		case step <= idStep:
			o.rising++
		default:
			o.other++
		}
	}
	o.newest, o.known = seg.IPID, true
}

func (o *idOrder) counts() bool { return o.rising >= idRising && o.other*idFaults <= o.rising }

// sending tells which of two packets of one end was sent first.
type sending uint8

const (
	unknownOrder sending = iota
	sentEarlier
	sentLater
)

// compare tells by IP identification and timestamp whether the segment was sent earlier or later than s was.
func (t *turn) compare(s *tcp.Sent) (sending, Evidence) {
	byTS, byID := unknownOrder, unknownOrder
	seg := t.seg
	if seg.Options.HasTimestamps && s.HasTSVal {
		byTS = order(int32(seg.Options.TSVal - s.TSVal))
	}
	if step := int16(seg.IPID - s.IPID); seg.IPID != 0 && s.IPID != 0 && t.fwd.order.counts() && max(step, -step) <= idWindow {
		byID = order(int32(step))
	}
	ref := frames(s.Frame)
	switch {
	case byID != unknownOrder && byTS != unknownOrder && byID != byTS:
		return unknownOrder, Evidence{}
	case byID != unknownOrder:
		return byID, says(ByIPID, ref, quantity(tcp.QIPID, seg.IPID), quantity(tcp.QOtherIPID, s.IPID),
			quantity(tcp.QElapsed, seg.Time-s.Time))
	case byTS != unknownOrder:
		return byTS, says(ByTimestamp, ref, quantity(tcp.QTSVal, seg.Options.TSVal), quantity(tcp.QOtherTSVal, s.TSVal),
			quantity(tcp.QElapsed, seg.Time-s.Time))
	}
	return unknownOrder, Evidence{}
}

func order(difference int32) sending {
	switch {
	case difference > 0:
		return sentLater
	case difference < 0:
		return sentEarlier
	}
	return unknownOrder
}

// fillLog remembers segments that came into a hole, by where they begin, up to a bound.
type fillLog struct {
	byStart map[seqnum.Number]*tcp.Sent
	queue   []seqnum.Number
}

// maxFills bounds a fillLog. Only the numbers of the last few round trips are asked for.
const maxFills = 1024

func (l *fillLog) add(s tcp.Sent) {
	if l.byStart == nil {
		l.byStart = map[seqnum.Number]*tcp.Sent{}
	}
	if _, ok := l.byStart[s.Seq]; !ok {
		l.queue = append(l.queue, s.Seq)
	}
	l.byStart[s.Seq] = &s
	if len(l.queue) > 2*maxFills {
		for _, old := range l.queue[:maxFills] {
			delete(l.byStart, old)
		}
		l.queue = append(l.queue[:0], l.queue[maxFills:]...)
	}
}

// earlier returns what was sent before at number n, or nil.
func (e *endMemory) earlier(n seqnum.Number) *tcp.Sent {
	if s := e.sent.Find(n); s != nil {
		return s
	}
	return e.fills.byStart[n]
}
