package redis

import (
	"bytes"
	"math"
	"strconv"
)

// Bounds of one message.
const (
	// DefaultKeep is how many bytes of strings are kept.
	DefaultKeep = 16 << 10
	// maxValues is how many values are kept; the rest is counted. It is more than fits on a few screens.
	maxValues = 256
	// maxDepth is how many levels of values inside values are followed. Clients stop at 9 (hiredis); the deepest reply of a real
	// server, COMMAND DOCS, has 12. Each level costs memory, and a sender can open one with 4 bytes.
	maxDepth = 128
	// maxLine is how long a line may be that is kept as a whole: PROTO_INLINE_MAX_SIZE.
	maxLine = 64 << 10
	// maxBulk and maxElements are what a server accepts by default (proto-max-bulk-len, and the limit of multi bulk lengths).
	maxBulk     = 512 << 20
	maxElements = 1 << 20
)

// progress says what feeding a parser led to.
type progress uint8

const (
	hungry progress = iota // the message goes on
	done                   // the message is whole
	broken                 // this is no RESP; parser.reason says why
)

type state uint8

const (
	line    state = iota // a line is due, or has begun
	body                 // inside a string of announced length
	bodyEnd              // the line end behind it
)

// level is one open aggregate.
type level struct {
	v    *Value // nil if it is not kept
	t    Type
	left int64 // values to come; -1 until an end mark
	seen int64 // values that came, of one that has an end mark
}

// parser reads one message of one direction. The zero value with a message and keep set is ready.
type parser struct {
	m      *Message
	keep   int // bytes that may still be kept
	room   int // values that may still be kept
	reason string

	state   state
	buf     []byte // the line so far, up to maxLine
	lineLen int64
	last    byte // of the line so far

	levels []level
	cur    *Value // the string that is being read, nil if not kept
	left   int64  // bytes of it to come
	chunks bool   // it is a streamed string
	raw    bool   // the string has no line end behind it: a snapshot for a replica
	attrs  []Value
}

func (p *parser) start(m *Message, keep int) {
	buf := p.buf
	if cap(buf) > DefaultKeep {
		buf = nil
	}
	*p = parser{m: m, keep: keep, room: maxValues, buf: buf[:0], levels: p.levels[:0]}
}

// feed reads from b until the message is whole; n is how many bytes it took.
func (p *parser) feed(b []byte) (n int, got progress) {
	for n < len(b) {
		var k int
		switch p.state {
		case line:
			k, got = p.line(b[n:])
		case body:
			k, got = p.body(b[n:])
		case bodyEnd:
			k, got = p.end(b[n:])
		}
		n += k
		if got != hungry {
			return n, got
		}
	}
	return n, hungry
}

// line collects a line and reads it when it is whole.
func (p *parser) line(b []byte) (n int, got progress) {
	if !p.whole(b, &n) {
		return n, hungry
	}
	text := p.buf
	crlf := len(text) > 0 && text[len(text)-1] == '\r'
	if p.lineLen > int64(len(text)) {
		crlf = p.last == '\r'
	} else if crlf {
		text = text[:len(text)-1]
	}
	if crlf {
		p.lineLen--
	} else {
		p.m.note(BareLF)
	}
	if p.lineLen > maxLine {
		p.m.note(LongLine)
	}
	got = p.value(text)
	p.buf, p.lineLen, p.last = p.buf[:0], 0, 0
	return n, got
}

// whole appends from b to the line and reports that its end came; *n is how many bytes it took.
func (p *parser) whole(b []byte, n *int) bool {
	i := bytes.IndexByte(b, '\n')
	part := b
	if i >= 0 {
		part = b[:i]
	}
	p.lineLen += int64(len(part))
	if len(part) > 0 {
		p.last = part[len(part)-1]
	}
	p.buf = append(p.buf, part[:min(len(part), maxLine-len(p.buf))]...)
	*n = len(part)
	if i >= 0 {
		*n++
	}
	return i >= 0
}

// value reads a line with which a value begins.
func (p *parser) value(text []byte) progress {
	if len(text) == 0 {
		return p.fail(BrokenSyntax)
	}
	t, rest := Type(text[0]), text[1:]
	if p.chunks && t != chunk {
		return p.fail(BrokenSyntax)
	}
	switch t {
	case SimpleString, SimpleError, Integer, Double, BigNumber, Boolean, Null:
		if !valid(t, rest) {
			p.m.note(BadValue)
		}
		return p.scalar(t, rest)
	case BulkString, BulkError, Verbatim:
		return p.bulk(t, rest)
	case chunk:
		return p.chunk(rest)
	case Array, Map, Set, Attribute, PushData:
		return p.open(t, rest)
	case streamEnd:
		return p.endStream(rest)
	}
	return p.fail(BrokenSyntax)
}

// endStream ends an aggregate whose length was not announced.
func (p *parser) endStream(rest []byte) progress {
	top := len(p.levels) - 1
	if len(rest) > 0 || top < 0 || p.levels[top].left >= 0 {
		return p.fail(BrokenSyntax)
	}
	if l := &p.levels[top]; l.v != nil {
		l.v.Count = l.seen
		if l.t == Map || l.t == Attribute {
			l.v.Count /= 2
		}
	}
	return p.close()
}

func (p *parser) fail(reason string) progress {
	p.reason = reason
	return broken
}

// valid reports that the text of a scalar is as its type wants it.
func valid(t Type, text []byte) bool {
	switch t {
	case Integer:
		_, err := strconv.ParseInt(string(text), 10, 64)
		return err == nil
	case Boolean:
		return string(text) == "t" || string(text) == "f"
	case Null:
		return len(text) == 0
	case Double:
		_, err := strconv.ParseFloat(string(text), 64)
		return err == nil
	case BigNumber:
		digits := bytes.TrimLeft(text, "+-")
		return len(text)-len(digits) <= 1 && len(digits) > 0 && len(bytes.Trim(digits, "0123456789")) == 0
	default:
		return true
	}
}

// length reads an announced length; streamed says that it is a question mark.
func length(text []byte) (n int64, streamed, ok bool) {
	if string(text) == "?" {
		return 0, true, true
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	return n, false, err == nil && n >= -1 && n < math.MaxInt64/4
}

// scalar takes a value that is a line.
func (p *parser) scalar(t Type, text []byte) progress {
	v := p.add(t)
	if v != nil {
		v.Null = t == Null
		v.Length = p.lineLen - 1 // without the type
		v.Text = p.text(text)
	}
	return p.complete()
}

// text keeps what may be kept of b.
func (p *parser) text(b []byte) string {
	b = b[:min(len(b), p.keep)]
	p.keep -= len(b)
	return string(b)
}

// bulk begins a string of announced length.
func (p *parser) bulk(t Type, text []byte) progress {
	n, streamed, ok := length(text)
	if !ok {
		return p.fail(BrokenSyntax)
	}
	v := p.add(t)
	switch {
	case streamed:
		p.cur, p.chunks = v, true
		return hungry
	case n < 0:
		if v != nil {
			v.Null = true
		}
		return p.complete()
	}
	if n > maxBulk {
		p.m.note(TooLong)
	}
	p.cur, p.left, p.state = v, n, body
	if v != nil {
		v.Length = n
	}
	return p.empty()
}

// empty skips the body of an empty string.
func (p *parser) empty() progress {
	if p.left > 0 {
		return hungry
	}
	p.state = bodyEnd
	if p.raw {
		p.state = line
		return p.complete()
	}
	return hungry
}

// chunk begins a piece of a streamed string; an empty one ends it.
func (p *parser) chunk(text []byte) progress {
	n, streamed, ok := length(text)
	if !p.chunks || streamed || !ok || n < 0 {
		return p.fail(BrokenSyntax)
	}
	if n == 0 {
		p.chunks = false
		return p.complete()
	}
	p.left, p.state = n, body
	if p.cur != nil {
		p.cur.Length += n
	}
	return hungry
}

// body takes the bytes of a string.
func (p *parser) body(b []byte) (n int, got progress) {
	n = int(min(int64(len(b)), p.left))
	p.left -= int64(n)
	// Behind missing bytes the text would be another one.
	if p.cur != nil && p.m.Missing == 0 && p.keep > 0 {
		p.buf = append(p.buf, b[:min(n, p.keep)]...)
		p.keep -= min(n, p.keep)
	}
	if p.left > 0 {
		return n, hungry
	}
	p.settle()
	return n, p.empty()
}

// settle gives the string what was kept of it.
func (p *parser) settle() {
	if p.cur != nil {
		p.cur.Text += string(p.buf)
	}
	p.buf = p.buf[:0]
}

// abandon keeps what there is of a value that never became whole.
func (p *parser) abandon() {
	switch {
	case p.state == body:
		p.settle()
	case p.state == line && p.m.Value.Type == 0 && len(p.buf) > 0:
		p.m.Value = Value{Type: Type(p.buf[0]), Length: p.lineLen - 1, Text: p.text(p.buf[1:])}
	}
}

// skip passes over n bytes that were not captured, if they lie inside a string; else the message is lost.
func (p *parser) skip(n int64) (got progress, inside bool) {
	if p.state != body || n > p.left {
		return hungry, false
	}
	p.left -= n
	p.m.Missing += n
	if p.left > 0 {
		return hungry, true
	}
	p.settle()
	return p.empty(), true
}

// end reads the line end behind a string.
func (p *parser) end(b []byte) (n int, got progress) {
	const lineEnd = "\r\n"
	for n < len(b) {
		if b[n] != lineEnd[p.lineLen] {
			return n, p.fail(BrokenSyntax)
		}
		n++
		p.lineLen++
		if p.lineLen == int64(len(lineEnd)) {
			p.lineLen, p.state = 0, line
			if p.chunks {
				return n, hungry
			}
			return n, p.complete()
		}
	}
	return n, hungry
}

// open begins an aggregate.
func (p *parser) open(t Type, text []byte) progress {
	n, streamed, ok := length(text)
	switch {
	case !ok, t == Attribute && n < 0:
		return p.fail(BrokenSyntax)
	case len(p.levels) == maxDepth:
		return p.fail(BrokenDepth)
	case t == PushData && len(p.levels) > 0:
		p.m.note(MisplacedPush)
	}
	if n > maxElements {
		p.m.note(TooLong)
	}
	var v *Value
	if t == Attribute {
		// It is no value itself: it belongs to the one behind it.
		p.m.Counts.add(t)
		v = &Value{Type: t}
	} else {
		v = p.add(t)
	}
	if n < 0 {
		if v != nil {
			v.Null = true
		}
		return p.complete()
	}
	if v != nil {
		v.Count = n
	}
	left := n
	switch {
	case streamed:
		left = -1
	case t == Map || t == Attribute:
		left = 2 * n
	}
	p.levels = append(p.levels, level{v: v, t: t, left: left})
	if left == 0 {
		return p.close()
	}
	return hungry
}

// add makes the next value; nil if it is only counted.
func (p *parser) add(t Type) *Value {
	p.m.Counts.add(t)
	v := Value{Type: t, Attributes: p.attrs}
	p.attrs = nil
	if len(p.levels) == 0 {
		p.m.Value = v
		return &p.m.Value
	}
	top := &p.levels[len(p.levels)-1]
	if top.v == nil || p.room == 0 {
		return nil
	}
	p.room--
	top.v.Elements = append(top.v.Elements, v)
	return &top.v.Elements[len(top.v.Elements)-1]
}

// complete counts a value that is whole, and closes what is whole by that.
func (p *parser) complete() progress {
	p.cur = nil
	if len(p.levels) == 0 {
		return done
	}
	top := &p.levels[len(p.levels)-1]
	if top.left < 0 {
		top.seen++
		return hungry
	}
	if top.left--; top.left == 0 {
		return p.close()
	}
	return hungry
}

// close ends the innermost aggregate.
func (p *parser) close() progress {
	top := p.levels[len(p.levels)-1]
	p.levels = p.levels[:len(p.levels)-1]
	if top.t == Attribute {
		p.attrs = top.v.Elements
		return hungry
	}
	return p.complete()
}
