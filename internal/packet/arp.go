package packet

import (
	"net"
	"net/netip"
)

// ARP operations (RFC 826, RFC 903).
const (
	ARPRequest  = 1
	ARPReply    = 2
	RARPRequest = 3
	RARPReply   = 4
)

// ARP is an address resolution message between IPv4 addresses.
type ARP struct {
	Operation          uint16
	SenderMAC          net.HardwareAddr
	TargetMAC          net.HardwareAddr
	SenderIP, TargetIP netip.Addr
}

// ParseARP reads an ARP or RARP message. False if it is cut short or its addresses are not IPv4. The hardware addresses are
// borrowed from b.
func ParseARP(b []byte) (ARP, bool) {
	const fixed, ipv4, addrLen = 8, 0x0800, 4
	if len(b) < fixed || be16(b[2:]) != ipv4 || b[5] != addrLen {
		return ARP{}, false
	}
	hardware := int(b[4])
	if len(b) < fixed+2*(hardware+addrLen) {
		return ARP{}, false
	}
	a := ARP{Operation: uint16(be16(b[6:]))}
	b = b[fixed:]
	a.SenderMAC, b = b[:hardware], b[hardware:]
	a.SenderIP, b = netip.AddrFrom4([4]byte(b)), b[addrLen:]
	a.TargetMAC, b = b[:hardware], b[hardware:]
	a.TargetIP = netip.AddrFrom4([4]byte(b))
	return a, true
}
