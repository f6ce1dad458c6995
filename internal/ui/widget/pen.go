package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/ui/theme"
)

// Alignments of text in its box.
const (
	Left   = fyne.TextAlignLeading
	Center = fyne.TextAlignCenter
	Right  = fyne.TextAlignTrailing
)

// Pen paints as if in immediate mode: Begin, draw everything, End. The objects behind it are kept and used again, in the
// order they are asked for, so a redraw allocates next to nothing. All coordinates are pixels relative to the origin.
type Pen struct {
	// P is the palette given to Begin.
	P *theme.Palette

	cache  *Cache
	box    *fyne.Container
	ox, oy float32

	rects []*canvas.Rectangle
	texts []*canvas.Text
	lines []*canvas.Line
	arcs  []*canvas.Arc
	// used counts what was taken of each pool since Begin.
	used   struct{ rects, texts, lines, arcs int }
	images map[string]*imagePool
	// sheet, if there is one, shows all texts in one object, over everything else.
	sheet *textSheet
}

// imagePool holds the image objects that show one picture.
type imagePool struct {
	all  []*canvas.Image
	used int
}

// NewPen returns a pen. Pens that draw similar things share a cache; nil makes one.
func NewPen(c *Cache) *Pen {
	if c == nil {
		c = NewCache()
	}
	return &Pen{P: theme.Dark(), cache: c, box: &fyne.Container{}, images: map[string]*imagePool{}}
}

// oneSheet makes the pen show its texts as one object.
func (p *Pen) oneSheet() { p.sheet = newTextSheet() }

// Box returns the container that shows what was drawn. It has no layout; the owner places and sizes it.
func (p *Pen) Box() *fyne.Container { return p.box }

// Begin starts a new picture with a palette.
func (p *Pen) Begin(pal *theme.Palette) {
	p.P = pal
	p.ox, p.oy = 0, 0
	p.used.rects, p.used.texts, p.used.lines, p.used.arcs = 0, 0, 0, 0
	for _, pool := range p.images {
		pool.used = 0
	}
	if p.sheet != nil {
		p.sheet.texts = p.sheet.texts[:0]
	}
	p.box.Objects = p.box.Objects[:0]
}

// End shows the picture.
func (p *Pen) End() {
	p.finish()
	canvas.Refresh(p.box)
}

// finish completes the picture without showing it.
func (p *Pen) finish() {
	if p.sheet != nil && len(p.sheet.texts) > 0 {
		p.sheet.fit()
		p.box.Objects = append(p.box.Objects, p.sheet)
	}
	p.forget()
}

// forget drops references to objects of the last picture that this one did not use.
func (p *Pen) forget() {
	rest := p.box.Objects[len(p.box.Objects):cap(p.box.Objects)]
	for i := range rest {
		if rest[i] == nil {
			break
		}
		rest[i] = nil
	}
}

// Count returns the number of objects drawn since Begin.
func (p *Pen) Count() int { return len(p.box.Objects) }

// Origin moves the point that coordinates are relative to.
func (p *Pen) Origin(x, y float32) { p.ox, p.oy = x, y }

// Object places an object that the pen does not own.
func (p *Pen) Object(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x+p.ox, y+p.oy))
	o.Resize(fyne.NewSize(w, h))
	p.box.Objects = append(p.box.Objects, o)
}

// Rect draws a filled rectangle with corners of radius r. The caller may change the result until the next Begin.
func (p *Pen) Rect(x, y, w, h float32, fill color.Color, r float32) *canvas.Rectangle {
	if p.used.rects == len(p.rects) {
		p.rects = append(p.rects, &canvas.Rectangle{})
	}
	o := p.rects[p.used.rects]
	p.used.rects++
	o.FillColor, o.CornerRadius, o.StrokeWidth, o.StrokeColor = fill, r, 0, nil
	o.TopLeftCornerRadius, o.TopRightCornerRadius, o.BottomLeftCornerRadius, o.BottomRightCornerRadius = 0, 0, 0, 0
	o.Shadow = canvas.Shadow{}
	p.Object(o, x, y, w, h)
	return o
}

// Panel draws a surface with a border of one pixel.
func (p *Pen) Panel(x, y, w, h float32, fill, edge color.Color, r float32) *canvas.Rectangle {
	o := p.Rect(x, y, w, h, fill, r)
	o.StrokeColor, o.StrokeWidth = edge, 1
	return o
}

// HLine draws a horizontal hairline from (x,y), VLine a vertical one.
func (p *Pen) HLine(x, y, w float32, c color.Color) { p.Rect(x, y, w, 1, c, 0) }
func (p *Pen) VLine(x, y, h float32, c color.Color) { p.Rect(x, y, 1, h, c, 0) }

// Ring draws the keyboard's focus around a control of radius r, outside of it.
func (p *Pen) Ring(x, y, w, h, r float32) {
	const d = theme.FocusGap + theme.FocusWidth
	o := p.Rect(x-d, y-d, w+2*d, h+2*d, color.Transparent, r+d)
	o.StrokeColor, o.StrokeWidth = p.P.Focus, theme.FocusWidth
}

// Dot draws a filled circle of diameter d, the mark of the client.
func (p *Pen) Dot(x, y, d float32, c color.Color) { p.Rect(x, y, d, d, c, d/2) }

// EndMark draws the sign of one end, d wide: a blue circle for the client, a sand square for the server.
func (p *Pen) EndMark(x, y, d float32, server bool) {
	if server {
		p.Rect(x, y, d, d, p.P.Server, 1)
		return
	}
	p.Dot(x, y, d, p.P.Client)
}

// Line draws a straight line of width sw.
func (p *Pen) Line(x1, y1, x2, y2 float32, c color.Color, sw float32) {
	if p.used.lines == len(p.lines) {
		p.lines = append(p.lines, &canvas.Line{})
	}
	o := p.lines[p.used.lines]
	p.used.lines++
	o.StrokeColor, o.StrokeWidth = c, sw
	o.Position1, o.Position2 = fyne.NewPos(x1+p.ox, y1+p.oy), fyne.NewPos(x2+p.ox, y2+p.oy)
	p.box.Objects = append(p.box.Objects, o)
}

// Arc draws a part of a ring of outer diameter d, from one angle to another in degrees clockwise from the top. cutout is the
// inner part left free, 0 to 1.
func (p *Pen) Arc(x, y, d, from, to, cutout float32, c color.Color) {
	if p.used.arcs == len(p.arcs) {
		p.arcs = append(p.arcs, &canvas.Arc{})
	}
	o := p.arcs[p.used.arcs]
	p.used.arcs++
	o.FillColor, o.StartAngle, o.EndAngle, o.CutoutRatio, o.CornerRadius = c, from, to, cutout, 2
	p.Object(o, x, y, d, d)
}
