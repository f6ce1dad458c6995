package app

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"tcptalk/internal/capture/live"
)

// A ring turns again and again under load: the memory in use, the open files and the goroutines are as many at the end as they were
// when it had turned first, and everything that the ring gave up is gone from the disk.
func TestARingStaysAsLargeAsItIs(t *testing.T) {
	tool := realTool(t)
	port := sink(t)
	ring := live.Ring{Files: 3, FileBytes: 256 << 10}
	a, h := capturingReally(t, live.Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port), SnapLen: 256, Immediate: true, Ring: ring})
	c := a.Capture
	stop := talker(t, port, 15000)
	defer stop()
	type sizes struct{ heap, files, goroutines, packets int }
	// reread waits until the ring was read again some times, and says how large everything is then.
	reread := func(times int) sizes {
		for range times {
			before := c.Session
			h.until("the ring is read again", func() bool { return c.Session != before && c.View != nil && c.Talk != nil })
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		open, _ := os.ReadDir("/proc/self/fd")
		return sizes{int(m.HeapAlloc), len(open), runtime.NumGoroutine(), c.Frames}
	}
	first := reread(3)
	turned := c.Live.State.Turned
	last := reread(8)
	if c.Live.State.Turned < turned+7*ring.Files {
		t.Errorf("the ring gave up %d files, then %d", turned, c.Live.State.Turned)
	}
	// What is read anew and what it replaces are there together for a moment; what leaked would be eight times as much.
	if last.heap > first.heap+(4<<20) || last.files > first.files+2*ring.Files || last.goroutines > first.goroutines+4 {
		t.Errorf("it grows: %+v, then %+v", first, last)
	}
	// Those that are kept, and those that were read last before them.
	if parts, _ := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "tcptalk", "live", "run-*", "*.pcapng")); len(parts) > 3*ring.Files {
		t.Errorf("%d files are on the disk", len(parts))
	}
}
