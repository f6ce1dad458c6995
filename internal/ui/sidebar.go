package ui

import (
	"strconv"
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
	search *widget.SearchBox
	head   *widget.Canvas
	order  *widget.Button
	list   *widget.List
}

// Measures of the sidebar, in pixels.
const (
	donutHeight = 128
	sideHead    = 36
)

func newSidebar(w *Window) *sidebar {
	s := &sidebar{w: w}
	s.donut = widget.NewDonut(w.t(words.inTotal))
	s.donut.OnSlice = func(i int) { w.app.ShowHealth(diagnose.Health(i)) }
	s.search = widget.NewSearchBox(w.t(words.findBox), "Ctrl F")
	s.search.OnChanged = w.app.SetFilter
	s.search.OnEscape = func() { w.win.Canvas().Unfocus() }
	s.search.OnSubmitted = func(string) {
		if c := w.app.Capture; c != nil && len(c.Shown) > 0 {
			w.app.SelectConnection(c.Shown[0])
		}
	}
	s.head = widget.NewCanvas(fyne.NewSize(0, 0), s.drawHead)
	s.order = widget.NewButton(widget.Quiet, "", w.t(words.byTime), w.app.NextOrder)
	s.list = widget.NewList(widget.ConnectionHeight)
	s.list.Count = func() int {
		if w.app.Capture == nil {
			return 0
		}
		return len(w.app.Capture.Shown)
	}
	s.list.Draw = s.drawRow
	s.list.OnSelect = func(i int) {
		if c := w.app.Capture; c != nil && i >= 0 && i < len(c.Shown) {
			w.app.SelectConnection(c.Shown[i])
		}
	}
	s.root = arrange(fyne.NewSize(sideWidth, 0), s.place, s.head, s.donut, s.search, s.order, s.list)
	return s
}

func (s *sidebar) place(size fyne.Size) {
	put(s.head, 0, 0, size.Width, size.Height)
	put(s.donut, 8, 44, size.Width-10, donutHeight)
	y := float32(44 + donutHeight + 8)
	put(s.search, 14, y, size.Width-28, theme.FieldHeight)
	y += theme.FieldHeight + 8
	ow := s.order.MinSize().Width
	put(s.order, size.Width-ow-8, y, ow, sideHead-6)
	y += sideHead
	put(s.list, 0, y, size.Width, size.Height-y)
}

func (s *sidebar) changed(c app.Change) {
	p := s.w.app.Capture
	if c&(app.PageChanged|app.SettingsChanged|app.ConnectionsChanged|app.ProgressChanged) != 0 {
		s.updateTotals(p)
		s.order.SetText(s.w.t(orderNames[p.Order]))
		if s.search.Text != p.Filter {
			s.search.SetText(p.Filter)
		}
		again(s.root)
		s.head.Refresh()
		s.list.Refresh()
	}
	if c&(app.PageChanged|app.ConnectionsChanged|app.ChatChanged|app.SelectionChanged) != 0 {
		if row := p.Row(p.Stream); row != s.list.Selected() {
			s.list.Select(row)
			s.list.ScrollTo(row)
		}
	}
}

var orderNames = [app.NumOrders]narrate.Text{words.byTime, words.byPackets, words.byBytes, words.byDuration}

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
	p.T(16, y, 140, sideHead-6, s.w.t(words.connections), theme.TinyStrong, p.P.Text2, widget.Left)
	if c.Session != nil && len(c.Shown) == 0 && !c.Loading {
		text := words.noConnections
		switch {
		case c.Filter != "":
			text = words.noMatch
		case c.Only >= 0:
			text = words.noneOfKind
		}
		p.Para(16, y+sideHead+4, w-32, 20, s.w.t(text), theme.Body, p.P.Text2, 3)
	}
}

func (s *sidebar) drawRow(p *widget.Pen, i int, w float32, st widget.RowState) {
	c := s.w.app.Capture
	if c == nil || i >= len(c.Shown) {
		return
	}
	conn := c.Session.Connection(c.Shown[i])
	facts := "TCP"
	if name := c.Session.Protocol(c.Shown[i]); name != "" {
		facts = narrate.ProtocolName(name)
	}
	facts += " · " + s.w.packets(int(conn.Packets[0])+int(conn.Packets[1])) +
		" · " + narrate.Bytes(conn.Bytes[0]+conn.Bytes[1])
	widget.DrawConnection(p, widget.Connection{
		Host: conn.Server.String(), Duration: narrate.Duration(time.Duration(conn.LastTime - conn.FirstTime)), Facts: facts,
		Peer: ":" + strconv.Itoa(int(conn.Client.Port())), Badges: badges(s.w, &conn),
	}, w, st)
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
