package widget

import (
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
