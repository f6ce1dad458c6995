package session

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"unsafe"

	"tcptalk/internal/capture"
	"tcptalk/internal/packet"
)

// ip writes an IPv4 packet; protocol and hosts as given.
func (b *builder) ip(t testing.TB, protocol, src, dst byte, fragment uint16, payload []byte) {
	t.Helper()
	p := make([]byte, 20, 20+len(payload))
	p[0], p[8], p[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(p[2:], uint16(20+len(payload)))
	binary.BigEndian.PutUint16(p[6:], fragment)
	copy(p[12:], []byte{10, 0, 0, src, 10, 0, 0, dst})
	p = append(p, payload...)
	b.frame++
	pkt := capture.Packet{Time: 1e18 + b.frame*1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}
	if err := b.w.WritePacket(&pkt); err != nil {
		t.Fatal(err)
	}
}

// udp makes a datagram.
func udp(src, dst uint16, text string) []byte {
	h := make([]byte, 8, 8+len(text))
	binary.BigEndian.PutUint16(h, src)
	binary.BigEndian.PutUint16(h[2:], dst)
	binary.BigEndian.PutUint16(h[4:], uint16(8+len(text)))
	return append(h, text...)
}

// query makes a DNS message about the root, or the answer to one.
func query(id byte, response bool) string {
	bits := byte(1)
	if response {
		bits |= 0x80
	}
	return string([]byte{0, id, bits, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1})
}

func ping(typ, seq byte) []byte { return []byte{typ, 0, 0, 0, 0, 7, 0, seq} }

const (
	icmpProtocol = 1
	udpProtocol  = 17
	more         = 0x2000 // fragments
)

// summaries renders all conversations that are not TCP.
func summaries(s *Session) string {
	var b strings.Builder
	s.EachOther(0, func(i int, o *Other) bool {
		fmt.Fprintf(&b, "%d kind %d/%d %v %v packets %v bytes %v payload %v %s\n", i, o.Kind, o.Number, o.Ends[0], o.Ends[1], o.Packets, o.Bytes, o.Payload, o.Protocol)
		return true
	})
	return b.String()
}

// zoo is a capture with a bit of everything: 3 packets of TCP and 9 others.
func zoo(t testing.TB) []byte {
	b := newBuilder(t)
	b.ip(t, udpProtocol, 1, 2, 0, udp(50000, 53, query(1, false))) // frame 1
	b.ip(t, icmpProtocol, 1, 2, 0, ping(8, 1))
	b.ip(t, udpProtocol, 2, 1, 0, udp(53, 50000, query(1, true)))
	b.talk(t, 1).handshake() // frames 4 to 6
	b.ip(t, icmpProtocol, 2, 1, 0, ping(0, 1))
	b.ip(t, udpProtocol, 2, 1, 0, udp(53, 50001, query(2, true))) // the query was not captured
	b.ip(t, 89, 1, 2, 0, []byte{2, 1})
	b.ip(t, udpProtocol, 1, 2, more, udp(50002, 9999, strings.Repeat("long ", 10))[:40]) // frame 10
	b.ip(t, udpProtocol, 1, 2, 5, udp(50002, 9999, strings.Repeat("long ", 10))[40:])
	b.ip(t, udpProtocol, 1, 2, more, make([]byte, 8)) // joins nothing
	return b.capture(t)
}

func TestOthers(t *testing.T) {
	s := ran(t, zoo(t))
	const want = `0 kind 9/0 10.0.0.1:50000 10.0.0.2:53 packets [1 1] bytes [45 45] payload [17 17] dns
1 kind 7/0 10.0.0.1:0 10.0.0.2:0 packets [1 1] bytes [28 28] payload [8 8] 
2 kind 9/0 10.0.0.1:50001 10.0.0.2:53 packets [0 1] bytes [0 45] payload [0 17] dns
3 kind 5/89 10.0.0.1:0 10.0.0.2:0 packets [1 0] bytes [22 0] payload [2 0] 
4 kind 4/17 10.0.0.1:0 10.0.0.2:0 packets [2 0] bytes [88 0] payload [48 0] 
5 kind 9/0 10.0.0.1:50002 10.0.0.2:9999 packets [1 0] bytes [38 0] payload [50 0] 
`
	if got := summaries(s); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if s.Others() != 6 || s.Streams() != 1 || s.OthersLeftOut() != (LeftOut{}) {
		t.Errorf("%d others, %d connections, %+v left out", s.Others(), s.Streams(), s.OthersLeftOut())
	}
	if o := s.Other(0); o.LastTime-o.FirstTime != 2e6 {
		t.Errorf("from %d to %d", o.FirstTime, o.LastTime)
	}
}

func otherView(t testing.TB, s *Session, i int) *OtherView {
	t.Helper()
	v, err := s.OtherView(i)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOtherView(t *testing.T) {
	s := ran(t, zoo(t))
	v := otherView(t, s, 0)
	if v.Len() != 2 || v.At(0).Frame != 1 || v.At(1).Frame != 3 || v.At(0).Dir() == v.At(1).Dir() || v.At(1).Time-v.At(0).Time != 2e6 {
		t.Errorf("the DNS packets are %d: %+v %+v", v.Len(), v.At(0), v.At(1))
	}
	p, err := v.Packet(1)
	if err != nil || p.Number != 3 || len(p.Data) != 45 || p.LinkType != capture.LinkTypeRaw {
		t.Errorf("packet 3 is %+v, %v", p, err)
	}
	if b, err := v.Payload(1); err != nil || string(b) != query(1, true) {
		t.Errorf("its content is %q, %v", b, err)
	}
	// What was put together from fragments is there too, on the frame that completed it; fragments of their own are not.
	if b, err := otherView(t, s, 5).Payload(0); err != nil || string(b) != strings.Repeat("long ", 10) {
		t.Errorf("joined: %q, %v", b, err)
	}
	if v = otherView(t, s, 5); v.At(0).Frame != 11 {
		t.Errorf("joined on frame %d", v.At(0).Frame)
	}
	if b, err := otherView(t, s, 4).Payload(0); err != nil || len(b) != 0 {
		t.Errorf("fragment: %q, %v", b, err)
	}
	for _, i := range []int{-1, 6} {
		if _, err := s.OtherView(i); err == nil || !strings.Contains(err.Error(), "the capture has 6") {
			t.Errorf("conversation %d: %v", i, err)
		}
	}
}

func TestPairs(t *testing.T) {
	b := newBuilder(t)
	for _, q := range []struct {
		id       byte
		response bool
	}{{1, false}, {2, false}, {2, true}, {1, true}, {3, true}, {2, true}} {
		src, dst, from, to := uint16(50000), uint16(53), byte(1), byte(2)
		if q.response {
			src, dst, from, to = dst, src, to, from
		}
		b.ip(t, udpProtocol, from, to, 0, udp(src, dst, query(q.id, q.response)))
	}
	b.ip(t, icmpProtocol, 1, 2, 0, ping(8, 1))
	b.ip(t, icmpProtocol, 1, 2, 0, ping(0, 1)) // from the same side: answers nothing
	b.ip(t, icmpProtocol, 2, 1, 0, ping(0, 1))
	b.ip(t, udpProtocol, 1, 2, 0, udp(50000, 9999, "hello"))
	s := ran(t, b.capture(t))
	for i, want := range []string{"[-1 -1 1 0 -1 1]", "[-1 -1 0]", "[]"} {
		pairs, err := otherView(t, s, i).Pairs(context.Background())
		if got := fmt.Sprint(pairs); got != want || err != nil {
			t.Errorf("conversation %d: %s, %v, want %s", i, got, err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := otherView(t, s, 0).Pairs(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A scan makes a conversation of every packet. What is beyond the bounds is counted.
func TestOtherBounds(t *testing.T) {
	b := newBuilder(t)
	for port := range uint16(10) {
		b.ip(t, udpProtocol, 1, 2, 0, udp(50000, port, "?"))
		b.ip(t, udpProtocol, 1, 2, 0, udp(50000, port, "?"))
	}
	whole := udp(50000, 0, strings.Repeat("x", 100))
	b.ip(t, udpProtocol, 1, 2, more, whole[:8])
	b.ip(t, udpProtocol, 1, 2, 1, whole[8:])
	s := opened(t, b.capture(t))
	s.others.mostOthers, s.others.mostRecords, s.others.room = 8, 13, 20
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	// Ports 8 and 9, and the fragments, would be conversations of their own; the joined datagram belongs to port 0.
	if got, want := s.OthersLeftOut(), (LeftOut{Conversations: 5, Packets: 4}); got != want || s.Others() != 8 {
		t.Errorf("%d conversations, %+v left out, want %+v", s.Others(), got, want)
	}
	v := otherView(t, s, 7)
	if v.Len() != 0 || v.Other.Packets != [2]uint32{2, 0} {
		t.Errorf("%d of %v packets are listed", v.Len(), v.Other.Packets)
	}

	s = opened(t, b.capture(t))
	s.others.room = 20
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, want := s.OthersLeftOut(), (LeftOut{Joined: 1}); got != want {
		t.Errorf("%+v left out, want %+v", got, want)
	}
	v = otherView(t, s, 0)
	if b, err := v.Payload(v.Len() - 1); err != nil || len(b) != 0 {
		t.Errorf("what was not kept is %q, %v", b, err)
	}
}

func TestOtherSizes(t *testing.T) {
	if n := unsafe.Sizeof(OtherRecord{}); n != 40 {
		t.Errorf("a record takes %d bytes", n)
	}
	if n := unsafe.Sizeof(Other{}); n > 192 {
		t.Errorf("a conversation takes %d bytes", n)
	}
}

// Taking in a packet of a known conversation allocates nothing but, now and then, a block of records.
func TestOthersAllocateNothing(t *testing.T) {
	list := newOthers()
	o := &packet.Other{Kind: packet.OtherUDP, Src: netip.MustParseAddrPort("10.0.0.1:5"), Dst: netip.MustParseAddrPort("10.0.0.2:6"), Payload: []byte("x"), Len: 1}
	p := &capture.Packet{Data: make([]byte, 60)}
	list.add(p, o)
	if n := testing.AllocsPerRun(otherBlock/2, func() { list.add(p, o) }); n != 0 {
		t.Errorf("%v allocations for a packet", n)
	}
}

// The list can be read while it grows.
func TestOthersWhileRunning(t *testing.T) {
	b := newBuilder(t)
	for i := range 20_000 {
		b.ip(t, udpProtocol, 1, 2, 0, udp(50000, uint16(i%50), "hello"))
	}
	s := opened(t, b.capture(t))
	done := make(chan error)
	go func() { done <- s.Run(context.Background()) }()
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
			for i := range s.Others() {
				v := otherView(t, s, i)
				if n := v.Len(); n > 0 && v.At(n-1).Other != uint32(i) {
					t.Fatalf("a packet of %d in %d", v.At(n-1).Other, i)
				}
			}
		}
	}
	if n := otherView(t, s, 49).Len(); n != 400 {
		t.Errorf("%d packets", n)
	}
}
