package widget

import (
	"slices"
	"sort"
)

// Heights keeps the heights of rows in blocks, with the sums of what is before each block: finding a row, changing heights, and
// putting a few rows in place of others look at one block and at the list of blocks, however many rows there are. Sums are int64
// because Fyne's float32 positions are exact to 16.7 million pixels only, which a quarter of a million rows exceed. It is not for
// concurrent use.
type Heights struct {
	blocks []*heightBlock // none is empty
	// rows and tops are the rows and the height before each block, and after the last one.
	rows []int
	tops []int64
}

// blockRows is how many rows a block has at first; it has twice as many at most.
const blockRows = 512

// BuildHeights makes the heights of n rows. It may run on any goroutine; when stop returns true it gives up and returns nil.
func BuildHeights(n int, height func(i int) int32, stop func() bool) *Heights {
	s := &Heights{}
	for from := 0; from < n; from += blockRows {
		if stop != nil && stop() {
			return nil
		}
		block := &heightBlock{}
		for i := from; i < min(from+blockRows, n); i++ {
			block.add(height(i))
		}
		s.blocks = append(s.blocks, block)
	}
	s.rows, s.tops = make([]int, len(s.blocks)+1), make([]int64, len(s.blocks)+1)
	for k, b := range s.blocks {
		s.rows[k+1], s.tops[k+1] = s.rows[k]+b.n, s.tops[k]+b.sum(b.n)
	}
	return s
}

// Len returns the number of rows, Total the height of all of them.
func (s *Heights) Len() int     { return s.rows[len(s.blocks)] }
func (s *Heights) Total() int64 { return s.tops[len(s.blocks)] }

// block returns the block that holds row i, and the place of the row in it.
func (s *Heights) block(i int) (k, at int) {
	lo, hi := 0, len(s.blocks)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; s.rows[mid] <= i {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo, i - s.rows[lo]
}

// At returns the height of row i.
func (s *Heights) At(i int) int32 {
	k, at := s.block(i)
	return s.blocks[k].at(at)
}

// Top returns the sum of the heights before row i; i may be Len.
func (s *Heights) Top(i int) int64 {
	if i >= s.Len() {
		return s.Total()
	}
	k, at := s.block(i)
	return s.tops[k] + s.blocks[k].sum(at)
}

// Set changes the height of row i.
func (s *Heights) Set(i int, v int32) {
	k, at := s.block(i)
	b := s.blocks[k]
	d := int64(v - b.at(at))
	all := b.appendTo(make([]int32, 0, b.n), 0, b.n)
	all[at] = v
	s.blocks[k] = blockOf(all)
	for j := k + 1; d != 0 && j < len(s.tops); j++ {
		s.tops[j] += d
	}
}

// Append adds a row at the end.
func (s *Heights) Append(v int32) {
	k := len(s.blocks) - 1
	if k < 0 || s.blocks[k].n >= blockRows {
		s.blocks = append(s.blocks, &heightBlock{})
		s.rows, s.tops = append(s.rows, s.rows[k+1]), append(s.tops, s.tops[k+1])
		k++
	}
	s.blocks[k].add(v)
	s.rows[k+1]++
	s.tops[k+1] += int64(v)
}

// Replace puts rows of these heights in place of the removed rows from row at on.
func (s *Heights) Replace(at, removed int, with []int32) {
	if removed == 0 && len(with) == 0 {
		return
	}
	if len(s.blocks) == 0 {
		*s = *BuildHeights(len(with), func(i int) int32 { return with[i] }, nil)
		return
	}
	first, left := s.block(at)
	last, right := s.block(at + removed)
	around := append(s.blocks[first].appendTo(nil, 0, left), with...)
	around = s.blocks[last].appendTo(around, right, s.blocks[last].n)
	var blocks []*heightBlock
	for size := blockRows; len(around) > 0; around = around[min(size, len(around)):] {
		if len(around) <= 2*blockRows {
			size = len(around)
		}
		blocks = append(blocks, blockOf(around[:size]))
	}
	rows, tops := s.Len()-s.rows[last+1], s.Total()-s.tops[last+1] // behind what changes
	s.rows, s.tops = slices.Replace(s.rows, first+1, last+2, make([]int, len(blocks))...), slices.Replace(s.tops, first+1, last+2, make([]int64, len(blocks))...)
	s.blocks = slices.Replace(s.blocks, first, last+1, blocks...)
	k := first
	for _, b := range blocks {
		s.rows[k+1], s.tops[k+1] = s.rows[k]+b.n, s.tops[k]+b.sum(b.n)
		k++
	}
	if k == len(s.blocks) {
		return
	}
	moved, grown := s.rows[k]-(s.rows[len(s.rows)-1]-rows), s.tops[k]-(s.tops[len(s.tops)-1]-tops)
	for j := k + 1; j < len(s.rows); j++ {
		s.rows[j] += moved
		s.tops[j] += grown
	}
}

// Find returns the row that covers y and where that row begins. Outside the rows it returns the nearest one.
func (s *Heights) Find(y int64) (row int, top int64) {
	if s.Len() == 0 {
		return 0, 0
	}
	y = max(y, 0)
	k := min(sort.Search(len(s.blocks), func(k int) bool { return s.tops[k+1] > y }), len(s.blocks)-1)
	row, top = s.rows[k], s.tops[k]
	for i := range s.blocks[k].n {
		h := int64(s.blocks[k].at(i))
		if y < top+h {
			return row, top
		}
		row++
		top += h
	}
	n := s.Len() - 1
	return n, s.Total() - int64(s.At(n))
}
