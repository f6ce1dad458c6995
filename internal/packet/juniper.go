package packet

const (
	juniperLen      = 4 // magic number and flags
	juniperNoL2     = 0x02
	juniperExtended = 0x80
)

// The protocol numbers behind a Juniper header without a link layer.
const (
	juniperIPv4     = 2
	juniperMPLSIPv4 = 3
	juniperMPLS     = 5
	juniperIPv6     = 6
	juniperMPLSIPv6 = 7
)

func (d *Decoder) juniper(v *view) kind { return d.juniperHeader(v, kindJuniper, kindEthernet) }

func (d *Decoder) juniperPPP(v *view) kind { return d.juniperHeader(v, kindJuniperPPP, kindPPP) }

func (d *Decoder) juniperHDLC(v *view) kind {
	return d.juniperHeader(v, kindJuniperHDLC, kindCiscoHDLC)
}

// juniperHeader decodes what Juniper routers put in front of a frame: a magic number, flags, and a list of extensions with
// its length. link is what follows, unless the flags say that the router had taken the link layer off already; then a
// protocol number follows, little-endian. (The layout is Wireshark's and tcpdump's; Juniper has published none.)
func (d *Decoder) juniperHeader(v *view, k, link kind) kind {
	b := v.bytes()
	n := juniperLen
	if len(b) >= juniperLen+2 && b[3]&juniperExtended != 0 {
		n += 2 + be16(b[juniperLen:])
	}
	if len(b) < n || string(b[:3]) != "MGC" {
		d.push(k, v, n)
		return kindNone
	}
	if b[3]&juniperNoL2 == 0 {
		d.header(k, v, n)
		return link
	}
	protocol := n
	if !d.header(k, v, n+4) {
		return kindNone
	}
	switch b[protocol] {
	case juniperIPv4, juniperMPLSIPv4:
		return kindIPv4
	case juniperIPv6, juniperMPLSIPv6:
		return kindIPv6
	case juniperMPLS:
		return kindMPLS
	}
	d.reached(OutcomeOther)
	return kindNone
}
