package session

import "tcptalk/internal/tcp"

// DecodeAs says that connections speak a protocol, whatever their first bytes look like.
type DecodeAs struct {
	// Protocol is a name of all.Names.
	Protocol string
	// Stream is the connection, -1 for every one with Port at its server.
	Stream int
	Port   uint16
}

// SetDecodeAs makes the rules those of the user; the first that fits counts. What was decoded before keeps its reading.
func (s *Session) SetDecodeAs(rules []DecodeAs) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules, s.protocols, s.serverNames = rules, nil, nil
}

// decodedAs returns the protocol that a rule names for a connection, "" if there is none.
func (s *Session) decodedAs(c *tcp.Connection) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range s.rules {
		if r.Stream == int(c.Stream) || r.Stream < 0 && r.Port == c.Server.Port() {
			return r.Protocol
		}
	}
	return ""
}
