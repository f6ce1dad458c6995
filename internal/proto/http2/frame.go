// Package http2 decodes HTTP/2 frames in clear (RFC 9113) with their header compression (RFC 7541).
//
// Decoder emits one message per frame, its *Frame as Detail; the frame that ends a header block carries the decoded list.
// What breaks the protocol's rules is named by a Problem, and reading goes on as long as the frame's end can be found. A
// reference to a table entry that was not seen is an unknown field, never a guess. Start with New and Frame.
package http2

// Name is the protocol's name in proto.Message.
const Name = "http2"

// Preface is what a client sends first (RFC 9113 §3.4).
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Type says what a frame is (RFC 9113 §6). Others than those below are extensions.
type Type uint8

// The frame types.
const (
	Data Type = iota
	Headers
	Priority
	RSTStream
	Settings
	PushPromise
	Ping
	GoAway
	WindowUpdate
	Continuation
)

// Flags of frames. ACK has END_STREAM's bit.
const (
	FlagEndStream  = 0x01
	FlagAck        = 0x01
	FlagEndHeaders = 0x04
	FlagPadded     = 0x08
	FlagPriority   = 0x20
)

// Frame is one frame.
type Frame struct {
	// Length is that of the payload in bytes, as announced. Of an Unreadable region and of the preface it counts the bytes
	// that are there.
	Length int64
	Type   Type
	Flags  uint8
	Stream uint32
	// Missing counts payload bytes that were not captured.
	Missing int64
	// PadLen is the number of padding bytes.
	PadLen int
	// Priority is that of a HEADERS or PRIORITY frame, nil if it has none.
	Priority *Dependency
	// Fields is the header list, on the frame that ends its block. FieldCount is how many fields there are, of which Fields
	// may hold the first ones only.
	Fields     []Field
	FieldCount int
	// Request is what the stream asks for, on the frame that ends the header block of a request or of a response to it; of a
	// PUSH_PROMISE what the promised stream does. It is nil if that is not known.
	Request *Asked
	// Settings are those of a SETTINGS frame, in the order sent.
	Settings []Setting
	// Error is the code of RST_STREAM and GOAWAY.
	Error ErrorCode
	// Other is the promised stream of PUSH_PROMISE and the last stream of GOAWAY.
	Other uint32
	// Increment is that of WINDOW_UPDATE.
	Increment uint32
	// Data is the beginning of what DATA, PING, GOAWAY (its debug data) and unknown frames carry, without padding. DataLen is
	// the length of all of it.
	Data    []byte
	DataLen int64
	// Problems are the rules that the frame breaks.
	Problems []Problem
	// Preface says that this is the client's connection preface, which is no frame.
	Preface bool
	// Guessed says that this frame was found behind a gap, where a frame's beginning can only be guessed.
	Guessed bool
	// Unreadable says that this is no frame but bytes of which the frames are not known.
	Unreadable bool
}

// Kept returns about how many bytes a frame holds for display.
func (f *Frame) Kept() int {
	n := len(f.Data) + 8*len(f.Settings)
	for i := range f.Fields {
		n += f.Fields[i].size()
	}
	return n
}

// Value returns the value of the first header field of that name, which is in lower case; "" if there is none.
func (f *Frame) Value(name string) string {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return f.Fields[i].Value
		}
	}
	return ""
}

// Has reports that a flag is set.
func (f *Frame) Has(flag uint8) bool { return f.Flags&flag != 0 }

// Dependency is the priority that RFC 7540 gave streams and RFC 9113 §5.3 deprecates.
type Dependency struct {
	Stream    uint32
	Exclusive bool
	Weight    int // 1 to 256
}

// Setting is one parameter of a SETTINGS frame.
type Setting struct {
	ID    SettingID
	Value uint32
}

// SettingID names a parameter (RFC 9113 §6.5.2 and the IANA registry).
type SettingID uint16

// The settings.
const (
	HeaderTableSize      SettingID = 1
	EnablePush           SettingID = 2
	MaxConcurrentStreams SettingID = 3
	InitialWindowSize    SettingID = 4
	MaxFrameSize         SettingID = 5
	MaxHeaderListSize    SettingID = 6
	EnableConnect        SettingID = 8 // RFC 8441
	NoRFC7540Priorities  SettingID = 9 // RFC 9218
)

// ErrorCode says why a stream or connection ends (RFC 9113 §7).
type ErrorCode uint32

// The error codes.
const (
	NoError ErrorCode = iota
	ProtocolError
	InternalError
	FlowControlError
	SettingsTimeout
	StreamClosed
	FrameSizeError
	RefusedStream
	Cancel
	CompressionError
	ConnectError
	EnhanceYourCalm
	InadequateSecurity
	HTTP11Required
)

// Problem names a rule that a frame breaks.
type Problem string

// The problems.
const (
	BadLength        Problem = "bad-length"         // a length that the type does not allow (§6)
	TooLong          Problem = "too-long"           // longer than the receiver's MAX_FRAME_SIZE (§4.2)
	BadStream        Problem = "bad-stream"         // on a stream where the type must not be (§6)
	BadPadding       Problem = "bad-padding"        // padding that does not fit into the payload (§6.1)
	BadSetting       Problem = "bad-setting"        // a value that the setting must not have (§6.5.2)
	ZeroIncrement    Problem = "zero-increment"     // a WINDOW_UPDATE of 0 (§6.9)
	LoneContinuation Problem = "lone-continuation"  // CONTINUATION of no header block (§6.10)
	InsideBlock      Problem = "inside-block"       // another frame inside a header block (§4.3)
	BadBlock         Problem = "bad-block"          // a header block that cannot be decoded (§4.3)
	BlockTooLarge    Problem = "block-too-large"    // a header block above what is read here
	NotSettingsFirst Problem = "not-settings-first" // the first frame is no SETTINGS (§3.4)
	WrongLength      Problem = "wrong-length"       // of a stream: the body is not as long as Content-Length says (§8.1.1)
	Overrun          Problem = "overrun"            // of a stream: more DATA than the window allows (§6.9.1)
)

// note files a problem if it is there.
func (f *Frame) note(broken bool, p Problem) {
	if broken {
		f.Problems = append(f.Problems, p)
	}
}
