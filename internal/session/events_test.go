package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/sse"
)

// eventTalk is a connection whose server sends n events, each compressed and flushed by itself, the first one together with the
// head of the response. It does not end.
func eventTalk(t *testing.T, n int) *Session {
	t.Helper()
	b := newBuilder(t)
	k := b.talk(t, 1).handshake()
	k.data(0, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n"
	var wire bytes.Buffer
	w := gzip.NewWriter(&wire)
	for i := range n {
		if _, err := fmt.Fprintf(w, "data: %d\n\n", i); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		k.data(1, head+wire.String())
		head = ""
		wire.Reset()
	}
	return ran(t, b.capture(t))
}

// A response is listed before the events in it, also those that begin in the same packet.
func TestEventsFollowTheirResponse(t *testing.T) {
	s := eventTalk(t, 3)
	v := viewOf(t, s, 0)
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range talk.Messages {
		switch d := m.Detail.(type) {
		case *http1.Head:
			got = append(got, fmt.Sprintf("%d %s", v.At(m.First).Frame, d.Line))
		case *sse.Event:
			got = append(got, fmt.Sprintf("%d event %s", v.At(m.First).Frame, d.Data))
		}
	}
	if want := "4 GET / HTTP/1.1, 5 HTTP/1.1 200 OK, 5 event 0, 6 event 1, 7 event 2"; strings.Join(got, ", ") != want || talk.Protocol != sse.Name {
		t.Errorf("%s: %s, want %s", talk.Protocol, strings.Join(got, ", "), want)
	}
}

// Whoever stops reading in the middle of a compressed stream leaves nothing running.
func TestDecodeLeavesNothingRunning(t *testing.T) {
	const events = 400 // more than one look at whether to go on
	s := eventTalk(t, events)
	v := viewOf(t, s, 0)
	before := runtime.NumGoroutine()
	for _, most := range []int{1, 2, events / 2, events + 10} {
		seen := 0
		err := v.Decode(context.Background(), all.Options{}, func(Message, []uint32) bool {
			seen++
			return seen < most
		})
		if err != nil || seen != min(most, events+2) {
			t.Errorf("%d messages of %d, %v", seen, most, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := v.Decode(ctx, all.Options{}, func(m Message, _ []uint32) bool {
		if m.Protocol == sse.Name {
			cancel()
		}
		return true
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines run, %d before", after, before)
	}
}
