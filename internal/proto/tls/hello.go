package tls

import (
	"crypto/x509"
	"slices"
)

// maxListed bounds each list of a Hello. Real ones have up to about a hundred cipher suites.
const maxListed = 256

// The extensions that are looked into (RFC 6066, RFC 7301, RFC 8446).
const (
	extServerName        = 0
	extALPN              = 16
	extSupportedVersions = 43
	extKeyShare          = 51
)

// retryRandom marks a HelloRetryRequest (RFC 8446 §4.1.3).
var retryRandom = [32]byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

// reader takes fields off the front. Behind a field that is not whole everything reads as empty and bad is set.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		n, r.bad = len(r.b), true
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// number reads n bytes, most significant first.
func (r *reader) number(n int) int {
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
func (r *reader) vector(n int) *reader { return &reader{b: r.take(r.number(n))} }

// numbers reads two-byte numbers to the end of the vector.
func (r *reader) numbers() []uint16 {
	var out []uint16
	for len(r.b) >= 2 && len(out) < maxListed {
		out = append(out, uint16(r.number(2)))
	}
	return out
}

// readHello reads the body of a hello as far as it goes.
func readHello(t HandshakeType, body []byte) *Hello {
	r := &reader{b: body}
	h := &Hello{Type: t, Legacy: Version(r.number(2))}
	copy(h.Random[:], r.take(len(h.Random)))
	h.Retry = t == ServerHello && h.Random == retryRandom
	h.SessionID = len(r.vector(1).b)
	if t == ClientHello {
		h.Ciphers = r.vector(2).numbers()
		h.Compression = slices.Clone(r.vector(1).b)
	} else {
		h.Ciphers = (&reader{b: r.take(2)}).numbers()
		h.Compression = slices.Clone(r.take(1))
	}
	h.Malformed = r.bad
	if len(r.b) == 0 { // before TLS 1.2 there may be no extensions at all
		return h
	}
	exts := r.vector(2)
	h.Malformed = r.bad
	for len(exts.b) > 0 && len(h.Extensions) < maxListed {
		id := uint16(exts.number(2))
		h.extension(id, exts.vector(2))
		h.Malformed = h.Malformed || exts.bad
	}
	return h
}

// extension reads one extension.
func (h *Hello) extension(id uint16, r *reader) {
	h.Extensions = append(h.Extensions, id)
	server := h.Type == ServerHello
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
	case extSupportedVersions:
		list := r
		if !server {
			list = r.vector(1)
		}
		h.Versions = nil
		for _, v := range list.numbers() {
			h.Versions = append(h.Versions, Version(v))
		}
	case extKeyShare:
		if server {
			h.KeyShares = []uint16{uint16(r.number(2))}
			return
		}
		h.KeyShares = nil
		for list := r.vector(2); len(list.b) > 0 && len(h.KeyShares) < maxListed; list.vector(2) {
			h.KeyShares = append(h.KeyShares, uint16(list.number(2)))
		}
	}
}

// readCertificate reads the first certificate of a Certificate message before TLS 1.3 (RFC 5246 §7.4.2), nil if that is not
// possible. The message's length bounds it.
func readCertificate(body []byte) *Certificate {
	r := &reader{b: body}
	c, err := x509.ParseCertificate(r.vector(3).vector(3).b)
	if err != nil {
		return nil
	}
	return &Certificate{Subject: c.Subject.String(), Issuer: c.Issuer.String(), NotBefore: c.NotBefore, NotAfter: c.NotAfter}
}
