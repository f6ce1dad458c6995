package http2

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"tcptalk/internal/flow"
)

// Stream is one exchange of a connection: a request and what came back, put together from their frames by a Tracker.
type Stream struct {
	ID uint32
	// Request is what the client sent, or what a PUSH_PROMISE says it would have sent. Response is the final response.
	Request, Response Half
	// Interim are the responses 1xx before it, at most maxInterim.
	Interim []Block
	// PromisedOn is the stream on which the server promised this one, 0 if the client began it.
	PromisedOn uint32
	// Headless says that frames of the stream were seen, but not its beginning.
	Headless bool
	// Reset is the RST_STREAM that ended the stream, nil if none did.
	Reset *Reset
	// Unprocessed says that a GOAWAY promises that this stream is not acted on (§6.8).
	Unprocessed bool
	// Stalls say when the flow control of this stream held a sender up, at most maxStalls.
	Stalls []Stall
	// Problems are rules that the frames break only together.
	Problems []Problem

	closed bool
	credit [2]int64 // what the window of each sender has above the initial one (§6.9.2)
	epoch  int      // of Tracker.epoch, when the stream began
	weight int      // bytes of header fields that it is charged with
}

// Half is what one side sent on a stream.
type Half struct {
	Headers, Trailers Block
	Body              Body
	// First and Last are the caller's marks of where the first frame begins and where the last one ends.
	First, Last int
	// Ended says that END_STREAM was seen. Complete says that nothing is missing up to there; if not, Broken says why.
	Ended, Complete bool
	Broken          string

	begun bool
	holes int // of Tracker.holes, when the stream began
}

// Begun reports that any frame of this half was seen.
func (h *Half) Begun() bool { return h.begun }

// Block is a header list with the marks of the frames that carry it.
type Block struct {
	Fields      []Field
	First, Last int
	// Seen says that there is a block, Broken that not all of it could be decoded.
	Seen, Broken bool
}

// Get returns the value of the first field with that name, which is in lower case.
func (b *Block) Get(name string) (string, bool) {
	for i := range b.Fields {
		if b.Fields[i].Name == name {
			return b.Fields[i].Value, true
		}
	}
	return "", false
}

// Status returns the status of a response, 0 if it is not known.
func (b *Block) Status() int {
	v, _ := b.Get(":status")
	n, err := strconv.Atoi(v)
	if err != nil || len(v) != 3 || n < 100 {
		return 0
	}
	return n
}

// Body is what the DATA frames of one side carry.
type Body struct {
	// Length counts the captured bytes without padding, Missing those not captured, Padding the frames' padding.
	Length, Missing, Padding int64
	// Bytes are the first ones, up to the tracker's limit or the first hole; Truncated says that there are more.
	Bytes     []byte
	Truncated bool
}

// Reset is a RST_STREAM.
type Reset struct {
	Dir  flow.Direction // who gave up
	Code ErrorCode
	At   int // the caller's mark
}

// GoingAway is a GOAWAY: whoever sent it acts on no stream above Last that the other side begins.
type GoingAway struct {
	Dir  flow.Direction
	Last uint32
	Code ErrorCode
	Data []byte
	At   int
}

// State is that of a stream (§5.1). Where the RFC says local and remote, it says who has ended.
type State uint8

// The states.
const (
	Reserved    State = iota // promised
	Open                     // both sides may send
	ClientEnded              // half-closed: the client has sent all
	ServerEnded              // half-closed: the server has sent all
	Closed
)

// State returns the stream's state.
func (s *Stream) State() State {
	switch {
	case s.closed:
		return Closed
	case s.PromisedOn != 0 && !s.Response.begun:
		return Reserved
	case s.Request.Ended:
		return ClientEnded
	case s.Response.Ended:
		return ServerEnded
	}
	return Open
}

// Tunnel reports that the stream became a tunnel by a CONNECT, and the protocol inside if the client names one (RFC 8441 §4):
// what its DATA frames carry is the body of no message.
func (s *Stream) Tunnel() (protocol string, ok bool) {
	if m, _ := s.Request.Headers.Get(":method"); m != "CONNECT" || s.Response.Headers.Status()/100 != 2 {
		return "", false
	}
	protocol, _ = s.Request.Headers.Get(":protocol")
	return protocol, true
}

// half returns what dir sends.
func (s *Stream) half(fromClient bool) *Half {
	if fromClient {
		return &s.Request
	}
	return &s.Response
}

// note files a problem once.
func (s *Stream) note(p Problem) {
	for _, q := range s.Problems {
		if p == q {
			return
		}
	}
	s.Problems = append(s.Problems, p)
}

// kept returns about how many bytes of memory a block takes.
func (b *Block) kept() int {
	const perField = 64 // besides its strings
	n := 0
	for i := range b.Fields {
		n += perField + len(b.Fields[i].Name) + len(b.Fields[i].Value)
	}
	return n
}

// ParseUpgradeSettings reads the header field HTTP2-Settings of a request that upgrades to HTTP/2: the payload of a SETTINGS
// frame (RFC 7540 §3.2.1). What cannot be read is left out.
func ParseUpgradeSettings(value string) []Setting {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
	if err != nil || len(b) > maxSettings {
		return nil
	}
	var out []Setting
	for ; len(b) >= 6; b = b[6:] {
		out = append(out, Setting{SettingID(binary.BigEndian.Uint16(b)), binary.BigEndian.Uint32(b[2:])})
	}
	return out
}
