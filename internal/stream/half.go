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
	hasEnd  bool // end is known, from a FIN
	hasAck  bool
	start   int64  // position of the stream's first byte
	next    int64  // position of the next byte to deliver
	end     int64  // position of the FIN
	endID   uint32 // the packet with the FIN or, without one, the first RST
	acked   int64  // the highest position that the receiver acknowledged
	overdue int    // segments since the hole at next was acknowledged
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

// setFIN notes that the stream ends at pos. The first FIN counts; one that lies before delivered data is an impossible one.
func (h *half) setFIN(pos int64, id uint32) {
	if pos < h.next && h.started || h.hasEnd {
		return
	}
	h.end, h.endID, h.hasEnd = pos, id, true
}

// filler reports that a single byte at pos is not to be trusted: it lies behind a hole and the receiver had it before it was
// sent, as with a keep-alive.
func (h *half) filler(pos int64) bool {
	return h.started && pos > h.next && h.hasAck && pos < h.acked
}

// trim takes off what lies before the next byte or behind the end. It returns what is left of n bytes at pos, of which data
// was captured.
func (h *half) trim(pos, n int64, data []byte) (int64, int64, []byte) {
	if cut := h.next - pos; h.started && cut > 0 {
		cut = min(cut, n)
		have := min(cut, int64(len(data)))
		h.ignored.count(pos, have, h.start)
		pos, n, data = pos+cut, n-cut, data[have:]
	}
	if over := pos + n - h.end; h.hasEnd && over > 0 {
		n = max(n-over, 0)
		have := min(n, int64(len(data)))
		h.ignored.AfterEnd += uint64(int64(len(data)) - have)
		data = data[:have]
	}
	return pos, n, data
}

// count files n captured bytes from pos on that are not new.
func (i *Ignored) count(pos, n, start int64) {
	before := min(max(start-pos, 0), n)
	i.BeforeStart += uint64(before)
	i.Repeated += uint64(n - before)
}
