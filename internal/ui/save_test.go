package ui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/app"
	"tcptalk/internal/ui/widget/lint"
)

// Fyne's dialog empties what is there and leaves an empty file; whether anything is saved is decided after it.
func TestFynesDialogLeavesNoEmptyFile(t *testing.T) {
	r := open(t, Options{})
	dir := t.TempDir()
	for _, name := range []string{"new.png", "图片.png"} {
		var asked string
		d := r.fyneSave(name, func(path string) { asked = path })
		d.SetLocation(listable(dir))
		d.Show()
		for _, o := range test.LaidOutObjects(r.win.Canvas().Overlays().Top()) {
			if b, ok := o.(*fynewidget.Button); ok && b.Text == lang.L("Save") {
				b.Tapped(&fyne.PointEvent{})
			}
		}
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); asked != path || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("to be saved as %q, what is there: %v", asked, err)
		}
	}
	full := filepath.Join(dir, "full")
	if err := os.WriteFile(full, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	removeEmpty(full)
	if _, err := os.Lstat(full); err != nil {
		t.Error("a file with content is gone")
	}
}

// A job that saves for long says how far it is wherever the reader is, and can be stopped there.
func TestLongSavingIsToldEverywhere(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	if r.capture.banner.Visible() {
		t.Fatal("the banner is shown already")
	}
	c.Saving = &app.Saving{Path: "x.pcapng", Done: 1, Total: 4}
	r.capture.changed(app.SavingChanged)
	if r.capture.banner.Visible() {
		t.Error("a short job is told about")
	}
	c.Saving.Long = true
	r.capture.changed(app.SavingChanged)
	texts := strings.Join(lint.Texts(r.capture.banner), " ")
	if !r.capture.banner.Visible() || !strings.Contains(texts, "Saving") || !strings.Contains(texts, "25") || !strings.Contains(texts, "Cancel") {
		t.Errorf("the banner says %q", texts)
	}
	c.Saving = nil
	r.capture.changed(app.SavingChanged)
	if r.capture.banner.Visible() {
		t.Error("what is saved is still told about")
	}
}
