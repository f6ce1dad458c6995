package timeline

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Bounds of what one bubble shows.
const (
	maxColumns  = 160  // of a payload line; the rest is cut off with an ellipsis
	maxExpanded = 400  // payload lines of an expanded bubble
	maxFrames   = 24   // lines of the WebSocket table
	maxShown    = 4096 // bytes of text looked at in an unexpanded bubble
)

// Bounds of what is read to tell how high the bubbles of a connection without a known protocol are.
const (
	// maxRead is the number of segments of a connection up to which every payload is read for that, a few milliseconds.
	// Longer connections show a preview of one line, whose height is known without reading.
	maxRead = 2000
	// previewBytes is how much of a payload a preview shows.
	previewBytes = 96
)

// content is what a bubble says besides numbers.
type content struct {
	title  string
	lines  []string
	more   int // lines not shown; -1 if the reader has expanded the bubble
	frames []FrameRow
	json   []*websocket.Frame // end messages that are laid out below the lines of an expanded bubble
	headed int                // the number of lines when the last heading was written
}

// content makes the decoded content of packet p: the messages that begin in it, or else its payload.
func (c *Chat) content(p int) content {
	var out content
	rec := c.view.At(p)
	messages := c.talk.Starting(p)
	if c.options.Plain {
		messages = nil
	}
	switch {
	case len(messages) > 0:
		out = c.messages(messages)
	case c.previews(p):
		return c.preview(p)
	case c.raw(rec):
		out.lines = c.payload(p)
	}
	out.lines = slices.Concat(c.noteLines(p), c.comment(p), c.conflict(p), out.lines)
	limit, laidOut := c.options.PayloadLines, 0
	for _, f := range out.json {
		laidOut += min(jsonLines(f.Whole.Data), maxExpanded)
	}
	switch {
	case len(out.lines) <= limit && laidOut == 0:
	case c.expanded[int32(p)]:
		out.more = -1
		for _, f := range out.json {
			out.lines = append(out.lines, prettyJSON(f)...)
		}
		out.lines = out.lines[:min(len(out.lines), maxExpanded)]
	default:
		shown := min(len(out.lines), limit)
		out.more = len(out.lines) - shown + laidOut
		out.lines = out.lines[:shown]
	}
	return out
}

// comment returns the lines that somebody wrote about packet p in the capture.
func (c *Chat) comment(p int) []string {
	text := c.view.Comment(p)
	if text == "" {
		return nil
	}
	return written(narrate.Comment(c.options.Lang) + text)
}

// conflict returns a line where packet p repeats bytes with other content.
func (c *Chat) conflict(p int) []string {
	k := c.talk.Conflicting(p)
	if k == nil {
		return nil
	}
	return []string{"⚠ " + narrate.Conflict(c.options.Lang, k.Bytes, c.view.At(k.First).Frame)}
}

// raw reports a segment that shows its payload as it is.
func (c *Chat) raw(rec *session.Record) bool {
	return rec.Len > 0 && !rec.Labels.Any(tcp.KeepAlive|tcp.ZeroWindowProbe) && rec.HasNumbers() && (c.options.Plain || c.talk.Unknown())
}

// previews reports that packet p shows a single line of its payload, because the connection is too long to read them all.
func (c *Chat) previews(p int) bool {
	return c.view.Len() > maxRead && !c.expanded[int32(p)] && c.raw(c.view.At(p)) && !c.annotated(p)
}

// preview shows the beginning of a payload in one line.
func (c *Chat) preview(p int) content {
	var out content
	b, err := c.view.Payload(p)
	first := b[:min(len(b), previewBytes)]
	switch {
	case err != nil:
		out.lines = narrate.Failure(c.options.Lang, err).Sentences[:1]
	case len(b) == 0:
		out.lines = []string{narrate.NotCaptured(c.options.Lang, c.view.At(p).Len)}
	case printable(first):
		out.lines = []string{cut(clean(string(first)))}
	default:
		out.lines = []string{hexPreview(first)}
	}
	if c.view.At(p).Len > previewBytes {
		out.more = max(len(payloadLines(b))-1, 1)
	}
	return out
}

// heading begins what another message of the same packet shows. Messages that are a heading only stand line by line.
func (out *content) heading(title string) {
	switch {
	case out.title == "":
		out.title = title
	case len(out.lines) == out.headed:
		out.lines = append(out.lines, title)
	default:
		out.lines = append(out.lines, "", title)
	}
	out.headed = len(out.lines)
}

// messages shows the HTTP heads and the frames that begin in one packet.
func (c *Chat) messages(ms []session.Message) content {
	var out content
	for i := range ms {
		switch d := ms[i].Detail.(type) {
		case *http1.Head:
			title, lines := c.head(&ms[i], d)
			out.heading(title)
			out.lines = append(out.lines, lines...)
		case *http2.Frame:
			if n, first := framesFrom(ms, i); first {
				out.heading(narrate.FramesTitle(c.options.Lang, http2.Name, n))
			}
			if len(out.lines) <= maxExpanded {
				out.lines = append(out.lines, c.http2(&ms[i], d)...)
			}
		case *websocket.Frame:
			if len(out.frames) < maxFrames {
				out.frames = append(out.frames, c.frame(&ms[i], d))
				if hasLayout(d) {
					out.json = append(out.json, d)
				}
			}
			if out.title == "" {
				out.title = narrate.FramesTitle(c.options.Lang, websocket.Name, count(ms, websocket.Name))
			}
		default:
			title, lines := narrate.Message(c.options.Lang, &ms[i].Message)
			if ms[i].Protocol == sse.Name {
				lines = c.withGap(ms, i, lines)
			}
			out.heading(cut(clean(title)))
			for _, line := range lines[:min(len(lines), max(0, maxExpanded-len(out.lines)))] {
				out.lines = append(out.lines, cut(clean(line)))
			}
			if b := ms[i].Broken; b != "" {
				out.lines = append(out.lines, "⚠ "+narrate.Broken(c.options.Lang, b))
			}
		}
	}
	return out
}

// head shows an HTTP message: its start line and header fields as sent, what is odd about them, and the body if it is text.
func (c *Chat) head(m *session.Message, h *http1.Head) (title string, lines []string) {
	l := c.options.Lang
	title = cut(clean(narrate.HTTPTitle(l, h, m.Last > m.First)))
	if body := string(h.Body.Bytes); h.Kind != http1.Unreadable || !printable(h.Body.Bytes) || !strings.HasPrefix(body, h.Line) {
		lines = append(lines, clean(h.Line)) // what cannot be read begins with its first line
	}
	for i := range h.Fields {
		lines = append(lines, fieldLine(&h.Fields[i]))
	}
	for i := range h.Remarks {
		if s := narrate.HTTPRemark(l, h.Remarks[i].Code); s != "" {
			lines = append(lines, "⚠ "+s)
		}
	}
	if s := narrate.HTTPBody(l, h); s != "" {
		lines = append(lines, "── "+s+" ──")
	}
	if len(h.Body.Codings) == 0 && printable(h.Body.Bytes) && !isEvents(h) {
		lines = append(lines, textLines(h.Body.Bytes)...)
	}
	if m.Broken != "" {
		lines = append(lines, "⚠ "+narrate.Broken(l, m.Broken))
	}
	return title, lines
}

func fieldLine(f *http1.Field) string {
	if f.Name == "" {
		return clean(f.Value)
	}
	return clean(f.Name + ": " + f.Value)
}

// payload shows the bytes of a packet whose protocol is not known: as text if it is text, else in hexadecimal.
func (c *Chat) payload(p int) []string {
	b, err := c.view.Payload(p)
	if err != nil {
		return narrate.Failure(c.options.Lang, err).Sentences[:1]
	}
	if len(b) == 0 {
		return []string{narrate.NotCaptured(c.options.Lang, c.view.At(p).Len)}
	}
	if first := b[:min(len(b), maxShown)]; !c.expanded[int32(p)] && printable(first) {
		return textLines(first)
	}
	return payloadLines(b)
}

// payloadLines shows bytes as text if they are text, else in hexadecimal.
func payloadLines(b []byte) []string {
	if printable(b) {
		return textLines(b)
	}
	return hexLines(b)
}

// printable reports text: valid UTF-8 without control characters other than white space. A character cut at the end is
// forgiven.
func printable(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i > 0 && len(b)-i < utf8.UTFMax && !utf8.FullRune(b[i:])
		}
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		i += n
	}
	return true
}

// textLines splits text into lines fit to be shown.
func textLines(b []byte) []string {
	b = bytes.TrimRight(b, "\r\n")
	var lines []string
	for line := range strings.SplitSeq(string(b), "\n") {
		lines = append(lines, cut(clean(line)))
		if len(lines) > maxExpanded {
			break
		}
	}
	return lines
}

// hexLines dumps bytes, 16 a line; one that is repeated for longer than that in a single line.
func hexLines(b []byte) []string {
	const columns = 16
	var lines []string
	for off := 0; off < len(b) && len(lines) <= maxExpanded; {
		part := b[off:min(off+columns, len(b))]
		n := repeated(b[off:])
		if off+n < len(b) {
			n -= n % columns // the next line begins where it always does
		}
		if n > columns {
			lines = append(lines, fmt.Sprintf("%04x  %02x × %s", off, b[off], narrate.Count(uint64(n))))
			off += n
			continue
		}
		off += len(part)
		lines = append(lines, fmt.Sprintf("%04x  %-48s %s", off-len(part), fmt.Sprintf("% x", part), ascii(part)))
	}
	return lines
}

// repeated returns how often the first byte stands at the beginning.
func repeated(b []byte) int {
	n := 1
	for n < len(b) && b[n] == b[0] {
		n++
	}
	return n
}

func hexPreview(b []byte) string {
	const n = 16
	if len(b) > n {
		return fmt.Sprintf("% x …", b[:n])
	}
	return fmt.Sprintf("% x", b)
}

func ascii(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = '.'
		if c >= 0x20 && c < 0x7f {
			out[i] = c
		}
	}
	return string(out)
}

// clean makes text from the wire safe to show: tabs become spaces, other control characters and invalid bytes visible.
func clean(s string) string {
	s = strings.TrimRight(s, "\r\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '\r':
			return '␍'
		case r == '\n':
			return '␊'
		case unicode.IsControl(r):
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "·"))
}

// cut shortens a line to maxColumns.
func cut(s string) string {
	if len(s) <= maxColumns {
		return s
	}
	r := []rune(s)
	if len(r) <= maxColumns {
		return s
	}
	return string(r[:maxColumns]) + "…"
}
