package session

import "tcptalk/internal/packet"

// maxReassembled bounds the payload kept of segments that were put together from IP fragments: their bytes stand nowhere in
// one piece in the capture. TCP in fragments is rare; beyond the bound such payloads are gaps.
const maxReassembled = 64 << 20

// reassembled keeps segments put together from IP fragments, by record.
type reassembled struct {
	segments map[uint32]packet.Segment
	room     int // bytes that may still be kept
}

func (d *reassembled) keep(id uint32, seg *packet.Segment) {
	if len(seg.Payload) > d.room {
		return
	}
	if d.segments == nil {
		d.segments = map[uint32]packet.Segment{}
	}
	d.room -= len(seg.Payload)
	c := *seg
	c.Payload = append([]byte(nil), seg.Payload...)
	d.segments[id] = c
}
