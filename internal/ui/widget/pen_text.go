package widget

import (
	"image/color"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/ui/theme"
)

// Width returns how wide s is in a face.
func (p *Pen) Width(s string, f theme.Face) float32 { return p.cache.Width(s, f) }

// T draws one line of text in the box (x,y,w,h): centred in its height, aligned in its width, and shortened with an ellipsis
// where it is wider. With w <= 0 it is as wide as it needs. It returns the width drawn.
func (p *Pen) T(x, y, w, h float32, s string, f theme.Face, c color.Color, align fyne.TextAlign) float32 {
	if s = drawable(s); s == "" {
		return 0
	}
	if w > 0 {
		s = p.cache.Fit(s, w, f)
	}
	tw := p.cache.Width(s, f)
	switch align {
	case Center:
		x += (w - tw) / 2
	case Right:
		x += w - tw
	}
	th := p.cache.metrics(f).height
	o := p.text()
	o.Text, o.TextSize, o.Color, o.TextStyle, o.Alignment = s, f.Size, c, f.Style(), Left
	x, y = round(x), round(y+(h-th)/2)
	if p.sheet == nil {
		p.Object(o, x, y, tw, th)
		return tw
	}
	o.Move(fyne.NewPos(x+p.ox, y+p.oy))
	o.Resize(fyne.NewSize(tw, th))
	p.sheet.texts = append(p.sheet.texts, o)
	return tw
}

// maxText is the most bytes of one line that are looked at; no window is wide enough for more.
const maxText = 2048

// drawable returns s as one line: control characters become dots, and what no window can show is left out.
func drawable(s string) string {
	if len(s) > maxText {
		cut := maxText
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '·'
		}
		return r
	}, s)
}

func (p *Pen) text() *canvas.Text {
	if p.used.texts == len(p.texts) {
		p.texts = append(p.texts, &canvas.Text{})
	}
	p.used.texts++
	return p.texts[p.used.texts-1]
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }

// Wrap breaks s into lines of at most w pixels, at most maxLines of them.
func (p *Pen) Wrap(s string, w float32, f theme.Face, maxLines int) []string {
	return p.cache.Wrap(s, w, f, maxLines)
}

// Para draws wrapped text from (x,y), lh pixels a line, at most maxLines lines (0: all), and returns the y below it.
func (p *Pen) Para(x, y, w, lh float32, s string, f theme.Face, c color.Color, maxLines int) float32 {
	for _, line := range p.cache.Wrap(s, w, f, maxLines) {
		p.T(x, y, w, lh, line, f, c, Left)
		y += lh
	}
	return y
}
