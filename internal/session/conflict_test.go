package session

import (
	"context"
	"slices"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

// again sends text as if it had not been sent yet: back bytes earlier than what comes next.
func (k *talk) again(from int, back uint32, text string) {
	next := k.seq[from]
	k.seq[from] -= back
	k.data(from, text)
	k.seq[from] = next
}

func conflictsOf(t *testing.T, b *builder) []Conflict {
	t.Helper()
	s := ran(t, b.capture(t))
	talk, err := s.Conversation(context.Background(), viewOf(t, s, 0))
	if err != nil {
		t.Fatal(err)
	}
	return talk.Conflicts
}

func TestConflicts(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "GET /a HTTP/1.0\r\n")          // 3
	k.data(0, "Host: one\r\n")                // 4
	k.again(0, 28, "GET /a HTTP/1.0\r\nHost") // 5: the same, of two packets
	k.again(0, 28, "GET /b HTTP/1.0\r\nH0st") // 6: another path, and another name
	k.seq[0] += 4                             // a hole
	k.data(0, "tail")                         // 7 waits
	k.again(0, 4, "TAIL")                     // 8
	got := conflictsOf(t, b)
	want := []Conflict{
		{First: 3, Again: 6, Dir: flow.ClientToServer, Seq: 6, Bytes: 1},
		{First: 4, Again: 6, Dir: flow.ClientToServer, Seq: 19, Bytes: 1},
		{First: 7, Again: 8, Dir: flow.ClientToServer, Seq: 33, Bytes: 4},
	}
	if !slices.Equal(got, want) {
		t.Errorf(" got %+v\nwant %+v", got, want)
	}
}

func TestKeepAliveIsNoConflict(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "hello")
	k.send(1, packet.ACK, "")
	next := k.seq[0]
	k.seq[0]--
	k.send(0, packet.ACK, "\x00")
	k.seq[0] = next
	k.send(1, packet.ACK, "")
	if got := conflictsOf(t, b); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestConflictsAreBounded(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "hello")
	for range maxConflicts + 10 {
		k.again(0, 5, "HELLO")
	}
	if got := conflictsOf(t, b); len(got) != maxConflicts {
		t.Errorf("%d conflicts are kept", len(got))
	}
}
