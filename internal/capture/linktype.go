package capture

import "strconv"

// LinkType is a LINKTYPE_ value of the pcap format (https://www.tcpdump.org/linktypes.html).
type LinkType uint16

// The link types tcptalk knows by name.
const (
	LinkTypeNull      LinkType = 0   // BSD loopback: 4-byte address family in the capturing host's byte order
	LinkTypeEthernet  LinkType = 1   // IEEE 802.3
	LinkTypePPP       LinkType = 9   // PPP, with or without HDLC-like framing
	LinkTypePPPHDLC   LinkType = 50  // PPP in HDLC-like framing
	LinkTypePPPoE     LinkType = 51  // PPPoE session
	LinkTypeRaw       LinkType = 101 // IPv4 or IPv6, no link header
	LinkTypeLoop      LinkType = 108 // OpenBSD loopback: 4-byte address family in network byte order
	LinkTypeLinuxSLL  LinkType = 113 // Linux cooked capture v1
	LinkTypeIPv4      LinkType = 228 // IPv4, no link header
	LinkTypeIPv6      LinkType = 229 // IPv6, no link header
	LinkTypeLinuxSLL2 LinkType = 276 // Linux cooked capture v2
)

var linkTypeNames = map[LinkType]string{
	LinkTypeNull: "BSD loopback", LinkTypeEthernet: "Ethernet", LinkTypePPP: "PPP", LinkTypePPPHDLC: "PPP (HDLC)",
	LinkTypePPPoE: "PPPoE", LinkTypeRaw: "raw IP", LinkTypeLoop: "OpenBSD loopback", LinkTypeLinuxSLL: "Linux cooked v1",
	LinkTypeIPv4: "raw IPv4", LinkTypeIPv6: "raw IPv6", LinkTypeLinuxSLL2: "Linux cooked v2",
}

// String returns the name, or "link type N".
func (t LinkType) String() string {
	if s, ok := linkTypeNames[t]; ok {
		return s
	}
	return "link type " + strconv.Itoa(int(t))
}
