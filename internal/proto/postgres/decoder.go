package postgres

import (
	"bytes"
	"encoding/binary"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const (
	headerLen = 5 // a type and a length, which counts itself
	// maxLength is the longest message there is (PQ_LARGE_MESSAGE_LIMIT).
	maxLength = 1<<30 - 1
	// maxStartup is the longest startup that a server reads (MAX_STARTUP_PACKET_LENGTH).
	maxStartup = 10_000
	// maxHeld is how much of a frontend's bytes wait for the answer to its request for encryption. It has to wait itself.
	maxHeld = 64 << 10
)

// The codes that stand in a startup's place of the version.
const (
	codeCancel = 80877102
	codeSSL    = 80877103
	codeGSS    = 80877104
)

// Options say what to keep.
type Options struct {
	// Keep is how many bytes of a message's texts and values are kept; 0 means DefaultKeep, negative next to none.
	Keep int
}

// Decoder is the proto.Decoder of PostgreSQL.
type Decoder struct {
	emit proto.Emit
	opt  Options
	side [2]side
	// client is the frontend's direction, once told is set.
	client flow.Direction
	told   bool
	old    bool // version 2
	done   bool // handed over
	// request is the request for encryption that waits for its answer.
	request *Message
	auth    Auth // what the backend asked for last
	both    bool // a COPY in both directions: replication
	pairs   pairs
}

// mode says where a direction stands.
type mode uint8

const (
	first   mode = iota // nothing is known of it: who speaks must be told from its first bytes
	startup             // the frontend's first message, which has no type
	answer              // the one byte that answers a request for encryption
	header              // a message is due
	body                // inside a message
	held                // the frontend waits for that byte
	guess               // behind a gap: a message may begin here
	lost                // where messages begin is not known
	closed
)

// side is one direction.
type side struct {
	mode    mode
	pos     int64 // stream offset of the next byte
	start   int64 // of the open message or lost region
	buf     []byte
	left    int64 // payload bytes to come
	keep    int   // payload bytes to keep
	m       *Message
	guessed bool
	why     string // the lost region's reason

	// run is the open run of rows or pieces; it reaches from runStart to runEnd.
	run              *Message
	runStart, runEnd int64
	room             int     // bytes that its rows may still keep
	folded           Message // the row or piece that is being read, which nobody keeps
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	if opt.Keep == 0 {
		opt.Keep = DefaultKeep
	}
	d := &Decoder{emit: emit, opt: opt, pairs: newPairs()}
	for i := range d.side {
		d.side[i].pos, d.side[i].start = start[i], start[i]
	}
	return d
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	if len(b) == 0 || d.done {
		return
	}
	if other := &d.side[dir.Reverse()]; other.mode == lost && !d.old {
		// The conversation turned: what that side says next is likely to begin a message.
		d.region(dir.Reverse(), other)
	}
	d.read(dir, b)
}

// region ends a region whose messages are not known.
func (d *Decoder) region(dir flow.Direction, s *side) {
	d.emitMessage(dir, s, s.why)
	s.buf, s.mode = s.buf[:0], guess
	if !d.told {
		s.mode = first
	}
}

// read goes through the bytes of dir.
func (d *Decoder) read(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	for len(b) > 0 && !d.done {
		n := 0
		switch s.mode {
		case first, guess:
			n = d.look(dir, s, b)
		case startup:
			n = d.startup(dir, s, b)
		case answer:
			n = d.answer(dir, s, b)
		case header:
			n = d.header(dir, s, b)
		case body:
			n = d.body(dir, s, b)
		case held:
			n = d.hold(dir, s, b)
		case lost:
			n = d.scan(dir, s, b)
		case closed:
			return
		}
		b = b[n:]
	}
}

// look collects bytes until it is plain whether a message begins with them, and whose.
func (d *Decoder) look(dir flow.Direction, s *side, b []byte) (n int) {
	var who role
	for n < len(b) && who == unsure {
		s.buf = append(s.buf, b[n])
		n++
		s.pos++
		who = d.judge(dir, s)
	}
	if who == unsure {
		return n
	}
	again := bytes.Clone(s.buf)
	s.buf = s.buf[:0]
	s.pos -= int64(len(again))
	s.start = s.pos
	mine := who == frontend && dir == d.client || who == backend && dir != d.client || who == either
	if who == neither || d.told && !mine {
		d.lose(s, BrokenSyntax)
		s.m.Length, s.pos = int64(len(again)), s.pos+int64(len(again))
		return n
	}
	if !d.told {
		d.tell(dir, who)
	}
	s.guessed = s.mode == guess
	s.mode = header
	if again[0] == 0 && dir == d.client {
		s.mode = startup
	}
	d.read(dir, again)
	return n
}

// judge says what the bytes in s.buf are. The first ones of a connection whose other side is known are believed.
func (d *Decoder) judge(dir flow.Direction, s *side) role {
	if d.told && s.mode == first {
		return either
	}
	return judge(s.buf)
}

// tell settles who is the frontend. Of a message that both send it is the one who opened the connection.
func (d *Decoder) tell(dir flow.Direction, who role) {
	d.told, d.client = true, dir
	switch who {
	case backend:
		d.client = dir.Reverse()
	case either:
		d.client = flow.ClientToServer
	default: // the frontend itself
	}
}

// startup collects the head of a message without type: its length and code.
func (d *Decoder) startup(dir flow.Direction, s *side, b []byte) (n int) {
	const head = 8
	n = min(head-len(s.buf), len(b))
	s.buf = append(s.buf, b[:n]...)
	s.pos += int64(n)
	if len(s.buf) < head {
		return n
	}
	length, code := int64(binary.BigEndian.Uint32(s.buf)), binary.BigEndian.Uint32(s.buf[4:])
	if !plausibleStartup(length, code) {
		d.lose(s, BrokenSyntax)
		s.m.Length = head
		return n
	}
	m := &Message{Kind: Startup, Frontend: true, Length: length}
	switch code {
	case codeCancel:
		m.Kind = CancelRequest
	case codeSSL:
		m.Kind = SSLRequest
	case codeGSS:
		m.Kind = GSSENCRequest
	}
	// The code is read again as the payload's first field.
	s.buf = append(s.buf[:0], s.buf[4:]...)
	d.open(dir, s, m, length-head, maxStartup)
	return n
}

// plausibleStartup reports a length and a code that a first message may have.
func plausibleStartup(length int64, code uint32) bool {
	switch code {
	case codeCancel:
		return length >= 12 && length <= maxStartup
	case codeSSL, codeGSS:
		return length == 8
	}
	major := code >> 16
	return (major == 2 || major == 3) && length >= 8 && length <= maxStartup
}

// header collects a message's type and length and opens it.
func (d *Decoder) header(dir flow.Direction, s *side, b []byte) (n int) {
	if len(s.buf) == 0 {
		s.start = s.pos
	}
	n = min(headerLen-len(s.buf), len(b))
	s.buf = append(s.buf, b[:n]...)
	s.pos += int64(n)
	if len(s.buf) < headerLen {
		return n
	}
	tag, length := s.buf[0], int64(binary.BigEndian.Uint32(s.buf[1:]))
	s.buf = s.buf[:0]
	kind, known := d.tags(dir)[tag]
	if !known {
		kind = Unknown
	}
	if length < headerLen-1 || length > maxLength || !known && (length > maxShort || !letter(tag)) {
		d.flush(dir, s, "")
		d.lose(s, BrokenSyntax)
		s.m.Length = headerLen
		return n
	}
	m := &s.folded
	if !d.folds(kind) {
		m = &Message{}
	}
	*m = Message{Kind: kind, Tag: tag, Frontend: dir == d.client, Length: length + 1}
	d.open(dir, s, m, length-(headerLen-1), max(d.opt.Keep, minRead))
	return n
}

// letter reports a byte that may be a type; all of them are letters or digits.
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

// tags returns what types mean in a direction.
func (d *Decoder) tags(dir flow.Direction) map[byte]Kind {
	if dir == d.client {
		return frontendTags
	}
	return backendTags
}

// folds reports a message that is counted in a run.
func (d *Decoder) folds(k Kind) bool { return k == DataRow || k == CopyData && !d.both }

// open begins the payload of a message.
func (d *Decoder) open(dir flow.Direction, s *side, m *Message, left int64, keep int) {
	if s.run != nil && (s.run.Kind != m.Kind || !d.folds(m.Kind)) {
		d.flush(dir, s, "")
	}
	m.Guessed, s.guessed = s.guessed, false
	s.m, s.left, s.keep, s.mode = m, left, keep, body
	if d.folds(m.Kind) {
		if s.run == nil {
			s.run = &Message{Kind: m.Kind, Tag: m.Tag, Frontend: m.Frontend, Guessed: m.Guessed}
			s.runStart, s.room = s.start, max(d.opt.Keep, 0)
			if !m.Frontend {
				d.pairs.answer(s.run)
			}
		}
		s.keep = 0
		if len(s.run.Rows) < maxRows {
			s.keep = s.room
		}
	}
	if left == 0 {
		d.finish(dir, s)
	}
}

// body takes bytes of a payload.
func (d *Decoder) body(dir flow.Direction, s *side, b []byte) (n int) {
	n = int(min(int64(len(b)), s.left))
	if room := s.keep - len(s.buf); room > 0 && s.m.Missing == 0 {
		s.buf = append(s.buf, b[:min(room, n)]...)
	}
	s.left -= int64(n)
	s.pos += int64(n)
	if s.left == 0 {
		d.finish(dir, s)
	}
	return n
}

// finish reads the payload of the message that is whole now and files it.
func (d *Decoder) finish(dir flow.Direction, s *side) {
	m := s.m
	s.mode = header
	if d.folds(m.Kind) {
		d.row(s, m)
		return
	}
	d.readPayload(s, m)
	d.act(dir, s, m)
}

// readPayload reads what was kept of the payload.
func (d *Decoder) readPayload(s *side, m *Message) {
	if m.Kind == Password {
		m.Auth = d.auth
	}
	size := m.Length - headerLen
	if m.Tag == 0 {
		size = m.Length - 4
	}
	p := payload{b: s.buf, rest: size - int64(len(s.buf))}
	if m.Kind == CopyData {
		d.readPiece(m, &p)
	} else {
		m.read(&p, d.opt.Keep)
	}
	s.buf = s.buf[:0]
	if cap(s.buf) > DefaultKeep {
		s.buf = nil
	}
}

// readPiece reads a piece of a COPY in both directions.
func (d *Decoder) readPiece(m *Message, p *payload) {
	m.Count = 1
	m.Rows = [][]Value{{{Text: string(p.b[:min(len(p.b), max(d.opt.Keep, 0))]), Length: int64(len(p.b)) + p.rest}}}
	if len(p.b) > 0 && bytes.IndexByte([]byte("wkrhp"), p.b[0]) >= 0 {
		m.Replication = p.b[0]
	}
}

// row adds the message that is whole to the run.
func (d *Decoder) row(s *side, m *Message) {
	run := s.run
	run.Count++
	run.Length += m.Length
	run.Missing += m.Missing
	s.runEnd = s.pos
	if s.keep > 0 && m.Missing == 0 {
		size := m.Length - headerLen
		p := payload{b: s.buf, rest: size - int64(len(s.buf))}
		s.room -= len(s.buf)
		if m.Kind == DataRow {
			run.readRow(&p)
		} else {
			run.Rows = append(run.Rows, []Value{{Text: string(s.buf), Length: size}})
		}
	}
	s.m, s.buf = nil, s.buf[:0]
}

// flush emits the open run, if there is one.
func (d *Decoder) flush(dir flow.Direction, s *side, reason string) {
	run := s.run
	if run == nil {
		return
	}
	s.run = nil
	if reason == "" && run.Missing > 0 {
		reason = proto.BrokenGap
	}
	d.emit(proto.Message{
		Protocol: Name, Dir: dir, Start: s.runStart, End: s.runEnd, Complete: reason == "", Broken: reason, Detail: run,
	})
}

// emitMessage emits the open message, which ends here.
func (d *Decoder) emitMessage(dir flow.Direction, s *side, reason string) {
	m := s.m
	s.m = nil
	if reason == "" && m.Missing > 0 {
		reason = proto.BrokenGap
	}
	next := ""
	if d.done {
		next = nextTLS
		if m.Status == 'G' {
			next = nextGSS
		}
	}
	d.emit(proto.Message{
		Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Complete: reason == "", Broken: reason, Next: next, Detail: m,
	})
	s.start = s.pos
}
