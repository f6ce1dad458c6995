package websocket

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"unicode/utf8"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Bounds of what a decoder keeps, per direction.
const (
	// DefaultKeep is how many payload bytes stay in each Frame and each Whole.
	DefaultKeep = 64 << 10
	// maxMessage bounds the compressed bytes of one message, which must all be there to be inflated.
	maxMessage = 4 << 20
	// maxControl is the longest payload a control frame may have (RFC 6455 §5.5).
	maxControl = 125
)

// BrokenSyntax is the reason of an Unreadable frame behind an impossible length.
const BrokenSyntax = "bad syntax"

// Options say what the handshake settled and what to keep. The zero value means: no compression, the client of the
// connection is the WebSocket client, defaults for the rest.
type Options struct {
	Deflate Deflate
	// OtherExtensions says that reserved bits may have a meaning that is not known here.
	OtherExtensions bool
	// Client is the direction of the client's frames.
	Client flow.Direction
	// Keep is how many payload bytes to keep of each frame and message; 0 means DefaultKeep, negative none.
	Keep int
	// Hash asks for Frame.SHA256.
	Hash bool
	// Stream is Frame.Stream of all frames.
	Stream uint32
	// Pool, if set, bounds what this decoder and others keep together.
	Pool *Pool
}

// Decoder is the proto.Decoder of WebSocket.
type Decoder struct {
	emit proto.Emit
	opt  Options
	side [2]side
}

type state uint8

const (
	header  state = iota
	payload       // in a frame's payload
	guess         // behind a gap: in a header that may be none
	lost          // framing is lost for good
	closed
)

// side is one direction.
type side struct {
	state   state
	pos     int64 // stream offset of the next byte to consume
	buf     []byte
	frame   *Frame
	start   int64 // of the open frame or lost region
	left    int64 // payload bytes to come
	keep    int   // payload bytes to keep
	masked  int64 // payload bytes passed, for the mask's phase
	reason  string
	ended   bool // a Close frame was seen
	hash    hash.Hash
	message message
	pings   []waiting
	unsure  bool // there were pings that pings does not hold
	scratch [4096]byte
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	if opt.Keep == 0 {
		opt.Keep = DefaultKeep
	}
	d := &Decoder{emit: emit, opt: opt}
	for i := range d.side {
		s := &d.side[i]
		s.pos = start[i]
		s.hash = sha256.New()
		sender := 0
		if flow.Direction(i) != opt.Client {
			sender = 1
		}
		s.message.takeover, s.message.pool = !opt.Deflate.NoContext[sender], opt.Pool
	}
	return d
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	for len(b) > 0 {
		switch s.state {
		case header, guess:
			b = d.header(dir, s, b)
		case payload:
			n := int(min(int64(len(b)), s.left))
			d.payload(s, b[:n])
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

// Skip says that the next byte of dir stands at stream offset at: those between are not WebSocket's, such as the frame headers
// of HTTP/2 and the frames of its other streams. The range of a message includes them.
func (d *Decoder) Skip(dir flow.Direction, at int64) { d.side[dir].pos = at }

// header collects a frame's header and, when it is whole, opens the frame.
func (d *Decoder) header(dir flow.Direction, s *side, b []byte) (rest []byte) {
	if len(s.buf) == 0 {
		s.start = s.pos
	}
	for len(b) > 0 {
		s.buf = append(s.buf, b[0])
		s.pos++
		b = b[1:]
		if len(s.buf) >= 2 && len(s.buf) == headerLen(s.buf) {
			d.open(dir, s)
			return b
		}
	}
	return nil
}

// headerLen is the length of the header that begins with b, of which at least two bytes are there.
func headerLen(b []byte) int {
	n := 2
	switch b[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if b[1]&0x80 != 0 {
		n += 4
	}
	return n
}

// open reads the header in s.buf.
func (d *Decoder) open(dir flow.Direction, s *side) {
	b := s.buf
	f := &Frame{Fin: b[0]&0x80 != 0, RSV: b[0] >> 4 & 7, Opcode: Opcode(b[0] & 0x0f), Masked: b[1]&0x80 != 0, HeaderLen: len(b), Stream: d.opt.Stream}
	length, long := uint64(b[1]&0x7f), false
	switch length {
	case 126:
		length = uint64(binary.BigEndian.Uint16(b[2:]))
		long = length < 126
	case 127:
		length = binary.BigEndian.Uint64(b[2:])
		long = length < 1<<16
	}
	if f.Masked {
		copy(f.MaskKey[:], b[len(b)-4:])
	}
	s.buf = s.buf[:0]
	f.Length = int64(length & (1<<63 - 1))
	f.note(long, LongLength)
	d.checkHeader(dir, f)
	s.checkOrder(f)
	if length>>63 != 0 {
		f.Problems = append(f.Problems, ImpossibleLength)
	}
	switch {
	case s.state == guess && !plausible(f):
		d.lose(s, s.start, proto.BrokenGap)
		s.frame.Length = int64(f.HeaderLen)
		return
	case length>>63 != 0:
		d.lose(s, s.start, BrokenSyntax)
		s.frame.Length, s.frame.Problems = int64(f.HeaderLen), f.Problems
		return
	}
	f.Guessed = s.state == guess
	s.frame, s.left, s.masked, s.state = f, f.Length, 0, payload
	s.hash.Reset()
	s.keep = d.opt.Pool.take(int(min(int64(max(d.opt.Keep, 0)), f.Length)))
	s.message.begin(f, s.start, d.opt.Deflate.On, d.opt.Keep)
	if s.left == 0 {
		d.finish(dir, s, "")
	}
}

// plausible reports that a header found behind a gap is likely to be one.
func plausible(f *Frame) bool {
	for _, p := range f.Problems {
		if p != LoneContinuation && p != UnfinishedMessage {
			return false
		}
	}
	return true
}

// note files a problem if it is there.
func (f *Frame) note(broken bool, p Problem) {
	if broken {
		f.Problems = append(f.Problems, p)
	}
}

// checkHeader notes which rules the header breaks by itself.
func (d *Decoder) checkHeader(dir flow.Direction, f *Frame) {
	control, compressed := f.Opcode.Control(), f.RSV&4 != 0
	defined := d.opt.OtherExtensions || f.RSV&3 == 0 && (!compressed || d.opt.Deflate.On)
	f.note(!defined, ReservedBits)
	f.note(compressed && d.opt.Deflate.On && (control || f.Opcode == Continuation), CompressedControl)
	f.note(f.Opcode > Binary && f.Opcode < Close || f.Opcode > Pong, ReservedOpcode)
	f.note(dir == d.opt.Client && !f.Masked, Unmasked)
	f.note(dir != d.opt.Client && f.Masked, MaskedByServer)
}

// checkOrder notes which rules about the order and the form of frames are broken.
func (s *side) checkOrder(f *Frame) {
	control := f.Opcode.Control()
	f.note(control && !f.Fin, FragmentedControl)
	f.note(control && f.Length > maxControl, LargeControl)
	f.note(f.Opcode == Continuation && !s.message.open, LoneContinuation)
	f.note((f.Opcode == Text || f.Opcode == Binary) && s.message.open, UnfinishedMessage)
	f.note(s.ended, AfterClose)
}

// payload takes the next payload bytes, at most s.left.
func (d *Decoder) payload(s *side, b []byte) {
	f := s.frame
	s.left -= int64(len(b))
	s.pos += int64(len(b))
	for len(b) > 0 {
		part := b[:min(len(b), len(s.scratch))]
		b = b[len(part):]
		if f.Masked {
			key := f.MaskKey
			for i, c := range part {
				s.scratch[i] = c ^ key[(s.masked+int64(i))&3]
			}
			s.masked += int64(len(part))
			part = s.scratch[:len(part)]
		}
		if d.opt.Hash {
			s.hash.Write(part) // a hash never fails
		}
		if f.Missing > 0 {
			continue
		}
		if room := s.keep - len(f.Payload); room > 0 {
			f.Payload = append(f.Payload, part[:min(room, len(part))]...)
		}
		if f.Opcode <= Binary {
			s.message.add(part)
		}
	}
}

// finish emits the open frame; reason is why it is incomplete, if it is.
func (d *Decoder) finish(dir flow.Direction, s *side, reason string) {
	f := s.frame
	if reason == "" {
		reason = s.reason
	}
	passed := f.Length - s.left
	f.Truncated = int64(len(f.Payload)) < passed
	d.opt.Pool.give(s.keep)
	if d.opt.Hash {
		s.hash.Sum(f.SHA256[:0])
	}
	switch {
	case f.Opcode == Ping || f.Opcode == Pong:
		d.pair(dir, f, Asked{s.start, s.pos})
	case f.Opcode == Close:
		f.readClose(reason == "")
		s.ended = true
	case f.Opcode <= Binary:
		s.message.length += passed
		if reason != "" {
			s.message.spoil(StopGap)
		}
		if f.Fin {
			f.Whole = s.message.end(d.opt.Keep)
			if f.Whole.Opcode == Text && f.Whole.Format == FormatBinary && f.Whole.Stop == "" {
				f.Problems = append(f.Problems, BadUTF8)
			}
		}
	}
	s.frame, s.reason, s.state = nil, "", header
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Complete: reason == "", Broken: reason, Detail: f})
}

// readClose reads a Close frame's code and reason.
func (f *Frame) readClose(complete bool) {
	if !complete || len(f.Payload) == 0 {
		return
	}
	if len(f.Payload) == 1 {
		f.Problems = append(f.Problems, BadCloseLength)
		return
	}
	f.CloseCode, f.CloseReason = binary.BigEndian.Uint16(f.Payload), string(f.Payload[2:])
	if !validCloseCode(f.CloseCode) {
		f.Problems = append(f.Problems, BadCloseCode)
	}
	if !utf8.ValidString(f.CloseReason) {
		f.Problems = append(f.Problems, BadCloseReason)
	}
}

// lose gives up framing for the rest of the direction, from stream offset at on.
func (d *Decoder) lose(s *side, at int64, reason string) {
	s.frame = &Frame{Unreadable: true, Stream: d.opt.Stream}
	s.start, s.state, s.reason = at, lost, reason
	s.buf = s.buf[:0]
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
		s.frame.Missing += k
		s.left -= k
		s.masked += k
		s.pos += k
		n -= k
		s.reason = proto.BrokenGap
		if s.frame.Opcode <= Binary {
			s.message.spoil(StopGap)
		}
		if s.left == 0 {
			d.finish(dir, s, "")
		}
		if n == 0 {
			return
		}
	}
	// Frames are gone. Report the hole, and try whether a frame begins behind it.
	f := d.leftOver(s)
	f.Missing = n
	s.pos += n
	d.hole(dir, s, f)
}

// leftOver is what there is of a header that goes on in bytes that are missing.
func (d *Decoder) leftOver(s *side) *Frame {
	if len(s.buf) == 0 {
		s.start = s.pos
	}
	return &Frame{Unreadable: true, Length: int64(len(s.buf)), Stream: d.opt.Stream}
}

// hole reports f, behind which frames are missing.
func (d *Decoder) hole(dir flow.Direction, s *side, f *Frame) {
	s.buf, s.state, s.unsure = s.buf[:0], guess, true
	s.message.loseTrack()
	if f.Length+f.Missing > 0 {
		d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Broken: proto.BrokenGap, Detail: f})
	}
}

// Lost says that bytes of dir are missing here, and that it is not known how many.
func (d *Decoder) Lost(dir flow.Direction) {
	s := &d.side[dir]
	switch s.state {
	case lost, closed:
		return
	case payload:
		d.finish(dir, s, proto.BrokenGap)
	case header, guess:
	}
	d.hole(dir, s, d.leftOver(s))
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
		d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Broken: s.reason, Detail: s.frame})
	case len(s.buf) > 0:
		f := d.leftOver(s)
		d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Broken: reason, Detail: f})
	}
	s.message.drop()
	s.state, s.buf, s.frame, s.message = closed, nil, nil, message{}
}
