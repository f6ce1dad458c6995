package widget

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// plain is the obviously right version of Heights.
type plain []int32

func (p plain) top(i int) (t int64) {
	for _, v := range p[:i] {
		t += int64(v)
	}
	return t
}

func (p plain) find(y int64) (int, int64) {
	y = max(y, 0)
	top := int64(0)
	for i, v := range p {
		if y < top+int64(v) || i == len(p)-1 {
			return i, top
		}
		top += int64(v)
	}
	return 0, 0
}

func check(t *testing.T, s *Heights, p plain) {
	t.Helper()
	if s.Len() != len(p) || s.Total() != p.top(len(p)) {
		t.Fatalf("len %d total %d, want %d %d", s.Len(), s.Total(), len(p), p.top(len(p)))
	}
	for i := 0; i <= len(p); i++ {
		if s.Top(i) != p.top(i) {
			t.Fatalf("top of %d is %d, want %d", i, s.Top(i), p.top(i))
		}
	}
	for y := int64(-3); y < p.top(len(p))+3; y++ {
		r, top := s.Find(y)
		wr, wt := p.find(y)
		if r != wr || top != wt {
			t.Fatalf("find %d: row %d top %d, want %d %d", y, r, top, wr, wt)
		}
	}
}

func TestHeightsAgainstPlainSums(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 40 {
		p := make(plain, n)
		for i := range p {
			p[i] = 1 + rnd.Int32N(9)
		}
		s := BuildHeights(n, func(i int) int32 { return p[i] }, nil)
		check(t, s, p)
		for range 5 {
			if n > 0 {
				i, v := rnd.IntN(len(p)), 1+rnd.Int32N(9)
				p[i] = v
				s.Set(i, v)
			}
			v := 1 + rnd.Int32N(9)
			p = append(p, v)
			s.Append(v)
			check(t, s, p)
		}
	}
}

// Rows are replaced, a few or many, at any place, and what is asked afterwards is what a plain list says.
func TestHeightsOfReplacedRows(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	kinds := int32(1)
	heights := func(n int) plain {
		kinds = 1 + rnd.Int32N(2*heightKinds) // few in a block, or more than it can tell apart in half a byte
		p := make(plain, n)
		for i := range p {
			p[i] = rnd.Int32N(kinds)
		}
		return p
	}
	p := heights(3 * blockRows)
	s := BuildHeights(len(p), func(i int) int32 { return p[i] }, nil)
	for range 400 {
		at := rnd.IntN(len(p) + 1)
		removed := min(rnd.IntN(2)*rnd.IntN(2*blockRows), len(p)-at)
		with := heights(rnd.IntN(3) * rnd.IntN(blockRows))
		s.Replace(at, removed, with)
		p = slices.Concat(p[:at], with, p[at+removed:])
		if rnd.IntN(2) == 0 {
			p = append(p, 7)
			s.Append(7)
		}
		if s.Len() != len(p) || s.Total() != p.top(len(p)) {
			t.Fatalf("%d rows, %d high, want %d, %d", s.Len(), s.Total(), len(p), p.top(len(p)))
		}
		for range 20 {
			i := rnd.IntN(len(p) + 1)
			if s.Top(i) != p.top(i) || i < len(p) && s.At(i) != p[i] {
				t.Fatalf("row %d begins at %d, want %d", i, s.Top(i), p.top(i))
			}
			y := rnd.Int64N(p.top(len(p)) + 3)
			r, top := s.Find(y)
			if wr, wt := p.find(y); r != wr || top != wt {
				t.Fatalf("at %d is row %d from %d on, want %d from %d on", y, r, top, wr, wt)
			}
			if i < len(p) {
				p[i] = rnd.Int32N(9)
				s.Set(i, p[i])
			}
		}
		for _, b := range s.blocks {
			if b.n == 0 || b.n > 2*blockRows {
				t.Fatalf("a block of %d rows", b.n)
			}
		}
	}
	s.Replace(0, s.Len(), nil)
	check(t, s, nil)
	s.Replace(0, 0, plain{3, 4})
	check(t, s, plain{3, 4})
}

func TestHeightsBeyondFloat32(t *testing.T) {
	const n = 1_000_000
	s := BuildHeights(n, func(int) int32 { return 71 }, nil)
	if r, top := s.Find(70_999_999); r != n-1 || top != 71*(n-1) {
		t.Errorf("row %d at %d", r, top)
	}
}

func TestBuildHeightsStops(t *testing.T) {
	if BuildHeights(100_000, func(int) int32 { return 1 }, func() bool { return true }) != nil {
		t.Error("it did not stop")
	}
}

// TestHeightsAreSmall holds what the heights of a long chat take, in which two kinds of rows follow each other.
func TestHeightsAreSmall(t *testing.T) {
	const n = 1 << 20
	var s *Heights
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s = BuildHeights(n, func(i int) int32 { return 40 + 30*int32(i%2) }, nil)
		}
	}).AllocedBytesPerOp()
	if allocated > n {
		t.Errorf("%d bytes for %d rows", allocated, n)
	}
	if s.Total() != n/2*110 {
		t.Errorf("%d high", s.Total())
	}
}
