package stream

import (
	"encoding/binary"
	"iter"
	"sort"

	"tcptalk/internal/flow"
)

// origin says which packet a range of positions came from.
type origin struct {
	pos int64
	n   uint32
	id  uint32
}

// end is the position behind the range.
func (o origin) end() int64 { return o.pos + int64(o.n) }

// origins is the way back from the bytes of one direction to their packets: what was delivered, by position. There is one for each
// segment with payload, millions on a long connection, and most begin where the one before ends, in the next packet or the one
// after it. They are kept as what is different from the one before, three bytes as a rule, in blocks that are never moved: a list
// that grows by doubling would for a moment take three times as much.
type origins struct {
	start  int64
	blocks []*originBlock
	last   origin
}

// originBlock is a run of origins: the first one, and what is different in the others.
type originBlock struct {
	first     origin
	end       int64  // the position behind the last one
	low, high uint32 // between which ids lie
	n         int32  // origins
	used      int32  // of code
	code      [originCode]byte
}

const (
	// originCode makes a block 512 bytes long, of which some 150 origins fit into one: little enough to go through for one of them.
	originCode = 472
	// originMost is how many bytes one origin may take: its length and whether there is a gap in front of it, how long that is, and
	// how far its id lies from the one before.
	originMost = 5 + binary.MaxVarintLen64 + 5
)

// delivered notes that n bytes from pos on came from packet id.
func (o *origins) delivered(id uint32, pos, n int64) {
	next := origin{pos, uint32(n), id}
	if len(o.blocks) == 0 || !o.blocks[len(o.blocks)-1].add(o.last, next) {
		o.blocks = append(o.blocks, &originBlock{first: next, end: next.end(), low: id, high: id, n: 1})
	}
	o.last = next
}

// add appends an origin that follows last, if there is room for it.
func (b *originBlock) add(last, next origin) bool {
	if int(b.used)+originMost > len(b.code) {
		return false
	}
	gap := next.pos - last.end()
	length := uint64(next.n) << 1
	if gap != 0 {
		length |= 1
	}
	code := binary.AppendUvarint(b.code[:b.used], length)
	if gap != 0 {
		code = binary.AppendUvarint(code, uint64(gap))
	}
	b.used = int32(len(binary.AppendVarint(code, int64(next.id)-int64(last.id))))
	b.end, b.low, b.high = next.end(), min(b.low, next.id), max(b.high, next.id)
	b.n++
	return true
}

// all yields the origins of a block, in order.
func (b *originBlock) all(yield func(origin) bool) {
	o, code := b.first, b.code[:b.used]
	for {
		if !yield(o) || len(code) == 0 {
			return
		}
		o.pos = o.end()
		length, n := binary.Uvarint(code)
		if code = code[n:]; length&1 != 0 {
			gap, n := binary.Uvarint(code)
			o.pos += int64(gap)
			code = code[n:]
		}
		ids, n := binary.Varint(code)
		code = code[n:]
		o.n, o.id = uint32(length>>1), uint32(int64(o.id)+ids)
	}
}

// in yields the origins that reach into the positions [start, end), in order.
func (o *origins) in(start, end int64) iter.Seq[origin] {
	return func(yield func(origin) bool) {
		first := sort.Search(len(o.blocks), func(k int) bool { return o.blocks[k].end > start })
		for _, b := range o.blocks[first:] {
			for one := range b.all {
				if one.end() <= start {
					continue
				}
				if one.pos >= end || !yield(one) {
					return
				}
			}
		}
	}
}

// of yields the origins in packet id, in order. What came late has its packet out of order, so that it looks at every block.
func (o *origins) of(id uint32) iter.Seq[origin] {
	return func(yield func(origin) bool) {
		for _, b := range o.blocks {
			if id < b.low || id > b.high {
				continue
			}
			for one := range b.all {
				if one.id == id && !yield(one) {
					return
				}
			}
		}
	}
}

// Packets appends to dst the ids of the packets that the bytes [start, end) of dir's stream came from, in stream order; the
// offsets count from the stream's first byte. Bytes that were not captured have none. A packet that carried several
// separate parts appears once for each.
func (a *Assembler) Packets(dst []uint32, dir flow.Direction, start, end int64) []uint32 {
	o := &a.origins[dir]
	if start >= end {
		return dst
	}
	for one := range o.in(start+o.start, end+o.start) {
		if n := len(dst); n == 0 || dst[n-1] != one.id {
			dst = append(dst, one.id)
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
func (a *Assembler) Origins(dir flow.Direction) []Origin {
	n := 0
	for _, b := range a.origins[dir].blocks {
		n += int(b.n)
	}
	return a.appendOrigins(make([]Origin, 0, n), dir, 0, a.Len(dir))
}

// OriginsIn returns the entries of Origins that reach into [start, end), whole.
func (a *Assembler) OriginsIn(dir flow.Direction, start, end int64) []Origin {
	return a.appendOrigins(nil, dir, start, end)
}

func (a *Assembler) appendOrigins(out []Origin, dir flow.Direction, start, end int64) []Origin {
	o := &a.origins[dir]
	for one := range o.in(start+o.start, end+o.start) {
		out = append(out, Origin{one.pos - o.start, one.end() - o.start, one.id})
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
// one that only repeated.
func (a *Assembler) Places(id uint32) []Range {
	var out []Range
	for dir := range flow.Direction(2) {
		o := &a.origins[dir]
		for one := range o.of(id) {
			r := Range{dir, one.pos - o.start, one.end() - o.start}
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

// Forget may drop what Packets knows about dir before offset, so that a pass over a long connection stays small.
func (a *Assembler) Forget(dir flow.Direction, offset int64) {
	o := &a.origins[dir]
	n := 0
	for n < len(o.blocks) && o.blocks[n].end <= offset+o.start {
		o.blocks[n] = nil // the list keeps its memory until it grows again
		n++
	}
	o.blocks = o.blocks[n:]
}
