package session

import (
	"context"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

func TestTheEndsOfAGuessedConnectionChangePlaces(t *testing.T) {
	b := newBuilder(t)
	guessed, known := b.talk(t, 0), b.talk(t, 1)
	guessed.server, guessed.port = 4000, 9000 // the lower port is taken for the server's, and is not
	guessed.data(1, "GET / HTTP/1.1\r\nHost: swapped.example\r\n\r\n")
	guessed.data(0, "HTTP/1.1 204 No Content\r\n\r\n")
	guessed.send(0, packet.FIN|packet.ACK, "")
	known.handshake()
	s := ran(t, b.capture(t))
	before, err := s.View(0)
	if err != nil || before.At(0).Dir() != flow.ServerToClient {
		t.Fatal("the guess is right", err)
	}
	if s.SetSwapped(1, true) || s.SetSwapped(2, true) || s.SetSwapped(-1, true) || s.SetSwapped(0, false) {
		t.Error("a connection with a handshake, one that is not there, or one as it was has changed")
	}
	old := s.Index()
	if !s.SetSwapped(0, true) || !s.Swapped(0) || s.Swapped(1) {
		t.Fatal("the ends did not change places")
	}
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	if v.Conn.Server.Port() != 4000 && v.Conn.Client.Port() != 4000 || v.Conn.Client != before.Conn.Server || v.Conn.EndedBy == before.Conn.EndedBy {
		t.Errorf("%+v", v.Conn)
	}
	x := s.Index()
	for i := range v.Len() {
		r, was := v.At(i), before.At(i)
		if r.Dir() != was.Dir().Reverse() || r.States[0] != was.States[1] || r.Seq != was.Seq || r.Frame != was.Frame || r.Flags != was.Flags {
			t.Errorf("packet %d: %+v", i, r)
		}
		if p, err := v.Payload(i); err != nil || len(p) != int(r.Len) {
			t.Errorf("payload of packet %d: %q, %v", i, p, err)
		}
		if x.At(i).Dir() != r.Dir() || old.At(i).Dir() != was.Dir() {
			t.Errorf("packet %d in the index", i)
		}
	}
	n := 0
	x.Records(0, func(i int, r *Record) bool {
		n++
		return r.Dir() == v.At(i).Dir()
	})
	if n != v.Len() || x.Connection(0).Client != v.Conn.Client || old.Connection(0).Client != before.Conn.Client || s.Connection(0).Client != v.Conn.Client {
		t.Errorf("%d records, index and session differ from the view", n)
	}
	s.EachConnection(0, func(c *tcp.Connection) bool {
		if c.Stream == 0 && c.Client != v.Conn.Client || c.Stream == 1 && c.ClientGuessed {
			t.Errorf("%+v", c)
		}
		return true
	})
	if name := s.ServerName(0); name != "swapped.example" {
		t.Errorf("the server is called %q", name)
	}
	talk, err := s.Conversation(context.Background(), v)
	if err != nil || len(talk.Messages) != 2 || talk.Messages[0].Dir != flow.ClientToServer {
		t.Errorf("%+v, %v", talk, err)
	}
	if !s.SetSwapped(0, false) || s.Connection(0).Client != before.Conn.Client {
		t.Error("the ends do not go back")
	}
}
