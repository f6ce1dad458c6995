package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// control is the base of the small operable widgets: a surface that knows whether the pointer and the keyboard are on it.
type control struct {
	surface
	hovered, focused bool
	// byPointer says that a click brought the focus, which then shows no ring.
	byPointer bool
	disabled  bool
	pointer   fyne.Position
}

var (
	_ desktop.Hoverable  = (*control)(nil)
	_ desktop.Cursorable = (*control)(nil)
)

// FocusGained is Fyne's.
func (c *control) FocusGained() {
	c.focused = true
	c.redraw()
	if !c.byPointer {
		reveal(c.self)
	}
}

// FocusLost is Fyne's.
func (c *control) FocusLost() {
	c.focused, c.byPointer = false, false
	c.redraw()
}

// TypedRune passes characters on: controls have no use for them.
func (c *control) TypedRune(r rune) { passRune(c.self, r) }

// MouseIn is Fyne's.
func (c *control) MouseIn(e *desktop.MouseEvent) {
	c.hovered, c.pointer = true, e.Position
	c.redraw()
}

// MouseMoved is Fyne's.
func (c *control) MouseMoved(e *desktop.MouseEvent) { c.pointer = e.Position }

// MouseOut is Fyne's.
func (c *control) MouseOut() {
	c.hovered = false
	c.redraw()
}

// Cursor is a hand where something can be clicked.
func (c *control) Cursor() desktop.Cursor {
	if c.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Disabled reports that it cannot be operated.
func (c *control) Disabled() bool { return c.disabled }

// Enable makes it operable.
func (c *control) Enable() { c.setDisabled(false) }

// Disable makes it inoperable.
func (c *control) Disable() { c.setDisabled(true) }

func (c *control) setDisabled(v bool) {
	if c.disabled != v {
		c.disabled = v
		c.redraw()
	}
}

// ring draws the focus ring where the keyboard is here.
func (c *control) ring(p *Pen, x, y, w, h, r float32) {
	if c.focused && !c.byPointer && !c.disabled {
		p.Ring(x, y, w, h, r)
	}
}
