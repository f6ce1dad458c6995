package export

import "tcptalk/internal/proto/dns"

// dnsMembers describe a DNS message.
type dnsMembers struct {
	ID       uint16 `json:"id"`
	Response bool   `json:"response"`
	Opcode   uint8  `json:"opcode"`
	// Flags are the bits that are set, by their names in RFC 1035 and RFC 4035: "aa", "tc", "rd", "ra", "ad", "cd".
	Flags []string `json:"flags,omitempty"`
	// Rcode is the response code with the bits of EDNS, RcodeName its name.
	Rcode     uint16 `json:"rcode"`
	RcodeName string `json:"rcode_name,omitempty"`
	// Counts are the numbers of questions, answers, authority and additional records that the header claims.
	Counts    [4]uint16     `json:"counts"`
	Questions []dnsQuestion `json:"questions,omitempty"`
	Records   []dnsRecord   `json:"records,omitempty"`
	EDNS      *dnsEDNS      `json:"edns,omitempty"`
	// Left is how many questions and records are claimed and not written.
	Left       int  `json:"left,omitempty"`
	Length     int  `json:"length"`
	Malformed  bool `json:"malformed,omitempty"`
	Unreadable bool `json:"unreadable,omitempty"`
}

type dnsQuestion struct {
	Name  valueMember `json:"name"`
	Type  string      `json:"type"`
	Class uint16      `json:"class"`
}

type dnsRecord struct {
	// Section is "answer", "authority" or "additional".
	Section string      `json:"section"`
	Name    valueMember `json:"name"`
	Type    string      `json:"type"`
	Class   uint16      `json:"class"`
	TTL     uint32      `json:"ttl"`
	// Data is written as in a zone file.
	Data string `json:"data,omitempty"`
}

type dnsEDNS struct {
	UDPSize  uint16      `json:"udp_size"`
	Version  uint8       `json:"version"`
	DNSSECOK bool        `json:"dnssec_ok"`
	Options  []dnsOption `json:"options,omitempty"`
}

type dnsOption struct {
	Code uint16 `json:"code"`
	Text string `json:"text,omitempty"`
}

var dnsSections = [...]string{dns.Answer: "answer", dns.Authority: "authority", dns.Additional: "additional"}

func dnsLine(m *dns.Message) dnsMembers {
	out := dnsMembers{
		ID: m.ID, Response: m.Response, Opcode: m.Opcode, Rcode: m.ExtendedRcode, Counts: m.Counts, Left: m.Left, Length: m.Size,
		Malformed: m.Malformed, Unreadable: m.Unreadable,
	}
	if m.Response {
		out.RcodeName = dns.RcodeName(m.ExtendedRcode)
	}
	for _, f := range [...]struct {
		set  bool
		name string
	}{
		{m.Authoritative, "aa"},
		{m.Truncated, "tc"},
		{m.RecursionDesired, "rd"},
		{m.RecursionAvailable, "ra"},
		{m.AuthenticData, "ad"},
		{m.CheckingDisabled, "cd"},
	} {
		if f.set {
			out.Flags = append(out.Flags, f.name)
		}
	}
	for _, q := range m.Questions {
		out.Questions = append(out.Questions, dnsQuestion{dnsName(q.Name), dns.TypeName(q.Type), q.Class})
	}
	for i := range m.Records {
		r := &m.Records[i]
		out.Records = append(out.Records, dnsRecord{dnsSections[r.Section], dnsName(r.Name), dns.TypeName(r.Type), r.Class, r.TTL, r.Data})
	}
	if e := m.EDNS; e != nil {
		out.EDNS = &dnsEDNS{UDPSize: e.UDPSize, Version: e.Version, DNSSECOK: e.DNSSECOK}
		for _, o := range e.Options {
			out.EDNS.Options = append(out.EDNS.Options, dnsOption{o.Code, o.Text})
		}
	}
	return out
}

// dnsName writes a name, which may hold any bytes.
func dnsName(s string) valueMember { return newValueMember([]byte(s), int64(len(s))) }
