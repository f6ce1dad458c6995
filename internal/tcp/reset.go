package tcp

import "tcptalk/internal/packet"

// reset treats an RST: its sender has no connection, and a receiver that finds it acceptable loses its own.
func (a *analyzer) reset() {
	c, dir := a.conn, a.out.Dir
	other := dir.Reverse()
	if c.States[dir].State() == SynSent && a.rev.hasAcked && !a.rev.hasAcknowledged(a.fwd.base.Add(1)) {
		// The other end still has an older connection; this one resets it and goes on (§3.5.1, figure 9).
		c.settle(other, Inferred(Closed))
		return
	}
	how := Reset
	if c.States[other].State() == SynSent && !a.fwd.started() {
		how = Refused
	}
	c.settle(dir, Proven(Closed))
	if state := c.States[other].State(); state != Closed && a.resets(state) {
		c.settle(other, Inferred(a.afterReset(state)))
	}
	a.end(how)
}

// afterReset returns the state of the other end, in that state, when it accepts the RST: one that was only asked goes back to
// waiting for somebody (§3.10.7.4, second, and figures 8 and 11).
func (a *analyzer) afterReset(state State) State {
	if state == SynReceived && !a.rev.asked {
		return Listen
	}
	return Closed
}

// started reports that this end sent something before.
func (s *sender) started() bool { return s.nextSeq != 0 }

// resets reports that the other end, in that state, must accept the RST (§3.10.7.3 and §3.5.3).
func (a *analyzer) resets(state State) bool {
	rev, seg := a.rev, a.seg
	if state == SynSent {
		return seg.Flags.Has(packet.ACK) && !seg.Ack.Before(rev.base.Add(1)) && !seg.Ack.After(rev.nextSeq)
	}
	if !rev.hasAcked {
		return true
	}
	return seg.Seq.Distance(rev.acked) <= rev.widestWindow()
}
