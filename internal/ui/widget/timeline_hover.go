package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// transparent is boxed once: drawing must not allocate.
var transparent color.Color = color.Transparent

// hover is what the pointer is on.
type hover struct {
	row  int
	part Part
	on   bool
}

// Measures of the hint.
const (
	hintWidth = 340
	hintPad   = 10
	hintGap   = 6 // to what it explains
	hintLines = 12
)

// MouseIn is Fyne's.
func (t *Timeline) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseOut hides the hint.
func (t *Timeline) MouseOut() { t.hideHint() }

// MouseMoved shows the hint of the part under the pointer.
func (t *Timeline) MouseMoved(e *desktop.MouseEvent) {
	v, r, ok := t.viewAt(e.Position)
	if v == nil || !ok || t.covered(v.index) || t.onBar(e.Position) {
		t.hideHint()
		return
	}
	h := hover{row: v.index, part: r.part, on: true}
	if h == t.hover {
		return
	}
	t.hideHint()
	t.hover = h
	if t.Hint == nil {
		return
	}
	if text := t.Hint(&v.row, r.part); text != "" {
		top := v.pen.Box().Position().Y
		t.tip.Begin(t.palette)
		paintHint(t.tip, text, fyne.NewPos(r.x, top+r.y), fyne.NewSize(r.w, r.h), t.Size())
		t.tip.End()
	}
}

// Cursor is a hand over what can be clicked.
func (t *Timeline) Cursor() desktop.Cursor {
	switch t.hover.part.Kind {
	case PartToggle, PartMore, PartChip:
		if t.hover.on {
			return desktop.PointerCursor
		}
	}
	return desktop.DefaultCursor
}

func (t *Timeline) hideHint() {
	t.hover = hover{}
	if t.tip.Count() > 0 {
		t.tip.Begin(t.palette)
		t.tip.forget()
		canvas.Refresh(t.tip.Box())
	}
}

// paintHint draws a note about something at pos, below it or, without room, above it, inside of room.
func paintHint(p *Pen, text string, pos fyne.Position, size, room fyne.Size) {
	pal := p.P
	lines := p.cache.Wrap(text, hintWidth-2*hintPad, theme.Small, hintLines)
	w := float32(0)
	for _, s := range lines {
		w = max(w, p.Width(s, theme.Small))
	}
	w = ceil(w) + 2*hintPad
	h := float32(len(lines))*18 + 2*boxPad
	x := max(4, min(pos.X, room.Width-w-4))
	y := pos.Y + size.Height + hintGap
	if y+h > room.Height-4 {
		y = max(4, pos.Y-h-hintGap)
	}
	box := p.Panel(x, y, w, h, pal.Raised, pal.Control, theme.RadiusField)
	box.Shadow = canvas.Shadow{Color: pal.Shadow, BlurRadius: 24, Offset: fyne.NewPos(0, 8)}
	for i, s := range lines {
		p.T(x+hintPad, y+boxPad+float32(i)*18, 0, 18, s, theme.Small, pal.Text, Left)
	}
}
