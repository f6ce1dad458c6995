package timeline

import (
	"os"
	"strconv"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// StatsGroup is a part of a connection's statistics.
type StatsGroup struct {
	Title string
	// Note is a sentence about the whole group.
	Note string
	// Sides says that the rows have a value for each side.
	Sides bool
	// Parts says that the rows are parts of one whole, in order: see StatsRow.Part.
	Parts bool
	Rows  []StatsRow
}

// StatsRow is one number, or one for each side.
type StatsRow struct {
	Name string
	// Meaning is a sentence about the number.
	Meaning string
	// Values are indexed by flow.Direction; of a number about both there is only the first one. "" stands for what is not known.
	Values [2]string
	// Both says that the number is about both sides.
	Both bool
	// Packets are where the numbers can be seen, as indexes in the View, -1 for nowhere.
	Packets [2]int
	// Indented says that the row is a part of the one before.
	Indented bool
	// Part is the share of the whole that the row stands for, 0 to 1, and Phase its kind; only in a group of Parts.
	Part  float64
	Phase diagnose.Phase
	// Bad marks the numbers that are worth a look.
	Bad [2]bool
}

// StatsGroups words the statistics of a connection. spent is nil while it is not known.
func StatsGroups(l narrate.Lang, s *diagnose.Stats, spent *diagnose.Spent) []StatsGroup {
	w := statsWriter{l, s}
	var out []StatsGroup
	if spent != nil {
		out = append(out, w.time(spent))
		if len(spent.Slowest) > 0 {
			out = append(out, w.slowest(spent))
		}
	}
	return append(out, w.volume(), w.cost(spent), w.rtt(), w.loss(), w.windows(), w.rate(), w.agreed())
}

// statsWriter words statistics.
type statsWriter struct {
	l narrate.Lang
	s *diagnose.Stats
}

var nowhere = [2]int{-1, -1}

func (w *statsWriter) group(t narrate.Term, sides bool) StatsGroup {
	return StatsGroup{Title: t.Name.In(w.l), Note: t.Meaning.In(w.l), Sides: sides}
}

// more adds a sentence to the note.
func (g *StatsGroup) more(l narrate.Lang, sentence string) {
	if l != narrate.Chinese { // which needs no space behind its full stop
		g.Note += " "
	}
	g.Note += sentence
}

func (w *statsWriter) row(t narrate.Term, values ...string) StatsRow {
	r := StatsRow{Name: t.Name.In(w.l), Meaning: t.Meaning.In(w.l), Packets: nowhere, Both: len(values) == 1}
	copy(r.Values[:], values)
	return r
}

// both makes a row with a value for each side.
func (w *statsWriter) both(t narrate.Term, value func(s *diagnose.SideStats) string) StatsRow {
	return w.row(t, value(&w.s.Sides[0]), value(&w.s.Sides[1]))
}

// shared writes a number with its share of a total; write writes it.
func shared(write func(uint64) string, n, total uint64) string {
	if n == 0 || total == 0 {
		return write(n)
	}
	return write(n) + " · " + narrate.Share(float64(n), float64(total))
}

func (w *statsWriter) time(sp *diagnose.Spent) StatsGroup {
	g := w.group(narrate.StatGroups.Time, false)
	g.Parts = true
	total := time.Duration(0)
	for _, d := range sp.Phases {
		total += d
	}
	for p, d := range sp.Phases {
		if d == 0 && diagnose.Phase(p) != diagnose.PhaseWait {
			continue
		}
		r := w.row(narrate.SpentPhase(diagnose.Phase(p)), narrate.Duration(d), narrate.Share(float64(d), float64(total)))
		r.Phase = diagnose.Phase(p)
		if total > 0 {
			r.Part = float64(d) / float64(total)
		}
		g.Rows = append(g.Rows, r)
	}
	switch {
	case sp.Limited:
		g.more(w.l, fillIn(narrate.StatWords.More.In(w.l), map[string]string{"n": narrate.Count(uint64(sp.Exchanges))}))
	case sp.Exchanges == 0:
		g.more(w.l, narrate.StatWords.FromTurns.In(w.l))
	}
	return g
}

func fillIn(s string, values map[string]string) string {
	return os.Expand(s, func(name string) string { return values[name] })
}

func (w *statsWriter) slowest(sp *diagnose.Spent) StatsGroup {
	g := w.group(narrate.StatGroups.Slowest, false)
	for _, x := range sp.Slowest {
		status := narrate.StatWords.Answered.In(w.l)
		if x.Status != 0 {
			status = strconv.Itoa(x.Status)
		}
		meaning := x.Method + " " + x.Target
		if x.Wait != exchange.Unknown && x.Receive != exchange.Unknown {
			meaning += "\n" + fillIn(narrate.StatWords.Waited.In(w.l), map[string]string{
				"wait": narrate.Duration(x.Wait), "receive": narrate.Duration(x.Receive),
			})
		}
		g.Rows = append(g.Rows, StatsRow{
			Name: x.Method + " " + x.Target, Meaning: meaning, Values: [2]string{narrate.Duration(x.Total), status},
			Packets: [2]int{x.Packet, -1}, Bad: [2]bool{1: x.Status == 0 || x.Status >= 500},
		})
	}
	return g
}

func (w *statsWriter) volume() StatsGroup {
	g := w.group(narrate.StatGroups.Volume, true)
	t := &narrate.StatTerms
	g.Rows = []StatsRow{
		w.both(t.Packets, func(s *diagnose.SideStats) string { return narrate.Count(s.Packets) }),
		w.both(t.Bytes, func(s *diagnose.SideStats) string { return narrate.Count(s.Bytes) }),
		w.both(t.Payload, func(s *diagnose.SideStats) string { return narrate.Count(s.Payload) }),
		w.both(t.Fresh, func(s *diagnose.SideStats) string { return narrate.Count(s.Fresh) }),
	}
	return g
}

func (w *statsWriter) cost(sp *diagnose.Spent) StatsGroup {
	g := w.group(narrate.StatGroups.Cost, true)
	t := &narrate.StatTerms
	g.Rows = []StatsRow{
		w.both(t.Headers, func(s *diagnose.SideStats) string { return shared(narrate.Bytes, s.Headers, s.Bytes) }),
		w.both(t.Again, func(s *diagnose.SideStats) string { return shared(narrate.Bytes, s.Again, s.Payload) }),
		w.both(t.ACKs, func(s *diagnose.SideStats) string { return shared(narrate.Count, s.ACKs, s.Packets) }),
	}
	if sp != nil && sp.Connect > 0 {
		g.Rows = append(g.Rows, w.row(t.TripsBefore, strconv.Itoa(sp.Connect+sp.Secure)))
	}
	if n := w.s.Handshake.Again; n > 0 {
		r := w.row(t.SYNsAgain, strconv.Itoa(n))
		r.Bad[0] = true
		g.Rows = append(g.Rows, r)
	}
	return g
}

func (w *statsWriter) rtt() StatsGroup {
	g := w.group(narrate.StatGroups.RTT, true)
	g.more(w.l, narrate.PlaceOfRTT(w.l, w.s))
	t, h := &narrate.StatTerms, &w.s.Handshake
	if h.RTT > 0 {
		g.Rows = append(g.Rows, w.row(t.Handshake, narrate.Duration(h.RTT)))
		for i, term := range [2]narrate.Term{t.ToServer, t.ToClient} {
			if h.Gaps != [2]time.Duration{} {
				r := w.row(term, narrate.Duration(h.Gaps[i]))
				r.Indented = true
				g.Rows = append(g.Rows, r)
			}
		}
	}
	measured := func(value func(r *diagnose.RTTStats) time.Duration) func(s *diagnose.SideStats) string {
		return func(s *diagnose.SideStats) string {
			if s.RTT.Count == 0 {
				return ""
			}
			return narrate.Duration(value(&s.RTT))
		}
	}
	g.Rows = append(g.Rows,
		w.both(t.Samples, func(s *diagnose.SideStats) string { return narrate.Count(uint64(s.RTT.Count)) }),
		w.both(t.Min, measured(func(r *diagnose.RTTStats) time.Duration { return r.Min })),
		w.both(t.Median, measured(func(r *diagnose.RTTStats) time.Duration { return r.Median })),
		w.both(t.P95, measured(func(r *diagnose.RTTStats) time.Duration { return r.P95 })),
	)
	longest := w.both(t.Max, measured(func(r *diagnose.RTTStats) time.Duration { return r.Max }))
	longest.Packets = [2]int{w.s.Sides[0].RTT.MaxAt, w.s.Sides[1].RTT.MaxAt}
	g.Rows = append(g.Rows, longest)
	return g
}

// alsoCounted are the labels that are also counted under another one, badLabels those that cost time.
const (
	alsoCounted = tcp.FastRetransmission | tcp.SpuriousRetransmission
	badLabels   = tcp.Retransmission | tcp.ZeroWindow | tcp.LostSegment
)

func (w *statsWriter) loss() StatsGroup {
	g := w.group(narrate.StatGroups.Loss, true)
	for _, label := range diagnose.StatLabels {
		if label == tcp.ZeroWindow || label == tcp.WindowFull {
			continue // among the windows
		}
		r := w.label(label)
		if r.Bad != [2]bool{} || label&alsoCounted == 0 {
			g.Rows = append(g.Rows, r)
		}
	}
	return g
}

// label is a row with the packets that carry one of Wireshark's labels.
func (w *statsWriter) label(label tcp.Labels) StatsRow {
	r := w.row(narrate.Label(label))
	if label == tcp.LostSegment {
		r.Name = narrate.StatWords.Hole.In(w.l)
	}
	share := label&(tcp.Retransmission|tcp.OutOfOrder|alsoCounted) != 0
	if share {
		r.Meaning = fillIn(narrate.StatWords.OfData.In(w.l), map[string]string{"label": r.Meaning})
	}
	for d := range w.s.Sides {
		s := &w.s.Sides[d]
		n := s.Label(label)
		r.Packets[d] = n.First
		r.Values[d] = narrate.Count(n.Count)
		if share {
			r.Values[d] = shared(narrate.Count, n.Count, s.Data)
		}
		r.Bad[d] = n.Count > 0 && label.Any(badLabels|alsoCounted)
	}
	r.Indented = label&alsoCounted != 0
	return r
}

func (w *statsWriter) windows() StatsGroup {
	g := w.group(narrate.StatGroups.Window, true)
	t := &narrate.StatTerms
	closed := w.both(t.Closed, func(s *diagnose.SideStats) string {
		if s.LongestAt < 0 {
			return "0"
		}
		return narrate.Duration(s.Closed)
	})
	g.Rows = append(g.Rows, closed)
	at := [2]int{w.s.Sides[0].LongestAt, w.s.Sides[1].LongestAt}
	if at != nowhere {
		g.Rows[0].Bad = [2]bool{at[0] >= 0, at[1] >= 0}
		longest := w.both(t.Longest, func(s *diagnose.SideStats) string {
			if s.LongestAt < 0 {
				return ""
			}
			return narrate.Duration(s.Longest)
		})
		longest.Indented, longest.Packets = true, at
		g.Rows = append(g.Rows, longest)
	}
	flight := w.both(t.Flight, func(s *diagnose.SideStats) string { return narrate.Count(uint64(s.Flight)) })
	flight.Packets = [2]int{w.s.Sides[0].FlightAt, w.s.Sides[1].FlightAt}
	ofWindow := w.both(t.FlightShare, func(s *diagnose.SideStats) string { return narrate.Share(float64(s.Flight), float64(s.FlightWindow)) })
	ofWindow.Indented = true
	g.Rows = append(g.Rows, w.label(tcp.ZeroWindow), w.label(tcp.WindowFull), flight, ofWindow,
		w.both(t.WindowMost, func(s *diagnose.SideStats) string { return narrate.Count(uint64(s.Window)) }))
	return g
}

func (w *statsWriter) rate() StatsGroup {
	g := w.group(narrate.StatGroups.Rate, true)
	t := &narrate.StatTerms
	perSecond := func(v float64) string {
		if v <= 0 {
			return ""
		}
		return narrate.Bytes(uint64(v)) + "/s"
	}
	g.Rows = []StatsRow{w.both(t.Average, func(s *diagnose.SideStats) string { return perSecond(s.Rate) })}
	for i, term := range [len(diagnose.PeakSpans)]narrate.Term{t.Peak100, t.Peak1000} {
		g.Rows = append(g.Rows, w.both(term, func(s *diagnose.SideStats) string {
			return perSecond(float64(s.Peaks[i]) / diagnose.PeakSpans[i].Seconds())
		}))
	}
	g.Rows = append(g.Rows, w.both(t.Active, func(s *diagnose.SideStats) string {
		if s.Active == 0 {
			return ""
		}
		return narrate.Duration(s.Active)
	}))
	return g
}

func (w *statsWriter) agreed() StatsGroup {
	g := w.group(narrate.StatGroups.Agreed, true)
	t := &narrate.StatTerms
	offered := func(term narrate.Term, value func(o *diagnose.SYNOffer) string) {
		g.Rows = append(g.Rows, w.both(term, func(s *diagnose.SideStats) string {
			if !s.SeenSYN {
				return narrate.StatWords.NotSeen.In(w.l)
			}
			return value(&s.SYN)
		}))
	}
	yes := func(is func(o *diagnose.SYNOffer) bool) func(o *diagnose.SYNOffer) string {
		return func(o *diagnose.SYNOffer) string {
			if is(o) {
				return narrate.StatWords.Yes.In(w.l)
			}
			return narrate.StatWords.No.In(w.l)
		}
	}
	offered(t.MSS, func(o *diagnose.SYNOffer) string {
		if o.MSS == 0 {
			return narrate.StatWords.No.In(w.l)
		}
		return narrate.Count(uint64(o.MSS))
	})
	offered(t.Scale, func(o *diagnose.SYNOffer) string {
		if o.Scale < 0 {
			return narrate.StatWords.No.In(w.l)
		}
		return "× " + narrate.Count(1<<min(o.Scale, maxScale))
	})
	offered(t.SACK, yes(func(o *diagnose.SYNOffer) bool { return o.SACK }))
	offered(t.Timestamps, yes(func(o *diagnose.SYNOffer) bool { return o.Timestamps }))
	offered(t.ECN, yes(func(o *diagnose.SYNOffer) bool { return o.ECN }))
	if w.s.Sides[flow.ClientToServer].SYN.FastOpen || w.s.Sides[flow.ServerToClient].SYN.FastOpen {
		offered(t.FastOpen, yes(func(o *diagnose.SYNOffer) bool { return o.FastOpen }))
	}
	return g
}

// maxScale is the largest shift of a window (RFC 7323 §2.3).
const maxScale = 14
