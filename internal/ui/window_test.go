package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"tcptalk/cases"
	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget"
	"tcptalk/internal/ui/widget/lint"
)

// patience bounds how long a test waits for work in the background before it fails.
const patience = 30 * time.Second

// reader is a window on Fyne's test driver and the person before it. What is posted runs when the test waits for it.
type reader struct {
	*Window
	t    *testing.T
	wake chan struct{} // holds a token while there may be something in posted

	mu     sync.Mutex
	posted []func()
}

// open opens the window at its first size.
func open(t *testing.T, o Options) *reader {
	t.Helper()
	r := &reader{t: t, wake: make(chan struct{}, 1)}
	o.Cases, o.post = cases.FS(), r.later
	if o.Store == nil {
		o.Store = app.NewStore(t.TempDir(), narrate.English)
	}
	w, err := Open(test.NewTempApp(t), o)
	if err != nil {
		t.Fatal(err)
	}
	r.Window = w
	t.Cleanup(w.app.Quit)
	t.Cleanup(forget)
	return r
}

func (r *reader) later(f func()) {
	r.mu.Lock()
	r.posted = append(r.posted, f)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *reader) run() {
	r.mu.Lock()
	posted := r.posted
	r.posted = nil
	r.mu.Unlock()
	for _, f := range posted {
		f()
	}
}

// until runs what is posted until done is true.
func (r *reader) until(what string, done func() bool) {
	r.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for r.run(); !done(); r.run() {
		select {
		case <-r.wake:
		case <-limit.C:
			r.t.Fatalf("still waiting for: %s", what)
		}
	}
}

// loaded waits until the open capture is read, its connection decoded and, on their tab, its files found and the selected one
// shown.
func (r *reader) loaded() *app.Capture {
	r.t.Helper()
	c := r.app.Capture
	r.until(c.Name+" is read", func() bool {
		return !c.Loading && (c.Chat == nil || c.Talk != nil) && (c.Tab != app.FilesTab || c.Session == nil || c.FilesReady && (c.File < 0 || c.Preview != nil))
	})
	return c
}

// openCase opens a bundled case and waits until it is there.
func (r *reader) openCase(id string) *app.Capture {
	r.t.Helper()
	r.app.OpenCase(id)
	return r.loaded()
}

// press presses keys as the driver would: the focused widget gets them, or the window.
func (r *reader) press(names ...fyne.KeyName) {
	for _, n := range names {
		e := &fyne.KeyEvent{Name: n}
		if f := r.win.Canvas().Focused(); f != nil {
			f.TypedKey(e)
		} else {
			r.win.Canvas().OnTypedKey()(e)
		}
	}
}

// write types characters as the driver would.
func (r *reader) write(text string) {
	for _, c := range text {
		if f := r.win.Canvas().Focused(); f != nil {
			f.TypedRune(c)
		} else {
			r.win.Canvas().OnTypedRune()(c)
		}
	}
}

// click clicks into the middle of an object.
func (r *reader) click(o fyne.CanvasObject) {
	s := o.Size()
	r.clickAt(o, s.Width/2, s.Height/2)
}

// clickAt clicks at a position within an object, as the driver does: what does not ask for it loses the focus.
func (r *reader) clickAt(o fyne.CanvasObject, x, y float32) {
	if f, ok := o.(fyne.Focusable); !ok || r.win.Canvas().Focused() != f {
		r.win.Canvas().Unfocus()
	}
	o.(fyne.Tappable).Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
}

func TestOfSeveralFilesTheFirstIsOpened(t *testing.T) {
	first, second := file(t, "first.pcapng", "http-picture", 0), file(t, "second.pcapng", "http-picture", 0)
	for name, give := range map[string]func(paths ...string) *reader{
		"on the command line": func(paths ...string) *reader { return open(t, Options{Files: paths}) },
		"dropped": func(paths ...string) *reader {
			r := open(t, Options{})
			var uris []fyne.URI
			for _, p := range paths {
				uris = append(uris, storage.NewFileURI(p))
			}
			r.dropped(fyne.Position{}, uris)
			return r
		},
	} {
		for _, paths := range [][]string{{first}, {first, second}} {
			r := give(paths...)
			if c := r.loaded(); c.Path != first {
				t.Errorf("%s: %s is open", name, c.Path)
			}
			if len(paths) == 1 {
				if r.dialog != nil {
					t.Errorf("%s: one file asks for something", name)
				}
				continue
			}
			if r.dialog == nil || !slices.Contains(lint.Texts(r.dialog), "second.pcapng") {
				t.Fatalf("%s: the second file is not offered", name)
			}
			if len(r.app.Recent) != 2 || r.app.Recent[0].Path != first || r.app.Recent[1].Path != second {
				t.Errorf("%s: recent files: %+v", name, r.app.Recent)
			}
			r.press("Return")
			if c := r.loaded(); c.Path != second || r.dialog != nil {
				t.Errorf("%s: Enter opens %s", name, c.Path)
			}
		}
	}
}

func TestAnotherFileShowsItsOwnPacket(t *testing.T) {
	r := open(t, Options{})
	for _, id := range []string{"http-picture", "basics-hello-7456"} {
		r.app.OpenFile(file(t, id+".pcapng", id, 0))
		c := r.loaded()
		port := itoa(int(c.View.Conn.Client.Port()))
		if shown := lint.Texts(r.capture.drawer.root); c.Packet != 0 || !slices.Contains(shown, port) {
			t.Errorf("%s: packet %d comes from port %s, shown is %q", id, c.Packet, port, shown)
		}
	}
}

// clickText clicks into a text.
func (r *reader) clickText(p *widget.Paragraph) {
	selection := test.WidgetRenderer(p).Objects()[0].(desktop.Mouseable)
	selection.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	selection.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
}

// file puts the first n bytes of a case's recording, all if n is 0, into a file of the test's own.
func file(t *testing.T, name, id string, n int) string {
	t.Helper()
	b, err := fs.ReadFile(cases.FS(), id+"/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	if n > 0 {
		b = b[:n]
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
