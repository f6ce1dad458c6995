package widget

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// SequenceModel is what a Sequence shows; *timeline.Ladder is one. Height must be safe to call while Row is called on Fyne's
// goroutine.
type SequenceModel interface {
	Len() int
	Height(i int) int32
	// RowOf returns the row that shows a packet, PacketOf the packet that a row shows first; -1 for none.
	RowOf(packet int) int
	PacketOf(i int) int
	Row(i int, r *timeline.LadderRow)
	// TimeColumns returns how many characters the longest time has.
	TimeColumns() int
}

// SequenceWords are the words that a Sequence writes itself, in the reader's language.
type SequenceWords struct {
	Client, Server         string // the names over the lifelines, with the addresses
	ClientAddr, ServerAddr string
	Holds                  string // "bytes the receiver holds"
	InOrder, Hole, SACK    string
	Unfold, Fold           string
	// Fate says what became of a segment, End what stands at the broken end of its arrow.
	Fate func(r *timeline.LadderRow) string
	End  func(r *timeline.LadderRow) string
}

// Sequence shows the rows of a ladder: a lifeline for each end and an arrow for each segment. Like Timeline it is a virtual list.
type Sequence struct {
	fynewidget.BaseWidget
	scrolling

	// OnSelect is told the packet that the reader selected, OnToggle the row of a fold, OnZoom by how many steps to zoom, 0 for back to
	// the beginning.
	OnSelect func(packet int)
	OnToggle func(row int)
	OnZoom   func(steps int)
	// OnChip is told the packet and its label chip that was clicked.
	OnChip func(packet, chip int)
	// Marked, if set, reports packets that were searched for.
	Marked func(packet int) bool
	// Hint returns what is to be said about a part of a row while the pointer is on it, "" for nothing.
	Hint  func(r *timeline.LadderRow, part Part) string
	Words SequenceWords
	// Post runs f on Fyne's goroutine, soon: fyne.Do unless it is set.
	Post func(f func())

	model    SequenceModel
	heights  *Heights
	building atomic.Int64
	lanes    seqLanes
	headH    float32 // the height of the head
	palette  *theme.Palette

	selPacket, selRow int // -1 for none
	focused, byKey    bool
	hover             hover

	cache             *Cache
	live, spare, free []*seqRow
	box               *fyne.Container
	clip              *container.Clip
	back              *Pen // the lifelines
	head              *Pen
	chrome            *Pen // scrollbar and focus ring
	tip               *Pen
}

// Measures of the view, in pixels.
const (
	seqHead = 56
	// seqLow is below which height of the view the head takes one line.
	seqLow, seqHeadLow = 300, 30
	seqTop             = 6
	seqFoot            = 16
	// seqBelow is how far below the view rows are drawn: the arrow of a late segment reaches up.
	seqBelow = 160
)

// NewSequence returns an empty sequence diagram.
func NewSequence() *Sequence {
	none := func(*timeline.LadderRow) string { return "" }
	s := &Sequence{
		Post: fyne.Do, Words: SequenceWords{Fate: none, End: none}, selPacket: -1, selRow: -1, byKey: true,
		palette: theme.Dark(), cache: NewCache(), box: &fyne.Container{}, heights: BuildHeights(0, nil, nil),
	}
	s.scrolling = scrolling{width: func() float32 { return s.Size().Width }, moved: s.scrolled}
	s.back, s.head, s.chrome, s.tip = NewPen(s.cache), NewPen(s.cache), NewPen(s.cache), NewPen(s.cache)
	s.clip = container.NewClip(container.NewWithoutLayout(s.back.Box(), s.box))
	s.ExtendBaseWidget(s)
	return s
}

// Model returns the rows that are shown.
func (s *Sequence) Model() SequenceModel { return s.model }

// SetModel shows other rows. What is on screen stays where it is as far as the new rows hold the same packet.
func (s *Sequence) SetModel(m SequenceModel) {
	id, n := s.building.Add(1), 0
	if m != nil {
		n = m.Len()
	}
	if n <= syncRows {
		s.swap(m, s.heightsOf(m, n, nil))
		return
	}
	go func() {
		h := s.heightsOf(m, n, func() bool { return s.building.Load() != id })
		if h == nil {
			return
		}
		s.Post(func() {
			if s.building.Load() == id {
				s.swap(m, h)
			}
		})
	}()
}

func (s *Sequence) heightsOf(m SequenceModel, n int, stop func() bool) *Heights {
	return BuildHeights(n, func(i int) int32 { return m.Height(i) }, stop)
}

// swap puts rows with their heights in place of the present ones.
func (s *Sequence) swap(m SequenceModel, h *Heights) {
	packet, delta := -1, 0.0
	for _, v := range s.live {
		if p := s.model.PacketOf(v.index); p >= 0 && float64(s.heights.Top(v.index)) >= s.scroll.off {
			packet, delta = p, s.scroll.off-float64(s.heights.Top(v.index))
			break
		}
	}
	first := s.model == nil
	s.model, s.heights = m, h
	s.lanes = s.lanesFor(s.Size().Width - theme.ScrollbarSlot)
	s.scroll.total = float64(h.Total()) + seqTop + seqFoot
	s.selRow = s.rowOf(s.selPacket)
	if row := s.rowOf(packet); row >= 0 {
		s.scroll.to(float64(h.Top(row)) + delta)
	} else {
		s.scroll.to(0)
	}
	s.layout(true)
	if first {
		s.reveal()
	}
}

// lanesFor returns where the columns are at a width.
func (s *Sequence) lanesFor(width float32) seqLanes {
	columns := 0
	if s.model != nil {
		columns = s.model.TimeColumns()
	}
	return seqLanesFor(max(width, 0), float32(columns)*s.cache.metrics(theme.MonoTiny).column)
}

func (s *Sequence) rowOf(packet int) int {
	if packet < 0 || s.model == nil {
		return -1
	}
	if row := s.model.RowOf(packet); row < s.heights.Len() {
		return row
	}
	return -1
}

// Select marks a packet as selected and brings it into view; -1 selects none. It does not call OnSelect.
func (s *Sequence) Select(packet int) {
	if packet == s.selPacket && s.rowOf(packet) == s.selRow {
		return
	}
	s.selPacket, s.selRow = packet, s.rowOf(packet)
	s.reveal()
	s.layout(true)
}

// Selected returns the selected packet, -1 if there is none.
func (s *Sequence) Selected() int { return s.selPacket }

// reveal brings the selected row into view.
func (s *Sequence) reveal() {
	if s.selRow < 0 || s.scroll.view == 0 {
		return
	}
	top := float64(s.heights.Top(s.selRow)) + seqTop
	if s.scroll.show(top, top+float64(s.heights.At(s.selRow)), scrollContext) {
		s.layout(false)
	}
}

// InView returns the rows that are in view, [from, to).
func (s *Sequence) InView() (from, to int) {
	from, _ = s.heights.Find(int64(s.scroll.off) - seqTop)
	to, _ = s.heights.Find(int64(s.scroll.off+s.scroll.view) - seqTop - 1)
	return from, min(to+1, s.heights.Len())
}

// layout puts views on the rows in sight. Views of rows that stay are only moved, unless rebind says that they have changed.
func (s *Sequence) layout(rebind bool) {
	size := s.Size()
	if size.Height <= s.headH || size.Width <= 0 {
		return
	}
	s.scroll.view = float64(size.Height - s.headH)
	objs, next := s.box.Objects[:0], s.spare[:0]
	first, changed := 0, rebind
	if len(s.live) > 0 {
		first = s.live[0].index
	}
	row, top := s.heights.Find(int64(s.scroll.off) - seqTop)
	y := float64(top) + seqTop - s.scroll.off
	for ; row < s.heights.Len() && y < s.scroll.view+seqBelow; row++ {
		h := float32(s.heights.At(row))
		v, stays := s.viewOf(row, row-first)
		if rebind || !stays {
			s.bind(v, row, h)
			changed = true
		}
		// Below the view only the arrows that reach into it are worth their objects.
		if y < s.scroll.view || v.step.Rise > 0 {
			v.pen.Box().Move(fyne.NewPos(0, float32(y)))
			objs = append(objs, v.pen.Box())
		}
		next = append(next, v)
		y += float64(h)
	}
	for i, v := range s.live { // rows that left
		if v != nil {
			s.free = append(s.free, v)
			s.live[i] = nil
			changed = true
		}
	}
	s.live, s.spare = next, s.live
	clear(s.box.Objects[min(len(objs), len(s.box.Objects)):])
	s.box.Objects = objs
	s.drawChrome()
	if changed {
		s.drawBack()
		if rebind {
			s.drawHead()
		}
		canvas.Refresh(s.box) // one repaint: Fyne draws the whole window anyway
	}
}

// viewOf returns the view of a row that stays, which was the k-th, or another one.
func (s *Sequence) viewOf(row, k int) (v *seqRow, stays bool) {
	if k >= 0 && k < len(s.live) && s.live[k] != nil {
		v, s.live[k] = s.live[k], nil
		return v, v.index == row
	}
	if n := len(s.free); n > 0 {
		v = s.free[n-1]
		s.free = s.free[:n-1]
		return v, false
	}
	return &seqRow{rowView: rowView{pen: NewPen(s.cache)}}, false
}

// bind fills a view with row i.
func (s *Sequence) bind(v *seqRow, i int, h float32) {
	v.index = i
	s.model.Row(i, &v.step)
	v.pen.Box().Resize(fyne.NewSize(s.lanes.width, h))
	v.draw(s.palette, seqPaint{
		lanes: &s.lanes, words: &s.Words, selected: i == s.selRow,
		found: s.Marked != nil && v.step.Kind == timeline.LadderSegment && s.Marked(v.step.Packet),
	}, h)
}

// drawBack draws the lifelines behind the rows.
func (s *Sequence) drawBack() {
	s.back.Begin(s.palette)
	if s.model != nil && s.model.Len() > 0 {
		y := max(float32(seqTop-s.scroll.off), 0)
		h := min(float32(float64(s.heights.Total())+seqTop+seqFoot-s.scroll.off), float32(s.scroll.view))
		drawLifelines(s.back, &s.lanes, y, h)
	}
	s.back.forget()
}

// drawHead draws who stands at the lifelines.
func (s *Sequence) drawHead() {
	s.head.Begin(s.palette)
	if s.model != nil && s.model.Len() > 0 {
		drawSequenceHead(s.head, &s.lanes, &s.Words, s.headH)
	}
	s.head.forget()
}

// drawChrome draws the scrollbar and, when the keyboard is here, the focus ring.
func (s *Sequence) drawChrome() {
	size := s.Size()
	s.chrome.Begin(s.palette)
	s.chrome.Origin(0, s.headH)
	drawScrollbar(s.chrome, &s.scroll, size.Width)
	s.chrome.Origin(0, 0)
	if s.focused && s.byKey {
		s.chrome.listRing(size)
	}
	s.chrome.forget()
}

// scrolled lays out after a scroll.
func (s *Sequence) scrolled(moved bool) {
	if moved {
		s.hideHint()
		s.layout(false)
	}
}

// CreateRenderer is Fyne's.
func (s *Sequence) CreateRenderer() fyne.WidgetRenderer {
	return &sequenceRenderer{s: s, objects: []fyne.CanvasObject{s.clip, s.head.Box(), s.chrome.Box(), s.tip.Box()}}
}

type sequenceRenderer struct {
	s       *Sequence
	objects []fyne.CanvasObject
}

func (r *sequenceRenderer) Destroy()                     {}
func (r *sequenceRenderer) MinSize() fyne.Size           { return fyne.NewSize(320, 160) }
func (r *sequenceRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Refresh draws everything again, in the colours of the present theme.
func (r *sequenceRenderer) Refresh() {
	r.s.palette = theme.For(r.s)
	r.s.layout(true)
}

// Layout is called with every new size.
func (r *sequenceRenderer) Layout(size fyne.Size) {
	s := r.s
	s.headH = seqHead
	if size.Height < seqLow {
		s.headH = seqHeadLow
	}
	s.clip.Move(fyne.NewPos(0, s.headH))
	inner := fyne.NewSize(size.Width, max(0, size.Height-s.headH))
	s.clip.Resize(inner)
	s.back.Box().Resize(inner)
	s.box.Resize(inner)
	for _, p := range []*Pen{s.head, s.chrome, s.tip} {
		p.Box().Resize(size)
	}
	s.palette = theme.For(s)
	s.lanes = s.lanesFor(size.Width - theme.ScrollbarSlot)
	shown := s.scroll.view > 0
	s.scroll.view = float64(inner.Height)
	s.scroll.to(s.scroll.off)
	s.layout(true)
	if !shown {
		s.reveal()
	}
}
