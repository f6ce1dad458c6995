package tls

import (
	"bytes"
	"encoding/binary"

	"tcptalk/internal/proto"
)

// Detector recognises TLS by a hello at the start of either direction. Where a connection was captured from its middle, two
// record headers prove it: one behind the other, or one in each direction.
type Detector struct{ Options Options }

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (d Detector) New(start [2]int64, emit proto.Emit) proto.Decoder {
	return New(start, emit, d.Options)
}

// Detect implements proto.Detector. No port is needed: ten bytes of a hello, or of two headers, leave little to chance.
func (Detector) Detect(client, server []byte, _ uint16) proto.Verdict {
	c, s := detect(client), detect(server)
	switch {
	case c == sure || s == sure || c == likely && s == likely:
		return proto.Yes
	case c == wrong || s == wrong:
		return proto.No
	}
	return proto.More
}

// guess is what the first bytes of one direction say.
type guess uint8

const (
	wrong  guess = iota
	open         // too few bytes
	likely       // a record's header
	sure
)

// detect looks at the first bytes of one direction.
func detect(b []byte) guess {
	switch {
	case len(b) < recordHeader:
		if len(b) > 0 && b[0]&0x80 == 0 && !recordType(b[0]) {
			return wrong
		}
		return open
	case b[0]&0x80 != 0:
		return detectOld(b)
	case !plausible(b) || binary.BigEndian.Uint16(b[3:]) == 0:
		return wrong
	case b[0] == typeHandshake:
		if g := detectHello(b); g != wrong {
			return g
		}
	}
	return detectRecords(b)
}

// detectRecords looks whether another record follows the first.
func detectRecords(b []byte) guess {
	next := b[min(len(b), recordHeader+int(binary.BigEndian.Uint16(b[3:]))):]
	switch {
	case len(next) < recordHeader:
		return likely
	case plausible(next):
		return sure
	}
	return wrong
}

// detectHello looks whether handshake records begin with a hello, which may be spread over records of a few bytes each.
func detectHello(b []byte) guess {
	var h []byte
	for len(b) >= recordHeader && len(h) < helloStart {
		if b[0] != typeHandshake || !plausible(b) {
			return wrong
		}
		n := recordHeader + int(binary.BigEndian.Uint16(b[3:]))
		h = append(h, b[recordHeader:min(n, len(b), recordHeader+helloStart)]...)
		b = b[min(n, len(b)):]
	}
	switch {
	case len(h) < helloStart && (len(h) == 0 || helloType(h[0])):
		return open
	case len(h) < helloStart || !isHello(h):
		return wrong
	}
	return sure
}

// helloStart is how many bytes of a handshake message isHello needs.
const helloStart = handshakeHeader + 1

// helloType reports a handshake type that begins a connection.
func helloType(t byte) bool { return t == byte(ClientHello) || t == byte(ServerHello) }

// isHello reports that a handshake message is a hello: by its type, a length that one may have and its version.
func isHello(b []byte) bool {
	const minHello = 2 + 32 + 2 // version, random, one cipher suite
	n := bodyLen(b)
	return helloType(b[0]) && n >= minHello && n <= maxHandshake && (b[4] == 3 || b[4] == draft13)
}

// detectOld looks for a ClientHello in the form of SSL 2.0, whose lengths have to add up.
func detectOld(b []byte) guess {
	const minChallenge, maxChallenge = 16, 32
	switch {
	case !oldHello(b):
		return wrong
	case len(b) < oldHeader+oldLengths:
		return open
	}
	ciphers, id := int(binary.BigEndian.Uint16(b[5:])), int(binary.BigEndian.Uint16(b[7:]))
	challenge := int(binary.BigEndian.Uint16(b[9:]))
	if ciphers == 0 || ciphers%oldCipherSpec != 0 || id > maxSessionID || challenge < minChallenge || challenge > maxChallenge ||
		oldLengths+ciphers+id+challenge != oldLen(b) {
		return wrong
	}
	return sure
}

// HelloStart is how many bytes FindHello needs to see of a ClientHello.
const HelloStart = recordHeader + helloStart + 1

// FindHello returns where in b a ClientHello begins that stands whole in one record, -1 if nowhere: bytes that nobody sends
// by chance.
func FindHello(b []byte) int {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte{typeHandshake, 3})
		if at += i; i < 0 || len(b)-at < HelloStart {
			return -1
		}
		record, hello := b[at:], b[at+recordHeader:]
		if plausible(record) && hello[0] == byte(ClientHello) && isHello(hello) && hello[5] <= 4 &&
			handshakeHeader+bodyLen(hello) <= int(binary.BigEndian.Uint16(record[3:])) {
			return at
		}
	}
}
