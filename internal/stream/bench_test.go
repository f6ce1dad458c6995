package stream

import (
	"strings"
	"testing"

	"tcptalk/internal/flow"
)

func TestInOrderAllocatesNothing(t *testing.T) {
	a := NewAssembler(&counter{})
	seg := at(c, ack, 1, 1, strings.Repeat("x", 1460))
	id := uint32(0)
	if n := testing.AllocsPerRun(10000, func() {
		a.Segment(c, id, seg)
		id++
		seg.Seq = seg.Seq.Add(seg.Len)
	}); n != 0 {
		t.Errorf("%v allocations a segment", n)
	}
}

type counter struct{ n int64 }

func (k *counter) Data(_ flow.Direction, b []byte) { k.n += int64(len(b)) }

func (k *counter) Gap(_ flow.Direction, n int64) { k.n += n }

func (k *counter) Close(flow.Direction) {}

func BenchmarkAssemblerInOrder(b *testing.B) {
	a := NewAssembler(&counter{})
	seg := at(c, ack, 1, 1, strings.Repeat("x", 1460))
	b.SetBytes(1460)
	b.ReportAllocs()
	for i := range b.N {
		a.Segment(c, uint32(i), seg)
		seg.Seq = seg.Seq.Add(1460)
		if i%1024 == 0 {
			a.Forget(c, a.Len(c))
		}
	}
}

func BenchmarkAssemblerReordered(b *testing.B) {
	a := NewAssembler(&counter{})
	x := strings.Repeat("x", 1460)
	b.SetBytes(2 * 1460)
	for i := range b.N {
		base := uint32(i) * 2920
		a.Segment(c, uint32(i), at(c, ack, base+1461, 1, x))
		a.Segment(c, uint32(i), at(c, ack, base+1, 1, x))
		if i%1024 == 0 {
			a.Forget(c, a.Len(c))
		}
	}
}
