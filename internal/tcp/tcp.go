// Package tcp follows every TCP connection of a capture: who opened it, in which RFC 9293 state both ends are, and what is
// remarkable about each segment.
//
// Tracker.Track takes segments in capture order and never looks back at packets; its labels are those of Wireshark 4.0,
// rule for rule (analysis.go), its states those of RFC 9293 §3.3.2 (state.go). Labels never change reassembly. Where to
// start: Tracker, then Analysis (one segment), Connection (the whole).
package tcp

import (
	"time"

	"tcptalk/internal/flow"
)

// Analysis is what the tracker found out about one segment. It is a plain value without pointers.
type Analysis struct {
	// Stream is the index of the connection (Wireshark's tcp.stream).
	Stream uint32
	Dir    flow.Direction
	// HasNumbers says that Seq, Ack, NextSeq, Window and the labels are valid: the segment's length was known. Without it Seq,
	// Ack and Window are the raw fields, NextSeq is 0 and there is no label but ReusedPorts.
	HasNumbers bool
	// Partial says that Wireshark shows stream, seq and len only: header shorter than 20 bytes.
	Partial bool
	// Hidden says that the analysis was made but Wireshark does not show it: the snapshot length cut the options, one of them
	// is too short for what it must hold, or the datagram is too short for all of them.
	// That concerns Labels and everything from AcksFrame on, except the times in the connection and the states.
	Hidden bool
	// Seq and Ack are relative to the first numbers seen (SYN = 0). Without the ACK flag Ack is the raw field.
	Seq, Ack uint32
	// NextSeq is Seq plus length plus 1 for SYN or FIN.
	NextSeq uint32
	// Window is the receive window in bytes, scaled where the scale is known.
	Window uint32
	// WindowScale is the multiplier in force, -1 unknown, -2 none; not meaningful on SYN segments.
	WindowScale int32
	Labels      Labels
	// AcksFrame is the frame this segment acknowledges, 0 if none; RTT the time since it, 0 if none.
	AcksFrame uint32
	RTT       time.Duration
	// RTO is the time since the segment that this one sends again, RTOFrame that segment; 0 if none.
	RTO      time.Duration
	RTOFrame uint32
	// ResendsFrame is the first segment that carried the first byte of this retransmission, as far as it is remembered: 0 if
	// it was acknowledged before, or if very much else was under way.
	ResendsFrame uint32
	// Missing is the number of bytes between what was expected next and a LostSegment; 0 otherwise.
	Missing uint32
	// DupAckNum counts the duplicates of the ACK in DupAckFrame; 0 if this is none.
	DupAckNum, DupAckFrame uint32
	// BytesInFlight and PushBytes are sent and not yet acknowledged bytes, and bytes since the last PSH; 0 if not shown.
	BytesInFlight, PushBytes uint32
	// SinceFirst and SincePrevious are times in the connection; negative where the clock went backwards.
	SinceFirst, SincePrevious time.Duration
	// States are the states of both ends after this segment, indexed by flow.Direction: the sender's side.
	States [2]EndState
}
