// Package tls reads TLS as far as it can be read without keys: records, hellos, alerts, certificates up to TLS 1.2, and how much
// was sent encrypted.
//
// Each handshake message and each alert in clear is one message; its byte range is that of the records which carry it. Neighbouring
// encrypted records of one direction are one message, until the other side speaks. Nothing is decrypted: decryption would
// stand in Decoder.record, which has the whole record and knows whether it is encrypted; its plaintext would go to
// Decoder.clear like the rest. Package all does not offer it yet: first its hellos have to agree with tshark's. Start with
// Decoder and the details Hello, Handshake, Alert and Encrypted.
package tls

import (
	"crypto/tls"
	"time"
)

// Name is the protocol's name in messages.
const Name = "tls"

// BrokenSyntax is the reason where bytes are no TLS record, or no handshake message that can be read.
const BrokenSyntax = "bad syntax"

// The content types of records (RFC 8446 §5.1).
const (
	typeChangeCipherSpec = 20
	typeAlert            = 21
	typeHandshake        = 22
	typeApplicationData  = 23
	typeHeartbeat        = 24 // RFC 6520
)

// HandshakeType says what a handshake message is (RFC 8446 §4, RFC 5246 §7.4).
type HandshakeType uint8

// The handshake types that are looked into.
const (
	ClientHello HandshakeType = 1
	ServerHello HandshakeType = 2
	certificate HandshakeType = 11
)

var handshakeNames = map[HandshakeType]string{
	0: "HelloRequest", ClientHello: "ClientHello", ServerHello: "ServerHello", 4: "NewSessionTicket", 5: "EndOfEarlyData",
	8: "EncryptedExtensions", certificate: "Certificate", 12: "ServerKeyExchange", 13: "CertificateRequest",
	14: "ServerHelloDone", 15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished", 22: "CertificateStatus",
	24: "KeyUpdate", 25: "CompressedCertificate",
}

// String returns the type's name as its RFC writes it, "" if it is not known.
func (t HandshakeType) String() string { return handshakeNames[t] }

// Version is a protocol version as on the wire.
type Version uint16

// TLS13 is the version from which on everything behind the ServerHello is encrypted.
const TLS13 Version = tls.VersionTLS13

// modern reports TLS 1.3 or one of its drafts, official (0x7f) or Facebook's (0xfb).
func (v Version) modern() bool { return v >= TLS13 && v>>8 == 3 || v>>8 == 0x7f || v>>8 == 0xfb }

// String returns the version's name, "TLS 1.3".
func (v Version) String() string {
	switch {
	case v == 0x0300:
		return "SSL 3.0"
	case v != TLS13 && v.modern():
		return "TLS 1.3 (draft)"
	}
	return tls.VersionName(uint16(v))
}

// CipherName returns a cipher suite's name, its number in hex if it is not known.
func CipherName(id uint16) string { return tls.CipherSuiteName(id) }

// Grease reports a value that stands for nothing (RFC 8701): clients send it lest servers get used to the known ones.
func Grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// Hello is a ClientHello or a ServerHello. Its lists end at maxListed.
type Hello struct {
	Type HandshakeType
	// Retry marks a HelloRetryRequest: a ServerHello that asks for another ClientHello.
	Retry bool
	// Legacy is the version in the hello's own field, which TLS 1.3 leaves at 1.2.
	Legacy Version
	// Versions are those of supported_versions; a ServerHello has the selected one or none.
	Versions  []Version
	Random    [32]byte
	SessionID int // its length in bytes
	// Ciphers are the suites offered, or the one selected.
	Ciphers     []uint16
	Compression []uint8 // the methods offered, or the one selected
	Extensions  []uint16
	// ServerName is the host that the client wants (SNI), "" if it names none.
	ServerName string
	ALPN       []string
	KeyShares  []uint16 // the groups for which a key came along
	// Malformed says that the message ended early: the fields behind are zero.
	Malformed bool
}

// Version returns the version that a ServerHello selects, of a ClientHello the highest that it offers.
func (h *Hello) Version() Version {
	v := Version(0)
	for _, o := range h.Versions {
		if !Grease(uint16(o)) {
			v = max(v, o)
		}
	}
	if v == 0 {
		return h.Legacy
	}
	return v
}

// Kept returns about how many bytes the hello holds.
func (h *Hello) Kept() int {
	n := 2*(len(h.Versions)+len(h.Ciphers)+len(h.Extensions)+len(h.KeyShares)) + len(h.Compression) + len(h.ServerName)
	for _, p := range h.ALPN {
		n += len(p)
	}
	return n
}

// Handshake is any other handshake message in clear.
type Handshake struct {
	Type   HandshakeType
	Length int // of the body in bytes, as announced
	// Certificate is the sender's own, nil where there is none or it cannot be read.
	Certificate *Certificate
}

// Certificate is what a reader wants to know about one.
type Certificate struct {
	Subject, Issuer     string
	NotBefore, NotAfter time.Time
}

// Alert is an alert in clear.
type Alert struct{ Level, Description uint8 }

// ChangeCipherSpec says that its sender encrypts from here on. In TLS 1.3 it means nothing and is there for old boxes on
// the way.
type ChangeCipherSpec struct{}

// Encrypted is a run of records that cannot be read.
type Encrypted struct {
	Records int
	// Bytes are those of the records without their headers that were captured; Missing were not.
	Bytes, Missing int64
	// Alerts are how many of the records are alerts, which up to TLS 1.2 shows.
	Alerts int
}

// Unreadable is a region in which no records could be found.
type Unreadable struct{ Bytes, Missing int64 }
