package all

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
)

// The key and its answer are those of RFC 6455 §1.3.
func TestHandshakes(t *testing.T) {
	const key, accept = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	for _, c := range []struct {
		name, request, response, want string
	}{
		{"as it should be", key + "Sec-WebSocket-Protocol: chat, superchat\r\n", accept + "Sec-WebSocket-Protocol: chat\r\n", ""},
		{"the answer to another key", key, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\r\n", "bad-accept[54,106)"},
		{"no answer", key, "", "bad-accept[0,56)"},
		{"two answers", key, accept + accept, "bad-accept[54,106)"},
		{"no key, so that nothing can be said", "", accept, ""},
		{"a subprotocol that nobody asked for", key + "Sec-WebSocket-Protocol: chat\r\n", accept + "Sec-WebSocket-Protocol: Chat\r\n", "bad-subprotocol[106,136)"},
		{
			"extensions", key + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-other\r\n",
			accept + "Sec-WebSocket-Extensions: Permessage-Deflate ;server_no_context_takeover\r\n", "",
		},
		{"an extension that nobody offered", key + "Sec-WebSocket-Extensions: x-other\r\n", accept + "Sec-WebSocket-Extensions: x-other, permessage-deflate\r\n", "bad-extension[106,161)"},
	} {
		var got []string
		talk := New(80, func(m proto.Message) {
			if h, ok := m.Detail.(*http1.Head); ok && h.Kind == http1.Response {
				for _, r := range h.Remarks {
					got = append(got, fmt.Sprintf("%s[%d,%d)", r.Code, r.Start, r.End))
				}
				if m.Next != websocket.Name {
					t.Errorf("%s: it is followed by %q", c.name, m.Next)
				}
			}
		}, Options{})
		talk.Data(flow.ClientToServer, []byte("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+c.request+"\r\n"))
		talk.Data(flow.ServerToClient, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+c.response+"\r\n"))
		talk.Release()
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}
