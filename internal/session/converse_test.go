package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/tls"
)

// requests is a connection with n requests and answers, each in a segment of its own.
func requests(t testing.TB, n int) []byte {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	for i := range n {
		k.data(0, fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i))
		k.data(1, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
	}
	return b.capture(t)
}

func TestConversation(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "GET /1 HT")
	k.data(0, "TP/1.1\r\nHost: h\r\n\r\n")
	k.data(1, "HTTP/1.1 200 OK\r\n\r\nall ")
	k.data(1, "the rest")
	k.send(0, packet.ACK, "")
	k.send(1, packet.FIN|packet.ACK, "")
	s := ran(t, b.capture(t))
	v := viewOf(t, s, 0)
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	if len(talk.Messages) != 2 || talk.Protocol != http1.Name || talk.Limited || talk.Unknown() {
		t.Fatalf("%+v", talk)
	}
	places := func(m Message) [3]int { return [3]int{m.First, m.Last, m.Ended} }
	if got := places(talk.Messages[0]); got != [3]int{3, 4, 4} {
		t.Errorf("the request is in %v", got)
	}
	if got := places(talk.Messages[1]); got != [3]int{5, 6, 8} {
		t.Errorf("the response is in %v; the FIN in 8 ends it", got)
	}
	if len(talk.Starting(3)) != 1 || len(talk.Starting(4)) != 0 || len(talk.Starting(5)) != 1 {
		t.Error("messages start in packets 3 and 5")
	}
	if s.Protocol(0) != http1.Name {
		t.Errorf("protocol %q", s.Protocol(0))
	}
}

func TestMessagesAndPackets(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HT") // 3: one message and a half
	k.data(0, "TP/1.1\r\nHost: h\r\n\r\n")                   // 4
	k.again(0, 5, "h\r\n\r\n")                               // 5: nothing new
	k.data(1, "HTTP/1.1 204 -\r\n\r\n")                      // 6
	s := ran(t, b.capture(t))
	talk, err := s.Conversation(context.Background(), viewOf(t, s, 0))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{3: "GET /1 GET /2 ", 4: "GET /2 ", 5: "", 6: "204 "} {
		got := ""
		for _, m := range talk.Carried(i) {
			got += strings.TrimPrefix(strings.TrimSuffix(m.Detail.(*http1.Head).Line, "HTTP/1.1"), "HTTP/1.1 ")
			got = strings.TrimSuffix(got, "-")
		}
		if got != want {
			t.Errorf("packet %d carries %q, want %q", i, got, want)
		}
	}
	if got := fmt.Sprint(talk.Places(4)); got != "[{client 37 56}]" {
		t.Errorf("packet 4 brought %s", got)
	}
	if got := fmt.Sprint(talk.Packets(flow.ClientToServer, 30, 40)); got != "[3 4]" {
		t.Errorf("bytes 30 to 40 are in %s", got)
	}
	var none *Conversation
	if none.Carried(0) != nil || none.Places(0) != nil || none.Packets(0, 0, 1) != nil {
		t.Error("a nil Conversation has no places")
	}
}

func TestNoConversation(t *testing.T) {
	s := ran(t, twoTalks(t, 3))
	talk, err := s.Conversation(context.Background(), viewOf(t, s, 0))
	if err != nil || !talk.Unknown() || talk.Protocol != "" || len(talk.Starting(3)) != 0 {
		t.Errorf("%+v, %v", talk, err)
	}
	var none *Conversation
	if !none.Unknown() || none.Starting(0) != nil {
		t.Error("a nil Conversation is one without messages")
	}
}

func TestConversationBounds(t *testing.T) {
	s := ran(t, requests(t, 50))
	v := viewOf(t, s, 0)
	all, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	whole := [2]int64{all.Streams().Len(flow.ClientToServer), all.Streams().Len(flow.ServerToClient)}
	s.bounds.messages = 20
	talk, err := s.Conversation(context.Background(), v)
	if err != nil || !talk.Limited || len(talk.Messages) != 20 {
		t.Errorf("%d messages, limited %v, %v", len(talk.Messages), talk.Limited, err)
	}
	var seen []string
	for skip := 0; ; skip += len(talk.Messages) {
		if talk, err = s.ConversationFrom(context.Background(), v, skip); err != nil || len(talk.Messages) > 20 || talk.Skipped != skip {
			t.Fatalf("%d messages behind %d, %v", len(talk.Messages), talk.Skipped, err)
		}
		for i := range talk.Messages {
			seen = append(seen, talk.Messages[i].Detail.(*http1.Head).Line)
		}
		if streams := talk.Streams(); streams.Len(flow.ClientToServer) != whole[0] || streams.Len(flow.ServerToClient) != whole[1] {
			t.Errorf("behind %d messages the streams have %d and %d bytes, not %v", skip, streams.Len(flow.ClientToServer), streams.Len(flow.ServerToClient), whole)
		}
		if !talk.Limited {
			break
		}
	}
	if len(seen) != 100 || seen[98] != "GET /49 HTTP/1.1" {
		t.Errorf("%d messages in all: %q", len(seen), seen)
	}
	request := http1.Head{Line: "GET /0 HTTP/1.1", Fields: []http1.Field{{Name: "Host", Value: "h"}}}
	answer := http1.Head{Line: "HTTP/1.1 200 OK", Fields: []http1.Field{{Name: "Content-Length", Value: "4"}}}
	answer.Body.Bytes = []byte("body")
	s.bounds = bounds{messages: 1000, kept: 10 * (request.Kept() + answer.Kept())}
	if talk, err := s.Conversation(context.Background(), v); err != nil || !talk.Limited || len(talk.Messages) != 20 {
		t.Errorf("%d messages with room for 20, limited %v, %v", len(talk.Messages), talk.Limited, err)
	}
	s.bounds = defaultBounds
	if talk, err := s.Conversation(context.Background(), v); err != nil || talk.Limited || len(talk.Messages) != 100 {
		t.Errorf("%d messages, limited %v, %v", len(talk.Messages), talk.Limited, err)
	}
}

// A body longer than what is kept of it is there with its length.
func TestKeptBody(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	k.data(1, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 3*keepBody))
	for range 3 {
		k.data(1, strings.Repeat("x", keepBody))
	}
	s := ran(t, b.capture(t))
	talk, err := s.Conversation(context.Background(), viewOf(t, s, 0))
	if err != nil {
		t.Fatal(err)
	}
	body := &talk.Messages[1].Detail.(*http1.Head).Body
	if len(body.Bytes) != keepBody || body.Length != 3*keepBody || !body.Truncated {
		t.Errorf("%d of %d bytes kept, truncated %v", len(body.Bytes), body.Length, body.Truncated)
	}
}

func TestConversationCancelled(t *testing.T) {
	s := ran(t, requests(t, 50))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Conversation(ctx, viewOf(t, s, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestFeed(t *testing.T) {
	s := ran(t, requests(t, 300))
	v := viewOf(t, s, 0)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var sent [2]int
	next := 0
	err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		if i != next || seg.Frame != v.At(i).Frame || uint32(len(seg.Payload)) != v.At(i).Len {
			t.Fatalf("segment %d is %+v", i, seg)
		}
		next++
		sent[dir] += len(seg.Payload)
		return true
	})
	if err != nil || next != 603 || sent[flow.ServerToClient] != 300*42 {
		t.Errorf("%d segments, bytes %v, %v", next, sent, err)
	}
	calls := 0
	if err := v.Feed(ctx, func(int, flow.Direction, *packet.Segment) bool { calls++; return calls < 5 }); err != nil || calls != 5 {
		t.Errorf("stopped after %d calls, %v", calls, err)
	}
	calls = 0
	err = v.Feed(ctx, func(int, flow.Direction, *packet.Segment) bool { cancel(); calls++; return true })
	if !errors.Is(err, context.Canceled) || calls > 256 {
		t.Errorf("cancelled after %d calls, %v", calls, err)
	}
}

func TestProtocol(t *testing.T) {
	b := newBuilder(t)
	web, junk, empty := b.talk(t, 0).handshake(), b.talk(t, 1).handshake(), b.talk(t, 2).handshake()
	b.talk(t, 3).handshake().data(0, clientHello("h", 1))
	middle := b.talk(t, 4)
	web.data(0, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	junk.data(0, "\x00\x01\x02")
	junk.data(1, "\x03\x04\x05")
	empty.send(0, packet.FIN|packet.ACK, "")
	middle.data(0, "\x17\x03\x03\x00\x04data")
	middle.data(1, "\x17\x03\x03\x00\x04data")
	s := ran(t, b.capture(t))
	for stream, want := range []string{http1.Name, "", "", tls.Name, tls.Name} {
		for range 2 { // the second answer is remembered
			if got := s.Protocol(stream); got != want {
				t.Errorf("connection %d speaks %q, want %q", stream, got, want)
			}
		}
	}
	if got := s.Protocol(99); got != "" {
		t.Errorf("a connection that is not there speaks %q", got)
	}
}

// TestFeedReadsAhead feeds packets that lie close together, far apart and behind a cut of the file: however they are read,
// the payloads are those of the capture.
func TestFeedReadsAhead(t *testing.T) {
	b := newBuilder(t)
	near, far := b.talk(t, 0).handshake(), b.talk(t, 1).handshake()
	big := strings.Repeat("x", readAheadGap)
	var want [2][]string
	for i := range 40 {
		text := fmt.Sprintf("message %d", i)
		near.data(0, text)
		want[0] = append(want[0], text)
		if i%10 == 9 { // two of them are further apart than what is read at once
			far.data(0, big+text)
			want[1] = append(want[1], big+text)
		}
	}
	name := filepath.Join(t.TempDir(), "near and far.pcap")
	if err := os.WriteFile(name, b.capture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	payloads := func(stream int) (got []string, err error) {
		err = viewOf(t, s, stream).Feed(t.Context(), func(_ int, _ flow.Direction, seg *packet.Segment) bool {
			if len(seg.Payload) > 0 {
				got = append(got, string(seg.Payload))
			}
			return true
		})
		return got, err
	}
	for stream := range want {
		if got, err := payloads(stream); err != nil || !slices.Equal(got, want[stream]) {
			t.Errorf("connection %d: %d payloads, want %d: %v", stream, len(got), len(want[stream]), err)
		}
	}

	const left = 30
	v := viewOf(t, s, 0)
	cut := v.At(3 + left) // behind the handshake
	if err := os.Truncate(name, cut.Offset); err != nil {
		t.Fatal(err)
	}
	if got, err := payloads(0); err == nil || !slices.Equal(got, want[0][:left]) {
		t.Errorf("of a file cut meanwhile %d payloads are left, want %d; error %v", len(got), left, err)
	}
}

// TestSizeOfHTTP2 checks that what HTTP/2 frames hold counts for the bound.
func TestSizeOfHTTP2(t *testing.T) {
	f := &http2.Frame{Data: make([]byte, 10), Fields: []http2.Field{{Name: "a", Value: "b"}}}
	if n := size(&Message{Message: proto.Message{Detail: f}}); n != f.Kept() || n < 12 {
		t.Errorf("%d bytes", n)
	}
}

// unknownTalk is one long connection of an unknown protocol, of n segments with the text.
func unknownTalk(t testing.TB, n int, text string) *View {
	t.Helper()
	c := newBuilder(t)
	k := c.talk(t, 0).handshake()
	for range n {
		k.data(1, text)
	}
	return viewOf(t, ran(t, c.capture(t)), 0)
}

// decodeAll decodes a connection without a look at its messages.
func decodeAll(t testing.TB, v *View) {
	t.Helper()
	if err := v.Decode(context.Background(), all.Options{}, func(Message, []uint32) bool { return true }); err != nil {
		t.Fatal(err)
	}
}

// TestDecodeAllocations checks that reading a connection again allocates for the connection and not for its segments.
func TestDecodeAllocations(t *testing.T) {
	text := strings.Repeat("\x00\x01data", 1460/6)
	const few, many = 500, 1500
	short, long := unknownTalk(t, few, text), unknownTalk(t, many, text)
	a := testing.AllocsPerRun(5, func() { decodeAll(t, short) })
	b := testing.AllocsPerRun(5, func() { decodeAll(t, long) })
	if per := (b - a) / (many - few); per > 0.05 { // what grows does so by doubling
		t.Errorf("%v allocations for %d segments and %v for %d: %v per segment", a, few, b, many, per)
	}
}

// BenchmarkDecode reads one long connection of an unknown protocol: file, packets, streams.
func BenchmarkDecode(b *testing.B) {
	text := strings.Repeat("\x00\x01data", 1460/6)
	const n = 20_000
	v := unknownTalk(b, n, text)
	b.SetBytes(int64(n * len(text)))
	b.ReportAllocs()
	for b.Loop() {
		decodeAll(b, v)
	}
}
