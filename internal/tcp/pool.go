package tcp

// mediumLen is the size between the two entries inside the list itself and a whole block: a short response under way.
const mediumLen = 8

// maxPooled bounds each free list, so that a burst does not hold its memory for ever; what exceeds it goes to the collector.
const maxPooled = 4096

// pool keeps the storage of unacknowledged entries for the next connection: nothing is allocated per segment in the long run.
type pool struct {
	lists         []*unacked
	medium, large arrays
	// unremembered counts the segments that found their list full.
	unremembered uint64
}

// arrays is a free list of entry arrays of one capacity.
type arrays [][]sent

func (a *arrays) get(size int) []sent {
	if n := len(*a); n > 0 {
		s := (*a)[n-1]
		*a = (*a)[:n-1]
		return s
	}
	return make([]sent, 0, size)
}

func (a *arrays) put(s []sent) {
	if len(*a) < maxPooled {
		*a = append(*a, s[:0])
	}
}

// list returns an empty list.
func (p *pool) list() *unacked {
	if n := len(p.lists); n > 0 {
		u := p.lists[n-1]
		p.lists = p.lists[:n-1]
		return u
	}
	return &unacked{}
}

// freeList takes back an empty list with its storage.
func (p *pool) freeList(u *unacked) {
	switch cap(u.tail) {
	case mediumLen:
		p.medium.put(u.tail)
	case blockLen:
		p.large.put(u.tail)
	}
	*u = unacked{blocks: u.blocks[:0]}
	if len(p.lists) < maxPooled {
		p.lists = append(p.lists, u)
	}
}
