package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// manyWords are the texts about several files at once.
var manyWords = struct{ title, text, open narrate.Text }{
	title: narrate.Text{"${n} files at once", "一次 ${n} 个文件"},
	text:  narrate.Text{"A window shows one capture. The first is open; the others are one click away, also in Recent files on Home.", "一个窗口显示一份抓包。第一份已经打开；其余的点一下就能打开，首页“最近的文件”里也有。"},
	open:  narrate.Text{"open now", "已打开"},
}

// filePaths turns what a desktop may pass as files, such as file:///tmp/a%20b.pcap, into paths.
func filePaths(args []string) []string {
	paths := make([]string, len(args))
	for i, a := range args {
		paths[i] = uriPath(a)
	}
	return paths
}

const (
	manyRow  = 44
	mostRows = 8
)

// offerFiles lists files of which the first is open.
func (w *Window) offerFiles(paths []string) {
	w.app.RememberAll(paths[1:])
	list := widget.NewList(manyRow)
	list.Choice = true
	list.Count = func() int { return len(paths) }
	list.Draw = func(p *widget.Pen, i int, lw float32, _ widget.RowState) {
		p.Icon(12, 8, 16, "file", p.P.Text2)
		p.T(38, 3, lw-150, 20, filepath.Base(paths[i]), theme.Strong, p.P.Text, widget.Left)
		p.T(38, 22, lw-54, 16, filepath.Dir(paths[i]), theme.Tiny, p.P.Text3, widget.Left)
		if i == 0 {
			p.T(lw-116, 3, 100, 20, w.t(manyWords.open), theme.Tiny, p.P.Text2, widget.Right)
		}
	}
	list.OnOpen = func(i int) {
		w.closeDialog()
		if i > 0 {
			w.app.OpenFile(paths[i])
		}
	}
	const intro = 48
	text := widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, cw, _ float32) {
		p.Para(0, 0, cw, 20, w.t(manyWords.text), theme.Body, p.P.Text2, 2)
	})
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(text, 0, 0, size.Width, intro)
		put(list, -8, intro, size.Width+16, size.Height-intro)
	}, text, list)
	w.openDialog(fyne.NewSize(560, 64+intro+float32(min(len(paths), mostRows))*manyRow+24), fill(w.lang(), manyWords.title, itoa(len(paths)), ""), content)
	list.Select(min(1, len(paths)-1))
	w.win.Canvas().Focus(list)
}
