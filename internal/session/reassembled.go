package session

import "tcptalk/internal/packet"

// maxReassembled bounds the memory of segments that were put together from IP fragments: their bytes stand nowhere in one
// piece in the capture. TCP in fragments is rare; beyond the bound such payloads are gaps.
const maxReassembled = 64 << 20

// perReassembled is about what such a segment takes besides its payload, which may be a single byte.
const perReassembled = 384

// reassembled keeps segments put together from IP fragments, by record.
type reassembled struct {
	segments map[uint32]packet.Segment
	room     int // bytes that may still be kept
}

func (d *reassembled) keep(id uint32, seg *packet.Segment) {
	size := perReassembled + len(seg.Payload)
	if size > d.room {
		return
	}
	if d.segments == nil {
		d.segments = map[uint32]packet.Segment{}
	}
	d.room -= size
	c := *seg
	c.Payload = append([]byte(nil), seg.Payload...)
	d.segments[id] = c
}
