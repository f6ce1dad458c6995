package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// RowState is how a row of a List stands.
type RowState struct{ Selected, Hovered, Focused bool }

// List is a virtual list of rows of one height, drawn by its owner. It costs what is in view.
type List struct {
	control
	scrolling
	// Count returns the number of rows; Draw draws row i, w pixels wide, with its top left corner at the origin. The list draws
	// the row's background itself.
	Count func() int
	Draw  func(p *Pen, i int, w float32, s RowState)
	// OnSelect is told the row that the reader selected, OnOpen the row of a second click or Enter, OnContext that of a
	// secondary click with its place in the window, OnCopy the selected row at Ctrl+C.
	OnSelect  func(i int)
	OnOpen    func(i int)
	OnContext func(i int, at fyne.Position)
	OnCopy    func(i int)
	// Heads reports that a row is a heading: one click opens it.
	Heads func(i int) bool
	// OnCheck is told the row whose first Check pixels were clicked, or the selected one at Space, which then opens nothing.
	OnCheck func(i int)
	Check   float32
	// OnHover is told the row under the pointer, -1 for none.
	OnHover func(i int)
	// Links says that the rows lead away: one click opens a row, the arrow keys only go from row to row, and none stays selected.
	Links bool
	// Choice says that one click opens a row, while the arrow keys move the selection, which is shown.
	Choice bool
	// Flat leaves out the accent bar and the rounded ends, for tables.
	Flat bool
	// Inset is what the rows' backgrounds keep free at both sides.
	Inset float32

	row      float32
	selected int
	hover    int
	reveal   int // row to bring into view at the next drawing, -1 for none
	clip     *container.Clip
	content  *Pen
}

var (
	_ fyne.Tappable          = (*List)(nil)
	_ fyne.SecondaryTappable = (*List)(nil)
	_ fyne.Focusable         = (*List)(nil)
	_ fyne.Shortcutable      = (*List)(nil)
)

// NewList returns an empty list of rows of that height.
func NewList(rowHeight float32) *List {
	l := &List{row: rowHeight, selected: -1, hover: -1, reveal: -1, Count: func() int { return 0 }}
	l.Draw = func(*Pen, int, float32, RowState) {}
	l.setupList(l)
	return l
}

func (l *List) setupList(self fyne.Widget) {
	l.setup(self, l.paint, func() fyne.Size { return fyne.NewSize(120, 2*l.row) })
	l.scrolling = scrolling{width: func() float32 { return l.Size().Width }, moved: l.scrolled}
	l.content = NewPen(l.pen.cache)
	l.clip = container.NewClip(l.content.Box())
}

// OneSheet makes the list draw the texts of all its rows as one object, for tables that seldom change.
func (l *List) OneSheet() { l.content.oneSheet() }

// Select selects row i without calling OnSelect and brings it into view; -1 selects none.
func (l *List) Select(i int) {
	l.selected, l.reveal = i, i
	l.redraw()
}

// Selected returns the selected row, -1 if there is none.
func (l *List) Selected() int { return l.selected }

// ScrollTo brings row i into view.
func (l *List) ScrollTo(i int) {
	if l.reveal = i; l.Size().Height > 0 {
		l.redraw()
	}
}

// Offset returns how far it is scrolled, in pixels.
func (l *List) Offset() float64 { return l.scroll.off }

func (l *List) measure() {
	l.scroll.view = float64(l.Size().Height)
	l.scroll.total = float64(l.Count()) * float64(l.row)
	l.scroll.to(l.scroll.off)
}

func (l *List) paint(p *Pen, w, h float32) {
	l.measure()
	if l.reveal >= 0 {
		top := float64(l.reveal) * float64(l.row)
		l.scroll.show(top, top+float64(l.row), 0)
		l.reveal = -1
	}
	inner := w
	if l.scroll.max() > 0 {
		inner -= theme.ScrollbarSlot
	}
	c := l.content
	c.Begin(p.P)
	n := l.Count()
	first := int(l.scroll.off / float64(l.row))
	for i := first; i < n; i++ {
		y := float32(float64(i)*float64(l.row) - l.scroll.off)
		if y >= h {
			break
		}
		c.Origin(0, y)
		s := RowState{Selected: i == l.selected && !l.Links, Hovered: i == l.hover, Focused: l.focused && !l.byPointer && i == l.selected}
		l.background(c, inner, s)
		l.Draw(c, i, inner, s)
	}
	c.Origin(0, 0)
	c.finish()
	c.Box().Resize(fyne.NewSize(w, h))
	p.Object(l.clip, 0, 0, w, h)
	drawScrollbar(p, &l.scroll, w)
}

// background shows that a row is selected, under the pointer, or has the keyboard.
func (l *List) background(p *Pen, w float32, s RowState) {
	const gap = 2 // between the backgrounds of two rows
	r, h := float32(theme.RadiusField), l.row-gap
	if l.Flat {
		r, h = 0, l.row
	}
	x, bw := l.Inset, w-2*l.Inset
	switch {
	case s.Selected:
		p.Rect(x, 0, bw, h, p.P.Selected, r)
		if !l.Flat {
			bar := max(h-26, h/2)
			p.Rect(x, round((h-bar)/2), theme.SelectedBar, bar, p.P.Accent, theme.SelectedBar/2)
		}
	case s.Hovered:
		p.Rect(x, 0, bw, h, p.P.Hover, r)
	}
	if s.Focused { // inside the row: the list's edge would clip a ring outside of it
		o := p.Rect(x+1, 1, bw-2, h-2, transparent, r)
		o.StrokeColor, o.StrokeWidth = p.P.Focus, theme.FocusWidth
	}
}

func (l *List) rowAt(pos fyne.Position) int {
	if l.onBar(pos) || pos.Y < 0 {
		return -1
	}
	if i := int((l.scroll.off + float64(pos.Y)) / float64(l.row)); i < l.Count() {
		return i
	}
	return -1
}

// Tapped selects a row; a click on the selected row opens it.
func (l *List) Tapped(e *fyne.PointEvent) {
	l.byPointer = true
	if f, ok := l.self.(interface {
		fyne.CanvasObject
		fyne.Focusable
	}); ok {
		focusOn(f)
	}
	i := l.rowAt(e.Position)
	switch {
	case i < 0:
	case l.OnCheck != nil && e.Position.X < l.Check:
		l.OnCheck(i)
	case l.OnOpen != nil && l.Heads != nil && l.Heads(i):
		l.selected = i
		l.OnOpen(i)
		l.redraw()
	case l.OnOpen != nil && (l.Links || l.Choice || i == l.selected):
		l.OnOpen(i)
	default:
		l.pick(i)
	}
}

// TappedSecondary asks for a row's context menu.
func (l *List) TappedSecondary(e *fyne.PointEvent) {
	if i := l.rowAt(e.Position); i >= 0 {
		l.pick(i)
		if l.OnContext != nil {
			l.OnContext(i, e.AbsolutePosition)
		}
	}
}

func (l *List) pick(i int) {
	if i < 0 || i >= l.Count() || i == l.selected {
		return
	}
	l.selected, l.reveal = i, i
	l.redraw()
	if l.OnSelect != nil {
		l.OnSelect(i)
	}
}

// FocusGained begins at the first link: the ring is to show where the keyboard is.
func (l *List) FocusGained() {
	if l.Links && !l.byPointer {
		l.selected = max(l.selected, 0)
	}
	l.control.FocusGained()
}

// TypedKey moves the selection, opens a row, or scrolls.
func (l *List) TypedKey(e *fyne.KeyEvent) {
	l.byPointer = false
	page := max(int(l.Size().Height/l.row)-1, 1)
	last := l.Count() - 1
	switch e.Name {
	case fyne.KeyDown:
		l.pick(min(l.selected+1, last))
	case fyne.KeyUp:
		l.pick(max(l.selected-1, 0))
	case fyne.KeyPageDown:
		l.pick(min(l.selected+page, last))
	case fyne.KeyPageUp:
		l.pick(max(l.selected-page, 0))
	case fyne.KeyHome:
		l.pick(0)
	case fyne.KeyEnd:
		l.pick(last)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		do := l.OnOpen
		if e.Name == fyne.KeySpace && l.OnCheck != nil {
			do = l.OnCheck
		}
		if l.selected >= 0 && l.selected <= last && do != nil {
			do(l.selected)
		}
	default:
		passKey(l.self, e)
	}
}

// TypedShortcut copies the selected row.
func (l *List) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok && l.selected >= 0 && l.OnCopy != nil {
		l.OnCopy(l.selected)
		return
	}
	passShortcut(l.self, s)
}

func (l *List) scrolled(moved bool) {
	if moved {
		l.over(-1)
		l.redraw()
	}
}

// MouseMoved marks the row under the pointer.
func (l *List) MouseMoved(e *desktop.MouseEvent) {
	l.control.MouseMoved(e)
	l.over(l.rowAt(e.Position))
}

// over marks row i, -1 for none.
func (l *List) over(i int) {
	if i == l.hover {
		return
	}
	l.hover = i
	l.redraw()
	if l.OnHover != nil {
		l.OnHover(i)
	}
}

// MouseOut is Fyne's.
func (l *List) MouseOut() {
	l.over(-1)
	l.control.MouseOut()
}

// Cursor is a hand over rows.
func (l *List) Cursor() desktop.Cursor {
	if l.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
