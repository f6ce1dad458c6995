package tcp

import "tcptalk/internal/seqnum"

// blockLen is how many entries a sealed block holds: small enough to walk now and then, large enough that a full list is
// only 157 summaries.
const blockLen = 64

// block is a run of older unacknowledged entries with a summary of what an acknowledgement could change in them.
//
// After an acknowledgement R was applied every entry has next in (R, R+2^31] and seq in [R, R+2^31). In such a half-space the
// distance past R orders the numbers, and the order stays the same when R moves, as long as no entry leaves. So the two
// extremes of next decide whether anything is removed, and the smallest seq whether anything is shortened. A walk over the
// block always removes at least one entry, which pays for it; shortening is put off (clamp).
type block struct {
	entries []sent
	// minNext, maxNext and minSeq are extremes in the order of the half-space.
	minNext, maxNext, minSeq seqnum.Number
	// low and high are the lowest seq and the highest next measured from the base number.
	low, high seqnum.Number
	// clamp is the highest acknowledgement that entries' seq must still be raised to, if clamped.
	clamp   seqnum.Number
	clamped bool
	// fresh says that no acknowledgement was applied yet, so that the summary means nothing.
	fresh bool
}

// acknowledgeBlocks applies the acknowledgement to the sealed blocks, oldest first, and drops those that became empty.
func (u *unacked) acknowledgeBlocks(p *pool, w *ackWalk) {
	n, entries := 0, 0
	for _, b := range u.blocks {
		before := len(b.entries)
		if b.removes(w) {
			b.walk(w)
		} else {
			b.shorten(w)
		}
		u.count -= before - len(b.entries)
		entries += len(b.entries)
		if len(b.entries) == 0 {
			p.freeBlock(b)
			continue
		}
		w.see(b.low, b.high)
		u.blocks[n] = b
		n++
	}
	clear(u.blocks[n:])
	u.blocks = u.blocks[:n]
	// Three quarters of the entries are gone since the last time, which pays for the copying.
	if n > 1 && entries*4 < n*blockLen {
		u.mergeBlocks(p, w)
	}
}

// removes reports that the acknowledgement takes at least one entry away, or that nothing is known.
func (b *block) removes(w *ackWalk) bool {
	if b.fresh {
		return true
	}
	switch step := w.ack.Distance(w.previous); {
	case step == 0:
		return false
	case step < halfSpace:
		return b.minNext.Distance(w.previous) <= step
	default: // backwards by -step
		return b.maxNext.Distance(w.previous) > halfSpace-(-step)
	}
}

// walk applies the acknowledgement to every entry.
func (b *block) walk(w *ackWalk) {
	b.applyClamp()
	own := ackWalk{ack: w.ack, base: w.base, match: w.match}
	b.entries = own.filter(b.entries)
	w.match = own.match
	b.fresh = false
	if len(b.entries) > 0 {
		b.measure(w.ack, w.base)
	}
}

// shorten raises the seq of entries that the acknowledgement covers in part; none is removed. Going backwards it covers none.
func (b *block) shorten(w *ackWalk) {
	step := w.ack.Distance(w.previous)
	if step >= halfSpace || b.minSeq.Distance(w.previous) >= step {
		return
	}
	if b.low.Distance(w.previous) < step {
		b.low = w.ack
	} else {
		b.low = lower(b.low, w.ack, w.base)
	}
	b.minSeq = w.ack
	if !b.clamped || w.ack.After(b.clamp) {
		b.clamp, b.clamped = w.ack, true
	}
}

// applyClamp does what shorten put off.
func (b *block) applyClamp() {
	if !b.clamped {
		return
	}
	for i := range b.entries {
		if e := &b.entries[i]; e.seq.Before(b.clamp) {
			e.seq = b.clamp
		}
	}
	b.clamped = false
}

// measure computes the summary. ref is the acknowledgement applied last (any number, if b is fresh); b is not empty.
func (b *block) measure(ref, base seqnum.Number) {
	first := &b.entries[0]
	b.minNext, b.maxNext, b.minSeq = first.next, first.next, first.seq
	b.low, b.high = first.seq, first.next
	for i := 1; i < len(b.entries); i++ {
		e := &b.entries[i]
		b.minNext, b.maxNext = lower(b.minNext, e.next, ref), higher(b.maxNext, e.next, ref)
		b.minSeq = lower(b.minSeq, e.seq, ref)
		b.low, b.high = lower(b.low, e.seq, base), higher(b.high, e.next, base)
	}
}

// mergeBlocks packs the entries of thinly filled blocks into as few as possible, in order.
func (u *unacked) mergeBlocks(p *pool, w *ackWalk) {
	n := 0 // u.blocks[:n] are packed, the last of them may have room
	for _, b := range u.blocks {
		b.applyClamp()
		if n == 0 || len(u.blocks[n-1].entries)+len(b.entries) > blockLen {
			u.blocks[n] = b
			n++
			continue
		}
		into := u.blocks[n-1]
		into.entries = append(into.entries, b.entries...)
		p.freeBlock(b)
	}
	clear(u.blocks[n:])
	u.blocks = u.blocks[:n]
	for _, b := range u.blocks {
		b.measure(w.ack, w.base)
	}
}
