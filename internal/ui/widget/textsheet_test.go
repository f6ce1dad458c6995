package widget

import (
	"image"
	"strconv"
	"testing"

	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

// table is a list of rows with a rectangle and three texts each.
func table(t testing.TB, rows int, oneSheet bool, value *string) (*List, func() image.Image) {
	t.Helper()
	l := NewList(20)
	if oneSheet {
		l.OneSheet()
	}
	l.Count = func() int { return rows }
	l.Draw = func(p *Pen, i int, w float32, _ RowState) {
		p.Rect(4, 4, 10, 10, p.P.OK, 2)
		p.T(20, 0, 100, 20, "row "+strconv.Itoa(i), theme.SmallStrong, p.P.Text, Left)
		p.T(120, 0, 60, 20, *value, theme.Tiny, p.P.Text2, Right)
		p.T(200, 0, 60, 20, "0x1234", theme.MonoTiny, p.P.Text3, Right)
	}
	win := show(t, l, theme.DarkMode, 300, 20*float32(rows))
	return l, win.Canvas().Capture
}

// difference is the greatest difference of a colour of two pictures of one size.
func difference(a, b image.Image) (most int) {
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for _, d := range [3]int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
				most = max(most, d>>8, -d>>8)
			}
		}
	}
	return most
}

func TestASheetLooksLikeItsTexts(t *testing.T) {
	value := "value, ﬁ, 值"
	apart, picture := table(t, 12, false, &value)
	want, texts := picture(), lint.Texts(apart)
	sheet, picture := table(t, 12, true, &value)
	got := picture()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v, want %v", got.Bounds(), want.Bounds())
	}
	const rounding = 3 // texts that are laid over nothing first
	if d := difference(got, want); d > rounding {
		t.Errorf("colours differ by %d", d)
	}
	if shown := lint.Texts(sheet); len(shown) != len(texts) || shown[4] != texts[4] {
		t.Errorf("the sheet shows %q, its texts are %q", shown, texts)
	}
	if n := lint.Count(sheet); n != 12+1 {
		t.Errorf("%d objects for twelve rectangles and a sheet", n)
	}
}

func TestASheetIsInkedAgainOnlyWhenItChanges(t *testing.T) {
	value := "before"
	l, picture := table(t, 3, true, &value)
	before := picture()
	inked := l.content.sheet.drawn
	l.over(1)
	if picture(); l.content.sheet.drawn != inked {
		t.Error("inked again for a row under the pointer")
	}
	l.over(-1)
	value = "after"
	l.Refresh()
	if d := difference(before, picture()); d == 0 {
		t.Error("shows what was there before")
	}
}

func TestASheetKeepsToTheSizeItIsAskedFor(t *testing.T) {
	value := "value"
	l, picture := table(t, 3, true, &value)
	picture()
	for _, size := range []image.Point{{301, 63}, {450, 91}, {600, 120}, {1, 1}} {
		if got := l.content.sheet.image(size.X, size.Y).Bounds().Size(); got != size {
			t.Errorf("asked for %v, got %v", size, got)
		}
	}
}

// A row that changes costs its own texts only.
func BenchmarkTextSheetOfWhichOneTextChanges(b *testing.B) {
	value := "value"
	l, picture := table(b, 40, true, &value)
	picture()
	s := l.content.sheet
	w, h := int(s.Size().Width), int(s.Size().Height)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.texts[0].Text = strconv.Itoa(i)
		s.image(w, h)
	}
}

func BenchmarkTextSheet(b *testing.B) {
	value := "value"
	l, picture := table(b, 40, true, &value)
	picture()
	s := l.content.sheet
	w, h := int(s.Size().Width), int(s.Size().Height)
	b.ReportAllocs()
	for b.Loop() {
		s.drawn, s.runs = nil, nil
		s.image(w, h)
	}
}
