package timeline

import (
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Shape returns what the height of row i depends on.
func (c *Chat) Shape(i int) Shape {
	r := c.rows.at(i)
	s := Shape{Kind: r.kind}
	switch r.kind {
	case Bubble:
		p := int(r.first)
		s.Chips = c.Labelled(p)
		s.Note = c.note(p)
		s.Alarm = s.Note != "" && c.noteSeverity(p, c.view.At(p)) != Info
		if c.previews(p) {
			s.Lines, s.More = 1, c.view.At(p).Len > previewBytes
			break
		}
		content := c.content(p)
		s.Title = content.title != ""
		s.Lines = uint16(len(content.lines))
		s.More = content.more != 0
		s.Frames = uint16(len(content.frames))
	case Closing:
		_, s.Note = narrate.ClosingCard(c.options.Lang, c.ending())
		s.Facts = uint8(len(c.facts()))
	case Failure:
		f := narrate.Failure(c.options.Lang, c.failure)
		s.Text = uint8(len(f.Sentences))
		if f.Place != "" {
			s.Facts = 1
		}
	default: // a line of its own height
	}
	return s
}

// Row fills r with row i.
func (c *Chat) Row(i int, r *Row) {
	ref := c.rows.at(i)
	*r = Row{Kind: ref.kind, Packet: -1, Flags: 0, Chips: r.Chips[:0], Lines: r.Lines[:0], Frames: r.Frames[:0], Facts: r.Facts[:0]}
	switch ref.kind {
	case Bubble:
		c.bubble(int(ref.first), r)
	case Divider:
		r.Text = narrate.PhaseName(c.options.Lang, narrate.Phase(ref.arg), c.protocol)
	case Silence:
		w, by := c.silence(int(ref.first))
		r.Text = narrate.Duration(c.gap(int(ref.first)))
		r.Detail = narrate.Silence(c.options.Lang, w, by)
	case Fold:
		c.fold(ref, r)
	case Dropped:
		r.Text, r.Detail = narrate.Dropped(c.options.Lang, c.lost[ref.fold])
		r.RowSeverity = Warn
	case Closing:
		c.closing(r)
	case Failure:
		f := narrate.Failure(c.options.Lang, c.failure)
		r.Text, r.Sentences, r.RowSeverity = f.Title, f.Sentences, Fail
		if f.Place != "" {
			r.Facts = append(r.Facts, Fact{Name: f.Place})
		}
	}
}

func (c *Chat) bubble(p int, r *Row) {
	rec := c.view.At(p)
	r.Packet, r.Frame, r.Dir, r.Flags = p, rec.Frame, rec.Dir(), rec.Flags
	r.Meta = c.meta(p, rec)
	r.Time, r.Delta = c.times(p, rec)
	c.states(p, r)
	for _, l := range chipsOf(rec.Labels) {
		r.Chips = append(r.Chips, Chip{Text: narrate.Label(l).Name.In(c.options.Lang), Severity: labelSeverity(l), Label: l})
	}
	for _, o := range c.opinionsAt(p) {
		r.Chips = append(r.Chips, c.opinion(o))
	}
	content := c.content(p)
	r.Title, r.More = content.title, content.more
	r.Lines = append(r.Lines, content.lines...)
	r.Frames = append(r.Frames, content.frames...)
	r.Starred = c.marks.At(rec.Frame).Starred
	r.Note = c.note(p)
	r.NoteSeverity = c.noteSeverity(p, rec)
}

// meta writes the numbers of a segment: "seq 0  ack 1  len 0  win 65,160".
func (c *Chat) meta(p int, rec *session.Record) string {
	b := make([]byte, 0, 64)
	number := func(name string, n uint32) {
		if len(b) > 0 {
			b = append(b, "  "...)
		}
		b = append(append(b, name...), ' ')
		b = narrate.AppendCount(b, uint64(n))
	}
	if !rec.HasNumbers() {
		return ""
	}
	seq, ack := rec.Seq, rec.Ack
	if c.options.RawNumbers {
		raw, ok := c.view.Raw(p)
		if !ok {
			return ""
		}
		seq, ack = raw.Seq, raw.Ack
	}
	number("seq", seq)
	if rec.Flags.Has(packet.ACK) {
		number("ack", ack)
	}
	number("len", rec.Len)
	number("win", rec.Window)
	return string(b)
}

func (c *Chat) times(p int, rec *session.Record) (at, delta string) {
	before, follows := c.view.Preceding()
	if p > 0 {
		before, follows = c.view.At(p-1).Time, true
	}
	if !follows {
		before = rec.Time
	}
	at = c.options.at(rec.Time, moment{start: c.view.Began(), before: before, frame: rec.Frame}, c.marks)
	if !follows {
		return at, narrate.Start(c.options.Lang)
	}
	return at, c.options.delta(time.Duration(rec.Time - before))
}

// seconds writes nanoseconds as seconds with six decimals.
func seconds(ns int64) string {
	b := make([]byte, 0, 24)
	if ns < 0 {
		b, ns = append(b, '-'), -ns
	}
	us := ns / 1000
	var digits [20]byte
	n := len(digits)
	for i := 0; us > 0 || i <= 6; i++ {
		if i == 6 {
			n--
			digits[n] = '.'
		}
		n--
		digits[n] = byte('0' + us%10)
		us /= 10
	}
	return string(append(b, digits[n:]...))
}

func (c *Chat) states(p int, r *Row) {
	for d := range r.States {
		e := c.view.States(p)[d]
		changed := p == 0 || c.view.States(p - 1)[d].State() != e.State()
		r.States[d] = StateMark{e.State(), changed && e.State() != tcp.Unknown, e.Inferred()}
	}
}

// note is the sentence below a bubble.
func (c *Chat) note(p int) string {
	m, rec := c.moments[p], c.view.At(p)
	switch {
	case !c.options.Notes:
		return ""
	case !rec.HasNumbers():
		return narrate.NoNumbers(c.options.Lang)
	case m == diagnose.Nothing && rec.Labels == 0:
		return ""
	}
	if o, ok := c.corrected(p); ok {
		return narrate.Opinion(o).Meaning.In(c.options.Lang)
	}
	f := narrate.Facts{Moment: m, Dir: rec.Dir(), Labels: rec.Labels, Len: rec.Len, Ack: rec.Ack, Window: rec.Window}
	earlier := -1
	switch {
	case m == diagnose.AskAliveAgain:
		earlier = c.lastProbe(p)
	case repeats(m) || rec.Labels.Any(tcp.Retransmission|tcp.OutOfOrder):
		earlier = diagnose.Earlier(c.view, p)
	}
	if earlier >= 0 {
		f.Earlier = c.view.At(earlier).Frame
		f.Since = time.Duration(rec.Time - c.view.At(earlier).Time)
	}
	return narrate.Packet(c.options.Lang, f)
}

// corrected returns our own reading of packet p where it is proven and the sentence for its labels would say the contrary.
func (c *Chat) corrected(p int) (diagnose.OpinionCode, bool) {
	for _, o := range c.opinionsAt(p) {
		switch {
		case o.Confidence != diagnose.Proven:
		case o.Code == diagnose.LateOriginal, o.Code == diagnose.SentAnew, o.Code == diagnose.ReportsDuplicate, o.Code == diagnose.ReportsGap:
			return o.Code, true
		}
	}
	return 0, false
}

// maxProbe bounds the search for an earlier probe: hardly anything else is sent meanwhile.
const maxProbe = 16

// lastProbe returns the keep-alive probe before p by the same side, -1 if none is near.
func (c *Chat) lastProbe(p int) int {
	dir := c.view.At(p).Dir()
	for j := p - 1; j >= max(0, p-maxProbe); j-- {
		if m := c.moments[j]; (m == diagnose.AskAlive || m == diagnose.AskAliveAgain) && c.view.At(j).Dir() == dir {
			return j
		}
	}
	return -1
}

// repeats reports a moment in which something is sent again.
func repeats(m diagnose.Moment) bool {
	switch m {
	case diagnose.AskAgain, diagnose.AskUnheard, diagnose.AgreeAgain, diagnose.AgreeUnheard, diagnose.CloseAgain:
		return true
	default:
		return false
	}
}

// noteSeverity colours a note: resets are the end of something, repetitions are warnings; what is a part of every healthy
// connection is neither, whatever Wireshark's label for it.
func (c *Chat) noteSeverity(p int, rec *session.Record) Severity {
	if o, ok := c.corrected(p); ok && o != diagnose.SentAnew { // nothing is wrong with it
		return Info
	}
	switch m := c.moments[p]; m {
	case diagnose.Refuse, diagnose.RefuseLate, diagnose.Decline, diagnose.Abort, diagnose.AbortUnused, diagnose.AbortInstead,
		diagnose.AbortAnswer, diagnose.GiveUp:
		return Fail
	case diagnose.AskAliveAgain, diagnose.NoRoom:
		return Warn
	case diagnose.AgreeCrossing:
		return Info
	default:
		if repeats(m) {
			return Warn
		}
	}
	return labelSeverity(rec.Labels &^ hiddenChip(rec.Labels))
}

func (c *Chat) fold(ref ref, r *Row) {
	r.Packet, r.Frame = int(ref.first), c.view.At(int(ref.first)).Frame
	r.LastFrame = c.view.At(int(ref.last)).Frame
	lo, hi := c.openIn(ref)
	r.Open = lo < hi
	r.Text = narrate.Frame(r.Frame) + "–" + narrate.Frame(r.LastFrame)
	r.Detail = narrate.Folded(c.options.Lang, c.folds[ref.fold])
}

func (c *Chat) ending() narrate.Ending {
	e := narrate.Ending{Conn: &c.view.Conn}
	if i := c.view.Find(c.view.Conn.EndFrame); i >= 0 {
		e.At = time.Duration(c.view.At(i).Time - c.view.Began())
	}
	for i, m := range c.moments {
		r := c.view.At(i)
		switch m {
		case diagnose.Ask, diagnose.AskAgain, diagnose.AskUnheard:
			e.Asked++
		case diagnose.Close, diagnose.CloseCrossing, diagnose.CloseBoth, diagnose.CloseToo:
			e.Closed = e.Closed || e.Reason == diagnose.Nothing
		default:
		}
		if r.Flags.Has(packet.RST) && e.Reason == diagnose.Nothing && m != diagnose.Nothing {
			e.Resetter, e.ResetAt, e.Reason = r.Dir(), time.Duration(r.Time-c.view.Began()), m
		}
	}
	e.Unfinished = c.unfinished()
	return e
}

// unfinished reports a handshake of which the third packet never came.
func (c *Chat) unfinished() bool {
	var asked, agreed bool
	for i, m := range c.moments {
		asked, agreed = asked || m == diagnose.Ask, agreed || m == diagnose.Agree
		if f := c.view.At(i).Flags; f.Has(packet.ACK) && !f.Has(packet.SYN) {
			return false
		}
	}
	return asked && agreed
}

func (c *Chat) closing(r *Row) {
	e := c.ending()
	r.Text, r.Detail = narrate.ClosingCard(c.options.Lang, e)
	switch c.view.Conn.Ending {
	case tcp.Orderly, tcp.Simultaneous:
		r.RowSeverity = OK
	case tcp.Reset, tcp.Refused, tcp.NoAnswer:
		r.RowSeverity = Fail
	default:
		r.RowSeverity = Info
	}
	r.Facts = append(r.Facts, c.facts()...)
}

// facts are those of the closing card, none for a connection without a segment of its own.
func (c *Chat) facts() []Fact {
	conn, l := &c.view.Conn, c.options.Lang
	if c.view.Len() == 0 {
		return nil
	}
	facts := []Fact{
		{narrate.FactName(l, narrate.FactDuration), narrate.Duration(time.Duration(conn.LastTime - conn.FirstTime))},
		{narrate.FactName(l, narrate.FactClientSent), narrate.Bytes(conn.Payload[flow.ClientToServer])},
		{narrate.FactName(l, narrate.FactServerSent), narrate.Bytes(conn.Payload[flow.ServerToClient])},
	}
	if c.secured != exchange.Unknown {
		facts = append(facts, Fact{narrate.FactName(l, narrate.FactTLS), narrate.Duration(c.secured)})
	}
	if n := conn.Retransmissions[0] + conn.Retransmissions[1]; n > 0 {
		facts = append(facts, Fact{narrate.FactName(l, narrate.FactSentAgain), narrate.Count(uint64(n))})
	}
	for d, n := range c.unacked {
		if n > 0 {
			facts = append(facts, Fact{narrate.FactName(l, narrate.FactClientUnacked+narrate.FactKind(d)), narrate.Bytes(uint64(n))})
		}
	}
	for d, e := range c.view.States(c.view.Len() - 1) {
		if s := e.State(); s != tcp.Unknown {
			facts = append(facts, Fact{narrate.Side(l, flow.Direction(d)), s.String() + unproven[e.Inferred()]})
		}
	}
	return facts
}

// unproven is what stands behind a state that the capture does not prove.
var unproven = map[bool]string{true: "?"}

// chipOrder lists the labels in the order of the chips.
var chipOrder = []tcp.Labels{
	tcp.SpuriousRetransmission, tcp.FastRetransmission, tcp.Retransmission, tcp.OutOfOrder, tcp.LostSegment, tcp.AckLostSegment,
	tcp.ReusedPorts, tcp.ZeroWindow, tcp.ZeroWindowProbe, tcp.ZeroWindowProbeAck, tcp.WindowFull, tcp.WindowUpdate, tcp.KeepAlive,
	tcp.KeepAliveAck, tcp.DuplicateAck, tcp.TFOSyn, tcp.TFOAck, tcp.TFOIgnored,
}

// hiddenChip is the label that needs no chip beside the others: "fast" and "spurious" stand for the retransmission they imply.
func hiddenChip(l tcp.Labels) tcp.Labels {
	if l.Any(tcp.FastRetransmission | tcp.SpuriousRetransmission) {
		return tcp.Retransmission
	}
	return 0
}

// chipsOf returns the labels to show, one at a time. There is at least one if any is set.
func chipsOf(l tcp.Labels) []tcp.Labels {
	l &^= hiddenChip(l)
	if l == 0 {
		return nil
	}
	var out []tcp.Labels
	for _, x := range chipOrder {
		if l.Has(x) {
			out = append(out, x)
		}
	}
	return out
}

// warnings are the labels that tell of trouble.
const warnings = tcp.Retransmission | tcp.FastRetransmission | tcp.OutOfOrder | tcp.LostSegment | tcp.AckLostSegment |
	tcp.ZeroWindow | tcp.WindowFull

func labelSeverity(l tcp.Labels) Severity {
	if l.Any(warnings) {
		return Warn
	}
	return Info
}

// opinionsAt returns what we say about packet p ourselves. That a segment was put together by the network card is left out: in
// such a capture it would stand at every other packet.
func (c *Chat) opinionsAt(p int) []diagnose.Opinion {
	if c.opinions == nil {
		return nil
	}
	os := c.opinions.At(p)
	if len(os) > 0 && os[0].Code == diagnose.OffloadedSegment {
		return os[1:]
	}
	return os
}

// opinion makes the chip of our own reading.
func (c *Chat) opinion(o diagnose.Opinion) Chip {
	l := c.options.Lang
	term := narrate.Opinion(o.Code)
	return Chip{
		Text: term.Name.In(l) + " · " + narrate.Confidence(l, o.Confidence), Severity: OK, Ours: true,
		Meaning: narrate.OpinionSentence(l, o),
	}
}
