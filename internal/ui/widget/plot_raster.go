package widget

import (
	"image"
	"image/color"
	"slices"

	"tcptalk/internal/ui/theme"
)

// Ink names a colour of the palette, for what is drawn long before it is known which palette is on.
type Ink uint8

// The inks.
const (
	InkText Ink = iota
	InkClient
	InkServer
	InkOK
	InkWarn
	InkFail
	InkInfo
	InkDim
	InkAccent
)

// Color returns the ink's colour in a palette.
func (k Ink) Color(p *theme.Palette) color.Color {
	switch k {
	case InkClient:
		return p.Client
	case InkServer:
		return p.Server
	case InkOK:
		return p.OK
	case InkWarn:
		return p.Warn
	case InkFail:
		return p.Fail
	case InkInfo:
		return p.Info
	case InkDim:
		return p.Text3
	case InkAccent:
		return p.Accent
	default:
		return p.Text
	}
}

// raster draws series into a picture. A million entries end up in some thousand pixels: every entry costs a few nanoseconds, and
// nothing is allocated.
type raster struct {
	img  *image.NRGBA
	plot *Plot
	dot  int // the width of a thin line
	ink  color.NRGBA
}

// at returns the pixel of a time and a value; far outside it stays near enough to count with.
func (r *raster) at(t int64, v float64) (x, y int) {
	const far = 1 << 20
	p, b := r.plot, r.img.Rect
	fx := float64(t-p.x0) / float64(p.x1-p.x0) * float64(b.Max.X-1)
	fy := (1 - (v-p.y0)/(p.y1-p.y0)) * float64(b.Max.Y-1)
	return int(min(max(fx, -far), far)), int(min(max(fy, -far), far))
}

func (r *raster) series(s *Series, pal *theme.Palette) {
	red, green, blue, _ := s.Ink.Color(pal).RGBA()
	r.ink = color.NRGBA{uint8(red >> 8), uint8(green >> 8), uint8(blue >> 8), 255}
	width := r.dot
	if s.Thick {
		width = 2 * r.dot
	}
	first := s.firstIn(r.plot.x0)
	joined := s.Kind == Steps || s.Kind == Lines
	if joined {
		first = max(first-1, 0)
	}
	var last entryPixels
	for i := first; i < s.Len; i++ {
		t, lo, hi, _ := s.Entry(i)
		x, y := r.at(t, hi)
		now := entryPixels{x, y, y}
		if s.Kind == Bars {
			_, now.low = r.at(t, lo)
		}
		if i == first || now != last {
			r.entry(s.Kind, width, now, last, i == first)
		}
		last = now
		if t > r.plot.x1 {
			return
		}
	}
	if s.Kind == Steps && s.Len > first {
		r.rect(last.x, last.y-width+1, r.img.Rect.Max.X, last.y)
	}
}

// foundHeight is how far a mark of what was found reaches down from the top, in dots.
const foundHeight = 6

// marks draws a wedge at the top for every time: many that fall on the same pixel cost one.
func (r *raster) marks(times []int64, pal *theme.Palette) {
	red, green, blue, _ := pal.Accent.RGBA()
	r.ink = color.NRGBA{uint8(red >> 8), uint8(green >> 8), uint8(blue >> 8), 255}
	first, _ := slices.BinarySearch(times, r.plot.x0)
	last := -1
	for _, t := range times[first:] {
		if t > r.plot.x1 {
			return
		}
		x, _ := r.at(t, r.plot.y0)
		if x == last {
			continue
		}
		last = x
		for row := range foundHeight * r.dot {
			half := (foundHeight*r.dot - row) / 2
			r.rect(x-half, row, x+half, row)
		}
	}
}

// entryPixels is where an entry is drawn; low is the lower end of a bar.
type entryPixels struct{ x, y, low int }

// entry draws one entry; last is the one before, if it is not the first.
func (r *raster) entry(kind SeriesKind, width int, now, last entryPixels, first bool) {
	switch kind {
	case Dots:
		r.rect(now.x-width, now.y-width, now.x+width, now.y+width)
	case Bars:
		r.rect(now.x-width+1, now.y, now.x+width-1, now.low)
		if now.low-now.y > 4*r.dot {
			r.rect(now.x-2*width, now.y, now.x+2*width, now.y)
			r.rect(now.x-2*width, now.low, now.x+2*width, now.low)
		}
	case Steps:
		if !first {
			r.rect(last.x, last.y-width+1, now.x, last.y)
			r.rect(now.x, min(now.y, last.y), now.x+width-1, max(now.y, last.y))
		}
	case Lines:
		if !first {
			r.line(last.x, last.y, now.x, now.y, width)
		}
	}
}

// rect fills the pixels from (x0,y0) to (x1,y1), both included.
func (r *raster) rect(x0, y0, x1, y1 int) {
	b := r.img.Rect
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, b.Max.X-1), min(y1, b.Max.Y-1)
	for y := y0; y <= y1; y++ {
		row := r.img.Pix[y*r.img.Stride:]
		for x := x0; x <= x1; x++ {
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = r.ink.R, r.ink.G, r.ink.B, 255
		}
	}
}

// line draws a straight line.
func (r *raster) line(x0, y0, x1, y1, width int) {
	b := r.img.Rect
	if max(x0, x1) < 0 || min(x0, x1) > b.Max.X || max(y0, y1) < 0 || min(y0, y1) > b.Max.Y {
		return
	}
	dx, dy := x1-x0, y1-y0
	n := max(abs(dx), abs(dy))
	if n == 0 {
		r.rect(x0, y0, x0+width-1, y0+width-1)
		return
	}
	// Of a line that begins far outside only what is near the picture is walked along.
	from, to := span(y0, dy, b.Max.Y, n)
	if abs(dx) == n {
		from, to = span(x0, dx, b.Max.X, n)
	}
	for i := from; i <= to; i++ {
		x, y := x0+dx*i/n, y0+dy*i/n
		r.rect(x, y, x+width-1, y+width-1)
	}
}

// span returns which of n steps from at, of sign d, lie in [0, size].
func span(at, d, size, n int) (from, to int) {
	if d > 0 {
		return max(0, -at), min(n, size-at)
	}
	return max(0, at-size), min(n, at)
}

func abs(v int) int { return max(v, -v) }
