package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A reader saves a capture with notes, sees how far that is, and finds the notes as comments in the file.
func TestNotesAreSavedAsComments(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "long.pcap", generated(t, 20_000)))
	c := a.Capture
	h.until("the notes are read", func() bool { return c.Notes.keeping.loaded })
	a.SetNote(c.View.At(0).Frame, "look here")
	path := filepath.Join(t.TempDir(), "noted.pcapng")
	a.SaveNoted(path)
	if c.Saving == nil || c.Saving.Path != path {
		t.Fatalf("saving %+v", c.Saving)
	}
	job := c.Saving
	if h.until("it is saved", func() bool { return c.Saving == nil }); job.Total < 20_000 || job.Done == 0 {
		t.Errorf("progress was %d of %d", job.Done, job.Total)
	}
	openFile(a, h, path)
	c = a.Capture
	h.until("the comments are read", func() bool { return len(c.Notes.Comments) == 1 })
	if got := c.Notes.Comments[0]; got.Text != "look here" || c.Frames != 20_000 {
		t.Errorf("%+v, %d packets", got, c.Frames)
	}
	told := len(h.notices)
	a.SaveNoted(path)
	if c.Saving != nil || len(h.notices) != told+1 || h.notices[told].Text != noticeSaveOver {
		t.Error("a capture replaces itself")
	}
}

// A cancelled job leaves what was under its name, and nothing beside it.
func TestSavingWithNotesIsCancelled(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "long.pcap", generated(t, 400_000)))
	c := a.Capture
	dir := t.TempDir()
	path := filepath.Join(dir, "noted.pcapng")
	a.SaveNoted(path)
	a.CancelSaving()
	h.until("it is told", func() bool { return len(h.notices) > 0 })
	if n := h.notices[0]; n.Text != noticeSaveStopped || n.Detail != path || c.Saving != nil {
		t.Errorf("%+v", n)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
