package timeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// talkOf decodes a connection.
func talkOf(t testing.TB, s *session.Session, stream int) (*session.View, *session.Conversation) {
	t.Helper()
	v := view(t, s, stream)
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	return v, talk
}

func streamOf(t testing.TB, v *session.View, talk *session.Conversation, o StreamOptions) *Stream {
	t.Helper()
	s, err := NewStream(context.Background(), v, talk, o, narrate.English)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// spoken is a short conversation with a hole.
func spoken(t testing.TB) *session.Session {
	const data = packet.PSH | packet.ACK
	return made(t, []seg{
		{flags: packet.SYN, seq: 99},
		{server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100},
		{flags: packet.ACK, seq: 100, ack: 500},
		{flags: data, seq: 100, ack: 500, text: "hello\nwor"},
		{flags: data, seq: 109, ack: 500, text: "ld\r\n"},
		{server: true, flags: data, seq: 500, ack: 113, text: "\x00\x01" + strings.Repeat("long ", 50)},
		{server: true, flags: data, seq: 852, ack: 113, text: "after the hole"},
		{flags: packet.ACK, seq: 113, ack: 866},
	})
}

func TestStreamRows(t *testing.T) {
	v, talk := talkOf(t, spoken(t), 0)
	rows := func(o StreamOptions) string {
		s := streamOf(t, v, talk, o)
		var b strings.Builder
		for i := range s.Len() {
			r := s.Row(i)
			fmt.Fprintf(&b, "%d|%s\n", r.Packet, r.Text)
		}
		return b.String()
	}
	want := "3|client · 13 B · #4\n3|hello\n3|world\n" +
		"5|server · 366 B · #6\n5|.." + strings.Repeat("long ", 23) + "lon\n5|" + strings.Repeat("g lon", 24) + "\n5|g long long \n" +
		"-1|100 bytes were not captured\n6|after the hole\n"
	if got := rows(StreamOptions{}); got != want {
		t.Errorf("text:\n%s\nwant\n%s", got, want)
	}
	if got := rows(StreamOptions{Form: StreamBoth, Sides: ClientSide}); got != "3|client · 13 B · #4\n"+
		"3|00000000  68 65 6c 6c 6f 0a 77 6f  72 6c 64 0d 0a           hello.world..\n" {
		t.Errorf("both, the client's:\n%s", got)
	}
	if got := rows(StreamOptions{Form: StreamHex, Sides: ServerSide}); strings.Count(got, "\n") != 1+8+1+1 ||
		!strings.Contains(got, "6|00000160  61 66 74 65") {
		t.Errorf("hexadecimal, the server's:\n%s", got)
	}
}

func TestStreamPlaces(t *testing.T) {
	v, talk := talkOf(t, spoken(t), 0)
	s := streamOf(t, v, talk, StreamOptions{})
	for _, tt := range []struct {
		dir    flow.Direction
		offset int64
		row    int
	}{
		{0, 0, 1}, {0, 5, 1}, {0, 6, 2}, {0, 12, 2}, {0, 99, 2}, {1, 0, 4}, {1, 121, 5}, {1, 251, 6}, {1, 300, 7}, {1, 352, 8},
	} {
		if got := s.RowAt(tt.dir, tt.offset); got != tt.row {
			t.Errorf("byte %d of the %v is in row %d, want %d", tt.offset, tt.dir, got, tt.row)
		}
	}
	for p, row := range []int{-1, -1, -1, 1, 2, 4, 8, -1} {
		if got := s.RowOf(talk, p); got != row {
			t.Errorf("packet %d begins in row %d, want %d", p, got, row)
		}
	}
	if got := streamOf(t, v, talk, StreamOptions{Sides: ClientSide}).RowAt(1, 0); got != -1 {
		t.Errorf("a side that is not shown has row %d", got)
	}
	if got, n := s.PlainText(context.Background(), 40); n != 3 || got != "client · 13 B · #4\nhello\nworld\n" {
		t.Errorf("%d rows as text: %q", n, got)
	}
}

// Every byte is in a row, once, whatever the form; rows cut no character in two.
func TestStreamIsWhole(t *testing.T) {
	const letters = "abc é 包\n"
	r := rand.New(rand.NewPCG(1, 2))
	segments := []seg{{flags: packet.SYN, seq: 99}, {server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100}}
	next := [2]uint32{100, 500}
	var sent [2]strings.Builder
	for range 400 {
		dir := r.IntN(2)
		var b strings.Builder
		for range r.IntN(300) {
			b.WriteRune([]rune(letters)[r.IntN(8)])
		}
		segments = append(segments, seg{server: dir == 1, flags: packet.ACK, seq: next[dir], ack: next[1-dir], text: b.String(), size: b.Len()})
		next[dir] += uint32(b.Len())
		sent[dir].WriteString(b.String())
	}
	v, talk := talkOf(t, made(t, segments), 0)
	for form := range NumStreamForms {
		s := streamOf(t, v, talk, StreamOptions{Form: form})
		var at [2]int64
		for i := range s.Len() {
			row := s.Row(i)
			if row.Kind == StreamTurn {
				continue
			}
			if row.Kind != StreamData || row.Offset != at[row.Dir] || row.Len == 0 {
				t.Fatalf("form %d: row %d is %+v, the %v is at %d", form, i, row, row.Dir, at[row.Dir])
			}
			if got := s.RowAt(row.Dir, row.Offset); got != i {
				t.Fatalf("form %d: the byte of row %d is in row %d", form, i, got)
			}
			at[row.Dir] += int64(row.Len)
			if form == StreamText && strings.Contains(row.Text, ".") {
				t.Fatalf("row %d cuts a character: %q", i, row.Text)
			}
		}
		if at != [2]int64{int64(sent[0].Len()), int64(sent[1].Len())} {
			t.Errorf("form %d shows %v bytes", form, at)
		}
	}
}

func TestStreamEnds(t *testing.T) {
	v, talk := talkOf(t, spoken(t), 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewStream(ctx, v, talk, StreamOptions{}, narrate.English); err == nil {
		t.Error("cancelled, and no error")
	}
	if s := streamOf(t, v, nil, StreamOptions{}); s.Len() != 0 {
		t.Errorf("nothing decoded has %d rows", s.Len())
	}
}

// BenchmarkStream makes the rows of a long download and draws some of them.
func BenchmarkStream(b *testing.B) {
	v, talk := talkOf(b, made(b, bulk(20_000, 1400)), 0)
	b.Run("make", func(b *testing.B) {
		b.SetBytes(20_000 * 1400)
		for b.Loop() {
			streamOf(b, v, talk, StreamOptions{})
		}
	})
	s := streamOf(b, v, talk, StreamOptions{})
	b.Run("row", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			s.Row(i % s.Len())
		}
	})
}

func TestStreamFind(t *testing.T) {
	v, talk := talkOf(t, spoken(t), 0)
	s := streamOf(t, v, talk, StreamOptions{})
	for _, tt := range []struct{ text, want string }{
		{"HELLO", "[{{client 0 5} 1}]"},
		{"world", "[{{client 6 11} 2}]"}, // in two packets
		{"longafter", "[]"},              // across a gap
		{"0x0001", "[{{server 0 2} 4}]"},
		{"00 01 6c", "[{{server 0 3} 4}]"},
		{"6c6f", "[]"}, // as text
		{"", "[]"},
		{"漏", "[]"},
	} {
		pattern, fold := StreamPattern(tt.text)
		found, more, err := s.Find(context.Background(), talk, pattern, fold)
		if got := fmt.Sprint(found); err != nil || more || got != tt.want {
			t.Errorf("%q: %s, more %v, %v; want %s", tt.text, got, more, err, tt.want)
		}
	}
	if found, _, err := s.Find(context.Background(), talk, []byte("long"), true); err != nil || len(found) != 50 || found[49].Row != 6 {
		t.Errorf("%d times long, %v", len(found), err)
	}
	only := streamOf(t, v, talk, StreamOptions{Sides: ServerSide})
	if found, _, err := only.Find(context.Background(), talk, []byte("hello"), true); err != nil || len(found) != 0 {
		t.Errorf("a side that is not shown: %v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := s.Find(ctx, talk, []byte("x"), true); err == nil {
		t.Error("cancelled, and no error")
	}
}

func TestStreamFindIsBounded(t *testing.T) {
	v, talk := talkOf(t, made(t, bulk(20, 1400)), 0)
	s := streamOf(t, v, talk, StreamOptions{})
	found, more, err := s.Find(context.Background(), talk, []byte{0}, false)
	if err != nil || !more || len(found) != maxStreamFinds {
		t.Errorf("%d found, more %v, %v", len(found), more, err)
	}
}
