package app

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
)

// Whatever goes wrong while something is saved is said in the reader's language, with the file that it is about.
func TestSavingFailsInTheReadersLanguage(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "picture.pcapng", caseCapture(t, "http-picture")))
	a.Set(func(s *Settings) { s.Lang = narrate.Chinese })
	c := a.Capture
	a.ShowTab(FilesTab)
	h.until("the files are found", func() bool { return c.FilesReady })
	folder := t.TempDir() // a folder where a file is to be
	file := write(t, "file", []byte("x"))
	nowhere := filepath.Join(file, "out") // a file where a folder is to be
	for name, save := range map[string]func() string{
		"a HAR into a file":                    func() string { a.Export(c, ExportHAR, nowhere); return nowhere },
		"a report over a folder":               func() string { a.Export(c, ExportReport, folder); return folder },
		"files into a file":                    func() string { a.SaveFiles(c, file); return file },
		"what was found":                       func() string { a.SetFilter("tcp.len > 0"); a.SaveFound(nowhere); return nowhere },
		"packets with notes":                   func() string { a.SaveNoted(nowhere); return nowhere },
		"a picture of a graph":                 func() string { a.SaveBytes(folder, []byte("x")); return folder },
		"the connection's bytes over a folder": func() string { a.Export(c, ExportClientBytes, folder); return folder },
	} {
		h.notices = nil
		path := save()
		h.until(name, func() bool { return len(h.notices) > 0 && c.Saving == nil })
		n := h.notices[len(h.notices)-1]
		if !n.Bad || !strings.Contains(n.Detail, path) || !strings.ContainsFunc(strings.ReplaceAll(n.Detail, path, ""), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %s: %s", name, n.Text[narrate.Chinese], n.Detail)
		}
	}
	full := &export.WriteError{Name: "a.png", Dir: "/out", Err: &fs.PathError{Op: "write", Err: syscall.ENOSPC}}
	if got := a.causeAt("/out", full); got != "/out/a.png: 磁盘已满" {
		t.Errorf("a full disk: %s", got)
	}
	if got := a.causeAt("/out", errors.New("odd")); got != "/out: odd" {
		t.Errorf("%s", got)
	}
}
