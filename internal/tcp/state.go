package tcp

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

// The states of both ends follow RFC 9293 §3.3.2 (figure 5) and §3.10, seen from a wire between them:
//
//   - A segment proves the state that its sender must be in to send it.
//   - A transition that includes sending something (rcv SYN / snd SYN,ACK) is made when that is seen.
//   - A transition by mere reception (rcv ACK of FIN / x) is made at once, but marked inferred: the segment may yet be lost.
//   - What an end sends next confirms an inferred state or takes it back (a SYN+ACK again: the ACK never arrived).
//
// Data, window probes and keep-alives change no state.

// event is one segment in the terms of the state diagram.
type event struct {
	syn, ack, fin bool
	// acksFin: acknowledges the other end's FIN; acksSyn: the other end's SYN.
	acksFin, acksSyn bool
	// moves: carries data, or acknowledges more than its sender did before.
	moves bool
	// synAcked, finAcked: the sender's own SYN and FIN were acknowledged before.
	synAcked, finAcked bool
	// hasFin: the sender has sent a FIN, now or before. crossed: both FINs were sent without knowledge of each other.
	hasFin, crossed bool
	// unheard: the receiver has shown that an ACK of its SYN did not reach it.
	unheard bool
	// early: data may be sent before the handshake is over (RFC 7413).
	early bool
}

// follow moves the states of both ends on. It runs before the analysis, which forgets the previous segment.
func (a *analyzer) follow() {
	c, seg, dir := a.conn, a.seg, a.out.Dir
	if c.States == [2]EndState{} {
		a.enter()
		return
	}
	if seg.Flags.Has(packet.RST) {
		a.reset()
		return
	}
	if c.States == bothEstablished && !seg.Flags.Any(packet.SYN|packet.FIN) {
		a.noteAck() // the bulk of all segments: nothing below would change
		return
	}
	e := a.event()
	c.unheard = c.unheard || e.syn && e.ack && c.States[dir] == Inferred(Established)
	c.settle(dir, e.afterSending(c.States[dir], c.proven[dir]))
	c.settle(dir.Reverse(), e.afterReceiving(c.States[dir.Reverse()]))
	a.note(&e)
}

// bothEstablished is the state in which most segments are sent.
var bothEstablished = [2]EndState{Proven(Established), Proven(Established)}

// enter sets the states at the first segment of a connection.
func (a *analyzer) enter() {
	c, seg, dir := a.conn, a.seg, a.out.Dir
	other := dir.Reverse()
	switch {
	case seg.Flags.Has(packet.RST):
		c.States[dir], c.States[other] = Proven(Closed), Inferred(Closed)
		a.end(Reset)
		return
	case seg.Flags.Has(packet.SYN | packet.ACK):
		c.States[dir], c.States[other] = Proven(SynReceived), Inferred(SynSent)
	case seg.Flags.Has(packet.SYN):
		c.States[dir], c.States[other] = Proven(SynSent), Inferred(Listen)
		c.Ending = NoAnswer
	case seg.Flags.Has(packet.FIN):
		c.States[dir], c.States[other] = Inferred(FinWait1), Inferred(Established)
	default:
		c.States[dir], c.States[other] = Inferred(Established), Inferred(Established)
	}
	c.settle(dir, c.States[dir])
	e := a.event()
	a.note(&e)
}

// event puts the segment into the terms of the state diagram.
func (a *analyzer) event() event {
	flags := a.seg.Flags
	e := event{syn: flags.Has(packet.SYN), ack: flags.Has(packet.ACK), fin: flags.Has(packet.FIN)}
	if e.ack {
		e.acksSyn = a.rev.hasBase && !a.seg.Ack.Before(a.rev.base.Add(1))
		e.acksFin = a.rev.finSent && !a.seg.Ack.Before(a.rev.finNext)
		e.moves = a.fwd.hasAcked && a.seg.Ack.After(a.fwd.acked)
	}
	e.moves = e.moves || a.seg.Len > 0 && !e.syn
	e.synAcked = a.fwd.hasBase && a.rev.hasAcknowledged(a.fwd.base.Add(1))
	e.finAcked = a.fwd.finSent && a.rev.hasAcknowledged(a.fwd.finNext)
	e.hasFin = e.fin || a.fwd.finSent
	e.crossed = a.conn.crossed
	e.unheard = a.conn.unheard
	e.early = a.conn.Labels.Has(TFOSyn)
	return e
}

// note keeps what later events need to know of this one, and how the connection ends.
func (a *analyzer) note(e *event) {
	fwd, rev, seg := a.fwd, a.rev, a.seg
	if e.fin {
		if rev.finSent && !fwd.finSent && !e.acksFin && !fwd.hasAcknowledged(rev.finNext) {
			a.conn.crossed = true
		}
		fwd.finSent, fwd.finNext = true, seg.Seq.Add(seg.Len+a.phantom())
	}
	fwd.asked = fwd.asked || e.syn && !e.ack
	a.noteAck()
	a.judge(e)
}

// noteAck keeps the highest acknowledgement of the sender.
func (a *analyzer) noteAck() {
	fwd, seg := a.fwd, a.seg
	if seg.Flags.Has(packet.ACK) && (!fwd.hasAcked || seg.Ack.After(fwd.acked)) {
		fwd.hasAcked, fwd.acked = true, seg.Ack
	}
}

// settle sets the state of one end and remembers it if the capture proves it.
func (c *conn) settle(end flow.Direction, s EndState) {
	c.States[end] = s
	if !s.Inferred() {
		c.proven[end] = s.State()
	}
}

// afterSending returns the state of an end in state is that sent the segment; proven is the last state it was surely in.
func (e *event) afterSending(is EndState, proven State) EndState {
	switch is.State() {
	case Unknown, Closed, Listen:
		return e.sentClosed(is, proven)
	case SynSent:
		return e.sentSynSent(is)
	case SynReceived:
		return e.sentSynReceived(is)
	case Established:
		return e.sentEstablished(is)
	case FinWait1:
		return e.sentFinWait1(is)
	case FinWait2:
		return e.sentFinWait2(is)
	case CloseWait:
		if e.fin {
			return Proven(LastAck)
		}
		return Proven(CloseWait)
	case Closing, LastAck:
		return is // waiting for the ACK of its FIN, whatever it sends again
	case TimeWait:
		if e.fin && is.Inferred() {
			return Proven(Closing) // the ACK of the FIN never arrived
		}
	}
	return is
}

// sentClosed is afterSending for an end that had no connection, or was thought to have none any more.
func (e *event) sentClosed(is EndState, proven State) EndState {
	switch {
	case e.syn && e.ack:
		return Proven(SynReceived)
	case e.syn:
		return Proven(SynSent)
	case is == Inferred(Closed) && proven != Unknown && proven != Closed:
		return e.afterSending(Proven(proven), proven) // what was to close it never arrived
	case is == Proven(Closed) && !e.moves:
		return is
	case e.fin:
		return Inferred(FinWait1)
	}
	return Inferred(Established)
}

// sentSynSent is afterSending for SYN-SENT (§3.10.7.3).
func (e *event) sentSynSent(is EndState) EndState {
	switch {
	case e.syn && e.ack:
		return Proven(SynReceived) // simultaneous open, figure 7
	case e.syn:
		return Proven(SynSent)
	case e.fin:
		return e.sentFin()
	case e.acksFin:
		return Proven(CloseWait)
	case e.ack:
		return Proven(Established)
	}
	return is
}

// sentSynReceived is afterSending for SYN-RECEIVED.
func (e *event) sentSynReceived(is EndState) EndState {
	switch {
	case e.syn && e.ack:
		return Proven(SynReceived)
	case e.fin:
		return e.sentFin()
	case e.acksFin:
		return Proven(CloseWait)
	case e.moves && !e.early, e.ack && e.synAcked && !e.unheard:
		return Proven(Established)
	}
	return is
}

// sentFinWait1 is afterSending for FIN-WAIT-1 (§3.10.7.4, eighth: check the FIN bit).
func (e *event) sentFinWait1(is EndState) EndState {
	switch {
	case e.acksFin && !e.finAcked:
		return Proven(Closing)
	case e.acksFin && e.crossed:
		return Inferred(TimeWait) // through CLOSING: the ACK of its FIN is on its way
	case e.acksFin:
		return Proven(TimeWait)
	case e.fin:
		return Proven(FinWait1)
	}
	return is
}

// sentFinWait2 is afterSending for FIN-WAIT-2.
func (e *event) sentFinWait2(is EndState) EndState {
	switch {
	case e.fin && e.acksFin:
		return Proven(Closing)
	case e.fin:
		return Proven(FinWait1) // the ACK of the FIN never arrived
	case e.acksFin:
		return Proven(TimeWait)
	}
	return is
}

// sentEstablished is afterSending for ESTABLISHED.
func (e *event) sentEstablished(is EndState) EndState {
	switch {
	case e.syn && !is.Inferred():
		return is // a copy of the handshake, late on its way
	case e.syn && e.ack:
		return Proven(SynReceived) // the ACK of the SYN never arrived
	case e.syn:
		return Proven(SynSent)
	case e.fin:
		return e.sentFin()
	case e.acksFin:
		return Proven(CloseWait)
	case e.moves:
		return Proven(Established)
	}
	return is
}

// sentFin returns the state of an end that has just sent its first FIN: it is the first to close, or answers the other FIN.
func (e *event) sentFin() EndState {
	if e.acksFin {
		return Proven(LastAck)
	}
	return Proven(FinWait1)
}

// afterReceiving returns the state of an end in state is that the segment is sent to, as far as it need not answer.
func (e *event) afterReceiving(is EndState) EndState {
	switch is.State() {
	case Listen: // its SYN,ACK is not in the capture
		if e.ack && !e.syn {
			return Inferred(Established)
		}
	case SynSent:
		return e.reachesSynSent(is)
	case SynReceived:
		return e.reachesSynReceived(is)
	case FinWait1:
		// With a FIN in hand it is to answer: then CLOSING or TIME-WAIT follows, not FIN-WAIT-2.
		if e.acksFin && !e.hasFin {
			return Inferred(FinWait2)
		}
	case Closing:
		if e.acksFin {
			return Inferred(TimeWait)
		}
	case LastAck:
		if e.acksFin {
			return Inferred(Closed)
		}
	case Unknown, Closed, Established, FinWait2, CloseWait, TimeWait:
	}
	return is
}

// reachesSynSent is afterReceiving for SYN-SENT. Where only the other end is heard, it may speak like one whose SYN,ACK was
// acknowledged.
func (e *event) reachesSynSent(is EndState) EndState {
	if is.Inferred() && e.ack && !e.syn && e.moves {
		return Inferred(Established)
	}
	return is
}

// reachesSynReceived is afterReceiving for SYN-RECEIVED.
func (e *event) reachesSynReceived(is EndState) EndState {
	switch {
	case e.acksSyn && e.unheard:
		return Inferred(SynReceived) // why should this ACK fare better?
	case e.acksSyn:
		return Inferred(Established)
	}
	return is
}
