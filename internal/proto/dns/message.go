package dns

import (
	"encoding/binary"
	"strings"

	"github.com/miekg/dns"
)

// The names of the protocols that use this wire format.
const (
	Name  = "dns"   // RFC 1035
	MDNS  = "mdns"  // RFC 6762
	LLMNR = "llmnr" // RFC 4795
	NBNS  = "nbns"  // RFC 1002
)

// Ports, the same over UDP and TCP.
const (
	portDNS   = 53
	portNBNS  = 137
	portMDNS  = 5353
	portLLMNR = 5355
)

// Bounds of what is kept of one message, which may be 64 KiB long.
const (
	// maxRecords is how many resource records are kept: more than a screen shows. A zone transfer has hundreds a message.
	maxRecords = 256
	// maxQuestions is how many questions are kept; there is one, except in multicast DNS.
	maxQuestions = 64
	// maxData is how many bytes of a record's data are kept as text.
	maxData = 1 << 10
)

// Message is one DNS message.
type Message struct {
	ID       uint16
	Response bool
	// Opcode is 0 for a query; OpcodeName names the others.
	Opcode uint8
	// The bits of RFC 1035 §4.1.1 and RFC 4035 §3.
	Authoritative, Truncated, RecursionDesired, RecursionAvailable, AuthenticData, CheckingDisabled bool
	// Rcode is that of the header; ExtendedRcode has the bits of EDNS in front of it (RFC 6891 §6.1.3).
	Rcode         uint8
	ExtendedRcode uint16
	// Counts are the numbers of questions, answers, authority and additional records that the header claims.
	Counts [4]uint16
	// Questions and Records are those that could be read, up to a bound. EDNS is not among the records.
	Questions []Question
	Records   []Record
	EDNS      *EDNS
	// Left is how many questions and records are claimed but not kept.
	Left int
	// Malformed says that what follows in the message cannot be read.
	Malformed bool
	// Size is the length of the message in bytes, Unreadable that they are no DNS message at all.
	Size       int
	Unreadable bool
}

// Question is one question. Names are written with dots and without the last one, the root as "."; bytes of labels stand as
// they came.
type Question struct {
	Name        string
	Type, Class uint16
}

// Section says where a record stands.
type Section uint8

// The sections that hold records.
const (
	Answer Section = iota
	Authority
	Additional
)

// Record is a resource record. Data is written as in a zone file, what is not known in hexadecimal.
type Record struct {
	Section     Section
	Name        string
	Type, Class uint16
	TTL         uint32
	Data        string
}

// EDNS is what the OPT record says (RFC 6891 §6.1).
type EDNS struct {
	UDPSize  uint16
	Version  uint8
	DNSSECOK bool
	Options  []Option
}

// Option is an EDNS option: its code and its content in words.
type Option struct {
	Code uint16
	Text string
}

// Kept returns about how many bytes of memory the message takes.
func (m *Message) Kept() int {
	const fixed, each = 160, 64
	n := fixed + each*(len(m.Questions)+len(m.Records))
	for i := range m.Questions {
		n += len(m.Questions[i].Name)
	}
	for i := range m.Records {
		n += len(m.Records[i].Name) + len(m.Records[i].Data)
	}
	return n
}

// Flush reports multicast DNS's bit in a record's class: forget what you knew (RFC 6762 §10.2).
func (r *Record) Flush() bool { return r.Class&classTopBit != 0 }

// Unicast reports multicast DNS's bit in a question's class: answer me alone (RFC 6762 §5.4).
func (q *Question) Unicast() bool { return q.Class&classTopBit != 0 }

const classTopBit = 1 << 15

// TypeName returns the name of a record type: "AAAA", "TYPE12345".
func TypeName(t uint16) string { return dns.Type(t).String() }

// RcodeName returns the name of a response code: "NXDOMAIN"; "" if it has none.
func RcodeName(code uint16) string {
	if code == dns.RcodeBadVers { // the same number means BADSIG inside a TSIG record (RFC 8945 §3)
		return "BADVERS"
	}
	return dns.RcodeToString[int(code)]
}

// OpcodeName returns the name of an opcode: "UPDATE"; "" if it has none.
func OpcodeName(code uint8) string { return dns.OpcodeToString[int(code)] }

const headerLen = 12

// Parse reads a message; protocol is one of the names above. False if b is shorter than the header. What can be read is
// there even if the rest is malformed.
func Parse(b []byte, protocol string) (*Message, bool) {
	if len(b) < headerLen {
		return nil, false
	}
	h := readHeader(b)
	m := &h
	r := reader{b: b, at: headerLen, netBIOS: protocol == NBNS}
	for range m.Counts[0] {
		q, ok := r.question()
		if !ok {
			m.Malformed = true
			break
		}
		if len(m.Questions) < maxQuestions {
			m.Questions = append(m.Questions, q)
		}
	}
	for s, n := range m.Counts[1:] {
		for range n {
			if m.Malformed {
				break
			}
			m.Malformed = !m.record(&r, Section(s))
		}
	}
	m.Left = m.claimed() - len(m.Questions) - len(m.Records)
	if m.EDNS != nil {
		m.Left--
	}
	return m, true
}

// claimed returns how many entries the header promises.
func (m *Message) claimed() int {
	n := 0
	for _, c := range m.Counts {
		n += int(c)
	}
	return n
}

// readHeader reads the header, RFC 1035 §4.1.1.
func readHeader(b []byte) Message {
	bits := binary.BigEndian.Uint16(b[2:])
	m := Message{
		ID: binary.BigEndian.Uint16(b), Response: bits&0x8000 != 0, Opcode: uint8(bits >> 11 & 0xf),
		Authoritative: bits&0x400 != 0, Truncated: bits&0x200 != 0, RecursionDesired: bits&0x100 != 0,
		RecursionAvailable: bits&0x80 != 0, AuthenticData: bits&0x20 != 0, CheckingDisabled: bits&0x10 != 0,
		Rcode: uint8(bits & 0xf), ExtendedRcode: bits & 0xf, Size: len(b),
	}
	for i := range m.Counts {
		m.Counts[i] = binary.BigEndian.Uint16(b[4+2*i:])
	}
	return m
}

// record reads one resource record; false if it reaches beyond the message.
func (m *Message) record(r *reader, s Section) bool {
	h, at, ok := r.record()
	if !ok {
		return false
	}
	if h.Rrtype == dns.TypeOPT {
		m.options(r, h, at)
		return true
	}
	if len(m.Records) < maxRecords {
		m.Records = append(m.Records, Record{s, h.Name, h.Rrtype, h.Class, h.Ttl, r.data(h, at)})
	}
	return true
}

// options reads the OPT record, whose class and time to live mean something else. Only the first one counts.
func (m *Message) options(r *reader, h dns.RR_Header, at int) {
	if m.EDNS != nil {
		return
	}
	const dnssecOK = 1 << 15
	m.EDNS = &EDNS{UDPSize: h.Class, Version: uint8(h.Ttl >> 16), DNSSECOK: h.Ttl&dnssecOK != 0}
	m.ExtendedRcode = uint16(h.Ttl>>24)<<4 | uint16(m.Rcode)
	rr, _, err := dns.UnpackRRWithHeader(h, r.b, at)
	if err != nil {
		return
	}
	opt, ok := rr.(*dns.OPT)
	if !ok {
		return
	}
	for _, o := range opt.Option[:min(len(opt.Option), maxQuestions)] {
		m.EDNS.Options = append(m.EDNS.Options, Option{o.Option(), shorten(o.String())})
	}
}

// shorten cuts text to maxData bytes.
func shorten(s string) string {
	if len(s) > maxData {
		return strings.Clone(s[:maxData]) + "…"
	}
	return s
}
