package http2

import (
	"encoding/binary"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Bounds of frames.
const (
	// DefaultKeep is how many bytes of Frame.Data are kept.
	DefaultKeep = 16 << 10
	headerLen   = 9
	// defaultMaxFrame is what a frame may carry before the receiver allows more (RFC 9113 §6.5.2); the length field ends at
	// 16 MiB, and any such length is followed.
	defaultMaxFrame = 16 << 10
	// maxExtra is the most that stands in a payload before what it carries: the pad length and a priority.
	maxExtra = 8
	// maxSettings bounds the bytes of one SETTINGS frame that are read: far more than there are settings.
	maxSettings = 6 * 128
)

// BrokenNotHTTP2 is the reason of an Unreadable region at the beginning of a direction.
const BrokenNotHTTP2 = "not HTTP/2"

// Options say what to keep.
type Options struct {
	// Keep is how many bytes to keep of each Frame.Data; 0 means DefaultKeep, negative none.
	Keep int
	// Client is the direction of the client, which sends the preface.
	Client flow.Direction
	// Body, if set, is handed the bodies that DATA frames carry as they come, before the frame's own message.
	Body func(Piece)
	// Upgraded is the request of HTTP/1.1 that stream 1 answers (RFC 7540 §3.2), nil if there was none.
	Upgraded *Asked
}

// Decoder is the proto.Decoder of HTTP/2.
type Decoder struct {
	emit proto.Emit
	opt  Options
	side [2]side

	asked asked
}

type state uint8

const (
	preface state = iota // the client's preface is due
	header
	payload // in a frame's payload
	guess   // behind a gap: in a header that may be none
	lost    // framing is lost for good
	closed
)

// side is one direction.
type side struct {
	state    state
	pos      int64 // stream offset of the next byte to consume
	buf      []byte
	begun    bool // the first frame was seen
	sure     bool // the preface was seen: frames follow
	frame    *Frame
	start    int64 // of the open frame or lost region
	left     int64 // payload bytes to come
	keep     int   // payload bytes to keep
	padding  int64 // at the end of the open DATA frame, for Options.Body
	reason   string
	maxFrame uint32 // that this side accepts

	table       *table
	block       []byte // the open header block
	blockStream uint32 // 0 if no block is open
	promised    uint32 // the stream that the last block promises, 0 if it is none of a PUSH_PROMISE
	blockBroken bool   // bytes of it are missing
	blockLarge  bool   // it is above maxBlock
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	if opt.Keep == 0 {
		opt.Keep = DefaultKeep
	}
	d := &Decoder{emit: emit, opt: opt, asked: newAsked()}
	if opt.Upgraded != nil {
		d.asked.add(1, opt.Upgraded)
	}
	for i := range d.side {
		d.side[i] = side{state: header, pos: start[i], start: start[i], maxFrame: defaultMaxFrame, table: newTable()}
	}
	d.side[opt.Client].state = preface
	return d
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	for len(b) > 0 {
		switch s.state {
		case preface:
			b = d.preface(dir, s, b)
		case header, guess:
			b = d.header(dir, s, b)
		case payload:
			n := int(min(int64(len(b)), s.left))
			d.hand(dir, s, b[:n], 0)
			s.left -= int64(n)
			s.pos += int64(n)
			if room := s.keep - len(s.buf); room > 0 && s.frame.Missing == 0 {
				s.buf = append(s.buf, b[:min(room, n)]...)
			}
			b = b[n:]
			if s.left == 0 {
				d.finish(dir, s, "")
			}
		case lost:
			s.pos += int64(len(b))
			s.frame.Length += int64(len(b))
			return
		case closed:
			return
		}
	}
}

// preface collects the client's preface. Without one the frames are read all the same: they may be from the middle.
func (d *Decoder) preface(dir flow.Direction, s *side, b []byte) (rest []byte) {
	for i, c := range b {
		if c != Preface[len(s.buf)] {
			again := append(s.buf, b[i:]...)
			s.pos -= int64(len(s.buf))
			s.buf, s.state = nil, header
			s.table.lose()
			if peer := &d.side[dir.Reverse()]; !peer.begun {
				peer.table.lose()
			}
			return again
		}
		s.buf = append(s.buf, c)
		s.pos++
		if len(s.buf) == len(Preface) {
			s.buf, s.state, s.sure = s.buf[:0], header, true
			d.message(dir, s, "", &Frame{Preface: true, Length: int64(len(Preface))})
			return b[i+1:]
		}
	}
	return nil
}

// header collects a frame's header and, when it is whole, opens the frame.
func (d *Decoder) header(dir flow.Direction, s *side, b []byte) (rest []byte) {
	n := min(headerLen-len(s.buf), len(b))
	s.buf = append(s.buf, b[:n]...)
	s.pos += int64(n)
	if len(s.buf) == headerLen {
		d.open(dir, s)
	}
	return b[n:]
}

// open reads the header in s.buf.
func (d *Decoder) open(dir flow.Direction, s *side) {
	f, reserved := readHeader(s.buf)
	s.buf = s.buf[:0]
	first := !s.begun
	s.begun = true
	if doubtful := s.state == guess || first && !s.sure; doubtful && (reserved || !plausible(f)) {
		s.reason = proto.BrokenGap
		if first {
			s.reason = BrokenNotHTTP2
		}
		s.frame, s.state = &Frame{Unreadable: true, Length: headerLen}, lost
		return
	}
	if first {
		d.checkFirst(s, f)
	}
	f.note(f.Length > int64(d.side[dir.Reverse()].maxFrame), TooLong)
	s.checkOrder(f)
	f.Guessed = s.state == guess
	s.frame, s.left, s.padding, s.state = f, f.Length, 0, payload
	switch f.Type {
	case Headers, PushPromise, Continuation:
		s.keep = maxBlock + maxExtra
	case Settings:
		s.keep = maxSettings
	default:
		s.keep = max(d.opt.Keep, 0) + maxExtra
	}
	if s.left == 0 {
		d.finish(dir, s, "")
	}
}

// checkFirst looks at the first frame of a direction. One that is no greeting, without the preface, is from inside a
// connection: table entries came before.
func (d *Decoder) checkFirst(s *side, f *Frame) {
	if greets := f.Type == Settings && !f.Has(FlagAck); !greets && !d.side[d.opt.Client].sure {
		s.table.lose()
	}
	f.note(f.Type != Settings && !s.table.partial, NotSettingsFirst)
}

// readHeader reads the header that b begins with, and whether its reserved bit is set.
func readHeader(b []byte) (f *Frame, reserved bool) {
	stream := binary.BigEndian.Uint32(b[5:])
	f = &Frame{
		Length: int64(b[0])<<16 | int64(b[1])<<8 | int64(b[2]), Type: Type(b[3]), Flags: b[4], Stream: stream & (1<<31 - 1),
	}
	f.checkHeader()
	return f, stream>>31 != 0
}

// plausible reports that a header found where none need be is likely to be one.
func plausible(f *Frame) bool {
	const most = 1 << 20 // real programs stay far below what the length field allows
	return f.Type <= Continuation && len(f.Problems) == 0 && f.Length <= most &&
		f.Flags&^(FlagEndStream|FlagEndHeaders|FlagPadded|FlagPriority) == 0
}

// checkHeader notes which rules the header breaks by itself.
func (f *Frame) checkHeader() {
	var length, stream bool // are right
	n, on := f.Length, f.Stream != 0
	switch f.Type {
	case Data, Headers, Continuation:
		length, stream = true, on
	case PushPromise:
		length, stream = n >= 4, on
	case Priority:
		length, stream = n == 5, on
	case RSTStream:
		length, stream = n == 4, on
	case Settings:
		length, stream = n%6 == 0 && (n == 0 || !f.Has(FlagAck)), !on
	case Ping:
		length, stream = n == 8, !on
	case GoAway:
		length, stream = n >= 8, !on
	case WindowUpdate:
		length, stream = n == 4, true
	default:
		return
	}
	f.note(!length, BadLength)
	f.note(!stream, BadStream)
}

// checkOrder notes which rules about header blocks are broken: nothing may come between their frames.
func (s *side) checkOrder(f *Frame) {
	continues := f.Type == Continuation && s.blockStream != 0 && f.Stream == s.blockStream
	f.note(f.Type == Continuation && !continues && !s.table.partial, LoneContinuation)
	if s.blockStream != 0 && !continues {
		f.note(true, InsideBlock)
		s.endBlock()
		s.table.lose()
	}
}

// finish reads the payload of the open frame and emits it; reason is why it is incomplete, if it is.
func (d *Decoder) finish(dir flow.Direction, s *side, reason string) {
	f := s.frame
	if s.left == 0 {
		d.handEnd(dir, f, s.pos)
	}
	if reason == "" {
		reason = s.reason
	}
	s.read(f, reason == "")
	d.pair(dir, s, f)
	s.frame, s.reason, s.state, s.buf = nil, "", header, s.buf[:0]
	if cap(s.buf) > defaultMaxFrame {
		s.buf = nil
	}
	d.message(dir, s, reason, f)
}

// message emits the frame that ends here and begins the next.
func (d *Decoder) message(dir flow.Direction, s *side, reason string, f *Frame) {
	start := s.start
	s.start = s.pos
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: start, End: s.pos, Complete: reason == "", Broken: reason, Detail: f})
}

// Gap implements proto.Decoder.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if s.state == closed || n <= 0 {
		return
	}
	if s.state == lost {
		s.pos += n
		s.frame.Missing += n
		return
	}
	if s.state == payload {
		k := min(n, s.left)
		d.hand(dir, s, nil, k)
		s.frame.Missing += k
		s.left -= k
		s.pos += k
		n -= k
		s.reason = proto.BrokenGap
		if s.left == 0 {
			d.finish(dir, s, "")
		}
		if n == 0 {
			return
		}
	}
	// Frames are gone. Report the hole, and try whether a frame begins behind it.
	f := &Frame{Unreadable: true, Length: int64(len(s.buf)), Missing: n}
	s.pos += n
	s.buf, s.state, s.begun = s.buf[:0], guess, true
	s.endBlock()
	s.table.lose()
	if d.opt.Body != nil {
		d.opt.Body(Piece{Dir: dir, Missing: n})
	}
	d.message(dir, s, proto.BrokenGap, f)
}

// Close implements proto.Decoder: a FIN ended dir.
func (d *Decoder) Close(dir flow.Direction) { d.end(dir, proto.BrokenClosed) }

// Cut implements proto.Cutter: dir ended without a FIN.
func (d *Decoder) Cut(dir flow.Direction) { d.end(dir, proto.BrokenCutOff) }

func (d *Decoder) end(dir flow.Direction, reason string) {
	s := &d.side[dir]
	switch {
	case s.state == payload:
		d.finish(dir, s, reason)
	case s.state == lost:
		d.message(dir, s, s.reason, s.frame)
	case len(s.buf) > 0:
		d.message(dir, s, reason, &Frame{Unreadable: true, Length: int64(len(s.buf))})
	}
	*s = side{state: closed, maxFrame: s.maxFrame}
}
