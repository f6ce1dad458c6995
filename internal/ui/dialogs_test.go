package ui

import (
	"reflect"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/app"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

func TestFyneDialogsShowInsideTheWindow(t *testing.T) {
	r := open(t, Options{})
	r.app.OpenFile(file(t, "recent.pcapng", "http-picture", 0))
	r.loaded()
	for name, d := range map[string]*dialog.FileDialog{
		"open":   dialog.NewFileOpen(func(fyne.URIReadCloser, error) {}, r.win),
		"save":   dialog.NewFileSave(func(fyne.URIWriteCloser, error) {}, r.win),
		"folder": dialog.NewFolderOpen(func(fyne.ListableURI, error) {}, r.win),
	} {
		r.showFyne(d)
		top := r.win.Canvas().Overlays().Top()
		if top == nil {
			t.Fatalf("%s: nothing is shown", name)
		}
		if texts := lint.Texts(top); len(texts) < 3 {
			t.Errorf("%s: shows only %q", name, texts)
		}
		d.Hide()
	}
}

func TestDialogsHoldTheKeyboard(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	canvas := r.win.Canvas()
	// The test driver wraps its canvas and leaves its shortcuts out.
	shortcuts := reflect.ValueOf(canvas).Elem().FieldByName("WindowlessCanvas").Interface().(fyne.Shortcutable)
	canvas.Focus(r.capture.bar.settings)
	for name, show := range map[string]func(){"keys": r.showKeys, "settings": r.showSettings} {
		show()
		packet, step, tab, notes, shown := c.Packet, c.Step, c.Tab, r.app.Settings.Notes, r.dialog
		r.press("Down", "Right", "PageDown", "Return", "F1")
		r.write("2n]")
		shortcuts.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyComma, Modifier: fyne.KeyModifierControl})
		if r.dialog != shown || c.Packet != packet || c.Step != step || c.Tab != tab || r.app.Settings.Notes != notes || len(canvas.Overlays().List()) != 1 {
			t.Errorf("%s: keys act on the page behind", name)
		}
		for range 20 {
			canvas.FocusNext()
			if f, ok := canvas.Focused().(fyne.CanvasObject); !ok || !has(r.dialog, f) {
				t.Fatalf("%s: Tab leads to %T outside", name, canvas.Focused())
			}
		}
		r.press("Escape")
		if r.dialog != nil || r.app.Page != app.CapturePage || canvas.Focused() != r.capture.bar.settings {
			t.Errorf("%s: after Esc the focus is on %T", name, canvas.Focused())
		}
	}
}

func TestFyneDialogsHoldTheKeyboard(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.showFyne(dialog.NewFileOpen(func(fyne.URIReadCloser, error) {}, r.win))
	if r.press("Right"); c.Step != 0 {
		t.Error("the arrow keys act on the page behind")
	}
	if r.press("Escape"); r.covered() || r.app.Page != app.CapturePage {
		t.Error("Esc does not close just the dialog")
	}
}

func TestADialogGoesWithItsPage(t *testing.T) {
	r := open(t, Options{})
	r.focusSearch()
	r.showKeys()
	r.openCase("http-picture")
	if r.covered() || r.win.Canvas().Focused() != nil {
		t.Errorf("covered: %v, focus on %T", r.covered(), r.win.Canvas().Focused())
	}
}

func TestToastsAreShownAboveADialog(t *testing.T) {
	r := open(t, Options{})
	r.showSettings()
	r.overlay.Toast(timeline.OK, "Copied")
	if !slices.Contains(lint.Texts(r.dialog), "Copied") {
		t.Error("the toast is below the scrim")
	}
	if r.closeDialog(); !slices.Contains(lint.Texts(r.layers), "Copied") {
		t.Error("the toast goes with the dialog")
	}
}

// has reports that o is part of root.
func has(root, o fyne.CanvasObject) bool {
	var parts []fyne.CanvasObject
	switch c := root.(type) {
	case *fyne.Container:
		parts = c.Objects
	case fyne.Widget:
		parts = test.WidgetRenderer(c).Objects()
	}
	return root == o || slices.ContainsFunc(parts, func(p fyne.CanvasObject) bool { return has(p, o) })
}

func TestDialogsFitTheSmallestWindow(t *testing.T) {
	r := open(t, Options{})
	r.everyLook(func(look string) {
		for name, show := range map[string]func(){"keys": r.showKeys, "settings": r.showSettings, "palette": r.showPalette, "form": r.showFilterForm, "help": func() { r.showHelp("") }, "rules": r.showRules, "files": func() { r.offerFiles([]string{"/tmp/a.pcap", "/tmp/b.pcapng"}) }} {
			show()
			for _, f := range lint.Check(r.dialog, lint.Options{Whole: []string{r.rulesText(), r.Window.t(ruleWords.add)}}) {
				t.Errorf("%s, %s: %s", look, name, f)
			}
			r.closeDialog()
		}
	})
}

func TestArgumentsMayBeURIs(t *testing.T) {
	got := filePaths([]string{"file:///tmp/with%20space%23.pcap", "/tmp/100%25 plain.pcap", "relative name.pcap", "http://example.com/x.pcap"})
	if want := []string{"/tmp/with space#.pcap", "/tmp/100%25 plain.pcap", "relative name.pcap", "http://example.com/x.pcap"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestPathsOfURIs(t *testing.T) {
	for uri, want := range map[string]string{
		"file:///tmp/a%20b.pcap": "/tmp/a b.pcap", "/tmp/plain.pcap": "/tmp/plain.pcap", "file:///tmp/%E5%8C%85.pcap": "/tmp/包.pcap",
	} {
		if got := firstPath([]string{uri}); got != want {
			t.Errorf("%s is %q", uri, got)
		}
	}
	if firstPath(nil) != "" {
		t.Error("nothing chosen has a path")
	}
}

func TestADialogClosesByAClickBesideIt(t *testing.T) {
	r := open(t, Options{})
	r.showSettings()
	s := r.dialog.(*fyne.Container).Objects[0]
	size := r.win.Canvas().Size()
	if r.clickAt(s, size.Width/2, size.Height/2); r.dialog == nil {
		t.Error("a click on its empty middle closes it")
	}
	if r.clickAt(s, 2, 2); r.dialog != nil {
		t.Error("a click beside it does not close it")
	}
}
