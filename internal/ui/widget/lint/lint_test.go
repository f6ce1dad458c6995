package lint

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

func text(s string, x, y float32, c color.Color) *canvas.Text {
	t := canvas.NewText(s, c)
	t.Move(fyne.NewPos(x, y))
	t.Resize(t.MinSize())
	return t
}

func page(objects ...fyne.CanvasObject) *fyne.Container {
	c := container.NewWithoutLayout(objects...)
	c.Resize(fyne.NewSize(300, 200))
	return c
}

func TestCheckFindsEachFault(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	p := theme.Dark()
	dark := canvas.NewRectangle(p.Text)
	dark.Resize(fyne.NewSize(300, 200))
	for _, c := range []struct {
		name string
		o    fyne.CanvasObject
		want string
	}{
		{"nothing wrong", page(text("one", 10, 10, p.Text), text("two", 10, 40, p.Text)), ""},
		{"overlap", page(text("one", 10, 10, p.Text), text("two", 14, 12, p.Text)), "overlaps"},
		{"outside", page(text("a rather long line", 250, 10, p.Text)), "leaves its window"},
		{"cut", page(text("some…", 10, 10, p.Text)), "is cut"},
		{"pale", page(text("pale", 10, 10, p.Line)), "contrast"},
		{"pale on a rectangle", page(dark, text("pale", 10, 10, p.Text)), "contrast"},
	} {
		faults := strings.Join(Check(c.o, Options{}), "\n")
		if c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
			t.Errorf("%s: %q", c.name, faults)
		}
	}
	if f := Check(page(text("Open…", 10, 10, p.Text)), Options{Whole: []string{"Open…"}}); len(f) > 0 {
		t.Errorf("a text with an ellipsis of its own: %q", f)
	}
}

func TestCheckLeavesOutWhatIsScrolledAway(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	clip := container.NewClip(page(text("far below", 10, 900, theme.Dark().Line)))
	clip.Resize(fyne.NewSize(300, 200))
	if f := Check(clip, Options{}); len(f) > 0 {
		t.Errorf("%q", f)
	}
	rows := container.NewClip(page(text("half a row", 10, 95, theme.Dark().Text)))
	rows.Resize(fyne.NewSize(300, 103))
	if f := Check(page(rows, text("below the rows", 10, 105, theme.Dark().Text)), Options{}); len(f) > 0 {
		t.Errorf("half a row at the edge of its clip: %q", f)
	}
	if n := Count(clip); n != 1 || Texts(clip)[0] != "far below" {
		t.Errorf("%d objects, %q", n, Texts(clip))
	}
}

func TestMarkupSaysWhatIsDrawn(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	p := theme.Dark()
	rect := canvas.NewRectangle(p.WarnFill)
	rect.StrokeColor, rect.StrokeWidth, rect.CornerRadius = color.NRGBA{1, 2, 3, 4}, 1.5, 6
	rect.Move(fyne.NewPos(3, 4.25))
	rect.Resize(fyne.NewSize(100, 20))
	line := canvas.NewLine(p.Line)
	line.Position1, line.Position2 = fyne.NewPos(1, 2), fyne.NewPos(30, 40)
	hidden := text("hidden", 0, 0, p.Text)
	hidden.Hide()
	words := text("one", 10, 10, p.Text)
	words.TextStyle.Bold, words.TextSize = true, 11
	words.Resize(fyne.NewSize(20, 15))
	inner := page(words)
	inner.Move(fyne.NewPos(5, 5))
	want := "rect 3,4.2 100×20 WarnFill stroke #01020304 1.5 corners 6\nline 1,2 to 30,40 stroke Line 1\ntext 15,15 20×15 11 bold Text \"one\"\n"
	if got := Markup(page(rect, line, hidden, inner)); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

func TestTheFirstDifferenceOfAGoldenIsShown(t *testing.T) {
	for _, c := range [][2]string{{"a\nb\n", "a\nc\n"}, {"a\n", "a\nb\n"}, {"a\nb\n", "a\n"}, {"", "x\n"}} {
		if d := difference(c[0], c[1]); !strings.Contains(d, "from line") {
			t.Errorf("%q, %q: %s", c[0], c[1], d)
		}
	}
	if d := difference("a\nb\n", "a\nc\n"); !strings.Contains(d, "from line 2 on it should draw\nb\n\nbut draws\nc\n") {
		t.Error(d)
	}
}
