package tcp

import "tcptalk/internal/seqnum"

// blockLen is how many entries a sealed block holds: small enough to walk now and then, large enough that a full list is
// only 157 summaries.
const blockLen = 64

// summary tells what an acknowledgement can change in a set of entries.
//
// After an acknowledgement R was applied every entry has next in (R, R+2^31] and seq in [R, R+2^31). In such a half-space the
// distance past R orders the numbers, and the order stays the same when R moves, as long as no entry leaves. So the two
// extremes of next decide whether anything is removed, and the smallest seq whether anything is shortened.
type summary struct {
	// minNext, maxNext and minSeq are extremes in the order of the half-space.
	minNext, maxNext, minSeq seqnum.Number
	span                     span
}

// removes reports that the acknowledgement takes at least one entry away.
func (s *summary) removes(w *ackWalk) bool {
	switch step := w.ack.Distance(w.previous); {
	case step == 0:
		return false
	case step < halfSpace:
		return s.minNext.Distance(w.previous) <= step
	default: // backwards by -step
		return s.maxNext.Distance(w.previous) > halfSpace-(-step)
	}
}

// shortens reports that the acknowledgement, removing nothing, covers a part of at least one entry. Going backwards it cannot.
func (s *summary) shortens(w *ackWalk) bool {
	step := w.ack.Distance(w.previous)
	return step < halfSpace && s.minSeq.Distance(w.previous) < step
}

// block is a run of older unacknowledged entries with its summary. A walk over a block always removes at least one entry,
// which pays for it; shortening is put off (clamp).
type block struct {
	entries []sent
	summary
	// clamp is the acknowledgement that the entries' seq must still be raised to, if clamped.
	clamp   seqnum.Number
	clamped bool
	// fresh says that no acknowledgement was applied yet, so that the summary means nothing.
	fresh bool
}

// acknowledgeBlocks applies the acknowledgement to the sealed blocks, oldest first, and drops those that became empty.
func (u *unacked) acknowledgeBlocks(p *pool, w *ackWalk) {
	if !u.freshBlock && !u.sealed.removes(w) && !u.sealed.shortens(w) {
		w.span.join(u.sealed.span)
		return
	}
	n, entries := 0, 0
	for i := range u.blocks {
		b := &u.blocks[i]
		before := len(b.entries)
		switch {
		case b.fresh || b.removes(w):
			b.walk(w)
		case b.shortens(w):
			b.shorten(w)
		}
		u.count -= before - len(b.entries)
		entries += len(b.entries)
		if len(b.entries) == 0 {
			p.large.put(b.entries)
			continue
		}
		if n != i {
			u.blocks[n] = *b
		}
		n++
	}
	u.cut(n)
	// Three quarters of the entries are gone since the last time, which pays for the copying.
	if n > 1 && entries*4 < n*blockLen {
		u.mergeBlocks(p, w)
	}
	u.freshBlock = false
	u.summarize(w.ack)
	if n > 0 {
		w.span.join(u.sealed.span)
	}
}

// summarize puts the blocks' summaries together. ref is the acknowledgement applied last.
func (u *unacked) summarize(ref seqnum.Number) {
	a := newExtremes(ref)
	for i := range u.blocks {
		b := &u.blocks[i]
		a.add(b.minNext, b.maxNext, b.minSeq)
		a.span.join(b.span)
	}
	u.sealed = a.summary()
}

// extremes collects a summary, in distances past ref.
type extremes struct {
	ref                      seqnum.Number
	minNext, maxNext, minSeq uint32
	span                     span
}

func newExtremes(ref seqnum.Number) extremes {
	return extremes{ref: ref, minNext: 1<<32 - 1, minSeq: 1<<32 - 1, span: noSpan}
}

func (x *extremes) add(minNext, maxNext, minSeq seqnum.Number) {
	x.minNext, x.maxNext = min(x.minNext, minNext.Distance(x.ref)), max(x.maxNext, maxNext.Distance(x.ref))
	x.minSeq = min(x.minSeq, minSeq.Distance(x.ref))
}

func (x *extremes) summary() summary {
	return summary{minNext: x.ref.Add(x.minNext), maxNext: x.ref.Add(x.maxNext), minSeq: x.ref.Add(x.minSeq), span: x.span}
}

// cut drops all blocks but the first n.
func (u *unacked) cut(n int) {
	clear(u.blocks[n:])
	u.blocks = u.blocks[:n]
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

// shorten raises the seq of the entries that the acknowledgement covers in part; there is at least one.
func (b *block) shorten(w *ackWalk) {
	lowest := w.base.Add(b.span.low)
	if lowest.Distance(w.previous) < w.ack.Distance(w.previous) {
		b.span.low = w.ack.Distance(w.base)
	} else {
		b.span.low = min(b.span.low, w.ack.Distance(w.base))
	}
	b.minSeq = w.ack
	b.clamp, b.clamped = w.ack, true // further on than the one before, or it would not lie past the smallest seq
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
	x := newExtremes(ref)
	for i := range b.entries {
		e := &b.entries[i]
		x.add(e.next, e.next, e.seq)
		x.span.cover(e.seq, e.next, base)
	}
	b.summary = x.summary()
}

// mergeBlocks packs the entries of thinly filled blocks into as few as possible, in order. No block is fresh.
func (u *unacked) mergeBlocks(p *pool, w *ackWalk) {
	n := 0 // u.blocks[:n] are packed, the last of them may have room
	for i := range u.blocks {
		b := &u.blocks[i]
		b.applyClamp()
		if n == 0 || len(u.blocks[n-1].entries)+len(b.entries) > blockLen {
			u.blocks[n] = *b
			n++
			continue
		}
		into := &u.blocks[n-1]
		into.entries = append(into.entries, b.entries...)
		into.measure(w.ack, w.base)
		p.large.put(b.entries)
	}
	u.cut(n)
}
