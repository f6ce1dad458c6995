package packet

import (
	"fmt"
	"strconv"
	"strings"
)

// tcpFields is the fixed part of the TCP header (RFC 9293 §3.1).
var tcpFields = []spec{
	{id: "tcp.srcport", name: "Source port", off: 0, len: 2, show: dec},
	{id: "tcp.dstport", name: "Destination port", off: 2, len: 2, show: dec},
	{id: "tcp.seq", name: "Sequence number", off: 4, len: 4, show: dec},
	{id: "tcp.ack", name: "Acknowledgment number", off: 8, len: 4, show: dec},
	{id: "tcp.hdr_len", name: "Header length", off: 12, len: 1, bit: 0, bits: 4, show: times(4, 0)},
	{id: "tcp.flags", name: "Flags", off: 12, len: 2, bit: 4, bits: 12, show: flagsShow, parts: tcpFlagFields},
	{id: "tcp.window_size_value", name: "Window", off: 14, len: 2, show: dec},
	{id: "tcp.checksum", name: "Checksum", off: 16, len: 2, show: hex4},
	{id: "tcp.urgent_pointer", name: "Urgent pointer", off: 18, len: 2, show: dec},
}

var tcpFlagFields = []spec{
	{id: "tcp.flags.res", name: "Reserved", off: 12, len: 1, bit: 4, bits: 3, show: dec},
	{id: "tcp.flags.ae", name: "AE", off: 12, len: 1, bit: 7, bits: 1, show: isSet},
	{id: "tcp.flags.cwr", name: "CWR", off: 13, len: 1, bit: 0, bits: 1, show: isSet},
	{id: "tcp.flags.ece", name: "ECE", off: 13, len: 1, bit: 1, bits: 1, show: isSet},
	{id: "tcp.flags.urg", name: "URG", off: 13, len: 1, bit: 2, bits: 1, show: isSet},
	{id: "tcp.flags.ack", name: "ACK", off: 13, len: 1, bit: 3, bits: 1, show: isSet},
	{id: "tcp.flags.push", name: "PSH", off: 13, len: 1, bit: 4, bits: 1, show: isSet},
	{id: "tcp.flags.reset", name: "RST", off: 13, len: 1, bit: 5, bits: 1, show: isSet},
	{id: "tcp.flags.syn", name: "SYN", off: 13, len: 1, bit: 6, bits: 1, show: isSet},
	{id: "tcp.flags.fin", name: "FIN", off: 13, len: 1, bit: 7, bits: 1, show: isSet},
}

func flagsShow(v uint64, _ []byte) string { return Flags(v).String() }

// describeTCP adds the options, the verdict on the checksum, and the summary line.
func describeTCP(d *Decoder, l *layer, f *Field) {
	header := d.pkt.Data[l.off : l.off+l.len]
	for _, o := range describeOptions(header) {
		f.Children = append(f.Children, o.field(l.off))
	}
	if l.item == noItem {
		return
	}
	s := &d.segs[l.item]
	f.Value = fmt.Sprintf("%d → %d, %s", s.Src.Port(), s.Dst.Port(), s.Flags)
	if s.HasLen {
		f.Value += ", " + size(uint64(s.Len), nil)
		f.Children = append(f.Children, Field{ID: "tcp.len", Name: "Payload length", Value: size(uint64(s.Len), nil)})
	}
	addStatus(f, "tcp.checksum", d.transportStatus(l, protoTCP, s.Src.Addr(), s.Dst.Addr()))
}

// describedOption is one TCP option in words. Its parts count their offsets from the start of the TCP header.
type describedOption struct {
	id, name, value string
	raw             []byte // the whole TCP header
	off, len        int
	parts           []spec
}

// field puts an option into the tree of a header that begins at base.
func (o *describedOption) field(base int) Field {
	f := Field{ID: o.id, Name: o.name, Value: o.value, Offset: base + o.off, Len: o.len}
	for _, c := range fieldsOf(o.parts, o.raw, 0, len(o.raw)) {
		c.Offset += base
		f.Children = append(f.Children, c)
	}
	return f
}

// describeOptions walks through the options of a TCP header, as far as it was captured. What follows an impossible length
// or the end mark comes as one last entry.
func describeOptions(header []byte) []describedOption {
	if len(header) <= tcpMinLen {
		return nil
	}
	end := min(len(header), int(header[12]>>4)*4)
	var out []describedOption
	for at := tcpMinLen; at < end; {
		o, _, overrun := nextOption(header[at:end])
		if overrun {
			out = append(out, rest("tcp.options.malformed", "Malformed or cut option", header, at, end))
			break
		}
		out = append(out, describeOption(header, o, at))
		at += len(o)
		if o.kind() == optEnd {
			if at < end {
				out = append(out, rest("tcp.options.padding", "Padding", header, at, end))
			}
			break
		}
	}
	return out
}

func rest(id, name string, header []byte, at, end int) describedOption {
	return describedOption{
		id: id, name: name, value: octets(0, header[at:end]), raw: header, off: at, len: end - at,
		parts: []spec{{id: id, name: name, off: at, len: end - at, show: octets}},
	}
}

// optionShape describes an option kind of fixed length.
type optionShape struct {
	len      int
	id, name string
	value    func(o option) string
	parts    []spec // off counts from the option's start
}

var fixedOptions = map[byte]optionShape{
	optEnd: {len: 1, id: "tcp.options.eol", name: "End of options"},
	optNOP: {len: 1, id: "tcp.options.nop", name: "No operation"},
	optMSS: {
		len: 4, id: "tcp.options.mss", name: "Maximum segment size",
		value: func(o option) string { return size(uint64(be16(o[2:])), nil) },
		parts: []spec{{id: "tcp.options.mss_val", name: "Maximum segment size", off: 2, len: 2, show: dec}},
	},
	optWindowScale: {
		len: 3, id: "tcp.options.wscale", name: "Window scale",
		value: func(o option) string { return windowScale(o[2]) },
		parts: []spec{{id: "tcp.options.wscale.shift", name: "Shift", off: 2, len: 1, show: dec}},
	},
	optSACKPermitted: {len: 2, id: "tcp.options.sack_perm", name: "SACK permitted"},
	optTimestamps: {
		len: 10, id: "tcp.options.timestamp", name: "Timestamps",
		value: func(o option) string { return fmt.Sprintf("value %d, echo %d", be32(o[2:]), be32(o[6:])) },
		parts: []spec{
			{id: "tcp.options.timestamp.tsval", name: "Timestamp value", off: 2, len: 4, show: dec},
			{id: "tcp.options.timestamp.tsecr", name: "Timestamp echo reply", off: 6, len: 4, show: dec},
		},
	},
}

func describeOption(header []byte, o option, at int) describedOption {
	d := describedOption{raw: header, off: at, len: len(o)}
	d.parts = []spec{{id: "tcp.option_kind", name: "Kind", off: at, len: 1, show: dec}}
	if len(o) > 1 {
		d.parts = append(d.parts, spec{id: "tcp.option_len", name: "Length", off: at + 1, len: 1, show: dec})
	}
	part := func(id, name string, off, n int, s show) {
		d.parts = append(d.parts, spec{id: id, name: name, off: at + off, len: n, show: s})
	}
	if f, ok := fixedOptions[o.kind()]; ok && f.len == len(o) {
		d.id, d.name = f.id, f.name
		if f.value != nil {
			d.value = f.value(o)
		}
		for _, p := range f.parts {
			part(p.id, p.name, p.off, p.len, p.show)
		}
		return d
	}
	switch {
	case o.kind() == optSACK && len(o) >= minSACKLen && (len(o)-2)%8 == 0:
		describeSACK(&d, o, part)
	case o.kind() == optMPTCP && len(o) > 2:
		describeMPTCP(&d, o, at)
	case o.kind() == optFastOpen || o.fastOpen():
		describeFastOpen(&d, o, part)
	default:
		d.id, d.name = "tcp.options.unknown", optionName(o.kind())
		if len(o) > 2 {
			d.value = octets(0, o[2:])
			part("tcp.options.unknown.payload", "Data", 2, len(o)-2, octets)
		}
	}
	return d
}

// windowScale words a shift count; more than 14 counts as 14 (RFC 7323 §2.3).
func windowScale(shift byte) string {
	const most = 14
	if shift > most {
		return fmt.Sprintf("%d (more than %d counts as %d: × %d)", shift, most, most, 1<<most)
	}
	return fmt.Sprintf("%d (× %d)", shift, 1<<shift)
}

func describeSACK(d *describedOption, o option, part func(id, name string, off, n int, s show)) {
	d.id, d.name = "tcp.options.sack", "Selective acknowledgment"
	var blocks []string
	for i := 2; i+8 <= len(o); i += 8 {
		blocks = append(blocks, fmt.Sprintf("%d–%d", be32(o[i:]), be32(o[i+4:])))
		part("tcp.options.sack_le", "Left edge", i, 4, dec)
		part("tcp.options.sack_re", "Right edge", i+4, 4, dec)
	}
	d.value = strings.Join(blocks, ", ")
}

// describeMPTCP names the subtype (RFC 8684 §8.1); the rest of the option stays bytes.
func describeMPTCP(d *describedOption, o option, at int) {
	subtypes := [...]string{
		"MP_CAPABLE", "MP_JOIN", "DSS", "ADD_ADDR", "REMOVE_ADDR", "MP_PRIO", "MP_FAIL", "MP_FASTCLOSE", "MP_TCPRST",
	}
	name := "subtype " + strconv.Itoa(int(o[2]>>4))
	if i := int(o[2] >> 4); i < len(subtypes) {
		name = subtypes[i]
	}
	d.id, d.name, d.value = "tcp.options.mptcp", "Multipath TCP", name
	d.parts = append(d.parts,
		spec{id: "tcp.options.mptcp.subtype", name: "Subtype", off: at + 2, len: 1, bit: 0, bits: 4, show: dec},
		spec{id: "tcp.options.mptcp.flags", name: "Flags", off: at + 2, len: 1, bit: 4, bits: 4, show: hex2})
	if len(o) > 3 {
		d.parts = append(d.parts, spec{id: "tcp.options.mptcp.data", name: "Data", off: at + 3, len: len(o) - 3, show: octets})
	}
}

func describeFastOpen(d *describedOption, o option, part func(id, name string, off, n int, s show)) {
	d.id, d.name = "tcp.options.tfo", "Fast Open"
	from := 2
	if o.kind() != optFastOpen {
		part("tcp.options.experimental.exid", "Experiment", 2, 2, hex4)
		from = 4
	}
	if len(o) <= from {
		d.value = "cookie request"
		return
	}
	d.value = "cookie " + octets(0, o[from:])
	part("tcp.options.tfo.cookie", "Cookie", from, len(o)-from, octets)
}

// optionName names options without a description of their own.
func optionName(kind byte) string {
	switch kind {
	case optMSS:
		return "Maximum segment size (wrong length)"
	case optWindowScale:
		return "Window scale (wrong length)"
	case optSACKPermitted:
		return "SACK permitted (wrong length)"
	case optSACK:
		return "Selective acknowledgment (wrong length)"
	case optTimestamps:
		return "Timestamps (wrong length)"
	case 19:
		return "MD5 signature"
	case 28:
		return "User timeout"
	case 29:
		return "Authentication (TCP-AO)"
	case optMPTCP:
		return "Multipath TCP (wrong length)"
	case 172, 174:
		return "Accurate ECN"
	case optExperiment1, optExperiment2:
		return "Experiment"
	}
	return "Option " + strconv.Itoa(int(kind))
}
