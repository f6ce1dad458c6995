package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// Links is a flow of small links, such as the packets that show something: "#412 #413 #414".
type Links struct {
	control
	// OnTapped is told the link that was clicked.
	OnTapped func(i int)
	items    []string
	at       []region // where the links are; Part.Index is the item
	hover    int      // under the pointer or, by the arrow keys, chosen
	width    float32
}

var (
	_ fyne.Tappable  = (*Links)(nil)
	_ fyne.Focusable = (*Links)(nil)
)

const (
	linkHeight = 20
	linkGap    = 6
	linkPad    = 7
)

// NewLinks returns a flow of links.
func NewLinks(items []string, tapped func(i int)) *Links {
	l := &Links{items: items, OnTapped: tapped, hover: -1}
	l.setup(l, l.paint, func() fyne.Size {
		w := max(l.width, 120)
		return fyne.NewSize(60, l.place(w))
	})
	return l
}

// SetItems changes the links.
func (l *Links) SetItems(items []string) {
	l.items, l.hover = items, -1
	l.Refresh()
}

// place finds where the links are in a width and returns their height.
func (l *Links) place(w float32) float32 {
	l.at = l.at[:0]
	x, y := float32(0), float32(0)
	for i, s := range l.items {
		lw := min(ceil(l.pen.Width(s, theme.Mono))+2*linkPad, w)
		if x > 0 && x+lw > w {
			x, y = 0, y+linkHeight+linkGap
		}
		l.at = append(l.at, region{x, y, lw, linkHeight, Part{Index: i}})
		x += lw + linkGap
	}
	return y + linkHeight
}

func (l *Links) paint(p *Pen, w, _ float32) {
	l.place(w)
	l.width = w // Fyne looks at the least size before every frame and lays out again where it has changed
	for i, r := range l.at {
		fill := p.P.ClientFill
		if i == l.hover {
			fill = p.P.Selected
		}
		p.Panel(r.x, r.y, r.w, r.h, fill, p.P.ClientEdge, theme.RadiusChip)
		p.T(r.x+linkPad, r.y, r.w-2*linkPad, r.h, l.items[i], theme.Mono, p.P.Accent, Left)
		if i == max(l.hover, 0) {
			l.ring(p, r.x, r.y, r.w, r.h, theme.RadiusChip)
		}
	}
}

func (l *Links) itemAt(pos fyne.Position) int {
	for i, r := range l.at {
		if pos.X >= r.x && pos.X < r.x+r.w && pos.Y >= r.y && pos.Y < r.y+r.h {
			return i
		}
	}
	return -1
}

// Tapped follows the link under the pointer.
func (l *Links) Tapped(e *fyne.PointEvent) { l.follow(l.itemAt(e.Position)) }

func (l *Links) follow(i int) {
	if i >= 0 && i < len(l.items) && l.OnTapped != nil {
		l.OnTapped(i)
	}
}

// TypedKey goes from link to link and follows one with Enter or Space.
func (l *Links) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyRight, fyne.KeyDown:
		l.hover = min(max(l.hover, 0)+1, len(l.items)-1)
	case fyne.KeyLeft, fyne.KeyUp:
		l.hover = max(l.hover-1, 0)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		l.follow(max(l.hover, 0))
	default:
		passKey(l, e)
		return
	}
	l.redraw()
}

// MouseMoved marks the link under the pointer.
func (l *Links) MouseMoved(e *desktop.MouseEvent) {
	if i := l.itemAt(e.Position); i != l.hover {
		l.hover = i
		l.redraw()
	}
}

// MouseOut is Fyne's.
func (l *Links) MouseOut() {
	l.hover = -1
	l.control.MouseOut()
}

// Cursor is a hand over links.
func (l *Links) Cursor() desktop.Cursor {
	if l.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
