package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/timeline"
)

// MessagePartKind says what of a message's row is under the pointer.
type MessagePartKind uint8

// The parts of rows.
const (
	MessageNowhere MessagePartKind = iota
	MessageWhole                   // anywhere else in the bubble
	MessagePacket                  // the number of a packet: MessagePart.Packet
	MessagePair                    // what says which message it answers, or which one answers it
	MessageMore                    // "show more lines"
	MessageToggle                  // a fold row
	MessageRest                    // the way to what is not shown of a content
	MessageLoad                    // the way to messages that are not shown
	MessageTime
)

// MessagePart is one place in a row.
type MessagePart struct {
	Kind   MessagePartKind
	Packet int
}

// messageRegion is where a part is, relative to its row.
type messageRegion struct {
	x, y, w, h float32
	part       MessagePart
}

// messageHover is what the pointer is on; row is -1 for nothing.
type messageHover struct {
	row  int
	part MessagePart
}

var (
	_ fyne.Tappable          = (*MessageList)(nil)
	_ fyne.SecondaryTappable = (*MessageList)(nil)
	_ fyne.Focusable         = (*MessageList)(nil)
	_ fyne.Shortcutable      = (*MessageList)(nil)
	_ desktop.Hoverable      = (*MessageList)(nil)
	_ desktop.Cursorable     = (*MessageList)(nil)
)

// viewAt returns the view under a position in the widget and the part of it.
func (m *MessageList) viewAt(pos fyne.Position) (*messageView, messageRegion) {
	if m.onBar(pos) {
		return nil, messageRegion{}
	}
	for _, v := range m.live {
		if top := v.pen.Box().Position().Y; pos.Y >= top && pos.Y < top+v.pen.Box().Size().Height {
			return v, v.at(pos.X, pos.Y-top)
		}
	}
	return nil, messageRegion{}
}

// Tapped selects a message, or does what the part says.
func (m *MessageList) Tapped(e *fyne.PointEvent) {
	m.byKey = false
	focusOn(m)
	v, r := m.viewAt(e.Position)
	if v == nil {
		return
	}
	switch r.part.Kind {
	case MessageToggle, MessageMore:
		m.toggle(v.index)
	case MessagePacket:
		if v.row.Kind == 0 {
			m.choose(v.index)
		}
		if m.OnPacket != nil {
			m.OnPacket(r.part.Packet)
		}
	case MessagePair:
		if m.OnSelect != nil {
			m.OnSelect(v.row.Paired)
		}
	case MessageRest:
		m.choose(v.index)
		if m.OnRest != nil {
			m.OnRest(v.index, e.AbsolutePosition)
		}
	case MessageLoad:
		if m.OnLoad != nil {
			m.OnLoad(v.row.Kind == timeline.MessageBefore)
		}
	default:
		m.choose(v.index)
	}
}

// TappedSecondary asks for the context menu of a row.
func (m *MessageList) TappedSecondary(e *fyne.PointEvent) {
	v, _ := m.viewAt(e.Position)
	if v == nil || v.row.Item < 0 {
		return
	}
	m.choose(v.index)
	if m.OnContext != nil {
		m.OnContext(v.index, e.AbsolutePosition)
	}
}

func (m *MessageList) toggle(row int) {
	if m.OnToggle != nil {
		m.OnToggle(row)
	}
}

// choose selects row i by the reader's hand.
func (m *MessageList) choose(i int) {
	item := m.model.Item(i)
	if item < 0 || item == m.selected && i == m.selRow {
		return
	}
	m.selected, m.selRow = item, i
	m.layout(true)
	if m.OnSelect != nil {
		m.OnSelect(item)
	}
}

// FocusGained is Fyne's.
func (m *MessageList) FocusGained() {
	m.focused = true
	m.drawChrome()
	m.chrome.End()
}

// FocusLost is Fyne's.
func (m *MessageList) FocusLost() {
	m.focused, m.byKey = false, true // the next focus comes from the keyboard unless a click says otherwise
	m.drawChrome()
	m.chrome.End()
}

// TypedRune passes characters on.
func (m *MessageList) TypedRune(r rune) { passRune(m, r) }

// TypedKey moves the selection or folds.
func (m *MessageList) TypedKey(e *fyne.KeyEvent) {
	n := m.heights.Len()
	switch e.Name {
	case fyne.KeyDown:
		m.step(m.from(-1)+1, 1)
	case fyne.KeyUp:
		m.step(m.from(1)-1, -1)
	case fyne.KeyHome:
		m.step(0, 1)
	case fyne.KeyEnd:
		m.step(n-1, -1)
	case fyne.KeyPageDown:
		m.step(max(m.page(1), m.from(-1)+1), 1)
	case fyne.KeyPageUp:
		m.step(min(m.page(-1), m.from(1)-1), -1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if m.selRow >= 0 && m.selRow < n {
			m.toggle(m.selRow)
		}
	default:
		passKey(m, e)
	}
}

// from is the selected row; without one what is in view, less outside by d.
func (m *MessageList) from(d int) int {
	switch {
	case m.selRow >= 0 || len(m.live) == 0:
		return m.selRow
	case d < 0:
		return m.live[0].index - 1
	}
	return m.live[len(m.live)-1].index + 1
}

// page is the row a page below the selected one, or with d = -1 above it.
func (m *MessageList) page(d float64) int {
	const most = .85 // of the view
	at := max(m.selRow, 0)
	row, _ := m.heights.Find(m.heights.Top(at) + int64(d*most*m.scroll.view))
	return row
}

// step selects row i or the next one with an item in direction d; if there is none the nearest one in the other direction.
func (m *MessageList) step(i, d int) {
	n := m.heights.Len()
	if m.model == nil || n == 0 {
		return
	}
	i = min(max(i, 0), n-1)
	k := i
	for k >= 0 && k < n && m.model.Item(k) < 0 {
		k += d
	}
	for k < 0 || k >= n || m.model.Item(k) < 0 {
		k -= d
		if (k < 0 || k >= n) && (k-i)*d < 0 {
			return
		}
	}
	m.show(k)
	m.choose(k)
	m.layout(false)
}

// TypedShortcut copies the selected row.
func (m *MessageList) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok && m.selRow >= 0 && m.OnCopy != nil {
		m.OnCopy(m.selRow)
		return
	}
	passShortcut(m, s)
}

// MouseIn is Fyne's.
func (m *MessageList) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseOut hides the hint.
func (m *MessageList) MouseOut() { m.hideHint() }

// MouseMoved shows the hint of the part under the pointer.
func (m *MessageList) MouseMoved(e *desktop.MouseEvent) {
	v, r := m.viewAt(e.Position)
	if v == nil || r.part.Kind == MessageNowhere {
		m.hideHint()
		return
	}
	h := messageHover{v.index, r.part}
	if h == m.hover {
		return
	}
	m.hideHint()
	m.hover = h
	if m.Hint == nil {
		return
	}
	if text := m.Hint(&v.row, r.part); text != "" {
		m.tip.Begin(m.palette)
		paintHint(m.tip, text, fyne.NewPos(r.x, v.pen.Box().Position().Y+r.y), fyne.NewSize(r.w, r.h), m.Size())
		m.tip.End()
	}
}

// Cursor is a hand over what can be clicked.
func (m *MessageList) Cursor() desktop.Cursor {
	switch m.hover.part.Kind {
	case MessagePacket, MessagePair, MessageMore, MessageToggle, MessageRest, MessageLoad:
		return desktop.PointerCursor
	default:
		return desktop.DefaultCursor
	}
}

func (m *MessageList) hideHint() {
	m.hover = messageHover{row: -1}
	if m.tip.Count() > 0 {
		m.tip.Begin(m.palette)
		m.tip.forget()
		canvas.Refresh(m.tip.Box())
	}
}
