package widget

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// Hex shows bytes in rows of hexadecimal and characters, with a part of them marked in both. It draws what is in view.
type Hex struct {
	control
	scrolling
	// OnByte is told the byte that the reader selected, OnHover the one under the pointer, -1 when it leaves. OnCopy is called
	// for Ctrl+C.
	OnByte  func(offset int)
	OnHover func(offset int)
	OnCopy  func()

	data     []byte
	from, n  int // the marked bytes
	over     int
	cursor   int
	reveal   bool // bring the marked bytes into view at the next drawing
	clip     *container.Clip
	content  *Pen
	lines    map[int]hexLine // texts of the rows drawn lately
	perRow   int
	lineSize int // the row length that lines were made for
}

type hexLine struct{ offset, hex, ascii string }

var (
	_ fyne.Tappable     = (*Hex)(nil)
	_ fyne.Focusable    = (*Hex)(nil)
	_ fyne.Shortcutable = (*Hex)(nil)
)

const (
	hexLineHeight = 18
	wideRow       = 16
	narrowRow     = 8
	maxHexLines   = 512 // texts kept; a window shows some 50 rows
)

// NewHex returns an empty dump.
func NewHex() *Hex {
	h := &Hex{over: -1, cursor: -1, lines: map[int]hexLine{}, perRow: wideRow}
	h.setup(h, h.paint, func() fyne.Size { return fyne.NewSize(280, 3*hexLineHeight) })
	h.scrolling = scrolling{width: func() float32 { return h.Size().Width }, moved: h.scrolled}
	h.content = NewPen(h.pen.cache)
	h.clip = container.NewClip(h.content.Box())
	return h
}

// SetBytes shows other bytes, which must not change while they are shown.
func (h *Hex) SetBytes(data []byte) {
	h.data, h.from, h.n, h.over, h.cursor, h.reveal = data, 0, 0, -1, -1, false
	clear(h.lines)
	h.scroll.to(0)
	h.redraw()
}

// SetHighlight marks n bytes from an offset on and brings them into view; n 0 marks none.
func (h *Hex) SetHighlight(offset, n int) {
	h.from = min(max(offset, 0), len(h.data))
	h.n = min(max(n, 0), len(h.data)-h.from)
	h.reveal = h.n > 0
	h.redraw()
}

// Highlighted returns the marked bytes.
func (h *Hex) Highlighted() []byte { return h.data[h.from : h.from+h.n] }

// columns returns the x of the hex and of the character column, and the advance of one.
func (h *Hex) columns() (hex, ascii, adv float32) {
	adv = h.pen.cache.metrics(theme.Mono).column
	digits := len(h.offset(0))
	hex = round(adv * float32(digits+2))
	return hex, hex + adv*float32(3*h.perRow+1), adv
}

func (h *Hex) offset(row int) string {
	if len(h.data) > 0xFFFF {
		return fmt.Sprintf("%08x", row*h.perRow)
	}
	return fmt.Sprintf("%04x", row*h.perRow)
}

func (h *Hex) measure() {
	h.perRow = wideRow
	_, ascii, adv := h.columns()
	if ascii+adv*wideRow+theme.ScrollbarSlot > h.Size().Width {
		h.perRow = narrowRow
	}
	if h.perRow != h.lineSize {
		clear(h.lines)
		h.lineSize = h.perRow
		h.reveal = h.n > 0 // the marked bytes are in another row now
	}
	h.scroll.view = float64(h.Size().Height)
	h.scroll.total = float64((len(h.data) + h.perRow - 1) / h.perRow * hexLineHeight)
	h.scroll.to(h.scroll.off)
}

// line returns the texts of a row.
func (h *Hex) line(row int) hexLine {
	if l, ok := h.lines[row]; ok {
		return l
	}
	if len(h.lines) >= maxHexLines {
		clear(h.lines)
	}
	const digits = "0123456789abcdef"
	part := h.data[row*h.perRow : min((row+1)*h.perRow, len(h.data))]
	hex, ascii := make([]byte, 0, 3*len(part)), make([]byte, 0, len(part))
	for _, b := range part {
		hex = append(hex, digits[b>>4], digits[b&15], ' ')
		if b < ' ' || b > '~' {
			b = '.'
		}
		ascii = append(ascii, b)
	}
	l := hexLine{offset: h.offset(row), hex: string(hex), ascii: string(ascii)}
	h.lines[row] = l
	return l
}

func (h *Hex) paint(p *Pen, w, height float32) {
	h.measure()
	if h.reveal {
		first, last := h.from/h.perRow, (h.from+h.n-1)/h.perRow
		h.scroll.show(float64(first*hexLineHeight), float64((last+1)*hexLineHeight), 0)
		h.reveal = false
	}
	hexX, asciiX, adv := h.columns()
	c := h.content
	c.Begin(p.P)
	rows := (len(h.data) + h.perRow - 1) / h.perRow
	for row := int(h.scroll.off) / hexLineHeight; row < rows; row++ {
		y := float32(float64(row*hexLineHeight) - h.scroll.off)
		if y >= height {
			break
		}
		h.wash(c, row, y, h.from, h.n)
		if h.over >= 0 && (h.over < h.from || h.over >= h.from+h.n) {
			h.wash(c, row, y, h.over, 1)
		}
		l := h.line(row)
		c.T(0, y, 0, hexLineHeight, l.offset, theme.Mono, p.P.Text3, Left)
		c.T(hexX, y, 0, hexLineHeight, l.hex, theme.Mono, p.P.Text, Left)
		c.T(asciiX, y, 0, hexLineHeight, l.ascii, theme.Mono, p.P.Text2, Left)
	}
	c.forget()
	c.Box().Resize(fyne.NewSize(w, height))
	p.Object(h.clip, 0, 0, w, height)
	drawScrollbar(p, &h.scroll, w)
	h.ring(p, 0, 0, min(w, asciiX+adv*float32(h.perRow)+4), height, 4)
}

// wash marks those of n bytes from an offset on that are in a row.
func (h *Hex) wash(p *Pen, row int, y float32, from, n int) {
	first, last := max(from, row*h.perRow), min(from+n, (row+1)*h.perRow)
	if first >= last {
		return
	}
	hexX, asciiX, adv := h.columns()
	a, b := float32(first%h.perRow), float32((last-1)%h.perRow)
	p.Rect(hexX+adv*a*3-2, y, adv*((b-a)*3+2)+4, hexLineHeight, p.P.AccentWash, 3)
	p.Rect(asciiX+adv*a-1, y, adv*(b-a+1)+2, hexLineHeight, p.P.AccentWash, 3)
}

func (h *Hex) at(pos fyne.Position) int {
	hexX, asciiX, adv := h.columns()
	row := int((h.scroll.off + float64(pos.Y)) / hexLineHeight)
	col := -1
	switch {
	case pos.Y < 0:
	case pos.X >= asciiX && pos.X < asciiX+adv*float32(h.perRow):
		col = int((pos.X - asciiX) / adv)
	case pos.X >= hexX-adv/2 && pos.X < hexX+adv*float32(3*h.perRow)-adv/2:
		col = int((pos.X - hexX + adv/2) / (3 * adv))
	}
	if i := row*h.perRow + col; col >= 0 && i < len(h.data) {
		return i
	}
	return -1
}

// Tapped selects the byte under the pointer.
func (h *Hex) Tapped(e *fyne.PointEvent) {
	h.byPointer = true
	focusOn(h)
	h.pick(h.at(e.Position))
}

func (h *Hex) pick(i int) {
	if i < 0 || i >= len(h.data) {
		return
	}
	h.cursor = i
	row := float64(i / h.perRow * hexLineHeight)
	h.scroll.show(row, row+hexLineHeight, 0)
	if h.OnByte != nil {
		h.OnByte(i)
	}
	h.redraw()
}

// MouseMoved reports the byte under the pointer.
func (h *Hex) MouseMoved(e *desktop.MouseEvent) { h.hover(h.at(e.Position)) }

// MouseOut is Fyne's.
func (h *Hex) MouseOut() { h.hover(-1) }

func (h *Hex) hover(i int) {
	if i == h.over {
		return
	}
	h.over = i
	h.redraw()
	if h.OnHover != nil {
		h.OnHover(i)
	}
}

// TypedKey moves from byte to byte, or scrolls.
func (h *Hex) TypedKey(e *fyne.KeyEvent) {
	at := max(h.cursor, h.from)
	switch e.Name {
	case fyne.KeyRight:
		h.pick(at + 1)
	case fyne.KeyLeft:
		h.pick(at - 1)
	case fyne.KeyDown:
		h.pick(at + h.perRow)
	case fyne.KeyUp:
		h.pick(at - h.perRow)
	default:
		moved, used := h.scroll.key(e.Name)
		if !used {
			passKey(h, e)
		} else if moved {
			h.redraw()
		}
	}
}

// TypedShortcut copies.
func (h *Hex) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok && h.OnCopy != nil {
		h.OnCopy()
		return
	}
	passShortcut(h, s)
}

func (h *Hex) scrolled(moved bool) {
	if moved {
		h.over = -1
		h.redraw()
	}
}

// Cursor is the usual arrow.
func (h *Hex) Cursor() desktop.Cursor { return desktop.DefaultCursor }
