package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// liveBar says over the chat how a live capture stands, what was received and dropped, and stops it.
type liveBar struct {
	w     *Window
	root  *fyne.Container
	face  *widget.Canvas
	pause *widget.Button
	stop  *widget.Button
	save  *widget.Button
	again *widget.Button
	// follow shows the newest connection.
	follow *widget.Button
}

const liveBarHeight = 56

func newLiveBar(w *Window) *liveBar {
	b := &liveBar{w: w}
	b.face = widget.NewCanvas(fyne.NewSize(0, liveBarHeight), b.draw)
	b.pause = widget.NewButton(widget.Plain, "pause", w.t(liveWords.pause), w.app.PauseLive)
	b.stop = widget.NewButton(widget.Tonal, "stop", w.t(liveWords.stop), w.app.StopLive)
	b.save = widget.NewButton(widget.Plain, "save", w.t(liveWords.save), w.saveLive)
	b.again = widget.NewButton(widget.Plain, "retry", w.t(liveWords.again), w.app.RestartLive)
	b.follow = widget.NewIconButton("end", w.t(liveWords.follow), func() {
		if c := w.app.Capture; c != nil && c.Live != nil {
			w.app.FollowNewest(!c.Live.Follow)
		}
	})
	b.follow.Overlay = w.overlay
	b.root = arrange(fyne.NewSize(0, liveBarHeight), b.place, b.face, b.follow, b.pause, b.stop, b.again, b.save)
	b.root.Hide()
	return b
}

func (b *liveBar) place(size fyne.Size) {
	put(b.face, 0, 0, size.Width, size.Height)
	b.placeButtons(size)
}

// buttons are those that are shown, from the right.
func (b *liveBar) buttons() []*widget.Button {
	var list []*widget.Button
	for _, x := range []*widget.Button{b.save, b.again, b.stop, b.pause, b.follow} {
		if x.Visible() {
			list = append(list, x)
		}
	}
	return list
}

func (b *liveBar) placeButtons(size fyne.Size) {
	x := size.Width - 12
	for _, o := range b.buttons() {
		w := o.MinSize().Width
		x -= w
		put(o, x, (size.Height-theme.ButtonHeight)/2, w, theme.ButtonHeight)
		x -= 6
	}
}

// room is the width that the words have.
func (b *liveBar) room(w float32) float32 {
	for _, o := range b.buttons() {
		w -= o.MinSize().Width + 6
	}
	return w - 24
}

// changed shows what is new, and reports that the bar came or went.
func (b *liveBar) changed(c *app.Capture) bool {
	was := b.root.Visible()
	l := c.Live
	show(b.root, l != nil)
	if l == nil {
		return was
	}
	running := l.Running()
	show(b.pause, running && c.Session != nil)
	show(b.stop, running)
	show(b.again, b.w.app.CanRestartLive())
	show(b.save, c.Session != nil && l.State.Packets > 0)
	show(b.follow, running && c.Session != nil && c.Session.Streams() > 1)
	if l.Paused {
		b.pause.SetText(b.w.t(liveWords.resume))
		b.pause.SetIcon("play")
	} else {
		b.pause.SetText(b.w.t(liveWords.pause))
		b.pause.SetIcon("pause")
	}
	b.follow.Hint = b.w.t(liveWords.follow)
	b.follow.SetKind(widget.Quiet)
	if l.Follow {
		b.follow.Hint = b.w.t(liveWords.following)
		b.follow.SetKind(widget.Tonal)
	}
	b.placeButtons(b.root.Size())
	b.face.Refresh()
	return !was
}

func (b *liveBar) draw(p *widget.Pen, w, h float32) {
	c := b.w.app.Capture
	if c == nil || c.Live == nil {
		return
	}
	p.Rect(0, 0, w, h-1, p.P.Rail, 0)
	p.HLine(0, h-1, w, p.P.Line)
	const x, line1, line2 = 16, 6, 29
	room := b.room(w)
	severity, icon, text := b.state(c)
	sign, fg, _ := widget.SeverityStyle(p.P, severity)
	if icon != "" {
		sign = icon
	}
	p.Icon(x, line1+4, 14, sign, fg)
	at := x + 22 + p.T(x+22, line1, room-22, 22, text, theme.Strong, fg, widget.Left) + 10
	if rest := x + room - at; rest > 20 {
		p.T(at, line1, rest, 22, b.what(c), theme.Small, p.P.Text2, widget.Left)
	}
	b.drawCounts(p, c, x, line2, room)
}

// state says how the capture stands.
func (b *liveBar) state(c *app.Capture) (severity timeline.Severity, icon, text string) {
	t, l := b.w.t, c.Live
	s := &l.State
	switch {
	case s.Problem != nil:
		title, _ := narrate.CaptureProblem(b.w.lang(), s.Problem.Kind)
		return timeline.Fail, "", title
	case !l.Running() && l.Recovered:
		return timeline.Info, "file", t(liveWords.recovered)
	case !l.Running():
		return timeline.Info, "stop", upperFirst(narrate.CaptureEnd(b.w.lang(), s.End))
	case l.Paused:
		return timeline.Warn, "pause", t(liveWords.paused) + " · " + fill(b.w.lang(), liveWords.behind, narrate.Count(uint64(max(l.Behind, 0))), "")
	case s.Phase == live.Starting:
		return timeline.Info, "clock", t(liveWords.starting)
	}
	return timeline.OK, "record", t(liveWords.live)
}

// what says what is captured: of a scenario what happened last.
func (b *liveBar) what(c *app.Capture) string {
	l := c.Live
	if r := l.Lab; r != nil {
		text := b.w.t(liveWords.scenario) + b.w.t(words.colon) + r.Scenario.Title[b.w.lang()]
		switch n := len(r.Steps); {
		case r.Err != nil:
			text += " · " + r.Err.What[b.w.lang()]
		case n > 0 && l.Running():
			step := &r.Steps[n-1]
			text += " · " + step.Text[b.w.lang()]
		}
		return text
	}
	name := l.Spec.Name()
	if l.Piped {
		name = b.w.t(liveWords.piped)
	}
	if l.Spec.Filter != "" {
		name += " · " + l.Spec.Filter
	}
	return name
}

// drawCounts writes what was received and dropped, how much and how long. What was dropped warns.
func (b *liveBar) drawCounts(p *widget.Pen, c *app.Capture, x, y, room float32) {
	t, lang, l := b.w.t, b.w.lang(), c.Live
	s := &l.State
	end := x + room
	word := func(text string, face theme.Face, warn bool) {
		if x >= end {
			return
		}
		ink := p.P.Text2
		if warn {
			ink = p.P.Warn
			p.Icon(x, y+3, 13, "warn", p.P.Warn)
			x += 18
		}
		x += p.T(x, y, end-x, 20, text, face, ink, widget.Left) + 16
	}
	// The system tells its counts once a second, the packets are here at once.
	received := max(s.Received, s.Packets+s.Dropped)
	word(fill(lang, liveWords.received, narrate.Count(received), ""), theme.SmallStrong, false)
	switch lost := s.Dropped + s.IfDropped; {
	case s.Dropped > 0:
		word(fill(lang, liveWords.dropped, narrate.Count(s.Dropped), ""), theme.SmallStrong, true)
	case lost > 0:
		word(fill(lang, liveWords.droppedByIface, narrate.Count(s.IfDropped), ""), theme.SmallStrong, true)
	case l.Piped || l.Recovered:
	case !s.Known && l.Running():
		word(t(liveWords.unknownDrops), theme.Small, false)
	default:
		word(t(liveWords.noDrops), theme.Small, false)
	}
	word(narrate.Bytes(uint64(max(s.Bytes, 0))), theme.Small, false)
	d := l.Elapsed(time.Now())
	if l.Running() {
		d = d.Truncate(time.Second)
	}
	if d > 0 {
		word(narrate.Duration(d), theme.Small, false)
	}
	switch {
	case l.Running():
	case l.Unsaved():
		word(t(liveWords.unsaved), theme.Small, false)
	case l.Saved != "":
		word(t(liveWords.savedAs), theme.Small, false)
	}
}

// saveLive asks under which name to save the capture.
func (w *Window) saveLive() {
	if c := w.app.Capture; c != nil && c.Live != nil && c.Session != nil && c.Live.State.Packets > 0 {
		w.saveAs(c.LiveName(), func(path string) { w.app.SaveLive(c, path) })
	}
}

// problemBanner says why a capture ended without being asked to, and what to do.
func (c *capturePage) problemBanner(p *live.Problem) {
	title, text := narrate.CaptureProblem(c.w.lang(), p.Kind)
	parts := []string{text, narrate.CaptureHelp(c.w.lang(), p.Kind)}
	if p.Message != "" {
		parts = append(parts, "("+strings.TrimSpace(p.Message)+")")
	}
	c.banner.SetText(timeline.Fail, title+".", strings.Join(parts, " "))
	c.banner.SetAction(c.w.t(words.copyDetails), func() { c.w.copy(p.Error()) })
	c.banner.Show()
}

// showLive shows how a live capture stands, and makes room for that.
func (c *capturePage) showLive(s *app.Capture, ch app.Change) {
	if ch&(app.PageChanged|app.LiveChanged|app.SettingsChanged) != 0 && c.live.changed(s) {
		again(c.root)
	}
}
