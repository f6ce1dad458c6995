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
	loadSegments = 25_000 // segments of one connection a second
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

// TestLoad follows one busy connection, the chat of which grows all the time: the memory stays bounded, and nothing holds up the
// goroutine that the window would be drawn on.
func TestLoad(t *testing.T) {
	seconds, err := strconv.ParseFloat(os.Getenv("TCPTALK_LOAD"), 64)
	if err != nil {
		t.Skip("a measurement of minutes: make bench-live")
	}
	tool := realTool(t)
	port := sink(t)
	spec := onLoopback(tool, port)
	spec.SnapLen = 256
	a, h := capturingReally(t, spec)
	c, idle := a.Capture, resident(t)
	stop := talker(t, port, loadSegments)
	most, longest := 0, time.Duration(0)
	end := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	for over := false; !over; {
		select {
		case <-end.C:
			over = true
		case <-h.wake:
			began := time.Now()
			h.run()
			longest = max(longest, time.Since(began))
			most = max(most, resident(t))
		}
	}
	stop()
	s := &c.Live.State
	h.until("all that the system counts is here", func() bool { return s.Packets > 0 && s.Packets+s.Dropped == s.Received })
	a.StopLive()
	h.until("it is over", func() bool { return !c.Live.Running() && c.View.Len() == c.Frames })
	t.Logf("%d packets received, %d kept, %d dropped; %d MiB above the %d MiB of an idle app; held up for %v at most",
		s.Received, s.Packets, s.Dropped, (most-idle)>>20, idle>>20, longest)
	if s.Packets+s.Dropped != s.Received || uint64(c.Frames) != s.Packets {
		t.Errorf("%d received are not %d and %d; %d are shown", s.Received, s.Packets, s.Dropped, c.Frames)
	}
	if bound := c.Frames*loadPerPacket + loadFixed; most-idle > bound {
		t.Errorf("%d MiB of memory for %d packets, more than %d", (most-idle)>>20, c.Frames, bound>>20)
	}
	if longest > loadPatience {
		t.Errorf("the window would have been held up for %v", longest)
	}
}
