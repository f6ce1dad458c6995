package packet

import "github.com/google/gopacket/layers"

const (
	vxlanLen   = 8
	geneveLen  = 8
	etherIPLen = 2
)

// GRE flag bits (RFC 2784, RFC 2890; routing and ack are those of RFC 1701 and RFC 2637).
const (
	greChecksum = 0x8000
	greRouting  = 0x4000
	greKey      = 0x2000
	greSequence = 0x1000
	greAck      = 0x0080
	greVersion  = 0x0007
)

// Protocol types of GRE that are no EtherType of their own.
const (
	greERSPAN2   = 0x88be
	greERSPAN3   = 0x22eb
	grePPP       = 0x880b
	greWCCP      = 0x883e
	greWLANFirst = 0x8200 // Aruba: 802.11 frames, the number counts up by 16
	greWLANLast  = 0x83d0
)

// gre decodes a GRE header with its optional parts.
func (d *Decoder) gre(v *view) kind {
	b := v.bytes()
	n := 4
	if len(b) < n {
		d.push(kindGRE, v, n)
		return kindNone
	}
	flags, protocol := be16(b), be16(b[2:])
	for _, part := range [...]int{greChecksum | greRouting, greKey, greSequence} {
		if flags&part != 0 {
			n += 4
		}
	}
	if flags&greVersion == 1 && flags&greAck != 0 {
		n += 4
	}
	if flags&greRouting != 0 {
		n = greRoutes(b, n)
	}
	if !d.header(kindGRE, v, n) {
		return kindNone
	}
	return d.greNext(v, protocol, flags&greSequence != 0)
}

// greNext names what a GRE header carries.
func (d *Decoder) greNext(v *view, protocol int, sequence bool) kind {
	switch {
	case protocol == greERSPAN2 && !sequence: // type I has no header of its own
		return kindEthernet
	case protocol == greERSPAN2:
		return kindERSPAN2
	case protocol == greERSPAN3:
		return kindERSPAN3
	case protocol == grePPP:
		return kindPPP
	case protocol == greWCCP:
		return wccp(v)
	case protocol >= greWLANFirst && protocol <= greWLANLast && protocol&0xf == 0:
		return kindWLAN
	}
	return d.etherType(layers.EthernetType(protocol))
}

// greRoutes returns where a GRE header ends whose source route entries begin at n (RFC 1701).
func greRoutes(b []byte, n int) int {
	const entryLen = 4
	for n+entryLen <= len(b) {
		size := int(b[n+3])
		n += entryLen
		if size == 0 {
			break
		}
		n += size
	}
	return n
}

// wccp steps over the redirect header of web cache redirection, which may be left out.
func wccp(v *view) kind {
	const redirectLen, ipv4WithoutOptions = 4, 0x45
	if b := v.bytes(); len(b) > 0 && b[0] != ipv4WithoutOptions && !v.advance(redirectLen) {
		return kindNone
	}
	return kindIP
}

// erspan2 decodes Cisco's mirroring header, type II.
func (d *Decoder) erspan2(v *view) kind {
	const erspan2Len = 8
	if !d.header(kindERSPAN2, v, erspan2Len) {
		return kindNone
	}
	return kindEthernet
}

// erspan3 decodes Cisco's mirroring header, type III, with its optional part.
func (d *Decoder) erspan3(v *view) kind {
	const erspan3Len, optionalLen, hasOptional = 12, 8, 1
	b := v.bytes()
	n := erspan3Len
	if len(b) >= n && b[n-1]&hasOptional != 0 {
		n += optionalLen
	}
	if !d.header(kindERSPAN3, v, n) {
		return kindNone
	}
	return kindEthernet
}

// etherIP decodes Ethernet within IP (RFC 3378).
func (d *Decoder) etherIP(v *view) kind {
	if !d.header(kindEtherIP, v, etherIPLen) {
		return kindNone
	}
	return kindEthernet
}

// vxlan decodes a VXLAN header (RFC 7348 §5).
func (d *Decoder) vxlan(v *view) kind {
	if !d.header(kindVXLAN, v, vxlanLen) {
		return kindNone
	}
	return kindEthernet
}

// vxlanGPE decodes VXLAN's generic extension, which names what it carries (draft-ietf-nvo3-vxlan-gpe §3.2).
func (d *Decoder) vxlanGPE(v *view) kind {
	const ipv4, ipv6, ethernet, mpls = 1, 2, 3, 5
	b := v.bytes()
	if !d.header(kindVXLANGPE, v, vxlanLen) {
		return kindNone
	}
	switch b[3] {
	case ipv4:
		return kindIP
	case ipv6:
		return kindIPv6
	case ethernet:
		return kindEthernet
	case mpls:
		return kindMPLS
	}
	return kindNone
}

// geneve decodes a Geneve header with its options (RFC 8926 §3.4).
func (d *Decoder) geneve(v *view) kind {
	b := v.bytes()
	n := geneveLen
	if len(b) > 0 {
		n += int(b[0]&0x3f) * 4
	}
	if !d.header(kindGeneve, v, n) {
		return kindNone
	}
	return d.etherType(layers.EthernetType(be16(b[2:])))
}

// gtp decodes a GTP-U header with its extension headers (3GPP TS 29.281 §5) and goes on to the user's packet.
func (d *Decoder) gtp(v *view) kind {
	const (
		headerLen    = 8
		optionalLen  = 4
		hasOptional  = 0x07
		hasExtension = 0x04
		versionAndPT = 0xf0
		version1     = 0x30
		userPacket   = 0xff
	)
	b := v.bytes()
	if len(b) < headerLen || b[0]&versionAndPT != version1 {
		return kindNone
	}
	n := headerLen
	if b[0]&hasOptional != 0 {
		n += optionalLen
	}
	if b[0]&hasExtension != 0 {
		n = gtpExtensions(b, n)
	}
	size := be16(b[2:])
	if !d.header(kindGTP, v, n) || b[1] != userPacket {
		return kindNone
	}
	v.limit(max(0, headerLen+size-n))
	return kindIP
}

// gtpExtensions returns where a GTP header ends whose extension headers begin at n: each is a length in units of four
// bytes, contents, and the type of the next one, 0 for none.
func gtpExtensions(b []byte, n int) int {
	for n <= len(b) && b[n-1] != 0 {
		if n == len(b) || b[n] == 0 {
			return len(b) + 1 // not captured, or of no length: nothing behind it can be found
		}
		n += int(b[n]) * 4
	}
	return n
}

// teredo decodes the optional authentication and origin parts of a Teredo packet (RFC 4380 §5.1.1) and goes on to IPv6.
func (d *Decoder) teredo(v *view) kind {
	const authentication, origin, originLen, authFixed = 1, 0, 8, 13
	b := v.bytes()
	n := 0
	if len(b) >= 4 && b[0] == 0 && b[1] == authentication {
		n = authFixed + int(b[2]) + int(b[3])
	}
	if len(b) >= n+2 && b[n] == 0 && b[n+1] == origin {
		n += originLen
	}
	if len(b) <= n || b[n]>>4 != 6 {
		return kindNone
	}
	if n > 0 {
		d.header(kindTeredo, v, n)
	}
	return kindIPv6
}

// l2tp decodes an L2TP version 2 data header (RFC 2661 §3.1) and goes on to PPP.
func (d *Decoder) l2tp(v *view) kind {
	const (
		control, hasLength, hasSequence, hasOffset = 0x8000, 0x4000, 0x0800, 0x0200
		versionMask, version                       = 0x000f, 2
	)
	b := v.bytes()
	if len(b) < 2 {
		return kindNone
	}
	flags := be16(b)
	if flags&versionMask != version {
		return kindNone
	}
	n := 6
	if flags&hasLength != 0 {
		n += 2
		if len(b) >= 4 {
			v.limit(be16(b[2:]))
		}
	}
	if flags&hasSequence != 0 {
		n += 4
	}
	if flags&hasOffset != 0 {
		if len(b) >= n+2 {
			n += be16(b[n:])
		}
		n += 2
	}
	if !d.header(kindL2TP, v, n) || flags&control != 0 {
		return kindNone
	}
	return kindPPP
}
