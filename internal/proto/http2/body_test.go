package http2

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// bodies joins what Options.Body is handed: text, (n) for a hole, | for the end, with the stream's number in front whenever
// another one goes on.
type bodies struct {
	out    strings.Builder
	dir    flow.Direction
	stream uint32
	hole   int64
}

func (b *bodies) piece(p Piece) {
	if b.hole > 0 && (p.Missing == 0 || p.Dir != b.dir || p.Stream != b.stream) {
		b.flush()
	}
	if p.Dir != b.dir || p.Stream != b.stream || b.out.Len() == 0 {
		fmt.Fprintf(&b.out, " %c%d:", p.Dir.String()[0], p.Stream)
		b.dir, b.stream = p.Dir, p.Stream
	}
	b.out.Write(p.Bytes)
	b.hole += p.Missing
	if p.End {
		b.out.WriteByte('|')
	}
}

func (b *bodies) flush() {
	fmt.Fprintf(&b.out, "(%d)", b.hole)
	b.hole = 0
}

func (b *bodies) String() string {
	if b.hole > 0 {
		b.flush()
	}
	return strings.TrimPrefix(b.out.String(), " ")
}

// bodiesOf plays events and returns what came out at Options.Body.
func bodiesOf(events []ev, piece int) string {
	var b bodies
	play(Options{Keep: -1, Body: b.piece}, events, piece)
	return b.String()
}

func TestBodies(t *testing.T) {
	padded := frame(Data, FlagPadded|FlagEndStream, 1, "\x03body\x00\x00\x00")
	for _, tt := range []struct {
		name   string
		events []ev
		want   string
	}{
		{
			"two streams take turns",
			server(frame(Data, 0, 1, "one"), frame(Data, 0, 3, "three"), frame(Data, FlagEndStream, 1, " more"), frame(Data, FlagEndStream, 3, "")),
			"s1:one s3:three s1: more| s3:|",
		},
		{"padding is no body", server(padded, frame(Data, FlagPadded, 3, "\x00all"), frame(Data, FlagPadded, 3, "\x02\x00\x00")), "s1:body| s3:all"},
		{"padding that does not fit is read as body", server(frame(Data, FlagPadded, 1, "\x05body")), "s1:body"},
		{"other frames have no body", server(frame(Ping, 0, 0, "12345678"), frame(Headers, FlagEndHeaders|FlagEndStream, 1, "\x88"), frame(Data, 0, 0, "stream 0")), ""},
		{"a frame without its end has no end", server(frame(Data, FlagEndStream, 1, "cut off")[:12]), "s1:cut"},
		{"a hole inside a body", []ev{{dir: s, data: greeting + padded[:12]}, {dir: s, gap: 2}, {dir: s, data: padded[14:]}}, "s1:bo(2)|"},
		{"a hole from the body into the padding", []ev{{dir: s, data: greeting + padded[:12]}, {dir: s, gap: 3}, {dir: s, data: padded[15:]}}, "s1:bo(2)|"},
		{
			"without the padding's length there is no telling where it begins",
			[]ev{{dir: s, data: greeting + padded[:9]}, {dir: s, gap: 3}, {dir: s, data: padded[12:]}},
			"s1:(7)|",
		},
		{
			"a hole over frames",
			[]ev{{dir: s, data: greeting + frame(Data, 0, 1, "body")[:11]}, {dir: s, gap: 2 + 30}, {dir: s, data: frame(Data, FlagEndStream, 3, "three")}},
			"s1:bo(2) s0:(30) s3:three|",
		},
	} {
		for _, piece := range []int{whole, 1, 2, 7} {
			if got := bodiesOf(tt.events, piece); got != tt.want {
				t.Errorf("%s, in pieces of %d: got %q, want %q", tt.name, piece, got, tt.want)
				break
			}
		}
	}
}

// The body comes before its frame's message, so that what is handed out and what is emitted can be put together.
func TestBodyComesFirst(t *testing.T) {
	var order []string
	d := New([2]int64{}, func(m proto.Message) { order = append(order, fmt.Sprintf("type %d", m.Detail.(*Frame).Type)) },
		Options{Body: func(p Piece) { order = append(order, fmt.Sprintf("%q %v", p.Bytes, p.End)) }})
	d.Data(s, []byte(greeting+frame(Data, FlagEndStream, 1, "x")))
	if got, want := strings.Join(order, ", "), `type 4, "x" false, "" true, type 0`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// transfer is a server's greeting and DATA frames of 16 KiB, as a large answer has them.
func transfer(n int) []byte {
	return []byte(greeting + frame(Headers, FlagEndHeaders, 1, "\x88") + strings.Repeat(frame(Data, 0, 1, strings.Repeat("x", defaultMaxFrame)), n))
}

func BenchmarkData(b *testing.B) {
	stream := transfer(64)
	for _, bench := range []struct {
		name string
		opt  Options
	}{
		{"keep", Options{}},
		{"hand out", Options{Keep: -1, Body: func(Piece) {}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				d := New([2]int64{}, func(proto.Message) {}, bench.opt)
				for part := range slices.Chunk(stream, 1448) {
					d.Data(s, part)
				}
			}
		})
	}
}
