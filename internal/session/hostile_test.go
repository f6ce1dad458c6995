package session

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
)

// hostile is a kind of traffic that makes naive tracking slow: step writes packet i.
var hostile = []struct {
	name string
	step func(w *segmentWriter, i uint32)
}{
	{"every segment out of order", func(w *segmentWriter, i uint32) { w.data(3<<30-10*i, 1, 10) }},
	{"10,000 unacknowledged, and ACKs that match none", func(w *segmentWriter, i uint32) {
		if i%2 == 0 {
			w.data(5000+5*i, 1, 10)
		} else {
			w.ack(1, i%5000)
		}
	}},
	{"a SYN per connection", func(w *segmentWriter, i uint32) {
		w.port = uint16(i)
		w.host = byte(i >> 16)
		w.segment(packet.SYN, i, 0, 0)
	}},
	{"ports reused at once", func(w *segmentWriter, i uint32) { w.segment(packet.SYN, 77*i+1, 0, 0) }},
	{"65,536 SACK ranges in turn", func(w *segmentWriter, i uint32) {
		if i%2 == 0 {
			w.data(101+10*i, 1, 10)
			return
		}
		var ranges []byte
		for k := range uint32(4) {
			left := 121 + (i*7919+k*131)%65536*20
			ranges = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(ranges, left), left+10)
		}
		w.ack(1, 101, append([]byte{1, 1, 5, 34}, ranges...)...)
	}},
	{"probes of a closed window", func(w *segmentWriter, i uint32) {
		w.window = uint16(60000 * (1 - i%2))
		if i%2 == 0 {
			w.data(101, 1, 1)
		} else {
			w.ack(1, 101)
		}
	}},
}

// segmentWriter writes headers of segments between one client and one server. Payload is only claimed, not there.
type segmentWriter struct {
	b      *builder
	host   byte
	port   uint16
	window uint16
	server bool
	err    error
}

func (w *segmentWriter) data(seq, ack uint32, size int) { w.segment(packet.ACK, seq, ack, size) }

func (w *segmentWriter) ack(seq, ack uint32, options ...byte) {
	w.server = true
	w.segment(packet.ACK, seq, ack, 0, options...)
	w.server = false
}

func (w *segmentWriter) segment(flags packet.Flags, seq, ack uint32, size int, options ...byte) {
	h := make([]byte, 40, 40+len(options))
	h[0], h[8], h[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(h[2:], uint16(40+len(options)+size))
	ports := [2]uint16{w.port, 80}
	copy(h[12:], []byte{10, 0, w.host, 1, 10, 1, 0, 2})
	if w.server {
		copy(h[12:], []byte{10, 1, 0, 2, 10, 0, w.host, 1})
		ports = [2]uint16{80, w.port}
	}
	binary.BigEndian.PutUint16(h[20:], ports[0])
	binary.BigEndian.PutUint16(h[22:], ports[1])
	binary.BigEndian.PutUint32(h[24:], seq)
	binary.BigEndian.PutUint32(h[28:], ack)
	h[32], h[33] = byte(5+len(options)/4)<<4, byte(flags)
	binary.BigEndian.PutUint16(h[34:], w.window)
	w.b.frame++
	p := capture.Packet{
		Time: 1e18 + w.b.frame*1e4, Data: append(h, options...), OrigLen: uint32(len(h) + len(options) + size),
		LinkType: capture.LinkTypeRaw,
	}
	if err := w.b.w.WritePacket(&p); w.err == nil {
		w.err = err
	}
}

// BenchmarkHostile reads captures of hostile traffic. The time of a packet must not depend on how many there are.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostile {
		for _, n := range []int{100_000, 200_000, 400_000} {
			b.Run(fmt.Sprintf("%s/%d", h.name, n), func(b *testing.B) {
				w := &segmentWriter{b: newBuilder(b), window: 60000, port: 1000}
				for i := range n {
					h.step(w, uint32(i))
				}
				if w.err != nil {
					b.Fatal(w.err)
				}
				file := w.b.capture(b)
				b.SetBytes(int64(len(file)))
				for b.Loop() {
					f, err := pcapfile.OpenBytes(file, "hostile")
					if err != nil {
						b.Fatal(err)
					}
					s := New(f)
					if err := errors.Join(s.Run(context.Background()), s.Close()); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/packet")
			})
		}
	}
}
