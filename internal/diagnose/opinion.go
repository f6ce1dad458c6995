package diagnose

import (
	"context"
	"sort"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// OpinionCode is what we say about a packet beside Wireshark's label. Labels stay as they are.
type OpinionCode uint8

// The opinions. The comment names what the frames of the evidence are.
const (
	NoOpinion OpinionCode = iota

	// About retransmission and out_of_order.
	LateOriginal     // sent once, overtaken on its way; frames: the first that overtook it
	SentAnew         // labelled out_of_order, but sent anew; frames: the one sent before it
	TailProbe        // a tail loss probe (RFC 8985 §7); frames: the first transmission
	TimerResend      // no acknowledgment came in time; frames: the first transmission, the latest one before
	LossRepair       // resent because of SACKs or duplicate ACKs, or after a time-out; frames: the first transmission, the ACK
	CutSmaller       // resent in smaller segments: the path takes less than the first size; frames: the first transmission
	NeedlessResend   // the receiver says by D-SACK that it had it twice; frames: the first transmission, the D-SACK
	AckWithoutEffect // its ACK was captured, yet the sender acts as if it never came; frames: the first transmission, the ACK
	OpensToo         // SYN,ACK that answers the other SYN of a simultaneous open; frames: that SYN

	// About packets that are in the capture more than once, whatever their label.
	CapturedTwice   // by two interfaces, or in front of and behind a router; frames: the first copy
	DuplicatedOnWay // the receiver got both; frames: the first copy, the D-SACK
	SamePacketTwice // not sent again by its sender; which of the two cannot be told; frames: the first copy

	// About lost_segment.
	HoleReordered   // nothing was lost: what is missing comes late; frames: the first segment that came late
	HoleLost        // lost between its sender and here; frames: the segment that was sent in its place
	HoleNotCaptured // the receiver acknowledged it, only the capture lacks it; frames: that ACK

	// About duplicate_ack, window_update, keep_alive and zero_window.
	AnswersKeepAlive   // frames: the keep-alive
	AnswersRepeat      // says again what was acknowledged before, as the rules ask; frames: what came again
	ReportsDuplicate   // D-SACK: something arrived twice, nothing is missing; frames: what arrived twice, where known
	ReportsGap         // new SACK ranges make it a duplicate ACK (RFC 6675 §2), although the window changed too
	SignalsMPTCP       // carries acknowledgments of the MPTCP connection above; no frames
	WindowProbe        // asks whether the closed window has opened; frames: what closed it
	AnswersWindowProbe // frames: the probe

	// About data without a label.
	OffloadedSegment // longer than the receiver takes: the network card cuts or has merged it; no frames
	NumOpinions      = iota
)

// Confidence says how sure an opinion is.
type Confidence uint8

// The degrees of confidence.
const (
	Ambiguous Confidence = iota // the capture allows this and something else
	Likely                      // everything captured speaks for it
	Proven                      // anything else contradicts what was captured
)

// Rule says on what an opinion rests.
type Rule uint8

// The rules.
const (
	NoRule         Rule = iota
	ByIPID              // the sender numbers its IP packets one after the other
	ByTimestamp         // TCP timestamps grow with the time of sending (RFC 7323 §5.4)
	ByDSACK             // the receiver reports what it got twice (RFC 2883)
	BySACK              // SACK ranges (RFC 2018, RFC 6675)
	ByInterface         // the same packet on another interface
	ByTTL               // the same packet with another TTL
	ByCopies            // most packets of the connection are there twice
	ByTimer             // the time since the last sign of life
	ByBackoff           // the waiting time doubles (RFC 6298 §5.5)
	ByTail              // the last segment sent is repeated while older ones are unacknowledged, which no time-out does
	ByOutstanding       // nothing is unacknowledged, so nothing can be missing (RFC 5681 §2)
	ByAcked             // the other end's ACK
	ByEcho              // the echoed timestamp is older than the ACK
	BySize              // lengths
	ByClosedWindow      // the receiver's window is closed and the sender has more
	ByProtocol          // RFC 9293 asks for this segment here
	NumRules       = iota
)

// Bounds of one Evidence.
const (
	maxQuantities = 4
	maxOpinionRef = 2
)

// Evidence is what an opinion rests on.
type Evidence struct {
	Rule Rule
	// Quantities are the numbers that matched; unused ones are NoQuantity.
	Quantities [maxQuantities]tcp.Quantity
	// Frames are the packets meant, 0 where there is none.
	Frames [maxOpinionRef]uint32
}

// Opinion is our own reading of one packet, beside Wireshark's label.
type Opinion struct {
	// Packet is the index of the packet in the View.
	Packet     int32
	Code       OpinionCode
	Confidence Confidence
	Evidence   Evidence
}

// OpinionSet holds the opinions about one connection, ordered by packet.
type OpinionSet struct {
	All []Opinion
	// Limited says that there are more: of each code only the first maxOfCode are kept.
	Limited bool
}

// maxOfCode bounds an OpinionSet. More packets with the same opinion are looked at by nobody one by one.
const maxOfCode = 1 << 14

// At returns the opinions about packet i: none, one, or what happened and whether it was needed.
func (s *OpinionSet) At(i int) []Opinion {
	lo := sort.Search(len(s.All), func(k int) bool { return int(s.All[k].Packet) >= i })
	hi := lo
	for hi < len(s.All) && int(s.All[hi].Packet) == i {
		hi++
	}
	return s.All[lo:hi]
}

// Opinions reads the segments of a connection once more and forms an opinion wherever more can be said than the label says.
// The time is linear in the segments, the memory bounded; ctx ends it.
func Opinions(ctx context.Context, v *session.View) (*OpinionSet, error) {
	w := newWitness(v)
	if err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		if r := v.At(i); r.HasNumbers() {
			w.hear(i, dir, seg, r)
		}
		return true
	}); err != nil {
		return nil, err
	}
	w.finish()
	return w.set, nil
}
