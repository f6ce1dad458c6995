package packet

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

// unhex reads bytes written as hex with any spacing.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// Two addresses of every family, and one TCP header with five bytes of payload, used by most tables.
var (
	v4a, v4b = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.2")
	v6a, v6b = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")

	tcpHello = unhex("c000 0050 00000064 000003e8 50 18 2000 0000 0000 68656c6c6f")
)

// ip4 builds an IPv4 packet with a right header checksum.
func ip4(protocol byte, payload []byte, options ...byte) []byte {
	return ip4Between(v4a, v4b, protocol, 0x4000, payload, options...)
}

func ip4Between(src, dst netip.Addr, protocol byte, flagsAndOffset uint16, payload []byte, options ...byte) []byte {
	n := ipv4Len + len(options)
	h := make([]byte, n)
	h[0], h[8], h[9] = byte(0x40|n/4), 64, protocol
	binary.BigEndian.PutUint16(h[2:], uint16(n+len(payload)))
	binary.BigEndian.PutUint16(h[4:], 0x1234)
	binary.BigEndian.PutUint16(h[6:], flagsAndOffset)
	copy(h[12:], src.AsSlice())
	copy(h[16:], dst.AsSlice())
	copy(h[20:], options)
	binary.BigEndian.PutUint16(h[10:], sum(0, h))
	return append(h, payload...)
}

func ip6(next byte, payload []byte) []byte {
	h := make([]byte, ipv6Len)
	h[0], h[6], h[7] = 0x60, next, 64
	binary.BigEndian.PutUint16(h[4:], uint16(len(payload)))
	copy(h[8:], v6a.AsSlice())
	copy(h[24:], v6b.AsSlice())
	return append(h, payload...)
}

func udpTo(port uint16, payload []byte) []byte {
	h := make([]byte, udpLen)
	binary.BigEndian.PutUint16(h, 50000)
	binary.BigEndian.PutUint16(h[2:], port)
	binary.BigEndian.PutUint16(h[4:], uint16(udpLen+len(payload)))
	return append(h, payload...)
}

var macs = unhex("020000000002 020000000001")

func ether(etherType uint16, payload []byte) []byte {
	return join(macs, binary.BigEndian.AppendUint16(nil, etherType), payload)
}

func pkt(link capture.LinkType, data []byte) *capture.Packet {
	return &capture.Packet{Number: 7, LinkType: link, Time: 1_700_000_000_000_000_001, OrigLen: uint32(len(data)), Data: data}
}

// frame is one row of the table of encapsulations: a packet that holds tcpHello.
type frame struct {
	name string
	link capture.LinkType
	data []byte
	v6   bool
}

func frames() []frame {
	e := capture.LinkTypeEthernet
	v4, v6 := ip4(protoTCP, tcpHello), ip6(protoTCP, tcpHello)
	inner := ether(0x0800, v4)
	overUDP := func(port uint16, header string, rest []byte) []byte {
		return ether(0x0800, ip4(protoUDP, udpTo(port, join(unhex(header), rest))))
	}
	gre := func(header string, rest []byte) []byte {
		return ether(0x0800, ip4(protoGRE, join(unhex(header), rest)))
	}
	wlan := unhex("0801 0000 020000000001 020000000002 020000000003 0000")
	snapIP := unhex("aaaa03 000000 0800")
	return []frame{
		{"ethernet IPv4", e, ether(0x0800, v4), false},
		{"ethernet IPv6", e, ether(0x86dd, v6), true},
		{"IPv6 under the IPv4 EtherType", e, ether(0x0800, v6), true},
		{"VLAN", e, ether(0x8100, join(unhex("2064 0800"), v4)), false},
		{"stacked VLANs", e, ether(0x88a8, join(unhex("0001 9100 0002 8100 0003 86dd"), v6)), true},
		{"802.3 LLC SNAP", e, ether(uint16(8+len(v4)), join(snapIP, v4)), false},
		{"LLC IP", e, ether(uint16(3+len(v4)), join(unhex("060603"), v4)), false},
		{"SNAP bridged", e, ether(uint16(8+len(inner)), join(unhex("aaaa03 0080c2 0007"), inner)), false},
		{"VN-Tag", e, ether(0x8926, join(unhex("00000000 0800"), v4)), false},
		{"E-Tag", e, ether(0x893f, join(unhex("000000000000 0800"), v4)), false},
		{"FabricPath", e, ether(0x8903, join(unhex("4020"), inner, unhex("00000000"))), false},
		{"MPLS", e, ether(0x8847, join(unhex("00064040 00065140"), v4)), false},
		{"MPLS pseudowire", e, ether(0x8847, join(unhex("00065140 00000000"), inner)), false},
		{"PPPoE", e, ether(0x8864, join(unhex("11 00 0001"), binary.BigEndian.AppendUint16(nil, uint16(2+len(v4))), unhex("0021"), v4)), false},
		{"null little-endian", capture.LinkTypeNull, join(unhex("02000000"), v4), false},
		{"null big-endian", capture.LinkTypeNull, join(unhex("00000002"), v4), false},
		{"null macOS IPv6", capture.LinkTypeNull, join(unhex("1e000000"), v6), true},
		{"null FreeBSD IPv6", capture.LinkTypeNull, join(unhex("0000001c"), v6), true},
		{"null NetBSD IPv6", capture.LinkTypeNull, join(unhex("18000000"), v6), true},
		{"null Linux IPv6", capture.LinkTypeNull, join(unhex("0a000000"), v6), true},
		{"loop", capture.LinkTypeLoop, join(unhex("00000002"), v4), false},
		{"raw 101", capture.LinkTypeRaw, v4, false},
		{"raw 12", 12, v6, true},
		{"raw 14", 14, v4, false},
		{"IPv4", capture.LinkTypeIPv4, v4, false},
		{"IPv6", capture.LinkTypeIPv6, v6, true},
		{"SLL", capture.LinkTypeLinuxSLL, join(unhex("0000 0001 0006 0200000000010000 0800"), v4), false},
		{"SLL VLAN", capture.LinkTypeLinuxSLL, join(unhex("0000 0001 0006 0200000000010000 8100 0001 86dd"), v6), true},
		{"SLL2", capture.LinkTypeLinuxSLL2, join(unhex("0800 0000 00000002 0001 04 06 0200000000010000"), v4), false},
		{"PPP", capture.LinkTypePPP, join(unhex("ff03 0021"), v4), false},
		{"PPP compressed", capture.LinkTypePPP, join(unhex("57"), v6), true},
		{"PPP HDLC", capture.LinkTypePPPHDLC, join(unhex("ff03 0021"), v4), false},
		{"Cisco HDLC in PPP HDLC", capture.LinkTypePPPHDLC, join(unhex("0f00 0800"), v4), false},
		{"Cisco HDLC", 104, join(unhex("0f00 86dd"), v6), true},
		{"PPPoE link type", capture.LinkTypePPPoE, join(unhex("11 00 0001 0100 0021"), v4), false},
		{"MPLS link type", 219, join(unhex("00065140"), v6), true},
		{"FDDI", 10, join(unhex("50"), macs, snapIP, v4), false},
		{"ARCNET", 7, join(unhex("01 02 d4 00 0001"), v4), false},
		{"ARCNET Linux", 129, join(unhex("01 02 0000 f0"), v4), false},
		{"NFLOG", 239, join(unhex("02 00 0000 0800 0100 08000000"), binary.LittleEndian.AppendUint16(nil, uint16(4+len(v4))), unhex("0900"), v4), false},
		{"netlink, netfilter queue", 253, join(unhex("0004 0338 0000 0000000000000000 000c"), unhex("60000000 0003 0000 00000000 00000000"), unhex("02 00 0000 0800 0600 02000000"), binary.LittleEndian.AppendUint16(nil, uint16(4+len(v4))), unhex("0a00"), v4), false},
		{"netlink, netfilter log, big-endian", 253, join(unhex("0004 0338 0000 0000000000000000 000c"), unhex("00000060 0400 0000 00000000 00000000"), unhex("0a 00 0000"), binary.BigEndian.AppendUint16(nil, uint16(4+len(v6))), unhex("0009"), v6), true},
		{"Juniper Ethernet", 178, join(unhex("4d4743 00"), inner), false},
		{"Juniper Ethernet, extensions", 178, join(unhex("4d4743 80 0003 030101"), inner), false},
		{"Juniper PPP", 179, join(unhex("4d4743 01 ff03 0021"), v4), false},
		{"Juniper C-HDLC", 181, join(unhex("4d4743 00 0f00 86dd"), v6), true},
		{"Juniper without a link layer", 178, join(unhex("4d4743 82 0003 030101 06000000"), v6), true},
		{"PFLOG", 117, join(unhex("3d 02 00 00"), make([]byte, 60), v4), false},
		{"ENC", 109, join(unhex("02000000 00000000 00000000"), v4), false},
		{"radiotap", 127, join(unhex("00 00 0800 00000000"), wlan, snapIP, v4), false},
		{"802.11 QoS, four addresses", 105, join(unhex("8803 0000"), make([]byte, 20), make([]byte, 6), unhex("0000"), snapIP, v4), false},
		{"802.11 A-MSDU", 105, join(unhex("8801 0000"), make([]byte, 20), unhex("8000"), macs, binary.BigEndian.AppendUint16(nil, uint16(8+len(v4))), snapIP, v4), false},
		{"PPI", 192, join(unhex("00 00 0800 69000000"), wlan, snapIP, v4), false},
		{"IPv4 options", e, ether(0x0800, ip4(protoTCP, tcpHello, 1, 1, 1, 0)), false},
		{"IPIP", e, ether(0x0800, ip4(protoIPIP, v4)), false},
		{"6in4", e, ether(0x0800, ip4(protoIPv6, v6)), true},
		{"4in6", e, ether(0x86dd, ip6(protoIPIP, v4)), false},
		{"hop-by-hop", e, ether(0x86dd, ip6(protoHopByHop, join(unhex("06 00 0104 00000000"), tcpHello))), true},
		{"destination options, routing", e, ether(0x86dd, ip6(protoDestOpts, join(unhex("2b 00 0104 00000000 06 00 04 00 00000000"), tcpHello))), true},
		{"atomic fragment", e, ether(0x86dd, ip6(protoFragment, join(unhex("06 00 0000 00000001"), tcpHello))), true},
		{"AH", e, ether(0x0800, ip4(protoAH, join(unhex("06 04 0000 00000001 00000001 000000000000000000000000"), tcpHello))), false},
		{"GRE", e, gre("0000 0800", v4), false},
		{"GRE checksum, key, sequence", e, gre("b000 86dd 00000000 00000001 00000002", v6), true},
		{"GRE bridging", e, gre("0000 6558", inner), false},
		{"GRE routing", e, gre("4000 0800 00000000 0800 00 04 01020304 0000 00 00", v4), false},
		{"PPTP", e, gre("3081 880b 00000001 00000002 00000003 ff03 0021", v4), false},
		{"WCCP", e, gre("0000 883e 01020304", v4), false},
		{"ERSPAN I", e, gre("0000 88be", inner), false},
		{"ERSPAN II", e, gre("1000 88be 00000001 1000000000000000", inner), false},
		{"ERSPAN III", e, gre("1000 22eb 00000001 2000000000000000 00000001 0000000000000000", inner), false},
		{"EtherIP", e, ether(0x0800, ip4(protoEtherIP, join(unhex("3000"), inner))), false},
		{"MPLS in IP", e, ether(0x0800, ip4(protoMPLS, join(unhex("00065140"), v4))), false},
		{"VXLAN", e, overUDP(portVXLAN, "08000000 00000100", inner), false},
		{"VXLAN GPE", e, overUDP(portVXLANGPE, "0c000001 00000100", v4), false},
		{"Geneve with option", e, overUDP(portGeneve, "0100 6558 00000100 00000000", inner), false},
		{"GTP-U", e, overUDP(portGTP, "30ff 002d 00000001", v4), false},
		{"GTP-U extensions", e, overUDP(portGTP, "34ff 0035 00000001 0000 00 85 01 0000 00", v4), false},
		{"Teredo", e, overUDP(portTeredo, "", v6), true},
		{"Teredo with headers", e, overUDP(portTeredo, "0001 0000 0000000000000000 00 0000 000000000000", v6), true},
		{"L2TP", e, overUDP(portL2TP, "4002 0039 0001 0001 ff03 0021", v4), false},
		{"GRE in UDP", e, overUDP(portGRE, "0000 0800", v4), false},
		{"MPLS in UDP", e, overUDP(portMPLS, "00065140", v4), false},
		{"four tunnels", e, ether(0x0800, ip4(protoIPIP, ip4(protoGRE, join(unhex("0000 86dd"), ip6(protoIPv6, ip6(protoIPIP, v4)))))), false},
	}
}

// mustDecode returns the one segment of a packet.
func mustDecode(t *testing.T, p *capture.Packet) Segment {
	t.Helper()
	segs := NewDecoder().Decode(p)
	if len(segs) != 1 {
		t.Fatalf("got %d segments, want 1", len(segs))
	}
	return segs[0]
}
