package packet

import (
	"strconv"
	"strings"
)

const dnsHeaderLen = 12

// dnsHeader is the header of RFC 1035 §4.1.1, with the bits of RFC 4035 §3.
var dnsHeader = []spec{
	{id: "dns.id", name: "Transaction ID", off: 0, len: 2, show: hex4},
	{id: "dns.flags", name: "Flags", off: 2, len: 2, show: hex4, parts: []spec{
		{id: "dns.flags.response", name: "Response", off: 2, len: 2, bit: 0, bits: 1, show: isSet},
		{id: "dns.flags.opcode", name: "Opcode", off: 2, len: 2, bit: 1, bits: 4, show: named(dec, nameIn(dnsOpcodes))},
		{id: "dns.flags.authoritative", name: "Authoritative", off: 2, len: 2, bit: 5, bits: 1, show: isSet},
		{id: "dns.flags.truncated", name: "Truncated", off: 2, len: 2, bit: 6, bits: 1, show: isSet},
		{id: "dns.flags.recdesired", name: "Recursion desired", off: 2, len: 2, bit: 7, bits: 1, show: isSet},
		{id: "dns.flags.recavail", name: "Recursion available", off: 2, len: 2, bit: 8, bits: 1, show: isSet},
		{id: "dns.flags.authenticated", name: "Authentic data", off: 2, len: 2, bit: 10, bits: 1, show: isSet},
		{id: "dns.flags.checkdisable", name: "Checking disabled", off: 2, len: 2, bit: 11, bits: 1, show: isSet},
		{id: "dns.flags.rcode", name: "Response code", off: 2, len: 2, bit: 12, bits: 4, show: named(dec, nameIn(dnsRcodes))},
	}},
	{id: "dns.count.queries", name: "Questions", off: 4, len: 2, show: dec},
	{id: "dns.count.answers", name: "Answers", off: 6, len: 2, show: dec},
	{id: "dns.count.auth_rr", name: "Authority records", off: 8, len: 2, show: dec},
	{id: "dns.count.add_rr", name: "Additional records", off: 10, len: 2, show: dec},
}

var dnsOpcodes = map[uint64]string{0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE"}

var dnsRcodes = map[uint64]string{
	0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN", 7: "YXRRSET", 8: "NXRRSET",
	9: "NOTAUTH", 10: "NOTZONE",
}

// The record types whose data is worded.
const (
	typeA     = 1
	typeNS    = 2
	typeCNAME = 5
	typePTR   = 12
	typeMX    = 15
	typeTXT   = 16
	typeAAAA  = 28
	typeSRV   = 33
	typeDNAME = 39
	typeOPT   = 41
)

var dnsTypes = map[uint64]string{
	typeA: "A", typeNS: "NS", typeCNAME: "CNAME", 6: "SOA", typePTR: "PTR", 13: "HINFO", typeMX: "MX", typeTXT: "TXT",
	typeAAAA: "AAAA", 29: "LOC", typeSRV: "SRV", 35: "NAPTR", typeDNAME: "DNAME", typeOPT: "OPT", 43: "DS", 44: "SSHFP", 46: "RRSIG", 47: "NSEC",
	48: "DNSKEY", 50: "NSEC3", 52: "TLSA", 64: "SVCB", 65: "HTTPS", 250: "TSIG", 251: "IXFR", 252: "AXFR", 255: "ANY", 257: "CAA",
}

var nbnsTypes = map[uint64]string{32: "NB", 33: "NBSTAT"}

// dnsClasses name the class without multicast DNS's bit, which is shown as it is.
var dnsClasses = map[uint64]string{1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY", 0x8001: "IN, unique"}

func nameIn(names map[uint64]string) func(uint64) string {
	return func(v uint64) string { return names[v] }
}

// startsDNS reports that b can be a message: the header is there and counts no more than there is room for.
func startsDNS(b []byte) bool {
	const least = 5 // bytes of a question, of which every entry has as many
	return len(b) >= dnsHeaderLen && be16(b[4:])+be16(b[6:]) <= (len(b)-dnsHeaderLen)/least+1
}

// startsStreamedDNS knows the length in front of a message over TCP (RFC 1035 §4.2.2).
func (p *payload) startsStreamedDNS() bool {
	b := p.bytes()
	if !p.port(portDNS) && p.speaks != "dns" || len(b) < 2+dnsHeaderLen {
		return false
	}
	n := be16(b)
	const most = 4 // questions
	return n >= dnsHeaderLen && be16(b[6:]) <= most && startsDNS(b[2:])
}

func (p *payload) streamedDNS() []Field {
	length := Field{ID: "dns.length", Name: "Length", Offset: p.from, Len: 2, Value: size(uint64(be16(p.data[p.from:])), nil)}
	out := p.dns("dns", "Domain Name System", p.from+2)
	out[0].Children = append([]Field{length}, out[0].Children...)
	out[0].Offset, out[0].Len = p.from, out[0].Len+2
	return out
}

// dnsReader walks through the message that begins at base.
type dnsReader struct {
	*payload
	base, at int
	types    map[uint64]string
	followed int
}

// dns describes the message that begins at base.
func (p *payload) dns(id, name string, base int) []Field {
	r := dnsReader{payload: p, base: base, at: base + dnsHeaderLen, types: dnsTypes}
	if id == "nbns" {
		r.types = nbnsTypes
	}
	parts := fieldsOf(dnsHeader, p.data, base, p.to)
	summary := "query"
	if p.data[base+2]&0x80 != 0 {
		summary = "response"
	}
	entries, ok := 0, true
	for range be16(p.data[base+4:]) {
		var q Field
		if entries++; entries > maxEntries {
			break
		}
		if q, ok = r.question(); !ok {
			break
		}
		if entries == 1 {
			summary += " · " + q.Value
		}
		parts = append(parts, q)
	}
	for i, section := range []struct{ id, name string }{
		{"dns.answer", "Answer"}, {"dns.authority", "Authority record"}, {"dns.additional", "Additional record"},
	} {
		for range be16(p.data[base+6+2*i:]) {
			if entries++; !ok || entries > maxEntries {
				break
			}
			var f Field
			if f, ok = r.record(section.id, section.name); ok {
				parts = append(parts, f)
			}
		}
	}
	if p.data[base+2]&0x80 != 0 {
		if code := dnsRcodes[uint64(p.data[base+3]&0xf)]; code != "" {
			summary += " · " + code
		}
	}
	return []Field{cover(id, name, summary, base, p.to, p.rest(parts, r.at))}
}

// name reads the name at a place and returns the place behind it; pointers lead to names earlier in the message.
func (r *dnsReader) name(at int) (text string, behind int, ok bool) {
	const pointer, most, longest = 0xc0, 1 << 10, 255
	var out strings.Builder
	for at < r.to {
		n := int(r.data[at])
		switch {
		case n == 0:
			if behind == 0 {
				behind = at + 1
			}
			if out.Len() == 0 {
				return ".", behind, true
			}
			return out.String(), behind, true
		case n&pointer == pointer:
			if r.followed++; at+1 >= r.to || r.followed > most {
				return "", 0, false
			}
			if behind == 0 {
				behind = at + 2
			}
			at = r.base + be16(r.data[at:])&0x3fff
		case n&pointer != 0 || at+1+n > r.to || out.Len() > longest:
			return "", 0, false
		default:
			if out.Len() > 0 {
				out.WriteByte('.')
			}
			out.WriteString(line(0, r.data[at+1:at+1+n]))
			at += 1 + n
		}
	}
	return "", 0, false
}

// question reads a question (RFC 1035 §4.1.2).
func (r *dnsReader) question() (Field, bool) {
	from := r.at
	name, at, ok := r.name(from)
	if !ok || at+4 > r.to {
		return Field{}, false
	}
	kind, _ := r.part("dns.qry.type", "Type", at, 2, named(dec, nameIn(r.types)))
	class, _ := r.part("dns.qry.class", "Class", at+2, 2, named(dec, nameIn(dnsClasses)))
	r.at = at + 4
	parts := []Field{{ID: "dns.qry.name", Name: "Name", Value: name, Offset: from, Len: at - from}, kind, class}
	return cover("dns.qry", "Question", r.typeName(at)+" "+name, from, r.at, parts), true
}

func (r *dnsReader) typeName(at int) string {
	v := uint64(be16(r.data[at:]))
	if s := r.types[v]; s != "" {
		return s
	}
	return "TYPE" + strconv.FormatUint(v, 10)
}

// record reads a resource record (RFC 1035 §4.1.3).
func (r *dnsReader) record(id, section string) (Field, bool) {
	const fixed = 10
	from := r.at
	name, at, ok := r.name(from)
	if !ok || at+fixed > r.to || at+fixed+be16(r.data[at+8:]) > r.to {
		return Field{}, false
	}
	data, end := at+fixed, at+fixed+be16(r.data[at+8:])
	kind, _ := r.part("dns.resp.type", "Type", at, 2, named(dec, nameIn(r.types)))
	class, _ := r.part("dns.resp.class", "Class", at+2, 2, named(dec, nameIn(dnsClasses)))
	ttl, _ := r.part("dns.resp.ttl", "Time to live", at+4, 4, seconds)
	if be16(r.data[at:]) == typeOPT && id == "dns.additional" { // RFC 6891 §6.1.2 gives two fields another meaning
		class, _ = r.part("dns.rr.udp_payload_size", "Largest UDP message", at+2, 2, size)
		ttl, _ = r.part("dns.resp.ext_flags", "Extended code and flags", at+4, 4, hex8)
	}
	length, _ := r.part("dns.resp.len", "Data length", at+8, 2, size)
	parts := []Field{{ID: "dns.resp.name", Name: "Name", Value: name, Offset: from, Len: at - from}, kind, class, ttl, length}
	value := r.recordData(be16(r.data[at:]), data, end)
	if end > data {
		parts = append(parts, Field{ID: "dns.resp.data", Name: "Data", Value: value, Offset: data, Len: end - data})
	}
	r.at = end
	return cover(id, section, strings.TrimSpace(r.typeName(at)+" "+name+" "+value), from, end, parts), true
}

func seconds(v uint64, _ []byte) string { return strconv.FormatUint(v, 10) + " s" }

// recordData words the data of a record, in hexadecimal where its type is not known here.
func (r *dnsReader) recordData(kind, from, to int) string {
	raw := r.data[from:to]
	switch kind {
	case typeA, typeAAAA:
		return address(0, raw)
	case typeNS, typeCNAME, typePTR, typeDNAME:
		return r.nameBehind(raw, from, 0, "", "")
	case typeMX:
		if len(raw) > 2 {
			return r.nameBehind(raw, from, 2, strconv.Itoa(be16(raw))+" ", "")
		}
	case typeSRV:
		if len(raw) > 6 && r.types[typeSRV] == "SRV" { // NetBIOS has another type with this number
			return r.nameBehind(raw, from, 6, "", ":"+strconv.Itoa(be16(raw[4:])))
		}
	case typeTXT:
		var out []string
		for len(raw) > 0 && len(raw) > int(raw[0]) && len(out) < maxEntries {
			out = append(out, line(0, raw[1:1+int(raw[0])]))
			raw = raw[1+int(raw[0]):]
		}
		return line(0, []byte(strings.Join(out, " ")))
	}
	return octets(0, raw)
}

// nameBehind words data that ends in a name, with n bytes in front of it.
func (r *dnsReader) nameBehind(raw []byte, from, n int, before, after string) string {
	if name, _, ok := r.name(from + n); ok {
		return before + name + after
	}
	return octets(0, raw)
}
