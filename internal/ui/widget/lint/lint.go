// Package lint looks over what a page draws: text that overlaps other text, leaves its window, is cut, or has too little
// contrast. It also writes down what a widget draws, to be compared with a golden file. It is for tests; it needs no display. Start
// with Check and Golden.
package lint

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

// Options say what a page may do.
type Options struct {
	// Background is the colour below everything; the theme's if nil.
	Background color.Color
	// AllowCut permits texts that end with an ellipsis.
	AllowCut bool
	// Whole are texts that end with an ellipsis of their own.
	Whole []string
}

// box is a drawn text with the extent of its letters, or a rectangle.
type box struct {
	x, y, right, bottom float32
}

func (b box) overlaps(c box) bool {
	const touch = 1 // letters may touch
	return b.x < c.right-touch && c.x < b.right-touch && b.y < c.bottom-touch && c.y < b.bottom-touch
}

func (b box) within(c box) bool {
	const slack = .6
	return b.x >= c.x-slack && b.y >= c.y-slack && b.right <= c.right+slack && b.bottom <= c.bottom+slack
}

// in returns the part of b that lies in c.
func (b box) in(c box) box {
	return box{max(b.x, c.x), max(b.y, c.y), min(b.right, c.right), min(b.bottom, c.bottom)}
}

type drawnText struct {
	box
	seen box // what its clip leaves of it
	t    *canvas.Text
	clip *box
	back color.Color
}

type walker struct {
	root  box
	rects []drawnRect
	texts []drawnText
	count int
	bg    color.Color
}

type drawnRect struct {
	box
	fill color.Color
}

// sheet is an object that draws many texts.
type sheet interface {
	fyne.CanvasObject
	Texts() []*canvas.Text
}

// Check returns a line for every fault of what o draws at its present size.
func Check(o fyne.CanvasObject, opt Options) []string {
	w := walk(o, opt)
	var faults []string
	for i, a := range w.texts {
		room := w.root
		if a.clip != nil {
			if !a.box.overlaps(*a.clip) {
				continue // scrolled away
			}
			room = box{a.clip.x, -1e6, a.clip.right, 1e6} // half a row at the edge of a list is no fault
		}
		if !a.within(room) {
			faults = append(faults, fmt.Sprintf("%q leaves its window: %.0f..%.0f, %.0f..%.0f in %v", a.t.Text, a.x, a.right, a.y, a.bottom, room))
		}
		if !opt.AllowCut && strings.HasSuffix(a.t.Text, "…") && !slices.Contains(opt.Whole, a.t.Text) {
			faults = append(faults, fmt.Sprintf("%q is cut", a.t.Text))
		}
		for _, b := range w.texts[:i] {
			if a.seen.overlaps(b.seen) {
				faults = append(faults, fmt.Sprintf("%q overlaps %q at %.0f,%.0f", a.t.Text, b.t.Text, a.x, a.y))
			}
		}
		if k := theme.Contrast(theme.Over(a.back, a.t.Color), a.back); k < theme.MinTextContrast {
			faults = append(faults, fmt.Sprintf("%q has a contrast of %.1f", a.t.Text, k))
		}
	}
	return faults
}

// Count returns the number of objects that o draws.
func Count(o fyne.CanvasObject) int { return walk(o, Options{}).count }

// Texts returns the texts that o draws, in drawing order.
func Texts(o fyne.CanvasObject) []string {
	var out []string
	for _, t := range walk(o, Options{}).texts {
		out = append(out, t.t.Text)
	}
	return out
}

func walk(o fyne.CanvasObject, opt Options) *walker {
	bg := opt.Background
	if bg == nil {
		bg = theme.For(o).Bg
	}
	size := o.Size()
	w := &walker{root: box{0, 0, size.Width, size.Height}, bg: bg}
	w.visit(o, fyne.NewPos(0, 0), nil)
	return w
}

func (w *walker) visit(o fyne.CanvasObject, at fyne.Position, clip *box) {
	if o == nil || !o.Visible() {
		return
	}
	b := box{at.X, at.Y, at.X + o.Size().Width, at.Y + o.Size().Height}
	switch c := o.(type) {
	case sheet:
		for _, t := range c.Texts() {
			p := at.Add(t.Position())
			w.text(t, box{p.X, p.Y, p.X + t.Size().Width, p.Y + t.Size().Height}, clip)
		}
	case *fyne.Container:
		for _, k := range c.Objects {
			w.visit(k, at.Add(k.Position()), clip)
		}
		return
	case fyne.Widget:
		switch c.(type) {
		case *container.Clip, *container.Scroll:
			if clip != nil {
				b = b.in(*clip)
			}
			clip = &b
		}
		for _, k := range test.WidgetRenderer(c).Objects() {
			w.visit(k, at.Add(k.Position()), clip)
		}
		return
	case *canvas.Rectangle:
		if c.FillColor != nil {
			w.rects = append(w.rects, drawnRect{b, c.FillColor})
		}
	case *canvas.Text:
		if c.Text != "" {
			w.text(c, b, clip)
		}
	}
	w.count++
}

// text notes a text with the extent of its letters and what lies under their middle.
func (w *walker) text(t *canvas.Text, b box, clip *box) {
	size := fyne.MeasureText(t.Text, t.TextSize, t.TextStyle)
	switch t.Alignment {
	case fyne.TextAlignCenter:
		b.x += (b.right - b.x - size.Width) / 2
	case fyne.TextAlignTrailing:
		b.x = b.right - size.Width
	}
	b.right = b.x + size.Width
	mid := (b.y + b.bottom) / 2
	b.y, b.bottom = mid-t.TextSize/2, mid+t.TextSize/2
	seen := b
	if clip != nil {
		seen = b.in(*clip)
	}
	back := w.bg
	cx := (b.x + b.right) / 2
	for _, r := range w.rects {
		if cx >= r.x && cx <= r.right && mid >= r.y && mid <= r.bottom {
			back = theme.Over(back, r.fill)
		}
	}
	w.texts = append(w.texts, drawnText{box: b, seen: seen, t: t, clip: clip, back: back})
}
