// Package ui is the desktop window: it draws what package app holds and tells app what the reader does.
//
// A Window is the one bridge to Fyne's goroutine: work that ends elsewhere comes back through Post. Pages (home.go,
// capture.go) are made of small widgets from ui/widget and are built anew when the language changes; nothing here decides
// anything about packets. Start with Open.
package ui

import (
	"io/fs"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// firstSize is the window's size at the first start, minSize what every page still fits into.
var (
	firstSize = fyne.NewSize(1400, 900)
	minSize   = fyne.NewSize(1024, 640)
)

// Window is the window and its state.
type Window struct {
	app     *app.App
	fyne    fyne.App
	win     fyne.Window
	post    func(f func())
	overlay *widget.Overlay
	layers  *fyne.Container // the page, and hints unless a dialog has them
	body    *fyne.Container // the page
	home    *homePage
	capture *capturePage
	dialog  fyne.CanvasObject // the open dialog, nil if none
	closing func()            // what the open dialog does when it closes
	// commands are what the window can do, byKey and byRune the ids of those that keys start.
	commands []command
	byKey    map[press]string
	byRune   map[rune]string
	form     app.Form // what was filled in last
	keyed    bool     // a key is being handled
	lab      *labPage
	// follow tells the open dialog for live capture what is new, asking is the question that is shown, offered says that a capture
	// of an earlier run was.
	follow  func()
	asking  *app.Asking
	offered bool
	zoom    zoomed
}

// Options are what a Window starts with.
type Options struct {
	Cases fs.FS
	Store *app.Store
	Trace *app.Trace
	// Files are capture files to open at once.
	Files []string
	// Case is the id of a case to open at once.
	Case string
	// Live captures; nil if nothing can.
	Live app.Capturer
	// post replaces fyne.Do where a test runs posted work itself.
	post func(f func())
}

// Open makes the window and shows it; it returns before the window is closed.
func Open(fa fyne.App, o Options) (*Window, error) {
	w := &Window{fyne: fa, post: o.post}
	if w.post == nil {
		w.post = fyne.Do
	}
	a, err := app.New(w, o.Cases, o.Store, o.Trace)
	if err != nil {
		return nil, err
	}
	w.app = a
	a.UseCapturer(o.Live)
	w.startZoom()
	w.win = fa.NewWindow("tcptalk")
	w.applyTheme()
	w.win.SetPadded(false)
	w.win.Resize(firstSize) // before there is something to lay out, which would be done twice
	w.build()
	w.win.SetOnDropped(w.dropped)
	w.win.SetOnClosed(a.Quit)
	w.win.SetCloseIntercept(w.closeWindow)
	w.bindKeys()
	switch {
	case o.Case != "":
		a.OpenCase(o.Case)
	case len(o.Files) > 0:
		w.openFirst(filePaths(o.Files))
	}
	a.FindLeftovers()
	w.reveal()
	return w, nil
}

// Post runs f on Fyne's goroutine.
func (w *Window) Post(f func()) { w.post(f) }

// Notify shows a short message.
func (w *Window) Notify(n app.Notice) {
	s := timeline.OK
	if n.Bad {
		s = timeline.Fail
	}
	text := n.Text.In(w.lang())
	if n.Detail != "" {
		text += w.t(words.colon) + n.Detail
	}
	w.overlay.Toast(s, text)
}

// Changed draws what is new.
func (w *Window) Changed(c app.Change) {
	if c&app.SettingsChanged != 0 {
		w.applyTheme()
		w.applyZoom()
		if w.home == nil || w.home.lang != w.lang() {
			w.build()
			c = app.Everything
		}
	}
	if c&app.PageChanged != 0 {
		w.showPage()
	}
	switch w.app.Page {
	case app.Home:
		w.home.changed(c)
	case app.LabPage:
		w.lab.changed(c) // made by showPage
	case app.CapturePage:
		w.capture.changed(c)
	}
	w.liveChanged(c)
}

func (w *Window) lang() narrate.Lang { return w.app.Settings.Lang }

// t is a text in the reader's language.
func (w *Window) t(t narrate.Text) string { return t.In(w.lang()) }

func (w *Window) applyTheme() {
	mode := map[app.ThemeMode]theme.Mode{app.ThemeDark: theme.DarkMode, app.ThemeLight: theme.LightMode}[w.app.Settings.Theme]
	if t, ok := w.fyne.Settings().Theme().(*theme.Theme); !ok || t.Mode() != mode {
		w.fyne.Settings().SetTheme(theme.New(mode))
	}
}

// build makes the pages in the present language.
func (w *Window) build() {
	w.closeDialog()
	w.overlay = widget.NewOverlay()
	w.home = newHomePage(w)
	w.capture = newCapturePage(w)
	w.lab = nil // made when it is shown
	w.commands = w.newCommands()
	w.body = container.NewStack()
	w.layers = container.NewStack(w.body, w.overlay)
	w.win.SetContent(w.layers)
	w.showPage()
}

func (w *Window) showPage() {
	var page fyne.CanvasObject = w.home.root
	title := "tcptalk"
	switch w.app.Page {
	case app.Home:
	case app.CapturePage:
		page, title = w.capture.root, w.app.Capture.Title(w.lang())+" – tcptalk"
	case app.LabPage:
		if w.lab == nil {
			w.lab = newLabPage(w)
		}
		page, title = w.lab.root, w.t(labWords.title)+" – tcptalk"
	}
	fresh := !slices.Contains(w.body.Objects, page)
	if fresh {
		w.closeDialog() // it belongs to the page that goes, and so does the focus that it would give back
	}
	w.body.Objects = []fyne.CanvasObject{page}
	w.body.Refresh()
	w.win.SetTitle(title)
	if !w.covered() { // a dialog keeps the keyboard
		w.win.Canvas().Unfocus()
		if fresh && w.app.Page == app.LabPage { // the arrow keys choose, Enter runs
			w.win.Canvas().Focus(w.lab.list)
		}
	}
}

// dropped opens the files that were dropped on the window.
func (w *Window) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	if len(paths) > 0 {
		w.openFirst(paths)
	}
}

// openFirst opens the first of several files, because a window shows one, and offers the others.
func (w *Window) openFirst(paths []string) {
	w.app.OpenFile(paths[0])
	if len(paths) > 1 {
		w.offerFiles(paths)
	}
}

// reveal shows the window. Fyne panics if the display that the environment names is not there: that is no fault of ours, made
// tells it.
func (w *Window) reveal() {
	defer func() {
		if e := recover(); e != nil && w.made() {
			panic(e)
		}
	}()
	w.win.Show()
}

// made reports that the window exists. Where OpenGL does not work, Fyne makes none, says so in its log, and its loop would
// run without a window for ever.
func (w *Window) made() bool {
	native, ok := w.win.(driver.NativeWindow)
	if !ok {
		return true
	}
	made := true
	native.RunNative(func(context any) {
		switch c := context.(type) {
		case driver.X11WindowContext:
			made = c.WindowHandle != 0
		case driver.WaylandWindowContext:
			made = c.WaylandSurface != 0
		case driver.WindowsWindowContext:
			made = c.HWND != 0
		case driver.MacWindowContext:
			made = c.NSWindow != 0
		}
	})
	return made
}

// copy puts text on the clipboard and says so.
func (w *Window) copy(text string) {
	if text == "" {
		return
	}
	w.fyne.Clipboard().SetContent(text)
	w.overlay.Toast(timeline.OK, w.t(words.copied))
}
