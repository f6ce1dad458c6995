package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/timeline"
)

var (
	_ fyne.Tappable          = (*Timeline)(nil)
	_ fyne.SecondaryTappable = (*Timeline)(nil)
	_ fyne.Focusable         = (*Timeline)(nil)
	_ fyne.Shortcutable      = (*Timeline)(nil)
	_ desktop.Hoverable      = (*Timeline)(nil)
	_ desktop.Cursorable     = (*Timeline)(nil)
)

// viewAt returns the view under a position in the widget and the part of it.
func (t *Timeline) viewAt(pos fyne.Position) (*rowView, region, bool) {
	for _, v := range t.live {
		top := v.pen.Box().Position().Y
		if pos.Y < top || pos.Y >= top+v.pen.Box().Size().Height {
			continue
		}
		r, ok := v.at(pos.X, pos.Y-top)
		return v, r, ok
	}
	return nil, region{}, false
}

// Tapped selects a packet, or does what the part says.
func (t *Timeline) Tapped(e *fyne.PointEvent) {
	t.byKey = false
	focusOn(t)
	if t.onBar(e.Position) {
		return
	}
	v, r, ok := t.viewAt(e.Position)
	if v == nil || t.covered(v.index) {
		return
	}
	switch {
	case ok && r.part.Kind == PartToggle:
		t.toggle(v.index)
	case ok && r.part.Kind == PartMore:
		if t.OnMore != nil {
			t.OnMore(v.index)
		}
	default:
		t.choose(v.index, v.row.Packet)
	}
}

// TappedSecondary asks for the context menu of a row.
func (t *Timeline) TappedSecondary(e *fyne.PointEvent) {
	v, _, _ := t.viewAt(e.Position)
	if v == nil || t.covered(v.index) || t.onBar(e.Position) {
		return
	}
	t.choose(v.index, v.row.Packet)
	if t.OnContext != nil {
		t.OnContext(v.index, e.AbsolutePosition)
	}
}

func (t *Timeline) toggle(row int) {
	if t.OnToggle != nil {
		t.OnToggle(row)
	}
}

// choose selects a row by the reader's hand.
func (t *Timeline) choose(row, packet int) {
	if packet < 0 || row == t.selRow && packet == t.selPacket {
		return
	}
	t.selPacket, t.selRow = packet, row
	t.layout(true)
	if t.OnSelect != nil {
		t.OnSelect(packet)
	}
}

// FocusGained and FocusLost are Fyne's.
func (t *Timeline) FocusGained() {
	t.focused = true
	t.drawChrome()
	t.chrome.End()
}

// FocusLost is Fyne's.
func (t *Timeline) FocusLost() {
	t.focused, t.byKey = false, true // the next focus comes from the keyboard unless a click says otherwise
	t.drawChrome()
	t.chrome.End()
}

// TypedRune passes characters on: the timeline has no use for them.
func (t *Timeline) TypedRune(r rune) { passRune(t, r) }

// TypedKey moves the selection, scrolls, or folds.
func (t *Timeline) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		t.step(1)
	case fyne.KeyUp:
		t.step(-1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if !t.open() {
			passKey(t, e)
		}
	default:
		moved, used := t.scroll.key(e.Name)
		if !used {
			passKey(t, e)
			return
		}
		t.wheeled(moved)
	}
}

// step selects the next row with a packet in a direction.
func (t *Timeline) step(d int) {
	i := t.selRow
	if i < 0 && len(t.live) > 0 { // nothing selected: begin with what is in view
		i = t.live[0].index - 1
		if d < 0 {
			i = t.live[len(t.live)-1].index + 1
		}
	}
	n := t.heights.Len()
	for i += d; i >= 0 && i < n && !t.covered(i); i += d {
		if p := t.packetAt(i); p >= 0 && (t.scratch.Kind == timeline.Bubble || t.scratch.Kind == timeline.Fold) {
			top := float64(t.heights.Top(i)) + timelineHead
			t.wheeled(t.scroll.show(top, top+float64(t.heights.At(i)), scrollContext))
			t.choose(i, p)
			return
		}
	}
}

// open folds or unfolds the selected row, or shows the rest of it, and reports that there was something to show.
func (t *Timeline) open() bool {
	if t.selRow < 0 || t.selRow >= t.heights.Len() || t.covered(t.selRow) {
		return false
	}
	row := t.selRow
	t.model.Row(row, &t.scratch)
	switch {
	case t.scratch.Kind == timeline.Fold:
		t.toggle(row)
	case t.scratch.More != 0 && t.OnMore != nil:
		t.OnMore(row)
	default:
		return false
	}
	return true
}

// TypedShortcut copies the selected row.
func (t *Timeline) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok && t.selRow >= 0 && t.OnCopy != nil {
		t.OnCopy(t.selRow)
		return
	}
	passShortcut(t, s)
}
