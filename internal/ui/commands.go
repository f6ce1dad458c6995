package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// command is something that the window can do for the reader. The key bindings, the help on keys and the palette are made of
// commands: whoever adds one adds it to a list here, or to a list of their own that newCommands names.
type command struct {
	// id is its name in traces and tests.
	id    string
	group group
	does  narrate.Text
	// keys start it, as "Ctrl+Shift+P", "F3", "Up" or "]" (a character by itself); the first is the one that is shown. "" for none.
	keys []string
	// can says that it makes sense now; nil for always.
	can func() bool
	// do does it; nil for what Fyne does by itself, which is listed for the help only.
	do func()
	// plain marks what needs no place in the palette, because it moves about.
	plain bool
	// above marks what also works while a dialog is open.
	above bool
}

// group is what a command has to do with.
type group uint8

// The groups, in the order of the help.
const (
	groupMove group = iota
	groupFind
	groupView
	groupPacket
	groupWindow
	numGroups = iota
)

var groupWords = [numGroups]narrate.Text{
	groupMove: {"Move", "移动"}, groupFind: {"Find", "查找"}, groupView: {"View", "视图"},
	groupPacket: {"Packet and connection", "包与连接"}, groupWindow: {"Window", "窗口"},
}

// newCommands makes all commands, by group.
func (w *Window) newCommands() []command {
	var all []command
	for _, list := range []func() []command{
		w.moveCommands, w.scrollCommands, w.findCommands, w.viewCommands, w.packetCommands, w.messageCommands, w.noteCommands,
		w.lessonCommands, w.makeCommands, w.liveCommands, w.windowCommands, w.zoomCommands,
	} {
		all = append(all, list()...)
	}
	slices.SortStableFunc(all, func(a, b command) int { return int(a.group) - int(b.group) })
	return all
}

// onCapture says that a connection is shown.
func (w *Window) onCapture() bool { return w.app.Page == app.CapturePage && w.app.Capture.Chat != nil }

// onPackets says that packets are shown: of a connection, or of a conversation that is not TCP.
func (w *Window) onPackets() bool { return w.app.Page == app.CapturePage && !w.capture.nothing() }

// moveCommands go from packet to packet, step to step, connection to connection.
func (w *Window) moveCommands() []command {
	move := func(key fyne.KeyName) func() {
		return func() { w.capture.key(&fyne.KeyEvent{Name: key}) }
	}
	scaled := func() bool {
		return w.onCapture() && (w.app.Capture.Shows == app.GraphsView || w.app.Capture.Shows == app.LadderView)
	}
	list := []command{
		{id: "packet.before", does: narrate.Text{"the packet before", "上一个包"}, keys: []string{"Up"}, do: move(fyne.KeyUp)},
		{id: "packet.next", does: narrate.Text{"the next packet", "下一个包"}, keys: []string{"Down"}, do: move(fyne.KeyDown)},
		{id: "packet.first", does: narrate.Text{"to the first packet", "到第一个包"}, keys: []string{"Home"}, do: move(fyne.KeyHome)},
		{id: "packet.last", does: narrate.Text{"to the last packet", "到最后一个包"}, keys: []string{"End"}, do: move(fyne.KeyEnd)},
		{id: "page.before", does: narrate.Text{"a page back", "向上翻页"}, keys: []string{"PageUp"}, plain: true, do: move(fyne.KeyPageUp)},
		{id: "page.next", does: narrate.Text{"a page on", "向下翻页"}, keys: []string{"PageDown"}, plain: true, do: move(fyne.KeyPageDown)},
		{id: "row.fold", does: narrate.Text{"fold or unfold, show more lines", "折叠或展开、显示更多行"}, keys: []string{"Enter"}, plain: true, do: move(fyne.KeyReturn)},
		{id: "step.before", does: narrate.Text{"a step back in the lesson, else in the connection", "课程或连接后退一步"}, keys: []string{"Left"}, do: func() { w.stepBy(-1) }},
		{id: "step.next", does: narrate.Text{"a step on in the lesson, else in the connection", "课程或连接前进一步"}, keys: []string{"Right"}, do: func() { w.stepBy(1) }},
		{id: "play", does: narrate.Text{"play the connection, or stop", "播放连接，或停止"}, keys: []string{"Space"}, can: w.onCapture, do: w.app.TogglePlay},
		{id: "connection.before", does: narrate.Text{"the connection before", "上一条连接"}, keys: []string{"["}, do: func() { w.connectionBy(-1) }},
		{id: "connection.next", does: narrate.Text{"the next connection", "下一条连接"}, keys: []string{"]"}, do: func() { w.connectionBy(1) }},
		{id: "graph.closer", does: narrate.Text{"in graphs and ladders: closer", "图表和时序图中：放大"}, keys: []string{"+", "="}, can: scaled, do: move(fyne.KeyPlus)},
		{id: "graph.further", does: narrate.Text{"in graphs and ladders: further", "图表和时序图中：缩小"}, keys: []string{"-"}, can: scaled, do: move(fyne.KeyMinus)},
		{id: "graph.all", does: narrate.Text{"in graphs and ladders: as at first", "图表和时序图中：复原"}, keys: []string{"0"}, can: scaled, do: move(fyne.Key0)},
	}
	for i := range list {
		list[i].group = groupMove
		if list[i].can == nil {
			list[i].can = w.onPackets
		}
	}
	return append(list, command{id: "focus.next", group: groupMove, does: narrate.Text{"to the next control", "到下一个控件"}, keys: []string{"Tab"}, plain: true})
}

// findCommands find things.
func (w *Window) findCommands() []command {
	return []command{
		{id: "find", group: groupFind, does: narrate.Text{"go to the search box", "到搜索框"}, keys: []string{"Ctrl+F"}, do: w.focusSearch},
		{id: "find.next", group: groupFind, does: narrate.Text{"the next match", "下一处匹配"}, keys: []string{"F3"}, can: w.searching, do: func() { w.app.FoundBy(1) }},
		{id: "find.before", group: groupFind, does: narrate.Text{"the match before", "上一处匹配"}, keys: []string{"Shift+F3"}, can: w.searching, do: func() { w.app.FoundBy(-1) }},
		{id: "find.clear", group: groupFind, does: narrate.Text{"clear the search", "清除查找"}, can: w.searching, do: w.clearSearch},
		{
			id: "copy.filter", group: groupFind, does: narrate.Text{"copy the search as a display filter", "把查找内容复制为显示过滤器"},
			can: w.searching, do: func() { w.copyExpression(w.app.SearchExpressions()) },
		},
		{
			id: "copy.tcpdump", group: groupFind, does: narrate.Text{"copy the search as a tcpdump expression", "把查找内容复制为 tcpdump 表达式"},
			can: w.searching, do: func() { w.copyTcpdump(w.app.SearchExpressions()) },
		},
		{
			id: "find.save", group: groupFind, does: foundWords.does,
			can: func() bool { return w.app.Page == app.CapturePage && w.app.Capture.HasFoundPackets() }, do: w.saveFound,
		},
		{
			id: "find.form", group: groupFind, does: narrate.Text{"build a filter", "拼一个过滤器"}, keys: []string{"Ctrl+Shift+F"},
			can: func() bool { return w.app.Page == app.CapturePage }, do: w.showFilterForm,
		},
	}
}

// searching says that something is looked for.
func (w *Window) searching() bool {
	return w.app.Page == app.CapturePage && (w.app.Capture.Search.Active() || w.app.Capture.Filter != "")
}

// canView says that a view can be shown: those that are about streams of bytes only of a connection.
func (w *Window) canView(kind app.ViewKind) bool {
	return w.onPackets() && (!w.app.Capture.Other.Shown() || slices.Contains(otherViews[:], kind))
}

// viewCommands choose what is shown.
func (w *Window) viewCommands() []command {
	var list []command
	for i, kind := range w.capture.middle.kinds {
		name := viewWords[kind]
		list = append(list, command{
			id: "view." + kind.String(), group: groupView, can: func() bool { return w.canView(kind) }, do: func() { w.capture.middle.viewBy(i) },
			does: narrate.Text{"view: " + name[narrate.English], "视图：" + name[narrate.Chinese]}, keys: []string{"Ctrl+" + itoa(i+1)},
		})
	}
	for i, name := range []narrate.Text{words.lesson, words.diagnosis, words.statistics, words.files, playWords.states} {
		tab := app.Tab(i)
		list = append(list, command{
			id: "tab." + tab.String(), group: groupView, does: narrate.Text{"tab: " + name[narrate.English], "标签页：" + name[narrate.Chinese]},
			keys: []string{itoa(i + 1)},
			can:  func() bool { return w.onPackets() && w.app.Capture.HasTab(tab) },
			do:   func() { w.capture.showPane(true); w.app.ShowTab(tab) },
		})
	}
	return append(list,
		command{
			id: "flip", group: groupView, does: narrate.Text{"chat or messages, at the same place", "对话或消息，停在同一处"}, keys: []string{"M"},
			can: w.onPackets, do: w.app.FlipMessages,
		},
		command{
			id: "drawer", group: groupView, does: narrate.Text{"show or hide packet details", "显示或收起包详情"}, keys: []string{"D"},
			can: w.onPackets, do: w.capture.toggleDrawer,
		},
		command{
			id: "drawer.tab", group: groupView, does: narrate.Text{"header or field tree", "头部或字段树"}, keys: []string{"H"}, can: w.onCapture, do: w.switchDrawer,
		},
		command{
			id: "stream.decoded", group: groupView, does: narrate.Text{"in streams: decoded or raw", "字节流中：解码或原始字节"},
			can: w.canDecode, do: w.app.DecodeBytes,
		},
		command{
			id: "why", group: groupView, does: narrate.Text{"why the packet has its labels", "这个包为什么有这些标签"}, keys: []string{"W"},
			can: w.onCapture, do: w.why,
		},
		command{
			id: "notes", group: groupView, does: narrate.Text{"explain packets in plain words, or not", "显示或隐藏白话说明"}, keys: []string{"N"},
			can: w.onCapture, do: func() { w.app.Set(func(s *app.Settings) { s.Notes = !s.Notes }) },
		},
	)
}

// packetCommands do something with what is selected.
func (w *Window) packetCommands() []command {
	return []command{
		{
			id: "copy.packet", group: groupPacket, does: narrate.Text{"copy the selected packet or message as text", "复制所选包或消息的文字"}, keys: []string{"Ctrl+C"},
			can: w.onPackets, do: w.copySelected,
		},
		{
			id: "copy.connection", group: groupPacket, does: narrate.Text{"copy the whole conversation", "复制整个会话"}, keys: []string{"Ctrl+Shift+C"},
			can: w.onCapture, do: w.capture.middle.chat.copyAll,
		},
		{
			id: "copy.filter.packet", group: groupPacket, does: narrate.Text{"copy a display filter for this packet", "复制这个包的显示过滤器"},
			can: w.onCapture, do: func() { w.copyExpression(w.app.PacketExpressions(w.app.Capture.Packet)) },
		},
		{
			id: "copy.filter.connection", group: groupPacket, does: narrate.Text{"copy a display filter for this connection", "复制这条连接的显示过滤器"},
			can: w.onCapture, do: func() { w.copyExpression(w.app.ConnectionExpressions(w.app.Capture.Stream)) },
		},
		{
			id: "copy.tcpdump.connection", group: groupPacket, does: narrate.Text{"copy a tcpdump expression for this connection", "复制这条连接的 tcpdump 表达式"},
			can: w.onCapture, do: func() { w.copyTcpdump(w.app.ConnectionExpressions(w.app.Capture.Stream)) },
		},
		{
			id: "wireshark", group: groupPacket, does: narrate.Text{"open in Wireshark at this packet", "在 Wireshark 中打开并定位到这个包"}, keys: []string{"Ctrl+Shift+W"},
			can: w.onCapture, do: func() { w.app.OpenInWireshark(w.app.Capture.Packet) },
		},
		{
			id: "files.mark", group: groupPacket, does: narrate.Text{"mark all files, or none (in Files)", "标记全部文件，或取消全部标记（文件页）"},
			can: w.inFiles, do: func() { c := w.app.Capture; w.app.MarkFiles(len(c.Marked) < len(c.Files)) },
		},
		{
			id: "save.file", group: groupPacket, does: narrate.Text{"save the selected file (in Files)", "保存所选文件（文件页）"}, keys: []string{"Ctrl+S"},
			can: w.inFiles, do: w.saveSelected,
		},
	}
}

// inFiles says that the files of a capture are shown.
func (w *Window) inFiles() bool { return w.onPackets() && w.app.Capture.Tab == app.FilesTab }

// windowCommands are about the window as a whole.
func (w *Window) windowCommands() []command {
	list := []command{
		{id: "palette", does: narrate.Text{"find a command by its words", "按名称查找命令"}, keys: []string{"Ctrl+Shift+P"}, plain: true, do: w.showPalette},
		{id: "open", does: narrate.Text{"open a capture", "打开抓包"}, keys: []string{"Ctrl+O"}, do: w.chooseFile},
		{id: "settings", does: narrate.Text{"settings", "设置"}, keys: []string{"Ctrl+,"}, do: w.showSettings},
		{id: "keys", does: narrate.Text{"all keys", "全部快捷键"}, keys: []string{"F1"}, do: w.showKeys},
		{id: "help", does: narrate.Text{"help: what flags, states and labels mean", "帮助：标志、状态和标签的含义"}, keys: []string{"Ctrl+F1"}, do: func() { w.showHelp("") }},
		{id: "help.bubble", does: narrate.Text{"help: how to read a bubble", "帮助：怎样读一个气泡"}, do: func() { w.showHelp("bubble") }},
		{id: "back", does: narrate.Text{"close what is open, then Home", "关闭打开的窗口，再回首页"}, keys: []string{"Esc"}, plain: true, above: true, do: w.escape},
		{id: "home", does: narrate.Text{"go to Home", "回到首页"}, can: func() bool { return w.app.Page == app.CapturePage }, do: w.app.GoHome},
		{id: "cancel", does: narrate.Text{"stop reading the capture", "停止读取抓包"}, can: func() bool { return w.app.Capture != nil && w.app.Capture.Loading }, do: w.app.Cancel},
	}
	for mode, name := range []narrate.Text{words.themeAuto, words.themeDark, words.themeLight} {
		list = append(list, command{
			id: "theme." + string(themeModes[mode]), does: narrate.Text{"theme: " + name[narrate.English], "主题：" + name[narrate.Chinese]},
			can: func() bool { return w.app.Settings.Theme != themeModes[mode] },
			do:  func() { w.app.Set(func(s *app.Settings) { s.Theme = themeModes[mode] }) },
		})
	}
	for lang, name := range []string{"English", "中文"} {
		list = append(list, command{
			id: "language." + narrate.Lang(lang).String(), does: narrate.Text{"language: " + name, "语言：" + name},
			can: func() bool { return w.lang() != narrate.Lang(lang) },
			do:  func() { w.app.Set(func(s *app.Settings) { s.Lang = narrate.Lang(lang) }) },
		})
	}
	for i := range list {
		list[i].group = groupWindow
	}
	return list
}

// possible reports that a command makes sense now.
func (c *command) possible() bool { return c.do != nil && (c.can == nil || c.can()) }

// key is the key that is shown for the command, "" if it has none.
func (c *command) key() string {
	if len(c.keys) == 0 {
		return ""
	}
	return c.keys[0]
}
