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
