package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// bridgeWords are the texts of the way to Wireshark and tcpdump.
var bridgeWords = struct {
	display, anywhere, tcpdump, packet, connection, dumpConnection, only, like, wireshark, none, copies narrate.Text
}{
	display:        narrate.Text{"Copy as display filter", "复制为显示过滤器"},
	tcpdump:        narrate.Text{"Copy as tcpdump expression", "复制为 tcpdump 表达式"},
	packet:         narrate.Text{"Copy display filter of this packet", "复制这个包的显示过滤器"},
	connection:     narrate.Text{"Copy display filter of this connection", "复制这条连接的显示过滤器"},
	anywhere:       narrate.Text{"Copy display filter for other captures, too", "复制对其他抓包也有效的显示过滤器"},
	dumpConnection: narrate.Text{"Copy tcpdump expression of this connection", "复制这条连接的 tcpdump 表达式"},
	only:           narrate.Text{"Find this connection only", "只看这条连接"},
	like:           narrate.Text{"Find all: ${n}", "查找全部：${n}"},
	wireshark:      narrate.Text{"Open in Wireshark at this packet", "在 Wireshark 中打开并定位到这个包"},
	copies:         narrate.Text{"Copy as filter…", "复制为过滤器…"},
	none:           narrate.Text{"There is no such expression.", "没有这样的表达式。"},
}

// copyExpression puts a display filter on the clipboard and shows it.
func (w *Window) copyExpression(e app.Expressions, ok bool) {
	if ok && e.Display != "" {
		w.copyShown(e.Display)
	}
}

// copyTcpdump puts a capture filter on the clipboard and shows it, or says why there is none.
func (w *Window) copyTcpdump(e app.Expressions, ok bool) {
	switch {
	case !ok:
	case e.Tcpdump != "":
		w.copyShown(e.Tcpdump)
	case e.NoTcpdump != "":
		w.overlay.Toast(timeline.Warn, e.NoTcpdump)
	default:
		w.overlay.Toast(timeline.Warn, w.t(bridgeWords.none))
	}
}

// copyShown puts text on the clipboard and shows what it is.
func (w *Window) copyShown(text string) {
	w.fyne.Clipboard().SetContent(text)
	w.overlay.Toast(timeline.OK, w.t(words.copied)+w.t(words.colon)+text)
}

// filterMenu is what can be copied of the search.
func (w *Window) filterMenu() []menuItem {
	items := []menuItem{
		{w.t(bridgeWords.display), func() { w.copyExpression(w.app.SearchExpressions()) }},
		{w.t(bridgeWords.tcpdump), func() { w.copyTcpdump(w.app.SearchExpressions()) }},
	}
	if w.app.Capture.HasFoundPackets() {
		items = append(items, menuItem{w.t(foundWords.save), w.saveFound})
	}
	return items
}

// rowMenu is what can be found and copied of a row: its labels, its packet, its connection. at is where its second menus open.
func (w *Window) rowMenu(r *timeline.Row, at fyne.Position) []menuItem {
	var items, copies []menuItem
	for _, c := range r.Chips {
		if c.Label != 0 && !c.Ours {
			items = append(items, menuItem{
				fill(w.lang(), bridgeWords.like, narrate.Label(c.Label).Name.In(w.lang()), ""),
				func() { w.app.SetFilter(app.LabelFilter(c.Label)) },
			})
		}
	}
	stream := w.app.Capture.Stream
	items = append(items, w.onlyConnection(stream))
	if packet := r.Packet; packet >= 0 {
		items = append(items, menuItem{w.t(bridgeWords.wireshark), func() { w.app.OpenInWireshark(packet) }})
		copies = append(copies, menuItem{w.t(bridgeWords.packet), func() { w.copyExpression(w.app.PacketExpressions(packet)) }})
	}
	copies = append(copies, w.connectionCopies(stream)...)
	return append(items, menuItem{w.t(bridgeWords.copies), func() { w.showMenu(at, copies...) }})
}

// connectionMenu is what can be found and copied of a connection.
func (w *Window) connectionMenu(stream int) []menuItem {
	return append([]menuItem{w.onlyConnection(stream)}, w.connectionCopies(stream)...)
}

// onlyConnection looks for the packets of one connection.
func (w *Window) onlyConnection(stream int) menuItem {
	return menuItem{w.t(bridgeWords.only), func() {
		if e, ok := w.app.ConnectionExpressions(stream); ok {
			w.app.SetFilter(e.Display)
		}
	}}
}

// connectionCopies are the filters that find a connection.
func (w *Window) connectionCopies(stream int) []menuItem {
	expressions := func() (app.Expressions, bool) { return w.app.ConnectionExpressions(stream) }
	return []menuItem{
		{w.t(bridgeWords.connection), func() { w.copyExpression(expressions()) }},
		{w.t(bridgeWords.anywhere), func() {
			if e, ok := expressions(); ok {
				w.copyShown(e.Anywhere)
			}
		}},
		{w.t(bridgeWords.dumpConnection), func() { w.copyTcpdump(expressions()) }},
	}
}
