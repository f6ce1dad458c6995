package live

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// bubbleWithin is how soon after a packet its row must be there for whoever reads the session.
const bubbleWithin = 150 * time.Millisecond

// await waits until the session fulfils ok, and returns how long that took; the time is generous, the caller judges.
func await(t testing.TB, s *session.Session, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		changed := s.Changed()
		if ok() {
			return time.Since(began)
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("the session does not come to it; it has %+v", s.Counts())
		}
	}
}

// TestSessionFollows has a session follow a capture on loopback: rows come at once, sides are right, and who has not closed
// yet is open.
func TestSessionFollows(t *testing.T) {
	tool := capturing(t)
	port := echo(t)
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port)})
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	over := make(chan error, 1)
	go func() { over <- s.Run(context.Background()) }()

	c := say(t, port, "hello")
	await(t, s, func() bool { return s.Counts().Segments >= 7 })
	conn := s.Connection(0)
	if got := c.LocalAddr().String(); conn.Client.String() != got || conn.ClientGuessed || int(conn.Server.Port()) != port {
		t.Errorf("client %s, server %s, but the client is %s", conn.Client, conn.Server, got)
	}
	if conn.Ending != tcp.StillOpen {
		t.Errorf("a connection that goes on has ended: %v", conn.Ending)
	}
	before, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	held := before.Len()

	// On a busy machine a round may be late for reasons of its own: then it is measured again.
	var took []time.Duration
	for range 3 {
		if took = rows(t, s, c); took[len(took)-1] <= bubbleWithin {
			break
		}
	}
	t.Logf("from the packet to the row: %v in the middle, %v at most", took[len(took)/2], took[len(took)-1])
	if late := took[len(took)-1]; late > bubbleWithin {
		t.Errorf("rows come %v after their packet, later than %v: %v", late, bubbleWithin, took)
	}
	if before.Len() != held {
		t.Error("a view has changed while the capture grew")
	}
	c.Close()
	await(t, s, func() bool { return s.Connection(0).Ending == tcp.Orderly })
	r.Stop()
	if err := <-over; err != nil {
		t.Errorf("the session of a capture that was stopped ends with %v", err)
	}
	v, err := s.View(0)
	if err != nil || uint64(v.Len()) != r.State().Packets {
		t.Errorf("%d segments of %d packets, %v: each must be there once", v.Len(), r.State().Packets, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// rows sends packets one after the other over c, and returns how long each took to become a row, in ascending order.
func rows(t *testing.T, s *session.Session, c net.Conn) (took []time.Duration) {
	t.Helper()
	for i := range 10 {
		n := s.Connection(0).Bytes
		if _, err := fmt.Fprintf(c, "%04d", i); err != nil {
			t.Fatal(err)
		}
		took = append(took, await(t, s, func() bool { return s.Connection(0).Bytes[flow.ClientToServer] >= n[flow.ClientToServer]+4 }))
		if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		await(t, s, func() bool { return s.Connection(0).Bytes[flow.ServerToClient] >= n[flow.ServerToClient]+4 })
	}
	slices.Sort(took)
	return took
}

// TestOpenAtTheEnd ends a capture while connections go on: they are open, and a handshake without an answer is one.
func TestOpenAtTheEnd(t *testing.T) {
	tool := capturing(t)
	port := echo(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") // refuses after it is closed
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	l.Close()
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d or tcp port %s", port, refused[len("127.0.0.1:"):])})
	say(t, port, "hello")
	if _, err := net.Dial("tcp", refused); err == nil {
		t.Skip("somebody else took the port")
	}
	until(t, r, "both conversations", func(s State) bool { return s.Packets >= 9 })
	r.Stop()
	<-r.Done()
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if one, two := s.Connection(0).Ending, s.Connection(1).Ending; one != tcp.StillOpen || two != tcp.Refused {
		t.Errorf("endings %v and %v, not open and refused", one, two)
	}
}
