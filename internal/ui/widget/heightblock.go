package widget

// heightBlock is a run of heights. Rows of a long chat are of a few heights each, so that a block keeps those that occur, and for each
// row which one it is: half a byte instead of four.
type heightBlock struct {
	n     int
	kinds []int32 // the heights that occur, while they are at most heightKinds
	which []uint8 // which of kinds the rows have, two in a byte; nil while all have the first
	plain []int32 // the heights themselves where more of them occur
}

// heightKinds is how many heights half a byte tells apart.
const heightKinds = 16

// add appends a row.
func (b *heightBlock) add(v int32) {
	if b.plain != nil {
		b.plain = append(b.plain, v)
		b.n++
		return
	}
	kind := 0
	for kind < len(b.kinds) && b.kinds[kind] != v {
		kind++
	}
	if kind == heightKinds {
		b.plain = append(b.appendTo(make([]int32, 0, blockRows), 0, b.n), v)
		b.kinds, b.which = nil, nil
		b.n++
		return
	}
	if kind == len(b.kinds) {
		b.kinds = append(b.kinds, v)
	}
	if kind > 0 && b.which == nil {
		b.which = make([]uint8, (b.n+1)/2, max(b.n/2+1, blockRows/2))
	}
	if b.which != nil {
		if b.n%2 == 0 {
			b.which = append(b.which, 0)
		}
		b.which[b.n/2] |= uint8(kind) << (4 * (b.n % 2))
	}
	b.n++
}

// at returns the height of row i.
func (b *heightBlock) at(i int) int32 {
	switch {
	case b.plain != nil:
		return b.plain[i]
	case b.which == nil:
		return b.kinds[0]
	}
	return b.kinds[b.which[i/2]>>(4*(i%2))&(heightKinds-1)]
}

// sum returns the height of the first n rows.
func (b *heightBlock) sum(n int) (t int64) {
	if n > 0 && b.plain == nil && b.which == nil {
		return int64(n) * int64(b.kinds[0])
	}
	for i := range n {
		t += int64(b.at(i))
	}
	return t
}

// appendTo appends the heights of rows from to to.
func (b *heightBlock) appendTo(list []int32, from, to int) []int32 {
	for i := from; i < to; i++ {
		list = append(list, b.at(i))
	}
	return list
}

// blockOf returns a block of these heights.
func blockOf(heights []int32) *heightBlock {
	b := &heightBlock{}
	for _, v := range heights {
		b.add(v)
	}
	return b
}
