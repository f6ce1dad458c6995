package mysql

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const (
	// DefaultKeep is how many bytes are kept of a query, of the values of a message, and of a file.
	DefaultKeep = 16 << 10
	// maxPending bounds the commands that wait for an answer; hardly any client sends more than a few ahead.
	maxPending = 64
	// maxHeld bounds what the server sends before the client has answered the greeting: nothing, but packets may come late.
	maxHeld = 64 << 10
)

// BrokenNotMySQL is the reason of an Unreadable region that no gap explains.
const BrokenNotMySQL = "not MySQL"

// Options say what to keep.
type Options struct {
	// Keep is how many bytes to keep of the text and the values of a message; 0 means DefaultKeep, negative none. More than
	// 64 KiB are not kept.
	Keep int
}

// Decoder is the proto.Decoder of the client/server protocol.
type Decoder struct {
	emit   proto.Emit
	keep   int
	server flow.Direction
	roles  bool // server is known
	side   [2]side
	turn   flow.Direction // who sent the last bytes
	turned bool           // turn is valid

	hello, login *Message
	caps         Capability // of both sides
	compression  bool       // agreed on
	done         bool       // TLS begins

	pending  []asked
	answered bool  // the first of pending has got a part of its answer
	next     uint8 // the sequence id that is due
	counted  bool  // next is valid
	resync   bool  // answers may be lost
	reply    reply

	file       *Message // the open request for a file
	content    *Message // the file, as far as it came
	contentAt  int64
	contentEnd int64

	statements map[uint32]*statement
	prepared   uint32 // id of the statement prepared last
}

// asked is a command or login that waits for its answer.
type asked struct {
	m    *Message
	last uint8 // sequence id
	sure bool  // last is right: all of the message was captured
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	if opt.Keep == 0 {
		opt.Keep = DefaultKeep
	}
	d := &Decoder{emit: emit, keep: min(opt.Keep, window), server: flow.ServerToClient}
	for i := range d.side {
		d.side[i].pos = start[i]
	}
	return d
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	if d.done || s.state == closed || len(b) == 0 {
		return
	}
	d.speaks(dir, s)
	d.feed(dir, s, b)
}

// speaks notes that dir sends. If the other side spoke before, a packet begins here, unless one is open for sure.
func (d *Decoder) speaks(dir flow.Direction, s *side) {
	turns := d.turned && d.turn != dir
	d.turn, d.turned = dir, true
	switch {
	case !turns || s.wrap.exhausted:
		return
	case s.state == guess && len(s.head) > 0:
		d.lose(dir, s, BrokenNotMySQL, s.p.start, int64(len(s.head)))
	case s.state != lost:
		return
	}
	s.state, s.head = guess, s.head[:0]
	if s.wrap.doubtful {
		s.wrap.head, s.wrap.left = s.wrap.head[:0], 0
	}
}

// feed takes bytes of dir until there are none, or TLS begins.
func (d *Decoder) feed(dir flow.Direction, s *side, b []byte) {
	for len(b) > 0 && !d.done {
		switch {
		case s.state == held:
			b = d.hold(dir, s, b)
		case s.compressed:
			b = d.unwrap(dir, s, b)
		case s.state == lost:
			s.region.Length += int64(len(b))
			s.pos += int64(len(b))
			return
		default:
			b = d.frame(dir, s, b)
		}
	}
	if d.done {
		s.rest = append([]byte(nil), b...)
	}
}

// hold keeps what the server sends behind its greeting until the client's answer tells whether it is TLS.
func (d *Decoder) hold(dir flow.Direction, s *side, b []byte) (rest []byte) {
	n := min(len(b), maxHeld-len(s.held))
	s.held = append(s.held, b[:n]...)
	if n < len(b) {
		d.release(dir, s)
	}
	return b[n:]
}

// release reads what was held.
func (d *Decoder) release(dir flow.Direction, s *side) {
	if s.state != held {
		return
	}
	b := s.held
	s.held, s.state = nil, header
	d.feed(dir, s, b)
}

// Gap implements proto.Decoder.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if d.done || s.state == closed || n <= 0 {
		return
	}
	d.release(dir, s)
	d.turn, d.turned = dir, true
	if s.compressed {
		d.wrapGap(dir, s, n)
		return
	}
	if n = d.gapInPacket(dir, s, n); n == 0 {
		return
	}
	start, size := s.pos, int64(len(s.head))
	d.breakPacket(dir, s, proto.BrokenGap)
	d.lose(dir, s, proto.BrokenGap, start-size, size)
	s.region.Missing += n
	s.pos += n
	s.state = guess
}

// Close implements proto.Decoder: a FIN ended dir.
func (d *Decoder) Close(dir flow.Direction) { d.end(dir, proto.BrokenClosed) }

// Cut implements proto.Cutter: dir ended without a FIN.
func (d *Decoder) Cut(dir flow.Direction) { d.end(dir, proto.BrokenCutOff) }

func (d *Decoder) end(dir flow.Direction, reason string) {
	s := &d.side[dir]
	if d.done || s.state == closed {
		return
	}
	d.release(dir, s)
	switch {
	case s.state == payload:
		s.p.end = s.pos
		d.packet(dir, s, reason)
	case len(s.head) > 0:
		d.lose(dir, s, reason, s.pos-int64(len(s.head)), int64(len(s.head)))
	}
	if dir == d.server {
		d.endReply(reason)
	} else {
		d.endFile(reason)
	}
	if n := s.wrap.begun(); n > 0 {
		d.lose(dir, s, reason, s.wrap.start, n)
	}
	d.endRegion(dir, s, s.pos)
	*s = side{state: closed, pos: s.pos}
}

// Done implements proto.Yielder: the client has asked for TLS.
func (d *Decoder) Done() bool { return d.done }

// Rest implements proto.Yielder.
func (d *Decoder) Rest(dir flow.Direction) (start int64, b []byte) {
	s := &d.side[dir]
	if s.state == held {
		return s.pos, s.held
	}
	return s.pos, s.rest
}

// packet takes a whole packet; why says what ends it before its end.
func (d *Decoder) packet(dir flow.Direction, s *side, why string) {
	p := &s.p
	if why == "" && p.missing > 0 {
		why = proto.BrokenGap
	}
	d.settleRoles(dir, p)
	s.wrap.doubtful = false
	if dir == d.server {
		d.fromServer(s, p, why)
	} else {
		d.fromClient(p, why)
	}
	d.next, d.counted = p.last+1, true
	if dir != d.server && !d.done {
		d.release(d.server, &d.side[d.server])
	}
}

// settleRoles finds out who is the server: whoever greets, or whoever does not send commands.
func (d *Decoder) settleRoles(dir flow.Direction, p *packet) {
	if d.roles {
		return
	}
	_, greets := readHello(p.buf)
	first, _ := p.firstByte()
	switch {
	case p.first != 0:
	case dir != d.server && greets:
		d.server = dir
	case dir == d.server && !greets && first != lenError && plausibleClient(p.length, 0, first):
		d.server = dir.Reverse()
	}
	d.roles = true
}

// windowOf is how much of the next packet of dir is looked at.
func (d *Decoder) windowOf(dir flow.Direction) int {
	if dir == d.server && d.reply.part == rows && len(d.reply.m.Result.Rows) == keptRows {
		return windowOfRest
	}
	return window
}

// newMessage makes a message of a packet.
func (d *Decoder) newMessage(k Kind, p *packet) *Message {
	m := &Message{Kind: k, room: d.keep, Guessed: p.guessed}
	m.add(p)
	return m
}

// add counts a packet.
func (m *Message) add(p *packet) {
	m.Packets += p.frames
	m.Length += p.length
	m.Missing += p.missing
}

// tell emits a message that is one packet.
func (d *Decoder) tell(dir flow.Direction, m *Message, p *packet, why string) {
	d.send(dir, m, p.start, p.end, why)
}

// send emits a message.
func (d *Decoder) send(dir flow.Direction, m *Message, start, end int64, why string) {
	if why == "" && m.Missing > 0 {
		why = proto.BrokenGap
	}
	m.Compressed = d.side[dir].compressed
	out := proto.Message{Protocol: Name, Dir: dir, Start: start, End: end, Complete: why == "", Broken: why, Detail: m}
	if m.Kind == TLSRequest && why == "" {
		d.done, out.Next = true, nextTLS
	}
	d.emit(out)
}

// nextTLS is the protocol that follows a TLSRequest.
const nextTLS = "tls"

// checkSequence notes a sequence id that is not the one due.
func (d *Decoder) checkSequence(dir flow.Direction, m *Message, p *packet, due uint8) {
	m.note(!p.guessed && !d.side[dir].compressed && p.first != due, BadSequence)
}
