package app

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// percent is how much garbage there may be now.
func percent() int {
	p := debug.SetGCPercent(goPercent)
	debug.SetGCPercent(p)
	return p
}

func TestGarbageIsBoundedBesideALargeCapture(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(goPercent))
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "small.pcap", generated(t, 20)))
	if a.sparing.usual == 0 {
		t.Error("nothing is bounded beside a capture that was read")
	}
	for live, want := range map[uint64]int{0: goPercent, 10 << 20: goPercent, 64 << 20: 37, 128 << 20: 18, 4 << 30: sparePercent} {
		if a.sparing.holds(live); percent() != want {
			t.Errorf("beside %d bytes there may be %d %% of garbage, want %d", live, percent(), want)
		}
	}
	a.sparing.holds(64 << 20)
	first, second := a.spare(), a.spare()
	if percent() != sparePercent {
		t.Errorf("%d %% during two searches", percent())
	}
	if first(); percent() != sparePercent {
		t.Errorf("%d %% during the second search", percent())
	}
	if second(); percent() != 37 {
		t.Errorf("%d %% after both", percent())
	}
	kept := make([]byte, 8<<20)
	runtime.GC()
	if used := inUse(); used < uint64(len(kept)) {
		t.Errorf("%d bytes are in use", used)
	}
	runtime.KeepAlive(kept)
}
