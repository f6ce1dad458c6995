package widget

import (
	"fmt"
	"image/color"
)

// arrowHead draws the head of an arrow whose point is at (x,y).
func (p *Pen) arrowHead(x, y float32, right bool, c color.Color) {
	const w, h = 9, 9
	name, path := "head-left", "M9 0.5 L0.5 4.5 L9 8.5 Z"
	left := x
	if right {
		name, path, left = "head-right", "M0 0.5 L8.5 4.5 L0 8.5 Z", x-w
	}
	p.SVG(left, y-h/2, w, h, name, c, func() string {
		return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" viewBox="0 0 9 9"><path d="%s" fill="%s"/></svg>`, path, svgColor(c))
	})
}

// cross draws the mark of a segment that got lost, its middle at (x,y).
func (p *Pen) cross(x, y float32, c color.Color) {
	const size = 12
	p.SVG(x-size/2, y-size/2, size, size, "cross", c, func() string {
		return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" viewBox="0 0 12 12"><path d="M2 2 L10 10 M2 10 L10 2" `+
			`stroke="%s" stroke-width="2" stroke-linecap="round" fill="none"/></svg>`, svgColor(c))
	})
}

// dashedLine draws a dashed line that falls, one object.
func (p *Pen) dashedLine(x0, y0, x1, y1 float32, c color.Color) {
	x, w, h := round(min(x0, x1)), round(max(x0, x1)-min(x0, x1)), ceil(y1-y0)+2
	name, a, b := "dashes-right", float32(1), h-1
	if x1 < x0 {
		name, a, b = "dashes-left", b, a
	}
	p.SVG(x, y0-1, w, h, name, c, func() string {
		return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g"><path d="M0 %[3]g L%[1]g %[4]g" `+
			`stroke="%[5]s" stroke-width="1.6" stroke-dasharray="9 6" fill="none"/></svg>`, w, h, a, b, svgColor(c))
	})
}
