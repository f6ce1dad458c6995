package timeline

import (
	"context"
	"slices"
	"sort"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// LadderKind says what a row of a Ladder is.
type LadderKind uint8

// The kinds.
const (
	LadderSegment LadderKind = iota // an arrow
	LadderBundle                    // several segments that lie too close together on the time scale to be told apart
	LadderMissing                   // a segment that is not in the capture, in front of one that shows that
	LadderBreak                     // on the time scale: a pause that is drawn shorter than it was
	LadderOther                     // a row of the chat: a divider, a silence, a fold, how the connection ended
)

// Measures of the rows, in pixels at scale 1. Nothing in a row depends on how wide its words are.
const (
	ladderRow     = 42
	ladderMissing = 36
	ladderLine    = 34 // fold, silence, break
	ladderDivider = 28
	ladderCard    = 58
)

// Bounds of the time scale, in pixels.
const (
	// scaleLeast is the least distance of two rows: segments closer together share one.
	scaleLeast = 34
	// scaleMost is the longest pause drawn to scale.
	scaleMost = 150
	// scaleTrip is how far apart a question and its answer are at the first zoom.
	scaleTrip = 120
	// MaxLadderZoom bounds the steps of the zoom in both directions; each one is half as much again.
	MaxLadderZoom = 24
)

// LadderOptions say how a Ladder shows a connection.
type LadderOptions struct {
	// Scale places segments by their time instead of in equal rows. Zoom stretches that: each step by half, negative ones the other
	// way.
	Scale bool
	Zoom  int
}

// LadderSACK is what an acknowledgment says about the bytes that its sender holds. Numbers are relative.
type LadderSACK struct {
	Packet int32
	N      uint8 // of Blocks
	// Duplicate says that the first block is a D-SACK (RFC 2883): it arrived twice.
	Duplicate bool
	// Filled says that nothing is missing any more; Gain is how many bytes this acknowledgment took in.
	Filled bool
	Gain   uint32
	Ack    uint32
	Blocks [4][2]uint32
	// Lo and Hi are the span of the whole episode, from the first number missing to the end of the highest block.
	Lo, Hi uint32
}

// Top returns the end of the highest byte that is held.
func (s *LadderSACK) Top() uint32 {
	top := s.Ack
	for _, b := range s.Blocks[:s.N] {
		if before(top, b[1]) {
			top = b[1]
		}
	}
	return top
}

// gapSamples is how many pauses tell what is usual.
const gapSamples = 4096

// usualGap is the median of the times between segments, nanoseconds, of a long connection about that.
func (l *Ladder) usualGap() float64 {
	v := l.chat.view
	step := max(v.Len()/gapSamples, 1)
	var gaps []int64
	for i := 1; i < v.Len(); i += step {
		gaps = append(gaps, v.At(i).Time-v.At(i-1).Time)
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return float64(gaps[(len(gaps)-1)/2])
}

// LadderRow is one row of a Ladder in full. It is valid until it is filled again.
type LadderRow struct {
	Kind LadderKind
	// Row holds Packet, Frame, LastFrame, Dir, Flags, Time, Delta, States and Chips of a segment, a missing one's Dir and the Packet that
	// shows that it is missing, and everything of a LadderOther.
	Row
	// Seq, Ack, Len and Window are the segment's numbers; Numbers says that they are known, and that Ack means something with Acks.
	Seq, Ack, Len, Window uint32
	Numbers, Acks         bool
	// Fate is what became of it; By is the frame that shows it: sent in its place, acknowledging it, overtaking it. 0 for none.
	Fate narrate.Fate
	By   uint32
	// Rise is how far above its row the arrow of a late segment begins, in pixels.
	Rise int32
	// SACK is nil where the segment says nothing about missing bytes.
	SACK *LadderSACK
	// Count is how many segments a bundle holds, by sender.
	Count [2]int
}

// rung is one row before its words are made.
type rung struct {
	kind   LadderKind
	height int32
	// first and last are indexes of packets.
	first, last int32
	// ref is the row of the chat for LadderOther, of the missing ones for LadderMissing.
	ref int32
}

// fate is what became of a captured segment.
type fate struct {
	packet int32
	fate   narrate.Fate
	by     uint32
	// over is the packet that overtook it.
	over int32
}

// missing is a stretch of numbers in front of a packet that was not captured.
type missing struct {
	lo, n uint32
	fate  narrate.Fate
	by    uint32
}

// LadderFacts are what must be read from the capture for a Ladder. They are of a connection, whatever is folded and chosen.
type LadderFacts struct {
	view  *session.View
	sacks []LadderSACK
}

// View returns the connection that the facts are of.
func (f *LadderFacts) View() *session.View { return f.view }

// Ladder is a sequence diagram of one connection. Like Chat it does not change, and makes words when they are asked for.
type Ladder struct {
	chat    *Chat
	facts   *LadderFacts
	options LadderOptions
	rows    []rung
	fates   []fate
	missing []missing
	// perPixel is the time of one pixel on the time scale, nanoseconds.
	perPixel float64
}

// NewLadder makes the rows of a ladder in which the same is folded as in the chat. It takes time linear in the segments; ctx ends it.
func NewLadder(ctx context.Context, chat *Chat, facts *LadderFacts, o LadderOptions) (*Ladder, error) {
	o.Zoom = min(max(o.Zoom, -MaxLadderZoom), MaxLadderZoom)
	l := &Ladder{chat: chat, facts: facts, options: o}
	holes, err := l.findFates(ctx)
	if err != nil {
		return nil, err
	}
	if o.Scale {
		err = l.toScale(ctx, holes)
	} else {
		l.equalRows(holes)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Chat returns the chat that the rows come from.
func (l *Ladder) Chat() *Chat { return l.chat }

// Options returns how it is shown.
func (l *Ladder) Options() LadderOptions { return l.options }

// Len returns the number of rows.
func (l *Ladder) Len() int { return len(l.rows) }

// Height returns the height of row i in pixels at scale 1.
func (l *Ladder) Height(i int) int32 { return l.rows[i].height }

// RowOf returns the row that shows packet p, -1 if there is none.
func (l *Ladder) RowOf(p int) int {
	if p < 0 || p >= l.chat.view.Len() {
		return -1
	}
	// Of the rows that begin with the same packet its own comes last.
	row := sort.Search(len(l.rows), func(k int) bool { return l.rows[k].first > int32(p) }) - 1
	for l.rows[row].kind == LadderSegment && l.rows[row].ref == pulledOut && l.rows[row].first != int32(p) {
		row--
	}
	return row
}

// PacketOf returns the packet that row i shows first, -1 if it shows none.
func (l *Ladder) PacketOf(i int) int {
	if i < 0 || i >= len(l.rows) {
		return -1
	}
	switch r := &l.rows[i]; r.kind {
	case LadderSegment, LadderBundle:
		return int(r.first)
	case LadderOther:
		return l.chat.PacketOf(int(r.ref))
	default:
		return -1
	}
}

// FoldOf returns the row of the chat that row i stands for, -1 if it is no fold.
func (l *Ladder) FoldOf(i int) int {
	if i < 0 || i >= len(l.rows) || l.rows[i].kind != LadderOther || l.chat.rows.at(int(l.rows[i].ref)).kind != Fold {
		return -1
	}
	return int(l.rows[i].ref)
}

// equalRows makes the rows of the chat into those of the ladder.
func (l *Ladder) equalRows(holes map[int32]int32) {
	l.rows = make([]rung, 0, l.chat.rows.Len()+len(l.missing))
	for k := range l.chat.rows.Len() {
		r := l.chat.rows.at(k)
		row := rung{kind: LadderOther, first: r.first, last: r.last, ref: int32(k), height: ladderLine}
		switch r.kind {
		case Bubble:
			if m, ok := holes[r.first]; ok {
				l.rows = append(l.rows, rung{LadderMissing, ladderMissing, r.first, r.first, m})
			}
			row.kind, row.height = LadderSegment, ladderRow
		case Divider:
			row.height = ladderDivider
		case Closing, Failure:
			row.height = ladderCard
		case Fold:
			l.rows = append(l.rows, row)
			if lo, hi := l.chat.openIn(r); lo == hi {
				l.pullOut(r)
			}
			continue
		case Silence, Dropped: // a line
		}
		l.rows = append(l.rows, row)
	}
}

// maxPulled bounds the segments that are shown out of one fold.
const maxPulled = 8

// pullOut shows, below a fold, the segments in it that did not just arrive.
func (l *Ladder) pullOut(fold ref) {
	k := sort.Search(len(l.fates), func(k int) bool { return l.fates[k].packet >= fold.first })
	last := int32(-1)
	for n := 0; k < len(l.fates) && l.fates[k].packet <= fold.last && n < maxPulled; k++ {
		if p := l.fates[k].packet; p != last {
			l.rows = append(l.rows, rung{kind: LadderSegment, height: ladderRow, first: p, last: p, ref: pulledOut})
			last = p
			n++
		}
	}
}

// pulledOut marks a row whose packet is in the fold above as well.
const pulledOut = -1

// toScale places every segment by its time. Segments that come too close together share a row; a pause that is too long is cut.
func (l *Ladder) toScale(ctx context.Context, holes map[int32]int32) error {
	v := l.chat.view
	l.perPixel = l.scale()
	var began int64     // of the present row
	var fated, was bool // the present segment and the one before did not just arrive
	for i := range v.Len() {
		if i%(1<<16) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at := v.At(i).Time
		m, hole := holes[int32(i)]
		fated, was = l.fateOf(int32(i)).fate != narrate.Arrived, fated
		far := float64(at-began) / l.perPixel
		switch n := len(l.rows); {
		case n == 0:
		case far >= 0 && far < scaleLeast && !hole && !fated && !was && l.rows[n-1].last == int32(i-1):
			l.rows[n-1].last = int32(i)
			l.rows[n-1].kind = LadderBundle
			continue
		case far > scaleMost:
			l.rows[n-1].height = ladderRow
			l.rows = append(l.rows, rung{LadderBreak, ladderLine, int32(i), int32(i), 0})
		default:
			l.rows[n-1].height = int32(max(far, scaleLeast))
		}
		if hole {
			l.rows = append(l.rows, rung{LadderMissing, ladderMissing, int32(i), int32(i), m})
		}
		l.rows = append(l.rows, rung{LadderSegment, ladderRow, int32(i), int32(i), 0})
		began = at
	}
	l.addEnd()
	return nil
}

// addEnd adds what stands behind the last segment.
func (l *Ladder) addEnd() {
	n := int32(l.chat.view.Len())
	for k := range l.chat.rows.Len() {
		if r := l.chat.rows.at(k); r.kind == Closing || r.kind == Failure {
			l.rows = append(l.rows, rung{LadderOther, ladderCard, n, n, int32(k)})
		}
	}
}

// scale returns how many nanoseconds one pixel stands for: at the first zoom a round trip is scaleTrip pixels high. Where the ends
// are so close that nearly every pause is longer than that, the usual one is half as high.
func (l *Ladder) scale() float64 {
	c := &l.chat.view.Conn
	per := max(float64(c.RTTMin[flow.ClientToServer]+c.RTTMin[flow.ServerToClient]), 2*l.usualGap()) / scaleTrip
	const least = 1 // nanosecond a pixel: no clock is finer
	per = max(per, least)
	for z := l.options.Zoom; z > 0; z-- {
		per /= 1.5
	}
	for z := l.options.Zoom; z < 0; z++ {
		per *= 1.5
	}
	return max(per, least)
}
