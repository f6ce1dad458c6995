package widget

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"math"

	"fyne.io/fyne/v2"

	"tcptalk/internal/ui/theme"
)

// maxSVG bounds the entries of one series in a file: what lies on the same pixel as the entry before is left out first, and a file
// with more is of no use to anybody.
const maxSVG = 50_000

// WriteSVG writes what is in view as SVG, on a white ground, with a title.
func (p *Plot) WriteSVG(w io.Writer, title string) error {
	b := bufio.NewWriter(w)
	size := p.Size()
	x, y, aw, ah := p.area()
	pal := theme.Light()
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g" font-family="sans-serif" font-size="11">`+"\n", size.Width, size.Height+24)
	fmt.Fprintf(b, `<rect width="100%%" height="100%%" fill="#fff"/><text x="%g" y="16" font-size="13" fill="%s">%s</text>`+"\n", x, svgColor(pal.Text), html.EscapeString(title))
	fmt.Fprintf(b, `<g transform="translate(0 24)"><clipPath id="area"><rect x="%[1]g" y="%[2]g" width="%[3]g" height="%[4]g"/></clipPath>`+
		`<rect x="%[1]g" y="%[2]g" width="%[3]g" height="%[4]g" fill="none" stroke="%[5]s"/>`+"\n", x, y, aw, ah, svgColor(pal.Control))
	p.ticks(func(tx, ty, x0, y0, x1, y1 float32, text string, align fyne.TextAlign) {
		anchor := "middle"
		if align == Right {
			anchor = "end"
		}
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s"/><text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`+"\n",
			x0, y0, x1, y1, svgColor(pal.Line), tx, ty, anchor, svgColor(pal.Text2), html.EscapeString(text))
	})
	b.WriteString(`<g clip-path="url(#area)">` + "\n")
	for k := range p.series {
		p.svgSeries(b, &p.series[k], svgColor(p.series[k].Ink.Color(pal)))
	}
	b.WriteString("</g></g></svg>\n")
	return b.Flush()
}

func (p *Plot) svgSeries(b *bufio.Writer, s *Series, ink string) {
	width := 1.0
	if s.Thick {
		width = 2
	}
	joined := s.Kind == Steps || s.Kind == Lines
	first := s.firstIn(p.x0)
	if joined {
		first = max(first-1, 0)
	}
	fmt.Fprintf(b, `<path fill="none" stroke="%s" stroke-width="%g" d="`, ink, width)
	last, n := [3]int{math.MinInt}, 0
	for i := first; i < s.Len && n < maxSVG; i++ {
		t, lo, hi, _ := s.Entry(i)
		x, y := p.place(t, hi)
		_, low := p.place(t, lo)
		pixel := [3]int{int(x * 2), int(y * 2), int(low * 2)}
		if pixel != last {
			last = pixel
			switch {
			case s.Kind == Dots:
				fmt.Fprintf(b, "M%.1f %.1fh2v2h-2z", x-1, y-1)
			case s.Kind == Bars:
				fmt.Fprintf(b, "M%.1f %.1fV%.1f", x, y, low)
			case n == 0:
				fmt.Fprintf(b, "M%.1f %.1f", x, y)
			case s.Kind == Steps:
				fmt.Fprintf(b, "H%.1fV%.1f", x, y)
			default:
				fmt.Fprintf(b, "L%.1f %.1f", x, y)
			}
			n++
		}
		if t > p.x1 {
			break
		}
	}
	b.WriteString(`"/>` + "\n")
}
