package widget

import "math/bits"

// Heights keeps the heights of rows with their prefix sums in a Fenwick tree: finding a row, changing a height and adding
// a row take O(log n). Sums are int64 because Fyne's float32 positions are exact to 16.7 million pixels only, which a
// quarter of a million rows exceed. It is not for concurrent use.
type Heights struct {
	h    []int32
	tree []int64 // 1-based: tree[i] sums the i&-i heights that end with number i
	sum  int64
}

// BuildHeights makes the heights of n rows. It may run on any goroutine; when stop returns true it gives up and returns nil.
func BuildHeights(n int, height func(i int) int32, stop func() bool) *Heights {
	const stopEvery = 1 << 12 // rows between two looks at stop
	s := &Heights{h: make([]int32, n), tree: make([]int64, n+1)}
	for i := range s.h {
		if i%stopEvery == 0 && stop != nil && stop() {
			return nil
		}
		v := height(i)
		s.h[i] = v
		s.sum += int64(v)
		s.tree[i+1] = int64(v)
	}
	for i := 1; i <= n; i++ {
		if j := i + i&-i; j <= n {
			s.tree[j] += s.tree[i]
		}
	}
	return s
}

// Len returns the number of rows, Total the height of all of them.
func (s *Heights) Len() int     { return len(s.h) }
func (s *Heights) Total() int64 { return s.sum }

// At returns the height of row i.
func (s *Heights) At(i int) int32 { return s.h[i] }

// Top returns the sum of the heights before row i; i may be Len.
func (s *Heights) Top(i int) int64 {
	t := int64(0)
	for ; i > 0; i -= i & -i {
		t += s.tree[i]
	}
	return t
}

// Set changes the height of row i.
func (s *Heights) Set(i int, v int32) {
	d := int64(v - s.h[i])
	if d == 0 {
		return
	}
	s.h[i] = v
	s.sum += d
	for j := i + 1; j < len(s.tree); j += j & -j {
		s.tree[j] += d
	}
}

// Append adds a row at the end.
func (s *Heights) Append(v int32) {
	s.h = append(s.h, v)
	i := len(s.h)
	t := int64(v)
	for k := 1; k < i&-i; k <<= 1 { // the parts that tree[i] spans besides the new row
		t += s.tree[i-k]
	}
	s.tree = append(s.tree, t)
	s.sum += int64(v)
}

// Find returns the row that covers y and where that row begins. Outside the rows it returns the nearest one.
func (s *Heights) Find(y int64) (row int, top int64) {
	n := len(s.h)
	if n == 0 {
		return 0, 0
	}
	if y >= s.sum {
		return n - 1, s.sum - int64(s.h[n-1])
	}
	y = max(y, 0)
	for step := 1 << (bits.Len(uint(n)) - 1); step > 0; step >>= 1 {
		if next := row + step; next <= n && top+s.tree[next] <= y {
			row = next
			top += s.tree[next]
		}
	}
	return row, top
}
