package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// viewPane is one of the views of the connection in the middle of the window.
type viewPane interface {
	// object is what the view draws on.
	object() fyne.CanvasObject
	// changed shows what is new. A view that is not shown is not told; when it is shown it is told app.Everything.
	changed(ch app.Change)
	// key takes a key for moving about (arrows, Page Up, Home, Enter, ...) that no focused widget used.
	key(e *fyne.KeyEvent)
}

// forgetful is a view that keeps what it drew last while it is not shown. Of a live capture in a ring of files that would hold all the
// records of packets that are gone.
type forgetful interface{ forget() }

// middlePane is the middle of the capture window: whose connection it is, and one view of it.
type middlePane struct {
	w       *Window
	root    *fyne.Container
	head    *widget.Canvas
	choices *widget.Segmented
	chat    *chatPane
	// kinds are the views there are, in the order of the switch; panes are theirs.
	kinds []app.ViewKind
	panes map[app.ViewKind]viewPane
	shown app.ViewKind
	// of is the session that the views are of.
	of any
	// curtain stands before every view but the chat, which covers by itself, while drawn.
	curtain *curtain
	drawn   bool
}

// viewWords are the names of the views.
var viewWords = [app.NumViews]narrate.Text{
	app.ChatView: {"Chat", "对话"}, app.MessagesView: {"Messages", "消息"}, app.LadderView: {"Ladder", "时序"},
	app.GraphsView: {"Graphs", "图表"}, app.StreamView: {"Stream", "字节流"},
}

func newMiddlePane(w *Window) *middlePane {
	m := &middlePane{w: w, chat: newChatPane(w), curtain: newCurtain(w)}
	m.panes = map[app.ViewKind]viewPane{
		app.ChatView: m.chat, app.MessagesView: newMessagesPane(w), app.LadderView: newLadderPane(w),
		app.GraphsView: newGraphsPane(w), app.StreamView: newStreamPane(w),
	}
	m.head = widget.NewCanvas(fyne.NewSize(0, columnHead), m.drawHead)
	objects := []fyne.CanvasObject{m.head}
	var names []string
	for kind := range app.ViewKind(app.NumViews) {
		if p := m.panes[kind]; p != nil {
			m.kinds, names = append(m.kinds, kind), append(names, w.t(viewWords[kind]))
			objects = append(objects, p.object())
		}
	}
	m.choices = widget.NewSegmented(names, 0, func(i int) { w.app.ShowView(m.kinds[i]) })
	m.root = arrange(fyne.NewSize(0, 0), m.place, append(objects, m.choices, m.curtain.root)...)
	return m
}

// switched reports that there is more than one view to choose from.
func (m *middlePane) switched() bool { return len(m.kinds) > 1 }

func (m *middlePane) place(size fyne.Size) {
	put(m.head, 0, 0, size.Width, columnHead)
	show(m.choices, m.switched())
	least := m.choices.MinSize()
	put(m.choices, size.Width-least.Width-theme.ViewMargin, (columnHead-least.Height)/2, least.Width, least.Height)
	for kind, p := range m.panes {
		show(p.object(), kind == m.shown && !m.drawn)
		put(p.object(), 0, columnHead, size.Width, max(0, size.Height-columnHead))
	}
	show(m.curtain.root, m.drawn)
	put(m.curtain.root, 0, columnHead, size.Width, max(0, size.Height-columnHead))
}

// changed shows what is new in the view that is shown.
func (m *middlePane) changed(ch app.Change) {
	s := m.w.app.Capture
	shows := s.Shows
	if m.panes[shows] == nil {
		shows = app.ChatView
	}
	if shows != m.shown {
		m.shown, ch = shows, app.Everything
		m.choices.SetSelected(slices.Index(m.kinds, shows))
		again(m.root)
	}
	m.forget(s, shows)
	if drawn := s.Guessing() && shows != app.ChatView; drawn != m.drawn {
		m.drawn, ch = drawn, app.Everything
		again(m.root)
	}
	if ch&(app.ChatChanged|app.PageChanged|app.SettingsChanged|app.TailChanged|app.LessonChanged) != 0 {
		m.head.Refresh()
	}
	m.panes[shows].changed(ch)
}

// forget lets the views that are not shown forget what they drew of another session.
func (m *middlePane) forget(s *app.Capture, shows app.ViewKind) {
	if any(s.Session) == m.of {
		return
	}
	m.of = s.Session
	for kind, p := range m.panes {
		if f, ok := p.(forgetful); ok && kind != shows {
			f.forget()
		}
	}
}

// key hands a key to the view that is shown.
func (m *middlePane) key(e *fyne.KeyEvent) {
	if !m.drawn {
		m.panes[m.shown].key(e)
	}
}

// copySelected copies what is selected in the view, the selected packet where the view has nothing of its own.
func (m *middlePane) copySelected() {
	if m.drawn {
		return
	}
	if p, ok := m.panes[m.shown].(interface{ copySelected() }); ok {
		p.copySelected()
		return
	}
	if c := m.w.app.Capture; c != nil && c.Chat != nil {
		m.w.copy(m.chat.text(c.Chat.RowOf(c.Packet)))
	}
}

// viewBy shows the view at place i of the switch.
func (m *middlePane) viewBy(i int) {
	if i < len(m.kinds) {
		m.w.app.ShowView(m.kinds[i])
	}
}

func (m *middlePane) drawHead(p *widget.Pen, w, h float32) {
	s := m.w.app.Capture
	if s == nil || s.View == nil {
		return
	}
	p.HLine(0, h-1, w, p.P.Line)
	if m.switched() {
		w -= m.choices.MinSize().Width + theme.ViewMargin
	}
	conn := &s.View.Conn
	const x = theme.ViewMargin
	y := float32(7)
	p.EndMark(x, y+8, 8, false)
	at := float32(x+14) + p.T(x+14, y, w/2-40, 22, conn.Client.String(), theme.Heading, p.P.Client, widget.Left) + 10
	p.Icon(at, y+4, 14, "right", p.P.Text3)
	at += 24
	p.EndMark(at, y+8, 8, true)
	p.T(at+14, y, max(0, w-at-14-x), 22, conn.Server.String(), theme.Heading, p.P.Server, widget.Left)
	facts := []string{
		protocolName(s), m.w.packets(s.View.Len()),
		narrate.Bytes(conn.Bytes[0] + conn.Bytes[1]), narrate.Duration(time.Duration(conn.LastTime - conn.FirstTime)),
	}
	if s.Talk != nil && s.Talk.Limited {
		facts = append(facts, m.w.t(words.limited))
	}
	if own, _ := m.w.app.DecodedAs(s.Stream); own != "" {
		facts = append(facts, m.w.t(ruleWords.chosen))
	}
	if conn.ClientGuessed {
		facts = append(facts, m.w.t(words.guessed))
	}
	fw := p.T(x, y+23, w-2*x, 18, strings.Join(facts, " · "), theme.Small, p.P.Text2, widget.Left)
	if s.Covering() { // they say how it went on
		return
	}
	p.Badges(x+fw+12, y+23, w-x, badges(m.w, conn))
}

// protocolName names what the two programs speak.
func protocolName(s *app.Capture) string {
	if s.Talk != nil && s.Talk.Protocol != "" {
		return narrate.ProtocolName(s.Talk.Protocol)
	}
	return "TCP"
}
