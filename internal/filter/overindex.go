package filter

import (
	"context"
	"math"
	"runtime"
	"sync"

	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

const (
	// indexRun is how many connections are looked at together: few packets each, as a rule.
	indexRun = 256
	// indexWindow is how many records are looked at between results: about a millisecond of work.
	indexWindow = 1 << 15
)

// verdict is what the summary of a connection says about its packets.
type verdict uint8

const (
	noPacket verdict = iota
	allPackets
	somePackets
)

// overIndex finds packets in the index alone, on all processors.
//
// First the summaries are judged. If few packets are left, the connections are followed one by one. The records of a
// connection lie scattered, though, and waiting for memory is most of that work: if many are left, all records are looked
// at in the order in which they lie.
func (j *job) overIndex(ctx context.Context, progress Progress, yield func(Result) bool) error {
	verdicts, packets := j.judge(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	if packets > j.x.Len()/4 {
		return j.byRecord(ctx, verdicts, progress, yield)
	}
	return j.byConnection(ctx, verdicts, progress, yield)
}

// judge returns the verdicts on all connections, and how many packets must be looked at.
func (j *job) judge(ctx context.Context) (verdicts []verdict, packets int) {
	n := j.x.Streams()
	verdicts = make([]verdict, n)
	counts := make([]int, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for w := range counts {
		all.Go(func() {
			e := j.evaluator()
			for from := w * indexRun; from < n && ctx.Err() == nil; from += indexRun * len(counts) {
				for stream := from; stream < min(from+indexRun, n); stream++ {
					if !j.x.Empty(stream) {
						counts[w] += e.judge(stream, &verdicts[stream])
					}
				}
			}
		})
	}
	all.Wait()
	for _, c := range counts {
		packets += c
	}
	return verdicts, packets
}

// judge sets the verdict on a connection and returns how many packets must be looked at for it.
func (e *evaluator) judge(stream int, v *verdict) int {
	c := e.x.Connection(stream)
	packets := int(c.Packets[0]) + int(c.Packets[1])
	switch e.begin(&c) {
	case [2]truth{no, no}:
		return 0
	case [2]truth{yes, yes}:
		*v = allPackets
		if !e.list {
			return 0
		}
	default:
		*v = somePackets
	}
	return packets
}

// byConnection follows the connections that are not decided.
func (j *job) byConnection(ctx context.Context, verdicts []verdict, progress Progress, yield func(Result) bool) error {
	e := j.evaluator()
	n := len(verdicts)
	for stream, v := range verdicts {
		if stream%indexRun == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(int64(stream), int64(n))
			}
		}
		if v == noPacket {
			continue
		}
		c := j.x.Connection(stream)
		if r, _ := e.index(ctx, stream, &c); r.Count > 0 && ctx.Err() == nil && !yield(r) {
			return nil
		}
	}
	if progress != nil {
		progress(int64(n), int64(n))
	}
	return ctx.Err()
}

// opened is a connection of which some records were seen.
type opened struct {
	conn  tcp.Connection
	known [2]truth
	next  int // index of its next packet
	prev  int64
	res   Result
}

// byRecord looks at all records in the order in which they lie. Each worker has its own connections.
func (j *job) byRecord(ctx context.Context, verdicts []verdict, progress Progress, yield func(Result) bool) error {
	q := newQueue(j.x)
	q.most = math.MaxInt // this does not last long
	for stream, v := range verdicts {
		q.finished[stream] = v == noPacket
	}
	open := make([]*opened, len(verdicts))
	workers := make([]*recordWorker, runtime.GOMAXPROCS(0))
	for w := range workers {
		workers[w] = &recordWorker{evaluator: j.evaluator(), q: q, verdicts: verdicts, own: w, of: len(workers), open: open}
	}
	step := q.step(progress, yield)
	total := j.x.Len()
	for from := 0; from < total; from += indexWindow {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := min(from+indexWindow, total)
		var all sync.WaitGroup
		for _, w := range workers {
			all.Go(func() { w.records(from, to) })
		}
		all.Wait()
		if !step(int64(to), int64(total)) {
			return nil
		}
	}
	return q.finish(ctx, nil, yield)
}

// recordWorker evaluates the records of the connections whose number leaves the remainder own when divided by of.
type recordWorker struct {
	*evaluator
	q        *queue
	verdicts []verdict
	own, of  int
	open     []*opened // by connection; shared, as no two workers have one in common
}

func (w *recordWorker) records(from, to int) {
	for i := from; i < to; i++ {
		r := w.x.At(i)
		if int(r.Stream)%w.of != w.own || w.verdicts[r.Stream] == noPacket {
			continue
		}
		c := w.open[r.Stream]
		if c == nil {
			c = w.begun(r)
		}
		w.record(c, r)
		if w.x.Last(int(r.Stream)) == i {
			w.q.done(int(r.Stream), c.res)
			w.open[r.Stream] = nil
		}
	}
}

// begun opens the connection of its first record.
func (w *recordWorker) begun(r *session.Record) *opened {
	c := &opened{conn: w.x.Connection(int(r.Stream)), prev: r.Time}
	c.known = w.begin(&c.conn)
	c.res.Stream = int(r.Stream)
	w.open[r.Stream] = c
	return c
}

// record evaluates the next record of c.
func (w *recordWorker) record(c *opened, r *session.Record) {
	v := c.known[r.Dir()]
	if v == open {
		w.stage.level = Packet
		w.row.conn, w.row.rec, w.row.dir, w.row.prev = &c.conn, r, r.Dir(), c.prev
		v = w.f.root.eval(&w.stage)
	}
	if v == yes {
		c.res.add(c.next, w.list)
	}
	c.next++
	c.prev = r.Time
}
