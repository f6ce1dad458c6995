package tcp

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

// handshake keeps what is known from SYNs and from the first ACK after them.
func (a *analyzer) handshake() {
	seg, c := a.seg, a.conn
	syn, ack := seg.Flags.Has(packet.SYN), seg.Flags.Has(packet.ACK)
	if syn {
		a.confirmClient(ack)
		a.fwd.unscaled = true
		if !ack {
			c.lastSyn = seg.Time
		}
	}
	if ack && !syn {
		if c.lastSyn != 0 && c.InitialRTT == 0 {
			c.InitialRTT = time.Duration(seg.Time - c.lastSyn)
		}
		a.fwd.unscaled = false
	}
}

// confirmClient ends the guessing if a SYN or SYN,ACK shows that the guess was right. Directions given out stay as they are.
func (a *analyzer) confirmClient(ack bool) {
	if ack == (a.out.Dir == flow.ServerToClient) {
		a.conn.ClientGuessed = false
	}
}

// options takes over what the segment's options say for the segments after it.
func (a *analyzer) options() {
	opt := &a.seg.Options
	for i := range min(int(opt.NumSACK), maxSackRanges) {
		a.fwd.sacked += opt.SACK[i].Right.Distance(opt.SACK[i].Left)
	}
	if opt.HasWindowScale {
		a.fwd.scale = int8(min(opt.WindowScale, maxScale))
	}
	if a.seg.Flags.Has(packet.SYN) && !a.out.Hidden {
		a.agreeOnScale()
	}
	a.conn.mptcp |= opt.MPTCP
	if a.out.HasNumbers {
		a.fastOpen()
	}
}

// maxSackRanges is how many SACK ranges of a segment Wireshark takes into account.
const maxSackRanges = 3

// agreeOnScale switches scaling off for both ends if one of them did not offer it in its SYN (RFC 7323 §2.2).
func (a *analyzer) agreeOnScale() {
	switch {
	case a.fwd.scale == scaleUnknown:
		a.fwd.scale, a.rev.scale = scaleNone, scaleNone
	case a.seg.Flags.Has(packet.ACK) && a.rev.scale == scaleNone:
		a.fwd.scale = scaleNone
	}
}

// fastOpen labels data in the handshake (RFC 7413).
func (a *analyzer) fastOpen() {
	seg, c := a.seg, a.conn
	switch seg.Flags & (packet.SYN | packet.ACK) {
	case packet.SYN:
		if seg.Options.FastOpen {
			a.out.Labels |= TFOSyn
			c.tfoData = c.tfoData || seg.Len > 0
		}
	case packet.SYN | packet.ACK:
		if a.out.Ack > 1 {
			a.out.Labels |= TFOAck
		} else if c.tfoData {
			a.out.Labels |= TFOIgnored
		}
	}
}
