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
	// sparePercent is how much garbage there may be during a search, in percent of what is in use. It is also the least beside what a
	// collection has to look through, in percent of that, or collecting would take more time than it is worth: a capture's records
	// hold no pointers and are not looked through, its connections are.
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

// holds bounds the garbage beside what is in use.
func (s *sparing) holds(u use) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usual = u.percent()
	s.set()
}

// use is how many bytes are in use, and how many of them a collection looks through.
type use struct{ live, scanned uint64 }

// percent is what bounds the garbage to maxGarbage, or to what is worth collecting.
func (u use) percent() int {
	garbage := max(100*maxGarbage, sparePercent*u.scanned)
	return int(min(max(garbage/max(u.live, 1), 1), goPercent))
}

func (s *sparing) set() {
	percent := goPercent
	if s.usual > 0 {
		percent = s.usual
	}
	if s.n > 0 {
		percent = min(percent, sparePercent)
	}
	debug.SetGCPercent(percent)
}

// inUse is what was in use when garbage was collected last.
func inUse() use {
	m := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/heap:bytes"}}
	metrics.Read(m)
	if m[0].Value.Kind() != metrics.KindUint64 || m[1].Value.Kind() != metrics.KindUint64 {
		return use{}
	}
	return use{m[0].Value.Uint64(), m[1].Value.Uint64()}
}
