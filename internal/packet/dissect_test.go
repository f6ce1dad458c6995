package packet

import (
	"bytes"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

// place is where a field must lie and what it must say.
type place struct {
	id               string
	offset, len      int
	bit, bits        int
	value            string
	nameIsEverything bool // the value is not compared
}

func checkPlaces(t *testing.T, tree *Tree, want []place) {
	t.Helper()
	for _, w := range want {
		f := tree.Find(w.id)
		if f == nil {
			t.Errorf("no field %s in\n%s", w.id, tree)
			continue
		}
		if f.Offset != w.offset || f.Len != w.len || f.Bit != w.bit || f.Bits != w.bits {
			t.Errorf("%s lies at %d+%d, bit %d+%d; want %d+%d, bit %d+%d",
				w.id, f.Offset, f.Len, f.Bit, f.Bits, w.offset, w.len, w.bit, w.bits)
		}
		if f.Value != w.value && !w.nameIsEverything {
			t.Errorf("%s is %q, want %q", w.id, f.Value, w.value)
		}
	}
}

// usualSYN is a SYN as Linux sends it, with a right checksum, in Ethernet.
func usualSYN() []byte {
	b := withOptions(unhex("020405b4 0402 080a 00000001 00000002 01 030307"))
	segment := b[ipv4Len:]
	c := sum(pseudoHeader(v4a, v4b, protoTCP, len(segment)), segment)
	segment[16], segment[17] = byte(c>>8), byte(c)
	return ether(0x0800, b)
}

func TestDissectEthernetIPv4TCP(t *testing.T) {
	const ip, tcp = ethernetLen, ethernetLen + ipv4Len
	data := append(usualSYN(), 0, 0, 0)
	p := pkt(capture.LinkTypeEthernet, data)
	p.Comment = "why?"
	checkPlaces(t, Dissect(p), []place{
		{id: "frame", offset: 0, len: 77, value: "77 bytes on wire, 77 captured"},
		{id: "frame.time", value: "2023-11-14 22:13:20.000000001 UTC"},
		{id: "frame.comment", value: "why?"},
		{id: "eth", offset: 0, len: 14, value: "02:00:00:00:00:01 → 02:00:00:00:00:02"},
		{id: "eth.dst", offset: 0, len: 6, value: "02:00:00:00:00:02"},
		{id: "eth.src", offset: 6, len: 6, value: "02:00:00:00:00:01"},
		{id: "eth.type", offset: 12, len: 2, value: "IPv4 (0x0800)"},
		{id: "eth.padding", offset: 74, len: 3, value: "3 bytes: 000000"},
		{id: "ip", offset: ip, len: 20, value: "192.0.2.1 → 198.51.100.2"},
		{id: "ip.version", offset: ip, len: 1, bit: 0, bits: 4, value: "4"},
		{id: "ip.hdr_len", offset: ip, len: 1, bit: 4, bits: 4, value: "5 (20 bytes)"},
		{id: "ip.dsfield.ecn", offset: ip + 1, len: 1, bit: 6, bits: 2, value: "not capable (0)"},
		{id: "ip.len", offset: ip + 2, len: 2, value: "60 bytes"},
		{id: "ip.id", offset: ip + 4, len: 2, value: "0x1234"},
		{id: "ip.flags.df", offset: ip + 6, len: 1, bit: 1, bits: 1, value: "set"},
		{id: "ip.flags.mf", offset: ip + 6, len: 1, bit: 2, bits: 1, value: "not set"},
		{id: "ip.frag_offset", offset: ip + 6, len: 2, bit: 3, bits: 13, value: "0 (0 bytes)"},
		{id: "ip.ttl", offset: ip + 8, len: 1, value: "64"},
		{id: "ip.proto", offset: ip + 9, len: 1, value: "TCP (6)"},
		{id: "ip.checksum.status", value: ChecksumCorrect},
		{id: "ip.src", offset: ip + 12, len: 4, value: "192.0.2.1"},
		{id: "ip.dst", offset: ip + 16, len: 4, value: "198.51.100.2"},
		{id: "tcp", offset: tcp, len: 40, value: "49152 → 80, SYN, 0 bytes"},
		{id: "tcp.srcport", offset: tcp, len: 2, value: "49152"},
		{id: "tcp.dstport", offset: tcp + 2, len: 2, value: "80"},
		{id: "tcp.seq", offset: tcp + 4, len: 4, value: "100"},
		{id: "tcp.ack", offset: tcp + 8, len: 4, value: "1000"},
		{id: "tcp.hdr_len", offset: tcp + 12, len: 1, bit: 0, bits: 4, value: "10 (40 bytes)"},
		{id: "tcp.flags", offset: tcp + 12, len: 2, bit: 4, bits: 12, value: "SYN"},
		{id: "tcp.flags.res", offset: tcp + 12, len: 1, bit: 4, bits: 3, value: "0"},
		{id: "tcp.flags.ae", offset: tcp + 12, len: 1, bit: 7, bits: 1, value: "not set"},
		{id: "tcp.flags.syn", offset: tcp + 13, len: 1, bit: 6, bits: 1, value: "set"},
		{id: "tcp.window_size_value", offset: tcp + 14, len: 2, value: "8192"},
		{id: "tcp.checksum.status", value: ChecksumCorrect},
		{id: "tcp.urgent_pointer", offset: tcp + 18, len: 2, value: "0"},
		{id: "tcp.options.mss", offset: tcp + 20, len: 4, value: "1460 bytes"},
		{id: "tcp.options.mss_val", offset: tcp + 22, len: 2, value: "1460"},
		{id: "tcp.options.sack_perm", offset: tcp + 24, len: 2},
		{id: "tcp.options.timestamp", offset: tcp + 26, len: 10, value: "value 1, echo 2"},
		{id: "tcp.options.timestamp.tsval", offset: tcp + 28, len: 4, value: "1"},
		{id: "tcp.options.timestamp.tsecr", offset: tcp + 32, len: 4, value: "2"},
		{id: "tcp.options.nop", offset: tcp + 36, len: 1},
		{id: "tcp.options.wscale", offset: tcp + 37, len: 3, value: "7 (× 128)"},
		{id: "tcp.options.wscale.shift", offset: tcp + 39, len: 1, value: "7"},
		{id: "tcp.len", value: "0 bytes"},
	})
}

func TestDissectOthers(t *testing.T) {
	e := capture.LinkTypeEthernet
	tests := []struct {
		name string
		data []byte
		want []place
	}{
		{"VLAN", ether(0x8100, join(unhex("3064 0800"), ip4(protoTCP, tcpHello))), []place{
			{id: "vlan", offset: 14, len: 4},
			{id: "vlan.priority", offset: 14, len: 1, bit: 0, bits: 3, value: "1"},
			{id: "vlan.dei", offset: 14, len: 1, bit: 3, bits: 1, value: "set"},
			{id: "vlan.id", offset: 14, len: 2, bit: 4, bits: 12, value: "100"},
			{id: "tcp.payload", offset: 58, len: 5, value: "5 bytes: 68656c6c6f"},
		}},
		{"IPv6", ether(0x86dd, ip6(protoTCP, tcpHello)), []place{
			{id: "ipv6", offset: 14, len: 40, value: "2001:db8::1 → 2001:db8::2"},
			{id: "ipv6.tclass", offset: 14, len: 2, bit: 4, bits: 8, value: "0x00"},
			{id: "ipv6.flow", offset: 15, len: 3, bit: 4, bits: 20, value: "0x0000"},
			{id: "ipv6.plen", offset: 18, len: 2, value: "25 bytes"},
			{id: "ipv6.hlim", offset: 21, len: 1, value: "64"},
			{id: "ipv6.dst", offset: 38, len: 16, value: "2001:db8::2"},
			{id: "tcp.payload", offset: 74, len: 5, value: "5 bytes: 68656c6c6f"},
		}},
		{"UDP", ether(0x0800, ip4(protoUDP, udpTo(53, []byte("query")))), []place{
			{id: "udp", offset: 34, len: 8, value: "50000 → 53"},
			{id: "udp.length", offset: 38, len: 2, value: "13 bytes"},
			{id: "udp.checksum.status", value: ChecksumUnused},
			{id: "udp.payload", offset: 42, len: 5, value: "5 bytes: 7175657279"},
		}},
		{"ARP", ether(0x0806, unhex("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c6336402")), []place{
			{id: "arp", offset: 14, len: 28},
			{id: "arp.opcode", offset: 20, len: 2, value: "request (1)"},
			{id: "arp.src.hw", offset: 22, len: 6, value: "02:00:00:00:00:01"},
			{id: "arp.src.proto", offset: 28, len: 4, value: "192.0.2.1"},
			{id: "arp.dst.proto", offset: 38, len: 4, value: "198.51.100.2"},
		}},
		{"ICMP", ether(0x0800, ip4(protoICMP, join(unhex("0304 0000 0000 0578"), ip4(protoTCP, tcpHello)))), []place{
			{id: "icmp", offset: 34, len: 8, value: "DestinationUnreachable(FragmentationNeeded)"},
			{id: "icmp.mtu", offset: 40, len: 2, value: "1400 bytes"},
			{id: "tcp.seq", offset: 66, len: 4, value: "100"},
			{id: "tcp.checksum.status", value: ChecksumUnknown},
		}},
		{"redirect", ether(0x0800, ip4(protoICMP, join(unhex("0501 0000 c0000209"), ip4(protoTCP, tcpHello)))), []place{
			{id: "icmp.redir_gw", offset: 38, len: 4, value: "192.0.2.9"},
			{id: "tcp.srcport", offset: 62, len: 2, value: "49152"},
		}},
		{"IPv4 source route", ether(0x0800, ip4(protoTCP, tcpHello, 131, 7, 4, 203, 0, 113, 9, 0)), []place{
			{id: "ip.options", offset: 34, len: 7},
			{id: "ip.opt.ptr", offset: 36, len: 1, value: "4"},
			{id: "ip.opt.addr", offset: 37, len: 4, value: "203.0.113.9"},
		}},
		{"later fragment", ether(0x0800, ip4Between(v4a, v4b, protoTCP, 2, []byte("12345678"))), []place{
			{id: "data", offset: 34, len: 8, value: "8 bytes: 3132333435363738"},
		}},
		{"first fragment", ether(0x0800, ip4Between(v4a, v4b, protoTCP, ipv4More, tcpHello[:24])), []place{
			{id: "tcp.seq", offset: 38, len: 4, value: "100"},
			{id: "tcp.checksum.status", value: ChecksumUnknown},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkPlaces(t, Dissect(pkt(e, tt.data)), tt.want) })
	}
}

func TestDissectUnknownLinkType(t *testing.T) {
	checkPlaces(t, Dissect(pkt(147, []byte("abc"))), []place{{id: "data", offset: 0, len: 3, value: "3 bytes: 616263"}})
}

func TestChecksums(t *testing.T) {
	status := func(data []byte, orig int, id string) string {
		p := pkt(capture.LinkTypeEthernet, data)
		p.OrigLen = uint32(max(orig, len(data)))
		return Dissect(p).Find(id + ".status").Value
	}
	good := usualSYN()
	badTCP, badIP := bytes.Clone(good), bytes.Clone(good)
	badTCP[ethernetLen+ipv4Len+16] ^= 1
	badIP[ethernetLen+10] ^= 1
	if got := status(badTCP, 0, "tcp.checksum"); got != ChecksumWrong {
		t.Errorf("wrong TCP checksum: %s", got)
	}
	if got := status(badIP, 0, "ip.checksum"); got != ChecksumWrong {
		t.Errorf("wrong IP checksum: %s", got)
	}
	if got := status(good[:70], 74, "tcp.checksum"); got != ChecksumUnknown {
		t.Errorf("cut segment: %s", got)
	}
	if got := status(append(good, 1, 2, 3), 0, "tcp.checksum"); got != ChecksumCorrect {
		t.Errorf("with a trailer: %s", got)
	}
	// An odd number of bytes, over IPv6.
	datagram := udpTo(53, []byte("query"))
	c := sum(pseudoHeader(v6a, v6b, protoUDP, len(datagram)), datagram)
	datagram[6], datagram[7] = byte(c>>8), byte(c)
	if got := status(ether(0x86dd, ip6(protoUDP, datagram)), 0, "udp.checksum"); got != ChecksumCorrect {
		t.Errorf("UDP over IPv6: %s", got)
	}
}

// TestFieldsLieInsideTheirParents holds for every packet, cut anywhere.
func TestFieldsLieInsideTheirParents(t *testing.T) {
	for _, f := range frames() {
		for n := range len(f.data) + 1 {
			p := pkt(f.link, f.data[:n:n])
			p.OrigLen = uint32(len(f.data))
			checkNesting(t, p)
		}
	}
}

func checkNesting(t *testing.T, p *capture.Packet) {
	t.Helper()
	for _, speaks := range []string{"", "dns", "websocket"} {
		tree := DissectAs(p, speaks)
		for i := range tree.Layers {
			checkField(t, &tree.Layers[i], 0, len(p.Data))
		}
	}
	for _, h := range Headers(p) {
		checkCells(t, &h)
	}
}

func checkField(t *testing.T, f *Field, from, to int) {
	t.Helper()
	if f.ID == "" || f.Name == "" {
		t.Fatalf("field without ID or name: %+v", f)
	}
	if f.Len != 0 && f.ID != "eth.padding" && f.ID != "eth.trailer" && (f.Offset < from || f.Offset+f.Len > to) {
		t.Fatalf("%s at %d+%d lies outside of %d..%d", f.ID, f.Offset, f.Len, from, to)
	}
	if f.Bits != 0 && f.Bit+f.Bits > 8*f.Len {
		t.Fatalf("%s: bits %d+%d of %d bytes", f.ID, f.Bit, f.Bits, f.Len)
	}
	for i := range f.Children {
		checkField(t, &f.Children[i], f.Offset, f.Offset+f.Len)
	}
}

func TestTreeAt(t *testing.T) {
	tree := Dissect(pkt(capture.LinkTypeEthernet, usualSYN()))
	for _, tt := range []struct {
		offset int
		want   string
	}{
		{0, "eth eth.dst"},
		{ethernetLen + 8, "ip ip.ttl"},
		{ethernetLen + ipv4Len + 4, "tcp tcp.seq"},
		{ethernetLen + ipv4Len + 23, "tcp tcp.options.mss tcp.options.mss_val"},
		{1000, ""},
	} {
		var ids []string
		for _, f := range tree.At(tt.offset) {
			ids = append(ids, f.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("byte %d: %q, want %q", tt.offset, got, tt.want)
		}
	}
}

func TestTreeString(t *testing.T) {
	got := Dissect(pkt(capture.LinkTypeEthernet, usualSYN())).String()
	for _, want := range []string{
		"Transmission Control Protocol: 49152 → 80, SYN, 0 bytes\n", "        SYN: set\n", "    Maximum segment size: 1460 bytes\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
