package timeline

import (
	"sort"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
)

// Numbers gives the numbers of a connection's segments as other programs print them.
type Numbers struct {
	view *session.View
	// starts are the segments from which tcpdump counts anew, ascending.
	starts  []start
	decoder *packet.Decoder
}

// start is a segment that tcpdump prints with the numbers on the wire, and counts from in the segments behind it.
type start struct {
	index int
	bases [2]seqnum.Number
}

// NewNumbers goes once over a connection.
func NewNumbers(v *session.View) *Numbers {
	n := &Numbers{view: v, decoder: packet.NewDecoder()}
	for i := range v.Len() {
		r := v.At(i)
		if !r.HasNumbers() || !r.Flags.Has(packet.ACK) || len(n.starts) > 0 && !r.Flags.Has(packet.SYN) {
			continue
		}
		s := start{index: i}
		s.bases[r.Dir()] = raw(r.Seq, v.Bases[r.Dir()])
		s.bases[r.Dir().Reverse()] = raw(r.Ack, v.Bases[r.Dir().Reverse()]) - 1
		n.starts = append(n.starts, s)
	}
	return n
}

// raw turns a relative number into the one on the wire.
func raw(relative uint32, base seqnum.Number) seqnum.Number { return base.Add(relative) }

// Write writes flags and numbers of segment i in a notation.
func (n *Numbers) Write(i int, in narrate.Notation) string {
	r := n.view.At(i)
	s := narrate.Segment{Flags: r.Flags, Seq: r.Seq, Ack: r.Ack, Len: r.Len, Window: r.Window}
	if in == narrate.Tcpdump && r.HasNumbers() {
		n.asTcpdump(&s, i, r)
	}
	s.NextSeq = s.Seq + s.Len
	return in.Write(s)
}

// asTcpdump replaces the numbers: tcpdump prints the raw window, and counts the numbers of segments with an ACK from the last
// SYN,ACK, or from the first such segment if there is none; those it counts from, and all without an ACK, stay raw.
func (n *Numbers) asTcpdump(s *narrate.Segment, i int, r *session.Record) {
	dir := r.Dir()
	seq, ack := raw(r.Seq, n.view.Bases[dir]), raw(r.Ack, n.view.Bases[dir.Reverse()])
	k := sort.Search(len(n.starts), func(k int) bool { return n.starts[k].index > i }) - 1
	if r.Flags.Has(packet.ACK) && k >= 0 && n.starts[k].index != i {
		seq -= n.starts[k].bases[dir]
		ack -= n.starts[k].bases[dir.Reverse()]
	}
	s.Seq, s.Ack = uint32(seq), uint32(ack)
	if w, ok := n.rawWindow(i, r); ok {
		s.Window = w
	}
}

// rawWindow reads the window field of segment i again; records keep it scaled.
func (n *Numbers) rawWindow(i int, r *session.Record) (uint32, bool) {
	p, err := n.view.Packet(i)
	if err != nil {
		return 0, false
	}
	found := n.decoder.Decode(&p)
	for k := range found {
		if seg := &found[k]; seg.Flags == r.Flags && seg.Len == r.Len && !seg.Quoted {
			return uint32(seg.Window), true
		}
	}
	return 0, false
}
