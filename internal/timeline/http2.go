package timeline

import (
	"slices"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/session"
)

// framesFrom counts the HTTP/2 frames that ms begins with.
func framesFrom(ms []session.Message) int {
	n := slices.IndexFunc(ms, func(m session.Message) bool { return m.Protocol != http2.Name })
	if n < 0 {
		return len(ms)
	}
	return n
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
