package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// NoField is the field ID of nothing.
const NoField = -1

// Cell is one field, or a part of one, in a HeaderGrid.
type Cell struct {
	// Field is the field's ID, the same for all its cells; NoField for padding, which cannot be selected.
	Field       int
	Name, Value string
	// Row counts 32-bit words from 0; FirstBit is 0 to 31, Bits 1 to 32-FirstBit.
	Row, FirstBit, Bits int
	// Option marks a TCP option. Flag is a control bit, whose Name is one letter; Set says that it is 1.
	Option, Flag, Set bool
}

// HeaderGrid shows a header as RFC 9293 draws it: rows of 32 bits. The selected field is framed.
type HeaderGrid struct {
	control
	// OnField is told the field that the reader selected, OnHover the one under the pointer, NoField when it leaves.
	OnField func(field int)
	OnHover func(field int)

	cells    []Cell
	rows     int
	selected int
	last     int  // the last part of the selected field
	framed   bool // the flags as one
	over     int
	bit      float32 // width of a bit, at the present size
}

var (
	_ fyne.Tappable  = (*HeaderGrid)(nil)
	_ fyne.Focusable = (*HeaderGrid)(nil)
)

// Measures of the grid, in pixels.
const (
	gridBit    = 16 // at most; less where it is narrow
	gridLeast  = 10
	gridRow    = 21
	gridRuler  = 16
	gridMargin = 36 // the byte numbers at the left
	gridBits   = 32
)

// NewHeaderGrid returns an empty grid.
func NewHeaderGrid() *HeaderGrid {
	g := &HeaderGrid{selected: NoField, last: NoField, over: NoField, bit: gridBit}
	g.setup(g, g.paint, func() fyne.Size {
		return fyne.NewSize(gridMargin+gridBits*gridLeast+1, gridRuler+float32(g.rows)*gridRow+1)
	})
	g.pen.oneSheet()
	return g
}

// SetCells shows other cells, in the order of their bits. Cells that leave the 32 columns are left out.
func (g *HeaderGrid) SetCells(cells []Cell) {
	g.cells, g.rows = g.cells[:0], 0
	for _, c := range cells {
		if c.Row < 0 || c.FirstBit < 0 || c.Bits < 1 || c.FirstBit+c.Bits > gridBits {
			continue
		}
		g.cells = append(g.cells, c)
		g.rows = max(g.rows, c.Row+1)
	}
	g.over = NoField
	g.Refresh()
}

// Select frames a field without calling OnField.
func (g *HeaderGrid) Select(field int) { g.SelectAll(field, field) }

// SelectAll frames a field whose parts have the IDs from its own to last.
func (g *HeaderGrid) SelectAll(field, last int) {
	g.selected, g.last = field, last
	g.redraw()
}

// Selected returns where the selected field begins and ends, from the top; false if no cell is selected.
func (g *HeaderGrid) Selected() (top, bottom float32, ok bool) {
	for _, c := range g.cells {
		if !g.marks(c) {
			continue
		}
		if _, y, _ := g.rect(c); ok {
			top, bottom = min(top, y), max(bottom, y+gridRow)
		} else {
			top, bottom, ok = y, y+gridRow, true
		}
	}
	return top, bottom, ok
}

// marks says that a cell belongs to the selected field.
func (g *HeaderGrid) marks(c Cell) bool {
	return c.Field != NoField && g.selected != NoField && c.Field >= g.selected && c.Field <= g.last
}

// FrameFlags frames the flags as one field, or does not any more.
func (g *HeaderGrid) FrameFlags(on bool) {
	if g.framed != on {
		g.framed = on
		g.redraw()
	}
}

// SetHover tints a field that the pointer is on elsewhere, NoField for none.
func (g *HeaderGrid) SetHover(field int) {
	if g.over != field {
		g.over = field
		g.redraw()
	}
}

func (g *HeaderGrid) rect(c Cell) (x, y, w float32) {
	return gridMargin + float32(c.FirstBit)*g.bit, gridRuler + float32(c.Row)*gridRow, float32(c.Bits) * g.bit
}

func (g *HeaderGrid) paint(p *Pen, w, h float32) {
	g.bit = max(min(gridBit, float32(int((w-gridMargin-1)/gridBits))), gridLeast)
	total := g.bit * gridBits
	for b := 0; b < gridBits; b += 4 {
		p.T(gridMargin+float32(b)*g.bit, 0, 24, gridRuler, strconv.Itoa(b), theme.MonoTiny, p.P.Text3, Left)
	}
	p.T(gridMargin+total-20, 0, 20, gridRuler, "31", theme.MonoTiny, p.P.Text3, Right)
	fixed := g.fixedRows()
	p.Panel(gridMargin, gridRuler, total, float32(g.rows)*gridRow, p.P.Card, p.P.Edge, 4)
	if fixed < g.rows {
		p.Panel(gridMargin, gridRuler+float32(fixed)*gridRow, total, float32(g.rows-fixed)*gridRow, p.P.OptionFill, p.P.Edge, 4)
	}
	for r := range g.rows {
		y := gridRuler + float32(r)*gridRow
		p.T(0, y, gridMargin-8, gridRow, strconv.Itoa(r*4), theme.MonoTiny, p.P.Text3, Right)
		if r > 0 && r != fixed {
			p.HLine(gridMargin, y, total, p.P.Line)
		}
	}
	for _, c := range g.cells {
		g.paintCell(p, c)
	}
	if g.framed {
		g.frameFlags(p)
	}
	g.ring(p, gridMargin, gridRuler, total, float32(g.rows)*gridRow, 4)
}

func (g *HeaderGrid) frameFlags(p *Pen) {
	var left, right, top float32
	for _, c := range g.cells {
		if x, y, w := g.rect(c); c.Flag {
			if right == 0 {
				left, top = x, y
			}
			right = x + w
		}
	}
	if right > 0 {
		p.Panel(left, top, right-left, gridRow, transparent, p.P.Accent, 3).StrokeWidth = 1.5
	}
}

// fixedRows is the number of rows before the first option.
func (g *HeaderGrid) fixedRows() int {
	n := g.rows
	for _, c := range g.cells {
		if c.Option {
			n = min(n, c.Row)
		}
	}
	return n
}

func (g *HeaderGrid) paintCell(p *Pen, c Cell) {
	x, y, w := g.rect(c)
	if c.FirstBit > 0 {
		p.VLine(x, y, gridRow, p.P.Line)
	}
	marked := g.marks(c)
	switch {
	case marked:
		o := p.Panel(x, y, w, gridRow, p.P.AccentWash, p.P.Accent, 3)
		o.StrokeWidth = 1.5
	case c.Field != NoField && c.Field == g.over:
		p.Rect(x, y, w, gridRow, p.P.AccentWash, 3)
	}
	if c.Flag {
		g.paintFlag(p, c, x, y, w, marked)
		return
	}
	name, value := p.P.Text2, p.P.Text
	if c.Option {
		name = p.P.OK
	}
	if marked {
		name = p.P.Text
	}
	const pad, gap = 8, 10
	room := w - 2*pad
	nw, vw := p.Width(c.Name, theme.Tiny), p.Width(c.Value, theme.MonoTiny)
	switch {
	case c.Name == "" || nw+gap+vw > room && vw > 0 && nw > room/2: // no room for both: the value
		p.T(x+2, y, w-4, gridRow, c.Value, theme.MonoTiny, value, Center)
	default:
		p.T(x+pad, y, room-vw-gap*min(vw, 1), gridRow, c.Name, theme.Tiny, name, Left)
		p.T(x+pad, y, room, gridRow, c.Value, theme.MonoTiny, value, Right)
	}
}

// paintFlag draws a control bit: bold on a tint where it is set.
func (g *HeaderGrid) paintFlag(p *Pen, c Cell, x, y, w float32, marked bool) {
	f, fg := theme.Tiny, p.P.Text3
	if c.Set {
		f, fg = theme.TinyStrong, p.P.Text
		if !marked {
			p.Rect(x+2, y+2, w-3, gridRow-4, p.P.PSHFill, 3)
		}
	} else if marked {
		fg = p.P.Text
	}
	p.T(x, y, w, gridRow, c.Name, f, fg, Center)
}

func (g *HeaderGrid) at(pos fyne.Position) int {
	for _, c := range g.cells {
		x, y, w := g.rect(c)
		if pos.X >= x && pos.X < x+w && pos.Y >= y && pos.Y < y+gridRow {
			return c.Field
		}
	}
	return NoField
}

// Tapped selects the field under the pointer.
func (g *HeaderGrid) Tapped(e *fyne.PointEvent) {
	g.byPointer = true
	focusOn(g)
	g.pick(g.at(e.Position))
}

func (g *HeaderGrid) pick(field int) {
	if field == NoField || field == g.selected {
		return
	}
	g.selected = field
	g.redraw()
	if g.OnField != nil {
		g.OnField(field)
	}
}

// MouseMoved reports the field under the pointer.
func (g *HeaderGrid) MouseMoved(e *desktop.MouseEvent) { g.hover(g.at(e.Position)) }

// MouseOut is Fyne's.
func (g *HeaderGrid) MouseOut() { g.hover(NoField) }

func (g *HeaderGrid) hover(field int) {
	if field == g.over {
		return
	}
	g.SetHover(field)
	if g.OnHover != nil {
		g.OnHover(field)
	}
}

// TypedKey moves from field to field.
func (g *HeaderGrid) TypedKey(e *fyne.KeyEvent) {
	i := g.index()
	switch e.Name {
	case fyne.KeyRight:
		g.step(i, 1)
	case fyne.KeyLeft:
		g.step(i, -1)
	case fyne.KeyDown:
		g.stepRow(i, 1)
	case fyne.KeyUp:
		g.stepRow(i, -1)
	default:
		passKey(g, e)
	}
}

// index returns the first cell of the selected field, -1 if there is none.
func (g *HeaderGrid) index() int {
	for i, c := range g.cells {
		if c.Field == g.selected && c.Field != NoField {
			return i
		}
	}
	return -1
}

// step selects the next other field in the order of the cells.
func (g *HeaderGrid) step(i, d int) {
	if i < 0 {
		i, d = -1, 1
	}
	for i += d; i >= 0 && i < len(g.cells); i += d {
		if f := g.cells[i].Field; f != NoField && f != g.selected {
			g.pick(f)
			return
		}
	}
}

// stepRow selects the field above or below.
func (g *HeaderGrid) stepRow(i, d int) {
	if i < 0 {
		g.step(i, 1)
		return
	}
	from := g.cells[i]
	for row := from.Row + d; row >= 0 && row < g.rows; row += d {
		for _, c := range g.cells {
			if c.Row == row && c.Field != NoField && c.Field != g.selected &&
				c.FirstBit <= from.FirstBit && from.FirstBit < c.FirstBit+c.Bits {
				g.pick(c.Field)
				return
			}
		}
	}
}
