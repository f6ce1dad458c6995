package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// query says which connections are listed, and in what order.
type query struct {
	filter *filter
	only   int // a diagnose.Health, -1 for any
	sorting
	family Family
}

// list is what a query finds: the connections, and how many of each class there are, listed or not.
type list struct {
	shown  []int
	health [diagnose.NumHealths]int
	// totals counts the conversations of each family, listed or not; groups are those of the rows, nil if there are none.
	totals [NumFamilies]int
	others []int
	groups []Group
}

// askedAtOnce is the number of connections that are looked at before the session is let go on: it waits meanwhile.
const askedAtOnce = 4096

// run looks through the connections known now. It ends early, with a list of no use, when ctx does.
func (q *query) run(ctx context.Context, s *session.Session) list {
	var l list
	rows := listedRows()
	defer func() { keepRows(rows) }()
	for from, n := 0, askedAtOnce; n == askedAtOnce && ctx.Err() == nil; from += n {
		n = 0
		s.EachConnection(from, func(t *tcp.Connection) bool {
			n++
			if t.Packets == [2]uint32{} {
				return n < askedAtOnce // it has a number only: quoted in an ICMP error, or asked of a proxy
			}
			h := diagnose.HealthOf(t)
			l.health[h]++
			if (q.only < 0 || int(h) == q.only) && q.filter.matches(t) {
				rows = append(rows, listedConnection(t, h, q.order))
			}
			return n < askedAtOnce
		})
	}
	for _, n := range l.health {
		l.totals[TCPFamily] += n
	}
	others := q.runOthers(ctx, s, &l)
	if q.family != TCPFamily {
		l.others, l.groups = q.arrange(ctx, s, others)
		rows = rows[:0]
	}
	var groups []Group
	l.shown, groups = q.arrange(ctx, s, rows)
	if q.family == TCPFamily {
		l.groups = groups
	}
	return l
}

// spareRows holds lists on their way from before: during a search one is made every moment.
var spareRows sync.Pool

func listedRows() []listed {
	if rows, ok := spareRows.Get().(*[]listed); ok {
		return (*rows)[:0]
	}
	return nil
}

func keepRows(rows []listed) {
	clear(rows) // of their names
	spareRows.Put(&rows)
}

// listedAtOnce is the number of connections that are listed without a detour through the background: some milliseconds.
const listedAtOnce = 10_000

// list makes the list of connections and their totals anew. A list that is still being made is given up.
func (a *App) list(c *Capture) {
	if c.listing != nil {
		c.listing()
		c.listing = nil
	}
	if c.Session == nil {
		return
	}
	q, began := c.query(), time.Now()
	if c.Session.Streams()+c.Session.Others() <= listedAtOnce && !q.readsNames() {
		a.listed(c, q.run(c.ctx, c.Session), began)
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.listing = cancel
	var l list
	s := c.Session
	a.background(ctx, func() { l = q.run(ctx, s) }, func() {
		cancel()
		c.listing = nil
		a.listed(c, l, began)
	})
}

// listed takes over a list that was begun at the given time. The first connection is shown as soon as there is one.
func (a *App) listed(c *Capture, l list, began time.Time) {
	c.Shown, c.Health = l.shown, l.health
	c.Side.listed(&l)
	c.listedAt = time.Now()
	c.listTook = c.listedAt.Sub(began)
	if a.chooseFirst(c) {
		return
	}
	ch := ConnectionsChanged
	if c.Chat == nil { // the page may have waited for it
		ch |= ProgressChanged
	}
	a.changed(ch)
}

// listPause is how much longer than making a list the pause before the next one is while the capture is read: the list must
// not hold the reading up.
const listPause = 10

// listAgain makes the list anew if that is due while the capture is read.
func (a *App) listAgain(c *Capture) {
	if c.listing == nil && time.Since(c.listedAt) >= listPause*c.listTook {
		a.list(c)
	}
}

// ShowHealth lists the connections of one class only, or all again if they were chosen already.
func (a *App) ShowHealth(h diagnose.Health) {
	c := a.Capture
	if c == nil {
		return
	}
	if c.Only == int(h) {
		c.Only = -1
	} else {
		c.Only = int(h)
	}
	c.Side.Family = TCPFamily // the others have no classes
	a.list(c)
}

// Row returns the place of a connection in the list, -1 if it is not shown.
func (c *Capture) Row(stream int) int { return slices.Index(c.Shown, stream) }
