// Package tls reads TLS as far as it can be read without keys: hellos, certificates up to TLS 1.2, alerts, and how much was
// sent encrypted.
//
// Decoder emits one message per handshake message and per alert in clear, and one for neighbouring encrypted records of one
// direction until the other side speaks. A message begins with its first byte, or with the header of the record that it
// opens; it ends where the record ends that completes it, for before that nobody can read it. Start with Decoder and the
// details Hello, Handshake, Alert, ChangeCipherSpec, Encrypted and Unreadable.
//
// # Decryption
//
// Nothing is decrypted here. Decryption would stand in Decoder.record, which has every record whole and knows whether it is
// encrypted (its bytes would have to be kept as those of records in clear are). What is handshake or alert inside goes to
// Decoder.clear like the rest. Application data goes to a conversation of its own in package all, read as the protocol that
// ALPN chose (Decoder.inside, whose name all.Named translates); its messages are then placed where their records lie.
package tls

import "crypto/tls"

// Name is the protocol's name in messages.
const Name = "tls"

// Reasons of messages that are not whole, besides those of package proto.
const (
	BrokenSyntax = "bad TLS" // a record or handshake message that cannot be read
	BrokenNotTLS = "not TLS" // a direction that does not begin with a record
)

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
	helloRequest HandshakeType = 0
	ClientHello  HandshakeType = 1
	ServerHello  HandshakeType = 2
	Certificates HandshakeType = 11
)

var handshakeNames = map[HandshakeType]string{
	helloRequest: "HelloRequest", ClientHello: "ClientHello", ServerHello: "ServerHello", 4: "NewSessionTicket",
	5: "EndOfEarlyData", 6: "HelloRetryRequest", 8: "EncryptedExtensions", Certificates: "Certificate", 12: "ServerKeyExchange",
	13: "CertificateRequest", 14: "ServerHelloDone", 15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished",
	21: "CertificateURL", 22: "CertificateStatus", 24: "KeyUpdate", 25: "CompressedCertificate", 67: "NextProtocol",
}

// String returns the type's name as its RFC writes it, "" if it is not known.
func (t HandshakeType) String() string { return handshakeNames[t] }

// Version is a protocol version as on the wire.
type Version uint16

// The versions that are treated in a way of their own.
const (
	SSL2 Version = 0x0002
	SSL3 Version = 0x0300
	// TLS13 is the version from which on everything behind the ServerHello is encrypted.
	TLS13 Version = tls.VersionTLS13
)

// draft13 is the first byte of the versions of TLS 1.3's drafts; the second is the draft's number.
const draft13 = 0x7f

// Modern reports TLS 1.3 or one of its drafts, official or Facebook's (0xfb).
func (v Version) Modern() bool { return v >= TLS13 && v>>8 == 3 || v>>8 == draft13 || v>>8 == 0xfb }

// String returns the version's name, "TLS 1.3".
func (v Version) String() string {
	switch {
	case v == SSL2:
		return "SSL 2.0"
	case v == SSL3:
		return "SSL 3.0"
	case v != TLS13 && v.Modern():
		return "TLS 1.3 (draft)"
	}
	return tls.VersionName(uint16(v))
}

// Grease reports a value that stands for nothing (RFC 8701): clients send it lest servers get used to the known ones.
func Grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// Resumption says whether, and by what, an earlier session goes on.
type Resumption uint8

// The ways to resume a session.
const (
	NotResumed Resumption = iota
	BySessionID
	ByTicket // RFC 5077
	ByPSK    // RFC 8446 §2.2
)

// Hello is a ClientHello or a ServerHello. Its lists end at maxListed.
type Hello struct {
	Type HandshakeType
	// Retry marks a HelloRetryRequest: a ServerHello that asks for another ClientHello.
	Retry bool
	// Old marks a ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2). It has no extensions; the ciphers that only
	// SSL 2.0 knew are left out.
	Old bool
	// Legacy is the version in the hello's own field, which TLS 1.3 leaves at 1.2.
	Legacy Version
	// Versions are those of supported_versions; a ServerHello has the selected one or none.
	Versions  []Version
	SessionID []byte
	// Ciphers are the suites offered, or the one selected.
	Ciphers    []uint16
	Extensions []uint16
	// ServerName is the host that the client wants (SNI), "" if it names none.
	ServerName string
	ALPN       []string
	// KeyShares are the groups for which a key came along; of a HelloRetryRequest the group for which one is wanted.
	KeyShares []uint16
	// Resumption is what the client offers or the server goes on with. In the hello of a client that speaks TLS 1.3 a
	// session ID says nothing (RFC 8446 §4.1.2).
	Resumption Resumption
	// EarlyData says that the client sends data before the server has answered (RFC 8446 §4.2.10).
	EarlyData bool
	// Malformed says that lengths inside do not fit: fields may be missing.
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
	n := 2*(len(h.Versions)+len(h.Ciphers)+len(h.Extensions)+len(h.KeyShares)) + len(h.SessionID) + len(h.ServerName)
	for _, p := range h.ALPN {
		n += len(p)
	}
	return n
}

// Handshake is any other handshake message in clear.
type Handshake struct {
	Type   HandshakeType
	Length int // of the body in bytes, as announced
	// Chain are the certificates of a Certificate message, the sender's own first, up to maxChain; Sent is how many came.
	Chain []Certificate
	Sent  int
}

// Kept returns about how many bytes the message holds.
func (h *Handshake) Kept() int {
	n := 0
	for i := range h.Chain {
		n += h.Chain[i].kept()
	}
	return n
}

// Alert is an alert in clear (RFC 8446 §6).
type Alert struct{ Level, Description uint8 }

// The levels of an alert.
const (
	Warning = 1
	Fatal   = 2
)

// ChangeCipherSpec says that its sender encrypts from here on.
type ChangeCipherSpec struct {
	// Dummy marks that of TLS 1.3, which means nothing and is there for old boxes on the way (RFC 8446 appendix D.4).
	Dummy bool
}

// Encrypted is a run of records that cannot be read.
type Encrypted struct {
	Records int
	// Bytes are those of the records without their headers that were captured; Missing were not.
	Bytes, Missing int64
	// Handshakes and Alerts are how many of the records are that, which up to TLS 1.2 their headers tell. The rest may be
	// anything.
	Handshakes, Alerts int
	// Protocol is the name of what runs inside, as ALPN chose it, "" if that is not known.
	Protocol string
}

// Unreadable is a region in which no records could be found.
type Unreadable struct{ Bytes, Missing int64 }
