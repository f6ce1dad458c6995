package tls

import "tcptalk/internal/flow"

// bodyLen is the length that a handshake header announces.
func bodyLen(b []byte) int { return int(b[1])<<16 | int(b[2])<<8 | int(b[3]) }

// handshake emits the handshake messages that end in the open record and keeps the beginning of one that does not.
func (d *Decoder) handshake(dir flow.Direction, s *side) {
	b := s.body
	n := min(s.skip, len(b))
	s.skip -= n
	if len(s.flight) == 0 {
		s.began = s.start
		if n > 0 {
			s.began += int64(recordHeader + n)
		}
	}
	s.flight = append(s.flight, b[n:]...)
	s.fed = s.pos
	for len(s.flight) >= handshakeHeader {
		n := handshakeHeader + bodyLen(s.flight)
		switch {
		case n > maxHandshake:
			t := &Handshake{Type: HandshakeType(s.flight[0]), Length: n - handshakeHeader}
			s.skip = max(n-len(s.flight), 0)
			n = min(n, len(s.flight))
			d.send(dir, s.began, s.pos, BrokenSyntax, t)
		case n > len(s.flight):
			return
		default:
			d.send(dir, s.began, s.pos, "", d.read(s, s.flight[:n]))
		}
		s.flight = s.flight[n:]
		s.began = s.start + int64(recordHeader+len(b)-len(s.flight))
	}
	if len(s.flight) == 0 {
		s.flight = nil
	}
}

// read reads one handshake message, of which at least the header is there.
func (d *Decoder) read(s *side, b []byte) any {
	t, body := HandshakeType(b[0]), b[handshakeHeader:]
	switch t {
	case ClientHello:
		h := readHello(t, body)
		d.client(h)
		s.unsure = false
		return h
	case ServerHello:
		h := readHello(t, body)
		d.server(h)
		s.unsure = false
		return h
	case Certificates:
		h := &Handshake{Type: t, Length: bodyLen(b)}
		h.Chain, h.Sent = readCertificates(body)
		return h
	default:
		return &Handshake{Type: t, Length: bodyLen(b)}
	}
}

// client notes what a ClientHello settles.
func (d *Decoder) client(h *Hello) { d.hello, d.id = true, string(h.SessionID) }

// server notes what a ServerHello settles. A server that resumes a session repeats its ID (RFC 5246 §7.4.1.3); one that
// speaks TLS 1.3 always does.
func (d *Decoder) server(h *Hello) {
	if h.Malformed && len(h.Ciphers) == 0 {
		return
	}
	d.version = h.Version()
	if len(h.ALPN) > 0 {
		d.inside = h.ALPN[0]
	}
	if h.Resumption == NotResumed && !d.version.Modern() && d.id != "" && d.id == string(h.SessionID) {
		h.Resumption = BySessionID
	}
}

// endFlight emits a handshake message that will not become whole.
func (d *Decoder) endFlight(dir flow.Direction, s *side, reason string) {
	b := s.flight
	s.flight, s.skip = nil, 0
	switch {
	case len(b) == 0:
	case len(b) < handshakeHeader:
		d.send(dir, s.began, s.fed, reason, &Unreadable{Bytes: int64(len(b))})
	default:
		d.send(dir, s.began, s.fed, reason, d.read(s, b))
	}
}
