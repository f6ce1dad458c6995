package theme

import (
	"image/color"
	"math"
)

// The least contrast ratios of WCAG 2.1: for text, and for what is not text (borders, marks).
const (
	MinTextContrast = 4.5
	MinMarkContrast = 3
)

// Contrast returns the WCAG 2.1 contrast ratio of two opaque colours, from 1 to 21.
func Contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + .05) / (y + .05)
}

// Over returns front, with its transparency, laid over an opaque back.
func Over(back, front color.Color) color.NRGBA {
	b, f := nrgba(back), nrgba(front)
	mix := func(x, y uint8) uint8 {
		a := float64(f.A) / 255
		return uint8(math.Round(float64(x)*(1-a) + float64(y)*a))
	}
	return color.NRGBA{R: mix(b.R, f.R), G: mix(b.G, f.G), B: mix(b.B, f.B), A: 255}
}

func nrgba(c color.Color) color.NRGBA {
	if n, ok := c.(color.NRGBA); ok {
		return n
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

func luminance(c color.Color) float64 {
	n := nrgba(c)
	lin := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= .04045 {
			return x / 12.92
		}
		return math.Pow((x+.055)/1.055, 2.4)
	}
	return .2126*lin(n.R) + .7152*lin(n.G) + .0722*lin(n.B)
}

// Pair is a foreground on a background with the contrast ratio it must reach.
type Pair struct {
	Name   string
	Fg, Bg color.Color
	Min    float64
}

// named is a colour with the name it has in a Pair.
type named struct {
	name string
	c    color.Color
}

// Pairs lists every combination of colours that the program draws text or marks with.
func (p *Palette) Pairs() []Pair {
	var out []Pair
	add := func(least float64, fgs, bgs []named) {
		for _, f := range fgs {
			for _, b := range bgs {
				out = append(out, Pair{f.name + " on " + b.name, f.c, b.c, least})
			}
		}
	}
	surfaces := []named{
		{"rail", p.Rail},
		{"bg", p.Bg},
		{"card", p.Card},
		{"raised", p.Raised},
		{"inset", p.Inset},
		{"payload", p.Payload},
		{"client fill", p.ClientFill},
		{"server fill", p.ServerFill},
		{"selected", p.Selected},
		{"hover", p.Hover},
	}
	severe := []named{{"ok fill", p.OKFill}, {"warn fill", p.WarnFill}, {"fail fill", p.FailFill}, {"info fill", p.InfoFill}}
	words := []named{{"text", p.Text}, {"text2", p.Text2}, {"accent", p.Accent}}
	add(MinTextContrast, append(words, named{"text3", p.Text3}), surfaces)
	add(MinTextContrast, words, severe)
	flat := []named{{"rail", p.Rail}, {"bg", p.Bg}, {"card", p.Card}}
	hues := []named{{"client", p.Client}, {"server", p.Server}, {"ok", p.OK}, {"warn", p.Warn}, {"fail", p.Fail}, {"info", p.Info}}
	add(MinTextContrast, hues, flat)
	add(MinTextContrast, []named{{"text on wash", p.Text}}, []named{{"card", Over(p.Card, p.AccentWash)}, {"inset", Over(p.Inset, p.AccentWash)}})
	options := []named{{"option fill", p.OptionFill}, {"option fill under the wash", Over(p.OptionFill, p.AccentWash)}}
	add(MinTextContrast, []named{{"text", p.Text}}, options)
	add(MinTextContrast, []named{{"ok", p.OK}, {"text3", p.Text3}}, options[:1])
	add(MinMarkContrast, []named{{"control", p.Control}}, []named{{"card", p.Card}, {"inset", p.Inset}, {"bg", p.Bg}, {"rail", p.Rail}})
	add(MinMarkContrast, []named{{"focus", p.Focus}, {"client", p.Client}, {"server", p.Server}}, []named{{"card", p.Card}, {"bg", p.Bg}, {"inset", p.Inset}})
	for _, own := range [...]struct{ fg, bg named }{
		{named{"on accent", p.OnAccent}, named{"accent fill", p.AccentFill}},
		{named{"client", p.Client}, named{"client fill", p.ClientFill}},
		{named{"server", p.Server}, named{"server fill", p.ServerFill}},
		{named{"ok", p.OK}, named{"ok fill", p.OKFill}},
		{named{"warn", p.Warn}, named{"warn fill", p.WarnFill}},
		{named{"fail", p.Fail}, named{"fail fill", p.FailFill}},
		{named{"info", p.Info}, named{"info fill", p.InfoFill}},
		{named{"SYN", p.SYN}, named{"its chip", p.SYNFill}},
		{named{"ACK", p.ACK}, named{"its chip", p.ACKFill}},
		{named{"PSH", p.PSH}, named{"its chip", p.PSHFill}},
		{named{"FIN", p.FIN}, named{"its chip", p.FINFill}},
		{named{"RST", p.RST}, named{"its chip", p.RSTFill}},
		{named{"URG", p.URG}, named{"its chip", p.URGFill}},
	} {
		add(MinTextContrast, []named{own.fg}, []named{own.bg})
	}
	return out
}
