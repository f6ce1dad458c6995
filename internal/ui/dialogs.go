package ui

import (
	"os"
	"path/filepath"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/dialog"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/rymdport/portal/filechooser"

	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// chooseFile asks which capture to open, with the desktop's own dialog where there is one.
func (w *Window) chooseFile() {
	w.native(func() (string, error) {
		uris, err := filechooser.OpenFile("", w.t(words.openCapture), &filechooser.OpenFileOptions{})
		return firstPath(uris), err
	}, w.app.OpenFile, func() {
		d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
			if r == nil || err != nil {
				return
			}
			path := r.URI().Path()
			if err := r.Close(); err == nil {
				w.app.OpenFile(path)
			}
		}, w.win)
		w.showFyne(d)
	})
}

// saveFile asks where to save a file and saves it.
func (w *Window) saveFile(i int) {
	c := w.app.Capture
	if c == nil || i < 0 || i >= len(c.Files) {
		return
	}
	w.saveAs(c.Files[i].Name, func(path string) { w.app.SaveFile(c, i, path) }) // c may not be what is open then
}

// saveAs asks under which name to save something, and hands the path to save.
func (w *Window) saveAs(name string, save func(path string)) {
	w.native(func() (string, error) {
		uris, err := filechooser.SaveFile("", w.t(words.saveTo), &filechooser.SaveFileOptions{CurrentName: name})
		return firstPath(uris), err
	}, save, func() {
		w.showFyne(w.fyneSave(name, save))
	})
}

// fyneSave is Fyne's dialog for saving. It makes an empty file under the name that was chosen, in place of what was there; that
// goes again, for if saving fails nothing must look like a saved file. If it cannot be made save will fail as well, and say why.
func (w *Window) fyneSave(name string, save func(path string)) *dialog.FileDialog {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if f == nil {
			return
		}
		path := f.URI().Path()
		if err == nil && f.Close() == nil {
			removeEmpty(path)
		}
		save(path)
	}, w.win)
	d.SetFileName(name)
	return d
}

// removeEmpty removes a file without content.
func removeEmpty(path string) {
	if st, err := os.Lstat(path); err == nil && st.Mode().IsRegular() && st.Size() == 0 {
		_ = os.Remove(path) // it will be replaced anyway
	}
}

// saveAllFiles asks for a folder and saves all files there.
func (w *Window) saveAllFiles() {
	c := w.app.Capture
	if c == nil {
		return
	}
	save := func(dir string) { w.app.SaveFiles(c, dir) }
	w.native(func() (string, error) {
		uris, err := filechooser.OpenFile("", w.t(words.saveAll), &filechooser.OpenFileOptions{Directory: true})
		return firstPath(uris), err
	}, save, func() {
		w.showFyne(dialog.NewFolderOpen(func(l fyne.ListableURI, err error) {
			if l != nil && err == nil {
				save(l.Path())
			}
		}, w.win))
	})
}

// native asks through the desktop portal, away from Fyne's goroutine, and falls back to Fyne's own dialog where there is no
// portal. done gets the path that was chosen.
func (w *Window) native(ask func() (string, error), done func(path string), fallback func()) {
	if runtime.GOOS != "linux" {
		fallback()
		return
	}
	go func() {
		path, err := ask()
		w.Post(func() {
			switch {
			case err != nil:
				fallback()
			case path != "":
				done(path)
			}
		})
	}()
}

func firstPath(uris []string) string {
	if len(uris) == 0 {
		return ""
	}
	return uriPath(uris[0])
}

// showFyne shows one of Fyne's dialogs large enough to work in, in the folder of the latest file.
func (w *Window) showFyne(d *dialog.FileDialog) {
	if len(w.app.Recent) > 0 {
		if l := listable(filepath.Dir(w.app.Recent[0].Path)); l != nil {
			d.SetLocation(l)
		}
	}
	d.Show()
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(size.Width*0.75, size.Height*0.75)) // it can be sized only once it is shown
}

// openDialog shows a card in the middle of the window over a scrim; Esc and a click beside it close it. As one of the canvas's
// overlays it has a focus of its own: Tab, the wheel and clicks stay inside, and the page keeps its focus for afterwards.
func (w *Window) openDialog(size fyne.Size, title string, content fyne.CanvasObject) {
	w.closeDialog()
	var panel *widget.Canvas
	scrim := newScrim(func(at fyne.Position) {
		if p, s := panel.Position(), panel.Size(); at.X < p.X || at.Y < p.Y || at.X > p.X+s.Width || at.Y > p.Y+s.Height {
			w.closeDialog()
		}
	})
	panel = widget.NewCanvas(size, func(p *widget.Pen, pw, ph float32) {
		p.Panel(0, 0, pw, ph, p.P.Card, p.P.Edge, theme.RadiusDialog)
		p.T(28, 20, pw-100, 28, title, theme.DialogTitle, p.P.Text, widget.Left)
	})
	cross := widget.NewIconButton("x", w.t(words.close)+"  Esc", w.closeDialog)
	w.dialog = arrange(fyne.NewSize(0, 0), func(all fyne.Size) {
		put(scrim, 0, 0, all.Width, all.Height)
		x, y := (all.Width-size.Width)/2, max(8, (all.Height-size.Height)*0.4)
		put(panel, x, y, size.Width, size.Height)
		put(cross, x+size.Width-46, y+16, 32, 32)
		put(content, x+28, y+64, size.Width-56, size.Height-64-20)
		put(w.overlay, 0, 0, all.Width, all.Height)
	}, scrim, panel, content, cross, w.overlay)
	w.layers.Remove(w.overlay) // toasts are to be read above the scrim
	w.win.Canvas().Overlays().Add(w.dialog)
}

func (w *Window) closeDialog() {
	if w.dialog == nil {
		return
	}
	w.win.Canvas().Overlays().Remove(w.dialog)
	w.dialog = nil
	w.layers.Add(w.overlay)
	if done := w.closing; done != nil {
		w.closing = nil
		done()
	}
}

// covered reports that something lies on the page: our dialog, one of Fyne's, or a menu.
func (w *Window) covered() bool { return w.win.Canvas().Overlays().Top() != nil }

// scrim darkens what lies under a dialog and takes its clicks.
type scrim struct {
	fynewidget.BaseWidget
	tapped func(at fyne.Position)
}

func newScrim(tapped func(at fyne.Position)) *scrim {
	s := &scrim{tapped: tapped}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is Fyne's.
func (s *scrim) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(canvas.NewRectangle(theme.For(s).Scrim))
}

// Tapped is Fyne's.
func (s *scrim) Tapped(e *fyne.PointEvent) { s.tapped(e.Position) }

// menuItem is an entry of a context menu.
type menuItem struct {
	text string
	do   func()
}

// showMenu shows a context menu at a place in the window.
func (w *Window) showMenu(at fyne.Position, items ...menuItem) {
	menu := fyne.NewMenu("")
	for _, i := range items {
		menu.Items = append(menu.Items, fyne.NewMenuItem(i.text, i.do))
	}
	fynewidget.ShowPopUpMenuAtPosition(menu, w.win.Canvas(), at)
}
