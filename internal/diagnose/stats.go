package diagnose

import (
	"context"
	"slices"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Stats are the numbers of one connection. What a field counts was captured; nothing is made up for what was not.
type Stats struct {
	// Sides are indexed by who sent the data.
	Sides [2]SideStats
	// Duration is from the first packet to the last one.
	Duration time.Duration
	// Handshake is what opening the connection took.
	Handshake HandshakeStats
	// Place says where the capture was taken, if Placed; it decides which times mean what.
	Place  TrustFinding
	Placed bool
}

// HandshakeStats are the times of the handshake, 0 where they are not known.
type HandshakeStats struct {
	// RTT is from the last SYN to the first ACK after it (Wireshark's initial RTT).
	RTT time.Duration
	// Gaps are its two parts, SYN to SYN-ACK and SYN-ACK to ACK: the way to the server and back, and that to the client. They
	// are known where nothing was repeated.
	Gaps [2]time.Duration
	// Again counts SYNs and SYN-ACKs that were sent again.
	Again int
}

// SideStats are the numbers of what one side sent.
type SideStats struct {
	// Packets and Bytes are as Wireshark counts them: a frame with its headers, whatever the capture kept of it.
	Packets, Bytes uint64
	// Payload is TCP payload, repetitions included; Again the part of it whose sequence numbers had been sent before, and Fresh
	// the rest.
	Payload, Again, Fresh uint64
	// Data counts the segments with payload, ACKs those that carry nothing else.
	Data, ACKs uint64
	// Headers is Bytes without the payload.
	Headers uint64

	// Retransmissions, of which Fast and Spurious, OutOfOrder, DupACKs, ZeroWindows, Missing (segments behind a hole) and
	// KeepAlives count Wireshark's labels. First is the first packet of each, -1 for none.
	Labels [NumLabelStats]LabelStat

	// RTT is of this side's data, acknowledged by the other one.
	RTT RTTStats

	// Closed is how long this side's window was 0, Longest the longest such time, which began at packet LongestAt (-1 for none).
	Closed, Longest time.Duration
	LongestAt       int

	// Active is from the first to the last segment with new data, Rate the new bytes per second in it, 0 if that is not known.
	Active time.Duration
	Rate   float64
	// Peaks are the most new bytes within PeakSpans, 0 if Active is shorter.
	Peaks [len(PeakSpans)]uint64

	// Flight is the most bytes that were sent and not acknowledged, at packet FlightAt (-1 for none), FlightWindow the window of
	// the other side at that moment. Window is the largest that this side announced.
	Flight, FlightWindow, Window uint32
	FlightAt                     int

	// SYN is what this side offered when it opened, if SeenSYN.
	SYN     SYNOffer
	SeenSYN bool
}

// PeakSpans are the times in which the most bytes are looked for.
var PeakSpans = [...]time.Duration{100 * time.Millisecond, time.Second}

// SYNOffer is what a side offered in its SYN. MSS is 0, Scale -1 without the option.
type SYNOffer struct {
	MSS, Scale                      int
	SACK, Timestamps, ECN, FastOpen bool
}

// LabelStat counts packets.
type LabelStat struct {
	Count uint64
	First int
}

// StatLabels are the labels that are counted, in the order of SideStats.Labels.
var StatLabels = [...]tcp.Labels{
	tcp.Retransmission, tcp.FastRetransmission, tcp.SpuriousRetransmission, tcp.OutOfOrder, tcp.LostSegment, tcp.DuplicateAck,
	tcp.ZeroWindow, tcp.WindowFull, tcp.KeepAlive,
}

// NumLabelStats is the number of labels that are counted.
const NumLabelStats = len(StatLabels)

// Label returns the count of one of StatLabels.
func (s *SideStats) Label(l tcp.Labels) LabelStat { return s.Labels[slices.Index(StatLabels[:], l)] }

// RTTStats sum up round trips.
type RTTStats struct {
	Count                 int
	Min, Median, P95, Max time.Duration
	// MaxAt is the packet that ended the longest.
	MaxAt int
}

// MeasureStats reads a connection once and returns its numbers. It ends early, with an error, if ctx ends.
func MeasureStats(ctx context.Context, v *session.View) (*Stats, error) {
	m := measurement{v: v, tracker: tcp.NewTracker(), stats: &Stats{}}
	for d := range m.sides {
		s := &m.stats.Sides[d]
		s.LongestAt, s.FlightAt, s.RTT.MaxAt = -1, -1, -1
		for i := range s.Labels {
			s.Labels[i].First = -1
		}
		m.sides[d].shut = -1
	}
	for i := range v.Len() {
		if i%ctxEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m.record(i, v.At(i))
	}
	err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		m.segment(i, dir, seg)
		return true
	})
	if err != nil {
		return nil, err
	}
	m.finish()
	return m.stats, nil
}

// ctxEvery is how many records are looked at before somebody may have cancelled.
const ctxEvery = 1 << 16

// measurement is a connection that is being measured.
type measurement struct {
	v       *session.View
	tracker *tcp.Tracker
	out     tcp.Analysis
	stats   *Stats
	sides   [2]measured
}

// measured is what is remembered of one side.
type measured struct {
	sent sentRanges
	near int64 // the highest sequence number so far, unwrapped
	// first and last are the times of segments with new data, valid if any.
	first, last int64
	any         bool
	peaks       [len(PeakSpans)]peak
	// shut is the packet that closed the window, -1 while it is open.
	shut   int
	window uint32
	rtts   []int64
}

// record takes what the session has noted of a packet.
func (m *measurement) record(i int, r *session.Record) {
	d := r.Dir()
	s, k := &m.stats.Sides[d], &m.sides[d]
	s.Packets++
	s.Bytes += uint64(r.OrigLen)
	if !r.HasNumbers() {
		return
	}
	shown := r.Shown()
	for n, l := range StatLabels {
		if shown.Has(l) {
			if s.Labels[n].Count++; s.Labels[n].First < 0 {
				s.Labels[n].First = i
			}
		}
	}
	switch {
	case r.Len > 0:
		s.Data++
		s.Payload += uint64(r.Len)
		m.data(r, s, k)
	case r.PureAck():
		s.ACKs++
	}
	if r.Flags.Has(packet.SYN) && r.Labels.Has(tcp.Retransmission) {
		m.stats.Handshake.Again++
	}
	m.shutter(i, r, s, k)
}

// data counts what of a payload is new.
func (m *measurement) data(r *session.Record, s *SideStats, k *measured) {
	seq := r.Seq
	if r.Flags.Has(packet.SYN) {
		seq++
	}
	lo := k.near + int64(int32(seq-uint32(k.near)))
	k.near = max(k.near, lo)
	fresh := k.sent.add(lo, lo+int64(r.Len))
	s.Again += uint64(int64(r.Len) - fresh)
	if fresh == 0 {
		return
	}
	s.Fresh += uint64(fresh)
	at := r.Time
	if !k.any {
		k.any, k.first, k.last = true, at, at
	}
	k.last = max(k.last, at) // a clock that went back does not make a transfer faster
	for n := range k.peaks {
		k.peaks[n].add(k.last, fresh, int64(PeakSpans[n]))
	}
}

// shutter follows how long a side's window is closed.
func (m *measurement) shutter(i int, r *session.Record, s *SideStats, k *measured) {
	if r.Partial() || r.Flags.Any(packet.RST) || !r.Flags.Has(packet.ACK) && !r.Flags.Has(packet.SYN) {
		return
	}
	s.Window = max(s.Window, r.Window)
	switch {
	case r.Window == 0 && k.shut < 0 && !r.Flags.Has(packet.SYN):
		k.shut = i
	case r.Window > 0 && k.shut >= 0:
		m.opened(s, k, r.Time)
	}
}

// opened ends the time of a closed window.
func (m *measurement) opened(s *SideStats, k *measured, at int64) {
	d := max(time.Duration(at-m.v.At(k.shut).Time), 0)
	s.Closed += d
	if d > s.Longest || s.LongestAt < 0 {
		s.Longest, s.LongestAt = d, k.shut
	}
	k.shut = -1
}

// segment takes what only the packet itself tells.
func (m *measurement) segment(i int, d flow.Direction, seg *packet.Segment) {
	a := &m.out
	m.tracker.Track(seg, a)
	if a.HasNumbers && !a.Partial && seg.Flags.Has(packet.SYN) && !m.stats.Sides[d].SeenSYN {
		m.stats.Sides[d].SYN, m.stats.Sides[d].SeenSYN = offer(seg), true
	}
	if !a.HasNumbers || a.Partial {
		return
	}
	own, peer := &m.stats.Sides[d], &m.stats.Sides[d.Reverse()]
	if !a.Hidden {
		if a.BytesInFlight > own.Flight {
			own.Flight, own.FlightAt, own.FlightWindow = a.BytesInFlight, i, m.sides[d.Reverse()].window
		}
		if a.RTT > 0 {
			k := &m.sides[d.Reverse()]
			k.rtts = append(k.rtts, int64(a.RTT))
			if a.RTT > peer.RTT.Max {
				peer.RTT.Max, peer.RTT.MaxAt = a.RTT, i
			}
		}
	}
	if seg.Flags.Has(packet.ACK) && !seg.Flags.Has(packet.RST) {
		m.sides[d].window = a.Window
	}
}

func offer(seg *packet.Segment) SYNOffer {
	o := &seg.Options
	out := SYNOffer{
		Scale: -1, SACK: o.SACKPermitted, Timestamps: o.HasTimestamps, FastOpen: o.FastOpen,
		// RFC 3168 §6.1.1: the opener sets both bits, the answer ECE alone.
		ECN: seg.Flags.Has(packet.ECE) && seg.Flags.Has(packet.CWR) != seg.Flags.Has(packet.ACK),
	}
	if o.HasMSS {
		out.MSS = int(o.MSS)
	}
	if o.HasWindowScale {
		out.Scale = int(o.WindowScale)
	}
	return out
}

// finish works out what needs the whole connection.
func (m *measurement) finish() {
	v, st := m.v, m.stats
	if v.Len() == 0 {
		return
	}
	end := v.At(v.Len() - 1).Time
	st.Duration = max(time.Duration(v.Conn.LastTime-v.Conn.FirstTime), 0)
	for d := range m.sides {
		s, k := &st.Sides[d], &m.sides[d]
		if k.shut >= 0 {
			m.opened(s, k, end)
		}
		if s.Bytes > s.Payload {
			s.Headers = s.Bytes - s.Payload
		}
		s.RTT.sum(k.rtts)
		s.Active = time.Duration(k.last - k.first)
		if s.Active > 0 {
			s.Rate = float64(s.Fresh) / s.Active.Seconds()
		}
		for n := range s.Peaks {
			if s.Active >= PeakSpans[n] {
				s.Peaks[n] = uint64(k.peaks[n].most)
			}
		}
	}
	st.Handshake.RTT = max(v.Conn.InitialRTT, 0)
	if _, gaps, ok := handshakeGaps(v); ok {
		st.Handshake.Gaps = gaps
	}
	st.Place, st.Placed = capturePoint(v)
}

// sum works out the order of round trips; Max is known.
func (r *RTTStats) sum(rtts []int64) {
	if r.Count = len(rtts); r.Count == 0 {
		return
	}
	slices.Sort(rtts)
	r.Min = time.Duration(rtts[0])
	r.Median = time.Duration(rtts[rank(len(rtts), 50)])
	r.P95 = time.Duration(rtts[rank(len(rtts), 95)])
}

// rank is the index of the percentile of n sorted values, by the nearest rank: a value that was measured, not one in between.
func rank(n, percent int) int { return (n*percent+99)/100 - 1 }

// peak looks for the most bytes within a span of time.
type peak struct {
	in   []arrival
	head int
	sum  int64
	most int64
}

// arrival is new bytes at a moment.
type arrival struct{ at, n int64 }

// add takes n bytes at a time that is not earlier than the last one.
func (p *peak) add(at, n, span int64) {
	p.in = append(p.in, arrival{at, n})
	p.sum += n
	for at-p.in[p.head].at >= span {
		p.sum -= p.in[p.head].n
		p.head++
	}
	if p.head > len(p.in)/2 && p.head > 1024 { // the front is no longer needed
		p.in = p.in[:copy(p.in, p.in[p.head:])]
		p.head = 0
	}
	p.most = max(p.most, p.sum)
}
