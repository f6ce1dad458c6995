package packet

import "net/netip"

// ICMP is an ICMP or ICMPv6 message as far as people ask about it.
type ICMP struct {
	V6         bool
	Type, Code uint8
	// ID and Seq are those of an echo message.
	ID, Seq uint16
	// MTU is what a "packet too big" or "fragmentation needed" announces, 0 if nothing.
	MTU uint32
	// Gateway is where a redirect of ICMP points to, Target whom a neighbor message of ICMPv6 is about; invalid if none.
	Gateway, Target netip.Addr
	// Quoted is what the packet that an error complains about held.
	Quoted Quotation
}

// Quotation is the beginning of a packet that an ICMP error quotes.
type Quotation struct {
	// Src and Dst have the ports of TCP and UDP; they are invalid if no IP header was captured.
	Src, Dst netip.AddrPort
	Protocol uint8
}

// ICMP types besides the errors (RFC 792, RFC 4443 §4, RFC 4861 §4).
const (
	icmpEchoReply          = 0
	icmpEcho               = 8
	icmpv6Echo             = 128
	icmpv6EchoReply        = 129
	icmpv6NeighborSolicit  = 135
	icmpv6NeighborAdvert   = 136
	icmpv6Redirect         = 137
	icmpNeedsFragmentation = 4 // code of icmpUnreachable (RFC 1191)
)

// ParseICMP reads an ICMP message, or one of ICMPv6. False if its header is cut short.
func ParseICMP(b []byte, v6 bool) (ICMP, bool) {
	if len(b) < icmpLen {
		return ICMP{}, false
	}
	m := ICMP{V6: v6, Type: b[0], Code: b[1]}
	if request, reply := m.Echo(); request || reply {
		m.ID, m.Seq = uint16(be16(b[4:])), uint16(be16(b[6:]))
		return m, true
	}
	if v6 {
		m.parse6(b)
		return m, true
	}
	switch m.Type {
	case icmpUnreachable:
		if m.Code == icmpNeedsFragmentation {
			m.MTU = uint32(be16(b[6:]))
		}
	case icmpRedirect:
		m.Gateway = netip.AddrFrom4([4]byte(b[4:]))
	case icmpTimeExceeded, icmpSourceQuench, icmpParameter:
	default:
		return m, true
	}
	m.Quoted = quotation4(b[icmpLen:])
	return m, true
}

// parse6 reads what ICMPv6 messages carry.
func (m *ICMP) parse6(b []byte) {
	const addrLen = 16
	switch m.Type {
	case icmpv6NeighborSolicit, icmpv6NeighborAdvert, icmpv6Redirect:
		if len(b) >= icmpLen+addrLen {
			m.Target = netip.AddrFrom16([16]byte(b[icmpLen:]))
		}
	case icmpv6TooBig:
		m.MTU = be32(b[4:])
		m.Quoted = quotation6(b[icmpLen:])
	case icmpv6Unreachable, icmpv6Time, icmpv6Parameter:
		m.Quoted = quotation6(b[icmpLen:])
	}
}

// Echo reports a ping's request or reply.
func (m *ICMP) Echo() (request, reply bool) {
	if m.V6 {
		return m.Type == icmpv6Echo, m.Type == icmpv6EchoReply
	}
	return m.Type == icmpEcho, m.Type == icmpEchoReply
}

func quotation4(b []byte) Quotation {
	if len(b) < ipv4Len {
		return Quotation{}
	}
	src, dst := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	rest := b[min(len(b), max(ipv4Len, int(b[0]&0xf)*4)):]
	if be16(b[6:])&ipv4OffsetMask != 0 { // ports stand in the first fragment alone
		rest = nil
	}
	return ported(b[9], src, dst, rest)
}

func quotation6(b []byte) Quotation {
	if len(b) < ipv6Len {
		return Quotation{}
	}
	return ported(b[6], netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:])), b[ipv6Len:])
}

// ported adds the ports that stand at the beginning of b, if the protocol has any.
func ported(protocol byte, src, dst netip.Addr, b []byte) Quotation {
	var ports [2]uint16
	if (protocol == protoTCP || protocol == protoUDP) && len(b) >= 4 {
		ports = [2]uint16{uint16(be16(b)), uint16(be16(b[2:]))}
	}
	return Quotation{Src: netip.AddrPortFrom(src, ports[0]), Dst: netip.AddrPortFrom(dst, ports[1]), Protocol: protocol}
}
