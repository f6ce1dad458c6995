package link

import (
	"cmp"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Link carries frames between two ends until it is closed.
type Link struct {
	ends      [2]io.ReadWriteCloser
	directors [2]*director
	start     time.Time
	quit      chan struct{}
	wg        sync.WaitGroup
	mu        sync.Mutex // guards the counts of the directors and err
	err       error
}

// exact is the last stretch of a wait, which a timer would round to the next millisecond.
const exact = 1500 * time.Microsecond

// maxFrame is more than any Ethernet frame without offloads has.
const maxFrame = 1 << 16

// Carry connects two ends, each of which reads and writes one frame at a time. The link closes them when it is closed.
func Carry(a, b io.ReadWriteCloser, aToB, bToA Way) *Link {
	l := &Link{
		ends: [2]io.ReadWriteCloser{a, b}, directors: [2]*director{newDirector(aToB), newDirector(bToA)},
		start: time.Now(), quit: make(chan struct{}),
	}
	for i := range l.ends {
		leaving := make(chan departure, 1024)
		l.wg.Go(func() { l.listen(i, leaving) })
		l.wg.Go(func() { l.deliver(l.ends[1-i], leaving) })
	}
	return l
}

// listen asks the director about every frame that comes.
func (l *Link) listen(from int, leaving chan<- departure) {
	defer close(leaving)
	for buffer := make([]byte, maxFrame); ; {
		n, err := l.ends[from].Read(buffer)
		if err != nil {
			l.fail(err)
			return
		}
		at := time.Since(l.start)
		frame := slices.Clone(buffer[:n])
		l.mu.Lock()
		departures := l.directors[from].pass(at, frame)
		l.mu.Unlock()
		for _, d := range departures {
			select {
			case leaving <- d:
			case <-l.quit:
				return
			}
		}
	}
}

// deliver writes frames when their time has come.
func (l *Link) deliver(to io.Writer, leaving <-chan departure) {
	var waiting []departure // by time, those of the same time as they came
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var due <-chan time.Time
		if len(waiting) > 0 {
			timer.Reset(waiting[0].at - time.Since(l.start) - exact)
			due = timer.C
		}
		select {
		case d, ok := <-leaving:
			if !ok {
				return
			}
			i, _ := slices.BinarySearchFunc(waiting, d, func(a, b departure) int {
				return cmp.Or(cmp.Compare(a.at, b.at), -1) // behind those of the same time
			})
			waiting = slices.Insert(waiting, i, d)
		case <-due:
		case <-l.quit:
			return
		}
		for len(waiting) > 0 && waiting[0].at-time.Since(l.start) <= exact {
			sleepExactly(waiting[0].at - time.Since(l.start))
			if _, err := to.Write(waiting[0].frame); err != nil {
				l.fail(err)
				return
			}
			waiting = waiting[1:]
		}
	}
}

// fail keeps the first error that is not the link's own closing.
func (l *Link) fail(err error) {
	select {
	case <-l.quit:
		return
	default:
	}
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = cmp.Or(l.err, err)
}

// Counts says what has become so far of the frames from a to b and from b to a.
func (l *Link) Counts() (aToB, bToA Counts) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.directors[0].counts, l.directors[1].counts
}

// Close ends the link, drops what is still on the way and returns the first error that it met. It is called once.
func (l *Link) Close() error {
	close(l.quit)
	for _, e := range l.ends {
		l.err = errors.Join(l.err, e.Close())
	}
	l.wg.Wait()
	return l.err
}
