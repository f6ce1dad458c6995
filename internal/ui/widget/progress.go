package widget

import (
	"math"

	"fyne.io/fyne/v2"
)

// Progress is a thin bar. It never moves by itself: a job of unknown length shows how much was done in words beside it.
type Progress struct {
	surface
	value float64
}

const progressHeight = 6

// NewProgress returns an empty bar.
func NewProgress() *Progress {
	b := &Progress{}
	b.setup(b, b.paint, func() fyne.Size { return fyne.NewSize(60, progressHeight) })
	return b
}

// SetValue shows a part of the whole, 0 to 1.
func (b *Progress) SetValue(v float64) {
	if math.IsNaN(v) {
		v = 0
	}
	b.value = math.Max(0, math.Min(v, 1))
	b.redraw()
}

// Value returns what is shown.
func (b *Progress) Value() float64 { return b.value }

func (b *Progress) paint(p *Pen, w, h float32) {
	y := round((h - progressHeight) / 2)
	p.Rect(0, y, w, progressHeight, p.P.Line, progressHeight/2)
	if part := w * float32(b.value); part >= 1 {
		p.Rect(0, y, max(part, progressHeight), progressHeight, p.P.Accent, progressHeight/2)
	}
}
