package diagnose

import (
	"time"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// likeness is what two copies of one packet have in common. Checksums are left out where the IP identification tells
// packets apart: a network card fills them in between two places of capture.
type likeness struct {
	seq, ack     seqnum.Number
	length       uint32
	tsVal, tsEcr uint32
	flags        packet.Flags
	window, ipID uint16
	checksum     uint16
}

// sighting is where and when a packet was captured.
type sighting struct {
	time  int64
	frame uint32
	iface uint16
	ttl   uint8
}

// copyLog remembers the newest packets of one end, to recognise them when they come again.
type copyLog struct {
	byLook map[likeness]sighting
	queue  []likeness
}

const (
	// maxCopyLog bounds a copyLog: copies follow their original closely.
	maxCopyLog = 512
	// copyDelay is how much later a copy may come: networks hold packets back for less, and some small systems send the same
	// packet, IP identification and all, again when their timer runs out.
	copyDelay = 100 * time.Millisecond
	// sameTick is how close two packets without IP identification must be to be copies: their timestamps are equal too, and
	// no sender repeats a segment that soon.
	sameTick = time.Millisecond
)

func (l *copyLog) add(k likeness, s sighting) {
	if l.byLook == nil {
		l.byLook = map[likeness]sighting{}
	}
	l.byLook[k] = s
	l.queue = append(l.queue, k)
	if len(l.queue) > 2*maxCopyLog {
		for _, old := range l.queue[:maxCopyLog] {
			delete(l.byLook, old)
		}
		l.queue = append(l.queue[:0], l.queue[maxCopyLog:]...)
	}
}

// copied forms an opinion on a packet that is in the capture already. Such a packet says nothing new about its sender.
func (t *turn) copied() bool {
	seg := t.seg
	k := likeness{
		seq: seg.Seq, ack: seg.Ack, length: seg.Len, flags: seg.Flags, window: seg.Window, ipID: seg.IPID,
		tsVal: seg.Options.TSVal, tsEcr: seg.Options.TSEcr,
	}
	if seg.IPID == 0 {
		k.checksum = seg.Checksum
	}
	now := sighting{time: seg.Time, frame: seg.Frame, iface: t.rec.Interface, ttl: seg.TTL}
	first, ok := t.fwd.seen.byLook[k]
	if !ok || !t.isCopy(first) {
		t.fwd.seen.add(k, now)
		return false
	}
	t.doubled++
	ref := frames(first.frame)
	elapsed := quantity(tcp.QElapsed, seg.Time-first.time)
	id := quantity(tcp.QIPID, seg.IPID)
	switch {
	case first.iface != now.iface:
		t.say(CapturedTwice, Proven, says(ByInterface, ref, quantity(tcp.QInterface, now.iface), quantity(tcp.QOtherInterface, first.iface), id, elapsed))
	case first.ttl != now.ttl:
		t.say(CapturedTwice, Proven, says(ByTTL, ref, quantity(tcp.QTTL, now.ttl), quantity(tcp.QOtherTTL, first.ttl), id, elapsed))
	case seg.IPID != 0:
		t.expectReport(t.say(SamePacketTwice, Proven, says(ByIPID, ref, id, elapsed)), first.frame)
	default:
		t.expectReport(t.say(SamePacketTwice, Likely, says(ByTimestamp, ref, quantity(tcp.QTSVal, seg.Options.TSVal), elapsed)), first.frame)
	}
	return true
}

// isCopy reports that a packet that looks like an earlier one is the same packet, not a second one.
func (t *turn) isCopy(first sighting) bool {
	elapsed := time.Duration(t.seg.Time - first.time)
	if elapsed < 0 {
		elapsed = -elapsed // interfaces may be written to the file one behind the other
	}
	if t.seg.IPID != 0 && t.fwd.order.counts() {
		return elapsed < copyDelay
	}
	apart := first.ttl != t.seg.TTL || first.iface != t.rec.Interface
	return t.seg.Options.HasTimestamps && elapsed < sameTick && (t.occupies() || apart)
}

// finishCopies says of copies whether both arrived, where the receiver would have said so.
func (w *witness) finishCopies() {
	mostly := w.doubled*3 >= w.heard && w.doubled > 1
	for k := range w.set.All {
		o := &w.set.All[k]
		if o.Code != SamePacketTwice {
			continue
		}
		if mostly {
			o.Code, o.Confidence, o.Evidence.Rule = CapturedTwice, Likely, ByCopies
			o.Evidence.Quantities[2] = quantity(tcp.QRepetitions, w.doubled)
		}
	}
}
