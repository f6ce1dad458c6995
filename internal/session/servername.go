package session

import (
	"net"
	"strings"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/stream"
)

// maxHostName is the longest name of a host in the DNS (RFC 1035 §2.3.4), in characters.
const maxHostName = 253

// ServerName returns the host that the client asked for in its first words, "" if it named none: the name in a TLS hello
// (SNI), or the Host (:authority) of an HTTP request, without its port. It is a name of printable ASCII, which the client made up as it
// liked. Like Protocol it looks at the first packets only and remembers the answer.
func (s *Session) ServerName(stream int) string {
	s.mu.RLock()
	name, known := s.serverNames[stream]
	before := s.inherited[stream].serverName
	s.mu.RUnlock()
	if known {
		return name
	}
	if before != "" {
		return before
	}
	name, sure := s.findServerName(stream)
	if sure || s.over.Load() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.serverNames == nil {
			s.serverNames = map[int]string{}
		}
		s.serverNames[stream] = name
	}
	return name
}

// findServerName decodes the first packets of a connection; sure says that later ones cannot change the answer.
func (s *Session) findServerName(number int) (name string, sure bool) {
	v, err := s.viewOf(number, glance)
	if err != nil {
		return "", false
	}
	told := func(m proto.Message) {
		if host, ok := named(m.Detail); ok && !sure {
			name, sure = host, true
		}
	}
	opt := all.Options{As: s.decodedAs(&v.Conn), HTTP1: http1.Options{KeepBody: -1}, Keep: -1}
	a := stream.NewAssembler(all.New(v.Conn.Server.Port(), told, opt))
	d := segments{v: v, decoder: packet.NewDecoder(), ahead: true}
	for i := 0; i < v.Len() && !sure; i++ {
		seg, err := d.at(i)
		if err != nil {
			return "", false
		}
		if seg != nil {
			a.Segment(v.At(i).Dir(), uint32(i), seg)
		}
	}
	found := sure
	a.Finish() // of a message that is not whole by now the name may be there
	return name, found || name != "" || v.Len() == glance
}

// named returns the host in a message that may name one; ok is false if the message is none of these.
func named(detail any) (host string, ok bool) {
	switch d := detail.(type) {
	case *tls.Hello:
		host, ok = d.ServerName, d.Type == tls.ClientHello
	case *http1.Head:
		host, _ = d.Get("Host")
		ok = d.Kind == http1.Request
	case *http2.Frame:
		for i := range d.Fields {
			if d.Fields[i].Name == ":authority" {
				host, ok = d.Fields[i].Value, true
			}
		}
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if len(host) > maxHostName || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", ok
	}
	return host, ok
}
