package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// streamPane shows the byte streams of a connection, as text or in hexadecimal, and finds bytes in them.
type streamPane struct {
	w      *Window
	root   *fyne.Container
	sides  *widget.Segmented
	form   *widget.Segmented
	coding *widget.Segmented // raw or decoded
	search *widget.SearchBox
	before *widget.Button
	after  *widget.Button
	head   *widget.Canvas
	list   *widget.List
	found  map[int]bool // rows where something was found
	// bar is the height of what stands above the rows.
	bar float32
	// countAt is where stands which of the places found is shown.
	countAt float32
}

// Measures of the view, in pixels.
const (
	streamBar     = 44
	streamControl = 30
	streamRow     = theme.PayloadLine
	streamMark    = 10 // at rows that were searched for
	findMost      = 240
	findLeast     = 110
	findCount     = 74
	// streamBarLine is how much higher the bar is where the search has a line of its own.
	streamBarLine = 38
)

// streamWords are the texts of the view.
var streamWords = struct {
	bothSides, client, server, asText, asHex, asBoth, asRaw, asDecoded, find, before, next, failed, making, sameHint, empty, notFound, copyRow, copyAll narrate.Text
}{
	bothSides: narrate.Text{"Both", "双方"},
	client:    narrate.Text{"Client", "客户端"},
	server:    narrate.Text{"Server", "服务器"},
	asText:    narrate.Text{"Text", "文本"},
	asHex:     narrate.Text{"Hex", "十六进制"},
	asBoth:    narrate.Text{"Hex + text", "对照"},
	asRaw:     narrate.Text{"Raw", "原始"},
	asDecoded: narrate.Text{"Decoded", "解码"},
	sameHint: narrate.Text{
		"Nothing to decode: no message here has an encoding, chunks or frames", "没有可解码的内容：这里的消息没有编码、分块或帧",
	},
	find:     narrate.Text{"Text or 0x0d0a", "文字或 0x0d0a"},
	before:   narrate.Text{"the place before", "上一处"},
	next:     narrate.Text{"the next place  Enter", "下一处  Enter"},
	failed:   narrate.Text{"The bytes could not be read again: ", "无法重新读取这些字节："},
	making:   narrate.Text{"Putting the byte streams together…", "正在拼接字节流…"},
	empty:    narrate.Text{"No byte was sent here: the packets carry no payload.", "这里没有发送任何字节：这些包都没有载荷。"},
	notFound: narrate.Text{"not found", "没找到"},
	copyRow:  narrate.Text{"Copy row", "复制此行"},
	copyAll:  narrate.Text{"Copy all rows", "复制全部"},
}

func newStreamPane(w *Window) *streamPane {
	s := &streamPane{w: w, bar: streamBar}
	set := func(change func(o *timeline.StreamOptions)) {
		if c := w.app.Capture; c != nil {
			o := c.Bytes.Options
			change(&o)
			w.app.SetBytes(o)
		}
	}
	s.sides = widget.NewSegmented([]string{w.t(streamWords.bothSides), w.t(streamWords.client), w.t(streamWords.server)}, 0,
		func(i int) { set(func(o *timeline.StreamOptions) { o.Sides = timeline.StreamSides(i) }) })
	s.form = widget.NewSegmented([]string{w.t(streamWords.asText), w.t(streamWords.asHex), w.t(streamWords.asBoth)}, 0,
		func(i int) { set(func(o *timeline.StreamOptions) { o.Form = timeline.StreamForm(i) }) })
	s.coding = widget.NewSegmented([]string{w.t(streamWords.asRaw), w.t(streamWords.asDecoded)}, 0,
		func(i int) { set(func(o *timeline.StreamOptions) { o.Decoded = i == 1 }) })
	s.coding.Overlay = w.overlay
	s.coding.Disable()
	s.search = widget.NewSearchBox(w.t(streamWords.find), "")
	s.search.OnChanged = w.app.FindBytes
	s.search.OnSubmitted = func(string) { w.app.FoundBytesBy(1) }
	s.search.OnEscape = func() { w.win.Canvas().Unfocus() }
	s.before = widget.NewIconButton("up", w.t(streamWords.before), func() { w.app.FoundBytesBy(-1) })
	s.after = widget.NewIconButton("down", w.t(streamWords.next), func() { w.app.FoundBytesBy(1) })
	s.before.Overlay, s.after.Overlay = w.overlay, w.overlay
	s.head = widget.NewCanvas(fyne.NewSize(0, 0), s.drawHead)
	s.list = widget.NewList(streamRow)
	s.list.Flat = true
	s.list.Count = func() int {
		if b := s.bytes(); b != nil && b.Rows != nil {
			return b.Rows.Len()
		}
		return 0
	}
	s.list.Draw = s.drawRow
	s.list.OnSelect = s.selected
	s.list.OnCopy = func(i int) { w.copy(s.bytes().Rows.Row(i).Text) }
	s.list.OnContext = s.menu
	s.root = arrange(fyne.NewSize(0, 0), s.place, s.head, s.list, s.sides, s.form, s.coding, s.search, s.before, s.after)
	return s
}

func (s *streamPane) bytes() *app.Bytes {
	if c := s.w.app.Capture; c != nil {
		return &c.Bytes
	}
	return nil
}

func (s *streamPane) object() fyne.CanvasObject { return s.root }

func (s *streamPane) key(e *fyne.KeyEvent) { s.list.TypedKey(e) }

func (s *streamPane) place(size fyne.Size) {
	put(s.head, 0, 0, size.Width, size.Height)
	y := float32(streamBar-streamControl) / 2
	x := float32(theme.ViewMargin)
	for _, o := range []*widget.Segmented{s.sides, s.form, s.coding} {
		w := o.MinSize().Width
		put(o, x, y, w, streamControl)
		x += w + 12
	}
	right := size.Width - theme.ViewMargin
	s.bar = streamBar
	if right-x < findLeast+findCount+2*(streamControl+2) {
		s.bar += streamBarLine
		x, y = theme.ViewMargin, y+streamBarLine
	}
	if s.before.Visible() {
		for _, b := range []*widget.Button{s.after, s.before} {
			right -= streamControl
			put(b, right, y, streamControl, streamControl)
			right -= 2
		}
	}
	s.countAt = right - findCount
	if s.search.Text != "" {
		right -= findCount
	}
	w := min(findMost, right-x)
	if s.bar > streamBar { // what is found stands behind the field
		w = right - x
	}
	put(s.search, right-w, y-2, w, theme.FieldHeight)
	put(s.list, theme.ViewMargin-8, s.bar, size.Width-theme.ViewMargin+6, max(0, size.Height-s.bar))
}

func (s *streamPane) changed(ch app.Change) {
	b := s.bytes()
	if ch&(app.BytesChanged|app.PageChanged|app.SettingsChanged) != 0 {
		s.sides.SetSelected(int(b.Options.Sides))
		s.form.SetSelected(int(b.Options.Form))
		s.setCoding(b)
		if s.search.Text != b.Find {
			s.search.SetText(b.Find)
		}
		s.found = make(map[int]bool, len(b.Found))
		for _, f := range b.Found {
			s.found[f.Row] = true
		}
		show(s.before, len(b.Found) > 0)
		show(s.after, len(b.Found) > 0)
		again(s.root)
		s.list.Refresh()
		s.head.Refresh()
	}
	if ch&app.SearchChanged != 0 {
		s.list.Refresh()
	}
	if ch&(app.SelectionChanged|app.BytesChanged|app.PageChanged) != 0 {
		s.reveal(b)
	}
}

// setCoding shows whether the rows are decoded, and whether they can be.
func (s *streamPane) setCoding(b *app.Bytes) {
	i, hint := 0, ""
	if b.Options.Decoded {
		i = 1
	}
	if b.Decodable {
		s.coding.Enable()
	} else {
		s.coding.Disable()
		if b.Rows != nil {
			i, hint = 0, s.w.t(streamWords.sameHint)
		}
	}
	s.coding.SetSelected(i)
	s.coding.Hint = hint
}

// canDecode says that byte streams are shown of which messages say something else.
func (w *Window) canDecode() bool {
	return w.onCapture() && w.app.Capture.Shows == app.StreamView && w.app.Capture.Bytes.Decodable
}

// reveal brings what was found, or the selected packet's bytes, into view.
func (s *streamPane) reveal(b *app.Bytes) {
	c := s.w.app.Capture
	if b.Rows == nil || c.Talk == nil {
		return
	}
	if b.At >= 0 && b.At < len(b.Found) && b.Rows.PacketOf(b.Found[b.At]) == c.Packet {
		s.list.Select(b.Found[b.At].Row)
		return
	}
	if i := s.list.Selected(); !c.Matched(c.Packet) && i >= 0 && i < b.Rows.Len() && b.Rows.Row(i).Packet == c.Packet {
		return // one of its rows is selected already
	}
	if row := c.RowOfMatch(); row >= 0 {
		s.list.Select(row)
	}
}

// selected selects the packet that brought a row.
func (s *streamPane) selected(i int) {
	if p := s.bytes().Rows.Row(i).Packet; p >= 0 {
		s.w.app.SelectPacket(p)
	}
}

func (s *streamPane) drawHead(p *widget.Pen, w, h float32) {
	b := s.bytes()
	if b == nil {
		return
	}
	p.HLine(0, s.bar-1, w, p.P.Line)
	if text := s.count(b); text != "" {
		p.T(s.countAt, s.bar-streamBar, findCount-6, streamBar, text, theme.Tiny, p.P.Text2, widget.Right)
	}
	var text narrate.Text
	switch c := s.w.app.Capture; {
	case b.Err != nil:
		p.Para(theme.ViewMargin, s.bar+20, w-2*theme.ViewMargin, 20, s.w.t(streamWords.failed)+why(s.w.lang(), b.Err), theme.Body, p.P.Fail, 4)
		return
	case b.Rows == nil && (c.Talk == nil || c.Loading || b.Making()):
		text = streamWords.making
	case b.Rows != nil && b.Rows.Len() == 0:
		text = streamWords.empty
	default:
		return
	}
	p.Para(theme.ViewMargin, s.bar+20, w-2*theme.ViewMargin, 20, s.w.t(text), theme.Body, p.P.Text2, 4)
}

// count says which of the places found is shown.
func (s *streamPane) count(b *app.Bytes) string {
	switch {
	case b.Find == "":
		return ""
	case b.Finding:
		return "…"
	case len(b.Found) == 0:
		return s.w.t(streamWords.notFound)
	}
	more := ""
	if b.More {
		more = "+"
	}
	return narrate.Count(uint64(b.At+1)) + "/" + narrate.Count(uint64(len(b.Found))) + more
}

func (s *streamPane) drawRow(p *widget.Pen, i int, w float32, _ widget.RowState) {
	b := s.bytes()
	if b == nil || b.Rows == nil || i >= b.Rows.Len() {
		return
	}
	r := b.Rows.Row(i)
	const inset, mark = 22, 8
	server := r.Dir == flow.ServerToClient
	text, edge := p.P.Client, p.P.ClientEdge
	if server {
		text, edge = p.P.Server, p.P.ServerEdge
	}
	switch r.Kind {
	case timeline.StreamTurn:
		p.EndMark(4, (streamRow-mark)/2, mark, server)
		p.T(inset, 0, w-inset, streamRow, r.Text, theme.TinyStrong, text, widget.Left)
	case timeline.StreamGap:
		p.Rect(streamMark+2, 0, 2, streamRow, p.P.Warn, 0)
		p.T(inset, 0, w-inset, streamRow, "⋯ "+r.Text, theme.Small, p.P.Warn, widget.Left)
	case timeline.StreamNote:
		p.Rect(streamMark+2, 0, 2, streamRow, edge, 0)
		p.T(inset, 0, w-inset, streamRow, r.Text, theme.Small, p.P.Text2, widget.Left)
	case timeline.StreamWarn:
		p.Rect(streamMark+2, 0, 2, streamRow, p.P.Warn, 0)
		p.T(inset, 0, w-inset, streamRow, "! "+r.Text, theme.Small, p.P.Warn, widget.Left)
	default:
		if c := s.w.app.Capture; c.Search.Active() && c.MatchedBytes(&r) {
			edge = p.P.Accent
			if c.HasMatch(&r) {
				p.Icon(0, (streamRow-streamMark)/2, streamMark, "search", p.P.Accent)
				p.Rect(inset-4, 1, w-inset, streamRow-2, p.P.AccentWash, theme.RadiusTail)
			}
		}
		p.Rect(streamMark+2, 0, 2, streamRow, edge, 0)
		if s.found[i] {
			p.Rect(inset-4, 1, w-inset, streamRow-2, p.P.AccentWash, theme.RadiusTail)
		}
		p.T(inset, 0, w-inset, streamRow, r.Text, theme.Mono, p.P.Text, widget.Left)
	}
}

// menu offers to copy.
func (s *streamPane) menu(row int, at fyne.Position) {
	b := s.bytes()
	if b == nil || b.Rows == nil {
		return
	}
	s.w.showMenu(at,
		menuItem{s.w.t(streamWords.copyRow), func() { s.w.copy(b.Rows.Row(row).Text) }},
		menuItem{s.w.t(streamWords.copyAll), s.copyAll},
	)
}

// copyAll puts the rows on the clipboard, as many as fit.
func (s *streamPane) copyAll() {
	s.w.overlay.Toast(timeline.Info, s.w.t(words.copying))
	s.w.app.BytesText(func(text string, rows, of int) {
		s.w.copy(text)
		if rows < of {
			s.w.overlay.Toast(timeline.Warn, fill(s.w.lang(), words.copiedPart, narrate.Count(uint64(rows)), narrate.Count(uint64(of))))
		}
	})
}
