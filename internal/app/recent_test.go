package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tcptalk/internal/narrate"
)

func TestRecentFiles(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	picture := caseCapture(t, "http-picture")
	a, h := newApp(t, NewStore(state, narrate.English))
	path := func(i int) string { return filepath.Join(dir, fmt.Sprintf("%02d.pcapng", i)) }
	open := func(i int) {
		openFile(a, h, path(i))
		loaded(a, h)
	}
	for i := range maxRecent + 2 {
		if err := os.WriteFile(path(i), picture, 0o600); err != nil {
			t.Fatal(err)
		}
		open(i)
	}
	open(5) // again: moves to the top, is not there twice
	want := []string{path(5), path(13), path(12), path(11), path(10), path(9), path(8), path(7), path(6), path(4), path(3), path(2)}
	check := func(a *App, want []string) {
		t.Helper()
		if len(a.Recent) != len(want) {
			t.Fatalf("%d files: %+v", len(a.Recent), a.Recent)
		}
		for i, r := range a.Recent {
			if r.Path != want[i] || r.Size != int64(len(picture)) || r.When.IsZero() {
				t.Errorf("%d: %+v, want %s", i, r, want[i])
			}
		}
	}
	check(a, want)

	a.Forget(path(12))
	want = append(want[:2:2], want[3:]...)
	check(a, want)
	a.Forget("never opened")
	check(a, want)

	if err := os.Remove(path(13)); err != nil {
		t.Fatal(err)
	}
	b, _ := newApp(t, NewStore(state, narrate.English))
	check(b, want)
	for i, r := range b.Recent {
		if r.Missing != (i == 1) {
			t.Errorf("%s: missing %v", r.Path, r.Missing)
		}
	}
}

func TestRecentFilesAreLookedForWhenOpened(t *testing.T) {
	state := t.TempDir()
	path := write(t, "usb.pcapng", caseCapture(t, "http-picture"))
	a, h := newApp(t, NewStore(state, narrate.English))
	openFile(a, h, path)
	a.GoHome()
	away := path + ".away"
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	move(path, away)
	b, h := newApp(t, NewStore(state, narrate.English)) // starts without the file
	move(away, path)
	if !b.OpenRecent(path) || b.Page != CapturePage {
		t.Fatal("a file that came back is not opened")
	}
	loaded(b, h)
	if b.GoHome(); len(b.Recent) != 1 || b.Recent[0].Missing {
		t.Errorf("after it came back: %+v", b.Recent)
	}
	move(path, away)
	if b.OpenRecent(path) || b.Page != Home || len(b.Recent) != 0 {
		t.Errorf("a file that went away: page %v, %+v", b.Page, b.Recent)
	}
}

func TestWhatCannotBeOpenedIsNotRecent(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, filepath.Join(t.TempDir(), "not-there.pcap"))
	openFile(a, h, write(t, "notes.txt", []byte("Dear diary, no packets today either.\n")))
	if len(a.Recent) > 0 {
		t.Errorf("%+v", a.Recent)
	}
}

// TestStandardInput opens what comes through a pipe: it can be read, and is no file to come back to.
func TestStandardInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = before })
	go func() {
		_, _ = w.Write(caseCapture(t, "http-picture"))
		w.Close()
	}()
	a, h := newApp(t, NewStore(t.TempDir(), narrate.English))
	openFile(a, h, "-")
	loaded(a, h)
	if c := a.Capture; c.Err != nil || c.Session.Counts().Frames == 0 || c.Path != "" || c.Name != "stdin" || len(a.Recent) != 0 {
		t.Errorf("%q at %q, %v, recent files %+v", c.Name, c.Path, c.Err, a.Recent)
	}
}
