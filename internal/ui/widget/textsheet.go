package widget

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	fynewidget "fyne.io/fyne/v2/widget"
)

// spill is how far letters may reach past the size that they are measured with, in pixels.
const spill = 3

// textSheet shows many texts as one object: Fyne walks over every object for every frame, and a table has a hundred texts. It is
// for what stands still; where texts move with every step, an object for each lets Fyne keep what it has drawn.
type textSheet struct {
	fynewidget.BaseWidget

	raster *canvas.Raster
	texts  []*canvas.Text // where they are relative to the sheet
	origin fyne.Position  // of the sheet, in its pen's picture

	scale float32
	drawn *image.NRGBA // the texts of inked
	inked []inkedText
	runs  map[run]*image.NRGBA // of the texts in drawn
}

// run is what of a text decides how its letters look.
type run struct {
	text  string
	size  float32
	style fyne.TextStyle
	color color.Color
}

// inkedText is a text at its place.
type inkedText struct {
	run
	at fyne.Position
}

func runOf(t *canvas.Text) run { return run{t.Text, t.TextSize, t.TextStyle, t.Color} }

func newTextSheet() *textSheet {
	s := &textSheet{}
	s.raster = canvas.NewRaster(s.image)
	s.ExtendBaseWidget(s)
	return s
}

// Texts returns the texts that the sheet shows, at their places in it.
func (s *textSheet) Texts() []*canvas.Text { return s.texts }

// fit places the sheet around its texts, which are placed relative to its pen.
func (s *textSheet) fit() {
	left, top, right, bottom := float32(0), float32(0), float32(0), float32(0)
	for i, t := range s.texts {
		at, size := t.Position(), t.Size()
		if i == 0 {
			left, top = at.X, at.Y
		}
		left, top = min(left, at.X), min(top, at.Y)
		right, bottom = max(right, at.X+size.Width), max(bottom, at.Y+size.Height)
	}
	s.origin = fyne.NewPos(left, top)
	for _, t := range s.texts {
		t.Move(t.Position().Subtract(s.origin))
	}
	s.Move(s.origin)
	s.Resize(fyne.NewSize(ceil(right-left)+spill, ceil(bottom-top)+spill))
}

// image draws the texts, or returns what was drawn if they are the same as then. Fyne asks for it when it paints.
func (s *textSheet) image(w, h int) image.Image {
	if s.drawn != nil && s.drawn.Bounds().Dx() == w && s.drawn.Bounds().Dy() == h && s.same() {
		return s.drawn
	}
	s.ink(float32(w) / s.Size().Width)
	s.drawn = image.NewNRGBA(image.Rect(0, 0, w, h))
	s.inked = s.inked[:0]
	for _, t := range s.texts {
		s.inked = append(s.inked, inkedText{runOf(t), t.Position()})
		im := s.runs[runOf(t)]
		at := image.Pt(int(round(t.Position().X*s.scale)), int(round(t.Position().Y*s.scale)))
		draw.Draw(s.drawn, im.Bounds().Add(at), im, image.Point{}, draw.Over)
	}
	return s.drawn
}

// ink draws those texts that were not drawn before, each for itself, and forgets those that are gone.
func (s *textSheet) ink(scale float32) {
	before := s.runs
	if scale != s.scale {
		before = nil
	}
	s.scale, s.runs = scale, make(map[run]*image.NRGBA, len(s.texts))
	strip, size := &fyne.Container{}, fyne.Size{}
	for _, t := range s.texts {
		r := runOf(t)
		if _, ok := s.runs[r]; ok {
			continue
		}
		if s.runs[r] = before[r]; s.runs[r] != nil {
			continue
		}
		o := &canvas.Text{Text: t.Text, TextSize: t.TextSize, TextStyle: t.TextStyle, Color: t.Color}
		least := o.MinSize().AddWidthHeight(spill, spill)
		o.Resize(o.MinSize())
		o.Move(fyne.NewPos(0, size.Height))
		strip.Objects = append(strip.Objects, o)
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+ceil(least.Height*scale)/scale) // whole pixels
	}
	if len(strip.Objects) == 0 {
		return
	}
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetScale(scale)
	c.SetContent(strip)
	c.Resize(size)
	all := c.Capture()
	for _, o := range strip.Objects {
		t, _ := o.(*canvas.Text)
		w, h := t.Size().Width+spill, t.Size().Height+spill
		im := image.NewNRGBA(image.Rect(0, 0, int(ceil(w*scale)), int(ceil(h*scale))))
		draw.Draw(im, im.Bounds(), all, image.Pt(0, int(round(t.Position().Y*scale))), draw.Src)
		s.runs[runOf(t)] = im
	}
}

// same reports that the texts are those that were drawn.
func (s *textSheet) same() bool {
	if len(s.inked) != len(s.texts) {
		return false
	}
	for i, t := range s.texts {
		if s.inked[i] != (inkedText{runOf(t), t.Position()}) {
			return false
		}
	}
	return true
}

// CreateRenderer is Fyne's.
func (s *textSheet) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(s.raster)
}
