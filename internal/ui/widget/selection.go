package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"
)

// fyneSelection is what lies over the text of Fyne's selectable label and selects it.
type fyneSelection interface {
	fyne.Widget
	fyne.Focusable
	fyne.Shortcutable
	fyne.Draggable
	fyne.DoubleTappable
	desktop.Mouseable
	desktop.Cursorable
	SelectedText() string
}

// selection stands in Fyne's place: Fyne's own swallows every key, so that a click into a text would leave the window without
// its keys. Fyne's lies in no window and so cannot take the focus itself.
type selection struct {
	fyneSelection
	marks fyne.WidgetRenderer
	// copied makes of what is selected what is copied.
	copied func(string) string
}

var (
	_ fyne.Focusable         = (*selection)(nil)
	_ fyne.SecondaryTappable = (*selection)(nil)
)

func newSelection(f fyneSelection, copied func(string) string) *selection {
	return &selection{f, f.CreateRenderer(), copied}
}

// copySelected puts what is selected on the clipboard.
func (s *selection) copySelected() {
	fyne.CurrentApp().Clipboard().SetContent(s.copied(s.SelectedText()))
}

// CreateRenderer is Fyne's.
func (s *selection) CreateRenderer() fyne.WidgetRenderer { return s.marks }

// Refresh is Fyne's.
func (s *selection) Refresh() {
	s.marks.Refresh()
	canvas.Refresh(s)
}

// FocusGained is Fyne's.
func (s *selection) FocusGained() {
	s.fyneSelection.FocusGained()
	s.Refresh()
}

// FocusLost is Fyne's.
func (s *selection) FocusLost() {
	s.fyneSelection.FocusLost()
	s.Refresh()
}

// MouseDown takes the focus and ends the selection.
func (s *selection) MouseDown(e *desktop.MouseEvent) {
	s.fyneSelection.MouseDown(e)
	focusOn(s)
	s.Refresh()
}

// MouseUp is Fyne's.
func (s *selection) MouseUp(e *desktop.MouseEvent) {
	s.fyneSelection.MouseUp(e)
	s.Refresh()
}

// DoubleTapped selects a word.
func (s *selection) DoubleTapped(e *fyne.PointEvent) {
	s.fyneSelection.DoubleTapped(e)
	focusOn(s)
	s.Refresh()
}

// Dragged selects.
func (s *selection) Dragged(e *fyne.DragEvent) {
	s.fyneSelection.Dragged(e)
	s.Refresh()
}

// DragEnd is Fyne's.
func (s *selection) DragEnd() {
	s.fyneSelection.DragEnd()
	s.Refresh()
}

// TappedSecondary offers to copy what is selected.
func (s *selection) TappedSecondary(e *fyne.PointEvent) {
	if c := canvasOf(s); c != nil {
		copyText := fyne.NewMenuItem(lang.L("Copy"), s.copySelected)
		fynewidget.ShowPopUpMenuAtPosition(fyne.NewMenu("", copyText), c, e.AbsolutePosition)
	}
}

// TypedKey passes keys on.
func (s *selection) TypedKey(e *fyne.KeyEvent) { passKey(s, e) }

// TypedRune passes characters on.
func (s *selection) TypedRune(r rune) { passRune(s, r) }

// TypedShortcut copies what is selected and passes other shortcuts on.
func (s *selection) TypedShortcut(sc fyne.Shortcut) {
	if _, ok := sc.(*fyne.ShortcutCopy); ok && s.SelectedText() != "" {
		s.copySelected()
		return
	}
	passShortcut(s, sc)
}
