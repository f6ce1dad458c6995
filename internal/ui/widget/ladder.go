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

// ladderPainter writes the SVG of a thumbnail. What looks alike is one path: drawing a path costs a look at the whole picture.
type ladderPainter struct {
	p           *theme.Palette
	left, right float32 // lifelines
	paths       []*ladderPath
}

type ladderPath struct {
	look string // its attributes
	d    strings.Builder
}

// path returns what is drawn with a look, to be added to.
func (l *ladderPainter) path(look string, args ...any) *strings.Builder {
	look = fmt.Sprintf(look, args...)
	for _, p := range l.paths {
		if p.look == look {
			return &p.d
		}
	}
	l.paths = append(l.paths, &ladderPath{look: look})
	return &l.paths[len(l.paths)-1].d
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
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g">`+
		`<circle cx="%.1[3]f" cy="7" r="3.5" fill="%[4]s"/><path d="M%.1[5]f 3.5 h7 v7 h-7 Z" fill="%[6]s"/>`,
		w, h, l.left, svgColor(pal.Client), l.right-3.5, svgColor(pal.Server))
	for _, p := range l.paths {
		fmt.Fprintf(&out, `<path d="%s" %s/>`, strings.TrimSpace(p.d.String()), p.look)
	}
	out.WriteString("</svg>")
	return out.String()
}

func (l *ladderPainter) lifelines(from, to float32, dash string) {
	d := l.path(`stroke="%s" stroke-width="1" fill="none"%s`, svgColor(l.p.Control), dash)
	for _, x := range [...]float32{l.left, l.right} {
		fmt.Fprintf(d, "M%.1f %.1f V%.1f ", x, from, to)
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
	fmt.Fprintf(l.path(`stroke="%s" stroke-width="%.1f" fill="none" stroke-linecap="round"`, svgColor(c), sw), "M%.1f %.1f L%.1f %.1f ", x0, y, stop, ey)
	if a.Kind == LostArrow || a.Kind == ResetArrow {
		l.cross(end, ey, c)
		return
	}
	fmt.Fprintf(l.path(`fill="%s"`, svgColor(c)), "M%.1f %.1f L%.1f %.1f L%.1f %.1f Z ", end, ey, end-d*6, ey-hs-.2, end-d*6, ey+hs-.2)
}

func (l *ladderPainter) cross(x, y float32, c color.Color) {
	fmt.Fprintf(l.path(`stroke="%s" stroke-width="1.8" fill="none" stroke-linecap="round"`, svgColor(c)), "M%.1f %.1f L%.1f %.1f M%.1f %.1f L%.1f %.1f ",
		x-3, y-3, x+3, y+3, x-3, y+3, x+3, y-3)
}

// Ladder draws a thumbnail on a sunk surface.
func (p *Pen) Ladder(x, y, w, h float32, arrows []LadderArrow) {
	w, h = round(w), round(h)
	p.Rect(x, y, w, h, p.P.Inset, theme.RadiusInset)
	key := fmt.Sprintf("ladder%v", arrows)
	p.SVG(x, y, w, h, key, p.P.Client, func() string { return LadderSVG(w, h, arrows, p.P) })
}
