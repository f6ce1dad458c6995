package widget

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"image/png"
	"io"
	"regexp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"

	"tcptalk/internal/ui/theme"
)

// SequencePicture is a part of a Sequence drawn apart from the window, to be saved.
type SequencePicture struct {
	root *fyne.Container
	size fyne.Size
}

// Picture draws the rows from to to, of them as many as that is, w pixels wide, under a title.
func (s *Sequence) Picture(from, to int, w float32, title string, pal *theme.Palette) *SequencePicture {
	const top, foot = 36, 16
	lanes := s.lanesFor(w)
	words := s.Words
	words.Unfold, words.Fold = "", "" // there is nothing to click on
	cache := NewCache()
	frame := NewPen(cache)
	h := float32(s.heights.Top(to)-s.heights.Top(from)) + top + seqHead + foot
	frame.Begin(pal)
	frame.Rect(0, 0, w, h, pal.Bg, 0)
	frame.T(16, 8, w-32, 22, title, theme.SmallStrong, pal.Text, Left)
	drawLifelines(frame, &lanes, top+seqHead, h-4)
	frame.Origin(0, top)
	drawSequenceHead(frame, &lanes, &s.Words, seqHead)
	frame.Origin(0, 0)
	root := &fyne.Container{Objects: []fyne.CanvasObject{frame.Box()}}
	y := float32(top + seqHead)
	for i := from; i < to; i++ {
		v := &seqRow{rowView: rowView{pen: NewPen(cache)}}
		s.model.Row(i, &v.step)
		v.step.Rise = min(v.step.Rise, int32(y)-top-seqHead)
		v.index = i
		v.draw(pal, seqPaint{lanes: &lanes, words: &words}, float32(s.heights.At(i)))
		v.pen.Box().Move(fyne.NewPos(0, y))
		root.Objects = append(root.Objects, v.pen.Box())
		y += float32(s.heights.At(i))
	}
	size := fyne.NewSize(w, h)
	root.Resize(size)
	for _, o := range root.Objects {
		o.Resize(size)
	}
	return &SequencePicture{root: root, size: size}
}

// PNG draws the picture and returns what writes it as PNG, which may be called on any goroutine: packing takes as long as drawing.
func (s *SequencePicture) PNG() func(io.Writer) error {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(s.root)
	c.Resize(s.size)
	im := c.Capture()
	return func(w io.Writer) error { return png.Encode(w, im) }
}

// SVG returns what writes the picture as SVG, which may be called on any goroutine.
func (s *SequencePicture) SVG() func(io.Writer) error {
	return func(w io.Writer) error {
		var b bytes.Buffer
		fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g">`+"\n", s.size.Width, s.size.Height)
		svgObject(&b, s.root, fyne.Position{})
		b.WriteString("</svg>\n")
		_, err := b.WriteTo(w)
		return err
	}
}

// svgObject writes an object of a Pen as SVG.
func svgObject(b *bytes.Buffer, o fyne.CanvasObject, at fyne.Position) {
	at = at.Add(o.Position())
	size := o.Size()
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			svgObject(b, c, at)
		}
	case *canvas.Rectangle:
		fmt.Fprintf(b, `<rect x="%g" y="%g" width="%g" height="%g" rx="%g"%s`, at.X, at.Y, size.Width, size.Height,
			min(o.CornerRadius, size.Height/2), svgPaint("fill", o.FillColor))
		if o.StrokeWidth > 0 {
			fmt.Fprintf(b, `%s stroke-width="%g"`, svgPaint("stroke", o.StrokeColor), o.StrokeWidth)
		}
		b.WriteString("/>\n")
	case *canvas.Line: // its place is that of its ends
		d := at.Subtract(o.Position())
		p1, p2 := o.Position1.Add(d), o.Position2.Add(d)
		fmt.Fprintf(b, `<path d="M%g %gL%g %g"%s stroke-width="%g" fill="none"/>`+"\n", p1.X, p1.Y, p2.X, p2.Y, svgPaint("stroke", o.StrokeColor), o.StrokeWidth)
	case *canvas.Text:
		svgText(b, o, at, size)
	case *canvas.Image:
		if o.Resource != nil {
			tag, rest, _ := bytes.Cut(o.Resource.Content(), []byte(">"))
			_, tag, _ = bytes.Cut(svgSize.ReplaceAll(tag, nil), []byte("<svg"))
			fmt.Fprintf(b, `<svg x="%g" y="%g" width="%g" height="%g"%s>%s`, at.X, at.Y, size.Width, size.Height, tag, rest)
			b.WriteByte('\n')
		}
	}
}

// svgSize finds the size that a picture has of its own.
var svgSize = regexp.MustCompile(`\s(width|height)="[^"]*"`)

func svgText(b *bytes.Buffer, o *canvas.Text, at fyne.Position, size fyne.Size) {
	const baseline = .78 // of the height of a line
	family, style := "Noto Sans, Noto Sans SC, sans-serif", ""
	if o.TextStyle.Monospace {
		family = "DejaVu Sans Mono, monospace"
	}
	if o.TextStyle.Bold {
		style = ` font-weight="bold"`
	}
	if o.TextStyle.Italic {
		style += ` font-style="italic"`
	}
	fmt.Fprintf(b, `<text x="%g" y="%.1f" font-family="%s" font-size="%g"%s%s xml:space="preserve">%s</text>`+"\n",
		at.X, at.Y+size.Height*baseline, family, o.TextSize, style, svgPaint("fill", o.Color), html.EscapeString(o.Text))
}

// svgPaint writes a colour with its opacity as an attribute.
func svgPaint(name string, c color.Color) string {
	if c == nil {
		return fmt.Sprintf(` %s="none"`, name)
	}
	n, ok := color.NRGBAModel.Convert(c).(color.NRGBA)
	switch {
	case !ok || n.A == 0:
		return fmt.Sprintf(` %s="none"`, name)
	case n.A < 255:
		return fmt.Sprintf(` %[1]s="#%02[2]X%02[3]X%02[4]X" %[1]s-opacity="%.2[5]f"`, name, n.R, n.G, n.B, float64(n.A)/255)
	}
	return fmt.Sprintf(` %s="#%02X%02X%02X"`, name, n.R, n.G, n.B)
}
