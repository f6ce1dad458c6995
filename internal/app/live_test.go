package app

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// A reader starts a capture on loopback, watches bubbles appear, pauses, goes on, stops, and saves.
func TestWatchingAConversation(t *testing.T) {
	a, h, pc := capturingApp(t)
	s := &a.Setup
	if s.Choice.Interface != "lo" || !s.CanStart() {
		t.Fatalf("chosen is %q", s.Choice.Interface)
	}
	a.SetCaptureFilter("tcp port 7456")
	h.until("the filter is checked", func() bool { return s.Check.Valid })
	a.SetLiveChoice(func(c *LiveChoice) { c.Packets, c.Minutes = "100,000", "1.5" })
	a.StartLive()
	h.until("the capture runs", func() bool { return a.Capture.Session != nil })
	c, r := a.Capture, pc.tapes[0]
	spec := pc.specs[0]
	if spec.Filter != "tcp port 7456" || spec.Interfaces[0] != "lo" || !spec.Immediate || spec.Limits != (live.Limits{Packets: 100_000, Duration: 90 * time.Second}) {
		t.Errorf("asked for %+v", spec)
	}
	if !c.Loading || !c.Waiting() || !c.Live.Running() || c.Live.Unsaved() {
		t.Errorf("nothing came yet: %+v", c.Live)
	}
	b := caseCapture(t, "basics-hello-7456")
	r.play(b, 0, 4)
	h.until("four bubbles", shown(a, 4))
	if c.View.Conn.Ending != tcp.StillOpen || !c.Live.Unsaved() || c.Live.State.Received != 4 {
		t.Errorf("in the middle: %v, %+v", c.View.Conn.Ending, c.Live.State)
	}
	a.PauseLive()
	r.play(b, 4, 6)
	h.until("two packets behind", func() bool { return c.Live.Behind == 2 })
	if c.View.Len() != 4 || !c.Live.Paused {
		t.Errorf("paused, %d packets are shown", c.View.Len())
	}
	a.PauseLive()
	h.until("all six", shown(a, 6))
	r.play(b, 6, 7)
	a.StopLive()
	h.until("it is over", func() bool { return !c.Live.Running() && c.View.Len() == 7 })
	if c.Live.State.End != live.EndAsked || c.Loading || c.Tail.Growing {
		t.Errorf("after the end: %+v", c.Live.State)
	}
	path := filepath.Join(t.TempDir(), "mine.pcapng")
	a.SaveLive(c, path)
	h.until("it is saved", func() bool { return c.Saving == nil && c.Path == path })
	if c.Live.Unsaved() || c.Name != "mine.pcapng" || len(a.Recent) != 1 {
		t.Errorf("saved as %s, unsaved %v, recent %v", c.Name, c.Live.Unsaved(), a.Recent)
	}
	a.GoHome()
	gone(t, a, r)
	openFile(a, h, path)
	if a.Capture.Frames != 7 {
		t.Errorf("the file has %d packets", a.Capture.Frames)
	}
	if len(s.Choice.Filters) != 1 || s.Choice.Filters[0] != "tcp port 7456" {
		t.Errorf("the history is %q", s.Choice.Filters)
	}
}

// The newest connection is shown when the one before has ended, until the reader chooses one.
func TestTheNewestConnectionIsShown(t *testing.T) {
	a, h, _, r := capturing(t)
	c := a.Capture
	first, second := caseCapture(t, "basics-hello-7456"), caseCapture(t, "http-picture")
	r.play(first, 0, 4)
	h.until("the first connection", shown(a, 4))
	r.play(second, 0, 2)
	h.until("two connections", func() bool { return len(c.Shown) == 2 })
	if c.Stream != 0 {
		t.Fatal("a connection that is open was left")
	}
	f, err := pcapfile.OpenBytes(first, "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for b := new(pcapfile.Batch); f.NextBatch(b) == nil; {
		n += len(b.Packets)
	}
	r.play(first, 4, n)
	h.until("the second one is shown", func() bool { return c.Stream == 1 })
	a.SelectConnection(0)
	if c.Live.Follow {
		t.Error("the reader's choice is not kept")
	}
	a.FollowNewest(true)
	if c.Stream != 1 {
		t.Error("the way back to the newest connection is gone")
	}
}

// Closing what is not saved asks first.
func TestPacketsAreNotLostUnasked(t *testing.T) {
	file := write(t, "other.pcapng", caseCapture(t, "http-picture"))
	for name, act := range map[string]func(a *App){
		"home": (*App).GoHome, "open": func(a *App) { a.OpenFile(file) }, "case": func(a *App) { a.OpenCase("http-picture") },
		"again": func(a *App) { a.StartLive() }, "lab": (*App).ShowLab,
	} {
		empty, _, _, _ := capturing(t)
		act(empty)
		if empty.Asking != nil {
			t.Errorf("%s: asks about no packets", name)
		}
		a, h, _, r := capturing(t)
		c := a.Capture
		r.play(caseCapture(t, "basics-hello-7456"), 0, 4)
		h.until("four bubbles", shown(a, 4))
		act(a)
		if a.Asking == nil || a.Capture != c {
			t.Fatalf("%s: does not ask", name)
		}
		a.KeepCapturing()
		if a.Asking != nil || a.Capture != c || !c.Live.Running() {
			t.Errorf("%s: it does not go on", name)
		}
		act(a)
		a.DiscardLive()
		if a.Capture == c {
			t.Errorf("%s: discarded, and still open", name)
		}
		gone(t, a, r)
	}
	a, h, _, r := capturing(t)
	c := a.Capture
	r.play(caseCapture(t, "basics-hello-7456"), 0, 4)
	h.until("four bubbles", shown(a, 4))
	quit := false
	if a.MayQuit(func() { quit = true }) || !a.Asking.Quitting {
		t.Fatal("the window closes unasked")
	}
	path := filepath.Join(t.TempDir(), "kept.pcapng")
	a.SaveAndGoOn(path)
	h.until("it is saved and closed", func() bool { return quit })
	if st, err := os.Stat(path); err != nil || st.Size() == 0 || c.Live.Unsaved() {
		t.Errorf("saved: %v", err)
	}
}

// A window that goes without an answer leaves its packets for the next start.
func TestPacketsSurviveAnEndWithoutAnAnswer(t *testing.T) {
	a, h, _, r := capturing(t)
	r.play(caseCapture(t, "basics-hello-7456"), 0, 4)
	h.until("four bubbles", shown(a, 4))
	a.Quit()
	if closed, kept := r.fate(); closed || !kept {
		t.Errorf("closed %v, kept %v", closed, kept)
	}
	b, bh := newApp(t, nil)
	left := newTape(t)
	left.play(caseCapture(t, "basics-hello-7456"), 0, 5)
	left.end(live.EndItself, nil)
	left.set(func(s *live.State) { s.Packets = 0 }) // nobody has counted them
	b.UseCapturer(&computer{t: t, leftovers: []Leftover{{Spec: live.Spec{Interfaces: []string{"lo"}}, Bytes: 600, Recording: left}}})
	b.FindLeftovers()
	bh.until("it is offered", func() bool { return len(b.Leftovers) == 1 })
	b.Recover(0)
	bh.until("it is open", func() bool { c := b.Capture; return c != nil && !c.Loading && c.View != nil })
	c := b.Capture
	if c.View.Len() != 5 || !c.Live.Unsaved() || len(b.Leftovers) != 0 || c.Live.State.Packets != 5 {
		t.Errorf("recovered %d packets, %+v", c.View.Len(), c.Live.State)
	}
	b.GoHome()
	if b.Asking == nil {
		t.Error("what was recovered goes unasked")
	}
	b.DiscardLive()
	gone(t, b, left)
}

// What breaks a capture is told, and its packets stay.
func TestABrokenCapture(t *testing.T) {
	a, h, pc, r := capturing(t)
	c := a.Capture
	r.play(caseCapture(t, "basics-hello-7456"), 0, 4)
	r.set(func(s *live.State) {
		s.Dropped = 12
		s.Notices = append(s.Notices, live.Notice{Kind: live.NoticeClockBack, Frame: 3, N: 2e9}, live.Notice{Kind: live.NoticeDropped, Frame: 4, N: 12})
	})
	h.until("four bubbles", shown(a, 4))
	h.until("the clock is told", func() bool { return len(h.notices) == 1 })
	if n := h.notices[0]; !n.Bad || !strings.Contains(n.Text[narrate.English], "set back by 2") {
		t.Errorf("told: %+v", n)
	}
	r.end("", &live.Problem{Kind: live.DiskFull, Message: "no space left on device"})
	h.until("it is over", func() bool { return !c.Live.Running() })
	if c.Live.State.Problem.Kind != live.DiskFull || c.View.Len() != 4 || !c.Live.Unsaved() {
		t.Errorf("after the disk was full: %+v", c.Live.State)
	}
	if !a.CanRestartLive() {
		t.Fatal("it cannot be started again")
	}
	pc.refuse = &live.Problem{Kind: live.NoInterface, Interface: "lo"}
	a.RestartLive()
	a.DiscardLive()
	h.until("it is refused", func() bool { return a.Capture != c && !a.Capture.Loading })
	if p := a.Capture.Live.State.Problem; p == nil || p.Kind != live.NoInterface || !a.CanRestartLive() {
		t.Errorf("refused with %v", p)
	}
	pc.refuse = nil
	a.RestartLive()
	h.until("it runs again", func() bool { return a.Capture.Session != nil })
	if len(pc.specs) != 2 || !specsAlike(pc.specs[0], pc.specs[1]) {
		t.Errorf("started again as %+v", pc.specs)
	}
}

func specsAlike(a, b live.Spec) bool {
	return a.Filter == b.Filter && a.Interfaces[0] == b.Interfaces[0] && a.Limits == b.Limits && a.Ring == b.Ring && a.Tool == b.Tool
}

// The dialog says what is wrong before it is too late.
func TestTheDialog(t *testing.T) {
	a, h, pc := capturingApp(t)
	s := &a.Setup
	a.SetCaptureFilter("tcp prt 80")
	h.until("the filter is checked", func() bool { return !s.Check.Checking })
	if p := s.Check.Problem; p == nil || p.From != 4 || p.To != 7 || s.CanStart() {
		t.Errorf("the filter's problem is %+v", s.Check)
	}
	a.StartLive()
	if a.Capture != nil {
		t.Error("a wrong filter is captured with")
	}
	a.SetCaptureFilter("")
	if s.Check != (FilterCheck{}) || !s.CanStart() {
		t.Errorf("no filter: %+v", s.Check)
	}
	for _, bad := range []string{"-1", "0", "ten", "1.5", "1e30", "NaN"} {
		a.SetLiveChoice(func(c *LiveChoice) { c.Packets = bad })
		if s.BadLimits() != [3]bool{true, false, false} || s.CanStart() {
			t.Errorf("%q packets: %v", bad, s.BadLimits())
		}
	}
	a.SetLiveChoice(func(c *LiveChoice) { c.Packets, c.Megabytes, c.Ring, c.HeadersOnly = "", "20", true, true })
	spec := s.Spec()
	if spec.Limits != (live.Limits{Bytes: 20_000_000}) || spec.Ring.Files != RingFiles || spec.SnapLen != headerBytes {
		t.Errorf("asks for %+v", spec)
	}
	if got, want := s.Tcpdump(), "tcpdump -n -i lo -s 128 -C 20 -W 5 -w capture.pcap"; got != want {
		t.Errorf("the command is %q", got)
	}
	pc.count(map[string]live.Traffic{"lo": {Packets: 10}, "eth0": {Packets: 5}})
	a.WatchInterfaces(true)
	h.until("the counters are read", func() bool { return s.traffic != nil })
	s.measured(map[string]live.Traffic{"lo": {Packets: 17}, "eth0": {Packets: 4}})
	if got := [3]uint64{s.Interfaces[0].Rates[0], s.Interfaces[1].Rates[0], s.Interfaces[2].Rates[0]}; got != [3]uint64{7, 0, 7} {
		t.Errorf("rates %v", got)
	}
	a.WatchInterfaces(false)
	for range 2 * activityWindow {
		s.measured(map[string]live.Traffic{"lo": {Packets: 17}})
	}
	if n := len(s.Interfaces[0].Rates); n != activityWindow {
		t.Errorf("%d rates are kept", n)
	}
}

// The choice and the history of filters survive the app.
func TestTheDialogRemembers(t *testing.T) {
	store := NewStore(t.TempDir(), narrate.English)
	a, h := newApp(t, store)
	pc := &computer{t: t, tools: true}
	a.UseCapturer(pc)
	a.Examine()
	h.until("the examination is over", func() bool { return a.Setup.Examined })
	a.ChooseInterface("eth0")
	for _, f := range []string{"tcp port 1", "tcp port 2", "tcp port 1"} {
		a.SetCaptureFilter(f)
		h.until("checked", func() bool { return a.Setup.Check.Valid })
		a.StartLive()
		h.until("runs", func() bool { return a.Capture.Session != nil })
	}
	b, _ := newApp(t, store)
	c := b.Setup.Choice
	if c.Interface != "eth0" || c.Filter != "tcp port 1" || len(c.Filters) != 2 || c.Filters[1] != "tcp port 2" {
		t.Errorf("remembered %+v", c)
	}
}

// A command for another computer is shown before it runs, or what keeps it from running.
func TestAnotherComputer(t *testing.T) {
	a, h, pc := capturingApp(t)
	if _, err := a.Setup.RemoteCommand(); err == nil {
		t.Error("a command without a host")
	}
	a.StartRemote()
	if a.Capture != nil {
		t.Error("a capture without a host")
	}
	a.SetLiveChoice(func(c *LiveChoice) {
		c.Remote = RemoteChoice{Host: "web.example", User: "ops", Port: "2222", Interface: "eth0", Filter: "tcp port 80"}
	})
	line, err := a.Setup.RemoteCommand()
	if err != nil || !strings.HasPrefix(line, "ssh ") || !strings.Contains(line, "web.example") || !strings.Contains(line, "tcp port 80") {
		t.Errorf("the command is %q, %v", line, err)
	}
	a.SetLiveChoice(func(c *LiveChoice) { c.Remote.Port = "ninety" })
	var p *live.Problem
	if _, err := a.Setup.RemoteCommand(); !errors.As(err, &p) || p.Kind != live.BadOption {
		t.Errorf("a port that is none: %v", err)
	}
	a.SetLiveChoice(func(c *LiveChoice) { c.Remote.Port = "" })
	a.StartRemote()
	h.until("it runs", func() bool { return a.Capture != nil && a.Capture.Session != nil })
	if s := pc.specs[0]; s.Remote == nil || s.Remote.Host != "web.example" || s.Remote.Port != 0 || s.Interfaces[0] != "eth0" {
		t.Errorf("asked for %+v", s)
	}
}

// A capture can be piped in.
func TestAPipe(t *testing.T) {
	a, h := newApp(t, nil)
	in, out := io.Pipe()
	b := caseCapture(t, "basics-hello-7456")
	a.openPipe(false, func() (*pcapfile.File, error) { return pcapfile.OpenReader(in, "stdin") })
	go func() { _, _ = out.Write(b) }()
	h.until("packets are shown", func() bool { c := a.Capture; return c.View != nil && c.Talk != nil && c.View.Len() > 4 })
	c := a.Capture
	if !c.Live.Running() || !c.Live.Piped || a.CanRestartLive() {
		t.Errorf("a pipe that is open: %+v", c.Live)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	h.until("the pipe has ended", func() bool { return !c.Live.Running() })
	path := filepath.Join(t.TempDir(), "piped.pcapng")
	a.SaveLive(c, path)
	h.until("it is saved", func() bool { return c.Saving == nil && c.Path == path })
	if saved, err := os.ReadFile(path); err != nil || !bytes.Equal(saved, b) {
		t.Errorf("%d bytes are saved, %v", len(saved), err)
	}
}

// A pipe that has ended is closed without a question where nothing would be lost: nothing came, or it came from a file.
func TestAPipeIsClosedUnaskedIfNothingIsLost(t *testing.T) {
	b := caseCapture(t, "basics-hello-7456")
	f, err := os.Open(write(t, "file.pcapng", b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	if !isFile(f) || isFile(in) {
		t.Errorf("a file is one: %v, a pipe is one: %v", isFile(f), isFile(in))
	}
	empty := generated(t, 0)
	for name, p := range map[string]struct {
		inFile bool
		b      []byte
		asks   bool
	}{"a file": {true, b, false}, "nothing": {false, empty, false}, "a pipe": {false, b, true}} {
		a, h := newApp(t, nil)
		a.openPipe(p.inFile, func() (*pcapfile.File, error) { return pcapfile.OpenReader(bytes.NewReader(p.b), "stdin") })
		h.until("the pipe has ended", func() bool { return !a.Capture.Live.Running() })
		if a.GoHome(); (a.Asking != nil) != p.asks {
			t.Errorf("%s: asks is %v", name, a.Asking != nil)
		}
	}
}

// A scenario is played while it is captured, and the capture ends with it.
func TestAScenarioIsPlayedAndCaptured(t *testing.T) {
	a, h, pc := capturingApp(t)
	a.ShowLab()
	if a.Page != LabPage || len(a.Lab.Scenarios) == 0 {
		t.Fatalf("page %v", a.Page)
	}
	l := &a.Lab
	for i, s := range l.Scenarios {
		if s.ID == "close-in-three" {
			a.ChooseScenario(i)
		}
	}
	s := l.Scenario()
	p := &s.Params[0]
	a.SetLabValue(p.Name, "nonsense")
	if _, ok := l.Takes(); ok || l.Problem(s, p) == nil {
		t.Errorf("%s takes any value", p.Name)
	}
	a.RunLab(s.ID)
	if a.Page != LabPage || len(h.notices) != 1 {
		t.Errorf("a scenario with a wrong value is played: %+v", h.notices)
	}
	a.SetLabValue(p.Name, p.Format(p.Default))
	a.RunLab(s.ID)
	c := a.Capture
	h.until("the scenario is played, and the capture over", func() bool { return c.Live.Lab.Over && !c.Live.Running() })
	r := c.Live.Lab
	if r.Err != nil || len(r.Steps) < 4 {
		t.Errorf("played %d steps, %v", len(r.Steps), r.Err)
	}
	spec := pc.specs[0]
	if !strings.HasPrefix(spec.Filter, "tcp port ") || spec.Interfaces[0] != "lo" || spec.Limits.Duration <= 0 {
		t.Errorf("captured as %+v", spec)
	}
	a.RestartLive()
	h.until("it is played again", func() bool { return a.Capture.Live.Lab.Over && !a.Capture.Live.Running() && len(pc.specs) == 2 })
}

// Without the right to capture the laboratory says so and opens the recording of the same scenario.
func TestTheLaboratoryWithoutTheRightToCapture(t *testing.T) {
	a, h := newApp(t, nil)
	a.UseCapturer(&computer{t: t})
	a.RunLab("refused") // before anybody has looked whether it works
	h.until("the recording is open", func() bool { return a.Capture != nil && a.Capture.Case != nil })
	if len(h.notices) != 1 || h.notices[0].Text != noticeLabRecording {
		t.Errorf("told: %+v", h.notices)
	}
	if d := a.Setup.Diagnosis; d.Ready() || len(d.Advice) != 1 {
		t.Errorf("the diagnosis is %+v", d)
	}
}

// What a ring gave up leaves the window too, and the connection shown stays.
func TestARingIsReadAgain(t *testing.T) {
	a, h, r := capturingInRing(t)
	c := a.Capture
	var parting func()
	stopped := false
	a.after = func(_ time.Duration, f func()) func() {
		parting = f
		return func() { stopped = true }
	}
	r.play(caseCapture(t, "basics-hello-7456"), 0, 4)
	r.play(caseCapture(t, "http-picture"), 0, 4)
	h.until("two connections", func() bool { return len(c.Shown) == 2 && shown(a, 4)() })
	before, client := c.Session, c.View.Conn.Client
	r.set(func(s *live.State) { s.Turned = RingFiles - 1 })
	r.play(caseCapture(t, "http-picture"), 4, 5)
	h.until("one more", func() bool { return c.Frames == 9 })
	if c.Session != before {
		t.Fatal("read again before a ring was given up")
	}
	r.set(func(s *live.State) { s.Turned = RingFiles })
	h.until("it is read again", func() bool { return c.Session != before && shown(a, 4)() && c.Live.renewing == nil })
	if c.View.Conn.Client != client || len(c.Shown) != 2 || !c.Live.Running() {
		t.Errorf("shown is %v of %d", c.View.Conn.Client, len(c.Shown))
	}
	readable := func() bool { _, err := before.ReadAt(make([]byte, 1), 0); return err == nil }
	if !readable() {
		t.Error("what is still drawn cannot be read any more")
	}
	parting()
	h.until("what was read before is closed", func() bool { return !readable() && stopped && c.Live.parted == nil })
	r.play(caseCapture(t, "http-picture"), 5, 6)
	h.until("it goes on", func() bool { return c.Frames == 10 })
	a.StopLive()
	h.until("it is over", func() bool { return !c.Live.Running() })
}
