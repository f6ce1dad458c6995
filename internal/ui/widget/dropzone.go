package widget

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/ui/theme"
)

// DropZone invites to drop files; a click opens a file instead.
type DropZone struct {
	control
	OnTapped func()
	text     string
}

var (
	_ fyne.Tappable  = (*DropZone)(nil)
	_ fyne.Focusable = (*DropZone)(nil)
)

// NewDropZone returns a drop zone.
func NewDropZone(text string, tapped func()) *DropZone {
	d := &DropZone{text: text, OnTapped: tapped}
	d.setup(d, d.paint, func() fyne.Size { return fyne.NewSize(200, theme.ButtonHeight) })
	return d
}

func (d *DropZone) paint(p *Pen, w, h float32) {
	const icon, gap = 16, 10
	edge, fg := p.P.Control, p.P.Text2
	if d.hovered {
		p.Rect(0, 0, w, h, p.P.Hover, theme.RadiusField)
		edge, fg = p.P.Accent, p.P.Text
	}
	p.Dashed(0, 0, w, h, edge, theme.RadiusField)
	tw := min(p.Width(d.text, theme.Small), w-2*gap-icon-gap)
	x := round((w - tw - icon - gap) / 2)
	p.Icon(x, round((h-icon)/2), icon, "drop", fg)
	p.T(x+icon+gap, 0, tw+1, h, d.text, theme.Small, fg, Left)
	d.ring(p, 0, 0, w, h, theme.RadiusField)
}

// Tapped opens a file.
func (d *DropZone) Tapped(*fyne.PointEvent) { d.open() }

func (d *DropZone) open() {
	if d.OnTapped != nil {
		d.OnTapped()
	}
}

// TypedKey opens a file with Enter and Space.
func (d *DropZone) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		d.open()
	default:
		passKey(d, e)
	}
}
