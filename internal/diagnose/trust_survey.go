package diagnose

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// survey goes once over the records of a connection and collects what they show about the capture.
type survey struct {
	v *session.View
	n int // records looked at

	gaps [2]coverage

	cut     uint64
	longest uint32 // of the cut packets' captured lengths
	cutAt   []uint32

	back     uint64
	farthest time.Duration
	backAt   []uint32
}

func (s *survey) record(i int) {
	r := s.v.At(i)
	if r.CapLen < r.OrigLen {
		s.cut++
		s.longest = max(s.longest, r.CapLen)
		s.cutAt = note(s.cutAt, r.Frame)
	}
	if i > 0 {
		if step := time.Duration(s.v.At(i-1).Time - r.Time); step > 0 {
			s.back++
			s.farthest = max(s.farthest, step)
			s.backAt = note(s.backAt, r.Frame)
		}
	}
	if !r.HasNumbers() || r.Flags.Has(packet.RST) {
		return // an RST may carry any number
	}
	d := r.Dir()
	s.gaps[d].sent(r)
	switch other := &s.gaps[d.Reverse()]; {
	case r.Flags.Has(packet.ACK):
		other.acknowledged(r)
	case r.Flags.Has(packet.SYN) && s.v.Conn.Packets[d.Reverse()] > 0:
		other.started = true // with a SYN of number 0, which is still to come
	}
}

// note adds a frame to the evidence while there is room, once where one frame holds several segments.
func note(frames []uint32, frame uint32) []uint32 {
	if n := len(frames); n < maxEvidence && (n == 0 || frames[n-1] != frame) {
		frames = append(frames, frame)
	}
	return frames
}

// first is the number for TrustFinding.First.
func (s *survey) first() uint64 {
	if s.n < s.v.Len() {
		return uint64(s.n)
	}
	return 0
}

// firstFrames are the frames of the first records.
func (s *survey) firstFrames() (frames []uint32) {
	for i := range min(s.n, minOneWay) {
		frames = append(frames, s.v.At(i).Frame)
	}
	return frames
}

func (s *survey) cutPackets() []TrustFinding {
	if s.cut == 0 {
		return nil
	}
	return []TrustFinding{{
		Code: PacketsCut, Severity: Warn, Both: true, Count: s.cut, Of: uint64(s.n), Size: uint64(s.longest), Frames: s.cutAt, First: s.first(),
	}}
}

// slightStep is how far back the clock of two interfaces, or of two processors, goes in a healthy capture: each stamps its
// packets by itself, and they are written in another order.
const slightStep = time.Millisecond

func (s *survey) clockBack() []TrustFinding {
	if s.back == 0 {
		return nil
	}
	return []TrustFinding{{
		Code: ClockBack, Severity: severityOfStep(s.farthest), Both: true, Count: s.back, Time: s.farthest, Frames: s.backAt, First: s.first(),
	}}
}

func severityOfStep(back time.Duration) Severity {
	if back < slightStep {
		return Info
	}
	return Warn
}

func (s *survey) missing() []TrustFinding {
	f := TrustFinding{Code: PacketsMissing, Severity: Warn, First: s.first()}
	var bytes [2]uint64
	for d := range s.gaps {
		n, b, frames := s.gaps[d].missing()
		f.Count += n
		bytes[d] = b
		f.show(frames)
	}
	f.Size = bytes[0] + bytes[1]
	if f.Size == 0 {
		return nil
	}
	f.Both = bytes[0] > 0 && bytes[1] > 0
	if bytes[flow.ServerToClient] > 0 {
		f.By = flow.ServerToClient
	}
	return []TrustFinding{f}
}

// jumbo is more than any network card sends in one frame: the largest jumbo frames carry about 9000 bytes.
const jumbo = 9216

// oversized finds segments larger than their receiver can have asked for: the network card will cut them, or has joined them.
func (s *survey) oversized() []TrustFinding {
	var mss uint32 // 0 if not known
	limit := uint32(jumbo)
	if known := announced(s.v); known[0] > 0 && known[1] > 0 {
		mss = max(known[0], known[1])
		limit = mss
	}
	var largest [2]uint32
	f := TrustFinding{Code: Oversized, Severity: Info, First: s.first()}
	for i := range s.n {
		r := s.v.At(i)
		if d := r.Dir(); r.HasNumbers() && r.Len > limit {
			f.Count++
			largest[d] = max(largest[d], r.Len)
			f.Frames = note(f.Frames, r.Frame)
		}
	}
	if f.Count == 0 {
		return nil
	}
	f.Of, f.Both = uint64(s.n), largest[0] > 0 && largest[1] > 0
	if largest[flow.ServerToClient] > largest[flow.ClientToServer] {
		f.By = flow.ServerToClient
	}
	f.Size, f.Limit = uint64(largest[f.By]), uint64(mss)
	return []TrustFinding{f}
}

// Default MSS of an end that announces none (RFC 9293 §3.7.1), by address family.
const (
	defaultMSS4 = 536
	defaultMSS6 = 1220
)

// maxToSyn is how many records are searched for the SYNs: they stand at the beginning.
const maxToSyn = 32

// announced returns the MSS that each end announced in its SYN, 0 for an end without one.
func announced(v *session.View) (mss [2]uint32) {
	for i := range min(v.Len(), maxToSyn) {
		r := v.At(i)
		if !r.Flags.Has(packet.SYN) || mss[r.Dir()] != 0 {
			continue
		}
		seg, _ := decodeAgain(v, i, packet.NewDecoder())
		switch {
		case seg == nil || seg.HeaderCut:
		case seg.Options.HasMSS:
			mss[r.Dir()] = uint32(seg.Options.MSS)
		case v.Conn.Client.Addr().Unmap().Is4():
			mss[r.Dir()] = defaultMSS4
		default:
			mss[r.Dir()] = defaultMSS6
		}
	}
	return mss
}

// decodeAgain reads and decodes segment i of v, and returns it with the number it has in its packet; nil if that fails.
func decodeAgain(v *session.View, i int, d *packet.Decoder) (*packet.Segment, int) {
	p, err := v.Packet(i)
	if err != nil {
		return nil, 0
	}
	r := v.At(i)
	src, dst := v.Conn.Client, v.Conn.Server
	if r.Dir() == flow.ServerToClient {
		src, dst = dst, src
	}
	found := d.Decode(&p)
	for j := range found {
		if s := &found[j]; s.Src == src && s.Dst == dst && !s.Quoted && s.Flags == r.Flags && s.Len == r.Len {
			return s, j
		}
	}
	return nil, 0
}

// capturePoint tells from the handshake where the capture was taken.
func capturePoint(v *session.View) (TrustFinding, bool) {
	c := &v.Conn
	f := TrustFinding{Severity: Info, Both: true}
	frames, gaps, ok := handshakeGaps(v)
	if ok {
		f.Frames, f.Gaps = frames, gaps
	}
	if c.Client.Addr().Unmap().IsLoopback() && c.Server.Addr().Unmap().IsLoopback() {
		f.Code = OnLoopback
		return f, true
	}
	if !ok {
		return f, false
	}
	f.Code = pointOf(gaps)
	return f, true
}

const (
	// nearGap is what a kernel on a machine nearby takes to answer, with room for a busy one.
	nearGap = 500 * time.Microsecond
	// nearShare is the part of both gaps together below which the shorter one is an answer from right here.
	nearShare = 10
)

// pointOf tells where the handshake was seen from its gaps, SYN to SYN-ACK and SYN-ACK to ACK. The end next to the capture
// answers at once, the other one after a round trip.
func pointOf(gaps [2]time.Duration) TrustCode {
	trip := gaps[0] + gaps[1]
	near := func(gap time.Duration) bool { return gap < nearGap || gap < trip/nearShare }
	switch {
	case gaps[0] < nearGap && gaps[1] < nearGap:
		return NearBoth
	case near(gaps[0]) && gaps[0] < gaps[1]:
		return NearServer
	case near(gaps[1]) && gaps[1] < gaps[0]:
		return NearClient
	}
	return OnPath
}

// handshakeGaps returns the frames and the two gaps of a handshake in which nothing was repeated or swapped: after a repetition
// nobody knows which packet the answer belongs to.
func handshakeGaps(v *session.View) (frames []uint32, gaps [2]time.Duration, ok bool) {
	if v.Len() < 3 {
		return nil, gaps, false
	}
	var l life
	want := [3]Moment{Ask, Agree, Confirm}
	for i, m := range want {
		r := v.At(i)
		if l.next(r) != m || r.Labels.Any(tcp.Retransmission|tcp.OutOfOrder) {
			return nil, gaps, false
		}
		frames = append(frames, r.Frame)
	}
	for i := range gaps {
		gaps[i] = time.Duration(v.At(i+1).Time - v.At(i).Time)
		if gaps[i] < 0 {
			return nil, gaps, false
		}
	}
	return frames, gaps, true
}
