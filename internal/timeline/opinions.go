package timeline

import (
	"cmp"
	"slices"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
)

// OpinionSum is how often we read packets in one way, beside their labels.
type OpinionSum struct {
	Name, Meaning string
	Count         int
	// Frames are the first packets, at most maxSummed.
	Frames []uint32
}

// maxSummed is how many packets of each opinion are listed: a person follows a few.
const maxSummed = 4

// OpinionSums sums our own reading of the connection up, the most frequent first.
func (c *Chat) OpinionSums() []OpinionSum {
	if c.opinions == nil {
		return nil
	}
	var at [diagnose.NumOpinions]int // in sums, plus one
	var sums []OpinionSum
	for _, o := range c.opinions.All {
		if at[o.Code] == 0 {
			term := narrate.Opinion(o.Code)
			sums = append(sums, OpinionSum{Name: term.Name.In(c.options.Lang), Meaning: term.Meaning.In(c.options.Lang)})
			at[o.Code] = len(sums)
		}
		s := &sums[at[o.Code]-1]
		if s.Count++; len(s.Frames) < maxSummed {
			s.Frames = append(s.Frames, c.view.At(int(o.Packet)).Frame)
		}
	}
	slices.SortStableFunc(sums, func(a, b OpinionSum) int { return cmp.Compare(b.Count, a.Count) })
	return sums
}
