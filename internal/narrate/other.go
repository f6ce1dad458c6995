package narrate

import (
	"fmt"
	"net/netip"
	"strconv"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
)

// datagramNames are the names of protocols that speak in datagrams, as people write them.
var datagramNames = map[string]string{
	dns.Name: "DNS", dns.MDNS: "mDNS", dns.LLMNR: "LLMNR", dns.NBNS: "NBNS", "ssdp": "SSDP", "dhcp": "DHCP", "dhcpv6": "DHCPv6",
	"ntp": "NTP", "quic": "QUIC", "dtls": "DTLS", "stun": "STUN", "sip": "SIP", "ike": "IKE", "nbds": "NBDS", "snmp": "SNMP",
	"syslog": "syslog", "tftp": "TFTP", "radius": "RADIUS", "rip": "RIP", "ws-discovery": "WS-Discovery", "wireguard": "WireGuard",
	"vxlan": "VXLAN", "geneve": "Geneve", "gtp": "GTP", "l2tp": "L2TP", "teredo": "Teredo", "sflow": "sFlow",
}

// ipProtocols are the names of IP protocols (https://www.iana.org/assignments/protocol-numbers).
var ipProtocols = map[uint16]string{
	1: "ICMP", 2: "IGMP", 6: "TCP", 8: "EGP", 17: "UDP", 33: "DCCP", 46: "RSVP", 47: "GRE", 50: "ESP", 51: "AH", 58: "ICMPv6", 88: "EIGRP",
	89: "OSPF", 103: "PIM", 108: "IPComp", 112: "VRRP", 115: "L2TP", 132: "SCTP", 136: "UDP-Lite",
}

// etherTypes are the names of what stands directly in a frame; below 0x600 of LLC's service access points.
var etherTypes = map[uint16]string{
	0x42: "STP", 0xe0: "IPX", 0xf0: "NetBIOS", 0xfe: "IS-IS", 0x0842: "Wake-on-LAN", 0x2000: "CDP", 0x809b: "AppleTalk", 0x80f3: "AARP",
	0x8137: "IPX", 0x8808: "Ethernet PAUSE", 0x8809: "LACP", 0x8863: "PPPoE", 0x888e: "EAPOL", 0x8892: "PROFINET", 0x88a4: "EtherCAT",
	0x88b8: "GOOSE", 0x88ba: "Sampled Values", 0x88cc: "LLDP", 0x88e1: "HomePlug", 0x88e5: "MACsec", 0x88f7: "PTP", 0x8902: "CFM", 0x8906: "FCoE", 0x9000: "Loopback",
}

// IPProtocol names an IP protocol.
func IPProtocol(l Lang, number uint16) string {
	if s, ok := ipProtocols[number]; ok {
		return s
	}
	return Text{"IP protocol ", "IP 协议 "}.In(l) + strconv.Itoa(int(number))
}

func etherType(l Lang, number uint16) string {
	switch s, ok := etherTypes[number]; {
	case ok:
		return s
	case number == 0:
		return Text{"other frames", "其他帧"}.In(l)
	case number < 0x600:
		return fmt.Sprintf("LLC 0x%02x", number)
	}
	return fmt.Sprintf("EtherType 0x%04x", number)
}

// OtherName names a conversation that is not TCP: by what its datagrams speak if that is known, else by its kind.
func OtherName(l Lang, k packet.OtherKind, number uint16, protocol string) string {
	switch k {
	case packet.OtherUDP:
		if protocol != "" {
			return ProtocolName(protocol)
		}
		return "UDP"
	case packet.OtherICMP:
		return "ICMP"
	case packet.OtherICMPv6:
		return "ICMPv6"
	case packet.OtherARP:
		return "ARP"
	case packet.OtherIP:
		return IPProtocol(l, number)
	case packet.OtherFragment:
		return IPProtocol(l, number) + Text{" in fragments", " 分片"}.In(l)
	case packet.OtherWLAN:
		return "802.11"
	case packet.OtherFrame:
		return etherType(l, number)
	case packet.OtherUnknownLink:
		return Text{"unknown link type ", "未知链路类型 "}.In(l) + strconv.Itoa(int(number))
	case packet.OtherUndecodable:
	}
	return Text{"unreadable", "无法解读"}.In(l)
}

// Endpoint writes an address with its port, if it has one; "" if there is none.
func Endpoint(a netip.AddrPort) string {
	switch {
	case !a.IsValid():
		return ""
	case a.Port() == 0:
		return a.Addr().String()
	}
	return a.String()
}

// OtherPacket says in one line what a packet that is not TCP holds. m is what its datagram decodes to, nil if it does not.
func OtherPacket(l Lang, o *packet.Other, protocol string, m *proto.Message) string {
	switch o.Kind {
	case packet.OtherICMP, packet.OtherICMPv6:
		if c, ok := packet.ParseICMP(o.Payload, o.Kind == packet.OtherICMPv6); ok {
			return ICMP(l, &c)
		}
	case packet.OtherARP:
		if a, ok := packet.ParseARP(o.Payload); ok {
			return ARP(l, &a)
		}
	default: // the name says what it is
	}
	name := OtherName(l, o.Kind, o.Number, protocol)
	if m != nil {
		switch d := m.Detail.(type) {
		case *dns.Message:
			return name + " " + DNSLine(l, d)
		case *http1.Head:
			return name + " " + ssdp(l, d)
		}
	}
	if o.Len > 0 {
		return name + " · " + Count(uint64(o.Len)) + " B"
	}
	return name
}

// SSDPLine says what a device or a searcher says, without the name of the protocol.
func SSDPLine(l Lang, h *http1.Head) string { return ssdp(l, h) }

// ssdp says what a device or a searcher says (UPnP Device Architecture 2.0 §1).
func ssdp(l Lang, h *http1.Head) string {
	value := func(name string) string {
		s, _ := h.Get(name)
		return s
	}
	alive := value("NTS")
	switch {
	case h.Kind == http1.Response:
		return fmt.Sprintf(Text{"here is %s: %s", "这里有 %s：%s"}.In(l), value("ST"), value("Location"))
	case h.Method == "M-SEARCH":
		return fmt.Sprintf(Text{"looks for %s", "寻找 %s"}.In(l), value("ST"))
	case alive == "ssdp:byebye":
		return fmt.Sprintf(Text{"%s is leaving", "%s 要离开了"}.In(l), value("NT"))
	case alive == "ssdp:alive":
		return fmt.Sprintf(Text{"%s is here: %s", "%s 在这里：%s"}.In(l), value("NT"), value("Location"))
	}
	return h.Line
}

// OtherAnswer says which packet this one answers, and after how long.
func OtherAnswer(l Lang, frame uint32, after string) string {
	return fmt.Sprintf(Text{"answers %s after %s", "回答 %s，用时 %s"}.In(l), Frame(frame), after)
}

// OthersLeftOut says what the lists leave out, "" if nothing; the numbers are those of session.LeftOut.
func OthersLeftOut(l Lang, conversations, packets, joined int) []string {
	var lines []string
	add := func(n int, t Text) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf(t.In(l), Count(uint64(n))))
		}
	}
	add(conversations, Text{"packets of conversations that are not listed, because there are too many: %s", "会话太多，有 %s 个包所属的会话没有列出"})
	add(packets, Text{"packets that are counted but not listed, because there are too many: %s", "包太多，有 %s 个包已计数但没有列出"})
	add(joined, Text{"datagrams put together from IP fragments that are not kept, because they are too large: %s", "由 IP 分片重组的数据报太大，有 %s 个没有保留"})
	return lines
}
