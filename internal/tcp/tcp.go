// Package tcp follows every TCP connection of a capture: who opened it, in which RFC 9293 state both ends are, and what is
// remarkable about each segment.
//
// Tracker.Track takes segments in capture order and never looks back at packets; its labels are those of Wireshark 4.0,
// rule for rule (analysis.go), its states those of RFC 9293 §3.3.2 (state.go). Labels never change reassembly. Where to
// start: Tracker, then Analysis (one segment), Connection (the whole).
package tcp

import (
	"net/netip"
	"time"

	"tcptalk/internal/flow"
)

// Analysis is what the tracker found out about one segment. It is a plain value without pointers.
type Analysis struct {
	// Stream is the index of the connection (Wireshark's tcp.stream).
	Stream uint32
	Dir    flow.Direction
	// HasNumbers says that Seq, Ack, NextSeq, Window and the labels are valid: the segment's length was known.
	HasNumbers bool
	// Partial says that Wireshark shows stream, seq and len only: header shorter than 20 bytes.
	Partial bool
	// Hidden says that the analysis was made but Wireshark does not show it: options cut by the snapshot length or malformed.
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
	// DupAckNum counts the duplicates of the ACK in DupAckFrame; 0 if this is none.
	DupAckNum, DupAckFrame uint32
	// BytesInFlight and PushBytes are sent and not yet acknowledged bytes, and bytes since the last PSH; 0 if not shown.
	BytesInFlight, PushBytes uint32
	// SinceFirst and SincePrevious are times in the connection; negative where the clock went backwards.
	SinceFirst, SincePrevious time.Duration
	// States are the states of both ends after this segment, indexed by flow.Direction: the sender's side.
	States [2]EndState
}

// Labels is the set of remarks on one segment, named as in Wireshark's tcp.analysis.
type Labels uint32

// The labels. A fast or a spurious retransmission also has Retransmission.
const (
	Retransmission Labels = 1 << iota
	FastRetransmission
	SpuriousRetransmission
	OutOfOrder
	ReusedPorts
	LostSegment
	AckLostSegment
	WindowUpdate
	WindowFull
	KeepAlive
	KeepAliveAck
	DuplicateAck
	ZeroWindow
	ZeroWindowProbe
	ZeroWindowProbeAck
	TFOSyn
	TFOAck
	TFOIgnored
	numLabels = iota
)

var labelNames = [numLabels]string{
	"retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "reused_ports", "lost_segment",
	"ack_lost_segment", "window_update", "window_full", "keep_alive", "keep_alive_ack", "duplicate_ack", "zero_window",
	"zero_window_probe", "zero_window_probe_ack", "tfo_syn", "tfo_ack", "tfo_ignored",
}

// Has reports that all labels of m are set.
func (l Labels) Has(m Labels) bool { return l&m == m }

// Any reports that at least one label of m is set.
func (l Labels) Any(m Labels) bool { return l&m != 0 }

// Names returns the names of the set labels, in a fixed order.
func (l Labels) Names() []string { return l.AppendNames(nil) }

// AppendNames appends the names of the set labels to dst, in a fixed order.
func (l Labels) AppendNames(dst []string) []string {
	for i, n := range labelNames {
		if l&(1<<i) != 0 {
			dst = append(dst, n)
		}
	}
	return dst
}

// LabelNamed returns the label called name in Wireshark, and whether there is one.
func LabelNamed(name string) (Labels, bool) {
	for i, n := range labelNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}

// State is a connection state of one end (RFC 9293 §3.3.2).
type State uint8

// The states. Unknown stands for an end of which nothing was captured yet.
const (
	Unknown State = iota
	Closed
	Listen
	SynSent
	SynReceived
	Established
	FinWait1
	FinWait2
	CloseWait
	Closing
	LastAck
	TimeWait
	NumStates = iota
)

var stateNames = [NumStates]string{
	"?", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
	"CLOSING", "LAST-ACK", "TIME-WAIT",
}

// String returns the RFC's name.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "?"
}

// EndState is the state of one end, with a mark where the capture cannot prove it.
type EndState uint8

const inferredBit EndState = 0x80

// Proven and Inferred make an EndState.
func Proven(s State) EndState   { return EndState(s) }
func Inferred(s State) EndState { return EndState(s) | inferredBit }

// State returns the state without the mark.
func (e EndState) State() State { return State(e &^ inferredBit) }

// Inferred reports that the capture does not prove the state.
func (e EndState) Inferred() bool { return e&inferredBit != 0 }

// Ending says how a connection ended, as far as the capture shows.
type Ending uint8

// The endings.
const (
	StillOpen    Ending = iota // the capture ended first
	NoAnswer                   // SYNs that nobody answered
	Refused                    // RST in answer to the SYN
	Orderly                    // FIN both ways, both acknowledged
	Simultaneous               // both FINs crossed
	HalfClosed                 // one FIN only, acknowledged, the other direction still open
	Reset                      // RST ended it
	NumEndings   = iota
)

// Connection is everything the tracker knows about one TCP connection. Fields are updated as segments arrive.
type Connection struct {
	// Stream is Wireshark's tcp.stream, the index of the connection in the capture.
	Stream uint32
	// Client is the active opener; ClientGuessed says that no SYN proved it.
	Client, Server netip.AddrPort
	ClientGuessed  bool
	// FirstFrom is the sender of the first segment (Wireshark's "node 0").
	FirstFrom flow.Direction
	// FirstTime and LastTime are those of the first and last segment in capture order, nanoseconds since 1970.
	FirstTime, LastTime int64
	// Packets counts segments, indexed by sender; Bytes sums the original frame lengths, Payload the payload bytes sent
	// (retransmissions included).
	Packets [2]uint32
	Bytes   [2]uint64
	Payload [2]uint64
	// Completeness is Wireshark's tcp.completeness: 1 SYN, 2 SYN+ACK, 4 ACK, 8 data, 16 FIN, 32 RST.
	Completeness uint8
	// InitialRTT is the time from the last SYN to the first ACK after it; 0 if unknown.
	InitialRTT time.Duration
	// States are the present states of both ends.
	States [2]EndState
	// Labels holds every label that occurred.
	Labels Labels
	// Retransmissions, OutOfOrder, DuplicateAcks, ZeroWindows and KeepAlives count segments, indexed by sender.
	Retransmissions, OutOfOrders, DuplicateAcks, ZeroWindows, KeepAlives [2]uint32
	// Ending says how it ended; EndedBy who began to end it, at EndFrame (0 while it is open).
	Ending   Ending
	EndedBy  flow.Direction
	EndFrame uint32
	// RTTMin, RTTSum and RTTCount summarise the RTT of ACKs, indexed by the side whose data was acknowledged.
	RTTMin, RTTSum [2]time.Duration
	RTTCount       [2]uint32
}
