package widget

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/assets"
	"tcptalk/internal/ui/theme"
)

// SearchBox is a field for searching or filtering: Fyne's Entry with an icon, and at its end the shortcut that leads here or,
// once there is text, a cross that clears it. OnChanged and OnSubmitted are those of Entry.
type SearchBox struct {
	fynewidget.Entry
	// OnEscape is called when Escape is pressed in an empty field; with text, Escape clears it.
	OnEscape func()
	// OnKey, if set, is asked first what to do with a key; true says that it was used.
	OnKey func(e *fyne.KeyEvent) bool
	// OnFocus, if set, is told that the keyboard came or went. TakesTab, if set, says that OnKey wants the Tab key.
	OnFocus  func(focused bool)
	TakesTab func() bool
	end      *searchEnd
}

// NewSearchBox returns an empty search box.
func NewSearchBox(placeholder, shortcut string) *SearchBox {
	s := &SearchBox{}
	s.PlaceHolder = placeholder
	s.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	s.Icon = ThemedIcon("search")
	s.end = newSearchEnd(shortcut, func() { s.SetText(""); s.focus() })
	s.end.filled = func() bool { return s.Text != "" }
	s.ActionItem = s.end
	s.ExtendBaseWidget(s)
	return s
}

// themedIcon is an icon in the colour of hints, whichever theme is on when it is drawn.
type themedIcon struct{ name string }

// ThemedIcon returns an icon for Fyne's own widgets, in the colour of hints.
func ThemedIcon(name string) fyne.Resource { return themedIcon{name} }

// Name differs with the colour, because Fyne keeps pictures by name.
func (t themedIcon) Name() string { return t.name + svgColor(theme.For(nil).Text3) + ".svg" }

// Content returns the SVG.
func (t themedIcon) Content() []byte {
	return []byte(strings.ReplaceAll(assets.Icon(t.name), "currentColor", svgColor(theme.For(nil).Text3)))
}

func (s *SearchBox) focus() {
	if c := canvasOf(s); c != nil {
		c.Focus(s)
	}
}

// Focus gives the box the keyboard and selects its text.
func (s *SearchBox) Focus() {
	s.focus()
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// FocusGained is Fyne's.
func (s *SearchBox) FocusGained() {
	s.Entry.FocusGained()
	if s.OnFocus != nil {
		s.OnFocus(true)
	}
}

// FocusLost is Fyne's.
func (s *SearchBox) FocusLost() {
	s.Entry.FocusLost()
	if s.OnFocus != nil {
		s.OnFocus(false)
	}
}

// AcceptsTab is Fyne's.
func (s *SearchBox) AcceptsTab() bool { return s.TakesTab != nil && s.TakesTab() }

// CursorByte is the place of the cursor, in bytes.
func (s *SearchBox) CursorByte() int {
	n := 0
	for i := range s.Text {
		if n == s.CursorColumn {
			return i
		}
		n++
	}
	return len(s.Text)
}

// Replace puts text in place of the bytes from from to to, and the cursor behind it.
func (s *SearchBox) Replace(from, to int, text string) {
	whole := s.Text[:from] + text
	s.CursorRow, s.CursorColumn = 0, utf8.RuneCountInString(whole)
	s.SetText(whole + s.Text[to:])
	s.CursorColumn = utf8.RuneCountInString(whole)
	s.Refresh()
}

// TypedKey adds Escape to Entry's keys.
func (s *SearchBox) TypedKey(e *fyne.KeyEvent) {
	switch {
	case s.OnKey != nil && s.OnKey(e):
	case e.Name == fyne.KeyEscape && s.Text != "":
		s.SetText("")
	case e.Name == fyne.KeyEscape && s.OnEscape != nil:
		s.OnEscape()
	case functionKey(e.Name):
		passKey(s, e)
	default:
		s.Entry.TypedKey(e)
	}
}

// TypedShortcut passes the window's shortcuts on; Entry keeps those for editing and for going by words.
func (s *SearchBox) TypedShortcut(sc fyne.Shortcut) {
	if c, ok := sc.(*desktop.CustomShortcut); ok && !editing(c.KeyName) {
		passShortcut(s, sc)
		return
	}
	s.Entry.TypedShortcut(sc)
}

// Refresh is Fyne's.
func (s *SearchBox) Refresh() {
	s.Entry.Refresh()
	if s.end != nil {
		s.end.redraw()
	}
}

// searchEnd is what stands at the end of a search box.
type searchEnd struct {
	surface
	shortcut string
	onClear  func()
	filled   func() bool
}

func newSearchEnd(shortcut string, tapped func()) *searchEnd {
	e := &searchEnd{shortcut: shortcut, onClear: tapped, filled: func() bool { return false }}
	e.setup(e, e.paint, func() fyne.Size {
		return fyne.NewSize(max(ceil(e.pen.Width(shortcut, theme.Tiny))+20, 32), 20)
	})
	return e
}

// Tapped clears the field.
func (e *searchEnd) Tapped(*fyne.PointEvent) {
	if e.filled() {
		e.onClear()
	}
}

func (e *searchEnd) paint(p *Pen, w, h float32) {
	const icon = 12
	if e.filled() {
		p.Icon(w-icon-10, round((h-icon)/2), icon, "x", p.P.Text2)
		return
	}
	p.T(0, 0, w-10, h, e.shortcut, theme.Tiny, p.P.Text3, Right)
}
