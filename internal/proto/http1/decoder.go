package http1

import (
	"bytes"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Bounds of what a decoder keeps.
const (
	// DefaultKeepBody is how many bytes of each body stay in Body.Bytes: enough to show, little enough for thousands of
	// messages.
	DefaultKeepBody = 64 << 10
	// maxLine and maxHead are above what servers accept (8 KiB to 1 MiB).
	maxLine = 256 << 10
	maxHead = 1 << 20
	// maxFields and maxRemarks bound the lists of one message; a folded line counts as a field.
	maxFields  = 2000
	maxRemarks = 100
	// maxTokens is how many codings or protocols one message may name; real ones name two or three.
	maxTokens = 16
	// maxPending is how many requests may wait for their answers.
	maxPending = 1000
	// maxHeld bounds bytes that follow an Upgrade or CONNECT request before the answer decides what they are.
	maxHeld = 64 << 10
)

// BrokenNotHTTP is the reason of messages that are Unreadable; the others are those of package proto.
const BrokenNotHTTP = "not HTTP"

// BrokenSyntax is the reason of messages that end at something unreadable inside (a bad chunk, a header without end).
const BrokenSyntax = "bad syntax"

// Options say what to do with bodies. The zero value means the defaults.
type Options struct {
	// KeepBody is how many bytes of each body to keep in memory; 0 means DefaultKeepBody, negative none.
	KeepBody int
	// Body, if set, is handed the bytes of every body as they come, chunk syntax removed and codings left on. They stand at
	// stream offset at of dir and are borrowed. A gap in the body shows in the Head's Body.Missing.
	Body func(dir flow.Direction, h *Head, at int64, b []byte)
	// Stray, if set, is handed the bytes that turn out to belong to no message, at most once for each call of Data, Gap,
	// Close or Cut. They are borrowed. Wireshark shows them as "Continuation".
	Stray func(dir flow.Direction, b []byte)
}

// Decoder is the proto.Decoder of HTTP/1.
type Decoder struct {
	emit    proto.Emit
	opt     Options
	side    [2]side
	server  flow.Direction // the side that answers
	roles   bool           // server is certain
	pending []*Head        // requests without a final answer
	resync  bool           // responses were lost: pending may hold requests that are answered
	latest  *Head          // the last request that was emitted, for ShownRequest
	done    bool
}

type state uint8

const (
	startLine  state = iota // between messages
	fieldLines              // in a header section
	lengthBody
	closeBody
	chunkLine
	chunkData
	chunkEnd // the line end behind a chunk's data
	trailers
	lost   // looking for the next start line
	held   // behind a request that may switch protocols
	closed // the direction ended
)

// side is one direction.
type side struct {
	state  state
	pos    int64  // stream offset of the first byte not consumed; buf begins there
	buf    []byte // an unfinished line, or held bytes
	unheld bool   // held bytes are being read
	skip   bool   // the rest of an overlong line is passed over (in lost)
	head   *Head  // the open message
	left   int64  // bytes left of the body or chunk
	start  int64  // where the open message begins
	bad    string // why the open message will be incomplete
	stray  []byte // for Options.Stray, of the present call
	told   int    // how many bytes of buf were already given to Options.Stray
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	if opt.KeepBody == 0 {
		opt.KeepBody = DefaultKeepBody
	}
	d := &Decoder{emit: emit, opt: opt, server: flow.ServerToClient}
	d.side[0].pos, d.side[1].pos = start[0], start[1]
	return d
}

// Done reports that the connection has switched to another protocol.
func (d *Decoder) Done() bool { return d.done }

// Rest returns where the next protocol begins in dir and the bytes from there on that were already handed over.
func (d *Decoder) Rest(dir flow.Direction) (start int64, b []byte) {
	return d.side[dir].pos, d.side[dir].buf
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	s := &d.side[dir]
	for len(b) > 0 && !d.done {
		switch s.state {
		case lengthBody, chunkData, closeBody:
			b = d.bodyData(dir, s, b)
		case held:
			b = d.hold(dir, s, b)
		case closed:
			return
		default:
			b = d.lineData(dir, s, b)
		}
		d.unholdPreface()
	}
	if d.done && len(b) > 0 {
		s.buf = append(s.buf, b...)
	}
	d.flushStray(dir)
}

// lineData takes the next line off b and handles it, together with what is buffered of it.
func (d *Decoder) lineData(dir flow.Direction, s *side, b []byte) (rest []byte) {
	i := bytes.IndexByte(b, '\n')
	switch {
	case i < 0 && s.skip:
		d.keepLost(s, b)
		s.pos += int64(len(b))
		return nil
	case i < 0:
		s.buf = append(s.buf, b...)
		if s.state == lost && d.opt.Stray != nil {
			s.stray = append(s.stray, b...)
			s.told += len(b)
		}
		if len(s.buf) > maxLine {
			b, s.buf = s.buf, s.buf[:0]
			d.overlong(dir, s, b)
			s.skip = true
		}
		return nil
	}
	line, rest := b[:i+1], b[i+1:]
	if len(s.buf) > 0 {
		s.buf = append(s.buf, line...)
		line, s.buf = s.buf, s.buf[:0]
	}
	if len(line) > maxLine && !s.skip {
		d.overlong(dir, s, line)
	} else {
		d.line(dir, s, line)
	}
	return rest
}

// line handles a whole line; it begins at s.pos.
func (d *Decoder) line(dir flow.Direction, s *side, line []byte) {
	r := Range{s.pos, s.pos + int64(len(line))}
	s.pos = r.End
	switch s.state {
	case startLine:
		d.startLine(dir, s, line, r)
	case fieldLines:
		d.fieldLine(dir, s, line, r)
	case trailers:
		d.trailerLine(dir, s, line, r)
	case chunkLine:
		d.chunkLine(dir, s, line, r)
	case chunkEnd:
		d.chunkEnd(dir, s, line, r)
	case lost:
		d.lostLine(dir, s, line, r)
	case lengthBody, closeBody, chunkData, held, closed:
		// these do not read lines
	}
}

// overlong gives up a line that exceeds the bounds.
func (d *Decoder) overlong(dir flow.Direction, s *side, line []byte) {
	if s.state != lost {
		if s.head != nil {
			s.head.remark(TooLarge, Range{s.pos, s.pos + maxLine})
			d.finish(dir, s, BrokenSyntax)
		}
		d.lose(s, BrokenNotHTTP, s.pos)
	}
	d.keepLost(s, line)
	s.pos += int64(len(line))
}

// Gap implements proto.Decoder.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if d.done || n <= 0 {
		return
	}
	if d.unholdAll(dir, s); d.done {
		return // the gap belongs to the next protocol
	}
	switch s.state {
	case lengthBody, chunkData, closeBody:
		n = d.bodyGap(dir, s, n)
		if n == 0 {
			return
		}
	case closed:
		return
	case startLine, fieldLines, chunkLine, chunkEnd, trailers, lost, held:
	}
	if d.cutStart(dir, s); s.state != lost {
		d.breakAtGap(dir, s)
	}
	s.pos += int64(len(s.buf)) + n
	s.buf, s.skip, s.told = s.buf[:0], false, 0
	s.head.Body.Missing += n
	d.flushStray(dir)
	d.unholdPreface()
}

// breakAtGap ends what is open in front of a gap and opens a lost region.
func (d *Decoder) breakAtGap(dir flow.Direction, s *side) {
	at := s.pos
	if s.head != nil {
		s.pos += int64(len(s.buf))
		s.buf = s.buf[:0]
		d.finish(dir, s, proto.BrokenGap)
		at = s.pos
	}
	if dir == d.server {
		d.resync = true
	}
	d.lose(s, proto.BrokenGap, at)
	s.head.Line = string(s.buf)
	d.keepLost(s, s.buf)
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
	if d.unholdAll(dir, s); d.done {
		return
	}
	switch {
	case s.state == lost:
		d.keepLost(s, s.buf)
		s.pos += int64(len(s.buf))
		d.finishLost(dir, s)
	case s.state == closeBody && reason == proto.BrokenClosed, s.state == lengthBody && s.head.Has(Channel):
		d.finish(dir, s, "")
	case s.head != nil:
		s.pos += int64(len(s.buf))
		d.finish(dir, s, reason)
	case len(bytes.Trim(s.buf, "\r\n")) > 0:
		d.lose(s, reason, s.pos)
		s.head.Line = string(s.buf)
		d.keepLost(s, s.buf)
		s.pos += int64(len(s.buf))
		s.head.LineRange = Range{s.start, s.pos}
		d.finishLost(dir, s)
	}
	s.buf, s.state = nil, closed
	d.flushStray(dir)
}

// finish emits the open message. reason is why it is incomplete, if it is; a reason noted earlier has precedence.
func (d *Decoder) finish(dir flow.Direction, s *side, reason string) {
	h := s.head
	if s.bad != "" {
		reason = s.bad
	}
	if h.End == 0 { // inside the header section
		h.End, h.Fields = s.pos, unfold(h.Fields)
		h.Body = Body{Declared: -1}
		d.file(h)
	}
	h.Trailers = unfold(h.Trailers)
	if h.Body.Kind != NoBody {
		h.Body.Range.End = s.pos
	}
	h.Body.Truncated = int64(len(h.Body.Bytes)) < h.Body.Length+h.Body.Missing
	m := proto.Message{
		Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Complete: reason == "", Broken: reason, Detail: h,
	}
	s.head, s.bad, s.state = nil, "", startLine
	if h.Kind == Response {
		d.finishResponse(h, &m)
		return
	}
	if h.switching && m.Complete && slices.Contains(d.pending, h) {
		s.state = held
	}
	d.finishRequest(h, m)
}
