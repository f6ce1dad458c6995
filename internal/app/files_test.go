package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"tcptalk/internal/export"
	"tcptalk/internal/flow"
)

// pictureSum is the SHA-256 of the picture that was served in the case http-picture.
const pictureSum = "9283dc30be213f3e953d0bc221a2ccf7f07f9230708433018de45c10c2d3a956"

// picture opens the case with a picture on the files tab and waits until the picture is found.
func picture(t *testing.T) (*App, *host, *Capture) {
	t.Helper()
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	a.ShowTab(FilesTab)
	h.until("files are found", func() bool { return c.FilesReady })
	if c.FilesErr != nil || len(c.Files) != 1 || c.File != 0 {
		t.Fatalf("%v, files %+v, selected %d", c.FilesErr, c.Files, c.File)
	}
	return a, h, c
}

// pictureFromPackets puts the picture together by hand: the server's payloads in order of their sequence numbers, without
// the response's head.
func pictureFromPackets(t *testing.T, c *Capture) []byte {
	t.Helper()
	var out []byte
	for i := range c.View.Len() {
		r := c.View.At(i)
		if r.Dir() != flow.ServerToClient || r.Len == 0 {
			continue
		}
		b, err := c.View.Payload(i)
		if err != nil || int(r.Seq) != len(out)+1 {
			t.Fatalf("packet %d: seq %d after %d bytes, %v", r.Frame, r.Seq, len(out), err)
		}
		out = append(out, b...)
	}
	_, body, ok := bytes.Cut(out, []byte("\r\n\r\n"))
	if !ok {
		t.Fatal("the response has no head")
	}
	return body
}

func TestSaveThePicture(t *testing.T) {
	a, h, c := picture(t)
	path := filepath.Join(t.TempDir(), "out.png")
	if err := os.WriteFile(path, []byte("an older file, which the reader chose to replace"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.SaveFile(a.Capture, 0, path)
	h.until("the picture is saved", func() bool { return len(h.notices) > 0 })
	got, err := os.ReadFile(path)
	if err != nil || h.notices[0].Bad || h.notices[0].Detail != path {
		t.Fatalf("%v, %+v", err, h.notices)
	}
	if want := pictureFromPackets(t, c); !bytes.Equal(got, want) || len(got) != 57413 {
		t.Errorf("%d bytes, %d in the packets", len(got), len(want))
	}
	sum := sha256.Sum256(got)
	if hex.EncodeToString(sum[:]) != pictureSum {
		t.Errorf("its sum is %x", sum)
	}
}

func TestSaveFilesOverwritesNothing(t *testing.T) {
	a, h, c := picture(t)
	dir := t.TempDir()
	taken := filepath.Join(dir, c.Files[0].Name)
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.SaveFiles(a.Capture, dir)
	h.until("files are saved", func() bool { return len(h.notices) > 0 })
	if b, err := os.ReadFile(taken); err != nil || string(b) != "mine" {
		t.Errorf("what was there now holds %d bytes, %v", len(b), err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(all) != 2 || h.notices[0].Bad {
		t.Fatalf("%q, %v, %+v", all, err, h.notices)
	}
	for _, name := range all {
		if st, err := os.Stat(name); name != taken && (err != nil || st.Size() != 57413) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFileThatCannotBeSavedIsTold(t *testing.T) {
	a, h, _ := picture(t)
	path := filepath.Join(write(t, "a file", []byte("no folder")), "out.png")
	a.SaveFile(a.Capture, 0, path)
	a.SaveFiles(a.Capture, filepath.Dir(path))
	h.until("both failures are told", func() bool { return len(h.notices) == 2 })
	for _, n := range h.notices {
		if !n.Bad || n.Detail == "" || n.Text.In(a.Lang()) == "" {
			t.Errorf("%+v", n)
		}
	}
}

func TestPreviews(t *testing.T) {
	a, h, c := picture(t)
	h.until("the picture is shown", func() bool { return c.Preview != nil })
	if p := c.Preview; p.Err != nil || p.Picture == nil || p.Format != "png" || p.Width != p.Picture.Bounds().Dx() {
		t.Errorf("%v, %q, %d pixels wide", p.Err, p.Format, p.Width)
	}
	c.files.Objects = append(c.files.Objects, export.Object{Name: "gone"})
	c.Files, h.changes = c.files.Objects, 0
	a.SelectFile(1)
	if c.Preview != nil || h.changes != FilesChanged {
		t.Errorf("the preview of another file is still there: changes %b", h.changes)
	}
	h.until("the failure is shown", func() bool { return c.Preview != nil })
	if c.File != 1 || !errors.Is(c.Preview.Err, fs.ErrNotExist) {
		t.Errorf("file %d: %v", c.File, c.Preview.Err)
	}
}

func TestAPreviewThatWasLeftIsNotMade(t *testing.T) {
	a, h, c := picture(t)
	h.until("the picture is shown", func() bool { return c.Preview != nil })
	c.Files = append(c.Files, c.Files[0], c.Files[0]) // which cannot be made: there are no such copies
	c.previews.Lock()
	a.SelectFile(1)
	a.SelectFile(2)
	a.SelectFile(0)
	c.previews.Unlock()
	h.until("the picture is shown again", func() bool { return c.Preview != nil })
	if c.File != 0 || c.Preview.Err != nil || c.Preview.Picture == nil {
		t.Errorf("file %d: %+v", c.File, c.Preview)
	}
}

func TestFilesOfACaptureClosedMeanwhileAreNotSaved(t *testing.T) {
	a, h, c := picture(t)
	a.OpenCase("http-picture") // while the reader chose a name
	other := loaded(a, h)
	a.ShowTab(FilesTab)
	h.until("files are found", func() bool { return other.FilesReady })
	dir := t.TempDir()
	a.SaveFile(c, 0, filepath.Join(dir, "out.png"))
	a.SaveFiles(c, dir)
	for _, n := range h.notices {
		if !n.Bad || n.Text != noticeSaveGone {
			t.Errorf("%+v", n)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || len(h.notices) != 2 {
		t.Errorf("%d messages, saved: %v, %v", len(h.notices), left, err)
	}
}

func TestClosingWhileSavingIsTold(t *testing.T) {
	a, h, c := picture(t)
	a.GoHome()
	a.Capture = c // as it was when the saving began: its temporary copies go while they are copied
	a.SaveFile(c, 0, filepath.Join(t.TempDir(), "out.png"))
	a.Capture = nil
	h.until("the failure is told", func() bool { return len(h.notices) > 0 })
	if n := h.notices[0]; !n.Bad || n.Text != noticeSaveGone {
		t.Errorf("%+v", n)
	}
}

func TestSelectFile(t *testing.T) {
	a, h, c := picture(t)
	h.changes = 0
	for _, i := range []int{0, 1, -1} {
		a.SelectFile(i)
		a.SaveFile(c, i+5, "nowhere")
	}
	if h.run(); c.File != 0 || h.changes != 0 || len(h.notices) > 0 {
		t.Errorf("file %d, changes %b, %+v", c.File, h.changes, h.notices)
	}
}

func TestTemporaryCopiesGoWithTheCapture(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	a, _, _ := picture(t)
	if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
		t.Fatalf("the copies are elsewhere: %v, %v", left, err)
	}
	a.GoHome()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTemporaryCopiesGoWhenTheAppIsQuitDuringTheSearch(t *testing.T) {
	for name, search := range map[string]func(a *App, dir string){
		"the search is over, and nobody was told": func(a *App, _ string) { a.searches.Wait() },
		"the search has only begun": func(_ *App, dir string) {
			for left, err := os.ReadDir(dir); len(left) == 0; left, err = os.ReadDir(dir) {
				if err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		t.Setenv("TMP", dir)
		a, h := newApp(t, nil)
		a.OpenCase("http-picture")
		loaded(a, h)
		a.ShowTab(FilesTab)
		search(a, dir)
		a.Quit()
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v, %v", name, left, err)
		}
	}
}

func TestFilesAreFoundThoughTheirTabWasOpenedWhileReading(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	a.ShowTab(FilesTab)
	c := loaded(a, h)
	h.until("files are found", func() bool { return c.FilesReady })
	if len(c.Files) != 1 {
		t.Errorf("%+v", c.Files)
	}
}
