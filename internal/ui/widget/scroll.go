package widget

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// scroller is a vertical scroll position with the arithmetic of its scrollbar. Positions are float64: a long list is
// higher than float32 can count.
type scroller struct {
	off, total, view float64
	grab             float64 // where on the thumb it is held
	dragging         bool
}

const (
	minThumb   = 36
	thumbWidth = 6
	thumbInset = 2
)

func (s *scroller) max() float64 { return math.Max(0, s.total-s.view) }

// to scrolls to y, as far as there is something, and reports that the position changed.
func (s *scroller) to(y float64) bool {
	y = math.Round(math.Max(0, math.Min(y, s.max())))
	if y == s.off {
		return false
	}
	s.off = y
	return true
}

// show scrolls as little as brings the span from top to bottom into view, with context around it.
func (s *scroller) show(top, bottom, context float64) bool {
	switch {
	case top-context < s.off:
		return s.to(top - context)
	case bottom+context > s.off+s.view:
		return s.to(math.Min(bottom+context-s.view, top-context))
	}
	return false
}

// wheel scrolls by a wheel event.
func (s *scroller) wheel(e *fyne.ScrollEvent) bool {
	return s.to(s.off - float64(e.Scrolled.DY)*theme.WheelFactor)
}

// thumb returns where the thumb is and how long; shown is false where everything is in view.
func (s *scroller) thumb() (y, h float32, shown bool) {
	if s.max() <= 0 || s.view <= 0 {
		return 0, 0, false
	}
	h = float32(math.Max(minThumb, s.view*s.view/s.total))
	room := float32(s.view) - h - 2*thumbInset
	return thumbInset + room*float32(s.off/s.max()), h, true
}

// press begins a drag where y is on the thumb, or pages towards y.
func (s *scroller) press(y float32) bool {
	top, h, shown := s.thumb()
	if !shown {
		return false
	}
	switch {
	case y < top:
		return s.to(s.off - s.view*.9)
	case y > top+h:
		return s.to(s.off + s.view*.9)
	}
	s.dragging, s.grab = true, float64(y-top)
	return false
}

// drag moves the held thumb to y.
func (s *scroller) drag(y float32) bool {
	_, h, shown := s.thumb()
	if !s.dragging || !shown {
		return false
	}
	room := s.view - float64(h) - 2*thumbInset
	if room <= 0 {
		return false
	}
	return s.to((float64(y) - s.grab - thumbInset) / room * s.max())
}

// key scrolls by a key and reports that the key was one of its own.
func (s *scroller) key(k fyne.KeyName) (changed, used bool) {
	const page = .9
	switch k {
	case fyne.KeyPageDown:
		return s.to(s.off + s.view*page), true
	case fyne.KeyPageUp:
		return s.to(s.off - s.view*page), true
	case fyne.KeyHome:
		return s.to(0), true
	case fyne.KeyEnd:
		return s.to(s.max()), true
	}
	return false, false
}

// scrolling gives the widget that embeds it the wheel and a scrollbar at its right that can be dragged.
type scrolling struct {
	scroll scroller
	// width is the widget's width; moved is called after every event with whether the position changed.
	width func() float32
	moved func(bool)
}

var (
	_ fyne.Scrollable   = (*scrolling)(nil)
	_ fyne.Draggable    = (*scrolling)(nil)
	_ desktop.Mouseable = (*scrolling)(nil)
)

// onBar reports that a position is on the scrollbar.
func (s *scrolling) onBar(pos fyne.Position) bool {
	return s.scroll.max() > 0 && pos.X >= s.width()-theme.ScrollbarSlot
}

// Scrolled is the mouse wheel.
func (s *scrolling) Scrolled(e *fyne.ScrollEvent) { s.moved(s.scroll.wheel(e)) }

// MouseDown takes hold of the scrollbar.
func (s *scrolling) MouseDown(e *desktop.MouseEvent) {
	if s.onBar(e.Position) && e.Button == desktop.MouseButtonPrimary {
		s.moved(s.scroll.press(e.Position.Y))
	}
}

// MouseUp lets go of the scrollbar.
func (s *scrolling) MouseUp(*desktop.MouseEvent) { s.scroll.dragging = false }

// Dragged moves the scrollbar.
func (s *scrolling) Dragged(e *fyne.DragEvent) { s.moved(s.scroll.drag(e.Position.Y)) }

// DragEnd lets go of the scrollbar.
func (s *scrolling) DragEnd() { s.scroll.dragging = false }
