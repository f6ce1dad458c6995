package http2

import (
	"strings"

	"tcptalk/internal/proto"
)

// Detector recognises HTTP/2 by the client's preface, and where a capture begins inside a connection by frames that follow
// one another.
type Detector struct{ Options Options }

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (d Detector) New(start [2]int64, emit proto.Emit) proto.Decoder {
	return New(start, emit, d.Options)
}

// Detect implements proto.Detector. A server need not wait for the preface before it sends its SETTINGS.
func (Detector) Detect(client, server []byte, _ uint16) proto.Verdict {
	switch {
	case len(client) >= len(Preface) && string(client[:len(Preface)]) == Preface:
		return proto.Yes
	case len(client) > 0 && strings.HasPrefix(Preface, string(client)):
		return proto.More
	}
	v := inTheMiddle(client, server)
	if v == proto.No && len(client) == 0 && couldGreet(server) {
		return proto.More
	}
	return v
}

// couldGreet reports that b may be the beginning of a SETTINGS frame.
func couldGreet(b []byte) bool {
	const most = 6 * 32 // bytes of settings
	for i, c := range b[:min(len(b), headerLen)] {
		switch {
		case i == 2 && (c > most || c%6 != 0), i == 3 && c != byte(Settings), i != 2 && i != 3 && c != 0:
			return false
		}
	}
	return true
}

// What it takes to recognise frames without a preface. One header is 9 bytes that other protocols have too; each further one
// has to stand exactly where the one before says.
const (
	proofFrames = 3
	// proofStream is above the streams of all but the longest connections.
	proofStream = 1 << 24
	// proofSetting is above the settings that there are.
	proofSetting = 16
)

// allowedFlags are those that a type may have (RFC 9113 §6).
var allowedFlags = [...]uint8{
	Data: FlagEndStream | FlagPadded, Headers: FlagEndStream | FlagEndHeaders | FlagPadded | FlagPriority, Priority: 0, RSTStream: 0,
	Settings: FlagAck, PushPromise: FlagEndHeaders | FlagPadded, Ping: FlagAck, GoAway: 0, WindowUpdate: 0, Continuation: FlagEndHeaders,
}

// inTheMiddle looks whether both directions are nothing but frames, one behind the other.
func inTheMiddle(client, server []byte) proto.Verdict {
	var p proof
	if !p.walk(client, true) || !p.walk(server, false) {
		return proto.No
	}
	if p.frames >= proofFrames && p.sure {
		return proto.Yes
	}
	return proto.More
}

// proof is what was found so far.
type proof struct {
	frames int
	// sure says that there is a header block that can be read, or a frame whose length its type prescribes: DATA alone could
	// be anything with a length in front.
	sure bool
}

// walk goes from frame to frame through b and reports that nothing in it contradicts.
func (p *proof) walk(b []byte, fromClient bool) bool {
	var block uint32 // the stream whose header block goes on
	for len(b) >= headerLen {
		f, reserved := readHeader(b)
		if reserved || !f.certain(fromClient) || block != 0 && (f.Type != Continuation || f.Stream != block) || block == 0 && f.Type == Continuation {
			return false
		}
		p.frames++
		block = 0
		if carriesBlock := f.Type == Headers || f.Type == PushPromise || f.Type == Continuation; carriesBlock && !f.Has(FlagEndHeaders) {
			block = f.Stream
		}
		end := headerLen + int(f.Length)
		if end > len(b) {
			return true
		}
		if !p.weigh(f, b[headerLen:end]) {
			return false
		}
		b = b[end:]
	}
	return couldBegin(b, fromClient)
}

// weigh looks at a whole payload and reports that nothing in it contradicts.
func (p *proof) weigh(f *Frame, b []byte) bool {
	switch f.Type {
	case Headers:
		if f.Flags&(FlagPadded|FlagPriority) != 0 || !f.Has(FlagEndHeaders) {
			return true // rare: no proof, no contradiction
		}
		p.sure = p.sure || f.Length > 0
		return readableBlock(b)
	case WindowUpdate:
		p.sure = true
		return b[0]&0x80 == 0 && number(b) > 0
	case Ping, RSTStream, Priority:
		p.sure = true
	case Settings:
		p.sure = p.sure || f.Has(FlagAck)
		return knownSettings(b)
	case Data, PushPromise, GoAway, Continuation:
	}
	return true
}

// readableBlock reports that b is a header block as far as its outer form goes.
func readableBlock(b []byte) bool {
	for len(b) > 0 {
		r, ok := readRepresentation(b)
		if !ok {
			return false
		}
		b = b[r.len:]
	}
	return true
}

// knownSettings reports that b, the payload of a SETTINGS frame, has no settings that there are not.
func knownSettings(b []byte) bool {
	for ; len(b) > 0; b = b[6:] {
		if b[0] != 0 || b[1] == 0 || b[1] > proofSetting {
			return false
		}
	}
	return true
}

// certain reports that a header is one that programs send.
func (f *Frame) certain(fromClient bool) bool {
	if !plausible(f) || f.Length > defaultMaxFrame || f.Stream >= proofStream || f.Flags&^allowedFlags[f.Type] != 0 {
		return false
	}
	switch f.Type {
	case Data:
		return (f.Length > 0 || f.Has(FlagEndStream)) && (!fromClient || f.Stream%2 == 1) // an empty one has nothing else to say
	case Headers, Continuation:
		return !fromClient || f.Stream%2 == 1
	case PushPromise:
		return !fromClient && f.Stream%2 == 1
	default:
		return true
	}
}

// couldBegin reports that b may be the beginning of a frame's header.
func couldBegin(b []byte, fromClient bool) bool {
	const typeAt, flagsAt, streamAt = 3, 4, 8
	if len(b) <= typeAt {
		return len(b) == 0 || b[0] == 0 && (len(b) == 1 || int(b[1])<<8 <= defaultMaxFrame)
	}
	var whole [headerLen]byte
	if b[typeAt] == byte(Data) {
		whole[flagsAt] = FlagEndStream
	}
	copy(whole[:], b)
	for stream := range byte(3) { // 0, the client's and the server's first one
		whole[streamAt] = stream
		if f, reserved := readHeader(whole[:]); !reserved && f.certain(fromClient) {
			return true
		}
	}
	return false
}
