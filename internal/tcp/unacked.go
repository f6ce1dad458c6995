package tcp

import "tcptalk/internal/seqnum"

// MaxUnacked is how many sent and unacknowledged segments are remembered per direction, as in Wireshark. Of those beyond,
// neither the RTT is measured nor do they count as bytes in flight.
const MaxUnacked = 10000

// halfSpace is half of the sequence space: numbers at most that far past another one lie "after" it.
const halfSpace = 1 << 31

// sent is one segment waiting for its acknowledgement. A partial acknowledgement moves seq forward.
type sent struct {
	time      int64
	seq, next seqnum.Number
	frame     uint32
}

// applyAck is what acknowledgement number ack does to one entry; it reports whether the entry stays.
func (s *sent) applyAck(ack seqnum.Number) bool {
	if !s.next.After(ack) {
		return false
	}
	if s.seq.Before(ack) {
		s.seq = ack
	}
	return true
}

// unacked is the list of one direction's unacknowledged segments, oldest first.
//
// Every segment of the other direction runs its acknowledgement number over the whole list. So that 10 000 entries do not
// cost 10 000 steps each time, only the newest entries (tail) are walked; older ones lie in sealed blocks with a summary
// that tells whether an acknowledgement can touch them (block.go).
type unacked struct {
	tail   []sent
	blocks []block
	// sealed is the summary of all blocks, unless freshBlock.
	sealed     summary
	freshBlock bool
	// count is the number of entries in tail and blocks together.
	count int
	// span covers all entries.
	span span
	// ack is the number applied last: all entries not new since then have next in (ack, ack+2^31].
	ack seqnum.Number
	// fresh says that entries were added since ack was applied.
	fresh bool
	// small is tail's first storage: most connections never have more than two segments under way.
	small [2]sent
}

// add appends one entry. The caller keeps count below MaxUnacked. s spans less than 2^31 numbers.
func (u *unacked) add(p *pool, s sent, base seqnum.Number) {
	if len(u.tail) == cap(u.tail) {
		u.grow(p)
	}
	u.tail = append(u.tail, s)
	if u.count == 0 {
		u.span = noSpan
	}
	u.span.cover(s.seq, s.next, base)
	u.count++
	u.fresh = true
}

// grow makes room at the end of tail: a larger array, or an empty one after sealing the full one.
func (u *unacked) grow(p *pool) {
	switch cap(u.tail) {
	case 0:
		u.tail = u.small[:0]
	case len(u.small):
		u.tail = append(p.medium.get(mediumLen), u.tail...)
	case mediumLen:
		old := u.tail
		u.tail = append(p.large.get(blockLen), old...)
		p.medium.put(old)
	default:
		u.blocks = append(u.blocks, block{entries: u.tail, fresh: true})
		u.freshBlock = true
		u.tail = p.large.get(blockLen)
	}
}

// oldest returns the entry added first; u is not empty.
func (u *unacked) oldest() sent {
	if len(u.blocks) > 0 {
		return u.blocks[0].entries[0]
	}
	return u.tail[0]
}

// maxCarrierSearch bounds the search of carrier. Retransmissions are nearly always of what has waited longest.
const maxCarrierSearch = 2 * blockLen

// carrier returns the frame of the oldest entry that holds number n, or 0 if it is not among the first maxCarrierSearch.
func (u *unacked) carrier(n seqnum.Number) uint32 {
	left := maxCarrierSearch
	for i := 0; i <= len(u.blocks) && left > 0; i++ {
		entries := u.tail
		if i < len(u.blocks) {
			entries = u.blocks[i].entries
		}
		entries = entries[:min(left, len(entries))]
		for _, e := range entries {
			if !n.Before(e.seq) && n.Before(e.next) {
				return e.frame
			}
		}
		left -= len(entries)
	}
	return 0
}

// acknowledge applies acknowledgement number ack to every entry. It returns the oldest entry that ends exactly at ack, with
// frame 0 if there is none.
func (u *unacked) acknowledge(p *pool, ack, base seqnum.Number) (match sent) {
	if ack == u.ack && !u.fresh {
		return match
	}
	w := ackWalk{ack: ack, previous: u.ack, base: base, span: noSpan}
	if len(u.blocks) > 0 {
		u.acknowledgeBlocks(p, &w)
	}
	u.acknowledgeTail(&w)
	u.ack, u.fresh = ack, false
	u.span = w.span
	return w.match
}

// span is the lowest seq and the highest next of some entries, as distances past the base number.
type span struct{ low, high uint32 }

// noSpan is the span of nothing.
var noSpan = span{low: 1<<32 - 1}

// cover widens the span by one entry.
func (s *span) cover(seq, next, base seqnum.Number) {
	s.low, s.high = min(s.low, seq.Distance(base)), max(s.high, next.Distance(base))
}

// join widens the span by another one.
func (s *span) join(o span) { s.low, s.high = min(s.low, o.low), max(s.high, o.high) }

// ackWalk is what one acknowledgement collects on its way from the oldest to the newest entry.
type ackWalk struct {
	ack, previous, base seqnum.Number
	match               sent
	// span covers the entries that stay.
	span span
}

// acknowledgeTail walks the newest entries one by one.
func (u *unacked) acknowledgeTail(w *ackWalk) {
	kept := w.filter(u.tail)
	u.count -= len(u.tail) - len(kept)
	u.tail = kept
}

// filter applies the acknowledgement to entries in place and returns those that stay.
func (w *ackWalk) filter(entries []sent) []sent {
	n := 0
	for i := range entries {
		e := &entries[i]
		if !e.applyAck(w.ack) {
			if e.next == w.ack && w.match.frame == 0 {
				w.match = *e
			}
			continue
		}
		w.span.cover(e.seq, e.next, w.base)
		if n != i {
			entries[n] = *e
		}
		n++
	}
	return entries[:n]
}

// rebase measures the span again from a changed base number.
func (u *unacked) rebase(base seqnum.Number) {
	for i := range u.blocks {
		b := &u.blocks[i]
		b.applyClamp()
		b.measure(u.ack, base)
	}
	u.summarize(u.ack)
	u.span = noSpan
	if len(u.blocks) > 0 {
		u.span = u.sealed.span
	}
	for i := range u.tail {
		u.span.cover(u.tail[i].seq, u.tail[i].next, base)
	}
}
