package dns

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// packed makes the wire format of a message whose records are written as in a zone file.
func packed(t testing.TB, change func(*dns.Msg), answers ...string) []byte {
	t.Helper()
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Id: 0x1234, RecursionDesired: true}, Question: []dns.Question{{Name: "www.example.test.", Qtype: dns.TypeA, Qclass: dns.ClassINET}}}
	for _, s := range answers {
		rr, err := dns.NewRR(s)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
		m.Response = true
	}
	if change != nil {
		change(m)
	}
	m.Compress = true
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// render writes a message for the tables.
func render(m *Message) string {
	if m.Unreadable {
		return fmt.Sprintf("unreadable %d", m.Size)
	}
	s := fmt.Sprintf("%04x", m.ID)
	if m.Response {
		s += " response " + RcodeName(m.ExtendedRcode)
	}
	for i := range m.Questions {
		s += fmt.Sprintf(" ?%s %s", m.Questions[i].Name, TypeName(m.Questions[i].Type))
	}
	for i := range m.Records {
		r := &m.Records[i]
		s += fmt.Sprintf(" %d:%s %s %d %s", r.Section, r.Name, TypeName(r.Type), r.TTL, r.Data)
	}
	if e := m.EDNS; e != nil {
		s += fmt.Sprintf(" EDNS %d %v %v", e.UDPSize, e.DNSSECOK, e.Options)
	}
	if m.Left != 0 {
		s += fmt.Sprintf(" left %d", m.Left)
	}
	if m.Malformed {
		s += " malformed"
	}
	return s
}

// TestParse reads what the library wrote: the common types of records in words, what is unknown in hexadecimal.
func TestParse(t *testing.T) {
	for _, c := range []struct{ record, want string }{
		{"a. 60 IN A 192.0.2.1", "a A 60 192.0.2.1"},
		{"a. 60 IN AAAA 2001:db8::1", "a AAAA 60 2001:db8::1"},
		{"a. 60 IN CNAME b.test.", "a CNAME 60 b.test"},
		{"a. 60 IN NS .", "a NS 60 ."},
		{"a. 60 IN MX 10 mail.test.", "a MX 60 10 mail.test."},
		{`a. 60 IN TXT "v=spf1 -all" "two"`, `a TXT 60 "v=spf1 -all" "two"`},
		{"a. 60 IN SOA ns. admin. 1 2 3 4 5", "a SOA 60 ns. admin. 1 2 3 4 5"},
		{"_x._tcp.a. 60 IN SRV 1 2 443 b.", "_x._tcp.a SRV 60 1 2 443 b."},
		{"1.2.0.192.in-addr.arpa. 60 IN PTR a.", "1.2.0.192.in-addr.arpa PTR 60 a"},
		{`a. 60 IN HTTPS 1 . alpn="h3,h2"`, `a HTTPS 60 1 . alpn="h3,h2"`},
		{`a. 60 IN CAA 0 issue "ca.test"`, `a CAA 60 0 issue "ca.test"`},
		{"a. 60 IN DNSKEY 257 3 13 AQID", "a DNSKEY 60 257 3 13 AQID"},
		{`a. 60 IN TYPE65280 \# 3 010203`, "a TYPE65280 60 010203"},
	} {
		m, ok := Parse(packed(t, nil, c.record), Name)
		if got, want := render(m), "1234 response NOERROR ?www.example.test A 0:"+c.want; !ok || got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.record, got, want)
		}
	}
}

func TestParseEDNS(t *testing.T) {
	m, _ := Parse(packed(t, func(m *dns.Msg) {
		m.SetEdns0(1232, true)
		opt := m.IsEdns0()
		opt.Option = append(opt.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0102030405060708"},
			&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 24, Address: net.IPv4(192, 0, 2, 0)})
		m.Response, m.Rcode = true, dns.RcodeBadVers
	}), Name)
	if got, want := render(m), "1234 response BADVERS ?www.example.test A EDNS 1232 true [{10 0102030405060708} {8 192.0.2.0/24/0}]"; got != want || m.Rcode != 0 {
		t.Errorf("got %s, want %s", got, want)
	}
}

const question = "1234 0100 0001 0000 0000 0000 "

func TestOddMessages(t *testing.T) {
	answer := "1234 8180 0000 0001 0000 0000 "
	for _, c := range []struct{ name, protocol, message, want string }{
		{"the root", Name, question + "00 0002 0001", "1234 ?. NS"},
		{"a dot inside a label", MDNS, question + "05 4d722e2058 00 000c 8001", "1234 ?Mr. X PTR"},
		{"bytes that are no text", Name, question + "02 ff0a 00 0001 0001", "1234 ?\xff\n A"},
		{"a pointer to itself", Name, question + "c00c 0001 0001", "1234 left 1 malformed"},
		{"pointers in a circle", Name, question + "01 61 c00c 0001 0001", "1234 left 1 malformed"},
		{"a pointer beyond the end", Name, question + "c0ff 0001 0001", "1234 left 1 malformed"},
		{"a label of an unused kind", Name, question + "41 0001 0001", "1234 ?" + UnknownLabel + " A"},
		{"a label of a reserved kind", Name, question + "80 0001 0001", "1234 left 1 malformed"},
		{"data beyond the end", Name, answer + "00 0001 0001 00000001 0004 7f00", "1234 response NOERROR left 1 malformed"},
		{"an address of three bytes", Name, answer + "00 0001 0001 00000001 0003 7f0000", "1234 response NOERROR 0:. A 1 7f0000"},
		{"no data", Name, answer + "00 0001 00ff 00000000 0000", "1234 response NOERROR 0:. A 0 "},
		{
			"a NetBIOS name", NBNS, question + "20 " + hex.EncodeToString([]byte("FAEDCACACACACACACACACACACACACAAA")) + " 00 0020 0001",
			"1234 ?PC<00> NIMLOC",
		},
		{"a NetBIOS name with a wrong letter", NBNS, question + "20 " + strings.Repeat("7a", 32) + " 00 0020 0001", "1234 ?" + strings.Repeat("z", 32) + " NIMLOC"},
		{"a NetBIOS address", NBNS, answer + "00 0020 0001 00000001 0006 0000c0000201", "1234 response NOERROR 0:. NIMLOC 1 192.0.2.1"},
		{"a NetBIOS status", NBNS, answer + "00 0021 0001 00000001 0002 0102", "1234 response NOERROR 0:. SRV 1 0102"},
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(c.message, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		m, ok := Parse(b, c.protocol)
		if !ok {
			t.Errorf("%s is no message", c.name)
		} else if got := render(m); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// A message cut anywhere gives what is in front of the cut.
func TestParseCut(t *testing.T) {
	whole := packed(t, func(m *dns.Msg) { m.SetEdns0(1232, false) }, "a. 1 IN A 192.0.2.1", "b. 1 IN TXT x")
	for n := range whole {
		m, ok := Parse(whole[:n], Name)
		if ok != (n >= headerLen) {
			t.Fatalf("%d bytes: %v", n, ok)
		}
		if ok && (!m.Malformed || m.Left == 0) {
			t.Errorf("%d of %d bytes: %s", n, len(whole), render(m))
		}
	}
}

// What is kept of one message is bounded, and what is left out is counted.
func TestParseBounds(t *testing.T) {
	many := packed(t, func(m *dns.Msg) {
		for range maxRecords + 10 {
			m.Ns = append(m.Ns, &dns.A{Hdr: dns.RR_Header{Name: "a.", Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, 1)})
		}
		m.Question = nil
		for range maxQuestions + 5 {
			m.Question = append(m.Question, dns.Question{Name: "q.", Qtype: 1, Qclass: 1})
		}
	})
	m, _ := Parse(many, Name)
	if len(m.Records) != maxRecords || len(m.Questions) != maxQuestions || m.Left != 15 || m.Malformed {
		t.Errorf("%d records, %d questions, %d left, malformed %v", len(m.Records), len(m.Questions), m.Left, m.Malformed)
	}
	if n := m.Kept(); n < maxRecords*len("192.0.2.1") || n > 64<<10 {
		t.Errorf("keeps %d bytes", n)
	}
	long := strings.Repeat(`"`+strings.Repeat("x", 250)+`" `, 20)
	m, _ = Parse(packed(t, nil, "a. 1 IN TXT "+long), Name)
	if n := len(m.Records[0].Data); n > maxData+len("…") || n < maxData {
		t.Errorf("%d bytes of data", n)
	}
	name, err := hex.DecodeString(strings.ReplaceAll(question, " ", "") + strings.Repeat("3f"+strings.Repeat("61", 63), 8) + "0000010001")
	if err != nil {
		t.Fatal(err)
	}
	if m, _ = Parse(name, Name); len(m.Questions[0].Name) != maxName || m.Questions[0].Type != dns.TypeA {
		t.Errorf("a name of %d bytes", len(m.Questions[0].Name))
	}
}

// Thousands of names that each point at one as long as the message, or at a chain of pointers, are read in the time that their
// bytes take.
func TestLongNamesCostWhatTheyAre(t *testing.T) {
	pointers, last := ladder(250)
	for _, c := range []struct {
		name      string
		target    string
		at        int // where the other names point
		malformed bool
	}{
		{"labels", strings.Repeat("\x01a", 16_000) + "\x00", headerLen, false},
		{"pointers", pointers, last, true},
	} {
		b := append(append(make([]byte, headerLen), c.target...), 0, 1, 0, 1)
		n := 1
		for ; len(b) < 65_000; n++ {
			b = append(b, 0xc0|byte(c.at>>8), byte(c.at), 0, 1, 0, 1)
		}
		binary.BigEndian.PutUint16(b[4:], uint16(n))
		began := time.Now()
		const times = 20
		for range times {
			if m, ok := Parse(b, Name); !ok || len(m.Questions) < 8 || m.Questions[0].Name[0] != c.target[1] || m.Malformed != c.malformed {
				t.Fatalf("%s: %d questions, malformed %v", c.name, len(m.Questions), m.Malformed)
			}
		}
		if took := time.Since(began); took > 4*time.Second { // labels took a second for each message
			t.Errorf("%s: %d messages took %v", c.name, times, took)
		}
	}
}

// ladder is a name of n labels that are full of pointers, each to the one before, the first one to a root; last is where the last
// one stands.
func ladder(n int) (name string, last int) {
	const each = 31
	last = headerLen + n*(1+2*each) // the root that ends the name
	var b []byte
	for range n {
		b = append(b, 2*each)
		for range each {
			at := headerLen + len(b)
			b = append(b, 0xc0|byte(last>>8), byte(last))
			last = at
		}
	}
	return string(append(b, 0)), last
}

func TestTopBits(t *testing.T) {
	if q := (Question{Class: 0x8001}); !q.Unicast() || (&Question{Class: 1}).Unicast() {
		t.Error("the unicast bit is not told")
	}
	if r := (Record{Class: 0x8001}); !r.Flush() || (&Record{Class: 1}).Flush() {
		t.Error("the flush bit is not told")
	}
}
