// Package all knows every protocol: the order in which they are tried, and which one follows which.
//
// Conversation takes the two streams of a connection, finds out what they speak and lets the right decoder read them, also
// after a hand-over (Upgrade, CONNECT). Start with New.
package all

import (
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
)

// Options are those of the decoders. The zero value means their defaults.
type Options struct {
	HTTP1 http1.Options
	// Keep is that of http2.Options and websocket.Options, Hash that of the latter; the rest of it comes from the handshake.
	Keep int
	Hash bool
}

// Detectors returns the detectors in the order in which they are asked. The first that does not say No decides.
func Detectors(opt Options) []proto.Detector {
	return []proto.Detector{
		http1.Detector{Options: opt.HTTP1},
		http2.Detector{Options: http2.Options{Keep: opt.Keep}},
	}
}

// aliases are names that a hand-over uses for protocols with another name.
var aliases = map[string]string{"h2c": http2.Name}

// successor makes the decoder of the protocol that message m hands over to, nil if it is not known.
func (c *Conversation) successor(m proto.Message, start [2]int64) proto.Decoder {
	if m.Next == websocket.Name {
		return c.webSocket(m, start)
	}
	name := m.Next
	if a, ok := aliases[name]; ok {
		name = a
	}
	for _, d := range c.detectors {
		if d.Name() == name {
			return d.New(start, c.note)
		}
	}
	return nil
}

// webSocket makes a WebSocket decoder with what the handshake in m settled.
func (c *Conversation) webSocket(m proto.Message, start [2]int64) proto.Decoder {
	opt := websocket.Options{Client: m.Dir.Reverse(), Keep: c.opt.Keep, Hash: c.opt.Hash}
	if h, ok := m.Detail.(*http1.Head); ok {
		opt.Deflate, opt.OtherExtensions = websocket.ParseExtensions(h.Values("Sec-WebSocket-Extensions"))
	}
	return websocket.New(start, c.note, opt)
}
