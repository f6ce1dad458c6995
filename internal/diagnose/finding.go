// Package diagnose finds out what happened on a connection, with the packets that show it.
//
// It works on a session.View, computes facts and codes, and leaves words to package narrate. Moments gives every segment
// its part in the life of the connection, Silence says who waited for whom, Connection gathers the findings.
package diagnose

import (
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
	HandshakeDone       Code = iota // frames: SYN, SYN-ACK, ACK; Time: from the first to the last
	HandshakeUnfinished             // the server never saw the third packet; frames: the repeated SYN-ACKs; Count of them
	HandshakeNoAnswer               // frames: the SYNs; Count of them; Time spent
	HandshakeRefused                // frames: SYN, RST
	HandshakeUnseen                 // the capture began later
	ClosedInOrder                   // frames: FINs and their ACKs; Count segments it took; By closed first
	ClosedCrossing                  // both closed at the same time
	ClosedHalf                      // only By closed
	ClosedByReset                   // frames: the RST; By sent it
	NotClosed                       // the capture ended first
	SentAgain                       // Count retransmissions; By the side that sent most of them
	NothingSentAgain
	RoundTrip    // Time: smallest RTT, Mean: average, Count of measurements
	WindowClosed // Count zero windows announced by By
	StillThere   // Count keep-alives by By
	NumCodes     = iota
)

// Finding is one thing worth knowing about a connection.
type Finding struct {
	Code     Code
	Severity Severity
	By       flow.Direction
	Count    int
	// Time and Mean are durations that belong to the finding.
	Time, Mean time.Duration
	// Frames are the packets that show it, at most maxEvidence.
	Frames []uint32
}

// maxEvidence bounds the packets listed for one finding: a person follows a handful.
const maxEvidence = 8

// Connection returns the findings about a connection: how it began, how it ended, then what went wrong, worst first.
func Connection(v *session.View, ms []Moment) []Finding {
	fs := []Finding{beginning(v, ms), ending(v, ms)}
	return append(fs, troubles(v)...)
}

// evidence collects the frames of the segments with one of the given moments.
func evidence(v *session.View, ms []Moment, wanted ...Moment) (frames []uint32, count int, span time.Duration) {
	var first, last int64
	for i, m := range ms {
		for _, w := range wanted {
			if m != w {
				continue
			}
			if count == 0 {
				first = v.At(i).Time
			}
			last = v.At(i).Time
			count++
			if len(frames) < maxEvidence {
				frames = append(frames, v.At(i).Frame)
			}
		}
	}
	return frames, count, time.Duration(last - first)
}

func beginning(v *session.View, ms []Moment) Finding {
	if frames, n, _ := evidence(v, ms, AgreeUnheard); n > 0 && !serverWentOn(v) {
		return Finding{Code: HandshakeUnfinished, Severity: Fail, By: flow.ServerToClient, Count: n, Frames: frames}
	}
	if frames, n, _ := evidence(v, ms, Ask, Refuse); n > 1 && v.Conn.Ending == tcp.Refused {
		return Finding{Code: HandshakeRefused, Severity: Fail, By: flow.ServerToClient, Count: n, Frames: frames}
	}
	asks, asked, span := evidence(v, ms, Ask, AskAgain)
	if _, agreed, _ := evidence(v, ms, Agree); agreed == 0 && asked > 0 {
		return Finding{Code: HandshakeNoAnswer, Severity: Fail, Count: asked, Time: span, Frames: asks}
	}
	if frames, n, t := evidence(v, ms, Ask, Agree, Confirm); n >= 3 {
		return Finding{Code: HandshakeDone, Severity: OK, Time: t, Frames: frames}
	}
	return Finding{Code: HandshakeUnseen, Severity: Info}
}

// serverWentOn reports that the server took part in the connection after the handshake: it sent data or closed.
func serverWentOn(v *session.View) bool {
	return v.Conn.Payload[flow.ServerToClient] > 0 || v.Conn.States[flow.ServerToClient].State() == tcp.Established
}

func ending(v *session.View, ms []Moment) Finding {
	f := Finding{By: v.Conn.EndedBy}
	switch v.Conn.Ending {
	case tcp.Orderly:
		f.Code, f.Severity = ClosedInOrder, OK
		f.Frames, f.Count, _ = evidence(v, ms, Close, CloseAck, CloseBoth, CloseToo, CloseLast)
	case tcp.Simultaneous:
		f.Code, f.Severity = ClosedCrossing, OK
		f.Frames, f.Count, _ = evidence(v, ms, Close, CloseCrossing, CloseAck, CloseLast)
	case tcp.HalfClosed:
		f.Code, f.Severity = ClosedHalf, Info
		f.Frames, f.Count, _ = evidence(v, ms, Close, CloseAck)
	case tcp.Reset, tcp.Refused:
		f.Code, f.Severity = ClosedByReset, Fail
		f.Frames, f.Count, _ = evidence(v, ms, Refuse, RefuseLate, Abort, AbortClosing)
		if len(f.Frames) > 0 {
			f.By = v.At(v.Find(f.Frames[0])).Dir()
		}
	default:
		f.Code, f.Severity = NotClosed, Info
	}
	return f
}

func troubles(v *session.View) []Finding {
	c := &v.Conn
	var fs []Finding
	if by, n := most(c.ZeroWindows); n > 0 {
		fs = append(fs, Finding{Code: WindowClosed, Severity: Warn, By: by, Count: n, Frames: labelled(v, tcp.ZeroWindow)})
	}
	if by, n := most(c.Retransmissions); n > 0 {
		total := int(c.Retransmissions[0] + c.Retransmissions[1])
		fs = append(fs, Finding{Code: SentAgain, Severity: Warn, By: by, Count: total, Frames: labelled(v, tcp.Retransmission)})
	} else {
		fs = append(fs, Finding{Code: NothingSentAgain, Severity: OK})
	}
	if f, ok := roundTrip(c); ok {
		fs = append(fs, f)
	}
	if by, n := most(c.KeepAlives); n > 0 {
		fs = append(fs, Finding{Code: StillThere, By: by, Count: n, Frames: labelled(v, tcp.KeepAlive)})
	}
	return fs
}

// most returns the side with the larger count, and the sum of both.
func most(n [2]uint32) (flow.Direction, int) {
	by := flow.ClientToServer
	if n[flow.ServerToClient] > n[flow.ClientToServer] {
		by = flow.ServerToClient
	}
	return by, int(n[0] + n[1])
}

// labelled returns the first segments with a label.
func labelled(v *session.View, l tcp.Labels) []uint32 {
	var frames []uint32
	for i := 0; i < v.Len() && len(frames) < maxEvidence; i++ {
		if v.At(i).Labels.Has(l) {
			frames = append(frames, v.At(i).Frame)
		}
	}
	return frames
}

// roundTrip summarises the RTT of the direction in which it could be measured best: the longer one, since the capture point
// sees only its far side.
func roundTrip(c *tcp.Connection) (Finding, bool) {
	d := flow.ClientToServer
	if c.RTTCount[d] == 0 || c.RTTCount[d.Reverse()] > 0 && c.RTTMin[d.Reverse()] > c.RTTMin[d] {
		d = d.Reverse()
	}
	if c.RTTCount[d] == 0 {
		return Finding{}, false
	}
	mean := c.RTTSum[d] / time.Duration(c.RTTCount[d])
	return Finding{Code: RoundTrip, By: d, Count: int(c.RTTCount[d]), Time: c.RTTMin[d], Mean: mean}, true
}

// Earlier returns the index of the segment that segment i repeats: the last one before it by the same side with the same
// numbers. It looks back a bounded number of segments and returns -1 if none is found.
func Earlier(v *session.View, i int) int {
	r := v.At(i)
	const syn, fin = packet.SYN, packet.FIN
	for j := i - 1; j >= max(0, i-maxEarlier); j-- {
		e := v.At(j)
		if e.Dir() != r.Dir() || e.Len == 0 && !e.Flags.Any(syn|fin) || e.Flags.Has(syn) != r.Flags.Has(syn) {
			continue
		}
		if e.Seq == r.Seq || r.Seq-e.Seq < e.Len {
			return j
		}
	}
	return -1
}

// maxEarlier bounds how far Earlier looks back; a retransmission rarely comes more than a few windows later.
const maxEarlier = 512
