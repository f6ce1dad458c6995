package diagnose

import (
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// gap is a stretch of numbers that was missing when the packet with that index came.
type gap struct {
	start, end seqnum.Number
	index      int
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
		t.judgeHole(&h, t.rev.ackFrame)
		return
	}
	if len(t.fwd.holes) >= maxGaps {
		for k := range t.fwd.holes[:maxGaps/2] {
			t.judgeHole(&t.fwd.holes[k], 0)
		}
		t.fwd.holes = append(t.fwd.holes[:0], t.fwd.holes[maxGaps/2:]...)
	}
	t.fwd.holes = append(t.fwd.holes, h)
}

// holesAcknowledged judges the other end's holes that its progress in acknowledging has passed.
func (t *turn) holesAcknowledged() {
	kept := t.rev.holes[:0]
	for k := range t.rev.holes {
		if h := &t.rev.holes[k]; t.fwd.acked.Before(h.end) {
			kept = append(kept, *h)
		} else {
			t.judgeHole(h, t.seg.Frame)
		}
	}
	t.rev.holes = kept
}

// judgeHole forms the opinion on a hole. ack is the frame that acknowledged all of it, 0 if none did.
func (w *witness) judgeHole(h *gap, ack uint32) {
	size := h.end.Distance(h.start)
	switch {
	case h.again > 0:
		w.sayOf(h.index, HoleLost, Proven, h.againBy)
	case h.late >= size:
		w.sayOf(h.index, HoleReordered, Proven, h.lateBy)
	case ack != 0 && h.late == 0 && h.unclear == 0:
		w.sayOf(h.index, HoleNotCaptured, Proven, says(ByAcked, frames(ack), quantity(tcp.QMissing, size)))
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
