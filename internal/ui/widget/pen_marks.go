package widget

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/ui/theme"
)

// Sizes of the small labels.
const (
	chipHeight  = 18
	chipPad     = 7 // left and right of a chip's text
	badgeHeight = 20
)

// Chip draws a flag chip 18 high and returns its width.
func (p *Pen) Chip(x, y float32, s string, fg, bg color.Color) float32 {
	w := p.ChipWidth(s)
	p.Rect(x, y, w, chipHeight, bg, theme.RadiusChip)
	p.T(x, y, w, chipHeight, s, theme.ChipFace, fg, Center)
	return w
}

// ChipWidth returns the width of a chip.
func (p *Pen) ChipWidth(s string) float32 {
	return ceil(p.Width(s, theme.ChipFace)) + 2*chipPad
}

// Pill draws a label with round ends, h high, and returns its width.
func (p *Pen) Pill(x, y, h float32, s string, f theme.Face, fg, bg color.Color) float32 {
	w := p.PillWidth(s, f)
	p.Rect(x, y, w, h, bg, h/2)
	p.T(x, y, w, h, s, f, fg, Center)
	return w
}

// PillWidth returns the width of a pill.
func (p *Pen) PillWidth(s string, f theme.Face) float32 { return ceil(p.Width(s, f)) + 16 }

// Icon draws the icon called name, size pixels square.
func (p *Pen) Icon(x, y, size float32, name string, c color.Color) {
	p.picture(p.cache.icon(name, c), x, y, size, size)
}

// SVG draws a picture made by build. Pictures with the same name, size and colour are made once.
func (p *Pen) SVG(x, y, w, h float32, name string, c color.Color, build func() string) {
	p.picture(p.cache.picture(pictureKey{name, w, h, c}, build), x, y, w, h)
}

func (p *Pen) picture(r fyne.Resource, x, y, w, h float32) {
	pool := p.images[r.Name()]
	if pool == nil {
		if len(p.images) >= maxPictures {
			p.dropUnused()
		}
		pool = &imagePool{}
		p.images[r.Name()] = pool
	}
	if pool.used == len(pool.all) {
		im := canvas.NewImageFromResource(r)
		im.FillMode = canvas.ImageFillStretch
		pool.all = append(pool.all, im)
	}
	im := pool.all[pool.used]
	pool.used++
	p.Object(im, x, y, w, h)
}

// dropUnused forgets pictures that the present drawing does not show.
func (p *Pen) dropUnused() {
	for name, pool := range p.images {
		if pool.used == 0 {
			delete(p.images, name)
		}
	}
}

// Dashed draws a dashed border with corners of radius r, one object.
func (p *Pen) Dashed(x, y, w, h float32, c color.Color, r float32) {
	p.outline(x, y, w, h, "dashed", c, r, "6 5", 1.25)
}

// Dotted draws a dotted outline with round ends, the mark of what the capture does not prove.
func (p *Pen) Dotted(x, y, w, h float32, c color.Color) {
	p.outline(x, y, w, h, "dotted", c, h/2-1, "0.1 3.4", 1.6)
}

func (p *Pen) outline(x, y, w, h float32, name string, c color.Color, r float32, dashes string, sw float32) {
	w, h = round(w), round(h)
	p.SVG(x, y, w, h, name, c, func() string {
		r := min(r, h/2-1)
		return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g">`+
			`<path d="M%[3]g 1 H%[4]g A%[5]g %[5]g 0 0 1 %[6]g %[3]g V%[7]g A%[5]g %[5]g 0 0 1 %[4]g %[8]g H%[3]g A%[5]g %[5]g 0 0 1 1 %[7]g `+
			`V%[3]g A%[5]g %[5]g 0 0 1 %[3]g 1" fill="none" stroke="%[9]s" stroke-width="%[10]g" stroke-linecap="round" stroke-dasharray="%[11]s"/></svg>`,
			w, h, 1+r, w-1-r, r, w-1, h-1-r, h-1, svgColor(c), sw, dashes)
	})
}

// dashTile is the length of the picture that dashed rules are made of; a rule of any length takes a few of them.
const dashTile = 240

// DashH draws a dashed rule, one pixel high.
func (p *Pen) DashH(x, y, w float32, c color.Color) {
	for w > 0 {
		n := min(w, dashTile)
		if n < dashTile {
			n = max(6, round(n/6)*6)
		}
		p.SVG(x, y, n, 2, "rule", c, func() string { return dashSVG(n, c) })
		x, w = x+n, w-n
	}
}

func dashSVG(w float32, c color.Color) string {
	var sb strings.Builder
	fmt.Fprintf(&sb, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="2" viewBox="0 0 %[1]g 2"><path d="`, w)
	for x := float32(0); x < w; x += 6 {
		fmt.Fprintf(&sb, "M%g .5 h3 v1 h-3 Z ", x)
	}
	fmt.Fprintf(&sb, `" fill="%s"/></svg>`, svgColor(c))
	return sb.String()
}

// Torn draws the torn edge of a damaged file, 8 high.
func (p *Pen) Torn(x, y, w float32, c color.Color) {
	w = round(w)
	p.SVG(x, y, w, tornHeight, "torn", c, func() string {
		var sb strings.Builder
		fmt.Fprintf(&sb, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="8" viewBox="0 0 %[1]g 8"><path d="M0 6`, w)
		for i, px := 0, float32(7); px < w; i, px = i+1, px+7 {
			fmt.Fprintf(&sb, " L%g %d", px, 1+(i%2)*5)
		}
		fmt.Fprintf(&sb, `" fill="none" stroke="%s" stroke-width="1.5" stroke-linejoin="round"/></svg>`, svgColor(c))
		return sb.String()
	})
}

const tornHeight = 8
