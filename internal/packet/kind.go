package packet

import "tcptalk/internal/capture"

// kind names a sort of header.
type kind uint8

const (
	kindNone kind = iota
	kindEthernet
	kindVLAN
	kindVNTag
	kindETag
	kindFabricPath
	kindLLC
	kindARP
	kindNull
	kindLoop
	kindSLL
	kindSLL2
	kindPPP
	kindCiscoHDLC
	kindPPPoE
	kindMPLS
	kindFDDI
	kindARCNET
	kindARCNETLinux
	kindNFLOG
	kindNetlink
	kindJuniper
	kindJuniperPPP
	kindJuniperHDLC
	kindPFLOG
	kindEnc
	kindPPI
	kindRadiotap
	kindWLAN
	kindIP
	kindIPv4
	kindIPv6
	kindHopByHop
	kindRouting
	kindDestOpts
	kindFragment
	kindAH
	kindIPComp
	kindICMP
	kindICMPv6
	kindTCP
	kindUDP
	kindGRE
	kindERSPAN2
	kindERSPAN3
	kindEtherIP
	kindVXLAN
	kindVXLANGPE
	kindGeneve
	kindGTP
	kindTeredo
	kindL2TP
	kindSFlow
	numKinds
)

// step decodes one header at the view's position, moves the view behind it and names what follows; kindNone ends the walk.
type step func(*Decoder, *view) kind

// steps holds the decoder of every kind. Decoders reach it through Decoder.steps, as some of them start a walk themselves.
var steps = [numKinds]step{
	kindEthernet: (*Decoder).ethernet, kindVLAN: (*Decoder).vlan, kindVNTag: (*Decoder).vnTag, kindETag: (*Decoder).eTag,
	kindFabricPath: (*Decoder).fabricPath, kindLLC: (*Decoder).llc, kindARP: (*Decoder).arp, kindNull: (*Decoder).null,
	kindLoop: (*Decoder).loop, kindSLL: (*Decoder).sll, kindSLL2: (*Decoder).sll2, kindPPP: (*Decoder).ppp,
	kindCiscoHDLC: (*Decoder).ciscoHDLC, kindPPPoE: (*Decoder).pppoe, kindMPLS: (*Decoder).mpls, kindFDDI: (*Decoder).fddi,
	kindARCNET: (*Decoder).arcnet, kindARCNETLinux: (*Decoder).arcnetLinux, kindNFLOG: (*Decoder).nflog,
	kindPFLOG: (*Decoder).pflog, kindEnc: (*Decoder).enc, kindPPI: (*Decoder).ppi, kindRadiotap: (*Decoder).radiotap,
	kindWLAN: (*Decoder).wlan, kindIP: (*Decoder).ip, kindIPv4: (*Decoder).ipv4, kindIPv6: (*Decoder).ipv6,
	kindHopByHop: (*Decoder).hopByHop, kindRouting: (*Decoder).routing, kindDestOpts: (*Decoder).destOpts,
	kindFragment: (*Decoder).fragmentHeader, kindAH: (*Decoder).ah, kindICMP: (*Decoder).icmp, kindICMPv6: (*Decoder).icmpv6,
	kindTCP: (*Decoder).tcpSegment, kindUDP: (*Decoder).udp, kindGRE: (*Decoder).gre, kindERSPAN2: (*Decoder).erspan2,
	kindERSPAN3: (*Decoder).erspan3, kindEtherIP: (*Decoder).etherIP, kindVXLAN: (*Decoder).vxlan,
	kindVXLANGPE: (*Decoder).vxlanGPE, kindGeneve: (*Decoder).geneve, kindGTP: (*Decoder).gtp, kindTeredo: (*Decoder).teredo,
	kindL2TP: (*Decoder).l2tp, kindSFlow: (*Decoder).sflow, kindNetlink: (*Decoder).netlink,
	kindJuniper: (*Decoder).juniper, kindJuniperPPP: (*Decoder).juniperPPP, kindJuniperHDLC: (*Decoder).juniperHDLC,
	kindIPComp: (*Decoder).ipComp, kindNone: func(*Decoder, *view) kind { return kindNone },
}

// Link types without a constant in package capture (https://www.tcpdump.org/linktypes.html).
const (
	linkARCNET      capture.LinkType = 7
	linkRawBSD      capture.LinkType = 12
	linkRawOpenBSD  capture.LinkType = 14
	linkEnc         capture.LinkType = 109
	linkPFLOG       capture.LinkType = 117
	linkARCNETLinux capture.LinkType = 129
	linkMPLS        capture.LinkType = 219
	linkJuniperEth  capture.LinkType = 178
	linkJuniperPPP  capture.LinkType = 179
	linkJuniperHDLC capture.LinkType = 181
)

// linkKind names the first header of a link type, kindNone if it is not understood.
func linkKind(t capture.LinkType) kind {
	if k, ok := commonLinkKinds(t); ok {
		return k
	}
	return rareLinkKinds[t]
}

func commonLinkKinds(t capture.LinkType) (kind, bool) {
	switch t {
	case capture.LinkTypeEthernet:
		return kindEthernet, true
	case capture.LinkTypeRaw, linkRawBSD, linkRawOpenBSD, capture.LinkTypeIPv4, capture.LinkTypeIPv6:
		return kindIP, true
	case capture.LinkTypeLinuxSLL:
		return kindSLL, true
	case capture.LinkTypeLinuxSLL2:
		return kindSLL2, true
	case capture.LinkTypeNull:
		return kindNull, true
	}
	return kindNone, false
}

var rareLinkKinds = map[capture.LinkType]kind{
	capture.LinkTypeLoop: kindLoop, capture.LinkTypePPP: kindPPP, capture.LinkTypePPPHDLC: kindPPP,
	capture.LinkTypePPPoE: kindPPPoE, linkARCNET: kindARCNET, capture.LinkTypeFDDI: kindFDDI, capture.LinkTypeCHDLC: kindCiscoHDLC,
	capture.LinkTypeWiFi: kindWLAN, linkEnc: kindEnc, linkPFLOG: kindPFLOG, capture.LinkTypeWiFiRadiotap: kindRadiotap,
	linkARCNETLinux: kindARCNETLinux, capture.LinkTypePPI: kindPPI, linkMPLS: kindMPLS, capture.LinkTypeNFLOG: kindNFLOG, capture.LinkTypeNetlink: kindNetlink,
	linkJuniperEth: kindJuniper, linkJuniperPPP: kindJuniperPPP, linkJuniperHDLC: kindJuniperHDLC,
}

// KnownLinkType reports that packets of this link type are understood.
func KnownLinkType(t capture.LinkType) bool { return linkKind(t) != kindNone }
