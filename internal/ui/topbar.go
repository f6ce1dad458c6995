package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// topBar names what is open and leads home, to another file, to help and settings.
type topBar struct {
	w                          *Window
	root                       *fyne.Container
	path                       *widget.Canvas
	home, open, keys, settings *widget.Button
	marks, quiz                *widget.Button
}

func newTopBar(w *Window) *topBar {
	b := &topBar{w: w}
	b.home = widget.NewIconButton("home", w.t(words.home), w.app.GoHome)
	b.open = widget.NewButton(widget.Plain, "open", w.t(words.openFile), w.chooseFile)
	b.keys = widget.NewIconButton("help", w.t(words.keys)+"  F1", w.showKeys)
	b.settings = widget.NewIconButton("settings", w.t(words.settings)+"  Ctrl+,", w.showSettings)
	b.marks = widget.NewIconButton("mark", w.t(noteWords.title)+"  L", w.showNotes)
	b.quiz = widget.NewIconButton("quiz", w.t(quizWords.start)+"  Q", w.startQuiz)
	for _, x := range []*widget.Button{b.home, b.quiz, b.marks, b.keys, b.settings} {
		x.Overlay = w.overlay
	}
	b.path = widget.NewCanvas(fyne.NewSize(0, barHeight), b.draw)
	b.root = arrange(fyne.NewSize(0, barHeight), b.place, b.path, b.home, b.open, b.quiz, b.marks, b.keys, b.settings)
	return b
}

func (b *topBar) place(size fyne.Size) {
	const icon, y = 32, 6
	put(b.home, 10, y, icon, icon)
	x := size.Width - 12
	for _, o := range []*widget.Button{b.settings, b.keys, b.marks, b.quiz} {
		x -= icon
		put(o, x, y, icon, icon)
		x -= 4
	}
	w := b.open.MinSize().Width
	x -= w + 8
	put(b.open, x, y, w, icon)
	put(b.path, 50, 0, x-60, size.Height)
}

func (b *topBar) changed(c app.Change) {
	if c&(app.PageChanged|app.SettingsChanged) != 0 {
		b.path.Refresh()
	}
}

// draw writes where the reader is: cases, track, title; or the file's name.
func (b *topBar) draw(p *widget.Pen, w, h float32) {
	s := b.w.app.Capture
	if s == nil {
		return
	}
	l := b.w.lang()
	x := float32(0)
	crumb := func(text string) {
		x += p.T(x, 0, 0, h, text, theme.Body, p.P.Text2, widget.Left) + 6
		p.Icon(x, h/2-6, 12, "right", p.P.Text3)
		x += 18
	}
	if s.Case != nil {
		crumb(b.w.t(words.cases))
		if !s.Case.Shared {
			crumb(s.Case.Track.Name.In(l))
		}
	}
	p.T(x, 0, max(0, w-x), h, s.Title(l), theme.Strong, p.P.Text, widget.Left)
}
