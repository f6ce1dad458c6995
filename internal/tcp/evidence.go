package tcp

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// Reason names the rule by which a label was given: the labels of Wireshark have one each, but for those listed apart.
type Reason uint8

// The rules, in the order of the labels.
const (
	NoReason                 Reason = iota
	SentBefore                      // the numbers lie below the highest one sent, and no other rule for such segments holds
	SentBeforeAfterDups             // duplicate ACKs ask for exactly this number, and the last is recent
	AlreadyAcked                    // the other end has acknowledged all of it
	BelowHighestRecently            // the numbers lie below the highest one sent, which was sent within the limit
	NewSYN                          // a SYN, or a SYN+ACK, with another number than the one before
	BeyondExpected                  // the number lies behind the one expected next
	AcksUnseen                      // acknowledges more than was captured
	OnlyWindowDiffers               // repeats number and ACK, with another window
	EndsAtWindow                    // the data ends where the other end's window does
	OneBelowExpected                // at most one byte, one below the number expected next
	AnswersLabelledKeepAlive        // repeats number, ACK and window right after a keep-alive
	RepeatsAck                      // repeats number, ACK and window
	AnnouncesZero                   // the window is 0
	OneByteIntoZero                 // one new byte while the other end's window is 0
	AnswersLabelledProbe            // repeats number, ACK and the window of 0 right after a window probe
	CookieInSYN                     // the SYN carries a Fast Open cookie
	AcksDataOfSYN                   // the SYN+ACK acknowledges more than the SYN
	AcksOnlySYN                     // the SYN+ACK acknowledges the SYN without its data
	numReasons               = iota
)

var reasonNames = [numReasons]string{
	"", "sent_before", "sent_before_after_dup_acks", "already_acked", "below_highest_recently", "new_syn", "beyond_expected",
	"acks_unseen", "only_window_differs", "ends_at_window", "one_below_expected", "answers_keep_alive", "repeats_ack",
	"announces_zero", "one_byte_into_zero", "answers_probe", "cookie_in_syn", "acks_data_of_syn", "acks_only_syn",
}

// String returns the rule's name as data formats write it.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return ""
}

// Bounds of one Evidence.
const (
	maxEvidenceQuantities = 5
	maxEvidenceFrames     = 2
)

// Evidence is why a segment carries one label: the rule, the numbers that matched it, and the packets meant.
type Evidence struct {
	// Label is one label. A fast or a spurious retransmission has one Evidence, not another one for Retransmission.
	Label  Labels
	Reason Reason
	// Quantities are the numbers that matched; unused ones are NoQuantity.
	Quantities [maxEvidenceQuantities]Quantity
	// Original is the packet that this one repeats, or that it is compared with; Acknowledged the ACK that makes it needless,
	// or that it repeats, or that closed the window. 0 where there is none, or it is too long ago.
	Original, Acknowledged uint32
}

// Explainer follows one connection again and says why its segments carry their labels. It is for looking closely, not for the
// first pass: Tracker alone is several times as fast. Memory is bounded. It is not safe for use by several goroutines.
type Explainer struct {
	tracker Tracker
	out     Analysis
	sides   [2]explained
	list    []Evidence
}

// explained is what the Explainer remembers of one end beyond the tracker.
type explained struct {
	sent SentLog
	acks ackLog
	// filled are the frames that came into a hole, by where they begin.
	filled map[seqnum.Number]uint32
	// keepAlive, probe, shut are the last keep-alive, window probe, and packet with a window of 0.
	keepAlive, probe, shut uint32
	syn                    uint32
	ackFrame               uint32
	time                   int64
}

// NewExplainer returns an Explainer for one connection.
func NewExplainer() *Explainer { return &Explainer{} }

// before is what the tracker knew in front of a segment.
type before struct {
	fwd, rev sender
	lastTime int64
	limit    time.Duration
}

// Explain takes the next segment of the connection in capture order, and the labels that it carries. It returns the evidence
// for each of them that is shown (Analysis.Hidden); the list is valid until the next call.
func (x *Explainer) Explain(seg *packet.Segment, labels Labels) []Evidence {
	var was before
	if c := x.tracker.table.find(seg.Src, seg.Dst); c != nil {
		d := c.direction(seg)
		was = before{fwd: c.ends[d], rev: c.ends[d.Reverse()], lastTime: c.LastTime, limit: c.reorderLimit()}
	} else {
		was.fwd.init()
		was.rev.init()
	}
	x.tracker.Track(seg, &x.out)
	x.list = x.list[:0]
	if x.out.Hidden {
		labels &= ReusedPorts | TFOSyn | TFOAck | TFOIgnored
	}
	if x.out.HasNumbers {
		e := explanation{x: x, seg: seg, was: &was, out: &x.out, fwd: &x.sides[x.out.Dir], rev: &x.sides[x.out.Dir.Reverse()]}
		e.explain(labels)
		e.keep(labels)
	}
	return x.list
}

// explanation is one segment while it is explained.
type explanation struct {
	x        *Explainer
	seg      *packet.Segment
	was      *before
	out      *Analysis
	fwd, rev *explained
}

// explain gives the evidence for every label, in the order of the labels.
func (e *explanation) explain(labels Labels) {
	for i := range numLabels {
		label := Labels(1) << i
		if !labels.Has(label) || label == Retransmission && labels.Any(FastRetransmission|SpuriousRetransmission) {
			continue
		}
		e.label(label)
	}
}

// relative returns a number of this side's, or of the other side's, as it is shown.
func (e *explanation) relative(n seqnum.Number) int64 {
	return int64(uint32(n - e.seg.Seq.Add(-e.out.Seq)))
}

func (e *explanation) relativeAck(n seqnum.Number) int64 {
	return int64(uint32(n - e.seg.Ack.Add(-e.out.Ack)))
}

// give adds an Evidence.
func (e *explanation) give(label Labels, r Reason, original, ack uint32, qs ...Quantity) {
	v := Evidence{Label: label, Reason: r, Original: original, Acknowledged: ack}
	copy(v.Quantities[:], qs)
	e.x.list = append(e.x.list, v)
}

// label gives the evidence for one label.
func (e *explanation) label(l Labels) {
	switch l {
	case Retransmission, FastRetransmission, SpuriousRetransmission, OutOfOrder:
		e.repetition(l)
	case ReusedPorts:
		// What the ports were used for before is part of another connection, but for a second SYN+ACK.
		e.give(l, NewSYN, e.fwd.syn, 0)
	case LostSegment:
		e.give(l, BeyondExpected, e.was.fwd.nextFrame, 0, Quantity{QSeq, int64(e.out.Seq)},
			Quantity{QExpectedSeq, e.relative(e.was.fwd.nextSeq)}, Quantity{QMissing, int64(e.seg.Seq.Distance(e.was.fwd.nextSeq))})
	case AckLostSegment:
		e.give(l, AcksUnseen, e.was.rev.nextFrame, 0, Quantity{QAck, int64(e.out.Ack)},
			Quantity{QExpectedSeq, e.relativeAck(e.was.rev.maxAckable)}, Quantity{QMissing, int64(e.seg.Ack.Distance(e.was.rev.maxAckable))})
	case KeepAlive:
		e.give(l, OneBelowExpected, e.was.fwd.nextFrame, 0, Quantity{QSeq, int64(e.out.Seq)},
			Quantity{QExpectedSeq, e.relative(e.was.fwd.nextSeq)}, Quantity{QLength, int64(e.seg.Len)},
			Quantity{QElapsed, e.seg.Time - e.was.lastTime})
	case TFOSyn:
		e.give(l, CookieInSYN, 0, 0, Quantity{QLength, int64(e.seg.Len)})
	case TFOAck:
		e.give(l, AcksDataOfSYN, e.rev.syn, 0, Quantity{QAck, int64(e.out.Ack)})
	case TFOIgnored:
		e.give(l, AcksOnlySYN, e.rev.syn, 0, Quantity{QAck, int64(e.out.Ack)})
	default:
		e.window(l)
	}
}

// repetition explains the labels of segments whose numbers were passed before.
func (e *explanation) repetition(l Labels) {
	original := e.fwd.original(e.seg.Seq)
	seq, next := Quantity{QSeq, int64(e.out.Seq)}, Quantity{QNextSeq, int64(e.out.NextSeq)}
	highest := Quantity{QExpectedSeq, e.relative(e.was.fwd.nextSeq)}
	sinceHighest := Quantity{QElapsed, e.seg.Time - e.was.fwd.nextTime}
	switch l {
	case SpuriousRetransmission:
		end := e.seg.Seq.Add(e.seg.Len)
		e.give(l, AlreadyAcked, original, e.rev.acks.covering(end), seq, next, Quantity{QLastAck, e.relative(e.was.rev.lastAck)})
	case FastRetransmission:
		e.give(l, SentBeforeAfterDups, original, e.rev.ackFrame, seq, Quantity{QLastAck, e.relative(e.was.rev.lastAck)},
			Quantity{QDupAcks, dupsShown(e.was.rev.dups)}, Quantity{QElapsed, e.seg.Time - e.was.rev.lastTime},
			Quantity{QLimit, int64(fastRetransmitLimit)})
	case OutOfOrder:
		e.give(l, BelowHighestRecently, e.was.fwd.nextFrame, 0, seq, next, highest, sinceHighest, Quantity{QLimit, int64(e.was.limit)})
	default:
		if original == 0 {
			original = e.out.ResendsFrame
		}
		e.give(l, SentBefore, original, 0, seq, highest, sinceHighest, Quantity{QLimit, int64(e.was.limit)})
	}
}

// dupsShown is the count of duplicate ACKs; the special value of the count stands for two or more.
func dupsShown(n uint32) int64 {
	if n == manyDups {
		return 2
	}
	return int64(n)
}

// window explains the labels of segments that are about windows or repeat an acknowledgment.
func (e *explanation) window(l Labels) {
	seg, fwd := e.seg, e.fwd
	ack := Quantity{QAck, int64(e.out.Ack)}
	window := Quantity{QWindow, int64(seg.Window)}
	last := Quantity{QLastWindow, int64(e.was.fwd.window)}
	switch l {
	case WindowUpdate:
		e.give(l, OnlyWindowDiffers, 0, fwd.ackFrame, ack, window, last)
	case WindowFull:
		e.give(l, EndsAtWindow, 0, e.rev.ackFrame, Quantity{QNextSeq, int64(e.out.NextSeq)},
			Quantity{QWindowEnd, e.relative(e.was.rev.windowEnd())}, Quantity{QWindow, int64(e.was.rev.window)})
	case KeepAliveAck:
		e.give(l, AnswersLabelledKeepAlive, e.rev.keepAlive, 0, ack, window, Quantity{QElapsed, seg.Time - e.rev.time})
	case ZeroWindowProbeAck:
		e.give(l, AnswersLabelledProbe, e.rev.probe, 0, ack, window, Quantity{QElapsed, seg.Time - e.rev.time})
	case DuplicateAck:
		e.give(l, RepeatsAck, 0, e.out.DupAckFrame, ack, window, Quantity{QDupAcks, int64(e.out.DupAckNum)})
	case ZeroWindow:
		e.give(l, AnnouncesZero, 0, 0, window, last)
	case ZeroWindowProbe:
		e.give(l, OneByteIntoZero, e.rev.shut, 0, Quantity{QSeq, int64(e.out.Seq)}, Quantity{QLength, int64(seg.Len)})
	}
}

// keep remembers what later evidence refers to.
func (e *explanation) keep(labels Labels) {
	seg, fwd := e.seg, e.fwd
	switch {
	case labels.Has(KeepAlive):
		fwd.keepAlive = seg.Frame
	case labels.Has(ZeroWindowProbe):
		fwd.probe = seg.Frame
	case seg.Len > 0 || seg.Flags.Any(packet.SYN|packet.FIN):
		next := seg.Seq.Add(e.out.NextSeq - e.out.Seq)
		fwd.send(Sent{Seq: seg.Seq, Next: next, Frame: seg.Frame, Time: seg.Time})
	}
	if seg.Window == 0 && !seg.Flags.Any(packet.SYN|packet.FIN|packet.RST) {
		fwd.shut = seg.Frame
	}
	if seg.Flags.Has(packet.SYN) {
		fwd.syn = seg.Frame
	}
	fwd.ackFrame, fwd.time = seg.Frame, seg.Time
	if seg.Flags.Has(packet.ACK) {
		fwd.acks.add(seg.Ack, seg.Frame)
	}
}

// maxFilled bounds explained.filled.
const maxFilled = 1024

// send remembers what was sent, if its first number was not sent before.
func (x *explained) send(s Sent) {
	if x.sent.Add(s) || x.original(s.Seq) != 0 {
		return
	}
	if x.filled == nil || len(x.filled) >= maxFilled {
		x.filled = map[seqnum.Number]uint32{}
	}
	x.filled[s.Seq] = s.Frame
}

// original returns the frame that first carried number n, 0 if it is not remembered.
func (x *explained) original(n seqnum.Number) uint32 {
	if s := x.sent.Find(n); s != nil {
		return s.Frame
	}
	return x.filled[n]
}

// Direction returns who sent the segment explained last, as the Explainer sees it.
func (x *Explainer) Direction() flow.Direction { return x.out.Dir }

// Labels returns the labels that the Explainer itself finds for the segment explained last. They are the Tracker's, apart
// from ReusedPorts on the first SYN: what the ports were used for before is not part of the connection.
func (x *Explainer) Labels() Labels { return x.out.Labels }

// acked is a progress of the acknowledgment number.
type acked struct {
	number seqnum.Number
	frame  uint32
}

// maxAckLog bounds an ackLog.
const maxAckLog = 8192

// ackLog remembers the progress of one end's acknowledgments, newest last.
type ackLog struct {
	list []acked
}

func (l *ackLog) add(n seqnum.Number, frame uint32) {
	if k := len(l.list); k > 0 && !n.After(l.list[k-1].number) {
		return
	}
	if len(l.list) >= maxAckLog {
		l.list = append(l.list[:0], l.list[maxAckLog/2:]...)
	}
	l.list = append(l.list, acked{n, frame})
}

// covering returns the first frame that acknowledged everything in front of end, 0 if none is remembered.
func (l *ackLog) covering(end seqnum.Number) uint32 {
	lo, hi := 0, len(l.list)
	for lo < hi {
		if m := (lo + hi) / 2; l.list[m].number.Before(end) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == len(l.list) {
		return 0
	}
	return l.list[lo].frame
}
