package diagnose

import (
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// maxEarlier bounds how far Earlier looks back; a retransmission rarely comes more than a few windows later.
const maxEarlier = 256

// Earlier returns the index of the segment that segment i repeats: the last one before it by the same side that carried its
// first byte; for a SYN or FIN without data, the last SYN or FIN with the same number. Probes carry nothing and are neither
// repeated nor repetitions. It looks back a bounded number of segments and returns -1 if none is found.
func Earlier(v *session.View, i int) int {
	r := v.At(i)
	if !r.HasNumbers() || isProbe(r) {
		return -1
	}
	for j := i - 1; j >= max(0, i-maxEarlier); j-- {
		if e := v.At(j); e.Dir() == r.Dir() && e.HasNumbers() && !isProbe(e) && repeats(e, r) {
			return j
		}
	}
	return -1
}

// repeats reports that segment e carried the first thing that r carries.
func repeats(e, r *session.Record) bool {
	first, from := seqnum.Number(r.Seq), seqnum.Number(e.Seq)
	switch {
	case r.Flags.Has(packet.SYN):
		return e.Flags.Has(packet.SYN) && first == from
	case r.Len > 0:
		data := from
		if e.Flags.Has(packet.SYN) {
			data = data.Add(1) // data in a SYN comes behind it (RFC 9293 §3.4)
		}
		return e.Len > 0 && !first.Before(data) && first.Before(data.Add(e.Len))
	case r.Flags.Has(packet.FIN):
		return e.Flags.Has(packet.FIN) && first == from.Add(e.Len)
	}
	return false
}

// isRepeat reports a segment that Wireshark labels as sent again, or one that by its moment is.
func isRepeat(r *session.Record, m Moment) bool {
	switch m {
	case AskAgain, AskUnheard, AgreeAgain, AgreeUnheard, CloseAgain:
		return true
	case AgreeCrossing:
		return false // a SYN-ACK is more than the SYN before, though Wireshark calls it a retransmission
	default:
		return r.Labels.Has(tcp.Retransmission)
	}
}
