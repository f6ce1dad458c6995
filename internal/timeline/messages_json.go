package timeline

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Bounds of JSON that is laid out: hostile nesting must not multiply its size.
const (
	jsonIndent    = 2
	maxJSONIndent = 24 // columns
)

// isJSON reports that b is an object or a list in JSON.
func isJSON(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[') && json.Valid(b)
}

// jsonLayout lays valid JSON out, at most limit lines of it.
type jsonLayout struct {
	lines []string
	line  strings.Builder
	depth int
	limit int
}

// layJSON returns the lines of valid JSON, laid out and broken at messageColumns; more says that the limit left some out.
func layJSON(b []byte, limit int) (lines []string, more bool) {
	l := &jsonLayout{limit: limit}
	for i := 0; i < len(b) && len(l.lines) <= limit; {
		switch c := b[i]; c {
		case ' ', '\t', '\r', '\n':
			i++
		case '{', '[':
			end := i + 1
			for end < len(b) && strings.IndexByte(" \t\r\n", b[end]) >= 0 {
				end++
			}
			if end < len(b) && (b[end] == '}' || b[end] == ']') { // empty: both on one line
				l.line.Write([]byte{c, b[end]})
				i = end + 1
				continue
			}
			l.line.WriteByte(c)
			l.depth++
			l.newline()
			i++
		case '}', ']':
			l.depth--
			l.newline()
			l.line.WriteByte(c)
			i++
		case ',':
			l.line.WriteByte(c)
			l.newline()
			i++
		case ':':
			l.line.WriteString(": ")
			i++
		default:
			end := jsonScalar(b, i)
			l.line.Write(b[i:end])
			i = end
		}
	}
	l.flush()
	if len(l.lines) > limit {
		return l.lines[:limit], true
	}
	return l.lines, false
}

// jsonScalar returns the end of the text, number or word that begins at i.
func jsonScalar(b []byte, i int) int {
	if b[i] != '"' {
		for i < len(b) && strings.IndexByte(" \t\r\n,:{}[]\"", b[i]) < 0 {
			i++
		}
		return i
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func (l *jsonLayout) newline() {
	l.flush()
	l.line.WriteString(strings.Repeat(" ", min(l.depth*jsonIndent, maxJSONIndent)))
}

func (l *jsonLayout) flush() {
	if strings.TrimSpace(l.line.String()) != "" {
		l.lines = breakLine(l.lines, clean(l.line.String()), l.limit+1)
	}
	l.line.Reset()
}

// columnsOf counts the columns of a character in a face of one width.
func columnsOf(r rune) int {
	if r >= 0x1100 && (r < 0x1160 || r >= 0x2E80 && r < 0xFFDD && (r < 0xD7B0 || r >= 0xF900) || r >= 0x1F300) {
		return 2
	}
	return 1
}

// breakLine appends a line in pieces of at most messageColumns columns, until lines has limit of them.
func breakLine(lines []string, s string, limit int) []string {
	for len(lines) < limit {
		columns, end, space := 0, 0, 0
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if columns += columnsOf(r); columns > messageColumns {
				break
			}
			end += size
			if r == ' ' {
				space = end
			}
		}
		if end == len(s) {
			return append(lines, s)
		}
		if space > len(s[:end])*2/3 { // break between words where that does not leave much of the line empty
			end = space
		}
		lines = append(lines, strings.TrimRight(s[:end], " "))
		s = s[end:]
	}
	return lines
}

// brokenText splits text into lines fit to be shown, at most limit of them; more says that there are others.
func brokenText(b []byte, limit int) (lines []string, more bool) {
	b = bytes.TrimRight(b, "\r\n")
	for line := range bytes.SplitSeq(b, []byte{'\n'}) {
		if lines = breakLine(lines, clean(string(line)), limit+1); len(lines) > limit {
			return lines[:limit], true
		}
	}
	return lines, false
}
