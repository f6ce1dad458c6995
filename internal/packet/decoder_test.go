package packet

import (
	"net/netip"
	"testing"

	"tcptalk/internal/capture"
)

func TestEncapsulations(t *testing.T) {
	for _, f := range frames() {
		t.Run(f.name, func(t *testing.T) {
			p := pkt(f.link, f.data)
			d := NewDecoder()
			segs := d.Decode(p)
			if len(segs) != 1 {
				t.Fatalf("got %d segments, want 1; outcome %s", len(segs), d.Outcome())
			}
			s := segs[0]
			src, dst := v4a, v4b
			if f.v6 {
				src, dst = v6a, v6b
			}
			if s.Src != netip.AddrPortFrom(src, 0xc000) || s.Dst != netip.AddrPortFrom(dst, 80) {
				t.Errorf("from %v to %v", s.Src, s.Dst)
			}
			if s.Frame != 7 || s.Time != p.Time || s.FrameLen != p.OrigLen {
				t.Errorf("frame %d, time %d, length %d", s.Frame, s.Time, s.FrameLen)
			}
			if s.Seq != 100 || s.Ack != 1000 || s.Flags != PSH|ACK || s.Window != 0x2000 || s.HeaderLen != 20 || s.TTL != 64 {
				t.Errorf("wrong header values: %+v", s)
			}
			if !s.HasLen || s.Len != 5 || string(s.Payload) != "hello" || s.HeaderCut || s.Quoted {
				t.Errorf("HasLen %v, Len %d, Payload %q, HeaderCut %v, Quoted %v", s.HasLen, s.Len, s.Payload, s.HeaderCut, s.Quoted)
			}
			if at := int(s.PayloadOffset); string(p.Data[at:at+5]) != "hello" {
				t.Errorf("payload offset %d is wrong", at)
			}
			if d.Outcome() != OutcomeTCP {
				t.Errorf("outcome %s", d.Outcome())
			}
		})
	}
}

// TestTruncation cuts every frame at every length: the segment must stay the same except for the bytes that are gone.
func TestTruncation(t *testing.T) {
	for _, f := range frames() {
		d := NewDecoder()
		full := mustDecode(t, pkt(f.link, f.data))
		at := int(full.PayloadOffset) - tcpMinLen
		for n := range f.data {
			p := pkt(f.link, f.data[:n:n])
			p.OrigLen = uint32(len(f.data))
			segs := d.Decode(p)
			if n < at+tcpNeeded {
				if len(segs) != 0 {
					t.Fatalf("%s cut to %d bytes: a segment from %d header bytes", f.name, n, n-at)
				}
				continue
			}
			if len(segs) != 1 {
				t.Fatalf("%s cut to %d bytes: %d segments, want 1", f.name, n, len(segs))
			}
			s := segs[0]
			if s.Src != full.Src || s.Dst != full.Dst || s.Seq != full.Seq || !s.HasLen || s.Len != 5 {
				t.Fatalf("%s cut to %d bytes: %+v", f.name, n, s)
			}
			if cut := n < at+tcpMinLen; s.HeaderCut != cut {
				t.Fatalf("%s cut to %d bytes: HeaderCut %v", f.name, n, s.HeaderCut)
			}
			if want := min(5, max(0, n-int(full.PayloadOffset))); len(s.Payload) != want {
				t.Fatalf("%s cut to %d bytes: %d payload bytes, want %d", f.name, n, len(s.Payload), want)
			}
		}
	}
}

func TestLengths(t *testing.T) {
	e := capture.LinkTypeEthernet
	patch := func(at int, v uint16) []byte {
		b := ether(0x0800, ip4(protoTCP, tcpHello))
		b[at], b[at+1] = byte(v>>8), byte(v)
		return b
	}
	const totalAt, offsetAt = ethernetLen + 2, ethernetLen + ipv4Len + 12
	tests := []struct {
		name    string
		data    []byte
		orig    int
		segs    int
		hasLen  bool
		length  uint32
		payload string
	}{
		{"padding is no payload", append(patch(totalAt, 45), 0, 0, 0, 0), 0, 1, true, 5, "hello"},
		{"total length 0 means the whole frame", patch(totalAt, 0), 0, 1, true, 5, "hello"},
		{"total length 0, cut by the snapshot length", patch(totalAt, 0), 1054, 1, true, 1000, "hello"},
		{"total length beyond the frame is bounded by it", patch(totalAt, 9999), 0, 1, true, 5, "hello"},
		{"total length beyond what was captured", patch(totalAt, 1040), 1054, 1, true, 1000, "hello"},
		{"total length shorter than the IP header", patch(totalAt, 19), 0, 0, false, 0, ""},
		{"total length ends in the payload", patch(totalAt, 42), 0, 1, true, 2, "he"},
		{"TCP header longer than the IP payload", patch(offsetAt, 0xf018), 0, 1, false, 0, ""},
		{"TCP header length 0", patch(offsetAt, 0x0018), 0, 1, true, 25, ""},
		{"TCP header length 16", patch(offsetAt, 0x4018), 0, 1, true, 9, ""},
		{"IP header length 16", patch(ethernetLen, 0x4400), 0, 0, false, 0, ""},
		{"IP version 5", patch(ethernetLen, 0x5500), 0, 0, false, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := pkt(e, tt.data)
			p.OrigLen = uint32(max(tt.orig, len(tt.data)))
			segs := NewDecoder().Decode(p)
			if len(segs) != tt.segs {
				t.Fatalf("got %d segments, want %d", len(segs), tt.segs)
			}
			if tt.segs == 0 {
				return
			}
			if s := segs[0]; s.HasLen != tt.hasLen || s.Len != tt.length || string(s.Payload) != tt.payload {
				t.Errorf("HasLen %v, Len %d, Payload %q", s.HasLen, s.Len, s.Payload)
			}
		})
	}
}

func TestPPPoELengthBounds(t *testing.T) {
	v4 := ip4(protoTCP, tcpHello)
	v4[2], v4[3] = 0x10, 0 // claims 4096 bytes
	data := ether(0x8864, join(unhex("11 00 0001 002c 0021"), v4))
	if s := mustDecode(t, pkt(capture.LinkTypeEthernet, data)); s.Len != 2 || string(s.Payload) != "he" {
		t.Errorf("Len %d, Payload %q: PPPoE's length does not bound the packet", s.Len, s.Payload)
	}
}

func TestJumbogram(t *testing.T) {
	b := ip6(protoHopByHop, join(unhex("06 00 c204 00000021"), tcpHello))
	b[4], b[5] = 0, 0
	if s := mustDecode(t, pkt(capture.LinkTypeRaw, b)); s.Len != 5 {
		t.Errorf("Len %d, want 5", s.Len)
	}
}

func TestSourceRoutes(t *testing.T) {
	via := netip.MustParseAddr("203.0.113.9")
	route := func(kind, pointer byte) []byte {
		return ip4(protoTCP, tcpHello, kind, 11, pointer, 10, 0, 0, 1, 203, 0, 113, 9, 0)
	}
	v6route := func(left byte) []byte {
		header := join([]byte{protoTCP, 4, 0, left, 0, 0, 0, 0}, v6a.AsSlice(), netip.MustParseAddr("2001:db8::9").AsSlice())
		return ip6(protoRouting, join(header, tcpHello))
	}
	tests := []struct {
		name string
		data []byte
		want netip.Addr
	}{
		{"loose", route(131, 4), via},
		{"strict", route(137, 8), via},
		{"used up", route(131, 12), v4b},
		{"record route is none", route(7, 4), v4b},
		{"pointer inside the option's head", route(131, 3), v4b},
		{"pointer inside an address", route(131, 9), v4b},
		{"IPv6 type 0", v6route(1), netip.MustParseAddr("2001:db8::9")},
		{"IPv6 type 0 used up", v6route(0), v6b},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if s := mustDecode(t, pkt(capture.LinkTypeRaw, tt.data)); s.Dst.Addr() != tt.want {
				t.Errorf("destination %v, want %v", s.Dst.Addr(), tt.want)
			}
		})
	}
}

func TestQuotedInErrors(t *testing.T) {
	quote := ip4(protoTCP, tcpHello)
	quote6 := ip6(protoTCP, tcpHello)
	icmp := func(kind byte, b []byte) []byte { return ip4(protoICMP, join([]byte{kind, 4, 0, 0, 0, 0, 5, 0}, b)) }
	icmp6 := func(kind byte, b []byte) []byte { return ip6(protoICMPv6, join([]byte{kind, 0, 0, 0, 0, 0, 5, 0}, b)) }
	tests := []struct {
		name string
		data []byte
		want int
	}{
		{"unreachable", icmp(3, quote), 1},
		{"source quench", icmp(4, quote), 1},
		{"time exceeded", icmp(11, quote), 1},
		{"parameter problem", icmp(12, quote), 1},
		{"redirect shows 8 bytes only", icmp(5, quote), 0},
		{"echo quotes nothing", icmp(8, quote), 0},
		{"classic 8 bytes", icmp(3, quote[:28]), 0},
		{"16 bytes", icmp(3, quote[:36]), 1},
		{"length field too small for RFC 4884", ip4(protoICMP, join([]byte{3, 4, 0, 0, 0, 7, 5, 0}, quote)), 1},
		{"ICMPv6 unreachable", icmp6(1, quote6), 1},
		{"ICMPv6 too big", icmp6(2, quote6), 1},
		{"ICMPv6 time exceeded", icmp6(3, quote6), 1},
		{"ICMPv6 parameter problem", icmp6(4, quote6), 1},
		{"ICMPv6 echo", icmp6(128, quote6), 0},
		{"first fragment quoted as a whole", icmp(3, ip4Between(v4a, v4b, protoTCP, 0x2000, tcpHello[:24])), 0},
		{"first fragment quoted in part", icmp(3, ip4Between(v4a, v4b, protoTCP, 0x2000, tcpHello[:24])[:38]), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDecoder()
			segs := d.Decode(pkt(capture.LinkTypeRaw, tt.data))
			if len(segs) != tt.want || d.Outcome() != OutcomeICMP {
				t.Fatalf("got %d segments, want %d; outcome %s", len(segs), tt.want, d.Outcome())
			}
			for _, s := range segs {
				if !s.Quoted || s.HasLen || s.Len != 0 || s.Seq != 100 {
					t.Errorf("Quoted %v, HasLen %v, Len %d, Seq %d", s.Quoted, s.HasLen, s.Len, s.Seq)
				}
			}
		})
	}
}

func TestSFlowSamples(t *testing.T) {
	inner := ether(0x0800, ip4(protoTCP, tcpHello))
	pad := (4 - len(inner)%4) % 4
	record := join(be(1), be(16+len(inner)+pad), be(1), be(len(inner)), be(0), be(len(inner)), inner, make([]byte, pad))
	sample := join(make([]byte, 28), be(1), record)
	datagram := join(be(5), be(1), v4a.AsSlice(), make([]byte, 12), be(2), be(1), be(len(sample)), sample, be(1), be(len(sample)), sample)
	d := NewDecoder()
	segs := d.Decode(pkt(capture.LinkTypeRaw, ip4(protoUDP, udpTo(portSFlow, datagram))))
	if len(segs) != 2 {
		t.Fatalf("got %d segments, want 2", len(segs))
	}
	for _, s := range segs {
		if s.HasLen || s.Quoted || s.Seq != 100 {
			t.Errorf("HasLen %v, Quoted %v, Seq %d", s.HasLen, s.Quoted, s.Seq)
		}
	}
}

func be(n int) []byte { return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }

func TestOutcomes(t *testing.T) {
	e := capture.LinkTypeEthernet
	tests := []struct {
		name string
		link capture.LinkType
		data []byte
		want Outcome
	}{
		{"TCP", e, ether(0x0800, ip4(protoTCP, tcpHello)), OutcomeTCP},
		{"UDP", e, ether(0x0800, ip4(protoUDP, udpTo(53, []byte("x")))), OutcomeUDP},
		{"ICMP", e, ether(0x0800, ip4(protoICMP, make([]byte, 8))), OutcomeICMP},
		{"ARP", e, ether(0x0806, make([]byte, 28)), OutcomeARP},
		{"IGMP", e, ether(0x0800, ip4(2, make([]byte, 8))), OutcomeOther},
		{"LLDP", e, ether(0x88cc, make([]byte, 8)), OutcomeOther},
		{"fragment", e, ether(0x0800, ip4Between(v4a, v4b, protoTCP, 0x2000, make([]byte, 8))), OutcomeFragment},
		{"short Ethernet", e, make([]byte, 13), OutcomeUndecodable},
		{"empty", e, nil, OutcomeUndecodable},
		{"short TCP", e, ether(0x0800, ip4(protoTCP, tcpHello[:15])), OutcomeUndecodable},
		{"unknown link type", 147, []byte("whatever"), OutcomeUnknownLinkType},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDecoder()
			segs := d.Decode(pkt(tt.link, tt.data))
			if d.Outcome() != tt.want || (len(segs) > 0) != (tt.want == OutcomeTCP) {
				t.Errorf("outcome %s with %d segments, want %s", d.Outcome(), len(segs), tt.want)
			}
		})
	}
	if KnownLinkType(147) || !KnownLinkType(capture.LinkTypeLinuxSLL2) {
		t.Error("KnownLinkType is wrong")
	}
}

func TestDatagrams(t *testing.T) {
	d := NewDecoder()
	data := ether(0x0800, ip4(protoUDP, udpTo(53, []byte("query"))))
	d.Decode(pkt(capture.LinkTypeEthernet, append(data, 0, 0)))
	got := d.Datagrams()
	if len(got) != 1 {
		t.Fatalf("got %d datagrams, want 1", len(got))
	}
	u := got[0]
	if u.Src != netip.AddrPortFrom(v4a, 50000) || u.Dst != netip.AddrPortFrom(v4b, 53) || u.Len != 5 ||
		string(u.Payload) != "query" || string(data[u.PayloadOffset:]) != "query" || u.Quoted {
		t.Errorf("got %+v", u)
	}
}

// TestNestingIsBounded feeds a packet made of nothing but headers.
func TestNestingIsBounded(t *testing.T) {
	for _, unit := range []string{"00018100", "00014000"} {
		var stack []byte
		for range 10000 {
			stack = append(stack, unhex(unit)...)
		}
		for _, etherType := range []uint16{0x8100, 0x8847} {
			d := NewDecoder()
			d.Decode(pkt(capture.LinkTypeEthernet, ether(etherType, stack)))
			if len(d.layers) > MaxLayers {
				t.Errorf("%d layers, bound %d", len(d.layers), MaxLayers)
			}
			if n := d.Limits().Layers; (n == 1) != (len(d.layers) == MaxLayers) {
				t.Errorf("%d layers, and %d packets are said to have too many", len(d.layers), n)
			}
			d = NewDecoder()
			d.Decode(pkt(capture.LinkTypeEthernet, ether(0x0800, ip4(protoTCP, tcpHello))))
			if n := d.Limits(); n != (Limits{}) {
				t.Errorf("of a usual packet: %+v", n)
			}
		}
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, f := range frames() {
		d, p := NewDecoder(), pkt(f.link, f.data)
		d.Decode(p)
		if n := testing.AllocsPerRun(100, func() { d.Decode(p) }); n != 0 {
			t.Errorf("%s: %v allocations per packet", f.name, n)
		}
	}
}
