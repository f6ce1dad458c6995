package dns

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// framedBy puts the length in front of a message.
func framedBy(b []byte) string { return string([]byte{byte(len(b) >> 8), byte(len(b))}) + string(b) }

// play runs a script of one direction: "+text" is data, "-5" a gap, "." a FIN, "!" a cut.
func play(script []string, piece func() int) string {
	var out []string
	d := New([2]int64{7, 0}, func(m proto.Message) {
		detail, ok := m.Detail.(*Message)
		if !ok {
			panic("no message")
		}
		out = append(out, fmt.Sprintf("[%d,%d) %s %s", m.Start, m.End, m.Broken, render(detail)))
	})
	for _, l := range script {
		switch l[0] {
		case '+':
			for data := []byte(l[1:]); len(data) > 0; {
				n := min(piece(), len(data))
				scratch := append([]byte(nil), data[:n]...)
				d.Data(flow.ClientToServer, scratch)
				clear(scratch)
				data = data[n:]
			}
		case '-':
			var n int64
			if _, err := fmt.Sscan(l[1:], &n); err != nil {
				panic(err)
			}
			d.Gap(flow.ClientToServer, n)
		case '.':
			d.Close(flow.ClientToServer)
		case '!':
			d.Cut(flow.ClientToServer)
		}
	}
	return strings.Join(out, "\n")
}

func scripts(t testing.TB) []struct {
	name   string
	script []string
	want   string
} {
	ask := framedBy(packed(t, nil)) // 36 bytes
	tell := framedBy(packed(t, nil, "www.example.test. 1 IN A 192.0.2.1"))
	asked := "1234 ?www.example.test A"
	return []struct {
		name   string
		script []string
		want   string
	}{
		{"a query", []string{"+" + ask, "."}, "[7,43)  " + asked},
		{"two answers", []string{"+" + tell + tell}, "[7,59)  1234 response NOERROR ?www.example.test A 0:www.example.test A 1 192.0.2.1\n" +
			"[59,111)  1234 response NOERROR ?www.example.test A 0:www.example.test A 1 192.0.2.1"},
		{"closed inside", []string{"+" + ask[:30], "."}, "[7,37) connection closed 1234 left 1 malformed"},
		{"cut off in the length", []string{"+" + ask[:1], "!"}, "[7,8) cut off unreadable 1"},
		{"cut off, then more", []string{"+" + ask[:1], "!", "+" + ask}, "[7,8) cut off unreadable 1"},
		{"an empty message", []string{"+\x00\x00" + ask}, "[7,9) not DNS unreadable 2\n[9,45)  " + asked},
		{"a gap inside a message", []string{"+" + ask[:20], "-10", "+" + ask[30:] + ask}, "[7,43) gap 1234 left 1 malformed\n[43,79)  " + asked},
		{"a gap up to its end", []string{"+" + ask[:20], "-16", "+" + ask}, "[7,43) gap 1234 left 1 malformed\n[43,79)  " + asked},
		{"a gap beyond its end", []string{"+" + ask[:20], "-30", "+" + ask}, "[7,43) gap 1234 left 1 malformed\n[57,93)  " + asked},
		{"a gap between messages", []string{"+" + ask, "-30", "+" + ask}, "[7,43)  " + asked + "\n[73,109)  " + asked},
		{"a gap, and no message behind it", []string{"-30", "+" + strings.Repeat("x", 40), "-5", "+" + ask}, "[37,77) not DNS unreadable 40\n[82,118)  " + asked},
		{"a gap, nothing readable, the end", []string{"-30", "+" + strings.Repeat("x", 40), "."}, "[37,77) not DNS unreadable 40"},
		{"a gap, the end inside a header", []string{"-30", "+" + ask[:10], "-1", "."}, "[37,47) gap unreadable 10"},
	}
}

func TestDecoder(t *testing.T) {
	for _, c := range scripts(t) {
		if got := play(c.script, func() int { return 1 << 20 }); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestSplitInvariance(t *testing.T) {
	for _, c := range scripts(t) {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := play(c.script, func() int { return 1 + r.IntN(1+int(seed)) }); got != c.want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", c.name, seed, got, c.want)
				break
			}
		}
	}
}

// A message of 64 KiB leaves no such buffer behind.
func TestBufferIsGivenBack(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {})
	d.Data(flow.ServerToClient, []byte(framedBy(make([]byte, 65535))))
	if s := &d.side[flow.ServerToClient]; cap(s.buf) != 0 {
		t.Errorf("%d bytes stay", cap(s.buf))
	}
}

func TestDetect(t *testing.T) {
	ask, tell := framedBy(packed(t, nil)), framedBy(packed(t, nil, "a. 1 IN A 192.0.2.1"))
	update := framedBy(packed(t, func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate }))
	for _, c := range []struct {
		name           string
		client, server string
		port           uint16
		want           proto.Verdict
	}{
		{"nothing", "", "", 53, proto.No},
		{"a query", ask, "", 53, proto.Yes},
		{"a query elsewhere", ask, "", 9999, proto.Yes},
		{"the length alone", ask[:2], "", 53, proto.More},
		{"half a header elsewhere", ask[:9], "", 9999, proto.No},
		{"a long query elsewhere", "\xff" + ask[1:], "", 9999, proto.No},
		{"half a header", ask[:9], "", 53, proto.More},
		{"half a question", ask[:20], "", 9999, proto.More},
		{"half a question, on its port", ask[:20], "", 53, proto.Yes},
		{"an answer first", "", tell, 9999, proto.No},
		{"an answer first, on its port", "", tell, 53, proto.Yes},
		{"an update", update, "", 9999, proto.No},
		{"an update, on its port", update, "", 53, proto.Yes},
		{"text", "GET / HTTP/1.1\r\n\r\n", "", 9999, proto.No},
		{"text on its port", "GET / HTTP/1.1\r\n\r\n", "", 53, proto.No},
		{"a query, but the server speaks otherwise", ask, "220 mail.test ready\r\n", 53, proto.No},
		{"a length that is too short", "\x00\x05" + ask[2:], "", 9999, proto.No},
		{"a class that is not in use", ask[:len(ask)-2] + "\x00\x63", "", 9999, proto.No},
		{"a question that does not end in the message", "\x00\x13" + ask[2:], "", 9999, proto.No},
	} {
		if got := (Detector{}).Detect([]byte(c.client), []byte(c.server), c.port); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRecognise(t *testing.T) {
	ask, tell := packed(t, nil), packed(t, nil, "a. 1 IN A 192.0.2.1")
	for _, c := range []struct {
		name     string
		src, dst uint16
		b        []byte
		want     string
	}{
		{"a query", 50000, 53, ask, Name},
		{"an answer", 53, 50000, tell, Name},
		{"whatever on the port", 53, 50000, make([]byte, 12), Name},
		{"too short", 53, 50000, make([]byte, 11), ""},
		{"multicast", 5353, 5353, ask, MDNS},
		{"no multicast DNS", 5353, 5353, make([]byte, 20), ""},
		{"LLMNR", 50000, 5355, ask, LLMNR},
		{"NetBIOS", 137, 137, ask, NBNS},
		{"a query elsewhere", 50000, 9999, ask, Name},
		{"an answer elsewhere", 9999, 50000, tell, Name},
		{"an answer with more behind it", 9999, 50000, append(tell[:len(tell):len(tell)], 0), ""},
		{"an answer that is cut", 9999, 50000, tell[:len(tell)-1], ""},
		{"something else", 9999, 50000, []byte("hello, is anybody there?"), ""},
	} {
		if got := Recognise(c.src, c.dst, c.b); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
