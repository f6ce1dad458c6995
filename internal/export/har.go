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
	list  []harPlace
	sum   HARSummary
	// open says that the last entry waits for the frames of its WebSocket, frames how many there are.
	open   bool
	frames int
}

// harPlace is where an entry stands in the spool.
type harPlace struct {
	began     int64 // nanoseconds since 1970
	at, bytes int64
}

func (h *har) write(ctx context.Context, s *session.Session, out io.Writer, opt HAROptions, progress func(done, total int)) error {
	pick := func(c *tcp.Connection) bool { return opt.Connection < 0 || int(c.Stream) == opt.Connection }
	err := s.Sweep(ctx, pick, progress, func(v *session.View) error {
		err := exchange.Each(ctx, v, exchange.Options{KeepBody: harKeep, Frame: func(x *exchange.Exchange, m *session.Message) error {
			return h.frame(v, x, m)
		}}, h.exchange)
		return errors.Join(err, h.endEntry())
	})
	if err != nil {
		return err
	}
	if err := h.spool.Flush(); err != nil {
		return err
	}
	return h.assemble(ctx, out, opt)
}

// put writes to the spool.
func (h *har) put(b []byte) error {
	n, err := h.spool.Write(b)
	h.at += int64(n)
	return err
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
	if err := h.endEntry(); err != nil {
		return err
	}
	if !x.Asked() {
		h.sum.WithoutRequest++
		return nil
	}
	e := newHAREntry(x)
	b, err := encode(e)
	if err != nil {
		return err
	}
	h.sum.Entries++
	for _, c := range [...]bool{e.Response.Content.Truncated, e.Request.PostData != nil && e.Request.PostData.Truncated} {
		if c {
			h.sum.Truncated++
		}
	}
	h.list = append(h.list, harPlace{began: e.began, at: h.at})
	h.open, h.frames = true, 0
	return h.put(b[:len(b)-1])
}

// endEntry closes the open entry.
func (h *har) endEntry() error {
	if !h.open {
		return nil
	}
	h.open = false
	end := "}"
	if h.frames > 0 {
		end = "]}"
	}
	err := h.put([]byte(end))
	last := &h.list[len(h.list)-1]
	last.bytes = h.at - last.at
	return err
}

// frame writes a message of a WebSocket into the open entry, which opened it.
func (h *har) frame(v *session.View, x *exchange.Exchange, m *session.Message) error {
	f, ok := m.Detail.(*websocket.Frame)
	if !ok || !h.open || x == nil || f.Whole == nil {
		return nil
	}
	before := ","
	if h.frames == 0 {
		before = `,"_webSocketMessages":[`
	}
	h.frames++
	b, err := encode(newHARFrame(m.Dir, v.At(m.First).Time, f.Whole))
	if err != nil {
		return err
	}
	return errors.Join(h.put([]byte(before)), h.put(b))
}

// assemble writes the archive.
func (h *har) assemble(ctx context.Context, out io.Writer, opt HAROptions) error {
	slices.SortStableFunc(h.list, func(a, b harPlace) int { return cmp.Compare(a.began, b.began) })
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
		if _, err := io.Copy(w, io.NewSectionReader(h.file, p.at, p.bytes)); err != nil {
			return err
		}
	}
	_, _ = w.WriteString("\n]}}\n")
	return w.Flush()
}
