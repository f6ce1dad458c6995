package tls

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

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

func render(m proto.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) ", m.Dir.String()[0], m.Start, m.End)
	switch d := m.Detail.(type) {
	case *Hello:
		fmt.Fprintf(&b, "%s %04x %v %v session %d, %d ciphers, first %s, compression %v, %d extensions, %q %q, shares %v",
			d.Type, uint16(d.Legacy), d.Version(), d.Versions, d.SessionID, len(d.Ciphers), CipherName(append(d.Ciphers, 0)[0]), d.Compression,
			len(d.Extensions), d.ServerName, d.ALPN, d.KeyShares)
		if d.Malformed {
			b.WriteString(" malformed")
		}
		if d.Retry {
			b.WriteString(" retry")
		}
	case *Handshake:
		fmt.Fprintf(&b, "%s %d", d.Type, d.Length)
		if d.Certificate != nil {
			fmt.Fprintf(&b, " %+v", *d.Certificate)
		}
	default:
		fmt.Fprintf(&b, "%T%+v", d, d)
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

func play(events []ev, piece func() int) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) })
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
			{dir: s, data: record(22, "bc"+message(0, "")+message(20, "xy"))},
		},
		`s[0,32) ServerHelloDone 3
s[15,32) HelloRequest 0
s[15,32) Finished 2`,
	},
	{
		"TLS 1.2 encrypts behind ChangeCipherSpec",
		[]ev{
			{dir: s, data: record(22, message(2, hello(zeros, "")))},
			{dir: s, data: record(20, "\x01")},
			{dir: s, data: record(22, message(20, "secret"))},
			{dir: s, data: record(21, "\x01\x00")},
			{dir: s, end: 'f'},
		},
		`s[0,47) ServerHello 0303 TLS 1.2 [] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, compression [0], 0 extensions, "" [], shares []
s[47,53) *tls.ChangeCipherSpec&{}
s[53,75) *tls.Encrypted&{Records:2 Bytes:12 Missing:0 Alerts:1}`,
	},
	{
		"TLS 1.3 asks for another hello, which follows ChangeCipherSpec in clear",
		[]ev{
			{dir: s, data: record(22, message(2, hello(string(retryRandom[:]), "\x03\x04")))},
			{dir: c, data: record(20, "\x01")},
			{dir: c, data: record(22, message(16, ""))},
			{dir: c, data: record(21, "\x02\x2a")},
		},
		`s[0,55) ServerHello 0303 TLS 1.3 [TLS 1.3] session 0, 1 ciphers, first TLS_AES_128_GCM_SHA256, compression [0], 1 extensions, "" [], shares [] retry
c[0,6) *tls.ChangeCipherSpec&{}
c[6,15) ClientKeyExchange 0
c[15,22) *tls.Alert&{Level:2 Description:42}`,
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
		`c[0,6) *tls.Encrypted&{Records:1 Bytes:1 Missing:0 Alerts:0}
s[0,24) *tls.Encrypted&{Records:3 Bytes:9 Missing:0 Alerts:0}
s[24,30) *tls.Encrypted&{Records:1 Bytes:1 Missing:0 Alerts:0}`,
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
			{dir: s, end: 'c'},
		},
		`s[0,11) *tls.Encrypted&{Records:1 Bytes:2 Missing:4 Alerts:0} BROKEN gap
s[11,21) ServerHelloDone 9 BROKEN gap
s[21,41) *tls.Unreadable&{Bytes:0 Missing:20} BROKEN gap
s[41,47) *tls.Encrypted&{Records:1 Bytes:1 Missing:0 Alerts:0}
s[47,48) *tls.Unreadable&{Bytes:0 Missing:1} BROKEN gap
s[48,55) *tls.Unreadable&{Bytes:5 Missing:2} BROKEN gap`,
	},
	{
		"behind a gap only what looks like a message is one",
		[]ev{
			{dir: c, gap: 3},
			{dir: c, data: record(22, "\x77secret")},
			{dir: c, data: record(22, message(16, "k"))},
			{dir: c, end: 'f'},
		},
		`c[0,3) *tls.Unreadable&{Bytes:0 Missing:3} BROKEN gap
c[3,15) *tls.Encrypted&{Records:1 Bytes:7 Missing:0 Alerts:0}
c[15,25) ClientKeyExchange 1`,
	},
	{
		"impossible lengths",
		[]ev{
			{dir: s, data: record(22, "\x0b\xff\xff\xffabc")},
			{dir: s, data: record(21, "\x01\x00")},
			{dir: s, data: []byte("\x17\x03\x03\xff\xffmore")},
			{dir: s, end: 'f'},
		},
		`s[0,12) Certificate 16777215 BROKEN bad syntax
s[12,19) *tls.Alert&{Level:1 Description:0}
s[19,28) *tls.Unreadable&{Bytes:9 Missing:0} BROKEN bad syntax`,
	},
	{
		"lengths in a hello that lie",
		[]ev{{dir: c, data: record(22, message(1, "\x03\x03"+zeros+"\xff\x01"))}, {dir: c, data: record(22, message(1, ""))}},
		`c[0,45) ClientHello 0303 TLS 1.2 [] session 1, 0 ciphers, first 0x0000, compression [], 0 extensions, "" [], shares [] malformed
c[45,54) ClientHello 0000 0x0000 [] session 0, 0 ciphers, first 0x0000, compression [], 0 extensions, "" [], shares [] malformed`,
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
		`s[0,6) *tls.Encrypted&{Records:1 Bytes:1 Missing:0 Alerts:0} BROKEN connection closed
c[0,7) *tls.Unreadable&{Bytes:2 Missing:0} BROKEN cut off
c[7,9) *tls.Unreadable&{Bytes:2 Missing:0} BROKEN cut off`,
	},
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
		"tls12.txt": `c[0,223) ClientHello 0303 TLS 1.2 [] session 0, 28 ciphers, first TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, compression [0], 7 extensions, "test.example" ["h2" "http/1.1"], shares []
s[0,117) ServerHello 0303 TLS 1.2 [] session 32, 1 ciphers, first TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, compression [0], 5 extensions, "" ["http/1.1"], shares []
s[117,950) Certificate 824 {Subject:CN=test.example Issuer:CN=test.example NotBefore:2026-11-20 10:26:53 +0000 UTC NotAfter:2036-11-17 10:26:53 +0000 UTC}
s[950,1255) ServerKeyExchange 296
s[1255,1264) ServerHelloDone 0
c[223,265) ClientKeyExchange 33
c[265,271) *tls.ChangeCipherSpec&{}
c[271,316) *tls.Encrypted&{Records:1 Bytes:40 Missing:0 Alerts:0}
s[1264,1270) *tls.ChangeCipherSpec&{}
s[1270,1315) *tls.Encrypted&{Records:1 Bytes:40 Missing:0 Alerts:0}
c[316,434) *tls.Encrypted&{Records:1 Bytes:113 Missing:0 Alerts:0}
s[1315,2763) *tls.Encrypted&{Records:1 Bytes:1443 Missing:0 Alerts:0} BROKEN connection closed`,
		"tls13.txt": `c[0,517) ClientHello 0303 TLS 1.3 [TLS 1.3] session 32, 4 ciphers, first TLS_AES_256_GCM_SHA384, compression [0], 12 extensions, "test.example" ["h2" "http/1.1"], shares [29]
s[0,127) ServerHello 0303 TLS 1.3 [TLS 1.3] session 32, 1 ciphers, first TLS_AES_256_GCM_SHA384, compression [0], 2 extensions, "" [], shares [29]
s[127,133) *tls.ChangeCipherSpec&{}
s[133,1393) *tls.Encrypted&{Records:4 Bytes:1240 Missing:0 Alerts:0}
c[517,523) *tls.ChangeCipherSpec&{}
c[523,699) *tls.Encrypted&{Records:2 Bytes:166 Missing:0 Alerts:0}
s[1393,1999) *tls.Encrypted&{Records:2 Bytes:596 Missing:0 Alerts:0}`,
		"alert.txt": `c[0,517) ClientHello 0303 TLS 1.3 [TLS 1.3 TLS 1.2 TLS 1.1 TLS 1.0] session 32, 31 ciphers, first TLS_AES_256_GCM_SHA384, compression [0], 12 extensions, "test.example" ["h2" "http/1.1"], shares [29]
s[0,117) ServerHello 0303 TLS 1.2 [] session 32, 1 ciphers, first TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, compression [0], 5 extensions, "" ["http/1.1"], shares []
s[117,950) Certificate 824 {Subject:CN=test.example Issuer:CN=test.example NotBefore:2026-11-20 10:26:53 +0000 UTC NotAfter:2036-11-17 10:26:53 +0000 UTC}
s[950,1255) ServerKeyExchange 296
s[1255,1264) ServerHelloDone 0
c[517,524) *tls.Alert&{Level:2 Description:48}`,
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
	})
	for _, e := range events {
		d.Data(e.dir, e.data)
		if e.end != 0 {
			d.Cut(e.dir)
		}
	}
	return to, complete
}

func TestGivesWay(t *testing.T) {
	events := recording(t, "plain.txt")
	messages := 0
	d := New([2]int64{}, func(proto.Message) { messages++ })
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
	first := recording(t, "tls13.txt")[0].data
	for n := range len(first) {
		want := proto.More
		if n >= 11 {
			want = proto.Yes
		}
		if got := (Detector{}).Detect(first[:n], nil, 0); got != want {
			t.Fatalf("%d bytes of a ClientHello: %v, want %v", n, got, want)
		}
	}
	// Each byte of the beginning counts.
	for i, bad := range map[int]byte{0: 23, 1: 2, 2: 9, 3: 0xff, 5: 11, 6: 0xff, 9: 2, 10: 9} {
		b := bytes.Clone(first)
		b[i] = bad
		if got := (Detector{}).Detect(b, nil, 443); got != proto.No {
			t.Errorf("with byte %d = %d: %v, want No", i, bad, got)
		}
	}
}

// TestBounds feeds messages without an end.
func TestBounds(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {})
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
		if len(e.data) < 128 {
			in = append(in, byte(len(e.data))<<1|byte(e.dir), byte(e.gap)|e.end)
			in = append(in, e.data...)
		}
	}
	return in
}
