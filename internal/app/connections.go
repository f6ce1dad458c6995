package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Order is how the list of connections is sorted.
type Order uint8

// The orders.
const (
	ByTime Order = iota
	ByPackets
	ByBytes
	ByDuration
	NumOrders = iota
)

// key is what an order sorts by, the largest first.
func (o Order) key(t *tcp.Connection) uint64 {
	switch o {
	case ByPackets:
		return uint64(t.Packets[0]) + uint64(t.Packets[1])
	case ByBytes:
		return t.Bytes[0] + t.Bytes[1]
	case ByDuration:
		return uint64(max(t.LastTime-t.FirstTime, 0))
	case ByTime: // the order of the stream numbers
	}
	return 0
}

// query says which connections are listed, and in what order.
type query struct {
	filter *filter
	only   int // a diagnose.Health, -1 for any
	order  Order
}

// list is what a query finds: the connections, and how many of each class there are, listed or not.
type list struct {
	shown  []int
	health [diagnose.NumHealths]int
}

// askedAtOnce is the number of connections that are looked at before the session is let go on: it waits meanwhile.
const askedAtOnce = 4096

// run looks through the connections known now. It ends early, with a list of no use, when ctx does.
func (q *query) run(ctx context.Context, s *session.Session) list {
	type row struct {
		stream int
		key    uint64
	}
	var l list
	var rows []row
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
				rows = append(rows, row{int(t.Stream), q.order.key(t)})
			}
			return n < askedAtOnce
		})
	}
	if q.order != ByTime {
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.key, a.key) })
	}
	l.shown = make([]int, len(rows))
	for i, r := range rows {
		l.shown[i] = r.stream
	}
	return l
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
	q, began := query{parseFilter(c.Filter), c.Only, c.Order}, time.Now()
	if c.Session.Streams() <= listedAtOnce {
		a.listed(c, q.run(c.ctx, c.Session), began)
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.listing = cancel
	var l list
	a.background(ctx, func() { l = q.run(ctx, c.Session) }, func() {
		cancel()
		c.listing = nil
		a.listed(c, l, began)
	})
}

// listed takes over a list that was begun at the given time. The first connection is shown as soon as there is one.
func (a *App) listed(c *Capture, l list, began time.Time) {
	c.Shown, c.Health = l.shown, l.health
	c.listedAt = time.Now()
	c.listTook = c.listedAt.Sub(began)
	if c.wanted < 0 && c.Case == nil && len(c.Shown) > 0 {
		a.selectConnection(c.Shown[0])
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

// SetFilter shows only the connections that match the text.
func (a *App) SetFilter(text string) {
	if c := a.Capture; c != nil && c.Filter != text {
		c.Filter = text
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
	a.list(c)
}

// NextOrder sorts the connections by the next criterion.
func (a *App) NextOrder() {
	if c := a.Capture; c != nil {
		c.Order = (c.Order + 1) % NumOrders
		a.list(c)
	}
}

// Row returns the place of a connection in the list, -1 if it is not shown.
func (c *Capture) Row(stream int) int { return slices.Index(c.Shown, stream) }
