package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// findBar stands above the view while something is looked for: how much was found, and the way from match to match.
type findBar struct {
	w                         *Window
	root                      *fyne.Container
	face                      *widget.Canvas
	before, next, more, clear *widget.Button
}

// Measures of the bar, in pixels.
const (
	findBarHeight = 36
	findBarButton = 28
)

func newFindBar(w *Window) *findBar {
	b := &findBar{w: w}
	b.face = widget.NewCanvas(fyne.NewSize(0, findBarHeight), b.draw)
	button := func(icon string, hint narrate.Text, key string, do func()) *widget.Button {
		x := widget.NewIconButton(icon, strings.TrimSpace(w.t(hint)+"  "+key), do)
		x.Overlay = w.overlay
		return x
	}
	b.before = button("up", findWords.before, "Shift+F3", func() { w.app.FoundBy(-1) })
	b.next = button("down", findWords.next, "F3", func() { w.app.FoundBy(1) })
	b.more = button("copy", findWords.more, "", func() {
		at := w.fyne.Driver().AbsolutePositionForObject(b.more)
		w.showMenu(at.AddXY(0, findBarButton), w.filterMenu()...)
	})
	b.clear = button("x", findWords.clear, "", w.clearSearch)
	b.root = arrange(fyne.NewSize(0, findBarHeight), b.place, b.face, b.before, b.next, b.more, b.clear)
	b.root.Hide()
	return b
}

func (b *findBar) place(size fyne.Size) {
	put(b.face, 0, 0, size.Width, size.Height)
	x := size.Width - 12
	for _, o := range []*widget.Button{b.clear, b.more, b.next, b.before} {
		x -= findBarButton
		put(o, x, (size.Height-findBarButton)/2, findBarButton, findBarButton)
		x -= 2
	}
}

// changed reports that the bar has come or gone.
func (b *findBar) changed(ch app.Change) bool {
	s := b.w.app.Capture
	if ch&(app.ConnectionsChanged|app.SearchChanged|app.SelectionChanged|app.ChatChanged|app.PageChanged|app.SettingsChanged) == 0 {
		return false
	}
	shown := s.Search.Active() || b.fault(s)
	was := b.root.Visible()
	show(b.root, shown)
	if shown {
		found := len(s.Search.Others) > 0
		for _, m := range s.Search.Found {
			if found {
				break
			}
			found = len(m.Packets) > 0
		}
		for _, x := range []*widget.Button{b.before, b.next} {
			if found {
				x.Enable()
			} else {
				x.Disable()
			}
		}
		b.more.Hint = b.w.t(findWords.more)
		if dump := b.dump(); dump != "" {
			b.more.Hint += "\n" + dump
		}
		b.face.Refresh()
	}
	return was != shown
}

// fault says that the text in the box has a mistake. While the reader types, the panel below the box tells it.
func (b *findBar) fault(s *app.Capture) bool { return s.Search.Err != nil && !b.w.capture.find.focused }

// draw writes what is looked for and what was found.
func (b *findBar) draw(p *widget.Pen, w, h float32) {
	s := b.w.app.Capture
	if s == nil {
		return
	}
	p.Rect(0, 0, w, h, p.P.Rail, 0)
	p.HLine(0, h-1, w, p.P.Line)
	right := w - 12 - 4*(findBarButton+2) - 8
	icon, x := "search", float32(theme.ViewMargin)
	fg := p.P.Accent
	text := s.Search.Text
	if b.fault(s) {
		icon, fg, text = "fail", p.P.Fail, s.Search.Err.In(b.w.lang())
		p.Icon(x, (h-14)/2, 14, icon, fg)
		p.T(x+22, 0, right-x-22, h, text, theme.Small, p.P.Text, widget.Left)
		return
	}
	p.Icon(x, (h-14)/2, 14, icon, fg)
	x += 22
	if s.Search.Running && s.Search.Total > 0 {
		part := float32(float64(s.Search.Done) / float64(s.Search.Total))
		p.Rect(0, h-2, w*min(part, 1), 2, p.P.Accent, 0)
	}
	facts := strings.Join(b.facts(s), " · ")
	fw := p.Width(facts, theme.Small)
	room := max(right-x-fw-16, 60)
	x += p.T(x, 0, room, h, text, theme.Mono, p.P.Text, widget.Left) + 16
	if x < right {
		x += p.T(x, 0, right-x, h, facts, theme.Small, p.P.Text2, widget.Left) + 24
	}
	if dump := b.dump(); dump != "" && right-x > findBarDump {
		p.T(x, 0, right-x, h, dump, theme.MonoTiny, p.P.Text3, widget.Left)
	}
}

// findBarDump is the least room in which the tcpdump expression is written.
const findBarDump = 120

// dump is what is looked for as a tcpdump expression, "" where there is none.
func (b *findBar) dump() string {
	if e, ok := b.w.app.SearchExpressions(); ok && e.Tcpdump != "" {
		return "tcpdump: " + e.Tcpdump
	}
	return ""
}

// facts are how much was found here and in all, and how the search stands.
func (b *findBar) facts(s *app.Capture) []string {
	var facts []string
	l := b.w.lang()
	number := func(n int) string { return narrate.Count(uint64(n)) }
	at, of := s.MatchPlace()
	switch {
	case s.Search.Count == 0 && !s.Search.Running && len(s.Shown) > 0:
		return append(facts, fill(l, findWords.named, b.w.count(len(s.Shown), words.oneConn, words.someConns), ""))
	case of == 0:
		facts = append(facts, b.w.t(findWords.noneHere))
	case at > 0:
		facts = append(facts, fill(l, findWords.place, number(at), number(of)))
	default:
		facts = append(facts, fill(l, findWords.here, number(of), ""))
	}
	facts = append(facts, b.w.count(s.Search.Count, findWords.one, findWords.some), b.w.count(len(s.Search.Found)+len(s.Search.Others), words.oneConn, words.someConns))
	switch {
	case s.Search.Running && s.Search.Total > 0:
		facts = append(facts, fill(l, findWords.searching, narrate.Percent(s.Search.Done, s.Search.Total), ""))
	case s.Search.Running:
		facts = append(facts, strings.TrimSpace(fill(l, findWords.searching, "", "")))
	case s.Search.Part:
		facts = append(facts, b.w.t(findWords.stopped))
	case s.Search.Fail != nil:
		facts = append(facts, fill(l, findWords.failed, why(l, s.Search.Fail), ""))
	}
	return facts
}

// clearSearch ends what is looked for.
func (w *Window) clearSearch() {
	w.app.StopSearch()
	w.app.SetFilter("")
	w.capture.find.reset()
}
