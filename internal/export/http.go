package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/multipart"
)

// HTTPMessage is one decoded HTTP message of a capture.
type HTTPMessage struct {
	// Stream is its connection, Frame the packet that completed it, Packets those that carried its body.
	Stream, Frame uint32
	Packets       []uint32
	Message       proto.Message // its Detail is an *http1.Head
	// Unwanted says that its body is not written; what the message says still names others.
	Unwanted bool
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
	// Size is the number of bytes written, SHA256 their hash in hexadecimal if that was asked for.
	Size   int64
	SHA256 string
	// Protocol is that of the message, which was a request or a response.
	Protocol string
	Request  bool
	// Codings are the content codings of the body in the order applied; Coded says that they are still on in the file.
	Codings []string
	Coded   bool
	// Excess counts bytes of the body behind the end of its compressed data, which are not in the file; -1 if there are some and
	// it is not known how many.
	Excess int64
	// Lacks counts bytes of the body that were not captured.
	Lacks int64
	// Part is the name of the form's field that the file comes from.
	Part string
	// Bytes says which bytes of the whole the file holds if it was joined from ranges; Total is the length of the whole, -1 if
	// no range says it, and Absent lists what no range brought. Streams are the connections they came on.
	Bytes   Span
	Total   int64
	Absent  []Span
	Streams []uint32
	// Ranges are those that the file was joined from, by their place.
	Ranges []RangePart
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
	SkipForm       Skip = "not a form"           // a multipart body, or a part of it, that cannot be taken apart
)

// HTTPOptions say what to write beyond what Wireshark would.
type HTTPOptions struct {
	// Partial also writes what there is of incomplete bodies; with Mark their names say so.
	Partial, Mark bool
	// AllCodings also writes bodies whose codings only tcptalk can take off (zstd, stacks of several).
	AllCodings bool
	// Raw leaves content codings on.
	Raw bool
	// HTTP2 also writes the bodies of HTTP/2, which Wireshark 4.0 does not.
	HTTP2 bool
	// Requests writes what requests carry and nothing else, forms in parts.
	Requests bool
	// JoinRanges writes one file for the parts (206) of one thing.
	JoinRanges bool
	// Hash computes Object.SHA256.
	Hash bool
	// Connections are those to look at, nil for all.
	Connections []int
	// Choice leaves out exchanges of which no message is wanted.
	Choice *Choice
}

// HTTPObjects writes the bodies of a capture's HTTP messages as files: chunk syntax and content codings removed, named as
// Wireshark 4.0 names them. Give its Body method to the decoders of all connections as http1.Options.Body, and their
// messages to Message in capture order. Bodies are kept in memory while they are small and in the directory after that.
type HTTPObjects struct {
	w      *Writer
	opt    HTTPOptions
	spools map[any]*spool // by *http1.Head, or by halfKey until that is known
	ranges ranges
	inMem  int
	uri    map[uint32]string // the last request's, by stream
	hosts  map[uint32]string
	list   []Object
	err    error // the first error of Body, told by Message
	// queue writes what Join is to write, in the order in which files and first parts ended: only at the end it is known which
	// name a thing in parts takes, and whether it takes one or several.
	queue []func(ctx context.Context) error
}

// NewHTTPObjects returns an HTTPObjects that writes with w.
func NewHTTPObjects(w *Writer, opt HTTPOptions) *HTTPObjects {
	return &HTTPObjects{
		w: w, opt: opt, spools: make(map[any]*spool), uri: make(map[uint32]string), hosts: make(map[uint32]string),
	}
}

// Objects returns the manifest so far, in the order in which files were written.
func (o *HTTPObjects) Objects() []Object { return o.list }

// Message takes the next message. Messages that are no HTTP are none of its business. With HTTPOptions.JoinRanges files are
// written by Join.
func (o *HTTPObjects) Message(ctx context.Context, m HTTPMessage) error {
	h, ok := m.Message.Detail.(*http1.Head)
	if !ok {
		return nil
	}
	done := true
	defer func() {
		if done {
			o.forget(h)
		}
	}()
	if o.err != nil {
		return o.err
	}
	obj := o.object(m, h)
	if m.Unwanted || !o.wanted(h) {
		return nil
	}
	skipped := o.skipped(&obj, h, m.Message.Complete)
	if !o.opt.JoinRanges {
		return o.add(ctx, &obj, h, skipped)
	}
	if !skipped && h.Kind == http1.Response && h.Status == partialContent {
		if taken, err := o.addRanges(ctx, obj, h, o.spools[h]); err != nil || taken {
			return err
		}
	}
	done = false
	o.queue = append(o.queue, func(ctx context.Context) error {
		defer o.forget(h)
		return o.add(ctx, &obj, h, skipped)
	})
	return nil
}

// add writes an object, unless it is skipped, and lists it.
func (o *HTTPObjects) add(ctx context.Context, obj *Object, h *http1.Head, skipped bool) error {
	if !skipped {
		sp := o.spools[h]
		if o.opt.Requests && multipart.Boundary(obj.ContentType) != "" {
			return o.form(ctx, *obj, h, sp)
		}
		if err := o.write(ctx, obj, h, sp); err != nil {
			return err
		}
	}
	o.list = append(o.list, *obj)
	return nil
}

// wanted reports that a message has a body, of a kind that is asked for.
func (o *HTTPObjects) wanted(h *http1.Head) bool {
	if h.Kind == http1.Unreadable || o.opt.Requests && h.Kind != http1.Request {
		return false
	}
	return hasBody(h) || len(h.Stray) > 0
}

// object describes the body of a message.
func (o *HTTPObjects) object(m HTTPMessage, h *http1.Head) Object {
	shown := m.Message.Complete
	uri, host := o.uri[m.Stream], o.hosts[m.Stream]
	asks := h.Kind == http1.Request
	switch request := h.Request; {
	case asks:
		uri = h.Target
		host, _ = h.Get("Host")
		if m.Message.Protocol == http1.Name && (shown || o.opt.Partial) {
			o.uri[m.Stream], o.hosts[m.Stream] = uri, host
		} else if m.Message.Protocol == http1.Name {
			uri, host = o.uri[m.Stream], o.hosts[m.Stream]
		}
	case m.Message.Protocol != http1.Name && request != nil:
		uri = request.Target
		host, _ = request.Get("Host")
	}
	obj := Object{
		Stream: m.Stream, Frame: m.Frame, Packets: m.Packets, Dir: m.Message.Dir, Protocol: m.Message.Protocol, Request: asks,
		URI: uri, Host: host, Complete: shown, Missing: m.Message.Broken, Lacks: lacks(h), Total: -1,
	}
	obj.ContentType, _ = h.Get("Content-Type")
	if h.Body.Length > 0 {
		obj.Codings = h.Body.Codings
	}
	return obj
}

// lacks counts bytes that the body has by its length and that were not captured.
func lacks(h *http1.Head) int64 {
	if h.Body.Kind == http1.ByLength && h.Body.Declared > 0 {
		return max(h.Body.Declared-h.Body.Length, 0)
	}
	return h.Body.Missing
}

// skipped notes why a body is not to be written, if it is not.
func (o *HTTPObjects) skipped(obj *Object, h *http1.Head, shown bool) bool {
	if obj.Skipped = o.skip(h, shown); obj.Skipped != "" {
		obj.Complete = false
	}
	return obj.Skipped != ""
}

// skip says why a body is not to be written, "" if it is. shown says that its message is complete.
func (o *HTTPObjects) skip(h *http1.Head, shown bool) Skip {
	switch {
	case !shown && !o.opt.Partial:
		return SkipIncomplete
	case len(h.Body.Transfer) > 0:
		return SkipTransfer
	case !o.opt.AllCodings && !o.opt.Raw && !wiresharkDecodes(h.Body.Codings):
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
		Missing: http1.BrokenNotHTTP, Protocol: http1.Name, Total: -1,
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
func (o *HTTPObjects) write(ctx context.Context, obj *Object, h *http1.Head, sp *spool) error {
	name := SafeName(objectName(obj))
	if o.opt.Mark && !obj.Complete {
		name = fit(name, incompleteMark)
	}
	raw, err := sp.reader(o.w, h.Stray)
	if err != nil {
		return &WriteError{name, o.w.dir, o.w.files, o.w.bytes, reason(err)}
	}
	defer raw.Close()
	return o.writeBody(ctx, obj, name, raw)
}

// incompleteMark stands before the extension of files of which something is missing.
const incompleteMark = "(incomplete)"

// writeBody writes an object's file under a safe name, with its codings taken off unless they are to stay.
func (o *HTTPObjects) writeBody(ctx context.Context, obj *Object, name string, raw io.Reader) error {
	codings := obj.Codings
	if o.opt.Raw || obj.Coded {
		codings, obj.Coded = nil, len(codings) > 0
	}
	hash := sha256.New()
	final, size, err := o.w.write(name, func(w io.Writer) error {
		w = contextWriter{ctx, w}
		if o.opt.Hash {
			w = io.MultiWriter(w, hash)
		}
		n, stop, err := body.Copy(w, raw, codings, bodyLimit(codings))
		var excess *body.Excess
		switch {
		case stop == body.Whole:
			return err
		case errors.As(err, &excess):
			obj.Excess = excess.Bytes
		default:
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
	if o.opt.Hash {
		obj.SHA256 = hex.EncodeToString(hash.Sum(nil))
	}
	return nil
}

// contextWriter ends with its context, so that a large file can be given up.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
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
