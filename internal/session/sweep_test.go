package session

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/tcp"
)

// threeTalks are two connections with data and one without.
func threeTalks(t testing.TB) *Session {
	b := newBuilder(t)
	for i := range 3 {
		if k := b.talk(t, i).handshake(); i != 1 {
			k.data(0, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		}
	}
	return ran(t, b.capture(t))
}

func TestSweep(t *testing.T) {
	s := threeTalks(t)
	var seen, progress string
	note := func(done, total int) { progress += fmt.Sprintf("%d/%d ", done, total) }
	err := s.Sweep(context.Background(), nil, note, func(v *View) error {
		seen += fmt.Sprintf("%d ", v.Conn.Stream)
		return nil
	})
	if err != nil || seen != "0 2 " || progress != "1/3 2/3 3/3 " {
		t.Errorf("saw %q, progress %q, %v", seen, progress, err)
	}
	seen = ""
	err = s.Sweep(context.Background(), func(c *tcp.Connection) bool { return c.Stream == 2 }, nil, func(v *View) error {
		seen += fmt.Sprintf("%d ", v.Conn.Stream)
		return nil
	})
	if err != nil || seen != "2 " {
		t.Errorf("picked %q, %v", seen, err)
	}
}

func TestSweepEnds(t *testing.T) {
	s := threeTalks(t)
	broken := errors.New("broken")
	if err := s.Sweep(context.Background(), nil, nil, func(*View) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	err := s.Sweep(ctx, nil, nil, func(*View) error { calls++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestDecodeAs(t *testing.T) {
	s := threeTalks(t)
	protocol := func(stream int) string {
		talk, err := s.Conversation(context.Background(), viewOf(t, s, stream))
		if err != nil {
			t.Fatal(err)
		}
		return talk.Protocol
	}
	s.SetDecodeAs([]DecodeAs{{Protocol: http2.Name, Stream: 2}})
	if a, b := protocol(0), protocol(2); a != http1.Name || b != http2.Name {
		t.Errorf("one connection told: %q and %q", a, b)
	}
	s.SetDecodeAs([]DecodeAs{{Protocol: http2.Name, Stream: -1, Port: 80}})
	if a, b := protocol(0), s.Protocol(2); a != http2.Name || b != http2.Name {
		t.Errorf("a port told: %q and %q", a, b)
	}
	s.SetDecodeAs(nil)
	if a := s.Protocol(0); a != http1.Name {
		t.Errorf("no rule: %q", a)
	}
}
