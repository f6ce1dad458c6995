package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
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

func TestABadgeSaysWhatMakesAConnectionSlowOrLossy(t *testing.T) {
	r := open(t, Options{})
	for l := tcp.Labels(1); l <= tcp.TFOIgnored; l <<= 1 {
		c := tcp.Connection{Labels: l}
		if l == tcp.Retransmission {
			c.Retransmissions[flow.ClientToServer] = 1
		}
		troubled := diagnose.HealthOf(&c) == diagnose.Troubled
		if b := badges(r.Window, &c)[0]; (b.Severity == timeline.Warn) != troubled {
			t.Errorf("%q: slow or lossy is %v, the badge %q", l.Names(), troubled, b.Text)
		}
	}
}
