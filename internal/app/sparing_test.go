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
	for u, want := range map[use]int{
		{}:                   goPercent,
		{10 << 20, 10 << 20}: goPercent,
		{64 << 20, 9 << 20}:  37,
		{128 << 20, 0}:       18,
		{600 << 20, 0}:       4, // records hold nothing to look through
		{4 << 30, 1 << 20}:   1,
		{4 << 30, 2 << 30}:   sparePercent / 2,
		{4 << 30, 4 << 30}:   sparePercent,
	} {
		if a.sparing.holds(u); percent() != want {
			t.Errorf("beside %d bytes there may be %d %% of garbage, want %d", u, percent(), want)
		}
	}
	a.sparing.holds(use{live: 600 << 20})
	end := a.spare()
	if percent() != 4 {
		t.Errorf("%d %% during a search beside a large capture", percent())
	}
	end()
	a.sparing.holds(use{live: 64 << 20})
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
	used := inUse()
	if used.live < uint64(len(kept)) || used.scanned == 0 || used.scanned >= used.live {
		t.Errorf("%d bytes are in use", used)
	}
	runtime.KeepAlive(kept)
}
