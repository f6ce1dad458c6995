package timeline

import (
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/exchange"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// foldRun is the longest run of unremarkable segments that is still shown in full, unless the reader chose another.
const foldRun = 7

// foldAsking is the same for probes and their answers: their growing distances are worth seeing for a while.
const foldAsking = 12

// smallTalk is the largest payload, in bytes, that counts as something said where no protocol is known: people's lines and
// small commands. Larger segments are parts of a transfer.
const smallTalk = 512

// build makes the rows.
func (c *Chat) build() {
	c.findUpgrade()
	b := builder{c: c, course: course{run: -1, unknown: c.talk.Unknown()}, silence: c.options.Silence, drops: c.view.Drops()}
	c.secured = exchange.Unknown
	if c.talk != nil {
		b.messages = c.talk.Messages
		c.secured = exchange.OpeningOf(c.view, b.messages).TLS
	}
	b.make()
}

// Grown returns the chat of the same connection with more packets behind those that it has, keeping what is folded, in time that
// depends on the number of those packets. The two share memory, so that of one chat others are grown one after the other. What was a
// silence by the round trips known before stays one.
func (c *Chat) Grown(v *session.View) *Chat {
	n := c.sameRows()
	n.view = v
	n.moments, n.unacked = n.along.Moments(c.moments, v), n.along.Unacked()
	kept := c.rows.Len() - c.tail
	b := builder{c: n, course: c.course, silence: n.options.Silence, drops: v.Drops()[min(c.course.dropped, len(v.Drops())):], rows: c.rows.upTo(kept)}
	b.make()
	n.made = c.made.after(kept, c.tail, n.rows.Len()-kept)
	return n
}

// findUpgrade looks for the first message after which the two ends speak another protocol.
func (c *Chat) findUpgrade() {
	c.upgrade, c.protocol = -1, ""
	if c.talk == nil {
		return
	}
	for k := range c.talk.Messages {
		if m := &c.talk.Messages[k]; m.Next != "" && (c.upgrade < 0 || m.Last+1 < c.upgrade) {
			c.upgrade, c.protocol = m.Last+1, m.Next
		}
	}
}

// builder goes once over the segments of a connection. A run of unremarkable ones is held back until it is known how long
// it is.
type builder struct {
	c *Chat
	course
	silence time.Duration
	rows    refsMaker
	drops   []session.Drop // before the present segment or later
}

// course is what a builder knows of the segments before the present one. With it the rows go on when the connection grows.
type course struct {
	next     int // the first segment without rows, but for the present run's
	unknown  bool
	messages []session.Message // those that begin in the present segment or later
	run      int               // where the present run begins, -1 if there is none
	asking   bool              // the run is of probes and their answers
	sum      narrate.Fold      // of the present run
	storms   storms
	phase    phases
	dropped  int // places where the capture lost packets, before the present segment
}

// make makes the rows of the segments from b.next on. How the last run ends, and what stands behind it, may be otherwise when more come.
func (b *builder) make() {
	c, n := b.c, b.c.view.Len()
	for ; b.next < n; b.next++ {
		b.rowsOf(b.next)
	}
	c.course = b.course
	kept := b.rows.n
	b.endRun(n)
	b.finish()
	c.rows = b.rows.done()
	c.tail = c.rows.Len() - kept
}

// rowsOf makes the rows in front of segment i, and its own unless it belongs to a run.
func (b *builder) rowsOf(i int) {
	c := b.c
	r := c.view.At(i)
	kind := b.segment(i, r)
	b.lost(i, r)
	if b.silent(i) && (b.run < 0 || kind != askingRun || !b.asking) {
		b.endRun(i)
		b.rows.add(ref{kind: Silence, first: int32(i), last: int32(i)})
	}
	if p, ok := b.phase.at(c, r, i); ok {
		b.endRun(i)
		b.rows.add(ref{kind: Divider, arg: uint8(p), first: int32(i), last: int32(i)})
	}
	if kind == noRun {
		b.endRun(i)
		b.rows.add(bubbleOf(int32(i)))
		return
	}
	if b.run >= 0 && b.asking != (kind == askingRun) {
		b.endRun(i)
	}
	if b.run < 0 {
		b.run, b.asking, b.sum = i, kind == askingRun, narrate.Fold{}
	}
	b.count(r, c.moments[i])
}

// silent reports that a silence stands in front of segment i.
func (b *builder) silent(i int) bool {
	return i > 0 && b.silence > 0 && diagnose.IsSilence(b.c.view, b.c.moments, i, b.silence)
}

// runKind says with what a segment may be folded.
type runKind uint8

const (
	noRun     runKind = iota // it stands alone
	plainRun                 // data and acknowledgments
	askingRun                // probes of a silent peer or a closed window, and their answers
)

// segment says whether segment i, which is not smaller than in the call before, may be folded.
func (b *builder) segment(i int, r *session.Record) runKind {
	m := b.c.moments[i]
	stormy := b.storms.next(r)
	switch {
	case b.messageIn(i) || !b.c.options.FoldRuns || b.c.annotated(i):
		return noRun
	case m == diagnose.AskAlive || m == diagnose.AskAliveAgain || m == diagnose.AliveAnswer || m == diagnose.AskRoom || m == diagnose.NoRoom:
		return askingRun
	case b.unremarkable(r, m, stormy):
		return plainRun
	}
	return noRun
}

// count adds a segment to the sum of the present run.
func (b *builder) count(r *session.Record, m diagnose.Moment) {
	s := &b.sum
	s.Packets++
	s.Payload[r.Dir()] += uint64(r.Len)
	switch {
	case b.asking && r.Labels.Any(tcp.KeepAlive|tcp.ZeroWindowProbe):
		s.Probes++
	case b.asking:
		s.Answers++
	case r.Labels.Has(tcp.DuplicateAck):
		s.Duplicates++
	case r.Labels.Any(again):
		s.Again++
	}
	s.Room = s.Room || m == diagnose.AskRoom
}

// again are the labels of segments that were sent before.
const again = tcp.Retransmission | tcp.FastRetransmission | tcp.SpuriousRetransmission

// messageIn reports that a message begins in segment i, which is not smaller than in the call before.
func (b *builder) messageIn(i int) bool {
	for len(b.messages) > 0 && b.messages[0].First < i {
		b.messages = b.messages[1:]
	}
	return len(b.messages) > 0 && b.messages[0].First == i
}

// endRun makes the rows of the run that ends before segment i.
func (b *builder) endRun(i int) {
	c, first := b.c, b.run
	if first < 0 {
		return
	}
	b.run = -1
	most := c.options.FoldAfter
	if most <= 0 {
		most = foldRun
	}
	if b.asking {
		most = foldAsking
	}
	if i-first > most {
		fold := ref{kind: Fold, first: int32(first), last: int32(i - 1), fold: int32(len(c.folds))}
		c.folds = append(c.folds, b.sum)
		b.rows.add(fold)
		if lo, hi := c.openIn(fold); lo == hi {
			return
		}
	}
	for k := first; k < i; k++ {
		if k > first && b.silent(k) { // a run of probes is one of silences as well
			b.rows.add(ref{kind: Silence, first: int32(k), last: int32(k)})
		}
		b.rows.add(bubbleOf(int32(k)))
	}
}

// finish adds what stands behind the last segment.
func (b *builder) finish() {
	c, n := b.c, int32(b.c.view.Len())
	if !c.options.Growing || c.over() {
		b.rows.add(ref{kind: Closing, first: n, last: n})
	}
	if c.failure != nil {
		b.rows.add(ref{kind: Failure, first: n, last: n})
	}
}

// over reports that nothing can follow but what is late.
func (c *Chat) over() bool {
	switch c.view.Conn.Ending {
	case tcp.Refused, tcp.Orderly, tcp.Simultaneous, tcp.Reset:
		return true
	case tcp.StillOpen, tcp.NoAnswer, tcp.HalfClosed:
	}
	return false
}

// unremarkable reports a segment that carries data or an acknowledgment and nothing else worth a row in a long transfer. In a storm
// of the same label only its beginning is.
func (b *builder) unremarkable(r *session.Record, m diagnose.Moment, stormy bool) bool {
	if m != diagnose.Nothing || r.Labels != 0 && !stormy || !r.HasNumbers() || r.Flags.Any(packet.SYN|packet.FIN|packet.RST|packet.URG) {
		return false
	}
	return !b.unknown || r.Len == 0 || r.Len > smallTalk || !r.Flags.Has(packet.PSH)
}

// storms counts, by sender, segments with labels that come in bursts after a single cause.
type storms [2]struct{ duplicates, again, quiet int }

// Bounds of a storm.
const (
	// stormShown is how many segments of a storm are shown: the third duplicate is what makes a sender send again.
	stormShown = 3
	// stormGap is how many other segments of the same side may lie between two of a storm.
	stormGap = 4
)

// next reports that a segment continues a storm of which enough is shown already.
func (s *storms) next(r *session.Record) bool {
	e := &s[r.Dir()]
	const burst = tcp.DuplicateAck | again
	if !r.Labels.Any(burst) || r.Labels&^burst != 0 {
		if e.quiet++; e.quiet > stormGap {
			e.duplicates, e.again = 0, 0
		}
		return false
	}
	e.quiet = 0
	n := &e.again
	if r.Labels.Has(tcp.DuplicateAck) {
		n = &e.duplicates
	}
	*n++
	return *n > stormShown
}

// gap is the time between segment i and the one before.
func (c *Chat) gap(i int) time.Duration {
	return time.Duration(c.view.At(i).Time - c.view.At(i-1).Time)
}

// phases finds where the parts of a connection's life begin.
type phases struct{ data, closing bool }

func (p *phases) at(c *Chat, r *session.Record, i int) (narrate.Phase, bool) {
	m := c.moments[i]
	switch {
	case i == 0 && (m == diagnose.Ask || m == diagnose.Agree):
		return narrate.PhaseHandshake, true
	case i == 0:
		p.data = r.Len > 0
		return narrate.PhaseMidway, true
	case !p.closing && closes(m):
		p.closing = true
		return narrate.PhaseClose, true
	case i == c.upgrade:
		p.data = true
		return narrate.PhaseUpgrade, true
	case !p.data && !p.closing && r.Len > 0 && !r.Labels.Any(tcp.KeepAlive) && !r.Flags.Has(packet.SYN):
		p.data = true
		return narrate.PhaseData, true
	}
	return 0, false
}

// closes reports a moment that begins the end of a connection.
func closes(m diagnose.Moment) bool {
	switch m {
	case diagnose.Close, diagnose.Abort, diagnose.GiveUp, diagnose.RefuseLate, diagnose.AbortUnused:
		return true
	default:
		return false
	}
}
