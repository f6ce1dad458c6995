package widget

import (
	"image"
	"math"
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// SeriesKind is how the entries of a Series are drawn.
type SeriesKind uint8

// The kinds.
const (
	Dots  SeriesKind = iota // at Hi
	Bars                    // from Lo to Hi, with a tick at both ends
	Steps                   // Hi, until the next entry
	Lines                   // Hi, straight to the next entry
)

// Series is a row of entries in a Plot, by growing X. Entry tells entry i: where it is, and the packet that a click on it means, -1
// for none. Entries are asked for often: it must be cheap.
type Series struct {
	Kind  SeriesKind
	Ink   Ink
	Len   int
	Entry func(i int) (x int64, lo, hi float64, packet int)
	// Thick draws it heavier, to stand out.
	Thick bool
}

// Plot draws series over time. The wheel zooms at the pointer, a drag chooses a span, a double click or 0 shows all again, the
// arrow keys move. What is drawn is as high as what is in view.
type Plot struct {
	control
	// XText writes a time on the axis, given the distance of the ticks; YText a value.
	XText func(ns, step int64) string
	YText func(v float64) string
	// Describe says what is known of a packet, for the one under the pointer; OnPick is told the packet clicked on.
	Describe func(packet int) string
	OnPick   func(packet int)
	Overlay  *Overlay
	// OnZoom is told that another span is shown.
	OnZoom func()

	series   []Series
	from, to int64   // all there is
	x0, x1   int64   // what is in view
	zero     bool    // the values begin at 0
	marked   int64   // where the selected packet is, negative for none
	found    []int64 // the times of what was searched for, ascending

	y0, y1   float64 // of what is in view
	image    *canvas.Image
	drawn    picture    // what image shows
	drag     [2]float32 // where a span begins and ends, x
	dragging bool
	near     nearest
}

// picture says what a picture of the entries was drawn for: the pointer may move over it without drawing it again.
type picture struct {
	w, h   int
	x0, x1 int64
	pal    *theme.Palette
	series *Series
}

// nearest is the entry under the pointer.
type nearest struct {
	packet int // -1 for none
	x, y   float32
}

// Measures of a plot, in pixels.
const (
	plotLeft   = 76
	plotRight  = 16
	plotTop    = 12
	plotBottom = 26
	plotReach  = 10 // how far from the pointer an entry is found
	// leastSpan is the shortest time shown, nanoseconds.
	leastSpan = 1000
)

var (
	_ fyne.Tappable       = (*Plot)(nil)
	_ fyne.DoubleTappable = (*Plot)(nil)
	_ fyne.Scrollable     = (*Plot)(nil)
	_ fyne.Draggable      = (*Plot)(nil)
	_ fyne.Focusable      = (*Plot)(nil)
	_ desktop.Hoverable   = (*Plot)(nil)
)

// NewPlot returns an empty plot.
func NewPlot() *Plot {
	p := &Plot{marked: -1, image: &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScalePixels}}
	p.near.packet = -1
	p.setup(p, p.paint, func() fyne.Size { return fyne.NewSize(200, 120) })
	return p
}

// SetSeries shows other series, from time from to time to; zero says that the values begin at 0. The span in view stays if keep
// says so.
func (p *Plot) SetSeries(series []Series, from, to int64, zero, keep bool) {
	p.series, p.from, p.to, p.zero = series, from, max(to, from+leastSpan), zero
	if keep {
		p.show(p.x0, p.x1)
	} else {
		p.x0, p.x1 = p.from, p.to
	}
	p.near.packet = -1
	p.redraw()
}

// Mark shows where the selected packet is, in time; a negative x for none. reveal brings it into view.
func (p *Plot) Mark(x int64, reveal bool) {
	if p.marked = x; reveal && x >= 0 && (x < p.x0 || x > p.x1) {
		half := (p.x1 - p.x0) / 2
		p.show(x-half, x+half)
	}
	p.redraw()
}

// SetFound marks the times of what was searched for, in any order.
func (p *Plot) SetFound(times []int64) {
	slices.Sort(times)
	p.found = times
	p.drawn = picture{}
	p.redraw()
}

// Span returns the times in view.
func (p *Plot) Span() (x0, x1 int64) { return p.x0, p.x1 }

// ShowSpan brings the times from x0 to x1 into view.
func (p *Plot) ShowSpan(x0, x1 int64) {
	p.show(x0, x1)
	p.redraw()
}

// show brings a span into view, as far as there is something.
func (p *Plot) show(x0, x1 int64) {
	width := min(max(x1-x0, leastSpan), p.to-p.from)
	x0 = min(max(x0, p.from), p.to-width)
	p.x0, p.x1 = x0, x0+width
}

// zoom shows more (factor above 1) or less around the time at x.
func (p *Plot) zoom(x float32, factor float64) {
	at := p.timeAt(x)
	p.show(at-int64(float64(at-p.x0)*factor), at+int64(float64(p.x1-at)*factor))
	p.zoomed()
}

func (p *Plot) zoomed() {
	p.near.packet = -1
	p.redraw()
	if p.OnZoom != nil {
		p.OnZoom()
	}
}

// area is where the entries are drawn.
func (p *Plot) area() (x, y, w, h float32) {
	s := p.Size()
	return plotLeft, plotTop, max(1, s.Width-plotLeft-plotRight), max(1, s.Height-plotTop-plotBottom)
}

func (p *Plot) timeAt(x float32) int64 {
	left, _, w, _ := p.area()
	f := min(max(float64((x-left)/w), 0), 1)
	return p.x0 + int64(f*float64(p.x1-p.x0))
}

// place returns where a time and a value are drawn.
func (p *Plot) place(t int64, v float64) (x, y float32) {
	left, top, w, h := p.area()
	return left + float32(float64(t-p.x0)/float64(p.x1-p.x0))*w, top + h - float32((v-p.y0)/(p.y1-p.y0))*h
}

// firstIn returns the first entry of s at or behind time t.
func (s *Series) firstIn(t int64) int {
	return sort.Search(s.Len, func(i int) bool {
		x, _, _, _ := s.Entry(i)
		return x >= t
	})
}

// fitValues makes y0 and y1 hold what is in view.
func (p *Plot) fitValues() {
	lo, hi := math.Inf(1), math.Inf(-1)
	for k := range p.series {
		s := &p.series[k]
		first := s.firstIn(p.x0)
		if s.Kind == Steps || s.Kind == Lines {
			first = max(first-1, 0)
		}
		for i := first; i < s.Len; i++ {
			x, l, h, _ := s.Entry(i)
			if x > p.x1 {
				break
			}
			if s.Kind != Bars {
				l = h
			}
			lo, hi = min(lo, l), max(hi, h)
		}
	}
	if lo > hi {
		lo, hi = 0, 1
	}
	if p.zero {
		lo = min(lo, 0)
	}
	pad := (hi - lo) * .05
	if pad == 0 {
		pad = max(1, math.Abs(hi)*.05)
	}
	p.y0, p.y1 = lo-pad, hi+pad
	if p.zero && lo == 0 {
		p.y0 = 0
	}
}

func (p *Plot) paint(pen *Pen, w, h float32) {
	x, y, aw, ah := p.area()
	pen.Panel(x, y, aw, ah, pen.P.Inset, pen.P.Edge, 0)
	p.draw(pen)
	if p.marked >= p.x0 && p.marked <= p.x1 {
		at, _ := p.place(p.marked, 0)
		pen.VLine(round(at), y, ah, pen.P.Accent)
	}
	if p.dragging {
		lo, hi := min(p.drag[0], p.drag[1]), max(p.drag[0], p.drag[1])
		pen.Rect(lo, y, hi-lo, ah, pen.P.AccentWash, 0)
	}
	if p.near.packet >= 0 {
		o := pen.Rect(p.near.x-5, p.near.y-5, 10, 10, transparent, 5)
		o.StrokeColor, o.StrokeWidth = pen.P.Text, 1.5
	}
	p.ring(pen, 2, 2, w-4, h-4, theme.RadiusField)
}

// axes draws the ticks.
func (p *Plot) axes(pen *Pen) {
	p.ticks(func(tx, ty, x0, y0, x1, y1 float32, text string, align fyne.TextAlign) {
		if x0 == x1 {
			pen.VLine(round(x0), y0+1, y1-y0-2, pen.P.Line)
		} else {
			pen.HLine(x0+1, round(y0), x1-x0-2, pen.P.Line)
		}
		if align == Right {
			pen.T(0, ty-13, tx, 18, text, theme.Tiny, pen.P.Text2, Right)
		} else if text != "" {
			pen.T(tx-50, ty-13, 100, 18, text, theme.Tiny, pen.P.Text2, Center)
		}
	})
}

// ticks hands over the ticks of both axes: where their text stands (its base line, and the middle or right end of it), and the line
// across.
func (p *Plot) ticks(tick func(tx, ty, x0, y0, x1, y1 float32, text string, align fyne.TextAlign)) {
	x, y, w, h := p.area()
	const perX, perY = 110, 44 // pixels between ticks, about
	step := max(1, niceStep(float64(p.x1-p.x0)/float64(max(1, int(w/perX)))))
	for t := math.Ceil(float64(p.x0)/step) * step; t <= float64(p.x1); t += step {
		at, _ := p.place(int64(t), 0)
		text := ""
		if p.XText != nil && at+50 < x+w+plotRight {
			text = p.XText(int64(t), int64(step))
		}
		tick(at, y+h+17, at, y, at, y+h, text, Center)
	}
	step = niceStep((p.y1 - p.y0) / float64(max(1, int(h/perY))))
	for v := math.Ceil(p.y0/step) * step; v <= p.y1; v += step {
		_, at := p.place(p.x0, v)
		text := ""
		if p.YText != nil {
			text = p.YText(v)
		}
		tick(plotLeft-8, at+4, x, at, x+w, at, text, Right)
	}
}

// niceStep rounds up to 1, 2 or 5 times a power of ten.
func niceStep(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*base >= v {
			return m * base
		}
	}
	return 10 * base
}

// draw draws the axes, and the entries as one picture.
func (p *Plot) draw(pen *Pen) {
	x, y, w, h := p.area()
	scale := float32(1)
	if c := canvasOf(p.self); c != nil {
		scale = c.Scale()
	}
	now := picture{w: max(1, int(w*scale)), h: max(1, int(h*scale)), x0: p.x0, x1: p.x1, pal: pen.P}
	if len(p.series) > 0 {
		now.series = &p.series[0]
	}
	if now != p.drawn {
		p.drawn = now
		p.fitValues()
		r := raster{img: image.NewNRGBA(image.Rect(0, 0, now.w, now.h)), plot: p, dot: max(1, int(1.5*scale+.5))}
		for k := range p.series {
			r.series(&p.series[k], pen.P)
		}
		r.marks(p.found, pen.P)
		p.image.Image = r.img
		p.image.Refresh()
	}
	p.axes(pen)
	pen.Object(p.image, x, y, w, h)
}

// Tapped selects the packet that is nearest.
func (p *Plot) Tapped(e *fyne.PointEvent) {
	p.byPointer = true
	focusOn(p)
	if n := p.find(e.Position); n.packet >= 0 && p.OnPick != nil {
		p.OnPick(n.packet)
	}
}

// DoubleTapped shows all again.
func (p *Plot) DoubleTapped(*fyne.PointEvent) {
	p.show(p.from, p.to)
	p.zoomed()
}

// Scrolled zooms at the pointer.
func (p *Plot) Scrolled(e *fyne.ScrollEvent) {
	const perNotch = 1.25
	p.zoom(e.Position.X, math.Pow(perNotch, float64(-e.Scrolled.DY)/16))
}

// Dragged chooses a span.
func (p *Plot) Dragged(e *fyne.DragEvent) {
	x, _, w, _ := p.area()
	at := min(max(e.Position.X, x), x+w)
	if !p.dragging {
		p.dragging = true
		p.drag[0] = min(max(e.Position.X-e.Dragged.DX, x), x+w)
	}
	p.drag[1] = at
	p.redraw()
}

// DragEnd shows the span chosen.
func (p *Plot) DragEnd() {
	if !p.dragging {
		return
	}
	p.dragging = false
	const least = 4 // pixels; less is a shaky click
	if lo, hi := min(p.drag[0], p.drag[1]), max(p.drag[0], p.drag[1]); hi-lo >= least {
		p.show(p.timeAt(lo), p.timeAt(hi))
	}
	p.zoomed()
}

// TypedKey zooms and moves.
func (p *Plot) TypedKey(e *fyne.KeyEvent) {
	x, _, w, _ := p.area()
	tenth := (p.x1 - p.x0) / 10
	switch e.Name {
	case fyne.KeyPlus, fyne.KeyEqual:
		p.zoom(x+w/2, .8)
	case fyne.KeyMinus:
		p.zoom(x+w/2, 1.25)
	case fyne.Key0, fyne.KeyHome:
		p.DoubleTapped(nil)
	case fyne.KeyPageUp:
		p.show(p.x0-5*tenth, p.x1-5*tenth)
		p.zoomed()
	case fyne.KeyPageDown:
		p.show(p.x0+5*tenth, p.x1+5*tenth)
		p.zoomed()
	default:
		passKey(p.self, e)
	}
}

// MouseMoved finds the entry under the pointer.
func (p *Plot) MouseMoved(e *desktop.MouseEvent) {
	p.control.MouseMoved(e)
	n := p.find(e.Position)
	if n == p.near {
		return
	}
	p.near = n
	p.redraw()
	if p.Overlay == nil || p.Describe == nil {
		return
	}
	if n.packet < 0 {
		p.Overlay.HideHint()
		return
	}
	p.Overlay.Hint(absolute(p, fyne.NewPos(n.x-5, n.y-5)), fyne.NewSize(10, 10), p.Describe(n.packet))
}

// MouseOut is Fyne's.
func (p *Plot) MouseOut() {
	p.near.packet = -1
	if p.Overlay != nil {
		p.Overlay.HideHint()
	}
	p.control.MouseOut()
}

// find returns the entry nearest to a position.
func (p *Plot) find(pos fyne.Position) nearest {
	best := nearest{packet: -1}
	limit := float32(plotReach * plotReach)
	reach := int64(float64(p.x1-p.x0) * plotReach / float64(max(1, p.Size().Width-plotLeft-plotRight)))
	at := p.timeAt(pos.X)
	for k := range p.series {
		s := &p.series[k]
		for i := s.firstIn(at - reach); i < s.Len; i++ {
			t, lo, hi, packet := s.Entry(i)
			if t > at+reach {
				break
			}
			if packet < 0 {
				continue
			}
			x, y := p.place(t, hi)
			if s.Kind == Bars {
				_, low := p.place(t, lo)
				y = min(max(pos.Y, y), low)
			}
			if d := (x-pos.X)*(x-pos.X) + (y-pos.Y)*(y-pos.Y); d < limit {
				limit, best = d, nearest{packet, x, y}
			}
		}
	}
	return best
}
