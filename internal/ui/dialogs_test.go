package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

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

func TestDialogsFitTheSmallestWindow(t *testing.T) {
	r := open(t, Options{})
	r.everyLook(func(look string) {
		for name, show := range map[string]func(){"keys": r.showKeys, "settings": r.showSettings} {
			show()
			for _, f := range lint.Check(r.dialog, lint.Options{}) {
				t.Errorf("%s, %s: %s", look, name, f)
			}
			r.closeDialog()
		}
	})
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
