package packet

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// Bounds of what is listed of one payload: more than anyone reads in one packet.
const (
	maxEntries = 100 // records, header lines, options of one kind
	maxShown   = 200 // bytes of a value
)

// Ports that decide where a payload's bytes say too little.
const (
	portDNS   = 53
	portNTP   = 123
	portNBNS  = 137
	portSSDP  = 1900
	portMDNS  = 5353
	portLLMNR = 5355
)

// payload is what a packet carries, taken apart from its first byte on. It is looked at alone: where a TCP segment begins in the
// middle of something it stays bytes.
type payload struct {
	data     []byte // of the whole packet
	from, to int
	ports    [2]uint16
	tcp      bool
	speaks   string // what the connection is known to speak, "" if that is not known
}

func (p *payload) bytes() []byte { return p.data[p.from:p.to] }

func (p *payload) port(ports ...uint16) bool {
	return slices.Contains(ports, p.ports[0]) || slices.Contains(ports, p.ports[1])
}

// fields describes the payload, nil if it is not known what it is.
func (p *payload) fields() []Field {
	if p.tcp {
		return p.segment()
	}
	return p.datagram()
}

// segment describes what a TCP segment begins with.
func (p *payload) segment() []Field {
	switch {
	case startsHTTP(p.bytes()):
		return p.http("http", "Hypertext Transfer Protocol")
	case startsTLS(p.bytes()):
		return p.tls()
	case p.startsStreamedDNS():
		return p.streamedDNS()
	case p.startsWebSocket():
		return p.webSockets()
	}
	return nil
}

// resolvers are the ports of DNS and its relatives.
var resolvers = []struct {
	port     uint16
	id, name string
}{
	{portDNS, "dns", "Domain Name System"},
	{portMDNS, "mdns", "Multicast DNS"},
	{portLLMNR, "llmnr", "Link-local name resolution"},
	{portNBNS, "nbns", "NetBIOS name service"},
}

func (p *payload) datagram() []Field {
	b := p.bytes()
	for _, r := range resolvers {
		if p.port(r.port) && startsDNS(b) {
			return p.dns(r.id, r.name, p.from)
		}
	}
	switch {
	case startsDHCP(b):
		return p.dhcp()
	case p.port(portSSDP) && startsHTTP(b):
		return p.http("ssdp", "Simple Service Discovery Protocol")
	case p.port(portNTP) && startsNTP(b):
		return p.ntp()
	}
	return nil
}

// contentOf describes what a header carries, nil if that is not known.
func (d *Decoder) contentOf(l *layer, speaks string) []Field {
	if l.quoted || l.payloadIsStray || l.kind != kindTCP && l.kind != kindUDP {
		return nil
	}
	data := d.pkt.Data
	p := payload{
		data: data, from: l.off + l.len, to: l.end, tcp: l.kind == kindTCP, speaks: speaks,
		ports: [2]uint16{uint16(be16(data[l.off:])), uint16(be16(data[l.off+2:]))},
	}
	return p.fields()
}

// part is a field of n bytes at a place, worded by s; false if it reaches beyond end.
func (p *payload) part(id, name string, at, n int, s show) (Field, bool) {
	if n < 0 || at+n > p.to {
		return Field{}, false
	}
	raw := p.data[at : at+n]
	f := Field{ID: id, Name: name, Offset: at, Len: n}
	if s != nil {
		f.Value = s(bitsOf(raw, 0, 0), raw)
	}
	return f, true
}

// cover makes a field that reaches over its parts.
func cover(id, name, value string, from, to int, parts []Field) Field {
	return Field{ID: id, Name: name, Value: value, Offset: from, Len: to - from, Children: parts}
}

// rest adds what was not understood.
func (p *payload) rest(out []Field, at int) []Field {
	if at < p.to {
		out = append(out, dataField("data", "Data", p.data, at, p.to))
	}
	return out
}

// line shows bytes as one line of text.
func line(_ uint64, b []byte) string {
	more := ""
	if len(b) > maxShown {
		b, more = b[:maxShown], "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return '·'
		}
		return r
	}, string(bytes.ToValidUTF8(b, []byte("·")))) + more
}
