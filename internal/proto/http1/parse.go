package http1

import (
	"bytes"
	"strconv"
	"strings"
)

// knownMethods are the ones that make a request line of one without a proper version.
var knownMethods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "CONNECT": true, "OPTIONS": true, "TRACE": true,
	"PATCH": true, "PROPFIND": true, "PROPPATCH": true, "MKCOL": true, "COPY": true, "MOVE": true, "LOCK": true,
	"UNLOCK": true, "SEARCH": true, "REPORT": true, "NOTIFY": true, "SUBSCRIBE": true, "UNSUBSCRIBE": true, "M-SEARCH": true,
}

// isToken reports that b may stand in a token (RFC 9110 §5.6.2).
func isToken(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}

func allTokens(s string) bool {
	for i := range len(s) {
		if !isToken(s[i]) {
			return false
		}
	}
	return s != ""
}

// validVersion reports HTTP/digit.digit.
func validVersion(v string) bool {
	return len(v) == 8 && strings.HasPrefix(v, "HTTP/") && isDigit(v[5]) && v[6] == '.' && isDigit(v[7])
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// http2Preface is the first line that an HTTP/2 client sends (RFC 9113 §3.4), made so that no HTTP/1 server takes it for a
// request.
const http2Preface = "PRI * HTTP/2.0"

// parseRequestLine fills h from the line, as servers do: method, target and the rest, parted by spaces.
func (h *Head) parseRequestLine(line string) bool {
	method, rest, _ := strings.Cut(line, " ")
	target, version, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !allTokens(method) || target == "" || line == http2Preface {
		return false
	}
	version = strings.Trim(version, " ")
	if !validVersion(version) && !knownMethods[method] {
		return false
	}
	h.Kind, h.Method, h.Target, h.Version = Request, method, target, version
	switch {
	case version == "":
		h.remark(NoVersion, h.LineRange)
	case !validVersion(version):
		h.remark(BadVersion, h.LineRange)
	}
	if len(line) != len(method)+len(target)+len(version)+2 && version != "" {
		h.remark(ExtraSpace, h.LineRange)
	}
	return true
}

// endsInVersion reports that a request line ends in a version, whatever stands before it: spaces in the target, say.
func (h *Head) endsInVersion() bool {
	i := strings.LastIndexByte(h.Line, ' ')
	return i >= 0 && validVersion(h.Line[i+1:]) && h.Line[i+1:] < "HTTP/2"
}

// parseStatusLine fills h from the line: version, three digits, reason. "ICY" is the version of Shoutcast servers.
func (h *Head) parseStatusLine(line string) bool {
	version, rest, _ := strings.Cut(line, " ")
	if len(version) < 5 || !strings.EqualFold(version[:5], "HTTP/") {
		if version != "ICY" {
			return false
		}
	}
	code := strings.TrimLeft(rest, " ")
	if len(code) < 3 || !isDigit(code[0]) || !isDigit(code[1]) || !isDigit(code[2]) || len(code) > 3 && code[3] != ' ' {
		return false
	}
	h.Kind, h.Version, h.Reason = Response, version, strings.TrimPrefix(code[3:], " ")
	h.Status, _ = strconv.Atoi(code[:3]) // three digits, checked above
	if !validVersion(version) && version != "ICY" {
		h.remark(BadVersion, h.LineRange)
	}
	if len(code) != len(rest) {
		h.remark(ExtraSpace, h.LineRange)
	}
	return true
}

// cutLine takes the line end off and remarks what is odd about it.
func (h *Head) cutLine(line []byte, r Range) []byte {
	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	} else {
		h.remark(BareLF, r)
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		h.remark(StrayCR, r)
	}
	return line
}

// addField files one header or trailer line, its line end already cut off, into fields.
func (h *Head) addField(fields *[]Field, line []byte, r Range) {
	if line[0] == ' ' || line[0] == '\t' {
		h.remark(ObsFold, r)
		if len(*fields) > 0 {
			*fields = append(*fields, Field{Value: string(bytes.Trim(line, " \t")), Line: r, folded: true})
			return
		}
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		h.remark(NoColon, r)
		*fields = append(*fields, Field{Value: string(line), Line: r, bare: true})
		return
	}
	h.checkName(name, r)
	value = bytes.Trim(value, " \t")
	if bytes.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' || c == 0x7f }) {
		h.remark(ControlInValue, r)
	}
	*fields = append(*fields, Field{Name: string(bytes.Trim(name, " \t")), Value: string(value), Line: r})
}

// unfold joins the fields of a section with their continuation lines. While the section is read these stand by themselves:
// they count as lines, and a value of many is put together only once.
func unfold(fields []Field) []Field {
	out := fields[:0]
	for len(fields) > 0 {
		n := 1
		for n < len(fields) && fields[n].folded {
			n++
		}
		out = append(out, joined(fields[:n]))
		fields = fields[n:]
	}
	return out
}

// joined returns a field with the continuation lines behind it: a space takes the place of each line end (RFC 9112 §5.2).
func joined(lines []Field) Field {
	f := lines[0]
	if len(lines) == 1 {
		return f
	}
	var value strings.Builder
	for i := range lines {
		if text := lines[i].Value; text != "" {
			value.WriteString(text + " ")
		}
	}
	f.Value, f.Line.End = strings.Trim(value.String(), " "), lines[len(lines)-1].Line.End
	return f
}

func (h *Head) checkName(name []byte, r Range) {
	trimmed := bytes.TrimRight(name, " \t")
	if len(trimmed) == 0 {
		h.remark(EmptyName, r)
		return
	}
	if len(trimmed) != len(name) {
		h.remark(SpaceBeforeColon, r)
	}
	control, other := false, false
	for _, c := range trimmed {
		control = control || c < ' ' || c == 0x7f
		other = other || !isToken(c)
	}
	switch {
	case control:
		h.remark(ControlInName, r)
	case other:
		h.remark(BadName, r)
	}
}

// parseChunkLine reads a chunk's size line, its line end cut off, and passes over extensions. ok is false if there is no
// size; odd says that it is not quite as prescribed.
func parseChunkLine(line []byte) (size int64, odd, ok bool) {
	digits := 0
	for digits < len(line) && isHex(line[digits]) {
		digits++
	}
	number := bytes.TrimLeft(line[:digits], "0")
	if digits == 0 || len(number) > 15 { // 15 hex digits stay below 2^60
		return 0, true, false
	}
	size, err := strconv.ParseInt("0"+string(number), 16, 64)
	rest := bytes.TrimLeft(line[digits:], " \t")
	if err != nil || len(rest) > 0 && rest[0] != ';' {
		return 0, true, false
	}
	return size, len(rest)+digits != len(line), true
}

func isHex(b byte) bool { return isDigit(b) || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F' }
