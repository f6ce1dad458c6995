package stream

import (
	"os"
	"runtime"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// counted is a Sink that checks every byte by its place and keeps none, as a pass over a long connection does.
type counted struct {
	a          *Assembler
	next       int64
	data, gaps int64
	wrong      int64
}

func (k *counted) Data(dir flow.Direction, b []byte) {
	for _, x := range b {
		if x != byteAt(k.next) {
			k.wrong++
		}
		k.next++
	}
	k.data += int64(len(b))
	k.a.Forget(dir, k.next)
}

func (k *counted) Gap(_ flow.Direction, n int64) { k.next, k.gaps = k.next+n, k.gaps+n }
func (k *counted) Close(flow.Direction)          {}

// byteAt is the byte at an offset of the stream; neighbors differ.
func byteAt(pos int64) byte { return byte(pos*7 + pos>>8) }

// TestTinySegments feeds segments of one byte, as many as TCPTALK_BOMBS (a duration, such as "10m") gives time for, up to a
// billion. What waits stays bounded, and every byte that is missing is a gap.
func TestTinySegments(t *testing.T) {
	const (
		scaled, real = 1 << 17, 1_000_000_000 &^ (maxWaitingPieces - 1)
		maxLive      = 4 << 20
	)
	count, most := int64(scaled), time.Minute
	if s := os.Getenv("TCPTALK_BOMBS"); s != "" {
		var err error
		if most, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
		count = real
	}
	for _, tc := range []struct {
		name  string
		place func(i int64) int64 // of the segment that comes as number i
		lost  bool                // every second byte is
	}{
		{"in order", func(i int64) int64 { return i }, false},
		{"reversed within the window", func(i int64) int64 { return i ^ (maxWaitingPieces - 1) }, false},
		{"every second missing", func(i int64) int64 { return 2*i + 1 }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := liveHeap()
			k := &counted{}
			k.a = NewAssembler(k)
			k.a.Segment(c, 1, &packet.Segment{HasLen: true, Flags: packet.SYN, Seq: isnC})
			seg := packet.Segment{HasLen: true, Flags: packet.ACK, Len: 1, Payload: make([]byte, 1)}
			begun, done, peak := time.Now(), int64(0), int64(0)
			for ; done < count; done++ {
				if done%maxWaitingPieces == 0 && time.Since(begun) > most {
					break
				}
				if done%(count/8) == count/16+maxWaitingPieces/2 { // in the middle of a window
					peak = max(peak, liveHeap()-before)
				}
				pos := tc.place(done)
				seg.Seq, seg.Payload[0] = seqnum.Number(isnC).Add(1+uint32(pos)), byteAt(pos)
				k.a.Segment(c, uint32(2+done), &seg)
			}
			took := time.Since(begun)
			peak = max(peak, liveHeap()-before)
			k.a.Finish()
			t.Logf("%d segments in %v, %.2f million a second, %d KiB live", done, took, float64(done)/took.Seconds()/1e6, peak>>10)
			gaps := int64(0)
			if tc.lost {
				gaps = done
			}
			if k.data != done || k.gaps != gaps || k.wrong != 0 {
				t.Errorf("%d bytes (%d wrong) and %d missing, want %d and %d", k.data, k.wrong, k.gaps, done, gaps)
			}
			if peak > maxLive {
				t.Errorf("%d bytes are kept", peak)
			}
		})
	}
}

func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
