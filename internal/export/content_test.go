package export

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// contentsOf writes the contents of all messages of a recording that take says something about.
func contentsOf(t *testing.T, file string, limit int64, take func(m *session.Message) (MessageContent, bool)) []string {
	t.Helper()
	s, err := session.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for k := range talk.Messages {
		m := &talk.Messages[k]
		c, ok := take(m)
		if !ok {
			continue
		}
		c.Dir, c.Start, c.End = m.Dir, m.Start, m.End
		var b bytes.Buffer
		if err := WriteContent(context.Background(), v, talk, c, &b, limit); err != nil {
			t.Fatalf("%s, message %d: %v", file, k, err)
		}
		out = append(out, b.String())
	}
	return out
}

func responses(m *session.Message) (MessageContent, bool) {
	h, ok := m.Detail.(*http1.Head)
	if !ok || h.Kind != http1.Response {
		return MessageContent{}, false
	}
	return MessageContent{HTTP: true, Codings: h.Body.Codings}, true
}

func TestContentOfOneMessage(t *testing.T) {
	bodies := contentsOf(t, "../cli/testdata/pipelining.pcap", 0, responses)
	if len(bodies) != 3 || !strings.HasPrefix(bodies[0], ".c0{") || !strings.HasPrefix(bodies[1], "/*") || !strings.HasPrefix(bodies[2], "{\"title\"") {
		t.Errorf("%d bodies: %.60q", len(bodies), bodies)
	}
	if cut := contentsOf(t, "../cli/testdata/pipelining.pcap", 7, responses); len(cut) != 3 || cut[2] != bodies[2][:7] {
		t.Errorf("cut: %q", cut)
	}
	events := contentsOf(t, "../cli/testdata/sse_gzip_flush.pcap", 0, responses)
	if len(events) != 1 || !strings.HasSuffix(events[0], "\n\n") || strings.Count(events[0], "data:") != 12 {
		t.Errorf("events: %q", events)
	}
	if cut := contentsOf(t, "../cli/testdata/sse_gzip_flush.pcap", 10, responses); len(cut) != 1 || cut[0] != events[0][:10] {
		t.Errorf("cut: %q", cut)
	}
	texts := contentsOf(t, "../timeline/testdata/s06b_ws_echo_deflate.pcap", 0, func(m *session.Message) (MessageContent, bool) {
		f, ok := m.Detail.(*websocket.Frame)
		return MessageContent{Web: true}, ok && f.Whole != nil
	})
	if len(texts) < 10 || texts[0] != "hello websocket" || len(texts[8]) != 10_320 {
		t.Errorf("%d messages, the first is %q", len(texts), texts[0])
	}
	sockets := contentsOf(t, "../exchange/testdata/websocket-http2.pcap", 0, func(m *session.Message) (MessageContent, bool) {
		f, ok := m.Detail.(*websocket.Frame)
		return MessageContent{Web: true}, ok && f.Whole != nil && f.Whole.Opcode == websocket.Text
	})
	for _, want := range []string{"welcome to /chat", "welcome, welcome, welcome to /feed", "hello over HTTP/2", "part one, part two", "welcome to /lost"} {
		if !slices.Contains(sockets, want) {
			t.Errorf("no %q in %q", want, sockets)
		}
	}
	pages := contentsOf(t, "../exchange/testdata/streams.pcap", 0, func(m *session.Message) (MessageContent, bool) {
		f, ok := m.Detail.(*http2.Frame)
		ok = ok && f.Type == http2.Headers && m.Dir == flow.ServerToClient
		if !ok {
			return MessageContent{}, false
		}
		var codings []string
		for _, field := range f.Fields {
			if field.Name == "content-encoding" {
				codings = []string{field.Value}
			}
		}
		return MessageContent{Stream: f.Stream, Codings: codings}, true
	})
	if len(pages) != 7 || !strings.HasPrefix(pages[0], "<!doctype html>") || !strings.HasPrefix(pages[3], "\x89PNG") {
		t.Errorf("%d pages: %.30q", len(pages), pages)
	}
	raw := contentsOf(t, "../cli/testdata/redis.pcap", 0, func(*session.Message) (MessageContent, bool) { return MessageContent{}, true })
	if len(raw) == 0 || !strings.HasPrefix(raw[0], "*3\r\n$3\r\n") || raw[1] != "+OK\r\n" {
		t.Errorf("%q", raw)
	}
}

func TestContentIsGivenUp(t *testing.T) {
	s, err := session.Open("../cli/testdata/pipelining.pcap")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err = WriteContent(ctx, v, nil, MessageContent{Dir: flow.ServerToClient, End: 1, HTTP: true}, &bytes.Buffer{}, 0)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	failing := failingWriter{errors.New("the disk is full")}
	for _, codings := range [][]string{nil, {"gzip"}} {
		c := MessageContent{Dir: flow.ServerToClient, End: 1 << 40, HTTP: true, Codings: codings}
		if codings == nil {
			if err := WriteContent(context.Background(), v, nil, c, failing, 0); !errors.Is(err, failing.err) {
				t.Errorf("codings %v: the error is %v", codings, err)
			}
			continue
		}
		if err := WriteContent(context.Background(), v, nil, c, &bytes.Buffer{}, 0); err != nil { // it is not compressed at all
			t.Errorf("codings %v: the error is %v", codings, err)
		}
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }
