package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/proto"
)

// certified makes a certificate for those hosts.
func certified(t *testing.T, subject string, hosts []string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject}, NotBefore: from, NotAfter: from.AddDate(0, 3, 0),
		DNSNames: hosts, IPAddresses: []net.IP{{10, 0, 0, 1}},
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "a root"}}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// vector24 is b with its length in three bytes before it.
func vector24(b string) string {
	return string([]byte{byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}) + b
}

func TestCertificates(t *testing.T) {
	der := certified(t, "a.example", []string{"a.example", "*.a.example"})
	list := vector24(string(der)) + vector24("no certificate") + "\x00\x00\xffcut"
	chain, sent := readCertificates([]byte(vector24(list)))
	if sent != 3 || len(chain) != 3 {
		t.Fatalf("%d certificates, %d read", sent, len(chain))
	}
	if got, want := fmt.Sprint(chain[0]), fmt.Sprintf("{CN=a.example CN=a root 2026-01-02 03:04:05 +0000 UTC 2026-04-02 03:04:05 +0000 UTC [a.example *.a.example 10.0.0.1] 0 %d false}", len(der)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if c := chain[1]; !c.Unreadable || c.Length != 14 || c.Subject != "" {
		t.Errorf("no certificate is %+v", c)
	}
	if c := chain[2]; !c.Unreadable || c.Length != 3 {
		t.Errorf("a certificate that is cut is %+v", c)
	}
}

func TestCertificateBounds(t *testing.T) {
	var hosts []string
	for i := range 100 {
		hosts = append(hosts, fmt.Sprintf("%s%d.example", strings.Repeat("a.", 150), i))
	}
	der := string(certified(t, strings.Repeat("é", 200), hosts))
	chain, sent := readCertificates([]byte(vector24(strings.Repeat(vector24(der), maxChain+3))))
	if sent != maxChain+3 || len(chain) != maxChain {
		t.Fatalf("%d of %d certificates are kept", len(chain), sent)
	}
	c := chain[0]
	if len(c.Names) != maxNames || c.More != 101-maxNames {
		t.Errorf("%d names and %d more", len(c.Names), c.More)
	}
	if want := "CN=" + strings.Repeat("é", (maxText-3)/2) + "…"; c.Subject != want {
		t.Errorf("subject %q", c.Subject)
	}
	if h := (&Handshake{Chain: chain}); h.Kept() < maxChain*maxNames*maxText || h.Kept() > maxChain*(maxNames+2)*(maxText+3) {
		t.Errorf("%d bytes are kept", h.Kept())
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		CipherName(0x1301):         "TLS_AES_128_GCM_SHA256",
		CipherName(0xc02f):         "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		CipherName(0x0033):         "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
		CipherName(0x00c6):         "TLS_SM4_GCM_SM3",
		CipherName(0x00ff):         "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
		CipherName(0xfefe):         "0xFEFE",
		SSL2.String():              "SSL 2.0",
		SSL3.String():              "SSL 3.0",
		Version(0x0301).String():   "TLS 1.0",
		TLS13.String():             "TLS 1.3",
		Version(0x7f1c).String():   "TLS 1.3 (draft)",
		Version(0xfb17).String():   "TLS 1.3 (draft)",
		Version(0x0505).String():   "0x0505",
		Certificates.String():      "Certificate",
		HandshakeType(99).String(): "",
		fmt.Sprint(Grease(0x3a3a)): "true",
		fmt.Sprint(Grease(0x3a4a)): "false",
		fmt.Sprint(Grease(0x3030)): "false",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestHelloKept counts what a hello holds.
func TestHelloKept(t *testing.T) {
	h := &Hello{Ciphers: []uint16{1, 2}, ServerName: "a.example", ALPN: []string{"h2"}, SessionID: []byte{1}}
	if n := h.Kept(); n != 4+9+2+1 {
		t.Errorf("%d bytes", n)
	}
}

// TestHelloBounds gives a hello more of everything than is kept.
func TestHelloBounds(t *testing.T) {
	list := strings.Repeat("\x01a", 1000)
	shares := strings.Repeat("\x00\x1d\x00\x01k", 500)
	exts := "\x00\x10" + string([]byte{byte((len(list) + 2) >> 8), byte(len(list) + 2), byte(len(list) >> 8), byte(len(list))}) + list +
		"\x00\x33" + string([]byte{byte((len(shares) + 2) >> 8), byte(len(shares) + 2), byte(len(shares) >> 8), byte(len(shares))}) + shares +
		strings.Repeat("\x00\xaa\x00\x00", 1000)
	ciphers := strings.Repeat("\x13\x01", 1000)
	body := "\x03\x03" + zeros + "\x00" + string([]byte{byte(len(ciphers) >> 8), byte(len(ciphers))}) + ciphers + "\x01\x00" +
		string([]byte{byte(len(exts) >> 8), byte(len(exts))}) + exts
	h := readHello(ClientHello, []byte(body))
	if h.Malformed || len(h.Ciphers) != maxListed || len(h.ALPN) != maxListed || len(h.KeyShares) != maxListed || len(h.Extensions) != maxListed {
		t.Errorf("malformed %t, %d ciphers, %d protocols, %d shares, %d extensions", h.Malformed, len(h.Ciphers), len(h.ALPN), len(h.KeyShares), len(h.Extensions))
	}
	old := oldClient("\x03\x01", strings.Repeat("\x00\x00\x04", 80), strings.Repeat("i", 100))
	if h := readOldHello(old[2:]); len(h.SessionID) != maxSessionID || len(h.Ciphers) != 80 {
		t.Errorf("session ID of %d bytes, %d ciphers", len(h.SessionID), len(h.Ciphers))
	}
}

// BenchmarkBulk reads a download in full records.
func BenchmarkBulk(b *testing.B) {
	data := record(typeApplicationData, strings.Repeat("x", 1<<14))
	b.SetBytes(int64(len(data)))
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	for b.Loop() {
		for i := 0; i < len(data); i += 1448 {
			d.Data(s, data[i:min(i+1448, len(data))])
		}
	}
}
