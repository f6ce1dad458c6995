package export

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// everything chooses all messages.
var everything = LinesOptions{Stream: -1, Message: -1}

func TestLinesOfACapture(t *testing.T) {
	s := recording(t, "http-picture")
	var out bytes.Buffer
	var steps [][2]int
	n, err := Lines(context.Background(), s, &out, everything, func(done, total int) { steps = append(steps, [2]int{done, total}) })
	if err != nil || n != 2 || len(steps) != 3 || steps[0] != [2]int{4, 69} || steps[1] != [2]int{65, 69} || steps[2] != [2]int{69, 69} {
		t.Fatalf("%d messages, progress %v, %v", n, steps, err)
	}
	rows := strings.SplitAfter(out.String(), "\n")
	const request = `{"stream":0,"message":0,"protocol":"http","from":"client","frames":{"first":4,"last":4},"time":"2026-`
	if len(rows) != 3 || rows[2] != "" || !strings.HasPrefix(rows[0], request) {
		t.Errorf("the lines begin %.200q", rows)
	}
	var answer struct {
		Frames         struct{ First, Last uint32 }
		Complete       bool
		Kind, Encoding string
		Time           string
		EndTime        string `json:"end_time"`
		Request        struct{ Method, Target string }
		Data           string
		Headers        []fieldMember
	}
	if err := json.Unmarshal([]byte(rows[1]), &answer); err != nil {
		t.Fatal(err)
	}
	picture, err := base64.StdEncoding.DecodeString(answer.Data)
	if err != nil || answer.Encoding != "base64" || hashOf(picture) != pictureHash {
		t.Errorf("the picture is %d bytes %s of hash %s, %v", len(picture), answer.Encoding, hashOf(picture), err)
	}
	if answer.Frames.First != 6 || answer.Frames.Last != 65 || !answer.Complete || answer.Kind != "response" || answer.Request.Target != "/lighthouses.png" ||
		len(answer.Time) != len("2026-11-20T10:38:04.520226000Z") || answer.Time >= answer.EndTime || len(answer.Headers) == 0 {
		answer.Data = ""
		t.Errorf("%+v", answer)
	}
}

func TestLinesAreChosen(t *testing.T) {
	s := recording(t, "http-picture")
	for _, c := range []struct {
		opt  LinesOptions
		want int
	}{
		{LinesOptions{Protocol: "http", Stream: -1, Message: -1}, 2},
		{LinesOptions{Protocol: "websocket", Stream: -1, Message: -1}, 0},
		{LinesOptions{Stream: 0, Message: -1}, 2},
		{LinesOptions{Stream: -1, Message: 1}, 1},
		{LinesOptions{Protocol: "http", Stream: 0, Message: 2}, 0},
	} {
		var out bytes.Buffer
		n, err := Lines(context.Background(), s, &out, c.opt, nil)
		if n != c.want || strings.Count(out.String(), "\n") != n || err != nil {
			t.Errorf("%+v: %d messages, %v", c.opt, n, err)
		}
	}
	if _, err := Lines(context.Background(), s, &bytes.Buffer{}, LinesOptions{Stream: 1}, nil); err == nil {
		t.Error("there is no connection 1, and nobody said so")
	}
}

func TestLinesEnd(t *testing.T) {
	s := recording(t, "http-picture")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Lines(ctx, s, &bytes.Buffer{}, everything, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	w, dir := newWriter(t)
	err := w.Replace("messages.json", func(f io.Writer) error {
		_, err := Lines(ctx, opened(t, "../cli/testdata/dns.pcapng"), f, everything, func(int, int) { cancel() })
		return err
	})
	if entries, readErr := os.ReadDir(dir); !errors.Is(err, context.Canceled) || readErr != nil || len(entries) != 0 {
		t.Errorf("cancelled on the way: %v, and %d files are left, %v", err, len(entries), readErr)
	}
	full := errors.New("disk full")
	if n, err := Lines(context.Background(), s, sick{full}, everything, nil); !errors.Is(err, full) || n != 1 {
		t.Errorf("disk full: %d messages, %v", n, err)
	}
}

type sick struct{ err error }

func (s sick) Write([]byte) (int, error) { return 0, s.err }

// membersOf decodes a connection and returns the members of its messages, one a line.
func membersOf(t *testing.T, script ...string) string {
	t.Helper()
	var out []string
	c := all.New(80, func(m proto.Message) {
		b, err := json.Marshal(members(&session.Message{Message: m}))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}, all.Options{HTTP1: http1.Options{KeepBody: 40}, Keep: 40})
	for _, s := range script {
		dir := flow.ClientToServer
		if s[0] == 's' {
			dir = flow.ServerToClient
		}
		c.Data(dir, []byte(s[2:]))
	}
	c.Cut(flow.ClientToServer)
	c.Cut(flow.ServerToClient)
	return strings.Join(out, "\n")
}

func TestMembers(t *testing.T) {
	const upgrade = "c GET / HTTP/1.1\r\nUpgrade: websocket\r\nHost: h\r\n\r\n"
	const switched = "s HTTP/1.1 101 -\r\nUpgrade: websocket\r\n\r\n"
	upgraded := membersOf(t, upgrade, switched) + "\n"
	for _, c := range []struct {
		name   string
		script []string
		want   string
	}{
		{
			"HTTP: text, a coding, what is odd",
			[]string{"c POST /x HTTP/1.1\nContent-Length: 2\r\nname \xff\r\n\r\nhi", "s HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\nA: \xff\r\n\r\n" + zip("<plain>")},
			`{"kind":"request","method":"POST","target":"/x","version":"HTTP/1.1",` +
				`"headers":[{"name":"Content-Length","value":"2"},{"name":"","value":"bmFtZSD/","encoding":"base64"}],` +
				`"remarks":["bare-lf","no-colon","no-host"],"length":2,"data":"hi"}` + "\n" +
				`{"kind":"response","status":200,"reason":"OK","version":"HTTP/1.0","request":{"method":"POST","target":"/x"},` +
				`"headers":[{"name":"Content-Encoding","value":"gzip"},{"name":"A","value":"/w==","encoding":"base64"}],` +
				`"codings":["gzip"],"length":32,"data":"\u003cplain\u003e"}`,
		},
		{
			"HTTP: a coding that is not known, and a body that is longer than what is kept",
			[]string{"c GET / HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\nContent-Encoding: odd\r\n\r\n" + strings.Repeat("ä", 19) + "x€€"},
			`{"kind":"request","method":"GET","target":"/","version":"HTTP/1.0","length":0}` + "\n" +
				`{"kind":"response","status":200,"reason":"OK","version":"HTTP/1.0","request":{"method":"GET","target":"/"},` +
				`"headers":[{"name":"Content-Encoding","value":"odd"}],"codings":["odd"],"length":45,` +
				`"data":"` + strings.Repeat("ä", 19) + `x","truncated":true,"stop":"unknown coding"}`,
		},
		{
			"WebSocket: fragments around a ping, and a close",
			[]string{upgrade, switched, "s \x01\x02he\x89\x01p\x80\x03llo\x82\x02\x00\xff\x88\x05\x03\xe8bye"},
			upgraded + `{"opcode":1,"kind":"text","fin":false,"masked":false,"length":2,"data":"he"}` + "\n" +
				`{"opcode":9,"kind":"ping","fin":true,"masked":false,"length":1,"data":"p"}` + "\n" +
				`{"opcode":0,"kind":"text","fin":true,"masked":false,"length":3,"message_start":38,"fragments":2,"data":"hello"}` + "\n" +
				`{"opcode":2,"kind":"binary","fin":true,"masked":false,"length":2,"data":"AP8=","encoding":"base64"}` + "\n" +
				`{"opcode":8,"kind":"close","fin":true,"masked":false,"length":5,"data":"A+hieWU=","encoding":"base64","close_code":1000,"close_reason":"bye"}`,
		},
		{
			"HTTP/2",
			[]string{"c PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x01\x04\x00\x00\x00\x01\x82\x00\x00\x02\x00\x01\x00\x00\x00\x01hi", "s \x00\x00\x01\x01\x05\x00\x00\x00\x01\x8d"},
			`{"title":"connection preface","frame_type":0,"flags":0,"h2_stream":0,"length":24}` + "\n" +
				`{"title":"SETTINGS","frame_type":4,"flags":0,"h2_stream":0,"length":0}` + "\n" +
				`{"title":"HEADERS · stream 1 · GET ?","frame_type":1,"flags":4,"h2_stream":1,"length":1,"headers":[{"name":":method","value":"GET"}]}` + "\n" +
				`{"title":"DATA · stream 1 · 2 B · END_STREAM","frame_type":0,"flags":1,"h2_stream":1,"length":2,"data":"hi"}` + "\n" +
				`{"title":"HEADERS · stream 1 · 404 Not Found ← GET ? · END_STREAM","frame_type":1,"flags":5,"h2_stream":1,"length":1,` +
				`"headers":[{"name":":status","value":"404"}],"request":{"method":"GET","target":""},"problems":["not-settings-first"]}`,
		},
	} {
		if got := membersOf(t, c.script...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	other := members(&session.Message{Message: proto.Message{Protocol: websocket.Name}})
	if b, err := json.Marshal(other); string(b) != `{"title":"WebSocket"}` || err != nil {
		t.Errorf("a protocol without members of its own: %s, %v", b, err)
	}
}

func TestContentIsBounded(t *testing.T) {
	got := contentOf(bytes.Repeat([]byte("ä"), maxContent/2+1), false)
	if !got.Truncated || len(got.Data) != maxContent || got.Encoding != "" {
		t.Errorf("%d bytes, truncated %v, %s", len(got.Data), got.Truncated, got.Encoding)
	}
	if got := contentOf([]byte("x\xe2\x82"), true); got.Data != "x" || !got.Truncated {
		t.Errorf("%+v", got)
	}
	if got := contentOf([]byte("x\xff"), true); got.Encoding != "base64" {
		t.Errorf("%+v", got)
	}
}
