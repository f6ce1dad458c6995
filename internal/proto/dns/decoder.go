// Package dns reads DNS messages: from datagrams, and from TCP with a length in front of each.
//
// Multicast DNS, LLMNR and NetBIOS's name service use the same wire format and are told apart by name. The library decodes the
// data of resource records; names, questions and headers are read here, because a capture holds names that the library
// refuses. Messages that break off or lie are read as far as they go. Start with Parse for one message, New for a stream.
package dns

import (
	"encoding/binary"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// lengthLen is the length in front of each message over TCP (RFC 1035 §4.2.2). It bounds a message to 64 KiB.
const lengthLen = 2

// BrokenNotDNS is the reason of an Unreadable region.
const BrokenNotDNS = "not DNS"

// Decoder is the proto.Decoder of DNS over TCP.
type Decoder struct {
	emit proto.Emit
	side [2]side
}

type state uint8

const (
	framed state = iota // in a message, or in the length before it
	guess               // behind a gap: what looks like a length and a header may be none
	lost                // framing is lost up to the next gap
	closed
)

// side is one direction.
type side struct {
	state state
	start int64 // of the open message or lost region, in the stream
	pos   int64
	// buf holds the length and the message, as far as they came.
	buf []byte
	// absent counts the bytes of the message behind buf: those that were not captured, and what came behind them.
	absent int
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit) *Decoder {
	d := &Decoder{emit: emit}
	for i := range d.side {
		d.side[i] = side{start: start[i], pos: start[i]}
	}
	return d
}

// due returns how many bytes of the length and the message are still to come; the length alone as long as it is not there.
func (s *side) due() int {
	if s.state == guess {
		return lengthLen + headerLen - len(s.buf)
	}
	if len(s.buf) < lengthLen {
		return lengthLen - len(s.buf)
	}
	return lengthLen + int(binary.BigEndian.Uint16(s.buf)) - len(s.buf) - s.absent
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	for len(b) > 0 {
		if s.state == lost || s.state == closed {
			s.pos += int64(len(b))
			return
		}
		n := min(s.due(), len(b))
		if s.absent == 0 {
			s.buf = append(s.buf, b[:n]...)
		} else {
			s.absent += n
		}
		s.pos += int64(n)
		b = b[n:]
		d.step(dir, s)
	}
}

// step goes on when what was due is there.
func (d *Decoder) step(dir flow.Direction, s *side) {
	if s.due() > 0 {
		return
	}
	if s.state == guess {
		s.state = framed
		if !plausible(s.buf[lengthLen:], int(binary.BigEndian.Uint16(s.buf))) {
			s.state = lost
			return
		}
	}
	if len(s.buf) >= lengthLen && s.due() == 0 {
		reason := ""
		if s.absent > 0 {
			reason = proto.BrokenGap
		}
		d.message(dir, s, reason)
	}
}

// message emits the message in buf, and begins the next.
func (d *Decoder) message(dir flow.Direction, s *side, reason string) {
	m, ok := Parse(s.buf[min(lengthLen, len(s.buf)):], Name)
	if !ok {
		m = &Message{Size: int(s.pos - s.start), Unreadable: true}
		if reason == "" {
			reason = BrokenNotDNS
		}
	}
	d.put(dir, s, reason, m)
}

// put emits m and begins anew behind it.
func (d *Decoder) put(dir flow.Direction, s *side, reason string, m *Message) {
	start := s.start
	const usual = 4 << 10 // what buf may keep for the next message
	s.start, s.absent, s.buf = s.pos, 0, s.buf[:0]
	if cap(s.buf) > usual {
		s.buf = nil
	}
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: start, End: s.pos, Complete: reason == "", Broken: reason, Detail: m})
}

// Gap implements proto.Decoder.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if s.state == closed || n <= 0 {
		return
	}
	if s.state == framed && len(s.buf) >= lengthLen {
		inside := min(n, int64(s.due()))
		s.absent += int(inside)
		s.pos += inside
		n -= inside
		d.step(dir, s)
		if n == 0 {
			return
		}
	}
	d.flush(dir, s, proto.BrokenGap)
	s.pos += n
	s.start, s.state = s.pos, guess
}

// flush emits what is open.
func (d *Decoder) flush(dir flow.Direction, s *side, reason string) {
	switch {
	case s.state == lost:
		d.put(dir, s, BrokenNotDNS, &Message{Size: int(s.pos - s.start), Unreadable: true})
	case len(s.buf) > 0:
		d.message(dir, s, reason)
	}
}

// Close implements proto.Decoder: a FIN ended dir.
func (d *Decoder) Close(dir flow.Direction) { d.end(dir, proto.BrokenClosed) }

// Cut implements proto.Cutter: dir ended without a FIN.
func (d *Decoder) Cut(dir flow.Direction) { d.end(dir, proto.BrokenCutOff) }

func (d *Decoder) end(dir flow.Direction, reason string) {
	s := &d.side[dir]
	if s.state != closed {
		d.flush(dir, s, reason)
		s.state = closed
	}
}
