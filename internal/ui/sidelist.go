package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/app"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// sideWords are the texts of the list at the left.
var sideWords = struct {
	families [app.NumFamilies]narrate.Text
	none     [app.NumFamilies]narrate.Text
	orders   [app.NumOrders]narrate.Text

	listed, someListed, group, reverse, closeGroups, openGroups, failed, troubled, conversations, oneConversation, copyHost, swap narrate.Text
}{
	families: [app.NumFamilies]narrate.Text{{"TCP", "TCP"}, {"UDP", "UDP"}, {"Other", "其他"}},
	none: [app.NumFamilies]narrate.Text{
		words.noConnections, {"No UDP in this file.", "这个文件里没有 UDP。"}, {"Nothing but TCP and UDP in this file.", "这个文件里只有 TCP 和 UDP。"},
	},
	orders: [app.NumOrders]narrate.Text{
		app.ByTime: {"by start", "按开始时间"}, app.ByDuration: {"by duration", "按时长"}, app.ByPackets: {"by packets", "按包数"},
		app.ByBytes: {"by bytes", "按字节"}, app.ByHost: {"by host", "按主机"}, app.ByTrouble: {"by trouble", "按问题"},
	},
	listed:          narrate.Text{"${n} listed", "列出 ${n} 条"},
	someListed:      narrate.Text{"${n} of ${of}", "${n} / ${of} 条"},
	group:           narrate.Text{"Group by host", "按主机分组"},
	reverse:         narrate.Text{"Turn the order round", "倒序"},
	closeGroups:     narrate.Text{"Close all groups", "收起所有分组"},
	openGroups:      narrate.Text{"Open all groups", "展开所有分组"},
	failed:          narrate.Text{"${n} failed", "${n} 条失败"},
	troubled:        narrate.Text{"${n} slow or lossy", "${n} 条慢或丢包"},
	conversations:   narrate.Text{"${n} conversations", "${n} 个会话"},
	oneConversation: narrate.Text{"1 conversation", "1 个会话"},
	swap:            narrate.Text{"Swap client and server (they are guessed)", "对调客户端和服务器（目前是推测的）"},
	copyHost:        narrate.Text{"Copy host", "复制主机名"},
}

// short writes a number in as few characters as a switch has room for.
func short(n int) string {
	switch {
	case n >= 10_000_000:
		return strconv.Itoa(n/1_000_000) + "M"
	case n >= 10_000:
		return strconv.Itoa(n/1000) + "k"
	}
	return narrate.Count(uint64(max(n, 0)))
}

// familyNames are the items of the switch, with how many conversations each has.
func familyNames(w *Window, s *app.Capture) []string {
	names := make([]string, app.NumFamilies)
	for f := range names {
		names[f] = w.t(sideWords.families[f])
		if n := s.Side.Totals[f]; n > 0 {
			names[f] += " " + short(n)
		}
	}
	return names
}

// orderMenu offers the orders and the grouping below the button.
func (s *sidebar) orderMenu() {
	c := s.w.app.Capture
	if c == nil {
		return
	}
	t, a := s.w.t, s.w.app
	item := func(text narrate.Text, checked bool, do func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(t(text), do)
		i.Checked = checked
		return i
	}
	menu := fyne.NewMenu("")
	for o := range app.Order(app.NumOrders) {
		menu.Items = append(menu.Items, item(sideWords.orders[o], o == c.Order, func() {
			if o != c.Order {
				a.SortBy(o)
			}
		}))
	}
	menu.Items = append(menu.Items, item(sideWords.reverse, c.Side.Reversed, func() { a.SortBy(c.Order) }), fyne.NewMenuItemSeparator(),
		item(sideWords.group, c.Side.Grouped, func() { a.GroupByHost(!c.Side.Grouped) }))
	if c.Side.Grouped {
		menu.Items = append(menu.Items, item(sideWords.closeGroups, false, func() { a.CloseGroups(true) }),
			item(sideWords.openGroups, false, func() { a.CloseGroups(false) }))
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.order)
	fynewidget.ShowPopUpMenuAtPosition(menu, s.w.win.Canvas(), at.AddXY(0, s.order.Size().Height))
}

// drawRow draws a group or a conversation.
func (s *sidebar) drawRow(p *widget.Pen, i int, w float32, st widget.RowState) {
	c := s.w.app.Capture
	if c == nil || i >= c.ListLen() {
		return
	}
	row := c.ListRow(i)
	switch {
	case row.Head:
		s.drawGroup(p, &c.Side.Groups[row.Group], w)
	case c.Side.Family == app.TCPFamily:
		conn := s.connection(c, row.Conversation)
		conn.Inside = row.Group >= 0
		widget.DrawConnection(p, conn, w, st)
	default:
		o := c.Session.Other(row.Conversation)
		talk := s.conversation(&o)
		talk.Inside = row.Group >= 0
		talk.Badges = s.matches(c.Search.Others[row.Conversation].Count)
		widget.DrawConnection(p, talk, w, st)
	}
}

// connection is what the list says of a TCP connection.
func (s *sidebar) connection(c *app.Capture, stream int) widget.Connection {
	conn := c.Session.Connection(stream)
	facts := "TCP"
	if name := c.Session.Protocol(stream); name != "" {
		facts = narrate.ProtocolName(name)
	}
	host := conn.Server.String()
	if name := c.Session.ServerName(stream); name != "" {
		host = name + ":" + strconv.Itoa(int(conn.Server.Port()))
	}
	marks := s.matches(c.Search.Found[stream].Count)
	if stream != c.Stream || !c.Covering() { // they say how it went on
		marks = append(marks, badges(s.w, &conn)...)
	}
	return widget.Connection{
		Host: host, Duration: narrate.Duration(time.Duration(conn.LastTime - conn.FirstTime)),
		Facts:  facts + " · " + s.w.volume(uint64(conn.Packets[0])+uint64(conn.Packets[1]), conn.Bytes[0]+conn.Bytes[1]),
		Badges: marks, Peer: ":" + strconv.Itoa(int(conn.Client.Port())),
	}
}

// matches says how much a search found in a conversation.
func (s *sidebar) matches(n int) []widget.Badge {
	if n == 0 {
		return nil
	}
	return []widget.Badge{{Severity: timeline.Info, Text: s.w.count(n, findWords.one, findWords.some)}}
}

// conversation is what the list says of a conversation that is not TCP.
func (s *sidebar) conversation(o *app.OtherSummary) widget.Connection {
	name := narrate.OtherName(s.w.lang(), o.Kind, o.Number, o.Protocol)
	host, peer := narrate.Endpoint(o.Ends[1]), narrate.Endpoint(o.Ends[0])
	if host == "" {
		host = name
	}
	return widget.Connection{
		Host: host, Duration: narrate.Duration(time.Duration(o.LastTime - o.FirstTime)),
		Facts: name + " · " + s.w.volume(uint64(o.Packets[0])+uint64(o.Packets[1]), o.Bytes[0]+o.Bytes[1]), Peer: peer,
	}
}

// volume writes how many packets and bytes.
func (w *Window) volume(packets, bytes uint64) string {
	return w.packets(int(packets)) + " · " + narrate.Bytes(bytes)
}

func (s *sidebar) drawGroup(p *widget.Pen, g *app.Group, w float32) {
	one, many := words.oneConn, words.someConns
	if s.w.app.Capture.Side.Family != app.TCPFamily {
		one, many = sideWords.oneConversation, sideWords.conversations
	}
	var found []widget.Badge
	add := func(h diagnose.Health, severity timeline.Severity, text narrate.Text) {
		if n := g.Health[h]; n > 0 {
			found = append(found, widget.Badge{Severity: severity, Text: fill(s.w.lang(), text, narrate.Count(uint64(n)), "")})
		}
	}
	add(diagnose.Failed, timeline.Fail, sideWords.failed)
	add(diagnose.Troubled, timeline.Warn, sideWords.troubled)
	widget.DrawGroup(p, widget.Group{
		Host: g.Host, Count: s.w.count(g.N, one, many), Facts: s.w.volume(g.Packets, g.Bytes), Badges: found, Closed: g.Closed,
	}, w)
}

// open opens or closes a group, or shows a conversation.
func (s *sidebar) open(i int) {
	c := s.w.app.Capture
	if c == nil || i < 0 || i >= c.ListLen() {
		return
	}
	if row := c.ListRow(i); row.Head {
		s.w.app.ToggleGroup(row.Group)
	} else {
		s.choose(i)
	}
}

// choose shows the conversation of row i.
func (s *sidebar) choose(i int) {
	c := s.w.app.Capture
	if c == nil || i < 0 || i >= c.ListLen() {
		return
	}
	switch row := c.ListRow(i); {
	case row.Head:
	case c.Side.Family == app.TCPFamily:
		s.w.app.SelectConnection(row.Conversation)
	default:
		s.w.app.SelectOther(row.Conversation)
	}
}

// isHead reports that row i names a group.
func (s *sidebar) isHead(i int) bool {
	c := s.w.app.Capture
	return c != nil && i >= 0 && i < c.ListLen() && c.ListRow(i).Head
}

// listedText says how much of the family is listed.
func (s *sidebar) listedText(c *app.Capture) string {
	n, of := len(c.Listed()), c.Side.Totals[c.Side.Family]
	if n == of {
		return fill(s.w.lang(), sideWords.listed, narrate.Count(uint64(n)), "")
	}
	return fill(s.w.lang(), sideWords.someListed, narrate.Count(uint64(n)), narrate.Count(uint64(of)))
}

// nothingListed says why the list is empty.
func (s *sidebar) nothingListed(c *app.Capture) narrate.Text {
	switch {
	case strings.TrimSpace(c.Filter) != "":
		return words.noMatch
	case c.Side.Family == app.TCPFamily && c.Only >= 0:
		return words.noneOfKind
	}
	return sideWords.none[c.Side.Family]
}

// menu offers what can be done with the conversation of row i.
func (s *sidebar) menu(i int, at fyne.Position) {
	c := s.w.app.Capture
	if c == nil || i < 0 || i >= c.ListLen() {
		return
	}
	row := c.ListRow(i)
	if row.Head {
		host := c.Side.Groups[row.Group].Host
		s.w.showMenu(at, menuItem{s.w.t(sideWords.copyHost), func() { s.w.copy(host) }},
			menuItem{s.w.t(sideWords.closeGroups), func() { s.w.app.CloseGroups(true) }},
			menuItem{s.w.t(sideWords.openGroups), func() { s.w.app.CloseGroups(false) }})
		return
	}
	if c.Side.Family != app.TCPFamily {
		o := c.Session.Other(row.Conversation)
		s.w.showMenu(at, menuItem{s.w.t(sideWords.copyHost), func() { s.w.copy(app.OtherHost(&o)) }})
		return
	}
	stream := row.Conversation
	items := []menuItem{
		{s.w.t(ruleWords.menu), func() { s.w.decodeConnectionAs(stream) }},
		{s.w.t(sideWords.copyHost), func() { s.w.copy(app.HostOf(c.Session, stream)) }},
	}
	if conn := c.Session.Connection(stream); conn.ClientGuessed {
		items = append(items, menuItem{s.w.t(sideWords.swap), func() { s.w.app.SwapSides(stream) }})
	}
	s.w.showMenu(at, append(items, s.w.connectionMenu(stream)...)...)
}

// drawCounts draws the line between the switch and the list.
func (s *sidebar) drawCounts(p *widget.Pen, y float32) {
	c := s.w.app.Capture
	p.T(16, y, 130, sideHead-6, s.listedText(c), theme.Tiny, p.P.Text2, widget.Left)
}
