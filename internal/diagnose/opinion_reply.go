package diagnose

import (
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// question is a keep-alive or a window probe that was not answered yet.
type question struct {
	frame uint32
	time  int64
	// window says that it asks for the window.
	window bool
}

// maxProbes bounds the opinions about one closed window that wait for its opening. Probes come ever more slowly.
const maxProbes = 256

// reply forms an opinion on probes and on segments that carry nothing but an ACK.
func (t *turn) reply() {
	seg, labels := t.seg, t.rec.Labels
	if !seg.Flags.Has(packet.ACK) || seg.Flags.Any(packet.SYN|packet.RST) {
		return
	}
	reported, first := t.duplicateReported()
	if t.probing() {
		t.ask()
		return
	}
	if t.rec.PureAck() && labels.Any(tcp.DuplicateAck|tcp.WindowUpdate|tcp.ZeroWindow) {
		t.pureAck(reported, first)
	}
}

// pureAck forms an opinion on a labelled segment that carries nothing but an ACK. reported says that it reports something that
// came twice, first sent in frame first.
func (t *turn) pureAck(reported bool, first uint32) {
	seg, labels := t.seg, t.rec.Labels
	_, _, gap := t.sackedAbove()
	repeats := labels.Any(tcp.DuplicateAck | tcp.WindowUpdate)
	switch {
	case reported && !gap && repeats:
		b := seg.Options.SACK[0]
		t.say(ReportsDuplicate, Proven, says(ByDSACK, frames(first),
			quantity(tcp.QLeftEdge, t.relative(b.Left)), quantity(tcp.QRightEdge, t.relative(b.Right))))
	case t.answers():
	case gap && labels.Has(tcp.WindowUpdate):
		t.reportsGap()
	case t.rev.stale != 0 && labels.Has(tcp.DuplicateAck) && !gap:
		t.say(AnswersRepeat, Likely, says(ByProtocol, frames(t.rev.stale), quantity(tcp.QAck, t.rec.Ack)))
	case labels.Has(tcp.DuplicateAck) && seg.Options.MPTCP != 0 && !gap && t.rev.high == seg.Ack:
		t.say(SignalsMPTCP, Likely, says(ByOutstanding, frames(), quantity(tcp.QAck, t.rec.Ack)))
	}
}

// relative returns a number of the other end's as it is shown.
func (t *turn) relative(n seqnum.Number) uint32 { return t.rec.Ack + n.Distance(t.seg.Ack) }

// ask notes that the segment wants an answer. With the other end's window closed it is a window probe, whatever its label.
func (t *turn) ask() {
	closed := t.rev.closed
	t.fwd.asking = question{frame: t.seg.Frame, time: t.seg.Time, window: closed != 0}
	if closed == 0 || !t.rec.Labels.Has(tcp.KeepAlive) {
		return
	}
	at := t.say(WindowProbe, Likely, says(ByClosedWindow, frames(closed), quantity(tcp.QWindow, 0)))
	t.fwd.awaitOpening(at)
}

// awaitOpening remembers an opinion that the opening of the window may prove.
func (e *endMemory) awaitOpening(opinion int) {
	if opinion >= 0 && len(e.probes) < maxProbes {
		e.probes = append(e.probes, opinion)
	}
}

// answers recognises the answer to a probe that is labelled as something else. RFC 5681 §2 calls an ACK a duplicate only
// while data is outstanding.
func (t *turn) answers() bool {
	asked := t.rev.asking
	if asked.frame == 0 || t.rev.high != t.seg.Ack {
		return false
	}
	elapsed := quantity(tcp.QElapsed, t.seg.Time-asked.time)
	switch {
	case asked.window && t.rec.Labels.Has(tcp.ZeroWindow):
		t.rev.awaitOpening(t.say(AnswersWindowProbe, Likely, says(ByClosedWindow, frames(asked.frame), elapsed)))
	case !asked.window && t.rec.Labels.Any(tcp.DuplicateAck|tcp.WindowUpdate):
		t.say(AnswersKeepAlive, Proven, says(ByOutstanding, frames(asked.frame), elapsed,
			quantity(tcp.QWindow, t.seg.Window), quantity(tcp.QLastWindow, t.fwd.lastWindow)))
	default:
		return false
	}
	return true
}

// reportsGap is for an ACK that changes the window and reports data behind a gap for the first time.
func (t *turn) reportsGap() {
	top, bytes, _ := t.sackedAbove()
	if t.fwd.hasSack && !top.After(t.fwd.sackTop) && bytes <= t.fwd.sacked {
		return
	}
	b := t.seg.Options.SACK[0]
	t.say(ReportsGap, Proven, says(BySACK, frames(), quantity(tcp.QAck, t.rec.Ack),
		quantity(tcp.QLeftEdge, t.relative(b.Left)), quantity(tcp.QRightEdge, t.relative(b.Right))))
}

// duplicateReported looks for a D-SACK (RFC 2883 §4): its first block lies below the ACK or inside the second block. It tells
// the opinion on what came twice, and returns that packet's first transmission, 0 if it is not known.
func (t *turn) duplicateReported() (reported bool, first uint32) {
	o := &t.seg.Options
	if o.NumSACK == 0 || !o.SACK[0].Right.After(o.SACK[0].Left) {
		return false, 0
	}
	b := o.SACK[0]
	inside := o.NumSACK > 1 && !b.Left.Before(o.SACK[1].Left) && b.Right.AtOrBefore(o.SACK[1].Right)
	if !b.Right.AtOrBefore(t.seg.Ack) && !inside {
		return false, 0
	}
	at, matches := -1, 0
	for k, r := range t.rev.resent {
		if r.start.Before(b.Right) && b.Left.Before(r.end) {
			at, matches = k, matches+1
		}
	}
	if at < 0 {
		return true, 0
	}
	r := t.rev.resent[at]
	t.rev.resent = append(t.rev.resent[:at], t.rev.resent[at+1:]...)
	e := says(ByDSACK, frames(r.first, t.seg.Frame), quantity(tcp.QLeftEdge, t.relative(b.Left)), quantity(tcp.QRightEdge, t.relative(b.Right)))
	c := Proven
	if matches > 1 {
		c = Likely // one of several came twice
	}
	switch {
	case r.copyOpinion >= 0:
		p := &t.set.All[r.copyOpinion]
		p.Code, p.Confidence, p.Evidence = DuplicatedOnWay, c, e
	case r.index >= 0:
		t.sayOf(r.index, NeedlessResend, c, e)
	}
	return true, r.first
}

// keepAnswers keeps what the next segment may answer.
func (t *turn) keepAnswers() {
	seg, fwd, rev := t.seg, t.fwd, t.rev
	if seg.Flags.Has(packet.ACK) && !t.probing() {
		rev.asking = question{}
	}
	rev.stale = 0
	fwd.stale = 0
	if t.occupies() && !t.probing() && rev.hasAcked && t.next.AtOrBefore(rev.acked) {
		fwd.stale = seg.Frame
	}
	if t.occupies() && !t.probing() && len(fwd.probes) > 0 {
		if seg.Len > 0 && rev.closed == 0 {
			for _, at := range fwd.probes {
				t.set.All[at].Confidence = Proven
			}
		}
		fwd.probes = fwd.probes[:0]
	}
}

// jumboLoad is the most payload that a frame of 9000 bytes carries: longer segments are not of this size on any usual wire.
const jumboLoad = 8960

// offload recognises segments that the network card cuts before sending, or has merged after receiving.
func (t *turn) offload() {
	length, mss := t.seg.Len, uint32(t.rev.mss)
	switch {
	case mss > 0 && length > mss:
		room := max(mss-min(uint32(max(t.seg.HeaderLen, 20))-20, mss-1), 1)
		t.say(OffloadedSegment, Proven, says(BySize, frames(), quantity(tcp.QLength, length), quantity(tcp.QMSS, mss),
			quantity(tcp.QPieces, (length+room-1)/room)))
	case mss == 0 && length > jumboLoad && !t.loopback:
		t.say(OffloadedSegment, Likely, says(BySize, frames(), quantity(tcp.QLength, length), quantity(tcp.QLimit, uint32(jumboLoad))))
	}
}
