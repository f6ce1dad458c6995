package packet

const (
	icmpLen = 8
	// minQuotation is the least that RFC 4884 §4 allows to stand in front of extensions; smaller lengths are something else.
	minQuotation = 128
)

// ICMP types that quote the packet they complain about (RFC 792), and the ICMPv6 ones (RFC 4443 §3).
const (
	icmpUnreachable   = 3
	icmpSourceQuench  = 4
	icmpRedirect      = 5
	icmpTimeExceeded  = 11
	icmpParameter     = 12
	icmpv6Unreachable = 1
	icmpv6TooBig      = 2
	icmpv6Time        = 3
	icmpv6Parameter   = 4
)

// icmp decodes an ICMP header and goes on to the packet that an error quotes.
func (d *Decoder) icmp(v *view) kind {
	b := v.bytes()
	d.reached(OutcomeICMP)
	d.holds(v, OtherICMP, 0)
	if !d.header(kindICMP, v, icmpLen) {
		return kindNone
	}
	switch b[0] {
	case icmpUnreachable, icmpTimeExceeded, icmpParameter:
		if quoted := int(b[5]) * 4; quoted >= minQuotation { // RFC 4884 §4: extensions follow the quotation
			v.limit(quoted)
		}
	case icmpRedirect:
		// Only the IP header and 8 bytes are quoted by RFC 792, and Wireshark looks at no more.
		if len(b) > icmpLen {
			v.limit(int(b[icmpLen]&0xf)*4 + 8)
		}
	case icmpSourceQuench:
	default:
		return kindNone
	}
	v.quoted, d.quoting = true, true
	return kindIP
}

// icmpv6 decodes an ICMPv6 header and goes on to the packet that an error quotes.
func (d *Decoder) icmpv6(v *view) kind {
	b := v.bytes()
	d.reached(OutcomeICMP)
	d.holds(v, OtherICMPv6, 0)
	if !d.header(kindICMPv6, v, icmpLen) {
		return kindNone
	}
	switch b[0] {
	case icmpv6Unreachable, icmpv6Time:
		if quoted := int(b[4]) * 8; quoted >= minQuotation { // RFC 4884 §4
			v.limit(quoted)
		}
	case icmpv6TooBig, icmpv6Parameter:
	default:
		return kindNone
	}
	v.quoted, d.quoting = true, true
	return kindIPv6
}
