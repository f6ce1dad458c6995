package app

import (
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// What TestLoad asks for; `make bench-live` runs it, TCPTALK_LOAD is for how many seconds.
const (
	loadSegments = 25_000  // segments of one connection a second
	loadPackets  = 150_000 // packets of one that was made up
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
	return &watch{t: t, idle: resident(t)}
}

// follow runs for some time what the app wants to run.
func (w *watch) follow(h *host, seconds float64) {
	w.t.Helper()
	end := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	for {
		select {
		case <-end.C:
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
	w.t.Logf("%d packets, %d a second; %d MiB above the %d MiB of an idle app; held up for %v at most",
		c.Frames, int(float64(c.Frames)/c.Live.Elapsed(time.Now()).Seconds()), (w.most-w.idle)>>20, w.idle>>20, w.longest)
	if bound := c.Frames*loadPerPacket + loadFixed; w.most-w.idle > bound {
		w.t.Errorf("%d MiB of memory for %d packets, more than %d", (w.most-w.idle)>>20, c.Frames, bound>>20)
	}
	if w.longest > loadPatience {
		w.t.Errorf("the window would have been held up for %v", w.longest)
	}
}

// TestLoad follows one busy connection, the chat of which grows all the time: the memory stays bounded, and nothing holds up the
// goroutine that the window would be drawn on.
func TestLoad(t *testing.T) {
	seconds := loadSeconds(t)
	tool := realTool(t)
	port := sink(t)
	spec := onLoopback(tool, port)
	spec.SnapLen = 256
	a, h := capturingReally(t, spec)
	c, m := a.Capture, watched(t)
	stop := talker(t, port, loadSegments)
	m.follow(h, seconds)
	stop()
	s := &c.Live.State
	h.until("all that the system counts is here", func() bool { return s.Packets > 0 && s.Packets+s.Dropped == s.Received })
	a.StopLive()
	h.until("it is over", func() bool { return !c.Live.Running() && c.View.Len() == c.Frames })
	m.judge(c)
	t.Logf("%d packets received, %d kept, %d dropped", s.Received, s.Packets, s.Dropped)
	if s.Packets+s.Dropped != s.Received || uint64(c.Frames) != s.Packets {
		t.Errorf("%d received are not %d and %d; %d are shown", s.Received, s.Packets, s.Dropped, c.Frames)
	}
}
