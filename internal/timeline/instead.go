package timeline

import (
	"slices"

	"tcptalk/internal/diagnose"
)

// InPlaceOf returns the chat, which is to take the place of old, of the same connection with as many packets or fewer, with how its rows
// differ from those: so that not all of them have to be measured again. Where what stands in the rows may be something else, because
// there are messages, repeated bytes or opinions of ours, that is not known.
func (c *Chat) InPlaceOf(old *Chat) *Chat {
	if (c.view.Len() > maxRead) != (old.view.Len() > maxRead) || !c.silent() || !old.silent() || !c.SameChoices(old) || c.failure != old.failure { //nolint:errorlint // one and the same
		return c
	}
	n := c.sameRows()
	same := c.rows.common(&old.rows)
	if end := min(c.rows.Len()-c.tail, old.rows.Len()-old.tail); same > end {
		same = end // what stands behind the last packet says something else with each one
	}
	n.made = old.made.after(same, old.rows.Len()-same, c.rows.Len()-same)
	return n
}

// silent reports that the rows say what the segments say, and nothing else.
func (c *Chat) silent() bool {
	return c.talk.Unknown() && (c.talk == nil || len(c.talk.Conflicts) == 0) && !c.opines()
}

// opines reports that an opinion of ours stands in a row.
func (c *Chat) opines() bool {
	return c.opinions != nil && slices.ContainsFunc(c.opinions.All, func(o diagnose.Opinion) bool { return o.Code != diagnose.OffloadedSegment })
}

// common returns how many of the first rows are the same in both.
func (r *refs) common(o *refs) (n int) {
	var i, j, at, to int // pieces, and how far in them
	for i < len(r.pieces) && j < len(o.pieces) {
		a, b := &r.pieces[i], &o.pieces[j]
		switch {
		case a.rows == nil && b.rows == nil && a.first+int32(at) == b.first+int32(to):
			step := min(a.n-at, b.n-to)
			n, at, to = n+step, at+step, to+step
		case a.at(at) == b.at(to):
			n, at, to = n+1, at+1, to+1
		default:
			return n
		}
		if at == a.n {
			i, at = i+1, 0
		}
		if to == b.n {
			j, to = j+1, 0
		}
	}
	return n
}
