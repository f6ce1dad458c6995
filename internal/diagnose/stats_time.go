package diagnose

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Phase is a part of what a connection spends its time with.
type Phase uint8

// The phases. Where several go on at once, as in HTTP/2, the first of PhaseConnect, PhaseTLS, PhaseResponse, PhaseRequest, PhaseWait counts.
const (
	PhaseConnect  Phase = iota // from the first SYN to the client's ACK
	PhaseTLS                   // the handshake of TLS
	PhaseRequest               // the client sends
	PhaseWait                  // for the server's first byte
	PhaseResponse              // the server sends
	PhaseIdle                  // nobody has anything to say, or waits for the client
	NumPhases     = iota
)

var phaseNames = [NumPhases]string{"connect", "tls", "request", "wait", "response", "idle"}

// String returns the phase's name as data formats write it.
func (p Phase) String() string { return phaseNames[p] }

// Spent says where the time of a connection went.
type Spent struct {
	// Phases add up to the time from the first packet to the last one, unless the clock went back.
	Phases [NumPhases]time.Duration
	// Trips are the round trips before the first request could be sent: Connect of TCP, Secure of TLS.
	Connect, Secure int
	// Exchanges is how many requests were measured; 0 if the phases were told from whose data came after whose.
	Exchanges int
	// Slowest are the exchanges that took longest, the longest first, at most maxSlowest.
	Slowest []SlowExchange
	// Limited says that there were more exchanges than are measured.
	Limited bool
}

// SlowExchange is a request with its times; exchange.Unknown where one is not known.
type SlowExchange struct {
	Method, Target      string
	Status              int
	Packet              int // the first of the request
	Total               time.Duration
	Send, Wait, Receive time.Duration
}

const (
	maxSlowest = 5
	// maxMeasured bounds the exchanges whose times are added up.
	maxMeasured = 200_000
	// pause is how long the same side says nothing, with all it said acknowledged, until that is no part of what it says.
	pause = time.Second
)

// Spend finds out where the time of a connection went. Exchanges of HTTP tell it exactly; otherwise, and behind an upgrade, it is
// told from whose data came after whose. talk may be nil: then nothing is known of TLS.
func Spend(ctx context.Context, v *session.View, talk *session.Conversation) (*Spent, error) {
	sp := &spending{v: v, out: &Spent{}}
	if v.Len() == 0 {
		return sp.out, nil
	}
	sp.begin, sp.end = v.Conn.FirstTime, v.At(v.Len()-1).Time
	sp.turnsFrom = sp.begin
	sp.connect()
	if talk != nil {
		sp.secure(talk)
	}
	if err := sp.exchanges(ctx); err != nil {
		return nil, err
	}
	if err := sp.turns(ctx); err != nil {
		return nil, err
	}
	sp.sweep()
	return sp.out, nil
}

// spending is a connection whose time is being told.
type spending struct {
	v          *session.View
	out        *Spent
	begin, end int64
	spans      []phaseSpan
	// turnsFrom is the time from which on turns tell the phases.
	turnsFrom int64
}

// phaseSpan is a phase from one time to another.
type phaseSpan struct {
	from, to int64
	phase    Phase
}

func (sp *spending) span(p Phase, from, to int64) {
	if to > from {
		sp.spans = append(sp.spans, phaseSpan{from, to, p})
	}
}

// connect notes the handshake: until the client has its answer, or until nobody asks any more.
func (sp *spending) connect() {
	done := sp.begin + int64(exchange.Handshake(sp.v))
	switch {
	case done >= sp.begin:
		sp.out.Connect = 1
	case sp.v.Conn.Ending == tcp.NoAnswer || sp.v.Conn.Ending == tcp.Refused:
		done = sp.end
	default:
		return // the handshake was not captured
	}
	sp.span(PhaseConnect, sp.begin, done)
	sp.turnsFrom = max(sp.turnsFrom, done)
}

// secure notes the handshake of TLS: until both sides have finished it, or as far as it came.
func (sp *spending) secure(talk *session.Conversation) {
	if o := exchange.OpeningOf(sp.v, talk.Messages); o.From >= 0 {
		sp.secured(o.From, o.To, talk)
	}
}

// secured notes when TLS was ready, and how many times the server had to be waited for.
func (sp *spending) secured(from, to int64, talk *session.Conversation) {
	if from < 0 || to < from {
		return
	}
	sp.span(PhaseTLS, from, to)
	sp.turnsFrom = max(sp.turnsFrom, to)
	asked := false
	for i := range talk.Messages {
		m := &talk.Messages[i]
		at := sp.v.At(m.First).Time
		if at < from || at > to {
			continue
		}
		if m.Dir == flow.ServerToClient && asked {
			sp.out.Secure++
		}
		asked = m.Dir == flow.ClientToServer
	}
}

// exchanges notes what the requests took.
func (sp *spending) exchanges(ctx context.Context) error {
	tunnel := int64(-1)
	err := exchange.Each(ctx, sp.v, exchange.Options{KeepBody: -1}, func(x *exchange.Exchange) error {
		if sp.out.Exchanges == maxMeasured {
			sp.out.Limited = true
			return errMeasured{}
		}
		sp.out.Exchanges++
		sp.exchange(x)
		tunnel = -1
		if x.Tunnel != "" && x.Response != nil && x.H2 == nil {
			tunnel = x.Response.End
		}
		return nil
	})
	if err != nil && !sp.out.Limited {
		return err
	}
	switch {
	case tunnel >= 0:
		sp.turnsFrom = max(sp.turnsFrom, tunnel)
	case sp.out.Exchanges > 0:
		sp.turnsFrom = sp.end + 1
	}
	return nil
}

// errMeasured ends the decoding at maxMeasured.
type errMeasured struct{}

func (errMeasured) Error() string { return "enough exchanges" }

func (sp *spending) exchange(x *exchange.Exchange) {
	q, r := x.Request, x.Response
	if q != nil {
		sp.span(PhaseRequest, q.Start, q.End)
		switch {
		case r != nil:
			sp.span(PhaseWait, q.End, r.Start)
		case x.Ending.Packet >= 0:
			sp.span(PhaseWait, q.End, sp.v.At(x.Ending.Packet).Time)
		default:
			sp.span(PhaseWait, q.End, sp.end)
		}
	}
	if r != nil {
		sp.span(PhaseResponse, r.Start, r.End)
	}
	if q == nil {
		return
	}
	s := SlowExchange{
		Method: q.Method, Target: q.Target, Packet: q.First,
		Total: x.Timing.Total, Send: x.Timing.Send, Wait: x.Timing.Wait, Receive: x.Timing.Receive,
	}
	if r != nil {
		s.Status = r.Status
	} else if x.Ending.Packet >= 0 {
		s.Total = time.Duration(sp.v.At(x.Ending.Packet).Time - q.Start)
	} else {
		s.Total = time.Duration(sp.end - q.Start)
	}
	sp.out.Slowest = append(sp.out.Slowest, s)
	if len(sp.out.Slowest) > maxSlowest {
		slices.SortStableFunc(sp.out.Slowest, slower)
		sp.out.Slowest = sp.out.Slowest[:maxSlowest]
	}
}

func slower(a, b SlowExchange) int { return cmp.Compare(b.Total, a.Total) }

// turns tells the phases behind turnsFrom from whose new data came after whose.
func (sp *spending) turns(ctx context.Context) error {
	if sp.turnsFrom > sp.end {
		return nil
	}
	t := turns{sp: sp, at: sp.turnsFrom, by: -1}
	for i := range sp.v.Len() {
		if i%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t.record(sp.v.At(i))
	}
	if !t.over {
		t.until(sp.end, -1)
	}
	return nil
}

// turns follows who sends.
type turns struct {
	sp *spending
	// at is the time up to which all is told; by is who sent last, -1 before anybody did.
	at    int64
	by    int
	ahead [2]uint32 // the highest number sent, relative
	acked [2]uint32 // the highest number acknowledged of each side's
	over  bool
}

func (t *turns) record(r *session.Record) {
	if !r.HasNumbers() || r.Partial() {
		return
	}
	d := r.Dir()
	defer t.acknowledge(r) // behind what was waited for up to here
	switch next := r.NextSeq(); {
	case r.Flags.Any(packet.FIN|packet.RST) && r.Time >= t.at && !t.over && r.Len == 0:
		t.until(r.Time, -1)
		t.over = true // what follows is the closing
	case r.Len > 0 && int32(next-t.ahead[d]) > 0:
		if r.Time >= t.at {
			t.until(r.Time, int(d))
			t.over = false
		}
		t.by, t.ahead[d] = int(d), next
	}
}

func (t *turns) acknowledge(r *session.Record) {
	if acked := &t.acked[r.Dir().Reverse()]; r.Flags.Has(packet.ACK) && int32(r.Ack-*acked) > 0 {
		*acked = r.Ack
	}
}

// until tells what the time was until now, when next sends, -1 for nobody.
func (t *turns) until(now int64, next int) {
	phase := PhaseIdle
	switch by, server := t.by, int(flow.ServerToClient); {
	case by == int(flow.ClientToServer) && next == by:
		phase = PhaseRequest
	case by == int(flow.ClientToServer), by < 0 && next == server:
		phase = PhaseWait
	case by == server && next == server:
		phase = PhaseResponse
	}
	if t.by == next && now-t.at > int64(pause) && t.by >= 0 && t.acked[t.by] == t.ahead[t.by] {
		phase = PhaseIdle
	}
	if t.over {
		phase = PhaseIdle
	}
	if now > t.at { // idle time is what remains in the end
		t.sp.out.Phases[phase] += time.Duration(now - t.at)
		t.at = now
	}
}

// edge is where a span begins or ends.
type edge struct {
	at    int64
	phase Phase
	step  int
}

// precedence is the order in which phases count where several go on at once.
var precedence = [...]Phase{PhaseConnect, PhaseTLS, PhaseResponse, PhaseRequest, PhaseWait}

// sweep adds the spans up; what none of them covers is idle.
func (sp *spending) sweep() {
	edges := make([]edge, 0, 2*len(sp.spans))
	for _, s := range sp.spans {
		edges = append(edges, edge{s.from, s.phase, 1}, edge{s.to, s.phase, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	var open [NumPhases]int
	for i, e := range edges {
		open[e.phase] += e.step
		if i+1 == len(edges) {
			break
		}
		for _, p := range precedence {
			if open[p] > 0 {
				sp.out.Phases[p] += time.Duration(edges[i+1].at - e.at)
				break
			}
		}
	}
	told := time.Duration(0)
	for p, d := range sp.out.Phases {
		if Phase(p) != PhaseIdle {
			told += d
		}
	}
	sp.out.Phases[PhaseIdle] = max(time.Duration(sp.end-sp.begin)-told, 0)
	slices.SortStableFunc(sp.out.Slowest, slower)
}
