package packet

import "net/netip"

const (
	ipv4Len        = 20
	ipv6Len        = 40
	fragmentLen    = 8
	ipCompLen      = 4
	ipv4FragBits   = 0x3fff // more fragments, and the offset
	ipv4More       = 0x2000
	ipv4OffsetMask = 0x1fff
)

// IP protocol numbers (https://www.iana.org/assignments/protocol-numbers).
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIPIP     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoICMPv6   = 58
	protoDestOpts = 60
	protoEtherIP  = 97
	protoIPComp   = 108
	protoMPLS     = 137
	protoEthernet = 143
)

var ipProtocols = [256]kind{
	protoHopByHop: kindHopByHop, protoICMP: kindICMP, protoIPIP: kindIP, protoTCP: kindTCP, protoUDP: kindUDP,
	protoIPv6: kindIPv6, protoRouting: kindRouting, protoFragment: kindFragment, protoGRE: kindGRE, protoAH: kindAH,
	protoICMPv6: kindICMPv6, protoDestOpts: kindDestOpts, protoEtherIP: kindEtherIP, protoMPLS: kindMPLS,
	protoEthernet: kindEthernet, protoIPComp: kindIPComp,
}

// next names what follows an IP header or an extension header.
func (d *Decoder) next(v *view, protocol byte) kind {
	k := ipProtocols[protocol]
	if k == kindNone {
		d.reached(OutcomeOther)
		d.holds(v, OtherIP, uint16(protocol))
	}
	return k
}

// ip tells IPv4 from IPv6 by the first half-byte.
func (d *Decoder) ip(v *view) kind {
	b := v.bytes()
	if len(b) == 0 {
		return kindNone
	}
	switch b[0] >> 4 {
	case 4:
		return kindIPv4
	case 6:
		return kindIPv6
	}
	return kindNone
}

// ipv4 decodes an IPv4 header with its options (RFC 791 §3.1). The total length bounds what follows; 0 means that the
// sender's network card cuts the packet into segments after the capture, and then everything in the frame counts.
func (d *Decoder) ipv4(v *view) kind {
	b := v.bytes()
	if len(b) < ipv4Len {
		d.push(kindIPv4, v, ipv4Len)
		return kindNone
	}
	n, total := int(b[0]&0xf)*4, be16(b[2:])
	if total == 0 {
		total = v.wire
	}
	if n < ipv4Len || total < n {
		d.push(kindIPv4, v, ipv4Len)
		return kindNone
	}
	v.lacks = total > v.wire
	v.limit(total)
	v.src, v.dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	v.ttl, v.id, v.fragment = b[8], uint16(be16(b[4:])), false
	if !d.header(kindIPv4, v, n) {
		return kindNone
	}
	if n > ipv4Len {
		if last, ok := sourceRoute(b[ipv4Len:n]); ok {
			v.dst = last
		}
	}
	if bits := be16(b[6:]); bits&ipv4FragBits != 0 {
		return d.piece(v, fragment{
			key: fragmentKey{src: v.src, dst: v.dst, id: uint32(v.id), protocol: b[9]},
			off: (bits & ipv4OffsetMask) * 8, more: bits&ipv4More != 0,
		})
	}
	return d.next(v, b[9])
}

// sourceRoute returns the last address of a loose or strict source route that is not used up (RFC 791 §3.1): the true
// destination.
func sourceRoute(options []byte) (netip.Addr, bool) {
	const end, nop, loose, strict = 0, 1, 131, 137
	const routeAt, addrLen = 3, 4
	for len(options) > 0 {
		switch options[0] {
		case end:
			return netip.Addr{}, false
		case nop:
			options = options[1:]
			continue
		}
		if len(options) < 2 {
			break
		}
		size := int(options[1])
		if size < 2 || size > len(options) {
			break
		}
		if (options[0] == loose || options[0] == strict) && size >= routeAt+addrLen {
			if pointer := int(options[2]); pointer > routeAt && pointer < size && pointer%addrLen == 0 {
				return netip.AddrFrom4([4]byte(options[size-addrLen : size])), true
			}
		}
		options = options[size:]
	}
	return netip.Addr{}, false
}

// ipv6 decodes an IPv6 header (RFC 8200 §3). Its payload length bounds what follows; a jumbogram carries its own in the
// hop-by-hop header (RFC 2675).
func (d *Decoder) ipv6(v *view) kind {
	b := v.bytes()
	if len(b) < ipv6Len || b[0]>>4 != 6 {
		d.push(kindIPv6, v, ipv6Len)
		return kindNone
	}
	total := ipv6Len + be16(b[4:])
	if total == ipv6Len && b[6] == protoHopByHop {
		total += jumboLength(b[ipv6Len:])
	}
	v.lacks = total > v.wire
	v.limit(total)
	v.src, v.dst = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	v.ttl, v.id, v.fragment = b[7], 0, false
	d.header(kindIPv6, v, ipv6Len)
	return d.next(v, b[6])
}

// jumboLength finds the jumbo payload option in a hop-by-hop header; 0 if there is none.
func jumboLength(b []byte) int {
	const pad1, jumbo, jumboLen = 0, 0xc2, 4
	if len(b) < 8 {
		return 0
	}
	options := b[2:min(len(b), int(b[1])*8+8)]
	for len(options) >= 2 {
		if options[0] == pad1 {
			options = options[1:]
			continue
		}
		size := int(options[1]) + 2
		if size > len(options) {
			return 0
		}
		if options[0] == jumbo && options[1] == jumboLen {
			return int(be32(options[2:]))
		}
		options = options[size:]
	}
	return 0
}

func (d *Decoder) hopByHop(v *view) kind { return d.extension(v, kindHopByHop) }

func (d *Decoder) destOpts(v *view) kind { return d.extension(v, kindDestOpts) }

// extension decodes an extension header of the common shape: next header, length in 8 bytes beyond the first 8.
func (d *Decoder) extension(v *view, k kind) kind {
	b := v.bytes()
	n := 8
	if len(b) >= 2 {
		n += int(b[1]) * 8
	}
	if !d.header(k, v, n) {
		return kindNone
	}
	return d.next(v, b[0])
}

// routing decodes a routing header. One of type 0 that is not used up names the true destination last.
func (d *Decoder) routing(v *view) kind {
	b := v.bytes()
	k := d.extension(v, kindRouting)
	const sourceRouteType, addrLen = 0, 16
	if k != kindNone && b[2] == sourceRouteType && b[3] > 0 && b[1] >= 2 {
		end := 8 + int(b[1])*8
		v.dst = netip.AddrFrom16([16]byte(b[end-addrLen : end]))
	}
	return k
}

// fragmentHeader decodes IPv6's fragment header (RFC 8200 §4.5).
func (d *Decoder) fragmentHeader(v *view) kind {
	b := v.bytes()
	if !d.header(kindFragment, v, fragmentLen) {
		return kindNone
	}
	bits := be16(b[2:])
	off, more := bits&^7, bits&1 != 0
	if off == 0 && !more {
		return d.next(v, b[0])
	}
	return d.piece(v, fragment{
		key: fragmentKey{src: v.src, dst: v.dst, id: be32(b[4:]), protocol: b[0]}, off: off, more: more,
	})
}

// ah decodes IPsec's authentication header (RFC 4302 §2), which hides nothing.
func (d *Decoder) ah(v *view) kind {
	b := v.bytes()
	n := 12
	if len(b) >= 2 {
		n = max(n, int(b[1])*4+8)
	}
	if !d.header(kindAH, v, n) {
		return kindNone
	}
	return d.next(v, b[0])
}

// ipComp decodes the header of a compressed payload (RFC 3173 §3) and goes on in what comes out of it. A packet looked at
// alone ends here: what comes out has no place among its bytes.
func (d *Decoder) ipComp(v *view) kind {
	b := v.bytes()
	if !d.header(kindIPComp, v, ipCompLen) {
		return kindNone
	}
	d.reached(OutcomeOther)
	d.holds(v, OtherIP, protoIPComp)
	if d.single || !v.whole() {
		return kindNone
	}
	plain := d.inflater.inflate(v.bytes())
	if plain == nil {
		return kindNone
	}
	v.replace(plain)
	return d.next(v, b[0])
}

// piece handles the payload of an IP fragment. If it completes its datagram the view moves to the whole; the first
// fragment of one that was cut by the capture goes on alone, without a known length.
func (d *Decoder) piece(v *view, f fragment) kind {
	d.reached(OutcomeFragment)
	d.holds(v, OtherFragment, uint16(f.key.protocol))
	if !d.single && v.whole() {
		if v.wire == 0 || v.quoted { // Wireshark waits for the rest of a quoted fragment too, which never comes
			return kindNone
		}
		whole := d.frags.add(f, v.bytes())
		if whole == nil {
			return kindNone
		}
		v.replace(whole)
		return d.next(v, f.key.protocol)
	}
	if f.off != 0 {
		d.layers[len(d.layers)-1].payloadIsStray = true
		return kindNone
	}
	v.fragment = true
	return d.next(v, f.key.protocol)
}
