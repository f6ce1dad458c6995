package app

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
)

// ipPacket makes a packet of raw IPv4 from 10.0.0.1 to 10.0.0.(2 + host): TCP or UDP with ports, or ICMP without.
func ipPacket(protocol, host byte, port uint16, payload string) []byte {
	size := map[byte]int{1: 8, 6: 20, 17: 8}[protocol]
	p := make([]byte, 20+size, 20+size+len(payload))
	p[0], p[8], p[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(p[2:], uint16(20+size+len(payload)))
	copy(p[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2 + host})
	l4 := p[20:]
	if protocol != 1 {
		binary.BigEndian.PutUint16(l4, port)
		binary.BigEndian.PutUint16(l4[2:], 80)
	}
	switch protocol {
	case 1:
		l4[0] = 8
	case 6:
		l4[12], l4[13], l4[14] = 5<<4, 0x18, 4
	case 17:
		binary.BigEndian.PutUint16(l4[4:], uint16(8+len(payload)))
	}
	return append(p, payload...)
}

// ipCapture is a capture of such packets, a millisecond apart.
func ipCapture(t testing.TB, packets ...[]byte) []byte {
	t.Helper()
	var out strings.Builder
	w, err := pcapfile.NewPcapWriter(&out, pcapfile.Pcap, capture.LinkTypeRaw, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		if err := w.WritePacket(&capture.Packet{Time: 1e18 + int64(i)*1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return []byte(out.String())
}

const getA, getB = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET / HTTP/1.1\r\nHost: b.example:80\r\n\r\n"

func mixedCapture(t *testing.T) (*App, *host, *Capture) {
	t.Helper()
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "mixed.pcap", ipCapture(t,
		ipPacket(6, 0, 1001, getB), ipPacket(6, 1, 1002, getA), ipPacket(6, 2, 1003, getB), ipPacket(6, 3, 1004, "nothing known"),
		ipPacket(17, 0, 2001, "one"), ipPacket(17, 0, 2001, "two"), ipPacket(17, 1, 2002, "three"), ipPacket(1, 0, 0, "ping"),
	)))
	return a, h, a.Capture
}

// rows writes the list as it is shown.
func rows(c *Capture) string {
	var out []string
	for i := range c.ListLen() {
		if r := c.ListRow(i); r.Head {
			g := &c.Side.Groups[r.Group]
			out = append(out, fmt.Sprintf("%s(%d)", g.Host, g.N))
		} else {
			out = append(out, fmt.Sprint(r.Conversation))
		}
	}
	return strings.Join(out, " ")
}

func TestFamilies(t *testing.T) {
	a, h, c := mixedCapture(t)
	if c.Side.Totals != [NumFamilies]int{4, 2, 1} || c.Side.Family != TCPFamily || rows(c) != "0 1 2 3" || c.RowOfSelected() != 0 {
		t.Fatalf("%v, %q, row %d", c.Side.Totals, rows(c), c.RowOfSelected())
	}
	sum := 0
	for _, n := range c.Health {
		sum += n
	}
	if sum != c.Side.Totals[TCPFamily] {
		t.Errorf("the classes %v do not add up to %d", c.Health, c.Side.Totals[TCPFamily])
	}
	if a.ShowFamily(UDPFamily); rows(c) != "0 1" || c.RowOfSelected() != -1 || c.Chat == nil {
		t.Errorf("UDP: %q, row %d", rows(c), c.RowOfSelected())
	}
	a.SelectOther(0)
	h.until("its packets are shown", c.Other.Shown)
	if c.Other.Rows.Len() != 2 || c.RowOfSelected() != 0 || c.Other.Packet != 0 {
		t.Errorf("%d packets, row %d, packet %d", c.Other.Rows.Len(), c.RowOfSelected(), c.Other.Packet)
	}
	if a.SelectOtherPacket(1); c.Other.Packet != 1 {
		t.Error("the second packet is not selected")
	}
	if a.SelectOtherPacket(2); c.Other.Packet != 1 {
		t.Error("a packet that is not there is selected")
	}
	a.SetFilter("2002 udp")
	if rows(c) != "1" {
		t.Errorf("filtered: %q", rows(c))
	}
	if a.SetFilter("tcp.port == 1"); rows(c) != "" {
		t.Errorf("a display filter, which asks for TCP, lists %q", rows(c))
	}
	a.SetFilter("")
	if a.ShowHealth(diagnose.Healthy); c.Side.Family != TCPFamily || rows(c) != "" {
		t.Errorf("a class of connections lists family %d: %q", c.Side.Family, rows(c))
	}
	a.ShowHealth(diagnose.Healthy)
	if a.ShowFamily(OtherFamily); rows(c) != "2" {
		t.Errorf("the rest: %q", rows(c))
	}
	a.ShowFamily(TCPFamily)
	if a.SelectConnection(1); c.Other.Shown() || c.Stream != 1 || c.RowOfSelected() != 1 {
		t.Errorf("connection %d, row %d", c.Stream, c.RowOfSelected())
	}
}

func TestACaptureWithoutTCPShowsWhatItHas(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "ping.pcap", ipCapture(t, ipPacket(1, 0, 0, "ping"), ipPacket(1, 0, 0, "ping"))))
	c := a.Capture
	h.until("the pings are shown", c.Other.Shown)
	if c.Side.Family != OtherFamily || rows(c) != "0" || c.Chat != nil {
		t.Errorf("family %d, %q", c.Side.Family, rows(c))
	}
}

func TestGroups(t *testing.T) {
	a, h, c := mixedCapture(t)
	settle := func() { h.until("the list is made", func() bool { return c.listing == nil }) }
	a.GroupByHost(true)
	if settle(); rows(c) != "b.example(2) 0 2 a.example(1) 1 10.0.0.5(1) 3" {
		t.Fatalf("grouped: %q", rows(c))
	}
	g := c.Side.Groups[0]
	one, two := c.Session.Connection(0), c.Session.Connection(2)
	if g.Packets != 2 || g.Bytes != one.Bytes[0]+two.Bytes[0] || g.Health[diagnose.Unfinished] != 2 {
		t.Errorf("the sums of a group: %+v", g)
	}
	a.SelectConnection(2)
	if c.RowOfSelected() != 2 {
		t.Errorf("row %d", c.RowOfSelected())
	}
	a.ToggleGroup(0)
	if rows(c) != "b.example(2) a.example(1) 1 10.0.0.5(1) 3" || c.RowOfSelected() != 0 {
		t.Errorf("a closed group: %q, row %d", rows(c), c.RowOfSelected())
	}
	a.SortBy(ByHost)
	if settle(); rows(c) != "10.0.0.5(1) 3 a.example(1) 1 b.example(2)" {
		t.Errorf("by host: %q", rows(c))
	}
	a.CloseGroups(false)
	a.SortBy(ByBytes)
	if settle(); !strings.HasPrefix(rows(c), "b.example(2) 0 2") {
		t.Errorf("by bytes: %q", rows(c))
	}
	a.SortBy(ByBytes)
	if settle(); !c.Side.Reversed || !strings.HasSuffix(rows(c), "b.example(2) 2 0") {
		t.Errorf("the fewest bytes first: %q", rows(c))
	}
	a.CloseGroups(true)
	if c.ListLen() != 3 || !slices.Equal(c.Listed(), c.Shown) {
		t.Errorf("all closed: %q", rows(c))
	}
	a.ShowFamily(UDPFamily)
	if settle(); rows(c) != "10.0.0.3(1) 1 10.0.0.2(1) 0" {
		t.Errorf("UDP: %q", rows(c))
	}
	a.GroupByHost(false)
	if settle(); rows(c) != "0 1" && rows(c) != "1 0" {
		t.Errorf("not grouped: %q", rows(c))
	}
}
