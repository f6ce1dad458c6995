package all

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
)

// said renders what a message says.
func said(detail any) (text string) {
	switch d := detail.(type) {
	case *http1.Head:
		text = d.Line
	case *http2.Frame:
		text = fmt.Sprintf("t%d", d.Type)
		if d.Preface {
			text = "preface"
		}
	case *tls.Hello:
		text = d.Type.String()
	case *tls.Encrypted:
		text = fmt.Sprintf("%d encrypted", d.Records)
	case *tls.Unreadable:
		text = "unreadable"
	case *websocket.Frame:
		text = string(d.Payload)
		if d.Whole != nil && d.Whole.Compressed {
			text += ">" + string(d.Whole.Data)
		}
	}
	return text
}

// play runs a script: "c text" and "s text" are data, "c-5" a gap, "c." a FIN, "c!" a cut. It renders the messages.
func play(script []string, piece func() int) string {
	var out []string
	c := New(8000, func(m proto.Message) {
		line := fmt.Sprintf("%s %c[%d,%d) %s", m.Protocol, m.Dir.String()[0], m.Start, m.End, said(m.Detail))
		if !m.Complete {
			line += " BROKEN " + m.Broken
		}
		out = append(out, line)
	}, Options{})
	for _, l := range script {
		dir := flow.ClientToServer
		if l[0] == 's' {
			dir = flow.ServerToClient
		}
		switch l[1] {
		case '.':
			c.Close(dir)
		case '!':
			c.Cut(dir)
		case '-':
			var n int64
			if _, err := fmt.Sscan(l[2:], &n); err != nil {
				panic(err)
			}
			c.Gap(dir, n)
		default:
			for data := []byte(l[2:]); len(data) > 0; {
				n := min(piece(), len(data))
				scratch := append([]byte(nil), data[:n]...)
				c.Data(dir, scratch)
				clear(scratch)
				data = data[n:]
			}
		}
	}
	return strings.Join(out, "\n")
}

// noSettings is an empty SETTINGS frame of HTTP/2.
const noSettings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// clientHello and serverHello are the shortest of TLS 1.2, sealed is a record of application data.
var (
	clientHello = "\x16\x03\x03\x00\x2d\x01\x00\x00\x29\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00"
	serverHello = "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("r", 32) + "\x00\x13\x01\x00"
	sealed      = "\x17\x03\x03\x00\x04data"
)

// request9 and answer9 are a HEADERS frame, and one with a DATA frame behind it.
const (
	request9 = "\x00\x00\x08\x01\x05\x00\x00\x00\x09\x82\x84\xbf\x41\x03a.b"
	answer9  = "\x00\x00\x01\x01\x04\x00\x00\x00\x09\x88\x00\x00\x04\x00\x01\x00\x00\x00\x09body"
)

var conversations = []struct {
	name   string
	script []string
	want   string
}{
	{
		"HTTP",
		[]string{"c GET / HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\n\r\nbody", "s.", "c."},
		"http c[0,18) GET / HTTP/1.0\nhttp s[0,23) HTTP/1.0 200 OK",
	},
	{
		"Redis, told by the array; the reply follows",
		[]string{"c *1\r\n$4\r\nPING\r\n", "s +PONG\r\n"},
		"redis c[0,14) \nredis s[0,7) ",
	},
	{
		"PostgreSQL that hands over to an encryption that is not read",
		[]string{"c \x00\x00\x00\x08\x04\xd2\x16\x30", "s G", "c encrypted", "s GET / HTTP/1.1\r\n\r\n"},
		"postgres c[0,8) \npostgres s[0,1) ",
	},
	{
		"TLS behind a preamble",
		[]string{"c \x16\x03PROXY\x16\x03\x01\x00\x2d\x01\x00\x00\x2a\x03\x03\r\n" + clientHello, "s " + serverHello},
		"tls c[20,70) ClientHello\ntls s[0,47) ServerHello",
	},
	{
		"TLS behind a long preamble, which is not looked through",
		[]string{"c " + strings.Repeat("?", 20<<10) + clientHello},
		"",
	},
	{
		"PostgreSQL from its middle",
		[]string{"s Z\x00\x00\x00\x05I", "c Q\x00\x00\x00\x0dSELECT 1\x00"},
		"postgres s[0,6) \npostgres c[0,14) ",
	},
	{
		"HTTP/2 with prior knowledge",
		[]string{"c " + http2.Preface + noSettings, "s " + noSettings, "c.", "s!"},
		"http2 c[0,24) preface\nhttp2 c[24,33) t4\nhttp2 s[0,9) t4",
	},
	{
		"an HTTP/2 server that speaks first",
		[]string{"s " + noSettings, "c " + http2.Preface, "s " + noSettings},
		"http2 s[0,9) t4\nhttp2 c[0,24) preface\nhttp2 s[9,18) t4",
	},
	{
		"a server that speaks first, but not HTTP/2",
		[]string{"s \x00\x00\x01\x04", "c GET / HTTP/1.0\r\n\r\n"},
		"http c[0,18) GET / HTTP/1.0",
	},
	{
		"HTTP/2 from the middle: frames of both sides that follow one another",
		[]string{"c " + request9, "s " + answer9, "c " + request9, "s!"},
		"http2 c[0,17) t1\nhttp2 s[0,10) t1\nhttp2 s[10,23) t0\nhttp2 c[17,34) t1",
	},
	{
		"what looked like HTTP/2 until the other side spoke",
		[]string{"s " + answer9, "c GET / HTTP/1.0\r\n\r\n"},
		"http c[0,18) GET / HTTP/1.0",
	},
	{
		"upgrade to HTTP/2",
		[]string{
			"c GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
			"s HTTP/1.1 101 Go\r\nUpgrade: h2c\r\n\r\n" + noSettings, "c " + http2.Preface + noSettings, "s " + noSettings,
		},
		"http c[0,69) GET / HTTP/1.1\nhttp s[0,33) HTTP/1.1 101 Go\nhttp2 s[33,42) t4\nhttp2 c[69,93) preface\nhttp2 c[93,102) t4\nhttp2 s[42,51) t4",
	},
	{
		"HTTP cut off",
		[]string{"c GET / HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\n\r\nbody", "s!", "c!"},
		"http c[0,18) GET / HTTP/1.0\nhttp s[0,23) HTTP/1.0 200 OK BROKEN cut off",
	},
	{
		"WebSocket with compression, a frame on the heels of the request",
		[]string{
			"c GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\x81\x00\x00\x00\x00x",
			"s HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n\x81\x02hi\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00",
			"c \x88\x80\x00\x00\x00\x00", "s \x88\x00", "c.", "s.",
		},
		"http c[0,38) GET / HTTP/1.1\nhttp s[0,85) HTTP/1.1 101 Go\nwebsocket c[38,45) x\nwebsocket s[85,89) hi\n" +
			"websocket s[89,98) \xf2\x48\xcd\xc9\xc9\x07\x00>Hello\nwebsocket c[45,51) \nwebsocket s[98,100) ",
	},
	{
		"an upgrade to something unknown",
		[]string{"c GET / HTTP/1.1\r\nUpgrade: chess\r\n\r\n", "s HTTP/1.1 101 Go\r\nUpgrade: chess\r\n\r\nGET / HTTP/1.1\r\n\r\n", "c GET / HTTP/1.1\r\n\r\n", "c.", "s."},
		"http c[0,34) GET / HTTP/1.1\nhttp s[0,35) HTTP/1.1 101 Go",
	},
	{
		"HTTP through CONNECT",
		[]string{"c CONNECT a:80 HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\n\r\n", "c GET /in HTTP/1.0\r\n\r\n", "s HTTP/1.0 204 -\r\n\r\n"},
		"http c[0,25) CONNECT a:80 HTTP/1.0\nhttp s[0,19) HTTP/1.0 200 OK\nhttp c[25,45) GET /in HTTP/1.0\nhttp s[19,37) HTTP/1.0 204 -",
	},
	{
		"something else through CONNECT",
		[]string{"c CONNECT a:80 HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\n\r\n\x01\x02", "c \x03", "c.", "s."},
		"http c[0,25) CONNECT a:80 HTTP/1.0\nhttp s[0,19) HTTP/1.0 200 OK",
	},
	{
		"TLS",
		[]string{"c " + clientHello, "s " + serverHello + sealed, "c " + sealed, "c.", "s."},
		"tls c[0,50) ClientHello\ntls s[0,47) ServerHello\ntls s[47,56) 1 encrypted\ntls c[50,59) 1 encrypted",
	},
	{
		"TLS through CONNECT",
		[]string{"c CONNECT a:443 HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\n\r\n", "c " + clientHello, "s " + serverHello},
		"http c[0,26) CONNECT a:443 HTTP/1.0\nhttp s[0,19) HTTP/1.0 200 OK\ntls c[26,76) ClientHello\ntls s[19,66) ServerHello",
	},
	{
		"an upgrade to TLS, whose hello comes on the heels of the request",
		[]string{"c GET / HTTP/1.1\r\nUpgrade: TLS/1.0\r\n\r\n" + clientHello, "s HTTP/1.1 101 Go\r\nUpgrade: TLS/1.0\r\n\r\n" + serverHello},
		"http c[0,36) GET / HTTP/1.1\nhttp s[0,37) HTTP/1.1 101 Go\ntls c[36,86) ClientHello\ntls s[37,84) ServerHello",
	},
	{
		"an upgrade to TLS that is none",
		[]string{"c GET / HTTP/1.1\r\nUpgrade: TLS/1.0\r\n\r\n", "s HTTP/1.1 101 Go\r\nUpgrade: TLS/1.0\r\n\r\nnoise", "c GET / HTTP/1.1\r\n\r\n", "s.", "c."},
		"http c[0,36) GET / HTTP/1.1\nhttp s[0,37) HTTP/1.1 101 Go\ntls s[37,42) unreadable BROKEN not TLS\ntls c[36,54) unreadable BROKEN not TLS",
	},
	{
		"TLS behind STARTTLS",
		[]string{"s 220 hello\r\n", "c STARTTLS\r\n", "s 220 go\r\n", "c " + clientHello, "s " + serverHello},
		"tls c[10,60) ClientHello\ntls s[19,66) ServerHello",
	},
	{
		"a ClientHello that is answered in HTTP",
		[]string{"c " + clientHello, "s HTTP/1.0 400 -\r\n\r\n", "c.", "s."},
		"tls c[0,50) ClientHello\nhttp s[0,18) HTTP/1.0 400 -",
	},
	{
		"TLS captured from the middle",
		[]string{"s \x01rest of a record", "c " + sealed, "s " + sealed + sealed, "c " + sealed, "c.", "s."},
		"tls c[0,9) 1 encrypted\ntls s[17,35) 2 encrypted\ntls c[9,18) 1 encrypted",
	},
	{
		"TLS of one direction, captured from the middle",
		[]string{"s " + sealed, "s " + sealed, "s " + sealed, "s."},
		"tls s[0,27) 3 encrypted",
	},
	{
		"captured from the middle",
		[]string{"s rest of a body\r\nmore", "c GET /2 HTTP/1.0\r\n\r\n", "s HTTP/1.0 204 -\r\n\r\n"},
		"http c[0,19) GET /2 HTTP/1.0\nhttp s[20,38) HTTP/1.0 204 -",
	},
	{
		"recognised behind a gap",
		[]string{"c junk", "c-100", "c GET /2 HTTP/1.0\r\n\r\n", "s HTTP/1.0 204 -\r\n\r\n"},
		"http c[104,123) GET /2 HTTP/1.0\nhttp s[0,18) HTTP/1.0 204 -",
	},
	{
		"unknown",
		[]string{"c \x00\x01", "s \x02", "c \x03", "c.", "s!"},
		"",
	},
	{
		"half closed before it is known",
		[]string{"c junk", "c.", "s HTTP/1.0 200 OK\r\n\r\nx", "s."},
		"http c[0,4) junk BROKEN connection closed\nhttp s[0,20) HTTP/1.0 200 OK",
	},
	{
		"the first line comes in two goes",
		[]string{"c GET /", "s \x00", "c GET / HTTP/1.0\r\n\r\n"},
		"http c[5,23) GET / HTTP/1.0",
	},
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		if got := play(tt.script, func() int { return 1 << 30 }); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestSplitInvariance(t *testing.T) {
	for _, tt := range conversations {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := play(tt.script, func() int { return 1 + r.IntN(1+int(seed)) }); got != tt.want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", tt.name, seed, got, tt.want)
				break
			}
		}
	}
}

func TestStrayBytes(t *testing.T) {
	for _, tt := range []struct {
		port uint16
		want string
	}{{80, `c:"\x01\x02" s:"junk\n" `}, {9999, ""}} {
		var got strings.Builder
		c := New(tt.port, func(proto.Message) {}, Options{HTTP1: http1.Options{Stray: func(dir flow.Direction, b []byte) {
			fmt.Fprintf(&got, "%c:%q ", dir.String()[0], b)
		}}})
		c.Data(flow.ClientToServer, []byte("\x01\x02"))
		c.Data(flow.ServerToClient, []byte("ju"))
		c.Data(flow.ServerToClient, []byte("nk\n"))
		c.Data(flow.ClientToServer, []byte("CONNECT a:1 HTTP/1.0\r\n\r\n"))
		c.Data(flow.ServerToClient, []byte("HTTP/1.0 200 OK\r\n\r\n"))
		c.Data(flow.ClientToServer, []byte("\x01 through the tunnel"))
		if got.String() != tt.want {
			t.Errorf("port %d: got %s, want %s", tt.port, got.String(), tt.want)
		}
	}
}

func TestDetectionIsBounded(t *testing.T) {
	c := New(80, func(m proto.Message) { t.Errorf("message %v", m) }, Options{})
	for range 100 {
		c.Data(flow.ClientToServer, []byte("GET "+strings.Repeat("x", 1000)))
	}
	if len(c.calls) != 0 || !c.dormant {
		t.Errorf("%d calls kept", len(c.calls))
	}
}

// A server may switch to HTTP again and again, each time looking at all that has come; that ends, and the message says so.
func TestHandOversAreBounded(t *testing.T) {
	for name, c := range map[string][2]string{
		"upgrades": {"", "HTTP/1.1 101 -\r\nUpgrade: http\r\n\r\n"},
		"tunnels":  {"CONNECT a:80 HTTP/1.0\r\n\r\n", "HTTP/1.0 200 -\r\n\r\n"},
	} {
		var answers []proto.Message
		talk := New(80, func(m proto.Message) {
			if m.Dir == flow.ServerToClient {
				answers = append(answers, m)
			}
		}, Options{})
		talk.Data(flow.ClientToServer, []byte(strings.Repeat(c[0], 100)))
		talk.Data(flow.ServerToClient, []byte(strings.Repeat(c[1], 100)))
		talk.Cut(flow.ServerToClient)
		if len(answers) != maxHandOvers+1 {
			t.Fatalf("%s: %d answers are read", name, len(answers))
		}
		for i, m := range answers {
			if last := i == maxHandOvers; m.Complete == last || (m.Broken == proto.BrokenSwitch) != last || last && m.Next != "" {
				t.Errorf("%s: answer %d is %+v", name, i, m)
			}
		}
	}
}

// The bodies of HTTP/2 come out whether the connection begins with it or changes to it.
func TestHTTP2Bodies(t *testing.T) {
	const answer = noSettings + "\x00\x00\x04\x00\x01\x00\x00\x00\x01body"
	for name, script := range map[string][]string{
		"prior knowledge": {"c " + http2.Preface + noSettings, "s " + answer},
		"upgrade": {
			"c GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: \r\n\r\n",
			"s HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + answer,
		},
	} {
		got := ""
		c := New(80, func(proto.Message) {}, Options{HTTP2Body: func(p http2.Piece) { got += fmt.Sprintf("%v %d %s", p.Dir, p.Stream, p.Bytes) }})
		for _, l := range script {
			dir := flow.ClientToServer
			if l[0] == 's' {
				dir = flow.ServerToClient
			}
			c.Data(dir, []byte(l[2:]))
		}
		if want := "server 1 bodyserver 1 "; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
