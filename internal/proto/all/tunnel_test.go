package all

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
)

// connect is the header block of a request for a WebSocket, and accepted that of its answer with extensions.
const connect = "\x02\x07CONNECT\x84\x86\x41\x01h\x00\x09:protocol\x09websocket"

func accepted(extensions string) string {
	if extensions == "" {
		return "\x88"
	}
	return "\x88\x00\x18sec-websocket-extensions" + string(byte(len(extensions))) + extensions
}

// hears plays a script as watch does and returns the frames of WebSockets, a line each.
func hears(script []string, piece func() int) string {
	var out []string
	c := New(80, func(m proto.Message) {
		f, ok := m.Detail.(*websocket.Frame)
		if !ok {
			return
		}
		text := fmt.Sprintf("#%d %c[%d,%d) ", f.Stream, m.Dir.String()[0], m.Start, m.End)
		switch {
		case f.Unreadable:
			text += "?"
		case f.Whole != nil:
			text += fmt.Sprintf("%d %q", f.Whole.Opcode, f.Whole.Data)
		default:
			text += fmt.Sprintf("%d %q", f.Opcode, f.Payload)
		}
		if !m.Complete {
			text += " BROKEN " + m.Broken
		}
		out = append(out, text)
	}, Options{})
	defer c.Release()
	act(c, script, piece, func(int) {})
	return strings.Join(out, "\n")
}

func TestWebSocketOverHTTP2(t *testing.T) {
	const data, headers, reset = 0, 1, 3
	const end, whole = 1, 4
	// A client's frames begin at 121, a server's at 74.
	ask := "c " + http2.Preface + noSettings
	shake := []string{ask + http2Frame(headers, whole, 1, connect) + http2Frame(headers, whole, 3, connect), "s " + noSettings}
	answers := []string{"s " + http2Frame(headers, whole, 1, accepted("")) + http2Frame(headers, whole, 3, accepted("permessage-deflate"))}
	deflated := "\xc1\x07\xcaH\xcd\xc9\xc9\x07\x00"
	for _, c := range []struct {
		name   string
		script []string
		want   string
	}{
		{
			"two at a time, one of them compressed; a frame in three pieces with other frames between",
			[]string{
				"s " + http2Frame(data, 0, 1, "\x81"), "s " + http2Frame(data, 0, 3, deflated) + http2Frame(data, 8, 1, "\x03\x02h\x00\x00\x00"),
				"s " + http2Frame(data, 0, 1, "i\x89\x00"), "c " + http2Frame(data, 0, 1, "\x8a\x80\x00\x00\x00\x00") + http2Frame(data, 0, 3, "\x81\x81\x00\x00\x00\x00x"),
			},
			`#3 s[93,102) 1 "hello"
#1 s[83,127) 1 "hi"
#1 s[127,129) 9 ""
#1 c[130,136) 10 ""
#3 c[145,152) 1 "x"`,
		},
		{
			"ends: one by itself, inside a frame; one by a reset",
			[]string{
				"s " + http2Frame(data, end, 1, "\x81\x02h") + http2Frame(data, 0, 3, "\x01\x05he"), "c " + http2Frame(data, 0, 3, "\x81"),
				"c " + http2Frame(reset, 0, 3, "\x00\x00\x00\x08"), "s " + http2Frame(data, 0, 3, "late"), "c " + http2Frame(data, end, 1, "\x88\x80\x00\x00\x00\x00"),
			},
			`#1 s[83,86) 1 "h" BROKEN connection closed
#3 c[130,131) ? BROKEN stream reset
#3 s[95,99) 1 "he" BROKEN stream reset
#1 c[153,159) 8 ""`,
		},
		{
			"the connection is cut off, then closed",
			[]string{"s " + http2Frame(data, 0, 3, "\x01\x05he"), "c " + http2Frame(data, 0, 1, "\x81"), "s!", "c."},
			`#3 s[83,87) 1 "he" BROKEN cut off
#1 c[130,131) ? BROKEN connection closed`,
		},
		{
			"a hole inside a frame, and one over frames of any stream",
			[]string{
				"s " + http2Frame(data, 0, 1, "\x82\x14abc"+strings.Repeat("d", 17))[:9+5], "s-", "s " + strings.Repeat("d", 7) + http2Frame(data, 0, 1, "\x01\x05he"), "s-",
				"s " + http2Frame(data, 0, 1, "\x81\x01y") + http2Frame(data, 0, 3, deflated),
			},
			`#1 s[83,105) 2 "abc" BROKEN gap
#1 s[114,118) 1 "he" BROKEN gap
#1 s[137,140) 1 "y"
#3 s[149,158) 1 ""`,
		},
	} {
		script := slices.Concat(shake, answers, c.script)
		got := hears(script, func() int { return 1 << 30 })
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(seed, 1))
			if cut := hears(script, func() int { return 1 + r.IntN(1+int(seed)) }); cut != got {
				t.Errorf("%s, in pieces of up to %d:\n got %s\nwant %s", c.name, seed+1, cut, got)
				break
			}
		}
	}
	for name, script := range map[string][]string{
		"refused":                  {ask + http2Frame(headers, whole, 1, connect), "s " + noSettings + http2Frame(headers, whole, 1, "\x8d")},
		"over at once":             {ask + http2Frame(headers, whole, 1, connect), "s " + noSettings + http2Frame(headers, whole|end, 1, "\x88")},
		"no tunnel":                {ask + http2Frame(headers, whole, 1, "\x82\x84\x86\x00\x09:protocol\x09websocket"), "s " + noSettings + http2Frame(headers, whole, 1, "\x88")},
		"a tunnel of another kind": {ask + http2Frame(headers, whole, 1, "\x02\x07CONNECT\x41\x01h"), "s " + noSettings + http2Frame(headers, whole, 1, "\x88")},
		"a client that accepts":    {ask + http2Frame(headers, whole, 1, connect) + http2Frame(headers, whole, 1, "\x88"), "s " + noSettings},
	} {
		script = append(script, "s "+http2Frame(data, 0, 1, "\x81\x02hi"), "c "+http2Frame(data, 0, 1, "\x81\x80\x00\x00\x00\x00"))
		if got := hears(script, func() int { return 1 << 30 }); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// WebSockets beyond the bound are not read, until others end.
func TestTunnelsAreBounded(t *testing.T) {
	c := New(80, func(proto.Message) {}, Options{})
	c.Data(flow.ClientToServer, []byte(http2.Preface+noSettings))
	c.Data(flow.ServerToClient, []byte(noSettings))
	open := func(id uint32) {
		c.Data(flow.ClientToServer, []byte(http2Frame(1, 4, id, connect)))
		c.Data(flow.ServerToClient, []byte(http2Frame(1, 4, id, accepted(""))))
	}
	for i := range uint32(maxTunnels + 10) {
		open(2*i + 1)
	}
	if n := len(c.bodies.tunnels); n != maxTunnels {
		t.Errorf("%d WebSockets are read", n)
	}
	c.Data(flow.ClientToServer, []byte(http2Frame(3, 0, 1, "\x00\x00\x00\x08")))
	open(10_001)
	if c.bodies.tunnels[1] != nil || c.bodies.tunnels[10_001] == nil {
		t.Error("the place of a WebSocket that was reset is not free")
	}
	c.Release()
}
