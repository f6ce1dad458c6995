package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// otherPane shows a conversation that is not TCP in the middle: its packets as a chat, and below them the fields and bytes of
// the selected one.
type otherPane struct {
	w    *Window
	root *fyne.Container
	head *widget.Canvas
	rows *widget.Timeline
	bar  *widget.Canvas
	tree *widget.FieldTree
	hex  *widget.Hex
	card *widget.Canvas // what a field means
	over int            // the field under the pointer, widget.NoField for none
	// toggle opens and closes what is below the packets.
	toggle *widget.Button
	// choices switch between the chat of packets and the messages.
	choices *widget.Segmented
	says    *otherMessages

	shown     *timeline.OtherRows
	packet    int // whose fields are shown, -1 for none
	dissected *packet.Tree
	fields    []*packet.Field
	err       error
}

// otherViews are the views of a conversation that is not TCP, in the order of their switch.
var otherViews = [...]app.ViewKind{app.ChatView, app.MessagesView}

func newOtherPane(w *Window) *otherPane {
	o := &otherPane{w: w, packet: -1, over: widget.NoField}
	o.head = widget.NewCanvas(fyne.NewSize(0, columnHead), o.drawHead)
	o.rows = widget.NewTimeline()
	o.rows.Post = w.Post
	o.rows.Words.Covered = w.t(words.covered)
	o.rows.OnSelect = w.app.SelectOtherPacket
	o.rows.Marked = func(packet int) bool { return w.app.Capture != nil && w.app.Capture.MatchedOther(packet) }
	o.rows.OnCopy = func(row int) { w.copy(o.text(row)) }
	o.rows.OnContext = func(row int, at fyne.Position) {
		w.showMenu(at,
			menuItem{w.t(noteWords.mark), func() { w.app.SelectOtherPacket(row); w.app.ToggleMark() }},
			menuItem{w.t(noteWords.write), func() { w.app.SelectOtherPacket(row); w.writeNote() }},
			menuItem{w.t(words.copyBubble), func() { w.copy(o.text(row)) }})
	}
	o.bar = widget.NewCanvas(fyne.NewSize(0, drawerBar), o.drawBar)
	o.tree = widget.NewFieldTree()
	o.tree.OnField = o.highlight
	o.tree.OnHover = o.highlight
	o.hex = widget.NewHex()
	o.hex.OnByte = o.pickByte
	o.hex.OnHover = o.pointByte
	o.card = widget.NewCanvas(fyne.NewSize(0, explainTop), o.drawCard)
	o.toggle = widget.NewIconButton("down", w.t(words.collapse)+"  D", func() { w.capture.toggleDrawer() })
	o.toggle.Overlay = w.overlay
	o.choices = widget.NewSegmented([]string{w.t(viewWords[app.ChatView]), w.t(viewWords[app.MessagesView])}, 0,
		func(i int) { w.app.ShowView(otherViews[i]) })
	o.says = newOtherMessages(w)
	o.root = arrange(fyne.NewSize(0, 0), o.place, o.head, o.choices, o.rows, o.says.back, o.says.list, o.bar, o.toggle, o.tree, o.hex, o.card)
	return o
}

func (o *otherPane) place(size fyne.Size) {
	open := o.w.capture.drawerOpen()
	low := float32(drawerBar)
	icon, hint := "up", words.expand
	if open {
		low = min(drawerHeight, size.Height*0.5)
		icon, hint = "down", words.collapse
	}
	o.toggle.SetIcon(icon)
	o.toggle.Hint = o.w.t(hint) + "  D"
	put(o.head, 0, 0, size.Width, columnHead)
	least := o.choices.MinSize()
	put(o.choices, size.Width-least.Width-theme.ViewMargin, (columnHead-least.Height)/2, least.Width, least.Height)
	says := o.w.app.Capture != nil && o.w.app.Capture.SaysMessages()
	for _, list := range []fyne.CanvasObject{o.rows, o.says.back, o.says.list} {
		put(list, 0, columnHead, size.Width, max(0, size.Height-columnHead-low))
		show(list, says == (list != o.rows))
	}
	show(o.says.list, says && o.w.app.Capture.Other.Messages != nil)
	y := size.Height - low
	put(o.bar, 0, y, size.Width, low)
	put(o.toggle, size.Width-40, y+3, 30, 30)
	show(o.tree, open)
	show(o.hex, open)
	if open {
		left := min(gridWidth+16, size.Width*0.5, max(0, size.Width-36-hexLeast))
		put(o.tree, 8, y+drawerBar, left, low-drawerBar-6)
		x, body := left+24, low-drawerBar-6
		put(o.hex, x, y+drawerBar, size.Width-left-36, max(0, body-explainTop-8))
		put(o.card, x, size.Height-explainTop-10, size.Width-x-14, explainTop)
	}
	show(o.card, open)
}

// key takes a key for moving about.
func (o *otherPane) key(e *fyne.KeyEvent) {
	c := o.w.app.Capture
	if c.SaysMessages() {
		o.says.list.TypedKey(e)
		return
	}
	switch e.Name {
	case fyne.KeyUp:
		o.w.app.SelectOtherPacket(c.Other.Packet - 1)
	case fyne.KeyDown:
		o.w.app.SelectOtherPacket(c.Other.Packet + 1)
	case fyne.KeyHome:
		o.w.app.SelectOtherPacket(0)
	case fyne.KeyEnd:
		o.w.app.SelectOtherPacket(c.Other.View.Len() - 1)
	default:
		o.rows.TypedKey(e)
	}
}

// changed shows what is new.
func (o *otherPane) changed(ch app.Change) {
	c := &o.w.app.Capture.Other
	if o.shown != c.Rows || ch&app.SettingsChanged != 0 {
		o.shown, o.packet = c.Rows, -1
		o.rows.SetModel(c.Rows)
		o.head.Refresh()
	}
	after, covered := o.w.app.Capture.CoverOther()
	if !covered {
		after = -1
	}
	o.rows.Cover(after)
	if ch&(app.SelectionChanged|app.ChatChanged|app.PageChanged) != 0 || o.packet != c.Packet {
		if o.packet != c.Packet {
			o.load(c)
		}
		o.rows.Select(c.Packet)
	}
	if ch&app.SearchChanged != 0 { // other packets are marked
		o.rows.Refresh()
		o.says.list.Refresh()
	}
	o.choices.SetSelected(0)
	if o.w.app.Capture.SaysMessages() {
		o.choices.SetSelected(1)
		o.says.changed(c)
	}
	again(o.root)
	o.bar.Refresh()
}

// load reads the selected packet and lists its fields.
func (o *otherPane) load(c *app.OtherTalk) {
	o.packet, o.fields, o.dissected, o.over = c.Packet, o.fields[:0], nil, widget.NoField
	if c.Packet < 0 || c.Packet >= c.View.Len() {
		return
	}
	p, err := c.View.Packet(c.Packet)
	if o.err = err; err != nil {
		o.tree.SetFields(nil)
		o.hex.SetBytes(nil)
		return
	}
	o.dissected = packet.Dissect(&p)
	o.tree.SetFields(o.flatten(nil, o.dissected.Layers, 0))
	o.hex.SetBytes(p.Data)
	o.highlight(o.tree.SelectedField())
}

// flatten numbers the fields of the tree.
func (o *otherPane) flatten(out []widget.TreeField, fields []packet.Field, depth int) []widget.TreeField {
	l := o.w.lang()
	for i := range fields {
		f := &fields[i]
		o.fields = append(o.fields, f)
		out = append(out, widget.TreeField{
			ID: len(o.fields) - 1, Key: f.ID, Depth: depth, Name: narrate.FieldName(l, f.ID, f.Name), Value: narrate.FieldValue(l, f.Value),
			Open: depth == 0 && i == len(fields)-1 || opensContent(f, depth),
		})
		out = o.flatten(out, f.Children, depth+1)
	}
	return out
}

// highlight marks the bytes of a field and explains it; widget.NoField stands for the selected one.
func (o *otherPane) highlight(i int) {
	o.over = i
	if f := o.explained(); f != nil {
		o.hex.SetHighlight(f.Offset, f.Len)
	} else {
		o.hex.SetHighlight(0, 0)
	}
	o.card.Refresh()
}

// fieldAt is the narrowest field that holds a byte, widget.NoField if none does.
func (o *otherPane) fieldAt(offset int) int {
	if o.dissected == nil || offset < 0 {
		return widget.NoField
	}
	if path := o.dissected.At(offset); len(path) > 0 {
		if i := slices.Index(o.fields, path[len(path)-1]); i >= 0 {
			return i
		}
	}
	return widget.NoField
}

// pickByte selects the narrowest field that holds a byte.
func (o *otherPane) pickByte(offset int) {
	if i := o.fieldAt(offset); i != widget.NoField {
		o.tree.SelectField(i)
		o.highlight(i)
	}
}

// copySelected puts the selected packet on the clipboard as text.
func (o *otherPane) copySelected() {
	row := o.w.app.Capture.Other.Packet
	if o.w.app.Capture.SaysMessages() {
		o.w.copy(o.says.text(row))
		return
	}
	o.w.copy(o.text(row))
}

// text is a row as text, for the clipboard.
func (o *otherPane) text(row int) string {
	if o.shown == nil || row < 0 || row >= o.shown.Len() {
		return ""
	}
	var r timeline.Row
	o.shown.Row(row, &r)
	return r.PlainText(o.w.lang())
}

func (o *otherPane) drawHead(p *widget.Pen, w, h float32) {
	c := o.w.app.Capture
	if c == nil || !c.Other.Shown() {
		return
	}
	v := c.Other.View
	p.HLine(0, h-1, w, p.P.Line)
	w -= o.choices.MinSize().Width + theme.ViewMargin
	const x = theme.ViewMargin
	y := float32(7)
	name := narrate.OtherName(o.w.lang(), v.Kind, v.Number, v.Protocol)
	if !v.Ends[0].IsValid() {
		p.T(x, y, w-2*x, 22, name, theme.Heading, p.P.Text, widget.Left)
	} else {
		p.EndMark(x, y+8, 8, false)
		at := float32(x+14) + p.T(x+14, y, w/2-40, 22, narrate.Endpoint(v.Ends[0]), theme.Heading, p.P.Client, widget.Left) + 10
		p.Icon(at, y+4, 14, "right", p.P.Text3)
		at += 24
		p.EndMark(at, y+8, 8, true)
		p.T(at+14, y, max(0, w-at-14-x), 22, narrate.Endpoint(v.Ends[1]), theme.Heading, p.P.Server, widget.Left)
	}
	facts := []string{
		name, o.w.volume(uint64(v.Packets[0])+uint64(v.Packets[1]), v.Bytes[0]+v.Bytes[1]), narrate.Duration(time.Duration(v.LastTime - v.FirstTime)),
	}
	p.T(x, y+23, w-2*x, 18, strings.Join(facts, " · "), theme.Small, p.P.Text2, widget.Left)
}

func (o *otherPane) drawBar(p *widget.Pen, w, _ float32) {
	c := o.w.app.Capture
	p.HLine(0, 0, w, p.P.Line)
	if c == nil || !c.Other.Shown() || c.Other.Packet >= c.Other.View.Len() {
		return
	}
	rec, l := c.Other.View.At(c.Other.Packet), o.w.lang()
	x := float32(16)
	x += p.T(x, 0, 0, drawerBar, fill(l, words.packet, narrate.Frame(rec.Frame), ""), theme.Strong, p.P.Text, widget.Left) + 12
	facts := narrate.Count(uint64(rec.OrigLen)) + " " + o.w.t(words.bytesWord)
	if rec.CapLen < rec.OrigLen {
		facts = narrate.Count(uint64(rec.CapLen)) + " / " + facts
	}
	p.T(x, 0, max(0, w-x-60), drawerBar, facts, theme.Small, p.P.Text2, widget.Left)
	if o.err != nil && o.w.capture.drawerOpen() {
		p.Para(16, drawerBar+16, w-32, 20, fill(l, words.packetUnread, why(l, o.err), ""), theme.Body, p.P.Fail, 4)
	}
}
