package filter

import (
	"context"
	"sync"

	"tcptalk/internal/session"
)

// maxHeld is how many results may wait for connections with lower numbers that are not finished. Beyond it they are
// delivered all the same: a connection that lasts as long as the capture must not hold up everything.
const maxHeld = 512

// queue brings the results of connections, which are finished in any order, into the order of their numbers.
type queue struct {
	x    *session.Index
	most int // results that may be held

	mu       sync.Mutex
	next     int
	finished []bool
	held     map[int]Result
	stopped  bool // nobody wants more
	ready    []Result
}

func newQueue(x *session.Index) *queue {
	return &queue{x: x, most: maxHeld, finished: make([]bool, x.Streams()), held: map[int]Result{}}
}

// done says that a connection is finished. A result that found nothing counts for nothing.
func (q *queue) done(stream int, r Result) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finished[stream] = true
	if r.Count > 0 || r.Partly > 0 {
		q.held[stream] = r
	}
}

// take returns the results that may be delivered now; all of them at the end.
func (q *queue) take(end bool) []Result {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready = q.ready[:0]
	limit := q.next
	for limit < len(q.finished) && (q.finished[limit] || q.x.Empty(limit)) {
		limit++
	}
	q.next = limit
	if end || len(q.held) > q.most {
		limit = len(q.finished)
	}
	for stream := range q.held {
		if stream < limit {
			q.ready = append(q.ready, q.held[stream])
			delete(q.held, stream)
		}
	}
	sortResults(q.ready)
	return q.ready
}

// step returns the function that a replay calls between pieces of work.
func (q *queue) step(progress Progress, yield func(Result) bool) func(done, total int64) bool {
	return func(done, total int64) bool {
		for _, r := range q.take(false) {
			if !yield(r) {
				q.stopped = true
				return false
			}
		}
		if progress != nil {
			progress(done, total)
		}
		return true
	}
}

// finish delivers what is left after a replay that ended with err. What was finished before an error is delivered too.
func (q *queue) finish(ctx context.Context, err error, yield func(Result) bool) error {
	if ctx.Err() != nil || q.stopped {
		return err
	}
	for _, r := range q.take(true) {
		if !yield(r) {
			break
		}
	}
	return err
}
