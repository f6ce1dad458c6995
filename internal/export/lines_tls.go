package export

import (
	"encoding/hex"
	"fmt"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/tls"
)

// helloMembers describe a ClientHello or ServerHello.
type helloMembers struct {
	// Kind is "client_hello" or "server_hello".
	Kind  string `json:"kind"`
	Retry bool   `json:"retry,omitempty"`
	Old   bool   `json:"sslv2_form,omitempty"`
	// Version is the one selected, of a client the highest offered, Versions are all of them; LegacyVersion is the hello's own field.
	Version       string   `json:"version"`
	Versions      []string `json:"versions,omitempty"`
	LegacyVersion string   `json:"legacy_version"`
	ServerName    string   `json:"server_name,omitempty"`
	ALPN          []string `json:"alpn,omitempty"`
	Ciphers       []string `json:"ciphers,omitempty"`
	Extensions    []uint16 `json:"extensions,omitempty"`
	KeyShares     []string `json:"key_shares,omitempty"`
	SessionID     string   `json:"session_id,omitempty"` // in hexadecimal
	// Resumed is what an earlier session is resumed by: "session_id", "ticket" or "psk".
	Resumed   string `json:"resumed,omitempty"`
	EarlyData bool   `json:"early_data,omitempty"`
	Malformed bool   `json:"malformed,omitempty"`
}

// handshakeMembers describe another handshake message in clear.
type handshakeMembers struct {
	Kind   string            `json:"kind"`
	Type   tls.HandshakeType `json:"type"`
	Name   string            `json:"name,omitempty"`
	Length int               `json:"length"`
	// Certificates are the first of a chain, CertificateCount is how many came.
	Certificates     []certificateMembers `json:"certificates,omitempty"`
	CertificateCount int                  `json:"certificate_count,omitempty"`
}

type certificateMembers struct {
	Subject   string   `json:"subject,omitempty"`
	Issuer    string   `json:"issuer,omitempty"`
	NotBefore string   `json:"not_before,omitempty"`
	NotAfter  string   `json:"not_after,omitempty"`
	Names     []string `json:"names,omitempty"`
	// NamesLeft is how many names are not written.
	NamesLeft  int  `json:"names_left,omitempty"`
	Length     int  `json:"length"`
	Unreadable bool `json:"unreadable,omitempty"`
}

// alertMembers describe an alert in clear.
type alertMembers struct {
	Kind  string `json:"kind"`
	Level uint8  `json:"level"`
	Fatal bool   `json:"fatal"`
	// Description is the alert's number, Name its name.
	Description uint8  `json:"description"`
	Name        string `json:"name,omitempty"`
}

// cipherMembers describe a ChangeCipherSpec.
type cipherMembers struct {
	Kind  string `json:"kind"`
	Dummy bool   `json:"dummy,omitempty"`
}

// encryptedMembers describe records that cannot be read.
type encryptedMembers struct {
	Kind string `json:"kind"`
	// Records counts them, Length their bytes without headers, Missing those not captured.
	Records int   `json:"records,omitempty"`
	Length  int64 `json:"length"`
	Missing int64 `json:"missing,omitempty"`
	// Handshakes and Alerts are how many of the records say that they are that.
	Handshakes int `json:"handshakes,omitempty"`
	Alerts     int `json:"alerts,omitempty"`
	// Inside is the protocol inside, as ALPN chose it.
	Inside string `json:"inside,omitempty"`
}

var tlsResumptions = [...]string{tls.NotResumed: "", tls.BySessionID: "session_id", tls.ByTicket: "ticket", tls.ByPSK: "psk"}

// tlsLine describes any message of TLS, nil if detail is none.
func tlsLine(detail any) any {
	switch d := detail.(type) {
	case *tls.Hello:
		return helloLine(d)
	case *tls.Handshake:
		out := handshakeMembers{Kind: "handshake", Type: d.Type, Name: d.Type.String(), Length: d.Length, CertificateCount: d.Sent}
		for i := range d.Chain {
			out.Certificates = append(out.Certificates, certificateLine(&d.Chain[i]))
		}
		return out
	case *tls.Alert:
		return alertMembers{"alert", d.Level, d.Level == tls.Fatal, d.Description, narrate.TLSAlertName(d.Description)}
	case *tls.ChangeCipherSpec:
		return cipherMembers{"change_cipher_spec", d.Dummy}
	case *tls.Encrypted:
		return encryptedMembers{"encrypted", d.Records, d.Bytes, d.Missing, d.Handshakes, d.Alerts, d.Protocol}
	case *tls.Unreadable:
		return encryptedMembers{Kind: "unreadable", Length: d.Bytes, Missing: d.Missing}
	}
	return nil
}

func helloLine(h *tls.Hello) helloMembers {
	out := helloMembers{
		Kind: "client_hello", Retry: h.Retry, Old: h.Old, Version: h.Version().String(), LegacyVersion: h.Legacy.String(),
		ServerName: h.ServerName, ALPN: h.ALPN, Extensions: h.Extensions, SessionID: hex.EncodeToString(h.SessionID),
		Resumed: tlsResumptions[h.Resumption], EarlyData: h.EarlyData, Malformed: h.Malformed,
	}
	if h.Type == tls.ServerHello {
		out.Kind = "server_hello"
	}
	for _, v := range h.Versions {
		out.Versions = append(out.Versions, v.String())
	}
	for _, c := range h.Ciphers {
		out.Ciphers = append(out.Ciphers, tls.CipherName(c))
	}
	for _, k := range h.KeyShares {
		name := tls.GroupName(k)
		if name == "" {
			name = fmt.Sprintf("0x%04X", k)
		}
		out.KeyShares = append(out.KeyShares, name)
	}
	return out
}

func certificateLine(c *tls.Certificate) certificateMembers {
	out := certificateMembers{
		Subject: c.Subject, Issuer: c.Issuer, Names: c.Names, NamesLeft: c.More, Length: c.Length, Unreadable: c.Unreadable,
	}
	if !c.Unreadable {
		out.NotBefore, out.NotAfter = c.NotBefore.UTC().Format(time.RFC3339), c.NotAfter.UTC().Format(time.RFC3339)
	}
	return out
}
