package widget

import (
	"math"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/ui/theme"
)

// surface is the base of the widgets that draw themselves with one Pen. A widget embeds it and calls setup once.
type surface struct {
	fynewidget.BaseWidget
	self fyne.Widget
	pen  *Pen
	draw func(p *Pen, w, h float32)
	min  func() fyne.Size
}

func (s *surface) setup(self fyne.Widget, draw func(p *Pen, w, h float32), least func() fyne.Size) {
	s.self, s.draw, s.min = self, draw, least
	s.pen = NewPen(nil)
	s.ExtendBaseWidget(self)
}

// CreateRenderer is Fyne's.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	return &surfaceRenderer{s: s, objects: []fyne.CanvasObject{s.pen.Box()}}
}

// redraw draws everything again at the present size.
func (s *surface) redraw() {
	size := s.Size()
	if size.Width <= 0 || size.Height <= 0 {
		return
	}
	s.pen.Begin(theme.For(s.self))
	s.draw(s.pen, size.Width, size.Height)
	s.pen.Box().Resize(size)
	s.pen.End()
}

type surfaceRenderer struct {
	s       *surface
	objects []fyne.CanvasObject
}

func (r *surfaceRenderer) Destroy()                     {}
func (r *surfaceRenderer) MinSize() fyne.Size           { return r.s.min() }
func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *surfaceRenderer) Refresh()                     { r.s.redraw() }
func (r *surfaceRenderer) Layout(fyne.Size)             { r.s.redraw() }

// Canvas is a passive widget drawn with a Pen. It draws again when it is resized, refreshed, or the theme changes.
type Canvas struct{ surface }

// NewCanvas returns a Canvas of at least the given size.
func NewCanvas(least fyne.Size, draw func(p *Pen, w, h float32)) *Canvas {
	c := &Canvas{}
	c.setup(c, draw, func() fyne.Size { return least })
	return c
}

// OneSheet makes the canvas draw its texts as one object, for pages of many that seldom change.
func (c *Canvas) OneSheet() { c.pen.oneSheet() }

// focusOn gives o the keyboard.
func focusOn(o interface {
	fyne.CanvasObject
	fyne.Focusable
},
) {
	if c := canvasOf(o); c != nil {
		c.Focus(o)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	app := fyne.CurrentApp()
	if app == nil {
		return nil
	}
	return app.Driver().CanvasForObject(o)
}

// absolute turns a position in o into one in its window.
func absolute(o fyne.CanvasObject, at fyne.Position) fyne.Position {
	app := fyne.CurrentApp()
	if app == nil {
		return at
	}
	return app.Driver().AbsolutePositionForObject(o).Add(at)
}

func ceil(v float32) float32 { return float32(math.Ceil(float64(v))) }
