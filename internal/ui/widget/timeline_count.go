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

// finish makes the heights of model those of the newest one; guessed are the rows that were not all measured.
func (c *counting) finish(h *Heights) (newest timeline.Model, guessed rowSpan) {
	newest = c.model
	for _, m := range c.later {
		d, _ := differs(m, newest)
		h.Replace(d.At, d.Removed, measured(d.Added, func(i int) int32 { return c.lanes.height(m.Shape(d.At + i)) }))
		newest = m
		guessed.follow(d)
	}
	return newest, guessed
}

// rowSpan is rows from one on up to another, which is not among them.
type rowSpan struct{ from, to int }

// follow lets a span of rows of which the heights are guessed be the same, or more, behind a difference.
func (s *rowSpan) follow(d timeline.Difference) {
	if s.to > d.At {
		s.from, s.to = min(s.from, d.At), max(s.to+d.Added-d.Removed, d.At+d.Added)
	}
	if d.Added > grownRows {
		if s.from == s.to {
			s.from = d.At
		}
		s.from, s.to = min(s.from, d.At), max(s.to, d.At+d.Added)
	}
}

// refine measures the rows whose heights are guessed, away from Fyne's goroutine. Newer rows wait for it.
func (t *Timeline) refine() {
	s := t.guessed
	if s.from == s.to {
		return
	}
	id, m, l := t.building.Add(1), t.model, t.lanes
	t.counting = counting{model: m, lanes: l}
	go func() {
		heights := make([]int32, s.to-s.from)
		for i := range heights {
			if heights[i] = l.height(m.Shape(s.from + i)); i%syncRows == 0 && t.building.Load() != id {
				return
			}
		}
		t.Post(func() {
			if t.building.Load() != id {
				return
			}
			a := t.anchor()
			t.heights.Replace(s.from, len(heights), heights)
			t.counted(t.heights, l, a)
		})
	}()
}

// counted shows rows of which the heights were counted, with those that came since.
func (t *Timeline) counted(h *Heights, l lanes, a anchor) {
	newest, guessed := t.counting.finish(h)
	t.counting, t.guessed = counting{}, guessed
	t.swap(newest, h, l, a)
	t.refine()
}

// differs returns how the rows of m differ from those of before, false if that is not known.
func differs(m, before timeline.Model) (timeline.Difference, bool) {
	after, ok := m.(differing)
	if !ok {
		return timeline.Difference{}, false
	}
	return after.Since(before)
}

// rebuild counts the heights of the wanted rows and then shows them, at once or, for many, when they are counted.
func (t *Timeline) rebuild(l lanes, a anchor) {
	id := t.building.Add(1)
	t.counting = counting{}
	m, n := t.wanted, 0
	if m != nil {
		n = m.Len()
	}
	height := func(i int) int32 { return l.height(m.Shape(i)) }
	if n <= syncRows {
		t.guessed = rowSpan{}
		t.swap(m, BuildHeights(n, height, nil), l, a)
		return
	}
	t.counting = counting{model: m, lanes: l}
	go func() {
		h := BuildHeights(n, height, func() bool { return t.building.Load() != id })
		if h == nil {
			return
		}
		t.Post(func() {
			switch now := t.lanesNow(); {
			case t.building.Load() != id:
			case now != l: // resized in the meantime
				t.rebuild(now, a)
			default:
				t.counted(h, l, a)
			}
		})
	}()
}

// differing is a model that may know how its rows differ from those of another.
type differing interface {
	Since(before timeline.Model) (timeline.Difference, bool)
}

// measured returns the heights of n new rows. Of many only the first ones are measured; the others get the height of the last one, to
// be counted elsewhere.
func measured(n int, height func(i int) int32) []int32 {
	heights := make([]int32, n)
	for i := range heights {
		if n <= grownRows || i < measuredRows {
			heights[i] = height(i)
		} else {
			heights[i] = heights[measuredRows-1]
		}
	}
	return heights
}
