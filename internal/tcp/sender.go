package tcp

import "tcptalk/internal/seqnum"

// sender is what the analysis remembers of one direction of a connection: what that end sent, and what it announced.
// It is kept small: a capture may hold a million connections.
type sender struct {
	// base is the number shown as 0, valid if hasBase.
	base seqnum.Number
	// window is the raw window of the last segment.
	window uint32
	// nextSeq is the highest next number seen, 0 for none, set by segment nextFrame at nextTime.
	nextSeq   seqnum.Number
	nextFrame uint32
	nextTime  int64
	// maxAckable is the highest number the other end may acknowledge with nothing missing, 0 for none.
	maxAckable seqnum.Number
	// lastAck is the acknowledgement field of the last segment, sent at lastTime.
	lastAck  seqnum.Number
	lastTime int64
	// dups counts duplicate ACKs since lastNonDup; manyDups stands for "an ACK of something never seen was reported".
	dups       uint32
	lastNonDup uint32
	// pushed sums payload since the last PSH.
	pushed uint32
	// sacked is the number of bytes in the SACK ranges of the last segment, modulo 2^32.
	sacked uint32
	// finNext is the number after the FIN, valid if finSent; acked the highest number acknowledged, valid if hasAcked.
	finNext, acked seqnum.Number
	unacked        *unacked
	// mptcp is the set of MPTCP operations of the connection as of this direction's last segment.
	mptcp uint16
	// scale is the window shift, or scaleUnknown or scaleNone.
	scale int8
	// lastKeepAlive and lastProbe are those labels of the last segment.
	lastKeepAlive, lastProbe bool
	hasBase                  bool
	// noFlight says that segments are missing and the other end has not answered since: bytes in flight are not known.
	noFlight bool
	// lastPush says that the last counted segment had PSH.
	lastPush bool
	// unscaled says that the last window came from a SYN, which is never scaled.
	unscaled          bool
	finSent, hasAcked bool
	// asked says that this end sent a SYN without ACK: it wanted the connection itself.
	asked bool
	// loneSyn stands for a list of unacknowledged segments that holds nothing but the SYN just sent, until the connection's next
	// segment: of a million connections that nobody answers none has a list.
	loneSyn bool
}

// manyDups is the value of sender.dups that makes the next duplicate ACK number 1, and counts as "two or more" until then.
const manyDups = 1<<32 - 1

// The window scales that are not shifts, as Wireshark shows them.
const (
	scaleUnknown = -1
	scaleNone    = -2
)

// maxScale is the largest shift allowed (RFC 7323 §2.3).
const maxScale = 14

func (s *sender) init() {
	s.window = 1<<32 - 1
	s.scale = scaleUnknown
}

// setBase makes base the number shown as 0.
func (s *sender) setBase(base seqnum.Number) {
	s.base, s.hasBase = base, true
	if s.unacked != nil {
		s.unacked.rebase(base)
	}
}

// waits adds a segment to those that wait for their acknowledgement.
func (s *sender) waits(p *pool, e sent) {
	if s.unacked == nil {
		s.unacked = p.list()
	}
	s.unacked.add(p, e, s.base)
}

// unfold makes the list that loneSyn stands for.
func (s *sender) unfold(p *pool) {
	if s.loneSyn {
		s.loneSyn = false
		s.waits(p, sent{time: s.nextTime, seq: s.nextSeq - 1, next: s.nextSeq, frame: s.nextFrame})
	}
}

// relative returns n counted from the base number.
func (s *sender) relative(n seqnum.Number) uint32 { return n.Distance(s.base) }

// hasAcknowledged reports that this end has acknowledged everything before n.
func (s *sender) hasAcknowledged(n seqnum.Number) bool { return s.hasAcked && !s.acked.Before(n) }

// widestWindow returns the receive window of this end, or the widest it can be where the scale is unknown.
func (s *sender) widestWindow() uint32 {
	switch {
	case s.unscaled || s.scale == scaleNone:
		return s.window
	case s.scale == scaleUnknown:
		return s.window << maxScale
	}
	return s.window << s.scale
}
