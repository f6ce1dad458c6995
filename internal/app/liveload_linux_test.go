package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/lab/space"
)

// What TestLoad asks for; `make bench-live` runs it, TCPTALK_LOAD is for how many seconds.
const (
	// A connection has loadPackets a second: of the one that is really there loadSegments carry data, and as many acknowledge them.
	// They are a little more than what is promised.
	loadPackets  = 150_000
	loadSegments = 76_000
	// The app may take as much memory above that of an idle one: for each packet, and for the rest.
	loadPerPacket, loadFixed = 64, 64 << 20
	loadPatience             = 100 * time.Millisecond
)

// resident returns how much memory this process has, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if err != nil || m == nil {
		t.Fatalf("how much memory is in use? %v", err)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n << 10
}

// loadSeconds is for how long the load is followed.
func loadSeconds(t *testing.T) float64 {
	t.Helper()
	seconds, err := strconv.ParseFloat(os.Getenv("TCPTALK_LOAD"), 64)
	if err != nil {
		t.Skip("a measurement of minutes: make bench-live")
	}
	return seconds
}

// watch is what was measured of the app: memory before and at most, and how long the goroutine of the window was held up at most.
type watch struct {
	t          *testing.T
	idle, most int
	longest    time.Duration
}

func watched(t *testing.T) *watch {
	t.Helper()
	debug.FreeOSMemory() // what the start left behind would hide as much of what follows
	return &watch{t: t, idle: resident(t)}
}

// follow runs what the app wants to run until the load is over.
func (w *watch) follow(h *host, over <-chan error) {
	w.t.Helper()
	for {
		select {
		case err := <-over:
			if err != nil {
				w.t.Error(err)
			}
			return
		case <-h.wake:
			began := time.Now()
			h.run()
			w.longest = max(w.longest, time.Since(began))
			w.most = max(w.most, resident(w.t))
		}
	}
}

// judge holds what was measured against what is promised.
func (w *watch) judge(c *Capture) {
	w.t.Helper()
	w.t.Logf("%d packets in memory; %d MiB above the %d MiB of an idle app; held up for %v at most",
		c.Frames, (w.most-w.idle)>>20, w.idle>>20, w.longest)
	if bound := c.Frames*loadPerPacket + loadFixed; w.most-w.idle > bound {
		w.t.Errorf("%d MiB of memory for %d packets, more than %d", (w.most-w.idle)>>20, c.Frames, bound>>20)
	}
	if w.longest > loadPatience {
		w.t.Errorf("the window would have been held up for %v", w.longest)
	}
}

// inSpace is this computer with another network.
type inSpace struct {
	SystemCapturer
	space *space.Space
}

// Start implements Capturer.
func (c inSpace) Start(s live.Spec) (r Recording, err error) {
	err = c.space.Do(func() error {
		r, err = c.SystemCapturer.Start(s)
		return err
	})
	return r, err
}

// TestLoad follows one busy connection, the chat of which grows all the time, in a network where nobody else speaks: what is shown
// and what was dropped are all that was sent, the memory stays bounded, and nothing holds up the goroutine that the window would be
// drawn on.
func TestLoad(t *testing.T) {
	seconds := loadSeconds(t)
	tool := realTool(t)
	apart, err := space.New()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(apart.Close)
	// Each segment is acknowledged at once: as many packets come from one side as from the other.
	run := func(argv ...string) string {
		var out []byte
		err := apart.Do(func() (err error) {
			out, err = exec.Command(argv[0], argv[1:]...).CombinedOutput()
			return err
		})
		if err != nil {
			t.Fatalf("%v: %v, %s", argv, err, out)
		}
		return string(out)
	}
	run("ip", "route", "replace", "local", "127.0.0.1", "dev", "lo", "table", "local", "scope", "host", "src", "127.0.0.1", "quickack", "1")
	a, h := newApp(t, nil)
	a.UseCapturer(inSpace{space: apart})
	w := watched(t)
	a.startLive(live.Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "tcp", SnapLen: 256, Immediate: true}, nil)
	h.until("the capture runs", func() bool { return a.Capture.Session != nil && a.Capture.Live.State.Phase == live.Capturing })
	c := a.Capture
	began := time.Now()
	w.follow(h, spoken(t, apart, seconds))
	took := time.Since(began).Seconds()
	s := &c.Live.State
	h.until("all that the system counts is here", func() bool {
		return !c.Live.Running() || s.Packets > 0 && s.Packets+s.Dropped == s.Received
	})
	sent := received(t, run("cat", "/proc/thread-self/net/dev"))
	a.StopLive()
	h.until("it is over", func() bool { return !c.Live.Running() && c.View.Len() == c.Frames })
	w.judge(c)
	t.Logf("%d packets sent at %.0f/s, %d kept, %d dropped; the system counted %d", sent, float64(sent)/took, s.Packets, s.Dropped, s.Received)
	if s.Problem != nil || s.Packets+s.Dropped != sent || s.Received != sent || uint64(c.Frames) != s.Packets {
		t.Errorf("%d sent are not %d and %d; %d are shown; %v", sent, s.Packets, s.Dropped, c.Frames, s.Problem)
	}
	if rate := float64(sent) / took; rate < loadPackets {
		t.Errorf("%.0f packets a second are less than %d: this machine is too slow, or too busy, to show anything", rate, loadPackets)
	}
	for _, other := range [][]string{
		{"dumpcap", "-q", "-p", "-i", "lo", "-f", "tcp", "-s", "256", "-B", "32", "-w"},
		{"tcpdump", "-n", "-p", "-i", "lo", "-s", "256", "-B", "32768", "tcp", "-w"},
	} {
		loadOther(t, apart, seconds, other)
	}
}

// loadOther measures under the same load another program, which writes a file and says in the end what it dropped.
func loadOther(t *testing.T, apart *space.Space, seconds float64, argv []string) {
	t.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		t.Logf("%s is not installed: not compared", argv[0])
		return
	}
	var said bytes.Buffer
	cmd := exec.Command(argv[0], append(argv[1:], filepath.Join(t.TempDir(), "other.pcapng"))...)
	cmd.Stderr = &said
	if err := apart.Do(cmd.Start); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // neither of them says reliably when it begins
	began := time.Now()
	err := <-spoken(t, apart, seconds)
	took := time.Since(began).Seconds()
	time.Sleep(time.Second)
	if err := errors.Join(err, cmd.Process.Signal(os.Interrupt), cmd.Wait()); err != nil {
		t.Error(err)
	}
	t.Logf("%s: in %.1f s; it says: %s", argv[0], took, strings.Join(strings.Fields(said.String()), " "))
}

// spoken starts the load and returns where it is told that it is over.
func spoken(t *testing.T, apart *space.Space, seconds float64) <-chan error {
	t.Helper()
	speaker := exec.Command(os.Args[0])
	speaker.Env = append(os.Environ(), fmt.Sprintf("%s=%d %f", speaking, loadSegments, seconds))
	speaker.Stderr = os.Stderr
	if err := apart.Do(speaker.Start); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- speaker.Wait() }()
	return over
}

// received takes out of what the system says of its interfaces how many packets came through loopback.
func received(t *testing.T, dev string) uint64 {
	t.Helper()
	m := regexp.MustCompile(`lo:\s*\d+\s+(\d+)`).FindStringSubmatch(dev)
	if m == nil {
		t.Fatalf("what came through loopback? %s", dev)
	}
	n, err := strconv.ParseUint(m[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// speaking is set for the process that makes the load: how many segments a second, for how many seconds.
const speaking = "TCPTALK_TEST_SPEAKING"

// speak sends small segments over one connection and takes them at its other end. The rate is kept by the clock.
func speak(args string) error {
	var rate int
	var seconds float64
	if _, err := fmt.Sscan(args, &rate, &seconds); err != nil {
		return err
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		if c, err := l.Accept(); err == nil {
			_, _ = io.Copy(io.Discard, c)
		}
	}()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: l.Addr().(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	text, began, sent := make([]byte, floodPayload), time.Now(), 0
	for {
		passed := time.Since(began).Seconds()
		if passed >= seconds {
			return unix.Close(fd)
		}
		for due := int(passed * float64(rate)); sent < due; sent++ {
			if _, err := unix.Write(fd, text); err != nil {
				return err
			}
		}
		time.Sleep(200 * time.Microsecond) // the rate is kept by the clock, not by this
	}
}
