package ui

import (
	"image"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// messagesPane shows what the two programs said to each other as a chat of messages.
type messagesPane struct {
	w    *Window
	root *fyne.Container
	back *widget.Canvas
	list *widget.MessageList
	rows *timeline.Messages // those that the list shows
}

// messagesWords are the texts of the view.
var messagesWords = struct {
	making, seeking, failed, noneTitle, goTo, pairHint, copyMessage, copyAll, copyCurl, saveContent, curlInFile, picture, pictureFailed, headLine, headLines, rest, inHex, inStream, nextPart, partBefore narrate.Text
}{
	making:        narrate.Text{"Putting the messages together…", "正在拼出消息…"},
	seeking:       narrate.Text{"Putting the messages together, as far as the selected packet: ${n} so far…", "正在拼出消息，直到所选的包：目前 ${n} 条…"},
	failed:        narrate.Text{"The messages could not be read: ", "无法读取消息："},
	noneTitle:     narrate.Text{"No message to read here", "这里没有可读的消息"},
	goTo:          narrate.Text{"Go to packet ${n}", "转到包 ${n}"},
	pairHint:      narrate.Text{"Go to that message", "转到那条消息"},
	headLine:      narrate.Text{"1 header line", "1 行头部"},
	headLines:     narrate.Text{"${n} header lines", "${n} 行头部"},
	rest:          narrate.Text{"Get the rest…", "查看其余内容…"},
	inHex:         narrate.Text{"All bytes stand below", "全部字节见下方"},
	inStream:      narrate.Text{"Show it whole in the byte stream", "在字节流中查看完整内容"},
	nextPart:      narrate.Text{"show the messages behind those shown", "显示后面的消息"},
	partBefore:    narrate.Text{"show the messages before those shown", "显示前面的消息"},
	copyMessage:   narrate.Text{"Copy this message as text", "复制这条消息的文字"},
	copyAll:       narrate.Text{"Copy all messages", "复制全部消息"},
	copyCurl:      narrate.Text{"Copy as curl command", "复制为 curl 命令"},
	saveContent:   narrate.Text{"Save content…", "保存内容…"},
	curlInFile:    narrate.Text{"Copied. The body is too long for a command: save it as body.bin beside it.", "已复制。正文太长，不能写进命令：请把它另存为 body.bin。"},
	picture:       narrate.Text{"Decoding the picture…", "正在解码图片…"},
	pictureFailed: narrate.Text{"This picture cannot be shown: it is not whole, or too large.", "无法显示这张图片：不完整，或者太大。"},
}

func newMessagesPane(w *Window) *messagesPane {
	m := &messagesPane{w: w}
	m.back = widget.NewCanvas(fyne.NewSize(0, 0), m.drawBack)
	m.list = widget.NewMessageList()
	m.list.Post = w.Post
	m.list.ShowMore = w.showMore
	m.list.ShowHead = func(n int) string { return w.count(n, messagesWords.headLine, messagesWords.headLines) }
	m.list.OnSelect = w.app.SelectMessage
	m.list.OnToggle = w.app.ToggleMessage
	m.list.OnPacket = w.app.SelectPacket
	m.list.OnCopy = func(int) { m.copySelected() }
	m.list.OnContext = m.menu
	m.list.Rest = w.t(messagesWords.rest)
	m.list.OnRest = func(_ int, at fyne.Position) { w.showMenu(at, m.restItems()...) }
	m.list.OnLoad = func(before bool) { w.app.MoreMessages(before) }
	m.list.Hint = m.hint
	m.list.Picture = m.picture
	m.list.Marked = func(row int, r *timeline.MessageRow) bool {
		c := w.app.Capture
		switch {
		case c == nil || !c.Search.Active():
			return false
		case r.Kind == timeline.MessageFold:
			return c.MatchedFold(row)
		}
		return c.MatchedMessage(r.Item)
	}
	m.root = arrange(fyne.NewSize(0, 0), m.place, m.back, m.list)
	return m
}

func (m *messagesPane) state() *app.Messages {
	if c := m.w.app.Capture; c != nil {
		return &c.Messages
	}
	return nil
}

// object implements viewPane.
func (m *messagesPane) object() fyne.CanvasObject { return m.root }

// key implements viewPane.
func (m *messagesPane) key(e *fyne.KeyEvent) { m.list.TypedKey(e) }

func (m *messagesPane) place(size fyne.Size) {
	put(m.back, 0, 0, size.Width, size.Height)
	put(m.list, 0, 0, size.Width, size.Height)
}

// forget implements forgetful.
func (m *messagesPane) forget() {
	m.rows = nil
	m.list.SetModel(nil)
}

// changed implements viewPane.
func (m *messagesPane) changed(ch app.Change) {
	s := m.state()
	if ch&(app.MessagesChanged|app.PageChanged|app.SettingsChanged|app.ChatChanged) != 0 {
		switch {
		case s.Rows == nil:
			m.rows = nil
			m.list.SetModel(nil)
		case s.Rows != m.rows:
			m.rows = s.Rows
			m.list.SetModel(s.Rows)
		default: // a picture came
			m.list.Refresh()
		}
		show(m.list, s.Rows != nil && s.Rows.Len() > 0)
		m.back.Refresh()
	}
	if ch&app.SearchChanged != 0 && m.rows != nil {
		m.list.Refresh()
	}
	if ch&(app.SelectionChanged|app.MessagesChanged|app.PageChanged) != 0 && s.At != m.list.Selected() {
		m.list.Select(s.At)
	}
}

// drawBack says why no rows are shown.
func (m *messagesPane) drawBack(p *widget.Pen, w, h float32) {
	c := m.w.app.Capture
	if c == nil || c.View == nil {
		return
	}
	const x, y = theme.ViewMargin, 24
	switch s := &c.Messages; {
	case s.Err != nil:
		p.Icon(x, y+2, 16, "fail", p.P.Fail)
		p.Para(x+26, y, w-2*x-26, 20, m.w.t(messagesWords.failed)+why(m.w.lang(), s.Err), theme.Body, p.P.Fail, 4)
	case s.Rows == nil:
		text := m.w.t(messagesWords.making)
		if n := s.Sought(); n > 0 {
			text = fill(m.w.lang(), messagesWords.seeking, narrate.Count(uint64(n)), "")
		}
		p.T(x, y, w-2*x, 20, text, theme.Body, p.P.Text2, widget.Left)
	case s.Rows.Len() == 0:
		const icon, room = 28, 440
		at := (w - room) / 2
		top := max(y, h*.3)
		p.Icon((w-icon)/2, top, icon, "chat", p.P.Text3)
		p.T(0, top+icon+12, w, 24, m.w.t(messagesWords.noneTitle), theme.Title, p.P.Text, widget.Center)
		ty := top + icon + 44
		for _, line := range p.Wrap(c.NoMessages(m.w.lang()), room, theme.Body, 4) {
			p.T(at, ty, room, 20, line, theme.Body, p.P.Text2, widget.Center)
			ty += 20
		}
	}
}

// picture is the picture of a message, and what to say about it.
func (m *messagesPane) picture(item int) (image.Image, string) {
	switch p := m.w.app.MessagePicture(item); {
	case p.Picture != nil:
		return p.Picture, strings.ToUpper(p.Format) + " " + itoa(p.Width) + " × " + itoa(p.Height)
	case p.Ready:
		return nil, m.w.t(messagesWords.pictureFailed)
	}
	return nil, m.w.t(messagesWords.picture)
}

// hint explains what the pointer is over.
func (m *messagesPane) hint(r *timeline.MessageRow, part widget.MessagePart) string {
	c := m.w.app.Capture
	if c == nil || c.View == nil {
		return ""
	}
	switch part.Kind {
	case widget.MessagePacket:
		return fill(m.w.lang(), messagesWords.goTo, narrate.Frame(c.View.At(part.Packet).Frame), "")
	case widget.MessagePair:
		return m.w.t(messagesWords.pairHint)
	case widget.MessageTime:
		if len(r.Packets) > 0 {
			return time.Unix(0, c.View.At(r.Packets[0].Packet).Time).UTC().Format("2006-01-02 15:04:05.000000") + " UTC"
		}
	default:
	}
	return ""
}

// copySelected puts the selected message on the clipboard as text.
func (m *messagesPane) copySelected() {
	if s := m.state(); s != nil && s.Rows != nil && m.list.Row() >= 0 {
		m.w.copy(s.Rows.PlainText(m.list.Row()))
	}
}

// copyAll puts all messages on the clipboard, as many as fit.
func (m *messagesPane) copyAll() {
	if s := m.state(); s == nil || s.Rows == nil {
		return
	}
	m.w.overlay.Toast(timeline.Info, m.w.t(words.copying))
	m.w.app.MessagesText(func(text string, rows, of int) {
		m.w.copy(text)
		if rows < of {
			m.w.overlay.Toast(timeline.Warn, fill(m.w.lang(), words.copiedPart, narrate.Count(uint64(rows)), narrate.Count(uint64(of))))
		}
	})
}

// menu offers what can be done with a message.
func (m *messagesPane) menu(row int, at fyne.Position) {
	c := m.w.app.Capture
	if c == nil || c.Messages.Rows == nil {
		return
	}
	items := []menuItem{{m.w.t(messagesWords.copyMessage), m.copySelected}}
	if m.isRequest() {
		items = append(items, menuItem{m.w.t(messagesWords.copyCurl), m.copyCurl})
	}
	m.w.showMenu(at, append(append(items, m.restItems()...), menuItem{m.w.t(messagesWords.copyAll), m.copyAll})...)
}

// restItems are the ways to the whole of the selected message.
func (m *messagesPane) restItems() []menuItem {
	items := []menuItem{{m.w.t(messagesWords.inStream), func() { m.w.app.ShowBytesOf(m.state().At) }}}
	if m.hasContent() {
		items = append(items, menuItem{m.w.t(messagesWords.saveContent), m.saveContent})
	}
	return items
}

// shown reports that messages are shown, one of them selected.
func (m *messagesPane) shown() bool {
	c := m.w.app.Capture
	return m.w.onCapture() && !c.Other.Shown() && c.Shows == app.MessagesView && c.Messages.Rows != nil && c.Messages.At >= 0
}

// isRequest reports that the selected message is an HTTP request of which all that curl needs is known.
func (m *messagesPane) isRequest() bool {
	if !m.shown() {
		return false
	}
	command, _ := m.w.app.MessageCurl(m.state().At)
	return command != ""
}

// copyCurl puts a command on the clipboard that sends the selected request again.
func (m *messagesPane) copyCurl() {
	command, inFile := m.w.app.MessageCurl(m.state().At)
	m.w.copy(command)
	if inFile {
		m.w.overlay.Toast(timeline.Warn, m.w.t(messagesWords.curlInFile))
	}
}

// hasContent reports that the selected message has a content that can be saved.
func (m *messagesPane) hasContent() bool {
	if !m.shown() {
		return false
	}
	_, ok := m.w.app.Capture.MessageFile(m.state().At)
	return ok
}

// saveContent asks where the content of the selected message is to be saved.
func (m *messagesPane) saveContent() {
	c := m.w.app.Capture
	item := c.Messages.At
	name, _ := c.MessageFile(item)
	m.w.saveAs(name, func(path string) { m.w.app.SaveMessage(c, item, path) })
}

// paired is the message that the selected one answers or that answers it, -1 if there is none.
func (m *messagesPane) paired() int {
	if !m.shown() {
		return -1
	}
	return m.state().Rows.Paired(m.state().At)
}

// messageCommands do something with the selected message.
func (w *Window) messageCommands() []command {
	m, ok := w.capture.middle.panes[app.MessagesView].(*messagesPane)
	if !ok {
		return nil
	}
	return []command{
		{
			id: "message.pair", group: groupMove, does: narrate.Text{"to the answer, or to what it answers", "到应答，或到它所回应的消息"}, keys: []string{"A"},
			can: func() bool { return m.paired() >= 0 || w.capture.other.says.paired() >= 0 },
			do: func() {
				if to := w.capture.other.says.paired(); to >= 0 {
					w.app.SelectOtherPacket(to)
				} else {
					w.app.SelectMessage(m.paired())
				}
			},
		},
		{
			id: "message.curl", group: groupPacket, does: narrate.Text{"copy the request as a curl command", "把请求复制为 curl 命令"},
			can: m.isRequest, do: m.copyCurl,
		},
		{
			id: "message.save", group: groupPacket, does: narrate.Text{"save the content of the message", "保存这条消息的内容"},
			can: m.hasContent, do: m.saveContent,
		},
		{
			id: "message.stream", group: groupPacket, does: narrate.Text{"show the message in the byte stream", "在字节流中查看这条消息"},
			can: m.shown, do: func() { w.app.ShowBytesOf(m.state().At) },
		},
		{
			id: "message.next", group: groupMove, does: messagesWords.nextPart,
			can: func() bool { return w.onCapture() && w.app.Capture.HasMessages(false) }, do: func() { w.app.MoreMessages(false) },
		},
		{
			id: "message.before", group: groupMove, does: messagesWords.partBefore,
			can: func() bool { return w.onCapture() && w.app.Capture.HasMessages(true) }, do: func() { w.app.MoreMessages(true) },
		},
		{id: "message.all", group: groupPacket, does: narrate.Text{"copy all messages", "复制全部消息"}, can: m.shown, do: m.copyAll},
	}
}
