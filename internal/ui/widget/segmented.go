package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// choice is what Segmented and Tabs have in common: items in a row of which one is selected.
type choice struct {
	control
	// OnChanged is told the item that the reader selected.
	OnChanged func(i int)

	items    []string
	selected int
	hover    int       // item under the pointer, -1 for none
	edges    []float32 // left edge of every item, and the right end
}

var (
	_ fyne.Tappable  = (*choice)(nil)
	_ fyne.Focusable = (*choice)(nil)
)

// SetItems changes the items.
func (c *choice) SetItems(items []string) {
	c.items = items
	c.selected = min(c.selected, max(len(items)-1, 0))
	c.self.Refresh()
}

// SetSelected selects item i without calling OnChanged.
func (c *choice) SetSelected(i int) {
	if i >= 0 && i < len(c.items) && i != c.selected {
		c.selected = i
		c.redraw()
	}
}

// Selected returns the selected item.
func (c *choice) Selected() int { return c.selected }

func (c *choice) itemAt(x float32) int {
	for i := 0; i+1 < len(c.edges); i++ {
		if x >= c.edges[i] && x < c.edges[i+1] {
			return i
		}
	}
	return -1
}

// Tapped selects the item under the pointer.
func (c *choice) Tapped(e *fyne.PointEvent) { c.pick(c.itemAt(e.Position.X)) }

// TypedKey selects with the arrow keys.
func (c *choice) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		c.pick(c.selected - 1)
	case fyne.KeyRight, fyne.KeyDown:
		c.pick(c.selected + 1)
	case fyne.KeyHome:
		c.pick(0)
	case fyne.KeyEnd:
		c.pick(len(c.items) - 1)
	default:
		passKey(c.self, e)
	}
}

func (c *choice) pick(i int) {
	if i < 0 || i >= len(c.items) || i == c.selected || c.disabled {
		return
	}
	c.selected = i
	c.redraw()
	if c.OnChanged != nil {
		c.OnChanged(i)
	}
}

// MouseIn is Fyne's.
func (c *choice) MouseIn(e *desktop.MouseEvent) {
	c.control.MouseIn(e)
	c.MouseMoved(e)
}

// MouseMoved marks the item under the pointer.
func (c *choice) MouseMoved(e *desktop.MouseEvent) {
	i := c.itemAt(e.Position.X)
	if i != c.hover {
		c.hover = i
		c.redraw()
	}
}

// MouseOut is Fyne's.
func (c *choice) MouseOut() {
	c.hover = -1
	c.control.MouseOut()
}

// Segmented is a control of a few items side by side, one of them selected.
type Segmented struct {
	choice
	// Icons says that the items are names of icons.
	Icons bool
	// Overlay, if set, shows Hint while the pointer is on the control.
	Overlay *Overlay
	Hint    string
}

const (
	segmentInset = 2
	segmentPad   = 11
	segmentIcon  = 28 // width of an item that is an icon
)

// NewSegmented returns a segmented control.
func NewSegmented(items []string, selected int, changed func(i int)) *Segmented {
	s := &Segmented{choice: choice{items: items, selected: selected, OnChanged: changed, hover: -1}}
	s.setup(s, s.paint, s.least)
	return s
}

// MouseIn shows the hint.
func (s *Segmented) MouseIn(e *desktop.MouseEvent) {
	s.choice.MouseIn(e)
	if s.Overlay != nil && s.Hint != "" {
		s.Overlay.Hint(absolute(s, fyne.NewPos(0, 0)), s.Size(), s.Hint)
	}
}

// MouseOut hides the hint.
func (s *Segmented) MouseOut() {
	if s.Overlay != nil {
		s.Overlay.HideHint()
	}
	s.choice.MouseOut()
}

func (s *Segmented) itemWidth(i int) float32 {
	if s.Icons {
		return segmentIcon
	}
	return ceil(s.pen.Width(s.items[i], theme.SmallStrong)) + 2*segmentPad
}

func (s *Segmented) least() fyne.Size {
	w := float32(2 * segmentInset)
	for i := range s.items {
		w += s.itemWidth(i)
	}
	return fyne.NewSize(w, 32)
}

func (s *Segmented) paint(p *Pen, w, h float32) {
	least := s.least().Width
	stretch := max(w-least, 0) / float32(max(len(s.items), 1))
	p.Panel(0, 0, w, h, p.P.Inset, p.P.Control, theme.RadiusField)
	s.edges = s.edges[:0]
	x := float32(segmentInset)
	for i, item := range s.items {
		iw := s.itemWidth(i) + stretch
		s.edges = append(s.edges, x)
		f := theme.Small
		fg := p.P.Text2
		if s.disabled {
			fg = p.P.Text3
		}
		switch {
		case i == s.selected && !s.disabled:
			f, fg = theme.SmallStrong, p.P.Text
			p.Rect(x, segmentInset, iw, h-2*segmentInset, p.P.Selected, theme.RadiusInset)
		case i == s.hover && !s.disabled:
			p.Rect(x, segmentInset, iw, h-2*segmentInset, p.P.Hover, theme.RadiusInset)
		}
		if s.Icons {
			if i == s.selected {
				fg = p.P.Accent
			}
			p.Icon(round(x+iw/2-8), round(h/2-8), 16, item, fg)
		} else {
			p.T(x, 0, iw, h, item, f, fg, Center)
		}
		x += iw
	}
	s.edges = append(s.edges, x)
	s.ring(p, 0, 0, w, h, theme.RadiusField)
}

// Tabs are headings over the pages of a column, the selected one underlined.
type Tabs struct{ choice }

const (
	tabsHeight = 40
	tabsPad    = 16 // left of the first tab
	tabsGap    = 22 // less where there is no room
)

// NewTabs returns tabs.
func NewTabs(items []string, selected int, changed func(i int)) *Tabs {
	t := &Tabs{choice{items: items, selected: selected, OnChanged: changed, hover: -1}}
	t.setup(t, t.paint, t.least)
	return t
}

func (t *Tabs) least() fyne.Size {
	return fyne.NewSize(t.words()+2*tabsPad+tabsGap*float32(len(t.items)-1), tabsHeight)
}

// words is the width of all headings together.
func (t *Tabs) words() float32 {
	w := float32(0)
	for _, s := range t.items {
		w += ceil(t.pen.Width(s, theme.Strong))
	}
	return w
}

// room returns the room left of the first tab and that between two.
func (t *Tabs) room(w float32) (pad, gap float32) {
	const least = 8
	pad, gap = tabsPad, tabsGap
	n := float32(max(len(t.items)-1, 1))
	if gap > (w-2*pad-t.words())/n {
		pad = least
		gap = min(gap, max(least, (w-2*pad-t.words())/n))
	}
	return pad, gap
}

func (t *Tabs) paint(p *Pen, w, h float32) {
	const line = 2
	p.HLine(0, h-1, w, p.P.Line)
	t.edges = t.edges[:0]
	x, gap := t.room(w)
	for i, s := range t.items {
		tw := ceil(p.Width(s, theme.Strong))
		t.edges = append(t.edges, x-gap/2)
		fg := p.P.Text2
		switch i {
		case t.selected:
			fg = p.P.Text
			p.Rect(x, h-line, tw, line, p.P.Accent, line/2)
		case t.hover:
			fg = p.P.Text
		}
		p.T(x, 0, 0, h-line, s, theme.Strong, fg, Left)
		if i == t.selected {
			t.ring(p, x-4, 8, tw+8, h-18, theme.RadiusInset)
		}
		x += tw + gap
	}
	t.edges = append(t.edges, x-gap/2)
}
