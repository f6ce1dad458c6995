package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// ButtonKind is how much weight a button has.
type ButtonKind uint8

// The kinds of buttons. A page has at most one Primary.
const (
	Plain   ButtonKind = iota // bordered
	Primary                   // filled with the accent
	Tonal                     // a quiet fill
	Quiet                     // words alone
)

// Button is a push button with an optional icon. Without text it is an icon button.
type Button struct {
	control
	// OnTapped is called for a click, Enter and Space.
	OnTapped func()
	// Overlay, if set, shows Hint while the pointer is on the button.
	Overlay *Overlay
	Hint    string
	// Shortcut is shown small at the right of wide buttons.
	Shortcut string

	kind       ButtonKind
	icon, text string
}

var (
	_ fyne.Tappable    = (*Button)(nil)
	_ fyne.Focusable   = (*Button)(nil)
	_ fyne.Disableable = (*Button)(nil)
)

const (
	buttonPad  = 14
	buttonIcon = 16
)

// NewButton returns a button; icon may be "".
func NewButton(kind ButtonKind, icon, text string, tapped func()) *Button {
	b := &Button{kind: kind, icon: icon, text: text, OnTapped: tapped}
	b.setup(b, b.paint, b.least)
	return b
}

// NewIconButton returns a square button of an icon whose meaning hint says.
func NewIconButton(icon, hint string, tapped func()) *Button {
	b := NewButton(Quiet, icon, "", tapped)
	b.Hint = hint
	return b
}

// SetText changes the words, SetIcon the icon, SetKind the weight.
func (b *Button) SetText(s string)        { b.text = s; b.Refresh() }
func (b *Button) SetIcon(name string)     { b.icon = name; b.Refresh() }
func (b *Button) SetKind(kind ButtonKind) { b.kind = kind; b.Refresh() }

// Text returns the words.
func (b *Button) Text() string { return b.text }

func (b *Button) iconRoom() float32 {
	if b.icon == "" {
		return 0
	}
	return buttonIcon + theme.IconGap
}

func (b *Button) least() fyne.Size {
	if b.text == "" {
		return fyne.NewSquareSize(theme.ButtonHeight)
	}
	w := ceil(b.pen.Width(b.text, theme.Strong)) + b.iconRoom() + 2*buttonPad
	if b.Shortcut != "" {
		w += ceil(b.pen.Width(b.Shortcut, theme.Tiny)) + theme.GroupGap
	}
	return fyne.NewSize(w, theme.ButtonHeight)
}

func (b *Button) paint(p *Pen, w, h float32) {
	fg, iconColor, hint := b.face(p, w, h)
	if b.text == "" {
		p.Icon(round((w-buttonIcon)/2), round((h-buttonIcon)/2), buttonIcon, b.icon, iconColor)
		b.ring(p, 0, 0, w, h, theme.RadiusField)
		return
	}
	tw := p.Width(b.text, theme.Strong)
	x := round((w - tw - b.iconRoom()) / 2)
	if b.icon != "" {
		p.Icon(x, round((h-buttonIcon)/2), buttonIcon, b.icon, iconColor)
	}
	x += b.iconRoom()
	right := w - buttonPad/2
	if b.Shortcut != "" {
		sw := p.Width(b.Shortcut, theme.Tiny)
		right = w - buttonPad - sw
		p.T(right, 0, 0, h, b.Shortcut, theme.Tiny, hint, Left)
	}
	p.T(x, 0, right-x, h, b.text, theme.Strong, fg, Left)
	b.ring(p, 0, 0, w, h, theme.RadiusField)
}

// face draws the button's surface and returns the colours of its words, icon and shortcut.
func (b *Button) face(p *Pen, w, h float32) (fg, icon, hint color.Color) {
	pal := p.P
	fg, icon, hint = pal.Text, pal.Text, pal.Text3
	hovered := b.hovered && !b.disabled
	switch b.kind {
	case Primary:
		fill := p.Rect(0, 0, w, h, pal.AccentFill, theme.RadiusField)
		fg, icon, hint = pal.OnAccent, pal.OnAccent, pal.OnAccent
		if hovered {
			fill.StrokeColor, fill.StrokeWidth = pal.Accent, 1
		}
		if b.disabled {
			fill.FillColor, fill.StrokeColor, fill.StrokeWidth = pal.Raised, pal.Edge, 1
		}
	case Plain:
		fill := p.Panel(0, 0, w, h, pal.Raised, pal.Control, theme.RadiusField)
		if hovered {
			fill.FillColor = pal.Hover
		}
		if b.disabled {
			fill.StrokeColor = pal.Edge
		}
	case Tonal:
		fill := p.Rect(0, 0, w, h, pal.Selected, theme.RadiusField)
		fg, icon = pal.Accent, pal.Accent
		if hovered {
			fill.StrokeColor, fill.StrokeWidth = pal.Accent, 1
		}
	case Quiet:
		if hovered {
			p.Rect(0, 0, w, h, pal.Hover, theme.RadiusField)
		}
		fg, icon = pal.Accent, pal.Accent
		if b.text == "" {
			icon = pal.Text2
		}
	}
	if b.disabled {
		fg, icon, hint = pal.Text3, pal.Text3, pal.Text3
	}
	return fg, icon, hint
}

// Tapped presses the button.
func (b *Button) Tapped(*fyne.PointEvent) { b.press() }

// TypedKey presses the button with Enter and Space.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	default:
		passKey(b, e)
	}
}

func (b *Button) press() {
	b.hideHint()
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

// MouseIn shows the hint.
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	b.control.MouseIn(e)
	if b.Overlay != nil && b.Hint != "" {
		b.Overlay.Hint(absolute(b, fyne.NewPos(0, 0)), b.Size(), b.Hint)
	}
}

// MouseOut hides the hint.
func (b *Button) MouseOut() {
	b.hideHint()
	b.control.MouseOut()
}

func (b *Button) hideHint() {
	if b.Overlay != nil {
		b.Overlay.HideHint()
	}
}
