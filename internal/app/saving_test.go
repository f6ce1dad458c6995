package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

func TestExportsOfACapture(t *testing.T) {
	a, h, c := picture(t)
	dir := t.TempDir()
	for k, want := range [NumExportKinds]string{
		ExportHAR: `"entries"`, ExportMessages: `"protocol":"http`, ExportWebSocket: "", ExportSSE: "",
		ExportStreamText: "GET /", ExportStreamHex: "47 45 54", ExportClientBytes: "GET /", ExportServerBytes: "HTTP/1.1 200",
		ExportReport: "### good · Handshake complete", ExportReportHTML: "Handshake complete</h3>",
	} {
		kind := ExportKind(k)
		path := filepath.Join(dir, c.ExportName(kind))
		told := len(h.notices)
		a.Export(c, kind, path)
		if c.Saving == nil || c.Saving.Path != path {
			t.Fatalf("kind %d: saving %+v", k, c.Saving)
		}
		h.until("it is saved", func() bool { return len(h.notices) > told })
		b, err := os.ReadFile(path)
		if err != nil || h.notices[told].Bad || c.Saving != nil {
			t.Fatalf("kind %d: %v, %+v", k, err, h.notices[told])
		}
		if !strings.Contains(string(b), want) {
			t.Errorf("kind %d has no %q: %.200q", k, want, b)
		}
		if (kind == ExportClientBytes || kind == ExportServerBytes) && strings.HasPrefix(string(b), "GET") == strings.HasPrefix(string(b), "HTTP") {
			t.Errorf("kind %d begins with %.20q", k, b)
		}
	}
	if all, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(all) != NumExportKinds {
		t.Errorf("%d names for %d kinds, %v", len(all), NumExportKinds, err)
	}
	a.Export(c, NumExportKinds, filepath.Join(dir, "x"))
	if c.Saving != nil {
		t.Error("a kind that is none is saved")
	}
}

func TestMarkedFilesAreSaved(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-bad-header")
	c := loaded(a, h)
	a.ShowTab(FilesTab)
	h.until("files are found", func() bool { return c.FilesReady })
	for len(c.files.Objects) < 3 {
		c.files.Objects = append(c.files.Objects, c.files.Objects[0])
	}
	c.Files = c.files.Objects
	a.MarkFile(1)
	a.MarkFile(2)
	a.MarkFile(2)
	a.MarkFile(99)
	dir := t.TempDir()
	a.SaveFiles(c, dir)
	h.until("it is saved", func() bool { return len(h.notices) > 0 })
	if all, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(all) != 1 {
		t.Errorf("%q, %v", all, err)
	}
	a.MarkFiles(true)
	if len(c.wantedFiles()) != len(c.Files) || len(c.Marked) != len(c.Files) {
		t.Errorf("marked %v", c.Marked)
	}
	a.MarkFiles(false)
	if len(c.Marked) != 0 || len(c.wantedFiles()) != len(c.Files) {
		t.Errorf("marked %v", c.Marked)
	}
}

func TestSavingIsCancelledAndOneAtATime(t *testing.T) {
	a, h, c := picture(t)
	stopped := make(chan struct{})
	a.saveSlowly(c, "first", func(ctx context.Context, step func(done, total int)) error {
		step(3, 7)
		<-ctx.Done()
		close(stopped)
		return ctx.Err()
	})
	h.until("progress is shown", func() bool { return c.Saving.Total == 7 })
	a.Export(c, ExportHAR, filepath.Join(t.TempDir(), "x.har"))
	if len(h.notices) != 1 || h.notices[0].Text != noticeSaveBusy || c.Saving.Path != "first" {
		t.Errorf("%+v", h.notices)
	}
	a.CancelSaving()
	<-stopped
	h.until("it is told", func() bool { return len(h.notices) > 1 })
	if n := h.notices[1]; n.Bad || n.Text != noticeSaveStopped || c.Saving != nil {
		t.Errorf("%+v", n)
	}
	a.GoHome()
	a.Export(c, ExportHAR, "x.har")
	if n := h.notices[2]; !n.Bad || n.Text != noticeSaveGone || n.Text.In(narrate.Chinese) == "" {
		t.Errorf("%+v", n)
	}
}

func TestGoToAPacketOfAnotherConnection(t *testing.T) {
	a, h, c := lostHandshakes(t)
	h.until("the capture is read", func() bool { return !c.Loading && c.Chat != nil })
	before := c.Stream
	for stream := range c.Session.Streams() {
		v, err := c.Session.View(stream)
		if err != nil || v.Len() == 0 || stream == before {
			continue
		}
		frame := v.At(v.Len() - 1).Frame
		a.GoTo(frame)
		h.until("the connection is shown", func() bool { return c.Stream == stream })
		if got := c.View.At(c.Packet).Frame; got != frame {
			t.Errorf("packet %d is selected, want %d", got, frame)
		}
	}
	a.SelectConnection(before)
	if c.Packet != 0 {
		t.Errorf("packet %d is selected in a connection that was just chosen", c.Packet)
	}
	a.GoTo(1 << 30)
	if c.Stream != before || c.goal != 0 {
		t.Errorf("connection %d, goal %d", c.Stream, c.goal)
	}
}
