package export

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"tcptalk/internal/exchange"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
)

// CurlBody is the file that Curl's command reads a body from which does not fit into it.
const CurlBody = "body.bin"

// maxCurlBody is the longest body that stands in a command: systems take at least 128 KiB as one argument (Linux's
// MAX_ARG_STRLEN), and an octal escape takes five bytes for one.
const maxCurlBody = 16 << 10

// CurlBodyInFile reports that the command reads the body from CurlBody, because it is too long or not all there.
func CurlBodyInFile(x *exchange.Exchange) bool {
	b := &x.Request.Body
	return b.Truncated || b.Missing > 0 || b.Length > maxCurlBody
}

// Curl returns a command for a POSIX shell that sends the request again, "" if it is not known what was asked. Header fields
// are those of the request, and those that curl would add are not added. A binary body comes from printf, through a pipe.
func Curl(x *exchange.Exchange) string {
	if !x.Asked() {
		return ""
	}
	c := &curl{}
	q := x.Request
	c.option(versionOption(x))
	withBody := q.Body.Length+q.Body.Missing > 0
	switch {
	case q.Method == "HEAD" && !withBody:
		c.option("--head")
	case q.Method == "GET" && !withBody, q.Method == "POST" && withBody:
	default:
		c.option("-X", q.Method)
	}
	c.target(x)
	if coding, ok := q.Get("Accept-Encoding"); ok && knowsAll(coding) {
		c.option("--compressed")
	}
	c.headers(x, withBody)
	before := ""
	if withBody {
		before = c.body(x)
	}
	return before + "curl " + strings.Join(c.words, " ")
}

// versionOption asks for the version that the request was sent with.
func versionOption(x *exchange.Exchange) string {
	switch {
	case x.Protocol == http2.Name && x.Request.Version != "HTTP/2": // by an upgrade
		return "--http2"
	case x.Protocol == http2.Name:
		return "--http2-prior-knowledge"
	case x.Request.Version == "HTTP/1.0":
		return "--http1.0"
	}
	return "--http1.1"
}

// knowsAll reports that an Accept-Encoding names nothing but what --compressed takes off.
func knowsAll(accepted string) bool {
	for c := range strings.SplitSeq(accepted, ",") {
		c, _, _ = strings.Cut(c, ";")
		if c = strings.ToLower(strings.TrimSpace(c)); c != "" && c != "identity" && c != "*" && !body.Known(c) {
			return false
		}
	}
	return strings.TrimSpace(accepted) != ""
}

// curl is a command in the making.
type curl struct{ words []string }

// option adds words, quoted where they have to be.
func (c *curl) option(words ...string) {
	for _, w := range words {
		c.words = append(c.words, quote(w))
	}
}

// target adds the URL, and what it takes to send just this target.
func (c *curl) target(x *exchange.Exchange) {
	q := x.Request
	u := x.URL()
	sent := q.Target
	if sent == "" {
		sent = q.Authority
	}
	absolute := strings.HasPrefix(strings.ToLower(sent), "http://") // to a proxy
	if absolute {
		c.option("--proxy", "http://"+x.Server.String())
	}
	if strings.ContainsAny(u, "[]") {
		c.option("--globoff")
	}
	if strings.Contains(u, "/.") {
		c.option("--path-as-is")
	}
	path := strings.TrimPrefix(u, x.Base())
	parsed, err := url.Parse(u)
	if exact := absolute && u == sent || path == sent && strings.HasPrefix(path, "/"); !exact || strings.Contains(sent, "#") || err != nil || parsed.Host == "" {
		c.option("--request-target", sent)
		u = x.Base() // the rest would not be sent
	}
	c.option(u)
}

// left are header fields that curl makes itself, and those of an upgrade to HTTP/2, which --http2 makes.
var (
	left     = map[string]bool{"content-length": true, "http2-settings": true}
	upgrades = map[string]bool{"connection": true, "upgrade": true}
	// added are those that curl adds where they are not forbidden.
	added = []string{"User-Agent", "Accept"}
)

// headers adds the header fields.
func (c *curl) headers(x *exchange.Exchange, withBody bool) {
	q := x.Request
	upgraded := versionOption(x) == "--http2"
	for i := range q.Fields {
		f := &q.Fields[i]
		name := strings.ToLower(f.Name)
		switch {
		case f.Unknown, !token(f.Name), left[name], upgraded && upgrades[name]:
		case name == "host" && f.Value == q.Authority && strings.Contains(x.Base(), "://"+f.Value):
		case f.Value == "":
			c.option("-H", f.Name+";")
		default:
			c.option("-H", f.Name+": "+f.Value)
		}
	}
	forbid := added
	if withBody {
		forbid = append(append([]string{}, added...), "Content-Type", "Expect")
	}
	for _, name := range forbid {
		if _, ok := q.Get(name); !ok {
			c.option("-H", name+":")
		}
	}
	if _, ok := q.Get("Host"); !ok && x.Protocol == http1.Name {
		c.option("-H", "Host:")
	}
}

// token reports that s is a header field's name (RFC 9110 §5.6.2).
func token(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return s != ""
}

// body adds the body and returns what must stand before the command to make it.
func (c *curl) body(x *exchange.Exchange) (before string) {
	b := x.Request.Body.Bytes
	switch {
	case CurlBodyInFile(x):
		c.option("--data-binary", "@"+CurlBody)
	case plain(b) && b[0] != '@':
		c.option("--data-binary", string(b))
	default:
		c.option("--data-binary", "@-")
		return "printf %b '" + octal(b) + "' | "
	}
	return ""
}

// plain reports that b is text that can stand in a command as it is.
func plain(b []byte) bool {
	for _, r := range string(b) {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return false
		}
	}
	return true
}

// octal writes bytes as an argument of printf's %b.
func octal(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, "\\0%03o", c)
		}
	}
	return s.String()
}

// quote writes a word for a POSIX shell (XCU §2.2.2). A NUL cannot be in a word: it is left out.
func quote(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	safe := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("-_./:@%+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
