package datagram

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zeros(n int) string { return strings.Repeat("00", n) }

func TestRecognise(t *testing.T) {
	text := func(s string) string { return hex.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		name     string
		src, dst uint16
		b        string
		want     string
	}{
		{"nothing", 123, 123, "", ""},
		{"STUN", 50000, 3478, "0001 0000 2112a442" + zeros(12), "stun"},
		{"STUN that is cut", 50000, 3478, "0001 0008 2112a442" + zeros(12), ""},
		{"DHCP", 68, 67, "01 01 06 00" + zeros(232) + "63825363 350101 ff", "dhcp"},
		{"BOOTP", 68, 67, "01 01 06 00" + zeros(232) + "00000000", ""},
		{"QUIC version 1", 50000, 443, "c0 00000001 08 0102030405060708 00", "quic"},
		{"QUIC version 2", 50000, 443, "d0 6b3343cf 00 00", "quic"},
		{"a QUIC draft", 50000, 443, "c0 ff00001d 00 00", "quic"},
		{"Google's QUIC", 50000, 443, "c3 51303530 00 00", "quic"},
		{"QUIC version negotiation", 443, 50000, "80 00000000 00 00 00000001", "quic"},
		{"no version to choose", 443, 50000, "80 00000000 00 00", ""},
		{"QUIC's ID beyond the end", 50000, 443, "c0 00000001 08 01", ""},
		{"QUIC's ID too long", 50000, 443, "c0 00000001 15" + zeros(21), ""},
		{"a short header says nothing", 50000, 443, "40 0102030405060708", ""},
		{"DTLS", 50000, 4433, "16 feff 0000 000000000000 0001 00", "dtls"},
		{"DTLS that is cut", 50000, 4433, "16 feff 0000 000000000000 0002 00", ""},
		{"SIP's request", 5060, 5060, text("OPTIONS sip:a@b SIP/2.0\r\n\r\n"), "sip"},
		{"SIP's response", 5060, 5060, text("SIP/2.0 200 OK\r\n\r\n"), "sip"},
		{"SSDP's search", 50000, 1900, text("M-SEARCH * HTTP/1.1\r\n"), "ssdp"},
		{"SSDP's notification", 50000, 1900, text("NOTIFY * HTTP/1.1\r\n"), "ssdp"},
		{"SSDP's answer", 1900, 50000, text("HTTP/1.1 200 OK\r\n"), "ssdp"},
		{"HTTP on another port", 9999, 50000, text("HTTP/1.1 200 OK\r\n"), ""},
		{"NTP", 123, 123, "23" + zeros(47), "ntp"},
		{"NTP that is cut", 123, 123, "23" + zeros(46), ""},
		{"NTP's control", 50000, 123, "16" + zeros(11), "ntp"},
		{"IKE", 500, 500, "01" + zeros(16) + "20" + zeros(10), "ike"},
		{"IKE behind a NAT", 4500, 4500, zeros(4) + "0102030405060708" + zeros(9) + "20" + zeros(10), "ike"},
		{"ESP behind a NAT", 4500, 4500, "01020304" + zeros(40), ""},
		{"DHCPv6", 546, 547, "01 010203", "dhcpv6"},
		{"NetBIOS", 138, 138, "11 00", "nbds"},
		{"SNMP", 50000, 161, "30 00", "snmp"},
		{"syslog", 50000, 514, text("<13>hello"), "syslog"},
		{"TFTP", 50000, 69, "0001" + text("file") + "00" + text("octet") + "00", "tftp"},
		{"no TFTP", 50000, 69, "0001" + text("file"), ""},
		{"RADIUS", 50000, 1812, "01 00 0014" + zeros(16), "radius"},
		{"no RADIUS", 50000, 1812, "01 00 0015" + zeros(16), ""},
		{"RIP", 520, 520, "02 02", "rip"},
		{"WS-Discovery", 50000, 3702, text("<?xml"), "ws-discovery"},
		{"WireGuard's first message", 50000, 51820, "01000000" + zeros(144), "wireguard"},
		{"WireGuard's answer", 51820, 50000, "02000000" + zeros(88), "wireguard"},
		{"WireGuard's cookie", 51820, 50000, "03000000" + zeros(60), "wireguard"},
		{"WireGuard's data", 51820, 50000, "04000000 01020304 0100000000000000" + zeros(16), "wireguard"},
		{"no WireGuard", 51820, 50000, "05000000" + zeros(60), ""},
		{"a tunnel", 50000, 4789, "08", "vxlan"},
		{"something else", 50000, 9999, text("hello"), ""},
	} {
		if got := Recognise(c.src, c.dst, unhex(t, c.b)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	f.Add(uint16(123), []byte{0x23})
	f.Add(uint16(443), []byte{0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, port uint16, b []byte) {
		same := bytes.Clone(b)
		if a, b := Recognise(port, 50000, b), Recognise(50000, port, b); a != b {
			t.Fatalf("%q one way, %q the other", a, b)
		}
		if !bytes.Equal(b, same) {
			t.Fatal("the bytes are changed")
		}
	})
}
