package timeline

import (
	"maps"
	"slices"
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
	// Growing says that the capture goes on: a connection that is not over has no row for its end.
	Growing bool
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
	// fold is the index of a Fold's payload in Chat.folds, of a Dropped in Chat.lost.
	fold int32
}

// Chat is the chat view of one connection: a Model. It does not change: folding and expanding make another Chat, so that one
// may be drawn while rows of another are measured elsewhere.
type Chat struct {
	view     *session.View
	talk     *session.Conversation
	moments  []diagnose.Moment
	along    diagnose.Course // of moments
	opinions *diagnose.OpinionSet
	marks    *Marks
	options  Options
	failure  error
	// unacked are the bytes of each side that were not acknowledged.
	unacked [2]uint32

	rows  refs
	made  derived        // which rows these are
	folds []narrate.Fold // what each fold holds
	lost  []uint64       // how many packets the capture lost at each place
	// course is where the rows go on when the connection grows: tail is how many of the last ones are made anew then.
	course course
	tail   int
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
		view: v, talk: talk, options: o, failure: failure, expanded: map[int32]bool{},
	}
	c.moments = c.along.Moments(make([]diagnose.Moment, 0, v.Len()), v)
	c.unacked = c.along.Unacked()
	c.made.version = newVersion()
	c.build()
	return c
}

// With returns a chat of the same connection with another conversation or other options, keeping what is folded.
func (c *Chat) With(talk *session.Conversation, o Options) *Chat {
	if c.KeepsRows(talk, o) {
		n := c.sameRows()
		n.options = o
		return n
	}
	n := c.clone()
	n.talk, n.options = talk, o
	n.moments = slices.Clip(n.moments) // it and c may both grow
	n.made.version = newVersion()
	n.build()
	return n
}

// SameChoices reports that what the reader chose is the same in another chat of the connection: what is folded, shown, and marked.
func (c *Chat) SameChoices(o *Chat) bool {
	return c.options == o.options && c.marks == o.marks && slices.Equal(c.unfolded, o.unfolded) && maps.Equal(c.expanded, o.expanded)
}

// KeepsRows says that with another conversation or other options only the words are others, which costs nothing.
func (c *Chat) KeepsRows(talk *session.Conversation, o Options) bool {
	return talk == c.talk && o.FoldRuns == c.options.FoldRuns && o.FoldAfter == c.options.FoldAfter &&
		o.Silence == c.options.Silence && o.Growing == c.options.Growing
}

// View returns the connection.
func (c *Chat) View() *session.View { return c.view }

// Moments returns the moment of every segment.
func (c *Chat) Moments() []diagnose.Moment { return c.moments }

// Len returns the number of rows.
func (c *Chat) Len() int { return c.rows.Len() }

// RowOf returns the row that shows packet i: its bubble, or the fold that holds it; -1 if there is no such packet.
func (c *Chat) RowOf(i int) int {
	if i < 0 || i >= c.view.Len() {
		return -1
	}
	// Of the rows that begin with the same packet the bubble, or the closed fold, comes last.
	return c.rows.rowOf(int32(i))
}

// PacketOf returns the packet that row i shows first, -1 if it shows none.
func (c *Chat) PacketOf(i int) int {
	if i < 0 || i >= c.rows.Len() {
		return -1
	}
	if r := c.rows.at(i); r.kind == Bubble || r.kind == Fold {
		return int(r.first)
	}
	return -1
}

// Toggled returns the chat with the fold in row i folded or unfolded, the chat itself if that row is none.
func (c *Chat) Toggled(i int) *Chat {
	if i < 0 || i >= c.rows.Len() || c.rows.at(i).kind != Fold {
		return c
	}
	n := c.sameRows()
	n.unfolded = slices.Clone(c.unfolded)
	r := c.rows.at(i)
	if lo, hi := c.openIn(r); lo < hi {
		shown := c.RowOf(int(r.last)) - i
		n.unfolded = slices.Delete(n.unfolded, lo, hi)
		n.rows = c.rows.replaced(i+1, i+1+shown, nil)
		n.made = c.made.after(i+1, shown, 0)
		if i >= c.rows.Len()-c.tail {
			n.tail -= shown
		}
	} else {
		n.unfolded = slices.Insert(n.unfolded, lo, r.first)
		held, rows := c.held(r)
		n.rows = c.rows.replaced(i+1, i+1, held)
		n.made = c.made.after(i+1, 0, rows)
		if i >= c.rows.Len()-c.tail {
			n.tail += rows
		}
	}
	return n
}

// held are the rows in a fold, and how many they are.
func (c *Chat) held(r ref) (pieces []piece, n int) {
	if f := &c.folds[r.fold]; f.Probes == 0 && f.Answers == 0 {
		n = int(r.last-r.first) + 1
		return []piece{{first: r.first, n: n}}, n
	}
	var m refsMaker
	b := builder{c: c, silence: c.options.Silence}
	for k := int(r.first); k <= int(r.last); k++ { // a run of probes is one of silences as well
		if k > int(r.first) && b.silent(k) {
			m.add(ref{kind: Silence, first: int32(k), last: int32(k)})
		}
		m.add(bubbleOf(int32(k)))
	}
	rows := m.done()
	return rows.pieces, rows.Len()
}

// Since returns how the rows differ from those of before, false if that is not known.
func (c *Chat) Since(before Model) (Difference, bool) {
	if b, ok := before.(*Chat); ok {
		return c.made.since(b.made)
	}
	return Difference{}, false
}

// Like returns the chat with what is folded and expanded as in old, which is of the same connection: the first packets of old may be
// gone.
func (c *Chat) Like(old *Chat) *Chat {
	if len(old.unfolded) == 0 && len(old.expanded) == 0 {
		return c
	}
	n, gone := c.clone(), int32(c.Gone(old))
	n.unfolded, n.expanded = nil, map[int32]bool{}
	for _, p := range old.unfolded {
		if p < gone { // of a fold that began with what is gone the end may be there
			p = old.foldEnd(p)
		}
		if p >= gone {
			n.unfolded = append(n.unfolded, p-gone)
		}
	}
	for p, all := range old.expanded {
		if p >= gone {
			n.expanded[p-gone] = all
		}
	}
	n.made.version = newVersion()
	n.build()
	return n
}

// foldEnd returns the last packet of the open fold that holds packet p, p itself if there is none.
func (c *Chat) foldEnd(p int32) int32 {
	for row := c.RowOf(int(p)); row >= 0 && c.rows.at(row).last >= p; row-- {
		if r := c.rows.at(row); r.kind == Fold {
			return r.last
		}
	}
	return p
}

// Gone returns how many of the first packets of the rows of before are not in these any more, where both are of one connection.
func (c *Chat) Gone(before Model) int {
	if b, ok := before.(*Chat); ok && b != nil {
		return c.view.Gone(b.view)
	}
	return 0
}

// openIn returns the range of c.unfolded that lies in a fold: it is open if there is any.
func (c *Chat) openIn(r ref) (lo, hi int) {
	lo, _ = slices.BinarySearch(c.unfolded, r.first)
	hi, _ = slices.BinarySearch(c.unfolded, r.last+1)
	return lo, hi
}

// Revealing returns the chat with packet i not folded away.
func (c *Chat) Revealing(i int) *Chat {
	if row := c.RowOf(i); row >= 0 && c.rows.at(row).kind == Fold { // an open fold is never the row of a packet
		return c.Toggled(row)
	}
	return c
}

// Expanded returns the chat with the whole payload of the bubble in row i shown, or its first lines again.
func (c *Chat) Expanded(i int) *Chat {
	p := c.PacketOf(i)
	if p < 0 || c.rows.at(i).kind != Bubble {
		return c
	}
	n := c.sameRows()
	n.made = c.made.after(i, 1, 1)
	n.expanded[int32(p)] = !n.expanded[int32(p)]
	return n
}

// WithOpinions returns the chat with our own reading beside Wireshark's labels; nil for none.
func (c *Chat) WithOpinions(o *diagnose.OpinionSet) *Chat {
	n := c.sameRows()
	n.opinions = o
	return n
}

// Opinions returns our own reading of the labels, nil for none.
func (c *Chat) Opinions() *diagnose.OpinionSet {
	if c == nil {
		return nil
	}
	return c.opinions
}

// sameRows copies everything.
func (c *Chat) sameRows() *Chat {
	n := c.clone()
	n.made.version = newVersion()
	n.rows, n.folds, n.lost, n.upgrade, n.protocol, n.secured = c.rows, c.folds, c.lost, c.upgrade, c.protocol, c.secured
	n.course, n.tail = c.course, c.tail
	return n
}

// clone copies everything but the rows.
func (c *Chat) clone() *Chat {
	return &Chat{
		view: c.view, talk: c.talk, moments: c.moments, along: c.along, opinions: c.opinions, marks: c.marks, options: c.options, failure: c.failure,
		unacked:  c.unacked,
		unfolded: slices.Clone(c.unfolded), expanded: maps.Clone(c.expanded),
	}
}
