package filter

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// scene is two connections: an HTTP exchange over IPv4, with a retransmission, and an IPv6 one without data.
//
//	1-3 handshake  4 request  5 first half of the answer  6 the same again  7 second half  8-10 close
//	11-13 handshake over IPv6  14 RST
func scene(t testing.TB) *session.Session {
	t.Helper()
	b := newBuilder(t)
	k := b.talk(0).handshake()
	k.data(0, "GET /a?b=1 HTTP/1.1\r\nHost: Example.com\r\nX-Request-Id: 77\r\n\r\n")
	at := k.seq[1]
	first := "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Type: text/plain\r\n\r\nhello"
	k.data(1, first)
	k.sendAt(1, at, packet.PSH|packet.ACK, first)
	k.data(1, "world")
	k.bye()
	six := b.between(netip.MustParseAddrPort("[fd00::1]:5000"), netip.MustParseAddrPort("[fd00::2]:7456")).handshake()
	six.send(0, packet.RST, "")
	return ran(t, b.capture(t))
}

func TestFilters(t *testing.T) {
	s := scene(t)
	for _, c := range []struct{ text, want string }{
		{"tcp.port == 80", "1-10"},
		{"tcp.port != 80", "11-14"},
		{"tcp.port !== 80", "1-14"},
		{"tcp.srcport == 80 || tcp.dstport == 7456", "2 5-7 9 11 13-14"},
		{"all tcp.port > 1000", "11-14"},
		{"ip", "1-10"},
		{"ipv6.addr == fd00::/16 && !tcp.flags.syn == 1", "13-14"},
		{"ip.src == 10.0.0.2", "2 5-7 9"},
		{"ip.addr == 10.0.0.0/30 && tcp.len > 0", "4-7"},
		{"ip.addr != 10.0.0.1", "none"},
		{"!(ip.addr == 10.0.0.1)", "11-14"},
		{"ip.addr in {10.0.0.2..10.0.0.9}", "1-10"},
		{"tcp.flags.syn == 1 && tcp.flags.ack == 0", "1 11"},
		{"tcp.flags.syn", "1-14"},
		{"tcp.flags.reset == True", "14"},
		{"tcp.flags & 0x12 == 0x12", "2 12"},
		{"tcp.flags & 3", "1-2 8-9 11-12"},
		{"tcp.flags & 0", "none"},
		{"tcp.analysis.retransmission", "6"},
		{"tcp.analysis.flags && frame.number < 7", "6"},
		{"not tcp.analysis.flags and tcp.len > 0", "4-5 7"},
		{"tcp.flags.syn == 1 xor tcp.flags.ack == 1", "1 3-11 13"},
		{"frame.number in {3..5, 4, 12}", "3-5 12"},
		{"frame.number not in {2..14}", "1"},
		{"frame.time_relative >= 0.012", "13-14"},
		{"frame.time_relative < 1.5ms", "1-2"},
		{"tcp.time_delta == 0", "1 11"},
		{"tcp.time_relative == 0.001", "2 12"},
		{"tcp.stream == 1 and tcp.seq == 1", "13-14"},
		{"tcp.completeness == 31", "1-10"},
		{"tcp.srcport == tcp.dstport", "none"},
		{"tcp.srcport < tcp.dstport", "2 5-7 9 11 13-14"},
		{`tcp.payload contains "hello"`, "5-6"},
		{"tcp.payload contains 77:6f", "7"},
		{`tcp.payload matches "^get "`, "4"},
		{`frame contains "Example"`, "4"},
		{"tcp.payload", "4-7"},
		{"tcp.window_size_value == 60000 && tcp.hdr_len == 20 && tcp.stream == 1", "11-14"},
		{"http", "4 7"},
		{"http.request", "4"},
		{"http.response.code == 200", "7"},
		{"http.response.code != 200", "none"},
		{`http.request.uri contains "b=1" && tcp.port == 80`, "4"},
		{`http.host == "Example.com"`, "4"},
		{`http.host == "example.com"`, "none"},
		{`http.host matches "^EXAMPLE"`, "4"},
		{"http.header.x-request-id == 77", "4"},
		{`http.header == "Content-Length: 10"`, "7"},
		{`http.request.line == "Host: Example.com\r\n"`, "4"},
		{"http.file_data == \"helloworld\"", "7"},
		{"http.content_length in {1..10}", "7"},
		{"!http && tcp.len > 0", "5-6"},
		{"http || tcp.flags.reset == 1", "4 7 14"},
		{"http.request.method == GET || http.response.phrase == OK", "4 7"},
		{"websocket || http2", "none"},
	} {
		if got := ranges(framesOf(t, s, c.text)); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
		counted := 0
		if err := mustParse(t, c.text).Connections(context.Background(), s, nil, func(r Result) bool {
			if r.Packets != nil {
				t.Errorf("%s: Connections lists packets", c.text)
			}
			counted += r.Count
			return true
		}); err != nil || counted != len(framesOf(t, s, c.text)) {
			t.Errorf("%s: %d counted (%v)", c.text, counted, err)
		}
	}
}

// ranges writes numbers like "1-3 7".
func ranges(list []uint32) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		part := fmt.Sprint(list[i])
		if j > i {
			part = fmt.Sprintf("%d-%d", list[i], list[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, " ")
}

// TestIndexWays compares the two ways over the index with one another, on a capture with many connections side by side.
func TestIndexWays(t *testing.T) {
	b := newBuilder(t)
	const flows, segments, length = 700, 5, 100 // more than one run of connections
	b.bulk(flows, segments, length)
	s := ran(t, b.capture(t))
	for _, text := range []string{"tcp", "tcp.len > 0", "tcp.srcport == 80 && tcp.len > 0", "tcp.time_delta > 0.5", "tcp.stream < 9", "frame.number & 1", "http", "ip.src == 10.0.0.1"} {
		f := mustParse(t, text)
		if f.level > Packet {
			continue
		}
		j := &job{f: f, s: s, x: s.Index(), list: true}
		verdicts, _ := j.judge(context.Background())
		var ways [2][]Result
		for i, way := range [...]func(context.Context, []verdict, Progress, func(Result) bool) error{j.byConnection, j.byRecord} {
			if err := way(context.Background(), verdicts, nil, func(r Result) bool {
				ways[i] = append(ways[i], r)
				return true
			}); err != nil {
				t.Fatal(err)
			}
		}
		same := slices.EqualFunc(ways[0], ways[1], func(a, b Result) bool {
			return a.Stream == b.Stream && a.Count == b.Count && slices.Equal(a.Packets, b.Packets)
		})
		if !same || len(ways[0]) == 0 {
			t.Errorf("%s: %d and %d results", text, len(ways[0]), len(ways[1]))
		}
	}
}

// TestOrder asks for results in the order of connections, while one connection lasts to the end.
func TestOrder(t *testing.T) {
	b := newBuilder(t)
	long := b.talk(0).handshake()
	const flows = 60
	for n := 1; n < flows; n++ {
		k := b.talk(n).handshake()
		k.data(0, "ping")
		k.bye()
	}
	long.data(0, "ping")
	s := ran(t, b.capture(t))
	q, err := ParseSearch("PING", Text, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, find := range map[string]func(func(Result) bool) error{
		"filter": func(f func(Result) bool) error {
			return mustParse(t, "tcp.len > 0").Packets(context.Background(), s, nil, f)
		},
		"deep": func(f func(Result) bool) error {
			return mustParse(t, `tcp.payload contains "ping"`).Packets(context.Background(), s, nil, f)
		},
		"search": func(f func(Result) bool) error { return q.Find(context.Background(), s, nil, f) },
	} {
		next := 0
		if err := find(func(r Result) bool {
			if r.Stream != next || r.Count != 1 {
				t.Errorf("%s: connection %d with %d packets, want connection %d", name, r.Stream, r.Count, next)
			}
			next++
			return true
		}); err != nil || next != flows {
			t.Errorf("%s: %d results, %v", name, next, err)
		}
		got := 0
		if err := find(func(Result) bool { got++; return got < 3 }); err != nil || got != 3 {
			t.Errorf("%s: %d results when three are enough, %v", name, got, err)
		}
	}
}

// TestHeld lets more results wait for a connection than may.
func TestHeld(t *testing.T) {
	b := newBuilder(t)
	for n := range 9 {
		b.talk(n).handshake()
	}
	q := newQueue(ran(t, b.capture(t)).Index())
	if q.most != maxHeld {
		t.Errorf("%d results may be held", q.most)
	}
	q.most = 3
	for stream := 8; stream > 5; stream-- {
		q.done(stream, Result{Stream: stream, Count: 1})
	}
	if got := q.take(false); len(got) != 0 {
		t.Errorf("%d results overtake connection 0", len(got))
	}
	q.done(5, Result{Stream: 5, Count: 1})
	got := q.take(false)
	if len(got) != 4 || got[0].Stream != 5 || got[3].Stream != 8 {
		t.Errorf("beyond the bound: %v", got)
	}
}

func TestCancelled(t *testing.T) {
	b := newBuilder(t)
	const flows, segments, length = 200, 24, 1448
	b.bulk(flows, segments, length)
	s := ran(t, b.capture(t))
	q, err := ParseSearch("fox", Text, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, find := range map[string]func(context.Context, Progress, func(Result) bool) error{
		"filter": func(ctx context.Context, p Progress, f func(Result) bool) error {
			return mustParse(t, "tcp.len > 0").Packets(ctx, s, p, f)
		},
		"deep": func(ctx context.Context, p Progress, f func(Result) bool) error {
			return mustParse(t, "http").Packets(ctx, s, p, f)
		},
		"search": func(ctx context.Context, p Progress, f func(Result) bool) error { return q.Find(ctx, s, p, f) },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		steps := 0
		err := find(ctx, func(done, total int64) {
			if steps++; done > total {
				t.Errorf("%s: %d of %d done", name, done, total)
			}
			cancel()
		}, func(Result) bool { return true })
		if name == "filter" && err == nil && steps == 1 {
			continue // it was over with the first step
		}
		if !errors.Is(err, context.Canceled) || steps != 1 {
			t.Errorf("%s: %v after %d steps", name, err, steps)
		}
		got := 0
		if err := find(context.Background(), nil, func(Result) bool { got++; return false }); err != nil || got != 1 {
			t.Errorf("%s: %d results when one is enough, %v", name, got, err)
		}
	}
}
