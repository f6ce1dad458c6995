package tls

import (
	"crypto/x509"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what is kept of a Certificate message.
const (
	maxChain = 8   // certificates; real chains have two to four
	maxNames = 64  // names of one; public authorities stop at 100, most have a few
	maxText  = 256 // bytes of a subject, issuer or name
)

// Certificate is what a reader wants to know about one.
type Certificate struct {
	Subject, Issuer     string
	NotBefore, NotAfter time.Time
	// Names are the hosts and addresses that it is for, up to maxNames; More is how many others there are.
	Names []string
	More  int
	// Length is that of the certificate in bytes, Unreadable why nothing else is known.
	Length     int
	Unreadable bool
}

func (c *Certificate) kept() int {
	n := len(c.Subject) + len(c.Issuer)
	for _, s := range c.Names {
		n += len(s)
	}
	return n
}

// readCertificates reads a Certificate message before TLS 1.3 (RFC 5246 §7.4.2). The message's length bounds the work.
func readCertificates(body []byte) (chain []Certificate, sent int) {
	r := &fields{b: body}
	for list := r.vector(3); len(list.b) > 0; sent++ {
		if der := list.vector(3).b; len(chain) < maxChain {
			chain = append(chain, readCertificate(der))
		}
	}
	return chain, sent
}

func readCertificate(der []byte) Certificate {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{Length: len(der), Unreadable: true}
	}
	names := c.DNSNames
	for _, a := range c.IPAddresses {
		names = append(names, a.String())
	}
	out := Certificate{
		Subject: shorten(c.Subject.String()), Issuer: shorten(c.Issuer.String()), NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		More: max(0, len(names)-maxNames), Length: len(der),
	}
	for _, n := range names[:min(len(names), maxNames)] {
		out.Names = append(out.Names, shorten(n))
	}
	return out
}

// shorten copies at most maxText bytes of a text, whole characters.
func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n]) + "…"
}
