package session

import (
	"maps"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/tcp"
)

// SetSwapped lets the two ends of a connection change places, or puts them back, and reports that it did: only where the client
// is a guess. Views made before keep what they are.
func (s *Session) SetSwapped(stream int, swapped bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stream < 0 || stream >= len(s.streams) || !s.tracker.Connection(stream).ClientGuessed || s.swapped[uint32(stream)] == swapped {
		return false
	}
	next := maps.Clone(s.swapped) // an Index keeps the one it knows
	if next == nil {
		next = map[uint32]bool{}
	}
	if swapped {
		next[uint32(stream)] = true
	} else {
		delete(next, uint32(stream))
	}
	s.swapped = next
	delete(s.protocols, stream)
	delete(s.serverNames, stream)
	return true
}

// Swapped reports that the ends of a connection changed places.
func (s *Session) Swapped(stream int) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.swapped[uint32(stream)]
}

// AllSwapped returns the connections whose ends changed places, in order.
func (s *Session) AllSwapped() []int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]int, 0, len(s.swapped))
	for stream := range s.swapped {
		out = append(out, int(stream))
	}
	slices.Sort(out)
	return out
}

// flipped returns the record as it is when the ends of its connection have changed places, at the end of its list.
func (r *Record) flipped() *Record {
	return &Record{
		Time: r.Time, Offset: r.Offset, CapLen: r.CapLen, OrigLen: r.OrigLen, Frame: r.Frame, Stream: r.Stream,
		Seq: r.Seq, Ack: r.Ack, Len: r.Len, Window: r.Window, Labels: r.Labels, Flags: r.Flags, Interface: r.Interface,
		States: [2]tcp.EndState{r.States[flow.ServerToClient], r.States[flow.ClientToServer]}, bits: r.bits ^ fromServer,
	}
}

// flip lets the ends of the view change places.
func (v *View) flip() {
	v.Conn.Swap()
	v.Bases[0], v.Bases[1] = v.Bases[1], v.Bases[0]
	own := make([]*Record, v.Len())
	for i := range own {
		own[i] = v.At(i).flipped()
	}
	v.own = own
}
