package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// keyHelp lists every key, in the order of the help.
var keyHelp = []struct {
	keys string
	does narrate.Text
}{
	{"↑  ↓", narrate.Text{"the packet before, the next packet", "上一个包、下一个包"}},
	{"←  →", narrate.Text{"the lesson's step before, the next step", "课程上一步、下一步"}},
	{"Page Up  Page Down", narrate.Text{"a page back, a page on", "向上翻页、向下翻页"}},
	{"Home  End", narrate.Text{"to the first packet, to the last one", "到第一个包、到最后一个包"}},
	{"Enter  Space", narrate.Text{"fold or unfold, show more lines", "折叠或展开、显示更多行"}},
	{"[   ]", narrate.Text{"the connection before, the next connection", "上一条连接、下一条连接"}},
	{"1  2  3", narrate.Text{"lesson, diagnosis, files", "课程、诊断、文件"}},
	{"Ctrl+1 … 5", narrate.Text{"the views of the connection, in their order", "连接的各个视图，依次"}},
	{"+  −  0", narrate.Text{"in graphs: closer, further, all of it", "图表中：放大、缩小、显示全部"}},
	{"D", narrate.Text{"show or hide packet details", "显示或收起包详情"}},
	{"H", narrate.Text{"header or field tree", "头部或字段树"}},
	{"N", narrate.Text{"explain packets in plain words, or not", "显示或隐藏白话说明"}},
	{"Ctrl+C", narrate.Text{"copy the selected packet as text", "复制所选包的文字"}},
	{"Ctrl+Shift+C", narrate.Text{"copy the whole conversation", "复制整个会话"}},
	{"Ctrl+O", narrate.Text{"open a capture", "打开抓包"}},
	{"Ctrl+F", narrate.Text{"go to the search box", "到搜索框"}},
	{"Ctrl+S", narrate.Text{"save the selected file (in Files)", "保存所选文件（文件页）"}},
	{"Ctrl+,", narrate.Text{"settings", "设置"}},
	{"Tab", narrate.Text{"to the next control", "到下一个控件"}},
	{"Esc", narrate.Text{"close what is open, then Home", "关闭打开的窗口，再回首页"}},
	{"F1", narrate.Text{"these keys", "本帮助"}},
}

// bindKeys makes the keys work wherever the focus is; what the focused widget does not use comes here too.
func (w *Window) bindKeys() {
	c := w.win.Canvas()
	onPage := func(do func()) func(fyne.Shortcut) {
		return func(fyne.Shortcut) {
			if !w.covered() {
				do()
			}
		}
	}
	c.SetOnTypedKey(w.key)
	c.SetOnTypedRune(w.rune)
	for key, f := range map[fyne.KeyName]func(){
		fyne.KeyO: w.chooseFile, fyne.KeyF: w.focusSearch, fyne.KeyComma: w.showSettings, fyne.KeyS: w.saveSelected,
	} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, onPage(f))
	}
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, onPage(func() {
			if w.app.Page == app.CapturePage {
				w.capture.middle.viewBy(i)
			}
		}))
	}
	c.AddShortcut(&fyne.ShortcutCopy{}, onPage(w.copySelected))
	c.AddShortcut(&desktop.CustomShortcut{
		KeyName: fyne.KeyC, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift,
	}, onPage(func() { w.capture.middle.chat.copyAll() }))
}

func (w *Window) key(e *fyne.KeyEvent) {
	if w.covered() && e.Name != fyne.KeyEscape {
		return
	}
	a := w.app
	switch e.Name {
	case fyne.KeyF1:
		w.showKeys()
	case fyne.KeyEscape:
		w.escape()
	case fyne.KeyLeft:
		a.StepBy(-1)
	case fyne.KeyRight:
		a.StepBy(1)
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace,
		fyne.KeyPlus, fyne.KeyEqual, fyne.KeyMinus, fyne.Key0:
		if a.Page == app.CapturePage {
			w.capture.middle.key(e)
		}
	}
}

// rune handles the keys that are letters.
func (w *Window) rune(r rune) {
	if w.app.Page != app.CapturePage || w.covered() {
		return
	}
	switch r {
	case '1', '2', '3':
		w.capture.showPane(true)
		w.app.ShowTab(app.Tab(r - '1'))
	case '[':
		w.connectionBy(-1)
	case ']':
		w.connectionBy(1)
	case 'd', 'D':
		w.capture.toggleDrawer()
	case 'n', 'N':
		w.app.Set(func(s *app.Settings) { s.Notes = !s.Notes })
	case 'h', 'H':
		w.app.Set(func(s *app.Settings) { s.DrawerTab = 1 - s.DrawerTab })
		if !w.capture.drawerOpen() {
			w.capture.toggleDrawer()
		}
	}
}

// escape closes what covers the page, or goes home.
func (w *Window) escape() {
	overlays := w.win.Canvas().Overlays()
	switch top := overlays.Top(); top {
	case nil:
		w.app.GoHome()
	case w.dialog:
		w.closeDialog()
	default: // Fyne's own dialogs do not know Esc
		overlays.Remove(top)
	}
}

// packetBy selects the packet n rows on that is shown.
func (w *Window) packetBy(n int) {
	c := w.app.Capture
	if w.app.Page != app.CapturePage || c == nil || c.Chat == nil {
		return
	}
	for row := c.Chat.RowOf(c.Packet) + n; row >= 0 && row < c.Chat.Len(); row += n {
		if p := c.Chat.PacketOf(row); p >= 0 && p != c.Packet {
			w.app.SelectPacket(p)
			return
		}
	}
}

// connectionBy shows the connection n rows on in the list.
func (w *Window) connectionBy(n int) {
	c := w.app.Capture
	if c == nil {
		return
	}
	if row := c.Row(c.Stream) + n; row >= 0 && row < len(c.Shown) {
		w.app.SelectConnection(c.Shown[row])
	}
}

func (w *Window) focusSearch() {
	if w.app.Page == app.Home {
		w.home.search.Focus()
		return
	}
	w.capture.side.search.Focus()
}

func (w *Window) copySelected() {
	if c := w.app.Capture; w.app.Page == app.CapturePage && c != nil && c.Chat != nil {
		w.copy(w.capture.middle.chat.text(c.Chat.RowOf(c.Packet)))
	}
}

func (w *Window) saveSelected() {
	if c := w.app.Capture; c != nil && c.Tab == app.FilesTab {
		w.saveFile(c.File)
	}
}
