package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// drawer shows one packet: the header as RFC 9293 draws it or the tree of all fields, the bytes, and what the selected field
// means. Selecting in one selects in all.
type drawer struct {
	w      *Window
	root   *fyne.Container
	bar    *widget.Canvas
	tabs   *widget.Segmented
	toggle *widget.Button
	grid   *widget.HeaderGrid
	scroll *container.Scroll
	tree   *widget.FieldTree
	hex    *widget.Hex
	card   *widget.Canvas
	copy   *widget.Button

	// The packet shown, and its fields by number: widgets count fields, the app names them.
	frame     uint32
	stream    int
	fields    []*packet.Field
	keys      []string // what the app calls them: the field's ID, with its offset if the packet has several
	dissected *packet.Tree
	header    *packet.TCPHeader
	err       error
	// over is the field under the pointer, wherever that is; widget.NoField for none.
	over int
}

// Measures of the drawer, in pixels.
const (
	gridWidth  = 36 + 512 + 2
	hexLeast   = 300 // what eight bytes a line need
	explainTop = 96  // height of the card that explains a field
)

func newDrawer(w *Window) *drawer {
	d := &drawer{w: w, over: widget.NoField}
	d.bar = widget.NewCanvas(fyne.NewSize(0, drawerBar), d.drawBar)
	d.tabs = widget.NewSegmented([]string{w.t(words.header), w.t(words.fields)}, int(w.app.DrawerShows()), func(i int) {
		w.app.ShowDrawerTab(app.DrawerTab(i))
	})
	d.toggle = widget.NewIconButton("down", w.t(words.collapse)+"  D", func() {
		w.capture.toggleDrawer()
	})
	d.toggle.Overlay = w.overlay
	d.grid = widget.NewHeaderGrid()
	d.grid.OnField = d.pick
	d.grid.OnHover = d.point
	d.scroll = container.NewVScroll(d.grid)
	d.tree = widget.NewFieldTree()
	d.tree.OnField = d.pick
	d.tree.OnHover = d.point
	d.hex = widget.NewHex()
	d.hex.OnByte = d.pickByte
	d.hex.OnHover = d.pointByte
	d.card = widget.NewCanvas(fyne.NewSize(0, explainTop), d.drawCard)
	d.copy = widget.NewButton(widget.Quiet, "copy", w.t(words.copyValue), func() { w.copy(d.value()) })
	d.root = arrange(fyne.NewSize(0, drawerBar), d.place, d.bar, d.tabs, d.toggle, d.scroll, d.tree, d.hex, d.card, d.copy)
	return d
}

func (d *drawer) place(size fyne.Size) {
	open := size.Height > drawerBar+60
	isTree := d.w.app.DrawerShows() == app.FieldsTab
	icon, hint := "up", words.expand
	if open {
		icon, hint = "down", words.collapse
	}
	d.toggle.SetIcon(icon)
	d.toggle.Hint = d.w.t(hint) + "  D"
	put(d.bar, 0, 0, size.Width, size.Height)
	put(d.toggle, size.Width-40, 3, 30, 30)
	tw := d.tabs.MinSize().Width
	put(d.tabs, size.Width-48-tw, 4, tw, 28)
	show(d.tabs, open)
	show(d.scroll, open && !isTree)
	show(d.tree, open && isTree)
	for _, o := range []fyne.CanvasObject{d.hex, d.card} {
		show(o, open)
	}
	show(d.copy, open && d.selected() != nil)
	if !open {
		return
	}
	left := min(gridWidth+16, size.Width*0.5)
	body := size.Height - drawerBar - 6
	put(d.scroll, 8, drawerBar, left, body)
	put(d.tree, 8, drawerBar, left, body)
	x := left + 24
	put(d.hex, x, drawerBar, size.Width-x-12, max(0, body-explainTop-8))
	put(d.card, x, size.Height-explainTop-10, size.Width-x-14, explainTop)
	cw := d.copy.MinSize().Width
	put(d.copy, size.Width-14-cw-8, size.Height-10-34, cw, 28)
}

func (d *drawer) changed(c app.Change) {
	s := d.w.app.Capture
	if c&(app.PageChanged|app.SelectionChanged|app.ChatChanged|app.SettingsChanged|app.MessagesChanged|app.ViewChanged) == 0 {
		return
	}
	if c&(app.PageChanged|app.SettingsChanged) != 0 {
		d.frame = 0
	}
	if s.Packet >= 0 {
		if frame := s.View.At(s.Packet).Frame; frame != d.frame || s.Stream != d.stream {
			d.load(s)
		}
	}
	d.tabs.SetSelected(int(d.w.app.DrawerShows()))
	d.mark(d.index(s.Field))
	again(d.root)
	d.reveal()
	d.bar.Refresh()
}

// load reads the selected packet and lays its header out.
func (d *drawer) load(s *app.Capture) {
	d.frame, d.stream, d.over = s.View.At(s.Packet).Frame, s.Stream, widget.NoField
	p, err := s.View.Packet(s.Packet)
	if d.err = err; err != nil {
		d.fields, d.keys, d.dissected, d.header = nil, nil, nil, nil
		d.grid.SetCells(nil)
		d.tree.SetFields(nil)
		d.hex.SetBytes(nil)
		return
	}
	d.dissected = packet.DissectAs(&p, s.Session.Protocol(s.Stream))
	d.header = packet.Header(&p)
	d.fields, d.keys = d.fields[:0], d.keys[:0]
	d.tree.SetFields(d.flatten(nil, d.dissected.Layers, 0))
	d.grid.SetCells(d.cells(s))
	d.hex.SetBytes(p.Data)
	d.scroll.ScrollToTop()
}

// flatten numbers the fields of the tree.
func (d *drawer) flatten(out []widget.TreeField, fields []packet.Field, depth int) []widget.TreeField {
	for i := range fields {
		f := &fields[i]
		d.fields = append(d.fields, f)
		d.keys = append(d.keys, d.key(f))
		out = append(out, widget.TreeField{
			ID: len(d.fields) - 1, Key: f.ID, Depth: depth, Name: narrate.FieldName(d.w.lang(), f.ID, f.Name),
			Value: narrate.FieldValue(d.w.lang(), f.Value),
			Open:  f.ID == "tcp" || opensContent(f, depth), Problem: f.ID == "tcp.checksum.status" && strings.HasPrefix(f.Value, packet.ChecksumWrong),
		})
		out = d.flatten(out, f.Children, depth+1)
	}
	return out
}

// opensContent says that a field is open at first: what a packet carries, and what that is.
func opensContent(f *packet.Field, depth int) bool {
	return len(f.Children) > 0 && (depth == 0 && strings.HasSuffix(f.ID, ".payload") || depth == 1 && !strings.Contains(f.ID, "."))
}

// key names a field: packets can hold the same field several times, such as an option's kind.
func (d *drawer) key(f *packet.Field) string {
	if slices.Contains(d.keys, f.ID) {
		return f.ID + "@" + strconv.Itoa(f.Offset)
	}
	return f.ID
}

// index returns the number of the field that the app calls key, or widget.NoField.
func (d *drawer) index(key string) int {
	if key == "tcp.options" { // a lesson points at the options: the first one that says something
		return slices.IndexFunc(d.fields, func(f *packet.Field) bool {
			return strings.HasPrefix(f.ID, "tcp.options.") && f.ID != "tcp.options.nop" && f.ID != "tcp.options.eol"
		})
	}
	return slices.Index(d.keys, key)
}

// cellField returns the number of the field that a box of the header belongs to.
func (d *drawer) cellField(c packet.HeaderCell) int {
	at := d.header.Offset + c.Row*4 + c.Bit/8
	for i, f := range d.fields {
		if f.ID == c.FieldID && at >= f.Offset && at < f.Offset+f.Len {
			return i
		}
	}
	return widget.NoField
}

// cells are the boxes of the header grid, with relative numbers where the reader wants them.
func (d *drawer) cells(s *app.Capture) []widget.Cell {
	if d.header == nil {
		return nil
	}
	out := make([]widget.Cell, 0, len(d.header.Cells))
	for _, c := range d.header.Cells {
		cell := widget.Cell{
			Field: d.cellField(c), Name: narrate.FieldName(d.w.lang(), c.FieldID, c.Name), Value: d.cellValue(s, c),
			Row: c.Row, FirstBit: c.Bit, Bits: c.Bits, Option: c.Option > 0, Flag: c.Flag, Set: c.Set,
		}
		switch {
		case c.Flag:
			cell.Name = c.Name[:1]
		case c.FieldID == "tcp.option_kind":
			cell.Name = narrate.OptionName(c.OptionID, c.OptionName)
		case c.FieldID == "tcp.hdr_len": // the box has room for the number of words only
			cell.Name, cell.Value = fill(d.w.lang(), words.offset, strconv.Itoa(d.header.Rows), ""), ""
		case c.FieldID == "tcp.flags.res":
			cell.Name, cell.Value = d.w.t(words.reserved), ""
		}
		out = append(out, cell)
	}
	return out
}

// lastPart is the number of the last part of an option, whose fields follow it; any other field is one.
func (d *drawer) lastPart(i int) int {
	for i >= 0 && strings.HasPrefix(d.fields[i].ID, "tcp.options.") && len(d.fields[i].Children) > 0 {
		i = slices.Index(d.fields, &d.fields[i].Children[len(d.fields[i].Children)-1])
	}
	return i
}

// reveal brings the selected field of the header into view where the header is higher than its room.
func (d *drawer) reveal() {
	top, bottom, ok := d.grid.Selected()
	if !ok || d.scroll.Size().Height <= 0 {
		return
	}
	d.grid.Resize(d.grid.MinSize().Max(fyne.NewSize(d.grid.Size().Width, 0))) // it may have got rows that the scroll does not know yet
	switch view := d.scroll.Size().Height; {
	case bottom > d.scroll.Offset.Y+view:
		d.scroll.ScrollToOffset(fyne.NewPos(0, bottom-view))
	case top < d.scroll.Offset.Y:
		d.scroll.ScrollToOffset(fyne.NewPos(0, top))
	}
}

// pick selects a field.
func (d *drawer) pick(i int) {
	if i >= 0 && i < len(d.fields) {
		d.w.app.SelectField(d.keys[i])
	} else {
		d.w.app.SelectField("")
	}
}

// pickByte selects the narrowest field that holds a byte.
func (d *drawer) pickByte(offset int) {
	if i := d.fieldAt(offset); i != widget.NoField {
		d.pick(i)
	}
}

// point marks the bytes of the field under the pointer; leaving it marks the selected one again. The pointer may leave after
// the capture was closed under it.
func (d *drawer) point(i int) {
	d.over = i
	d.card.Refresh()
	if s := d.w.app.Capture; s != nil && i == widget.NoField {
		i = d.index(s.Field)
	}
	d.highlight(i)
}

// pointByte tints the field that holds the byte under the pointer, -1 for none.
func (d *drawer) pointByte(offset int) {
	i := d.fieldAt(offset)
	if i == d.over {
		return
	}
	d.over = i
	d.grid.SetHover(i)
	d.tree.SetHover(i)
	d.card.Refresh()
}

// fieldAt returns the number of the narrowest field that holds a byte, widget.NoField for none.
func (d *drawer) fieldAt(offset int) int {
	if d.dissected == nil || offset < 0 {
		return widget.NoField
	}
	path := d.dissected.At(offset)
	if len(path) == 0 {
		return widget.NoField
	}
	if i := slices.Index(d.fields, path[len(path)-1]); i >= 0 {
		return i
	}
	return widget.NoField
}

func (d *drawer) highlight(i int) {
	if i < 0 || i >= len(d.fields) {
		d.hex.SetHighlight(d.pointedBytes())
		return
	}
	d.hex.SetHighlight(d.fields[i].Offset, d.fields[i].Len)
}

// pointedBytes are those of the selected message in the packet, while messages are shown, else those that the lesson points at:
// where they begin, and how many.
func (d *drawer) pointedBytes() (offset, n int) {
	payload := slices.IndexFunc(d.fields, func(f *packet.Field) bool { return f.ID == "tcp.payload" })
	s := d.w.app.Capture
	if s == nil || payload < 0 {
		return 0, 0
	}
	from, to, ok := s.MessageInPacket()
	if !ok {
		from, to, ok = s.StepBytes()
	}
	if !ok || to > d.fields[payload].Len {
		return 0, 0
	}
	return d.fields[payload].Offset + from, to - from
}

// mark shows the selected field everywhere.
func (d *drawer) mark(i int) {
	d.grid.SelectAll(i, d.lastPart(i))
	d.grid.FrameFlags(i >= 0 && d.fields[i].ID == "tcp.flags")
	d.tree.SelectField(i)
	d.highlight(i)
	d.card.Refresh()
}

// selected is the selected field, nil for none.
func (d *drawer) selected() *packet.Field {
	if s := d.w.app.Capture; s != nil {
		if i := d.index(s.Field); i >= 0 {
			return d.fields[i]
		}
	}
	return nil
}

func (d *drawer) value() string {
	if f := d.selected(); f != nil {
		return f.Name + ": " + f.Value
	}
	return ""
}

// drawBar writes what packet this is.
func (d *drawer) drawBar(p *widget.Pen, w, h float32) {
	s := d.w.app.Capture
	p.Rect(0, 0, w, h, p.P.Bg, 0)
	p.HLine(0, 0, w, p.P.Line)
	if s == nil || s.View == nil || s.Packet < 0 {
		return
	}
	rec, l := s.View.At(s.Packet), d.w.lang()
	x := float32(16)
	x += p.T(x, 0, 0, drawerBar, fill(l, words.packet, narrate.Frame(rec.Frame), ""), theme.Strong, p.P.Text, widget.Left) + 12
	for _, f := range narrate.FlagTerms {
		if rec.Flags.Has(f.Flag) {
			fg, bg := widget.FlagStyle(p.P, f.Flag)
			x += p.Chip(x, 9, f.Name, fg, bg) + 4
		}
	}
	facts := narrate.Count(uint64(rec.OrigLen)) + " " + d.w.t(words.bytesWord)
	if rec.CapLen < rec.OrigLen {
		facts = narrate.Count(uint64(rec.CapLen)) + " / " + facts
	}
	if d.header != nil {
		facts += " · TCP " + d.w.t(words.header) + " " + strconv.Itoa(d.header.Rows*4)
	}
	facts += " · " + fill(l, words.dataLen, narrate.Count(uint64(rec.Len)), "")
	const tabs = 260 // what stands at the right while the packet is open, then a little button only
	room := max(0, w-x-8-tabs)
	x += 8 + p.T(x+8, 0, room, drawerBar, facts, theme.Small, p.P.Text2, widget.Left)
	if f := d.selected(); f != nil && !d.w.capture.drawerOpen() { // what a lesson points at, in a window too low for the header
		const gap, button = 20, 60
		name := narrate.FieldName(l, f.ID, f.Name) + "  "
		x += gap + p.T(x+gap, 0, max(1, w-x-gap-button), drawerBar, name, theme.SmallStrong, p.P.Accent, widget.Left)
		p.T(x, 0, max(1, w-x-button), drawerBar, d.values(f), theme.MonoTiny, p.P.Text, widget.Left)
	} else if f == nil {
		d.drawPointed(p, x, w)
	}
	if d.err != nil {
		p.Para(16, drawerBar+16, w-32, 20, fill(l, words.packetUnread, why(l, d.err), ""), theme.Body, p.P.Fail, 4)
	}
}

// explained is the field under the pointer, else the selected one; nil for none.
func (d *drawer) explained() *packet.Field {
	if d.over >= 0 && d.over < len(d.fields) && d.w.app.Capture != nil {
		return d.fields[d.over]
	}
	return d.selected()
}

// drawCard says what the field under the pointer, or the selected one, means.
func (d *drawer) drawCard(p *widget.Pen, w, h float32) {
	f := d.explained()
	values := ""
	if f != nil {
		values = d.values(f)
	}
	explainField(d.w, p, f, values, w, h)
}
