package postgres

import (
	"bytes"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// act does what a message that is whole brings about, and emits it.
func (d *Decoder) act(dir flow.Direction, s *side, m *Message) {
	if m.Frontend {
		d.pairs.ask(m)
	} else {
		d.pairs.answer(m)
	}
	other := &d.side[dir.Reverse()]
	encryption := m.Kind == SSLRequest || m.Kind == GSSENCRequest
	if encryption {
		d.request, s.mode = m, held
		if other.mode == first || other.mode == header && len(other.buf) == 0 {
			other.mode = answer
		}
	}
	switch m.Kind {
	case Startup:
		d.old = m.Major < 3
	case Authentication:
		d.auth = m.Auth
	case CopyBothResponse:
		d.both = true
	case ReadyForQuery, ErrorResponse:
		d.both = false
	default: // the others change nothing here
	}
	d.emitMessage(dir, s, "")
	switch {
	case encryption:
		d.wake(dir.Reverse())
	case m.Kind == Startup && d.old:
		d.forget(s)
		d.forget(other)
	}
}

// wake reads what the backend said before it was known to be one.
func (d *Decoder) wake(dir flow.Direction) {
	s := &d.side[dir]
	if s.mode != answer || len(s.buf) == 0 {
		return
	}
	again := bytes.Clone(s.buf)
	s.buf = s.buf[:0]
	s.pos -= int64(len(again))
	d.reread(dir, again)
}

// reread reads what dir said before, while the other side speaks: the conversation has turned already.
func (d *Decoder) reread(dir flow.Direction, b []byte) {
	d.read(dir, b)
	if s := &d.side[dir]; s.mode == lost && !d.old {
		d.region(dir, s)
	}
}

// forget stops to read a direction of version 2.
func (d *Decoder) forget(s *side) {
	if s.mode == closed {
		return
	}
	n := int64(len(s.buf))
	s.start = s.pos - n
	d.lose(s, BrokenVersion)
	s.m.Length = n
}

// answer reads the one byte that answers a request for encryption.
func (d *Decoder) answer(dir flow.Direction, s *side, b []byte) (n int) {
	s.start = s.pos
	granted := b[0] == 'S' && d.request.Kind == SSLRequest || b[0] == 'G' && d.request.Kind == GSSENCRequest
	s.mode = header
	if granted || b[0] == 'N' {
		s.m = &Message{Kind: EncryptionAnswer, Tag: b[0], Status: b[0], Length: 1, Request: d.request}
		s.pos++
		n = 1
		if granted {
			s.buf = append(s.buf[:0], b[1:]...)
			d.done = true
		}
		d.emitMessage(dir, s, "")
	}
	// A server from before encryption answers with an error.
	d.request = nil
	if !d.done {
		d.unhold(dir.Reverse(), d.reread)
	}
	return n
}

// hold keeps the frontend's bytes until the answer says what they are.
func (d *Decoder) hold(dir flow.Direction, s *side, b []byte) (n int) {
	n = min(len(b), maxHeld-len(s.buf))
	s.buf = append(s.buf, b[:n]...)
	s.pos += int64(n)
	if n < len(b) {
		d.unhold(dir, d.read)
	}
	return n
}

// unhold reads the bytes that were held as a startup after all.
func (d *Decoder) unhold(dir flow.Direction, read func(flow.Direction, []byte)) {
	s := &d.side[dir]
	if s.mode != held {
		return
	}
	b := s.buf
	s.buf, s.mode = nil, startup
	s.pos -= int64(len(b))
	s.start = s.pos
	read(dir, b)
}

// Done implements proto.Yielder.
func (d *Decoder) Done() bool { return d.done }

// Rest implements proto.Yielder.
func (d *Decoder) Rest(dir flow.Direction) (start int64, b []byte) {
	s := &d.side[dir]
	if dir == d.client {
		return s.pos - int64(len(s.buf)), s.buf
	}
	return s.pos, s.buf
}

// lose makes what follows a region whose messages are not known.
func (d *Decoder) lose(s *side, reason string) {
	s.m, s.mode, s.why, s.buf = &Message{Kind: Unreadable}, lost, reason, s.buf[:0]
	if d.old {
		s.why = BrokenVersion
	}
	d.pairs.drop()
}

// ready is the beginning of a ReadyForQuery, by which a backend's messages are found again.
var ready = []byte("Z\x00\x00\x00\x05")

// scan passes over bytes of a lost region until a ReadyForQuery of the backend.
func (d *Decoder) scan(dir flow.Direction, s *side, b []byte) (n int) {
	if d.old || !d.told || dir == d.client {
		return s.pass(len(b))
	}
	for n < len(b) {
		c := b[n]
		n++
		s.pass(1)
		switch {
		case len(s.buf) == len(ready) && (c == 'I' || c == 'T' || c == 'E'):
			again := append(bytes.Clone(ready), c)
			s.m.Length -= int64(len(again))
			s.pos -= int64(len(again))
			d.region(dir, s)
			d.read(dir, again)
			return n
		case len(s.buf) < len(ready) && c == ready[len(s.buf)]:
			s.buf = append(s.buf, c)
		case c == ready[0]:
			s.buf = append(s.buf[:0], c)
		default:
			s.buf = s.buf[:0]
			if i := bytes.IndexByte(b[n:], ready[0]); i < 0 {
				n += s.pass(len(b) - n)
			} else {
				n += s.pass(i)
			}
		}
	}
	return n
}

// pass counts n bytes of a lost region.
func (s *side) pass(n int) int {
	s.m.Length += int64(n)
	s.pos += int64(n)
	return n
}

// Gap implements proto.Decoder. A hole inside a message leaves the rest readable.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if s.mode == closed || n <= 0 || d.done {
		return
	}
	if s.mode == body {
		k := min(n, s.left)
		s.m.Missing += k
		s.left -= k
		s.pos += k
		if s.left == 0 {
			d.finish(dir, s)
		}
		if n -= k; n == 0 {
			return
		}
	}
	if s.mode == answer {
		// What the answer was is not known; the frontend's bytes are tried.
		d.request = nil
		d.unhold(dir.Reverse(), d.reread)
	}
	if s.mode == held {
		d.unhold(dir, d.read)
	}
	d.flush(dir, s, "")
	if s.mode != lost {
		if len(s.buf) == 0 {
			s.start = s.pos
		}
		length := int64(len(s.buf))
		d.lose(s, proto.BrokenGap)
		s.m.Length = length
	}
	s.m.Missing += n
	s.pos += n
	if !d.old {
		d.region(dir, s)
	}
}

// Close implements proto.Decoder: a FIN ended dir.
func (d *Decoder) Close(dir flow.Direction) { d.end(dir, proto.BrokenClosed) }

// Cut implements proto.Cutter: dir ended without a FIN.
func (d *Decoder) Cut(dir flow.Direction) { d.end(dir, proto.BrokenCutOff) }

func (d *Decoder) end(dir flow.Direction, reason string) {
	s := &d.side[dir]
	if s.mode == closed || d.done {
		return
	}
	if s.mode == held {
		d.unhold(dir, d.read)
	}
	switch {
	case s.mode == lost:
		d.emitMessage(dir, s, s.why)
	case s.mode == body && s.run != nil && d.folds(s.m.Kind):
		s.run.Missing += s.m.Missing
		s.run.Length += s.m.Length - s.left
		s.runEnd = s.pos
		d.flush(dir, s, reason)
	case s.mode == body:
		d.readPayload(s, s.m)
		d.emitMessage(dir, s, reason)
	case len(s.buf) > 0:
		d.flush(dir, s, "")
		s.start = s.pos - int64(len(s.buf))
		s.m = &Message{Kind: Unreadable, Length: int64(len(s.buf))}
		d.emitMessage(dir, s, reason)
	default:
		d.flush(dir, s, "")
	}
	*s = side{mode: closed}
}
