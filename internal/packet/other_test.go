package packet

import (
	"bytes"
	"fmt"
	"testing"

	"tcptalk/internal/capture"
)

// text renders an Other for the tables.
func (o *Other) text() string {
	return fmt.Sprintf("kind %d number 0x%x %v > %v len %d joined %v: %x", o.Kind, o.Number, o.Src, o.Dst, o.Len, o.Joined, o.Payload)
}

// arpWhoHas asks for 192.0.2.2 in the name of 192.0.2.1.
var arpWhoHas = unhex("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202")

func TestOther(t *testing.T) {
	const noAddr = "invalid AddrPort > invalid AddrPort"
	const ends = "192.0.2.1:0 > 198.51.100.2:0"
	udp := udpTo(9999, []byte("hi"))
	vxlan := func(inner []byte) []byte {
		return ether(0x0800, ip4(protoUDP, udpTo(portVXLAN, join(make([]byte, 8), inner))))
	}
	quotes := ether(0x0800, ip4(protoICMP, join(unhex("0303 0000 00000000"), ip4(protoUDP, udp))))
	for _, c := range []struct {
		name string
		link capture.LinkType
		data []byte
		want string
	}{
		{"UDP", 1, ether(0x0800, ip4(protoUDP, udp)), "kind 9 number 0x0 192.0.2.1:50000 > 198.51.100.2:9999 len 2 joined false: 6869"},
		{"UDP over IPv6", 1, ether(0x86dd, ip6(protoUDP, udp)), "kind 9 number 0x0 [2001:db8::1]:50000 > [2001:db8::2]:9999 len 2 joined false: 6869"},
		{"a UDP header that is cut", 1, ether(0x0800, ip4(protoUDP, udp))[:38], "kind 0 number 0x0 " + noAddr + " len 0 joined false: "},
		{"ICMP", 1, ether(0x0800, ip4(protoICMP, unhex("0800 0000 0001 0002"))), "kind 7 number 0x0 " + ends + " len 8 joined false: 0800000000010002"},
		{"ICMPv6", 1, ether(0x86dd, ip6(protoICMPv6, unhex("8000 0000 0001 0002"))), "kind 8 number 0x0 [2001:db8::1]:0 > [2001:db8::2]:0 len 8 joined false: 8000000000010002"},
		{"ICMP that quotes UDP", 1, quotes, "kind 7 number 0x0 " + ends + " len 38 joined false: " + fmt.Sprintf("%x", quotes[34:])},
		{"ARP", 1, ether(0x0806, arpWhoHas), "kind 6 number 0x0 192.0.2.1:0 > 192.0.2.2:0 len 28 joined false: " + fmt.Sprintf("%x", arpWhoHas)},
		{"ARP that is cut", 1, ether(0x0806, arpWhoHas[:20]), "kind 6 number 0x0 " + noAddr + " len 20 joined false: " + fmt.Sprintf("%x", arpWhoHas[:20])},
		{"OSPF", 1, ether(0x0800, ip4(89, []byte{2})), "kind 5 number 0x59 " + ends + " len 1 joined false: 02"},
		{"a fragment", 1, ether(0x0800, ip4Between(v4a, v4b, protoUDP, ipv4More, make([]byte, 8))), "kind 4 number 0x11 " + ends + " len 8 joined false: 0000000000000000"},
		{"LLDP", 1, ether(0x88cc, []byte{1}), "kind 2 number 0x88cc " + noAddr + " len 0 joined false: "},
		{"spanning tree", 1, ether(3, unhex("42 42 03")), "kind 2 number 0x42 " + noAddr + " len 0 joined false: "},
		{"PPP's own", 9, unhex("c021 0101"), "kind 2 number 0x0 " + noAddr + " len 0 joined false: "},
		{"a beacon", 105, join([]byte{0x80, 0}, make([]byte, 30)), "kind 3 number 0x0 " + noAddr + " len 0 joined false: "},
		{"an unknown link type", 9999, []byte{1}, "kind 1 number 0x270f " + noAddr + " len 0 joined false: "},
		{"too short for Ethernet", 1, []byte{1}, "kind 0 number 0x0 " + noAddr + " len 0 joined false: "},
		{"UDP inside VXLAN", 1, vxlan(ether(0x86dd, ip6(protoUDP, udp))), "kind 9 number 0x0 [2001:db8::1]:50000 > [2001:db8::2]:9999 len 2 joined false: 6869"},
		{"ARP inside VXLAN", 1, vxlan(ether(0x0806, arpWhoHas)), "kind 6 number 0x0 192.0.2.1:0 > 192.0.2.2:0 len 28 joined false: " + fmt.Sprintf("%x", arpWhoHas)},
	} {
		d := NewDecoder()
		if segs := d.Decode(pkt(c.link, c.data)); len(segs) != 0 {
			t.Errorf("%s: %d segments", c.name, len(segs))
		}
		if got := d.Other().text(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Fragments in any order become one datagram, on the frame that completes it.
func TestOtherJoined(t *testing.T) {
	whole := udpTo(9999, bytes.Repeat([]byte("x"), 24))
	d := NewDecoder()
	d.Decode(pkt(capture.LinkTypeRaw, ip4Between(v4a, v4b, protoUDP, 2, whole[16:])))
	if o := d.Other(); o.Kind != OtherFragment || o.Number != protoUDP {
		t.Errorf("the last fragment alone is %s", o.text())
	}
	d.Decode(pkt(capture.LinkTypeRaw, ip4Between(v4a, v4b, protoUDP, ipv4More, whole[:16])))
	if o := d.Other(); o.Kind != OtherUDP || !o.Joined || o.Len != 24 || !bytes.Equal(o.Payload, whole[8:]) {
		t.Errorf("the datagram is %s", o.text())
	}
}

func TestOtherAllocatesNothing(t *testing.T) {
	d := NewDecoder()
	packets := []*capture.Packet{
		pkt(capture.LinkTypeEthernet, ether(0x0800, ip4(protoUDP, udpTo(53, []byte("hi"))))),
		pkt(capture.LinkTypeEthernet, ether(0x0806, arpWhoHas)),
		pkt(capture.LinkTypeEthernet, ether(0x86dd, ip6(protoICMPv6, unhex("8000 0000 0001 0002")))),
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, p := range packets {
			d.Decode(p)
			d.Other()
		}
	}); n != 0 {
		t.Errorf("%v allocations for %d packets", n, len(packets))
	}
}

func TestParseARP(t *testing.T) {
	for n := range len(arpWhoHas) {
		if m, ok := ParseARP(arpWhoHas[:n]); ok {
			t.Fatalf("%d bytes are %+v", n, m)
		}
	}
	m, ok := ParseARP(join(arpWhoHas, make([]byte, 18))) // Ethernet's padding
	if !ok || m.Operation != ARPRequest || m.SenderMAC.String() != "02:00:00:00:00:01" ||
		m.TargetMAC.String() != "00:00:00:00:00:00" || m.SenderIP.String() != "192.0.2.1" || m.TargetIP.String() != "192.0.2.2" {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := ParseARP(unhex("0001 86dd 06 10 0001")); ok {
		t.Error("addresses that are not IPv4")
	}
}

func TestParseICMP(t *testing.T) {
	udp4 := ip4(protoUDP, udpTo(9999, nil))
	neighbor := join(unhex("87 00 0000 00000000"), v6b.AsSlice())
	for _, c := range []struct {
		name string
		b    []byte
		v6   bool
		want string
	}{
		{"ping", unhex("0800 0000 0102 0003"), false, "8.0 id 258 seq 3"},
		{"ping over IPv6", unhex("8100 0000 0102 0003"), true, "129.0 id 258 seq 3"},
		{"port unreachable", join(unhex("0303 0000 00000000"), udp4), false, "3.3 quotes 17 192.0.2.1:50000 > 198.51.100.2:9999"},
		{"nothing quoted", unhex("0303 0000 00000000"), false, "3.3"},
		{"fragmentation needed", unhex("0304 0000 0000 05dc"), false, "3.4 mtu 1500"},
		{"redirect", unhex("0501 0000 c0000209"), false, "5.1 gateway 192.0.2.9"},
		{
			"a later fragment has no ports", join(unhex("0b01 0000 00000000"), ip4Between(v4a, v4b, protoUDP, 5, make([]byte, 8))), false,
			"11.1 quotes 17 192.0.2.1:0 > 198.51.100.2:0",
		},
		{"too big", join(unhex("02 00 0000 00000500"), ip6(protoTCP, tcpHello)), true, "2.0 mtu 1280 quotes 6 [2001:db8::1]:49152 > [2001:db8::2]:80"},
		{"who has", neighbor, true, "135.0 target 2001:db8::2"},
		{"who has, cut", neighbor[:20], true, "135.0"},
		{"timestamp", unhex("0d00 0000 00000000"), false, "13.0"},
		{"router solicitation", unhex("8500 0000 00000000"), true, "133.0"},
	} {
		m, ok := ParseICMP(c.b, c.v6)
		got := fmt.Sprintf("%d.%d", m.Type, m.Code)
		if m.ID != 0 {
			got += fmt.Sprintf(" id %d seq %d", m.ID, m.Seq)
		}
		if m.MTU != 0 {
			got += fmt.Sprintf(" mtu %d", m.MTU)
		}
		if m.Gateway.IsValid() {
			got += " gateway " + m.Gateway.String()
		}
		if m.Target.IsValid() {
			got += " target " + m.Target.String()
		}
		if q := m.Quoted; q.Src.IsValid() {
			got += fmt.Sprintf(" quotes %d %v > %v", q.Protocol, q.Src, q.Dst)
		}
		if !ok || got != c.want || m.V6 != c.v6 {
			t.Errorf("%s: %s, %v", c.name, got, ok)
		}
	}
	if _, ok := ParseICMP(make([]byte, 7), false); ok {
		t.Error("half a header is a message")
	}
}
