package app

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/lab"
)

// What TestRingLoad asks for; `make bench-ring` runs it, TCPTALK_RING is for how many seconds, TCPTALK_RATE for how many segments of one
// connection a second, besides the scenarios of the laboratory.
const (
	ringRate    = 8000
	ringSamples = 120
	// What may be more at the end than in the middle, without being a leak: of memory, of files and of goroutines.
	ringMoreMemory, ringMoreFiles, ringMoreRoutines = 24 << 20, 2 * RingFiles, 16
)

// sample is how large everything is at a moment.
type sample struct{ rss, heap, files, goroutines, disk int }

func takeSample(t *testing.T) sample {
	t.Helper()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	disk, err := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "tcptalk", "live", "run-*", "*.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	return sample{resident(t), int(m.HeapAlloc), len(open), runtime.NumGoroutine(), len(disk)}
}

// most is the largest of everything in samples.
func most(samples []sample) (m sample) {
	for _, s := range samples {
		m.rss, m.heap, m.files = max(m.rss, s.rss), max(m.heap, s.heap), max(m.files, s.files)
		m.goroutines, m.disk = max(m.goroutines, s.goroutines), max(m.disk, s.disk)
	}
	return m
}

// scenarios plays those of the laboratory, one after the other, until ctx ends.
func scenarios(ctx context.Context) (played chan int) {
	played = make(chan int, 1)
	go func() {
		n := 0
		for all := lab.All(); ctx.Err() == nil; n++ {
			if run, err := all[n%len(all)].Prepare(ctx, lab.Place{}, nil); err == nil {
				_ = run.Play(ctx, func(lab.Step) {}) // what it shows is in the packets, also where it fails
			}
		}
		played <- n
	}()
	return played
}

// threadTime is how long this thread has worked, whoever else wants the processors.
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(1, &r); err != nil { // RUSAGE_THREAD
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// reader does what somebody in front of the window does, a thing at each call.
type reader struct{ n int }

func (r *reader) act(a *App) {
	c := a.Capture
	if r.n++; c.View == nil || c.View.Len() == 0 {
		return
	}
	switch r.n % 8 {
	case 0:
		a.FollowNewest(true)
	case 1, 5:
		a.SelectPacket(c.View.Len() - 1)
	case 2:
		a.ToggleMark()
	case 3:
		a.ShowView([]ViewKind{ChatView, MessagesView, LadderView, GraphsView, StreamView}[r.n/8%5])
	case 4:
		a.ShowTab([]Tab{DiagnosisTab, StatsTab, StatesTab}[r.n/8%3])
	case 6:
		a.ToggleFold(max(c.Chat.Len()-2, 0))
	case 7:
		a.SelectConnection(r.n % c.Session.Streams())
	}
}

// TestRingLoad captures mixed traffic in a ring for a long time, while somebody reads: once the ring has turned, nothing grows, and
// nothing works for long on the goroutine that the window would be drawn on.
func TestRingLoad(t *testing.T) {
	seconds, err := strconv.ParseFloat(os.Getenv("TCPTALK_RING"), 64)
	if err != nil {
		t.Skip("a measurement of half an hour: make bench-ring")
	}
	rate := ringRate
	if n, err := strconv.Atoi(os.Getenv("TCPTALK_RATE")); err == nil {
		rate = n
	}
	tool := realTool(t)
	port := sink(t)
	ring := live.Ring{Files: RingFiles, FileBytes: int64(max(seconds/300, 1) * (1 << 20))}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	a, h := capturingReally(t, live.Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "tcp", Immediate: true, Ring: ring})
	c := a.Capture
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := talker(t, port, rate)
	defer stop()
	played := scenarios(ctx)
	var samples []sample
	var worked []time.Duration // of each time that something ran on the goroutine
	longest, rereads := time.Duration(0), 0
	var r reader
	end, tick := time.NewTimer(time.Duration(seconds*float64(time.Second))), time.NewTicker(max(time.Duration(seconds*float64(time.Second))/ringSamples, time.Second))
	defer tick.Stop()
	acts := time.NewTicker(500 * time.Millisecond)
	defer acts.Stop()
	// run runs what is posted, or what the reader does, and notes how long that took.
	run := func(f func()) {
		began, thread, before := time.Now(), threadTime(t), c.Session
		f()
		longest = max(longest, time.Since(began))
		worked = append(worked, threadTime(t)-thread)
		if c.Session != before {
			rereads++
		}
	}
	for over := false; !over; {
		select {
		case <-end.C:
			over = true
		case <-tick.C:
			samples = append(samples, takeSample(t))
			t.Logf("%d re-read, %+v", rereads, samples[len(samples)-1])
		case <-acts.C:
			run(func() { r.act(a) })
		case <-h.wake:
			run(h.run)
		}
	}
	stop()
	cancel()
	n := <-played
	a.StopLive()
	h.until("it is over", func() bool { return !c.Live.Running() })
	debug.FreeOSMemory()
	slices.Sort(worked)
	hardest := worked[len(worked)-1]
	t.Logf("%d packets, %d dropped; %d scenarios; the ring gave up %d files and was read again %d times", c.Live.State.Packets, c.Live.State.Dropped, n, c.Live.State.Turned, rereads)
	t.Logf("held up for %v at most by the clock; worked for %v at most, %v in 99 of 100 times, of %d", longest, hardest, worked[len(worked)*99/100], len(worked))
	if rereads < 4 {
		t.Fatalf("the ring was read again %d times: too short to tell", rereads)
	}
	samples = samples[len(samples)/4:] // the ring has turned by then
	first, last := most(samples[:len(samples)/2]), most(samples[len(samples)/2:])
	t.Logf("at most %+v, then %+v", first, last)
	if last.rss > first.rss+ringMoreMemory || last.heap > first.heap+ringMoreMemory {
		t.Errorf("the memory grows: %d and %d MiB, then %d and %d", first.rss>>20, first.heap>>20, last.rss>>20, last.heap>>20)
	}
	if last.files > first.files+ringMoreFiles || last.disk > 4*RingFiles || last.goroutines > first.goroutines+ringMoreRoutines {
		t.Errorf("it leaks: %+v, then %+v", first, last)
	}
	if hardest > loadPatience {
		t.Errorf("the window would have been held up for %v", hardest)
	}
}
