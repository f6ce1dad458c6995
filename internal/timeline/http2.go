package timeline

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// framesFrom counts the HTTP/2 frames from message i of ms on, apart from what WebSockets in their streams say; false if there are
// others before it. The connection preface is no frame.
func framesFrom(ms []session.Message, i int) (n int, first bool) {
	before := i - 1
	for before >= 0 && inStream(&ms[before]) {
		before--
	}
	if before >= 0 && ms[before].Protocol == http2.Name {
		return 0, false
	}
	for ; i < len(ms); i++ {
		switch {
		case ms[i].Protocol == http2.Name:
			if f, ok := ms[i].Detail.(*http2.Frame); !ok || !f.Preface {
				n++
			}
		case !inStream(&ms[i]):
			return n, true
		}
	}
	return n, true
}

// inStream reports the frame of a WebSocket that a stream of HTTP/2 carries. It stands in the table below the frames of HTTP/2.
func inStream(m *session.Message) bool {
	f, ok := m.Detail.(*websocket.Frame)
	return ok && f.Stream != 0
}

// http2 shows an HTTP/2 frame: a line, below it its settings or header fields, and what is odd about it.
func (c *Chat) http2(m *session.Message, f *http2.Frame) []string {
	l := c.options.Lang
	first := clean(narrate.HTTP2Frame(l, f))
	if (f.Type == http2.Data || f.Type == http2.GoAway) && printable(f.Data) {
		first += " · " + clean(string(f.Data[:min(len(f.Data), maxColumns)]))
	}
	lines := []string{cut(first)}
	for _, s := range f.Settings {
		lines = append(lines, "  "+narrate.HTTP2Setting(l, s))
	}
	for i := range f.Fields {
		lines = append(lines, cut("  "+clean(narrate.HTTP2Field(l, &f.Fields[i]))))
	}
	if n := f.FieldCount - len(f.Fields); n > 0 {
		lines = append(lines, "  "+narrate.HTTP2FieldsLeft(l, n))
	}
	for _, p := range f.Problems {
		lines = append(lines, "⚠ "+narrate.HTTP2Problem(l, p))
	}
	if m.Broken != "" {
		lines = append(lines, "⚠ "+narrate.Broken(l, m.Broken))
	}
	return lines
}
