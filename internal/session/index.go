package session

import (
	"tcptalk/internal/capture"
	"tcptalk/internal/tcp"
)

// Index is what the pass had recorded at one moment, of all connections. It may be used from any goroutine; later packets do
// not change it. It is for jobs that look at every packet of a capture: a View of each connection would cost more.
type Index struct {
	s       *Session
	blocks  []*recordBlock
	records uint32
	streams []links
	links   []capture.LinkType
	swapped map[uint32]bool
	// Origin is what times in the capture count from, as in Counts.
	Origin int64
}

// Index returns the index as it is now.
func (s *Session) Index() *Index {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &Index{
		s: s, blocks: s.records.blocks, records: uint32(s.records.n), streams: append([]links(nil), s.streams...),
		links: s.linkTypes, swapped: s.swapped, Origin: s.counts.Origin,
	}
}

// Streams returns how many connections have a number.
func (x *Index) Streams() int { return len(x.streams) }

// Connection returns a copy of what is known about a connection by now, which may be more than the index has.
func (x *Index) Connection(stream int) tcp.Connection {
	x.s.mu.RLock()
	defer x.s.mu.RUnlock()
	return x.s.connection(stream, x.swapped)
}

// Empty reports that the connection has no packets.
func (x *Index) Empty(stream int) bool { return x.streams[stream].first == 0 }

// Records calls f for the connection's records in capture order, counted from 0, until f returns false.
func (x *Index) Records(stream int, f func(i int, r *Record) bool) {
	l := x.streams[stream]
	for i, id := 0, l.first; id != 0; i++ {
		r := x.at(id - 1)
		if !f(i, r) || id == l.last {
			return
		}
		id = x.stored(id - 1).next.Load()
	}
}

// Len returns the number of records.
func (x *Index) Len() int { return int(x.records) }

// At returns record i of all, in capture order.
func (x *Index) At(i int) *Record { return x.at(uint32(i)) }

// Last returns the number of the connection's last record of all, -1 if it has none.
func (x *Index) Last(stream int) int { return int(x.streams[stream].last) - 1 }

// at returns a record as it is to be read, stored the one in the list.
func (x *Index) at(id uint32) *Record {
	r := x.stored(id)
	if len(x.swapped) > 0 && x.swapped[r.Stream] {
		return r.flipped()
	}
	return r
}

func (x *Index) stored(id uint32) *Record { return &x.blocks[id/blockSize][id%blockSize] }
