package app

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
)

func TestOpenFile(t *testing.T) {
	a, h := newApp(t, nil)
	path := write(t, "mine.pcapng", caseCapture(t, "trouble-third-packet-lost"))
	a.OpenFile(path)
	if a.Page != CapturePage || !a.Capture.Loading || h.changes != Everything {
		t.Errorf("page %d, loading %v, changes %b", a.Page, a.Capture.Loading, h.changes)
	}
	c := loaded(a, h)
	if c.Name != "mine.pcapng" || c.Path != path || c.Case != nil || c.Tab != DiagnosisTab || c.Title(a.Lang()) != "mine.pcapng" {
		t.Errorf("%+v", c)
	}
	if c.Err != nil || c.Stopped || c.Frames != 64 || c.Read != c.Total || len(c.Shown) != 5 {
		t.Errorf("err %v, stopped %v, %d packets, %d of %d bytes, connections %v", c.Err, c.Stopped, c.Frames, c.Read, c.Total, c.Shown)
	}
	if c.Stream != 0 || c.Packet != 0 || c.Chat == nil || len(c.Findings) == 0 {
		t.Errorf("the first connection is not shown: stream %d, packet %d, %d findings", c.Stream, c.Packet, len(c.Findings))
	}
	a.GoHome()
	if a.Page != Home || a.Capture != nil {
		t.Errorf("page %d, capture %v", a.Page, a.Capture)
	}
}

func TestOpenWhatIsNoCapture(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, filepath.Join(t.TempDir(), "not-there.pcap"))
	if c := a.Capture; c.Err == nil || !errors.Is(c.Err, fs.ErrNotExist) || c.Loading || c.Session != nil {
		t.Errorf("missing file: %v", a.Capture.Err)
	}
	openFile(a, h, write(t, "notes.txt", []byte("Dear diary, no packets today either.\n")))
	var e *pcapfile.Error
	if c := a.Capture; !errors.As(c.Err, &e) || c.Loading || c.Session != nil {
		t.Errorf("text file: %v", a.Capture.Err)
	}
	// Everything that can be pressed on such a page must do nothing.
	h.changes = 0
	a.SelectConnection(0)
	a.SelectPacket(0)
	a.SelectFrame(1)
	a.ToggleFold(0)
	a.ToggleMore(0)
	a.StepBy(1)
	a.GoToStep(0)
	a.Cancel()
	a.SelectFile(0)
	a.SaveFile(a.Capture, 0, filepath.Join(t.TempDir(), "x"))
	a.SaveFiles(a.Capture, t.TempDir())
	a.ShowTab(FilesTab)
	a.SortBy(ByBytes)
	a.GroupByHost(true)
	a.ToggleGroup(0)
	a.ShowFamily(UDPFamily)
	a.SelectOther(0)
	a.SelectOtherPacket(0)
	a.ShowHealth(0)
	a.SetFilter("x")
	a.OpenCase("no such case")
	if h.run(); a.Capture.Session != nil || a.Capture.Stream != -1 || len(h.notices) > 0 {
		t.Errorf("%+v, %+v", a.Capture, h.notices)
	}
}

func TestATruncatedFileKeepsWhatWasRead(t *testing.T) {
	whole := caseCapture(t, "http-picture")
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "cut.pcapng", whole[:len(whole)/2]))
	c := loaded(a, h)
	var e *pcapfile.Error
	if !errors.As(c.Err, &e) || c.Stopped {
		t.Errorf("err %v, stopped %v", c.Err, c.Stopped)
	}
	if c.Frames < 20 || c.Frames >= 69 || len(c.Shown) != 1 || c.View.Len() != c.Frames || len(a.Recent) != 1 {
		t.Errorf("%d packets, connections %v, %d segments", c.Frames, c.Shown, c.View.Len())
	}
}

// held opens a generated capture whose reading stops at the given packet until what is open is cancelled or closed. It
// returns once reading has come that far.
func held(t *testing.T, a *App, packets, at int) *Capture {
	t.Helper()
	f, err := pcapfile.OpenBytes(generated(t, packets), "generated")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	c := a.show(s, nil)
	c.Name = "generated"
	ctx, reached, n := c.reading, make(chan struct{}), 0
	s.Observe(func(*session.Observation) {
		if n++; n == at {
			close(reached)
			<-ctx.Done()
		}
	})
	a.start()
	<-reached
	return c
}

func TestCancelKeepsWhatWasRead(t *testing.T) {
	const packets, at = 200_000, 50_000
	a, h := newApp(t, nil)
	c := held(t, a, packets, at)
	a.Cancel()
	loaded(a, h)
	if !c.Stopped || c.Err != nil {
		t.Errorf("stopped %v, err %v", c.Stopped, c.Err)
	}
	if c.Frames < at || c.Frames > at+10_000 {
		t.Errorf("%d packets were read, cancelled at %d", c.Frames, at)
	}
	if want := (c.Frames + 7) / 8; len(c.Shown) != want || c.Stream != 0 || c.View.Len() != 8 {
		t.Errorf("%d connections, want %d; stream %d shown", len(c.Shown), want, c.Stream)
	}
	a.SelectConnection(c.Shown[len(c.Shown)-2])
	if loaded(a, h); c.View.Len() != 8 || c.Chat == nil {
		t.Errorf("a connection read before has %d packets", c.View.Len())
	}
}

func TestAPostThatComesLateChangesNothing(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	c.Frames, h.changes = 1, 0
	a.progress(c) // a tick from before the end
	a.GoHome()
	h.changes = 0
	a.progress(c)
	a.read(c, nil)
	a.filesProgress(c, 1, 2)
	if c.Frames != 1 || h.changes != 0 || c.FilesTotal != 0 {
		t.Errorf("%d packets, changes %b, %d files", c.Frames, h.changes, c.FilesTotal)
	}
}

func TestProgressCountsConnections(t *testing.T) {
	f, err := pcapfile.OpenBytes(generated(t, 80), "generated")
	if err != nil {
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	c := a.show(session.New(f), nil)
	if err := c.Session.Run(context.Background()); err != nil { // all is read, and the app does not know it yet
		t.Fatal(err)
	}
	h.changes = 0
	a.progress(c)
	if h.changes != ProgressChanged|ConnectionsChanged|ChatChanged|SelectionChanged || c.Stream != 0 || c.Frames != 80 || len(c.Shown) != 10 || c.Read == 0 {
		t.Errorf("changes %b, %d packets, %d connections, %d bytes", h.changes, c.Frames, len(c.Shown), c.Read)
	}
	if a.progress(c); len(c.Shown) != 10 || c.Health[diagnose.Unfinished] != 10 {
		t.Errorf("the second look: %d connections, %v", len(c.Shown), c.Health)
	}
	a.SelectConnection(3)
	a.read(c, nil)
	if c.Stream != 3 {
		t.Errorf("the end of reading shows connection %d, the reader had chosen 3", c.Stream)
	}
}

func TestClosingWhileReading(t *testing.T) {
	for name, leave := range map[string]func(a *App){
		"home": (*App).GoHome,
		"quit": func(a *App) { a.closeCapture() },
		"another file": func(a *App) {
			a.OpenFile(write(t, "other.pcapng", caseCapture(t, "http-picture")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, h := newApp(t, nil)
			c := held(t, a, 100_000, 30_000)
			leave(a)
			if a.Capture == c {
				t.Fatal("the capture is still open")
			}
			h.until("the reading has ended", func() bool {
				_, _, _, over := c.Session.Progress()
				return over
			})
			if a.Capture != nil {
				if other := loaded(a, h); other.Frames != 69 || other.Err != nil {
					t.Errorf("%d packets, %v", other.Frames, other.Err)
				}
			}
			if len(h.notices) > 0 || c.Err != nil || c.Chat != nil {
				t.Errorf("the closed capture still acts: %+v, %v", h.notices, c.Err)
			}
		})
	}
}

func TestClosingWhileDecodingAndFindingFiles(t *testing.T) {
	a, h := newApp(t, nil)
	for range 5 {
		a.OpenCase("http-picture")
		h.until("it is read", func() bool { return !a.Capture.Loading })
		a.ShowTab(FilesTab) // messages and files are being looked for: close at once
		a.SelectConnection(0)
		a.GoHome()
	}
	a.OpenCase("basics-hello-7456")
	if c := loaded(a, h); c.FilesReady || c.Files != nil || len(h.notices) > 0 {
		t.Errorf("files of another capture: %+v, %+v", c.Files, h.notices)
	}
}
