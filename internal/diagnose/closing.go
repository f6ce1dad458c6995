package diagnose

import (
	"slices"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// ClosingClass says how a connection ended. Every connection is in exactly one.
type ClosingClass uint8

// The classes.
const (
	EndedOpen         ClosingClass = iota // the capture ended first
	EndedUnanswered                       // nobody answered the SYN
	EndedRefused                          // RST in answer to the SYN
	EndedInThree                          // FIN; FIN that acknowledges it; ACK
	EndedInFour                           // FIN; its ACK; the other FIN; its ACK
	EndedCrossing                         // both FINs were sent without knowledge of each other
	EndedHalfClosed                       // as in four, but the other side sent data in between
	EndedOneWay                           // one side closed, the other had not when the capture ended
	ResetDelivered                        // RST after everything that was sent had been acknowledged
	ResetMidTransfer                      // RST while bytes were unacknowledged
	ResetUnread                           // RST by the side that received last: its program closed without reading everything
	ResetClosedSocket                     // RST in answer to a packet for which there is no connection (any more)
	ResetClosing                          // RST instead of the second FIN
	ResetIdle                             // RST after a long silence
	ResetKeepAlive                        // RST after keep-alives that nobody answered
	ResetUnused                           // RST before there was any data
	NumClosingClasses = iota
)

// idleSilence is how long nobody must have spoken for a reset to count as one of an idle connection: longer than programs
// think, shorter than the shortest usual idle time-out.
const idleSilence = 10 * time.Second

// Closing is how a connection ended: who ended it, when, in which state.
type Closing struct {
	Class ClosingClass
	// Confidence is below Proven where an equal exchange of packets could have another reason.
	Confidence Confidence
	// By is the side that closed or reset first; the other side for EndedRefused. Without meaning for EndedOpen.
	By flow.Direction
	// Packet is the index in the View of the segment that ended it, the first FIN or the RST, -1 if there is none. Time is
	// its time, or that of the last segment, nanoseconds since 1970.
	Packet int
	Time   int64
	// Frames are the packets that show it, in order, 0 where there are fewer.
	Frames [maxClosingFrames]uint32
	// States are the states of both ends in front of that segment, indexed by flow.Direction.
	States [2]tcp.EndState
	// Unacked are the bytes that each side had sent and that were not acknowledged then, by what was captured; where Packet
	// is -1 or a FIN, at the end of the capture.
	Unacked [2]uint32
	// Silence is the time since the segment before, Probes the keep-alives without answer in front of it.
	Silence time.Duration
	Probes  int
}

const maxClosingFrames = 4

// ClosingOf classifies the end of a connection. It reads every record once.
func ClosingOf(v *session.View) Closing {
	ms := Moments(v)
	c := Closing{Packet: -1, By: v.Conn.EndedBy, Confidence: Proven}
	switch v.Conn.Ending {
	case tcp.NoAnswer:
		c.Class, c.By = EndedUnanswered, flow.ClientToServer
		c.note(v, ms, Ask, AskAgain)
	case tcp.Refused:
		c.Class = EndedRefused
		c.note(v, ms, Ask, Refuse)
		c.at(v, firstReset(v))
	case tcp.Reset:
		c.reset(v, ms)
		return c
	case tcp.Simultaneous:
		c.Class = EndedCrossing
		c.note(v, ms, Close, CloseCrossing, CloseAck, CloseLast)
		c.at(v, firstFin(v))
	case tcp.Orderly:
		c.orderly(v, ms)
	case tcp.HalfClosed:
		c.Class = EndedOneWay
		c.note(v, ms, Close, CloseAck)
		c.at(v, firstFin(v))
	default:
		c.Class = EndedOpen
	}
	c.Unacked = flight(v, v.Len())
	if c.Packet < 0 && v.Len() > 0 {
		c.Time = v.At(v.Len() - 1).Time
		c.States = v.At(v.Len() - 1).States
	}
	return c
}

// at takes segment i as the one that ended the connection.
func (c *Closing) at(v *session.View, i int) {
	if i < 0 {
		return
	}
	r := v.At(i)
	c.Packet, c.Time, c.By = i, r.Time, r.Dir()
	if i > 0 {
		c.States = v.At(i - 1).States
		c.Silence = time.Duration(r.Time - v.At(i-1).Time)
	}
}

// note lists the frames of the first segments with one of the given moments.
func (c *Closing) note(v *session.View, ms []Moment, wanted ...Moment) {
	n := 0
	for i, m := range ms {
		if n < len(c.Frames) && slices.Contains(wanted, m) {
			c.Frames[n] = v.At(i).Frame
			n++
		}
	}
}

func (c *Closing) orderly(v *session.View, ms []Moment) {
	c.note(v, ms, Close, CloseAck, CloseBoth, CloseToo, CloseLast)
	fin := firstFin(v)
	c.at(v, fin)
	c.Class = EndedInFour
	for i, m := range ms {
		if m == CloseBoth {
			c.Class = EndedInThree
		}
		if fin >= 0 && i > fin && sendsOn(v.At(i), v.At(fin)) {
			c.Class = EndedHalfClosed
			return
		}
	}
}

// sendsOn reports that the segment carries data of an end that knew of the other one's FIN.
func sendsOn(r, fin *session.Record) bool {
	return r.HasNumbers() && r.Dir() != fin.Dir() && r.Len > 0 && !r.Labels.Any(tcp.Retransmission|tcp.KeepAlive) &&
		r.Flags.Has(packet.ACK) && !seqnum.Number(r.Ack).Before(seqnum.Number(fin.NextSeq()))
}

func firstFin(v *session.View) int { return firstWith(v, packet.FIN) }

func firstReset(v *session.View) int { return firstWith(v, packet.RST) }

func firstWith(v *session.View, f packet.Flags) int {
	for i := range v.Len() {
		if r := v.At(i); r.HasNumbers() && r.Flags.Has(f) {
			return i
		}
	}
	return -1
}

// reset tells why a connection was reset, from what was said before.
func (c *Closing) reset(v *session.View, ms []Moment) {
	k := firstReset(v)
	c.Class = ResetUnused
	if k < 0 {
		c.Confidence = Ambiguous
		return
	}
	c.at(v, k)
	r := v.At(k)
	c.Unacked = flight(v, k+1)
	c.Frames[0] = r.Frame
	before := past(v, k)
	c.Probes = before.probes
	late := ms[k] == RefuseLate || before.fin[r.Dir()]
	switch {
	case before.probes > 0:
		c.Class = ResetKeepAlive
		c.Frames = [maxClosingFrames]uint32{before.firstProbe, before.lastProbe, r.Frame}
	case k > 0 && answersNothing(r, v.At(k-1)):
		// RFC 9293 §3.10.7.1: only an end without connection answers an ACK with an RST that has none.
		c.Class = ResetClosedSocket
		c.Frames = [maxClosingFrames]uint32{v.At(k - 1).Frame, r.Frame}
		if !late {
			c.Confidence = Likely // a device on the way can do the same
		}
	case c.Unacked != [2]uint32{}:
		c.Class = ResetMidTransfer
		c.Frames = [maxClosingFrames]uint32{before.lastDataFrame, r.Frame}
	case before.fin != [2]bool{} && before.data != [2]bool{true, true}:
		c.Class = ResetClosing
	case c.Silence >= idleSilence:
		c.Class = ResetIdle
	case before.data == [2]bool{}:
		c.Class = ResetUnused
	case before.fin == [2]bool{} && before.lastData != r.Dir():
		c.Class, c.Confidence = ResetUnread, Likely
		c.Frames = [maxClosingFrames]uint32{before.lastDataFrame, r.Frame}
	default:
		c.Class = ResetDelivered
		c.Frames = [maxClosingFrames]uint32{before.lastDataFrame, r.Frame}
	}
}

// answersNothing reports an RST as an end without connection sends it in answer to the segment before.
func answersNothing(r, before *session.Record) bool {
	return !r.Flags.Has(packet.ACK) && before.Dir() != r.Dir() && before.Flags.Has(packet.ACK) && r.Seq == before.Ack
}

// history is what a reset looks back on.
type history struct {
	fin, data             [2]bool
	lastData              flow.Direction
	lastDataFrame         uint32
	probes                int
	firstProbe, lastProbe uint32
}

// past sums up the segments before segment k. probes are the keep-alives of k's sender since the other end last spoke.
func past(v *session.View, k int) history {
	var h history
	by := v.At(k).Dir()
	for i := range k {
		r := v.At(i)
		if !r.HasNumbers() {
			continue
		}
		d := r.Dir()
		if r.Flags.Has(packet.FIN) {
			h.fin[d] = true
		}
		switch {
		case d != by:
			h.probes = 0
		case r.Labels.Has(tcp.KeepAlive):
			if h.probes == 0 {
				h.firstProbe = r.Frame
			}
			h.probes++
			h.lastProbe = r.Frame
		}
		if r.Len > 0 && !r.Labels.Any(tcp.KeepAlive|tcp.ZeroWindowProbe) {
			h.data[d], h.lastData, h.lastDataFrame = true, d, r.Frame
		}
	}
	return h
}

// Unacked returns the bytes that each end sent and that were not acknowledged, by what was captured. It reads every record once.
func Unacked(v *session.View) [2]uint32 { return flight(v, v.Len()) }

// flight returns the bytes that each end sent in the first n segments and that were not acknowledged in them.
func flight(v *session.View, n int) (unacked [2]uint32) {
	var f inFlight
	for i := range n {
		f.add(v.At(i))
	}
	return f.bytes()
}

// inFlight counts bytes that are not acknowledged, by who sent them.
type inFlight struct {
	sent, acked       [2]seqnum.Number
	hasSent, hasAcked [2]bool
}

func (f *inFlight) add(r *session.Record) {
	if !r.HasNumbers() {
		return
	}
	d, o := r.Dir(), r.Dir().Reverse()
	if end := seqnum.Number(r.Seq + r.Len); r.Len > 0 && (!f.hasSent[d] || end.After(f.sent[d])) {
		f.sent[d], f.hasSent[d] = end, true
	}
	if ack := seqnum.Number(r.Ack); r.Flags.Has(packet.ACK) && (!f.hasAcked[o] || ack.After(f.acked[o])) {
		f.acked[o], f.hasAcked[o] = ack, true
	}
}

func (f *inFlight) bytes() (unacked [2]uint32) {
	for d := range unacked {
		if f.hasSent[d] && f.hasAcked[d] && f.sent[d].After(f.acked[d]) {
			unacked[d] = f.sent[d].Distance(f.acked[d])
		}
	}
	return unacked
}
