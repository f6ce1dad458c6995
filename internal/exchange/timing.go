package exchange

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// measure fills in what the packets' times say.
func (b *builder) measure(x *Exchange, first bool) {
	t := &x.Timing
	*t = Timing{Connect: Unknown, TLS: x.secured, Send: Unknown, Wait: Unknown, Receive: Unknown, Total: Unknown}
	if first {
		t.Connect = Handshake(b.v)
	}
	q, r := x.Request, x.Response
	if q != nil {
		t.Send = between(q.Start, q.End)
		t.Total = t.Send
	}
	if r != nil {
		t.Receive = between(r.Start, r.End)
	}
	if q == nil || r == nil {
		return
	}
	t.Wait = between(q.End, r.Start)
	if t.Early = r.First < q.Last; t.Early {
		t.Wait = 0
	}
	t.Total = between(q.Start, max(q.End, r.End))
}

// between returns the time from one packet to another, Unknown if the clock went back.
func between(from, to int64) time.Duration {
	if to < from {
		return Unknown
	}
	return time.Duration(to - from)
}

// Handshake returns how long the client waited for the connection: from its first SYN to its ACK of the answer.
func Handshake(v *session.View) time.Duration {
	const most = 1000 // segments; a handshake is over long before, however often it is sent again
	start, answered := int64(-1), false
	for i := range min(v.Len(), most) {
		r := v.At(i)
		fromClient := r.Dir() == flow.ClientToServer
		switch syn, ack := r.Flags.Has(packet.SYN), r.Flags.Has(packet.ACK); {
		case fromClient && syn && !ack && start < 0:
			start = r.Time
		case !fromClient && syn && ack:
			answered = true
		case fromClient && ack && !syn && answered && start >= 0:
			return between(start, r.Time)
		}
	}
	return Unknown
}
