package export

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"

	"tcptalk/internal/exchange"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Bounds of what one entry holds. What exceeds them is cut and marked "_truncated".
const (
	harKeep    = 4 << 20 // bytes of a body on the wire
	harContent = 8 << 20 // bytes of it without its codings
)

// HAROptions say what to write.
type HAROptions struct {
	// Connection is the stream number of the only connection to write, -1 for all.
	Connection int
	// Choice leaves out exchanges of which no message is wanted. Those of a WebSocket belong to the exchange that opened it.
	Choice *Choice
	// Version is that of the program.
	Version string
}

// HARSummary says what was written and what was not.
type HARSummary struct {
	Entries int
	// WithoutRequest counts responses that are left out because their request was not captured: an entry needs a URL.
	WithoutRequest int
	// Truncated counts bodies of which only the beginning is there.
	Truncated int
}

// HAR writes the HTTP exchanges of a capture as an HTTP Archive 1.2, in the order in which they began, to out. progress is
// told how many of the connections were looked at; it may be nil. Entries wait in a temporary file, so that memory depends on
// their number only, and not on what they hold.
func HAR(ctx context.Context, s *session.Session, out io.Writer, opt HAROptions, progress func(done, total int)) (HARSummary, error) {
	file, err := os.CreateTemp("", "tcptalk-har-")
	if err != nil {
		return HARSummary{}, err
	}
	h := &har{file: file, spool: bufio.NewWriterSize(file, 1<<16)}
	err = h.write(ctx, s, out, opt, progress)
	return h.sum, errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// har writes entries to a spool and then, sorted, to where they belong.
type har struct {
	file  *os.File
	spool *bufio.Writer
	at    int64
	list  []harParts
	sum   HARSummary
	// Of the connection that is read: frames are the messages of WebSockets by the exchanges that opened them, sockets where
	// those stand in list.
	frames  map[*exchange.Exchange][]harPlace
	sockets map[*exchange.Exchange]int
}

// harPlace is where something stands in the spool.
type harPlace struct{ at, bytes int64 }

// harParts is where the parts of an entry stand: the entry without its closing brace, and its WebSocket's messages, each with a
// comma in front. In HTTP/2 they stand among those of others, and before it.
type harParts struct {
	began  int64 // nanoseconds since 1970
	entry  harPlace
	frames []harPlace
	// truncated counts bodies, unwanted says that the entry is left out.
	truncated int
	unwanted  bool
}

func (h *har) write(ctx context.Context, s *session.Session, out io.Writer, opt HAROptions, progress func(done, total int)) error {
	pick := func(c *tcp.Connection) bool { return opt.Connection < 0 || int(c.Stream) == opt.Connection }
	err := s.Sweep(ctx, pick, progress, opt.Choice.narrowed(func(v *session.View) error { return h.connection(ctx, v, opt.Choice) }))
	if err != nil {
		return err
	}
	if err := h.spool.Flush(); err != nil {
		return err
	}
	return h.assemble(ctx, out, opt)
}

// connection writes the entries of a connection.
func (h *har) connection(ctx context.Context, v *session.View, choice *Choice) error {
	h.frames, h.sockets = make(map[*exchange.Exchange][]harPlace), make(map[*exchange.Exchange]int)
	begin := len(h.list)
	err := exchange.Each(ctx, v, exchange.Options{
		KeepBody: harKeep,
		Frame:    func(x *exchange.Exchange, m *session.Message) error { return h.frame(v, x, m) },
		Mark:     func(m *session.Message, packets []uint32) bool { return choice.Wants(v, m, packets) },
	}, h.exchange)
	for x, i := range h.sockets {
		h.list[i].frames, h.list[i].unwanted = h.frames[x], !x.Marked
	}
	kept := slices.DeleteFunc(h.list[begin:], func(p harParts) bool { return p.unwanted }) // the spool keeps them, unread
	h.list = h.list[:begin+len(kept)]
	for _, p := range kept {
		h.sum.Entries++
		h.sum.Truncated += p.truncated
	}
	return err
}

// put writes to the spool.
func (h *har) put(b []byte) (harPlace, error) {
	p := harPlace{h.at, int64(len(b))}
	h.at += p.bytes
	_, err := h.spool.Write(b)
	return p, err
}

// encode returns v as JSON, without what is only for HTML and without a line end.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// exchange writes an entry, all but its closing brace.
func (h *har) exchange(x *exchange.Exchange) error {
	switch {
	case !x.Marked && !(x.WebSocket() && x.Asked()):
		return nil
	case !x.Asked():
		h.sum.WithoutRequest++
		return nil
	}
	e := newHAREntry(x)
	b, err := encode(e)
	if err != nil {
		return err
	}
	truncated := 0
	for _, c := range [...]bool{e.Response.Content.Truncated, e.Request.PostData != nil && e.Request.PostData.Truncated} {
		if c {
			truncated++
		}
	}
	if x.WebSocket() {
		h.sockets[x] = len(h.list)
	}
	place, err := h.put(b[:len(b)-1])
	h.list = append(h.list, harParts{began: e.began, entry: place, truncated: truncated})
	return err
}

// frame writes a message of the WebSocket that x opened.
func (h *har) frame(v *session.View, x *exchange.Exchange, m *session.Message) error {
	f, ok := m.Detail.(*websocket.Frame)
	if !ok || x == nil || f.Whole == nil {
		return nil
	}
	if _, entry := h.sockets[x]; !entry && f.Stream == 0 {
		return nil // its request was not captured
	}
	b, err := encode(newHARFrame(m.Dir, v.At(m.First).Time, f.Whole))
	if err != nil {
		return err
	}
	place, err := h.put(append([]byte{','}, b...))
	list := h.frames[x]
	if n := len(list) - 1; n >= 0 && list[n].at+list[n].bytes == place.at {
		list[n].bytes += place.bytes
	} else {
		h.frames[x] = append(list, place)
	}
	return err
}

// assemble writes the archive.
func (h *har) assemble(ctx context.Context, out io.Writer, opt HAROptions) error {
	slices.SortStableFunc(h.list, func(a, b harParts) int { return cmp.Compare(a.began, b.began) })
	creator, err := encode(map[string]string{"name": "tcptalk", "version": opt.Version})
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	_, _ = w.WriteString(`{"log":{"version":"1.2","creator":` + string(creator) + `,"pages":[],"entries":[`) // Flush tells
	for i, p := range h.list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i > 0 {
			_ = w.WriteByte(',')
		}
		_ = w.WriteByte('\n')
		if err := h.copyEntry(w, p); err != nil {
			return err
		}
	}
	_, _ = w.WriteString("\n]}}\n")
	return w.Flush()
}

// copyEntry writes an entry whose parts are in the spool.
func (h *har) copyEntry(w *bufio.Writer, p harParts) error {
	if _, err := io.Copy(w, h.read(p.entry)); err != nil {
		return err
	}
	for i, f := range p.frames {
		if i == 0 {
			_, _ = w.WriteString(`,"_webSocketMessages":[`) // Flush tells
			f.at, f.bytes = f.at+1, f.bytes-1
		}
		if _, err := io.Copy(w, h.read(f)); err != nil {
			return err
		}
	}
	if len(p.frames) > 0 {
		_ = w.WriteByte(']')
	}
	return w.WriteByte('}')
}

// read reads a part of the spool.
func (h *har) read(p harPlace) io.Reader { return io.NewSectionReader(h.file, p.at, p.bytes) }
