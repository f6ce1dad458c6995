package multipart

import (
	"mime"
	"strings"
)

// maxBoundary is above the 70 characters that RFC 2046 §5.1.1 allows, and far below the buffer that mime/multipart looks for
// a boundary in.
const maxBoundary = 256

// Boundary returns the boundary that a Content-Type names, "" if it is not that of a multipart body or the boundary cannot
// be used.
func Boundary(contentType string) string {
	const kind = "multipart/"
	ct := strings.TrimLeft(contentType, " \t")
	if len(ct) < len(kind) || !strings.EqualFold(ct[:len(kind)], kind) {
		return ""
	}
	b := parameter(ct, "boundary")
	if len(b) > maxBoundary || strings.ContainsAny(b, "\r\n") {
		return ""
	}
	return b
}

// parameter returns a parameter of a header value, "" if it has none of that name. The extended form of RFC 8187
// (filename*) goes before the plain one. Values that break the syntax, such as a boundary with a "=" that is not quoted, are
// taken up to the next semicolon.
func parameter(value, name string) string {
	if _, params, err := mime.ParseMediaType(value); err == nil {
		return params[name]
	}
	for rest := value; rest != ""; {
		var one string
		one, rest = cutParameter(rest)
		k, v, ok := strings.Cut(one, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(k), name) {
			continue
		}
		v = strings.TrimSpace(v)
		if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
			v = v[1 : len(v)-1]
		}
		return v
	}
	return ""
}

// cutParameter cuts value at its first semicolon outside quotes.
func cutParameter(value string) (one, rest string) {
	quoted := false
	for i := range len(value) {
		switch c := value[i]; {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return value[:i], value[i+1:]
		}
	}
	return value, ""
}
