package all

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/sse"
)

// flushes compresses texts and returns what each flush gave, and the rest.
func flushes(t testing.TB, coding string, texts ...string) []string {
	t.Helper()
	var wire bytes.Buffer
	var w interface {
		io.WriteCloser
		Flush() error
	}
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&wire)
	case "br":
		w = brotli.NewWriter(&wire)
	case "zstd":
		z, err := zstd.NewWriter(&wire, zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	var out []string
	for _, text := range texts {
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		out = append(out, wire.String())
		wire.Reset()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return append(out, wire.String())
}

// packed makes gzip members of blocks that hold each text as it is, 5 bytes and the text, behind a head of 10 bytes. The last
// piece, 13 bytes, ends the member.
func packed(texts ...string) []string {
	all := strings.Join(texts, "")
	var out []string
	head := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
	for _, text := range texts {
		block := binary.LittleEndian.AppendUint16([]byte{0}, uint16(len(text)))
		block = binary.LittleEndian.AppendUint16(block, ^uint16(len(text)))
		out = append(out, head+string(block)+text)
		head = ""
	}
	end := binary.LittleEndian.AppendUint32([]byte{1, 0, 0, 0xff, 0xff}, crc32.ChecksumIEEE([]byte(all)))
	return append(out, string(binary.LittleEndian.AppendUint32(end, uint32(len(all)))))
}

// chunk writes one chunk of a chunked body, the last one for "".
func chunk(s string) string {
	if s == "" {
		return "0\r\n\r\n"
	}
	return fmt.Sprintf("%x\r\n%s\r\n", len(s), s)
}

// watch plays a script as play does and says for each event what had been sent when it came: pieces counts those of the script.
func watch(script []string, piece func() int) string {
	var out []string
	at := 0
	c := New(80, func(m proto.Message) {
		text := ""
		switch d := m.Detail.(type) {
		case *http1.Head:
			text = d.Line
		case *sse.Event:
			text = fmt.Sprintf("%q+%d", d.Data, d.Together)
		}
		if !m.Complete {
			text += " BROKEN " + m.Broken
		}
		out = append(out, fmt.Sprintf("%d: %s %c[%d,%d) %s", at, m.Protocol, m.Dir.String()[0], m.Start, m.End, text))
	}, Options{})
	defer c.Release()
	act(c, script, piece, func(i int) { at = i })
	return strings.Join(out, "\n")
}

// act gives a script to c, the bytes in pieces: "c " and "s " say what a side sends, "." that it closes, "!" that it is cut off, "-"
// that ten bytes are missing. next is told each line.
func act(c *Conversation, script []string, piece func() int, next func(i int)) {
	for i, s := range script {
		next(i)
		dir := flow.ClientToServer
		if s[0] == 's' {
			dir = flow.ServerToClient
		}
		switch s[1:] {
		case ".":
			c.Close(dir)
		case "!":
			c.Cut(dir)
		case "-":
			c.Gap(dir, 10)
		default:
			for data := []byte(s[2:]); len(data) > 0; {
				n := min(piece(), len(data))
				c.Data(dir, append([]byte(nil), data[:n]...))
				data = data[n:]
			}
		}
	}
}

const askEvents = "c GET / HTTP/1.0\r\n\r\n"

// eventHead is the head of a response, 55 bytes and coding.
func eventHead(lines string) string {
	return "s HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + lines + "\r\n"
}

func TestEvents(t *testing.T) {
	const plain, chunked = "", "Transfer-Encoding: chunked\r\n"
	const asked = "0: http c[0,18) GET / HTTP/1.0\n"
	zipped := packed("data: 1\n\n", "data: 2\n\ndata: 3\n\n")
	const gzipped = "Content-Encoding: gzip\r\n"
	for _, c := range []struct {
		name   string
		script []string
		want   string
	}{
		{
			"until the connection closes",
			[]string{askEvents, eventHead(plain), "s data: 1\n\n", "s data: 2\n\ndata: 3\n\n", "s."},
			asked + "2: sse s[52,61) \"1\"+0\n3: sse s[61,70) \"2\"+0\n3: sse s[70,79) \"3\"+0\n4: http s[0,79) HTTP/1.1 200 OK",
		},
		{
			"in chunks, one of them inside an event",
			[]string{askEvents, eventHead(chunked), "s " + chunk("data: 1\n\ndata"), "s " + chunk(": 2\n\n"), "s " + chunk("")},
			asked + "2: sse s[83,92) \"1\"+0\n3: sse s[92,106) \"2\"+0\n4: http s[0,113) HTTP/1.1 200 OK",
		},
		{
			"cut off inside an event",
			[]string{askEvents, eventHead(plain), "s data: 1\n\ndata: 2\n", "s!"},
			asked + "2: sse s[52,61) \"1\"+0\n3: sse s[61,69) \"2\"+0 BROKEN cut off\n3: http s[0,69) HTTP/1.1 200 OK BROKEN cut off",
		},
		{
			"a gap",
			[]string{askEvents, eventHead(plain), "s data: 1", "s-", "s \n\ndata: 2\n\n", "s-", "s."},
			asked + "4: sse s[52,59) \"1\"+0 BROKEN gap\n4: sse s[69,71) \"\"+0 BROKEN gap\n4: sse s[71,80) \"2\"+0\n6: http s[0,90) HTTP/1.1 200 OK BROKEN gap",
		},
		{
			"gzip: each flush is there at once, and what it holds came together",
			[]string{askEvents, eventHead(gzipped + chunked), "s " + chunk(zipped[0]), "s " + chunk(zipped[1]), "s " + chunk(zipped[2]), "s " + chunk("")},
			asked + "2: sse s[131,132) \"1\"+0\n3: sse s[160,161) \"2\"+0\n3: sse s[160,161) \"3\"+1\n5: http s[0,186) HTTP/1.1 200 OK",
		},
		{
			"gzip as a transfer coding",
			[]string{askEvents, eventHead("Transfer-Encoding: gzip, chunked\r\n"), "s " + chunk(strings.Join(zipped, "")), "s " + chunk("")},
			asked + "2: sse s[113,114) \"1\"+0\n2: sse s[136,137) \"2\"+0\n2: sse s[136,137) \"3\"+1\n3: http s[0,157) HTTP/1.1 200 OK",
		},
		{
			"gzip with a gap: nothing behind it can be read",
			[]string{askEvents, eventHead(gzipped), "s " + zipped[0], "s-", "s " + zipped[1], "s."},
			asked + "2: sse s[99,100) \"1\"+0\n4: sse s[110,111) \"\"+0 BROKEN gap\n5: http s[0,133) HTTP/1.1 200 OK BROKEN gap",
		},
		{
			"gzip, cut off behind a flush",
			[]string{askEvents, eventHead(gzipped), "s " + zipped[0], "s!"},
			asked + "2: sse s[99,100) \"1\"+0\n3: http s[0,100) HTTP/1.1 200 OK BROKEN cut off",
		},
		{
			"gzip, ended before its time",
			[]string{askEvents, eventHead(gzipped), "s " + zipped[0], "s."},
			asked + "2: sse s[99,100) \"1\"+0\n3: sse s[99,100) \"\"+1 BROKEN truncated\n3: http s[0,100) HTTP/1.1 200 OK",
		},
		{
			"damaged",
			[]string{askEvents, eventHead(gzipped), "s " + zipped[0], "s \xff\xff\xff\xff\xff", "s more", "s."},
			asked + "2: sse s[99,100) \"1\"+0\n3: sse s[100,101) \"\"+0 BROKEN damaged\n5: http s[0,109) HTTP/1.1 200 OK",
		},
		{
			"a coding that nobody knows",
			[]string{askEvents, eventHead("Content-Encoding: odd\r\n"), "s data: 1\n\n", "s."},
			asked + "3: http s[0,84) HTTP/1.1 200 OK",
		},
		{
			"a request is no stream of events",
			[]string{"c POST / HTTP/1.0\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: 1\n\n"},
			"0: http c[0,80) POST / HTTP/1.0",
		},
		{
			"two on one connection",
			[]string{askEvents + "GET /2 HTTP/1.0\r\n\r\n", eventHead("Content-Length: 9\r\n") + "data: 1\n\n" + eventHead(plain)[2:] + "data: 2\n\n", "s."},
			asked + "0: http c[18,37) GET /2 HTTP/1.0\n1: sse s[71,80) \"1\"+0\n1: http s[0,80) HTTP/1.1 200 OK\n1: sse s[132,141) \"2\"+0\n2: http s[80,141) HTTP/1.1 200 OK",
		},
	} {
		if got := watch(c.script, func() int { return 1 << 30 }); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		for seed := range uint64(10) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := watch(c.script, func() int { return 1 + r.IntN(1+int(seed)) }); got != c.want {
				t.Errorf("%s, in pieces of up to %d:\n got %s\nwant %s", c.name, seed+1, got, c.want)
				break
			}
		}
	}
}

// Every coding gives each event with its flush.
func TestEventsOfAllCodings(t *testing.T) {
	for _, coding := range []string{"gzip", "br", "zstd"} {
		script := []string{askEvents, eventHead("Content-Encoding: " + coding + "\r\n")}
		for _, f := range flushes(t, coding, "data: 1\n\n", "data: 2\n\n", "data: 3\n\n")[:3] {
			script = append(script, "s "+f)
		}
		got := watch(script, func() int { return 1 << 30 })
		for i := range 3 {
			if !strings.Contains(got, fmt.Sprintf("\n%d: sse ", i+2)) || !strings.Contains(got, fmt.Sprintf("%q+0", fmt.Sprint(i+1))) {
				t.Errorf("%s: event %d did not come with its flush:\n%s", coding, i+1, got)
			}
		}
	}
}

// Conversations that are released wherever they are leave no coroutine behind.
func TestReleaseLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	zipped := strings.Join(flushes(t, "gzip", "data: 1\n\n", "data: 2\n\n"), "")
	whole := eventHead("Content-Encoding: gzip\r\n")[2:] + zipped
	for n := range len(whole) {
		c := New(80, func(proto.Message) {}, Options{})
		c.Data(flow.ServerToClient, []byte(whole[:n]))
		c.Release()
		c.Data(flow.ServerToClient, []byte(whole[n:]))
		c.Cut(flow.ServerToClient)
		c.Release()
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before", after, before)
	}
}

// http2Frame writes a frame.
func http2Frame(kind, flags byte, stream uint32, payload string) string {
	n := len(payload)
	head := []byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}
	return string(binary.BigEndian.AppendUint32(head, stream)) + payload
}

// http2Answer is the header block of an event stream with a coding: 200, content-type, and content-encoding if it is not "".
func http2Answer(coding string) string {
	block := "\x88\x0f\x10\x11" + sse.MediaType
	if coding != "" {
		block += "\x0f\x0b" + string(byte(len(coding))) + coding
	}
	return block
}

// TestEventsOverHTTP2 watches event streams as they are multiplexed; frames are left out of what is expected.
func TestEventsOverHTTP2(t *testing.T) {
	zipped := packed("data: 1\n\n", "data: 2\n\n")
	const data, headers, reset, end = 0, 1, 3, 1
	ask := "c " + http2.Preface + noSettings
	begin := "s " + noSettings + http2Frame(headers, 4, 1, http2Answer("gzip")) + http2Frame(headers, 4, 3, http2Answer(""))
	for _, c := range []struct {
		name   string
		script []string
		want   string
	}{
		{
			"two streams, one of them compressed, both ended",
			[]string{
				ask, begin, "s " + http2Frame(data, 0, 1, zipped[0]), "s " + http2Frame(data, 0, 3, "data: x\n\nda"), "s " + http2Frame(data, 0, 1, zipped[1]),
				"s " + http2Frame(data, end, 3, "ta: y\n\nopen") + http2Frame(data, 0, 1, zipped[2]) + http2Frame(headers, 5, 1, "\x88"),
			},
			"2: \"1\"+0\n3: \"x\"+0\n4: \"2\"+0\n5: \"y\"+0\n5: \"\"+0 BROKEN unfinished event",
		},
		{
			"padding, and a reset in the middle of an event",
			[]string{ask, begin, "s " + http2Frame(data, 8, 3, "\x02data: x\n\ndata\x00\x00"), "c " + http2Frame(reset, 0, 3, "\x00\x00\x00\x08")},
			"2: \"x\"+0\n3: \"\"+0 BROKEN stream reset",
		},
		{
			"cut off",
			[]string{ask, begin, "s " + http2Frame(data, 0, 3, "data: x\n"), "s" + "!"},
			"3: \"x\"+0 BROKEN cut off",
		},
		{
			"a hole in a frame",
			[]string{ask, begin, "s " + http2Frame(data, 0, 3, strings.Repeat("x", 25))[:9+8], "s-", "s 2345678\n\n", "s" + "."},
			"4: \"\"+0 BROKEN gap\n5: \"\"+0 BROKEN gap",
		},
	} {
		var got []string
		for _, line := range strings.Split(watch(c.script, func() int { return 1 << 30 }), "\n") {
			if at, event, ok := strings.Cut(line, ": sse "); ok {
				_, event, _ = strings.Cut(event, ") ")
				got = append(got, at+": "+event)
			}
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, s, c.want)
		}
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(seed, 1))
			want := watch(c.script, func() int { return 1 << 30 })
			if got := watch(c.script, func() int { return 1 + r.IntN(1+int(seed)) }); got != want {
				t.Errorf("%s, in pieces of up to %d:\n got %s\nwant %s", c.name, seed+1, got, want)
				break
			}
		}
	}
}

// More streams of events than a server allows are not read.
func TestEventStreamsAreBounded(t *testing.T) {
	c := New(80, func(proto.Message) {}, Options{})
	c.Data(flow.ClientToServer, []byte(http2.Preface+noSettings))
	c.Data(flow.ServerToClient, []byte(noSettings))
	for i := range uint32(maxInnerStreams + 10) {
		c.Data(flow.ServerToClient, []byte(http2Frame(1, 4, 2*i+1, http2Answer("gzip"))))
	}
	if n := len(c.bodies.streams); n != maxInnerStreams {
		t.Errorf("%d streams are read", n)
	}
	c.Release()
}
