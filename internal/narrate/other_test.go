package narrate

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/dns"
)

func TestICMP(t *testing.T) {
	a, b := netip.MustParseAddrPort("10.0.0.1:1000"), netip.MustParseAddrPort("10.0.0.2:53")
	for _, c := range []struct {
		m    packet.ICMP
		want Text
	}{
		{packet.ICMP{Type: 8, ID: 5, Seq: 2}, Text{"ping request 2, id 5", "ping 请求 2，标识 5"}},
		{packet.ICMP{V6: true, Type: 129, ID: 5, Seq: 2}, Text{"ping reply 2, id 5", "ping 应答 2，标识 5"}},
		{
			packet.ICMP{Type: 3, Code: 3, Quoted: packet.Quotation{Src: a, Dst: b, Protocol: 17}},
			Text{
				"port unreachable: nobody listens there · about a UDP packet 10.0.0.1:1000 → 10.0.0.2:53",
				"端口不可达：没有程序在监听 · 针对 UDP 包 10.0.0.1:1000 → 10.0.0.2:53",
			},
		},
		{packet.ICMP{Type: 3, Code: 4, MTU: 1400}, Text{"too big, and it must not be fragmented; at most 1,400 bytes pass", "包太大，又不允许分片；最多 1,400 字节能通过"}},
		{packet.ICMP{Type: 5, Code: 1, Gateway: b.Addr()}, Text{"redirect: there is a better way, by 10.0.0.2", "重定向：有更好的路，经由 10.0.0.2"}},
		{
			packet.ICMP{V6: true, Type: 135, Target: netip.MustParseAddr("fe80::1")},
			Text{"neighbor solicitation: who has this address? fe80::1", "邻居请求：谁有这个地址？ fe80::1"},
		},
		{packet.ICMP{Type: 3, Code: 77}, Text{"destination unreachable", "目的不可达"}},
		{packet.ICMP{Type: 99, Code: 1}, Text{"type 99 code 1", "类型 99 代码 1"}},
	} {
		for l := range Lang(NumLangs) {
			if got := ICMP(l, &c.m); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
	for _, words := range []map[icmpKind]Text{icmpWords, icmpv6Words} {
		for k, x := range words {
			text(t, fmt.Sprint("ICMP ", k), x, false)
		}
	}
}

func TestARP(t *testing.T) {
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	one, two := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for _, c := range []struct {
		m    packet.ARP
		want Text
	}{
		{packet.ARP{Operation: 1, SenderMAC: mac, SenderIP: two, TargetIP: one}, Text{"who has 10.0.0.1? tell 10.0.0.2", "谁是 10.0.0.1？请告诉 10.0.0.2"}},
		{packet.ARP{Operation: 2, SenderMAC: mac, SenderIP: one, TargetIP: two}, Text{"10.0.0.1 is at 02:00:00:00:00:01", "10.0.0.1 在 02:00:00:00:00:01"}},
		{packet.ARP{Operation: 1, SenderMAC: mac, SenderIP: one, TargetIP: one}, Text{"I am 10.0.0.1, at 02:00:00:00:00:01 (announcement)", "我是 10.0.0.1，在 02:00:00:00:00:01（通告）"}},
		{packet.ARP{Operation: 1, SenderIP: netip.IPv4Unspecified(), TargetIP: one}, Text{"does anybody have 10.0.0.1 yet? (probe)", "10.0.0.1 有人在用吗？（探测）"}},
		{packet.ARP{Operation: 3, TargetMAC: mac}, Text{"which address does 02:00:00:00:00:01 have?", "02:00:00:00:00:01 的地址是什么？"}},
		{packet.ARP{Operation: 4, TargetMAC: mac, TargetIP: one}, Text{"02:00:00:00:00:01 has 10.0.0.1", "02:00:00:00:00:01 的地址是 10.0.0.1"}},
		{packet.ARP{Operation: 9}, Text{"operation 9", "操作 9"}},
	} {
		for l := range Lang(NumLangs) {
			if got := ARP(l, &c.m); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

func TestOtherName(t *testing.T) {
	for _, c := range []struct {
		kind     packet.OtherKind
		number   uint16
		protocol string
		want     Text
	}{
		{packet.OtherUDP, 0, "", Text{"UDP", "UDP"}},
		{packet.OtherUDP, 0, dns.MDNS, Text{"mDNS", "mDNS"}},
		{packet.OtherICMP, 0, "", Text{"ICMP", "ICMP"}},
		{packet.OtherICMPv6, 0, "", Text{"ICMPv6", "ICMPv6"}},
		{packet.OtherARP, 0, "", Text{"ARP", "ARP"}},
		{packet.OtherIP, 2, "", Text{"IGMP", "IGMP"}},
		{packet.OtherIP, 253, "", Text{"IP protocol 253", "IP 协议 253"}},
		{packet.OtherFragment, 17, "", Text{"UDP in fragments", "UDP 分片"}},
		{packet.OtherWLAN, 0, "", Text{"802.11", "802.11"}},
		{packet.OtherFrame, 0x88cc, "", Text{"LLDP", "LLDP"}},
		{packet.OtherFrame, 0x1234, "", Text{"EtherType 0x1234", "EtherType 0x1234"}},
		{packet.OtherFrame, 0x77, "", Text{"LLC 0x77", "LLC 0x77"}},
		{packet.OtherFrame, 0, "", Text{"other frames", "其他帧"}},
		{packet.OtherUnknownLink, 147, "", Text{"unknown link type 147", "未知链路类型 147"}},
		{packet.OtherUndecodable, 0, "", Text{"unreadable", "无法解读"}},
	} {
		for l := range Lang(NumLangs) {
			if got := OtherName(l, c.kind, c.number, c.protocol); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

func TestOtherPacket(t *testing.T) {
	search := "M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n"
	for _, c := range []struct {
		kind     packet.OtherKind
		protocol string
		payload  string
		want     Text
	}{
		{packet.OtherUDP, "", "hello", Text{"UDP · 5 B", "UDP · 5 B"}},
		{packet.OtherUDP, "", "", Text{"UDP", "UDP"}},
		{packet.OtherUDP, "quic", "\xc0", Text{"QUIC · 1 B", "QUIC · 1 B"}},
		{packet.OtherUDP, dns.LLMNR, "\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x1c\x00\x01", Text{"LLMNR asks: AAAA a", "LLMNR 查询：AAAA a"}},
		{packet.OtherICMP, "", "\x08\x00\x00\x00\x00\x01\x00\x02", Text{"ping request 2, id 1", "ping 请求 2，标识 1"}},
		{packet.OtherICMP, "", "\x08\x00", Text{"ICMP · 2 B", "ICMP · 2 B"}},
		{packet.OtherARP, "", "\x00\x01", Text{"ARP · 2 B", "ARP · 2 B"}},
		{packet.OtherUDP, "ssdp", search, Text{"SSDP looks for ssdp:all", "SSDP 寻找 ssdp:all"}},
		{packet.OtherUDP, "ssdp", "NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\nNT: lamp\r\nLocation: http://a/\r\n\r\n", Text{"SSDP lamp is here: http://a/", "SSDP lamp 在这里：http://a/"}},
		{packet.OtherUDP, "ssdp", "NOTIFY * HTTP/1.1\r\nNTS: ssdp:byebye\r\nNT: lamp\r\n\r\n", Text{"SSDP lamp is leaving", "SSDP lamp 要离开了"}},
		{packet.OtherUDP, "ssdp", "HTTP/1.1 200 OK\r\nST: lamp\r\nLocation: http://a/\r\n\r\n", Text{"SSDP here is lamp: http://a/", "SSDP 这里有 lamp：http://a/"}},
		{packet.OtherUDP, "ssdp", "NOTIFY * HTTP/1.1\r\n\r\n", Text{"SSDP NOTIFY * HTTP/1.1", "SSDP NOTIFY * HTTP/1.1"}},
	} {
		o := packet.Other{Kind: c.kind, Payload: []byte(c.payload), Len: uint32(len(c.payload))}
		var m *proto.Message
		if d, ok := all.Datagram(c.protocol, o.Payload); ok {
			m = &d
		}
		for l := range Lang(NumLangs) {
			if got := strings.TrimSpace(OtherPacket(l, &o, c.protocol, m)); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

func TestOtherWords(t *testing.T) {
	for got, want := range map[string]string{
		OtherAnswer(English, 12, "1.2 ms"):                    "answers #12 after 1.2 ms",
		OtherAnswer(Chinese, 12, "1.2 ms"):                    "回答 #12，用时 1.2 ms",
		Endpoint(netip.AddrPort{}):                            "",
		Endpoint(netip.MustParseAddrPort("10.0.0.1:0")):       "10.0.0.1",
		Endpoint(netip.MustParseAddrPort("[fe80::1]:53")):     "[fe80::1]:53",
		strings.Join(OthersLeftOut(English, 0, 0, 0), "|"):    "",
		fmt.Sprint(len(OthersLeftOut(Chinese, 1, 2, 3))):      "3",
		strings.Join(OthersLeftOut(English, 0, 1200, 0), "|"): "packets that are counted but not listed, because there are too many: 1,200",
		ProtocolName("ntp") + ProtocolName(dns.NBNS):          "NTPNBNS",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
