package session

import (
	"errors"
	"io"

	"tcptalk/internal/capture"
)

// maxKin bounds the frame numbers that a session keeps of frames that belong to a connection without being one of its packets.
// A capture that is mostly ICMP errors or fragments has more; beyond the bound those are left out.
const maxKin = 8 << 20

// kin are frames that belong to a connection's packets: those with the other IP fragments of a segment, and those with an ICMP
// error that quotes the connection.
type kin struct {
	// fragments holds, by the frame that completed a segment, those that carried it.
	fragments map[uint32][]uint32
	// quotes are frames with an ICMP error, in order.
	quotes []quote
	room   int // frame numbers that may still be kept
}

type quote struct{ stream, frame uint32 }

// join notes the frames of a segment; the last one completed it.
func (k *kin) join(frames []uint32) {
	if len(frames) > k.room {
		return
	}
	k.room -= len(frames)
	if k.fragments == nil {
		k.fragments = map[uint32][]uint32{}
	}
	last := frames[len(frames)-1]
	k.fragments[last] = append(k.fragments[last], frames...)
}

// quote notes a frame that quotes a connection.
func (k *kin) quote(stream, frame uint32) {
	if k.room > 0 {
		k.room--
		k.quotes = append(k.quotes, quote{stream, frame})
	}
}

// Fragments returns the frames that carried the IP fragments of the segment in a frame, that frame among them, some perhaps
// twice; nil if it was not fragmented. They must not be changed.
func (s *Session) Fragments(frame uint32) []uint32 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.kin.fragments[frame]
}

// EachQuote calls f for every ICMP error that quotes a segment of a connection, in capture order. f must not call the session.
func (s *Session) EachQuote(f func(stream, frame uint32)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, q := range s.kin.quotes {
		f(q.stream, q.frame)
	}
}

// Packets reads the capture's packets again, in order and from the first one on, and hands them over until f returns false. A
// packet is borrowed for the length of the call. The error is the one that ends the capture, if any, or f's own.
func (s *Session) Packets(f func(p *capture.Packet) (more bool, err error)) error {
	again, err := s.file.Again()
	if err != nil {
		return err
	}
	var p capture.Packet
	for {
		if err := again.Next(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if more, err := f(&p); !more || err != nil {
			return err
		}
	}
}
