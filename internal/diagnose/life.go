package diagnose

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// life is what the segments so far leave behind for the moments of the next ones.
type life struct {
	ends     [2]endLife
	agreed   bool // a SYN-ACK was seen, from agreeDir
	agreeDir flow.Direction
	// confirmed says that the third packet was seen, unheard that the SYN-ACK was repeated after it and the end that
	// repeats it has done nothing else since.
	confirmed, unheard bool
	heardLate          bool // CloseAckHeard happened, and no data or FIN from that end since
	data, reset        bool
	last               Moment
}

// endLife is the part of a life that each end has of its own, by sender.
type endLife struct {
	asked, reset bool
	confirmed    bool // simultaneous open only
	fin          bool
	finNext      seqnum.Number // relative number behind the FIN
	finAcked     bool
	zero         bool // the last window announced was 0
	probe        probe
	unanswered   int // probes in a row without any sign of the other end
}

// probe is what an end has asked without an answer so far.
type probe uint8

const (
	noProbe probe = iota
	aliveProbe
	roomProbe
)

// next finds the moment of a segment.
func (l *life) next(r *session.Record) Moment {
	if !r.HasNumbers() {
		l.last = Nothing
		return Nothing
	}
	d := r.Dir()
	var m Moment
	switch {
	case r.Flags.Has(packet.RST):
		m = l.rst(d)
	case r.Flags.Has(packet.SYN):
		m = l.syn(r, d)
	case r.Flags.Has(packet.FIN):
		m = l.fin(r, d)
	default:
		m = l.plain(r, d)
	}
	l.remember(r, d, m)
	return m
}

// remember brings the life up to date after a segment.
func (l *life) remember(r *session.Record, d flow.Direction, m Moment) {
	end, other := &l.ends[d], &l.ends[d.Reverse()]
	syn, rst := r.Flags.Has(packet.SYN), r.Flags.Has(packet.RST)
	if r.Len > 0 && !syn && !isProbe(r) {
		l.data = true
	}
	if l.acksFin(r, d.Reverse()) {
		other.finAcked = true
	}
	if !isProbe(r) {
		other.probe, other.unanswered = noProbe, 0
	}
	if !syn && !rst {
		end.zero = r.Window == 0
		l.takesPart(r, d, m)
	}
	l.last = m
}

// takesPart notes what a segment behind the SYNs says about the handshake.
func (l *life) takesPart(r *session.Record, d flow.Direction, m Moment) {
	switch {
	case !l.agreed:
	case l.agreeDir != d:
		l.confirmed = l.confirmed || r.Flags.Has(packet.ACK)
	default:
		l.unheard = false
		l.heardLate = (l.heardLate || m == CloseAckHeard) && r.Len == 0 && !r.Flags.Has(packet.FIN)
	}
}

// isProbe reports a segment that carries nothing new and only asks for an answer.
func isProbe(r *session.Record) bool { return r.Labels.Any(tcp.KeepAlive | tcp.ZeroWindowProbe) }

func (l *life) rst(d flow.Direction) Moment {
	end, other := &l.ends[d], &l.ends[d.Reverse()]
	again := end.reset
	l.reset, end.reset = true, true
	switch {
	case other.asked && !l.agreed && !l.data:
		return Refuse
	case l.unheard && l.agreeDir == d:
		return RefuseLate
	case l.awaits(d) && !l.data && !end.fin:
		return Decline
	case again || end.fin:
		return AbortAnswer
	case end.unanswered > 1:
		return GiveUp
	case l.heardLate && l.agreeDir == d:
		return AbortUnused
	case other.fin:
		return AbortInstead
	}
	return Abort
}

// awaits reports that the third packet is due from end d.
func (l *life) awaits(d flow.Direction) bool { return l.agreed && l.agreeDir != d && !l.confirmed }

func (l *life) syn(r *session.Record, d flow.Direction) Moment {
	end, other := &l.ends[d], &l.ends[d.Reverse()]
	if r.Flags.Has(packet.ACK) {
		return l.synAck(d)
	}
	asked := end.asked
	end.asked = true
	switch {
	case asked && l.agreed && l.agreeDir != d:
		return AskUnheard
	case asked:
		return AskAgain
	case other.asked:
		return AskToo
	}
	return Ask
}

func (l *life) synAck(d flow.Direction) Moment {
	first := !l.agreed
	switch {
	case l.ends[d].asked:
		if first {
			l.agreed, l.agreeDir = true, d
		}
		return AgreeCrossing
	case first:
		l.agreed, l.agreeDir = true, d
		return Agree
	case l.agreeDir == d && l.confirmed:
		l.unheard = true
		return AgreeUnheard
	}
	return AgreeAgain
}

func (l *life) fin(r *session.Record, d flow.Direction) Moment {
	end, other := &l.ends[d], &l.ends[d.Reverse()]
	if end.fin {
		return CloseAgain
	}
	end.fin, end.finNext = true, seqnum.Number(r.NextSeq())
	switch {
	case other.reset:
		return CloseUnaware
	case !other.fin:
		return Close
	case other.finAcked:
		return CloseToo
	case l.acksFin(r, d.Reverse()):
		return CloseBoth
	}
	return CloseCrossing
}

// acksFin reports that r acknowledges the FIN of end o.
func (l *life) acksFin(r *session.Record, o flow.Direction) bool {
	end := &l.ends[o]
	return end.fin && r.Flags.Has(packet.ACK) && !seqnum.Number(r.Ack).Before(end.finNext)
}

func (l *life) plain(r *session.Record, d flow.Direction) Moment {
	if !r.Flags.Has(packet.ACK) {
		return Nothing
	}
	if m := l.opening(r, d); m != Nothing {
		return m
	}
	if m := l.closing(r, d); m != Nothing {
		return m
	}
	if isProbe(r) {
		return l.asks(d)
	}
	return l.answers(r, d)
}

// opening finds the parts of a handshake that are no SYNs.
func (l *life) opening(r *session.Record, d flow.Direction) Moment {
	end := &l.ends[d]
	switch {
	case !l.agreed:
		return Nothing
	case l.ends[0].asked && l.ends[1].asked:
		if !end.confirmed {
			end.confirmed, l.confirmed = true, true
			return ConfirmCrossing
		}
	case l.awaits(d):
		l.confirmed = true
		return Confirm
	case l.agreeDir != d && r.PureAck() && (l.last == AgreeUnheard || l.last == AgreeAgain):
		return ConfirmAgain
	case l.unheard && l.agreeDir == d:
		if l.acksFin(r, d.Reverse()) {
			return CloseAckHeard
		}
		return HeardAtLast
	}
	return Nothing
}

// closing finds acknowledgments of FINs.
func (l *life) closing(r *session.Record, d flow.Direction) Moment {
	end, other := &l.ends[d], &l.ends[d.Reverse()]
	switch {
	case !l.acksFin(r, d.Reverse()):
		return Nothing
	case other.finAcked:
		if l.last == CloseAgain && r.PureAck() {
			return CloseAckAgain
		}
		return Nothing
	case !end.fin:
		return CloseAck
	case !end.finAcked:
		return CloseAckCrossing
	}
	return CloseLast
}

// asks finds out what a probe asks for: Linux probes a closed window with the same segments as a silent peer.
func (l *life) asks(d flow.Direction) Moment {
	end := &l.ends[d]
	if l.ends[d.Reverse()].zero {
		end.probe = roomProbe
		return AskRoom
	}
	end.probe = aliveProbe
	end.unanswered++
	if end.unanswered > 1 {
		return AskAliveAgain
	}
	return AskAlive
}

// answers finds the answer to a probe, and the end of a closed window.
func (l *life) answers(r *session.Record, d flow.Direction) Moment {
	if !r.PureAck() {
		return Nothing
	}
	switch asked := l.ends[d.Reverse()].probe; {
	case r.Window == 0 && asked == roomProbe:
		return NoRoom
	case r.Window != 0 && l.ends[d].zero:
		return Room
	case asked == aliveProbe:
		return AliveAnswer
	}
	return Nothing
}
