package session

// idsChunk is how many ids a chunk holds.
const idsChunk = 1 << 10

// ids are the records of one connection, in order, by their place among all. A busy connection has millions: where its records
// follow each other, which they do while nobody else speaks, a chunk only says where they begin. A list that has grown shares all
// but its last chunk with the one that it grew from, so that growing copies nothing; of one list others are grown one after the
// other.
type ids struct {
	full []chunk
	tail chunk // where the list grows; not among full even if it is
	n    int
}

// chunk is a run of ids.
type chunk struct {
	list  []uint32 // nil where they follow each other
	first uint32
}

// at returns id i.
func (l *ids) at(i int) uint32 {
	c := &l.tail
	if k := i / idsChunk; k < len(l.full) {
		c = &l.full[k]
	}
	if c.list != nil {
		return c.list[i%idsChunk]
	}
	return c.first + uint32(i%idsChunk)
}

// add appends an id; more is how many are expected behind it.
func (l *ids) add(id uint32, more int) {
	in := l.n % idsChunk
	switch {
	case l.n == 0:
		l.tail = chunk{first: id}
	case in == 0:
		l.full, l.tail = append(l.full, l.tail), chunk{first: id}
	case l.tail.list == nil && id == l.tail.first+uint32(in):
	case l.tail.list == nil:
		room := idsChunk
		if len(l.full) == 0 { // most connections are short
			room = min(in+1+more, idsChunk)
		}
		list := make([]uint32, in, room)
		for i := range list {
			list[i] = l.tail.first + uint32(i)
		}
		l.tail.list = append(list, id)
	default:
		l.tail.list = append(l.tail.list, id)
	}
	l.n++
}
