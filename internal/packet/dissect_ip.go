package packet

import (
	"fmt"
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

var ipv4Fields = []spec{
	{id: "ip.version", name: "Version", off: 0, len: 1, bit: 0, bits: 4, show: dec},
	{id: "ip.hdr_len", name: "Header length", off: 0, len: 1, bit: 4, bits: 4, show: times(4, 0)},
	{id: "ip.dsfield", name: "Differentiated services", off: 1, len: 1, show: hex2, parts: []spec{
		{id: "ip.dsfield.dscp", name: "Codepoint", off: 1, len: 1, bit: 0, bits: 6, show: dec},
		{id: "ip.dsfield.ecn", name: "Congestion notification", off: 1, len: 1, bit: 6, bits: 2, show: named(dec, ecnName)},
	}},
	{id: "ip.len", name: "Total length", off: 2, len: 2, show: size},
	{id: "ip.id", name: "Identification", off: 4, len: 2, show: hex4},
	{id: "ip.flags", name: "Flags", off: 6, len: 1, bit: 0, bits: 3, show: hex2, parts: []spec{
		{id: "ip.flags.rb", name: "Reserved bit", off: 6, len: 1, bit: 0, bits: 1, show: isSet},
		{id: "ip.flags.df", name: "Don't fragment", off: 6, len: 1, bit: 1, bits: 1, show: isSet},
		{id: "ip.flags.mf", name: "More fragments", off: 6, len: 1, bit: 2, bits: 1, show: isSet},
	}},
	{id: "ip.frag_offset", name: "Fragment offset", off: 6, len: 2, bit: 3, bits: 13, show: times(8, 0)},
	{id: "ip.ttl", name: "Time to live", off: 8, len: 1, show: dec},
	{id: "ip.proto", name: "Protocol", off: 9, len: 1, show: ipProtocolShow},
	{id: "ip.checksum", name: "Header checksum", off: 10, len: 2, show: hex4},
	{id: "ip.src", name: "Source address", off: 12, len: 4, show: address},
	{id: "ip.dst", name: "Destination address", off: 16, len: 4, show: address},
}

var ipv6Fields = []spec{
	{id: "ipv6.version", name: "Version", off: 0, len: 1, bit: 0, bits: 4, show: dec},
	{id: "ipv6.tclass", name: "Traffic class", off: 0, len: 2, bit: 4, bits: 8, show: hex2, parts: []spec{
		{id: "ipv6.tclass.dscp", name: "Codepoint", off: 0, len: 2, bit: 4, bits: 6, show: dec},
		{id: "ipv6.tclass.ecn", name: "Congestion notification", off: 1, len: 1, bit: 2, bits: 2, show: named(dec, ecnName)},
	}},
	{id: "ipv6.flow", name: "Flow label", off: 1, len: 3, bit: 4, bits: 20, show: hex4},
	{id: "ipv6.plen", name: "Payload length", off: 4, len: 2, show: size},
	{id: "ipv6.nxt", name: "Next header", off: 6, len: 1, show: ipProtocolShow},
	{id: "ipv6.hlim", name: "Hop limit", off: 7, len: 1, show: dec},
	{id: "ipv6.src", name: "Source address", off: 8, len: 16, show: address},
	{id: "ipv6.dst", name: "Destination address", off: 24, len: 16, show: address},
}

// ecnName names the two bits of RFC 3168 §5.
func ecnName(v uint64) string {
	return [...]string{"not capable", "capable, ECT(1)", "capable, ECT(0)", "congestion experienced"}[v&3]
}

func ipv6Summary(b []byte) string {
	if len(b) < ipv6Len {
		return ""
	}
	return address(0, b[8:24]) + " → " + address(0, b[24:40])
}

// describeIPv4 adds the options and says whether the header checksum is right.
func describeIPv4(d *Decoder, l *layer, f *Field) {
	b := d.pkt.Data[l.off : l.off+l.len]
	if len(b) < ipv4Len {
		return
	}
	f.Value = address(0, b[12:16]) + " → " + address(0, b[16:20])
	n := int(b[0]&0xf) * 4
	status := ChecksumUnknown
	if n >= ipv4Len && len(b) >= n {
		status = checksumStatus(sum(0, b[:n]) == 0)
	}
	addStatus(f, "ip.checksum", status)
	at := ipv4Len
	for at < len(b) {
		o, _, _ := nextOption(b[at:])
		if o == nil {
			f.Children = append(f.Children, dataField("ip.options.malformed", "Malformed option", d.pkt.Data, l.off+at, l.off+len(b)))
			return
		}
		f.Children = append(f.Children, ipv4Option(o, l.off+at))
		at += len(o)
	}
}

// ipv4Option describes one IPv4 option; they share their layout with TCP's.
func ipv4Option(o option, at int) Field {
	const recordRoute, timestamp, security, loose, routerAlert, streamID, strict = 7, 68, 130, 131, 148, 136, 137
	names := map[byte]string{
		optEnd: "End of options", optNOP: "No operation", recordRoute: "Record route", timestamp: "Time stamp",
		security: "Security", loose: "Loose source route", strict: "Strict source route", routerAlert: "Router alert",
		streamID: "Stream identifier",
	}
	name := names[o.kind()]
	if name == "" {
		name = fmt.Sprintf("Option %d", o.kind())
	}
	f := Field{ID: "ip.options", Name: name, Offset: at, Len: len(o)}
	f.Children = append(f.Children, Field{ID: "ip.opt.type", Name: "Type", Value: dec(uint64(o[0]), nil), Offset: at, Len: 1})
	if len(o) < 2 {
		return f
	}
	f.Children = append(f.Children, Field{ID: "ip.opt.len", Name: "Length", Value: size(uint64(o[1]), nil), Offset: at + 1, Len: 1})
	if len(o) < 3 {
		return f
	}
	switch o.kind() {
	case recordRoute, loose, strict:
		f.Children = append(f.Children, Field{ID: "ip.opt.ptr", Name: "Pointer", Value: dec(uint64(o[2]), nil), Offset: at + 2, Len: 1})
		for i := 3; i+4 <= len(o); i += 4 {
			f.Children = append(f.Children, Field{
				ID: "ip.opt.addr", Name: "Address", Value: netip.AddrFrom4([4]byte(o[i : i+4])).String(), Offset: at + i, Len: 4,
			})
		}
	default:
		f.Children = append(f.Children, Field{ID: "ip.opt.data", Name: "Data", Value: octets(0, o[2:]), Offset: at + 2, Len: len(o) - 2})
	}
	return f
}

func icmpFields(id string) []spec {
	return []spec{
		{id: id + ".type", name: "Type", off: 0, len: 1, show: dec},
		{id: id + ".code", name: "Code", off: 1, len: 1, show: dec},
		{id: id + ".checksum", name: "Checksum", off: 2, len: 2, show: hex4},
	}
}

func icmpSummary(b []byte) string {
	var m layers.ICMPv4
	if m.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return ""
	}
	return m.TypeCode.String()
}

func icmpv6Summary(b []byte) string {
	var m layers.ICMPv6
	if m.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return ""
	}
	return m.TypeCode.String()
}

// icmpDetails adds what the second half of the header means for this type.
func icmpDetails(d *Decoder, l *layer, f *Field) {
	b := d.pkt.Data[l.off : l.off+l.len]
	if len(b) < icmpLen {
		return
	}
	const echoReply, echo, fragmentationNeeded = 0, 8, 4
	var more []spec
	switch {
	case b[0] == echo || b[0] == echoReply:
		more = echoFields("icmp.ident", "icmp.seq")
	case b[0] == icmpUnreachable && b[1] == fragmentationNeeded:
		more = []spec{{id: "icmp.mtu", name: "MTU of the next hop", off: 6, len: 2, show: size}}
	case b[0] == icmpRedirect:
		more = []spec{{id: "icmp.redir_gw", name: "Better gateway", off: 4, len: 4, show: address}}
	}
	f.Children = append(f.Children, fieldsOf(more, d.pkt.Data, l.off, l.off+l.len)...)
}

func icmpv6Details(d *Decoder, l *layer, f *Field) {
	b := d.pkt.Data[l.off : l.off+l.len]
	if len(b) < icmpLen {
		return
	}
	const echo, echoReply = 128, 129
	var more []spec
	switch b[0] {
	case echo, echoReply:
		more = echoFields("icmpv6.echo.identifier", "icmpv6.echo.sequence_number")
	case icmpv6TooBig:
		more = []spec{{id: "icmpv6.mtu", name: "MTU of the next hop", off: 4, len: 4, show: size}}
	}
	f.Children = append(f.Children, fieldsOf(more, d.pkt.Data, l.off, l.off+l.len)...)
}

func echoFields(ident, seq string) []spec {
	return []spec{
		{id: ident, name: "Identifier", off: 4, len: 2, show: hex4},
		{id: seq, name: "Sequence number", off: 6, len: 2, show: dec},
	}
}

// arpAddresses adds the addresses, whose lengths the header itself gives.
func arpAddresses(d *Decoder, l *layer, f *Field) {
	const fixed = 8
	b := d.pkt.Data[l.off : l.off+l.len]
	if len(b) < fixed {
		return
	}
	hw, proto := int(b[4]), int(b[5])
	specs := []spec{
		{id: "arp.src.hw", name: "Sender hardware address", off: fixed, len: hw, show: hardware},
		{id: "arp.src.proto", name: "Sender protocol address", off: fixed + hw, len: proto, show: address},
		{id: "arp.dst.hw", name: "Target hardware address", off: fixed + hw + proto, len: hw, show: hardware},
		{id: "arp.dst.proto", name: "Target protocol address", off: fixed + 2*hw + proto, len: proto, show: address},
	}
	f.Children = append(f.Children, fieldsOf(specs, d.pkt.Data, l.off, l.off+l.len)...)
}
