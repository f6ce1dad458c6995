package diagnose

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Waiting says what a silence between two segments was about.
type Waiting uint8

// The reasons, as far as the segments show them.
const (
	Idle        Waiting = iota // nothing outstanding: nobody has anything to say
	NotShown                   // the capture lacks what would tell
	ForAnswer                  // a SYN is out, nobody answered yet
	ForConfirm                 // SYN-ACK is out, the third handshake packet is missing
	Unheard                    // the client believes to be connected, the server still lacks the third packet
	ForAck                     // data or FIN is out, unacknowledged
	ForWindow                  // the window is closed
	ForReply                   // a request was delivered, the other program has not answered yet
	ForLife                    // a keep-alive probe is out, unanswered
	ForClose                   // one side has closed, the other not yet
	Over                       // for one side the connection does not exist any more
	SendsAgain                 // data or FIN is out, unacknowledged, until a timer makes the sender send it again
	HoldsAck                   // the receiver delays its acknowledgment: the network alone would not take so long
	AsksRoom                   // the window is closed, until the persist timer makes the sender ask
	AsksLife                   // nothing outstanding, until the keep-alive timer makes one side ask
	Unsure                     // a request is out, its answer is its first acknowledgment: network or program, nothing tells
	Pausing                    // one side stops in the middle of a message: see timeline, which knows messages
	NoRequest                  // everything is answered, and the side that asks has nothing to ask: see timeline
	NumWaitings = iota
)

// lookBack bounds the search for what came before a silence.
const lookBack = 64

// Silence says who waited for what between segments i-1 and i of v. The side is the one that waits; for Over it is the one
// that has no connection any more.
func Silence(v *session.View, ms []Moment, i int) (Waiting, flow.Direction) {
	before, after := v.At(i-1), v.At(i)
	d := after.Dir()
	if w, by, ok := opening(ms[i], d); ok {
		return w, by
	}
	if v.Conn.Packets[0] == 0 || v.Conn.Packets[1] == 0 || after.Labels.Any(tcp.LostSegment|tcp.AckLostSegment) {
		return NotShown, d
	}
	if closed, ok := closedWindow(v, i); ok {
		if ms[i] == AskRoom {
			return AsksRoom, d
		}
		return ForWindow, closed.Reverse()
	}
	if w, ok := resent(after, ms[i]); ok {
		return w, d
	}
	server := before.States[flow.ServerToClient]
	switch {
	case server.State() == tcp.SynReceived && before.States[flow.ClientToServer].State() == tcp.Established && unheard(v, ms, i):
		return Unheard, flow.ServerToClient
	case ms[i-1] == AskAlive || ms[i-1] == AskAliveAgain:
		return ForLife, before.Dir()
	case ms[i] == AskAlive:
		return AsksLife, d
	}
	if w, by, ok := closing(before, ms[i]); ok {
		return w, by
	}
	return pending(v, i)
}

// resent tells what a segment that is sent again was sent for.
func resent(r *session.Record, m Moment) (Waiting, bool) {
	switch {
	case r.Labels.Has(tcp.FastRetransmission):
		return ForAck, true
	case m == CloseAgain, r.Labels.Has(tcp.Retransmission) && !r.Labels.Has(tcp.SpuriousRetransmission):
		return SendsAgain, true
	}
	return Idle, false
}

// opening tells silences in a handshake from what ended them.
func opening(m Moment, d flow.Direction) (Waiting, flow.Direction, bool) {
	switch m {
	case AskAgain, AskUnheard:
		return ForAnswer, d, true
	case Agree, Refuse, AgreeCrossing:
		return ForAnswer, d.Reverse(), true
	case AgreeAgain, AgreeUnheard:
		return ForConfirm, d, true
	case Confirm:
		return ForConfirm, d.Reverse(), true
	default:
		return Idle, d, false
	}
}

// unheard reports that a SYN-ACK was sent again shortly before segment i.
func unheard(v *session.View, ms []Moment, i int) bool {
	for j := i - 1; j >= max(0, i-lookBack); j-- {
		if ms[j] == AgreeUnheard {
			return true
		}
	}
	return false
}

// closedWindow finds an end whose last word before segment i is that it has no room.
func closedWindow(v *session.View, i int) (flow.Direction, bool) {
	var seen [2]bool
	for j := i - 1; j >= max(0, i-lookBack); j-- {
		r := v.At(j)
		if seen[r.Dir()] || !r.HasNumbers() {
			continue
		}
		seen[r.Dir()] = true
		if r.Window == 0 && !r.Flags.Any(packet.SYN|packet.RST) {
			return r.Dir(), true
		}
	}
	return 0, false
}

// closing tells silences after a FIN or RST.
func closing(before *session.Record, m Moment) (Waiting, flow.Direction, bool) {
	for d := flow.ClientToServer; d <= flow.ServerToClient; d++ {
		switch s := before.States[d].State(); {
		case s == tcp.TimeWait, s == tcp.Closed && before.States[d.Reverse()].State() != tcp.SynSent:
			return Over, d, true
		case s == tcp.FinWait1 && (m == CloseAck || m == CloseBoth || m == CloseCrossing), s == tcp.LastAck, s == tcp.Closing:
			return ForAck, d, true
		case s == tcp.FinWait1, s == tcp.FinWait2:
			return ForClose, d, true
		}
	}
	return Idle, 0, false
}

// pending looks for the last data before segment i: if the other side speaks next, its program was being waited for.
func pending(v *session.View, i int) (Waiting, flow.Direction) {
	after := v.At(i)
	j := i - 1
	for ; j >= max(0, i-lookBack); j-- {
		r := v.At(j)
		switch {
		case r.Len == 0 || !r.HasNumbers() || r.Labels.Has(tcp.KeepAlive) || r.Flags.Has(packet.RST):
			continue
		case after.Dir() == r.Dir():
			return Idle, after.Dir()
		case after.Len > 0 && acknowledged(v, j, i):
			return ForReply, r.Dir()
		case after.Len > 0:
			return Unsure, r.Dir()
		case after.PureAck() && !acknowledged(v, j, i):
			if heldBack(v, j, i) {
				return HoldsAck, after.Dir()
			}
			return ForAck, r.Dir()
		}
		return Idle, after.Dir()
	}
	if j >= 0 || !v.At(0).Flags.Has(packet.SYN) { // what was said before is out of reach, or was not captured
		return NotShown, after.Dir()
	}
	return Idle, after.Dir()
}

// Bounds of a delayed acknowledgment: stacks begin at 40 ms, and RFC 9293 §3.8.6.3 forbids more than half a second; timers are coarse.
const (
	ackHeldLeast = 30 * time.Millisecond
	ackHeldMost  = 550 * time.Millisecond
	// ackHeldTrips is how many round trips it takes longer than: what the network may take.
	ackHeldTrips = 3
)

// heldBack reports that segment i acknowledges segment j later than the network explains, and no later than a receiver may.
func heldBack(v *session.View, j, i int) bool {
	took, trip := time.Duration(v.At(i).Time-v.At(j).Time), trip(&v.Conn)
	return trip > 0 && took >= ackHeldLeast && took <= ackHeldMost && took > ackHeldTrips*trip
}

// acknowledged reports that segment j was acknowledged before segment i.
func acknowledged(v *session.View, j, i int) bool {
	r := v.At(j)
	for k := j + 1; k < i; k++ {
		if a := v.At(k); a.Dir() != r.Dir() && a.Flags.Has(packet.ACK) && !seqnum.Number(a.Ack).Before(seqnum.Number(r.NextSeq())) {
			return true
		}
	}
	return false
}
