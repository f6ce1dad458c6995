package ui

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// filesPane lists what can be taken out of the capture, with a preview and ways to save.
type filesPane struct {
	w      *Window
	root   *fyne.Container
	head   *widget.Canvas
	list   *widget.List
	foot   *widget.Canvas
	image  *canvas.Image
	hex    *widget.Hex
	text   *widget.Paragraph
	scroll *container.Scroll
	shown  *app.FilePreview
	// lookAs is how the reader wants to see files: where that is not possible, as a preview.
	lookAs int
	parts  *rangesList

	save, saveAll, saveAs, packet, cancel *widget.Button
	look                                  *widget.Segmented
}

// Measures of the files, in pixels.
const (
	fileRow     = 52
	filesHead   = 86
	previewHead = 120
	fileCheck   = 34 // the part of a row that marks it
	fileButton  = 30
)

// filesWords are the texts of the pane beside those in words.
var filesWords = struct {
	unfinished, marked, saving, saveSome, saveAs, look, hex, goTo, joined, part, upload narrate.Text
	exports                                                                             [app.NumExportKinds]narrate.Text
}{
	unfinished: narrate.Text{" · ${n} incomplete", " · ${n} 个不完整"},
	marked:     narrate.Text{"Space or a click marks files to be saved together.", "按空格或点击方框，可标记多个文件一起保存。"},
	saving:     narrate.Text{"Saving", "正在保存"},
	saveSome:   narrate.Text{"Save ${n}…", "保存 ${n} 个…"},
	saveAs:     narrate.Text{"Save as…", "另存为…"},
	look:       narrate.Text{"Preview", "预览"},
	hex:        narrate.Text{"Hex", "十六进制"},
	goTo:       narrate.Text{"Packet ${n}", "包 ${n}"},
	joined:     narrate.Text{"joined from ${n} packets of ranges", "由 ${n} 个包中的范围拼接而成"},
	part:       narrate.Text{"form field “${n}”", "表单字段“${n}”"},
	upload:     narrate.Text{"sent by the client", "由客户端发送"},
	exports: [app.NumExportKinds]narrate.Text{
		{"HTTP exchanges (HAR)", "HTTP 交换（HAR）"},
		{"All messages (JSON lines)", "全部消息（JSON 行）"},
		{"WebSocket messages (JSON lines)", "WebSocket 消息（JSON 行）"},
		{"Server-sent events (JSON lines)", "SSE 事件（JSON 行）"},
		{"This connection as text", "这条连接，文本"},
		{"This connection as a hex dump", "这条连接，十六进制"},
		{"This connection: the client's bytes", "这条连接：客户端的字节"},
		{"This connection: the server's bytes", "这条连接：服务器的字节"},
		{"This connection: report (Markdown)", "这条连接：报告（Markdown）"},
		{"This connection: report (HTML)", "这条连接：报告（HTML）"},
	},
}

func newFilesPane(w *Window) *filesPane {
	f := &filesPane{w: w}
	f.head = widget.NewCanvas(fyne.NewSize(0, filesHead), f.drawHead)
	f.foot = widget.NewCanvas(fyne.NewSize(0, 0), f.drawPreview)
	f.list = widget.NewList(fileRow)
	f.list.Count = func() int { return len(f.files()) }
	f.list.Draw = f.drawRow
	f.list.OnSelect = w.app.SelectFile
	f.list.OnOpen = func(i int) { w.saveFile(i) }
	f.list.OnCheck, f.list.Check = w.app.MarkFile, fileCheck
	f.save = widget.NewButton(widget.Plain, "save", w.t(words.save), w.saveSelected)
	f.saveAll = widget.NewButton(widget.Plain, "save", w.t(words.saveAll), w.saveAllFiles)
	f.saveAs = widget.NewButton(widget.Plain, "export", w.t(filesWords.saveAs), nil)
	f.saveAs.OnTapped = f.exportMenu
	f.cancel = widget.NewButton(widget.Plain, "", w.t(words.cancel), w.app.CancelSaving)
	f.packet = widget.NewButton(widget.Quiet, "", "", func() {
		if o := f.selected(); o != nil {
			w.app.GoTo(firstPacket(o))
		}
	})
	f.look = widget.NewSegmented([]string{w.t(filesWords.look), w.t(filesWords.hex)}, 0, func(i int) {
		f.lookAs = i
		f.shown = nil
		f.preview(w.app.Capture.Preview)
	})
	f.image = canvas.NewImageFromImage(nil)
	f.image.FillMode = canvas.ImageFillContain
	f.image.ScaleMode = canvas.ImageScaleSmooth
	f.hex = widget.NewHex()
	f.text = widget.NewParagraph("", widget.Code)
	f.scroll = container.NewScroll(f.text)
	f.parts = newRangesList(w)
	f.root = arrange(fyne.NewSize(0, 0), f.place, f.head, f.list, f.foot, f.image, f.hex, f.scroll, f.parts.list, f.save, f.saveAll, f.saveAs, f.packet, f.look, f.cancel)
	return f
}

// exportMenu offers what else can be saved.
func (f *filesPane) exportMenu() {
	c := f.w.app.Capture
	if c == nil {
		return
	}
	var items []menuItem
	for k := range app.ExportKind(app.NumExportKinds) {
		items = append(items, menuItem{f.w.t(filesWords.exports[k]), func() {
			f.w.saveAs(c.ExportName(k), func(path string) { f.w.app.Export(c, k, path) })
		}})
	}
	f.w.showMenu(f.w.fyne.Driver().AbsolutePositionForObject(f.saveAs).AddXY(0, fileButton), items...)
}

func (f *filesPane) files() []export.Object {
	if f.w.app.Capture == nil {
		return nil
	}
	return f.w.app.Capture.Files
}

// selected returns the selected file, nil for none.
func (f *filesPane) selected() *export.Object {
	if s := f.w.app.Capture; s != nil && s.File >= 0 && s.File < len(s.Files) {
		return &s.Files[s.File]
	}
	return nil
}

func (f *filesPane) place(size fyne.Size) {
	w := size.Width
	put(f.head, 0, 0, w, filesHead)
	x := float32(panePad - 2)
	for _, b := range []*widget.Button{f.saveAs, f.saveAll} {
		bw := b.MinSize().Width
		put(b, x, 46, bw, fileButton)
		x += bw + 8
	}
	cw := f.cancel.MinSize().Width
	put(f.cancel, w-cw-12, 5, cw, fileButton)
	preview := float32(0)
	if f.selected() != nil {
		preview = min(380, size.Height*0.55)
	}
	put(f.list, 0, filesHead, w, max(0, size.Height-filesHead-preview))
	y := size.Height - preview
	put(f.foot, 0, y, w, preview)
	right := w - 12
	sw := f.save.MinSize().Width
	put(f.save, right-sw, y+82, sw, fileButton)
	lw := f.look.MinSize().Width
	put(f.look, 12, y+82, lw, fileButton)
	pw := f.packet.MinSize().Width
	put(f.packet, w-pw-6, y+2, pw, 28)
	for _, o := range []fyne.CanvasObject{f.image, f.hex, f.scroll, f.parts.list} {
		put(o, 8, y+previewHead+6, w-12, max(0, preview-previewHead-18)) // a dump of eight bytes a line fits into the narrowest column
	}
}

func (f *filesPane) changed(c app.Change) {
	// While another tab or no connection is shown, nothing is told here: catch up when that changes.
	const all = app.FilesChanged | app.PageChanged | app.PanesChanged | app.ChatChanged | app.SettingsChanged
	if c&(all|app.ProgressChanged|app.SavingChanged) == 0 {
		return
	}
	s := f.w.app.Capture
	if c&all != 0 {
		f.parts.changed(f.selected())
		f.preview(s.Preview)
		f.list.Refresh()
		if f.list.Selected() != s.File {
			f.list.Select(s.File)
		}
	}
	file := f.selected()
	f.saveAll.SetText(f.w.t(words.saveAll))
	if n := len(s.Marked); n > 0 {
		f.saveAll.SetText(fill(f.w.lang(), filesWords.saveSome, itoa(n), ""))
	}
	if file != nil {
		f.offerLooks(file)
		f.packet.SetText(fill(f.w.lang(), filesWords.goTo, narrate.Frame(firstPacket(file)), ""))
	}
	show(f.saveAll, len(s.Files) > 0)
	show(f.cancel, s.Saving != nil)
	for _, o := range []fyne.CanvasObject{f.save, f.foot, f.packet, f.look} {
		show(o, file != nil)
	}
	f.head.Refresh()
	again(f.root)
	f.foot.Refresh()
}

// Bounds of a text in the preview: every line is an object to draw.
const (
	previewLines = 80
	previewText  = 3000
)

// firstLines returns the beginning of a text.
func firstLines(s string) string {
	cut := len(s)
	for i, lines := 0, 0; i < len(s); i++ {
		if s[i] == '\n' {
			lines++
		}
		if lines == previewLines || i >= previewText && utf8.RuneStart(s[i]) {
			cut = i
			break
		}
	}
	if cut == len(s) {
		return s
	}
	return s[:cut] + "\n…"
}

// shows says what a preview is shown as; bytes if nothing else.
func (f *filesPane) shows(p *app.FilePreview) (isPicture, isText bool) {
	switch {
	case p == nil:
	case p.Err != nil:
		isText = true
	case f.looks() == lookHex:
	default:
		isPicture, isText = p.Picture != nil, p.Picture == nil && p.Text != ""
	}
	return isPicture, isText
}

// preview shows a file as a picture, as text, or as bytes; nothing while that is being made.
func (f *filesPane) preview(p *app.FilePreview) {
	if p == f.shown && p != nil {
		return
	}
	f.shown = p
	isPicture, isText := f.shows(p)
	ranges := f.looks() == lookRanges
	isPicture, isText = isPicture && !ranges, isText && !ranges
	show(f.image, isPicture)
	show(f.scroll, isText)
	show(f.hex, p != nil && !isPicture && !isText && !ranges)
	show(f.parts.list, ranges)
	switch {
	case p == nil:
		f.image.Image = nil
	case isPicture:
		f.image.Image = p.Picture
		f.image.Refresh()
	case p.Err != nil:
		f.text.SetText(fill(f.w.lang(), words.previewFailed, why(f.w.lang(), p.Err), ""))
	case isText:
		f.text.SetText(firstLines(p.Text))
		f.scroll.ScrollToTop()
	default:
		f.hex.SetBytes(p.Head)
	}
}

func (f *filesPane) drawHead(p *widget.Pen, w, h float32) {
	s := f.w.app.Capture
	if s == nil {
		return
	}
	const line = 38
	room := w - 2*panePad
	if job := s.Saving; job != nil {
		text := f.w.t(filesWords.saving)
		if job.Total > 0 {
			text += " " + narrate.Count(uint64(job.Done)) + " / " + narrate.Count(uint64(job.Total))
		}
		p.T(panePad, 0, room-f.cancel.MinSize().Width, line, text, theme.Body, p.P.Text2, widget.Left)
		return
	}
	switch {
	case s.Live != nil && s.Live.Running():
		p.Para(panePad, 0, room, line, f.w.t(liveWords.filesLater), theme.Body, p.P.Text2, 3)
	case !s.FilesReady:
		p.T(panePad, 0, room, line, f.w.t(words.lookingForFiles)+" "+narrate.Percent(int64(s.FilesDone), int64(s.FilesTotal)), theme.Body, p.P.Text2, widget.Left)
	case s.FilesErr != nil:
		p.T(panePad, 0, room, line, fill(f.w.lang(), words.filesFailed, why(f.w.lang(), s.FilesErr), ""), theme.Body, p.P.Fail, widget.Left)
	case len(s.Files) == 0:
		p.T(panePad, 4, room, 18, f.w.t(words.noFiles), theme.Strong, p.P.Text, widget.Left)
		p.T(panePad, 21, room, 16, f.w.t(words.noFilesHint), theme.Tiny, p.P.Text2, widget.Left)
	default:
		p.T(panePad, 3, room, 20, f.title(s), theme.Strong, p.P.Text, widget.Left)
		p.T(panePad, 21, room, 16, f.w.t(filesWords.marked), theme.Tiny, p.P.Text2, widget.Left)
	}
}

// title says how many files there are, and how many of them are not whole.
func (f *filesPane) title(s *app.Capture) string {
	cut := 0
	for i := range s.Files {
		if !s.Files[i].Complete {
			cut++
		}
	}
	title := f.w.count(len(s.Files), words.oneFile, words.filesTitle)
	if cut > 0 {
		title += fill(f.w.lang(), filesWords.unfinished, narrate.Count(uint64(cut)), "")
	}
	return title
}

func (f *filesPane) drawRow(p *widget.Pen, i int, w float32, _ widget.RowState) {
	file := &f.files()[i]
	const box = 16
	if f.w.app.Capture.Marked[i] {
		p.Rect(12, 17, box, box, p.P.AccentFill, 4)
		p.Icon(14, 19, 12, "check", p.P.OnAccent)
	} else {
		p.Panel(12, 17, box, box, p.P.Inset, p.P.Control, 4)
	}
	p.Icon(38, 8, 16, fileIcon(file), p.P.Text2)
	badge := widget.Badge{Severity: timeline.OK, Text: f.w.t(words.complete)}
	if !file.Complete {
		badge = widget.Badge{Severity: timeline.Warn, Text: f.w.t(words.incomplete)}
	}
	bw := p.BadgeWidth(badge)
	p.T(60, 6, w-60-bw-20, 20, file.Name, theme.Strong, p.P.Text, widget.Left)
	p.T(38, 26, w-52, 18, contentType(file)+" · "+narrate.Bytes(uint64(file.Size))+" · "+f.packets(file), theme.Small, p.P.Text2, widget.Left)
	p.Badge(w-bw-12, 7, badge)
}

// packets says which packets carried a file.
func (f *filesPane) packets(o *export.Object) string {
	if len(o.Packets) < 2 {
		return fill(f.w.lang(), filesWords.goTo, narrate.Frame(firstPacket(o)), "")
	}
	return fill(f.w.lang(), words.fileOf, narrate.Frame(o.Packets[0]), narrate.Frame(o.Packets[len(o.Packets)-1]))
}

// firstPacket is where a file begins.
func firstPacket(o *export.Object) uint32 {
	if len(o.Packets) > 0 {
		return o.Packets[0]
	}
	return o.Frame
}

// contentType is what the server called the file, without parameters.
func contentType(o *export.Object) string {
	t, _, _ := strings.Cut(o.ContentType, ";")
	if t = strings.TrimSpace(t); t == "" {
		return "?"
	}
	return t
}

func fileIcon(f *export.Object) string {
	if strings.HasPrefix(f.ContentType, "image/") {
		return "image"
	}
	return "file"
}

func (f *filesPane) drawPreview(p *widget.Pen, w, h float32) {
	file := f.selected()
	if file == nil {
		return
	}
	const room = 2 * panePad
	p.HLine(0, 0, w, p.P.Line)
	p.T(panePad, 6, w-room-f.packet.MinSize().Width, 20, file.Name, theme.Strong, p.P.Text, widget.Left)
	facts := []string{narrate.Count(uint64(file.Size)) + " " + f.w.t(words.bytesWord)}
	if s := f.shown; s != nil && s.Picture != nil {
		facts = append([]string{strings.ToUpper(s.Format) + " " + itoa(s.Width) + " × " + itoa(s.Height)}, facts...)
	}
	if file.Protocol != "" {
		facts = append(facts, narrate.ProtocolName(file.Protocol))
	}
	p.T(panePad, 25, w-room, 18, strings.Join(facts, " · "), theme.Small, p.P.Text2, widget.Left)
	if file.Complete {
		p.T(panePad, 43, w-room, 18, f.origin(file), theme.Small, p.P.Text2, widget.Left)
		p.T(panePad, 60, w-room, 18, file.Host+file.URI, theme.Small, p.P.Text2, widget.Left)
	} else {
		gap := narrate.FileGap{Reason: file.Missing, Lacks: file.Lacks, Holes: len(file.Absent)}
		p.Para(panePad, 43, w-room, 17, narrate.FileLacks(f.w.lang(), gap), theme.Small, p.P.Warn, 2)
	}
	p.Panel(4, previewHead+2, w-8, h-previewHead-10, p.P.Inset, p.P.Edge, theme.RadiusCard)
	if f.shown == nil {
		p.T(panePad, previewHead, w-room, h-previewHead, f.w.t(words.previewing), theme.Small, p.P.Text3, widget.Center)
	}
}

// origin says how a file came over the wire, "" where there is nothing special about it.
func (f *filesPane) origin(o *export.Object) string {
	var out []string
	switch {
	case o.Part != "":
		out = append(out, fill(f.w.lang(), filesWords.part, o.Part, ""))
	case o.Request:
		out = append(out, f.w.t(filesWords.upload))
	case o.Bytes != (export.Span{}):
		out = append(out, fill(f.w.lang(), filesWords.joined, narrate.Count(uint64(len(o.Packets))), ""))
	}
	return strings.Join(append(out, o.Codings...), " · ")
}
