package stream

import (
	"sort"

	"tcptalk/internal/flow"
)

// origin says which packet a range of positions came from.
type origin struct {
	pos int64
	n   uint32
	id  uint32
}

// origins is the way back from the bytes of one direction to their packets: what was delivered, by position.
type origins struct {
	start int64
	bytes []origin
}

// delivered notes that n bytes from pos on came from packet id.
func (o *origins) delivered(id uint32, pos, n int64) {
	o.bytes = append(o.bytes, origin{pos, uint32(n), id})
}

// Reserve makes room for n ranges of dir's stream, at most one for each segment with payload: a list that grows by itself takes
// a fourth more than that, and a multiple of it on the way. It is to be called before the first segment.
func (a *Assembler) Reserve(dir flow.Direction, n int) {
	a.origins[dir].bytes = make([]origin, 0, n)
}

// Packets appends to dst the ids of the packets that the bytes [start, end) of dir's stream came from, in stream order; the
// offsets count from the stream's first byte. Bytes that were not captured have none. A packet that carried several
// separate parts appears once for each.
func (a *Assembler) Packets(dst []uint32, dir flow.Direction, start, end int64) []uint32 {
	o := &a.origins[dir]
	if start >= end {
		return dst
	}
	start, end = start+o.start, end+o.start
	i := sort.Search(len(o.bytes), func(i int) bool { return o.bytes[i].pos+int64(o.bytes[i].n) > start })
	for ; i < len(o.bytes) && o.bytes[i].pos < end; i++ {
		if n := len(dst); n == 0 || dst[n-1] != o.bytes[i].id {
			dst = append(dst, o.bytes[i].id)
		}
	}
	return dst
}

// Origin is a range [Start, End) of a stream that came in one packet.
type Origin struct {
	Start, End int64
	Packet     uint32
}

// Origins returns where all of dir's stream came from, in stream order. What was not captured is missing.
func (a *Assembler) Origins(dir flow.Direction) []Origin { return a.OriginsIn(dir, 0, a.Len(dir)) }

// OriginsIn returns the entries of Origins that reach into [start, end), whole.
func (a *Assembler) OriginsIn(dir flow.Direction, start, end int64) []Origin {
	o := &a.origins[dir]
	start, end = start+o.start, end+o.start
	lo := sort.Search(len(o.bytes), func(i int) bool { return o.bytes[i].pos+int64(o.bytes[i].n) > start })
	hi := lo + sort.Search(len(o.bytes)-lo, func(i int) bool { return o.bytes[lo+i].pos >= end })
	out := make([]Origin, 0, hi-lo)
	for _, b := range o.bytes[lo:hi] {
		out = append(out, Origin{b.pos - o.start, b.pos - o.start + int64(b.n), b.id})
	}
	return out
}

// Seq returns the raw sequence number of the byte at an offset of dir's stream.
func (a *Assembler) Seq(dir flow.Direction, offset int64) seqNumber {
	h := &a.half[dir]
	return h.ref.Add(uint32(h.start + offset)) // the conversion takes the position modulo 2^32, as intended
}

// Range is a range [Start, End) of dir's stream.
type Range struct {
	Dir        flow.Direction
	Start, End int64
}

// Places returns the ranges of the streams that packet id brought, in stream order: none for a packet without payload and for
// one that only repeated. It looks at every packet with payload.
func (a *Assembler) Places(id uint32) []Range {
	var out []Range
	for dir := range flow.Direction(2) {
		o := &a.origins[dir]
		for _, b := range o.bytes {
			if b.id != id {
				continue
			}
			r := Range{dir, b.pos - o.start, b.pos - o.start + int64(b.n)}
			if n := len(out); n > 0 && out[n-1].Dir == dir && out[n-1].End == r.Start {
				out[n-1].End = r.End
				continue
			}
			out = append(out, r)
		}
	}
	return out
}

// EndPacket returns the packet whose FIN, or first RST if fin is false, ends dir; ok is false while there is none. Packet 0
// cannot be told from none.
func (a *Assembler) EndPacket(dir flow.Direction) (id uint32, fin, ok bool) {
	h := &a.half[dir]
	return h.endID, h.hasEnd, h.endID != 0 || h.hasEnd
}

// Forget drops what Packets knows about dir before offset, so that a pass over a long connection stays small.
func (a *Assembler) Forget(dir flow.Direction, offset int64) {
	o := &a.origins[dir]
	o.bytes = forget(o.bytes, offset+o.start)
}

// forget removes the leading entries that end at or before pos. It moves the rest only when that frees half of the list, so
// that frequent calls stay cheap.
func forget(list []origin, pos int64) []origin {
	i := 0
	for i < len(list) && list[i].pos+int64(list[i].n) <= pos {
		i++
	}
	if i < 64 || i < len(list)/2 {
		return list
	}
	return append(list[:0], list[i:]...)
}
