package app

import (
	"net/netip"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"tcptalk/internal/diagnose"
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

// count takes over connections found since the last look; it reports whether there were any. While the capture is read
// the list is in order of time.
func (c *Capture) count() bool {
	n := c.counted
	c.Session.EachConnection(n, func(t *tcp.Connection) bool {
		if c.shows(t) {
			c.Shown = append(c.Shown, int(t.Stream))
		}
		c.counted++
		return true
	})
	return c.counted > n
}

// recount builds the list anew: filtered, sorted, with the totals of what is known now.
func (c *Capture) recount() {
	c.Shown, c.counted, c.Health = c.Shown[:0], 0, [diagnose.NumHealths]int{}
	if c.Session == nil {
		return
	}
	var keys []uint64
	c.Session.EachConnection(0, func(t *tcp.Connection) bool {
		c.counted++
		if t.Packets == [2]uint32{} {
			return true // known only from a header quoted in an ICMP error
		}
		c.Health[diagnose.HealthOf(t)]++
		if c.shows(t) {
			c.Shown = append(c.Shown, int(t.Stream))
			keys = append(keys, c.Order.key(t))
		}
		return true
	})
	if c.Order != ByTime {
		sort.Stable(&byKey{c.Shown, keys})
	}
}

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

// byKey sorts connections by falling key.
type byKey struct {
	streams []int
	keys    []uint64
}

func (b *byKey) Len() int           { return len(b.streams) }
func (b *byKey) Less(i, j int) bool { return b.keys[i] > b.keys[j] }
func (b *byKey) Swap(i, j int) {
	b.streams[i], b.streams[j] = b.streams[j], b.streams[i]
	b.keys[i], b.keys[j] = b.keys[j], b.keys[i]
}

// shows reports that a connection is in the list: it matches the filter and is in the class chosen.
func (c *Capture) shows(t *tcp.Connection) bool {
	return (c.Only < 0 || diagnose.HealthOf(t) == diagnose.Health(c.Only)) && matches(t, c.Filter)
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
	c.recount()
	a.changed(ConnectionsChanged)
}

// condition is "tcp.port == 7456" or "ip.addr == 10.0.0.1" in a filter, as in Wireshark's display filters.
var condition = regexp.MustCompile(`\b(tcp\.port|ip\.addr|ipv6\.addr)\s*==\s*(\S+)`)

// matches reports that a connection meets the filter: its conditions, and every other word of it occurs in the connection's
// address, port, ending or labels, in any case.
func matches(t *tcp.Connection, filter string) bool {
	if filter == "" {
		return true
	}
	for _, m := range condition.FindAllStringSubmatch(filter, -1) {
		if !meets(t, m[1], m[2]) {
			return false
		}
	}
	filter = condition.ReplaceAllString(strings.ReplaceAll(filter, "&&", " "), " ")
	text := strings.ToLower(t.Client.String() + " " + t.Server.String() + " " + endingWords[t.Ending] + " " +
		strings.Join(t.Labels.Names(), " ") + " #" + strconv.Itoa(int(t.Stream)))
	for _, word := range strings.Fields(strings.ToLower(filter)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func meets(t *tcp.Connection, field, value string) bool {
	for _, end := range [...]netip.AddrPort{t.Client, t.Server} {
		have := end.Addr().String()
		if field == "tcp.port" {
			have = strconv.Itoa(int(end.Port()))
		}
		if have == value {
			return true
		}
	}
	return false
}

// endingWords are what a reader may type to find connections that ended so.
var endingWords = [tcp.NumEndings]string{
	tcp.StillOpen: "open", tcp.NoAnswer: "no answer syn only", tcp.Refused: "refused rst", tcp.Orderly: "closed fin ok",
	tcp.Simultaneous: "closed simultaneous fin", tcp.HalfClosed: "half closed fin", tcp.Reset: "reset rst",
}

// SetFilter shows only the connections that match the text.
func (a *App) SetFilter(text string) {
	c := a.Capture
	if c == nil || c.Filter == text {
		return
	}
	c.Filter = text
	c.recount()
	a.changed(ConnectionsChanged)
}

// NextOrder sorts the connections by the next criterion.
func (a *App) NextOrder() {
	c := a.Capture
	if c == nil {
		return
	}
	c.Order = (c.Order + 1) % NumOrders
	c.recount()
	a.changed(ConnectionsChanged)
}

// Row returns the place of a connection in the list, -1 if it is not shown.
func (c *Capture) Row(stream int) int {
	for i, s := range c.Shown {
		if s == stream {
			return i
		}
	}
	return -1
}
