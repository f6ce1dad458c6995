package diagnose

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Waiting says what a silence between two segments was about.
type Waiting uint8

// The reasons, as far as the segments show them.
const (
	Idle        Waiting = iota // nothing outstanding: nobody has anything to say
	ForAnswer                  // a SYN is out, nobody answered yet
	ForConfirm                 // SYN-ACK is out, the third handshake packet is missing
	ForAck                     // data or FIN is out, unacknowledged until the sender's timer ran out
	ForWindow                  // the window is closed
	ForReply                   // a request was delivered, the other program has not answered yet
	ForClose                   // one side has closed, the other not yet
	NumWaitings = iota
)

// Silence says who waited for what between segments i-1 and i of v. The side is the one that waits.
func Silence(v *session.View, ms []Moment, i int) (Waiting, flow.Direction) {
	before, after := v.At(i-1), v.At(i)
	d := after.Dir()
	switch ms[i] {
	case AskAgain:
		return ForAnswer, d
	case AgreeAgain, AgreeUnheard:
		return ForConfirm, d
	case CloseAgain:
		return ForAck, d
	}
	switch {
	case after.Labels.Any(tcp.ZeroWindowProbe|tcp.ZeroWindowProbeAck) || before.Labels.Has(tcp.ZeroWindow):
		return ForWindow, before.Dir().Reverse()
	case after.Labels.Has(tcp.Retransmission) && !after.Labels.Has(tcp.SpuriousRetransmission):
		return ForAck, d
	case after.Labels.Has(tcp.KeepAlive):
		return Idle, d
	case closing(before):
		return ForClose, waitingToClose(before)
	}
	return pending(v, i)
}

func closing(r *session.Record) bool {
	return waitsForClose(r.States[0]) || waitsForClose(r.States[1])
}

func waitsForClose(e tcp.EndState) bool {
	return e.State() == tcp.FinWait1 || e.State() == tcp.FinWait2
}

func waitingToClose(r *session.Record) flow.Direction {
	if waitsForClose(r.States[flow.ClientToServer]) {
		return flow.ClientToServer
	}
	return flow.ServerToClient
}

// lookBack bounds the search for the segment that last carried data.
const lookBack = 64

// pending looks for the last data before segment i: if the other side speaks next, its program was being waited for.
func pending(v *session.View, i int) (Waiting, flow.Direction) {
	for j := i - 1; j >= max(0, i-lookBack); j-- {
		r := v.At(j)
		if r.Len == 0 || r.Labels.Has(tcp.KeepAlive) || r.Flags.Has(packet.RST) {
			continue
		}
		if after := v.At(i); after.Dir() != r.Dir() && after.Len > 0 {
			return ForReply, r.Dir()
		}
		break
	}
	return Idle, v.At(i).Dir()
}
