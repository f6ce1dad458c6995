package filter

import (
	"io"
	"unicode/utf8"
)

// found is told of a match [start, end) of a stream. The match is around[i:j]; around is borrowed.
type found func(start, end int64, around []byte, i, j int)

// scanner finds matches in a stream that comes in pieces. Any pieces give the same matches; they do not overlap.
type scanner interface {
	feed(b []byte, f found)
	// gap passes over n bytes that are missing: no match spans them.
	gap(n int64, f found)
	end(f found)
}

// literalScanner looks for a needle. It keeps fewer bytes than that has.
type literalScanner struct {
	n   *needle
	pos int64 // stream offset of the next byte
	// tail are the last bytes, as many as may belong to a match that goes on.
	tail []byte
	join []byte
}

func (s *literalScanner) feed(b []byte, f found) {
	keep := len(s.n.bytes) - 1
	if len(s.tail) > 0 {
		// Matches that begin in the tail.
		before := len(s.tail)
		s.join = append(append(s.join[:0], s.tail...), b[:min(keep, len(b))]...)
		from, at := s.matches(s.join, 0, before, s.pos-int64(before), f)
		if len(b) < keep {
			s.pos += int64(len(b))
			rest := s.join[max(from, len(s.join)-keep):]
			s.tail = append(s.tail[:0], rest...)
			return
		}
		_ = at
		s.search(b, max(from-before, 0), f)
		return
	}
	s.search(b, 0, f)
}

// search looks for matches in b[from:] and keeps what may go on.
func (s *literalScanner) search(b []byte, from int, f found) {
	from, _ = s.matches(b, from, len(b), s.pos, f)
	s.pos += int64(len(b))
	keep := len(s.n.bytes) - 1
	s.tail = append(s.tail[:0], b[min(max(from, len(b)-keep), len(b)):]...)
}

// matches reports the matches in b that begin in [from, limit) and returns the end of the last one, or from.
func (s *literalScanner) matches(b []byte, from, limit int, base int64, f found) (int, bool) {
	m := len(s.n.bytes)
	any := false
	for from < limit {
		i := s.n.index(b[from:])
		if i < 0 || from+i >= limit {
			break
		}
		i += from
		f(base+int64(i), base+int64(i+m), b, i, i+m)
		from, any = i+m, true
	}
	return from, any
}

func (s *literalScanner) gap(n int64, _ found) {
	s.pos += n
	s.tail = s.tail[:0]
}

func (s *literalScanner) end(found) { s.tail = s.tail[:0] }

const (
	// patternBlock is how much is searched at once for a regular expression, patternLongest how long a match may be: the
	// engine cannot go on in the next block.
	patternBlock   = 32 << 10
	patternLongest = 4 << 10
	// patternLead is how much of the block before is kept so that \b and ^ know what stands before a match.
	patternLead = 16
)

// patternScanner looks for a regular expression, block by block at fixed places of the stream, so that pieces do not matter.
type patternScanner struct {
	s    *Search
	buf  []byte
	base int64 // stream offset of buf[0]
	from int64 // where the next match may begin
	next int64 // where the next block begins
}

func (s *patternScanner) feed(b []byte, f found) {
	for len(b) > 0 {
		n := min(int(s.next-s.base)+patternBlock+patternLongest-len(s.buf), len(b))
		s.buf = append(s.buf, b[:n]...)
		b = b[n:]
		if len(s.buf) < int(s.next-s.base)+patternBlock+patternLongest {
			return
		}
		until := s.next + patternBlock
		s.search(until, f)
		drop := int(until - patternLead - s.base) // bytes that no later match needs
		s.buf = append(s.buf[:0], s.buf[drop:]...)
		s.base += int64(drop)
		s.next = until
	}
}

// search reports the matches that begin before until.
func (s *patternScanner) search(until int64, f found) {
	switch {
	case s.s.prefix != nil && s.searchPrefix(until, f):
		return
	case s.s.needle != nil && s.s.needle.index(s.buf) < 0:
		return
	}
	for _, m := range s.s.re.FindAllIndex(s.buf, -1) {
		start, end := s.base+int64(m[0]), s.base+int64(m[1])
		if start >= until {
			return
		}
		if start < s.from || start == end {
			continue
		}
		s.from = end
		f(start, end, s.buf, m[0], m[1])
	}
}

// searchPrefix is search for an expression of which the beginning is known: it is tried where that is found. False means that
// too much was tried in vain, which content can be made for; the rest is to be searched in the usual way.
func (s *patternScanner) searchPrefix(until int64, f found) bool {
	r := runes{left: patternWork}
	for i := max(int(s.from-s.base), 0); i < len(s.buf); {
		k := s.s.prefix.index(s.buf[i:])
		if k < 0 || s.base+int64(i+k) >= until {
			return true
		}
		i += k
		r.b = s.buf[i:]
		m := s.s.at.FindReaderIndex(&r)
		switch {
		case r.left <= 0:
			return false
		case m == nil:
			i++
			continue
		}
		start, end := i, i+m[1]
		i = end
		s.from = s.base + int64(end)
		f(s.base+int64(start), s.from, s.buf, start, end)
	}
	return true
}

// patternWork bounds the characters that are read in a block to try a match: a few times as many as there are.
const patternWork = 4 * (patternBlock + patternLongest)

// runes is bytes to be read as an expression needs them. left is how many it may still read.
type runes struct {
	b    []byte
	left int
}

// ReadRune implements io.RuneReader.
func (r *runes) ReadRune() (rune, int, error) {
	if len(r.b) == 0 {
		return 0, 0, io.EOF
	}
	if r.left--; r.left < 0 {
		return 0, 0, io.EOF
	}
	c, size := rune(r.b[0]), 1
	if c >= utf8.RuneSelf {
		c, size = utf8.DecodeRune(r.b)
	}
	r.b = r.b[size:]
	return c, size, nil
}

func (s *patternScanner) gap(n int64, f found) {
	s.end(f)
	s.base += n
	s.from, s.next = s.base, s.base
}

func (s *patternScanner) end(f found) {
	s.search(s.base+int64(len(s.buf)), f)
	s.base += int64(len(s.buf))
	s.from, s.next, s.buf = s.base, s.base, s.buf[:0]
}
