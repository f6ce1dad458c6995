package stream

import "tcptalk/internal/seqnum"

type seqNumber = seqnum.Number

// half is one direction of a connection. Positions are sequence numbers unwrapped to 64 bits, counted from the first
// number that was seen; stream offsets are positions minus start.
type half struct {
	ref     seqNumber // the number at position 0
	hasRef  bool
	syn     bool // this side's SYN was captured
	started bool // start is known
	closed  bool // the sink was told the end
	fin     bool // end was announced by a FIN
	hasEnd  bool
	hasAck  bool
	start   int64 // position of the stream's first byte
	next    int64 // position of the next byte to deliver
	end     int64 // position of the FIN or RST
	acked   int64 // the highest position that the receiver acknowledged
	finID   uint32
	overdue int // segments since the hole at next was acknowledged
	waiting waiting
	ignored Ignored
}

// position unwraps seq around the next expected number.
func (h *half) position(seq seqNumber) int64 {
	if !h.hasRef {
		h.ref, h.hasRef = seq, true
	}
	d := int64(seq.Distance(h.ref.Add(uint32(h.next)))) // the conversion takes the position modulo 2^32, as intended
	if d >= 1<<32-maxWindow {
		d -= 1 << 32
	}
	return h.next + d
}

// holeAcknowledged reports that something waits behind a hole of which the receiver has every byte: nobody will send them
// again.
func (h *half) holeAcknowledged() bool {
	return !h.waiting.empty() && h.started && h.hasAck && h.acked >= h.waiting.first()
}

// setFIN notes that packet id ends the stream at pos. The first FIN counts; one that lies before delivered data is an
// impossible one.
func (h *half) setFIN(pos int64, id uint32) {
	if pos < h.next && h.started || h.hasEnd && h.fin {
		return
	}
	h.end, h.hasEnd, h.fin, h.finID = pos, true, true, id
}

// count files n captured bytes from pos on that are not new.
func (i *Ignored) count(pos, n, start int64) {
	before := min(max(start-pos, 0), n)
	i.BeforeStart += uint64(before)
	i.Repeated += uint64(n - before)
}
