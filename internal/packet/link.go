package packet

import (
	"encoding/binary"

	"github.com/google/gopacket/layers"
)

const (
	nullLen        = 4
	sllLen         = 16
	sll2Len        = 20
	ciscoHDLCLen   = 4
	pppoeLen       = 6
	mplsLen        = 4
	fddiLen        = 13
	pppoeSession   = 0 // code of a session packet (RFC 2516 §6)
	arpHardwareGRE = 778
	arpHardwareRT  = 803 // 802.11 with radiotap
)

// family maps a socket address family to what follows it. IPv6 has another number on every system.
func (d *Decoder) family(af uint32) kind {
	const (
		inet         = 2
		inet6Linux   = 10
		inet6NetBSD  = 24 // also OpenBSD, BSD/OS
		inet6FreeBSD = 28
		inet6Darwin  = 30
	)
	switch af {
	case inet:
		return kindIP
	case inet6Linux, inet6NetBSD, inet6FreeBSD, inet6Darwin:
		return kindIPv6
	}
	if af >= 0x600 && af <= 0xffff {
		return d.etherType(layers.EthernetType(af))
	}
	d.reached(OutcomeOther)
	return kindNone
}

// null decodes BSD's loopback header: an address family in the byte order of the machine that captured it.
func (d *Decoder) null(v *view) kind {
	b := v.bytes()
	if len(b) >= 2 && b[0] == pppAddress && b[1] == pppControl {
		return kindPPP // some systems write PPP frames under this link type
	}
	if !d.header(kindNull, v, nullLen) {
		return kindNone
	}
	af := be32(b)
	if af > 0xffff { // families are small numbers, so this was the other byte order
		af = binary.LittleEndian.Uint32(b)
	}
	return d.family(af)
}

// loop decodes OpenBSD's loopback header: the same in network byte order.
func (d *Decoder) loop(v *view) kind {
	b := v.bytes()
	if !d.header(kindLoop, v, nullLen) {
		return kindNone
	}
	return d.family(be32(b))
}

// sll decodes the Linux cooked header, version 1.
func (d *Decoder) sll(v *view) kind {
	b := v.bytes()
	if !d.header(kindSLL, v, sllLen) {
		return kindNone
	}
	return d.cooked(v, be16(b[2:]), be16(b[14:]))
}

// sll2 decodes the Linux cooked header, version 2.
func (d *Decoder) sll2(v *view) kind {
	b := v.bytes()
	if !d.header(kindSLL2, v, sll2Len) {
		return kindNone
	}
	return d.cooked(v, be16(b[8:]), be16(b))
}

// cooked names what follows a cooked header: its protocol field is read by the device's hardware type.
func (d *Decoder) cooked(v *view, hardware, protocol int) kind {
	const (
		pseudo8023  = 1
		ethernet    = 3
		pseudo8022  = 4
		pseudoPPP   = 7
		greEthernet = layers.EthernetTypeTransparentEthernetBridging
	)
	switch hardware {
	case arpHardwareRT:
		return kindRadiotap
	case arpHardwareGRE:
		if t := layers.EthernetType(protocol); t == greEthernet {
			return kindEthernet
		}
	}
	switch protocol {
	case ethernet:
		return kindEthernet
	case pseudo8022:
		return kindLLC
	case pseudoPPP:
		return kindPPP
	case pseudo8023:
		d.reached(OutcomeOther)
		return kindNone
	}
	return d.etherType(layers.EthernetType(protocol))
}

// PPP's address and control bytes (RFC 1662 §3.1), which may be left out, and the address bytes of Cisco HDLC.
const (
	pppAddress, pppControl         = 0xff, 0x03
	ciscoUnicast, ciscoMulticast   = 0x0f, 0x8f
	pppIPv4, pppIPv6               = 0x0021, 0x0057
	pppMPLSUnicast, pppMPLSMulti   = 0x0281, 0x0283
	pppProtocolFieldOneByteLongBit = 1
)

// ppp decodes a PPP header in any of its compressed forms (RFC 1661 §2, RFC 1662 §3).
func (d *Decoder) ppp(v *view) kind {
	b := v.bytes()
	n := 0
	if len(b) >= 1 && (b[0] == ciscoUnicast || b[0] == ciscoMulticast) {
		return kindCiscoHDLC
	}
	if len(b) >= 2 && b[0] == pppAddress && b[1] == pppControl {
		n = 2
	}
	if len(b) <= n {
		d.push(kindPPP, v, n+2)
		return kindNone
	}
	protocol := int(b[n])
	if protocol&pppProtocolFieldOneByteLongBit != 0 {
		n++
	} else {
		if len(b) < n+2 {
			d.push(kindPPP, v, n+2)
			return kindNone
		}
		protocol = be16(b[n:])
		n += 2
	}
	d.header(kindPPP, v, n)
	switch protocol {
	case pppIPv4:
		return kindIP
	case pppIPv6:
		return kindIPv6
	case pppMPLSUnicast, pppMPLSMulti:
		return kindMPLS
	}
	d.reached(OutcomeOther)
	return kindNone
}

// ciscoHDLC decodes Cisco's framing for serial lines: address, control, EtherType.
func (d *Decoder) ciscoHDLC(v *view) kind {
	b := v.bytes()
	if !d.header(kindCiscoHDLC, v, ciscoHDLCLen) {
		return kindNone
	}
	return d.etherType(layers.EthernetType(be16(b[2:])))
}

// pppoe decodes a PPP over Ethernet session header (RFC 2516 §4); its length bounds what follows.
func (d *Decoder) pppoe(v *view) kind {
	b := v.bytes()
	if !d.header(kindPPPoE, v, pppoeLen) {
		return kindNone
	}
	if b[1] != pppoeSession {
		d.reached(OutcomeOther)
		return kindNone
	}
	v.limit(be16(b[4:]))
	return kindPPP
}

// mpls decodes one label (RFC 3032 §2.1). What follows the last one is guessed from its first half-byte (RFC 4928 §3).
func (d *Decoder) mpls(v *view) kind {
	b := v.bytes()
	if !d.header(kindMPLS, v, mplsLen) {
		return kindNone
	}
	const bottomOfStack, controlWordLen = 1, 4
	if b[2]&bottomOfStack == 0 {
		return kindMPLS
	}
	if len(b) == mplsLen {
		return kindNone
	}
	switch b[mplsLen] >> 4 {
	case 4, 6:
		return kindIP
	case 0: // a pseudowire's control word (RFC 4385), then the Ethernet frame
		if v.advance(controlWordLen) {
			return kindEthernet
		}
	}
	d.reached(OutcomeOther)
	return kindNone
}

// fddi decodes an FDDI header: frame control and two addresses, then LLC.
func (d *Decoder) fddi(v *view) kind {
	b := v.bytes()
	if !d.header(kindFDDI, v, fddiLen) {
		return kindNone
	}
	const llcMask, llcFrame = 0xf0, 0x50
	if b[0]&llcMask != llcFrame {
		d.reached(OutcomeOther)
		return kindNone
	}
	return kindLLC
}

// arcnet decodes a BSD ARCNET header: source, destination, type.
func (d *Decoder) arcnet(v *view) kind { return d.arcnetType(v, kindARCNET, 2) }

// arcnetLinux decodes Linux's ARCNET header, which has two more bytes in front of the type.
func (d *Decoder) arcnetLinux(v *view) kind { return d.arcnetType(v, kindARCNETLinux, 4) }

func (d *Decoder) arcnetType(v *view, k kind, at int) kind {
	const (
		ipOld, arpOld = 0xf0, 0xf1 // RFC 1051: the packet follows at once
		ip, arp       = 0xd4, 0xd5 // RFC 1201: a split flag and a sequence number in between
		exception     = 0xff       // split flag of a frame padded to a length the hardware can send
	)
	b := v.bytes()
	if len(b) <= at {
		d.push(k, v, at+1)
		return kindNone
	}
	n := at + 1
	if b[at] == ip || b[at] == arp {
		if len(b) > n && b[n] == exception {
			n += 4
		}
		n += 3
	}
	if !d.header(k, v, n) {
		return kindNone
	}
	switch b[at] {
	case ip, ipOld:
		return kindIP
	case arp, arpOld:
		return kindARP
	}
	d.reached(OutcomeOther)
	return kindNone
}

// nflog decodes Linux netfilter's log header: a family, then records, one of which is the packet.
func (d *Decoder) nflog(v *view) kind {
	const payloadRecord = 9
	return d.netfilter(v, payloadRecord)
}

// netlink decodes a message between the Linux kernel and a program: a cooked header, the message's own, and where it is one
// of netfilter's log or queue, the packet it speaks of. Numbers are in the byte order of the machine that captured it.
func (d *Decoder) netlink(v *view) kind {
	const (
		familyAt, typeAt = 14, sllLen + 4
		netlinkLen       = sllLen + 16
		netfilterFamily  = 12
		queue, log       = 3, 4 // subsystems; both send packets as message 0
		queuePayload     = 10
	)
	b := v.bytes()
	if !d.header(kindNetlink, v, netlinkLen) {
		return kindNone
	}
	message := int(binary.LittleEndian.Uint16(b[typeAt:]))
	if be32(b[sllLen:]) < binary.LittleEndian.Uint32(b[sllLen:]) { // the length of the message tells the byte order
		message = be16(b[typeAt:])
	}
	if be16(b[familyAt:]) == netfilterFamily {
		switch message {
		case queue << 8:
			return d.netfilter(v, queuePayload)
		case log << 8:
			return kindNFLOG
		}
	}
	d.reached(OutcomeOther)
	return kindNone
}

// netfilter decodes a message of netfilter; one of its records is the packet.
func (d *Decoder) netfilter(v *view, payloadRecord uint16) kind {
	const (
		fixed     = 4
		recordLen = 4
	)
	b := v.bytes()
	if len(b) < fixed {
		d.push(kindNFLOG, v, fixed)
		return kindNone
	}
	family := uint32(b[0])
	for n := fixed; n+recordLen <= len(b); {
		size, record := int(binary.LittleEndian.Uint16(b[n:])), binary.LittleEndian.Uint16(b[n+2:])
		if order := be16(b[n:]); size > v.wire-n && order <= v.wire-n { // written on a big-endian machine
			size, record = order, uint16(be16(b[n+2:]))
		}
		if size < recordLen {
			break
		}
		if record&0x7fff == payloadRecord {
			d.header(kindNFLOG, v, n+recordLen)
			v.limit(size - recordLen)
			return d.family(family)
		}
		n += (size + 3) &^ 3
	}
	d.push(kindNFLOG, v, len(b))
	d.reached(OutcomeOther)
	return kindNone
}

// pflog decodes the header of BSD's packet filter log: its own length, then an address family.
func (d *Decoder) pflog(v *view) kind {
	b := v.bytes()
	if len(b) < 2 || !d.header(kindPFLOG, v, (int(b[0])+3)&^3) {
		d.push(kindPFLOG, v, 2)
		return kindNone
	}
	return d.family(uint32(b[1]))
}

// enc decodes the header of BSD's IPsec interface: address family in host byte order, security index, flags.
func (d *Decoder) enc(v *view) kind {
	const encLen = 12
	b := v.bytes()
	if !d.header(kindEnc, v, encLen) {
		return kindNone
	}
	af := be32(b)
	if af > 0xffff {
		af = binary.LittleEndian.Uint32(b)
	}
	return d.family(af)
}
