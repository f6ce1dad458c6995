package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// sidebar shows the totals and the list of connections.
type sidebar struct {
	w      *Window
	root   *fyne.Container
	donut  *widget.Donut
	find   *finder // it belongs to the page, because it reaches over the next column
	search *widget.SearchBox
	head   *widget.Canvas
	// families chooses the list, family is the one that is shown.
	families *widget.Segmented
	family   app.Family
	order    *widget.Button
	list     *widget.List
}

// Measures of the sidebar, in pixels.
const (
	donutHeight = 112
	sideHead    = 36
)

func newSidebar(w *Window) *sidebar {
	s := &sidebar{w: w}
	s.donut = widget.NewDonut(w.t(words.inTotal))
	s.donut.OnSlice = func(i int) { w.app.ShowHealth(diagnose.Health(i)) }
	s.find = newFinder(w)
	s.search = s.find.box
	s.head = widget.NewCanvas(fyne.NewSize(0, 0), s.drawHead)
	s.order = widget.NewButton(widget.Quiet, "", w.t(sideWords.orders[app.ByTime]), s.orderMenu)
	s.families = widget.NewSegmented([]string{"TCP", "UDP", ""}, 0, func(i int) { w.app.ShowFamily(app.Family(i)) })
	s.list = widget.NewList(widget.ConnectionHeight)
	s.list.OneSheet()
	s.list.Count = func() int {
		if w.app.Capture == nil {
			return 0
		}
		return w.app.Capture.ListLen()
	}
	s.list.Draw = s.drawRow
	s.list.OnSelect, s.list.OnOpen, s.list.OnContext, s.list.Heads = s.choose, s.open, s.menu, s.isHead
	s.root = arrange(fyne.NewSize(sideWidth, 0), s.place, s.head, s.donut, s.families, s.order, s.list)
	return s
}

func (s *sidebar) place(size fyne.Size) {
	put(s.head, 0, 0, size.Width, size.Height)
	put(s.donut, 8, 44, size.Width-10, donutHeight)
	y := float32(44 + donutHeight + 8)
	s.find.at(14, barHeight+y, size.Width-28)
	y += theme.FieldHeight + 8
	put(s.families, 14, y, size.Width-28, theme.ButtonHeight-4)
	y += theme.ButtonHeight
	ow := s.order.MinSize().Width
	put(s.order, size.Width-ow-8, y, ow, sideHead-6)
	y += sideHead
	put(s.list, 0, y, size.Width, size.Height-y)
}

func (s *sidebar) changed(c app.Change) {
	p := s.w.app.Capture
	if c&(app.PageChanged|app.SettingsChanged|app.ConnectionsChanged|app.ProgressChanged) != 0 {
		s.updateTotals(p)
		s.order.SetText(s.w.t(sideWords.orders[p.Order]))
		s.order.SetIcon(map[bool]string{false: "down", true: "up"}[p.Side.Reversed])
		s.families.SetItems(familyNames(s.w, p))
		s.families.SetSelected(int(p.Side.Family))
		if s.search.Text != p.Filter {
			s.search.SetText(p.Filter)
		}
		again(s.root)
		s.head.Refresh()
		s.list.Refresh()
	}
	if c&app.LessonChanged != 0 { // an open question hides marks
		s.list.Refresh()
	}
	if c&(app.PageChanged|app.ConnectionsChanged|app.ChatChanged|app.SelectionChanged) != 0 {
		s.follow(p, c)
	}
}

// follow keeps the row of what is shown selected and in view. A group that the reader has opened or closed keeps the keyboard.
func (s *sidebar) follow(p *app.Capture, c app.Change) {
	if s.family != p.Side.Family {
		s.family = p.Side.Family
		s.list.ScrollTo(0)
	}
	if c&(app.PageChanged|app.ChatChanged|app.SelectionChanged) == 0 && s.isHead(s.list.Selected()) {
		return
	}
	if row := p.RowOfSelected(); row != s.list.Selected() {
		s.list.Select(row)
	}
}

func (s *sidebar) updateTotals(p *app.Capture) {
	t := s.w.t
	centre := words.inTotal
	if p.Loading {
		centre = words.soFar
	}
	s.donut.SetSlices([]widget.Slice{
		{Count: p.Health[diagnose.Healthy], Word: t(words.healthy), Severity: timeline.OK},
		{Count: p.Health[diagnose.Troubled], Word: t(words.troubled), Severity: timeline.Warn},
		{Count: p.Health[diagnose.Failed], Word: t(words.failed), Severity: timeline.Fail},
		{Count: p.Health[diagnose.Unfinished], Word: t(words.unfinished), Severity: widget.StillOpen},
	}, t(centre))
	s.donut.SetActive(p.Only)
}

func (s *sidebar) drawHead(p *widget.Pen, w, _ float32) {
	c := s.w.app.Capture
	if c == nil {
		return
	}
	p.T(16, 10, 120, 24, s.w.t(words.overview), theme.Heading, p.P.Text, widget.Left)
	facts := ""
	if c.Session != nil {
		n := c.Session.Counts()
		facts = narrate.Bytes(n.Bytes) + " · " + narrate.Duration(time.Duration(n.End-n.Start))
	}
	p.T(w-150, 10, 134, 24, facts, theme.Tiny, p.P.Text3, widget.Right)
	y := float32(44 + donutHeight + 8 + theme.FieldHeight + 8)
	y += theme.ButtonHeight
	s.drawCounts(p, y)
	if c.Session != nil && c.ListLen() == 0 && !c.Loading {
		p.Para(16, y+sideHead+4, w-32, 20, s.w.t(s.nothingListed(c)), theme.Body, p.P.Text2, 3)
	}
}

// labelBadges are the labels that make a connection slow or lossy, besides retransmissions, which are counted.
var labelBadges = [...]struct {
	label tcp.Labels
	text  narrate.Text
}{
	{tcp.ZeroWindow, words.zeroWindow},
	{tcp.WindowFull, words.windowFull},
	{tcp.LostSegment, words.lostSegment},
	{tcp.OutOfOrder, words.outOfOrder},
}

// badges name a connection's problems, the worst first; a healthy one gets the way it ended.
func badges(w *Window, c *tcp.Connection) []widget.Badge {
	var out []widget.Badge
	add := func(s timeline.Severity, text narrate.Text) {
		out = append(out, widget.Badge{Severity: s, Text: w.t(text)})
	}
	switch c.Ending {
	case tcp.Reset:
		add(timeline.Fail, words.resetBadge)
	case tcp.Refused:
		add(timeline.Fail, words.refusedBadge)
	case tcp.NoAnswer:
		add(timeline.Fail, words.synOnly)
	case tcp.Orderly, tcp.Simultaneous, tcp.HalfClosed, tcp.StillOpen: // no problem in itself
	}
	switch n := c.Retransmissions[flow.ClientToServer] + c.Retransmissions[flow.ServerToClient]; {
	case n == 1:
		add(timeline.Warn, words.oneRetransmission)
	case n > 1:
		out = append(out, widget.Badge{Severity: timeline.Warn, Text: fill(w.lang(), words.retransmissions, narrate.Count(uint64(n)), "")})
	}
	for _, l := range labelBadges {
		if c.Labels.Has(l.label) {
			add(timeline.Warn, l.text)
		}
	}
	if len(out) > 0 {
		return out
	}
	switch c.Ending {
	case tcp.Orderly, tcp.Simultaneous:
		add(timeline.OK, words.okBadge)
	default:
		add(timeline.Info, words.openBadge)
	}
	return out
}
