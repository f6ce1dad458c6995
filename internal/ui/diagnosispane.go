package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// diagnosisPane lists how far the capture can be believed, and the findings about a connection, each with the packets that
// show it.
type diagnosisPane struct {
	w       *Window
	root    *fyne.Container
	scroll  *container.Scroll
	content *fyne.Container
	cards   []*findingCard
}

// findingCard is one finding. Where head is set a new section begins above it.
type findingCard struct {
	head   *widget.Paragraph
	panel  *widget.Canvas
	title  *widget.Paragraph
	text   *widget.Paragraph
	frames []*widget.Button
}

func newDiagnosisPane(w *Window) *diagnosisPane {
	d := &diagnosisPane{w: w}
	d.content = arrange(fyne.NewSize(0, 0), func(fyne.Size) {})
	d.scroll = container.NewVScroll(d.content)
	d.root = arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(d.scroll, 0, 0, size.Width, size.Height)
		d.flow(size.Width)
	}, d.scroll)
	return d
}

func (d *diagnosisPane) changed(c app.Change) {
	if c&(app.ChatChanged|app.PageChanged|app.PanesChanged|app.SettingsChanged) == 0 {
		return
	}
	d.cards = d.cards[:0]
	capture := d.w.app.Capture
	for _, f := range capture.Trust {
		line, text := narrate.Trust(d.w.lang(), f)
		d.cards = append(d.cards, d.card(f.Severity, line, text, nil))
	}
	about := len(d.cards)
	for _, f := range capture.Findings {
		title, text := narrate.Finding(d.w.lang(), f)
		d.cards = append(d.cards, d.card(f.Severity, title, text, f.Frames))
	}
	if about > 0 { // otherwise there is only one thing that the cards can be about
		d.cards[0].head = d.head(words.thisCapture)
		if about < len(d.cards) {
			d.cards[about].head = d.head(words.thisConnection)
		}
	}
	d.content.Objects = nil
	for _, card := range d.cards {
		if card.head != nil {
			d.content.Objects = append(d.content.Objects, card.head)
		}
		d.content.Objects = append(d.content.Objects, card.panel, card.title, card.text)
		for _, b := range card.frames {
			d.content.Objects = append(d.content.Objects, b)
		}
	}
	d.flow(d.root.Size().Width)
	d.content.Refresh()
}

var findingSeverities = map[diagnose.Severity]timeline.Severity{
	diagnose.Info: timeline.Info, diagnose.OK: timeline.OK, diagnose.Warn: timeline.Warn, diagnose.Fail: timeline.Fail,
}

func (d *diagnosisPane) head(t narrate.Text) *widget.Paragraph {
	return widget.NewParagraph(d.w.t(t), widget.Heavy)
}

func (d *diagnosisPane) card(severity diagnose.Severity, title, text string, frames []uint32) *findingCard {
	card := &findingCard{title: widget.NewParagraph(title, widget.Heavy), text: widget.NewParagraph(text, widget.Note)}
	card.panel = widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, h float32) {
		p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
		icon, fg, _ := widget.SeverityStyle(p.P, findingSeverities[severity])
		p.Icon(12, 13, 16, icon, fg)
	})
	for _, frame := range frames {
		card.frames = append(card.frames, widget.NewButton(widget.Quiet, "", narrate.Frame(frame), func() { d.w.app.SelectFrame(frame) }))
	}
	return card
}

// flow puts the cards below each other.
func (d *diagnosisPane) flow(w float32) {
	const pad, inner, icon = 12, 12, 24
	room := w - 2*pad
	if room <= 0 {
		return
	}
	y := float32(10)
	for _, c := range d.cards {
		if c.head != nil {
			y += putText(c.head, pad, y+4, room) + 12
		}
		top, x := y, float32(pad+inner)
		y += 10
		y += putText(c.title, x+icon, y, room-2*inner-icon) + 4
		y += putText(c.text, x+icon, y, room-2*inner-icon) + 6
		fx := x + icon
		for _, b := range c.frames {
			bw := b.MinSize().Width
			if fx+bw > pad+room-inner && fx > x+icon {
				fx = x + icon
				y += 26
			}
			put(b, fx, y, bw, 22)
			fx += bw + 4
		}
		if len(c.frames) > 0 {
			y += 28
		}
		y += 6
		put(c.panel, pad, top, room, y-top)
		y += 10
	}
	d.content.Layout.(*placing).least = fyne.NewSize(0, y)
	d.content.Resize(fyne.NewSize(w, y))
	d.scroll.Refresh()
}
