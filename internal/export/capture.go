package export

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/multipart"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// HTTP writes the bodies of all HTTP messages of a capture with w and returns the manifest. progress is told how many of the
// connections were looked at; it may be nil.
func HTTP(ctx context.Context, s *session.Session, w *Writer, opt HTTPOptions, progress func(done, total int)) ([]Object, error) {
	var pick func(c *tcp.Connection) bool
	if opt.Connections != nil {
		for _, stream := range opt.Connections {
			if _, err := s.View(stream); err != nil {
				return nil, err
			}
		}
		pick = func(c *tcp.Connection) bool { return slices.Contains(opt.Connections, int(c.Stream)) }
	}
	objects := NewHTTPObjects(w, opt)
	defer objects.Close()
	var found []HTTPMessage
	err := s.Sweep(ctx, pick, progress, opt.Choice.narrowed(func(v *session.View) error {
		messages, err := httpMessages(ctx, v, objects)
		found = append(found, messages...)
		return err
	}))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b HTTPMessage) int { return cmp.Compare(a.Frame, b.Frame) })
	for _, m := range found {
		if err := ctx.Err(); err != nil {
			return objects.Objects(), err
		}
		if err := objects.Message(ctx, m); err != nil {
			return objects.Objects(), err
		}
	}
	err = objects.Join(ctx)
	return objects.Objects(), err
}

// httpMessages decodes one connection; the bodies go to objects.
func httpMessages(ctx context.Context, v *session.View, objects *HTTPObjects) ([]HTTPMessage, error) {
	var found []HTTPMessage
	opt := all.Options{HTTP1: http1.Options{KeepBody: -1, Body: objects.Body}, Keep: -1}
	marks := marked{choice: objects.opt.Choice, heads: map[*http1.Head]bool{}, streams: map[uint32]bool{}}
	streams := &h2Streams{v: v, objects: objects, found: &found, marks: &marks}
	if objects.opt.HTTP2 {
		opt.HTTP2Body = streams.piece
	}
	err := v.Decode(ctx, opt, func(m session.Message, packets []uint32) bool {
		switch d := m.Detail.(type) {
		case *http1.Head:
			marks.head(v, &m, d, packets)
			found = append(found, HTTPMessage{
				Stream: v.Conn.Stream, Frame: v.At(m.Ended).Frame, Packets: framesOf(v, packets), Message: m.Message,
			})
			streams.before(m.Message, d)
		case *http2.Frame:
			if objects.opt.HTTP2 {
				marks.stream(v, &m, d, packets)
				streams.frame(m, d, packets)
			}
		}
		return true
	})
	streams.finish()
	marks.apply(found)
	return found, err
}

// marked notes which exchanges of a connection have a message that is wanted.
type marked struct {
	choice  *Choice              // nil: all are
	heads   map[*http1.Head]bool // by request, or by a response without one
	streams map[uint32]bool
}

// exchangeOf is the head by which an exchange is known.
func exchangeOf(h *http1.Head) *http1.Head {
	if h.Request != nil {
		return h.Request
	}
	return h
}

func (k *marked) head(v *session.View, m *session.Message, h *http1.Head, packets []uint32) {
	if k.choice != nil && k.choice.Wants(v, m, packets) {
		k.heads[exchangeOf(h)] = true
	}
}

func (k *marked) stream(v *session.View, m *session.Message, f *http2.Frame, packets []uint32) {
	if k.choice != nil && k.choice.Wants(v, m, packets) {
		k.streams[f.Stream] = true
	}
}

// apply marks the messages that are not wanted.
func (k *marked) apply(found []HTTPMessage) {
	if k.choice == nil {
		return
	}
	for i := range found {
		if h, ok := found[i].Message.Detail.(*http1.Head); ok {
			found[i].Unwanted = !k.heads[exchangeOf(h)]
		}
	}
}

// framesOf returns the numbers of packets of a connection.
func framesOf(v *session.View, packets []uint32) []uint32 {
	frames := make([]uint32, len(packets))
	for k, p := range packets {
		frames[k] = v.At(int(p)).Frame
	}
	return frames
}

// Collection is what HTTP found in a capture, kept in a temporary folder of its own until it is closed.
type Collection struct {
	Objects []Object
	dir     string
}

// Collect finds the files in a capture. Incomplete ones are there too, marked.
func Collect(ctx context.Context, s *session.Session, progress func(done, total int)) (*Collection, error) {
	return collect(ctx, s, false, progress)
}

// CollectWhole is Collect for a reader: what came in ranges is one file, and what forms carry is there in parts beside them.
func CollectWhole(ctx context.Context, s *session.Session, progress func(done, total int)) (*Collection, error) {
	return collect(ctx, s, true, progress)
}

func collect(ctx context.Context, s *session.Session, whole bool, progress func(done, total int)) (*Collection, error) {
	dir, err := os.MkdirTemp("", "tcptalk-files-")
	if err != nil {
		return nil, err
	}
	c := &Collection{dir: dir}
	w, err := NewWriter(dir)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	objects, err := HTTP(ctx, s, w, HTTPOptions{Partial: true, AllCodings: true, HTTP2: true, JoinRanges: whole}, progress)
	if forms := withForms(objects); err == nil && whole && len(forms) > 0 {
		var parts []Object
		parts, err = HTTP(ctx, s, w, HTTPOptions{Partial: true, AllCodings: true, HTTP2: true, Requests: true, Connections: forms}, progress)
		objects = append(objects, onlyParts(parts)...)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for _, o := range objects {
		if o.Name != "" {
			c.Objects = append(c.Objects, o)
		}
	}
	return c, nil
}

// withForms returns the connections on which a request carries a form that has parts.
func withForms(objects []Object) []int {
	var streams []int
	for i := range objects {
		if o := &objects[i]; o.Request && multipart.Boundary(o.ContentType) != "" && !slices.Contains(streams, int(o.Stream)) {
			streams = append(streams, int(o.Stream))
		}
	}
	return streams
}

// onlyParts returns the parts of forms: the other bodies of requests are there already.
func onlyParts(objects []Object) []Object {
	var parts []Object
	for i := range objects {
		if objects[i].Part != "" {
			parts = append(parts, objects[i])
		}
	}
	return parts
}

// Close removes the temporary folder.
func (c *Collection) Close() error { return os.RemoveAll(c.dir) }

// Open opens file i for reading.
func (c *Collection) Open(i int) (io.ReadCloser, error) {
	return os.Open(filepath.Join(c.dir, c.Objects[i].Name))
}

// Head returns at most n of the first bytes of file i.
func (c *Collection) Head(i int, n int64) ([]byte, error) {
	r, err := c.Open(i)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, n))
	return b, errors.Join(err, r.Close())
}

// Save copies file i to path. A file that is there is replaced, but only once the new one is complete.
func (c *Collection) Save(i int, path string) error {
	w, err := NewWriter(filepath.Dir(path))
	if err != nil {
		return err
	}
	err = w.Replace(filepath.Base(path), func(out io.Writer) error { return c.copyTo(out, i) })
	return errors.Join(err, w.Close())
}

// SaveAll copies all files into dir; nothing there is overwritten. It returns how many were written.
func (c *Collection) SaveAll(ctx context.Context, dir string) (int, error) {
	all := make([]int, len(c.Objects))
	for i := range all {
		all[i] = i
	}
	return c.SaveSome(ctx, dir, all, func(int, int) {})
}

// SaveSome is SaveAll for some of the files. progress is told how many of them are there.
func (c *Collection) SaveSome(ctx context.Context, dir string, which []int, progress func(done, total int)) (int, error) {
	w, err := NewWriter(dir)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, i := range which {
		progress(n, len(which))
		if err = ctx.Err(); err != nil {
			break
		}
		if _, _, err = w.write(c.Objects[i].Name, func(out io.Writer) error { return c.copyTo(out, i) }); err != nil {
			break
		}
		n++
	}
	return n, errors.Join(err, w.Close())
}

func (c *Collection) copyTo(out io.Writer, i int) error {
	r, err := c.Open(i)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, r.Close())
}
