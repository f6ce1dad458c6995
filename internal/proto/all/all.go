// Package all knows every protocol: the order in which they are tried, and which one follows which.
//
// Conversation takes the two streams of a connection, finds out what they speak and lets the right decoder read them, also
// after a hand-over (Upgrade, CONNECT). Start with New.
package all

import (
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
)

// Options are those of the decoders. The zero value means their defaults.
type Options struct {
	HTTP1 http1.Options
	// Keep is that of http2.Options, mysql.Options and websocket.Options, Hash that of the latter; the rest of it comes from the handshake.
	Keep int
	Hash bool
	// HTTP2Body is that of http2.Options.
	HTTP2Body func(http2.Piece)
	// TLSRecord is Options.Record of package tls.
	TLSRecord func(flow.Direction, tls.Record)
	// As names the protocol that the connection is read as, whatever its first bytes are; "" lets the detectors decide.
	As string
}

// Detectors returns the detectors in the order in which they are asked. The first that does not say No decides. If opt.As
// names one of them it is the only one, and says Yes to everything.
func Detectors(opt Options) []proto.Detector {
	list := []proto.Detector{
		http1.Detector{Options: opt.HTTP1},
		http2.Detector{Options: http2.Options{Keep: opt.Keep, Body: opt.HTTP2Body}},
		tls.Detector{Options: tls.Options{Record: opt.TLSRecord}},
		postgres.Detector{Options: postgres.Options{Keep: opt.Keep}},
		redis.Detector{Options: redis.Options{Keep: opt.Keep}},
		mysql.Detector{Options: mysql.Options{Keep: opt.Keep}},
		dns.Detector{},
	}
	for _, d := range list {
		if d.Name() == opt.As {
			return []proto.Detector{told{d}}
		}
	}
	return list
}

// Names returns the names of the protocols that Options.As may be, sorted.
func Names() []string {
	var names []string
	for _, d := range Detectors(Options{}) {
		names = append(names, d.Name())
	}
	slices.Sort(names)
	return names
}

// Protocols returns the names that a message's Protocol may be, sorted: those of Names, and what only follows or rides
// in another protocol.
func Protocols() []string {
	names := append(Names(), websocket.Name, sse.Name)
	slices.Sort(names)
	return names
}

// told is a detector that need not look, because somebody said what the connection speaks.
type told struct{ proto.Detector }

// Detect implements proto.Detector.
func (told) Detect([]byte, []byte, uint16) proto.Verdict { return proto.Yes }

// aliases are names of protocols in an Upgrade or in TLS's ALPN, where they are not those of proto.Message.
var aliases = map[string]string{"h2c": http2.Name, "h2": http2.Name, "http/1.1": http1.Name, "http/1.0": http1.Name}

// Named returns the name in proto.Message of the protocol that an Upgrade or ALPN calls name.
func Named(name string) string {
	if a, ok := aliases[name]; ok {
		return a
	}
	return name
}

// successor makes the decoder of the protocol that message m hands over to, nil if it is not known.
func (c *Conversation) successor(m proto.Message, start [2]int64) proto.Decoder {
	if m.Next == websocket.Name {
		return c.webSocket(m, start)
	}
	name := Named(m.Next)
	if h, ok := m.Detail.(*http1.Head); ok && name == http2.Name && h.Request != nil {
		asked := &http2.Asked{Method: h.Request.Method, Target: h.Request.Target}
		return http2.New(start, c.note, http2.Options{Keep: c.opt.Keep, Body: c.opt.HTTP2Body, Upgraded: asked})
	}
	opt := c.opt
	opt.As = ""
	for _, d := range Detectors(opt) {
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
