package filter

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/session"
)

// The content types of TLS records, RFC 8446 §5.1.
const (
	tlsChangeCipherSpec = 20
	tlsAlert            = 21
	tlsHandshake        = 22
	tlsApplicationData  = 23
)

var contentTypes = []Named{
	{"Change Cipher Spec", tlsChangeCipherSpec},
	{"Alert", tlsAlert},
	{"Handshake", tlsHandshake},
	{"Application Data", tlsApplicationData},
	{"Heartbeat", 24},
}

var handshakeTypes = []Named{
	{"Hello Request", 0},
	{"Client Hello", 1},
	{"Server Hello", 2},
	{"New Session Ticket", 4},
	{"End of Early Data", 5},
	{"Encrypted Extensions", 8},
	{"Certificate", 11},
	{"Server Key Exchange", 12},
	{"Certificate Request", 13},
	{"Server Hello Done", 14},
	{"Certificate Verify", 15},
	{"Client Key Exchange", 16},
	{"Finished", 20},
	{"Certificate Status", 22},
	{"Key Update", 24},
	{"Compressed Certificate", 25},
}

var tlsVersions = []Named{
	{"SSL 2.0", uint64(tls.SSL2)},
	{"SSL 3.0", uint64(tls.SSL3)},
	{"TLS 1.0", 0x0301},
	{"TLS 1.1", 0x0302},
	{"TLS 1.2", 0x0303},
	{"TLS 1.3", uint64(tls.TLS13)},
}

var alertLevels = []Named{{"Warning", tls.Warning}, {"Fatal", tls.Fatal}}

var alertDescriptions = []Named{
	{"Close Notify", 0},
	{"Unexpected Message", 10},
	{"Bad Record MAC", 20},
	{"Decryption Failed", 21},
	{"Record Overflow", 22},
	{"Decompression Failure", 30},
	{"Handshake Failure", 40},
	{"No Certificate", 41},
	{"Bad Certificate", 42},
	{"Unsupported Certificate", 43},
	{"Certificate Revoked", 44},
	{"Certificate Expired", 45},
	{"Certificate Unknown", 46},
	{"Illegal Parameter", 47},
	{"Unknown CA", 48},
	{"Access Denied", 49},
	{"Decode Error", 50},
	{"Decrypt Error", 51},
	{"Export Restriction", 60},
	{"Protocol Version", 70},
	{"Insufficient Security", 71},
	{"Internal Error", 80},
	{"Inappropriate Fallback", 86},
	{"User Canceled", 90},
	{"No Renegotiation", 100},
	{"Missing Extension", 109},
	{"Unsupported Extension", 110},
	{"Unrecognized Name", 112},
	{"Bad Certificate Status Response", 113},
	{"Unknown PSK Identity", 115},
	{"Certificate Required", 116},
	{"No application Protocol", 120},
}

// cipherNames are the names of all cipher suites that have one.
var cipherNames = func() []Named {
	var names []Named
	for _, id := range tls.CipherIDs() {
		names = append(names, Named{tls.CipherName(id), uint64(id)})
	}
	return names
}()

// recordField makes a field of single TLS records.
func recordField(name string, t Type, help narrate.Text, get func(r *tls.Record, dst []value) []value) Field {
	return detailField(name, t, help, get)
}

// helloField makes a field of ClientHello and ServerHello.
func helloField(name string, t Type, help narrate.Text, get func(h *tls.Hello, dst []value) []value) Field {
	return detailField(name, t, help, get)
}

// recordMark makes the field that records of one content type have.
func recordMark(name string, kind uint8, help narrate.Text) Field {
	return recordField(name, None, help, func(r *tls.Record, dst []value) []value { return mark(dst, r.Type == kind) })
}

func helloNumbers[T ~uint16](dst []value, list []T) []value {
	for _, n := range list {
		dst = number(dst, n)
	}
	return dst
}

// handshakeType returns the type of a handshake message in clear.
func handshakeType(m *session.Message, dst []value) []value {
	switch d := m.Detail.(type) {
	case *tls.Hello:
		return number(dst, d.Type)
	case *tls.Handshake:
		return number(dst, d.Type)
	}
	return dst
}

var tlsFields = []Field{
	{
		Name: "tls", Type: None, Level: Message, absent: noPayload, bpf: messageBPF, Help: narrate.Text{"Any TLS record that ends in the packet, or an old hello.", "在本包中结束的任何 TLS 记录，或旧式 Hello。"},
		message: func(m *session.Message, dst []value) []value {
			switch d := m.Detail.(type) {
			case *tls.Record:
				return mark(dst, true)
			case *tls.Hello:
				return mark(dst, d.Old)
			}
			return dst
		},
	},
	recordField("tls.record", None, narrate.Text{"A record that ends in the packet.", "在本包中结束的记录。"}, func(_ *tls.Record, dst []value) []value { return mark(dst, true) }),
	withNames(recordField("tls.record.content_type", Number, narrate.Text{"What a record carries: 20 ChangeCipherSpec, 21 alert, 22 handshake, 23 application data.", "记录携带的内容：20 ChangeCipherSpec，21 警报，22 握手，23 应用数据。"},
		func(r *tls.Record, dst []value) []value {
			if r.Opaque {
				return dst
			}
			return number(dst, r.Type)
		}), contentTypes, "20", "21", "22", "23"),
	withNames(recordField("tls.record.opaque_type", Number, narrate.Text{"What an encrypted record of TLS 1.3 pretends to carry: always 23.", "TLS 1.3 加密记录对外声称的内容，总是 23。"},
		func(r *tls.Record, dst []value) []value {
			if !r.Opaque {
				return dst
			}
			return number(dst, r.Type)
		}), contentTypes, "23"),
	withNames(recordField("tls.record.version", Number, narrate.Text{"The version in a record's header, which TLS 1.3 leaves at 1.2.", "记录头部里的版本，TLS 1.3 仍写 1.2。"},
		func(r *tls.Record, dst []value) []value { return number(dst, r.Version) }), tlsVersions, "0x0301", "0x0303"),
	recordField("tls.record.length", Number, narrate.Text{"The length of a record without its header.", "记录的长度，不含头部。"},
		func(r *tls.Record, dst []value) []value { return number(dst, int64(r.Length)) }),
	recordMark("tls.app_data", tlsApplicationData, narrate.Text{"A record of application data, which cannot be read without keys.", "应用数据记录，没有密钥无法解读。"}),
	recordMark("tls.change_cipher_spec", tlsChangeCipherSpec, narrate.Text{"The sender encrypts from here on.", "发送方从这里起加密。"}),
	recordMark("tls.handshake", tlsHandshake, narrate.Text{"A record of the handshake, in clear or encrypted.", "握手记录，明文或加密。"}),
	withNames(Field{
		Name: "tls.handshake.type", Type: Number, Most: 255, Level: Message, absent: noPayload, bpf: messageBPF, message: handshakeType,
		Help: narrate.Text{"The kind of handshake message in clear: 1 ClientHello, 2 ServerHello, 11 certificate.", "明文握手消息的种类：1 ClientHello，2 ServerHello，11 证书。"},
	}, handshakeTypes, "1", "2", "4", "11", "12", "14", "16"),
	withNames(helloField("tls.handshake.version", Number, narrate.Text{"The version in a hello's own field; see tls.handshake.extensions.supported_version for TLS 1.3.", "Hello 自身字段里的版本；TLS 1.3 请看 tls.handshake.extensions.supported_version。"},
		func(h *tls.Hello, dst []value) []value { return number(dst, h.Legacy) }), tlsVersions, "0x0301", "0x0303"),
	helloField("tls.handshake.session_id", Bytes, narrate.Text{"The session ID of a hello.", "Hello 里的会话 ID。"},
		func(h *tls.Hello, dst []value) []value {
			if len(h.SessionID) == 0 {
				return dst
			}
			return append(dst, value{bytes: h.SessionID})
		}),
	helloField("tls.handshake.session_id_length", Number, narrate.Text{"The length of a hello's session ID.", "Hello 里会话 ID 的长度。"},
		func(h *tls.Hello, dst []value) []value {
			if h.Type == tls.ServerHello && h.Legacy.Modern() { // drafts of TLS 1.3 left the field out
				return dst
			}
			return number(dst, int64(len(h.SessionID)))
		}),
	withNames(helloField("tls.handshake.ciphersuite", Number, narrate.Text{"A cipher suite that a client offers, or the one that the server selects.", "客户端提供的密码套件，或服务器选定的那个。"},
		func(h *tls.Hello, dst []value) []value {
			if h.Old { // Wireshark has names of its own for those
				return dst
			}
			return helloNumbers(dst, h.Ciphers)
		}), cipherNames, "0x1301", "0x1302", "0x1303", "0xc02b", "0xc02c", "0xc02f", "0xc030", "0xcca8", "0xcca9", "0x009c", "0x002f", "0x0035", "0x000a"),
	helloField("tls.handshake.extension.type", Number, narrate.Text{"The number of an extension of a hello.", "Hello 扩展的编号。"},
		func(h *tls.Hello, dst []value) []value { return helloNumbers(dst, h.Extensions) }),
	helloField("tls.handshake.extensions_server_name", String, narrate.Text{"The host that the client asks for (SNI).", "客户端要访问的主机（SNI）。"},
		func(h *tls.Hello, dst []value) []value { return textThere(dst, h.ServerName) }),
	common(helloField("tls.handshake.extensions_alpn_str", String, narrate.Text{"A protocol that may run inside, as the client offers or the server selects it (ALPN).", "可在 TLS 内运行的协议，由客户端提供或服务器选定（ALPN）。"},
		func(h *tls.Hello, dst []value) []value {
			for _, p := range h.ALPN {
				dst = text(dst, p)
			}
			return dst
		}), `"h2"`, `"http/1.1"`),
	withNames(helloField("tls.handshake.extensions.supported_version", Number, narrate.Text{"A version that the client offers, or the one that the server selects (TLS 1.3).", "客户端提供的版本，或服务器选定的版本（TLS 1.3）。"},
		func(h *tls.Hello, dst []value) []value { return helloNumbers(dst, h.Versions) }), tlsVersions, "0x0304", "0x0303", "0x0302", "0x0301"),
	common(helloField("tls.handshake.extensions_key_share_group", Number, narrate.Text{"A group for which a key comes along: 29 x25519, 23 secp256r1.", "随附密钥的群：29 x25519，23 secp256r1。"},
		func(h *tls.Hello, dst []value) []value {
			if h.Retry {
				return dst
			}
			return helloNumbers(dst, h.KeyShares)
		}), "29", "23", "24", "4588"),
	recordMark("tls.alert_message", tlsAlert, narrate.Text{"An alert, in clear or encrypted.", "警报，明文或加密。"}),
	withNames(detailField("tls.alert_message.level", Number, narrate.Text{"How bad an alert in clear is: 1 warning, 2 fatal.", "明文警报的级别：1 警告，2 致命。"},
		func(a *tls.Alert, dst []value) []value { return number(dst, a.Level) }), alertLevels, "1", "2"),
	withNames(detailField("tls.alert_message.desc", Number, narrate.Text{"What an alert in clear says: 40 handshake failure, 48 unknown CA.", "明文警报的内容：40 握手失败，48 未知的 CA。"},
		func(a *tls.Alert, dst []value) []value { return number(dst, a.Description) }), alertDescriptions,
		"0", "10", "40", "42", "45", "46", "48", "70", "80", "112", "120"),
}
