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

// witness follows a connection segment by segment and forms the opinions.
type witness struct {
	set  *OpinionSet
	ends [2]endMemory
	rtt  time.Duration
	said [NumOpinions]int
	// heard counts the packets, doubled those that were there before.
	heard, doubled int
	// loopback says that both ends are on one machine, where segments have no wire to fit.
	loopback bool
}

// endMemory is what the witness remembers of one end.
type endMemory struct {
	sent  tcp.SentLog
	fills fillLog
	order idOrder
	seen  copyLog
	// high is the number behind all that this end sent; known says that there was something.
	high  seqnum.Number
	known bool
	// lastSent is the time at which something that must be acknowledged was last sent.
	lastSent int64
	// acked is the highest acknowledgment this end gave, in frame ackFrame at ackTime, with timestamp ackTSVal.
	acked    seqnum.Number
	hasAcked bool
	ackFrame uint32
	ackTime  int64
	ackTSVal uint32
	ackHasTS bool
	// sackTop is the highest number this end reported by SACK above acked, in frame sackFrame; sacked the bytes reported.
	sackTop   seqnum.Number
	hasSack   bool
	sackFrame uint32
	sacked    uint32
	sackAble  bool
	// dupAcks counts ACKs without progress since the last progress.
	dupAcks int
	mss     uint16
	// synFrame is the first SYN without ACK.
	synFrame uint32
	// closed is the frame in which this end announced a window of zero, 0 while it is open.
	closed uint32
	// lastWindow is the window field of its last packet before this one.
	lastWindow uint16
	// room is the scaled window of its last packet.
	room  uint32
	holes []gap
	// passed counts the holes, oldest first, that the other end's acknowledgments have passed.
	passed int
	// resent are repetitions that no D-SACK spoke of yet.
	resent []repetition
	// asking is the keep-alive or window probe of this end that the other one has not answered yet.
	asking question
	// probes are the opinions on window probes of the present closed window, and on the answers to them.
	probes []int
	// stale is the last packet of this end if it sent only what was acknowledged before, and the other end has not spoken since.
	stale uint32
	// recover is where the repair after a time-out ends; it goes on in frame recoverFrom.
	recover     seqnum.Number
	recovering  bool
	recoverFrom uint32
	// cutTo is the size of smaller segments after the path turned out not to take larger ones, 0 otherwise.
	cutTo uint32
}

func newWitness(v *session.View) *witness {
	return &witness{
		set: &OpinionSet{}, rtt: max(v.Conn.InitialRTT, 0),
		loopback: v.Conn.Client.Addr().IsLoopback() || v.Conn.Client.Addr() == v.Conn.Server.Addr(),
	}
}

// turn is one segment while opinions on it are formed.
type turn struct {
	*witness
	i        int
	seg      *packet.Segment
	rec      *session.Record
	next     seqnum.Number
	fwd, rev *endMemory
}

func (w *witness) hear(i int, dir flow.Direction, seg *packet.Segment, r *session.Record) {
	t := turn{witness: w, i: i, seg: seg, rec: r, fwd: &w.ends[dir], rev: &w.ends[dir.Reverse()]}
	t.next = seg.Seq.Add(r.NextSeq() - r.Seq)
	w.heard++
	t.offload()
	if t.copied() {
		return
	}
	t.fwd.order.learn(seg, r.Labels)
	t.hole()
	t.repeated()
	t.reply()
	t.keep()
}

// say records an opinion on the present packet and returns its place, -1 if there is no more room.
func (t *turn) say(code OpinionCode, c Confidence, e Evidence) int {
	return t.sayOf(t.i, code, c, e)
}

// sayOf records an opinion on packet i.
func (w *witness) sayOf(i int, code OpinionCode, c Confidence, e Evidence) int {
	if w.said[code] >= maxOfCode {
		w.set.Limited = true
		return -1
	}
	w.said[code]++
	w.set.All = append(w.set.All, Opinion{Packet: int32(i), Code: code, Confidence: c, Evidence: e})
	return len(w.set.All) - 1
}

// says builds an Evidence.
func says(rule Rule, frames [maxOpinionRef]uint32, qs ...tcp.Quantity) Evidence {
	e := Evidence{Rule: rule, Frames: frames}
	copy(e.Quantities[:], qs)
	return e
}

// frames names the packets of an Evidence.
func frames(f ...uint32) (list [maxOpinionRef]uint32) {
	copy(list[:], f)
	return list
}

func quantity[N ~int64 | ~int32 | ~uint32 | ~uint16 | ~uint8 | ~int](kind tcp.QuantityKind, n N) tcp.Quantity {
	return tcp.Quantity{Kind: kind, Value: int64(n)}
}

// occupies reports that the segment takes up sequence numbers.
func (t *turn) occupies() bool { return t.next != t.seg.Seq }

// probing reports a keep-alive or a window probe: it repeats old numbers on purpose.
func (t *turn) probing() bool { return t.rec.Labels.Any(tcp.KeepAlive | tcp.ZeroWindowProbe) }

// keep remembers the segment for the opinions on later ones.
func (t *turn) keep() {
	seg, fwd := t.seg, t.fwd
	if seg.Flags.Has(packet.SYN) {
		t.keepSyn()
	}
	if t.occupies() && !t.probing() {
		s := t.sentNow()
		if !fwd.sent.Add(s) && fwd.sent.Find(seg.Seq) == nil {
			fwd.fills.add(s)
		}
		fwd.lastSent = seg.Time
	}
	if !fwd.known || t.next.After(fwd.high) {
		fwd.high, fwd.known = t.next, true
	}
	if seg.Flags.Has(packet.ACK) && !seg.Flags.Has(packet.RST) {
		t.keepAck()
	}
	t.keepWindow()
	t.keepAnswers()
}

// sentNow is the segment as a SentLog remembers it.
func (t *turn) sentNow() tcp.Sent {
	seg := t.seg
	return tcp.Sent{
		Seq: seg.Seq, Next: t.next, Frame: seg.Frame, LastFrame: seg.Frame, Time: seg.Time, LastTime: seg.Time, Index: int32(t.i),
		TSVal: seg.Options.TSVal, HasTSVal: seg.Options.HasTimestamps, IPID: seg.IPID,
	}
}

func (t *turn) keepSyn() {
	seg, fwd := t.seg, t.fwd
	if seg.Options.HasMSS {
		fwd.mss = seg.Options.MSS
	}
	fwd.sackAble = fwd.sackAble || seg.Options.SACKPermitted
	if !seg.Flags.Has(packet.ACK) && fwd.synFrame == 0 {
		fwd.synFrame = seg.Frame
	}
}

// keepAck takes over what the segment acknowledges, in order and by SACK.
func (t *turn) keepAck() {
	seg, fwd := t.seg, t.fwd
	if !fwd.hasAcked || seg.Ack.After(fwd.acked) {
		fwd.acked, fwd.hasAcked, fwd.dupAcks = seg.Ack, true, 0
		fwd.ackFrame, fwd.ackTime = seg.Frame, seg.Time
		fwd.ackTSVal, fwd.ackHasTS = seg.Options.TSVal, seg.Options.HasTimestamps
		t.holesAcknowledged()
		if t.rev.recovering && !seg.Ack.Before(t.rev.recover) {
			t.rev.recovering, t.rev.cutTo = false, 0
		}
	} else if seg.Ack == fwd.acked && t.rec.Labels.Has(tcp.DuplicateAck) {
		fwd.dupAcks++
	}
	if fwd.hasSack && !fwd.sackTop.After(fwd.acked) {
		fwd.hasSack, fwd.sacked = false, 0
	}
	top, bytes, ok := t.sackedAbove()
	if !ok {
		return
	}
	if !fwd.hasSack || top.After(fwd.sackTop) || bytes > fwd.sacked {
		fwd.sackFrame = seg.Frame
	}
	if !fwd.hasSack || top.After(fwd.sackTop) {
		fwd.sackTop = top
	}
	fwd.hasSack, fwd.sacked = true, max(bytes, fwd.sacked)
}

// sackedAbove returns the highest number and the bytes that the segment reports by SACK above its ACK.
func (t *turn) sackedAbove() (top seqnum.Number, bytes uint32, ok bool) {
	o := &t.seg.Options
	for _, b := range o.SACK[:o.NumSACK] {
		if !b.Left.After(t.seg.Ack) || !b.Right.After(b.Left) {
			continue
		}
		if !ok || b.Right.After(top) {
			top = b.Right
		}
		bytes += b.Right.Distance(b.Left)
		ok = true
	}
	return top, bytes, ok
}

// keepWindow remembers whether this end lets the other one send.
func (t *turn) keepWindow() {
	seg, fwd := t.seg, t.fwd
	fwd.lastWindow, fwd.room = seg.Window, t.rec.Window
	if seg.Flags.Any(packet.SYN|packet.RST|packet.FIN) || !seg.Flags.Has(packet.ACK) {
		return
	}
	switch {
	case seg.Window != 0:
		fwd.closed = 0
	case fwd.closed == 0:
		fwd.closed = seg.Frame
	}
}

// finish decides what later packets did not, and puts the opinions in order.
func (w *witness) finish() {
	w.finishCopies()
	for d := range w.ends {
		for k := range w.ends[d].holes {
			w.judgeHole(&w.ends[d].holes[k])
		}
	}
	slices.SortStableFunc(w.set.All, func(a, b Opinion) int { return int(a.Packet) - int(b.Packet) })
}
