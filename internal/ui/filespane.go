package ui

import (
	"bytes"
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
	w             *Window
	root          *fyne.Container
	head          *widget.Canvas
	list          *widget.List
	foot          *widget.Canvas
	image         *canvas.Image
	hex           *widget.Hex
	text          *widget.Paragraph
	scroll        *container.Scroll
	save, saveAll *widget.Button
	shown         *app.FilePreview
}

// Measures of the files, in pixels.
const (
	fileRow     = 52
	filesHead   = 46
	previewHead = 46
)

func newFilesPane(w *Window) *filesPane {
	f := &filesPane{w: w}
	f.head = widget.NewCanvas(fyne.NewSize(0, filesHead), f.drawHead)
	f.foot = widget.NewCanvas(fyne.NewSize(0, 0), f.drawPreview)
	f.list = widget.NewList(fileRow)
	f.list.Count = func() int { return len(f.files()) }
	f.list.Draw = f.drawRow
	f.list.OnSelect = w.app.SelectFile
	f.list.OnOpen = func(i int) { w.saveFile(i) }
	f.save = widget.NewButton(widget.Plain, "save", w.t(words.save), w.saveSelected)
	f.saveAll = widget.NewButton(widget.Plain, "save", w.t(words.saveAll), w.saveAllFiles)
	f.image = canvas.NewImageFromImage(nil)
	f.image.FillMode = canvas.ImageFillContain
	f.image.ScaleMode = canvas.ImageScaleSmooth
	f.hex = widget.NewHex()
	f.text = widget.NewParagraph("", widget.Code)
	f.scroll = container.NewScroll(f.text)
	f.root = arrange(fyne.NewSize(0, 0), f.place, f.head, f.list, f.foot, f.image, f.hex, f.scroll, f.save, f.saveAll)
	return f
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
	aw := f.saveAll.MinSize().Width
	put(f.saveAll, w-aw-12, 7, aw, 32)
	preview := float32(0)
	if f.selected() != nil {
		preview = min(300, size.Height*0.5)
	}
	put(f.list, 0, filesHead, w, max(0, size.Height-filesHead-preview))
	y := size.Height - preview
	put(f.foot, 0, y, w, preview)
	sw := f.save.MinSize().Width
	put(f.save, w-sw-12, y+7, sw, 32)
	for _, o := range []fyne.CanvasObject{f.image, f.hex, f.scroll} {
		put(o, 14, y+previewHead+6, w-28, max(0, preview-previewHead-18))
	}
}

func (f *filesPane) changed(c app.Change) {
	// While another tab or no connection is shown, nothing is told here: catch up when that changes.
	const all = app.FilesChanged | app.PageChanged | app.PanesChanged | app.ChatChanged | app.SettingsChanged
	if c&(all|app.ProgressChanged) == 0 {
		return
	}
	s := f.w.app.Capture
	if c&all != 0 {
		f.preview(s.Preview)
		f.list.Refresh()
		if f.list.Selected() != s.File {
			f.list.Select(s.File)
		}
	}
	show(f.saveAll, len(s.Files) > 1)
	show(f.save, f.selected() != nil)
	show(f.foot, f.selected() != nil)
	f.head.Refresh()
	again(f.root)
	f.foot.Refresh()
}

// preview shows a file as a picture, as text, or as bytes; nothing while that is being made.
func (f *filesPane) preview(p *app.FilePreview) {
	if p == f.shown && p != nil {
		return
	}
	f.shown = p
	isPicture := p != nil && p.Picture != nil
	isText := p != nil && !isPicture && (p.Err != nil || utf8.Valid(trimRune(p.Head)) && !bytes.ContainsRune(p.Head, 0))
	show(f.image, isPicture)
	show(f.scroll, isText)
	show(f.hex, p != nil && !isPicture && !isText)
	switch {
	case p == nil:
		f.image.Image = nil
	case isPicture:
		f.image.Image = p.Picture
		f.image.Refresh()
	case p.Err != nil:
		f.text.SetText(fill(f.w.lang(), words.previewFailed, why(f.w.lang(), p.Err), ""))
	case isText:
		f.text.SetText(strings.ReplaceAll(string(p.Head), "\r\n", "\n"))
		f.scroll.ScrollToTop()
	default:
		f.hex.SetBytes(p.Head)
	}
}

// trimRune takes off the beginning of a character that a cut text ends in.
func trimRune(b []byte) []byte {
	for n := 0; n < utf8.UTFMax && len(b) > 0; n++ {
		if r, size := utf8.DecodeLastRune(b); r != utf8.RuneError || size != 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return b
}

func (f *filesPane) drawHead(p *widget.Pen, w, h float32) {
	s := f.w.app.Capture
	if s == nil {
		return
	}
	switch {
	case !s.FilesReady:
		p.T(panePad, 0, w-2*panePad, h, f.w.t(words.lookingForFiles)+" "+narrate.Percent(int64(s.FilesDone), int64(s.FilesTotal)),
			theme.Body, p.P.Text2, widget.Left)
	case s.FilesErr != nil:
		p.T(panePad, 0, w-2*panePad, h, fill(f.w.lang(), words.filesFailed, why(f.w.lang(), s.FilesErr), ""), theme.Body, p.P.Fail, widget.Left)
	case len(s.Files) == 0:
		p.T(panePad, 8, w-2*panePad, 20, f.w.t(words.noFiles), theme.Strong, p.P.Text, widget.Left)
		p.T(panePad, 28, w-2*panePad, 18, f.w.t(words.noFilesHint), theme.Small, p.P.Text2, widget.Left)
	default:
		p.T(panePad, 0, w-2*panePad-90, h, f.w.count(len(s.Files), words.oneFile, words.filesTitle), theme.Strong, p.P.Text, widget.Left)
	}
}

func (f *filesPane) drawRow(p *widget.Pen, i int, w float32, _ widget.RowState) {
	file := &f.files()[i]
	p.Icon(14, 10, 16, fileIcon(file), p.P.Text2)
	badge := widget.Badge{Severity: timeline.OK, Text: f.w.t(words.complete)}
	if !file.Complete {
		badge = widget.Badge{Severity: timeline.Warn, Text: f.w.t(words.incomplete)}
	}
	bw := p.BadgeWidth(badge)
	p.T(38, 6, w-38-bw-24, 20, file.Name, theme.Strong, p.P.Text, widget.Left)
	p.T(38, 26, w-52, 18, contentType(file)+" · "+narrate.Bytes(uint64(file.Size))+" · "+f.packets(file), theme.Small, p.P.Text2, widget.Left)
	p.Badge(w-bw-12, 7, badge)
}

// packets says which packets carried a file.
func (f *filesPane) packets(o *export.Object) string {
	if len(o.Packets) == 0 {
		return narrate.Frame(o.Frame)
	}
	return fill(f.w.lang(), words.fileOf, narrate.Frame(o.Packets[0]), narrate.Frame(o.Packets[len(o.Packets)-1]))
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
	p.HLine(0, 0, w, p.P.Line)
	p.T(panePad, 6, w-140, 20, file.Name, theme.Strong, p.P.Text, widget.Left)
	facts := narrate.Count(uint64(file.Size)) + " " + f.w.t(words.bytesWord)
	if s := f.shown; s != nil && s.Picture != nil {
		facts = strings.ToUpper(s.Format) + " " + itoa(s.Width) + " × " + itoa(s.Height) + " · " + facts
	}
	p.T(panePad, 24, w-140, 18, facts, theme.Small, p.P.Text2, widget.Left)
	p.Panel(12, previewHead+2, w-24, h-previewHead-10, p.P.Inset, p.P.Edge, theme.RadiusCard)
	if f.shown == nil {
		p.T(panePad, previewHead, w-2*panePad, h-previewHead, f.w.t(words.previewing), theme.Small, p.P.Text3, widget.Center)
	}
}
