package theme

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

func TestContrastOfEveryPair(t *testing.T) {
	for _, p := range []*Palette{Dark(), Light()} {
		for _, q := range p.Pairs() {
			if got := Contrast(q.Fg, q.Bg); got < q.Min {
				t.Errorf("dark=%v: %s has %.2f, needs %.1f", p.Dark, q.Name, got, q.Min)
			}
		}
	}
}

func TestContrastOfKnownColours(t *testing.T) {
	for _, c := range []struct {
		a, b uint32
		want float64
	}{{0x000000, 0xFFFFFF, 21}, {0x777777, 0xFFFFFF, 4.48}, {0x123456, 0x123456, 1}} {
		if got := Contrast(rgb(c.a), rgb(c.b)); got < c.want-.01 || got > c.want+.01 {
			t.Errorf("contrast of %06X and %06X is %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestPaletteFollowsModeAndSystem(t *testing.T) {
	for _, c := range []struct {
		mode   Mode
		system fyne.ThemeVariant
		dark   bool
	}{
		{Auto, theme.VariantDark, true},
		{Auto, theme.VariantLight, false},
		{DarkMode, theme.VariantLight, true},
		{LightMode, theme.VariantDark, false},
	} {
		th := New(c.mode)
		if got := th.Palette(c.system); got.Dark != c.dark {
			t.Errorf("mode %d under system %d: dark=%v", c.mode, c.system, got.Dark)
		}
		want := Light().Bg
		if c.dark {
			want = Dark().Bg
		}
		if got := th.Color(theme.ColorNameBackground, c.system); got != want {
			t.Errorf("mode %d under system %d: background %v", c.mode, c.system, got)
		}
	}
}

func TestForSwitchesWithTheApp(t *testing.T) {
	app := test.NewTempApp(t)
	l := widget.NewLabel("x")
	app.Settings().SetTheme(New(LightMode))
	if For(l).Dark {
		t.Error("light theme, dark palette")
	}
	app.Settings().SetTheme(New(DarkMode))
	if !For(l).Dark {
		t.Error("dark theme, light palette")
	}
}

func TestFyneColoursAreComplete(t *testing.T) {
	for _, p := range []*Palette{Dark(), Light()} {
		for n, c := range fyneColors(p) {
			if c == nil {
				t.Errorf("dark=%v: %s has no colour", p.Dark, n)
			}
		}
	}
}

// A space must be as wide as Noto Sans has it, and a line with Chinese as high as one without.
func TestChineseKeepsTheLine(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(DarkMode))
	for _, f := range []Face{Body, Strong, Mono} {
		latin := fyne.MeasureText("abc", f.Size, f.Style())
		for _, s := range []string{" abc", "中文", "abc 中文", "（中文）"} {
			if got := fyne.MeasureText(s, f.Size, f.Style()).Height; got < latin.Height-.5 || got > latin.Height+.5 {
				t.Errorf("%v: %q is %v high, Latin %v", f, s, got, latin.Height)
			}
		}
	}
	one, two := fyne.MeasureText("0", 12, Mono.Style()).Width, fyne.MeasureText("包", 12, Mono.Style()).Width
	if d := two - 2*one; d < -.1 || d > .1 {
		t.Errorf("a Han character is %v wide in monospace, a digit %v", two, one)
	}
	if got := fyne.MeasureText("a b", 12, Mono.Style()).Width; got < 3*one-.1 || got > 3*one+.1 {
		t.Errorf("\"a b\" is %v wide in monospace, a digit %v", got, one)
	}
}

func TestLineHeights(t *testing.T) {
	for f, want := range map[Face]float32{Tiny: 16, Small: 18, Body: 20, Heading: 22, Title: 24, DialogTitle: 28, Wordmark: 32, Mono: 18} {
		if got := LineHeight(f); got != want {
			t.Errorf("line of %v is %v, want %v", f, got, want)
		}
	}
}
