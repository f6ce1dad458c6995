package timeline

import (
	"strings"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// maxRise bounds how far a late arrow reaches over other rows, in pixels.
const maxRise = 160

// Row fills r with row i.
func (l *Ladder) Row(i int, r *LadderRow) {
	g := &l.rows[i]
	*r = LadderRow{Kind: g.kind, Row: Row{Packet: -1, Chips: r.Chips[:0], Lines: r.Lines[:0], Frames: r.Frames[:0], Facts: r.Facts[:0]}}
	c := l.chat
	switch g.kind {
	case LadderSegment:
		l.segment(i, int(g.first), r)
	case LadderBundle:
		l.segment(i, int(g.first), r)
		r.LastFrame = c.view.At(int(g.last)).Frame
		for d, e := range c.view.States(int(g.last)) {
			changed := g.first == 0 || c.view.States(int(g.first) - 1)[d].State() != e.State()
			r.States[d] = StateMark{e.State(), changed && e.State() != tcp.Unknown, e.Inferred()}
		}
		for p := g.first; p <= g.last && p-g.first < maxCounted; p++ {
			r.Count[c.view.At(int(p)).Dir()]++
		}
		r.Text = narrate.Frame(r.Frame) + "–" + narrate.Frame(r.LastFrame)
		r.Detail = narrate.LadderPackets(c.options.Lang, int(g.last-g.first)+1)
	case LadderMissing:
		m := &l.missing[g.ref]
		r.Packet, r.Dir = int(g.first), c.view.At(int(g.first)).Dir()
		r.Seq, r.Len, r.Numbers, r.Fate, r.By = m.lo, m.n, true, m.fate, m.by
		if c.options.RawNumbers {
			if raw, ok := c.view.Raw(int(g.first)); ok {
				r.Seq = raw.Seq - m.n
			}
		}
	case LadderBreak:
		i := int(g.first)
		r.Text, r.Detail = narrate.Duration(c.gap(i)), narrate.LadderBreak(c.options.Lang)
		if c.options.Silence > 0 && diagnose.IsSilence(c.view, c.moments, i, c.options.Silence) {
			w, by := c.silence(i)
			r.Detail = narrate.Silence(c.options.Lang, w, by)
		}
		r.Row.Kind = Silence
	case LadderOther:
		c.Row(int(g.ref), &r.Row)
	}
}

// maxCounted bounds the segments of a bundle that are counted by sender.
const maxCounted = 4096

func (l *Ladder) segment(row, p int, r *LadderRow) {
	c := l.chat
	rec := c.view.At(p)
	r.Packet, r.Frame, r.Dir, r.Flags = p, rec.Frame, rec.Dir(), rec.Flags
	r.Time, r.Delta = c.times(p, rec)
	c.states(p, &r.Row)
	r.Numbers, r.Acks = rec.HasNumbers(), rec.Flags.Has(packet.ACK)
	r.Seq, r.Ack, r.Len, r.Window = rec.Seq, rec.Ack, rec.Len, rec.Window
	if c.options.RawNumbers && r.Numbers {
		raw, ok := c.view.Raw(p)
		r.Seq, r.Ack, r.Numbers = raw.Seq, raw.Ack, ok
	}
	for _, x := range chipsOf(rec.Labels) {
		r.Chips = append(r.Chips, Chip{Text: narrate.Label(x).Name.In(c.options.Lang), Severity: labelSeverity(x), Label: x})
	}
	for _, o := range c.opinionsAt(p) {
		r.Chips = append(r.Chips, c.opinion(o))
	}
	f := l.fateOf(int32(p))
	r.Fate, r.By = f.fate, f.by
	if f.fate == narrate.Late {
		for k := row - 1; k >= 0 && l.rows[k].last >= f.over && r.Rise < maxRise; k-- {
			r.Rise += l.rows[k].height
		}
		r.Rise = min(r.Rise, maxRise)
	}
	r.SACK = l.facts.sackAt(int32(p))
}

// Label writes the segment's numbers, as many as fit into that many columns: "seq 27,513  ack 1  len 1,448  win 65,536". What a
// segment like this is looked at for goes last.
func (r *LadderRow) Label(columns int) string {
	if !r.Numbers {
		return ""
	}
	parts := [4]struct {
		name  string
		n     uint32
		shown bool
	}{
		{"seq ", r.Seq, true},
		{"ack ", r.Ack, r.Acks && r.Kind != LadderMissing},
		{"len ", r.Len, r.Len > 0},
		{"win ", r.Window, r.Kind != LadderMissing},
	}
	drop := [3]int{3, 1, 2}
	switch {
	case r.Len > 0 || r.Flags.Has(packet.FIN):
	case r.Flags.Any(packet.SYN | packet.RST):
		drop = [3]int{1, 3, 2}
	default: // a pure acknowledgment
		drop = [3]int{0, 3, 2}
	}
	var room [96]byte
	write := func() []byte {
		b := room[:0]
		for _, p := range parts {
			if !p.shown {
				continue
			}
			if len(b) > 0 {
				b = append(b, "  "...)
			}
			b = narrate.AppendCount(append(b, p.name...), uint64(p.n))
		}
		return b
	}
	b := write()
	for _, k := range drop {
		if len(b) <= columns {
			break
		}
		parts[k].shown = false
		b = write()
	}
	return string(b)
}

// Describe says in a few lines what is known of packet p.
func (l *Ladder) Describe(p int) string {
	c := l.chat
	if p < 0 || p >= c.view.Len() {
		return ""
	}
	var r LadderRow
	l.segment(0, p, &r)
	lang := c.options.Lang
	lines := []string{
		narrate.Frame(r.Frame) + " " + narrate.Side(lang, r.Dir) + "  " + r.Time + " (" + r.Delta + ")",
		strings.Join(narrate.FlagNames(r.Flags), " ") + "  " + c.meta(p, c.view.At(p)),
	}
	for _, x := range r.Chips {
		lines = append(lines, "["+x.Text+"]")
	}
	if s := narrate.LadderFate(lang, r.Fate, r.By); s != "" {
		lines = append(lines, s)
	}
	if s := c.note(p); s != "" {
		lines = append(lines, s)
	}
	return strings.Join(lines, "\n")
}

// TimeColumns returns how many characters the longest time has.
func (l *Ladder) TimeColumns() int {
	v, n := l.chat.view, 0
	for _, p := range [...]int{0, v.Len() - 1} {
		if p >= 0 && p < v.Len() {
			at, _ := l.chat.times(p, v.At(p))
			n = max(n, len(at))
		}
	}
	return n
}

// Span returns the time from the first to the last segment of rows from to to, for the title of a picture.
func (l *Ladder) Span(from, to int) time.Duration {
	first, last := l.rows[from].first, min(l.rows[to-1].last, int32(l.chat.view.Len()-1))
	if last < first {
		return 0
	}
	return time.Duration(l.chat.view.At(int(last)).Time - l.chat.view.At(int(first)).Time)
}
