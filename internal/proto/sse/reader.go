package sse

import (
	"bytes"

	"tcptalk/internal/proto"
)

// Bounds of what a Reader keeps.
const (
	// DefaultKeep is how many bytes are kept of the data of an event.
	DefaultKeep = 64 << 10
	// maxField is how many bytes are kept of any other line: names and numbers are short.
	maxField = 4 << 10
	// maxLines is how many comments and ignored lines are kept of an event.
	maxLines = 100
)

// Place is a byte range [Start, End) of a connection's stream.
type Place struct{ Start, End int64 }

// Emit receives an event with its place: from the first byte that it took to the one that completed it. broken says why it is
// incomplete, "" if it is not.
type Emit func(e *Event, at Place, broken string)

// Reader reads one event stream.
type Reader struct {
	emit Emit
	keep int

	first  bool   // the open line is the stream's first, which may begin with a byte order mark
	line   []byte // the open line, as far as it is kept
	length int64  // of the open line
	start  int64  // where the open line begins
	cr     bool   // the line before ended in CR: an LF that follows belongs to it
	skip   bool   // the open line began in a gap
	pos    int64  // behind the last byte

	event  *Event // the open event; nil between events
	from   int64  // where it begins
	data   bytes.Buffer
	broken string // why the open event will be incomplete
	latest int64  // where the event before ended
	same   int    // how many ended there
}

// New returns a Reader that keeps keep bytes of an event's data; 0 means DefaultKeep, negative none.
func New(emit Emit, keep int) *Reader {
	if keep == 0 {
		keep = DefaultKeep
	}
	return &Reader{emit: emit, keep: max(keep, 0), first: true, latest: -1}
}

// Plain takes the next bytes of the text, which stand as they are in the connection from stream offset at on.
func (r *Reader) Plain(b []byte, at int64) {
	for len(b) > 0 {
		n := piece(b)
		r.take(b[:n], Place{at, at + int64(n)})
		b, at = b[n:], at+int64(n)
	}
}

// Packed takes the next bytes of the text, all of which became readable with the last byte at place.
func (r *Reader) Packed(b []byte, place Place) {
	for len(b) > 0 {
		n := piece(b)
		r.take(b[:n], place)
		b = b[n:]
	}
}

// piece returns how much of b is looked at together: a byte that ends a line, or everything in front of one.
func piece(b []byte) int {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return max(i, 1)
		}
	}
	return len(b)
}

// take takes a piece. Lines end in CR LF, LF or CR.
func (r *Reader) take(b []byte, at Place) {
	c, second := b[0], r.cr
	r.cr = c == '\r'
	if c == '\n' && second {
		return // of CR LF
	}
	r.pos = at.End
	if r.length == 0 {
		r.start = at.Start
		if r.event != nil && r.from < 0 {
			r.from = at.Start
		}
	}
	if c == '\n' || c == '\r' {
		r.endLine()
		return
	}
	r.length += int64(len(b))
	if room := r.keep + maxField - len(r.line); room > 0 {
		r.line = append(r.line, b[:min(room, len(b))]...)
	}
}

// endLine handles the open line, which is whole.
func (r *Reader) endLine() {
	line, left := r.line, r.length-int64(len(r.line))
	if r.first {
		r.first = false
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	switch {
	case r.skip:
	case len(line) == 0:
		r.dispatch()
	case line[0] == ':' && r.event == nil:
		e := &Event{}
		e.comment(line, left)
		r.give(e, r.start, "")
	default:
		r.open(r.start)
		r.field(line, left)
	}
	r.line, r.length, r.skip = r.line[:0], 0, false
}

// open begins an event at stream offset from unless there is one.
func (r *Reader) open(from int64) {
	if r.event == nil {
		r.event, r.from = &Event{}, from
	}
}

// dispatch ends the open event at an empty line.
func (r *Reader) dispatch() {
	if e := r.event; e != nil {
		e.Dispatched = e.HasData && r.broken == ""
		r.flush(r.broken)
	}
}

// flush gives the open event.
func (r *Reader) flush(broken string) {
	e := r.event
	e.Data = r.data.String()
	r.data.Reset()
	r.event, r.broken = nil, ""
	r.give(e, r.from, broken)
}

func (r *Reader) give(e *Event, from int64, broken string) {
	if r.pos == r.latest {
		r.same++
	} else {
		r.latest, r.same = r.pos, 0
	}
	e.Together = r.same
	r.emit(e, Place{from, r.pos}, broken)
}

// Gap says that bytes of the text are not there. The event that they belong to is given as it is; so is what remains of one
// behind them.
func (r *Reader) Gap() {
	r.Close(proto.BrokenGap)
	r.event, r.from, r.broken = &Event{}, -1, proto.BrokenGap
	r.first, r.skip = false, true
}

// Close says that the text ends here; why is the reason if it should not, "" if the response is complete.
func (r *Reader) Close(why string) {
	if r.length > 0 && !r.skip {
		r.open(r.start)
		r.field(r.line, r.length-int64(len(r.line)))
	}
	r.line, r.length, r.skip, r.cr = r.line[:0], 0, false, false
	if r.event == nil || r.from < 0 { // nothing came behind a gap
		r.event, r.broken = nil, ""
		return
	}
	if why == "" {
		why = BrokenUnfinished
	}
	if r.broken != "" {
		why = r.broken
	}
	r.flush(why)
}

// Fail says that the text cannot be read further because of what stands at place. There is an event that says so, if only an
// empty one.
func (r *Reader) Fail(why string, at Place) {
	if r.length == 0 && r.event == nil {
		r.event, r.from, r.pos = &Event{}, at.Start, at.End
	}
	r.Close(why)
}
