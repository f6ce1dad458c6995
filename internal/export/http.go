package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
)

// HTTPMessage is one decoded HTTP message of a capture.
type HTTPMessage struct {
	// Stream is its connection, Frame the packet that completed it, Packets those that carried its body.
	Stream, Frame uint32
	Packets       []uint32
	Message       proto.Message // its Detail is an *http1.Head
}

// Object is a line of the manifest: one body.
type Object struct {
	// Name is the file's name in the directory, "" if none was written; Skipped then says why.
	Name    string
	Skipped Skip
	// Stream, Frame and Packets are those of the message; Dir says who sent it.
	Stream, Frame uint32
	Packets       []uint32
	Dir           flow.Direction
	// URI is the request's, as the connection showed it last; Host and ContentType are header values, "" if absent.
	URI, Host, ContentType string
	// Size is the number of bytes written.
	Size int64
	// Complete says that the file is the whole body. If not, Missing names what stands in the way: a proto.Message's
	// Broken or a body.Stop.
	Complete bool
	Missing  string
}

// Skip says why a body was not written.
type Skip string

// The reasons.
const (
	SkipIncomplete Skip = "incomplete"           // Wireshark shows only whole messages
	SkipCoding     Skip = "unreadable coding"    // no content coding that could be taken off
	SkipTransfer   Skip = "compressed transfer"  // a transfer coding other than chunked
	SkipForeign    Skip = "unknown to Wireshark" // a coding that tcptalk knows and Wireshark 4.0 does not
)

// HTTPOptions say what to write beyond what Wireshark would.
type HTTPOptions struct {
	// Partial also writes what there is of incomplete bodies.
	Partial bool
	// AllCodings also writes bodies whose codings only tcptalk can take off (zstd, stacks of several).
	AllCodings bool
}

// HTTPObjects writes the bodies of a capture's HTTP messages as files: chunk syntax and content codings removed, named as
// Wireshark 4.0 names them. Give its Body method to the decoders of all connections as http1.Options.Body, and their
// messages to Message in capture order. Bodies are kept in memory while they are small and in the directory after that.
type HTTPObjects struct {
	w      *Writer
	opt    HTTPOptions
	spools map[*http1.Head]*spool
	inMem  int
	uri    map[uint32]string // the last request's, by stream
	hosts  map[uint32]string
	list   []Object
	err    error // the first error of Body, told by Message
}

// NewHTTPObjects returns an HTTPObjects that writes with w.
func NewHTTPObjects(w *Writer, opt HTTPOptions) *HTTPObjects {
	return &HTTPObjects{
		w: w, opt: opt, spools: make(map[*http1.Head]*spool), uri: make(map[uint32]string), hosts: make(map[uint32]string),
	}
}

// Objects returns the manifest so far, in the order in which files were written.
func (o *HTTPObjects) Objects() []Object { return o.list }

// Message takes the next message. Messages that are no HTTP are none of its business.
func (o *HTTPObjects) Message(m HTTPMessage) error {
	h, ok := m.Message.Detail.(*http1.Head)
	if !ok {
		return nil
	}
	sp := o.spools[h]
	defer o.forget(h)
	if o.err != nil {
		return o.err
	}
	shown := m.Message.Complete
	if h.Kind == http1.Request && (shown || o.opt.Partial) {
		o.uri[m.Stream] = h.Target
		o.hosts[m.Stream], _ = h.Get("Host")
	}
	if h.Kind == http1.Unreadable || !hasBody(h) && len(h.Stray) == 0 {
		return nil
	}
	obj := Object{
		Stream: m.Stream, Frame: m.Frame, Packets: m.Packets, Dir: m.Message.Dir,
		URI: o.uri[m.Stream], Host: o.hosts[m.Stream], Complete: shown, Missing: m.Message.Broken,
	}
	obj.ContentType, _ = h.Get("Content-Type")
	if obj.Skipped = o.skip(h, shown); obj.Skipped != "" {
		obj.Complete = false
	} else if err := o.write(&obj, h, sp); err != nil {
		return err
	}
	o.list = append(o.list, obj)
	return nil
}

// skip says why a body is not to be written, "" if it is. shown says that its message is complete.
func (o *HTTPObjects) skip(h *http1.Head, shown bool) Skip {
	switch {
	case !shown && !o.opt.Partial:
		return SkipIncomplete
	case len(h.Body.Transfer) > 0:
		return SkipTransfer
	case !o.opt.AllCodings && !wiresharkDecodes(h.Body.Codings):
		return SkipForeign
	}
	return ""
}

// Stray takes bytes that belong to no message; it is meant for http1.Options.Stray. Where Wireshark takes such bytes for the
// body of a message without head they become an object under the name of the last request: text that has a whole line, from
// the first line without a colon on.
func (o *HTTPObjects) Stray(stream, frame uint32, dir flow.Direction, b []byte) error {
	if b = headless(b); len(b) == 0 {
		return nil
	}
	obj := Object{
		Stream: stream, Frame: frame, Packets: []uint32{frame}, Dir: dir, URI: o.uri[stream], Host: o.hosts[stream],
		Missing: http1.BrokenNotHTTP,
	}
	var err error
	obj.Name, obj.Size, err = o.w.Write(objectName(&obj), func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	o.list = append(o.list, obj)
	return nil
}

// headless returns what Wireshark sees as body in bytes that do not begin with a start line.
func headless(b []byte) []byte {
	if len(b) == 0 || !printable(b[0]) || !bytes.ContainsAny(b, "\r\n") {
		return nil
	}
	for len(b) > 0 {
		i := bytes.IndexAny(b, "\r\n")
		if i < 0 || i > 0 && bytes.IndexByte(b[:i], ':') < 0 {
			return b
		}
		next := i + 1
		if b[i] == '\r' && next < len(b) && b[next] == '\n' {
			next++
		}
		b = b[next:]
		if i == 0 {
			return b
		}
	}
	return nil
}

func printable(c byte) bool { return c >= 0x20 && c < 0x7f }

// hasBody reports that Wireshark sees a body: bytes of it, or at least chunk syntax.
func hasBody(h *http1.Head) bool {
	if h.Body.Kind == http1.Chunked {
		return h.Body.Range.End > h.Body.Range.Start
	}
	return h.Body.Length > 0
}

// wiresharkDecodes reports that Wireshark 4.0 takes these codings off: none, or one of those it knows.
func wiresharkDecodes(codings []string) bool {
	if len(codings) == 0 {
		return true
	}
	return len(codings) == 1 && codings[0] != "zstd" && body.Known(codings[0])
}

// write writes one object.
func (o *HTTPObjects) write(obj *Object, h *http1.Head, sp *spool) error {
	name := objectName(obj)
	raw, err := sp.reader(o.w, h.Stray)
	if err != nil {
		return &WriteError{name, o.w.dir, o.w.files, o.w.bytes, reason(err)}
	}
	defer raw.Close()
	var codings []string
	if h.Body.Length > 0 {
		codings = h.Body.Codings
	}
	final, size, err := o.w.Write(name, func(w io.Writer) error {
		n, stop, err := body.Copy(w, raw, codings, bodyLimit(codings))
		switch {
		case stop == body.Whole:
			return err
		case stop != body.Trailing:
			obj.Complete = false
			if obj.Missing == "" {
				obj.Missing = string(stop)
			}
		}
		if n == 0 {
			return errNothing
		}
		return nil // what could be decoded is worth having
	})
	if errors.Is(err, errNothing) {
		obj.Skipped = SkipCoding
		return nil
	}
	if err != nil {
		return err
	}
	obj.Name, obj.Size = final, size
	return nil
}

// bodyLimit bounds what comes out of a decoder; a body without codings is as long as it was on the wire.
func bodyLimit(codings []string) int64 {
	if len(codings) == 0 {
		return 1 << 62
	}
	return body.MaxOutput
}

// objectName is the name Wireshark gives: the last element of the URI that the connection asked for last, or the frame's
// number and the content type.
func objectName(obj *Object) string {
	if obj.URI == "" {
		name := fmt.Sprintf("object%d", obj.Frame)
		if ct, _, _ := strings.Cut(obj.ContentType, ";"); strings.TrimSpace(ct) != "" {
			name += "." + strings.ToLower(strings.TrimSpace(ct))
		}
		return name
	}
	return path.Base(obj.URI)
}
