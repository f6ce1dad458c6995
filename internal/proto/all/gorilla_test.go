package all

import (
	"bytes"
	"compress/flate"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	ws "tcptalk/internal/proto/websocket"
)

// tap keeps what goes through a connection, in the order in which it went.
type tap struct {
	net.Conn
	mu    sync.Mutex
	calls []call
}

func (c *tap) keep(dir flow.Direction, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call{dir, bytes.Clone(b)})
}

func (c *tap) Write(b []byte) (int, error) {
	c.keep(flow.ClientToServer, b)
	return c.Conn.Write(b)
}

func (c *tap) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.keep(flow.ServerToClient, b[:n])
	return n, err
}

// echo is a WebSocket server that sends every message back.
func echo(t *testing.T, compress bool) *httptest.Server {
	up := websocket.Upgrader{EnableCompression: compress}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		for {
			kind, b, err := c.ReadMessage()
			if err != nil {
				return // the client's close
			}
			if err := c.WriteMessage(kind, b); err != nil {
				t.Error(err)
			}
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestGorilla reads the traffic of a WebSocket client and server that were written elsewhere.
func TestGorilla(t *testing.T) {
	messages := []struct {
		kind int
		text string
	}{
		{websocket.TextMessage, "你好, WebSocket"},
		{websocket.TextMessage, ""},
		{websocket.BinaryMessage, strings.Repeat("\x00\xff", 63)},
		{websocket.TextMessage, strings.Repeat("a", 126)},
		{websocket.BinaryMessage, strings.Repeat("long ", 14_000)},
	}
	for _, compress := range []bool{false, true} {
		var wire *tap
		dialer := websocket.Dialer{
			EnableCompression: compress,
			NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
				wire = &tap{Conn: c}
				return wire, err
			},
		}
		c, _, err := dialer.Dial("ws"+strings.TrimPrefix(echo(t, compress).URL, "http")+"/echo", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetCompressionLevel(flate.BestSpeed); err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if err := c.WriteMessage(m.kind, []byte(m.text)); err != nil {
				t.Fatal(err)
			}
			if _, got, err := c.ReadMessage(); err != nil || string(got) != m.text {
				t.Fatalf("echo: %q, %v", got, err)
			}
		}
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye")
		if err := c.WriteMessage(websocket.CloseMessage, goodbye); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Fatal(err)
		}
		checkEcho(t, wire.calls, compress, func(i int) string { return messages[i].text }, len(messages))
	}
}

// checkEcho decodes what was tapped and compares the messages of both sides with what was sent.
func checkEcho(t *testing.T, calls []call, compress bool, sent func(i int) string, n int) {
	t.Helper()
	var got [2][]string
	var closes [2]uint16
	heads := 0
	d := New(0, func(m proto.Message) {
		switch f := m.Detail.(type) {
		case *http1.Head:
			heads++
		case *ws.Frame:
			if len(f.Problems) > 0 || f.Unreadable {
				t.Errorf("compress %v: %v frame has problems %v", compress, m.Dir, f.Problems)
			}
			if f.Whole != nil {
				got[m.Dir] = append(got[m.Dir], string(f.Whole.Data))
			}
			if f.Opcode == ws.Close {
				closes[m.Dir] = f.CloseCode
			}
		}
	}, Options{Keep: 1 << 20})
	for _, c := range calls {
		d.Data(c.dir, c.data)
	}
	if heads != 2 || closes != [2]uint16{ws.CloseNormal, ws.CloseNormal} {
		t.Errorf("compress %v: %d heads, close codes %v", compress, heads, closes)
	}
	for dir := range got {
		if len(got[dir]) != n {
			t.Fatalf("compress %v: %d messages from the %v, want %d", compress, len(got[dir]), flow.Direction(dir), n)
		}
		for i, text := range got[dir] {
			if text != sent(i) {
				t.Errorf("compress %v: message %d from the %v is %.40q (%d bytes)", compress, i, flow.Direction(dir), text, len(text))
			}
		}
	}
}
