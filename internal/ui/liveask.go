package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// question is a small dialog: a text and some answers, the first from the right is the usual one.
func (w *Window) question(title, text string, icons []string, answers []narrate.Text, do []func()) {
	const width, lines = 560, 3
	face := widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, cw, _ float32) {
		p.Para(0, 0, cw, 20, text, theme.Body, p.P.Text, lines)
	})
	objects := []fyne.CanvasObject{face}
	buttons := make([]*widget.Button, len(answers))
	for i, a := range answers {
		kind := widget.Plain
		if i == 0 {
			kind = widget.Primary
		}
		buttons[i] = widget.NewButton(kind, icons[i], w.t(a), do[i])
	}
	for i := len(buttons) - 1; i >= 0; i-- {
		objects = append(objects, buttons[i])
	}
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(face, 0, 0, size.Width, lines*20)
		x, y := size.Width, size.Height-theme.ButtonHeight
		for _, b := range buttons {
			bw := b.MinSize().Width
			x -= bw
			put(b, x, y, bw, theme.ButtonHeight)
			x -= 8
		}
	}, objects...)
	w.openDialog(fyne.NewSize(width, 64+lines*20+24+theme.ButtonHeight+20), title, content)
	w.win.Canvas().Focus(buttons[0])
}

// askLive asks what is to become of packets that are not saved.
func (w *Window) askLive() {
	q, c := w.app.Asking, w.app.Capture
	if q == nil || c == nil || c.Live == nil || w.asking == q {
		return
	}
	text := liveWords.askText
	if q.Quitting {
		text = liveWords.askQuit
	}
	answered := func(answer func()) func() {
		return func() {
			w.closing = nil
			w.closeDialog()
			answer()
		}
	}
	save := func() {
		w.closing = nil
		w.closeDialog()
		w.saveAs(c.LiveName(), w.app.SaveAndGoOn)
	}
	w.question(w.t(liveWords.askTitle), fill(w.lang(), text, narrate.Count(c.Live.State.Packets), c.Name),
		[]string{"save", "", ""}, []narrate.Text{liveWords.askSave, liveWords.askDiscard, liveWords.askKeep},
		[]func(){save, answered(w.app.DiscardLive), answered(w.app.KeepCapturing)})
	w.asking = q
	w.closing = w.app.KeepCapturing
}

// offerLeftover shows a capture that an earlier run of the app left.
func (w *Window) offerLeftover() {
	if len(w.app.Leftovers) == 0 {
		return
	}
	l := &w.app.Leftovers[0]
	facts := l.Spec.Name() + " · " + fill(w.lang(), liveWords.leftFacts, narrate.Bytes(uint64(max(l.Bytes, 0))), l.Last.Local().Format("2006-01-02 15:04:05"))
	w.question(w.t(liveWords.leftTitle), facts+"\n"+w.t(liveWords.leftText),
		[]string{"open", "", ""}, []narrate.Text{liveWords.recover, liveWords.discard, liveWords.later},
		[]func(){
			func() { w.closeDialog(); w.app.Recover(0) },
			func() { w.closeDialog(); w.app.DropLeftover(0); w.offerLeftover() },
			w.closeDialog,
		})
}

// liveChanged shows what is new about live captures.
func (w *Window) liveChanged(c app.Change) {
	if c&app.LiveChanged == 0 {
		return
	}
	if w.follow != nil {
		w.follow()
	}
	if w.app.Asking == nil {
		w.asking = nil
	}
	w.askLive()
	if n := len(w.app.Leftovers); n > 0 && !w.offered && w.app.Page == app.Home && !w.covered() {
		w.offered = true
		w.offerLeftover()
	}
}

// closeWindow closes the window, if that loses nothing unasked.
func (w *Window) closeWindow() {
	if w.app.MayQuit(w.win.Close) {
		w.win.Close()
	}
}

// liveCommands are about live capture and the laboratory.
func (w *Window) liveCommands() []command {
	recording := func() *app.Live {
		if c := w.app.Capture; w.app.Page == app.CapturePage && c != nil {
			return c.Live
		}
		return nil
	}
	running := func() bool { l := recording(); return l != nil && l.Running() }
	list := []command{
		{id: "live", does: narrate.Text{"live capture", "实时抓包"}, keys: []string{"Ctrl+K"}, do: w.showLive},
		{id: "live.remote", does: narrate.Text{"live capture on another computer, over SSH", "通过 SSH 在另一台电脑上实时抓包"}, do: w.showRemote},
		{
			id: "live.stop", does: narrate.Text{"stop the live capture", "停止实时抓包"}, keys: []string{"Ctrl+E"}, can: running, do: w.app.StopLive,
		},
		{
			id: "live.pause", does: narrate.Text{"pause the view of a live capture, or go on", "暂停或继续实时抓包的画面"}, keys: []string{"Ctrl+P"},
			can: running, do: w.app.PauseLive,
		},
		{
			id: "live.again", does: narrate.Text{"capture again with the same settings", "用同样设置再抓一次"}, keys: []string{"Ctrl+R"},
			can: w.app.CanRestartLive, do: w.app.RestartLive,
		},
		{
			id: "live.save", does: narrate.Text{"save the live capture", "保存实时抓包"}, keys: []string{"Ctrl+Shift+S"},
			can: func() bool { l := recording(); return l != nil && l.State.Packets > 0 }, do: w.saveLive,
		},
		{
			id: "live.newest", does: narrate.Text{"follow the newest connection of a live capture", "实时抓包时跟随最新连接"}, can: running,
			do: func() { w.app.FollowNewest(!recording().Follow) },
		},
		{
			id: "live.recover", does: narrate.Text{"captures that were not saved", "未保存的抓包"},
			can: func() bool { return len(w.app.Leftovers) > 0 }, do: w.offerLeftover,
		},
		{id: "lab", does: narrate.Text{"the lab: traffic to look at", "实验：制造流量来观察"}, keys: []string{"Ctrl+L"}, do: w.app.ShowLab},
	}
	for i := range list {
		list[i].group = groupWindow
	}
	return list
}
