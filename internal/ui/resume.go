package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/lesson"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// resumeCard offers the case that the reader left before its end, else the next one of the reading path.
type resumeCard struct {
	w      *Window
	root   *fyne.Container
	panel  *widget.Canvas
	button *widget.Button
}

func newResumeCard(w *Window) *resumeCard {
	r := &resumeCard{w: w}
	r.panel = widget.NewCanvas(fyne.NewSize(0, resumeHeight), r.draw)
	r.panel.OneSheet()
	r.button = widget.NewButton(widget.Tonal, "play", w.t(words.continueButton), func() {
		if c, _ := r.offered(); c != nil {
			w.app.OpenCase(c.ID)
		}
	})
	r.root = arrange(fyne.NewSize(0, resumeHeight), func(size fyne.Size) {
		put(r.panel, 0, 0, size.Width, size.Height)
		bw := r.button.MinSize().Width
		put(r.button, size.Width-bw-20, (size.Height-theme.ButtonHeight)/2, bw, theme.ButtonHeight)
	}, r.panel, r.button)
	return r
}

// offered returns the case, nil if all are done, and whether it was begun.
func (r *resumeCard) offered() (c *lesson.Case, begun bool) {
	if c = r.w.app.Unfinished(); c != nil {
		return c, true
	}
	return r.w.app.NextCase(), false
}

func (r *resumeCard) update() {
	c, begun := r.offered()
	show(r.root, c != nil)
	text := words.continueButton
	if !begun {
		text = lessonWords.begin
	}
	r.button.SetText(r.w.t(text))
	again(r.root)
	r.panel.Refresh()
}

func (r *resumeCard) draw(p *widget.Pen, w, h float32) {
	c, begun := r.offered()
	if c == nil {
		return
	}
	l, step := r.w.lang(), r.w.app.Done[c.ID].Step
	const thumb = 176
	p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
	p.Rect(8, 8, thumb, h-16, p.P.Inset, theme.RadiusInset)
	p.Ladder(8, 8, thumb, h-16, ladder(c))
	x, room := float32(thumb+24), w-thumb-24-r.button.MinSize().Width-40
	head, where := r.w.t(words.continueTitle), fill(l, words.continueStep, itoa(step+1), itoa(len(c.Steps)))+" · "+c.Steps[step].Title.In(l)
	if !begun {
		head, where = r.w.t(lessonWords.firstCase)+" · "+c.Track.Name.In(l), c.Summary.In(l)
	}
	p.T(x, 8, room, 18, head, theme.SmallStrong, p.P.Accent, widget.Left)
	p.T(x, 26, room, 24, c.Title.In(l), theme.Title, p.P.Text, widget.Left)
	p.T(x, 50, room, 18, where, theme.Small, p.P.Text2, widget.Left)
	if begun {
		p.Rect(x, h-14, room, 3, p.P.Hover, 1.5)
		p.Rect(x, h-14, room*float32(step+1)/float32(len(c.Steps)), 3, p.P.Accent, 1.5)
	}
}
