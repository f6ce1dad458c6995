package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Slice is a part of a Donut with its legend.
type Slice struct {
	Count    int
	Word     string
	Severity timeline.Severity // StillOpen for what has no verdict
}

// Donut shows how a total divides, with a legend of icon, count and word beside it: never colour alone.
type Donut struct {
	control
	// OnSlice is told the slice whose legend was clicked.
	OnSlice func(i int)
	slices  []Slice
	word    string
	hover   int
	active  int
}

var (
	_ fyne.Tappable  = (*Donut)(nil)
	_ fyne.Focusable = (*Donut)(nil)
)

const (
	donutSize   = 104
	donutCutout = .74
	donutGap    = 4 // degrees between slices
	legendRow   = 26
	legendLeft  = donutSize + 18
	legendEdge  = 4
)

// NewDonut returns a donut with the word that stands below the total.
func NewDonut(word string) *Donut {
	d := &Donut{word: word, hover: -1, active: -1}
	d.setup(d, d.paint, func() fyne.Size { return fyne.NewSize(legendLeft+120, donutSize) })
	return d
}

// SetSlices changes what is shown.
func (d *Donut) SetSlices(s []Slice, word string) {
	d.slices, d.word = s, word
	d.redraw()
}

// SetActive marks the slice that a list is filtered by; -1 for none.
func (d *Donut) SetActive(i int) {
	d.active = i
	d.redraw()
}

func (d *Donut) total() int {
	n := 0
	for _, s := range d.slices {
		n += s.Count
	}
	return n
}

func (d *Donut) paint(p *Pen, w, h float32) {
	total := d.total()
	d.paintRing(p, total)
	p.T(0, donutSize/2-24, donutSize, 28, group(total), d.face(p, group(total)), p.P.Text, Center)
	p.T(8, donutSize/2+3, donutSize-16, 16, d.word, theme.Tiny, p.P.Text3, Center)
	for i, s := range d.slices {
		y := float32(i) * legendRow
		switch i {
		case d.active:
			p.Rect(legendLeft-6, y, w-legendLeft+6, legendRow, p.P.Selected, theme.RadiusInset)
		case d.hover:
			p.Rect(legendLeft-6, y, w-legendLeft+6, legendRow, p.P.Hover, theme.RadiusInset)
		}
		icon, fg, _ := SeverityStyle(p.P, s.Severity)
		number, words := p.P.Text, p.P.Text2
		if s.Count == 0 {
			fg, number, words = p.P.Text3, p.P.Text3, p.P.Text3
		}
		p.Icon(legendLeft, y+6, 14, icon, fg)
		nw := max(p.T(legendLeft+22, y, 0, legendRow, group(s.Count), theme.SmallStrong, number, Left), 18)
		room, face := w-legendLeft-28-nw-legendEdge, theme.Small
		if p.Width(s.Word, face) > room {
			face = theme.Tiny
		}
		p.T(legendLeft+22+nw+6, y, room, legendRow, s.Word, face, words, Left)
	}
	if d.focused {
		d.ring(p, legendLeft-2, 0, w-legendLeft, float32(len(d.slices))*legendRow, theme.RadiusInset)
	}
}

// face returns the largest face in which the total keeps inside the ring.
func (d *Donut) face(p *Pen, total string) theme.Face {
	const room = donutSize*donutCutout - 12
	for _, f := range []theme.Face{theme.Number, theme.Title, theme.Strong} {
		if p.Width(total, f) <= room {
			return f
		}
	}
	return theme.TinyStrong
}

func (d *Donut) paintRing(p *Pen, total int) {
	if total == 0 {
		p.Arc(0, 0, donutSize, 0, 360, donutCutout, p.P.Edge)
		return
	}
	parts := 0
	for _, s := range d.slices {
		if s.Count > 0 {
			parts++
		}
	}
	gap := float32(donutGap)
	if parts == 1 {
		gap = 0
	}
	// A slice too thin to see still gets a sliver; the largest gives way.
	const least = 2 * donutGap
	degrees, sum, largest := make([]float32, len(d.slices)), float32(0), 0
	for i, s := range d.slices {
		if s.Count > 0 {
			degrees[i] = max(360*float32(s.Count)/float32(total), least)
		}
		sum += degrees[i]
		if degrees[i] > degrees[largest] {
			largest = i
		}
	}
	degrees[largest] -= sum - 360
	from := float32(0)
	for i, s := range d.slices {
		if degrees[i] > 0 {
			var fg color.Color
			_, fg, _ = SeverityStyle(p.P, s.Severity)
			p.Arc(0, 0, donutSize, from+gap/2, from+degrees[i]-gap/2, donutCutout, fg)
			from += degrees[i]
		}
	}
}

// group writes a number with commas between the thousands.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (d *Donut) at(pos fyne.Position) int {
	if i := int(pos.Y / legendRow); pos.X >= legendLeft-6 && pos.Y >= 0 && i < len(d.slices) {
		return i
	}
	return -1
}

// Tapped picks a slice by its legend.
func (d *Donut) Tapped(e *fyne.PointEvent) { d.pick(d.at(e.Position)) }

func (d *Donut) pick(i int) {
	if i >= 0 && d.OnSlice != nil {
		d.OnSlice(i)
	}
}

// TypedKey moves over the legend and picks with Enter or Space.
func (d *Donut) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		d.hover = min(d.hover+1, len(d.slices)-1)
	case fyne.KeyUp:
		d.hover = max(d.hover-1, 0)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		d.pick(d.hover)
	default:
		passKey(d, e)
		return
	}
	d.redraw()
}

// MouseMoved marks the legend under the pointer.
func (d *Donut) MouseMoved(e *desktop.MouseEvent) {
	if i := d.at(e.Position); i != d.hover {
		d.hover = i
		d.redraw()
	}
}

// MouseOut is Fyne's.
func (d *Donut) MouseOut() {
	d.hover = -1
	d.control.MouseOut()
}

// Cursor is a hand over the legend.
func (d *Donut) Cursor() desktop.Cursor {
	if d.hover >= 0 && d.OnSlice != nil {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
