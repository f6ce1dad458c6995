package timeline

import "tcptalk/internal/session"

// lost makes a row in front of segment i if the capture lost packets between the segment before and this one.
func (b *builder) lost(i int, r *session.Record) {
	var lost uint64
	for len(b.drops) > 0 && b.drops[0].Frame <= r.Frame {
		if i > 0 || b.drops[0].Frame == r.Frame { // what was lost before the connection began is none of its business
			lost += b.drops[0].Count
		}
		b.drops = b.drops[1:]
		b.dropped++
	}
	if lost == 0 {
		return
	}
	b.endRun(i)
	c := b.c
	b.rows.add(ref{kind: Dropped, first: int32(i), last: int32(i), fold: int32(len(c.lost))})
	c.lost = append(c.lost, lost)
}
