package export

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/exchange"
	"tcptalk/internal/session"
)

func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no object at %v of %v", p, path)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("no element %d in %v", p, path)
			}
			v = l[p]
		}
	}
	return v
}

func opened(t *testing.T, name string) *session.Session {
	t.Helper()
	s, err := session.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func harOf(t *testing.T, s *session.Session, connection int) (map[string]any, HARSummary) {
	t.Helper()
	var out bytes.Buffer
	sum, err := HAR(context.Background(), s, &out, HAROptions{Connection: connection, Version: "1.2.3"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatalf("%v in %.500s", err, out.String())
	}
	checkHAR(t, v)
	return v, sum
}

// The numbers are those of tshark for this capture, see the test of package exchange.
func TestHAR(t *testing.T) {
	v, sum := harOf(t, opened(t, "../cli/testdata/pipelining.pcap"), -1)
	if sum != (HARSummary{Entries: 5}) {
		t.Errorf("%+v", sum)
	}
	for _, want := range []struct {
		path []any
		want any
	}{
		{[]any{"log", "version"}, "1.2"},
		{[]any{"log", "creator", "name"}, "tcptalk"},
		{[]any{"log", "creator", "version"}, "1.2.3"},
		{[]any{"log", "entries", 0, "connection"}, "0"},
		{[]any{"log", "entries", 0, "timings", "connect"}, 0.04},
		{[]any{"log", "entries", 0, "timings", "blocked"}, -1.0},
		{[]any{"log", "entries", 0, "timings", "dns"}, -1.0},
		{[]any{"log", "entries", 0, "timings", "send"}, 0.0},
		{[]any{"log", "entries", 0, "timings", "wait"}, 0.068},
		{[]any{"log", "entries", 0, "timings", "receive"}, 0.04},
		{[]any{"log", "entries", 1, "timings", "connect"}, -1.0},
		{[]any{"log", "entries", 1, "timings", "wait"}, 0.135},
		{[]any{"log", "entries", 0, "request", "method"}, "GET"},
		{[]any{"log", "entries", 0, "request", "httpVersion"}, "HTTP/1.1"},
		{[]any{"log", "entries", 0, "response", "status"}, 200.0},
		{[]any{"log", "entries", 0, "response", "content", "mimeType"}, "text/css"},
		{[]any{"log", "entries", 4, "response", "status"}, 400.0},
	} {
		if got := at(t, v, want.path...); got != want.want {
			t.Errorf("%v is %v, want %v", want.path, got, want.want)
		}
	}
	entry := at(t, v, "log", "entries", 0)
	if size, text := at(t, entry, "response", "content", "size"), at(t, entry, "response", "content", "text"); float64(len(text.(string))) != size {
		t.Errorf("size %v, %d bytes of text", size, len(text.(string)))
	}
	if v, sum = harOf(t, opened(t, "../cli/testdata/pipelining.pcap"), 1); sum.Entries != 1 || at(t, v, "log", "entries", 0, "connection") != "1" {
		t.Errorf("connection 1: %+v", sum)
	}
}

func TestHAROfHTTP2(t *testing.T) {
	v, sum := harOf(t, opened(t, "../exchange/testdata/streams.pcap"), -1)
	if sum.Entries != 7 {
		t.Errorf("%+v", sum)
	}
	first := at(t, v, "log", "entries", 0)
	if at(t, first, "_streamId") != 13.0 || at(t, first, "request", "httpVersion") != "HTTP/2" || at(t, first, "request", "headersSize") != -1.0 {
		t.Errorf("%v", first)
	}
	// The page was sent with gzip.
	if text := at(t, first, "response", "content", "text"); !strings.HasPrefix(text.(string), "<!") {
		t.Errorf("the page begins %.40q", text)
	}
	logo := at(t, v, "log", "entries", 3, "response", "content")
	png, err := base64.StdEncoding.DecodeString(at(t, logo, "text").(string))
	if err != nil || at(t, logo, "encoding") != "base64" || !bytes.HasPrefix(png, []byte("\x89PNG\r\n")) || float64(len(png)) != at(t, logo, "size") {
		t.Errorf("the picture: %v, %d bytes", err, len(png))
	}
}

func TestHAROfWebSocket(t *testing.T) {
	v, sum := harOf(t, opened(t, "../cli/testdata/websocket.pcap"), -1)
	if sum.Entries != 1 {
		t.Fatalf("%+v", sum)
	}
	entry := at(t, v, "log", "entries", 0)
	if at(t, entry, "_resourceType") != "websocket" || at(t, entry, "response", "status") != 101.0 {
		t.Errorf("%v", entry)
	}
	frames := at(t, entry, "_webSocketMessages").([]any)
	first := frames[0].(map[string]any)
	if first["type"] != "send" && first["type"] != "receive" || first["opcode"] != 1.0 && first["opcode"] != 2.0 || first["time"].(float64) < 1.7e9 || first["data"] == "" {
		t.Errorf("%v", first)
	}
}

// Of WebSockets that take turns in the streams of a connection each entry has its own messages.
func TestHAROfWebSocketsOverHTTP2(t *testing.T) {
	v, sum := harOf(t, opened(t, "../exchange/testdata/websocket-http2.pcap"), -1)
	if sum.Entries != 4 {
		t.Fatalf("%+v", sum)
	}
	for i, want := range []string{"/chat: 6, welcome to /chat", "/feed: 6, welcome, welcome, welcome to /feed", "/page", "/lost: 3, welcome to /lost"} {
		entry := at(t, v, "log", "entries", i).(map[string]any)
		got := strings.TrimPrefix(at(t, entry, "request", "url").(string), "http://127.0.0.1:18084")
		if frames, ok := entry["_webSocketMessages"].([]any); ok {
			got += fmt.Sprintf(": %d, %s", len(frames), at(t, frames[0], "data"))
		}
		if got != want {
			t.Errorf("entry %d: %s, want %s", i, got, want)
		}
	}
}

// An exchange that was not finished says why, where Chrome says why, and how much there is.
func TestHAROfAnUnfinishedExchange(t *testing.T) {
	v, _ := harOf(t, opened(t, "../exchange/testdata/abort.pcap"), 0)
	entry := at(t, v, "log", "entries", 0)
	if got := at(t, entry, "response", "_error"); got != "the server closed the connection before the end" {
		t.Errorf("%v", got)
	}
	if at(t, entry, "response", "content", "size") == 0.0 {
		t.Error("what came is not there")
	}
}

func TestHAREnds(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := opened(t, "../cli/testdata/pipelining.pcap")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := HAR(ctx, s, &bytes.Buffer{}, HAROptions{Connection: -1}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	full := errors.New("disk full")
	if _, err := HAR(context.Background(), s, failing{full}, HAROptions{Connection: -1}, nil); !errors.Is(err, full) {
		t.Errorf("full: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "tcptalk-har-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// exchangeWith makes an exchange with these messages.
func exchangeWith(request, response string) *exchange.Exchange {
	x := asked(request)
	r := asked(response).Request
	r.Version, r.Method, r.Target = "HTTP/1.1", "", ""
	r.Status, r.Reason = 200, "OK"
	for i := range r.Fields {
		if f := &r.Fields[i]; f.Name == "Content-Encoding" {
			r.Body.Codings = []string{f.Value}
		}
	}
	x.Response = r
	x.Timing.Connect = exchange.Unknown
	return x
}

func TestHARContents(t *testing.T) {
	for _, tt := range []struct {
		name, fields, body string
		truncated          bool
		want               harContents
	}{
		{"text", "Content-Type: text/plain\r\n", "héllo", false, harContents{Size: 6, MimeType: "text/plain", Text: "héllo"}},
		{"no type", "", "x", false, harContents{Size: 1, MimeType: "x-unknown", Text: "x"}},
		{"binary", "", "\xff\x00", false, harContents{Size: 2, MimeType: "x-unknown", Text: "/wA=", Encoding: "base64"}},
		{"zero bytes are no text", "", "a\x00b", false, harContents{Size: 3, MimeType: "x-unknown", Text: "YQBi", Encoding: "base64"}},
		{"gzip", "Content-Encoding: gzip\r\n", zip(strings.Repeat("unpacked", 20)), false, harContents{Size: 160, Compression: 160 - int64(len(zip(strings.Repeat("unpacked", 20)))), MimeType: "x-unknown", Text: strings.Repeat("unpacked", 20)}},
		{"a coding that cannot be taken off", "Content-Encoding: gzip\r\n", "no gzip", false, harContents{Size: 7, MimeType: "x-unknown", Text: "no gzip", Comment: "Content-Encoding not taken off: damaged"}},
		{"cut inside a character", "", "h\xc3", true, harContents{Size: 2, MimeType: "x-unknown", Text: "h", Truncated: true}},
		{"nothing", "", "", false, harContents{MimeType: "x-unknown"}},
	} {
		x := exchangeWith("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n"+tt.fields+"\r\n"+tt.body)
		x.Response.Body.Truncated = tt.truncated
		if got := bodyContent(x.Response); got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
	bomb := zip(strings.Repeat("\x01", harContent+1))
	if got := bodyContent(exchangeWith("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"+bomb).Response); !got.Truncated || got.Size != harContent {
		t.Errorf("a body above the bound: %d bytes, truncated %v", got.Size, got.Truncated)
	}
}

func TestHARRequest(t *testing.T) {
	x := exchangeWith("POST /f?a=1&b=%20+&c&%zz HTTP/1.1\r\nHost: h\r\nCookie: a=b; c=d=e; bad\r\nContent-Type: application/x-www-form-urlencoded\r\nX: \xe4\r\n\r\nname=J%C3%BC", "HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: s=1; Path=/; Domain=h; Expires=Wed, 21 Oct 2037 07:28:00 GMT; HttpOnly; Secure; SameSite=Lax\r\nSet-Cookie: =\r\n\r\n")
	b, err := encode(newHAREntry(x))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"queryString":[{"name":"a","value":"1"},{"name":"b","value":"  "},{"name":"c","value":""},{"name":"%zz","value":""}]`,
		`"cookies":[{"name":"a","value":"b"},{"name":"c","value":"d=e"}]`,
		`"postData":{"mimeType":"application/x-www-form-urlencoded","text":"name=J%C3%BC","params":[{"name":"name","value":"Jü"}]}`,
		`{"name":"X","value":"ä"}`,
		`"redirectURL":"/x"`,
		`"cookies":[{"name":"s","value":"1","path":"/","domain":"h","expires":"2037-10-21T07:28:00Z","httpOnly":true,"secure":true,"sameSite":"Lax"}]`,
		`"serverIPAddress":"10.0.0.2"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is missing in\n%s", want, b)
		}
	}
	if n := len(pairsOf(strings.Repeat("a&", 2*maxPairs))); n != maxPairs {
		t.Errorf("%d parameters", n)
	}
}

// What overlaps in an exchange stands end to end in an entry.
func TestHARTimes(t *testing.T) {
	x := exchangeWith("POST / HTTP/1.1\r\n\r\nx", "HTTP/1.1 200 OK\r\n\r\n")
	x.Request.Start, x.Request.End = 10e6, 50e6
	x.Response.Start, x.Response.End = 20e6, 30e6
	x.Timing.Connect = 2e6
	e := newHAREntry(x)
	if got, want := e.Timings, (harTimings{-1, -1, 2, -1, 10, 0, 30}); got != want || e.Time != 42 || e.Started != "1970-01-01T00:00:00.008000000Z" {
		t.Errorf("%+v, %v, %s", got, e.Time, e.Started)
	}
	x.Timing.TLS = 5e6 // inside the tunnel, and not to reach this server
	if e := newHAREntry(x); e.Timings.SSL != -1 || e.Time != 42 {
		t.Errorf("with TLS in a tunnel: %+v, %v", e.Timings, e.Time)
	}
	x.Response = nil
	if e = newHAREntry(x); e.Timings != (harTimings{-1, -1, 2, -1, 40, 0, 0}) {
		t.Errorf("without a response: %+v", e.Timings)
	}
}
