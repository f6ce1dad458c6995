package stream

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// TestOriginsAgainstList compares the blocks with a plain list, of segments of all sizes, with gaps, and with late packets.
func TestOriginsAgainstList(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var o origins
	var list []origin
	pos, id := int64(1<<40), uint32(math.MaxUint32/2)
	for range 20_000 {
		n := rnd.Uint32N(1500) + 1
		switch rnd.IntN(50) {
		case 0:
			pos += rnd.Int64N(1 << 33)
		case 1:
			n = math.MaxUint32 - rnd.Uint32N(9)
		case 2:
			id = rnd.Uint32()
		}
		o.delivered(id, pos, int64(n))
		list = append(list, origin{pos, n, id})
		pos, id = pos+int64(n), id+rnd.Uint32N(3)
	}
	if got := slices.Collect(o.in(math.MinInt64, math.MaxInt64)); !slices.Equal(got, list) {
		t.Fatal("the whole list is another one")
	}
	for range 500 {
		a := rnd.IntN(len(list))
		b := min(a+rnd.IntN(300), len(list)-1)
		for _, r := range [][2]int64{
			{list[a].pos, list[b].end()}, {list[a].pos - 1, list[b].pos}, {list[a].end() - 1, list[b].end() + 1}, {list[a].end(), list[a].end()},
		} {
			var want []origin
			for _, one := range list[max(a-2, 0):min(b+3, len(list))] {
				if one.end() > r[0] && one.pos < r[1] {
					want = append(want, one)
				}
			}
			if got := slices.Collect(o.in(r[0], r[1])); !slices.Equal(got, want) {
				t.Fatalf("in %v: %v, want %v", r, got, want)
			}
		}
		want := slices.DeleteFunc(slices.Clone(list), func(one origin) bool { return one.id != list[a].id })
		if got := slices.Collect(o.of(list[a].id)); !slices.Equal(got, want) {
			t.Fatalf("of packet %d: %v, want %v", list[a].id, got, want)
		}
	}
}

// TestOriginsAreSmall holds what the way back takes of a long transfer: full segments, an ACK behind every other one.
func TestOriginsAreSmall(t *testing.T) {
	var o origins
	const n = 100_000
	for i := range uint32(n) {
		o.delivered(i+i/2, int64(i)*1448, 1448)
	}
	if size := unsafe.Sizeof(originBlock{}); size != 512 {
		t.Errorf("a block has %d bytes", size)
	}
	if bytes := len(o.blocks) * 512; bytes > 7*n/2 {
		t.Errorf("%d bytes for %d segments", bytes, n)
	}
}
