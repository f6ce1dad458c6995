package http2

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/proto"
)

// asks plays events and returns the frames that say what their streams ask for.
func asks(opt Options, events []ev) string {
	var out []string
	drive(New([2]int64{}, func(m proto.Message) {
		if f := m.Detail.(*Frame); f.Request != nil {
			out = append(out, strings.TrimRight(fmt.Sprintf("%v #%d %s<- %s %s %s", m.Dir, f.Stream, f.Value(":status"), f.Request.Method, f.Request.Target, f.Request.Protocol), " "))
		}
	}, opt), events, 3)
	return strings.Join(out, "\n")
}

func TestAsked(t *testing.T) {
	promise := block(":method=GET", ":path=/pushed")
	for _, tt := range []struct {
		name   string
		opt    Options
		events []ev
		want   string
	}{
		{
			"answers in another order, interim ones, and trailers, which answer nothing",
			Options{},
			[]ev{
				{dir: c, data: Preface + greeting + get(1, "/a") + post(3, "/b")},
				{dir: s, data: greeting + frame(Headers, FlagEndHeaders, 3, block(":status=100")) + ok(3) + ok(1)},
				{dir: s, data: frame(Headers, FlagEndHeaders|FlagEndStream, 3, block("a=b"))},
				{dir: c, data: frame(Headers, FlagEndHeaders|FlagEndStream, 3, block("a=b"))},
			},
			"client #1 <- GET /a\nclient #3 <- POST /b\nserver #3 100<- POST /b\nserver #3 200<- POST /b\nserver #1 200<- GET /a",
		},
		{
			"blocks that go on, and a push",
			Options{},
			[]ev{
				{dir: c, data: Preface + greeting + frame(Headers, FlagEndStream, 1, block(":method=GET")) + frame(Continuation, FlagEndHeaders, 1, block(":path=/a"))},
				{dir: s, data: greeting + frame(PushPromise, 0, 1, "\x00\x00\x00\x02"+promise[:5]) + frame(Continuation, FlagEndHeaders, 1, promise[5:])},
				{dir: s, data: ok(2) + ok(1)},
			},
			"client #1 <- GET /a\nserver #1 <- GET /pushed\nserver #2 200<- GET /pushed\nserver #1 200<- GET /a",
		},
		{
			"tunnels",
			Options{},
			[]ev{
				{dir: c, data: Preface + greeting + frame(Headers, FlagEndHeaders, 1, block(":method=CONNECT", ":authority=h:1"))},
				{dir: c, data: frame(Headers, FlagEndHeaders, 3, block(":method=CONNECT", ":protocol=websocket", ":authority=h", ":path=/chat"))},
				{dir: s, data: greeting + ok(3) + ok(1)},
			},
			"client #1 <- CONNECT h:1\nclient #3 <- CONNECT /chat websocket\nserver #3 200<- CONNECT /chat websocket\nserver #1 200<- CONNECT h:1",
		},
		{
			"an upgrade, and an answer to nothing that was seen",
			Options{Upgraded: &Asked{Method: "GET", Target: "/up"}},
			[]ev{{dir: s, data: greeting + ok(1) + ok(7)}, {dir: c, data: Preface + greeting}},
			"server #1 200<- GET /up",
		},
		{
			"a server that asks, and a client that answers: neither means anything",
			Options{},
			[]ev{{dir: s, data: greeting + get(1, "/a")}, {dir: c, data: Preface + greeting + ok(1)}},
			"",
		},
	} {
		if got := asks(tt.opt, tt.events); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// Requests that nobody answers are forgotten, the oldest first: by their number and by what they say.
func TestAskedIsBounded(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	drive(d, hello, whole)
	for i := range uint32(maxAsked + 10) {
		d.Data(c, []byte(get(2*i+1, "/")))
	}
	if d.asked.streams[19] != nil || d.asked.streams[21] == nil || len(d.asked.streams) != maxAsked {
		t.Errorf("%d requests are remembered", len(d.asked.streams))
	}
	long := strings.Repeat("x", 120)
	for i := range uint32(maxAskedText / 100) {
		d.Data(c, []byte(get(2*i+10_001, long)))
	}
	if n := d.asked.text; n > maxAskedText || n < maxAsked*120 {
		t.Errorf("%d bytes are remembered", n)
	}
	for i := range uint32(30) {
		d.asked.add(1<<29+i, &Asked{Target: strings.Repeat("z", 50_000)})
	}
	if n := d.asked.text; n > maxAskedText || len(d.asked.order) != len(d.asked.streams) || len(d.asked.order) > 21 {
		t.Errorf("%d bytes of %d requests are remembered", n, len(d.asked.order))
	}
}
