package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// curtainWords are the texts of the curtain.
var curtainWords = struct{ title, text, back narrate.Text }{
	title: narrate.Text{"A question is open", "有一个问题等你回答"},
	text:  narrate.Text{"This would show its answer.", "这里会露出答案。"},
	back:  narrate.Text{"To the question", "回到问题"},
}

// curtain stands in the place of what would show the answer of an open question.
type curtain struct {
	root         *fyne.Container
	words        *widget.Canvas
	back, reveal *widget.Button
}

// Measures of the curtain, in pixels.
const (
	curtainLine = 24
	curtainHigh = 2*curtainLine + 16
)

func newCurtain(w *Window) *curtain {
	c := &curtain{}
	c.words = widget.NewCanvas(fyne.NewSize(0, curtainHigh), func(p *widget.Pen, width, _ float32) {
		p.T(0, 0, width, curtainLine, w.t(curtainWords.title), theme.Heading, p.P.Text, widget.Center)
		p.T(0, curtainLine, width, curtainLine, w.t(curtainWords.text), theme.Body, p.P.Text2, widget.Center)
	})
	c.back = widget.NewButton(widget.Primary, "left", w.t(curtainWords.back), func() {
		w.app.ShowView(app.ChatView)
		w.app.ShowTab(app.LessonTab)
	})
	c.reveal = widget.NewButton(widget.Plain, "", w.t(lessonWords.reveal), w.app.Reveal)
	c.root = arrange(fyne.NewSize(0, 0), c.place, c.words, c.back, c.reveal)
	return c
}

func (c *curtain) place(size fyne.Size) {
	const gap = 8
	y := max(0, (size.Height-curtainHigh-theme.ButtonHeight)/3)
	put(c.words, 0, y, size.Width, curtainHigh)
	y += curtainHigh
	bw, rw := c.back.MinSize().Width, c.reveal.MinSize().Width
	if bw+gap+rw > size.Width-2*gap { // below each other in a narrow pane
		put(c.back, (size.Width-bw)/2, y, bw, theme.ButtonHeight)
		put(c.reveal, (size.Width-rw)/2, y+theme.ButtonHeight+gap, rw, theme.ButtonHeight)
		return
	}
	x := (size.Width - bw - gap - rw) / 2
	put(c.back, x, y, bw, theme.ButtonHeight)
	put(c.reveal, x+bw+gap, y, rw, theme.ButtonHeight)
}
