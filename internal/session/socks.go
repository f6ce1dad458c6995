package session

import (
	"encoding/binary"
	"net/netip"

	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// socksPort is the port on which Wireshark expects SOCKS.
const socksPort = 1080

// proxied gives numbers to the connections that people ask a SOCKS proxy for. Wireshark counts a connection from the client
// to the wanted port, at the proxy's address, as soon as bytes are passed on; it has no packets and shows only as a hole in
// the numbering. Without it all later stream numbers would differ from Wireshark's.
//
// Messages are expected one to a segment, as Wireshark does. (SOCKS4: the protocol's memo by Y.-D. Lee; SOCKS5: RFC 1928,
// RFC 1929.)
type proxied map[uint32]*socks

// socks is how far a client has come with its proxy.
type socks struct {
	next func(s *socks, b []byte) bool // takes the next message; false: this is no SOCKS
	// toProxy says who sends it.
	toProxy bool
	port    uint16 // that the client asked for
}

// segment looks at a segment just tracked. It returns the connection to reserve a number for, if bytes were passed on.
func (p *proxied) segment(seg *packet.Segment, a *tcp.Analysis) (client, server netip.AddrPort, ok bool) {
	toProxy := seg.Dst.Port() == socksPort
	if !toProxy && seg.Src.Port() != socksPort || !handedOn(seg, a) {
		return client, server, false
	}
	if *p == nil {
		*p = proxied{}
	}
	s := (*p)[a.Stream]
	if s == nil {
		s = &socks{next: (*socks).hello, toProxy: true}
		(*p)[a.Stream] = s
	}
	switch {
	case s.next == nil && s.port != 0:
		client, server, ok = seg.Src, seg.Dst, true
		if !toProxy {
			client, server = server, client
		}
		server = netip.AddrPortFrom(server.Addr(), s.port)
		s.port = 0
	case s.next != nil && (s.toProxy != toProxy || !s.next(s, seg.Payload)):
		s.next, s.port = nil, 0
	}
	return client, server, ok
}

// handedOn reports that Wireshark would hand the segment's payload to a protocol.
func handedOn(seg *packet.Segment, a *tcp.Analysis) bool {
	return len(seg.Payload) > 0 && a.HasNumbers && !a.Hidden && !seg.Flags.Has(packet.RST) &&
		a.Labels&(tcp.Retransmission|tcp.OutOfOrder|tcp.KeepAlive) == 0
}

// then says which message comes next, and from whom.
func (s *socks) then(toProxy bool, next func(*socks, []byte) bool) bool {
	s.toProxy, s.next = toProxy, next
	return true
}

// hello is the client's first message: the whole request in SOCKS4, a list of methods in SOCKS5.
func (s *socks) hello(b []byte) bool {
	const connect, request4Len = 1, 8
	switch {
	case b[0] == 4 && len(b) > request4Len && b[1] == connect:
		s.port = binary.BigEndian.Uint16(b[2:])
		return s.then(false, (*socks).last)
	case b[0] == 5:
		return s.then(false, (*socks).method)
	}
	return false
}

// method is the proxy's choice of how the client has to prove who it is.
func (s *socks) method(b []byte) bool {
	const open, password = 0, 2
	if len(b) < 2 || b[0] != 5 {
		return false
	}
	switch b[1] {
	case open:
		return s.then(true, (*socks).request)
	case password:
		return s.then(true, (*socks).credentials)
	}
	return false
}

func (s *socks) credentials([]byte) bool { return s.then(false, (*socks).verdict) }

func (s *socks) verdict([]byte) bool { return s.then(true, (*socks).request) }

// request is what the client wants of a SOCKS5 proxy.
func (s *socks) request(b []byte) bool {
	const connect, addressAt = 1, 4
	if len(b) <= addressAt || b[0] != 5 || b[1] != connect {
		return false
	}
	n := addressAt
	switch b[3] {
	case 1: // IPv4
		n += 4
	case 3: // a name, its length in front
		n += 1 + int(b[addressAt])
	case 4: // IPv6
		n += 16
	default:
		return false
	}
	if len(b) < n+2 {
		return false
	}
	s.port = binary.BigEndian.Uint16(b[n:])
	return s.then(false, (*socks).last)
}

// last is the proxy's answer; what follows is passed on.
func (s *socks) last([]byte) bool {
	s.next = nil
	return true
}
