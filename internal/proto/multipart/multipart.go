// Package multipart finds the parts of a multipart body (RFC 2046 §5.1): the fields and files of an uploaded form
// (multipart/form-data, RFC 7578), the pieces of a multipart/byteranges answer (RFC 9110 §14.6), and any other kind.
//
// The body is read once, front to back, and not kept. It expects broken input: a part is handed over even when the body ends
// inside it, and behind something that is no part reading goes on at the next boundary. Content codings of the whole body
// must be off already (package body). Start with Parts.
package multipart

import (
	"errors"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// maxParts bounds the parts of one body: a byte of body in sixty can begin one, and forms have dozens.
const maxParts = 10_000

// The errors of Parts beside those of the reader and of each.
var (
	// ErrNoBoundary says that the Content-Type is not that of a multipart body, or names no usable boundary.
	ErrNoBoundary = errors.New("no multipart body with a boundary")
	// ErrTooMany says that there are more than maxParts parts.
	ErrTooMany = errors.New("too many parts")
	// ErrDamaged says that there are lines where a part or the end should be. Parts behind them were handed over.
	ErrDamaged = errors.New("not all of the body could be read as parts")
)

// Part is one part of a body.
type Part struct {
	// Name is the form field's and FileName the file's, both as sent: FileName may hold a path. "" if there is none.
	Name, FileName string
	// Type is the Content-Type, "" if the part has none. If it is multipart itself Parts can read Content with it.
	Type string
	// Range is the Content-Range of a piece of multipart/byteranges, "" in other bodies.
	Range string
	// Header is all of the part's header section.
	Header textproto.MIMEHeader
	// Content is what the part holds, as it was sent (RFC 7578 §4.7 did away with encodings); it can be read until each
	// returns. It ends in io.ErrUnexpectedEOF if the body ends inside the part.
	Content io.Reader
}

// Parts hands the parts of a body with that Content-Type over to each, in order, until each returns an error. The result is
// that error, the reader's own, one of this package, or io.ErrUnexpectedEOF if the body ends before its closing boundary.
func Parts(r io.Reader, contentType string, each func(Part) error) error {
	boundary := Boundary(contentType)
	if boundary == "" {
		return ErrNoBoundary
	}
	in := &source{r: r, boundary: boundary}
	parts := multipart.NewReader(in, boundary)
	var damaged error
	for n := 0; ; {
		// The raw part: NextPart would undo one of the encodings.
		p, err := parts.NextRawPart()
		switch {
		case err == io.EOF && !in.endsOpen():
			return damaged
		case in.err != nil && in.err != io.EOF && err != nil:
			return in.err
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			// A line that is no boundary, or no header. NextRawPart has passed it and looks at the next one now.
			damaged = ErrDamaged
			continue
		}
		if n++; n > maxParts {
			return ErrTooMany
		}
		if err := each(newPart(p)); err != nil {
			return err
		}
	}
}

// source remembers how reading ended, which the errors of mime/multipart do not always tell.
type source struct {
	r        io.Reader
	boundary string
	err      error
	tail     []byte // the last bytes read
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil {
		s.err = err
	}
	const room = len("--" + "--\r\n")
	most := len(s.boundary) + room
	s.tail = append(s.tail, b[max(0, n-most):n]...)
	s.tail = append(s.tail[:0], s.tail[max(0, len(s.tail)-most):]...)
	return n, err
}

// endsOpen reports that the body ended right behind a boundary that begins a part.
func (s *source) endsOpen() bool {
	last := "--" + s.boundary
	tail := strings.TrimRight(string(s.tail), "\r\n")
	return s.err == io.EOF && strings.HasSuffix(tail, last) && !strings.HasSuffix(tail, last+"--")
}

func newPart(p *multipart.Part) Part {
	disposition := p.Header.Get("Content-Disposition")
	return Part{
		Name: parameter(disposition, "name"), FileName: parameter(disposition, "filename"),
		Type: strings.TrimSpace(p.Header.Get("Content-Type")), Range: p.Header.Get("Content-Range"), Header: p.Header, Content: p,
	}
}
