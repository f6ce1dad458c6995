package packet

import "net/netip"

// OtherKind says what an Other is.
type OtherKind uint8

// The kinds, the less telling ones first.
const (
	OtherUndecodable OtherKind = iota // headers that are cut short or contradict themselves
	OtherUnknownLink                  // of a link type that is not understood; Number is the link type
	OtherFrame                        // Number is the EtherType or, below 0x600, the destination SAP of LLC; 0 if there is neither
	OtherWLAN                         // an IEEE 802.11 frame that is no readable data
	OtherFragment                     // an IP fragment that did not complete its datagram; Number is the IP protocol
	OtherIP                           // Number is the IP protocol
	OtherARP                          // also RARP
	OtherICMP
	OtherICMPv6
	OtherUDP
)

// Other is what a packet holds that has no TCP segment of its own. Of headers inside one another it is the innermost, but
// nothing that an ICMP error quotes and no sample of a monitor.
type Other struct {
	Kind   OtherKind
	Number uint16
	// Src and Dst are the addresses of the IP header directly below, of ARP those inside; invalid if there are none. Only UDP
	// has ports.
	Src, Dst netip.AddrPort
	// Len is the number of bytes that Payload has by the length fields, independent of how much was captured.
	Len uint32
	// Payload is what was captured behind the UDP or IP header, or the whole ARP message; nil for the other kinds.
	Payload []byte
	// Joined says that Payload stands nowhere in the packet's Data: it was put together from IP fragments, or decompressed.
	Joined bool
}

// Other says what the packet of the last Decode holds, if its outcome is not OutcomeTCP. It is valid until the next Decode,
// the bytes as long as the packet's.
func (d *Decoder) Other() *Other {
	o := &d.other
	if d.found {
		return o
	}
	switch d.outcome {
	case OutcomeUnknownLinkType:
		*o = Other{Kind: OtherUnknownLink, Number: uint16(d.pkt.LinkType)}
	case OutcomeOther:
		*o = Other{Kind: OtherFrame}
	default:
		*o = Other{Kind: OtherUndecodable}
	}
	return o
}

// holdsFrame notes that the packet holds something of the link layer. The first of several frames inside one counts, and
// the last header of a chain. It returns what to add to, or what nobody looks at.
func (d *Decoder) holdsFrame(k OtherKind, number uint16) *Other {
	o := &d.other
	if d.quoting || d.depth > 0 && d.found {
		o = &d.ignored
	} else {
		d.found = true
	}
	*o = Other{Kind: k, Number: number}
	return o
}

// holds notes that the packet holds something on top of IP that begins at the view's position.
func (d *Decoder) holds(v *view, k OtherKind, number uint16) *Other {
	o := d.holdsFrame(k, number)
	o.Src, o.Dst = netip.AddrPortFrom(v.src, 0), netip.AddrPortFrom(v.dst, 0)
	o.Len, o.Payload, o.Joined = uint32(v.wire), v.bytes(), v.joined
	return o
}

// holdsARP notes an address resolution message with the protocol addresses of its sender and its target (RFC 826).
func (d *Decoder) holdsARP(v *view) {
	o := d.holdsFrame(OtherARP, 0)
	o.Len, o.Payload = uint32(v.wire), v.bytes()
	if m, ok := ParseARP(o.Payload); ok {
		o.Src, o.Dst = netip.AddrPortFrom(m.SenderIP, 0), netip.AddrPortFrom(m.TargetIP, 0)
	}
}
