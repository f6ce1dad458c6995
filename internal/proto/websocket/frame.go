// Package websocket decodes WebSocket frames (RFC 6455) with permessage-deflate (RFC 7692).
//
// Decoder emits one message per frame, its *Frame as Detail; the frame that ends a text or binary message also carries the
// message put together and inflated, for display. What breaks the protocol's rules is named by a Problem, and reading goes
// on as long as the frame's end can be found. Start with New and Frame.
package websocket

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Name is the protocol's name in proto.Message.
const Name = "websocket"

// Opcode says what a frame is (RFC 6455 §5.2). 3 to 7 and 11 to 15 are reserved.
type Opcode uint8

// The opcodes.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// Control reports that the opcode is one of a control frame, which never belongs to a message.
func (o Opcode) Control() bool { return o&8 != 0 }

// Frame is one frame.
type Frame struct {
	Fin bool
	// RSV holds the reserved bits as on the wire: RSV1 is 4 (compressed), RSV2 is 2, RSV3 is 1.
	RSV     uint8
	Opcode  Opcode
	Masked  bool
	MaskKey [4]byte
	// Stream is the number of the HTTP/2 stream that carries the frame (RFC 8441), 0 if the WebSocket has its own connection.
	Stream uint32
	// HeaderLen and Length are the lengths of header and payload in bytes.
	HeaderLen int
	Length    int64
	// Payload is the unmasked payload, still compressed if it is, up to the decoder's limit or the first gap. Truncated
	// says that there is more of it. Missing counts payload bytes that were not captured.
	Payload   []byte
	Truncated bool
	Missing   int64
	// SHA256 is the hash of the whole unmasked payload, if Options.Hash asked for it.
	SHA256 [sha256.Size]byte
	// CloseCode and CloseReason are those of a Close frame; the code is 0 if it carries none.
	CloseCode   uint16
	CloseReason string
	// Answers is the ping that a pong answers, nil if none was found. Unasked says that there was none with its payload before
	// it: a heartbeat in one direction (RFC 6455 §5.5.3).
	Answers *Asked
	Unasked bool
	// Whole is the message that this frame ends; nil for control frames and all but the last fragment.
	Whole *Whole
	// Problems are the rules that the frame breaks.
	Problems []Problem
	// Guessed says that this frame was found behind a gap, where a frame's beginning can only be guessed.
	Guessed bool
	// Unreadable says that this is no frame but what remains of a direction after framing was lost.
	Unreadable bool
}

// Kept returns about how many bytes of memory the frame takes.
func (f *Frame) Kept() int {
	n := len(f.Payload)
	if f.Whole != nil {
		n += len(f.Whole.Data)
	}
	return n
}

// Whole is a text or binary message, put together from its frames.
type Whole struct {
	Opcode Opcode
	// Start is the stream offset of its first frame, Frames the number of its frames.
	Start  int64
	Frames int
	// Length is the sum of the frames' payload lengths, Inflated the length after decompression if Compressed.
	Length, Inflated int64
	Compressed       bool
	// Data are the first bytes of the content, inflated, up to the decoder's limit. Truncated says that there is more.
	Data      []byte
	Truncated bool
	// Stop says why the content ends early or is not there at all, "" if it does not.
	Stop Stop
	// Format says what the content looks like.
	Format Format
}

// Stop says why a message's content is not complete.
type Stop string

// The reasons.
const (
	StopGap     Stop = "gap"          // bytes were not captured
	StopLarge   Stop = "too large"    // a bound was hit
	StopDamaged Stop = "damaged"      // the compressed data is not valid
	StopContext Stop = "lost context" // it builds on earlier messages that were not all captured
	StopUnknown Stop = "unknown"      // compressed in a way that was not agreed on, or that was not captured
)

// Format is what a message's content looks like.
type Format uint8

// The formats.
const (
	FormatBinary Format = iota
	FormatText
	FormatJSON
)

// Problem names a rule that a frame breaks.
type Problem string

// The problems, with their clauses of RFC 6455.
const (
	ReservedBits      Problem = "reserved-bits"       // a reserved bit that no extension defines (§5.2)
	ReservedOpcode    Problem = "reserved-opcode"     // §5.2
	Unmasked          Problem = "unmasked"            // a client's frame without mask (§5.1)
	MaskedByServer    Problem = "masked-by-server"    // §5.1
	LongLength        Problem = "long-length"         // the length is not in its shortest form (§5.2)
	ImpossibleLength  Problem = "impossible-length"   // the top bit of a 64-bit length is set (§5.2)
	FragmentedControl Problem = "fragmented-control"  // §5.5
	LargeControl      Problem = "large-control"       // a control frame above 125 bytes (§5.5)
	LoneContinuation  Problem = "lone-continuation"   // nothing to continue (§5.4)
	UnfinishedMessage Problem = "unfinished-message"  // a new message inside a fragmented one (§5.4)
	BadCloseLength    Problem = "bad-close-length"    // one byte is no close code (§5.5.1)
	BadCloseCode      Problem = "bad-close-code"      // a code that must not be sent (§7.4)
	BadCloseReason    Problem = "bad-close-reason"    // not UTF-8 (§5.5.1)
	BadUTF8           Problem = "bad-utf8"            // a text message that is not UTF-8 (§5.6)
	AfterClose        Problem = "after-close"         // a frame behind a Close frame (§5.5.1)
	CompressedControl Problem = "compressed-fragment" // RSV1 on a control or continuation frame (RFC 7692 §6)
)

// Close codes (RFC 6455 §7.4.1 and the IANA registry).
const (
	CloseNormal          = 1000
	CloseGoingAway       = 1001
	CloseProtocolError   = 1002
	CloseUnsupportedData = 1003
	CloseNoStatus        = 1005 // never on the wire
	CloseAbnormal        = 1006 // never on the wire
	CloseInvalidPayload  = 1007
	ClosePolicyViolation = 1008
	CloseMessageTooBig   = 1009
	CloseMissingExt      = 1010
	CloseInternalError   = 1011
	CloseServiceRestart  = 1012
	CloseTryAgainLater   = 1013
	CloseBadGateway      = 1014
	CloseTLSHandshake    = 1015 // never on the wire
)

// validCloseCode reports that a code may be sent in a Close frame.
func validCloseCode(c uint16) bool {
	switch {
	case c < 1000, c >= 5000:
		return false
	case c < 3000:
		return c <= CloseBadGateway && c != 1004 && c != CloseNoStatus && c != CloseAbnormal
	}
	return true
}

// Accept computes the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 §4.2.2).
func Accept(key string) string {
	sum := sha1.Sum([]byte(strings.Trim(key, " \t") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Deflate is what the two sides agreed on for permessage-deflate, indexed by the sender: [0] the client.
type Deflate struct {
	On bool
	// NoContext says that a sender starts afresh with each message (…_no_context_takeover).
	NoContext [2]bool
}

// ParseExtensions reads the Sec-WebSocket-Extensions values of the server's answer. other reports that it names an
// extension other than permessage-deflate.
func ParseExtensions(values []string) (d Deflate, other bool) {
	for _, v := range values {
		for _, ext := range strings.Split(v, ",") {
			params := strings.Split(ext, ";")
			switch name := strings.ToLower(strings.TrimSpace(params[0])); name {
			case "permessage-deflate":
				d.On = true
				for _, p := range params[1:] {
					p, _, _ = strings.Cut(p, "=")
					switch strings.ToLower(strings.TrimSpace(p)) {
					case "client_no_context_takeover":
						d.NoContext[0] = true
					case "server_no_context_takeover":
						d.NoContext[1] = true
					}
				}
			case "":
			default:
				other = true
			}
		}
	}
	return d, other
}
