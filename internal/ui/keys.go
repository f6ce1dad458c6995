package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/app"
)

// press is a key with what is held down meanwhile.
type press struct {
	key fyne.KeyName
	mod fyne.KeyModifier
}

// keyNames are the keys that Fyne calls otherwise than our table of commands does.
var keyNames = map[string]fyne.KeyName{
	"Esc": fyne.KeyEscape, "PageUp": fyne.KeyPageUp, "PageDown": fyne.KeyPageDown, "Enter": fyne.KeyReturn,
}

// keyModifiers are the names of what is held down.
var keyModifiers = map[string]fyne.KeyModifier{
	"Ctrl": fyne.KeyModifierShortcutDefault, "Shift": fyne.KeyModifierShift, "Alt": fyne.KeyModifierAlt,
}

// parsePress reads a key as commands write it. A character by itself is no key: r is then that character, in lower case.
func parsePress(s string) (p press, r rune) {
	for name, rest, more := strings.Cut(s, "+"); more && rest != ""; name, rest, more = strings.Cut(s, "+") {
		p.mod |= keyModifiers[name]
		s = rest
	}
	if p.mod == 0 && len(s) == 1 && !movingKeys[s] {
		return p, unicode.ToLower(rune(s[0]))
	}
	if p.key = keyNames[s]; p.key == "" {
		p.key = fyne.KeyName(s)
	}
	return p, 0
}

// movingKeys are characters that widgets hand on as keys: the views have a use for them.
var movingKeys = map[string]bool{"+": true, "=": true, "-": true, "0": true}

// keyWords are keys as the reader knows them, where the table has a longer name.
var keyWords = strings.NewReplacer("Up", "↑", "Down", "↓", "Left", "←", "Right", "→", "PageUp", "Page Up", "PageDown", "Page Down")

// keyLabel is a key as it is shown: "Ctrl+Shift+P", "↑".
func keyLabel(key string) string { return keyWords.Replace(key) }

// bindKeys makes the keys of the commands work wherever the focus is; what the focused widget does not use comes here too.
func (w *Window) bindKeys() {
	c := w.win.Canvas()
	c.SetOnTypedKey(w.key)
	c.SetOnTypedRune(w.rune)
	w.byKey, w.byRune = map[press]string{}, map[rune]string{}
	for _, cmd := range w.commands {
		for _, key := range cmd.keys {
			w.bind(cmd.id, key)
		}
	}
	w.byKey[press{key: fyne.KeyEnter}] = w.byKey[press{key: fyne.KeyReturn}] // the one of the number pad
}

// bind makes a key start the command id. It is looked up when the key comes: the commands are made anew with the language.
func (w *Window) bind(id, key string) {
	p, r := parsePress(key)
	if r != 0 {
		w.byRune[r] = id
		return
	}
	w.byKey[p] = id
	if p.mod == 0 || p.mod == fyne.KeyModifierShift { // these come as keys
		return
	}
	run := func(fyne.Shortcut) { w.start(id) }
	if p == (press{fyne.KeyC, fyne.KeyModifierShortcutDefault}) {
		w.win.Canvas().AddShortcut(&fyne.ShortcutCopy{}, run)
		return
	}
	w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: p.key, Modifier: p.mod}, run)
}

// start does a command, if it is possible and nothing covers the page, or if it works nevertheless.
func (w *Window) start(id string) {
	for i := range w.commands {
		if c := &w.commands[i]; c.id == id && c.possible() && (c.above || !w.covered()) {
			c.do()
			return
		}
	}
}

func (w *Window) key(e *fyne.KeyEvent) {
	if w.keyed { // handed to a view that has no use for it either
		return
	}
	w.keyed = true
	defer func() { w.keyed = false }()
	p := press{key: e.Name}
	if d, ok := w.fyne.Driver().(desktop.Driver); ok {
		p.mod = d.CurrentKeyModifiers() & fyne.KeyModifierShift
	}
	id, ok := w.byKey[p]
	if !ok && p.mod != 0 { // Shift with a key that does not care
		id = w.byKey[press{key: e.Name}]
	}
	w.start(id)
}

// rune handles the keys that are characters.
func (w *Window) rune(r rune) {
	if r = unicode.ToLower(r); !w.answered(r) {
		w.start(w.byRune[r])
	}
}

// switchDrawer shows the other view of the packet.
func (w *Window) switchDrawer() {
	w.app.ShowDrawerTab(1 - w.app.DrawerShows())
	if !w.capture.drawerOpen() {
		w.capture.toggleDrawer()
	}
}

// escape closes what covers the page, or goes home.
func (w *Window) escape() {
	overlays := w.win.Canvas().Overlays()
	switch top := overlays.Top(); top {
	case nil:
		switch c := w.app.Capture; {
		case w.app.Page == app.CapturePage && w.app.StopSearch():
		case w.app.Page == app.CapturePage && c.Filter != "":
			w.clearSearch()
		default:
			w.app.GoHome()
		}
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
	cover, covered := c.Cover()
	for row := c.Chat.RowOf(c.Packet) + n; row >= 0 && row < c.Chat.Len(); row += n {
		if p := c.Chat.PacketOf(row); p >= 0 && p != c.Packet && (!covered || p <= cover) {
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
	for row := c.RowOfSelected() + n; row >= 0 && row < c.ListLen(); row += n {
		if !c.ListRow(row).Head {
			w.capture.side.choose(row)
			return
		}
	}
}

func (w *Window) focusSearch() {
	if w.app.Page == app.Home {
		w.home.search.Focus()
		return
	}
	w.capture.showPane(false)
	w.capture.find.box.Focus()
	w.capture.find.raise(true)
}

func (w *Window) copySelected() {
	switch {
	case w.app.Page != app.CapturePage:
	case w.capture.others():
		w.capture.other.copySelected()
	default:
		w.capture.middle.copySelected()
	}
}

func (w *Window) saveSelected() {
	if c := w.app.Capture; c != nil && c.Tab == app.FilesTab {
		w.saveFile(c.File)
	}
}
