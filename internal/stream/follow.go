package stream

import (
	"crypto/sha256"
	"hash"
	"strconv"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// Bounds of the segments that a Follower keeps while it waits for a hole to be filled, per direction. Wireshark has none;
// beyond them Exact reports false and further waiting segments are dropped.
const (
	maxFollowBytes     = 32 << 20
	maxFollowFragments = 16384 // also bounds the time for finding the fitting one
)

// Follower computes the two byte streams that Wireshark's "follow TCP stream" shows (tshark -z follow,tcp,raw), as SHA-256
// hashes and lengths. It imitates, it does not reassemble well: a gap that nobody acknowledges past hides everything behind
// it, and a gap that is skipped leaves a text in the stream. Assembler is the one to use for everything else.
type Follower struct {
	side  [2]followSide
	first flow.Direction
	seen  bool
}

type followSide struct {
	exp       seqnum.Number // the next expected relative number; 0 at first
	written   bool          // something was taken in order (RST payload, skipped gaps and waiting segments do not count)
	fragments []fragment    // in order of arrival
	waiting   int           // bytes in fragments
	inexact   bool
	// lowest and highest enclose the fragments' starts, or narrow is false.
	lowest, highest seqnum.Number
	hash            hash.Hash
	len             int64
}

type fragment struct {
	seq  seqnum.Number
	data []byte
}

// NewFollower returns a Follower for one connection.
func NewFollower() *Follower {
	f := &Follower{}
	for i := range f.side {
		f.side[i].hash = sha256.New()
	}
	return f
}

// Segment takes the next segment with known length and wholly captured header: its relative sequence and acknowledgement
// numbers (the latter raw without the ACK flag), the segment length, the captured payload and the flags.
func (f *Follower) Segment(dir flow.Direction, seq, ack seqnum.Number, length uint32, payload []byte, flags packet.Flags) {
	if !f.seen {
		f.seen, f.first = true, dir
	}
	if flags.Has(packet.SYN) {
		seq = seq.Add(1)
	}
	f.side[dir.Reverse()].acknowledged(ack)
	s := &f.side[dir]
	if !s.written && s.exp == 0 {
		s.exp = seq
	}
	if seq.Before(s.exp) {
		if next := seq.Add(length); next.After(s.exp) {
			cut := s.exp.Distance(seq)
			payload = payload[min(uint64(cut), uint64(len(payload))):]
			seq, length = s.exp, next.Distance(s.exp)
		}
	}
	switch {
	case len(payload) == 0 || seq.Before(s.exp):
	case seq == s.exp:
		s.write(payload)
		s.written = true
		s.exp = s.exp.Add(length)
		for s.fits() && s.apply() {
		}
	default:
		s.keep(seq, payload)
	}
}

// First returns the sender of the first segment, Wireshark's node 0.
func (f *Follower) First() flow.Direction { return f.first }

// Sum returns the SHA-256 and the length of what dir sent, as far as it has been fed.
func (f *Follower) Sum(dir flow.Direction) (sum [sha256.Size]byte, length int64) {
	s := &f.side[dir]
	s.hash.Sum(sum[:0])
	return sum, s.len
}

// Exact reports that no bound was hit, so that Sum is what Wireshark shows.
func (f *Follower) Exact() bool { return !f.side[0].inexact && !f.side[1].inexact }

func (s *followSide) write(b []byte) {
	s.hash.Write(b) // a hash never fails
	s.len += int64(len(b))
}

// keep stores a segment that lies behind a hole.
func (s *followSide) keep(seq seqnum.Number, payload []byte) {
	if s.waiting+len(payload) > maxFollowBytes || len(s.fragments) >= maxFollowFragments {
		s.inexact = true
		return
	}
	s.waiting += len(payload)
	s.enclose(seq, len(s.fragments) == 0)
	s.fragments = append(s.fragments, fragment{seq, append([]byte(nil), payload...)})
}

func (s *followSide) enclose(seq seqnum.Number, first bool) {
	if first {
		s.lowest, s.highest = seq, seq
		return
	}
	if s.lowest.After(seq) {
		s.lowest = seq
	}
	if seq.After(s.highest) {
		s.highest = seq
	}
}

// fits reports that a fragment may start at or before exp. It spares the search where all of them clearly lie behind.
func (s *followSide) fits() bool {
	if len(s.fragments) == 0 {
		return false
	}
	return s.highest.Distance(s.lowest) >= 1<<30 || !s.lowest.After(s.exp) || !s.highest.After(s.exp)
}

// acknowledged applies waiting fragments after the other side acknowledged ack, skipping holes it has acknowledged past.
func (s *followSide) acknowledged(ack seqnum.Number) {
	for len(s.fragments) > 0 {
		if s.fits() && s.apply() {
			continue
		}
		lowest := s.lowestStart()
		if !ack.After(lowest) {
			return
		}
		text := "[" + strconv.Itoa(int(int32(lowest.Distance(s.exp)))) + " bytes missing in capture file]\x00"
		s.write([]byte(text))
		s.exp = lowest
	}
}

// lowestStart finds the lowest start as Wireshark does, by comparing in order of arrival.
func (s *followSide) lowestStart() seqnum.Number {
	if s.highest.Distance(s.lowest) < 1<<30 {
		return s.lowest
	}
	lowest := s.fragments[0].seq
	for i := range s.fragments {
		if lowest.After(s.fragments[i].seq) {
			lowest = s.fragments[i].seq
		}
	}
	return lowest
}

// apply outputs and drops the first fragment, in order of arrival, that starts at or before exp.
func (s *followSide) apply() bool {
	for i := range s.fragments {
		fr := s.fragments[i]
		if fr.seq != s.exp && !fr.seq.Before(s.exp) {
			continue
		}
		if end := fr.seq.Add(uint32(len(fr.data))); fr.seq == s.exp || end.After(s.exp) {
			fresh := fr.data[min(uint64(s.exp.Distance(fr.seq)), uint64(len(fr.data))):]
			s.write(fresh)
			s.exp = s.exp.Add(uint32(len(fresh)))
		}
		s.drop(i)
		return true
	}
	return false
}

// drop removes fragment i and finds the new bounds if it was one of them.
func (s *followSide) drop(i int) {
	fr := s.fragments[i]
	s.waiting -= len(fr.data)
	if i == 0 {
		s.fragments[0] = fragment{}
		s.fragments = s.fragments[1:]
	} else {
		s.fragments = append(s.fragments[:i], s.fragments[i+1:]...)
	}
	if fr.seq != s.lowest && fr.seq != s.highest {
		return
	}
	for j := range s.fragments {
		s.enclose(s.fragments[j].seq, j == 0)
	}
}
