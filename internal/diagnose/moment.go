package diagnose

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Moment is the part that a segment plays in the life of its connection.
type Moment uint8

// The moments, in the order of a life.
const (
	Nothing       Moment = iota // data, plain acknowledgments
	Ask                         // the first SYN
	AskAgain                    // the same SYN again
	AskToo                      // the other end's SYN: simultaneous open
	Agree                       // SYN-ACK
	AgreeAgain                  // the same SYN-ACK again, nothing shows that the server lacks the third packet
	AgreeUnheard                // the same SYN-ACK again although the client had confirmed
	Confirm                     // the third packet of the handshake
	ConfirmAgain                // the client's answer to a repeated SYN-ACK
	Close                       // the first FIN
	CloseAgain                  // a FIN repeated
	CloseCrossing               // the second FIN, sent before the first one was seen
	CloseAck                    // acknowledges the first FIN, this side may still send
	CloseBoth                   // acknowledges the first FIN and is a FIN itself: three segments instead of four
	CloseToo                    // the second FIN, the first one was acknowledged before
	CloseLast                   // acknowledges the second FIN
	Refuse                      // RST in answer to a SYN
	RefuseLate                  // RST by an end that, as its repeated SYN-ACKs show, never had the connection
	Abort                       // RST that ends an open connection
	AbortClosing                // RST while closing, or in answer to something that came after the close
	NumMoments    = iota
)

// life is what the moments of the segments so far leave behind.
type life struct {
	asked      [2]bool
	agreed     bool // a SYN-ACK was seen
	agreeDir   flow.Direction
	confirmed  bool
	unheard    bool // the SYN-ACK was repeated after the client had confirmed
	fin        [2]bool
	finNext    [2]seqnum.Number // relative number behind the FIN
	finAcked   [2]bool
	reset      bool
	data       [2]bool
	heardAgain bool // the segment before was a repeated SYN-ACK
}

// Moments finds the moment of every segment of a connection, in the order of v.
func Moments(v *session.View) []Moment {
	ms := make([]Moment, v.Len())
	var l life
	for i := range ms {
		ms[i] = l.next(v.At(i))
	}
	return ms
}

func (l *life) next(r *session.Record) Moment {
	if !r.HasNumbers() {
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
		m = l.closing(r, d)
	default:
		m = l.plain(r, d)
	}
	if r.Len > 0 && !r.Labels.Has(tcp.KeepAlive) {
		l.data[d] = true
	}
	l.acknowledge(r, d)
	l.heardAgain = m == AgreeUnheard
	return m
}

func (l *life) rst(d flow.Direction) Moment {
	first := !l.reset
	l.reset = true
	switch {
	case l.asked[d.Reverse()] && !l.agreed && !l.data[0] && !l.data[1]:
		return Refuse
	case l.unheard && l.agreeDir == d:
		return RefuseLate
	case l.fin[0] || l.fin[1] || !first:
		return AbortClosing
	}
	return Abort
}

func (l *life) syn(r *session.Record, d flow.Direction) Moment {
	if r.Flags.Has(packet.ACK) {
		switch {
		case !l.agreed:
			l.agreed, l.agreeDir = true, d
			return Agree
		case l.agreeDir != d:
			return Confirm // simultaneous open: both send SYN-ACK
		case l.confirmed:
			l.unheard = true
			return AgreeUnheard
		}
		return AgreeAgain
	}
	switch {
	case l.asked[d]:
		return AskAgain
	case l.asked[d.Reverse()]:
		l.asked[d] = true
		return AskToo
	}
	l.asked[d] = true
	return Ask
}

func (l *life) closing(r *session.Record, d flow.Direction) Moment {
	o := d.Reverse()
	switch {
	case l.fin[d]:
		return CloseAgain
	case !l.fin[o]:
		l.fin[d], l.finNext[d] = true, seqnum.Number(r.NextSeq())
		return Close
	}
	l.fin[d], l.finNext[d] = true, seqnum.Number(r.NextSeq())
	switch {
	case l.finAcked[o]:
		return CloseToo
	case l.acksFin(r, o):
		return CloseBoth
	}
	return CloseCrossing
}

// acksFin reports that r acknowledges the FIN of end o.
func (l *life) acksFin(r *session.Record, o flow.Direction) bool {
	return l.fin[o] && r.Flags.Has(packet.ACK) && !seqnum.Number(r.Ack).Before(l.finNext[o])
}

func (l *life) acknowledge(r *session.Record, d flow.Direction) {
	if l.acksFin(r, d.Reverse()) {
		l.finAcked[d.Reverse()] = true
	}
}

func (l *life) plain(r *session.Record, d flow.Direction) Moment {
	o := d.Reverse()
	switch {
	case l.agreed && l.agreeDir == o && !l.confirmed && r.Flags.Has(packet.ACK):
		l.confirmed = true
		return Confirm
	case l.acksFin(r, o) && !l.finAcked[o]:
		if l.fin[d] {
			return CloseLast
		}
		return CloseAck
	case l.heardAgain && d != l.agreeDir && r.PureAck():
		return ConfirmAgain
	}
	return Nothing
}
