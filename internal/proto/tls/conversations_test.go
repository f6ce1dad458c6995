package tls

import (
	"strings"
)

var conversations = []struct {
	name   string
	events []ev
	want   string
}{
	{
		"one message in three records, three messages in one",
		[]ev{
			{dir: s, data: record(22, "\x0e\x00")},
			{dir: s, data: record(22, "\x00\x03a")},
			{dir: s, data: record(22, "bc"+message(13, "")+message(20, "xy"))},
		},
		`s[0,32) ServerHelloDone 3
s[22,32) CertificateRequest 0
s[26,32) Finished 2`,
	},
	{
		"TLS 1.2 encrypts behind ChangeCipherSpec",
		[]ev{
			{dir: s, data: hi},
			{dir: s, data: record(20, "\x01")},
			{dir: s, data: record(22, message(20, "looks clear"))},
			{dir: s, data: record(20, "renegotiated")},
			{dir: s, data: record(21, "\x01\x00")},
			{dir: s, end: 'f'},
		},
		"s[0,47) " + saidHi + `
s[47,53) ChangeCipherSpec
s[53,97) encrypted, 3 records, 29 B, 1 handshake, 1 alert`,
	},
	{
		"TLS 1.3 asks for another hello, which follows ChangeCipherSpec in clear",
		[]ev{
			{dir: s, data: record(22, message(2, hello(string(retryRandom[:]), "\x03\x04")))},
			{dir: c, data: record(20, "\x01")},
			{dir: c, data: record(22, message(16, ""))},
			{dir: c, data: record(21, "\x02\x2a")},
		},
		"s[0,55) " + saidHi13 + ` retry
c[0,6) ChangeCipherSpec dummy
c[6,15) ClientKeyExchange 0
c[15,22) alert 2 42`,
	},
	{
		"a handshake in clear behind ChangeCipherSpec, of a server that was not heard",
		[]ev{
			{dir: c, data: record(20, "\x01")},
			{dir: c, data: record(22, message(16, "k"))},
			{dir: c, data: record(22, "\xffsecret")},
			{dir: c, end: 'f'},
		},
		`c[0,6) ChangeCipherSpec
c[6,16) ClientKeyExchange 1
c[16,28) encrypted, 1 records, 7 B, 1 handshake`,
	},
	{
		"a run of encrypted records lasts until the other side speaks",
		[]ev{
			{dir: s, data: record(23, "abc")},
			{dir: s, data: record(23, "de")},
			{dir: s, data: record(23, "fghi")[:7]},
			{dir: c, data: record(23, "x")},
			{dir: s, data: record(23, "fghi")[7:]},
			{dir: s, data: record(23, "j")},
			{dir: c, end: 'f'},
			{dir: s, end: 'f'},
		},
		`c[0,6) encrypted, 1 records, 1 B
s[0,24) encrypted, 3 records, 9 B
s[24,30) encrypted, 1 records, 1 B`,
	},
	{
		"a gap inside a record, then one over records, then a record, then none",
		[]ev{
			{dir: s, data: record(23, "abcdef")[:7]},
			{dir: s, gap: 4},
			{dir: s, data: record(22, "\x0e\x00\x00\x09a")},
			{dir: s, gap: 20},
			{dir: s, data: record(23, "x")},
			{dir: s, gap: 1},
			{dir: s, data: []byte("noise")},
			{dir: s, gap: 2},
			{dir: s, data: []byte("\x17\x03")},
			{dir: s, gap: 3},
			{dir: s, end: 'c'},
		},
		`s[0,11) encrypted, 1 records, 2 B, 4 B missing BROKEN gap
s[11,21) ServerHelloDone 9 BROKEN gap
s[21,41) unreadable, 0 B, 20 B missing BROKEN gap
s[41,47) encrypted, 1 records, 1 B
s[47,60) unreadable, 7 B, 6 B missing BROKEN gap`,
	},
	{
		"records are found again where an answer begins",
		[]ev{
			{dir: s, data: record(23, "x")},
			{dir: s, data: []byte("\x17\x03\x03\xff\xffnoise")},
			{dir: s, data: record(23, "in the middle of it")},
			{dir: c, data: record(23, "x")},
			{dir: s, data: []byte("more noise")},
			{dir: c, data: record(23, "y")},
			{dir: s, data: record(23, "z")},
			{dir: s, end: 'f'},
			{dir: c, end: 'f'},
		},
		`s[0,6) encrypted, 1 records, 1 B
c[0,6) encrypted, 1 records, 1 B
c[6,12) encrypted, 1 records, 1 B
s[6,50) unreadable, 44 B, 0 B missing BROKEN bad TLS
s[50,56) encrypted, 1 records, 1 B`,
	},
	{
		"a gap where an answer was due is looked behind once",
		[]ev{
			{dir: s, gap: 5},
			{dir: s, data: []byte("noise that ends")},
			{dir: c, data: record(23, "x")},
			{dir: s, gap: 5},
			{dir: s, data: append([]byte("noise"), record(23, "in the middle of it")...)},
			{dir: s, end: 'f'},
		},
		`c[0,6) encrypted, 1 records, 1 B
s[0,54) unreadable, 44 B, 10 B missing BROKEN gap`,
	},
	{
		"behind a gap only what looks like messages is in clear",
		[]ev{
			{dir: c, gap: 3},
			{dir: c, data: record(22, "\x77secret")},
			{dir: c, data: record(22, "\x00\x00\x00\x00\x00\x00\x00\x01secret")},
			{dir: c, data: record(22, "\x10\xff\x00\x00secret")},
			{dir: c, data: record(22, message(16, "k")+"\x14\x00")},
			{dir: c, data: record(22, "\x00\x00")},
			{dir: c, end: 'f'},
		},
		`c[0,3) unreadable, 0 B, 3 B missing BROKEN gap
c[3,49) encrypted, 3 records, 31 B, 3 handshake
c[49,61) ClientKeyExchange 1
c[59,68) Finished 0`,
	},
	{
		"impossible lengths",
		[]ev{
			{dir: s, data: hi},
			{dir: s, data: record(22, "\x0b\xff\xff\xffabc")},
			{dir: s, data: record(21, "\x01\x00")},
			{dir: s, data: []byte("\x17\x03\x03\xff\xffmore")},
			{dir: s, end: 'f'},
		},
		"s[0,47) " + saidHi + `
s[47,59) Certificate 16777215 BROKEN bad TLS
s[59,66) alert 1 0
s[66,75) unreadable, 9 B, 0 B missing BROKEN bad TLS`,
	},
	{
		"lengths in a hello that lie",
		[]ev{{dir: c, data: record(22, message(1, "\x03\x03"+zeros+"\xff\x01"))}, {dir: c, data: record(22, message(1, ""))}},
		`c[0,45) ClientHello 0303 TLS 1.2 [] session 1, 0 ciphers, first 0x0000, 0 extensions, "" [], shares [], by id malformed
c[45,54) ClientHello 0000 0x0000 [] session 0, 0 ciphers, first 0x0000, 0 extensions, "" [], shares [] malformed`,
	},
	{
		"a ServerHello of an early draft of TLS 1.3",
		[]ev{{dir: s, data: record(22, message(2, "\x7f\x12"+zeros+"\x13\x01\x00\x06\x00\x28\x00\x02\x00\x1d"))}, {dir: s, data: record(23, "x")}, {dir: s, end: 'f'}},
		`s[0,53) ServerHello 7f12 TLS 1.3 (draft) [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 1 extensions, "" [], shares [29]
s[53,59) encrypted, 1 records, 1 B`,
	},
	{
		"ends inside a record, a header and a message",
		[]ev{
			{dir: s, data: record(23, "abc")[:6]},
			{dir: s, end: 'f'},
			{dir: c, data: record(22, "\x0e\x00")},
			{dir: c, data: []byte("\x17\x03")},
			{dir: c, end: 'c'},
		},
		`s[0,6) encrypted, 1 records, 1 B BROKEN connection closed
c[0,7) unreadable, 2 B, 0 B missing BROKEN cut off
c[7,9) unreadable, 2 B, 0 B missing BROKEN cut off`,
	},
	{
		"nothing of it is TLS",
		[]ev{{dir: c, data: []byte("GET / HTTP/1.0\r\n\r\n")}, {dir: s, data: []byte("HTTP")}, {dir: c, end: 'f'}, {dir: s, end: 'f'}},
		`c[0,18) unreadable, 18 B, 0 B missing BROKEN not TLS
s[0,4) unreadable, 4 B, 0 B missing BROKEN not TLS`,
	},
	{
		"a server's letter before the hello that it allows",
		[]ev{{dir: s, data: []byte("S")}, {dir: c, data: record(22, message(1, "\x03\x03"+zeros+"\x00\x00\x02\x13\x01\x01\x00"))}, {dir: s, data: hi}},
		`c[0,50) ClientHello 0303 TLS 1.2 [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 0 extensions, "" [], shares []
s[0,1) unreadable, 1 B, 0 B missing BROKEN not TLS
s[1,48) ` + saidHi,
	},
	{
		"a hello in the form of SSL 2.0, and a session resumed by its number",
		[]ev{
			{dir: c, data: oldClient("\x03\x01", "\x01\x00\x80\x00\x00\x04", strings.Repeat("i", 16))},
			{dir: s, data: record(22, message(2, "\x03\x01"+zeros+"\x10"+strings.Repeat("i", 16)+"\x00\x04\x00"))},
			{dir: s, data: record(21, "\x02\x28")},
		},
		`c[0,49) ClientHello 0301 TLS 1.0 [] session 16, 1 ciphers, first TLS_RSA_WITH_RC4_128_MD5, 0 extensions, "" [], shares [], by id old
s[0,63) ServerHello 0301 TLS 1.0 [] session 16, 1 ciphers, first TLS_RSA_WITH_RC4_128_MD5, 0 extensions, "" [], shares [], by id
s[63,70) alert 2 40`,
	},
	{
		"a hello in the form of SSL 2.0 that is cut off",
		[]ev{{dir: c, data: oldClient("\x00\x02", "\x01\x00\x80", "")[:20]}, {dir: c, end: 'c'}},
		`c[0,20) ClientHello 0002 SSL 2.0 [] session 0, 0 ciphers, first 0x0000, 0 extensions, "" [], shares [] malformed old BROKEN cut off`,
	},
	{
		"what a client may offer to resume",
		[]ev{
			{dir: c, data: offer("\x00\x23\x00\x00")},
			{dir: c, data: offer("\x00\x23\x00\x01t")},
			{dir: c, data: offer("\x00\x23\x00\x01t" + "\x00\x2a\x00\x00" + "\x00\x29\x00\x01p")},
		},
		`c[0,56) ClientHello 0303 TLS 1.2 [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 1 extensions, "" [], shares []
c[56,113) ClientHello 0303 TLS 1.2 [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 1 extensions, "" [], shares [], by ticket
c[113,179) ClientHello 0303 TLS 1.2 [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 3 extensions, "" [], shares [], by PSK`,
	},
	{
		"lost records of one direction, and what they leave",
		[]ev{
			{dir: c, data: record(22, "")},
			{dir: c, data: record(21, "\x01\x00")[:5]},
			{dir: c, gap: 2},
			{dir: c, data: record(20, "\x01")[:5]},
			{dir: c, gap: 1},
			{dir: c, data: record(22, message(16, ""))[:5]},
			{dir: c, gap: 4},
			{dir: c, end: 'f'},
		},
		`c[5,12) unreadable, 5 B, 2 B missing BROKEN gap
c[12,18) ChangeCipherSpec BROKEN gap
c[18,27) unreadable, 5 B, 4 B missing BROKEN gap`,
	},
}
