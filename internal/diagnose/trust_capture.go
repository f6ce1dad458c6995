package diagnose

import (
	"slices"
	"time"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Bounds of the connections looked at for a whole capture. What its packets look like shows in the first ones.
const (
	maxSampled       = 64
	maxSampleRecords = 1 << 16
	maxSamplePackets = 1024
	maxSampleBytes   = 4 << 20
)

// TrustCapture says how far a whole capture can be believed, the gravest first: what the file says of itself, what all
// connections show, and what the first ones show when they are looked at. Checksums are left to Trust. While the capture is
// still being read the answer is about what was read so far.
func TrustCapture(s *session.Session) []TrustFinding {
	t := captureTally{}
	t.file(s.Info(), s.Counts())
	s.EachConnection(0, func(c *tcp.Connection) bool {
		t.connection(c)
		return true
	})
	t.sample(s)
	fs := t.found
	if point, ok := t.point(); ok {
		fs = append(fs, point)
	}
	slices.SortStableFunc(fs, func(a, b TrustFinding) int { return int(a.Code) - int(b.Code) })
	return fs
}

// captureTally gathers the findings of a capture.
type captureTally struct {
	found []TrustFinding
	// began is when the connection before began, 0 at the first.
	began int64
	// among counts connections with more than an attempt to connect.
	among uint64
	// wanted are the connections to look at.
	wanted []uint32
	// points counts the connections by where they were captured; shown is one of each.
	points  [NumTrustCodes]uint64
	shown   [NumTrustCodes]TrustFinding
	sampled uint64
}

// file takes what the file says of itself, and what the pass over it has counted.
func (t *captureTally) file(info pcapfile.Info, c session.Counts) {
	var dropped, received uint64
	for i := range info.Interfaces {
		if n := &info.Interfaces[i]; n.HasStatistics {
			dropped += n.Dropped
			received += n.Received
		}
	}
	if dropped > 0 {
		t.found = append(t.found, TrustFinding{Code: PacketsDropped, Severity: Warn, Both: true, Count: dropped, Of: received})
	}
	if c.Cut > 0 {
		t.found = append(t.found, TrustFinding{Code: PacketsCut, Severity: Warn, Both: true, Count: uint64(c.Cut), Of: uint64(c.Frames)})
	}
	if c.Backwards > 0 {
		t.found = append(t.found, TrustFinding{Code: ClockBack, Severity: Info, Both: true, Count: uint64(c.Backwards)})
	}
	for _, bound := range [...]TrustFinding{
		{Code: ManyUnacked, Count: c.Unremembered, Limit: tcp.MaxUnacked},
		{Code: ManyFragments, Count: c.Limits.Fragments, Limit: packet.MaxFragmentedDatagrams},
		{Code: ManyLayers, Count: c.Limits.Layers, Limit: packet.MaxLayers},
	} {
		if bound.Count > 0 {
			bound.Severity, bound.Both = Warn, true
			t.found = append(t.found, bound)
		}
	}
}

// find returns the finding with that code, nil if there is none. It is valid until another one is added.
func (t *captureTally) find(code TrustCode) *TrustFinding {
	for i := range t.found {
		if t.found[i].Code == code {
			return &t.found[i]
		}
	}
	return nil
}

// get returns the finding with that code, new if there is none yet.
func (t *captureTally) get(code TrustCode) *TrustFinding {
	if f := t.find(code); f != nil {
		return f
	}
	t.found = append(t.found, TrustFinding{Code: code})
	return &t.found[len(t.found)-1]
}

// wentBack takes a step back of the clock, if the pass has seen any.
func (t *captureTally) wentBack(step time.Duration) {
	if f := t.find(ClockBack); f != nil {
		f.Time = max(f.Time, step)
		f.Severity = severityOfStep(f.Time)
	}
}

// connection takes what the tracker's summary of a connection tells.
func (t *captureTally) connection(c *tcp.Connection) {
	if c.Packets != [2]uint32{} {
		if t.began != 0 {
			t.wentBack(time.Duration(t.began - c.FirstTime))
		}
		t.began = c.FirstTime
	}
	if len(t.wanted) < maxSampled && c.Packets[0]+c.Packets[1] >= minOneWay {
		t.wanted = append(t.wanted, c.Stream)
	}
	if !heard(c) {
		return
	}
	t.among++
	if one, ok := oneWay(c); ok {
		f := t.get(OneWay)
		one.Both = f.Connections > 0 && (f.Both || f.By != one.By)
		one.Connections, one.Count, one.Of = f.Connections+1, f.Count+one.Count, f.Of+one.Of
		*f = one
	}
	if beganBefore(c) {
		f := t.get(HandshakeMissing)
		f.Severity, f.Both = Warn, true
		f.Connections++
	}
}

// sample looks at the first connections. How many there are of the rest is known from their summaries, where these tell.
func (t *captureTally) sample(s *session.Session) {
	left := budget{packets: maxSamplePackets, bytes: maxSampleBytes}
	for records := 0; int(t.sampled) < len(t.wanted) && records < maxSampleRecords; {
		v, err := s.View(int(t.wanted[t.sampled]))
		if err != nil {
			break
		}
		// Each gets an equal share of what is left, so that the first one does not use it up.
		rest := len(t.wanted) - int(t.sampled)
		share := budget{left.packets / rest, left.bytes / rest}
		unused := share
		for _, f := range trust(v, maxSampleRecords-records, &unused, false) {
			t.merge(&f)
		}
		left.packets -= share.packets - unused.packets
		left.bytes -= share.bytes - unused.bytes
		records += v.Len()
		t.sampled++
	}
	for i := range t.found {
		switch f := &t.found[i]; {
		case f.Connections == 0: // it counts packets
		case f.Code == OneWay, f.Code == HandshakeMissing:
			f.Among = t.among
		default:
			f.Among = t.sampled
		}
	}
}

// merge adds what looking at one connection has shown. The places come last among the codes.
func (t *captureTally) merge(f *TrustFinding) {
	if f.Code >= OnLoopback {
		if t.points[f.Code]++; t.points[f.Code] == 1 {
			t.shown[f.Code] = *f
		}
		return
	}
	if f.Code == OneWay || f.Code == HandshakeMissing || f.Code == PacketsCut || f.Code == ClockBack {
		t.illustrate(f)
		return
	}
	g := t.get(f.Code)
	g.show(f.Frames)
	g.Both = g.Connections > 0 && (g.Both || f.Both || g.By != f.By) || g.Connections == 0 && f.Both
	if g.Connections == 0 {
		g.By = f.By
	}
	g.Severity = max(g.Severity, f.Severity)
	g.Connections++
	g.Count += f.Count
	g.Of += f.Of
	if f.Code == PacketsMissing {
		g.Size += f.Size
	} else if f.Size > g.Size {
		g.Size, g.Limit = f.Size, f.Limit
	}
}

// illustrate adds examples to what was counted already, in all connections or in all packets.
func (t *captureTally) illustrate(f *TrustFinding) {
	g := t.find(f.Code)
	if g == nil {
		return // it came while the sample was taken
	}
	g.show(f.Frames)
	g.Size = max(g.Size, f.Size)
	if f.Code == ClockBack {
		t.wentBack(f.Time)
	}
}

// show adds frames to the evidence.
func (f *TrustFinding) show(frames []uint32) {
	for _, frame := range frames {
		f.Frames = note(f.Frames, frame)
	}
}

// point returns where the capture was taken, if the connections looked at agree.
func (t *captureTally) point() (TrustFinding, bool) {
	var sum uint64
	best := OnLoopback
	for code := OnLoopback; code < TrustCode(NumTrustCodes); code++ {
		sum += t.points[code]
		if t.points[code] > t.points[best] {
			best = code
		}
	}
	agree := t.points[best]
	if best == OnLoopback && agree < sum && t.points[NearBoth] > 0 || best == NearBoth {
		best, agree = NearBoth, t.points[NearBoth]+t.points[OnLoopback] // loopback is as near as it gets
	}
	// One in ten may be odd: a server that was busy when it was asked.
	if sum == 0 || agree*10 < sum*9 {
		return TrustFinding{}, false
	}
	f := t.shown[best]
	f.Connections, f.Among = agree, sum
	return f, true
}
