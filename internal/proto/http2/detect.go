package http2

import (
	"strings"

	"tcptalk/internal/proto"
)

// Detector recognises HTTP/2 with prior knowledge by the client's preface.
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
	case !strings.HasPrefix(Preface, string(client)):
		return proto.No
	case len(client) > 0 || couldGreet(server):
		return proto.More
	}
	return proto.No
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
