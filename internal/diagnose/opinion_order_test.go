package diagnose

import (
	"context"
	"encoding/binary"
	"slices"
	"testing"

	"tcptalk/internal/packet"
)

// stamp is a timestamps option.
func stamp(value, echo uint32) []byte {
	b := binary.BigEndian.AppendUint32([]byte{1, 1, 8, 10}, value)
	return binary.BigEndian.AppendUint32(b, echo)
}

// TestOrderOfSending sends bytes 100, 200, 400 and 300 after each other, each 100 long, with different means to tell in which
// order they were sent.
func TestOrderOfSending(t *testing.T) {
	const ack = byte(packet.ACK)
	for _, c := range []struct {
		name    string
		id      [4]uint16 // of the four segments
		tsVal   [4]uint32 // 0: no timestamps
		ackedBy bool      // the receiver's ACK stands in front of the last one, as several capture queues may write it
		hole    []said    // on the third segment
		last    []said    // on the fourth one
	}{
		{name: "neither", id: [4]uint16{}},
		{name: "constant identification", id: [4]uint16{7, 7, 7, 7}},
		{name: "random identification", id: [4]uint16{9000, 40, 60000, 3}},
		{
			name: "identification, overtaken", id: [4]uint16{10, 11, 13, 12},
			hole: []said{{HoleReordered, Proven}}, last: []said{{LateOriginal, Proven}},
		},
		{
			name: "identification across its wrap", id: [4]uint16{65533, 65534, 0x0001, 65535},
			hole: []said{{HoleReordered, Proven}}, last: []said{{LateOriginal, Proven}},
		},
		{
			name: "identification, sent again", id: [4]uint16{10, 11, 13, 14},
			hole: []said{{HoleLost, Proven}}, last: []said{{SentAnew, Proven}},
		},
		{
			name: "timestamps, overtaken", tsVal: [4]uint32{50, 51, 53, 52},
			hole: []said{{HoleReordered, Proven}}, last: []said{{LateOriginal, Proven}},
		},
		{
			name: "timestamps, sent again", tsVal: [4]uint32{50, 51, 53, 54},
			hole: []said{{HoleLost, Proven}}, last: []said{{SentAnew, Proven}},
		},
		{name: "timestamps of one tick", tsVal: [4]uint32{50, 50, 50, 50}},
		{name: "they contradict each other", id: [4]uint16{10, 11, 13, 12}, tsVal: [4]uint32{50, 51, 53, 54}},
		{
			name: "captured behind its ACK", id: [4]uint16{10, 11, 13, 12}, ackedBy: true,
			hole: []said{{HoleReordered, Proven}}, last: []said{{LateOriginal, Proven}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var segments []synthetic
			for i, seq := range []uint32{100, 200, 400, 300} {
				s := synthetic{fromServer: true, time: int64(1000 + i*100), seq: seq, ack: 1, flags: ack, window: 100, id: c.id[i], length: 100, ttl: 64}
				if c.tsVal[i] != 0 {
					s.options = stamp(c.tsVal[i], 1)
				}
				if i == 3 && c.ackedBy {
					segments = append(segments, synthetic{time: s.time, seq: 1, ack: 500, flags: ack, window: 100, id: 1, ttl: 64})
				}
				segments = append(segments, s)
			}
			if c.id[0] > 0 && c.id[3] != 7 && c.id[3] != 3 { // more packets in front, from which the counting can be learnt
				first := segments[0]
				before := []synthetic{first, first}
				before[0].id, before[0].length, before[0].seq = first.id-2, 10, 80
				before[1].id, before[1].length, before[1].seq = first.id-1, 10, 90
				segments = append(before, segments...)
			}
			v := synthesize(t, len(segments), func(i int) synthetic { return segments[i] })
			set, err := Opinions(context.Background(), v)
			if err != nil {
				t.Fatal(err)
			}
			of := func(i int) (list []said) {
				for _, o := range set.At(i) {
					list = append(list, said{o.Code, o.Confidence})
				}
				return list
			}
			last := len(segments) - 1
			hole := last - 1
			if c.ackedBy {
				hole--
			}
			if got := of(hole); !slices.Equal(got, c.hole) {
				t.Errorf("in front of the hole: %v, want %v", got, c.hole)
			}
			if got := of(last); !slices.Equal(got, c.last) {
				t.Errorf("on the last segment: %v, want %v", got, c.last)
			}
		})
	}
}
