package all

import (
	"testing"

	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
)

func TestDatagrams(t *testing.T) {
	const ask = "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"
	for _, c := range []struct {
		name     string
		src, dst uint16
		b        string
		protocol string
		detail   bool
	}{
		{"DNS", 50000, 53, ask, "dns", true},
		{"DNS elsewhere", 50000, 9999, ask, "dns", true},
		{"DNS whose number looks like QUIC", 50000, 53, "\xd9\x51" + ask[2:], "dns", true},
		{"multicast DNS", 5353, 5353, ask, "mdns", true},
		{"SSDP", 50000, 1900, "M-SEARCH * HTTP/1.1\r\nST: x\r\n\r\n", "ssdp", true},
		{"SSDP without an end", 50000, 1900, "M-SEARCH * HTTP/1.1\r\nST: x\r\n", "ssdp", true},
		{"SSDP that is no HTTP", 50000, 1900, "NOTIFY \x00\x01", "ssdp", false},
		{"QUIC", 50000, 443, "\xc0\x00\x00\x00\x01\x00\x00", "quic", false},
		{"something else", 50000, 9999, "hello", "", false},
	} {
		protocol := DatagramProtocol(c.src, c.dst, []byte(c.b))
		m, ok := Datagram(protocol, []byte(c.b))
		if protocol != c.protocol || ok != c.detail {
			t.Errorf("%s is %q, with detail %v", c.name, protocol, ok)
		}
		switch d := m.Detail.(type) {
		case *dns.Message:
			if ok && d.Questions[0].Name != "a" {
				t.Errorf("%s: %+v", c.name, d)
			}
		case *http1.Head:
			if ok && d.Method != "M-SEARCH" {
				t.Errorf("%s: %+v", c.name, d)
			}
		}
	}
}
