package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/cases"
	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
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
