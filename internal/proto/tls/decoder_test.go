package tls

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const (
	c = flow.ClientToServer
	s = flow.ServerToClient
)

// ev is one call to a decoder.
type ev struct {
	dir  flow.Direction
	data []byte
	gap  int64
	end  byte
}

// recording reads what two programs sent: lines of "c" or "s" and bytes in hex.
func recording(t testing.TB, name string) []ev {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var events []ev
	for line := range strings.Lines(string(text)) {
		b, err := hex.DecodeString(strings.TrimSpace(line[2:]))
		if err != nil {
			t.Fatal(err)
		}
		dir := c
		if line[0] == 's' {
			dir = s
		}
		events = append(events, ev{dir: dir, data: b})
	}
	return events
}

func renderHello(b *strings.Builder, d *Hello) {
	fmt.Fprintf(b, "%s %04x %v %v session %d, %d ciphers, first %s, %d extensions, %q %q, shares %v",
		d.Type, uint16(d.Legacy), d.Version(), d.Versions, len(d.SessionID), len(d.Ciphers), CipherName(append(d.Ciphers, 0)[0]),
		len(d.Extensions), d.ServerName, d.ALPN, d.KeyShares)
	b.WriteString([]string{"", ", by id", ", by ticket", ", by PSK"}[d.Resumption])
	if d.Malformed {
		b.WriteString(" malformed")
	}
	if d.Retry {
		b.WriteString(" retry")
	}
	if d.Old {
		b.WriteString(" old")
	}
}

func render(m proto.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) ", m.Dir.String()[0], m.Start, m.End)
	switch d := m.Detail.(type) {
	case *Hello:
		renderHello(&b, d)
	case *Handshake:
		fmt.Fprintf(&b, "%s %d", d.Type, d.Length)
		for _, c := range d.Chain {
			fmt.Fprintf(&b, " {%s by %s, %s to %s, %v+%d, %d B}", c.Subject, c.Issuer, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly), c.Names, c.More, c.Length)
		}
	case *Encrypted:
		fmt.Fprintf(&b, "encrypted, %d records, %d B", d.Records, d.Bytes)
		for _, part := range []struct {
			n    int64
			name string
		}{{d.Missing, "B missing"}, {int64(d.Handshakes), "handshake"}, {int64(d.Alerts), "alert"}} {
			if part.n > 0 {
				fmt.Fprintf(&b, ", %d %s", part.n, part.name)
			}
		}
		if d.Protocol != "" {
			b.WriteString(", inside " + d.Protocol)
		}
	case *ChangeCipherSpec:
		b.WriteString("ChangeCipherSpec")
		if d.Dummy {
			b.WriteString(" dummy")
		}
	case *Alert:
		fmt.Fprintf(&b, "alert %d %d", d.Level, d.Description)
	case *Unreadable:
		fmt.Fprintf(&b, "unreadable, %d B, %d B missing", d.Bytes, d.Missing)
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

func play(events []ev, piece func() int) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, Options{})
	for _, e := range events {
		switch {
		case e.gap > 0:
			d.Gap(e.dir, e.gap)
		case e.end == 'f':
			d.Close(e.dir)
		case e.end == 'c':
			d.Cut(e.dir)
		}
		for data := e.data; len(data) > 0; {
			n := min(piece(), len(data))
			scratch := bytes.Clone(data[:n])
			d.Data(e.dir, scratch)
			clear(scratch)
			data = data[n:]
		}
	}
	return strings.Join(out, "\n")
}

func whole() int { return 1 << 30 }

// record builds a record.
func record(kind byte, body string) []byte {
	return append([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

// message builds a handshake message.
func message(kind HandshakeType, body string) string {
	return string([]byte{byte(kind), byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}) + body
}

// hello is the shortest body of a ServerHello of that version and random.
func hello(random string, selected string) string {
	b := "\x03\x03" + random + "\x00\x13\x01\x00"
	if selected != "" {
		b += "\x00\x06\x00\x2b\x00\x02" + selected
	}
	return b
}

var zeros = strings.Repeat("\x00", 32)

// hi is a ServerHello of TLS 1.2.
var hi = record(22, message(2, hello(zeros, "")))

const (
	saidHi   = `ServerHello 0303 TLS 1.2 [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 0 extensions, "" [], shares []`
	saidHi13 = `ServerHello 0303 TLS 1.3 [TLS 1.3] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, 1 extensions, "" [], shares []`
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

// oldClient is a ClientHello in the form of SSL 2.0.
func oldClient(version, ciphers, id string) []byte {
	b := "\x01" + version + string([]byte{0, byte(len(ciphers)), 0, byte(len(id)), 0, 16}) + ciphers + id + strings.Repeat("?", 16)
	return append([]byte{0x80, byte(len(b))}, b...)
}

// offer is a ClientHello with those extensions.
func offer(extensions string) []byte {
	return record(22, message(1, "\x03\x03"+zeros+"\x00\x00\x02\x13\x01\x01\x00"+string([]byte{0, byte(len(extensions))})+extensions))
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		if got := play(tt.events, whole); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestSplitInvariance(t *testing.T) {
	all := map[string][]ev{}
	for _, name := range []string{"tls12.txt", "tls13.txt", "alert.txt", "plain.txt"} {
		all[name] = recording(t, name)
	}
	for _, tt := range conversations {
		all[tt.name] = tt.events
	}
	for name, events := range all {
		want := play(events, whole)
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := play(events, func() int { return 1 + r.IntN(1+int(seed)) }); got != want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", name, seed, got, want)
				break
			}
		}
	}
}

// TestRecordings reads what real programs said: nginx and curl over TLS 1.2 and 1.3, a client that does not know the
// server's authority.
func TestRecordings(t *testing.T) {
	for name, want := range map[string]string{
		"tls12.txt": `c[0,223) ClientHello 0303 TLS 1.2 [] session 0, 28 ciphers, first TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 7 extensions, "test.example" ["h2" "http/1.1"], shares []
s[0,117) ServerHello 0303 TLS 1.2 [] session 32, 1 ciphers, first TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, 5 extensions, "" ["http/1.1"], shares []
s[117,950) Certificate 824 {CN=test.example by CN=test.example, 2026-11-20 to 2036-11-17, [test.example 10.77.0.2]+0, 818 B}
s[950,1255) ServerKeyExchange 296
s[1255,1264) ServerHelloDone 0
c[223,265) ClientKeyExchange 33
c[265,271) ChangeCipherSpec
c[271,316) encrypted, 1 records, 40 B, 1 handshake, inside http/1.1
s[1264,1270) ChangeCipherSpec
s[1270,1315) encrypted, 1 records, 40 B, 1 handshake, inside http/1.1
c[316,434) encrypted, 1 records, 113 B, inside http/1.1
s[1315,2763) encrypted, 1 records, 1443 B, inside http/1.1 BROKEN connection closed`,
		"tls13.txt": `c[0,517) ClientHello 0303 TLS 1.3 [TLS 1.3] session 32, 4 ciphers, first TLS_AES_256_GCM_SHA384, 12 extensions, "test.example" ["h2" "http/1.1"], shares [29]
s[0,127) ServerHello 0303 TLS 1.3 [TLS 1.3] session 32, 1 ciphers, first TLS_AES_256_GCM_SHA384, 2 extensions, "" [], shares [29]
s[127,133) ChangeCipherSpec dummy
s[133,1393) encrypted, 4 records, 1240 B
c[517,523) ChangeCipherSpec dummy
c[523,699) encrypted, 2 records, 166 B
s[1393,1999) encrypted, 2 records, 596 B`,
		"alert.txt": `c[0,517) ClientHello 0303 TLS 1.3 [TLS 1.3 TLS 1.2 TLS 1.1 TLS 1.0] session 32, 31 ciphers, first TLS_AES_256_GCM_SHA384, 12 extensions, "test.example" ["h2" "http/1.1"], shares [29]
s[0,117) ServerHello 0303 TLS 1.2 [] session 32, 1 ciphers, first TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, 5 extensions, "" ["http/1.1"], shares []
s[117,950) Certificate 824 {CN=test.example by CN=test.example, 2026-11-20 to 2036-11-17, [test.example 10.77.0.2]+0, 818 B}
s[950,1255) ServerKeyExchange 296
s[1255,1264) ServerHelloDone 0
c[517,524) alert 2 48`,
	} {
		if got := play(append(recording(t, name), ev{dir: c, end: 'f'}, ev{dir: s, end: 'f'}), whole); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestTruncated cuts recordings at every length: what was whole before stays, and the rest is told.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"tls12.txt", "tls13.txt", "alert.txt"} {
		var before int
		events := recording(t, name)
		for i := range events {
			for n := range events[i].data {
				cut := append(events[:i:i], ev{dir: events[i].dir, data: events[i].data[:n]}, ev{dir: events[i].dir, end: 'c'})
				covered, complete := coverage(cut)
				sent := 0
				for _, e := range cut {
					if e.dir == events[i].dir {
						sent += len(e.data)
					}
				}
				if covered[events[i].dir] != int64(sent) {
					t.Fatalf("%s cut in event %d at %d: %d of %d bytes told", name, i, n, covered[events[i].dir], sent)
				}
				if complete < before-1 { // a run of encrypted records is not whole any more
					t.Fatalf("%s cut in event %d at %d: %d messages, %d with less", name, i, n, complete, before)
				}
				before = complete
			}
		}
	}
}

// coverage returns how far the messages of each direction reach without a hole, and how many are complete.
func coverage(events []ev) (to [2]int64, complete int) {
	d := New([2]int64{}, func(m proto.Message) {
		if m.Start <= to[m.Dir] {
			to[m.Dir] = max(to[m.Dir], m.End)
		}
		if m.Complete {
			complete++
		}
	}, Options{})
	for _, e := range events {
		d.Data(e.dir, e.data)
		if e.end != 0 {
			d.Cut(e.dir)
		}
	}
	return to, complete
}

// TestRecords checks what is told of single records, also of those that one message counts together.
func TestRecords(t *testing.T) {
	var got []string
	told := func(dir flow.Direction, r Record) {
		got = append(got, fmt.Sprintf("%c[%d,%d) type %d %04x len %d encrypted %v opaque %v%s", "cs"[dir], r.Start, r.End, r.Type, uint16(r.Version), r.Length, r.Encrypted, r.Opaque, r.Broken))
	}
	d := New([2]int64{}, func(proto.Message) {}, Options{Record: told})
	for _, e := range []ev{
		{dir: s, data: record(22, message(2, hello(zeros, "\x03\x04")))},
		{dir: s, data: record(20, "\x01")},
		{dir: s, data: record(23, "one")},
		{dir: s, data: record(23, "two!")},
		{dir: s, data: record(23, "cut off")[:9]},
	} {
		for _, b := range e.data { // in the smallest pieces
			d.Data(e.dir, []byte{b})
		}
	}
	d.Cut(s)
	want := []string{
		"s[0,55) type 22 0303 len 50 encrypted false opaque false",
		"s[55,61) type 20 0303 len 1 encrypted false opaque false",
		"s[61,69) type 23 0303 len 3 encrypted true opaque true",
		"s[69,78) type 23 0303 len 4 encrypted true opaque true",
		"s[78,87) type 23 0303 len 7 encrypted true opaque true" + proto.BrokenCutOff,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGivesWay(t *testing.T) {
	events := recording(t, "plain.txt")
	messages := 0
	d := New([2]int64{}, func(proto.Message) { messages++ }, Options{})
	var answer []byte
	for _, e := range events {
		if e.dir == s {
			answer = append(answer, e.data...)
		}
		d.Data(e.dir, e.data)
		if d.Done() {
			break
		}
	}
	start, rest := d.Rest(s)
	if !d.Done() || messages != 1 || start != 0 || !bytes.Equal(rest, answer) || !bytes.HasPrefix(rest, []byte("HTTP/1.1 400 ")) {
		t.Errorf("done %t, %d messages, rest from %d: %.20q", d.Done(), messages, start, rest)
	}
	if start, rest := d.Rest(c); start == 0 || len(rest) != 0 {
		t.Errorf("client's rest from %d: %q", start, rest)
	}
}

func TestDetect(t *testing.T) {
	hello := recording(t, "tls13.txt")[0].data
	old := oldClient("\x03\x01", "\x00\x00\x04", "")
	data := append(record(23, "data"), record(21, "alert")...)
	var crumbs []byte // the hello in records of one byte each
	for _, b := range hello[5:20] {
		crumbs = append(crumbs, record(22, string([]byte{b}))...)
	}
	for _, tt := range []struct {
		name  string
		bytes []byte
		sure  int // after how many bytes
	}{{"hello", hello, 10}, {"crumbs", crumbs, 30}, {"old hello", old, 11}, {"two records", data, 14}} {
		for n := range len(tt.bytes) + 1 {
			want := proto.More
			if n >= tt.sure {
				want = proto.Yes
			}
			if c, s := (Detector{}).Detect(tt.bytes[:n], nil, 0), (Detector{}).Detect(nil, tt.bytes[:n], 0); c != want || s != want {
				t.Fatalf("%d bytes of %s: %v from the client, %v from the server, want %v", n, tt.name, c, s, want)
			}
		}
	}
	one := record(23, "data")
	for _, tt := range []struct {
		name           string
		client, server []byte
		want           proto.Verdict
	}{
		{"a header in each direction", one, one[:5], proto.Yes},
		{"one header, and something else", one, []byte("x"), proto.No},
		{"a hello behind a letter that allows it", hello, []byte("S"), proto.Yes},
		{"a record and what is none", append(one, "GET /"...), nil, proto.No},
		{"an empty record", record(23, ""), nil, proto.No},
		{"a crumb and another record", append(crumbs[:6:6], data...), nil, proto.Yes},
		{"nothing", nil, nil, proto.More},
	} {
		if got := (Detector{}).Detect(tt.client, tt.server, 443); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestDetectNotTLS changes single bytes of what would be TLS.
func TestDetectNotTLS(t *testing.T) {
	hello := append(offer(""), "no record"...)
	old := oldClient("\x03\x01", "\x00\x00\x04", "")
	for _, tt := range []struct {
		bytes []byte
		at    int
		to    byte
	}{
		{hello, 0, 25},
		{hello, 1, 2},
		{hello, 2, 9},
		{hello, 3, 0xff},
		{hello, 5, 77},
		{hello, 6, 0xff},
		{hello, 9, 2},
		{old, 0, 0x7f},
		{old, 1, 1},
		{old, 2, 4},
		{old, 3, 9},
		{old, 4, 9},
		{old, 6, 4},
		{old, 6, 0},
		{old, 8, 1},
		{old, 10, 15},
	} {
		b := bytes.Clone(tt.bytes)
		b[tt.at] = tt.to
		if got := (Detector{}).Detect(b, nil, 443); got != proto.No {
			t.Errorf("%.8x with byte %d = %d: %v, want No", tt.bytes, tt.at, tt.to, got)
		}
	}
}

// TestBounds feeds messages without an end.
func TestBounds(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	body := strings.Repeat("\xff", 1<<14)
	d.Data(c, record(22, "\x0b\x01\xff\x00"+body[4:]))
	for range 200 {
		d.Data(c, record(22, body))
		if n := cap(d.side[c].flight); n > 2*(maxHandshake+maxRecord) {
			t.Fatalf("%d bytes are kept", n)
		}
	}
	long := "\x03\x03" + zeros + "\x00\xff\xfe" + strings.Repeat("\x13\x01", 1<<15-1)
	if h := readHello(ClientHello, []byte(long)); len(h.Ciphers) != maxListed {
		t.Errorf("%d cipher suites are listed", len(h.Ciphers))
	}
}

func FuzzTLS(f *testing.F) {
	for _, tt := range conversations {
		f.Add(pack(tt.events), uint8(3))
	}
	for _, name := range []string{"tls12.txt", "tls13.txt", "alert.txt", "plain.txt"} {
		f.Add(pack(recording(f, name)), uint8(50))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		var events []ev
		for len(in) > 2 {
			n := min(int(in[0]>>1), len(in)-2)
			e := ev{dir: flow.Direction(in[0] & 1), data: in[2 : 2+n]}
			if e.end = in[1]; e.end != 'f' && e.end != 'c' {
				e.end, e.gap = 0, int64(in[1]&0x1f)
			}
			in = in[2+n:]
			events = append(events, e)
		}
		events = append(events, ev{dir: c, end: 'f'}, ev{dir: s, end: 'c'})
		if a, b := play(events, whole), play(events, func() int { return 1 + int(piece) }); a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
	})
}

// pack writes events as the fuzz target reads them.
func pack(events []ev) []byte {
	var in []byte
	for _, e := range events {
		for more := true; more; more = len(e.data) > 0 {
			n := min(len(e.data), 127)
			in = append(in, byte(n)<<1|byte(e.dir), byte(e.gap)|e.end)
			in = append(in, e.data[:n]...)
			e = ev{dir: e.dir, data: e.data[n:]}
		}
	}
	return in
}
