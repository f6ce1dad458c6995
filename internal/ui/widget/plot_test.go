package widget

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"io"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

// stairs are n entries, a microsecond apart, each one higher than the one before.
func stairs(kind SeriesKind, n int) Series {
	return Series{Kind: kind, Len: n, Entry: func(i int) (int64, float64, float64, int) {
		return int64(i) * 1000, float64(i), float64(i + 1), i
	}}
}

// plotted shows a plot of n entries in a window of 1000 by 600.
func plotted(t testing.TB, s ...Series) *Plot {
	t.Helper()
	fa := test.NewTempApp(t)
	fa.Settings().SetTheme(theme.New(theme.DarkMode))
	p := NewPlot()
	w := fa.NewWindow("")
	w.SetContent(p)
	w.Resize(fyne.NewSize(1000, 600))
	p.SetSeries(s, 0, int64(s[0].Len-1)*1000, true, false)
	return p
}

func TestPlotZooms(t *testing.T) {
	p := plotted(t, stairs(Dots, 1001))
	is := func(what string, from, to int64) {
		t.Helper()
		if x0, x1 := p.Span(); x0 != from || x1 != to {
			t.Errorf("%s: %d to %d is in view, want %d to %d", what, x0, x1, from, to)
		}
	}
	is("at first", 0, 1_000_000)
	x, _, w, _ := p.area()
	p.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+w/2, 100)}, Dragged: fyne.Delta{DX: w / 4}})
	p.DragEnd()
	is("the second quarter", 250_000, 500_000)
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	is("half a page on", 375_000, 625_000)
	p.Mark(0, true)
	if x0, x1 := p.Span(); x0 != 0 || x1 > 260_000 {
		t.Errorf("the marked packet is not in view: %d to %d", x0, x1)
	}
	p.DoubleTapped(nil)
	is("a double click", 0, 1_000_000)
	p.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 100)}, Scrolled: fyne.Delta{DY: 16}})
	is("the wheel at the left end", 0, 800_000)
	for range 200 {
		p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPlus})
	}
	if x0, x1 := p.Span(); x1-x0 != leastSpan {
		t.Errorf("%d to %d after 200 times closer", x0, x1)
	}
	for range 200 {
		p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyMinus})
	}
	is("after 200 times further", 0, 1_000_000)
}

func TestPlotFindsPackets(t *testing.T) {
	p := plotted(t, stairs(Dots, 101))
	x, y := p.place(40_000, 41)
	picked := -1
	p.OnPick = func(packet int) { picked = packet }
	p.Overlay = NewOverlay()
	p.Describe = func(packet int) string { return "it is " + string(rune('A'+packet)) }
	p.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+2, y-2)}})
	if p.near.packet != 40 || p.Overlay.hint != "it is i" {
		t.Errorf("under the pointer is %d, the hint says %q", p.near.packet, p.Overlay.hint)
	}
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x+2, y-2)})
	if picked != 40 {
		t.Errorf("picked %d", picked)
	}
	picked = -1
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x+60, y+60)})
	p.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+60, y+60)}})
	if picked != -1 || p.near.packet != -1 || p.Overlay.hint != "" {
		t.Errorf("where nothing is: picked %d, near %d, hint %q", picked, p.near.packet, p.Overlay.hint)
	}
}

// inked counts the pixels of the picture that are drawn on.
func inked(p *Plot) int {
	n := 0
	for i, a := range p.image.Image.(*image.NRGBA).Pix {
		if i%4 == 3 && a != 0 {
			n++
		}
	}
	return n
}

func TestPlotDraws(t *testing.T) {
	for kind, least := range map[SeriesKind]int{Dots: 900, Bars: 400, Steps: 1400, Lines: 900} {
		p := plotted(t, stairs(kind, 101))
		if n := inked(p); n < least {
			t.Errorf("kind %d: %d pixels are drawn, want at least %d", kind, n, least)
		}
		p.ShowSpan(50_000, 51_000) // the line passes through, its ends lie outside
		if n := inked(p); n == 0 {
			t.Errorf("kind %d: nothing is drawn of one entry", kind)
		}
	}
	p := plotted(t, Series{Kind: Lines, Entry: func(int) (int64, float64, float64, int) { return 0, 0, 0, 0 }})
	if inked(p) != 0 {
		t.Error("nothing draws something")
	}
}

func TestPlotAsSVG(t *testing.T) {
	p := plotted(t, stairs(Bars, 101), stairs(Steps, 101), stairs(Lines, 101), stairs(Dots, 101))
	p.XText = func(ns, _ int64) string { return "t<" }
	p.YText = func(float64) string { return "v" }
	var b bytes.Buffer
	if err := p.WriteSVG(&b, "a & b"); err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	for d := xml.NewDecoder(&b); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			names[e.Name.Local]++
		case xml.CharData:
			if text := strings.TrimSpace(string(e)); text != "" {
				names[text]++
			}
		}
	}
	if names["svg"] != 1 || names["path"] < 4 || names["a & b"] != 1 || names["t<"] == 0 || names["v"] == 0 {
		t.Errorf("%v", names)
	}
}

func TestNiceSteps(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, .7: 1, 1: 1, 1.1: 2, 3: 5, 7: 10, 1234: 2000, .03: .05} {
		if got := niceStep(v); got < want*.999 || got > want*1.001 {
			t.Errorf("niceStep(%g) = %g, want %g", v, got, want)
		}
	}
}

// BenchmarkPlot1M draws a million entries of each kind of the sequence graph: budget 50 ms.
func BenchmarkPlot1M(b *testing.B) {
	p := plotted(b, stairs(Steps, 1_000_000), stairs(Bars, 1_000_000))
	b.ReportAllocs()
	for b.Loop() {
		p.drawn = picture{}
		p.redraw()
	}
}

// What was searched for is drawn into the picture, so that a million marks cost no object.
func TestPlotMarksWhatWasFound(t *testing.T) {
	p := plotted(t, stairs(Dots, 1001))
	accent := color.NRGBAModel.Convert(theme.Dark().Accent).(color.NRGBA)
	inked := func() (n int) {
		img := p.image.Image.(*image.NRGBA)
		for x := range img.Rect.Dx() {
			if c := img.NRGBAAt(x, 0); c.R == accent.R && c.G == accent.G && c.B == accent.B && c.A > 0 {
				n++
			}
		}
		return n
	}
	if inked() != 0 {
		t.Fatal("there are marks already")
	}
	p.SetFound([]int64{500_000, 100_000})
	two := inked()
	p.ShowSpan(400_000, 600_000)
	if one := inked(); two == 0 || one*2 != two {
		t.Errorf("%d pixels for two marks, %d for one", two, one)
	}
}
