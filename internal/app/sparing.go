package app

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// sparing keeps the garbage beside a large capture small: by itself Go lets as much pile up as is in use, which of a large capture is
// mostly its index. While captures are read again, which leaves much behind, it is kept smaller still.
type sparing struct {
	mu sync.Mutex
	// usual is how much garbage there may be, in percent of what is in use, 0 until a capture was read; n are the searches that want less.
	usual, n int
}

const (
	// maxGarbage is how much garbage may lie beside a capture, in bytes.
	maxGarbage = 24 << 20
	// sparePercent is how much garbage there may be during a search, in percent of what is in use.
	sparePercent = 15
	goPercent    = 100 // what Go allows by itself
)

// spare begins to collect garbage early; what it returns ends that.
func (a *App) spare() (end func()) {
	s := &a.sparing
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.set()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n--
		s.set()
	}
}

// holds bounds the garbage beside that many bytes that are in use.
func (s *sparing) holds(live uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usual = usualPercent(live)
	s.set()
}

// usualPercent is what bounds the garbage beside what is in use to maxGarbage.
func usualPercent(live uint64) int {
	return int(min(max(100*maxGarbage/max(live, 1), sparePercent), goPercent))
}

func (s *sparing) set() {
	switch {
	case s.n > 0:
		debug.SetGCPercent(sparePercent)
	case s.usual > 0:
		debug.SetGCPercent(s.usual)
	default:
		debug.SetGCPercent(goPercent)
	}
}

// inUse is how many bytes were in use when garbage was collected last.
func inUse() uint64 {
	m := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(m)
	if m[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return m[0].Value.Uint64()
}
