package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Banner says over a page how far what is shown can be trusted, in one line or as many as it needs, with an action.
type Banner struct {
	fynewidget.BaseWidget
	severity    timeline.Severity
	title, text string
	face        *Canvas
	action      *Button
}

// Measures of a banner.
const (
	bannerHeight = 40 // with one line
	bannerLine   = 20
	bannerLines  = 3 // at most
	bannerPad    = 14
	bannerIcon   = 16
	bannerGap    = 8 // title to text, text to action
	bannerInset  = 4 // action to edge
	bannerText   = bannerPad + bannerIcon + 10
)

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

// HeightFor returns the height that it takes in a width.
func (b *Banner) HeightFor(w float32) float32 {
	return bannerHeight + float32(max(len(b.lines(w)), 1)-1)*bannerLine
}

// lines breaks the text into lines beside the title.
func (b *Banner) lines(w float32) []string {
	return b.face.pen.Wrap(b.text, max(b.right(w)-b.left(), 1), theme.Body, bannerLines)
}

// left and right are where the text begins and where it has to end.
func (b *Banner) left() float32 {
	if b.title == "" {
		return bannerText
	}
	return bannerText + b.face.pen.Width(b.title, theme.Strong) + bannerGap
}

func (b *Banner) right(w float32) float32 {
	if b.action.Visible() {
		return w - bannerInset - b.action.MinSize().Width - bannerGap
	}
	return w - bannerPad
}

func (b *Banner) paint(p *Pen, w, h float32) {
	const first = (bannerHeight - bannerLine) / 2
	sign, fg, bg := SeverityStyle(p.P, b.severity)
	p.Rect(0, 0, w, h, bg, theme.RadiusField)
	p.Icon(bannerPad, (bannerHeight-bannerIcon)/2, bannerIcon, sign, fg)
	p.T(bannerText, first, max(b.right(w)-bannerText, 1), bannerLine, b.title, theme.Strong, fg, Left)
	for i, line := range b.lines(w) {
		p.T(b.left(), first+float32(i)*bannerLine, 0, bannerLine, line, theme.Body, p.P.Text, Left)
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
	m := b.action.MinSize()
	b.action.Resize(m)
	b.action.Move(fyne.NewPos(size.Width-bannerInset-m.Width, round((size.Height-m.Height)/2)))
	b.face.Resize(size)
	b.face.redraw()
}
