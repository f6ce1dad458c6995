package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

const (
	get  = "c GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
	post = "c POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n"
	ok   = "s HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
	none = "s HTTP/1.1 204 No Content\r\n\r\n"
)

func TestExchanges(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script []string
		want   string
	}{
		{
			"the parts of the time",
			[]string{"shake", "+10", post[:20], "c" + " " + post[20:], "+3", "c bo", "c dy", "+6", ok, "+4", "s hi"},
			`POST /up "body" -> 200 "hi" 2000 6000 7000 5000 complete`,
		},
		{
			"one connection, two exchanges: only the first has to connect",
			[]string{"shake", get, ok + "hi", get, none},
			"GET /a \"\" -> 200 \"hi\" 2000 0 1000 0 complete\nGET /a \"\" -> 204 \"\" - 0 1000 0 complete",
		},
		{
			"pipelining: answers in the order of the requests",
			[]string{"shake", get + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n", ok + "hi", none},
			"GET /a \"\" -> 200 \"hi\" 2000 0 1000 0 complete\nGET /b \"\" -> 204 \"\" - 0 2000 0 complete",
		},
		{
			"100 Continue is not the answer",
			[]string{"shake", post, "s HTTP/1.1 100 Continue\r\n\r\n", "c body", none},
			`POST /up "body" ~100 -> 204 "" 2000 2000 1000 0 complete`,
		},
		{
			"an answer before the request's end",
			[]string{"shake", post, "s HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "c body"},
			`POST /up "body" -> 413 "" 2000 2000 0 0 early complete`,
		},
		{"the capture ends", []string{"shake", get, ok + "h"}, `GET /a "" -> 200 "h" 2000 0 1000 0 cut off`},
		{"no answer yet", []string{"shake", get}, `GET /a "" -> ? 2000 0 - - cut off`},
		{"the server resets", []string{"shake", get, ok + "h", "s!"}, `GET /a "" -> 200 "h" 2000 0 1000 0 connection reset by server`},
		{"the client resets", []string{"shake", get, ok + "h", "c!"}, `GET /a "" -> 200 "h" 2000 0 1000 0 connection reset by client, aborted`},
		{"the server closes inside its answer", []string{"shake", get, ok + "h", "s.", "c."}, `GET /a "" -> 200 "h" 2000 0 1000 0 closed by server`},
		{"the server closes without an answer", []string{"shake", get, "s.", "c."}, `GET /a "" -> ? 2000 0 - - closed by server`},
		{"the client does not wait", []string{"shake", get, "c.", "s."}, `GET /a "" -> ? 2000 0 - - closed by client, aborted`},
		{"the client stops inside its request", []string{"shake", post, "c."}, `POST /up "" -> ? 2000 0 - - closed by client, aborted`},
		{"a close ends the body", []string{"shake", get, "s HTTP/1.0 200 OK\r\n\r\nhi", "s."}, `GET /a "" -> 200 "hi" 2000 0 1000 0 complete`},
		{"a hole in the answer", []string{"shake", get, ok, "s-1", "s i", get, none}, "GET /a \"\" -> 200 \"\" 2000 0 1000 2000 missing\nGET /a \"\" -> 204 \"\" - 0 1000 0 complete"},
		{"the request was before the capture", []string{ok + "hi", get, none}, "? -> 200 \"hi\" - - - 0 missing\nGET /a \"\" -> 204 \"\" - 0 1000 0 complete"},
		{
			"a tunnel",
			[]string{"shake", "c CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "s HTTP/1.1 200 OK\r\n\r\n", get, none},
			"CONNECT a:80 \"\" -> 200 \"\" tunnel connect 2000 0 1000 0 complete\nGET /a \"\" -> 204 \"\" - 0 1000 0 complete",
		},
	} {
		if got := renderAll(list(t, newTalk(t).script(tt.script...).view(), Options{})); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// frame builds a frame of HTTP/2.
func frame(kind http2.Type, flags uint8, stream byte, payload string) string {
	return string([]byte{0, 0, byte(len(payload)), byte(kind), flags, 0, 0, 0, stream}) + payload
}

const (
	end      = http2.FlagEndStream
	headers  = http2.FlagEndHeaders
	getH2    = "\x82\x84\x86\x41\x01h" // GET / http, :authority h
	promised = "\x00\x00\x00\x02" + getH2
)

func TestExchangesOfHTTP2(t *testing.T) {
	settings := frame(http2.Settings, 0, 0, "")
	begin := []string{"shake", "c " + http2.Preface + settings, "s " + settings}
	for _, tt := range []struct {
		name   string
		script []string
		want   string
	}{
		{
			"two streams at a time: the first one had to connect",
			[]string{
				"c " + frame(http2.Headers, headers|end, 1, getH2), "c " + frame(http2.Headers, headers, 3, getH2), "c " + frame(http2.Data, end, 3, "body"),
				"s " + frame(http2.Headers, headers|end, 3, "\x89"), "s " + frame(http2.Headers, headers, 1, "\x88"), "s " + frame(http2.Data, end, 1, "hi"),
			},
			"#1 GET / \"\" -> 200 \"hi\" 2000 0 4000 1000 complete\n#3 GET / \"body\" -> 204 \"\" - 1000 1000 0 complete",
		},
		{
			"the client gives up",
			[]string{"c " + frame(http2.Headers, headers|end, 1, getH2), "s " + frame(http2.Headers, headers, 1, "\x88"), "c " + frame(http2.RSTStream, 0, 1, "\x00\x00\x00\x08")},
			`#1 GET / "" -> 200 "" 2000 0 1000 0 stream reset by client, aborted`,
		},
		{
			"GOAWAY",
			[]string{"c " + frame(http2.Headers, headers|end, 1, getH2), "s " + frame(http2.GoAway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x0b"), "s."},
			`#1 GET / "" -> ? 2000 0 - - refused`,
		},
		{
			"a push, and a connection that ends",
			[]string{"c " + frame(http2.Headers, headers|end, 1, getH2), "s " + frame(http2.PushPromise, headers, 1, promised), "s " + frame(http2.Headers, headers|end, 2, "\x88"), "s!"},
			"#1 GET / \"\" -> ? 2000 0 - - connection reset by server\n#2 GET / \"\" -> 200 \"\" - 0 1000 0 complete",
		},
		{
			"WebSocket inside a stream is named",
			[]string{"c " + frame(http2.Headers, headers, 1, "\x02\x07CONNECT\x84\x86\x41\x01h\x00\x09:protocol\x09websocket"), "s " + frame(http2.Headers, headers, 1, "\x88")},
			`#1 CONNECT / "" -> 200 "" tunnel websocket 2000 0 1000 0 cut off`,
		},
	} {
		if got := renderAll(list(t, newTalk(t).script(append(begin, tt.script...)...).view(), Options{})); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// The times are those that tshark prints for the packets: -T fields -e frame.time_epoch (or time_relative, or http.time).
func TestRecordings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		file   string
		stream int
		want   string
	}{
		{
			// SYN 0, ACK 0.000040. Three requests in packet 4 (0.000154); the answers in packets 6 to 20 (0.000222 to 0.000262),
			// 22 to 26 (0.000289 to 0.000299) and 28 to 32 (0.000312 to 0.000320).
			"pipelining", "../cli/testdata/pipelining.pcap", 0,
			`GET /style.css "" -> 200 "" 40 0 68 40 complete
GET /app.js "" -> 200 "" - 0 135 10 complete
GET /api/data.json "" -> 200 "" - 0 158 8 complete`,
		},
		{
			// SYN .553977, ACK .554002. The head is packet 4 (.555549), 100 is packet 6, the request ends in packet 52 (.555946),
			// 201 is packet 55 (.556375): http.time 0.000429.
			"100 Continue", "testdata/continue.pcap", 0, `PUT /put/up.txt "" ~100 -> 201 "" 25 397 429 0 complete`,
		},
		{
			// SYN 0, ACK 0.000045. The request is packet 4 (0.024884), the answer packets 6 (0.066447) to 12 (0.066504), then
			// comes the server's FIN.
			"an answer that ends early", "testdata/abort.pcap", 0, `GET /abort "" -> 200 "" 45 0 41563 57 closed by server`,
		},
		{
			// SYN 0.217318, ACK 0.217353. The request is packet 20 (0.218156), the client's FIN packet 22, the answer packet 24
			// (2.219605): http.time 2.001449.
			"a client that sends FIN and waits", "testdata/abort.pcap", 1, `GET /slow?d=2s "" -> 200 "" 35 0 2001449 0 complete`,
		},
		{
			// SYN .400782, ACK .400816. The request is packet 4 (.416095), 101 packet 6, the answer on stream 1 packet 12 (.416791).
			"upgrade to HTTP/2", "../cli/testdata/h2c_upgrade.pcap", 0, `#1 GET /hello "" ~101 -> 200 "" 34 0 696 0 complete`,
		},
		{
			// The request is packet 20 (.477606), its answer packets 27 (.478009) to 41 (.721043), trailers at the end.
			"an answer with trailers", "../cli/testdata/h2c_upgrade.pcap", 1, `#1 GET /chunked "" ~101 -> 200 "" 30 0 403 243034 complete`,
		},
		{
			// SYN .018944, ACK .018975. All requests are in packet 4 (.019082). HEADERS to END_STREAM: 13 in packets 6 to 9 (.019325
			// to .019505), 15 in 10 to 13 (.019584, .019751), 17 in 15 and 16 (.019837, .019909), 19 in 18 to 30 (.019952, .020142),
			// 21 in 32 and 33 (.020169, .020219), 23 in 35 and 36 (.020561, .020607), 25 in 38 to 73 (.020642, .021382).
			"seven streams", "testdata/streams.pcap", 0,
			`#13 GET / "" -> 200 "" 31 0 243 180 complete
#15 GET /style.css "" -> 200 "" - 0 502 167 complete
#17 GET /app.js "" -> 200 "" - 0 755 72 complete
#19 GET /logo.png "" -> 200 "" - 0 870 190 complete
#21 GET /api/data.json "" -> 200 "" - 0 1087 50 complete
#23 GET /missing "" -> 404 "" - 0 1479 46 complete
#25 GET /small.jpg "" -> 200 "" - 0 1560 740 complete`,
		},
	} {
		if got := renderAll(list(t, recorded(t, tt.file, tt.stream), Options{KeepBody: -1})); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// Frames of a WebSocket come with the exchange that opened it.
func TestWebSocketFrames(t *testing.T) {
	var handed *Exchange
	frames := 0
	err := Each(context.Background(), recorded(t, "../cli/testdata/websocket.pcap", 0), Options{
		Frame: func(x *Exchange, m *session.Message) error {
			if x == nil || x != handed || !x.WebSocket() {
				t.Errorf("the frame came with %+v", x)
			}
			if _, ok := m.Detail.(*websocket.Frame); ok {
				frames++
			}
			return nil
		},
	}, func(x *Exchange) error { handed = x; return nil })
	if err != nil || frames == 0 {
		t.Errorf("%d frames, %v", frames, err)
	}
}

// Frames of WebSockets in streams of HTTP/2 come with the exchange that is handed over when its stream ends.
func TestWebSocketFramesOverHTTP2(t *testing.T) {
	said := map[*Exchange]string{}
	var order []string
	err := Each(context.Background(), recorded(t, "testdata/websocket-http2.pcap", 0), Options{
		Frame: func(x *Exchange, m *session.Message) error {
			if f := m.Detail.(*websocket.Frame); f.Whole != nil {
				said[x] += fmt.Sprintf(" %v %.12q", m.Dir, f.Whole.Data)
			}
			return nil
		},
	}, func(x *Exchange) error {
		order = append(order, fmt.Sprintf("#%d %s %v%s", x.Stream, x.Request.Target, x.WebSocket(), said[x]))
		if x.WebSocket() && x.Request.Body.Length+x.Response.Body.Length > 0 {
			t.Errorf("stream %d has bodies", x.Stream)
		}
		return nil
	})
	want := `#5 /page false
#7 /lost true server "welcome to /" server "-q\x16B\xb7&\xb0D\x01b|\xa9" client "giv"
#1 /chat true server "welcome to /" client "hello over H" server "-q\x16B\xb7&\xb0D\x01b|\xa9" client "fragments" server "part one, pa" server "-q\x16B\xb7&\xb0D\x01b|\xa9"
#3 /feed true server "welcome, wel" client "hello, hello" server "{\"echo\":true" client "\a\a\a\a\a\a\a\a\a\a\a\a" server "{\"echo\":true" server "{\"echo\":true"`
	if got := strings.Join(order, "\n"); err != nil || got != want {
		t.Errorf("got\n%s\nwant\n%s\n%v", got, want, err)
	}
}

// An error of the caller ends the work.
func TestEachEnds(t *testing.T) {
	stop := errors.New("enough")
	n := 0
	err := Each(context.Background(), newTalk(t).script("shake", get, none, get, none).view(), Options{}, func(*Exchange) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("%d exchanges, %v", n, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Of(ctx, newTalk(t).script("shake", get, none).view(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Requests that nobody answers are given up, the oldest first.
func TestWaitingIsBounded(t *testing.T) {
	k := newTalk(t).script("shake")
	for range maxWaiting + 20 {
		k.script(get)
	}
	dropped := 0
	xs := list(t, k.view(), Options{})
	for i, x := range xs {
		if x.Ending.Kind == NotFollowed {
			dropped++
			if i >= 20 {
				t.Errorf("exchange %d was given up", i)
			}
		}
	}
	if len(xs) != maxWaiting+20 || dropped != 20 {
		t.Errorf("%d exchanges, %d given up", len(xs), dropped)
	}
}

func TestURL(t *testing.T) {
	for _, tt := range []struct{ request, want string }{
		{"GET /a?b=c HTTP/1.1\r\nHost: h:81\r\n", "http://h:81/a?b=c"},
		{"GET /a HTTP/1.0\r\n", "http://10.0.0.2:80/a"},
		{"GET http://other/x HTTP/1.1\r\nHost: h\r\n", "http://other/x"},
		{"GET /?u=http://other/x HTTP/1.1\r\nHost: h\r\n", "http://h/?u=http://other/x"},
		{"OPTIONS * HTTP/1.1\r\nHost: h\r\n", "http://h"},
		{"GET /\xe4\"<x> HTTP/1.1\r\nHost: h\r\n", "http://h/%E4%22%3Cx%3E"},
		{"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n", "http://a:443"},
	} {
		xs := list(t, newTalk(t).script("shake", "c "+tt.request+"\r\n").view(), Options{})
		if len(xs) != 1 || xs[0].URL() != tt.want {
			t.Errorf("%q: %v, want %s", tt.request, renderAll(xs)+" "+xs[0].URL(), tt.want)
		}
	}
	if got := (&Exchange{}).URL(); got != "" {
		t.Errorf("without a request: %q", got)
	}
}
