package stream

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

// Bounds of what waits for a hole to be filled, per direction. When one is exceeded the hole is skipped and reported.
const (
	// maxWaitingBytes is more than the largest receive buffer that Linux grows by itself (6 MiB), so a hole that the sender
	// is going to fill is not given up before.
	maxWaitingBytes = 8 << 20
	// maxWaitingPieces keeps inserting into the sorted list cheap when segments are tiny.
	maxWaitingPieces = 8192
	// reorderTolerance is how many segments of the connection may still pass after the receiver acknowledged a hole before
	// it is skipped: network cards with several queues let an ACK overtake the data it acknowledges by a few packets.
	reorderTolerance = 16
	// maxWindow is the largest TCP window (RFC 7323 §2.3). A segment that lies further back than that cannot be an old
	// one, so it lies ahead, behind a gap of gigabytes.
	maxWindow = 1 << 30
)

// Assembler turns the segments of one connection, fed in capture order, into the calls of a Sink.
//
// Stream offsets count from 0 at the first data byte of a direction: the byte after its SYN, or, where the capture began
// later, the first byte seen. Of bytes sent twice the first arrival wins. Payload of RST segments is no data
// (RFC 9293 §3.5.3), and an RST ends nothing before Finish. Bytes that the snapshot length cut off are a gap. A hole is kept
// open until it is filled, until the receiver has acknowledged it and either sends data itself or lets reorderTolerance more
// segments go by, until too much waits behind it, or until Finish.
type Assembler struct {
	sink     Sink
	cut      Cutter // nil if the sink does not care
	overlap  func(Overlap)
	half     [2]half
	origins  [2]origins
	finished bool

	waitBytes, waitPieces int
}

// NewAssembler returns an Assembler for one connection that delivers to sink.
func NewAssembler(sink Sink) *Assembler {
	a := &Assembler{sink: sink, waitBytes: maxWaitingBytes, waitPieces: maxWaitingPieces}
	a.cut, _ = sink.(Cutter)
	return a
}

// Ignored counts bytes of one direction that were captured and not delivered.
type Ignored struct {
	Repeated    uint64 // had been delivered, or were waiting, already
	BeforeStart uint64 // lay before the first byte of the stream
	AfterEnd    uint64 // lay behind a FIN
	Reset       uint64 // payload of RST segments
	Doubtful    uint64 // single bytes that were acknowledged before they were sent: keep-alive fillers
}

// Ignored returns the counts of dir.
func (a *Assembler) Ignored(dir flow.Direction) Ignored { return a.half[dir].ignored }

// Len returns how many bytes of dir have been delivered so far, gaps included.
func (a *Assembler) Len(dir flow.Direction) int64 {
	h := &a.half[dir]
	return h.next - h.start
}

// Segment takes the next captured segment, sent in direction dir. id is the caller's number for the packet, which must not
// decrease from call to call. The segment's bytes are not kept unless they have to wait, then they are copied.
func (a *Assembler) Segment(dir flow.Direction, id uint32, seg *packet.Segment) {
	if !seg.HasLen || seg.Quoted || a.finished {
		return
	}
	if seg.Flags.Has(packet.ACK) && !seg.Flags.Has(packet.RST) {
		a.acknowledge(dir, seg)
		if r := dir.Reverse(); seg.Len > 0 && a.half[r].holeAcknowledged() {
			a.skipHole(r)
			a.closeIfDone(r)
		}
	}
	if seg.Flags.Has(packet.RST) {
		a.reset(dir, id, seg)
	} else {
		a.take(dir, id, seg)
	}
	a.giveUpHoles()
}

// acknowledge notes what a segment from dir says about the other direction's bytes.
func (a *Assembler) acknowledge(dir flow.Direction, seg *packet.Segment) {
	r := dir.Reverse()
	h := &a.half[r]
	pos := h.position(seg.Ack)
	if !h.hasAck || pos > h.acked {
		h.acked, h.hasAck = pos, true
	}
	// The connection's opening was captured, but this side's SYN was not (yet): the number acknowledged first is the one
	// after it, unless data that waits proves that the stream began earlier.
	if !h.started && (a.half[dir].syn || seg.Flags.Has(packet.SYN)) {
		if !h.waiting.empty() {
			pos = min(pos, h.waiting.first())
		}
		a.begin(r, pos)
	}
}

// reset notes an RST from dir. It does not end the stream at once: receivers ignore an RST that does not fit (RFC 5961 §3),
// forged ones among them, and what the sender sends after that is data like any other.
func (a *Assembler) reset(dir flow.Direction, id uint32, seg *packet.Segment) {
	h := &a.half[dir]
	h.ignored.Reset += uint64(len(seg.Payload))
	if !h.hasEnd {
		h.endID = id
	}
}

// take handles a segment that is no RST.
func (a *Assembler) take(dir flow.Direction, id uint32, seg *packet.Segment) {
	h := &a.half[dir]
	first := seg.Seq
	syn, fin := seg.Flags.Has(packet.SYN), seg.Flags.Has(packet.FIN)
	if syn {
		first = first.Add(1)
		a.takeSYN(dir, first)
	}
	if h.closed {
		h.ignored.AfterEnd += uint64(len(seg.Payload))
		return
	}
	if seg.Len == 0 && !fin {
		return
	}
	pos := h.position(first)
	if !h.started && !a.half[dir.Reverse()].syn {
		// The capture began in the middle. A single byte that nobody pushed is a keep-alive's filler (RFC 9293 §3.8.4), which the
		// systems that send one leave at zero.
		if seg.Len == 1 && seg.Flags == packet.ACK && (len(seg.Payload) == 0 || seg.Payload[0] == 0) {
			h.ignored.Doubtful += uint64(len(seg.Payload))
			a.begin(dir, pos+1)
			return
		}
		a.begin(dir, pos)
	}
	if fin {
		h.setFIN(pos+int64(seg.Len), id)
	}
	if seg.Len > 0 {
		a.takeData(dir, id, pos, seg)
	}
	a.closeIfDone(dir)
}

// takeSYN starts the stream at pos of first, the number after the SYN. A SYN with another number than before counts only
// while there is nothing to contradict it.
func (a *Assembler) takeSYN(dir flow.Direction, first seqNumber) {
	h := &a.half[dir]
	h.syn = true
	pos := h.position(first)
	if !h.started {
		a.begin(dir, pos)
		return
	}
	if pos != h.start && h.next == h.start && h.waiting.empty() && !h.closed {
		*h = half{syn: true}
		a.origins[dir] = origins{}
		a.begin(dir, h.position(first))
	}
}

// takeData files the payload of a segment that begins at pos.
func (a *Assembler) takeData(dir flow.Direction, id uint32, pos int64, seg *packet.Segment) {
	h := &a.half[dir]
	n, data := int64(seg.Len), seg.Payload
	if int64(len(data)) > n {
		data = data[:n]
	}
	if n == 1 && !seg.Flags.Has(packet.FIN) && h.filler(pos) {
		h.ignored.Doubtful += uint64(len(data))
		return
	}
	if h.started && pos == h.next && h.waiting.empty() && (!h.hasEnd || pos+n <= h.end) {
		a.deliver(dir, id, data)
		a.gap(dir, n-int64(len(data)))
		return
	}
	if a.overlap != nil {
		a.tellOverlaps(dir, id, pos, data, seg)
	}
	pos, n, data = h.trim(pos, n, data)
	if n == 0 {
		return
	}
	h.ignored.Repeated += uint64(h.waiting.insert(pos, n, data, id))
	a.drain(dir)
	for h.waiting.bytes > a.waitBytes || len(h.waiting.pieces) > a.waitPieces {
		a.skipHole(dir)
	}
}

// begin fixes where the stream of dir starts and delivers what waited for that.
func (a *Assembler) begin(dir flow.Direction, pos int64) {
	h := &a.half[dir]
	h.started, h.start, h.next = true, pos, pos
	a.origins[dir].start = pos
	h.ignored.BeforeStart += uint64(h.waiting.dropBefore(pos))
	a.drain(dir)
}

// drain delivers what waited and has become next in order.
func (a *Assembler) drain(dir flow.Direction) {
	h := &a.half[dir]
	if !h.started {
		return
	}
	for !h.waiting.empty() && h.waiting.first() <= h.next {
		p := h.waiting.pop()
		if p.data != nil {
			a.deliver(dir, p.id, p.data)
		} else {
			a.gap(dir, p.n)
		}
	}
}

// skipHole gives up the hole in front of what waits.
func (a *Assembler) skipHole(dir flow.Direction) {
	h := &a.half[dir]
	if !h.started {
		a.begin(dir, h.waiting.first())
		return
	}
	a.gap(dir, h.waiting.first()-h.next)
	a.drain(dir)
}

// giveUpHoles skips holes whose bytes the receiver got, so that nobody will send them again.
func (a *Assembler) giveUpHoles() {
	for dir := range flow.Direction(2) {
		h := &a.half[dir]
		if !h.holeAcknowledged() {
			continue
		}
		if h.overdue++; h.overdue > reorderTolerance {
			a.skipHole(dir)
			a.closeIfDone(dir)
		}
	}
}

func (a *Assembler) deliver(dir flow.Direction, id uint32, data []byte) {
	if len(data) == 0 {
		return
	}
	h := &a.half[dir]
	a.origins[dir].delivered(id, h.next, int64(len(data)))
	h.next += int64(len(data))
	h.overdue = 0
	a.sink.Data(dir, data)
}

func (a *Assembler) gap(dir flow.Direction, n int64) {
	if n <= 0 {
		return
	}
	h := &a.half[dir]
	h.next += n
	h.overdue = 0
	a.sink.Gap(dir, n)
}

// closeIfDone ends dir when everything up to its FIN has been delivered.
func (a *Assembler) closeIfDone(dir flow.Direction) {
	if h := &a.half[dir]; h.started && !h.closed && h.hasEnd && h.next >= h.end {
		a.closeHalf(dir)
	}
}

func (a *Assembler) closeHalf(dir flow.Direction) {
	h := &a.half[dir]
	h.closed = true
	h.ignored.AfterEnd += uint64(h.waiting.bytes)
	h.waiting = waiting{}
	if a.cut != nil && !h.hasEnd {
		a.cut.Cut(dir)
		return
	}
	a.sink.Close(dir)
}

// Finish says that the capture has no more segments of the connection: what still waits is delivered with the gaps in front
// of it, and both directions end. Bytes that a FIN or the receiver's last ACK proves and nobody captured are a last gap; if
// no FIN was captured, one of the acknowledged numbers may have been the FIN's.
func (a *Assembler) Finish() {
	if a.finished {
		return
	}
	a.finished = true
	for dir := range flow.Direction(2) {
		h := &a.half[dir]
		if h.closed {
			continue
		}
		for !h.waiting.empty() {
			a.skipHole(dir)
		}
		if !h.started && h.hasEnd {
			a.begin(dir, h.end) // a FIN was all there was
		}
		switch {
		case h.hasEnd:
			a.gap(dir, h.end-h.next)
		case h.hasAck && h.acked-h.next > 1 && h.acked-h.next <= maxWindow:
			if !h.started {
				a.begin(dir, h.next)
			}
			a.gap(dir, h.acked-h.next)
		}
		a.closeHalf(dir)
	}
}
