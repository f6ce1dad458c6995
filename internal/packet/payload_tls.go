package packet

import "strings"

const tlsRecordLen = 5

// The content types of records (RFC 8446 §5.1).
const (
	tlsChangeCipherSpec = 20
	tlsAlert            = 21
	tlsHandshake        = 22
	tlsApplicationData  = 23
)

var tlsTypes = map[uint64]string{
	tlsChangeCipherSpec: "change_cipher_spec", tlsAlert: "alert", tlsHandshake: "handshake", tlsApplicationData: "application_data",
	24: "heartbeat",
}

// The handshake messages that are looked into (RFC 8446 §4).
const (
	tlsClientHello = 1
	tlsServerHello = 2
)

var tlsHandshakes = map[uint64]string{
	tlsClientHello: "client_hello", tlsServerHello: "server_hello", 4: "new_session_ticket", 8: "encrypted_extensions", 11: "certificate",
	12: "server_key_exchange", 13: "certificate_request", 14: "server_hello_done", 15: "certificate_verify", 16: "client_key_exchange",
	20: "finished", 22: "certificate_status", 24: "key_update",
}

var tlsVersions = map[uint64]string{0x300: "SSL 3.0", 0x301: "TLS 1.0", 0x302: "TLS 1.1", 0x303: "TLS 1.2", 0x304: "TLS 1.3"}

var tlsLevels = map[uint64]string{1: "warning", 2: "fatal"}

var tlsAlerts = map[uint64]string{
	0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure", 42: "bad_certificate",
	43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter",
	48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security",
	80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled", 109: "missing_extension", 110: "unsupported_extension",
	112: "unrecognized_name", 116: "certificate_required", 120: "no_application_protocol",
}

const (
	tlsServerName = 0
	tlsALPN       = 16
)

// tlsExtensions are those one meets (IANA TLS ExtensionType values).
var tlsExtensions = map[uint64]string{
	tlsServerName: "server_name", 5: "status_request", 10: "supported_groups", 11: "ec_point_formats", 13: "signature_algorithms",
	tlsALPN: "application_layer_protocol_negotiation", 18: "signed_certificate_timestamp", 21: "padding", 22: "encrypt_then_mac",
	23: "extended_master_secret", 27: "compress_certificate", 28: "record_size_limit", 35: "session_ticket", 41: "pre_shared_key",
	42: "early_data", 43: "supported_versions", 44: "cookie", 45: "psk_key_exchange_modes", 49: "post_handshake_auth", 51: "key_share",
	65281: "renegotiation_info",
}

// startsTLS knows a record's header: a type, a version, a length that a record may have (RFC 8446 §5.1, RFC 5246 §6.2.3).
func startsTLS(b []byte) bool {
	const most = 1<<14 + 2048
	return len(b) >= tlsRecordLen && tlsTypes[uint64(b[0])] != "" && b[1] == 3 && b[2] <= 4 && be16(b[3:]) <= most && be16(b[3:]) > 0
}

// tls describes the records that begin in this packet.
func (p *payload) tls() []Field {
	var out []Field
	at := p.from
	for len(out) < maxEntries && startsTLS(p.data[at:p.to]) {
		end := min(at+tlsRecordLen+be16(p.data[at+3:]), p.to)
		out = append(out, p.tlsRecord(at, end))
		at = end
	}
	return p.rest(out, at)
}

func (p *payload) tlsRecord(at, end int) Field {
	parts := fieldsOf([]spec{
		{id: "tls.record.content_type", name: "Content type", off: 0, len: 1, show: named(dec, nameIn(tlsTypes))},
		{id: "tls.record.version", name: "Version", off: 1, len: 2, show: named(hex4, nameIn(tlsVersions))},
		{id: "tls.record.length", name: "Length", off: 3, len: 2, show: size},
	}, p.data, at, end)
	kind := uint64(p.data[at])
	value := tlsTypes[kind] + ", " + size(uint64(be16(p.data[at+3:])), nil)
	body := at + tlsRecordLen
	whole := end == body+be16(p.data[at+3:])
	switch n := end - body; {
	case n == 0:
	case kind == tlsHandshake && p.clearHandshake(body, end):
		var kinds []string
		for len(kinds) < maxEntries && p.clearHandshake(body, end) {
			next := min(body+4+be24(p.data[body+1:]), end)
			parts = append(parts, p.tlsHandshake(body, next))
			kinds = append(kinds, tlsHandshakes[uint64(p.data[body])])
			body = next
		}
		value = strings.Join(kinds, ", ")
		if body < end {
			parts = append(parts, dataField("tls.encrypted", "Encrypted or continued", p.data, body, end))
		}
	case kind == tlsAlert && n == 2 && whole:
		parts = append(parts, fieldsOf([]spec{
			{id: "tls.alert_message.level", name: "Level", off: 0, len: 1, show: named(dec, nameIn(tlsLevels))},
			{id: "tls.alert_message.desc", name: "Description", off: 1, len: 1, show: named(dec, nameIn(tlsAlerts))},
		}, p.data, body, end)...)
	case kind == tlsChangeCipherSpec && n == 1:
		parts = append(parts, dataField("tls.change_cipher_spec", "Change cipher spec", p.data, body, end))
	default:
		parts = append(parts, dataField("tls.encrypted", "Encrypted or continued", p.data, body, end))
	}
	return cover("tls", "Transport Layer Security", value, at, end, parts)
}

func be24(b []byte) int { return int(b[0])<<16 | be16(b[1:]) }

// clearHandshake reports that a handshake message in clear begins at a place: its type is known, and it is no longer than the largest
// ones are.
func (p *payload) clearHandshake(at, end int) bool {
	const most = 1 << 16
	return at+4 <= end && tlsHandshakes[uint64(p.data[at])] != "" && be24(p.data[at+1:]) < most
}

func (p *payload) tlsHandshake(at, end int) Field {
	parts := fieldsOf([]spec{
		{id: "tls.handshake.type", name: "Message", off: 0, len: 1, show: named(dec, nameIn(tlsHandshakes))},
		{id: "tls.handshake.length", name: "Length", off: 1, len: 3, show: size},
	}, p.data, at, end)
	kind := p.data[at]
	if kind == tlsClientHello || kind == tlsServerHello {
		parts = append(parts, p.hello(at+4, end, kind == tlsClientHello)...)
	} else if end > at+4 {
		parts = append(parts, dataField("tls.handshake.body", "Content", p.data, at+4, end))
	}
	return cover("tls.handshake", "Handshake message", tlsHandshakes[uint64(kind)], at, end, parts)
}

// hello describes a ClientHello or ServerHello (RFC 8446 §4.1.2, §4.1.3), as far as it is in this packet.
func (p *payload) hello(at, end int, client bool) []Field {
	const randomLen = 32
	v := vectors{payload: p, at: at, end: end}
	v.take("tls.handshake.version", "Version", 2, named(hex4, nameIn(tlsVersions)))
	v.take("tls.handshake.random", "Random", randomLen, octets)
	v.vector("tls.handshake.session_id", "Session ID", 1, octets)
	if client {
		v.vector("tls.handshake.ciphersuites", "Cipher suites", 2, func(_ uint64, b []byte) string {
			return dec(uint64(len(b)/2), nil)
		})
		v.vector("tls.handshake.comp_methods", "Compression methods", 1, octets)
	} else {
		v.take("tls.handshake.ciphersuite", "Cipher suite", 2, hex4)
		v.take("tls.handshake.comp_method", "Compression method", 1, dec)
	}
	if v.bad || v.at+2 > end {
		return v.out
	}
	v.at += 2 // the length of all extensions
	for range maxEntries {
		if v.at+4 > end || v.at+4+be16(p.data[v.at+2:]) > end {
			break
		}
		id, from, to := be16(p.data[v.at:]), v.at+4, v.at+4+be16(p.data[v.at+2:])
		v.out = append(v.out, p.extension(id, v.at, from, to))
		v.at = to
	}
	return v.out
}

// extension describes an extension; what it says where that is a name.
func (p *payload) extension(id, at, from, to int) Field {
	name := tlsExtensions[uint64(id)]
	if name == "" {
		name = dec(uint64(id), nil)
	}
	value, parts := name, []Field(nil)
	switch b := p.data[from:to]; {
	case id == tlsServerName && len(b) > 5 && 5+be16(b[3:]) <= len(b): // RFC 6066 §3
		f := Field{ID: "tls.handshake.extensions_server_name", Name: "Server name", Offset: from + 5, Len: be16(b[3:]), Value: line(0, b[5:5+be16(b[3:])])}
		value, parts = name+": "+f.Value, []Field{f}
	case id == tlsALPN && len(b) > 2: // RFC 7301 §3.1
		var all []string
		for i := 2; i < len(b) && i+1+int(b[i]) <= len(b) && len(all) < maxEntries; i += 1 + int(b[i]) {
			s := line(0, b[i+1:i+1+int(b[i])])
			all = append(all, s)
			parts = append(parts, Field{ID: "tls.handshake.extensions_alpn_str", Name: "Protocol", Offset: from + i + 1, Len: int(b[i]), Value: s})
		}
		value = name + ": " + strings.Join(all, ", ")
	}
	return cover("tls.handshake.extension", "Extension", value, at, to, parts)
}

// vectors takes one value after the other; behind one that is not whole there is none.
type vectors struct {
	*payload
	at, end int
	bad     bool
	out     []Field
}

func (v *vectors) take(id, name string, n int, s show) {
	if v.bad = v.bad || v.at+n > v.end; v.bad {
		return
	}
	f, _ := v.part(id, name, v.at, n, s)
	v.out = append(v.out, f)
	v.at += n
}

// vector takes a length of n bytes and what it announces; the field is both.
func (v *vectors) vector(id, name string, n int, s show) {
	if v.bad = v.bad || v.at+n > v.end; v.bad {
		return
	}
	length := int(bitsOf(v.data[v.at:v.at+n], 0, 0))
	if v.bad = v.at+n+length > v.end; v.bad {
		return
	}
	b := v.data[v.at+n : v.at+n+length]
	v.out = append(v.out, Field{ID: id, Name: name, Offset: v.at, Len: n + length, Value: s(0, b)})
	v.at += n + length
}
