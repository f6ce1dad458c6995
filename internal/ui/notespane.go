package ui

import (
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// noteWords are the texts about marks and notes.
var noteWords = struct {
	title, note, noteHint, placeholder, save, remove, none, noneHint, fromFile, saveAs, lost, mark, write, starOnly, gone narrate.Text
}{
	title:       narrate.Text{"Marks and notes", "标记与备注"},
	note:        narrate.Text{"Note on packet ${n}", "包 ${n} 的备注"},
	noteHint:    narrate.Text{"Kept when this closes. It stays with the file; the capture itself is not changed.", "关闭时自动保存。备注跟着文件走，抓包本身不会被改动。"},
	placeholder: narrate.Text{"What is worth remembering about this packet?", "关于这个包，有什么值得记下的？"},
	save:        narrate.Text{"Done", "完成"},
	remove:      narrate.Text{"Delete note", "删除备注"},
	none:        narrate.Text{"Nothing is marked yet.", "还没有标记。"},
	noneHint:    narrate.Text{"K marks the selected packet, E writes a note on it.", "按 K 标记所选的包，按 E 给它写备注。"},
	fromFile:    narrate.Text{"in the file: ", "文件中："},
	saveAs:      narrate.Text{"Save with notes as pcapng…", "连同备注另存为 pcapng…"},
	lost:        narrate.Text{"${n} more belong to packets that are not in this capture; they are kept.", "另有 ${n} 条属于不在这份抓包里的包，已保留。"},
	mark:        narrate.Text{"Mark, or take the mark away", "标记或取消标记"},
	write:       narrate.Text{"Write a note…", "写备注…"},
	starOnly:    narrate.Text{"marked", "已标记"},
	gone:        narrate.Text{"the packet is no longer kept", "这个包已不再保留"},
}

// noteCommands mark packets and go from mark to mark.
func (w *Window) noteCommands() []command {
	a := w.app
	return []command{
		{id: "mark", group: groupPacket, does: narrate.Text{"mark the packet, or take the mark away", "标记这个包，或取消标记"}, keys: []string{"K"}, can: w.onPackets, do: a.ToggleMark},
		{id: "note", group: groupPacket, does: narrate.Text{"write a note on the packet", "给这个包写备注"}, keys: []string{"E"}, can: w.onPackets, do: w.writeNote},
		{id: "mark.before", group: groupPacket, does: narrate.Text{"to the mark before", "到上一个标记"}, keys: []string{","}, can: w.onPackets, do: func() { a.MarkBy(-1) }},
		{id: "mark.next", group: groupPacket, does: narrate.Text{"to the next mark", "到下一个标记"}, keys: []string{"."}, can: w.onPackets, do: func() { a.MarkBy(1) }},
		{id: "marks", group: groupPacket, does: narrate.Text{"list marks and notes", "列出标记与备注"}, keys: []string{"L"}, can: w.onPackets, do: w.showNotes},
		{id: "decode.as", group: groupPacket, does: narrate.Text{"decode the connection as another protocol", "把这条连接解码为其他协议"}, can: w.onCapture, do: func() { w.decodeConnectionAs(a.Capture.Stream) }},
		{
			id: "swap", group: groupPacket, does: narrate.Text{"swap client and server, where they are guessed", "对调推测的客户端和服务器"}, keys: []string{"X"},
			can: func() bool { return w.onCapture() && a.Capture.View.Conn.ClientGuessed }, do: func() { a.SwapSides(a.Capture.Stream) },
		},
		{id: "notes.save", group: groupPacket, does: narrate.Text{"save the capture with the notes as comments", "把备注作为注释，连同抓包另存"}, can: w.onPackets, do: w.saveNoted},
	}
}

// noteEntry is the field for a note; Escape and Ctrl+Enter are done with it.
type noteEntry struct {
	fynewidget.Entry
	done func()
}

func newNoteEntry(text string, done func()) *noteEntry {
	e := &noteEntry{done: done}
	e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
	e.ExtendBaseWidget(e)
	e.SetText(text)
	return e
}

// TypedKey adds Escape to Entry's keys.
func (e *noteEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.done()
		return
	}
	e.Entry.TypedKey(k)
}

// writeNote lets the reader write about the selected packet. What is written is kept however the dialog closes.
func (w *Window) writeNote() {
	c := w.app.Capture
	frame := c.Selected()
	if frame == 0 {
		return
	}
	entry := newNoteEntry(c.Notes.Marks.At(frame).Note, w.closeDialog)
	entry.SetPlaceHolder(w.t(noteWords.placeholder))
	hint := widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, cw, _ float32) {
		p.Para(0, 0, cw, 18, w.t(noteWords.noteHint), theme.Small, p.P.Text3, 3)
	})
	done := widget.NewButton(widget.Primary, "check", w.t(noteWords.save), w.closeDialog)
	remove := widget.NewButton(widget.Plain, "x", w.t(noteWords.remove), func() { entry.SetText(""); w.closeDialog() })
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		foot := size.Height - theme.ButtonHeight
		put(entry, 0, 0, size.Width, foot-14)
		dw, rw := done.MinSize().Width, remove.MinSize().Width
		put(done, size.Width-dw, foot, dw, theme.ButtonHeight)
		put(remove, size.Width-dw-rw-10, foot, rw, theme.ButtonHeight)
		put(hint, 0, foot-2, size.Width-dw-rw-26, 40)
	}, entry, hint, done, remove)
	show(remove, c.Notes.Marks.At(frame).Note != "")
	w.openDialog(fyne.NewSize(620, 330), fill(w.lang(), noteWords.note, narrate.Frame(frame), ""), content)
	w.closing = func() {
		if w.app.Capture == c {
			w.app.SetNote(frame, entry.Text)
		}
	}
	w.win.Canvas().Focus(entry)
}

const noteRow = 44

// showNotes lists the marks, the notes, and what the capture itself says about packets; one click goes there.
func (w *Window) showNotes() {
	c := w.app.Capture
	if c == nil || c.Session == nil {
		return
	}
	all := c.Notes.All()
	list := widget.NewList(noteRow)
	list.Choice = true
	list.Count = func() int { return len(all) }
	list.Draw = func(p *widget.Pen, i int, lw float32, _ widget.RowState) { w.drawRemark(p, c, &all[i], lw) }
	list.OnOpen = func(i int) {
		w.closeDialog()
		w.app.GoToFrame(all[i].Frame)
	}
	foot := widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, cw, h float32) { w.drawNotesFoot(p, c, len(all), cw, h) })
	save := widget.NewButton(widget.Plain, "save", w.t(noteWords.saveAs), func() { w.closeDialog(); w.saveNoted() })
	lessonOf := widget.NewButton(widget.Plain, "book", w.t(makeWords.title)+"…", w.makeCase)
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		y := size.Height - theme.ButtonHeight
		put(list, -8, 0, size.Width+16, y-12)
		put(foot, 0, 0, size.Width, size.Height)
		sw := save.MinSize().Width
		put(save, size.Width-sw, y, sw, theme.ButtonHeight)
		lw := lessonOf.MinSize().Width
		put(lessonOf, size.Width-sw-lw-10, y, lw, theme.ButtonHeight)
	}, foot, list, lessonOf, save)
	show(list, len(all) > 0)
	show(lessonOf, len(all) > 0 && c.Notes.Lost == 0) // else the room is taken
	w.openDialog(fyne.NewSize(680, 480), w.t(noteWords.title), content)
	if len(all) > 0 {
		list.Select(0)
		w.win.Canvas().Focus(list)
	}
}

// drawNotesFoot says that there is nothing, or how much is kept without being shown.
func (w *Window) drawNotesFoot(p *widget.Pen, c *app.Capture, n int, cw, h float32) {
	if n == 0 {
		p.T(0, 8, cw, 24, w.t(noteWords.none), theme.Strong, p.P.Text, widget.Left)
		p.T(0, 32, cw, 20, w.t(noteWords.noneHint), theme.Body, p.P.Text2, widget.Left)
	}
	if c.Notes.Lost > 0 {
		p.Para(0, h-theme.ButtonHeight, cw-250, 17, fill(w.lang(), noteWords.lost, narrate.Count(uint64(c.Notes.Lost)), ""), theme.Tiny, p.P.Text3, 2)
	}
}

// drawRemark draws a row of the list.
func (w *Window) drawRemark(p *widget.Pen, c *app.Capture, r *app.Remark, lw float32) {
	icon, color, number := "note", p.P.Text2, p.P.Accent
	if r.Starred {
		icon, color = "star", p.P.Warn
	}
	if r.Gone {
		color, number = p.P.Text3, p.P.Text3
	}
	p.Icon(12, 6, 14, icon, color)
	text := r.Note
	switch {
	case text == "" && r.Comment != "":
		text = w.t(noteWords.fromFile) + r.Comment
	case text == "":
		text = w.t(noteWords.starOnly)
	}
	line, _, _ := strings.Cut(text, "\n")
	const left = 104
	p.T(34, 3, left-40, 20, narrate.Frame(r.Frame), theme.Mono, number, widget.Left)
	p.T(left, 3, lw-left-16, 20, line, theme.Body, p.P.Text, widget.Left)
	p.T(left, 22, lw-left-16, 16, w.remarkPlace(c, r), theme.Tiny, p.P.Text3, widget.Left)
}

// remarkPlace says in which conversation a packet is, and when it was captured.
func (w *Window) remarkPlace(c *app.Capture, r *app.Remark) string {
	var parts []string
	switch stream, other := c.Session.Locate(r.Frame); {
	case r.Gone:
		parts = append(parts, w.t(noteWords.gone))
	case stream >= 0:
		conn := c.Session.Connection(stream)
		parts = append(parts, conn.Client.String()+" – "+conn.Server.String())
	case other >= 0:
		o := c.Session.Other(other)
		if a, b := narrate.Endpoint(o.Ends[0]), narrate.Endpoint(o.Ends[1]); a != "" {
			parts = append(parts, a+" – "+b)
		}
	}
	if r.Time != 0 {
		parts = append(parts, time.Unix(0, r.Time).UTC().Format("2006-01-02 15:04:05.000")+" UTC")
	}
	return strings.Join(parts, " · ")
}

// saveNoted asks where to save the capture with its notes.
func (w *Window) saveNoted() {
	c := w.app.Capture
	if c == nil || c.Session == nil {
		return
	}
	name := strings.TrimSuffix(c.Name, filepath.Ext(c.Name)) + "-notes.pcapng"
	w.saveAs(name, func(path string) {
		if w.app.Capture == c {
			w.overlay.Toast(timeline.Info, w.t(words.saveTo)+"…")
			w.app.SaveNoted(path)
		}
	})
}
