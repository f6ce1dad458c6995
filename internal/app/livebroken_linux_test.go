package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
)

// say has a connection to port on which the client says something and hangs up.
func say(t *testing.T, port int, text string) {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// onLoopback captures what goes to a port.
func onLoopback(tool live.Tool, port int) live.Spec {
	return live.Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port), Immediate: true}
}

// aConversation is how many packets say takes: a handshake, data, its acknowledgment, a close.
const aConversation = 8

// victim is an app that captures until it is killed: it says when it does, and how many packets it has written.
const victim = "TCPTALK_TEST_VICTIM"

func TestVictim(t *testing.T) {
	tool, port, _ := strings.Cut(os.Getenv(victim), "\n")
	if tool == "" {
		t.Skip("only for TestTheAppIsKilled")
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	a.UseCapturer(SystemCapturer{})
	a.startLive(onLoopback(live.Tool{Kind: live.Own, Path: tool}, n), nil)
	for told := -1; ; {
		h.until("more", func() bool {
			s := &a.Capture.Live.State
			return s.Phase != live.Starting && int(s.Packets) > told
		})
		told = int(a.Capture.Live.State.Packets)
		fmt.Println("packets", told)
	}
}

// The app is killed in the middle of a capture. The next one offers what it had: all of it, for a second had gone by.
func TestTheAppIsKilled(t *testing.T) {
	tool := realTool(t)
	port := sink(t)
	app := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	app.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%d", victim, tool.Path, port))
	out, err := app.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Process.Kill() }()
	lines, has := bufio.NewScanner(out), -1
	for begun := false; has < aConversation && lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "packets %d", &has); err == nil && !begun {
			say(t, port, "hello")
			begun = true
		}
	}
	if err := app.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = app.Wait() // it was killed
	a, h := newApp(t, nil)
	a.UseCapturer(SystemCapturer{})
	a.FindLeftovers()
	h.until("it is offered", func() bool { return len(a.Leftovers) == 1 })
	a.Recover(0)
	h.until("it is open", func() bool { c := a.Capture; return c != nil && !c.Loading && c.View != nil })
	if c := a.Capture; has < aConversation || c.View.Len() < has || !c.Live.Unsaved() || !c.Live.Recovered {
		t.Errorf("it had %d packets, %d are shown: %+v", has, c.View.Len(), c.Live.State)
	}
	a.GoHome()
	a.DiscardLive()
	a.searches.Wait()
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "tcptalk", "live", "run-*")); len(left) > 0 {
		t.Errorf("what was discarded is still there: %v", left)
	}
}

// The disk is full: the capture ends and says so, its packets stay on the screen and can be saved elsewhere.
func TestTheDiskIsFull(t *testing.T) {
	tool := realTool(t)
	disk := os.Getenv("XDG_CACHE_HOME")
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=512k,mode=700"); err != nil {
		t.Skipf("no tmpfs here: %v", err)
	}
	defer func() {
		if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	port := sink(t)
	a, h := capturingReally(t, onLoopback(tool, port))
	stop := talker(t, port, 5000)
	defer stop()
	c := a.Capture
	h.until("the disk is full", func() bool { return !c.Live.Running() })
	stop()
	h.until("all of it is shown", func() bool { return c.View != nil && c.View.Len() == c.Frames })
	if p := c.Live.State.Problem; p == nil || p.Kind != live.DiskFull || !c.Live.Unsaved() || c.Frames < 1000 || uint64(c.Frames) != c.Live.State.Packets {
		t.Errorf("ended with %v, %d packets of %d", p, c.Frames, c.Live.State.Packets)
	}
	path := filepath.Join(t.TempDir(), "elsewhere.pcapng")
	a.SaveLive(c, path)
	h.until("it is saved elsewhere", func() bool { return c.Saving == nil && c.Live.Saved == path })
	n := c.Frames
	if openFile(a, h, path); a.Capture.Frames != n {
		t.Errorf("%d packets of %d were saved", a.Capture.Frames, n)
	}
}

// The clock is set back during a capture: it is told, and no packet is missing. The program that captures is made up here.
func TestTheClockIsSetBack(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	var b bytes.Buffer
	w, err := pcapfile.NewWriter(&b, pcapfile.Section{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet}); err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(caseCapture(t, "basics-hello-7456"), "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for batch := new(pcapfile.Batch); f.NextBatch(batch) == nil; {
		for i := range batch.Packets {
			p := batch.Packets[i]
			if p.Interface = 0; n >= 4 {
				p.Time -= int64(time.Hour)
			}
			if err := w.WritePacket(&p); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	program := write(t, "program", fmt.Appendf(nil, "#!/bin/sh\ncat %s\n", write(t, "made.pcapng", b.Bytes())))
	if err := os.Chmod(program, 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	a.UseCapturer(SystemCapturer{})
	a.startLive(live.Spec{Tool: live.Tool{Kind: live.Dumpcap, Path: program}, Interfaces: []string{"lo"}}, nil)
	h.until("it is over", func() bool { c := a.Capture; return c.Live.over && c.View != nil })
	if c := a.Capture; c.Frames != n || c.View.Len() != n {
		t.Errorf("%d packets of %d, %d shown: %v", c.Frames, n, c.View.Len(), c.Live.State.Problem)
	}
	said := ""
	for _, notice := range h.notices {
		said += notice.Text[narrate.English]
	}
	if !strings.Contains(said, "set back") {
		t.Errorf("told: %q", said)
	}
}
