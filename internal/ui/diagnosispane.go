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

// diagnosisPane lists the findings about a connection, each with the packets that show it.
type diagnosisPane struct {
	w       *Window
	root    *fyne.Container
	scroll  *container.Scroll
	content *fyne.Container
	cards   []*findingCard
}

// findingCard is one finding.
type findingCard struct {
	finding diagnose.Finding
	panel   *widget.Canvas
	title   *widget.Paragraph
	text    *widget.Paragraph
	frames  []*widget.Button
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
	d.content.Objects = nil
	for _, f := range d.w.app.Capture.Findings {
		card := d.card(f)
		d.cards = append(d.cards, card)
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

func (d *diagnosisPane) card(f diagnose.Finding) *findingCard {
	title, text := narrate.Finding(d.w.lang(), f)
	card := &findingCard{
		finding: f, title: widget.NewParagraph(title, widget.Heavy), text: widget.NewParagraph(text, widget.Note),
	}
	card.panel = widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, h float32) {
		p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
		icon, fg, _ := widget.SeverityStyle(p.P, findingSeverities[f.Severity])
		p.Icon(12, 13, 16, icon, fg)
	})
	for _, frame := range f.Frames {
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
