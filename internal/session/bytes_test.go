package session

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

func streamsOf(t *testing.T, b *builder) *Streams {
	t.Helper()
	s := ran(t, b.capture(t))
	talk, err := s.Conversation(context.Background(), viewOf(t, s, 0))
	if err != nil {
		t.Fatal(err)
	}
	return talk.Streams()
}

// written renders a piece: "c3:text" is what the client's packet 3 brought, "s<5>" a gap.
func written(p Piece, b []byte) string {
	side := string(p.Dir.String()[0])
	if p.Packet < 0 {
		return fmt.Sprintf("%s<%d> ", side, p.End-p.Start)
	}
	return fmt.Sprintf("%s%d:%s ", side, p.Packet, b)
}

func TestStreams(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "abc")             // 3
	k.data(1, "server")          // 4
	k.seq[0] += 3                // "def" is late
	k.data(0, "ghi")             // 5 waits
	k.again(0, 6, "def")         // 6 fills the hole
	k.again(0, 9, "xxxxxxxxxjk") // 7 repeats, and adds jk
	k.seq[0] += 2
	k.seq[1] += 5     // never captured
	k.data(1, "more") // 8
	k.send(0, packet.FIN|packet.ACK, "")
	s := streamsOf(t, b)
	if s.Len(flow.ClientToServer) != 11 || s.Len(flow.ServerToClient) != 15 {
		t.Errorf("lengths %d and %d", s.Len(0), s.Len(1))
	}
	var all, part strings.Builder
	for _, p := range s.Pieces() {
		got, err := s.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(written(p, got))
	}
	if want := "c3:abc s4:server c6:def c5:ghi c7:jk s<5> s8:more "; all.String() != want {
		t.Errorf("pieces\n got %s\nwant %s", &all, want)
	}
	for _, tt := range []struct {
		dir        flow.Direction
		start, end int64
		want       string
	}{
		{0, 2, 10, "c3:c c6:def c5:ghi c7:j "},
		{0, 0, 99, "c3:abc c6:def c5:ghi c7:jk "},
		{1, 4, 12, "s4:er s<5> s8:m "},
		{1, 8, 10, "s<2> "},
		{1, 15, 20, ""},
	} {
		part.Reset()
		err := s.Within(context.Background(), tt.dir, tt.start, tt.end, func(p Piece, b []byte) bool {
			part.WriteString(written(p, b))
			return true
		})
		if err != nil || part.String() != tt.want {
			t.Errorf("[%d, %d) of %v: %q, %v; want %q", tt.start, tt.end, tt.dir, &part, err, tt.want)
		}
	}
}

func TestWithinStops(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	for range 5 {
		k.data(0, "x")
	}
	s := streamsOf(t, b)
	calls := 0
	err := s.Within(context.Background(), 0, 0, 5, func(Piece, []byte) bool { calls++; return calls < 2 })
	if err != nil || calls != 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Within(ctx, 0, 0, 5, func(Piece, []byte) bool { return true }); err == nil {
		t.Error("cancelled, and no error")
	}
	if (*Conversation)(nil).Streams() != nil {
		t.Error("no conversation has no streams")
	}
}
