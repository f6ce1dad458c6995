package timeline

import (
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// foldRun is the longest run of unremarkable segments that is still shown in full.
const foldRun = 7

// smallTalk is the largest payload, in bytes, that counts as something said where no protocol is known: people's lines and
// small commands. Larger segments are parts of a transfer.
const smallTalk = 512

// build makes the rows.
func (c *Chat) build() {
	c.findUpgrade()
	b := builder{c: c, n: c.view.Len(), unknown: c.talk.Unknown(), silence: int64(c.options.Silence)}
	if c.talk != nil {
		b.messages = c.talk.Messages
	}
	b.begin()
	b.finish()
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
	c        *Chat
	n        int
	unknown  bool
	silence  int64
	messages []session.Message // those that begin in the present segment or later
	run      int               // where the present run begins, -1 if there is none
	payload  [2]uint64         // of the present run, by sender
	phase    phases
}

func (b *builder) begin() {
	c := b.c
	b.run = -1
	var last int64
	for i := range b.n {
		r := c.view.At(i)
		if i > 0 && b.silence > 0 && r.Time-last >= b.silence {
			b.endRun(i)
			c.rows = append(c.rows, ref{kind: Silence, first: int32(i), last: int32(i)})
		}
		last = r.Time
		speaks := b.messageIn(i)
		if p, ok := b.phase.at(c, r, i); ok {
			b.endRun(i)
			c.rows = append(c.rows, ref{kind: Divider, arg: uint8(p), first: int32(i), last: int32(i)})
		}
		switch {
		case speaks || !c.options.FoldRuns || !b.unremarkable(r, c.moments[i]) || c.view.Comment(i) != "":
			b.endRun(i)
			c.rows = append(c.rows, ref{kind: Bubble, first: int32(i), last: int32(i)})
		default:
			if b.run < 0 {
				b.run, b.payload = i, [2]uint64{}
			}
			b.payload[r.Dir()] += uint64(r.Len)
		}
	}
	b.endRun(b.n)
}

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
	if i-first > foldRun {
		fold := ref{kind: Fold, first: int32(first), last: int32(i - 1), fold: int32(len(c.folds))}
		c.rows, c.folds = append(c.rows, fold), append(c.folds, b.payload)
		if lo, hi := c.openIn(fold); lo == hi {
			return
		}
	}
	for ; first < i; first++ {
		c.rows = append(c.rows, ref{kind: Bubble, first: int32(first), last: int32(first)})
	}
}

// finish adds what stands behind the last segment.
func (b *builder) finish() {
	c, n := b.c, int32(b.n)
	c.rows = append(c.rows, ref{kind: Closing, first: n, last: n})
	if c.failure != nil {
		c.rows = append(c.rows, ref{kind: Failure, first: n, last: n})
	}
}

// unremarkable reports a segment that carries data or an acknowledgment and nothing else worth a row in a long transfer.
func (b *builder) unremarkable(r *session.Record, m diagnose.Moment) bool {
	if m != diagnose.Nothing || r.Labels != 0 || !r.HasNumbers() || r.Flags.Any(packet.SYN|packet.FIN|packet.RST|packet.URG) {
		return false
	}
	return !b.unknown || r.Len == 0 || r.Len > smallTalk || !r.Flags.Has(packet.PSH)
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
