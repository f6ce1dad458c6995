package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// TreeField is a field of a FieldTree. Fields come in the order they are shown when all are open.
type TreeField struct {
	ID          int
	Depth       int // 0 for a layer
	Name, Value string
	// Key is what the field is called in every packet: what was opened in one is open in the next.
	Key string
	// Open shows the fields below it at first.
	Open bool
	// Problem colours a field whose value is wrong.
	Problem bool
}

// FieldTree shows fields in layers that open and close. It draws what is in view.
type FieldTree struct {
	List
	// OnField is told the field that the reader selected, OnHover the one under the pointer, NoField when it leaves.
	OnField func(field int)
	OnHover func(field int)

	fields  []TreeField
	open    []bool
	visible []int // indexes of the fields that are shown
	over    int
}

const (
	treeRow    = 24
	treeIndent = 16
	treeText   = 26 // from the indent to the text, past the chevron
)

// NewFieldTree returns an empty tree.
func NewFieldTree() *FieldTree {
	t := &FieldTree{over: NoField}
	t.List = List{row: treeRow, selected: -1, hover: -1, reveal: -1, Flat: true}
	t.Count = func() int { return len(t.visible) }
	t.Draw = t.drawRow
	t.setupList(t)
	t.List.OnSelect = func(i int) {
		if t.OnField != nil {
			t.OnField(t.fields[t.visible[i]].ID)
		}
	}
	t.List.OnOpen = t.toggle
	return t
}

// SetFields shows other fields. Fields that were there before, by key, stay open or closed.
func (t *FieldTree) SetFields(fields []TreeField) {
	was := make(map[string]bool, len(t.fields))
	for i, f := range t.fields {
		was[f.Key] = t.open[i]
	}
	chosen := t.SelectedField()
	t.fields = fields
	t.open = make([]bool, len(fields))
	for i, f := range fields {
		open, ok := was[f.Key]
		t.open[i] = ok && open || !ok && f.Open
	}
	t.show(chosen)
}

// SelectedField returns the ID of the selected field, NoField if there is none.
func (t *FieldTree) SelectedField() int {
	if i := t.Selected(); i >= 0 && i < len(t.visible) {
		return t.fields[t.visible[i]].ID
	}
	return NoField
}

// SelectField selects a field without calling OnField, opens what is above it, and brings it into view.
func (t *FieldTree) SelectField(field int) {
	for i, f := range t.fields {
		if f.ID != field {
			continue
		}
		depth := f.Depth
		for j := i - 1; j >= 0 && depth > 0; j-- {
			if t.fields[j].Depth < depth {
				t.open[j] = true
				depth = t.fields[j].Depth
			}
		}
		break
	}
	t.show(field)
	if i := t.Selected(); i >= 0 {
		t.ScrollTo(i)
	}
}

// show finds the visible fields again and keeps a field selected.
func (t *FieldTree) show(field int) {
	t.visible, t.selected = t.visible[:0], -1
	closed := -1 // depth of the closed field that hides what follows
	for i, f := range t.fields {
		if closed >= 0 && f.Depth > closed {
			continue
		}
		closed = -1
		if field != NoField && f.ID == field {
			t.selected = len(t.visible)
		}
		t.visible = append(t.visible, i)
		if !t.open[i] {
			closed = f.Depth
		}
	}
	t.redraw()
}

// parent reports that the field at index i has fields below it.
func (t *FieldTree) parent(i int) bool {
	return i+1 < len(t.fields) && t.fields[i+1].Depth > t.fields[i].Depth
}

func (t *FieldTree) toggle(row int) {
	i := t.visible[row]
	if t.parent(i) {
		t.open[i] = !t.open[i]
		t.show(t.fields[i].ID)
	}
}

func (t *FieldTree) drawRow(p *Pen, row int, w float32, _ RowState) {
	i := t.visible[row]
	f := t.fields[i]
	x := 8 + float32(f.Depth)*treeIndent
	face, name, value := theme.Small, p.P.Text2, p.P.Text
	if f.Depth == 0 {
		face, name = theme.SmallStrong, p.P.Text
	}
	if f.Problem {
		value = p.P.Warn
	}
	if t.parent(i) {
		icon := "right"
		if t.open[i] {
			icon = "down"
		}
		p.Icon(x+4, 6, 12, icon, p.P.Text3)
	}
	const gap = 12
	nw := p.T(x+treeText, 0, max(w-x-treeText-8, 1), treeRow, f.Name, face, name, Left)
	if room := w - 8 - (x + treeText + nw + gap); room > 0 {
		p.T(x+treeText+nw+gap, 0, room, treeRow, f.Value, theme.Mono, value, Left)
	}
}

// Tapped selects a field; a click on its chevron opens or closes it.
func (t *FieldTree) Tapped(e *fyne.PointEvent) {
	row := t.rowAt(e.Position)
	if row >= 0 {
		x := 8 + float32(t.fields[t.visible[row]].Depth)*treeIndent
		if e.Position.X >= x && e.Position.X < x+treeText && t.parent(t.visible[row]) {
			t.toggle(row)
			return
		}
	}
	t.List.Tapped(e)
}

// TypedKey adds Left and Right, which close and open, to the keys of a list.
func (t *FieldTree) TypedKey(e *fyne.KeyEvent) {
	row := t.Selected()
	if row < 0 || row >= len(t.visible) {
		t.List.TypedKey(e)
		return
	}
	i := t.visible[row]
	switch {
	case e.Name == fyne.KeyRight && t.parent(i) && !t.open[i], e.Name == fyne.KeyLeft && t.parent(i) && t.open[i]:
		t.toggle(row)
	case e.Name == fyne.KeyRight:
		if t.parent(i) {
			t.pick(row + 1)
		}
	case e.Name == fyne.KeyLeft:
		for j := row - 1; j >= 0; j-- {
			if t.fields[t.visible[j]].Depth < t.fields[i].Depth {
				t.pick(j)
				return
			}
		}
	default:
		t.List.TypedKey(e)
	}
}

// MouseMoved reports the field under the pointer.
func (t *FieldTree) MouseMoved(e *desktop.MouseEvent) {
	t.List.MouseMoved(e)
	field := NoField
	if t.hover >= 0 && t.hover < len(t.visible) {
		field = t.fields[t.visible[t.hover]].ID
	}
	t.report(field)
}

// MouseOut is Fyne's.
func (t *FieldTree) MouseOut() {
	t.List.MouseOut()
	t.report(NoField)
}

// SetHover tints the row of a field that the pointer is on elsewhere, or of what it is folded into; NoField for none. Nothing is
// unfolded or scrolled for that.
func (t *FieldTree) SetHover(field int) {
	row, wanted := -1, field
	for i, f := range t.visible {
		if t.fields[f].ID > wanted {
			break // fields are numbered in their order: the last one before is the field itself, or holds it
		}
		row = i
	}
	if field == NoField {
		row = -1
	}
	if row != t.hover {
		t.hover = row
		t.redraw()
	}
}

func (t *FieldTree) report(field int) {
	if field == t.over {
		return
	}
	t.over = field
	if t.OnHover != nil {
		t.OnHover(field)
	}
}
