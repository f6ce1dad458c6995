package packet

import (
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// ethernetLayers are gopacket's layers that are decoded again and again without allocation.
type ethernetLayers struct {
	ethernet layers.Ethernet
	vlan     layers.Dot1Q
	llc      layers.LLC
	snap     layers.SNAP
}

const (
	ethernetLen   = 14
	vlanLen       = 4
	vnTagLen      = 6
	eTagLen       = 8
	fabricPathLen = 16
	fcsLen        = 4
	snapLen       = 5
	llcUnnumbered = 0x03
	// Organization codes of SNAP (RFC 1042, RFC 2427).
	ouiEthernet, ouiCiscoBridged, ouiBridged = 0x000000, 0x0000f8, 0x0080c2
	// Protocol numbers of RFC 2427's bridged Ethernet, with and without its checksum.
	bridgedWithFCS, bridgedWithoutFCS = 0x0001, 0x0007
)

// EtherTypes that gopacket has no name for.
const (
	etherTypeVLANOld    layers.EthernetType = 0x9100 // stacked VLAN tags before 802.1ad
	etherTypeRARP       layers.EthernetType = 0x8035
	etherTypeVNTag      layers.EthernetType = 0x8926
	etherTypeETag       layers.EthernetType = 0x893f // IEEE 802.1BR
	etherTypeFabricPath layers.EthernetType = 0x8903
)

// ethernet decodes an Ethernet II or IEEE 802.3 header.
func (d *Decoder) ethernet(v *view) kind {
	b := v.bytes()
	if len(b) < ethernetLen {
		d.push(kindEthernet, v, ethernetLen)
		return kindNone
	}
	e := &d.eth.ethernet
	if e.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return kindNone
	}
	if e.EthernetType == etherTypeFabricPath {
		return kindFabricPath
	}
	d.header(kindEthernet, v, ethernetLen)
	if e.EthernetType == layers.EthernetTypeLLC {
		v.limit(int(e.Length))
	}
	return d.etherType(e.EthernetType)
}

// etherType names what follows an EtherType. Numbers below 0x600 are lengths of IEEE 802.3: LLC follows.
func (d *Decoder) etherType(t layers.EthernetType) kind {
	switch t {
	case layers.EthernetTypeIPv4:
		return kindIP
	case layers.EthernetTypeIPv6:
		return kindIPv6
	case layers.EthernetTypeDot1Q, layers.EthernetTypeQinQ, etherTypeVLANOld:
		return kindVLAN
	case layers.EthernetTypeARP, etherTypeRARP:
		return kindARP
	case layers.EthernetTypeMPLSUnicast, layers.EthernetTypeMPLSMulticast:
		return kindMPLS
	case layers.EthernetTypePPPoESession:
		return kindPPPoE
	case layers.EthernetTypeTransparentEthernetBridging:
		return kindEthernet
	case layers.EthernetTypeLLC:
		return kindLLC
	case etherTypeVNTag:
		return kindVNTag
	case etherTypeETag:
		return kindETag
	}
	d.reached(OutcomeOther)
	d.holdsFrame(OtherFrame, uint16(t))
	return kindNone
}

// inner is etherType for a tag's type field, which may also be the length of an LLC frame.
func (d *Decoder) inner(v *view, t layers.EthernetType) kind {
	if t < 0x600 {
		v.limit(int(t))
		return kindLLC
	}
	return d.etherType(t)
}

// vlan decodes one VLAN tag (IEEE 802.1Q, 802.1ad); they may be stacked.
func (d *Decoder) vlan(v *view) kind {
	b := v.bytes()
	if !d.header(kindVLAN, v, vlanLen) {
		return kindNone
	}
	q := &d.eth.vlan
	if q.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return kindNone
	}
	return d.inner(v, q.Type)
}

func (d *Decoder) vnTag(v *view) kind {
	b := v.bytes()
	if !d.header(kindVNTag, v, vnTagLen) {
		return kindNone
	}
	return d.inner(v, layers.EthernetType(be16(b[4:])))
}

func (d *Decoder) eTag(v *view) kind {
	b := v.bytes()
	if !d.header(kindETag, v, eTagLen) {
		return kindNone
	}
	return d.inner(v, layers.EthernetType(be16(b[6:])))
}

// fabricPath decodes Cisco's outer header, which replaces Ethernet's and is followed by a whole Ethernet frame with its
// checksum.
func (d *Decoder) fabricPath(v *view) kind {
	v.limit(max(0, v.wire-fcsLen))
	if !d.header(kindFabricPath, v, fabricPathLen) {
		return kindNone
	}
	return kindEthernet
}

// llc decodes an IEEE 802.2 header and, if there is one, the SNAP header behind it.
func (d *Decoder) llc(v *view) kind {
	b := v.bytes()
	l := &d.eth.llc
	if len(b) < 3 || (b[2]&llcUnnumbered != llcUnnumbered && len(b) < 4) {
		d.push(kindLLC, v, 3)
		return kindNone
	}
	if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return kindNone
	}
	n := len(l.Contents)
	const sapSNAP, sapIP = 0xaa, 0x06
	switch {
	case l.DSAP == sapIP:
		d.header(kindLLC, v, n)
		return kindIP
	case l.DSAP != sapSNAP:
		d.header(kindLLC, v, n)
		d.reached(OutcomeOther)
		d.holdsFrame(OtherFrame, uint16(l.DSAP))
		return kindNone
	}
	if !d.header(kindLLC, v, n+snapLen) {
		return kindNone
	}
	s := &d.eth.snap
	if s.DecodeFromBytes(b[n:], gopacket.NilDecodeFeedback) != nil {
		return kindNone
	}
	oui := int(s.OrganizationalCode[0])<<16 | be16(s.OrganizationalCode[1:])
	switch {
	case oui == ouiEthernet || oui == ouiCiscoBridged:
		return d.etherType(s.Type)
	case oui == ouiBridged && (s.Type == bridgedWithFCS || s.Type == bridgedWithoutFCS):
		return kindEthernet
	}
	d.reached(OutcomeOther)
	return kindNone
}

// arp notes an address resolution message (RFC 826).
func (d *Decoder) arp(v *view) kind {
	b := v.bytes()
	const fixed = 8
	n := fixed
	if len(b) >= fixed {
		n += 2*int(b[4]) + 2*int(b[5])
	}
	d.push(kindARP, v, n)
	d.reached(OutcomeARP)
	d.holdsARP(v)
	return kindNone
}
