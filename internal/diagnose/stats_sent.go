package diagnose

// sentRanges remembers which of a side's sequence numbers were sent, so that what is sent again can be told from what is only late.
// The zero value has seen nothing.
type sentRanges struct {
	low, high int64
	holes     []unsent
	any       bool
}

// unsent is a range between low and high that was not sent yet.
type unsent struct{ lo, hi int64 }

// maxUnsent bounds the holes: a connection with more has worse troubles than a few bytes counted as sent twice.
const maxUnsent = 512

// add notes the range [lo, hi) and returns how many of its numbers are new.
func (c *sentRanges) add(lo, hi int64) int64 {
	if hi <= lo {
		return 0
	}
	if !c.any {
		c.any, c.low, c.high = true, lo, hi
		return hi - lo
	}
	fresh := int64(0)
	if hi > c.high {
		if lo > c.high {
			c.dig(unsent{c.high, lo})
		}
		fresh += hi - max(lo, c.high)
	}
	if lo < c.low { // the capture began with a later one
		if hi < c.low {
			c.dig(unsent{hi, c.low})
		}
		fresh += min(hi, c.low) - lo
	}
	fresh += c.fill(max(lo, c.low), min(hi, c.high))
	c.low, c.high = min(c.low, lo), max(c.high, hi)
	return fresh
}

func (c *sentRanges) dig(h unsent) {
	if len(c.holes) == maxUnsent {
		c.holes = append(c.holes[:0], c.holes[1:]...)
	}
	c.holes = append(c.holes, h)
}

// fill closes what [lo, hi) covers of the holes.
func (c *sentRanges) fill(lo, hi int64) int64 {
	if len(c.holes) == 0 || hi <= lo {
		return 0
	}
	fresh := int64(0)
	var rest []unsent
	kept := c.holes[:0]
	for _, h := range c.holes {
		from, to := max(lo, h.lo), min(hi, h.hi)
		if to <= from {
			kept = append(kept, h)
			continue
		}
		fresh += to - from
		if h.lo < from {
			rest = append(rest, unsent{h.lo, from})
		}
		if to < h.hi {
			rest = append(rest, unsent{to, h.hi})
		}
	}
	c.holes = kept
	for _, h := range rest {
		c.dig(h)
	}
	return fresh
}
