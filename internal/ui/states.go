package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// loadingCard shows how far reading has come, as long as no connection is shown, and lets the reader stop it.
type loadingCard struct {
	w        *Window
	root     *fyne.Container
	panel    *widget.Canvas
	progress *widget.Progress
	cancel   *widget.Button
}

// loadingDelay keeps the card from flashing for captures that are read at once.
const loadingDelay = 250 * time.Millisecond

func newLoadingCard(w *Window) *loadingCard {
	l := &loadingCard{w: w}
	l.panel = widget.NewCanvas(fyne.NewSize(loadingWidth, loadingTall), l.draw)
	l.progress = widget.NewProgress()
	l.cancel = widget.NewButton(widget.Plain, "x", w.t(words.cancel), w.app.Cancel)
	l.root = arrange(fyne.NewSize(loadingWidth, loadingTall), func(size fyne.Size) {
		put(l.panel, 0, 0, size.Width, size.Height)
		put(l.progress, 28, 66, size.Width-56, 8)
		cw := l.cancel.MinSize().Width
		put(l.cancel, size.Width-28-cw, size.Height-28-theme.ButtonHeight, cw, theme.ButtonHeight)
	}, l.panel, l.progress, l.cancel)
	return l
}

func (l *loadingCard) update(s *app.Capture) {
	visible := s.Loading && s.Live == nil && s.Chat == nil && !s.Other.Shown() && time.Since(s.Began) > loadingDelay
	show(l.root, visible)
	if !visible {
		return
	}
	if s.Total > 0 {
		l.progress.SetValue(float64(s.Read) / float64(s.Total))
	}
	l.panel.Refresh()
}

func (l *loadingCard) draw(p *widget.Pen, w, h float32) {
	s := l.w.app.Capture
	if s == nil {
		return
	}
	lang := l.w.lang()
	p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusDialog)
	p.T(28, 22, w/2, 32, l.w.t(words.reading), theme.DialogTitle, p.P.Text, widget.Left)
	read := narrate.Bytes(uint64(max(s.Read, 0)))
	if s.Total > 0 {
		p.T(w/2, 22, w/2-28, 32, narrate.Percent(s.Read, s.Total), theme.DialogTitle, p.P.Text, widget.Right)
		read += " / " + narrate.Bytes(uint64(s.Total))
	}
	p.T(28, 82, w/2, 20, read, theme.Body, p.P.Text2, widget.Left)
	p.T(w/2, 82, w/2-28, 20, timeLeft(lang, s), theme.Body, p.P.Text2, widget.Right)
	tile := func(x float32, n int, word string) {
		p.Rect(x, 114, 156, 56, p.P.Inset, theme.RadiusField)
		p.T(x+14, 120, 128, 24, narrate.Count(uint64(n)), theme.Title, p.P.Text, widget.Left)
		p.T(x+14, 144, 128, 18, word, theme.Small, p.P.Text2, widget.Left)
	}
	tile(28, s.Frames, strings.TrimSpace(fill(lang, words.packets, "", "")))
	tile(196, len(s.Shown), strings.ToLower(l.w.t(words.connections)))
	p.T(28, h-66, w-200, 20, l.w.t(words.readingHint), theme.Small, p.P.Text2, widget.Left)
	p.T(28, h-46, w-200, 18, l.w.t(words.cancelHint), theme.Small, p.P.Text3, widget.Left)
}

// timeLeft estimates from the bytes read so far; "" where that says nothing yet.
func timeLeft(l narrate.Lang, s *app.Capture) string {
	if s.Total <= 0 || s.Read <= 0 || s.Read >= s.Total {
		return ""
	}
	left := time.Duration(float64(time.Since(s.Began)) * float64(s.Total-s.Read) / float64(s.Read))
	if left >= 2*time.Minute {
		return fill(l, words.minutesLeft, itoa(int(left/time.Minute)), "")
	}
	return fill(l, words.secondsLeft, itoa(int(left/time.Second)+1), "")
}

// emptyState stands where the chat would be if there is no connection to show: nothing captured, no TCP, not readable.
type emptyState struct {
	w              *Window
	root           *fyne.Container
	canvas         *widget.Canvas
	other, details *widget.Button
	title, text    string
	facts          string
	failed         bool
}

func newEmptyState(w *Window) *emptyState {
	e := &emptyState{w: w}
	e.canvas = widget.NewCanvas(fyne.NewSize(0, 0), e.draw)
	e.other = widget.NewButton(widget.Primary, "open", w.t(words.openAnother), w.chooseFile)
	e.details = widget.NewButton(widget.Plain, "copy", w.t(words.copyDetails), func() { w.copy(e.facts) })
	e.root = arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(e.canvas, 0, 0, size.Width, size.Height)
		y := size.Height*0.3 + 230
		ow, cw := e.other.MinSize().Width, e.details.MinSize().Width
		if !e.details.Visible() {
			cw = -12
		}
		x := (size.Width - ow - cw - 12) / 2
		put(e.other, x, y, ow, theme.ButtonHeight)
		put(e.details, x+ow+12, y, e.details.MinSize().Width, theme.ButtonHeight)
	}, e.canvas, e.other, e.details)
	return e
}

func (e *emptyState) update(s *app.Capture) {
	visible := s.Chat == nil && s.Other.Index < 0 && (s.Live != nil || !s.Waiting())
	show(e.root, visible)
	if !visible {
		return
	}
	e.facts, e.failed = "", s.Err != nil
	switch {
	case s.Live != nil && (s.Live.State.Problem != nil || s.Live.Running()):
		e.sayLive(s)
	case s.Err != nil:
		f := narrate.Failure(e.w.lang(), s.Err)
		e.title, e.text, e.facts = f.Title, strings.Join(f.Sentences, " "), s.Err.Error()
	case s.Frames == 0:
		e.title, e.text = e.w.t(words.emptyTitle), e.w.t(words.emptyText)
	default:
		e.title, e.text = e.w.t(words.noTCPTitle), fill(e.w.lang(), words.noTCPText, narrate.Count(uint64(s.Frames)), "")
		for link, n := range s.Session.Counts().UnknownLinks {
			e.text += " " + narrate.UnknownLink(e.w.lang(), link, n) + "."
		}
	}
	show(e.details, e.facts != "")
	show(e.other, s.Live == nil || !s.Live.Running())
	again(e.root)
	e.canvas.Refresh()
}

// sayLive says why a live capture shows nothing: it waits, or it ended.
func (e *emptyState) sayLive(s *app.Capture) {
	p := s.Live.State.Problem
	switch {
	case p != nil:
		title, text := narrate.CaptureProblem(e.w.lang(), p.Kind)
		e.title, e.text, e.facts, e.failed = title, text+" "+narrate.CaptureHelp(e.w.lang(), p.Kind), p.Error(), true
		if p.Message != "" {
			e.text += " (" + p.Message + ")"
		}
	case s.Frames > 0:
		e.title, e.text = e.w.t(liveWords.noTCPYet), fill(e.w.lang(), liveWords.noTCPText, narrate.Count(uint64(s.Frames)), "")
	default:
		e.title, e.text = e.w.t(liveWords.waiting), e.w.t(liveWords.waitingText)
	}
}

// draw shows the two ends with nothing between them, and what is the matter.
func (e *emptyState) draw(p *widget.Pen, w, h float32) {
	p.Rect(0, 0, w, h, p.P.Bg, 0)
	const gap, line = 110, 96
	x, y := w/2-gap/2, h*0.3-30
	p.EndMark(x-6, y, 14, false)
	p.EndMark(x+gap-6, y, 14, true)
	for i := range 8 {
		p.Rect(x, y+20+float32(i)*line/8, 2, 6, p.P.Line, 1)
		p.Rect(x+gap, y+20+float32(i)*line/8, 2, 6, p.P.Line, 1)
	}
	if e.failed {
		p.Icon(w/2-12, y+50, 24, "fail", p.P.Fail)
	}
	p.T(0, y+136, w, 32, e.title, theme.Wordmark, p.P.Text, widget.Center)
	const room = 560
	lines := p.Wrap(e.text, min(room, w-40), theme.Body, 4)
	for i, l := range lines {
		p.T(0, y+176+float32(i)*20, w, 20, l, theme.Body, p.P.Text2, widget.Center)
	}
}
