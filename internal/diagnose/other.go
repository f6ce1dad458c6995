package diagnose

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/session"
)

// OtherCode names something to know about a conversation that is not TCP.
type OtherCode uint8

// The codes, the gravest first. N is OtherFinding.Count, Of is OtherFinding.Of.
const (
	Undelivered   OtherCode = iota // N ICMP errors say that packets of this conversation did not arrive
	Unanswered                     // N of Of questions have no answer
	AskedAgain                     // N questions were asked again before an answer came
	AnsweredNo                     // N answers of Of say that it failed
	AnswersCut                     // N answers did not fit into their datagram
	Complaints                     // N of Of packets are ICMP errors about other packets
	SlowAnswers                    // the slowest answer took much longer than the usual one
	OneSpeaks                      // only By speaks: N packets
	ToGroup                        // it goes to a group or to everybody, who need not answer here
	AnswerTimes                    // how long answers took
	NothingOdd                     // N packets, and nothing that stands out
	NumOtherCodes = iota
)

// OtherFinding is one thing to know about a conversation that is not TCP.
type OtherFinding struct {
	Code     OtherCode
	Severity Severity
	By       flow.Direction
	// Count and Of count packets; the codes say which.
	Count, Of int
	// Least, Median and Most are the times that answers took.
	Least, Median, Most time.Duration
	// Frames are packets that show it, at most maxEvidence.
	Frames []uint32
}

// Bounds of what is read for Other.
const (
	maxOtherPackets = 100_000 // of the conversation itself
	maxICMPPackets  = 20_000  // of ICMP, looked through for complaints about it
	// slowFactor is how many times the usual one an answer takes that is slow; slowLeast is what is never slow.
	slowFactor = 10
	slowLeast  = 100 * time.Millisecond
)

// Other returns the findings about a conversation of s that is not TCP, the gravest first. It reads its packets and those of ICMP
// again, within bounds; ctx ends that early, with an error.
func Other(ctx context.Context, s *session.Session, v *session.OtherView) ([]OtherFinding, error) {
	o := otherStory{s: s, v: v}
	for _, look := range []func(context.Context) error{o.answers, o.contents, o.undelivered} {
		if err := look(ctx); err != nil {
			return nil, err
		}
	}
	o.sides()
	if len(o.found) == 0 {
		o.found = append(o.found, OtherFinding{Code: NothingOdd, Severity: OK, Count: v.Len()})
	}
	slices.SortStableFunc(o.found, func(a, b OtherFinding) int { return cmp.Compare(a.Code, b.Code) })
	return o.found, nil
}

// otherStory collects findings.
type otherStory struct {
	s     *session.Session
	v     *session.OtherView
	asked bool // the conversation has questions that are known as such
	found []OtherFinding
}

// evidence adds a packet to those that show a finding.
func (f *OtherFinding) evidence(frame uint32) {
	if f.Count++; len(f.Frames) < maxEvidence {
		f.Frames = append(f.Frames, frame)
	}
}

// note keeps a finding that there is something of.
func (o *otherStory) note(f OtherFinding) {
	if f.Count > 0 {
		o.found = append(o.found, f)
	}
}

// answers looks at which questions were answered, and after how long.
func (o *otherStory) answers(ctx context.Context) error {
	pairs, asks, err := o.v.Asked(ctx)
	if err != nil || asks == nil {
		return err
	}
	answered := make([]bool, len(asks))
	var times []took
	for i, q := range pairs {
		if q >= 0 && !answered[q] {
			answered[q] = true
			times = append(times, took{time.Duration(o.v.At(i).Time - o.v.At(int(q)).Time), o.v.At(i).Frame})
		}
	}
	lost, again := OtherFinding{Code: Unanswered, Severity: Warn}, OtherFinding{Code: AskedAgain, Severity: Warn}
	for i, a := range asks {
		if a == session.AsksNothing {
			continue
		}
		o.asked = true
		lost.Of++
		switch {
		case a == session.AsksAgain:
			again.evidence(o.v.At(i).Frame)
		case !answered[i] && !o.group():
			lost.evidence(o.v.At(i).Frame)
		}
	}
	if lost.Count > 0 && len(times) == 0 {
		lost.Severity = Fail
	}
	o.note(lost)
	o.note(again)
	o.times(times)
	return nil
}

// took is how long an answer took, and its packet.
type took struct {
	time  time.Duration
	frame uint32
}

// times tells how long answers took.
func (o *otherStory) times(times []took) {
	if len(times) == 0 {
		return
	}
	slices.SortFunc(times, func(a, b took) int { return cmp.Compare(a.time, b.time) })
	usual, slowest := times[len(times)/2].time, times[len(times)-1]
	f := OtherFinding{Code: AnswerTimes, Severity: Info, Count: len(times), Least: times[0].time, Median: usual, Most: slowest.time, Frames: []uint32{slowest.frame}}
	if slowest.time >= slowLeast && slowest.time > slowFactor*usual {
		f.Code, f.Severity = SlowAnswers, Warn
	}
	o.note(f)
}

// contents looks at what the packets say.
func (o *otherStory) contents(ctx context.Context) error {
	v := o.v
	no, cut, about := OtherFinding{Code: AnsweredNo, Severity: Warn}, OtherFinding{Code: AnswersCut, Severity: Warn}, OtherFinding{Code: Complaints, Severity: Warn}
	icmp := v.Kind == packet.OtherICMP || v.Kind == packet.OtherICMPv6
	if !icmp && !slices.Contains(all.DatagramProtocols(), v.Protocol) {
		return nil
	}
	err := v.Feed(ctx, func(i int, p *packet.Other) bool {
		frame := v.At(i).Frame
		if icmp {
			about.Of++
			if m, ok := packet.ParseICMP(p.Payload, v.Kind == packet.OtherICMPv6); ok && m.Quoted.Src.IsValid() {
				about.evidence(frame)
			}
		} else if d, ok := all.Datagram(v.Protocol, p.Payload); ok {
			if m, ok := d.Detail.(*dns.Message); ok && m.Response {
				no.Of++
				if m.ExtendedRcode != 0 {
					no.evidence(frame)
				}
				if m.Truncated {
					cut.evidence(frame)
				}
			}
		}
		return i < maxOtherPackets
	})
	o.note(no)
	o.note(cut)
	o.note(about)
	return err
}

// undelivered looks for ICMP errors about packets of a conversation over UDP.
func (o *otherStory) undelivered(ctx context.Context) error {
	if o.v.Kind != packet.OtherUDP {
		return nil
	}
	f := OtherFinding{Code: Undelivered, Severity: Fail}
	var talks []int
	o.s.EachOther(0, func(i int, t *session.Other) bool {
		if t.Kind == packet.OtherICMP || t.Kind == packet.OtherICMPv6 {
			talks = append(talks, i)
		}
		return len(talks) < maxICMPPackets
	})
	left := maxICMPPackets
	for _, i := range talks {
		v, err := o.s.OtherView(i)
		if err != nil {
			return err
		}
		err = v.Feed(ctx, func(k int, p *packet.Other) bool {
			left--
			if m, ok := packet.ParseICMP(p.Payload, v.Kind == packet.OtherICMPv6); ok && !m.Gateway.IsValid() && o.mine(m.Quoted.Src, m.Quoted.Dst) {
				f.evidence(v.At(k).Frame)
			}
			return left > 0
		})
		if err != nil || left <= 0 {
			o.note(f)
			return err
		}
	}
	o.note(f)
	return nil
}

// mine reports that a packet between two endpoints belongs to the conversation.
func (o *otherStory) mine(src, dst netip.AddrPort) bool {
	e := o.v.Ends
	return src.IsValid() && (src == e[0] && dst == e[1] || src == e[1] && dst == e[0])
}

// group reports that the packets go to many at once.
func (o *otherStory) group() bool {
	to := o.v.Ends[1].Addr()
	return to.IsValid() && (to.IsMulticast() || to == netip.AddrFrom4([4]byte{255, 255, 255, 255}))
}

// sides looks at who speaks.
func (o *otherStory) sides() {
	n := o.v.Packets
	switch {
	case !o.v.Ends[0].IsValid() || o.v.Kind == packet.OtherARP:
	case o.group():
		o.note(OtherFinding{Code: ToGroup, Severity: Info, Count: int(n[0])})
	case n[1] == 0 && !o.asked:
		o.note(OtherFinding{Code: OneSpeaks, Severity: Info, By: flow.ClientToServer, Count: int(n[0])})
	case n[0] == 0 && !o.asked:
		o.note(OtherFinding{Code: OneSpeaks, Severity: Info, By: flow.ServerToClient, Count: int(n[1])})
	}
}
