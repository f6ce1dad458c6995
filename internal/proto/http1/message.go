package http1

import (
	"bytes"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// startLine reads the line that should begin a message.
func (d *Decoder) startLine(dir flow.Direction, s *side, line []byte, r Range) {
	if d.preface(dir, s, line, r) {
		return
	}
	if blank(line) {
		return // RFC 9112 §2.2: ignore empty lines in front of a request line
	}
	h := &Head{Line: string(trimEnd(line)), LineRange: r}
	if !d.parseStart(dir, h, false) {
		d.lose(s, BrokenNotHTTP, r.Start)
		s.head.Line, s.head.LineRange = h.Line, r
		d.keepLost(s, line)
		if dir != d.server {
			d.ask(s.head)
		}
		return
	}
	h.cutLine(line, r)
	s.head, s.start, s.state = h, r.Start, fieldLines
	h.size = len(line)
}

// parseStart reads h.Line as the start line of a message from dir. The first one settles who is the server. strict asks for
// a proper version, as is wise in the midst of other bytes.
func (d *Decoder) parseStart(dir flow.Direction, h *Head, strict bool) bool {
	server := d.server
	switch {
	case (!d.roles || dir == server) && h.parseStatusLine(h.Line):
		server = dir
	case (!d.roles || dir != server) && h.parseRequestLine(h.Line):
		server = dir.Reverse()
	default:
		return false
	}
	if strict && !validVersion(h.Version) && !h.endsInVersion() {
		return false
	}
	d.server, d.roles = server, true
	return true
}

// cutStart opens the message of a start line that a gap has cut, as the snapshot length does to long ones: a method and a
// piece of a path, or a whole status, tell enough.
func (d *Decoder) cutStart(dir flow.Direction, s *side) {
	if s.state != startLine && (s.state != lost || s.skip) {
		return
	}
	h := &Head{Line: string(s.buf), LineRange: Range{s.pos, s.pos + int64(len(s.buf))}, size: len(s.buf)}
	if probe := (&Head{Line: h.Line}); probe.parseRequestLine(h.Line) && !probe.plainTarget() || !d.parseStart(dir, h, false) {
		return
	}
	h.Remarks = nil // about what is missing
	if !validVersion(h.Version) {
		h.Version = ""
	}
	if s.state == lost {
		s.told = 0
		d.finishLost(dir, s)
	}
	s.head, s.start, s.state = h, s.pos, fieldLines
}

// plainTarget reports a target in one of the forms of RFC 9112 §3.2.
func (h *Head) plainTarget() bool {
	return h.Method == "CONNECT" || h.Target[0] == '/' || h.Target == "*" || strings.HasPrefix(strings.ToLower(h.Target), "http")
}

func blank(line []byte) bool { return len(trimEnd(line)) == 0 }
func trimEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// fieldLine reads a line of the header section.
func (d *Decoder) fieldLine(dir flow.Direction, s *side, line []byte, r Range) {
	h := s.head
	if !d.roomFor(dir, s, line, r) {
		return
	}
	if text := h.cutLine(line, r); len(text) > 0 {
		h.addField(&h.Fields, text, r)
		if h.Stray != nil || h.Fields[len(h.Fields)-1].bare {
			h.Stray = append(h.Stray, line...)
		}
		return
	}
	if h.Stray != nil {
		h.Stray = append(h.Stray, line...)
	}
	h.End, h.Fields = r.End, unfold(h.Fields)
	d.file(h)
	h.frame(Range{s.start, r.End})
	if h.Body.Kind != NoBody {
		h.Body.Range = Range{r.End, r.End}
	}
	switch h.Body.Kind {
	case NoBody:
		d.finish(dir, s, "")
	case ByLength:
		s.state, s.left = lengthBody, h.Body.Declared
		if s.left == 0 {
			d.finish(dir, s, "")
		}
	case Chunked:
		s.state = chunkLine
	case UntilClose:
		s.state = closeBody
	}
}

// roomFor reports that one more line fits the bounds of a header or trailer section, and gives the message up if not.
func (d *Decoder) roomFor(dir flow.Direction, s *side, line []byte, r Range) bool {
	h := s.head
	h.size += len(line)
	if h.size <= maxHead && len(h.Fields)+len(h.Trailers) < maxFields {
		return true
	}
	h.remark(TooLarge, r)
	d.finish(dir, s, BrokenSyntax)
	d.lose(s, BrokenNotHTTP, s.pos)
	return false
}

// lose opens an unreadable region that begins at stream offset at and lasts until a start line comes.
func (d *Decoder) lose(s *side, reason string, at int64) {
	s.head = &Head{Kind: Unreadable, LineRange: Range{at, at}, Body: Body{Declared: -1, Range: Range{at, at}}}
	s.start, s.bad, s.state, s.skip = at, reason, lost, false
}

// keepLost keeps bytes of an unreadable region for display.
func (d *Decoder) keepLost(s *side, b []byte) {
	told := min(s.told, len(b))
	s.told -= told
	if d.opt.Stray != nil {
		s.stray = append(s.stray, b[told:]...)
	}
	body := &s.head.Body
	body.Length += int64(len(b))
	if body.Missing == 0 {
		body.Bytes = d.keep(body.Bytes, b)
	}
}

// flushStray hands over what the present call found to be no message.
func (d *Decoder) flushStray(dir flow.Direction) {
	s := &d.side[dir]
	if len(s.stray) > 0 {
		b := s.stray
		s.stray = s.stray[:0]
		d.opt.Stray(dir, b)
	}
}

// keep appends as much of b to kept as the limit allows.
func (d *Decoder) keep(kept, b []byte) []byte {
	if room := d.opt.KeepBody - len(kept); room > 0 {
		kept = append(kept, b[:min(room, len(b))]...)
	}
	return kept
}

// lostLine looks at a line of an unreadable region: does it begin a message?
func (d *Decoder) lostLine(dir flow.Direction, s *side, line []byte, r Range) {
	if d.preface(dir, s, line, r) {
		return
	}
	if s.skip {
		s.skip = false // this was the end of an overlong line
	} else if h := (&Head{Line: string(trimEnd(line)), LineRange: r}); d.parseStart(dir, h, true) {
		s.pos, s.told = r.Start, 0
		d.finishLost(dir, s)
		s.pos = r.End
		d.startLine(dir, s, line, r)
		return
	}
	d.keepLost(s, line)
}

// finishLost emits an unreadable region if there is anything in it.
func (d *Decoder) finishLost(dir flow.Direction, s *side) {
	h, reason := s.head, s.bad
	s.head, s.bad, s.state = nil, "", startLine
	if s.pos == s.start {
		return
	}
	h.End = s.start
	h.Body.Range.End = s.pos
	h.Body.Truncated = int64(len(h.Body.Bytes)) < h.Body.Length+h.Body.Missing
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: s.start, End: s.pos, Broken: reason, Detail: h})
}
