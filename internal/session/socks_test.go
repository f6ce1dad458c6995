package session

import (
	"testing"

	"tcptalk/internal/packet"
)

// TestProxied gives the connection behind a SOCKS proxy the number after the proxy's own, as Wireshark does, from its first
// byte on.
func TestProxied(t *testing.T) {
	const client, proxy = 0, 1
	type message struct {
		from int
		text string
	}
	request5 := "\x05\x01\x00\x01\xc0\x00\x02\x09\x01\xbb"
	tests := []struct {
		name     string
		messages []message
		want     bool
	}{
		{"SOCKS4", []message{{client, "\x04\x01\x00\x50\xc0\x00\x02\x09\x00"}, {proxy, "\x00\x5a\x00\x00\x00\x00\x00\x00"}, {client, "hi"}}, true},
		{"SOCKS4, the other side speaks first", []message{{client, "\x04\x01\x00\x19\xc0\x00\x02\x09me\x00"}, {proxy, "\x00\x5a\x00\x00\x00\x00\x00\x00"}, {proxy, "220"}}, true},
		{"SOCKS4, nothing passed on", []message{{client, "\x04\x01\x00\x50\xc0\x00\x02\x09\x00"}, {proxy, "\x00\x5b\x00\x00\x00\x00\x00\x00"}}, false},
		{"SOCKS4 bind", []message{{client, "\x04\x02\x00\x50\xc0\x00\x02\x09\x00"}, {proxy, "\x00\x5a\x00\x00\x00\x00\x00\x00"}, {client, "hi"}}, false},
		{"SOCKS5", []message{{client, "\x05\x01\x00"}, {proxy, "\x05\x00"}, {client, request5}, {proxy, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"}, {client, "hi"}}, true},
		{"SOCKS5 with a name", []message{{client, "\x05\x01\x00"}, {proxy, "\x05\x00"}, {client, "\x05\x01\x00\x03\x01a\x00\x50"}, {proxy, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"}, {client, "hi"}}, true},
		{"SOCKS5 with a password", []message{{client, "\x05\x01\x02"}, {proxy, "\x05\x02"}, {client, "\x01\x01a\x01b"}, {proxy, "\x01\x00"}, {client, request5}, {proxy, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"}, {client, "hi"}}, true},
		{"SOCKS5, no method will do", []message{{client, "\x05\x01\x00"}, {proxy, "\x05\xff"}, {client, request5}, {proxy, "no"}, {client, "hi"}}, false},
		{"SOCKS5, request cut short", []message{{client, "\x05\x01\x00"}, {proxy, "\x05\x00"}, {client, "\x05\x01\x00\x03\xff"}, {proxy, "no"}, {client, "hi"}}, false},
		{"SOCKS5, the proxy begins", []message{{proxy, "\x05\x00"}, {client, request5}, {proxy, "\x05\x00"}, {client, "hi"}}, false},
		{"no SOCKS", []message{{client, "GET / HTTP/1.1\r\n\r\n"}, {proxy, "HTTP/1.1 200 OK\r\n\r\n"}, {client, "hi"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBuilder(t)
			k := b.talk(t, 0)
			k.server = 1080
			k.handshake()
			for _, m := range tt.messages {
				k.data(m.from, m.text)
				k.send(1-m.from, packet.ACK, "")
			}
			b.talk(t, 1).handshake()
			s := ran(t, b.capture(t))
			want := 2
			if tt.want {
				want = 3
				if c := s.Connection(1); c.Client.Port() != k.port || c.Server.Addr() != s.Connection(0).Server.Addr() {
					t.Errorf("the number behind the proxy's stands for %v to %v", c.Client, c.Server)
				}
			}
			if s.Streams() != want || s.Connection(want-1).Client.Port() != 1001 {
				t.Errorf("%d numbers given, want %d", s.Streams(), want)
			}
			if n := s.Counts().Streams; n != 2 {
				t.Errorf("%d connections counted, but only 2 have packets", n)
			}
		})
	}
}
