package cli

import (
	"fmt"

	"tcptalk/internal/proto/tls"
)

// tlsHello writes the fields of a hello.
func (j *jsonLines) tlsHello(h *tls.Hello) {
	version := h.Legacy
	if h.Type == tls.ServerHello {
		j.str("kind", "server_hello")
		version = h.Version()
	} else {
		j.str("kind", "client_hello")
	}
	j.str("version", hex16(uint16(version)))
	if h.ServerName != "" {
		j.str("sni", h.ServerName)
	}
	j.strs("alpn", len(h.ALPN), func(i int) string { return h.ALPN[i] })
	if h.Type == tls.ServerHello && len(h.Ciphers) > 0 {
		j.str("cipher", hex16(h.Ciphers[0]))
	}
}

// hex16 writes a number as the wire has it.
func hex16(v uint16) string { return fmt.Sprintf("0x%04x", v) }
