package lint

import (
	"fmt"
	"image/color"
	"reflect"
	"regexp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

// Markup writes down what o draws, an object a line, with its place in o, in the order of drawing. Unlike Fyne's own markup it says
// which colours of the palette they have, so that a difference can be read, and it sees the texts of a sheet.
func Markup(o fyne.CanvasObject) string {
	m := marker{colors: paletteNames(theme.For(o))}
	m.object(o, fyne.Position{}, 0)
	return m.out.String()
}

type marker struct {
	out    strings.Builder
	colors map[color.NRGBA]string
}

// paletteNames are the names of a palette's colours. Of several names for one colour the first counts.
func paletteNames(p *theme.Palette) map[color.NRGBA]string {
	names := map[color.NRGBA]string{}
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		c, ok := v.Field(i).Interface().(color.NRGBA)
		if _, taken := names[c]; ok && !taken {
			names[c] = v.Type().Field(i).Name
		}
	}
	return names
}

func (m *marker) line(depth int, format string, args ...any) {
	m.out.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&m.out, format, args...)
	m.out.WriteByte('\n')
}

// object writes o, whose place is at.
func (m *marker) object(o fyne.CanvasObject, at fyne.Position, depth int) {
	if o == nil || !o.Visible() {
		return
	}
	size := o.Size()
	place := fmt.Sprintf("%s,%s %s×%s", short(at.X), short(at.Y), short(size.Width), short(size.Height))
	switch c := o.(type) {
	case sheet:
		m.line(depth, "sheet %s", place)
		for _, t := range c.Texts() {
			m.object(t, at.Add(t.Position()), depth+1)
		}
	case *fyne.Container:
		for _, k := range c.Objects {
			m.object(k, at.Add(k.Position()), depth)
		}
	case fyne.Widget:
		name := fmt.Sprintf("%T", c)
		m.line(depth, "%s %s", name[strings.LastIndexByte(name, '.')+1:], place)
		for _, k := range test.WidgetRenderer(c).Objects() {
			m.object(k, at.Add(k.Position()), depth+1)
		}
	default:
		m.drawn(o, at, place, depth)
	}
}

// drawn writes an object that is no more than it draws.
func (m *marker) drawn(o fyne.CanvasObject, at fyne.Position, place string, depth int) {
	switch c := o.(type) {
	case *canvas.Rectangle:
		m.line(depth, "rect %s %s%s%s", place, m.color(c.FillColor), m.stroke(c.StrokeColor, c.StrokeWidth), corners(c))
	case *canvas.Text:
		if c.Text == "" {
			return
		}
		m.line(depth, "text %s %s%s %s %q", place, short(c.TextSize), style(c.TextStyle), m.color(c.Color), c.Text)
	case *canvas.Line:
		from := at.Subtract(o.Position())
		a, b := from.Add(c.Position1), from.Add(c.Position2)
		m.line(depth, "line %s,%s to %s,%s%s", short(a.X), short(a.Y), short(b.X), short(b.Y), m.stroke(c.StrokeColor, c.StrokeWidth))
	case *canvas.Arc:
		m.line(depth, "arc %s %s°–%s° %s", place, short(c.StartAngle), short(c.EndAngle), m.color(c.FillColor))
	case *canvas.Image:
		m.line(depth, "image %s%s", place, m.picture(c))
	default:
		m.line(depth, "%s %s", strings.TrimPrefix(fmt.Sprintf("%T", o), "*canvas."), place)
	}
}

// Patterns in pictures: the hash of their names, and the colours that they are drawn with.
var (
	pictureHash  = regexp.MustCompile(`(-[0-9a-f]+)?(#[0-9A-F]{6})?\.svg$`)
	pictureColor = regexp.MustCompile(`#[0-9A-Fa-f]{6}`)
)

// picture names a picture and its first colour.
func (m *marker) picture(c *canvas.Image) string {
	if c.Resource == nil {
		return ""
	}
	out := " " + pictureHash.ReplaceAllString(c.Resource.Name(), "")
	var r, g, b uint8
	if hex := pictureColor.Find(c.Resource.Content()); hex != nil {
		if _, err := fmt.Sscanf(string(hex), "#%02x%02x%02x", &r, &g, &b); err == nil {
			out += " " + m.color(color.NRGBA{r, g, b, 255})
		}
	}
	return out
}

func (m *marker) stroke(c color.Color, width float32) string {
	if c == nil || width == 0 {
		return ""
	}
	return fmt.Sprintf(" stroke %s %s", m.color(c), short(width))
}

// color names a colour.
func (m *marker) color(c color.Color) string {
	if c == nil {
		return "none"
	}
	n, _ := color.NRGBAModel.Convert(c).(color.NRGBA)
	if name, ok := m.colors[n]; ok {
		return name
	}
	if n.A == 0 {
		return "none"
	}
	return fmt.Sprintf("#%02X%02X%02X%02X", n.R, n.G, n.B, n.A)
}

func corners(c *canvas.Rectangle) string {
	each := [4]float32{c.TopLeftCornerRadius, c.TopRightCornerRadius, c.BottomRightCornerRadius, c.BottomLeftCornerRadius}
	switch {
	case each != [4]float32{}:
		return fmt.Sprintf(" corners %s/%s/%s/%s", short(each[0]), short(each[1]), short(each[2]), short(each[3]))
	case c.CornerRadius != 0:
		return " corners " + short(c.CornerRadius)
	}
	return ""
}

func style(s fyne.TextStyle) (out string) {
	for _, k := range []struct {
		on   bool
		name string
	}{{s.Bold, " bold"}, {s.Italic, " italic"}, {s.Monospace, " mono"}} {
		if k.on {
			out += k.name
		}
	}
	return out
}

// short writes a length with at most one decimal.
func short(v float32) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}
