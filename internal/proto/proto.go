// Package proto defines what a protocol decoder is: bytes in, messages out, without I/O, clock or knowledge of packets.
//
// A Decoder is fed the two ordered byte streams of one connection and emits messages. Any chunking of the same bytes gives
// the same messages. A gap is a fact of captures: it is reported, never filled, never silent. Everything a decoder keeps is
// bounded by named constants. Each protocol lives in its own package below this one and never imports a sibling; package
// all holds the ordered list of detectors. Start with Decoder and Message.
package proto

import "tcptalk/internal/flow"

// Decoder reads one connection's two byte streams. Calls come in the order in which the data became available.
type Decoder interface {
	// Data hands over the next bytes of dir. They are borrowed: a decoder copies what it keeps.
	Data(dir flow.Direction, b []byte)
	// Gap says that the next n bytes of dir were not captured.
	Gap(dir flow.Direction, n int64)
	// Close says that dir ended (FIN, RST or end of capture): open messages are emitted as they are, marked incomplete.
	Close(dir flow.Direction)
}

// Cutter is a Decoder for which it matters whether a FIN ended a direction: Cut is called instead of Close if none did.
type Cutter interface {
	Cut(dir flow.Direction)
}

// Yielder is a Decoder that can give way to another protocol (Upgrade, CONNECT, STARTTLS). Done reports true from before its
// last message is emitted; then it takes no notice of further calls. Start is where the next protocol begins in dir; Rest are the bytes from there on that the
// decoder was already given. The next protocol is the last message's Next, or unknown if that is empty.
type Yielder interface {
	Done() bool
	Rest(dir flow.Direction) (start int64, b []byte)
}

// Emit receives the messages of a decoder, in the order in which they were completed.
type Emit func(Message)

// Message is one application message, or one frame of a framed protocol.
type Message struct {
	// Protocol is the decoder's name: "http", "http2", "websocket".
	Protocol string
	Dir      flow.Direction
	// Start and End are the message's byte range [Start, End) in dir's stream, counted from 0 at its first data byte.
	Start, End int64
	// Complete says that the message ended as its protocol prescribes; if not, Broken says why in a few English words that
	// package narrate knows ("cut off", "gap", "connection closed", ...).
	Complete bool
	Broken   string
	// Next names the protocol that takes over both directions behind this message ("websocket", "h2c"), "" if none.
	Next string
	// Detail is the protocol's own view, e.g. *http1.Head or *websocket.Frame. Its method Kept, if it has one, returns about
	// how many bytes of memory it takes.
	Detail any
}

// The values of Message.Broken that all protocols share.
const (
	BrokenCutOff = "cut off"           // the capture ended, or an RST came, inside the message
	BrokenClosed = "connection closed" // a FIN came inside the message
	BrokenGap    = "gap"               // bytes of the message were not captured
	BrokenSwitch = "too many switches" // the message hands over once more than is followed
)

// Detector says from the first bytes whether a stream speaks a protocol.
type Detector interface {
	// Name is the protocol's name as in Message.Protocol.
	Name() string
	// Detect looks at the first bytes of both directions (either may be empty) and the server's port, which may only break
	// ties.
	Detect(client, server []byte, serverPort uint16) Verdict
	// New makes a decoder that starts at the given stream positions.
	New(start [2]int64, emit Emit) Decoder
}

// CutDetector is a Detector that can tell a protocol by a piece of what it otherwise waits for. DetectCut is asked, instead
// of waiting for more, when bytes are missing behind those of a direction.
type CutDetector interface {
	DetectCut(first []byte) bool
}

// Verdict is a detector's answer.
type Verdict uint8

// The verdicts.
const (
	No   Verdict = iota // not this protocol
	More                // cannot say yet
	Yes                 // this protocol
)
