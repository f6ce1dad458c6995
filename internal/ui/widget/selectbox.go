package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/ui/theme"
)

// Select shows one of several values and lets the reader pick another from a menu.
type Select struct {
	control
	// OnChanged is told the value that the reader picked.
	OnChanged func(i int)
	items     []string
	selected  int
	menu      *fynewidget.PopUpMenu
}

var (
	_ fyne.Tappable  = (*Select)(nil)
	_ fyne.Focusable = (*Select)(nil)
)

const (
	selectPad     = 12
	selectChevron = 12
)

// NewSelect returns a select.
func NewSelect(items []string, selected int, changed func(i int)) *Select {
	s := &Select{items: items, selected: selected, OnChanged: changed}
	s.setup(s, s.paint, s.least)
	return s
}

// SetItems changes the values.
func (s *Select) SetItems(items []string) {
	s.items = items
	s.selected = min(s.selected, max(len(items)-1, 0))
	s.Refresh()
}

// SetSelected shows value i without calling OnChanged.
func (s *Select) SetSelected(i int) {
	if i >= 0 && i < len(s.items) {
		s.selected = i
		s.redraw()
	}
}

// Selected returns the index of the value shown.
func (s *Select) Selected() int { return s.selected }

func (s *Select) least() fyne.Size {
	w := float32(60)
	for _, item := range s.items {
		w = max(w, ceil(s.pen.Width(item, theme.Body)))
	}
	return fyne.NewSize(w+2*selectPad+selectChevron+theme.IconGap, theme.FieldHeight)
}

func (s *Select) paint(p *Pen, w, h float32) {
	fill, fg := p.P.Inset, p.P.Text
	if s.hovered && !s.disabled {
		fill = p.P.Hover
	}
	if s.disabled {
		fg = p.P.Text3
	}
	p.Panel(0, 0, w, h, fill, p.P.Control, theme.RadiusField)
	if s.selected < len(s.items) {
		p.T(selectPad, 0, w-2*selectPad-selectChevron-theme.IconGap, h, s.items[s.selected], theme.Body, fg, Left)
	}
	p.Icon(w-selectPad-selectChevron, round((h-selectChevron)/2), selectChevron, "down", p.P.Text2)
	s.ring(p, 0, 0, w, h, theme.RadiusField)
}

// Tapped opens the menu.
func (s *Select) Tapped(*fyne.PointEvent) { s.open() }

func (s *Select) open() {
	c := canvasOf(s)
	if c == nil || s.disabled || len(s.items) == 0 {
		return
	}
	entries := make([]*fyne.MenuItem, len(s.items))
	for i, item := range s.items {
		entries[i] = fyne.NewMenuItem(item, func() { s.pick(i) })
		entries[i].Checked = i == s.selected
	}
	s.menu = fynewidget.NewPopUpMenu(fyne.NewMenu("", entries...), c)
	s.menu.ShowAtPosition(absolute(s, fyne.NewPos(0, s.Size().Height+2)))
	s.menu.Resize(fyne.NewSize(max(s.Size().Width, s.menu.MinSize().Width), s.menu.MinSize().Height))
}

func (s *Select) pick(i int) {
	if i < 0 || i >= len(s.items) || i == s.selected || s.disabled {
		return
	}
	s.selected = i
	s.redraw()
	if s.OnChanged != nil {
		s.OnChanged(i)
	}
}

// TypedKey opens the menu with Enter and Space, and changes the value with the arrow keys.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.open()
	case fyne.KeyDown:
		s.pick(s.selected + 1)
	case fyne.KeyUp:
		s.pick(s.selected - 1)
	default:
		passKey(s, e)
	}
}
