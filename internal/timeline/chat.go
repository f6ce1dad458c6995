package timeline

import (
	"maps"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Options say how a Chat shows a connection.
type Options struct {
	Lang narrate.Lang
	// RawNumbers shows sequence numbers as on the wire instead of counting from 0.
	RawNumbers bool
	// Notes shows the sentence in plain words below a bubble.
	Notes bool
	// FoldRuns folds runs of unremarkable segments that are longer than foldRun.
	FoldRuns bool
	// Silence is the shortest silence that gets a row.
	Silence time.Duration
	// PayloadLines is the number of payload lines shown before "show more".
	PayloadLines int
	// Time says how the time beside a bubble is shown.
	Time TimeFormat
}

// TimeFormat is a way to show times.
type TimeFormat uint8

// The formats.
const (
	SinceStart TimeFormat = iota // seconds since the connection's first segment
	ClockUTC                     // time of day in UTC
	ClockLocal                   // time of day in the local zone
)

// DefaultOptions are what a newcomer sees.
func DefaultOptions() Options {
	return Options{Notes: true, FoldRuns: true, Silence: 400 * time.Millisecond, PayloadLines: 12}
}

// foldRun is the longest run of unremarkable segments that is still shown in full.
const foldRun = 7

// ref is one row before its words are made.
type ref struct {
	kind Kind
	arg  uint8 // Divider: the narrate.Phase
	// first and last are packet indexes: of the segment, of what a fold holds, of the segment after a silence.
	first, last int32
}

// Chat is the chat view of one connection: a Model. It does not change: folding and expanding make another Chat, so that one
// may be drawn while rows of another are measured elsewhere.
type Chat struct {
	view    *session.View
	talk    *session.Conversation
	moments []diagnose.Moment
	options Options
	failure error

	rows     []ref
	unfolded map[int32]bool // folds by their first packet
	expanded map[int32]bool // bubbles whose whole payload is shown, by packet
}

var _ Model = (*Chat)(nil)

// NewChat builds the chat of a connection. The conversation may be nil while it is being decoded; failure is why the capture
// ends early, if it does.
func NewChat(v *session.View, talk *session.Conversation, o Options, failure error) *Chat {
	c := &Chat{
		view: v, talk: talk, moments: diagnose.Moments(v), options: o, failure: failure,
		unfolded: map[int32]bool{}, expanded: map[int32]bool{},
	}
	c.build()
	return c
}

// With returns a chat of the same connection with another conversation or other options, keeping what is folded.
func (c *Chat) With(talk *session.Conversation, o Options) *Chat {
	n := c.clone()
	n.talk, n.options = talk, o
	n.build()
	return n
}

// View returns the connection.
func (c *Chat) View() *session.View { return c.view }

// Moments returns the moment of every segment.
func (c *Chat) Moments() []diagnose.Moment { return c.moments }

// Len returns the number of rows.
func (c *Chat) Len() int { return len(c.rows) }

// RowOf returns the row that shows packet i: its bubble, or the fold that holds it; -1 if there is none.
func (c *Chat) RowOf(i int) int {
	lo, hi := 0, len(c.rows)
	for lo < hi {
		if m := (lo + hi) / 2; c.rows[m].last < int32(i) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	for ; lo < len(c.rows); lo++ {
		switch r := &c.rows[lo]; {
		case r.first > int32(i):
			return -1
		case r.kind == Bubble && r.first == int32(i), r.kind == Fold && r.last >= int32(i) && !c.unfolded[r.first]:
			return lo
		}
	}
	return -1
}

// PacketOf returns the packet that row i shows first, -1 if it shows none.
func (c *Chat) PacketOf(i int) int {
	if i < 0 || i >= len(c.rows) || c.rows[i].kind != Bubble && c.rows[i].kind != Fold {
		return -1
	}
	return int(c.rows[i].first)
}

// Toggled returns the chat with the fold in row i folded or unfolded, the chat itself if that row is none.
func (c *Chat) Toggled(i int) *Chat {
	if i < 0 || i >= len(c.rows) || c.rows[i].kind != Fold {
		return c
	}
	n := c.clone()
	first := c.rows[i].first
	n.unfolded[first] = !n.unfolded[first]
	n.build()
	return n
}

// Revealing returns the chat with packet i not folded away.
func (c *Chat) Revealing(i int) *Chat {
	if row := c.RowOf(i); row >= 0 && c.rows[row].kind == Fold {
		return c.Toggled(row)
	}
	return c
}

// Expanded returns the chat with the whole payload of the bubble in row i shown, or its first lines again.
func (c *Chat) Expanded(i int) *Chat {
	p := c.PacketOf(i)
	if p < 0 || c.rows[i].kind != Bubble {
		return c
	}
	n := c.clone()
	n.expanded[int32(p)] = !n.expanded[int32(p)]
	n.rows = c.rows
	return n
}

// clone copies everything but the rows.
func (c *Chat) clone() *Chat {
	return &Chat{
		view: c.view, talk: c.talk, moments: c.moments, options: c.options, failure: c.failure,
		unfolded: maps.Clone(c.unfolded), expanded: maps.Clone(c.expanded),
	}
}

// build makes the rows.
func (c *Chat) build() {
	n := c.view.Len()
	phase := phases{}
	for i := 0; i < n; {
		if i > 0 && c.gap(i) >= c.options.Silence && c.options.Silence > 0 {
			c.rows = append(c.rows, ref{kind: Silence, first: int32(i), last: int32(i)})
		}
		if p, ok := phase.at(c, i); ok {
			c.rows = append(c.rows, ref{kind: Divider, arg: uint8(p), first: int32(i), last: int32(i)})
		}
		end := c.run(i)
		if end-i > foldRun {
			c.rows = append(c.rows, ref{kind: Fold, first: int32(i), last: int32(end - 1)})
			if !c.unfolded[int32(i)] {
				i = end
				continue
			}
		} else {
			end = max(end, i+1)
		}
		for ; i < end; i++ {
			c.rows = append(c.rows, ref{kind: Bubble, first: int32(i), last: int32(i)})
		}
	}
	if n > 0 {
		c.rows = append(c.rows, ref{kind: Closing, first: int32(n), last: int32(n)})
	}
	if c.failure != nil {
		c.rows = append(c.rows, ref{kind: Failure, first: int32(n), last: int32(n)})
	}
}

func (c *Chat) gap(i int) time.Duration {
	return time.Duration(c.view.At(i).Time - c.view.At(i-1).Time)
}

// run returns the end of the run of unremarkable segments that begins at i; i if the segment is remarkable.
func (c *Chat) run(i int) int {
	if !c.options.FoldRuns {
		return i
	}
	j := i
	for j < c.view.Len() && c.unremarkable(j) {
		if j > i && c.options.Silence > 0 && c.gap(j) >= c.options.Silence {
			break
		}
		j++
	}
	return j
}

// unremarkable reports a segment that carries data or an acknowledgment and nothing else worth a row in a long transfer.
func (c *Chat) unremarkable(i int) bool {
	r := c.view.At(i)
	return c.moments[i] == diagnose.Nothing && r.Labels == 0 && r.HasNumbers() &&
		!r.Flags.Any(packet.SYN|packet.FIN|packet.RST|packet.URG) && !c.talk.StartsAt(i)
}

// phases finds where the parts of a connection's life begin.
type phases struct{ handshake, data, upgrade, closing bool }

func (p *phases) at(c *Chat, i int) (narrate.Phase, bool) {
	m := c.moments[i]
	switch {
	case i == 0 && (m == diagnose.Ask || m == diagnose.Agree):
		p.handshake = true
		return narrate.PhaseHandshake, true
	case i == 0 && m == diagnose.Nothing:
		p.data = true
		return narrate.PhaseMidway, true
	case !p.closing && (m == diagnose.Close || m == diagnose.Abort):
		p.closing = true
		return narrate.PhaseClose, true
	case !p.upgrade && c.talk.UpgradesAt(i):
		p.upgrade, p.data = true, true
		return narrate.PhaseUpgrade, true
	case !p.data && !p.closing && c.view.At(i).Len > 0 && !c.view.At(i).Labels.Has(tcp.KeepAlive):
		p.data = true
		return narrate.PhaseData, true
	}
	return 0, false
}
