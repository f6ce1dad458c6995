package redis

import (
	"bytes"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Options say what to keep.
type Options struct {
	// Keep is how many bytes of a message's strings are kept; 0 means DefaultKeep, negative none.
	Keep int
}

// Decoder is the proto.Decoder of Redis.
type Decoder struct {
	emit proto.Emit
	opt  Options
	side [2]side
	// client is the side that sends commands, once told is set.
	client flow.Direction
	told   bool
	sure   bool // the other side sent what only servers send
	pairs  pairs
}

// mode says where a direction stands.
type mode uint8

const (
	between mode = iota // a message is due
	inside              // in a message of values
	inline              // in a line of words
	probe               // behind a gap: a message may begin here
	lost                // where messages begin is not known
	closed
)

// side is one direction.
type side struct {
	mode  mode
	pos   int64 // stream offset of the next byte
	start int64 // of the message or lost region
	p     parser
	m     *Message
	why   string // the lost region's reason
	// guess says that the next message begins where it can only be guessed.
	guess bool
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	if opt.Keep == 0 {
		opt.Keep = DefaultKeep
	}
	d := &Decoder{emit: emit, opt: opt}
	for i := range d.side {
		d.side[i].pos = start[i]
	}
	return d
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	if len(b) == 0 {
		return
	}
	if other := &d.side[dir.Reverse()]; other.mode == lost || other.mode == probe {
		// The conversation turned: what that side says next is likely to begin a message.
		d.region(dir.Reverse(), other)
	}
	if d.told {
		d.pairs.turn(dir == d.client)
	}
	d.read(dir, b)
}

// region ends a region whose messages are not known; the next message begins where it can only be guessed.
func (d *Decoder) region(dir flow.Direction, s *side) {
	d.finish(dir, s, s.why)
	s.p.buf = s.p.buf[:0]
	s.guess = true
}

// read goes through the bytes of dir.
func (d *Decoder) read(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	for len(b) > 0 && s.mode != closed {
		n := 0
		switch s.mode {
		case between:
			n = d.begin(dir, s, b)
		case inside:
			n = d.values(dir, s, b)
		case inline:
			n = d.words(dir, s, b)
		case probe:
			n = d.probe(dir, s, b)
		case lost:
			n = s.lost(len(b))
		case closed:
		}
		b = b[n:]
	}
}

// lost passes over n bytes.
func (s *side) lost(n int) int {
	s.m.Length += int64(n)
	s.pos += int64(n)
	return n
}

// probe collects the first bytes behind a gap, until it is plain whether a message begins with them.
func (d *Decoder) probe(dir flow.Direction, s *side, b []byte) (n int) {
	for n < len(b) {
		s.p.buf = append(s.p.buf, b[n])
		n++
		switch heading(s.p.buf) {
		case proto.More:
			continue
		case proto.Yes:
			again := bytes.Clone(s.p.buf)
			s.m.Length -= int64(len(again) - n)
			s.pos -= int64(len(again) - n)
			d.region(dir, s)
			d.read(dir, again)
			return n
		case proto.No:
		}
		s.mode = lost
		break
	}
	return s.lost(n)
}

// begin looks at the first byte of a message; n is how many bytes it took.
func (d *Decoder) begin(dir flow.Direction, s *side, b []byte) (n int) {
	c := b[0]
	if c == '\r' || c == '\n' {
		// A server ignores empty lines, and a master sends them to keep its replica waiting.
		s.pos++
		return 1
	}
	s.start, s.m = s.pos, &Message{Guessed: s.guess}
	switch {
	case Type(c) == Array, isReply(c) && !(d.sure && d.client == dir):
		d.learn(dir, isReply(c))
		s.p.start(s.m, max(d.opt.Keep, 0))
		s.p.raw = c == byte(BulkString) && d.told && d.client != dir && d.pairs.takeSnapshot()
		s.mode = inside
	case (!d.told || d.client == dir) && c > ' ' && c < 0x7f:
		s.p.start(s.m, max(d.opt.Keep, 0))
		s.mode = inline
	default:
		d.lose(s, BrokenSyntax)
	}
	return 0
}

// learn takes note of a message of dir, which only a server sends if reply is set.
func (d *Decoder) learn(dir flow.Direction, reply bool) {
	switch {
	case !reply || !d.told:
	case d.client != dir:
		d.sure = true
	case !d.sure:
		d.client = dir.Reverse()
		d.pairs.drop()
		d.pairs.asking = false
	}
}

// isReply reports a byte with which only a server's message begins. An array may be either's.
func isReply(c byte) bool {
	switch Type(c) {
	case SimpleString, SimpleError, Integer, BulkString, Null, Boolean, Double, BigNumber, BulkError, Verbatim, Map, Set, Attribute, PushData:
		return true
	default:
		return false
	}
}

// values reads on in a message of values.
func (d *Decoder) values(dir flow.Direction, s *side, b []byte) (n int) {
	n, got := s.p.feed(b)
	s.pos += int64(n)
	d.after(dir, s, got)
	return n
}

// after acts on what the parser came to.
func (d *Decoder) after(dir flow.Direction, s *side, got progress) {
	switch got {
	case hungry:
	case done:
		d.finish(dir, s, "")
	case broken:
		d.lose(s, s.p.reason)
	}
}

// words reads on in an inline command.
func (d *Decoder) words(dir flow.Direction, s *side, b []byte) (n int) {
	whole := s.p.whole(b, &n)
	s.pos += int64(n)
	if whole {
		s.m.inline(&s.p)
		d.finish(dir, s, "")
	}
	return n
}

// lose gives up the open message: what follows is a region whose messages are not known.
func (d *Decoder) lose(s *side, reason string) {
	*s.m = Message{Kind: Unreadable, Length: s.pos - s.start, Missing: s.m.Missing, Problems: s.m.Problems}
	s.m.Length -= s.m.Missing
	s.mode, s.why = lost, reason
	d.pairs.drop()
}

// finish emits what is open.
func (d *Decoder) finish(dir flow.Direction, s *side, reason string) {
	m := s.m
	if reason == "" && m.Missing > 0 {
		reason = proto.BrokenGap
	}
	if m.Kind != Unreadable {
		s.guess = false
		d.classify(dir, m, s.mode == inline, reason == "" || reason == proto.BrokenGap)
	}
	s.m, s.mode = nil, between
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Complete: reason == "", Broken: reason, Detail: m})
}

// Gap implements proto.Decoder. A hole inside a string of announced length leaves the rest readable.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if s.mode == closed || n <= 0 {
		return
	}
	if s.mode == inside {
		if got, ok := s.p.skip(n); ok {
			s.pos += n
			d.after(dir, s, got)
			return
		}
	}
	if s.mode == between {
		s.start, s.m = s.pos, &Message{}
	}
	if s.mode != lost && s.mode != probe {
		d.lose(s, proto.BrokenGap)
	}
	s.m.Missing += n
	s.pos += n
	s.mode, s.p.buf = probe, s.p.buf[:0]
}

// Close implements proto.Decoder: a FIN ended dir.
func (d *Decoder) Close(dir flow.Direction) { d.end(dir, proto.BrokenClosed) }

// Cut implements proto.Cutter: dir ended without a FIN.
func (d *Decoder) Cut(dir flow.Direction) { d.end(dir, proto.BrokenCutOff) }

func (d *Decoder) end(dir flow.Direction, reason string) {
	s := &d.side[dir]
	switch s.mode {
	case inside:
		s.p.abandon()
		d.finish(dir, s, reason)
	case inline:
		s.m.inline(&s.p)
		d.finish(dir, s, reason)
	case lost, probe:
		d.finish(dir, s, s.why)
	case between, closed:
	}
	*s = side{mode: closed}
}
