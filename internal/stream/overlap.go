package stream

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

// maxOverlaps bounds how many earlier packets one segment is compared with: a crafted capture could repeat thousands of
// one-byte segments in every large one.
const maxOverlaps = 16

// Overlap is a range of captured bytes that a packet brought a second time. An honest sender repeats the same bytes; where
// they differ, the two ends, and whoever listens, may have read different things.
type Overlap struct {
	Dir flow.Direction
	// First is the packet whose bytes count, Again the one that repeats them.
	First, Again uint32
	// Seq is the raw number of the first byte.
	Seq seqNumber
	// Data is what came again, borrowed.
	Data []byte
	// Kept is what came first, as long as it waits for its turn. Bytes already delivered are not kept: Kept is nil, and packet
	// First has them.
	Kept []byte
}

// OnOverlap lets f, which may be nil, see what comes again. It must be called before the first Segment.
func (a *Assembler) OnOverlap(f func(Overlap)) { a.overlap = f }

// tellOverlaps reports which of a segment's captured bytes were there before; they begin at pos.
func (a *Assembler) tellOverlaps(dir flow.Direction, id uint32, pos int64, data []byte, seg *packet.Segment) {
	h := &a.half[dir]
	end := pos + int64(len(data))
	told := 0
	tell := func(from, n int64, first uint32, kept []byte) bool {
		lo, hi := max(from, pos), min(from+n, end)
		if lo >= hi {
			return lo < end
		}
		o := Overlap{Dir: dir, First: first, Again: id, Seq: seg.Seq.Add(uint32(lo - pos)), Data: data[lo-pos : hi-pos]}
		if seg.Flags.Has(packet.SYN) {
			o.Seq = o.Seq.Add(1)
		}
		if kept != nil {
			o.Kept = kept[lo-from : hi-from]
		}
		a.overlap(o)
		told++
		return told < maxOverlaps
	}
	for sent := range a.origins[dir].in(pos, end) {
		if !tell(sent.pos, int64(sent.n), sent.id, nil) {
			return
		}
	}
	for _, p := range h.waiting.from(pos) {
		if p.pos >= end || p.data != nil && !tell(p.pos, p.n, p.id, p.data) {
			return
		}
	}
}
