// Package datagram names the protocols that speak in single UDP datagrams.
//
// It looks at the first bytes; ports break ties, and decide alone only where a protocol's bytes say nothing. It promises a
// name, not that the rest of the datagram is well-formed. DNS and its relatives are package dns's. Start with Recognise.
package datagram

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// SSDP is the name of the Simple Service Discovery Protocol, which speaks HTTP.
const SSDP = "ssdp"

// signature is how a protocol is known.
type signature struct {
	name string
	// ports are those of either side; none: any.
	ports []uint16
	looks func(b []byte) bool
}

// signatures are tried in order, the surer ones first. Port numbers are those of the IANA registry.
var signatures = []signature{
	{"stun", nil, stun},
	{"dhcp", nil, dhcp},
	{"quic", nil, quic},
	{"dtls", nil, dtls},
	{"sip", nil, sip},
	{SSDP, []uint16{1900}, ssdp},
	{"ntp", []uint16{123}, ntp},
	{"ike", []uint16{500, 4500}, ike},
	{"dhcpv6", []uint16{546, 547}, leads(1, 13)},
	{"nbds", []uint16{138}, leads(0x10, 0x16)},
	{"snmp", []uint16{161, 162}, leads(0x30, 0x30)},
	{"syslog", []uint16{514}, leads('<', '<')},
	{"tftp", []uint16{69}, tftp},
	{"radius", []uint16{1645, 1646, 1812, 1813}, radius},
	{"rip", []uint16{520}, leads(1, 2)},
	{"ws-discovery", []uint16{3702}, leads('<', '<')},
	{"wireguard", nil, wireGuard},
	// Tunnels, whose content is listed by itself where it can be read.
	{"vxlan", []uint16{4789, 4790}, anything},
	{"geneve", []uint16{6081}, anything},
	{"gtp", []uint16{2123, 2152}, anything},
	{"l2tp", []uint16{1701}, anything},
	{"teredo", []uint16{3544}, anything},
	{"sflow", []uint16{6343}, anything},
}

// Recognise returns the name of what a datagram between two ports speaks, "" if it is not known.
func Recognise(src, dst uint16, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	for i := range signatures {
		s := &signatures[i]
		if (s.ports == nil || slices.Contains(s.ports, src) || slices.Contains(s.ports, dst)) && s.looks(b) {
			return s.name
		}
	}
	return ""
}

func anything([]byte) bool { return true }

// leads accepts what begins with a byte of a range.
func leads(least, most byte) func([]byte) bool {
	return func(b []byte) bool { return b[0] >= least && b[0] <= most }
}

// stun knows the magic cookie, and that the length counts what follows the header (RFC 8489 §5).
func stun(b []byte) bool {
	const headerLen, cookie = 20, 0x2112a442
	return len(b) >= headerLen && b[0] < 0x40 && binary.BigEndian.Uint32(b[4:]) == cookie &&
		int(binary.BigEndian.Uint16(b[2:]))+headerLen <= len(b)
}

// dhcp knows the magic cookie in front of the options (RFC 2131 §3).
func dhcp(b []byte) bool {
	const fixedLen, cookie = 236, 0x63825363
	return len(b) >= fixedLen+4 && b[0] >= 1 && b[0] <= 2 && binary.BigEndian.Uint32(b[fixedLen:]) == cookie
}

// quic knows the long header that every connection begins with (RFC 9000 §17.2, RFC 8999 §5.1).
func quic(b []byte) bool {
	const (
		longForm, fixedBit  = 0x80, 0x40
		version1            = 1
		version2            = 0x6b3343cf // RFC 9369
		drafts              = 0xff0000
		google              = 'Q'<<8 | '0' // Q0 and two digits
		versionAt, idLenAt  = 1, 5
		mostID, negotiation = 20, 0
	)
	if len(b) <= idLenAt || b[0]&longForm == 0 || int(b[idLenAt]) > mostID || len(b) < idLenAt+1+int(b[idLenAt]) {
		return false
	}
	switch v := binary.BigEndian.Uint32(b[versionAt:]); {
	case v == negotiation: // a list of versions, of four bytes each, follows the second ID
		at := idLenAt + 1 + int(b[idLenAt])
		rest := len(b) - at - 1
		return rest >= 0 && int(b[at]) <= mostID && rest-int(b[at]) >= 4 && (rest-int(b[at]))%4 == 0
	case v == version1, v == version2, v>>8 == drafts, v>>16 == google:
		return b[0]&fixedBit != 0
	}
	return false
}

// dtls knows a record: a content type, a version, a length that fits (RFC 9147 §4).
func dtls(b []byte) bool {
	const headerLen, firstType, lastType = 13, 20, 25
	return len(b) >= headerLen && b[0] >= firstType && b[0] <= lastType && b[1] == 0xfe && b[2] >= 0xfc &&
		int(binary.BigEndian.Uint16(b[11:]))+headerLen <= len(b)
}

// sip knows a first line that begins or ends with the version (RFC 3261 §7).
func sip(b []byte) bool {
	const version = "SIP/2.0"
	line, _, ok := bytes.Cut(b, []byte("\r\n"))
	return ok && (bytes.HasPrefix(line, []byte(version+" ")) || bytes.HasSuffix(line, []byte(" "+version)))
}

// ssdp knows the three first lines that there are (UPnP Device Architecture 2.0 §1).
func ssdp(b []byte) bool {
	return bytes.HasPrefix(b, []byte("M-SEARCH ")) || bytes.HasPrefix(b, []byte("NOTIFY ")) || bytes.HasPrefix(b, []byte("HTTP/1."))
}

// ntp knows the version and the mode in the first byte (RFC 5905 §7.3).
func ntp(b []byte) bool {
	const headerLen, control, controlLen = 48, 6, 12
	version, mode := b[0]>>3&7, b[0]&7
	return version >= 1 && version <= 4 && mode != 0 && (len(b) >= headerLen || mode >= control && len(b) >= controlLen)
}

// ike knows the header's version, also behind the marker that tells it from ESP on port 4500 (RFC 7296 §3.1, §2.23).
func ike(b []byte) bool {
	const headerLen, versionAt = 28, 17
	b = bytes.TrimPrefix(b, []byte{0, 0, 0, 0})
	return len(b) >= headerLen && (b[versionAt] == 0x10 || b[versionAt] == 0x20)
}

// tftp knows the two requests, which name a file (RFC 1350 §5); what follows them has other ports.
func tftp(b []byte) bool {
	return len(b) > 4 && b[0] == 0 && (b[1] == 1 || b[1] == 2) && bytes.Count(b[2:], []byte{0}) >= 2
}

// radius knows the length in the header (RFC 2865 §3).
func radius(b []byte) bool {
	const headerLen = 20
	return len(b) >= headerLen && int(binary.BigEndian.Uint16(b[2:])) == len(b)
}

// wireGuard knows the message types with their lengths (WireGuard: Next Generation Kernel Network Tunnel, §5.4).
func wireGuard(b []byte) bool {
	const initiation, response, cookie, data = 1, 2, 3, 4
	if len(b) < 32 || b[1] != 0 || b[2] != 0 || b[3] != 0 {
		return false
	}
	switch b[0] {
	case initiation:
		return len(b) == 148
	case response:
		return len(b) == 92
	case cookie:
		return len(b) == 64
	case data: // a receiver, a counter that begins at 0, and padded content with its tag
		return len(b)%16 == 0 && binary.LittleEndian.Uint64(b[8:]) < 1<<40
	}
	return false
}
