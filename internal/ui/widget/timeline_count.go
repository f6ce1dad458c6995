package widget

import "tcptalk/internal/timeline"

// counting is a model of many rows whose heights are being counted away from Fyne's goroutine. While a connection grows newer ones come
// faster than they are counted: those that differ from it in a few places wait for it, and are made of its heights.
type counting struct {
	model timeline.Model // nil if none is being counted
	lanes lanes
	later []timeline.Model // each made of the one before, the first one of model
}

// waits takes a newer model in that can wait; false if its heights have to be counted from the beginning.
func (c *counting) waits(m timeline.Model, l lanes) bool {
	if c.model == nil || l != c.lanes {
		return false
	}
	last := c.last()
	if m == last {
		return true
	}
	if _, ok := differs(m, last); !ok {
		return false
	}
	c.later = append(c.later, m)
	return true
}

// last is the newest model.
func (c *counting) last() timeline.Model {
	if n := len(c.later); n > 0 {
		return c.later[n-1]
	}
	return c.model
}

// finish makes the heights of model those of the newest one; rough says that some of them are guessed.
func (c *counting) finish(h *Heights) (newest timeline.Model, rough bool) {
	newest = c.model
	for _, m := range c.later {
		d, _ := differs(m, newest)
		h.Replace(d.At, d.Removed, measured(d.Added, func(i int) int32 { return c.lanes.height(m.Shape(d.At + i)) }))
		newest, rough = m, rough || d.Added > grownRows
	}
	return newest, rough
}

// differs returns how the rows of m differ from those of before, false if that is not known.
func differs(m, before timeline.Model) (timeline.Difference, bool) {
	after, ok := m.(differing)
	if !ok {
		return timeline.Difference{}, false
	}
	return after.Since(before)
}
