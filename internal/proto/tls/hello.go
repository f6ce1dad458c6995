package tls

import "slices"

// maxListed bounds each list of a Hello. Real ones have up to about a hundred cipher suites.
const maxListed = 256

// maxSessionID is the longest session ID (RFC 5246 §7.4.1.2).
const maxSessionID = 32

// The extensions that are looked into (RFC 6066, RFC 5077, RFC 7301, RFC 8446).
const (
	extServerName        = 0
	extALPN              = 16
	extSessionTicket     = 35
	extOldKeyShare       = 40 // up to draft 22
	extPreSharedKey      = 41
	extEarlyData         = 42
	extSupportedVersions = 43
	extKeyShare          = 51
)

// retryRandom marks a HelloRetryRequest (RFC 8446 §4.1.3).
var retryRandom = [32]byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

// fields takes values off the front of b. Behind a value that is not whole everything reads as empty and bad is set.
type fields struct {
	b   []byte
	bad bool
}

func (r *fields) take(n int) []byte {
	if n > len(r.b) {
		n, r.bad = len(r.b), true
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// number reads n bytes, most significant first.
func (r *fields) number(n int) int {
	v := 0
	b := r.take(n)
	if len(b) < n {
		return 0
	}
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}

// vector reads a length of n bytes and what it announces.
func (r *fields) vector(n int) *fields { return &fields{b: r.take(r.number(n))} }

// numbers reads two-byte numbers to the end.
func (r *fields) numbers() []uint16 {
	var out []uint16
	for len(r.b) >= 2 && len(out) < maxListed {
		out = append(out, uint16(r.number(2)))
	}
	return out
}

// readHello reads the body of a hello as far as it goes (RFC 8446 §4.1.2, §4.1.3).
func readHello(t HandshakeType, body []byte) *Hello {
	r := &fields{b: body}
	h := &Hello{Type: t, Legacy: Version(r.number(2))}
	random := r.take(len(retryRandom))
	switch {
	case t == ClientHello:
		h.sessionID(r)
		h.Ciphers = r.vector(2).numbers()
		r.vector(1) // compression methods
	case h.Legacy>>8 == draft13 && h.Legacy&0xff < 22: // which put its own version here and left out two fields
		h.Ciphers = (&fields{b: r.take(2)}).numbers()
	default:
		h.Retry = string(random) == string(retryRandom[:])
		h.sessionID(r)
		h.Ciphers = (&fields{b: r.take(2)}).numbers()
		r.take(1) // compression method
	}
	h.Malformed = r.bad
	if len(r.b) == 0 { // before TLS 1.2 there may be no extensions at all
		h.offersID()
		return h
	}
	exts := r.vector(2)
	h.Malformed = h.Malformed || r.bad
	for len(exts.b) > 0 && len(h.Extensions) < maxListed {
		id := uint16(exts.number(2))
		body := exts.vector(2)
		if exts.bad {
			h.Malformed = true
		}
		h.extension(id, body)
	}
	h.offersID()
	return h
}

func (h *Hello) sessionID(r *fields) {
	id := r.vector(1).b
	h.SessionID = slices.Clone(id[:min(len(id), maxSessionID)])
}

// offersID notes that a client offers to resume a session by its ID, if it offers no newer way.
func (h *Hello) offersID() {
	if h.Type == ClientHello && h.Resumption == NotResumed && len(h.SessionID) > 0 && !h.Version().Modern() {
		h.Resumption = BySessionID
	}
}

// extension reads one extension.
func (h *Hello) extension(id uint16, r *fields) {
	h.Extensions = append(h.Extensions, id)
	switch id {
	case extServerName:
		const hostName = 0
		if list := r.vector(2); list.number(1) == hostName && h.ServerName == "" {
			h.ServerName = string(list.vector(2).b)
		}
	case extALPN:
		for list := r.vector(2); len(list.b) > 0 && len(h.ALPN) < maxListed; {
			h.ALPN = append(h.ALPN, string(list.vector(1).b))
		}
	case extSessionTicket: // empty: the client would like one
		if h.Type == ClientHello && len(r.b) > 0 {
			h.Resumption = max(h.Resumption, ByTicket)
		}
	case extPreSharedKey:
		h.Resumption = ByPSK
	case extEarlyData:
		h.EarlyData = h.Type == ClientHello
	case extSupportedVersions:
		h.supportedVersions(r)
	case extKeyShare, extOldKeyShare:
		h.keyShares(r)
	}
}

// supportedVersions reads that extension (RFC 8446 §4.2.1): a list from the client, one number from the server.
func (h *Hello) supportedVersions(r *fields) {
	if h.Type == ClientHello {
		r = r.vector(1)
	}
	h.Versions = nil
	for _, v := range r.numbers() {
		h.Versions = append(h.Versions, Version(v))
	}
}

// keyShares reads that extension (RFC 8446 §4.2.8): a list from the client, one from the server.
func (h *Hello) keyShares(r *fields) {
	if h.Type == ServerHello {
		h.KeyShares = (&fields{b: r.take(2)}).numbers()
		return
	}
	h.KeyShares = nil
	for list := r.vector(2); len(list.b) > 0 && len(h.KeyShares) < maxListed; list.vector(2) {
		h.KeyShares = append(h.KeyShares, uint16(list.number(2)))
	}
}

// The form of a ClientHello in SSL 2.0 (RFC 5246 appendix E.2): a header of two bytes with the top bit set, the type and the
// version; then come the lengths of three fields, and the fields.
const (
	oldHeader     = 2
	oldLengths    = 9 // type, version and lengths
	oldCipherSpec = 3
)

// oldHello reports that a direction begins with a ClientHello in the form of SSL 2.0, by its first recordHeader bytes.
func oldHello(b []byte) bool {
	v := Version(b[3])<<8 | Version(b[4])
	return b[0]&0x80 != 0 && b[2] == byte(ClientHello) && (v == SSL2 || v>>8 == 3 && v&0xff <= 4) && oldLen(b) > oldLengths
}

// oldLen is the length that the header of such a message announces.
func oldLen(b []byte) int { return int(b[0]&0x7f)<<8 | int(b[1]) }

// readOldHello reads such a message without its header.
func readOldHello(b []byte) *Hello {
	r := &fields{b: b}
	r.take(1)
	h := &Hello{Type: ClientHello, Old: true, Legacy: Version(r.number(2))}
	ciphers, id, challenge := r.number(2), r.number(2), r.number(2)
	list := &fields{b: r.take(ciphers)}
	for len(list.b) > 0 && len(h.Ciphers) < maxListed {
		if c := list.number(oldCipherSpec); c < 1<<16 && !list.bad {
			h.Ciphers = append(h.Ciphers, uint16(c))
		}
	}
	session := r.take(id)
	h.SessionID = slices.Clone(session[:min(len(session), maxSessionID)])
	r.take(challenge)
	h.Malformed = r.bad || list.bad || len(r.b) > 0
	h.offersID()
	return h
}
