package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Banner is one line over a page that says how far what is shown can be trusted, with an action.
type Banner struct {
	fynewidget.BaseWidget
	severity    timeline.Severity
	title, text string
	face        *Canvas
	action      *Button
}

const bannerHeight = 40

// NewBanner returns a banner: a title in the severity's colour and what follows it.
func NewBanner(s timeline.Severity, title, text string) *Banner {
	b := &Banner{severity: s, title: title, text: text}
	b.face = NewCanvas(fyne.NewSize(200, bannerHeight), b.paint)
	b.action = NewButton(Quiet, "", "", nil)
	b.action.Hide()
	b.ExtendBaseWidget(b)
	return b
}

// SetAction puts a link at the right.
func (b *Banner) SetAction(text string, tapped func()) {
	b.action.SetText(text)
	b.action.OnTapped = tapped
	b.action.Hidden = text == ""
	b.Refresh()
}

// SetText changes what the banner says.
func (b *Banner) SetText(s timeline.Severity, title, text string) {
	b.severity, b.title, b.text = s, title, text
	b.Refresh()
}

func (b *Banner) paint(p *Pen, w, h float32) {
	const pad, icon = 14, 16
	sign, fg, bg := SeverityStyle(p.P, b.severity)
	p.Rect(0, 0, w, h, bg, theme.RadiusField)
	p.Icon(pad, round((h-icon)/2), icon, sign, fg)
	right := w - pad
	if b.action.Visible() {
		right = b.action.Position().X - 8
	}
	x := float32(pad + icon + 10)
	x += p.T(x, 0, max(right-x, 1), h, b.title, theme.Strong, fg, Left) + 8
	if right > x {
		p.T(x, 0, right-x, h, b.text, theme.Body, p.P.Text, Left)
	}
}

// CreateRenderer is Fyne's.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(container.New(bannerLayout{b}, b.face, b.action))
}

// bannerLayout puts the action at the right end.
type bannerLayout struct{ b *Banner }

func (l bannerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return l.b.face.MinSize() }

func (l bannerLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b := l.b
	const inset = 4
	m := b.action.MinSize()
	b.action.Resize(m)
	b.action.Move(fyne.NewPos(size.Width-inset-m.Width, round((size.Height-m.Height)/2)))
	b.face.Resize(size)
	b.face.redraw()
}
