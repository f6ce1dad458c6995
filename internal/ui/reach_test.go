package ui

import (
	"fmt"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/app"
	"tcptalk/internal/ui/widget"
)

// operable are the visible objects of a tree that a click does something to. What lies within one of Fyne's own widgets is its affair.
func operable(o fyne.CanvasObject) []fyne.CanvasObject {
	if !o.Visible() {
		return nil
	}
	var list, parts []fyne.CanvasObject
	if _, ok := o.(fyne.Tappable); ok && o.Size().Width > 0 && o.Size().Height > 0 {
		list = append(list, o)
	}
	switch x := o.(type) {
	case *fyne.Container:
		parts = x.Objects
	case *widget.SearchBox, *widget.Field: // Esc clears the one
	case fyne.Widget:
		parts = test.WidgetRenderer(x).Objects()
	}
	for _, p := range parts {
		list = append(list, operable(p)...)
	}
	return list
}

// reachable fails for everything operable under root that the Tab key does not lead to.
func (r *reader) reachable(what string, root fyne.CanvasObject) {
	r.t.Helper()
	canvas := r.win.Canvas()
	canvas.Unfocus()
	reached := map[fyne.CanvasObject]bool{}
	for range 200 {
		canvas.FocusNext()
		o, ok := canvas.Focused().(fyne.CanvasObject)
		if !ok || reached[o] {
			break
		}
		reached[o] = true
	}
	canvas.Unfocus()
	if len(reached) < 2 {
		r.t.Errorf("%s: Tab leads to %d controls", what, len(reached))
	}
	for _, o := range operable(root) {
		switch x := o.(type) {
		case *scrim: // Esc does the same
			continue
		case fyne.Disableable:
			if x.Disabled() {
				continue
			}
		}
		if !reached[o] && fmt.Sprintf("%T", o) != "*widget.scrollBarArea" { // Fyne's; the wheel and what is inside scroll, too
			r.t.Errorf("%s: Tab does not lead to %T %s", what, o, nameOf(o))
		}
	}
}

func nameOf(o fyne.CanvasObject) string {
	if b, ok := o.(*widget.Button); ok {
		return fmt.Sprintf("%q %q", b.Text(), b.Hint)
	}
	return ""
}

func TestEverythingIsReachedByKeyboard(t *testing.T) {
	r := open(t, Options{})
	r.reachable("Home", r.layers)
	for _, size := range windowSizes {
		r.win.Resize(size)
		look := fmt.Sprintf("%.0f×%.0f", size.Width, size.Height)
		c := r.openCase("http-picture")
		for _, view := range r.capture.middle.kinds {
			r.app.ShowView(view)
			r.reachable(look+" "+view.String(), r.layers)
		}
		for _, tab := range []app.Tab{app.LessonTab, app.DiagnosisTab, app.FilesTab} {
			r.capture.showPane(true)
			r.app.ShowTab(tab)
			r.loaded()
			r.reachable(look+" "+tab.String(), r.layers)
		}
		r.app.SetFilter("tcp.port == 80")
		r.reachable(look+" with a search", r.layers)
		r.app.SetFilter("")
		for name, show := range map[string]func(){"keys": r.showKeys, "settings": r.showSettings, "palette": r.showPalette, "form": r.showFilterForm, "help": func() { r.showHelp("") }} {
			show()
			r.reachable(look+" "+name, r.dialog)
			r.closeDialog()
		}
		if c.Stream < 0 {
			t.Fatal("no connection is shown")
		}
	}
}

func TestWhatHasTheKeyboardIsInView(t *testing.T) {
	r := open(t, Options{})
	r.win.Resize(minSize)
	c := r.openCase("trouble-third-packet-lost")
	r.capture.showPane(true)
	r.app.ShowTab(app.DiagnosisTab)
	scroll := r.capture.right.diagnosis.scroll
	if scroll.Content.MinSize().Height < 2*scroll.Size().Height {
		t.Fatalf("%d findings fit", len(c.Findings))
	}
	canvas := r.win.Canvas()
	position := fyne.CurrentApp().Driver().AbsolutePositionForObject
	seen := 0
	for range 200 {
		canvas.FocusNext()
		o, ok := canvas.Focused().(*widget.Button)
		if !ok || !has(scroll.Content, o) {
			continue
		}
		seen++
		top := position(o).Y - position(scroll).Y
		if top < 0 || top+o.Size().Height > scroll.Size().Height {
			t.Errorf("%q is at %.0f of %.0f", o.Text(), top, scroll.Size().Height)
		}
	}
	if seen < 4 {
		t.Errorf("%d controls seen", seen)
	}
}

func TestTextIsScrolledByKey(t *testing.T) {
	r := open(t, Options{})
	r.win.Resize(minSize)
	r.openCase("trouble-third-packet-lost")
	r.capture.showPane(true)
	r.app.ShowTab(app.DiagnosisTab)
	scroll := r.capture.right.diagnosis.scroll
	r.start("text.down")
	r.start("text.down")
	if scroll.Offset.Y < scroll.Size().Height {
		t.Errorf("twice down is %.0f", scroll.Offset.Y)
	}
	for range 50 {
		r.start("text.down")
	}
	if end := scroll.Content.MinSize().Height - scroll.Size().Height; scroll.Offset.Y != end {
		t.Errorf("the end is %.0f, not %.0f", scroll.Offset.Y, end)
	}
	for range 51 {
		r.start("text.up")
	}
	if scroll.Offset.Y != 0 {
		t.Errorf("back at the beginning is %.0f", scroll.Offset.Y)
	}
	r.showHelp("bubble")
	if r.start("text.down"); scroll.Offset.Y != 0 {
		t.Error("below a dialog something is scrolled")
	}
}

func TestZoomIsToldToFyne(t *testing.T) {
	t.Setenv(scaleVariable, "1.5")
	r := open(t, Options{})
	for keys, want := range map[int]string{1: "1.65", -1: "1.35", 0: "1.50"} {
		r.app.ZoomBy(0)
		if r.app.ZoomBy(keys); os.Getenv(scaleVariable) != want && !(keys == 0 && os.Getenv(scaleVariable) == "1.5") {
			t.Errorf("by %d: %s, want %s", keys, os.Getenv(scaleVariable), want)
		}
	}
}
