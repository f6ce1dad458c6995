package export

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/multipart"
)

// partialContent is the status of an answer that holds ranges (RFC 9110 §15.3.7).
const partialContent = 206

// The values of Object.Missing that a file joined from ranges can have.
const (
	MissingRanges   = narrate.GapRanges
	MissingConflict = narrate.GapConflict // so that they were not joined
	MissingLength   = narrate.GapLength   // no answer says how long the whole is
)

// Span is a range of bytes, [Start, End).
type Span struct{ Start, End int64 }

// ranges are the parts of things that came in parts. Their bytes wait in one file, in the order in which they came.
type ranges struct {
	file     *os.File
	name     string
	size     int64
	entities map[entityKey]*entity
}

// entityKey is what parts must agree in to be parts of one thing (RFC 9110 §15.3.7.3): where it came from, its validators, its
// codings and its length.
type entityKey struct {
	host, uri, etag, modified, codings string
	total                              int64 // -1 if the answers do not say it
}

type entity struct {
	obj    Object
	total  int64
	pieces []piece
}

// piece is one range: the bytes of span, which lie at that offset of the file.
type piece struct {
	span    Span
	at      int64
	stream  uint32
	frame   uint32
	packets []uint32
}

// close removes the file.
func (r *ranges) close(w *Writer) {
	if r.file != nil {
		_ = r.file.Close() // nothing in it is wanted any more
		_ = w.root.Remove(r.name)
		r.file = nil
	}
}

// contentRange reads a Content-Range (RFC 9110 §14.4); total is -1 if it is not told.
func contentRange(value string) (span Span, total int64, ok bool) {
	unit, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	place, length, found := strings.Cut(rest, "/")
	first, last, dashed := strings.Cut(strings.TrimSpace(place), "-")
	if !strings.EqualFold(unit, "bytes") || !found || !dashed {
		return Span{}, 0, false
	}
	start, err1 := strconv.ParseUint(first, 10, 62)
	end, err2 := strconv.ParseUint(last, 10, 62)
	total = -1
	if length = strings.TrimSpace(length); length != "*" {
		n, err := strconv.ParseUint(length, 10, 62)
		if err != nil || end >= n {
			return Span{}, 0, false
		}
		total = int64(n)
	}
	return Span{int64(start), int64(end) + 1}, total, err1 == nil && err2 == nil && start <= end
}

// addRanges takes the range or ranges of an answer. False if it does not say what it is: it becomes a file of its own.
func (o *HTTPObjects) addRanges(ctx context.Context, obj Object, h *http1.Head, sp *spool) (taken bool, err error) {
	raw, err := sp.reader(o.w, h.Stray)
	if err != nil {
		return false, &WriteError{"a temporary file", o.w.dir, o.w.files, o.w.bytes, reason(err)}
	}
	defer raw.Close()
	obj.Codings = h.Body.Codings
	take := func(value string, r io.Reader) error {
		span, total, ok := contentRange(value)
		if !ok {
			return nil
		}
		taken = true
		return o.addRange(ctx, &obj, h, span, total, r)
	}
	if multipart.Boundary(obj.ContentType) != "" {
		whole := obj
		err = multipart.Parts(raw, obj.ContentType, func(p multipart.Part) error {
			obj = whole
			obj.ContentType = p.Type
			return take(p.Range, p.Content)
		})
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, multipart.ErrDamaged) || errors.Is(err, multipart.ErrTooMany) {
			err = nil // the parts that were there are counted, and what is missing shows
		}
	} else {
		value, _ := h.Get("Content-Range")
		err = take(value, raw)
	}
	return taken, err
}

// addRange keeps one range.
func (o *HTTPObjects) addRange(ctx context.Context, obj *Object, h *http1.Head, span Span, total int64, r io.Reader) (err error) {
	rs := &o.ranges
	if rs.file == nil {
		if rs.name, rs.file, err = o.w.temp(); err != nil {
			return &WriteError{"a temporary file", o.w.dir, o.w.files, o.w.bytes, reason(err)}
		}
	}
	n, err := io.Copy(contextWriter{ctx, io.NewOffsetWriter(rs.file, rs.size)}, io.LimitReader(r, span.End-span.Start))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return &WriteError{"a temporary file", o.w.dir, o.w.files, o.w.bytes, reason(err)}
	}
	if n == 0 {
		return nil
	}
	key := entityKey{host: obj.Host, uri: obj.URI, codings: strings.Join(obj.Codings, ","), total: total}
	if q := h.Request; q != nil { // the file's name goes by what Wireshark shows, the join by what was asked
		key.uri = q.Target
		key.host, _ = q.Get("Host")
	}
	key.etag, _ = h.Get("Etag")
	key.modified, _ = h.Get("Last-Modified")
	e := rs.entities[key]
	if e == nil {
		e = &entity{obj: *obj, total: total}
		e.obj.URI, e.obj.Host = key.uri, key.host
		if rs.entities == nil {
			rs.entities = make(map[entityKey]*entity)
		}
		rs.entities[key] = e
		o.queue = append(o.queue, func(ctx context.Context) error { return o.join(ctx, e) })
	}
	e.pieces = append(e.pieces, piece{Span{span.Start, span.Start + n}, rs.size, obj.Stream, obj.Frame, obj.Packets})
	rs.size += n
	return nil
}

// Join writes what waits for HTTPOptions.JoinRanges, a thing in parts where its first part stands; it is called behind the last
// message.
func (o *HTTPObjects) Join(ctx context.Context) error {
	queue := o.queue
	o.queue = nil
	for _, write := range queue {
		if err := write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// join writes one thing: a file if its parts make it whole, else a file for each run of bytes without a hole.
func (o *HTTPObjects) join(ctx context.Context, e *entity) error {
	slices.SortStableFunc(e.pieces, func(a, b piece) int { return cmp.Compare(a.span.Start, b.span.Start) })
	runs, err := o.ranges.runs(ctx, e.pieces)
	conflict := errors.Is(err, errConflict)
	if conflict {
		runs, err = nil, nil
		for i := range e.pieces {
			runs = append(runs, run{e.pieces[i : i+1], e.pieces[i : i+1]})
		}
	}
	if err != nil {
		return err
	}
	whole := len(runs) == 1 && runs[0].span() == Span{0, e.total}
	absent := absentFrom(runs, e.total)
	missing := MissingRanges
	switch {
	case conflict:
		missing = MissingConflict
	case len(absent) == 0:
		missing = MissingLength
	}
	for _, run := range runs {
		obj := e.obj
		obj.describe(run)
		obj.Total, obj.Complete, obj.Missing, obj.Lacks = e.total, whole, "", 0
		name := SafeName(objectName(&obj))
		if !whole {
			obj.Missing, obj.Absent, obj.Coded = missing, absent, true // what is taken off needs the beginning and all behind it
			name = fit(name, fmt.Sprintf("(bytes %d-%d)", obj.Bytes.Start, obj.Bytes.End-1))
		}
		if err := o.writeBody(ctx, &obj, name, o.ranges.reader(run.parts)); err != nil {
			return err
		}
		o.list = append(o.list, obj)
	}
	return nil
}

// run is bytes without a hole: parts follow one another, and come from all the pieces that lie there.
type run struct{ parts, all []piece }

// span returns the bytes of a run.
func (r *run) span() Span { return Span{r.parts[0].span.Start, r.parts[len(r.parts)-1].span.End} }

// describe notes what a joined file comes from.
func (obj *Object) describe(r run) {
	obj.Bytes, obj.Packets, obj.Streams, obj.Ranges = r.span(), nil, nil, make([]RangePart, 0, len(r.all))
	for _, p := range r.all {
		obj.Ranges = append(obj.Ranges, p.rangePart())
		obj.Packets = append(obj.Packets, p.packets...)
		obj.Frame = max(obj.Frame, p.frame)
		obj.Streams = append(obj.Streams, p.stream)
	}
	slices.Sort(obj.Packets)
	slices.Sort(obj.Streams)
	obj.Packets, obj.Streams = slices.Compact(obj.Packets), slices.Compact(obj.Streams)
}

// absentFrom lists what lies between and behind runs.
func absentFrom(runs []run, total int64) (absent []Span) {
	var pos int64
	for i := range runs {
		s := runs[i].span()
		if s.Start > pos {
			absent = append(absent, Span{pos, s.Start})
		}
		pos = max(pos, s.End)
	}
	if pos < total {
		absent = append(absent, Span{pos, total})
	}
	return absent
}

// errConflict says that two ranges have different bytes for one place.
var errConflict = errors.New(MissingConflict)

// runs cuts sorted pieces to those parts that follow one another, once each, and groups them.
func (r *ranges) runs(ctx context.Context, pieces []piece) (runs []run, err error) {
	first := 0 // piece of the last run
	for i, p := range pieces {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(runs) == 0 || p.span.Start > runs[len(runs)-1].span().End {
			first = i
			runs = append(runs, run{[]piece{p}, pieces[i : i+1]})
			continue
		}
		last := &runs[len(runs)-1]
		pos := last.span().End
		if err := r.compare(last.parts, p, min(pos, p.span.End)); err != nil {
			return nil, err
		}
		last.all = pieces[first : i+1]
		if p.span.End > pos {
			p.at += pos - p.span.Start
			p.span.Start = pos
			last.parts = append(last.parts, p)
		}
	}
	return runs, nil
}

// compare holds the bytes of p up to end against those that the run has there already.
func (r *ranges) compare(parts []piece, p piece, end int64) error {
	i := len(parts) - 1
	for parts[i].span.Start > p.span.Start {
		i--
	}
	for pos := p.span.Start; pos < end; i++ {
		n := min(parts[i].span.End, end) - pos
		same, err := r.equal(parts[i].at+pos-parts[i].span.Start, p.at+pos-p.span.Start, n)
		if err != nil {
			return err
		}
		if !same {
			return errConflict
		}
		pos += n
	}
	return nil
}

// equal compares n bytes at two places of the file.
func (r *ranges) equal(a, b, n int64) (bool, error) {
	const step = 64 << 10
	x, y := make([]byte, min(n, step)), make([]byte, min(n, step))
	for ; n > 0; n -= int64(len(x)) {
		x, y = x[:min(n, step)], y[:min(n, step)]
		if _, err := r.file.ReadAt(x, a); err != nil {
			return false, err
		}
		if _, err := r.file.ReadAt(y, b); err != nil {
			return false, err
		}
		if !bytes.Equal(x, y) {
			return false, nil
		}
		a, b = a+int64(len(x)), b+int64(len(x))
	}
	return true, nil
}

// reader reads the bytes of a run.
func (r *ranges) reader(run []piece) io.Reader {
	parts := make([]io.Reader, len(run))
	for i, p := range run {
		parts[i] = io.NewSectionReader(r.file, p.at, p.span.End-p.span.Start)
	}
	return io.MultiReader(parts...)
}
