package widget

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

func TestATextCanBeSelectedAndLeavesTheWindowItsKeys(t *testing.T) {
	p := NewParagraph("The client asks to open a connection.", Prose)
	win := show(t, p, theme.DarkMode, 400, 60)
	var keys []fyne.KeyName
	var runes []rune
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { keys = append(keys, e.Name) })
	win.Canvas().SetOnTypedRune(func(r rune) { runes = append(runes, r) })
	s := test.WidgetRenderer(p).Objects()[0].(*selection)
	at := func(x float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(x, 16)} }
	s.MouseDown(&desktop.MouseEvent{PointEvent: at(8), Button: desktop.MouseButtonPrimary})
	s.Dragged(&fyne.DragEvent{PointEvent: at(200), Dragged: fyne.NewDelta(192, 0)})
	s.MouseUp(&desktop.MouseEvent{PointEvent: at(200), Button: desktop.MouseButtonPrimary})
	s.DragEnd()
	if win.Canvas().Focused() != fyne.Focusable(s) || s.SelectedText() == "" || len(s.marks.Objects()) != 1 || !s.marks.Objects()[0].Visible() {
		t.Fatalf("focus on %T, selected %q, %d marks", win.Canvas().Focused(), s.SelectedText(), len(s.marks.Objects()))
	}
	s.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != s.SelectedText() {
		t.Errorf("copied %q, selected %q", got, s.SelectedText())
	}
	win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	win.Canvas().Focused().TypedRune('2')
	if len(keys) != 1 || len(runes) != 1 {
		t.Errorf("the window got the keys %q and characters %q", keys, runes)
	}
	s.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(20, 16)})
	if s.SelectedText() != "The" {
		t.Errorf("a double click selects %q", s.SelectedText())
	}
	if win.Canvas().Unfocus(); s.marks.Objects()[0].Visible() {
		t.Error("the marks stay when the focus goes")
	}
}

func TestAParagraphBreaksChineseBetweenCharacters(t *testing.T) {
	const text = "SYN 的应答用了 20.5 毫秒，客户端的 ACK 只要 33 微秒：抓包点靠近客户端，和服务器一来一回要 20 毫秒。\n记住这个数。"
	p := NewParagraph("", Prose)
	show(t, p, theme.DarkMode, 260, 200)
	p.SetText(text)
	height := p.HeightFor(260)
	lines := strings.Split(p.Label.Text, "\n")
	for i, line := range lines[:len(lines)-2] {
		if w := fyne.MeasureText(line, 13, fyne.TextStyle{}).Width; w > 244 || w < 190 {
			t.Errorf("line %d is %.0f wide: %q", i, w, line)
		}
	}
	if got := p.unbroken(p.Label.Text); got != text {
		t.Errorf("copied as %q", got)
	}
	if got := p.unbroken("只要"); got != "只要" {
		t.Errorf("a part is copied as %q", got)
	}
	if wide := p.HeightFor(900); wide >= height || len(strings.Split(p.Label.Text, "\n")) != 2 {
		t.Errorf("%.0f high when wide, %.0f when narrow: %q", wide, height, p.Label.Text)
	}
	for _, w := range []float32{0, 3, 17, 20} { // the first layout happens at any width
		p.HeightFor(w)
	}
	const plain = "The client asks to open a connection, and the server agrees to it."
	if p.SetText(plain); p.HeightFor(260) <= p.HeightFor(900) || p.Label.Text != plain {
		t.Errorf("Latin is %q", p.Label.Text)
	}
}
