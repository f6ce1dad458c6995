package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// playWords are the texts of the states and of playing.
var playWords = struct {
	states, play, pause, before, next, shorten, full, sends, gets, fromStart, inferred, speed, low narrate.Text
}{
	states:    narrate.Text{"States", "状态"},
	play:      narrate.Text{"Play", "播放"},
	pause:     narrate.Text{"Stop", "停止"},
	before:    narrate.Text{"The packet before", "上一个包"},
	next:      narrate.Text{"The next packet", "下一个包"},
	shorten:   narrate.Text{"Shorten pauses", "缩短停顿"},
	full:      narrate.Text{"Real pauses", "真实停顿"},
	sends:     narrate.Text{"sends ${n} in ${of}", "在 ${of} 发出 ${n}"},
	gets:      narrate.Text{"gets ${n} in ${of}", "在 ${of} 收到 ${n}"},
	fromStart: narrate.Text{"before the first packet", "第一个包之前"},
	inferred:  narrate.Text{"inferred", "推断"},
	low:       narrate.Text{"Close the packet below (D) to see the diagrams.", "收起下方的包（D）就能看到状态图。"},
	speed:     narrate.Text{"Speed, as a part of real time", "速度，相对真实时间"},
}

// statesPane shows the state diagrams of both ends and plays the connection.
type statesPane struct {
	w                  *Window
	root               *fyne.Container
	diagrams, foot     *widget.Canvas
	before, play, next *widget.Button
	speed, pauses      *widget.Segmented
	// low says that there is no room for the diagrams: only their words are shown.
	low bool
}

// Measures of the pane, in pixels.
const (
	statesHead = 62 // name, cause and meaning above a diagram
	statesRows = 5
	rowLeast   = 24
	rowMost    = 40
	statesGap  = 14
	statesFoot = 96
	statesMost = 2*(statesHead+statesRows*rowLeast) + statesGap // what the diagrams need at least
	lowFoot    = 56
	lowEnd     = 58 // an end in words alone
)

func newStatesPane(w *Window) *statesPane {
	s := &statesPane{w: w}
	s.diagrams = widget.NewCanvas(fyne.NewSize(0, 0), s.draw)
	s.foot = widget.NewCanvas(fyne.NewSize(0, statesFoot), func(p *widget.Pen, w, _ float32) { p.HLine(0, 0, w, p.P.Line) })
	s.before = widget.NewIconButton("left", w.t(playWords.before), func() { w.app.PlayBy(-1) })
	s.play = widget.NewButton(widget.Primary, "play", w.t(playWords.play), w.app.TogglePlay)
	s.next = widget.NewIconButton("right", w.t(playWords.next), func() { w.app.PlayBy(1) })
	for _, b := range []*widget.Button{s.before, s.next} {
		b.Overlay = w.overlay
	}
	var names []string
	for _, speed := range app.PlaySpeeds {
		names = append(names, speed.Name)
	}
	set := &w.app.Settings
	s.speed = widget.NewSegmented(names, set.PlaySpeed, func(i int) { w.app.Set(func(s *app.Settings) { s.PlaySpeed = i }) })
	s.speed.Overlay, s.speed.Hint = w.overlay, w.t(playWords.speed)
	s.pauses = w.choice([]narrate.Text{playWords.shorten, playWords.full}, set.FullPauses, func(s *app.Settings, on bool) { s.FullPauses = on })
	s.root = arrange(fyne.NewSize(0, 0), s.place, s.diagrams, s.foot, s.before, s.play, s.next, s.speed, s.pauses)
	return s
}

func (s *statesPane) place(size fyne.Size) {
	const y, pad = 12, panePad
	high := float32(statesFoot)
	if s.low = size.Height-statesFoot < statesMost; s.low {
		high = lowFoot
	}
	show(s.pauses, !s.low)
	foot := size.Height - high
	put(s.diagrams, 0, 0, size.Width, max(0, foot))
	put(s.foot, 0, foot, size.Width, high)
	s.play.SetText("")
	if size.Width > narrowPane {
		s.play.SetText(s.w.t(playText(s.w.app.Capture)))
	}
	x := float32(pad)
	for _, b := range []*widget.Button{s.before, s.play, s.next} {
		w := b.MinSize().Width
		put(b, x, foot+y, w, theme.ButtonHeight)
		x += w + 4
	}
	sw := s.speed.MinSize().Width
	put(s.speed, size.Width-pad-sw, foot+y, sw, theme.ButtonHeight)
	put(s.pauses, pad, foot+y+theme.ButtonHeight+6, size.Width-2*pad, 32)
}

func (s *statesPane) changed(c app.Change) {
	a := s.w.app
	if c&(app.PlayChanged|app.PanesChanged|app.PageChanged) != 0 {
		s.play.SetIcon(playIcon(a.Capture))
		again(s.root)
	}
	if c&(app.SettingsChanged|app.PanesChanged) != 0 {
		s.speed.SetSelected(a.Settings.PlaySpeed)
	}
	if c&(app.SelectionChanged|app.ChatChanged|app.PanesChanged|app.PageChanged|app.SettingsChanged) != 0 {
		s.diagrams.Refresh()
	}
}

// playIcon and playText are those of a button that plays the connection or stops.
func playIcon(c *app.Capture) string {
	if c.Playing.On {
		return "pause"
	}
	return "play"
}

func playText(c *app.Capture) narrate.Text {
	if c != nil && c.Playing.On {
		return playWords.pause
	}
	return playWords.play
}

// draw draws both diagrams below each other.
func (s *statesPane) draw(p *widget.Pen, w, h float32) {
	c := s.w.app.Capture
	if c == nil || c.View == nil {
		return
	}
	paths := timeline.StatePaths(c.View, c.Packet)
	if s.low {
		s.drawWords(p, w, h, &paths, c)
		return
	}
	row := min(max((h-statesGap)/2-statesHead, statesRows*rowLeast)/statesRows, rowMost)
	y := float32(6)
	for d := range paths {
		s.drawEnd(p, y, w, flow.Direction(d), &paths[d], c)
		p.StateDiagram(8, y+statesHead-8, w-16, statesRows*row, &paths[d], flow.Direction(d) == flow.ServerToClient)
		y += statesHead - 8 + statesRows*row + statesGap
	}
}

// drawWords writes the states of both ends where there is no room for diagrams.
func (s *statesPane) drawWords(p *widget.Pen, w, h float32, paths *[2]timeline.EndPath, c *app.Capture) {
	y := float32(6)
	for d := range paths {
		s.drawEnd(p, y, w, flow.Direction(d), &paths[d], c)
		y += lowEnd
	}
	if y+32 <= h {
		p.Para(panePad, y, w-2*panePad, 16, s.w.t(playWords.low), theme.Tiny, p.P.Text2, 2)
	}
}

// drawEnd writes whose diagram it is, which packet led to the state, and what that means.
func (s *statesPane) drawEnd(p *widget.Pen, y, w float32, d flow.Direction, path *timeline.EndPath, c *app.Capture) {
	l := s.w.lang()
	server := d == flow.ServerToClient
	hue := p.P.Client
	if server {
		hue = p.P.Server
	}
	p.EndMark(panePad, y+6, 8, server)
	name := upperFirst(narrate.Side(l, d))
	x := panePad + 14 + p.T(panePad+14, y, 0, 20, name, theme.Strong, hue, widget.Left) + 10
	state := path.Now.State().String()
	if path.Now.Inferred() && path.Now.State() != tcp.Unknown {
		state += " · " + s.w.t(playWords.inferred)
	}
	p.T(x, y, w-x-panePad, 20, state, theme.SmallStrong, p.P.Text, widget.Left)
	cause := s.w.t(playWords.fromStart)
	if path.Since >= 0 {
		r := c.View.At(path.Since)
		how := playWords.gets
		if r.Dir() == d {
			how = playWords.sends
		}
		cause = fill(l, how, r.Flags.String(), narrate.Frame(r.Frame))
	}
	p.Para(panePad, y+21, w-2*panePad, 16, upperFirst(cause)+" · "+narrate.State(path.Now.State()).In(l), theme.Tiny, p.P.Text2, 2)
}
