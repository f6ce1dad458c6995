// Package http1 decodes HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112).
//
// Decoder takes both directions of a connection, in pieces of any size and with gaps, and emits one message per request and
// response, its *Head as Detail. It is as lenient as servers are, and says so: whatever is not quite right becomes a Remark
// with its place in the stream. Bytes that no server could read as HTTP become a message of kind Unreadable, up to the next
// line that begins a message. Start with New and Head.
package http1

import (
	"strings"
)

// Name is the protocol's name in proto.Message.
const Name = "http"

// Kind says what a message is.
type Kind uint8

// The kinds.
const (
	Request    Kind = iota
	Response        // final or interim (1xx)
	Unreadable      // bytes where a start line should be that are none, or what follows a gap up to the next message
)

// Range is a byte range [Start, End) of a stream.
type Range struct{ Start, End int64 }

// Head is one HTTP message: its start line, its header fields and what is known about its body. Strings hold the bytes of
// the wire, which need not be valid UTF-8.
type Head struct {
	Kind Kind
	// Line is the start line as sent, without its line end, and LineRange its place, line end included.
	Line      string
	LineRange Range
	// Method and Target are those of a request, Status and Reason those of a response. Version is "HTTP/1.1" or whatever
	// stands in its place.
	Method, Target, Version string
	Status                  int
	Reason                  string
	// Fields are the header fields in order, Trailers those behind a chunked body.
	Fields, Trailers []Field
	// Stray holds the header section from the first line without a colon on, as sent. Wireshark takes it for the beginning
	// of the body; servers do not.
	Stray []byte
	// End is the stream offset behind the empty line that ends the header section.
	End int64
	// Remarks says what is not as it should be, in the order found out; at most maxRemarks, and TooLarge behind them.
	Remarks []Remark
	Body    Body
	// Request is the request that a response answers, by the order of messages; nil if it was not captured.
	Request *Head
	// ShownRequest is the request that Wireshark (4.0) would name in its place: the latest one, if nothing answered it yet.
	ShownRequest *Head
	// Upgrade is the protocol that a request offers or a response switches to, in lower case.
	Upgrade string
	// Tunnel says that a 2xx answered CONNECT: what follows in both directions is not HTTP.
	Tunnel bool

	switching bool // bytes behind this request may belong to another protocol
	size      int  // bytes of the header section so far
	answered  bool
}

// Field is a header field line. A line without a colon has an empty Name and is Value as a whole.
type Field struct {
	Name, Value string
	// Line is the line's place, line end and folded continuation lines included.
	Line Range

	bare   bool // without a colon
	folded bool // continues the field before it; gone when the section is complete
}

// BodyKind says how the end of a body is found (RFC 9112 §6.3).
type BodyKind uint8

// The kinds of body.
const (
	NoBody     BodyKind = iota
	ByLength            // Content-Length
	Chunked             // Transfer-Encoding: chunked
	UntilClose          // the server closes the connection behind it
)

// Body describes a message's body.
type Body struct {
	Kind BodyKind
	// Declared is the Content-Length, -1 if none counts.
	Declared int64
	// Range is where the body stands in the stream, chunk syntax and trailers included.
	Range Range
	// Length counts the captured bytes of the body itself, without chunk syntax; Missing those not captured.
	Length, Missing int64
	// Codings are the content codings in the order applied; Transfer the transfer codings other than chunked.
	Codings, Transfer []string
	// Bytes are the body's first bytes, chunk syntax removed and codings left on, up to the decoder's limit or the first
	// gap. Truncated says that Length or Missing exceed them.
	Bytes     []byte
	Truncated bool
}

// Code names something that is not as it should be.
type Code string

// The codes.
const (
	BareLF            Code = "bare-lf"            // a line ends in LF alone (RFC 9112 §2.2)
	StrayCR           Code = "stray-cr"           // a CR inside a line (RFC 9112 §2.2)
	NoColon           Code = "no-colon"           // a header line without a colon
	ObsFold           Code = "obs-fold"           // a header line continues on the next one (RFC 9112 §5.2)
	EmptyName         Code = "empty-name"         // nothing stands before the colon
	SpaceBeforeColon  Code = "space-before-colon" // RFC 9112 §5.1
	ControlInName     Code = "control-in-name"    // a control character in a header name
	BadName           Code = "bad-name"           // another character that names must not have
	ControlInValue    Code = "control-in-value"   // a control character in a header value (RFC 9110 §5.5)
	BadLength         Code = "bad-length"         // a Content-Length that is no number
	DuplicateLength   Code = "duplicate-length"   // the same Content-Length twice
	ConflictingLength Code = "conflicting-length" // two different Content-Lengths; the last one is used
	LengthAndChunked  Code = "length-and-chunked" // Transfer-Encoding overrides Content-Length (RFC 9112 §6.3)
	BadTransfer       Code = "bad-transfer"       // a Transfer-Encoding that does not end in chunked
	OldTransfer       Code = "old-transfer"       // Transfer-Encoding in an HTTP/1.0 message, which knows none (RFC 9112 §6.1)
	NeedlessFraming   Code = "needless-framing"   // Content-Length or Transfer-Encoding where no body can be (RFC 9110 §8.6, RFC 9112 §6.1)
	NoVersion         Code = "no-version"         // a request line without version (HTTP/0.9)
	BadVersion        Code = "bad-version"        // not HTTP/digit.digit
	ExtraSpace        Code = "extra-space"        // more than one space between the parts of the start line
	NoHost            Code = "no-host"            // an HTTP/1.1 request without Host (RFC 9112 §3.2)
	DuplicateHost     Code = "duplicate-host"
	BadAccept         Code = "bad-accept"      // a WebSocket handshake whose Sec-WebSocket-Accept is not that of the key (RFC 6455 §4.1)
	BadSubprotocol    Code = "bad-subprotocol" // a WebSocket subprotocol that was not asked for (RFC 6455 §4.1)
	BadExtension      Code = "bad-extension"   // a WebSocket extension that was not offered (RFC 6455 §4.1)
	BadChunk          Code = "bad-chunk"       // a chunk's size line or end is not as prescribed
	Channel           Code = "channel"         // a body that is a channel, whose Content-Length is a bound (MS-RPCH §2.2.2, MS-SSTP §2.2)
	TooLarge          Code = "too-large"       // a line or the header section exceeds the decoder's bounds
)

// Remark is one such thing and its place in the stream.
type Remark struct {
	Code Code
	Range
}

// Get returns the value of the first header field called name (any case), and whether there is one.
func (h *Head) Get(name string) (string, bool) {
	for i := range h.Fields {
		if strings.EqualFold(h.Fields[i].Name, name) {
			return h.Fields[i].Value, true
		}
	}
	return "", false
}

// Values returns the values of all header fields called name (any case), in order.
func (h *Head) Values(name string) []string {
	var out []string
	for i := range h.Fields {
		if strings.EqualFold(h.Fields[i].Name, name) {
			out = append(out, h.Fields[i].Value)
		}
	}
	return out
}

// Has reports that there is a remark with that code.
func (h *Head) Has(c Code) bool {
	for i := range h.Remarks {
		if h.Remarks[i].Code == c {
			return true
		}
	}
	return false
}

// Kept returns about how many bytes of memory the message takes.
func (h *Head) Kept() int {
	const perField = 64 // besides its strings
	n := len(h.Line) + len(h.Stray) + len(h.Body.Bytes)
	for _, fields := range [...][]Field{h.Fields, h.Trailers} {
		for i := range fields {
			n += perField + len(fields[i].Name) + len(fields[i].Value)
		}
	}
	return n
}

// Interim reports that a response announces another one (1xx other than 101).
func (h *Head) Interim() bool {
	return h.Kind == Response && h.Status/100 == 1 && h.Status != 101
}

// Remark notes something about a message that only the protocol behind it can tell.
func (h *Head) Remark(c Code, r Range) { h.remark(c, r) }

func (h *Head) remark(c Code, r Range) {
	if len(h.Remarks) < maxRemarks || c == TooLarge { // which ends the message
		h.Remarks = append(h.Remarks, Remark{c, r})
	}
}

// tokens splits the values of list fields at commas, trimmed and in lower case. It returns at most maxTokens.
func tokens(values []string) []string {
	var out []string
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if len(out) == maxTokens {
				return out
			}
			if t = strings.Trim(t, " \t"); t != "" {
				out = append(out, strings.ToLower(t))
			}
		}
	}
	return out
}
