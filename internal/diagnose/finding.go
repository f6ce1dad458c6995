// Package diagnose finds out what happened on a connection, with the packets that show it.
//
// It works on a session.View, computes facts and codes, and leaves words to package narrate. Moments gives every segment
// its part in the life of the connection, Silence says who waited for whom, Connection gathers the findings. None of them
// claims more than the segments show: what a finding says about programs and networks is worded as the likely reason.
package diagnose

import (
	"slices"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Severity says how bad a finding is, mildest first.
type Severity uint8

// The severities.
const (
	Info Severity = iota
	OK
	Warn
	Fail
)

// Code names a finding.
type Code uint8

// The findings.
const (
	HandshakeDone        Code = iota // frames: SYN, SYN-ACK, ACK; Time: from the first SYN to the last of them
	HandshakeCrossing                // both sides sent a SYN; frames: the handshake
	HandshakeUnfinished              // the server never took part; frames: the repeated SYN-ACKs; Count of them
	HandshakeLate                    // the server repeated its SYN-ACK Count times before it took part, Time after the first; frames: those
	HandshakeNoAnswer                // frames: the SYNs; Count of them; Time from the first to the last
	HandshakeRefused                 // frames: SYN, RST
	HandshakeDeclined                // RST by By instead of the third packet; frames: SYN, SYN-ACK, RST
	HandshakeUnconfirmed             // the third packet never came; frames: the SYN-ACKs; Count of them
	HandshakePartial                 // some of its packets are missing in the capture
	HandshakeUnseen                  // the capture began later
	QuotedOnly                       // known only from headers quoted in ICMP errors
	OneSided                         // only By's packets were captured
	ClosedInOrder                    // frames: FINs and their ACKs; Count segments it took; By closed first
	ClosedCrossing                   // both closed at the same time
	ClosedHalf                       // only By closed
	ClosedOneSided                   // By closed; the other side's packets were not captured; frames: the FIN
	ClosedUnheard                    // By's FIN was never acknowledged; frames: the FINs; Count of them
	ClosedByReset                    // frames: the RSTs; By sent the first one
	NotClosed                        // the capture ended first
	Silent                           // By did not answer Count segments in a row for Time; frames: those
	SentAgain                        // Count segments sent again; By the side that sent most of them; All: none by the other side
	NothingSentAgain
	RoundTrip    // Time: smallest RTT, Mean: average, 0 if retransmissions distort it; Count of measurements
	WindowClosed // Count zero windows announced by By
	WindowFilled // Count segments that filled the window of By, which never closed
	StillThere   // Count keep-alive probes; By the side that sent most of them; All: none by the other side
	NumCodes     = iota
)

// Finding is one thing worth knowing about a connection.
type Finding struct {
	Code     Code
	Severity Severity
	By       flow.Direction
	Count    int
	// All says that the other side has no part in Count.
	All bool
	// Time and Mean are durations that belong to the finding.
	Time, Mean time.Duration
	// Frames are the packets that show it, at most maxEvidence.
	Frames []uint32
}

// maxEvidence bounds the packets listed for one finding: a person follows a handful.
const maxEvidence = 8

// Connection returns the findings about a connection: how it began, how it ended, then what went wrong, worst first. ms are
// its moments.
func Connection(v *session.View, ms []Moment) []Finding {
	if v.Len() == 0 {
		return []Finding{{Code: QuotedOnly, Severity: Warn}}
	}
	st := story{v: v, ms: ms}
	for i, m := range ms {
		if m != Nothing {
			st.parts = append(st.parts, i)
		}
	}
	begin := st.beginning()
	fs := []Finding{begin}
	if by, ok := oneSided(v); ok {
		fs = append(fs, Finding{Code: OneSided, Severity: Warn, By: by})
	}
	switch begin.Code {
	case HandshakeRefused, HandshakeNoAnswer, HandshakeDeclined, HandshakeUnconfirmed:
		return fs // there was nothing to end, and nothing to send again but the question
	default:
		return append(append(fs, st.ending()), troubles(v, ms)...)
	}
}

// oneSided reports that only one side's packets were captured although it was answered.
func oneSided(v *session.View) (flow.Direction, bool) {
	if v.Conn.Packets[0] > 0 && v.Conn.Packets[1] > 0 || v.Conn.Ending == tcp.NoAnswer {
		return 0, false
	}
	by := v.At(0).Dir()
	for i := range v.Len() {
		if v.At(i).Ack > 0 { // an acknowledgment of something that is not here
			return by, true
		}
	}
	return by, false
}

// story is a connection with the segments that have a part in its life, which are few in a long one.
type story struct {
	v     *session.View
	ms    []Moment
	parts []int
}

// evidence collects the frames of the segments with one of the given moments.
func (st *story) evidence(wanted ...Moment) (frames []uint32, count int, span time.Duration) {
	var first, last int64
	for _, i := range st.parts {
		if !slices.Contains(wanted, st.ms[i]) {
			continue
		}
		r := st.v.At(i)
		if count == 0 {
			first = r.Time
		}
		last = r.Time
		count++
		if len(frames) < maxEvidence {
			frames = append(frames, r.Frame)
		}
	}
	return frames, count, time.Duration(last - first)
}

// has reports that some segment has moment m.
func (st *story) has(m Moment) bool {
	return slices.ContainsFunc(st.parts, func(i int) bool { return st.ms[i] == m })
}

func (st *story) beginning() Finding {
	v := st.v
	if frames, n, _ := st.evidence(AgreeUnheard); n > 0 {
		f := Finding{Code: HandshakeUnfinished, Severity: Fail, By: flow.ServerToClient, Count: n, Frames: frames}
		if st.serverWentOn() {
			_, _, took := st.evidence(Agree, HeardAtLast)
			f.Code, f.Severity, f.Time = HandshakeLate, Warn, took
		}
		return f
	}
	if frames, n, _ := st.evidence(Ask, AskAgain, Refuse); n > 1 && v.Conn.Ending == tcp.Refused {
		return Finding{Code: HandshakeRefused, Severity: Fail, By: flow.ServerToClient, Count: n, Frames: frames}
	}
	asks, asked, span := st.evidence(Ask, AskAgain, AskUnheard)
	if v.Conn.Ending == tcp.NoAnswer {
		return Finding{Code: HandshakeNoAnswer, Severity: Fail, Count: asked, Time: span, Frames: asks}
	}
	if frames, n, _ := st.evidence(Ask, Agree, Decline); n > 2 && v.Conn.Ending == tcp.Reset && st.has(Decline) {
		return Finding{Code: HandshakeDeclined, By: flow.ClientToServer, Count: n, Frames: frames}
	}
	if st.has(AskToo) {
		frames, n, t := st.evidence(Ask, AskToo, AgreeCrossing, ConfirmCrossing)
		return Finding{Code: HandshakeCrossing, Severity: OK, Count: n, Time: t, Frames: frames}
	}
	frames, n, took := st.evidence(Ask, Agree, Confirm)
	switch {
	case n >= 3:
		return Finding{Code: HandshakeDone, Severity: OK, Count: n, Time: took, Frames: frames}
	case n == 2 && !confirmed(v):
		frames, n, took = st.evidence(Agree, AgreeAgain)
		return Finding{Code: HandshakeUnconfirmed, Severity: Fail, Count: n, Time: took, Frames: frames}
	case n > 0:
		return Finding{Code: HandshakePartial, Count: n, Frames: frames}
	}
	return Finding{Code: HandshakeUnseen, Severity: Info}
}

// confirmed reports that the client acknowledged anything, or that the server behaved as if it had.
func confirmed(v *session.View) bool {
	for i := range v.Len() {
		r := v.At(i)
		if r.Flags.Has(packet.ACK) && !r.Flags.Any(packet.SYN|packet.RST) {
			return true
		}
	}
	return false
}

// serverWentOn reports that the server took part in the connection after it had repeated its SYN-ACK.
func (st *story) serverWentOn() bool {
	for _, i := range st.parts {
		m, fromServer := st.ms[i], st.v.At(i).Dir() == flow.ServerToClient
		if m == HeardAtLast || fromServer && (m == Close || m == CloseToo || m == CloseBoth) {
			return true
		}
	}
	return st.v.Conn.Payload[flow.ServerToClient] > 0
}

func (st *story) ending() Finding {
	v := st.v
	f := Finding{By: v.Conn.EndedBy}
	switch v.Conn.Ending {
	case tcp.Orderly:
		f.Code, f.Severity = ClosedInOrder, OK
		f.Frames, f.Count, _ = st.evidence(Close, CloseAck, CloseAckHeard, CloseBoth, CloseToo, CloseCrossing, CloseAckCrossing, CloseLast)
	case tcp.Simultaneous:
		f.Code, f.Severity = ClosedCrossing, OK
		f.Frames, f.Count, _ = st.evidence(Close, CloseCrossing, CloseAck, CloseAckCrossing, CloseLast)
	case tcp.HalfClosed:
		f.Code, f.Severity = ClosedHalf, Info
		f.Frames, f.Count, _ = st.evidence(Close, CloseAck, CloseAckHeard)
	case tcp.Reset, tcp.Refused:
		f.Code, f.Severity = ClosedByReset, Fail
		f.Frames, f.Count, _ = st.evidence(Refuse, RefuseLate, Decline, Abort, AbortUnused, AbortInstead, AbortAnswer, GiveUp)
		if len(f.Frames) > 0 {
			f.By = v.At(v.Find(f.Frames[0])).Dir()
		}
	default:
		frames, n, _ := st.evidence(Close, CloseAgain, CloseCrossing)
		if n > 0 {
			f = Finding{Code: ClosedUnheard, Severity: Fail, By: v.Conn.EndedBy, Count: n, Frames: frames}
			if _, one := oneSided(v); one {
				f.Code, f.Severity = ClosedOneSided, Info
			}
			return f
		}
		f.Code, f.Severity = NotClosed, Info
	}
	return f
}
