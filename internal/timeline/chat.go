package timeline

import (
	"maps"
	"slices"
	"sort"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// Options say how a Chat shows a connection.
type Options struct {
	Lang narrate.Lang
	// RawNumbers shows sequence numbers as on the wire instead of counting from 0.
	RawNumbers bool
	// Notes shows the sentence in plain words below a bubble.
	Notes bool
	// FoldRuns folds runs of unremarkable segments that are longer than FoldAfter, or the usual length if that is 0.
	FoldRuns  bool
	FoldAfter int
	// Plain shows payload as the bytes that were sent, not as what they mean.
	Plain bool
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
	SinceStart     TimeFormat = iota // seconds since the connection's first segment
	ClockUTC                         // time of day in UTC
	ClockLocal                       // time of day in the local zone
	SincePrevious                    // since the packet before
	SinceMark                        // since the latest marked packet, or to the first one
	NumTimeFormats = iota
)

// DefaultOptions are what a newcomer sees.
func DefaultOptions() Options {
	return Options{Notes: true, FoldRuns: true, FoldAfter: foldRun, Silence: 400 * time.Millisecond, PayloadLines: 12}
}

// ref is one row before its words are made.
type ref struct {
	kind Kind
	arg  uint8 // Divider: the narrate.Phase
	// first and last are packet indexes: of the segment, of what a fold holds, of the segment after a silence.
	first, last int32
	// fold is the index of a Fold's payload in Chat.folds.
	fold int32
}

// Chat is the chat view of one connection: a Model. It does not change: folding and expanding make another Chat, so that one
// may be drawn while rows of another are measured elsewhere.
type Chat struct {
	view     *session.View
	talk     *session.Conversation
	moments  []diagnose.Moment
	opinions *diagnose.OpinionSet
	marks    *Marks
	options  Options
	failure  error
	// unacked are the bytes of each side that were not acknowledged.
	unacked [2]uint32

	rows  []ref
	folds []narrate.Fold // what each fold holds
	// unfolded holds one packet of each fold that the reader has opened, ascending.
	unfolded []int32
	expanded map[int32]bool // bubbles whose whole payload is shown, by packet
	// upgrade is the first packet after an upgrade to protocol, -1 if there is none.
	upgrade  int
	protocol string
	// secured is how long the TLS handshake took, exchange.Unknown if that is not known.
	secured time.Duration
}

var _ Model = (*Chat)(nil)

// NewChat builds the chat of a connection. The conversation may be nil while it is being decoded; failure is why the capture
// ends early, if it does.
func NewChat(v *session.View, talk *session.Conversation, o Options, failure error) *Chat {
	c := &Chat{
		view: v, talk: talk, moments: diagnose.Moments(v), options: o, failure: failure, expanded: map[int32]bool{},
		unacked: diagnose.Unacked(v),
	}
	c.build()
	return c
}

// With returns a chat of the same connection with another conversation or other options, keeping what is folded.
func (c *Chat) With(talk *session.Conversation, o Options) *Chat {
	if talk == c.talk && o.FoldRuns == c.options.FoldRuns && o.FoldAfter == c.options.FoldAfter && o.Silence == c.options.Silence { // only the words are others
		n := c.sameRows()
		n.options = o
		return n
	}
	n := c.clone()
	n.talk, n.options = talk, o
	n.build()
	return n
}

// Grown returns the chat of the same connection with more packets behind those that it has, keeping what is folded.
func (c *Chat) Grown(v *session.View) *Chat {
	n := c.clone()
	n.view, n.moments, n.unacked = v, diagnose.Moments(v), diagnose.Unacked(v)
	n.build()
	return n
}

// View returns the connection.
func (c *Chat) View() *session.View { return c.view }

// Moments returns the moment of every segment.
func (c *Chat) Moments() []diagnose.Moment { return c.moments }

// Len returns the number of rows.
func (c *Chat) Len() int { return len(c.rows) }

// RowOf returns the row that shows packet i: its bubble, or the fold that holds it; -1 if there is no such packet.
func (c *Chat) RowOf(i int) int {
	if i < 0 || i >= c.view.Len() {
		return -1
	}
	// Of the rows that begin with the same packet the bubble, or the closed fold, comes last.
	return sort.Search(len(c.rows), func(k int) bool { return c.rows[k].first > int32(i) }) - 1
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
	r := c.rows[i]
	if lo, hi := c.openIn(r); lo < hi {
		n.unfolded = slices.Delete(n.unfolded, lo, hi)
	} else {
		n.unfolded = slices.Insert(n.unfolded, lo, r.first)
	}
	n.build()
	return n
}

// openIn returns the range of c.unfolded that lies in a fold: it is open if there is any.
func (c *Chat) openIn(r ref) (lo, hi int) {
	lo, _ = slices.BinarySearch(c.unfolded, r.first)
	hi, _ = slices.BinarySearch(c.unfolded, r.last+1)
	return lo, hi
}

// Revealing returns the chat with packet i not folded away.
func (c *Chat) Revealing(i int) *Chat {
	if row := c.RowOf(i); row >= 0 && c.rows[row].kind == Fold { // an open fold is never the row of a packet
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
	n := c.sameRows()
	n.expanded[int32(p)] = !n.expanded[int32(p)]
	return n
}

// WithOpinions returns the chat with our own reading beside Wireshark's labels; nil for none.
func (c *Chat) WithOpinions(o *diagnose.OpinionSet) *Chat {
	n := c.sameRows()
	n.opinions = o
	return n
}

// sameRows copies everything.
func (c *Chat) sameRows() *Chat {
	n := c.clone()
	n.rows, n.folds, n.upgrade, n.protocol, n.secured = c.rows, c.folds, c.upgrade, c.protocol, c.secured
	return n
}

// clone copies everything but the rows.
func (c *Chat) clone() *Chat {
	return &Chat{
		view: c.view, talk: c.talk, moments: c.moments, opinions: c.opinions, marks: c.marks, options: c.options, failure: c.failure,
		unacked:  c.unacked,
		unfolded: slices.Clone(c.unfolded), expanded: maps.Clone(c.expanded),
	}
}
