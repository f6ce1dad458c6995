package packet

import "net/netip"

const udpLen = 8

// UDP ports of tunnels (https://www.iana.org/assignments/service-names-port-numbers).
const (
	portL2TP     = 1701
	portGTP      = 2152
	portTeredo   = 3544
	portGRE      = 4754
	portVXLAN    = 4789
	portVXLANGPE = 4790
	portGeneve   = 6081
	portSFlow    = 6343
	portMPLS     = 6635
)

func tunnelOfPort(port uint16) kind {
	switch port {
	case portVXLAN:
		return kindVXLAN
	case portGTP:
		return kindGTP
	case portTeredo:
		return kindTeredo
	case portGeneve:
		return kindGeneve
	case portL2TP:
		return kindL2TP
	case portGRE:
		return kindGRE
	case portVXLANGPE:
		return kindVXLANGPE
	case portSFlow:
		return kindSFlow
	case portMPLS:
		return kindMPLS
	}
	return kindNone
}

// udp decodes a UDP header (RFC 768). Its length bounds what follows; 0 stands for a jumbogram or for a packet that the
// network card cuts later.
func (d *Decoder) udp(v *view) kind {
	b := v.bytes()
	if len(b) < udpLen {
		d.push(kindUDP, v, udpLen)
		return kindNone
	}
	length := be16(b[4:])
	if length != 0 {
		v.limit(length)
	}
	l := d.push(kindUDP, v, udpLen)
	if !v.advance(udpLen) { // the length field claims less than the header
		return kindNone
	}
	d.reached(OutcomeUDP)
	src, dst := uint16(be16(b)), uint16(be16(b[2:]))
	o := d.holds(v, OtherUDP, 0)
	o.Src, o.Dst = netip.AddrPortFrom(v.src, src), netip.AddrPortFrom(v.dst, dst)
	l.item = len(d.datagrams)
	d.datagrams = append(d.datagrams, Datagram{
		Src: netip.AddrPortFrom(v.src, src), Dst: netip.AddrPortFrom(v.dst, dst),
		Len: uint32(v.wire), Payload: v.bytes(), PayloadOffset: v.position(), Quoted: v.quoted,
	})
	if k := tunnelOfPort(min(src, dst)); k != kindNone {
		return k
	}
	return tunnelOfPort(max(src, dst))
}
