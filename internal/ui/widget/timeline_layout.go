package widget

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/ui/theme"
)

// layout puts views on the rows in sight. Views of rows that stay are only moved, unless rebind says that they have changed.
func (t *Timeline) layout(rebind bool) {
	size := t.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return
	}
	t.scroll.view = float64(size.Height)
	n := t.heights.Len()
	objs, next := t.box.Objects[:0], t.spare[:0]
	changed := rebind
	first := 0
	if len(t.live) > 0 {
		first = t.live[0].index
	}
	row, top := t.heights.Find(int64(t.scroll.off) - timelineHead)
	y := float64(top) + timelineHead - t.scroll.off
	for ; row < n && y < t.scroll.view; row++ {
		h := float32(t.heights.At(row))
		var v *rowView
		if k := row - first; k >= 0 && k < len(t.live) && t.live[k] != nil {
			v, t.live[k] = t.live[k], nil
			switch {
			case rebind:
				t.bind(v, row, h, y)
			case h > tallRow:
				t.paint(v, h, y)
				changed = true
			}
		} else {
			v = t.view()
			t.bind(v, row, h, y)
			changed = true
		}
		v.pen.Box().Move(fyne.NewPos(0, float32(y)))
		next = append(next, v)
		objs = append(objs, v.pen.Box())
		y += float64(h)
	}
	for i, v := range t.live { // rows that left
		if v != nil {
			t.free = append(t.free, v)
			t.live[i] = nil
			changed = true
		}
	}
	t.live, t.spare = next, t.live
	clear(t.box.Objects[min(len(objs), len(t.box.Objects)):])
	t.box.Objects = objs
	t.drawChrome()
	if changed {
		canvas.Refresh(t.box) // one repaint: Fyne draws the whole window anyway
	}
}

// view takes a free view or makes one.
func (t *Timeline) view() *rowView {
	if n := len(t.free); n > 0 {
		v := t.free[n-1]
		t.free = t.free[:n-1]
		return v
	}
	return &rowView{pen: NewPen(t.cache)}
}

// tallRow is from which height on only the part of a row that is in view is drawn, anew with every scroll.
const tallRow = 1200

// bind fills a view with row i, h high and y below the top of the view.
func (t *Timeline) bind(v *rowView, i int, h float32, y float64) {
	v.index = i
	t.model.Row(i, &v.row)
	v.pen.Box().Resize(fyne.NewSize(t.lanes.width, h))
	t.paint(v, h, y)
}

func (t *Timeline) paint(v *rowView, h float32, y float64) {
	i, top, bottom := v.index, float32(0), h
	if h > tallRow {
		top, bottom = float32(-y), float32(t.scroll.view-y)
	}
	v.draw(t.palette, paint{
		top: top, bottom: bottom, lanes: t.lanes, words: &t.Words, selected: i == t.selRow, covered: t.covered(i), firstCovered: i == t.firstCovered,
		outlined: v.row.Packet >= 0 && slices.Contains(t.outlined, v.row.Packet),
		found:    t.Marked != nil && v.row.Packet >= 0 && t.Marked(v.row.Packet),
	}, h)
}

// drawChrome draws the scrollbar and, when the keyboard is here, the focus ring.
func (t *Timeline) drawChrome() {
	size := t.Size()
	t.chrome.Begin(t.palette)
	drawScrollbar(t.chrome, &t.scroll, size.Width)
	if t.focused && t.byKey {
		t.chrome.listRing(size)
	}
	t.chrome.forget()
}

// listRing draws the focus ring of a list that is as large as size.
func (p *Pen) listRing(size fyne.Size) {
	const inset = theme.FocusGap
	r := p.Rect(inset, inset, size.Width-2*inset, size.Height-2*inset, transparent, theme.RadiusInset)
	r.StrokeColor, r.StrokeWidth = p.P.Focus, theme.FocusWidth
}

func drawScrollbar(p *Pen, s *scroller, width float32) {
	if y, h, shown := s.thumb(); shown {
		p.Rect(width-thumbWidth-3, y, thumbWidth, h, p.P.Control, thumbWidth/2)
	}
}

// Motion of going to a packet.
const (
	glideTime = 240 * time.Millisecond
	// glideViews is how many views far it glides; further away it jumps, because nobody could follow.
	glideViews = 3
)

// glide scrolls to y, visibly where it is near.
func (t *Timeline) glide(y float64) {
	t.stopMotion()
	from := t.scroll.off
	y = min(max(y, 0), t.scroll.max())
	if d := y - from; canvasOf(t) == nil || d > glideViews*t.scroll.view || -d > glideViews*t.scroll.view {
		t.scrolled(t.scroll.to(y))
		return
	}
	t.motion = fyne.NewAnimation(glideTime, func(done float32) {
		t.scrolled(t.scroll.to(from + (y-from)*float64(done)))
	})
	t.motion.Curve = fyne.AnimationEaseOut
	t.motion.Start()
}

func (t *Timeline) stopMotion() {
	if t.motion != nil {
		t.motion.Stop()
		t.motion = nil
	}
}

// wheeled lays out after the reader scrolled.
func (t *Timeline) wheeled(moved bool) {
	t.stopMotion()
	t.scrolled(moved)
}

// scrolled lays out after a scroll.
func (t *Timeline) scrolled(moved bool) {
	if !moved {
		return
	}
	t.hideHint()
	t.layout(false)
	if t.OnScrolled != nil {
		t.OnScrolled()
	}
}

// CreateRenderer is Fyne's.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer {
	return &timelineRenderer{t: t, objects: []fyne.CanvasObject{t.clip, t.chrome.Box(), t.tip.Box()}}
}

type timelineRenderer struct {
	t       *Timeline
	objects []fyne.CanvasObject
}

func (r *timelineRenderer) Destroy()                     {}
func (r *timelineRenderer) MinSize() fyne.Size           { return fyne.NewSize(320, 120) }
func (r *timelineRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Refresh draws everything again, in the colours of the present theme.
func (r *timelineRenderer) Refresh() {
	r.t.palette = theme.For(r.t)
	r.t.layout(true)
}

// Layout is called with every new size; another width changes the heights.
func (r *timelineRenderer) Layout(size fyne.Size) {
	t := r.t
	t.clip.Resize(size)
	t.box.Resize(size)
	t.chrome.Box().Resize(size)
	t.tip.Box().Resize(size)
	t.palette = theme.For(t)
	end := t.scroll.view > 0 && t.scroll.max() > 0 && t.AtEnd()
	t.scroll.view = float64(size.Height)
	if l := t.lanesNow(); l != t.lanes && t.wanted != nil {
		t.rebuild(l, t.anchor())
	}
	if end {
		t.scroll.to(t.scroll.max())
	} else {
		t.scroll.to(t.scroll.off)
	}
	t.layout(true)
}
