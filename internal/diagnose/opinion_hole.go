package diagnose

import (
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// gap is a stretch of numbers that was missing when the packet with that index came.
type gap struct {
	start, end seqnum.Number
	index      int
	// ack is the frame that acknowledged all of it, 0 if none did.
	ack uint32
	// late, again and unclear are how many bytes came into it, by how they were sent; lateBy and againBy the first evidence.
	late, again, unclear uint32
	lateBy, againBy      Evidence
}

// maxGaps bounds the holes remembered per direction; the oldest are judged early. A sender repairs far fewer at a time.
const maxGaps = 256

// hole remembers a hole in front of the segment.
func (t *turn) hole() {
	if !t.rec.Labels.Has(tcp.LostSegment) || !t.fwd.known {
		return
	}
	h := gap{start: t.fwd.high, end: t.seg.Seq, index: t.i}
	if t.rev.hasAcked && !t.rev.acked.Before(h.end) {
		h.ack = t.rev.ackFrame
	}
	if len(t.fwd.holes) >= maxGaps {
		for k := range t.fwd.holes[:maxGaps/2] {
			t.judgeHole(&t.fwd.holes[k])
		}
		t.fwd.holes = append(t.fwd.holes[:0], t.fwd.holes[maxGaps/2:]...)
		t.fwd.passed = max(t.fwd.passed-maxGaps/2, 0)
	}
	t.fwd.holes = append(t.fwd.holes, h)
}

// holesAcknowledged notes which of the other end's holes its progress in acknowledging has passed. They are judged later:
// what was captured by several queues may stand behind its ACK.
func (t *turn) holesAcknowledged() {
	rev := t.rev
	for ; rev.passed < len(rev.holes) && !t.fwd.acked.Before(rev.holes[rev.passed].end); rev.passed++ {
		if h := &rev.holes[rev.passed]; h.ack == 0 {
			h.ack = t.seg.Frame
		}
	}
}

// judgeHole forms the opinion on a hole.
func (w *witness) judgeHole(h *gap) {
	size := h.end.Distance(h.start)
	switch {
	case h.again > 0:
		w.sayOf(h.index, HoleLost, Proven, h.againBy)
	case h.late >= size:
		w.sayOf(h.index, HoleReordered, Proven, h.lateBy)
	case h.ack != 0 && h.late == 0 && h.unclear == 0:
		w.sayOf(h.index, HoleNotCaptured, Proven, says(ByAcked, frames(h.ack), quantity(tcp.QMissing, size)))
	}
}

// fill notes that the segment, whose numbers were not captured before, comes into a hole.
func (t *turn) fill(how sending, e Evidence) {
	e.Frames = frames(t.seg.Frame)
	for k := range t.fwd.holes {
		h := &t.fwd.holes[k]
		if !t.seg.Seq.Before(h.end) || !t.next.After(h.start) {
			continue
		}
		switch how {
		case sentEarlier:
			if h.late == 0 {
				h.lateBy = e
			}
			h.late += t.next.Distance(t.seg.Seq)
		case sentLater:
			if h.again == 0 {
				h.againBy = e
			}
			h.again += t.next.Distance(t.seg.Seq)
		default:
			h.unclear += t.next.Distance(t.seg.Seq)
		}
	}
}
