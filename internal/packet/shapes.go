package packet

import (
	"fmt"

	"github.com/google/gopacket/layers"
)

func etherTypeName(v uint64) string {
	if v < 0x600 {
		return "length"
	}
	switch t := layers.EthernetType(v); t {
	case etherTypeVLANOld:
		return "VLAN"
	case etherTypeRARP:
		return "RARP"
	default:
		if s := t.String(); s != "UnknownEthernetType" {
			return s
		}
	}
	return ""
}

func ipProtocolName(v uint64) string {
	if s := layers.IPProtocol(v).String(); s != "UnknownIPProtocol" {
		return s
	}
	return ""
}

var (
	etherTypeShow  = named(hex4, etherTypeName)
	ipProtocolShow = named(dec, ipProtocolName)
)

func nextHeader(id string) spec {
	return spec{id: id, name: "Next header", off: 0, len: 1, show: ipProtocolShow}
}

// shapes describes every kind of header. The tables hold offsets from the header's start.
var shapes = [numKinds]shape{
	kindEthernet: {id: "eth", name: "Ethernet", summary: ethernetSummary, fields: []spec{
		{id: "eth.dst", name: "Destination", off: 0, len: 6, show: hardware},
		{id: "eth.src", name: "Source", off: 6, len: 6, show: hardware},
		{id: "eth.type", name: "Type", off: 12, len: 2, show: etherTypeShow},
	}},
	kindVLAN: {id: "vlan", name: "VLAN tag", fields: []spec{
		{id: "vlan.priority", name: "Priority", off: 0, len: 1, bit: 0, bits: 3, show: dec},
		{id: "vlan.dei", name: "Drop eligible", off: 0, len: 1, bit: 3, bits: 1, show: isSet},
		{id: "vlan.id", name: "VLAN", off: 0, len: 2, bit: 4, bits: 12, show: dec},
		{id: "vlan.etype", name: "Type", off: 2, len: 2, show: etherTypeShow},
	}},
	kindVNTag: {id: "vntag", name: "VN-Tag", fields: []spec{
		{id: "vntag.etype", name: "Type", off: 4, len: 2, show: etherTypeShow},
	}},
	kindETag: {id: "etag", name: "802.1BR E-Tag", fields: []spec{
		{id: "etag.etype", name: "Type", off: 6, len: 2, show: etherTypeShow},
	}},
	kindFabricPath: {id: "cfp", name: "Cisco FabricPath", fields: []spec{
		{id: "cfp.dst", name: "Destination", off: 0, len: 6, show: hardware},
		{id: "cfp.src", name: "Source", off: 6, len: 6, show: hardware},
		{id: "cfp.etype", name: "Type", off: 12, len: 2, show: etherTypeShow},
	}},
	kindLLC: {id: "llc", name: "Logical link control", fields: []spec{
		{id: "llc.dsap", name: "Destination service", off: 0, len: 1, show: hex2},
		{id: "llc.ssap", name: "Source service", off: 1, len: 1, show: hex2},
		{id: "llc.control", name: "Control", off: 2, len: 1, show: hex2},
		{id: "llc.oui", name: "Organization", off: 3, len: 3, show: octets},
		{id: "llc.type", name: "Type", off: 6, len: 2, show: etherTypeShow},
	}},
	kindARP: {id: "arp", name: "Address resolution", more: arpAddresses, fields: []spec{
		{id: "arp.hw.type", name: "Hardware type", off: 0, len: 2, show: dec},
		{id: "arp.proto.type", name: "Protocol type", off: 2, len: 2, show: etherTypeShow},
		{id: "arp.hw.size", name: "Hardware size", off: 4, len: 1, show: dec},
		{id: "arp.proto.size", name: "Protocol size", off: 5, len: 1, show: dec},
		{id: "arp.opcode", name: "Operation", off: 6, len: 2, show: named(dec, arpOperation)},
	}},
	kindNull: {id: "null", name: "BSD loopback", fields: []spec{
		{id: "null.family", name: "Address family", off: 0, len: 4, show: octets},
	}},
	kindLoop: {id: "loop", name: "OpenBSD loopback", fields: []spec{
		{id: "loop.family", name: "Address family", off: 0, len: 4, show: dec},
	}},
	kindSLL: {id: "sll", name: "Linux cooked capture v1", fields: []spec{
		{id: "sll.pkttype", name: "Packet type", off: 0, len: 2, show: named(dec, cookedDirection)},
		{id: "sll.hatype", name: "Device type", off: 2, len: 2, show: dec},
		{id: "sll.halen", name: "Address length", off: 4, len: 2, show: dec},
		{id: "sll.src", name: "Source", off: 6, len: 8, show: hardware},
		{id: "sll.etype", name: "Protocol", off: 14, len: 2, show: etherTypeShow},
	}},
	kindSLL2: {id: "sll", name: "Linux cooked capture v2", fields: []spec{
		{id: "sll.etype", name: "Protocol", off: 0, len: 2, show: etherTypeShow},
		{id: "sll.ifindex", name: "Interface index", off: 4, len: 4, show: dec},
		{id: "sll.hatype", name: "Device type", off: 8, len: 2, show: dec},
		{id: "sll.pkttype", name: "Packet type", off: 10, len: 1, show: named(dec, cookedDirection)},
		{id: "sll.halen", name: "Address length", off: 11, len: 1, show: dec},
		{id: "sll.src", name: "Source", off: 12, len: 8, show: hardware},
	}},
	kindPPP: {id: "ppp", name: "Point-to-Point Protocol", summary: pppSummary},
	kindCiscoHDLC: {id: "chdlc", name: "Cisco HDLC", fields: []spec{
		{id: "chdlc.address", name: "Address", off: 0, len: 1, show: hex2},
		{id: "chdlc.control", name: "Control", off: 1, len: 1, show: hex2},
		{id: "chdlc.protocol", name: "Protocol", off: 2, len: 2, show: etherTypeShow},
	}},
	kindPPPoE: {id: "pppoe", name: "PPP over Ethernet session", fields: []spec{
		{id: "pppoe.version", name: "Version", off: 0, len: 1, bit: 0, bits: 4, show: dec},
		{id: "pppoe.type", name: "Type", off: 0, len: 1, bit: 4, bits: 4, show: dec},
		{id: "pppoe.code", name: "Code", off: 1, len: 1, show: hex2},
		{id: "pppoe.session_id", name: "Session", off: 2, len: 2, show: hex4},
		{id: "pppoe.payload_length", name: "Payload length", off: 4, len: 2, show: size},
	}},
	kindMPLS: {id: "mpls", name: "MPLS label", fields: []spec{
		{id: "mpls.label", name: "Label", off: 0, len: 3, bit: 0, bits: 20, show: dec},
		{id: "mpls.exp", name: "Traffic class", off: 2, len: 1, bit: 4, bits: 3, show: dec},
		{id: "mpls.bottom", name: "Bottom of stack", off: 2, len: 1, bit: 7, bits: 1, show: isSet},
		{id: "mpls.ttl", name: "Time to live", off: 3, len: 1, show: dec},
	}},
	kindFDDI: {id: "fddi", name: "FDDI", fields: []spec{
		{id: "fddi.fc", name: "Frame control", off: 0, len: 1, show: hex2},
		{id: "fddi.dst", name: "Destination", off: 1, len: 6, show: hardware},
		{id: "fddi.src", name: "Source", off: 7, len: 6, show: hardware},
	}},
	kindARCNET: {id: "arcnet", name: "ARCNET", fields: []spec{
		{id: "arcnet.src", name: "Source", off: 0, len: 1, show: hex2},
		{id: "arcnet.dst", name: "Destination", off: 1, len: 1, show: hex2},
		{id: "arcnet.protID", name: "Protocol", off: 2, len: 1, show: hex2},
	}},
	kindARCNETLinux: {id: "arcnet", name: "ARCNET (Linux)", fields: []spec{
		{id: "arcnet.src", name: "Source", off: 0, len: 1, show: hex2},
		{id: "arcnet.dst", name: "Destination", off: 1, len: 1, show: hex2},
		{id: "arcnet.offset", name: "Offset", off: 2, len: 2, show: octets},
		{id: "arcnet.protID", name: "Protocol", off: 4, len: 1, show: hex2},
	}},
	kindNFLOG: {id: "nflog", name: "Linux netfilter log", fields: []spec{
		{id: "nflog.family", name: "Address family", off: 0, len: 1, show: dec},
		{id: "nflog.version", name: "Version", off: 1, len: 1, show: dec},
		{id: "nflog.res_id", name: "Resource", off: 2, len: 2, show: dec},
	}},
	kindNetlink: {id: "netlink", name: "Linux netlink", fields: []spec{
		{id: "netlink.hatype", name: "Device type", off: 2, len: 2, show: dec},
		{id: "netlink.family", name: "Family", off: 14, len: 2, show: dec},
		{id: "netlink.hdr", name: "Message header", off: sllLen, len: 16, show: octets},
	}},
	kindJuniper:     {id: "juniper", name: "Juniper Ethernet", fields: juniperFields},
	kindJuniperPPP:  {id: "juniper", name: "Juniper PPP", fields: juniperFields},
	kindJuniperHDLC: {id: "juniper", name: "Juniper C-HDLC", fields: juniperFields},
	kindPFLOG: {id: "pflog", name: "Packet filter log", fields: []spec{
		{id: "pflog.length", name: "Header length", off: 0, len: 1, show: size},
		{id: "pflog.af", name: "Address family", off: 1, len: 1, show: dec},
		{id: "pflog.action", name: "Action", off: 2, len: 1, show: dec},
		{id: "pflog.reason", name: "Reason", off: 3, len: 1, show: dec},
		{id: "pflog.ifname", name: "Interface", off: 4, len: 16, show: text},
	}},
	kindEnc: {id: "enc", name: "IPsec interface", fields: []spec{
		{id: "enc.af", name: "Address family", off: 0, len: 4, show: octets},
		{id: "enc.spi", name: "Security parameter index", off: 4, len: 4, show: hex8},
		{id: "enc.flags", name: "Flags", off: 8, len: 4, show: octets},
	}},
	kindPPI: {id: "ppi", name: "Per-packet information"},
	kindRadiotap: {id: "radiotap", name: "Radiotap", fields: []spec{
		{id: "radiotap.version", name: "Version", off: 0, len: 1, show: dec},
		{id: "radiotap.length", name: "Header length", off: 2, len: 2, show: littleEndianSize},
	}},
	kindWLAN: {id: "wlan", name: "IEEE 802.11", fields: []spec{
		{id: "wlan.fc", name: "Frame control", off: 0, len: 2, show: octets, parts: []spec{
			{id: "wlan.fc.subtype", name: "Subtype", off: 0, len: 1, bit: 0, bits: 4, show: dec},
			{id: "wlan.fc.type", name: "Type", off: 0, len: 1, bit: 4, bits: 2, show: dec},
			{id: "wlan.fc.version", name: "Version", off: 0, len: 1, bit: 6, bits: 2, show: dec},
			{id: "wlan.fc.protected", name: "Protected", off: 1, len: 1, bit: 1, bits: 1, show: isSet},
			{id: "wlan.fc.retry", name: "Retry", off: 1, len: 1, bit: 4, bits: 1, show: isSet},
			{id: "wlan.fc.fromds", name: "From access point", off: 1, len: 1, bit: 6, bits: 1, show: isSet},
			{id: "wlan.fc.tods", name: "To access point", off: 1, len: 1, bit: 7, bits: 1, show: isSet},
		}},
		{id: "wlan.duration", name: "Duration", off: 2, len: 2, show: octets},
		{id: "wlan.ra", name: "Receiver", off: 4, len: 6, show: hardware},
		{id: "wlan.ta", name: "Transmitter", off: 10, len: 6, show: hardware},
		{id: "wlan.addr", name: "Third address", off: 16, len: 6, show: hardware},
	}},
	kindIPv4: {id: "ip", name: "Internet Protocol version 4", fields: ipv4Fields, more: describeIPv4},
	kindIPv6: {id: "ipv6", name: "Internet Protocol version 6", fields: ipv6Fields, summary: ipv6Summary},
	kindHopByHop: {id: "ipv6.hopopts", name: "IPv6 hop-by-hop options", fields: []spec{
		nextHeader("ipv6.hopopts.nxt"),
		{id: "ipv6.hopopts.len", name: "Length", off: 1, len: 1, show: times(8, 8)},
	}},
	kindRouting: {id: "ipv6.routing", name: "IPv6 routing header", fields: []spec{
		nextHeader("ipv6.routing.nxt"),
		{id: "ipv6.routing.len", name: "Length", off: 1, len: 1, show: times(8, 8)},
		{id: "ipv6.routing.type", name: "Type", off: 2, len: 1, show: dec},
		{id: "ipv6.routing.segleft", name: "Segments left", off: 3, len: 1, show: dec},
	}},
	kindDestOpts: {id: "ipv6.dstopts", name: "IPv6 destination options", fields: []spec{
		nextHeader("ipv6.dstopts.nxt"),
		{id: "ipv6.dstopts.len", name: "Length", off: 1, len: 1, show: times(8, 8)},
	}},
	kindFragment: {id: "ipv6.fraghdr", name: "IPv6 fragment header", fields: []spec{
		nextHeader("ipv6.fraghdr.nxt"),
		{id: "ipv6.fraghdr.offset", name: "Fragment offset", off: 2, len: 2, bit: 0, bits: 13, show: times(8, 0)},
		{id: "ipv6.fraghdr.more", name: "More fragments", off: 3, len: 1, bit: 7, bits: 1, show: isSet},
		{id: "ipv6.fraghdr.ident", name: "Identification", off: 4, len: 4, show: hex8},
	}},
	kindAH: {id: "ah", name: "IPsec authentication header", fields: []spec{
		nextHeader("ah.next_header"),
		{id: "ah.length", name: "Length", off: 1, len: 1, show: times(4, 8)},
		{id: "ah.spi", name: "Security parameter index", off: 4, len: 4, show: hex8},
		{id: "ah.sequence", name: "Sequence number", off: 8, len: 4, show: dec},
	}},
	kindIPComp: {id: "ipcomp", name: "IP payload compression", fields: []spec{
		nextHeader("ipcomp.next_header"),
		{id: "ipcomp.flags", name: "Flags", off: 1, len: 1, show: hex2},
		{id: "ipcomp.cpi", name: "Compression parameter index", off: 2, len: 2, show: hex4},
	}},
	kindICMP:   {id: "icmp", name: "ICMP", fields: icmpFields("icmp"), summary: icmpSummary, more: icmpDetails},
	kindICMPv6: {id: "icmpv6", name: "ICMPv6", fields: icmpFields("icmpv6"), summary: icmpv6Summary, more: icmpv6Details},
	kindTCP:    {id: "tcp", name: "Transmission Control Protocol", fields: tcpFields, more: describeTCP},
	kindUDP: {id: "udp", name: "User Datagram Protocol", more: describeUDP, fields: []spec{
		{id: "udp.srcport", name: "Source port", off: 0, len: 2, show: dec},
		{id: "udp.dstport", name: "Destination port", off: 2, len: 2, show: dec},
		{id: "udp.length", name: "Length", off: 4, len: 2, show: size},
		{id: "udp.checksum", name: "Checksum", off: 6, len: 2, show: hex4},
	}},
	kindGRE: {id: "gre", name: "Generic Routing Encapsulation", fields: []spec{
		{id: "gre.flags_and_version", name: "Flags and version", off: 0, len: 2, show: hex4, parts: []spec{
			{id: "gre.flags.checksum", name: "Checksum present", off: 0, len: 1, bit: 0, bits: 1, show: isSet},
			{id: "gre.flags.key", name: "Key present", off: 0, len: 1, bit: 2, bits: 1, show: isSet},
			{id: "gre.flags.sequence_number", name: "Sequence number present", off: 0, len: 1, bit: 3, bits: 1, show: isSet},
			{id: "gre.flags.version", name: "Version", off: 1, len: 1, bit: 5, bits: 3, show: dec},
		}},
		{id: "gre.proto", name: "Protocol", off: 2, len: 2, show: etherTypeShow},
	}},
	kindERSPAN2: {id: "erspan", name: "Encapsulated port mirroring, type II", fields: erspanFields},
	kindERSPAN3: {id: "erspan", name: "Encapsulated port mirroring, type III", fields: erspanFields},
	kindEtherIP: {id: "etherip", name: "Ethernet in IP", fields: []spec{
		{id: "etherip.ver", name: "Version", off: 0, len: 1, bit: 0, bits: 4, show: dec},
	}},
	kindVXLAN:    {id: "vxlan", name: "VXLAN", fields: vxlanFields},
	kindVXLANGPE: {id: "vxlan", name: "VXLAN generic extension", fields: vxlanFields},
	kindGeneve: {id: "geneve", name: "Geneve", fields: []spec{
		{id: "geneve.version", name: "Version", off: 0, len: 1, bit: 0, bits: 2, show: dec},
		{id: "geneve.option.length", name: "Options length", off: 0, len: 1, bit: 2, bits: 6, show: times(4, 0)},
		{id: "geneve.proto_type", name: "Protocol", off: 2, len: 2, show: etherTypeShow},
		{id: "geneve.vni", name: "Virtual network", off: 4, len: 3, show: dec},
	}},
	kindGTP: {id: "gtp", name: "GPRS tunnel", fields: []spec{
		{id: "gtp.flags", name: "Flags", off: 0, len: 1, show: hex2},
		{id: "gtp.message", name: "Message type", off: 1, len: 1, show: hex2},
		{id: "gtp.length", name: "Length", off: 2, len: 2, show: size},
		{id: "gtp.teid", name: "Tunnel", off: 4, len: 4, show: hex8},
	}},
	kindTeredo: {id: "teredo", name: "Teredo"},
	kindL2TP: {id: "l2tp", name: "Layer 2 tunnel", fields: []spec{
		{id: "l2tp.flags", name: "Flags and version", off: 0, len: 2, show: hex4},
	}},
	kindSFlow: {id: "sflow", name: "sFlow samples", fields: []spec{
		{id: "sflow.version", name: "Version", off: 0, len: 4, show: dec},
	}},
}

var juniperFields = []spec{
	{id: "juniper.magic-number", name: "Magic number", off: 0, len: 3, show: octets},
	{id: "juniper.flags", name: "Flags", off: 3, len: 1, show: hex2},
	{id: "juniper.ext_total_len", name: "Extensions", off: 4, len: 2, show: size},
}

var vxlanFields = []spec{
	{id: "vxlan.flags", name: "Flags", off: 0, len: 2, show: hex4},
	{id: "vxlan.vni", name: "Virtual network", off: 4, len: 3, show: dec},
}

var erspanFields = []spec{
	{id: "erspan.version", name: "Version", off: 0, len: 1, bit: 0, bits: 4, show: dec},
	{id: "erspan.vlan", name: "VLAN", off: 0, len: 2, bit: 4, bits: 12, show: dec},
	{id: "erspan.spanid", name: "Session", off: 2, len: 2, bit: 6, bits: 10, show: dec},
}

func ethernetSummary(b []byte) string {
	if len(b) < 12 {
		return ""
	}
	return hexPairs(b[6:12]) + " → " + hexPairs(b[:6])
}

func pppSummary(b []byte) string { return fmt.Sprintf("header %x", b) }

func cookedDirection(v uint64) string {
	names := [...]string{"to this machine", "broadcast", "multicast", "between others", "sent by this machine"}
	if v < uint64(len(names)) {
		return names[v]
	}
	return ""
}

func text(_ uint64, b []byte) string {
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return fmt.Sprintf("%q", b)
}

func littleEndianSize(v uint64, _ []byte) string { return size(v>>8|v&0xff<<8, nil) }

func arpOperation(v uint64) string {
	switch v {
	case layers.ARPRequest:
		return "request"
	case layers.ARPReply:
		return "reply"
	}
	return ""
}
