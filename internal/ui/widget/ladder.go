package widget

import (
	"fmt"
	"image/color"
	"strings"

	"tcptalk/internal/ui/theme"
)

// ArrowKind is what an arrow of a thumbnail stands for.
type ArrowKind uint8

// The kinds of arrows.
const (
	ControlArrow ArrowKind = iota // thin
	DataArrow                     // thick
	LostArrow                     // red, ends half way in a cross
	ResetArrow                    // red, ends in a cross
)

// LadderArrow is one segment in a thumbnail.
type LadderArrow struct {
	FromServer bool
	Kind       ArrowKind
	// Gap says that a silence lies before it: the lifelines are broken.
	Gap bool
	// Data makes a lost arrow thick.
	Data bool
}

// MaxLadderArrows is how many arrows a thumbnail can tell apart.
const MaxLadderArrows = 9

// ladderPainter writes the SVG of a thumbnail.
type ladderPainter struct {
	p           *theme.Palette
	left, right float32 // lifelines
	lines, body strings.Builder
}

// LadderSVG draws a small sequence diagram: client left with a circle, server right with a square.
func LadderSVG(w, h float32, arrows []LadderArrow, pal *theme.Palette) string {
	arrows = arrows[:min(len(arrows), MaxLadderArrows)]
	const head, foot, gapSlots = 15, 6, 1.1
	l := &ladderPainter{p: pal, left: round(w*.18) + .5, right: round(w*.82) + .5}
	slots := float32(0)
	for i, a := range arrows {
		slots++
		if a.Gap && i > 0 {
			slots += gapSlots
		}
	}
	step := min((h-head-foot-1)/max(slots, 1), 10)
	slope := min(step*.55, 4.5)
	y, from := float32(head), float32(head-6)
	for i, a := range arrows {
		if a.Gap && i > 0 {
			l.lifelines(from, y+step*.1, "")
			l.lifelines(y+step*.1+2, y+step*gapSlots, ` stroke-dasharray="1.5 2.5"`)
			from = y + step*.9
			y += step * gapSlots
		}
		l.arrow(a, y, slope)
		y += step
	}
	l.lifelines(from, min(y+3, h-3), "")
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g">%[3]s`+
		`<circle cx="%.1[4]f" cy="7" r="3.5" fill="%[5]s"/><path d="M%.1[6]f 3.5 h7 v7 h-7 Z" fill="%[7]s"/>%[8]s</svg>`,
		w, h, l.lines.String(), l.left, svgColor(pal.Client), l.right-3.5, svgColor(pal.Server), l.body.String())
}

func (l *ladderPainter) lifelines(from, to float32, dash string) {
	for _, x := range [...]float32{l.left, l.right} {
		fmt.Fprintf(&l.lines, `<path d="M%.1f %.1f V%.1f" stroke="%s" stroke-width="1" fill="none"%s/>`, x, from, to, svgColor(l.p.Control), dash)
	}
}

func (l *ladderPainter) arrow(a LadderArrow, y, slope float32) {
	const off, cross = 2.5, 5
	x0, x1, d, c := l.left+off, l.right-off, float32(1), l.p.Client
	if a.FromServer {
		x0, x1, d, c = l.right-off, l.left+off, -1, l.p.Server
	}
	sw, hs := float32(1.3), float32(3)
	if a.Kind == DataArrow || a.Data {
		sw, hs = 2.4, 3.6
	}
	end, ey := x1, y+slope
	switch a.Kind {
	case LostArrow:
		const reach = .52
		end, ey, c = x0+(x1-x0)*reach, y+slope*reach, l.p.Fail
	case ResetArrow:
		end, c = x1-d*cross, l.p.Fail
	case ControlArrow, DataArrow: // in the sender's colour
	}
	stop := end - d*4
	if a.Kind == LostArrow {
		stop = end - d*cross
	}
	fmt.Fprintf(&l.body, `<path d="M%.1f %.1f L%.1f %.1f" stroke="%s" stroke-width="%.1f" fill="none" stroke-linecap="round"/>`, x0, y, stop, ey, svgColor(c), sw)
	if a.Kind == LostArrow || a.Kind == ResetArrow {
		l.cross(end, ey, c)
		return
	}
	fmt.Fprintf(&l.body, `<path d="M%.1f %.1f L%.1f %.1f L%.1f %.1f Z" fill="%s"/>`, end, ey, end-d*6, ey-hs-.2, end-d*6, ey+hs-.2, svgColor(c))
}

func (l *ladderPainter) cross(x, y float32, c color.Color) {
	fmt.Fprintf(&l.body, `<path d="M%.1f %.1f L%.1f %.1f M%.1f %.1f L%.1f %.1f" stroke="%s" stroke-width="1.8" fill="none" stroke-linecap="round"/>`,
		x-3, y-3, x+3, y+3, x-3, y+3, x+3, y-3, svgColor(c))
}

// Ladder draws a thumbnail on a sunk surface.
func (p *Pen) Ladder(x, y, w, h float32, arrows []LadderArrow) {
	w, h = round(w), round(h)
	p.Rect(x, y, w, h, p.P.Inset, theme.RadiusInset)
	key := fmt.Sprintf("ladder%v", arrows)
	p.SVG(x, y, w, h, key, p.P.Client, func() string { return LadderSVG(w, h, arrows, p.P) })
}
