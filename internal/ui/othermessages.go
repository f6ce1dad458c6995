package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// otherMessages shows the datagrams of a conversation that is not TCP as messages, with the widget that shows those of connections.
type otherMessages struct {
	w    *Window
	back *widget.Canvas
	list *widget.MessageList
	rows *timeline.OtherMessages // those that the list shows
}

func newOtherMessages(w *Window) *otherMessages {
	m := &otherMessages{w: w}
	m.back = widget.NewCanvas(fyne.NewSize(0, 0), m.drawBack)
	m.list = widget.NewMessageList()
	m.list.Post = w.Post
	m.list.ShowMore = w.showMore
	m.list.ShowHead = m.list.ShowMore
	m.list.OnSelect = w.app.SelectOtherPacket
	m.list.Marked = func(_ int, r *timeline.MessageRow) bool {
		return w.app.Capture != nil && w.app.Capture.MatchedOther(r.Item)
	}
	m.list.OnPacket = w.app.SelectOtherPacket
	m.list.OnToggle = w.app.ToggleOtherMessage
	m.list.OnCopy = func(row int) { w.copy(m.text(row)) }
	m.list.OnContext = m.menu
	m.list.Rest = w.t(messagesWords.inHex)
	m.list.OnRest = func(int, fyne.Position) {
		if !w.capture.drawerOpen() {
			w.capture.toggleDrawer()
		}
	}
	m.list.Hint = m.hint
	return m
}

// text is a row as text, for the clipboard.
func (m *otherMessages) text(row int) string {
	if m.rows == nil || row < 0 || row >= m.rows.Len() {
		return ""
	}
	return m.rows.PlainText(row)
}

// changed shows what is new. The rows belong to another conversation until those of this one are made.
func (m *otherMessages) changed(c *app.OtherTalk) {
	if c.Messages != m.rows {
		if m.rows = c.Messages; m.rows == nil {
			m.list.SetModel(nil)
		} else {
			m.list.SetModel(m.rows)
		}
	}
	if m.rows != nil && m.list.Selected() != c.Packet {
		m.list.Select(c.Packet)
	}
	m.back.Refresh()
}

// drawBack says why no rows are shown.
func (m *otherMessages) drawBack(p *widget.Pen, w, _ float32) {
	c := m.w.app.Capture
	if c == nil || !c.Other.Shown() {
		return
	}
	const x, y = theme.ViewMargin, 24
	switch o := &c.Other; {
	case o.Err != nil:
		p.Icon(x, y+2, 16, "fail", p.P.Fail)
		p.Para(x+26, y, w-2*x-26, 20, m.w.t(messagesWords.failed)+why(m.w.lang(), o.Err), theme.Body, p.P.Fail, 4)
	case o.Messages == nil:
		p.T(x, y, w-2*x, 20, m.w.t(messagesWords.making), theme.Body, p.P.Text2, widget.Left)
	}
}

// menu offers what can be done with a message.
func (m *otherMessages) menu(row int, at fyne.Position) {
	w := m.w
	items := []menuItem{
		{w.t(noteWords.mark), w.app.ToggleMark},
		{w.t(noteWords.write), w.writeNote},
		{w.t(messagesWords.copyMessage), func() { w.copy(m.text(row)) }},
		{w.t(messagesWords.copyAll), m.copyAll},
	}
	if to := m.paired(); to >= 0 {
		items = append([]menuItem{{w.t(messagesWords.pairHint), func() { w.app.SelectOtherPacket(to) }}}, items...)
	}
	w.showMenu(at, items...)
}

// paired is the packet that the selected one answers or that answers it, -1 if there is none.
func (m *otherMessages) paired() int {
	if c := m.w.app.Capture; c != nil && c.SaysMessages() && c.Other.Messages != nil {
		return c.Other.Messages.Paired(c.Other.Packet)
	}
	return -1
}

// copyAll puts all messages on the clipboard, as many as fit.
func (m *otherMessages) copyAll() {
	m.w.overlay.Toast(timeline.Info, m.w.t(words.copying))
	m.w.app.OtherMessagesText(func(text string, rows, of int) {
		m.w.copy(text)
		if rows < of {
			m.w.overlay.Toast(timeline.Warn, fill(m.w.lang(), words.copiedPart, narrate.Count(uint64(rows)), narrate.Count(uint64(of))))
		}
	})
}

// hint explains what the pointer is over.
func (m *otherMessages) hint(r *timeline.MessageRow, part widget.MessagePart) string {
	c := m.w.app.Capture
	if c == nil || !c.Other.Shown() || r.Item < 0 || r.Item >= c.Other.View.Len() {
		return ""
	}
	rec := c.Other.View.At(r.Item)
	switch part.Kind {
	case widget.MessagePacket:
		return fill(m.w.lang(), messagesWords.goTo, narrate.Frame(rec.Frame), "")
	case widget.MessagePair:
		return m.w.t(messagesWords.pairHint)
	case widget.MessageTime:
		return time.Unix(0, rec.Time).UTC().Format("2006-01-02 15:04:05.000000") + " UTC"
	default:
	}
	return ""
}
