package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// ruleWords are the texts about protocols that the reader chooses.
var ruleWords = struct {
	title, port, add, none, remove, badPort, choose, automatic, here, everywhere, menu, rule, back, chosen narrate.Text
}{
	title:      narrate.Text{"Decode ports as", "按端口指定协议"},
	port:       narrate.Text{"Server port", "服务器端口"},
	add:        narrate.Text{"Add…", "添加…"},
	none:       narrate.Text{"No rules: protocols are told by their first bytes.", "还没有规则：协议由最初的字节判断。"},
	remove:     narrate.Text{"click to change", "点击修改"},
	badPort:    narrate.Text{"A port is a number from 1 to 65535", "端口是 1 到 65535 的数字"},
	choose:     narrate.Text{"Decode as", "解码为"},
	automatic:  narrate.Text{"Automatic", "自动判断"},
	here:       narrate.Text{"This connection", "这条连接"},
	everywhere: narrate.Text{"Every connection to port ${n}", "所有到端口 ${n} 的连接"},
	menu:       narrate.Text{"Decode as…", "解码为…"},
	rule:       narrate.Text{"Port ${n}", "端口 ${n}"},
	chosen:     narrate.Text{"protocol chosen by you", "协议由你指定"},
	back:       narrate.Text{"Back to the settings", "回到设置"},
}

const ruleRow = 34

// rulesText is what the button in the settings says.
func (w *Window) rulesText() string {
	if n := len(w.app.DecodeAs); n > 0 {
		return fill(w.lang(), settingWords.someRules, strconv.Itoa(n), "")
	}
	return w.t(settingWords.noRules)
}

// showRules lists the rules for ports. A click on one leads to the protocols, among which Automatic takes the rule away.
func (w *Window) showRules() {
	a := w.app
	list := widget.NewList(ruleRow)
	list.Choice = true
	list.Count = func() int { return len(a.DecodeAs) }
	list.Draw = func(p *widget.Pen, i int, lw float32, _ widget.RowState) {
		r := a.DecodeAs[i]
		p.T(12, 0, 150, ruleRow-2, fill(w.lang(), ruleWords.rule, strconv.Itoa(int(r.Port)), ""), theme.Body, p.P.Text, widget.Left)
		p.T(170, 0, 200, ruleRow-2, narrate.ProtocolName(r.Protocol), theme.Strong, p.P.Text, widget.Left)
		p.T(lw-170, 0, 154, ruleRow-2, w.t(ruleWords.remove), theme.Tiny, p.P.Text3, widget.Right)
	}
	change := func(port uint16, now string) {
		w.chooseProtocol(fill(w.lang(), ruleWords.rule, strconv.Itoa(int(port)), ""), now, func(protocol string) {
			a.DecodePortAs(port, protocol)
			w.showRules()
		})
	}
	list.OnOpen = func(i int) { change(a.DecodeAs[i].Port, a.DecodeAs[i].Protocol) }
	port := fynewidget.NewEntry()
	port.SetPlaceHolder(w.t(ruleWords.port))
	add := func() {
		n, err := strconv.ParseUint(port.Text, 10, 16)
		if err != nil || n == 0 {
			w.overlay.Toast(timeline.Warn, w.t(ruleWords.badPort))
			return
		}
		change(uint16(n), "")
	}
	port.OnSubmitted = func(string) { add() }
	button := widget.NewButton(widget.Primary, "plus", w.t(ruleWords.add), add)
	back := widget.NewButton(widget.Plain, "left", w.t(ruleWords.back), w.showSettings)
	empty := widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, cw, _ float32) {
		if len(a.DecodeAs) == 0 {
			p.Para(0, theme.FieldHeight+18, cw, 20, w.t(ruleWords.none), theme.Body, p.P.Text2, 3)
		}
	})
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		bw, foot := button.MinSize().Width, size.Height-theme.ButtonHeight
		put(empty, 0, 0, size.Width, size.Height)
		put(port, 0, 0, size.Width-bw-10, theme.FieldHeight)
		put(button, size.Width-bw, 0, bw, theme.FieldHeight)
		put(list, -8, theme.FieldHeight+12, size.Width+16, foot-theme.FieldHeight-24)
		put(back, 0, foot, back.MinSize().Width, theme.ButtonHeight)
	}, empty, port, button, list, back)
	show(list, len(a.DecodeAs) > 0)
	w.openDialog(fyne.NewSize(560, 440), w.t(ruleWords.title), content)
	w.win.Canvas().Focus(port)
}

// chooseProtocol lists the protocols, the first of which is "" for the one that the bytes tell, and hands on the one chosen.
func (w *Window) chooseProtocol(title, now string, done func(protocol string)) {
	content, focus := w.protocolList(now, done)
	w.openDialog(fyne.NewSize(420, 500), title, content)
	w.win.Canvas().Focus(focus)
}

// protocolList is the list of protocols.
func (w *Window) protocolList(now string, done func(protocol string)) (content fyne.CanvasObject, list *widget.List) {
	names := append([]string{""}, app.Protocols()...)
	list = widget.NewList(ruleRow)
	list.Choice = true
	list.Count = func() int { return len(names) }
	list.Draw = func(p *widget.Pen, i int, lw float32, _ widget.RowState) {
		text := w.t(ruleWords.automatic)
		if names[i] != "" {
			text = narrate.ProtocolName(names[i])
		}
		p.T(36, 0, lw-48, ruleRow-2, text, theme.Body, p.P.Text, widget.Left)
		if names[i] == now {
			p.Icon(12, (ruleRow-16)/2, 14, "check", p.P.Accent)
		}
	}
	list.OnOpen = func(i int) {
		w.closeDialog()
		done(names[i])
	}
	list.Select(max(slices.Index(names, now), 0))
	return list, list
}

// decodeConnectionAs lets the reader choose what a connection speaks, and whether that goes for its port.
func (w *Window) decodeConnectionAs(stream int) {
	a := w.app
	conn := a.Capture.Session.Connection(stream)
	own, byPort := a.DecodedAs(stream)
	everywhere := own == "" && byPort != ""
	now := own
	if everywhere {
		now = byPort
	}
	port := conn.Server.Port()
	scope := widget.NewSegmented([]string{w.t(ruleWords.here), fill(w.lang(), ruleWords.everywhere, strconv.Itoa(int(port)), "")}, 0, func(i int) { everywhere = i == 1 })
	if everywhere {
		scope.SetSelected(1)
	}
	c := a.Capture
	protocols, list := w.protocolList(now, func(protocol string) {
		switch {
		case a.Capture != c:
		case everywhere:
			a.DecodeStreamAs(stream, "")
			a.DecodePortAs(port, protocol)
		default:
			a.DecodeStreamAs(stream, protocol)
		}
	})
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(scope, 0, 0, size.Width, theme.ButtonHeight)
		put(protocols, -8, theme.ButtonHeight+10, size.Width+16, size.Height-theme.ButtonHeight-10)
	}, scope, protocols)
	w.openDialog(fyne.NewSize(480, 500), w.t(ruleWords.choose)+" · "+conn.Server.String(), content)
	w.win.Canvas().Focus(list)
}
