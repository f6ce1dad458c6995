package app

import (
	"testing"

	"tcptalk/internal/flow"
)

func TestSwapSides(t *testing.T) {
	a, h, c := mixedCapture(t)
	if a.SelectConnection(1); c.View.Conn.Client.Port() != 1002 || c.View.At(0).Dir() != flow.ClientToServer {
		t.Fatalf("%+v", c.View.Conn)
	}
	h.changes = 0
	a.SwapSides(1)
	if c.View.Conn.Client.Port() != 80 || c.View.At(0).Dir() != flow.ServerToClient || h.changes&(ChatChanged|ConnectionsChanged) != ChatChanged|ConnectionsChanged {
		t.Errorf("%+v, changes %b", c.View.Conn, h.changes)
	}
	h.until("it is decoded", func() bool { return c.Talk != nil })
	a.SwapSides(0) // not the one that is shown
	if c.Stream != 1 || c.Session.Connection(0).Client.Port() != 80 {
		t.Errorf("connection %d is shown, %+v", c.Stream, c.Session.Connection(0))
	}
	if a.SwapSides(1); c.View.Conn.Client.Port() != 1002 {
		t.Errorf("they do not go back: %+v", c.View.Conn)
	}
	a.SwapSides(9)
}
