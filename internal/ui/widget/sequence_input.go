package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/timeline"
)

var (
	_ fyne.Tappable      = (*Sequence)(nil)
	_ fyne.Focusable     = (*Sequence)(nil)
	_ desktop.Hoverable  = (*Sequence)(nil)
	_ desktop.Cursorable = (*Sequence)(nil)
)

// viewAt returns the view under a position in the widget and the part of it.
func (s *Sequence) viewAt(pos fyne.Position) (*seqRow, region, bool) {
	y := pos.Y - s.headH
	if y < 0 {
		return nil, region{}, false
	}
	for _, v := range s.live {
		top := v.pen.Box().Position().Y
		if float64(top) >= s.scroll.view || y < top || y >= top+v.pen.Box().Size().Height {
			continue
		}
		r, ok := v.at(pos.X, y-top)
		return v, r, ok
	}
	return nil, region{}, false
}

// Tapped selects a packet, or opens a fold.
func (s *Sequence) Tapped(e *fyne.PointEvent) {
	s.byKey = false
	focusOn(s)
	if s.onBar(e.Position) {
		return
	}
	v, r, ok := s.viewAt(e.Position)
	switch {
	case v == nil:
	case ok && r.part.Kind == PartChip && s.OnChip != nil && v.step.Packet >= 0:
		s.choose(v.step.Packet)
		s.OnChip(v.step.Packet, r.part.Index)
	case v.isFold():
		s.toggle(v.index)
	case v.step.Packet >= 0:
		s.choose(v.step.Packet)
	}
}

func (s *Sequence) toggle(row int) {
	if s.OnToggle != nil {
		s.OnToggle(row)
	}
}

// choose selects a packet by the reader's hand.
func (s *Sequence) choose(packet int) {
	if packet != s.selPacket {
		s.selPacket, s.selRow = packet, s.rowOf(packet)
		s.layout(true)
		if s.OnSelect != nil {
			s.OnSelect(packet)
		}
	}
}

// FocusGained and FocusLost are Fyne's.
func (s *Sequence) FocusGained() {
	s.focused = true
	s.drawChrome()
	s.chrome.End()
}

// FocusLost is Fyne's.
func (s *Sequence) FocusLost() {
	s.focused, s.byKey = false, true // the next focus comes from the keyboard unless a click says otherwise
	s.drawChrome()
	s.chrome.End()
}

// TypedRune passes characters on: the diagram has no use for them.
func (s *Sequence) TypedRune(r rune) { passRune(s, r) }

// TypedKey moves the selection, scrolls, folds or zooms.
func (s *Sequence) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		s.step(1)
	case fyne.KeyUp:
		s.step(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if s.selRow >= 0 && s.OnToggle != nil {
			s.OnToggle(s.selRow)
		}
	case fyne.KeyPlus, fyne.KeyEqual:
		s.zoom(1)
	case fyne.KeyMinus:
		s.zoom(-1)
	case fyne.Key0:
		s.zoom(0)
	default:
		moved, used := s.scroll.key(e.Name)
		if !used {
			passKey(s, e)
			return
		}
		s.scrolled(moved)
	}
}

func (s *Sequence) zoom(steps int) {
	if s.OnZoom != nil {
		s.OnZoom(steps)
	}
}

// step selects the next row with a packet in a direction; with nothing selected the first one in view.
func (s *Sequence) step(d int) {
	if s.model == nil {
		return
	}
	i := s.selRow
	if i < 0 && len(s.live) > 0 {
		i = s.live[0].index - d
	}
	for i += d; i >= 0 && i < s.heights.Len(); i += d {
		if p := s.model.PacketOf(i); p >= 0 {
			s.choose(p)
			s.reveal()
			return
		}
	}
}

// MouseIn is Fyne's.
func (s *Sequence) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseOut hides the hint.
func (s *Sequence) MouseOut() { s.hideHint() }

// MouseMoved shows the hint of the part under the pointer.
func (s *Sequence) MouseMoved(e *desktop.MouseEvent) {
	v, r, ok := s.viewAt(e.Position)
	if v == nil || !ok || s.onBar(e.Position) {
		s.hideHint()
		return
	}
	h := hover{row: v.index, part: r.part, on: true}
	if h == s.hover {
		return
	}
	s.hideHint()
	s.hover = h
	if s.Hint == nil {
		return
	}
	if text := s.Hint(&v.step, r.part); text != "" {
		top := v.pen.Box().Position().Y + s.headH
		s.tip.Begin(s.palette)
		paintHint(s.tip, text, fyne.NewPos(r.x, top+r.y), fyne.NewSize(r.w, r.h), s.Size())
		s.tip.End()
	}
}

// Cursor is a hand over what can be clicked.
func (s *Sequence) Cursor() desktop.Cursor {
	if s.hover.on {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (s *Sequence) hideHint() {
	s.hover = hover{}
	if s.tip.Count() > 0 {
		s.tip.Begin(s.palette)
		s.tip.forget()
		canvas.Refresh(s.tip.Box())
	}
}

func (v *seqRow) isFold() bool {
	return v.step.Kind == timeline.LadderOther && v.step.Row.Kind == timeline.Fold
}
