package tcp

import (
	"net/netip"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/seqnum"
)

// Known is what is known of a connection whose first packets another Tracker has seen: who opened it, when, from which numbers
// it counts, and what its handshake agreed on. With it a capture that begins in its middle shows it as before.
type Known struct {
	Client, Server netip.AddrPort
	ClientGuessed  bool
	FirstFrom      flow.Direction
	// FirstTime is that of the connection's first segment.
	FirstTime    int64
	InitialRTT   time.Duration
	Completeness uint8
	// Ending, EndedBy and EndFrame are those of Connection: of the latest segment, and only of use if EndFrame is gone as well.
	Ending   Ending
	EndedBy  flow.Direction
	EndFrame uint32
	crossed  bool
	ends     [2]knownEnd
	// Reached is how far it had come when the capture begins: see Until.
	Reached Reached
}

// knownEnd is what is known of one end.
type knownEnd struct {
	base    seqnum.Number
	hasBase bool
	scale   int8
	asked   bool
}

// Reached is how far a connection had come with the last segment before the capture begins.
type Reached struct {
	// Frame and Time are those of that segment, States those that it left the ends in.
	Frame  uint32
	Time   int64
	States [2]EndState
	// Proven are the last states that the capture proved.
	Proven [2]State
	// Ends are indexed by sender.
	Ends [2]ReachedEnd
	// Unheard says that a SYN,ACK came again after it had been acknowledged.
	Unheard bool
}

// ReachedEnd is how far an end had come, in relative numbers.
type ReachedEnd struct {
	// Sent says that it sent something, up to Next in segment Frame at Time.
	Sent  bool
	Next  uint32
	Frame uint32
	Time  int64
	// Acked says that it acknowledged something, at most Ack. FIN says that it sent one, up to FINNext.
	Acked   bool
	Ack     uint32
	FIN     bool
	FINNext uint32
}

// Known returns what is known of a connection by now, without Reached.
func (t *Tracker) Known(stream int) Known {
	c := t.table.at(stream)
	k := Known{
		Client: c.Client, Server: c.Server, ClientGuessed: c.ClientGuessed, FirstFrom: c.FirstFrom, FirstTime: c.FirstTime,
		InitialRTT: c.InitialRTT, Completeness: c.Completeness,
		Ending: c.Ending, EndedBy: c.EndedBy, EndFrame: c.EndFrame, crossed: c.crossed,
	}
	for i := range k.ends {
		e := &c.ends[i]
		k.ends[i] = knownEnd{base: e.base, hasBase: e.hasBase, scale: e.scale, asked: e.asked}
	}
	return k
}

// Until says how far the connection had come when the capture begins. An end of the connection behind that is taken back: it will be
// seen again.
func (k *Known) Until(r Reached) {
	k.Reached = r
	if k.EndFrame > r.Frame {
		k.Ending, k.EndedBy, k.EndFrame, k.crossed = StillOpen, 0, 0, false
		k.Completeness &^= completeFin | completeRst
	}
}

// Continue gives a connection that goes on the next number, unless its endpoints have one, and reports that it did. It counts
// no packet for it.
func (t *Tracker) Continue(k *Known) bool {
	if t.table.find(k.Client, k.Server) != nil {
		return false
	}
	c := t.table.add(k.Client, k.Server)
	c.ClientGuessed, c.FirstFrom, c.nodeKnown = k.ClientGuessed, k.FirstFrom, true
	c.FirstTime, c.LastTime, c.InitialRTT, c.Completeness = k.FirstTime, k.Reached.Time, k.InitialRTT, k.Completeness
	c.Ending, c.EndedBy, c.EndFrame, c.crossed, c.unheard = k.Ending, k.EndedBy, k.EndFrame, k.crossed, k.Reached.Unheard
	for i := range c.ends {
		e, was, r := &c.ends[i], &k.ends[i], &k.Reached.Ends[i]
		e.init()
		e.base, e.hasBase, e.scale, e.asked = was.base, was.hasBase, was.scale, was.asked
		if r.Sent {
			e.nextSeq, e.nextFrame, e.nextTime = was.base.Add(r.Next), r.Frame, r.Time
			e.maxAckable = e.nextSeq
		}
		if r.Acked {
			e.hasAcked, e.acked = true, k.ends[i^1].base.Add(r.Ack)
			e.lastAck, e.lastTime = e.acked, r.Time
		}
		if r.FIN {
			e.finSent, e.finNext = true, was.base.Add(r.FINNext)
		}
	}
	c.States, c.proven = k.Reached.States, k.Reached.Proven
	return true
}
