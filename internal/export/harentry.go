package export

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/websocket"
)

// The types below are HAR 1.2; names with an underscore are custom fields, as Chrome writes them where it has them.

type harEntry struct {
	Started    string      `json:"startedDateTime"`
	Time       float64     `json:"time"`
	Request    harRequest  `json:"request"`
	Response   harResponse `json:"response"`
	Cache      struct{}    `json:"cache"`
	Timings    harTimings  `json:"timings"`
	ServerIP   string      `json:"serverIPAddress"`
	Connection string      `json:"connection"`
	Comment    string      `json:"comment,omitempty"`
	Stream     uint32      `json:"_streamId,omitempty"`
	Type       string      `json:"_resourceType,omitempty"`

	began int64
}

type harRequest struct {
	Method      string       `json:"method"`
	URL         string       `json:"url"`
	HTTPVersion string       `json:"httpVersion"`
	Cookies     []harCookie  `json:"cookies"`
	Headers     []harPair    `json:"headers"`
	Query       []harPair    `json:"queryString"`
	PostData    *harPostData `json:"postData,omitempty"`
	HeadersSize int64        `json:"headersSize"`
	BodySize    int64        `json:"bodySize"`
	Comment     string       `json:"comment,omitempty"`
}

type harResponse struct {
	Status      int         `json:"status"`
	StatusText  string      `json:"statusText"`
	HTTPVersion string      `json:"httpVersion"`
	Cookies     []harCookie `json:"cookies"`
	Headers     []harPair   `json:"headers"`
	Content     harContents `json:"content"`
	RedirectURL string      `json:"redirectURL"`
	HeadersSize int64       `json:"headersSize"`
	BodySize    int64       `json:"bodySize"`
	Comment     string      `json:"comment,omitempty"`
	Error       string      `json:"_error,omitempty"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harPostData struct {
	MimeType  string    `json:"mimeType"`
	Text      string    `json:"text"`
	Params    []harPair `json:"params,omitempty"`
	Encoding  string    `json:"_encoding,omitempty"`
	Truncated bool      `json:"_truncated,omitempty"`
}

type harContents struct {
	Size        int64  `json:"size"`
	Compression int64  `json:"compression,omitempty"`
	MimeType    string `json:"mimeType"`
	Text        string `json:"text,omitempty"`
	Encoding    string `json:"encoding,omitempty"`
	Comment     string `json:"comment,omitempty"`
	Truncated   bool   `json:"_truncated,omitempty"`
}

type harTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type harFrame struct {
	Type      string  `json:"type"`
	Time      float64 `json:"time"`
	Opcode    int     `json:"opcode"`
	Data      string  `json:"data"`
	Truncated bool    `json:"_truncated,omitempty"`
}

// notApplicable stands for a time that there is none of, or that is not known.
const notApplicable = -1

func newHAREntry(x *exchange.Exchange) *harEntry {
	e := &harEntry{
		Request: harRequestOf(x), Response: harResponseOf(x), ServerIP: x.Server.Addr().Unmap().WithZone("").String(),
		Connection: strconv.FormatUint(uint64(x.Connection), 10), Stream: x.Stream,
	}
	e.setTimes(x)
	if x.WebSocket() {
		e.Type = "websocket"
	}
	if x.PromisedOn != 0 {
		e.Comment = "pushed by the server on stream " + strconv.FormatUint(uint64(x.PromisedOn), 10)
	}
	return e
}

// setTimes writes the timing so that the parts stand where they belong when they are laid end to end from startedDateTime on:
// the entry begins as much before the request as connecting took, and what overlaps counts as sending up to the response.
func (e *harEntry) setTimes(x *exchange.Exchange) {
	q, r := x.Request, x.Response
	e.began = q.Start
	t := harTimings{Blocked: notApplicable, DNS: notApplicable, Connect: notApplicable, SSL: notApplicable}
	var connect, wait, receive int64
	sent := q.End
	if c := x.Timing.Connect; c != exchange.Unknown {
		connect = int64(c)
		t.Connect = milliseconds(connect)
		e.began -= connect
	}
	if r != nil {
		sent = min(q.End, r.Start)
		wait, receive = max(0, r.Start-sent), max(0, max(q.End, r.End)-r.Start)
	}
	send := max(0, sent-q.Start)
	t.Send, t.Wait, t.Receive = milliseconds(send), milliseconds(wait), milliseconds(receive)
	e.Time, e.Timings = milliseconds(connect+send+wait+receive), t
	e.Started = time.Unix(0, e.began).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// milliseconds turns nanoseconds into HAR's unit.
func milliseconds(ns int64) float64 { return float64(ns) / 1e6 }

func harRequestOf(x *exchange.Exchange) harRequest {
	q := x.Request
	out := harRequest{
		Method: readable(q.Method), URL: x.URL(), HTTPVersion: readable(q.Version), Headers: headersOf(q), Cookies: requestCookies(q.Values("Cookie")),
		Query: pairsOf(queryOf(x.URL())), HeadersSize: q.HeaderBytes, BodySize: q.Body.Length, Comment: commentOn(q),
	}
	if q.Body.Length+q.Body.Missing > 0 {
		mime, _ := q.Get("Content-Type")
		c := bodyContent(q)
		out.PostData = &harPostData{MimeType: readable(mime), Text: c.Text, Encoding: c.Encoding, Truncated: c.Truncated}
		if kind, _, _ := strings.Cut(mime, ";"); strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") && c.Encoding == "" {
			out.PostData.Params = pairsOf(c.Text)
		}
	}
	return out
}

func harResponseOf(x *exchange.Exchange) harResponse {
	r := x.Response
	if r == nil {
		return harResponse{Cookies: []harCookie{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1, Error: errorOf(x)}
	}
	out := harResponse{
		Status: r.Status, StatusText: readable(r.Reason), HTTPVersion: readable(r.Version), Headers: headersOf(r),
		Cookies: responseCookies(r.Values("Set-Cookie")), Content: bodyContent(r), HeadersSize: r.HeaderBytes, BodySize: r.Body.Length,
		Comment: commentOn(r), Error: errorOf(x),
	}
	location, _ := r.Get("Location")
	out.RedirectURL = readable(location)
	return out
}

// errorOf says what kept an exchange from being complete, "" if it is.
func errorOf(x *exchange.Exchange) string {
	if x.Ending.Kind == exchange.Complete {
		return ""
	}
	return narrate.ExchangeEnding(narrate.English, x.Ending)
}

// commentOn says what is not known about a message.
func commentOn(m *exchange.Message) string {
	unknown := 0
	for i := range m.Fields {
		if m.Fields[i].Unknown {
			unknown++
		}
	}
	var parts []string
	if unknown > 0 {
		parts = append(parts, "header fields whose names were not captured: "+strconv.Itoa(unknown))
	}
	if m.Body.Missing > 0 {
		parts = append(parts, "bytes of the body that were not captured: "+strconv.FormatInt(m.Body.Missing, 10))
	}
	return strings.Join(parts, "; ")
}

func headersOf(m *exchange.Message) []harPair {
	out := make([]harPair, 0, len(m.Fields))
	for i := range m.Fields {
		if f := &m.Fields[i]; !f.Unknown {
			out = append(out, harPair{readable(f.Name), readable(f.Value)})
		}
	}
	return out
}

// bodyContent takes the codings off a body: as text if it is text, else in base64.
func bodyContent(m *exchange.Message) harContents {
	mime, _ := m.Get("Content-Type")
	out := harContents{MimeType: readable(mime), Size: m.Body.Length, Truncated: m.Body.Truncated}
	if out.MimeType == "" {
		out.MimeType = "x-unknown" // as Chrome has it
	}
	data := m.Body.Bytes
	if len(m.Body.Codings) > 0 && len(data) > 0 {
		r := body.Decode(m.Body.Codings, data, harContent)
		switch {
		case len(r.Data) == 0 && r.Stop != body.Whole: // as it came, then
			out.Comment = "Content-Encoding not taken off: " + string(r.Stop)
		default:
			data = r.Data
			out.Size, out.Compression = int64(len(data)), int64(len(data))-m.Body.Length
			switch r.Stop {
			case body.Whole:
			case body.Trailing:
				out.Comment = r.Err.Error()
			default:
				out.Truncated, out.Comment = true, string(r.Stop)
			}
		}
	}
	if out.Truncated {
		data = wholeRunes(data)
	}
	if utf8.Valid(data) && !strings.Contains(string(data), "\x00") {
		out.Text = string(data)
	} else {
		out.Text, out.Encoding = base64.StdEncoding.EncodeToString(data), "base64"
	}
	return out
}

// wholeRunes takes off what the cut left of a character at the end, if what is before is text.
func wholeRunes(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) && utf8.Valid(b[:len(b)-n]) {
				return b[:len(b)-n]
			}
			return b
		}
	}
	return b
}

// readable makes valid UTF-8 of what may be Latin-1, as browsers do with header fields.
func readable(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func queryOf(u string) string {
	_, query, _ := strings.Cut(u, "?")
	query, _, _ = strings.Cut(query, "#")
	return query
}

// maxPairs bounds the parameters of one list; servers allow about as many.
const maxPairs = 1000

// pairsOf splits a query or a form; what cannot be unescaped stays as it is.
func pairsOf(query string) []harPair {
	out := []harPair{}
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		if len(out) == maxPairs {
			break
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, harPair{unescaped(name), unescaped(value)})
	}
	return out
}

func unescaped(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return readable(u)
	}
	return readable(s)
}

// newHARFrame makes a WebSocket message as Chrome writes it: binary in base64.
func newHARFrame(dir flow.Direction, at int64, w *websocket.Whole) harFrame {
	f := harFrame{Type: "send", Time: float64(at) / 1e9, Opcode: int(w.Opcode), Truncated: w.Truncated || w.Stop != ""}
	if dir == flow.ServerToClient {
		f.Type = "receive"
	}
	data := w.Data
	if f.Truncated && w.Opcode == websocket.Text {
		data = wholeRunes(data)
	}
	if w.Opcode == websocket.Text && utf8.Valid(data) {
		f.Data = string(data)
	} else {
		f.Data = base64.StdEncoding.EncodeToString(data)
	}
	return f
}
