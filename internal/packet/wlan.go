package packet

import "encoding/binary"

const (
	wlanLen = 24
	ppiLen  = 8
	// dltWLAN and dltEthernet are link types named inside a PPI header.
	dltWLAN, dltEthernet = 105, 1
)

// radiotap decodes the header that wireless drivers put in front of a frame. All its numbers are little-endian.
func (d *Decoder) radiotap(v *view) kind {
	b := v.bytes()
	const fixed = 8
	if len(b) < fixed {
		d.push(kindRadiotap, v, fixed)
		return kindNone
	}
	if !d.header(kindRadiotap, v, max(fixed, int(binary.LittleEndian.Uint16(b[2:])))) {
		return kindNone
	}
	return kindWLAN
}

// ppi decodes the Per-Packet Information header: its length and the link type of what follows.
func (d *Decoder) ppi(v *view) kind {
	b := v.bytes()
	if len(b) < ppiLen {
		d.push(kindPPI, v, ppiLen)
		return kindNone
	}
	if !d.header(kindPPI, v, max(ppiLen, int(binary.LittleEndian.Uint16(b[2:])))) {
		return kindNone
	}
	switch binary.LittleEndian.Uint32(b[4:]) {
	case dltWLAN:
		return kindWLAN
	case dltEthernet:
		return kindEthernet
	}
	d.reached(OutcomeOther)
	return kindNone
}

// wlan decodes an IEEE 802.11 header. Only unprotected data frames go on, with LLC or with several frames in one (A-MSDU).
func (d *Decoder) wlan(v *view) kind {
	const (
		dataFrame = 2
		noData    = 4 // bit of the subtype
		qos       = 8 // bit of the subtype
		bothDS    = 0x03
		protected = 0x40
		htControl = 0x80
		aggregate = 0x80
	)
	b := v.bytes()
	n := wlanLen
	if len(b) < n {
		d.push(kindWLAN, v, n)
		return kindNone
	}
	sort, subtype, flags := b[0]>>2&3, b[0]>>4, b[1]
	if flags&bothDS == bothDS {
		n += 6
	}
	isQoS := subtype&qos != 0
	qosAt := n
	if isQoS {
		n += 2
		if flags&htControl != 0 {
			n += 4
		}
	}
	if !d.header(kindWLAN, v, n) {
		return kindNone
	}
	if sort != dataFrame || subtype&noData != 0 || flags&protected != 0 {
		d.reached(OutcomeOther)
		d.holdsFrame(OtherWLAN, 0)
		return kindNone
	}
	if isQoS && b[qosAt]&aggregate != 0 {
		d.aggregate(v)
		return kindNone
	}
	return kindLLC
}

// aggregate walks through the frames of an A-MSDU: two addresses, a length, LLC, padding to four bytes.
func (d *Decoder) aggregate(v *view) {
	const headerLen = 14
	for len(d.layers) < MaxLayers {
		b := v.bytes()
		if len(b) < headerLen {
			return
		}
		size := be16(b[12:])
		one := *v
		one.advance(headerLen)
		one.limit(size)
		d.nested(kindLLC, &one)
		if !v.advance((headerLen + size + 3) &^ 3) {
			return
		}
	}
}
