package tls

import "tcptalk/internal/proto"

// Detector recognises TLS by the hello at the start of either direction.
type Detector struct{}

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (Detector) New(start [2]int64, emit proto.Emit) proto.Decoder { return New(start, emit) }

// Detect implements proto.Detector. No port is needed: nine bytes of a hello leave little to chance.
func (Detector) Detect(client, server []byte, _ uint16) proto.Verdict {
	c, s := detect(client), detect(server)
	switch {
	case c == proto.Yes || s == proto.Yes:
		return proto.Yes
	case c == proto.No || s == proto.No:
		return proto.No
	}
	return proto.More
}

// detect looks at the first bytes of one direction: a record with a handshake message that is a hello and long enough for one.
func detect(b []byte) proto.Verdict {
	const (
		enough   = 11
		minHello = 2 + 32 + 1 + 2 + 1 // version, random, session id, one cipher suite, compression
	)
	b = b[:min(len(b), enough)]
	for i, c := range b {
		ok := true
		switch i {
		case 0:
			ok = c == typeHandshake
		case 1, 9:
			ok = c == 3
		case 2, 10:
			ok = c <= 4
		case 4:
			n := int(b[3])<<8 | int(c)
			ok = n >= handshakeHeader && n <= maxRecord
		case 5:
			ok = c == byte(ClientHello) || c == byte(ServerHello)
		case 8:
			n := int(b[6])<<16 | int(b[7])<<8 | int(c)
			ok = n >= minHello && n <= maxHandshake
		}
		if !ok {
			return proto.No
		}
	}
	if len(b) < enough {
		return proto.More
	}
	return proto.Yes
}
