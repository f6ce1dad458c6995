package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Family is a list of conversations at the left: those of TCP, of UDP, or of anything else.
type Family uint8

// The families, in the order of the switch.
const (
	TCPFamily Family = iota
	UDPFamily
	OtherFamily
	NumFamilies = iota
)

// familyOf returns the family that a conversation without TCP belongs to.
func familyOf(k packet.OtherKind) Family {
	if k == packet.OtherUDP {
		return UDPFamily
	}
	return OtherFamily
}

// Order is how the conversations are sorted.
type Order uint8

// The orders.
const (
	ByTime     Order = iota // of the first packet, the earliest first
	ByDuration              // the longest first
	ByPackets               // the most first
	ByBytes                 // likewise
	ByHost                  // by the server's name, or its address
	ByTrouble               // failed, slow or lossy, the rest; within a class by the number of retransmissions
	NumOrders  = iota
)

// sorting says in what order conversations are listed, and whether those of one host stand together.
type sorting struct {
	order    Order
	reversed bool
	grouped  bool
}

// readsNames reports that the names of hosts matter, which stand in the packets and have to be read there.
func (s sorting) readsNames() bool { return s.grouped || s.order == ByHost }

// Side is what the column at the left shows besides the connections of Capture.Shown.
type Side struct {
	// Family is the list that is shown, Totals counts the conversations of each, listed or not.
	Family Family
	Totals [NumFamilies]int
	// Others are the conversations listed if Family is not TCPFamily, by their session number, in the order of the list.
	Others []int
	// Reversed turns the order round; Grouped puts the conversations of a host together.
	Reversed, Grouped bool
	// Groups are those of the list if Grouped.
	Groups []Group
	// closed are the hosts whose group is closed.
	closed map[string]bool
}

// Group is the conversations with one host that stand together in the list.
type Group struct {
	Host string
	// First is the place of the first one in Shown or Others, N how many there are.
	First, N       int
	Packets, Bytes uint64
	// Health counts connections by class; conversations that are not TCP have none.
	Health [diagnose.NumHealths]int
	Closed bool
	row    int // where it begins in the list
}

// ListRow is a row of the list: a group, or a conversation.
type ListRow struct {
	// Group is the group's index, -1 in a list without groups. Head says that this is the row that names it.
	Group int
	Head  bool
	// Conversation is the stream number, or the session's number of a conversation that is not TCP; -1 for a head.
	Conversation int
}

func (d *Side) listed(l *list) {
	d.Totals, d.Others, d.Groups = l.totals, l.others, l.groups
	d.layOut()
}

// layOut finds out where in the list every group begins.
func (d *Side) layOut() {
	row := 0
	for i := range d.Groups {
		g := &d.Groups[i]
		g.Closed, g.row = d.closed[g.Host], row
		row += g.rows()
	}
}

// rows is how many rows the group takes in the list.
func (g *Group) rows() int {
	if g.Closed {
		return 1
	}
	return 1 + g.N
}

// Listed returns the conversations of the list in its order, those in closed groups too.
func (c *Capture) Listed() []int {
	if c.Side.Family == TCPFamily {
		return c.Shown
	}
	return c.Side.Others
}

// ListLen returns the number of rows of the list.
func (c *Capture) ListLen() int {
	if n := len(c.Side.Groups); n > 0 {
		last := &c.Side.Groups[n-1]
		return last.row + last.rows()
	}
	return len(c.Listed())
}

// ListRow returns row i of the list, 0 ≤ i < ListLen.
func (c *Capture) ListRow(i int) ListRow {
	listed := c.Listed()
	if len(c.Side.Groups) == 0 {
		return ListRow{Group: -1, Conversation: listed[i]}
	}
	g, found := slices.BinarySearchFunc(c.Side.Groups, i, func(g Group, row int) int { return cmp.Compare(g.row, row) })
	if found {
		return ListRow{Group: g, Head: true, Conversation: -1}
	}
	group := &c.Side.Groups[g-1]
	return ListRow{Group: g - 1, Conversation: listed[group.First+i-group.row-1]}
}

// RowOfSelected returns the row of the conversation that is shown, or that of its group if that is closed; -1 if it is not listed.
func (c *Capture) RowOfSelected() int {
	selected := c.Stream
	if c.Other.Shown() != (c.Side.Family != TCPFamily) {
		return -1
	}
	if c.Other.Shown() {
		selected = c.Other.Index
	}
	at := slices.Index(c.Listed(), selected)
	if at < 0 || len(c.Side.Groups) == 0 {
		return at
	}
	g, found := slices.BinarySearchFunc(c.Side.Groups, at, func(g Group, first int) int { return cmp.Compare(g.First, first) })
	if !found {
		g--
	}
	group := &c.Side.Groups[g]
	if group.Closed {
		return group.row
	}
	return group.row + 1 + at - group.First
}

// listed is a conversation on its way into the list.
type listed struct {
	number         int
	key            uint64
	host           string
	health         int // -1 for what is not TCP
	packets, bytes uint64
}

// troubleBits is how far the class of a connection stands above its retransmissions in the order by trouble.
const troubleBits = 40

// troubleOf ranks the classes for the order by trouble.
var troubleOf = [diagnose.NumHealths]uint64{diagnose.Failed: 3, diagnose.Troubled: 2, diagnose.Unfinished: 1}

func listedConnection(t *tcp.Connection, h diagnose.Health, o Order) listed {
	l := listed{
		number: int(t.Stream), health: int(h), packets: uint64(t.Packets[0]) + uint64(t.Packets[1]), bytes: t.Bytes[0] + t.Bytes[1],
	}
	l.key = l.by(o, t.LastTime-t.FirstTime)
	if o == ByTrouble {
		l.key = troubleOf[h]<<troubleBits + uint64(t.Retransmissions[0]) + uint64(t.Retransmissions[1])
	}
	return l
}

// by is what an order sorts by, the largest first; 0 where the order of the numbers stays.
func (l *listed) by(o Order, duration int64) uint64 {
	switch o {
	case ByPackets:
		return l.packets
	case ByBytes:
		return l.bytes
	case ByDuration:
		return uint64(max(duration, 0))
	case ByTime, ByHost, ByTrouble: // the order of the numbers, of the names, of the classes
	}
	return 0
}

// runOthers looks through the conversations that are not TCP and returns those of the family that the query asks for.
func (q *query) runOthers(ctx context.Context, s *session.Session, l *list) []listed {
	var rows []listed
	for from, n := 0, askedAtOnce; n == askedAtOnce && ctx.Err() == nil; from += n {
		n = 0
		s.EachOther(from, func(i int, o *session.Other) bool {
			n++
			family := familyOf(o.Kind)
			l.totals[family]++
			if family == q.family && (q.filter.others.has(i) || !q.filter.onlyTCP() && otherMatches(o, q.filter.words)) {
				r := listed{number: i, health: -1, packets: uint64(o.Packets[0]) + uint64(o.Packets[1]), bytes: o.Bytes[0] + o.Bytes[1]}
				r.key = r.by(q.order, o.LastTime-o.FirstTime)
				if q.readsNames() {
					r.host = OtherHost(o)
				}
				rows = append(rows, r)
			}
			return n < askedAtOnce
		})
	}
	return rows
}

// OtherHost is the address of the end that was spoken to, or what a conversation without addresses consists of.
func OtherHost(o *session.Other) string {
	if o.Ends[1].IsValid() {
		return o.Ends[1].Addr().String()
	}
	return narrate.OtherName(narrate.English, o.Kind, o.Number, o.Protocol)
}

// otherMatches reports that all words occur in the ends or the name of a conversation that is not TCP.
func otherMatches(o *session.Other, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(narrate.Endpoint(o.Ends[0]) + " " + narrate.Endpoint(o.Ends[1]) + " " +
		narrate.OtherName(narrate.English, o.Kind, o.Number, o.Protocol))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// HostOf names the host that a connection leads to: as the client named it, or by its address.
func HostOf(s *session.Session, stream int) string {
	if name := s.ServerName(stream); name != "" {
		return name
	}
	c := s.Connection(stream)
	return c.Server.Addr().String()
}

// arrange sorts conversations and groups them. It ends early, with a result of no use, when ctx does.
func (q *query) arrange(ctx context.Context, s *session.Session, rows []listed) ([]int, []Group) {
	if q.readsNames() {
		for i := range rows {
			if i%256 == 0 && ctx.Err() != nil {
				return nil, nil
			}
			if rows[i].health >= 0 {
				rows[i].host = HostOf(s, rows[i].number)
			}
		}
	}
	if less := q.compare(); less != nil {
		slices.SortStableFunc(rows, less)
	}
	if q.reversed {
		slices.Reverse(rows)
	}
	var groups []Group
	if q.grouped {
		rows, groups = q.group(rows)
	}
	out := make([]int, len(rows))
	for i := range rows {
		out[i] = rows[i].number
	}
	return out, groups
}

// compare returns the order of rows, nil if it is that of their numbers.
func (q *query) compare() func(a, b listed) int {
	switch q.order {
	case ByTime:
		return nil
	case ByHost:
		return func(a, b listed) int { return cmp.Compare(a.host, b.host) }
	case ByDuration, ByPackets, ByBytes, ByTrouble:
	}
	return func(a, b listed) int { return cmp.Compare(b.key, a.key) }
}

// group puts sorted rows of one host together. Groups come in the order of their first row, or of their sums.
func (q *query) group(rows []listed) ([]listed, []Group) {
	index := map[string]int{}
	var groups []Group
	for i := range rows {
		r := &rows[i]
		g, known := index[r.host]
		if !known {
			g = len(groups)
			index[r.host] = g
			groups = append(groups, Group{Host: r.host, row: g})
		}
		groups[g].N++
		groups[g].Packets += r.packets
		groups[g].Bytes += r.bytes
		if r.health >= 0 {
			groups[g].Health[r.health]++
		}
	}
	if q.order == ByPackets || q.order == ByBytes {
		slices.SortStableFunc(groups, func(a, b Group) int {
			if q.reversed {
				a, b = b, a
			}
			if q.order == ByPackets {
				return cmp.Compare(b.Packets, a.Packets)
			}
			return cmp.Compare(b.Bytes, a.Bytes)
		})
	}
	next := make([]int, len(groups)) // by the number a group got first
	at := 0
	for i := range groups {
		groups[i].First = at
		next[groups[i].row] = at
		at += groups[i].N
	}
	out := make([]listed, len(rows))
	for i := range rows {
		g := index[rows[i].host]
		out[next[g]] = rows[i]
		next[g]++
	}
	return out, groups
}

func (c *Capture) query() query {
	return query{filter: c.filter(), only: c.Only, sorting: sorting{c.Order, c.Side.Reversed, c.Side.Grouped}, family: c.Side.Family}
}

// chooseFirst shows the first conversation as soon as there is one, unless something is shown already. A capture without TCP
// shows what it has instead; then the list is made anew, which is reported.
func (a *App) chooseFirst(c *Capture) (again bool) {
	if c.wanted >= 0 || c.Other.Index >= 0 || c.Case != nil {
		return false
	}
	d := &c.Side
	switch {
	case d.Family == TCPFamily && len(c.Shown) > 0:
		a.selectConnection(c.Shown[0])
	case d.Family != TCPFamily && len(d.Others) > 0:
		a.SelectOther(d.Others[0])
	case d.Family == TCPFamily && d.Totals[TCPFamily] == 0 && !c.Loading:
		for _, f := range []Family{UDPFamily, OtherFamily} {
			if d.Totals[f] > 0 {
				d.Family = f
				a.list(c)
				return true
			}
		}
	}
	return false
}

// ShowFamily lists other conversations. What is shown in the middle stays.
func (a *App) ShowFamily(f Family) {
	if c := a.Capture; c != nil && c.Side.Family != f && f < NumFamilies {
		c.Side.Family = f
		a.list(c)
	}
}

// SortBy lists the conversations in an order, the same one again turned round.
func (a *App) SortBy(o Order) {
	c := a.Capture
	if c == nil || o >= NumOrders {
		return
	}
	c.Side.Reversed = c.Order == o && !c.Side.Reversed
	c.Order = o
	a.list(c)
}

// GroupByHost puts the conversations of a host together, or not.
func (a *App) GroupByHost(on bool) {
	if c := a.Capture; c != nil && c.Side.Grouped != on {
		c.Side.Grouped = on
		a.list(c)
	}
}

// ToggleGroup opens or closes group i of the list.
func (a *App) ToggleGroup(i int) {
	c := a.Capture
	if c == nil || i < 0 || i >= len(c.Side.Groups) {
		return
	}
	d := &c.Side
	if d.closed == nil {
		d.closed = map[string]bool{}
	}
	host := d.Groups[i].Host
	d.closed[host] = !d.closed[host]
	d.layOut()
	a.changed(ConnectionsChanged)
}

// CloseGroups closes all groups of the list, or opens them.
func (a *App) CloseGroups(closed bool) {
	c := a.Capture
	if c == nil {
		return
	}
	d := &c.Side
	d.closed = map[string]bool{}
	for i := range d.Groups {
		if closed {
			d.closed[d.Groups[i].Host] = true
		}
	}
	d.layOut()
	a.changed(ConnectionsChanged)
}
