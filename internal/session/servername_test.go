package session

import (
	"strings"
	"testing"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto/http2"
)

// clientHello is a ClientHello that names host, with an extension of padding behind the name.
func clientHello(host string, padding int) string {
	two := func(n int) string { return string([]byte{byte(n >> 8), byte(n)}) }
	name := "\x00" + two(len(host)) + host
	exts := "\x00\x00" + two(len(name)+2) + two(len(name)) + name
	if host == "" {
		exts = ""
	}
	exts += "\x00\x15" + two(padding) + strings.Repeat("\x00", padding)
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00" + two(len(exts)) + exts
	return "\x16\x03\x01" + two(len(body)+4) + "\x01\x00" + two(len(body)) + body
}

func TestServerName(t *testing.T) {
	b := newBuilder(t)
	for i, tt := range serverNames {
		k := b.talk(t, i)
		if tt.bare {
			k.send(0, packet.SYN, "")
		} else {
			k.handshake()
		}
		for _, text := range tt.said {
			k.data(int(text[0]-'0'), text[1:])
		}
	}
	s := ran(t, b.capture(t))
	for range 2 { // the second time from memory
		for i, tt := range serverNames {
			if got := s.ServerName(i); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
	}
	if got := s.ServerName(99); got != "" {
		t.Errorf("no connection has the name %q", got)
	}
	s.SetDecodeAs([]DecodeAs{{Protocol: http2.Name, Stream: 0}})
	if got := s.ServerName(0); got != "" {
		t.Errorf("read as HTTP/2, TLS has the name %q", got)
	}
}

// serverNames are connections of which the client (0) and the server (1) say something.
var serverNames = []struct {
	name string
	bare bool // only a SYN before the data
	said []string
	want string
}{
	{name: "SNI", said: []string{"0" + clientHello("a.example", 10)}, want: "a.example"},
	{name: "SNI in a hello of several segments", said: split("0"+clientHello("b.example", 3000), 1000), want: "b.example"},
	{name: "SNI in a hello that is not whole", said: split("0"+clientHello("c.example", 3000), 1000)[:2], want: "c.example"},
	{name: "a hello without SNI, and HTTP in answer", said: []string{"0" + clientHello("", 1), "1HTTP/1.0 400 -\r\n\r\n"}},
	{name: "SNI behind STARTTLS", said: []string{"1220 hello\r\n", "0STARTTLS\r\n", "1220 go\r\n", "0" + clientHello("mail.example", 1)}, want: "mail.example"},
	{name: "Host", said: []string{"0GET / HTTP/1.1\r\nHost: d.example\r\n\r\n", "0GET / HTTP/1.1\r\nHost: other.example\r\n\r\n"}, want: "d.example"},
	{name: "Host with a port", said: []string{"0GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"}, want: "::1"},
	{name: "Host of a request whose body is long", said: append([]string{"0POST / HTTP/1.1\r\nHost: e.example\r\nContent-Length: 99999\r\n\r\n"}, split("0"+strings.Repeat("x", 40_000), 1000)...), want: "e.example"},
	{name: "a request without Host", said: []string{"0GET / HTTP/1.0\r\n\r\n"}},
	{name: "an answer alone", bare: true, said: []string{"1HTTP/1.1 200 OK\r\nHost: no\r\n\r\n"}},
	{name: "a name that is none", said: []string{"0GET / HTTP/1.1\r\nHost: a\x1b[31m\r\n\r\n"}},
	{name: "a name too long", said: []string{"0" + clientHello(strings.Repeat("a", maxHostName+1), 1)}},
	{
		name: "authority",
		said: []string{"0" + http2.Preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00" + "\x00\x00\x0b\x01\x05\x00\x00\x00\x01\x01\x09f.example"},
		want: "f.example",
	},
	{name: "nothing said"},
}

// split cuts what one side says into segments of n bytes.
func split(text string, n int) []string {
	var out []string
	who := text[:1]
	for rest := text[1:]; rest != ""; rest = rest[min(n, len(rest)):] {
		out = append(out, who+rest[:min(n, len(rest))])
	}
	return out
}

// While the capture is read an answer that later packets may change is not remembered.
func TestServerNameMeanwhile(t *testing.T) {
	b := newBuilder(t)
	b.talk(t, 0).handshake().data(0, "GET / HTT")
	s := ran(t, b.capture(t))
	s.over.Store(false)
	if got := s.ServerName(0); got != "" || len(s.serverNames) != 0 {
		t.Errorf("name %q, %d remembered", got, len(s.serverNames))
	}
	s.over.Store(true)
	if got := s.ServerName(0); got != "" || len(s.serverNames) != 1 {
		t.Errorf("name %q, %d remembered", got, len(s.serverNames))
	}
}
