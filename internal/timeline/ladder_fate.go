package timeline

import (
	"context"
	"slices"
	"sort"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// NewLadderFacts reads the segments of a connection for what acknowledgments say about missing bytes. ctx ends it.
func NewLadderFacts(ctx context.Context, v *session.View) (*LadderFacts, error) {
	f := &LadderFacts{view: v}
	s := sackReader{facts: f}
	err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		if r := v.At(i); r.HasNumbers() && r.Flags.Has(packet.ACK) && !r.Flags.Any(packet.SYN|packet.RST) {
			s.next(i, dir, r, seg)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	s.end(flow.ClientToServer)
	s.end(flow.ServerToClient)
	return f, nil
}

// sackReader follows the episodes in which a side holds bytes behind missing ones.
type sackReader struct {
	facts *LadderFacts
	ends  [2]struct {
		rows   []int  // of the present episode, in facts.sacks
		lo, hi uint32 // its span
		ack    uint32 // the last one
	}
}

func (s *sackReader) next(i int, dir flow.Direction, r *session.Record, seg *packet.Segment) {
	e := &s.ends[dir]
	entry := reported(int32(i), r.Ack, seg)
	holds := entry.N > 1 || entry.N == 1 && !entry.Duplicate
	switch {
	case holds && len(e.rows) == 0:
		e.lo, e.hi = r.Ack, r.Ack
	case !holds && len(e.rows) > 0 && before(e.ack, r.Ack):
		entry.Filled, entry.Gain = true, r.Ack-e.ack
	case !holds && entry.N == 0:
		return
	}
	e.ack = r.Ack
	if top := entry.Top(); holds && before(e.hi, top) {
		e.hi = top
	}
	s.facts.sacks = append(s.facts.sacks, entry)
	if holds || entry.Filled {
		e.rows = append(e.rows, len(s.facts.sacks)-1)
	}
	if entry.Filled {
		s.end(dir)
	}
}

// reported takes over the blocks of a SACK option, if there is one.
func reported(p int32, ack uint32, seg *packet.Segment) LadderSACK {
	e := LadderSACK{Packet: p, Ack: ack, Lo: ack, Hi: ack}
	for _, b := range seg.Options.SACK[:min(int(seg.Options.NumSACK), len(e.Blocks))] {
		left := ack + b.Left.Distance(seg.Ack)
		e.Blocks[e.N] = [2]uint32{left, left + b.Right.Distance(b.Left)}
		e.N++
	}
	// RFC 2883: the first block reports a duplicate if it is acknowledged, or lies within the second.
	if b := e.Blocks; e.N > 0 {
		within := e.N > 1 && !before(b[0][0], b[1][0]) && !before(b[1][1], b[0][1])
		e.Duplicate = before(b[0][0], ack) || within
	}
	return e
}

// end closes the present episode of a side: all of it is drawn in the same span.
func (s *sackReader) end(dir flow.Direction) {
	e := &s.ends[dir]
	for _, k := range e.rows {
		s.facts.sacks[k].Lo, s.facts.sacks[k].Hi = e.lo, e.hi
	}
	e.rows = e.rows[:0]
}

func before(a, b uint32) bool { return seqnum.Number(a).Before(seqnum.Number(b)) }

// sackAt returns what packet p says about missing bytes, nil if it says nothing.
func (f *LadderFacts) sackAt(p int32) *LadderSACK {
	k := sort.Search(len(f.sacks), func(k int) bool { return f.sacks[k].Packet >= p })
	if k < len(f.sacks) && f.sacks[k].Packet == p {
		return &f.sacks[k]
	}
	return nil
}

// findFates finds what became of the segments that did not just arrive, and where some are missing: by packet, the index in
// l.missing.
func (l *Ladder) findFates(ctx context.Context) (map[int32]int32, error) {
	v := l.chat.view
	holes := map[int32]int32{}
	var high [2]seqnum.Number
	var known [2]bool
	for i := range v.Len() {
		if i%(1<<14) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r := v.At(i)
		if !r.HasNumbers() || r.Flags.Has(packet.RST) {
			continue
		}
		d, next := r.Dir(), seqnum.Number(r.NextSeq())
		switch {
		case r.Labels == 0:
		case r.Labels.Has(tcp.LostSegment) && known[d]:
			if m, ok := l.hole(i, high[d], r); ok {
				holes[int32(i)] = int32(len(l.missing))
				l.missing = append(l.missing, m)
			}
		case r.Labels.Any(again | tcp.OutOfOrder):
			l.again(i, r)
		}
		if !known[d] || next.After(high[d]) {
			high[d], known[d] = next, true
		}
	}
	slices.SortStableFunc(l.fates, func(a, b fate) int { return int(a.packet - b.packet) })
	return holes, nil
}

// opinion returns our own reading of packet i with that code, nil if there is none.
func (l *Ladder) opinion(i int, codes ...diagnose.OpinionCode) *diagnose.Opinion {
	os := l.chat.opinionsAt(i)
	for k := range os {
		if slices.Contains(codes, os[k].Code) {
			return &os[k]
		}
	}
	return nil
}

// hole says what is missing in front of segment i; ok is false if it comes late and therefore has an arrow of its own.
func (l *Ladder) hole(i int, from seqnum.Number, r *session.Record) (m missing, ok bool) {
	m = missing{lo: uint32(from), n: seqnum.Number(r.Seq).Distance(from), fate: narrate.Unclear}
	if m.n == 0 || m.n >= 1<<31 {
		return m, false
	}
	o := l.opinion(i, diagnose.HoleReordered, diagnose.HoleLost, diagnose.HoleNotCaptured)
	if o == nil {
		return m, true
	}
	m.by = o.Evidence.Frames[0]
	switch o.Code {
	case diagnose.HoleReordered:
		return m, false
	case diagnose.HoleLost:
		m.fate = narrate.Lost
	default:
		m.fate = narrate.Unseen
	}
	return m, true
}

// again says what segment i, which comes again or late, tells: of itself, or of the first one.
func (l *Ladder) again(i int, r *session.Record) {
	v := l.chat.view
	late := l.opinion(i, diagnose.LateOriginal)
	if late != nil || r.Labels.Has(tcp.OutOfOrder) && l.chat.opinions == nil {
		over := overtaker(v, i)
		if late != nil {
			over = v.Find(late.Evidence.Frames[0])
		}
		if over >= 0 {
			l.fates = append(l.fates, fate{int32(i), narrate.Late, v.At(over).Frame, int32(over)})
		}
		return
	}
	if r.Labels.Any(tcp.SpuriousRetransmission|tcp.OutOfOrder) ||
		l.opinion(i, diagnose.NeedlessResend, diagnose.AckWithoutEffect, diagnose.OpensToo, diagnose.SamePacketTwice, diagnose.CapturedTwice, diagnose.DuplicatedOnWay) != nil {
		return
	}
	first := diagnose.Earlier(v, i)
	if first < 0 {
		return
	}
	f := fate{packet: int32(first), fate: narrate.Resent, by: r.Frame}
	// After a time-out a sender may repeat what has arrived: only what the receiver reported as missing is lost.
	if o := l.opinion(i, diagnose.LossRepair); r.Labels.Has(tcp.FastRetransmission) || o != nil && o.Evidence.Rule == diagnose.BySACK {
		f.fate = narrate.Lost
	}
	l.fates = append(l.fates, f)
}

// maxOvertaken bounds the search for what overtook a segment.
const maxOvertaken = 16

// overtaker returns the first of the segments shortly before i that the same side sent after it, -1 if there is none.
func overtaker(v *session.View, i int) int {
	r, found := v.At(i), -1
	for j := i - 1; j >= max(0, i-maxOvertaken); j-- {
		if e := v.At(j); e.Dir() == r.Dir() && e.HasNumbers() && e.Len > 0 {
			if !before(r.Seq, e.Seq) {
				break
			}
			found = j
		}
	}
	return found
}

// fateOf returns what became of packet p.
func (l *Ladder) fateOf(p int32) fate {
	k := sort.Search(len(l.fates), func(k int) bool { return l.fates[k].packet >= p })
	if k < len(l.fates) && l.fates[k].packet == p {
		return l.fates[k]
	}
	return fate{packet: p}
}
