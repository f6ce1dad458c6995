package packet

import (
	"encoding/binary"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

// contentAt is where a payload begins behind IPv4 and UDP, or IPv4 and TCP without options.
const (
	datagramAt = ipv4Len + udpLen
	segmentAt  = ipv4Len + 20
)

func datagram(port uint16, b []byte) *capture.Packet {
	return pkt(capture.LinkTypeRaw, ip4(protoUDP, udpTo(port, b)))
}

func segment(port uint16, b []byte) *capture.Packet {
	h := append([]byte{}, tcpHello[:20]...)
	binary.BigEndian.PutUint16(h[2:], port)
	return pkt(capture.LinkTypeRaw, ip4(protoTCP, append(h, b...)))
}

// dnsAnswer answers "a.example" with an alias and an address, and has an OPT record.
var dnsAnswer = unhex(`1234 8183 0001 0002 0000 0001
	01 61 07 6578616d706c65 00 0001 0001
	c00c 0005 0001 0000003c 0004 01 62 c00e
	c027 0001 0001 0000003c 0004 c0000207
	00 0029 04d0 00008000 0000`)

func TestDNSFields(t *testing.T) {
	const at = datagramAt
	tree := Dissect(datagram(53, dnsAnswer))
	checkPlaces(t, tree, []place{
		{id: "udp.payload", offset: at, len: len(dnsAnswer), nameIsEverything: true},
		{id: "dns", offset: at, len: len(dnsAnswer), value: "response · A a.example · NXDOMAIN"},
		{id: "dns.id", offset: at, len: 2, value: "0x1234"},
		{id: "dns.flags.response", offset: at + 2, len: 2, bits: 1, value: "set"},
		{id: "dns.flags.recavail", offset: at + 2, len: 2, bit: 8, bits: 1, value: "set"},
		{id: "dns.flags.rcode", offset: at + 2, len: 2, bit: 12, bits: 4, value: "NXDOMAIN (3)"},
		{id: "dns.count.answers", offset: at + 6, len: 2, value: "2"},
		{id: "dns.qry.name", offset: at + 12, len: 11, value: "a.example"},
		{id: "dns.qry.type", offset: at + 23, len: 2, value: "A (1)"},
		{id: "dns.answer", offset: at + 27, len: 16, value: "CNAME a.example b.example"},
		{id: "dns.resp.name", offset: at + 27, len: 2, value: "a.example"},
		{id: "dns.resp.ttl", offset: at + 33, len: 4, value: "60 s"},
		{id: "dns.additional", offset: at + 59, len: 11, value: "OPT ."},
		{id: "dns.rr.udp_payload_size", offset: at + 62, len: 2, value: "1232 bytes"},
	})
	if path := tree.At(at + 55); len(path) != 4 || path[3].ID != "dns.resp.data" || path[3].Value != "192.0.2.7" {
		t.Errorf("the address's bytes belong to %+v", path)
	}
	for port, id := range map[uint16]string{5353: "mdns", 5355: "llmnr", 137: "nbns"} {
		if Dissect(datagram(port, dnsAnswer)).Find(id) == nil {
			t.Errorf("port %d is not %s", port, id)
		}
	}
	streamed := append([]byte{0, byte(len(dnsAnswer))}, dnsAnswer...)
	checkPlaces(t, Dissect(segment(53, streamed)), []place{
		{id: "dns", offset: segmentAt, len: len(streamed), value: "response · A a.example · NXDOMAIN"},
		{id: "dns.length", offset: segmentAt, len: 2, value: "70 bytes"},
		{id: "dns.id", offset: segmentAt + 2, len: 2, value: "0x1234"},
	})
	if Dissect(segment(8000, streamed)).Find("dns") != nil {
		t.Error("another port's bytes are taken for DNS")
	}
	if DissectAs(segment(8000, streamed), "dns").Find("dns") == nil {
		t.Error("DNS on another port is not taken apart")
	}
}

// A name that points at itself, and one whose pointers are many, end.
func TestDNSNamesEnd(t *testing.T) {
	loop := unhex("1234 0100 0001 0000 0000 0000 c00c 0001 0001")
	if f := Dissect(datagram(53, loop)).Find("dns"); f == nil || f.Children[len(f.Children)-1].ID != "data" {
		t.Errorf("a name that points at itself: %+v", f)
	}
}

func TestHTTPFields(t *testing.T) {
	const at = segmentAt
	request := "GET /a?b=1 HTTP/1.1\r\nHost:  example.org\r\nodd\r\n\r\nbody"
	checkPlaces(t, Dissect(segment(80, []byte(request))), []place{
		{id: "http", offset: at, len: len(request), value: "GET /a?b=1 HTTP/1.1"},
		{id: "http.request.method", offset: at, len: 3, value: "GET"},
		{id: "http.request.uri", offset: at + 4, len: 6, value: "/a?b=1"},
		{id: "http.request.version", offset: at + 11, len: 8, value: "HTTP/1.1"},
		{id: "http.line", offset: at + 21, len: 20, value: "Host:  example.org"},
		{id: "http.header.name", offset: at + 21, len: 4, value: "Host"},
		{id: "http.header.value", offset: at + 28, len: 11, value: "example.org"},
		{id: "http.end", offset: at + 46, len: 2},
		{id: "http.body", offset: at + 48, len: 4, value: "4 bytes: 626f6479"},
	})
	response := "HTTP/1.1 404 Not Found\r\nServer: a\x00b"
	checkPlaces(t, Dissect(segment(80, []byte(response))), []place{
		{id: "http.response.code", offset: at + 9, len: 3, value: "404"},
		{id: "http.response.phrase", offset: at + 13, len: 9, value: "Not Found"},
		{id: "http.header.value", offset: at + 32, len: 3, value: "a·b"},
	})
	search := "M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\n\r\n"
	checkPlaces(t, Dissect(datagram(1900, []byte(search))), []place{
		{id: "ssdp", offset: datagramAt, len: len(search), value: "M-SEARCH * HTTP/1.1"},
		{id: "http.header.value", offset: datagramAt + 26, len: 15, value: `"ssdp:discover"`},
	})
}

func TestTLSFields(t *testing.T) {
	name := unhex("0000 000c 000a 00 0007") // server_name of seven letters
	extensions := join(name, []byte("a.b.org"), unhex("0010 0005 0003 02 6832"))
	body := join(unhex("0303"), make([]byte, 32), unhex("00 0004 1301 1302 01 00"), binary.BigEndian.AppendUint16(nil, uint16(len(extensions))), extensions)
	hello := join([]byte{1, 0, 0, byte(len(body))}, body)
	record := join(unhex("16 0301"), binary.BigEndian.AppendUint16(nil, uint16(len(hello))), hello)
	b := join(record, unhex("14 0303 0001 01"), unhex("15 0303 0002 02 28"), unhex("17 0303 0004 01020304"))
	const at = segmentAt
	tree := Dissect(segment(443, b))
	checkPlaces(t, tree, []place{
		{id: "tls", offset: at, len: len(record), value: "client_hello"},
		{id: "tls.record.version", offset: at + 1, len: 2, value: "TLS 1.0 (0x0301)"},
		{id: "tls.handshake", offset: at + 5, len: len(hello), value: "client_hello"},
		{id: "tls.handshake.ciphersuites", offset: at + 44, len: 6, value: "2"},
		{id: "tls.handshake.extension", offset: at + 54, len: 16, value: "server_name: a.b.org"},
		{id: "tls.handshake.extensions_server_name", offset: at + 63, len: 7, value: "a.b.org"},
		{id: "tls.handshake.extensions_alpn_str", offset: at + 77, len: 2, value: "h2"},
		{id: "tls.change_cipher_spec", offset: at + len(record) + 5, len: 1, value: "1 byte: 01"},
		{id: "tls.alert_message.desc", offset: at + len(record) + 12, len: 1, value: "handshake_failure (40)"},
		{id: "tls.encrypted", offset: at + len(record) + 18, len: 4, value: "4 bytes: 01020304"},
	})
	if n := len(tree.Find("tcp.payload").Children); n != 4 {
		t.Errorf("%d records", n)
	}
}

func TestWebSocketFields(t *testing.T) {
	b := unhex("81 85 01020304 696766686e 89 00")
	const at = segmentAt
	if Dissect(segment(80, b)).Find("websocket") != nil {
		t.Error("bytes of nobody knows what are taken for WebSocket")
	}
	tree := DissectAs(segment(80, b), "websocket")
	checkPlaces(t, tree, []place{
		{id: "websocket", offset: at, len: 11, value: "text, 5 bytes"},
		{id: "websocket.fin", offset: at, len: 1, bits: 1, value: "set"},
		{id: "websocket.opcode", offset: at, len: 1, bit: 4, bits: 4, value: "text (1)"},
		{id: "websocket.payload_length", offset: at + 1, len: 1, value: "5 bytes"},
		{id: "websocket.masking_key", offset: at + 2, len: 4, value: "01020304"},
		{id: "websocket.payload", offset: at + 6, len: 5, value: "heelo"},
	})
	if n := len(tree.Find("tcp.payload").Children); n != 2 {
		t.Errorf("%d frames", n)
	}
	if DissectAs(segment(80, unhex("81 7f ffffffffffffffff 00")), "websocket").Find("websocket") != nil {
		t.Error("a frame of 16 exabytes")
	}
}

func TestNTPAndDHCPFields(t *testing.T) {
	ntp := join(unhex("24 02 06 e9 00008000 00010000 c0000201"), make([]byte, 8), make([]byte, 16), unhex("e0000000 80000000"))
	const at = datagramAt
	checkPlaces(t, Dissect(datagram(123, ntp)), []place{
		{id: "ntp", offset: at, len: 48, value: "server (4)"},
		{id: "ntp.flags.vn", offset: at, len: 1, bit: 2, bits: 3, value: "4"},
		{id: "ntp.precision", offset: at + 3, len: 1, value: "2^-23 s"},
		{id: "ntp.rootdelay", offset: at + 4, len: 4, value: "0.500000 s"},
		{id: "ntp.refid", offset: at + 12, len: 4, value: "192.0.2.1"},
		{id: "ntp.xmt", offset: at + 40, len: 8, value: "2019-02-02 11:39:44.500000000 UTC"},
	})
	dhcp := join([]byte{1, 1, 6, 0}, make([]byte, dhcpFixedLen-4), unhex("63825363 35 01 01 0c 02 6869 00 ff"))
	checkPlaces(t, Dissect(datagram(67, dhcp)), []place{
		{id: "dhcp", offset: at, len: len(dhcp), value: "DHCPDISCOVER (1)"},
		{id: "dhcp.option", offset: at + 240, len: 3, value: "message type: DHCPDISCOVER (1)"},
		{id: "dhcp.option.end", offset: at + len(dhcp) - 1, len: 1},
	})
}

// contents has a packet of every kind that is taken apart.
func contents() map[string]*capture.Packet {
	return map[string]*capture.Packet{
		"dns": datagram(53, dnsAnswer), "streamed dns": segment(53, append([]byte{0, byte(len(dnsAnswer))}, dnsAnswer...)),
		"http": segment(80, []byte("POST / HTTP/1.1\r\nA: b\r\n\r\nc")), "websocket": segment(80, unhex("81 85 01020304 696766686e")),
		"dhcp": datagram(67, join([]byte{1, 1, 6, 0}, make([]byte, dhcpFixedLen-4), unhex("63825363 35 01 01 0c 02 6869"))),
		"tls":  segment(443, join(unhex("16 0301 0037 01 000033 0303"), make([]byte, 32), unhex("00 0002 1301 01 00 0008 0010 0004 0002 01 61"))),
		"ntp":  datagram(123, append([]byte{0x23}, make([]byte, 47)...)),
	}
}

// TestContentOfEveryLength cuts every payload everywhere: what is there is described, and lies where it is said to.
func TestContentOfEveryLength(t *testing.T) {
	for name, p := range contents() {
		for n := range p.Data {
			cut := *p
			cut.Data = p.Data[:n]
			checkNesting(t, &cut)
		}
		if tree := DissectAs(p, strings.ReplaceAll(name, "streamed ", "")); tree.Layers[len(tree.Layers)-1].Children == nil {
			t.Errorf("%s is not taken apart:\n%s", name, tree)
		}
	}
}
