package widget

import (
	"fmt"
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// TimelineWords are the words that a Timeline writes itself, in the reader's language.
type TimelineWords struct {
	// ShowMore is the link below a shortened payload, for n lines left out.
	ShowMore func(n int) string
	// ShowLines is the link in the place of a payload of n lines.
	ShowLines func(n int) string
	// Unfold and Fold stand at the right of a fold row.
	Unfold, Fold string
	// Covered stands on rows that an open question hides.
	Covered string
	// FrameColumns are the heads of the table of WebSocket frames.
	FrameColumns [5]string
}

func englishWords() TimelineWords {
	return TimelineWords{
		ShowMore: func(n int) string {
			if n == 1 {
				return "Show 1 more line"
			}
			return fmt.Sprintf("Show %d more lines", n)
		},
		ShowLines: func(n int) string { return fmt.Sprintf("Show %d lines", n) },
		Unfold:    "Unfold", Fold: "Fold", Covered: "Answer first",
		FrameColumns: [5]string{"FIN", "OPCODE", "MASK", "LENGTH", "PAYLOAD"},
	}
}

// Timeline shows the rows of a timeline.Model as a chat: a virtual list that costs the same for ten rows and for a million.
//
// Heights come from Model.Shape by arithmetic. For long models they are counted on another goroutine, so Shape must be
// safe to call while Row is called on Fyne's. All else runs on Fyne's goroutine.
type Timeline struct {
	fynewidget.BaseWidget
	scrolling

	// OnSelect is told the packet that the reader selected; OnToggle, OnMore and OnCopy the row that is to be (un)folded, shown
	// in full, or copied; OnContext the row of a secondary click and where in the window it was.
	OnSelect  func(packet int)
	OnToggle  func(row int)
	OnMore    func(row int)
	OnCopy    func(row int)
	OnContext func(row int, at fyne.Position)
	// OnChip is told the row and the label chip that was clicked.
	OnChip func(row, chip int)
	// Hint returns what is to be said about a part of a row while the pointer is on it, "" for nothing. The row is valid
	// during the call only.
	Hint func(row *timeline.Row, part Part) string
	// Marked, if set, reports packets that were searched for.
	Marked func(packet int) bool
	// OnScrolled, if set, is told that another part is in view.
	OnScrolled func()
	// Stick keeps the last row in view while rows come behind it.
	Stick bool
	// Words are the widget's own words; English if not set.
	Words TimelineWords
	// Post runs f on Fyne's goroutine, soon: fyne.Do unless it is set.
	Post func(f func())

	// wanted is the newest model; model is the one shown, whose heights are counted.
	wanted  timeline.Model
	model   timeline.Model
	heights *Heights
	lanes   lanes
	// noStates leaves the states of both ends out.
	noStates bool
	// building is the number of the newest count of heights; older ones give up.
	building atomic.Int64
	counting counting
	guessed  rowSpan // of the rows shown, until they are measured
	palette  *theme.Palette

	selPacket, selRow int // -1 for none
	// outlined are packets that somebody speaks of, ascending.
	outlined       []int
	cover          int // packet after which rows are covered, -1 for none
	coverRow       int // the last row that is not
	firstCovered   int // the first bubble that is
	focused, byKey bool
	hover          hover
	motion         *fyne.Animation

	cache   *Cache
	live    []*rowView // views of the rows on screen, in order without gaps
	spare   []*rowView
	free    []*rowView
	scratch timeline.Row
	box     *fyne.Container
	clip    *container.Clip
	chrome  *Pen // scrollbar and focus ring
	tip     *Pen
}

// Bounds of what is done on Fyne's goroutine.
const (
	// syncRows is the most rows whose heights are counted at once, in well under a frame.
	syncRows = 4096
	// scrollContext is how much is kept in view around a row that is scrolled to, in pixels.
	scrollContext = 80
	// grownRows is the most rows that are measured at once where that many come between others: what a busy connection brings between two
	// looks, in a few milliseconds. Of more only measuredRows are, before they are shown: more than a window holds, in a fraction of a
	// millisecond.
	grownRows, measuredRows = 4 * syncRows, 512
	timelineFoot            = 12 // below the last row
	timelineHead            = 10 // above the first
)

// NewTimeline returns an empty timeline.
func NewTimeline() *Timeline {
	t := &Timeline{
		Words: englishWords(), Post: fyne.Do, selPacket: -1, selRow: -1, cover: -1, firstCovered: -1, byKey: true, palette: theme.Dark(),
		cache: NewCache(), box: &fyne.Container{}, heights: BuildHeights(0, nil, nil),
	}
	t.scrolling = scrolling{width: func() float32 { return t.Size().Width }, moved: t.wheeled}
	t.chrome, t.tip = NewPen(t.cache), NewPen(t.cache)
	t.clip = container.NewClip(t.box)
	t.ExtendBaseWidget(t)
	return t
}

// SetModel shows other rows. What is on screen stays where it is as far as the new rows hold the same packet.
func (t *Timeline) SetModel(m timeline.Model) {
	t.wanted = m
	l := t.lanesNow()
	if m != nil && t.counting.waits(m, l) {
		return
	}
	if l != t.lanes || !t.replace(m) {
		t.rebuild(l, t.anchor())
	}
}

// replace shows rows that differ from the present ones in a few places; false if they may differ in more.
func (t *Timeline) replace(m timeline.Model) bool {
	d, ok := differs(m, t.model)
	if !ok {
		return false
	}
	t.building.Add(1)
	t.counting = counting{}
	a := t.anchor()
	added := measured(d.Added, func(i int) int32 { return t.lanes.height(m.Shape(d.At + i)) })
	t.heights.Replace(d.At, d.Removed, added)
	t.swap(m, t.heights, t.lanes, a)
	t.guessed.follow(d)
	t.refine()
	return true
}

// ShowStates says whether the states of both ends stand beside the bubbles, which takes room from them.
func (t *Timeline) ShowStates(on bool) {
	if t.noStates == on {
		t.noStates = !on
		t.rebuild(t.lanesNow(), t.anchor())
	}
}

// lanesNow is where the columns are at the present width.
func (t *Timeline) lanesNow() lanes { return lanesFor(t.laneWidth(), !t.noStates) }

// Wanted returns the rows that were set last; they may not be shown yet.
func (t *Timeline) Wanted() timeline.Model { return t.wanted }

// Model returns the rows that are shown.
func (t *Timeline) Model() timeline.Model { return t.model }

// Rows returns how many rows are shown, of which the heights are counted.
func (t *Timeline) Rows() int { return t.heights.Len() }

func (t *Timeline) laneWidth() float32 {
	return max(t.Size().Width-theme.ScrollbarSlot, 0)
}

// anchor is a place in the timeline that survives a change of rows or of their heights.
type anchor struct {
	row, packet int
	delta       float64 // from the row's top to the top of the view
}

// anchor takes the first row in view that has a packet. It looks at the views, because the model may have changed already.
func (t *Timeline) anchor() anchor {
	if len(t.live) == 0 {
		return anchor{packet: -1}
	}
	at := t.live[0]
	for _, v := range t.live {
		if v.row.Packet >= 0 {
			at = v
			break
		}
	}
	return anchor{row: at.index, packet: at.row.Packet, delta: t.scroll.off - float64(t.heights.Top(at.index))}
}

// receding is a model that may know how many of the first packets of another, of the same connection, are not there any more.
type receding interface {
	Gone(before timeline.Model) int
}

// behind returns where the place is in rows of which the first ones may not be there any more.
func (a anchor) behind(m, before timeline.Model) anchor {
	r, ok := m.(receding)
	if !ok || before == nil || a.packet < 0 {
		return a
	}
	if gone := r.Gone(before); gone > 0 {
		// In which row that is has to be looked for; if it is gone itself, in none.
		a.packet, a.row = max(a.packet-gone, -1), -1
	}
	return a
}

// swap puts rows with their heights in place of the present ones.
func (t *Timeline) swap(m timeline.Model, h *Heights, l lanes, a anchor) {
	t.stopMotion()
	a = a.behind(m, t.model)
	explained, frame := t.hover.on, uint32(0)
	if explained {
		frame = t.frameAt(t.hover.row)
	}
	t.model, t.heights, t.lanes = m, h, l
	if explained && t.frameAt(t.hover.row) != frame { // another packet has come under the pointer
		t.hideHint()
	}
	t.scroll.total = float64(h.Total()) + timelineHead + timelineFoot
	if a.packet >= 0 && !t.holds(a.row, a.packet) { // the rows are others
		a.row = t.rowOf(a.packet)
	}
	lost := t.selRow < 0
	if lost || !t.holds(t.selRow, t.selPacket) {
		t.selRow = t.rowOf(t.selPacket)
	}
	t.findCover()
	switch {
	case t.Stick:
		t.scroll.to(t.scroll.max())
	case a.row >= 0 && a.row < h.Len():
		t.scroll.to(float64(h.Top(a.row)) + a.delta)
	default:
		t.scroll.to(0)
	}
	t.layout(true)
	if lost { // selected before its row was known
		t.ScrollToRow(t.selRow)
	}
}

// RowChanged says that row i has another shape or other words.
func (t *Timeline) RowChanged(i int) {
	if i < 0 || i >= t.heights.Len() {
		return
	}
	a := t.anchor()
	t.heights.Set(i, t.lanes.height(t.model.Shape(i)))
	t.scroll.total = float64(t.heights.Total()) + timelineHead + timelineFoot
	if a.row < t.heights.Len() {
		t.scroll.to(float64(t.heights.Top(a.row)) + a.delta)
	}
	t.layout(true)
}

// Appended says that the model has grown at its end. A reader who is at the end stays there.
func (t *Timeline) Appended() {
	if t.model == nil {
		return
	}
	end := t.AtEnd()
	n := t.model.Len()
	if n-t.heights.Len() > syncRows {
		t.rebuild(t.lanes, t.anchor())
		return
	}
	for i := t.heights.Len(); i < n; i++ {
		t.heights.Append(t.lanes.height(t.model.Shape(i)))
	}
	t.scroll.total = float64(t.heights.Total()) + timelineHead + timelineFoot
	if end {
		t.scroll.to(t.scroll.max())
	}
	t.layout(false)
}

// AtEnd reports that the last row is in view.
func (t *Timeline) AtEnd() bool {
	const slack = 4
	return t.scroll.off >= t.scroll.max()-slack
}

// ScrollToEnd shows the last row.
func (t *Timeline) ScrollToEnd() { t.scrolled(t.scroll.to(t.scroll.max())) }

// ScrollToRow brings row i to the middle of the view unless it is in view already.
func (t *Timeline) ScrollToRow(i int) {
	if i < 0 || i >= t.heights.Len() {
		return
	}
	top := float64(t.heights.Top(i)) + timelineHead
	h := float64(t.heights.At(i))
	if t.scroll.view == 0 { // not shown yet
		t.scroll.to(top - scrollContext)
		return
	}
	if top >= t.scroll.off+scrollContext && top+h <= t.scroll.off+t.scroll.view-scrollContext {
		t.stopMotion() // on the way to another row, which would leave this one behind
		return
	}
	t.glide(top - max((t.scroll.view-h)/2, 0))
}

// Offset returns how far it is scrolled, in pixels.
func (t *Timeline) Offset() float64 { return t.scroll.off }

// Select marks a packet as selected and brings it into view; -1 selects none. It does not call OnSelect.
func (t *Timeline) Select(packet int) {
	t.selPacket, t.selRow = packet, t.rowOf(packet)
	switch {
	case t.selRow < 0:
	case len(t.outlined) > 1 && packet == t.outlined[0]:
		t.scrollToOutlined()
	default:
		t.ScrollToRow(t.selRow)
	}
	t.layout(true)
}

// Outline marks packets that somebody speaks of, besides the selected one; nil for none. Where the first of them is selected
// as many as possible are brought into view.
func (t *Timeline) Outline(packets []int) {
	if !slices.Equal(t.outlined, packets) {
		t.outlined = packets
		t.layout(true)
	}
}

// scrollToOutlined brings the outlined packets into view: from the first one on as many as fit.
func (t *Timeline) scrollToOutlined() {
	const margin = 8
	first, last := t.selRow, t.selRow
	top := float64(t.heights.Top(first)) + timelineHead
	room := t.scroll.view - 2*margin
	for _, p := range t.outlined[1:] {
		if row := t.rowOf(p); row >= 0 && float64(t.heights.Top(row)+int64(t.heights.At(row)))+timelineHead-top <= room {
			last = max(last, row)
		}
	}
	bottom := float64(t.heights.Top(last)) + float64(t.heights.At(last)) + timelineHead
	switch {
	case first == last:
		t.ScrollToRow(first)
	case top >= t.scroll.off+margin && bottom <= t.scroll.off+t.scroll.view-margin:
		t.stopMotion() // on the way to another row, which would leave these behind
	default:
		t.glide(top - max((t.scroll.view-(bottom-top))/2, margin))
	}
}

// Mark marks a packet as selected as Select does, and leaves what is in view.
func (t *Timeline) Mark(packet int) {
	t.selPacket, t.selRow = packet, t.rowOf(packet)
	t.layout(true)
}

// Selected returns the selected packet, -1 if there is none.
func (t *Timeline) Selected() int { return t.selPacket }

// Cover hides the rows after the one of a packet; -1 uncovers all.
func (t *Timeline) Cover(afterPacket int) {
	t.cover = afterPacket
	t.findCover()
	if t.hover.on && t.covered(t.hover.row) {
		t.hideHint()
	}
	t.layout(true)
}

// findCover finds the rows where the cover begins.
func (t *Timeline) findCover() {
	const near = 16 // rows that may lie between two bubbles
	t.coverRow, t.firstCovered = t.rowOf(t.cover), -1
	for i := t.coverRow + 1; t.cover >= 0 && i < min(t.heights.Len(), t.coverRow+near); i++ {
		if t.model.Shape(i).Kind == timeline.Bubble {
			t.firstCovered = i
			return
		}
	}
}

func (t *Timeline) covered(row int) bool { return t.cover >= 0 && row > t.coverRow }

// indexed is a model that finds rows and packets without making words.
type indexed interface {
	PacketOf(row int) int
	RowOf(packet int) int
}

// frameAt is the number of the packet in row i, 0 without one.
func (t *Timeline) frameAt(i int) uint32 {
	if t.model == nil || i < 0 || i >= t.model.Len() {
		return 0
	}
	t.model.Row(i, &t.scratch)
	return t.scratch.Frame
}

// holds reports that there is a row i, and that it is a packet's.
func (t *Timeline) holds(i, packet int) bool {
	return i >= 0 && i < t.heights.Len() && t.packetAt(i) == packet
}

// packetAt returns the packet of row i, -1 if it has none.
func (t *Timeline) packetAt(i int) int {
	if m, ok := t.model.(indexed); ok {
		return m.PacketOf(i)
	}
	t.model.Row(i, &t.scratch)
	return t.scratch.Packet
}

// rowOf returns the row that shows a packet or has it folded away, -1 if there is none. Packets ascend over the rows.
func (t *Timeline) rowOf(packet int) int {
	if packet < 0 || t.model == nil {
		return -1
	}
	if m, ok := t.model.(indexed); ok {
		if row := m.RowOf(packet); row < t.heights.Len() {
			return row
		}
		return -1
	}
	lo, hi, best := 0, min(t.model.Len(), t.heights.Len()), -1
	for lo < hi {
		mid := (lo + hi) / 2
		j, at := mid, -1
		for ; j < hi; j++ {
			if at = t.packetAt(j); at >= 0 {
				break
			}
		}
		switch {
		case j == hi:
			hi = mid
		case at <= packet:
			best, lo = j, j+1
		default:
			hi = mid
		}
	}
	return best
}
