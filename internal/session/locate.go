package session

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// Locate says where a frame is shown: the stream number of its connection, or the number of its conversation that is not TCP;
// the other one is -1, both if it is in neither.
func (s *Session) Locate(frame uint32) (stream, other int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.recordOf(frame); r != nil {
		return int(r.Stream), -1
	}
	if r := s.otherRecordOf(frame); r != nil {
		return -1, int(r.Other)
	}
	return -1, -1
}

// recordOf returns the first record of a frame, nil if it has none. The caller holds mu.
func (s *Session) recordOf(frame uint32) *Record {
	n := s.records.n
	i := sort.Search(n, func(i int) bool { return s.records.at(uint32(i)).Frame >= frame })
	if i == n || s.records.at(uint32(i)).Frame != frame {
		return nil
	}
	return s.records.at(uint32(i))
}

// otherRecordOf is recordOf for what is not TCP.
func (s *Session) otherRecordOf(frame uint32) *OtherRecord {
	n := s.others.kept
	i := sort.Search(n, func(i int) bool { return s.others.record(uint32(i)).Frame >= frame })
	if i == n || s.others.record(uint32(i)).Frame != frame {
		return nil
	}
	return s.others.record(uint32(i))
}

// Frame reads the captured bytes of a frame that Locate finds again, and returns when it was captured.
func (s *Session) Frame(frame uint32) (data []byte, time int64, err error) {
	offset, length, found := int64(0), uint32(0), true
	s.mu.RLock()
	if r := s.recordOf(frame); r != nil {
		offset, length, time = r.Offset, r.CapLen, r.Time
	} else if r := s.otherRecordOf(frame); r != nil {
		offset, length, time = r.Offset, r.CapLen, r.Time
	} else {
		found = false
	}
	s.mu.RUnlock()
	if !found {
		return nil, 0, fmt.Errorf("packet %d is not in this capture", frame)
	}
	data = make([]byte, length)
	return data, time, s.file.ReadPacketAt(offset, data)
}

// Comment is what the capture says about a packet.
type Comment struct {
	Frame uint32
	Text  string
}

// Comments returns the comments of the capture on packets, in their order, as far as they were kept.
func (s *Session) Comments() []Comment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]Comment, 0, len(s.comments.text))
	for frame, text := range s.comments.text {
		out = append(out, Comment{frame, text})
	}
	slices.SortFunc(out, func(a, b Comment) int { return cmp.Compare(a.Frame, b.Frame) })
	return out
}
