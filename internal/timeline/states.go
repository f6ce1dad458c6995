package timeline

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// EndPath is where one end stands in the state diagram of RFC 9293 §3.3.2, and how it came there.
type EndPath struct {
	// Now is the state after the packet, Before the one it came from; they are the same where the packet changed nothing.
	Now    tcp.EndState
	Before tcp.State
	// Since is the packet, as an index of the connection, that led to Now; -1 if it was so from the start.
	Since int
	// Visited has a bit for each state that this end was in so far.
	Visited uint16
}

// Was reports that the end was in a state so far.
func (p *EndPath) Was(s tcp.State) bool { return p.Visited&(1<<s) != 0 }

// passed are states that an end goes through from one to another with a single segment, without one that would show it: a FIN that
// acknowledges the other's FIN, and a FIN whose ACK completes the handshake.
var passed = map[[2]tcp.State]tcp.State{
	{tcp.Established, tcp.LastAck}:   tcp.CloseWait,
	{tcp.SynReceived, tcp.CloseWait}: tcp.Established,
}

// pathReach is how many packets before the present one a path is traced back, some milliseconds.
const pathReach = 200_000

// StatePaths returns the paths of both ends up to packet i of a connection.
func StatePaths(v *session.View, i int) [2]EndPath {
	var paths [2]EndPath
	for d := range paths {
		paths[d].Since = -1
	}
	if i < 0 || i >= v.Len() {
		return paths
	}
	for d := range paths {
		p := &paths[d]
		p.enter(beginning(v, flow.Direction(d)), -1)
		p.Before = p.Now.State()
	}
	for k := max(0, i-pathReach); k <= i; k++ {
		for d, now := range v.States(k) {
			if p := &paths[d]; now.State() != p.Now.State() {
				p.Before = p.Now.State()
				if s, ok := passed[[2]tcp.State{p.Before, now.State()}]; ok {
					p.Before = s
					p.Visited |= 1 << s
				}
				p.enter(now, k)
			} else {
				p.Now = now
			}
		}
	}
	return paths
}

func (p *EndPath) enter(s tcp.EndState, at int) {
	p.Now, p.Since = s, at
	p.Visited |= 1 << s.State()
}

// beginning is the state of an end before its connection's first packet: a handshake that was captured began with a client that had
// no connection and a server that listened.
func beginning(v *session.View, d flow.Direction) tcp.EndState {
	switch {
	case v.Conn.Completeness&1 == 0: // no SYN
		return tcp.Inferred(tcp.Unknown)
	case d == flow.ClientToServer:
		return tcp.Proven(tcp.Closed)
	}
	return v.Unheard()
}

// FieldToSee is the field of packet i that a reader should look at, by its name in package packet.
func FieldToSee(v *session.View, i int) string {
	r := v.At(i)
	changed := i == 0
	for d, now := range v.States(i) {
		changed = changed || now.State() != v.States(i - 1)[d].State()
	}
	switch {
	case r.Shown().Any(tcp.ZeroWindow | tcp.WindowUpdate | tcp.WindowFull):
		return "tcp.window_size_value"
	case r.Shown().Any(tcp.DuplicateAck | tcp.KeepAliveAck | tcp.AckLostSegment):
		return "tcp.ack"
	case r.Shown() != 0:
		return "tcp.seq"
	case changed:
		return "tcp.flags"
	case r.Len > 0:
		return "tcp.seq"
	case r.PureAck():
		return "tcp.ack"
	}
	return "tcp.flags"
}
