package widget

import (
	"image"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// MessageModel gives a MessageList its rows. Indexes run from 0 to Len()-1; items are what rows show, ascending over the rows.
type MessageModel interface {
	Len() int
	Shape(i int) timeline.MessageShape
	// Row fills r, reusing its slices.
	Row(i int, r *timeline.MessageRow)
	// Item returns the item of row i, -1 if it has none; RowOf the row of an item, or of what holds it folded.
	Item(i int) int
	RowOf(item int) int
}

// MessageList shows the rows of a MessageModel as a chat of messages: a virtual list that costs the same for ten rows and for a
// million. Heights come from MessageModel.Shape by arithmetic and do not depend on the width. For long models they are counted on
// another goroutine, so Shape must be safe to call while Row is called on Fyne's. All else runs on Fyne's goroutine.
type MessageList struct {
	fynewidget.BaseWidget
	scrolling

	// OnSelect is told the item that the reader selected, OnToggle the row that is to be unfolded or folded, OnPacket the packet
	// that was clicked, OnCopy the row at Ctrl+C, OnContext the row of a secondary click and where in the window it was.
	OnSelect  func(item int)
	OnToggle  func(row int)
	OnPacket  func(packet int)
	OnCopy    func(row int)
	OnContext func(row int, at fyne.Position)
	// OnRest is told the row of which the reader wants the whole content, and where; Rest are the words of that link. OnLoad is asked
	// for the messages behind those in the model, or before them.
	OnRest func(row int, at fyne.Position)
	Rest   string
	OnLoad func(before bool)
	// Hint returns what is to be said about a part of a row while the pointer is on it, "" for nothing.
	Hint func(row *timeline.MessageRow, part MessagePart) string
	// Marked, if set, reports rows with something that was searched for.
	Marked func(row int, r *timeline.MessageRow) bool
	// Picture returns the picture of an item, nil while there is none, and what to say about it.
	Picture func(item int) (image.Image, string)
	// ShowMore is the link below a shortened content, for n lines left out; below 0 to show less.
	ShowMore func(n int) string
	// ShowHead is the link where no line is shown at all, for n lines.
	ShowHead func(n int) string
	// Post runs f on Fyne's goroutine, soon: fyne.Do unless it is set.
	Post func(f func())

	wanted   MessageModel // the newest; model is the one shown, whose heights are counted
	model    MessageModel
	heights  *Heights
	building atomic.Int64 // the number of the newest count of heights; older ones give up
	palette  *theme.Palette

	selected, selRow int // item and row, -1 for none
	reveal           bool
	focused, byKey   bool
	hover            messageHover

	cache  *Cache
	live   []*messageView // of the rows in view, in order without gaps
	spare  []*messageView
	free   []*messageView
	box    *fyne.Container
	clip   *container.Clip
	chrome *Pen // scrollbar and focus ring
	tip    *Pen
}

// NewMessageList returns an empty list.
func NewMessageList() *MessageList {
	m := &MessageList{
		Post: fyne.Do, selected: -1, selRow: -1, byKey: true, palette: theme.Dark(), cache: NewCache(), box: &fyne.Container{},
		heights: BuildHeights(0, nil, nil), ShowMore: englishWords().ShowMore, ShowHead: englishWords().ShowMore, hover: messageHover{row: -1},
	}
	m.scrolling = scrolling{width: func() float32 { return m.Size().Width }, moved: m.scrolled}
	m.chrome, m.tip = NewPen(m.cache), NewPen(m.cache)
	m.clip = container.NewClip(m.box)
	m.ExtendBaseWidget(m)
	return m
}

// Model returns the rows that are shown.
func (m *MessageList) Model() MessageModel { return m.model }

// SetModel shows other rows, nil for none. What is on screen stays where it is as far as the new rows hold the same item.
func (m *MessageList) SetModel(model MessageModel) {
	m.wanted = model
	if m.replace(model) {
		return
	}
	m.count(model)
}

// replace shows rows that differ from the present ones in a few places; false if they may differ in more. Where many are new only the
// first ones are measured; the others get the height of the last one until all are counted.
func (m *MessageList) replace(model MessageModel) bool {
	after, ok := model.(*timeline.Messages)
	before, was := m.model.(*timeline.Messages)
	if !ok || !was {
		return false
	}
	d, ok := after.Since(before)
	if !ok {
		return false
	}
	m.building.Add(1)
	added := measured(d.Added, func(i int) int32 { return messageHeight(model.Shape(d.At + i)) })
	item, delta := m.anchor()
	m.heights.Replace(d.At, d.Removed, added)
	m.swapAt(model, m.heights, item, delta)
	if d.Added > grownRows {
		m.count(model)
	}
	return true
}

// count counts the heights of rows and then shows them, at once or, for many, when they are counted.
func (m *MessageList) count(model MessageModel) {
	id := m.building.Add(1)
	n := 0
	if model != nil {
		n = model.Len()
	}
	height := func(i int) int32 { return messageHeight(model.Shape(i)) }
	if n <= syncRows {
		m.swap(model, BuildHeights(n, height, nil))
		return
	}
	go func() {
		h := BuildHeights(n, height, func() bool { return m.building.Load() != id })
		if h == nil {
			return
		}
		m.Post(func() {
			if m.building.Load() == id {
				m.swap(model, h)
			}
		})
	}()
}

// swap puts rows with their heights in place of the present ones.
func (m *MessageList) swap(model MessageModel, h *Heights) {
	item, delta := m.anchor()
	m.swapAt(model, h, item, delta)
}

// swapAt is swap with an anchor that was taken before.
func (m *MessageList) swapAt(model MessageModel, h *Heights, item int, delta float64) {
	m.model, m.heights = model, h
	m.scroll.total = float64(h.Total()) + timelineHead + timelineFoot
	m.selRow = -1
	at := -1
	if model != nil {
		m.selRow = model.RowOf(m.selected)
		at = model.RowOf(item)
	}
	if at >= 0 {
		m.scroll.to(float64(h.Top(at)) + delta)
	} else {
		m.scroll.to(0)
	}
	if m.reveal && m.selRow >= 0 {
		m.show(m.selRow)
	}
	m.layout(true)
}

// anchor is the first item in view, -1 if there is none, and how far its row's top is from the top of the view.
func (m *MessageList) anchor() (item int, delta float64) {
	for _, v := range m.live {
		if v.row.Item >= 0 {
			return v.row.Item, m.scroll.off - float64(m.heights.Top(v.index))
		}
	}
	return -1, 0
}

// Select marks an item as selected and brings it into view; -1 selects none. It does not call OnSelect.
func (m *MessageList) Select(item int) {
	m.selected, m.selRow, m.reveal = item, -1, true
	if m.model != nil {
		m.selRow = m.model.RowOf(item)
	}
	if m.selRow >= 0 {
		m.show(m.selRow)
	}
	m.layout(true)
}

// Selected returns the selected item, -1 if there is none.
func (m *MessageList) Selected() int { return m.selected }

// Row returns the row of the selected item, -1 if there is none.
func (m *MessageList) Row() int { return m.selRow }

// show brings row i into view, to the middle if it is far from it.
func (m *MessageList) show(i int) {
	if i >= m.heights.Len() || m.scroll.view == 0 {
		return // when it is laid out
	}
	m.reveal = false
	top, h := float64(m.heights.Top(i))+timelineHead, float64(m.heights.At(i))
	switch near := m.scroll.view; {
	case top+h < m.scroll.off-near || top > m.scroll.off+m.scroll.view+near:
		m.scroll.to(top - max((m.scroll.view-h)/2, scrollContext/2))
	case h < m.scroll.view-2*scrollContext:
		m.scroll.show(top, top+h, scrollContext)
	default:
		m.scroll.show(top, top+h, 0)
	}
}

// layout puts views on the rows in sight. Views of rows that stay are only moved, unless rebind says that they have changed.
func (m *MessageList) layout(rebind bool) {
	size := m.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return
	}
	m.scroll.view = float64(size.Height)
	if m.reveal && m.selRow >= 0 {
		m.show(m.selRow)
	}
	n := m.heights.Len()
	objs, next := m.box.Objects[:0], m.spare[:0]
	changed := rebind
	first := 0
	if len(m.live) > 0 {
		first = m.live[0].index
	}
	row, top := m.heights.Find(int64(m.scroll.off) - timelineHead)
	y := float64(top) + timelineHead - m.scroll.off
	for ; row < n && y < m.scroll.view; row++ {
		h := float32(m.heights.At(row))
		v := m.kept(row - first)
		switch fresh := v == nil; {
		case fresh || rebind:
			if fresh {
				v = m.view()
			}
			v.index = row
			m.model.Row(row, &v.row)
			m.paint(v, h, y)
			changed = true
		case h > tallRow:
			m.paint(v, h, y)
			changed = true
		}
		v.pen.Box().Move(fyne.NewPos(0, float32(y)))
		next, objs = append(next, v), append(objs, v.pen.Box())
		y += float64(h)
	}
	for i, v := range m.live { // rows that left
		if v != nil {
			m.free = append(m.free, v)
			m.live[i] = nil
			changed = true
		}
	}
	m.live, m.spare = next, m.live
	clear(m.box.Objects[min(len(objs), len(m.box.Objects)):])
	m.box.Objects = objs
	m.drawChrome()
	if changed {
		canvas.Refresh(m.box)
	}
}

// kept takes the view that is at place k of those shown, nil if there is none.
func (m *MessageList) kept(k int) *messageView {
	if k < 0 || k >= len(m.live) {
		return nil
	}
	v := m.live[k]
	m.live[k] = nil
	return v
}

// view takes a free view or makes one.
func (m *MessageList) view() *messageView {
	if n := len(m.free); n > 0 {
		v := m.free[n-1]
		m.free = m.free[:n-1]
		return v
	}
	return &messageView{pen: NewPen(m.cache)}
}

func (m *MessageList) paint(v *messageView, h float32, y float64) {
	width := max(m.Size().Width-theme.ScrollbarSlot, 0)
	v.pen.Box().Resize(fyne.NewSize(width, h))
	g := messagePaint{list: m, lanes: messageLanes(width), bottom: h, selected: v.index == m.selRow}
	g.found = m.Marked != nil && v.row.Item >= 0 && m.Marked(v.index, &v.row)
	if h > tallRow {
		g.top, g.bottom = float32(-y), float32(m.scroll.view-y)
	}
	v.draw(m.palette, g, h)
}

// drawChrome draws the scrollbar and, when the keyboard is here, the focus ring.
func (m *MessageList) drawChrome() {
	size := m.Size()
	m.chrome.Begin(m.palette)
	drawScrollbar(m.chrome, &m.scroll, size.Width)
	if m.focused && m.byKey {
		m.chrome.listRing(size)
	}
	m.chrome.forget()
}

// scrolled lays out after a scroll.
func (m *MessageList) scrolled(moved bool) {
	if moved {
		m.hideHint()
		m.layout(false)
	}
}

// CreateRenderer is Fyne's.
func (m *MessageList) CreateRenderer() fyne.WidgetRenderer {
	return &messageRenderer{m: m, objects: []fyne.CanvasObject{m.clip, m.chrome.Box(), m.tip.Box()}}
}

type messageRenderer struct {
	m       *MessageList
	objects []fyne.CanvasObject
}

func (r *messageRenderer) Destroy()                     {}
func (r *messageRenderer) MinSize() fyne.Size           { return fyne.NewSize(320, 120) }
func (r *messageRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Refresh draws everything again, in the colours of the present theme.
func (r *messageRenderer) Refresh() {
	r.m.palette = theme.For(r.m)
	r.m.layout(true)
}

// Layout is called with every new size.
func (r *messageRenderer) Layout(size fyne.Size) {
	m := r.m
	for _, o := range []fyne.CanvasObject{m.clip, m.box, m.chrome.Box(), m.tip.Box()} {
		o.Resize(size)
	}
	m.palette = theme.For(m)
	m.scroll.view = float64(size.Height)
	m.scroll.to(m.scroll.off)
	m.layout(true)
}
