package mysql

import (
	"cmp"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const (
	headerLen = 4 // three bytes of length, one of sequence id
	// maxFrame is the longest payload of one packet; a packet of that length is continued by the next one.
	maxFrame = 1<<24 - 1
	// window is how much of a packet is read: its beginning, with far more than what is kept of it.
	window = 64 << 10
	// windowOfRest is that of rows behind the ones that are kept: their end in an error must be readable.
	windowOfRest = 1 << 10
)

// packet is a packet, with those that continue it.
type packet struct {
	start, end      int64 // in the stream; compressed packets are the stream's
	first, last     uint8 // sequence ids
	frames          int64
	length, missing int64
	buf             []byte // the beginning of the payload
	limit           int    // of buf
	guessed         bool
}

// whole reports that buf is all of the packet.
func (p *packet) whole() bool { return int64(len(p.buf)) == p.length }

// add takes payload bytes.
func (p *packet) add(b []byte) {
	if room := p.limit - len(p.buf); room > 0 && p.missing == 0 {
		p.buf = append(p.buf, b[:min(room, len(b))]...)
	}
}

// firstByte returns the first byte of the payload; false if it is not there.
func (p *packet) firstByte() (byte, bool) {
	if len(p.buf) == 0 {
		return 0, false
	}
	return p.buf[0], true
}

// state is where one direction is.
type state uint8

const (
	guess   state = iota // in a header that may be none
	header               // in a header
	payload              // behind it
	held                 // the server waits for the client's first packet, and so does what it sent
	lost                 // there is no telling where packets begin, until the other side has spoken
	closed
)

// side is one direction.
type side struct {
	state state
	pos   int64 // stream offset of the next byte to take
	head  []byte
	left  int64 // payload bytes to come
	p     packet
	more  bool // the packet goes on in another frame
	held  []byte
	rest  []byte

	region      *Message // that is open, of bytes that could not be read
	regionStart int64
	regionWhy   string

	compressed bool
	wrap       wrapper
}

// at is the stream offset where a packet that begins with the next byte begins.
func (s *side) at() int64 {
	if s.compressed {
		return s.wrap.start
	}
	return s.pos
}

// take notes that n bytes were taken. Those inside a compressed packet were counted with it.
func (s *side) take(n int) {
	if !s.compressed {
		s.pos += int64(n)
	}
}

// frame takes the next bytes of a packet.
func (d *Decoder) frame(dir flow.Direction, s *side, b []byte) (rest []byte) {
	if s.state == payload {
		n := int(min(int64(len(b)), s.left))
		s.p.add(b[:n])
		s.left -= int64(n)
		s.take(n)
		if s.left == 0 {
			d.frameEnd(dir, s)
		}
		return b[n:]
	}
	need := headerLen
	if s.state == guess {
		need++ // the first byte of the payload says whether this is one
	}
	if len(s.head) == 0 && !s.more {
		s.p = packet{start: s.at(), buf: s.p.buf[:0], guessed: s.state == guess}
	}
	n := min(need-len(s.head), len(b))
	s.head = append(s.head, b[:n]...)
	s.take(n)
	if len(s.head) == need {
		d.open(dir, s)
	}
	return b[n:]
}

// open reads the header in s.head.
func (d *Decoder) open(dir flow.Direction, s *side) {
	h := s.head
	size, seq := int64(h[0])|int64(h[1])<<8|int64(h[2])<<16, h[3]
	if s.state == guess && !d.plausible(dir, size, seq, h[headerLen]) {
		d.lose(dir, s, BrokenNotMySQL, s.p.start, int64(len(h)))
		s.head = s.head[:0]
		return
	}
	if d.beginsCompression(dir, s, seq) {
		return
	}
	d.endRegion(dir, s, s.p.start)
	if !s.more {
		s.p.first, s.p.limit = seq, d.windowOf(dir)
	}
	s.p.last = seq
	s.p.frames++
	s.p.length += size
	s.left, s.more, s.state = size, size == maxFrame, payload
	if len(h) > headerLen {
		s.p.add(h[headerLen:])
		s.left--
	}
	s.head = s.head[:0]
	if s.left == 0 {
		d.frameEnd(dir, s)
	}
}

// frameEnd is where a frame's payload has been read.
func (d *Decoder) frameEnd(dir flow.Direction, s *side) {
	s.state = header
	if s.more {
		return
	}
	s.p.end = s.pos
	d.packet(dir, s, "")
	if cap(s.p.buf) > window {
		s.p.buf = nil
	}
}

// breakPacket ends the open packet, of which the rest cannot be told; why says it.
func (d *Decoder) breakPacket(dir flow.Direction, s *side, why string) {
	s.head, s.more = s.head[:0], false
	if s.state == payload {
		s.state, s.left, s.p.end = header, 0, s.pos
		d.packet(dir, s, why)
	}
}

// gapInPacket passes over missing bytes of the open packet and returns how many lie behind it.
func (d *Decoder) gapInPacket(dir flow.Direction, s *side, n int64) (rest int64) {
	if s.state != payload {
		return n
	}
	k := min(n, s.left)
	s.p.missing += k
	s.left -= k
	s.take(int(k))
	if s.left == 0 {
		d.frameEnd(dir, s)
	}
	return n - k
}

// lose says that size bytes from stream offset start on, and what follows, cannot be read as packets.
func (d *Decoder) lose(dir flow.Direction, s *side, why string, start, size int64) {
	s.state, s.more = lost, false
	if s.region == nil {
		s.region, s.regionStart, s.regionWhy = &Message{Kind: Unreadable}, start, why
	}
	s.region.Length += size
	if d.roles && dir == d.server {
		d.loseReply()
	}
}

// endRegion emits the open unreadable region, which ends at stream offset end.
func (d *Decoder) endRegion(dir flow.Direction, s *side, end int64) {
	r := s.region
	if r == nil {
		return
	}
	s.region = nil
	if s.regionStart < end {
		d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.regionStart, End: end, Broken: s.regionWhy, Detail: r})
	}
}

// plausible reports that a header found where none need be is likely to be one.
func (d *Decoder) plausible(dir flow.Direction, size int64, seq, first byte) bool {
	if !d.roles {
		return plausibleClient(size, seq, first) || plausibleServer(size, seq, first)
	}
	if dir == d.server {
		return plausibleServer(size, seq, first)
	}
	return plausibleClient(size, seq, first)
}

// How long packets are, in bytes, where they need not be any.
const (
	leastLogin = 32
	mostLogin  = 64 << 10
	leastHello = 20
	mostHello  = 255 // real ones have about 100
	mostError  = 1 << 10
	// mostGuessed bounds commands; real ones stay far below what the length field allows.
	mostGuessed = 1 << 20
)

// plausibleClient takes a packet for a command or a login.
func plausibleClient(size int64, seq, first byte) bool {
	if seq != 0 {
		return seq == 1 && size >= leastLogin && size <= mostLogin
	}
	k, ok := commands[Code(first)]
	return ok && size >= k.least && size <= cmp.Or(k.most, mostGuessed)
}

// plausibleServer takes a packet for a greeting or the beginning of an answer.
func plausibleServer(size int64, seq, first byte) bool {
	switch {
	case first == lenError:
		return size >= 3 && size <= mostError
	case seq == 0:
		return first == 10 && size >= leastHello && size <= mostHello
	case first == 0, first == len64:
		return size >= 5 && size <= mostLogin
	case first == lenNull:
		return size >= 1 && size <= mostError
	}
	return size >= 1 && size <= 4 // a number of columns
}
