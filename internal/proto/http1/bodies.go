package http1

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// bodyData takes body bytes off b.
func (d *Decoder) bodyData(dir flow.Direction, s *side, b []byte) (rest []byte) {
	n := int64(len(b))
	if s.state != closeBody {
		n = min(n, s.left)
		s.left -= n
	}
	body := &s.head.Body
	body.Length += n
	if body.Missing == 0 {
		body.Bytes = d.keep(body.Bytes, b[:n])
	}
	if d.opt.Body != nil {
		d.opt.Body(dir, s.head, s.pos, b[:n])
	}
	s.pos += n
	d.bodyStep(dir, s)
	return b[n:]
}

// bodyGap passes over missing body bytes and returns how many lie behind the body's or chunk's end.
func (d *Decoder) bodyGap(dir flow.Direction, s *side, n int64) (rest int64) {
	k := n
	if s.state != closeBody {
		k = min(n, s.left)
		s.left -= k
	}
	s.head.Body.Missing += k
	s.pos += k
	s.bad = proto.BrokenGap
	d.bodyStep(dir, s)
	return n - k
}

// bodyStep goes on where a body or chunk has been read to its end.
func (d *Decoder) bodyStep(dir flow.Direction, s *side) {
	switch {
	case s.left > 0 || s.state == closeBody:
	case s.state == lengthBody:
		d.finish(dir, s, "")
	case s.state == chunkData:
		s.state = chunkEnd
	}
}

// chunkLine reads a chunk's size line.
func (d *Decoder) chunkLine(dir flow.Direction, s *side, line []byte, r Range) {
	h := s.head
	size, odd, ok := parseChunkLine(h.cutLine(line, r))
	if odd {
		h.remark(BadChunk, r)
	}
	if !ok {
		d.badChunk(dir, s, line, r)
		return
	}
	if size == 0 {
		s.state = trailers
		return
	}
	s.state, s.left = chunkData, size
}

// badChunk ends a message at a line that should have been part of the chunk syntax.
func (d *Decoder) badChunk(dir flow.Direction, s *side, line []byte, r Range) {
	s.pos = r.Start
	d.finish(dir, s, BrokenSyntax)
	s.pos = r.End
	d.lose(s, BrokenNotHTTP, r.Start)
	d.lostLine(dir, s, line, r)
}

// chunkEnd reads the line end behind a chunk's data.
func (d *Decoder) chunkEnd(dir flow.Direction, s *side, line []byte, r Range) {
	if len(s.head.cutLine(line, r)) == 0 {
		s.state = chunkLine
		return
	}
	s.head.remark(BadChunk, r)
	d.badChunk(dir, s, line, r)
}

// trailerLine reads a line behind the last chunk.
func (d *Decoder) trailerLine(dir flow.Direction, s *side, line []byte, r Range) {
	if !d.roomFor(dir, s, line, r) {
		return
	}
	h := s.head
	if line = h.cutLine(line, r); len(line) > 0 {
		h.addField(&h.Trailers, line, r)
		return
	}
	d.finish(dir, s, "")
}
