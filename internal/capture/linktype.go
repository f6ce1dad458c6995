package capture

import "strconv"

// LinkType is a LINKTYPE_ value of the pcap format (https://www.tcpdump.org/linktypes.html).
type LinkType uint16

// The link types tcptalk can name. That one is here does not mean that its packets can be decoded.
const (
	LinkTypeNull           LinkType = 0   // BSD loopback: 4-byte address family in the capturing host's byte order
	LinkTypeEthernet       LinkType = 1   // IEEE 802.3
	LinkTypeTokenRing      LinkType = 6   // IEEE 802.5
	LinkTypeSLIP           LinkType = 8   // SLIP with a 16-byte direction header
	LinkTypePPP            LinkType = 9   // PPP, with or without HDLC-like framing
	LinkTypeFDDI           LinkType = 10  // FDDI
	LinkTypePPPHDLC        LinkType = 50  // PPP in HDLC-like framing
	LinkTypePPPoE          LinkType = 51  // PPPoE session
	LinkTypeATM            LinkType = 100 // RFC 2684 encapsulated ATM
	LinkTypeRaw            LinkType = 101 // IPv4 or IPv6, no link header
	LinkTypeCHDLC          LinkType = 104 // Cisco HDLC or PPP in HDLC framing
	LinkTypeWiFi           LinkType = 105 // IEEE 802.11
	LinkTypeFrameRelay     LinkType = 107 // Frame Relay
	LinkTypeLoop           LinkType = 108 // OpenBSD loopback: 4-byte address family in network byte order
	LinkTypeLinuxSLL       LinkType = 113 // Linux cooked capture v1
	LinkTypePrism          LinkType = 119 // Prism header and IEEE 802.11
	LinkTypeIPOverFC       LinkType = 122 // IP over Fibre Channel
	LinkTypeWiFiRadiotap   LinkType = 127 // radiotap header and IEEE 802.11
	LinkTypeWiFiAVS        LinkType = 163 // AVS header and IEEE 802.11
	LinkTypeBluetoothH4    LinkType = 187 // Bluetooth HCI UART
	LinkTypeUSBLinux       LinkType = 189 // Linux usbmon
	LinkTypePPI            LinkType = 192 // per-packet information header
	LinkTypeIEEE802154     LinkType = 195 // IEEE 802.15.4
	LinkTypeERF            LinkType = 197 // Endace ERF records
	LinkTypeBluetoothH4Dir LinkType = 201 // Bluetooth HCI UART with direction
	LinkTypePPPWithDir     LinkType = 204 // PPP behind a byte of direction
	LinkTypeUSBLinuxLong   LinkType = 220 // Linux usbmon, 64-byte header
	LinkTypeIPv4           LinkType = 228 // IPv4, no link header
	LinkTypeIPv6           LinkType = 229 // IPv6, no link header
	LinkTypeDBus           LinkType = 231 // D-Bus messages
	LinkTypeNFLOG          LinkType = 239 // Linux netfilter log
	LinkTypeUSBPcap        LinkType = 249 // Windows USB
	LinkTypeUpperPDU       LinkType = 252 // Wireshark exported PDUs
	LinkTypeNetlink        LinkType = 253 // Linux netlink
	LinkTypeBluetoothLE    LinkType = 256 // Bluetooth Low Energy with radio header
	LinkTypePktap          LinkType = 258 // Apple PKTAP
	LinkTypeLinuxSLL2      LinkType = 276 // Linux cooked capture v2
	LinkTypeEBHSCR         LinkType = 279 // Elektrobit high speed capture and replay
)

var linkTypeNames = map[LinkType]string{
	LinkTypeNull: "BSD loopback", LinkTypeEthernet: "Ethernet", LinkTypeTokenRing: "Token Ring", LinkTypeSLIP: "SLIP",
	LinkTypePPP: "PPP", LinkTypeFDDI: "FDDI", LinkTypePPPHDLC: "PPP (HDLC)", LinkTypePPPoE: "PPPoE", LinkTypeATM: "ATM",
	LinkTypeRaw: "raw IP", LinkTypeCHDLC: "Cisco HDLC", LinkTypeWiFi: "Wi-Fi", LinkTypeFrameRelay: "Frame Relay",
	LinkTypeLoop: "OpenBSD loopback", LinkTypeLinuxSLL: "Linux cooked v1", LinkTypePrism: "Wi-Fi (Prism)",
	LinkTypeIPOverFC: "IP over Fibre Channel", LinkTypeWiFiRadiotap: "Wi-Fi (radiotap)", LinkTypeWiFiAVS: "Wi-Fi (AVS)",
	LinkTypeBluetoothH4: "Bluetooth", LinkTypeUSBLinux: "USB (Linux)", LinkTypePPI: "PPI",
	LinkTypeIEEE802154: "IEEE 802.15.4", LinkTypeERF: "ERF", LinkTypeBluetoothH4Dir: "Bluetooth",
	LinkTypePPPWithDir: "PPP (with direction)", LinkTypeUSBLinuxLong: "USB (Linux)", LinkTypeIPv4: "raw IPv4",
	LinkTypeIPv6: "raw IPv6", LinkTypeDBus: "D-Bus", LinkTypeNFLOG: "netfilter log", LinkTypeUSBPcap: "USB (Windows)",
	LinkTypeUpperPDU: "exported PDUs", LinkTypeNetlink: "Linux netlink", LinkTypeBluetoothLE: "Bluetooth LE",
	LinkTypePktap: "Apple PKTAP", LinkTypeLinuxSLL2: "Linux cooked v2", LinkTypeEBHSCR: "EBHSCR",
}

// String returns the name, or "link type N".
func (t LinkType) String() string {
	if s, ok := linkTypeNames[t]; ok {
		return s
	}
	return "link type " + strconv.Itoa(int(t))
}
