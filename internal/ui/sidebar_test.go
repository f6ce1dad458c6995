package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestAnEmptyListSaysWhy(t *testing.T) {
	r := open(t, Options{})
	said := func(text narrate.Text) bool {
		return strings.Contains(strings.Join(lint.Texts(r.capture.side.root), " "), text[narrate.English])
	}
	c := r.openCase("http-picture")
	if r.app.ShowHealth(diagnose.Failed); len(c.Shown) != 0 || !said(words.noneOfKind) || said(words.noConnections) {
		t.Error("a class without connections is not said to be empty")
	}
	if r.app.ShowHealth(diagnose.Failed); len(c.Shown) == 0 || said(words.noneOfKind) {
		t.Error("a second click does not show all again")
	}
	if r.app.SetFilter("nowhere"); !said(words.noMatch) {
		t.Error("a filter without matches is not said to have none")
	}
	r.app.OpenFile(file(t, "head.pcapng", "http-picture", 200))
	if r.loaded(); !said(words.noConnections) {
		t.Error("a file without connections is not said to have none")
	}
	notes := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(notes, []byte("Dear diary, no packets today either.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.app.OpenFile(notes)
	if c := r.loaded(); c.Session != nil || said(words.noConnections) {
		t.Error("a file that cannot be opened is said to have no connections")
	}
}
