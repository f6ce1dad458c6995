package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Field is a line to fill in: Fyne's Entry, which hands on the keys and shortcuts that it has no use for.
type Field struct{ fynewidget.Entry }

// NewField returns an empty field with a hint in it.
func NewField(hint string) *Field {
	f := &Field{}
	f.PlaceHolder = hint
	f.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	f.ExtendBaseWidget(f)
	return f
}

// TypedKey hands Esc and the function keys on.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape || functionKey(e.Name) {
		passKey(f, e)
		return
	}
	f.Entry.TypedKey(e)
}

// TypedShortcut passes the window's shortcuts on; Entry keeps those for editing and for going by words.
func (f *Field) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && !editing(c.KeyName) {
		passShortcut(f, s)
		return
	}
	f.Entry.TypedShortcut(s)
}

// functionKey reports one of F1, F2, …
func functionKey(k fyne.KeyName) bool { return len(k) > 1 && k[0] == 'F' && k[1] >= '1' && k[1] <= '9' }

// editing reports a key that edits or goes by words if something is held down with it.
func editing(k fyne.KeyName) bool {
	return k == fyne.KeyLeft || k == fyne.KeyRight || k == fyne.KeyBackspace || k == fyne.KeyDelete
}
