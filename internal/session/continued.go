package session

import (
	"sort"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// A capture in a ring of files is read again from the first file that is left, by a session of its own. It is to look as before:
// packets keep their numbers (Session.Before), and of a connection or conversation that goes on from what is gone the new session
// knows from the old one who began it, when, and from where it counts.

// inherited is what the first packets of a connection said, which are gone.
type inherited struct {
	known                tcp.Known
	serverName, protocol string
}

// maxNamesInherited bounds the connections of which name and protocol are looked up to be handed on.
const maxNamesInherited = 1 << 10

// Continue takes over from another session of the same capture, one that begins earlier, what it knows of that which goes on in this
// one. It must be called before Run; other may be running.
func (s *Session) Continue(other *Session) {
	if s.before.Packets == 0 {
		return
	}
	x, was := other.Index(), other.inheritances()
	first := uint32(sort.Search(x.Len(), func(i int) bool { return x.stored(uint32(i)).Frame > s.before.Packets }))
	goesOn := map[uint32]*tcp.Reached{} // by stream
	seen := make([]bool, x.Streams())
	for id := first; id < x.records; id++ {
		stream := x.stored(id).Stream
		if seen[stream] {
			continue
		}
		seen[stream] = true
		from, again := was[int(stream)]
		if again {
			reached := from.known.Reached
			goesOn[stream] = &reached
		} else if x.streams[stream].first != id+1 {
			goesOn[stream] = &tcp.Reached{}
		}
	}
	for id := range first {
		if r := x.stored(id); seen[r.Stream] {
			if g := goesOn[r.Stream]; g != nil {
				add(g, r)
			}
		}
	}
	names := 0
	for stream := range x.Streams() { // in their order
		g := goesOn[uint32(stream)]
		if g == nil {
			continue
		}
		from, again := was[stream]
		if !again && names < maxNamesInherited {
			names++
			from.serverName, from.protocol = other.ServerName(stream), other.Protocol(stream)
		}
		s.goOn(other, stream, from, g)
	}
	s.others.known = other.othersGoingOn(s.before.Packets)
}

// inheritances returns what the session itself took over, by connection.
func (s *Session) inheritances() map[int]inherited {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.inherited // nothing changes it once Run is under way
}

// add takes a record in that is gone.
func add(reached *tcp.Reached, r *Record) {
	reached.Frame, reached.Time, reached.States = r.Frame, r.Time, r.States
	for i, state := range r.States {
		if !state.Inferred() {
			reached.Proven[i] = state.State()
		}
	}
	if !r.HasNumbers() || r.Partial() {
		return
	}
	e, other := &reached.Ends[r.Dir()], &reached.Ends[r.Dir().Reverse()]
	if next := r.NextSeq(); !e.Sent || seqnum.Number(next).After(seqnum.Number(e.Next)) {
		e.Sent, e.Next, e.Frame, e.Time = true, next, r.Frame, r.Time
	}
	if r.Flags.Has(packet.FIN) {
		e.FIN, e.FINNext = true, r.NextSeq()
	}
	if r.Flags.Has(packet.SYN|packet.ACK) && other.Acked {
		reached.Unheard = true
	}
	if r.Flags.Has(packet.ACK) && (!e.Acked || seqnum.Number(r.Ack).After(seqnum.Number(e.Ack))) {
		e.Acked, e.Ack = true, r.Ack
	}
}

// goOn takes over one connection, which had come as far as that.
func (s *Session) goOn(other *Session, stream int, from inherited, reached *tcp.Reached) {
	other.mu.RLock()
	k := other.tracker.Known(stream)
	swapped := other.swapped[uint32(stream)]
	other.mu.RUnlock()
	k.Until(*reached)
	from.known = k
	s.mu.Lock()
	if !s.tracker.Continue(&k) {
		s.mu.Unlock()
		return
	}
	own := len(s.streams)
	s.streams = append(s.streams, links{})
	if s.inherited == nil {
		s.inherited = map[int]inherited{}
	}
	s.inherited[own] = from
	s.mu.Unlock()
	if swapped {
		s.SetSwapped(own, true)
	}
}

// othersGoingOn returns the conversations that are not TCP and have packets both up to the given one and behind it.
func (s *Session) othersGoingOn(before uint32) map[otherKey]Other {
	s.mu.RLock()
	defer s.mu.RUnlock()
	known := map[otherKey]Other{}
	for key, i := range s.others.index {
		o := s.others.at(int(i))
		if o.first == 0 || s.others.record(o.last-1).Frame <= before {
			continue
		}
		if s.others.record(o.first-1).Frame <= before || o.continued {
			known[key] = *o
		}
	}
	return known
}

// goesOn takes over who began a conversation that goes on, and when.
func (o *Other) goesOn(was *Other) {
	o.Ends, o.FirstTime, o.Protocol, o.tried, o.continued = was.Ends, was.FirstTime, was.Protocol, was.tried, true
}

// Gone returns how many of the first segments of old are not in v, where v is the same connection in what is left of old's capture; else
// 0. Those that are left follow each other as in old.
func (v *View) Gone(old *View) int {
	if v.s.before.Packets <= old.s.before.Packets || v.Conn.Client != old.Conn.Client || v.Conn.Server != old.Conn.Server || v.Len() == 0 {
		return 0
	}
	first := v.At(0).Frame
	return sort.Search(old.Len(), func(i int) bool { return old.At(i).Frame >= first })
}
