package timeline

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// openedFile opens a capture.
func openedFile(t testing.TB, file string) *session.Session {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b, file)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, session.New(f))
}

// decodedRows writes the rows of a decoded stream: who, the packet's number, "-" for words and "!" for warnings, the text.
func decodedRows(v *session.View, s *Stream) []string {
	var out []string
	for i := range s.Len() {
		r := s.Row(i)
		if r.Kind == StreamTurn {
			continue
		}
		place := " "
		if r.Packet >= 0 {
			place = fmt.Sprintf(" #%d ", v.At(r.Packet).Frame)
		}
		out = append(out, [...]string{">", "<"}[r.Dir]+place+map[StreamKind]string{StreamNote: "- ", StreamWarn: "! ", StreamGap: "? "}[r.Kind]+r.Text)
	}
	return out
}

// saysInOrder reports the first of the lines that does not come in that order, "" if all do.
func saysInOrder(got, want []string) string {
	for _, w := range want {
		i := 0
		for i < len(got) && got[i] != w {
			i++
		}
		if i == len(got) {
			return w
		}
		got = got[i+1:]
	}
	return ""
}

func TestDecodedStreams(t *testing.T) {
	for _, tt := range []struct {
		file string
		want []string
	}{
		{"../cli/testdata/sse_gzip_flush.pcap", []string{
			"> #4 GET /sse-gzip HTTP/1.1", "< #6 Content-Encoding: gzip", "< #8 - gzip: 451 B on the wire, 1,218 B inside",
			"< #8 id: 1", "< #8 event: tick", "< #10 id: 2", "< #26 id: 10",
		}},
		{"../cli/testdata/h2c_upgrade.pcap", []string{
			"> #4 GET /hello HTTP/1.1", "< #6 HTTP/1.1 101 Switching Protocols", "< #8 - SETTINGS", "> #10 PRI * HTTP/2.0",
			"< #12 - HEADERS · stream 1 · 200 OK ← GET /hello", "< #12 :status: 200",
		}},
		{"../cli/testdata/websocket.pcap", []string{
			"> #8 - permessage-deflate: 21 B on the wire, 21 B inside", "> #8 hello websocket", "< #9 hello websocket",
			`> #12 {"type":"greeting","text":"Grüße €"}`, "> #14 are you there", "> #20 ! the first 16,384 of 70,000 B are shown",
		}},
		{"../exchange/testdata/websocket-http2.pcap", []string{
			"> #8 - HEADERS · stream 1 · CONNECT /chat", "> #8 :protocol: websocket", "< #10 - stream 1", "< #10 welcome to /chat",
			"< #10 - stream 3", "< #10 welcome, welcome, welcome to /feed", "< #13 plain /page", "< #15 part one, part two",
			"> #31 giv", "> #31 ! bytes of the message were not captured",
		}},
		{"../exchange/testdata/streams.pcap", []string{"< #6 content-encoding: gzip", "< #9 - gzip", "< #9 sit adipiscing consectetur ipsum sit elit tempor sit do sed ipsum do dolor sed tempor tempor adipiscing consectetur amet"}},
		{"../cli/testdata/redis.pcap", []string{`> #1 *3`, `> #1 greeting`}},
	} {
		v, talk := talkOf(t, openedFile(t, tt.file), 0)
		got := decodedRows(v, streamOf(t, v, talk, StreamOptions{Decoded: true}))
		if missing := saysInOrder(got, tt.want); missing != "" {
			t.Errorf("%s: %q is not there, or not in its place, in\n%s", tt.file, missing, strings.Join(got[:min(len(got), 90)], "\n"))
		}
	}
}

// answered is a response, in segments of the given sizes; a size below 0 is a hole.
func answered(t *testing.T, response string, sizes ...int) (*session.View, *session.Conversation) {
	t.Helper()
	const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	const data = packet.PSH | packet.ACK
	segments := []seg{
		{flags: packet.SYN, seq: 99},
		{server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100},
		{flags: packet.ACK, seq: 100, ack: 500},
		{flags: data, seq: 100, ack: 500, text: request},
	}
	at := 0
	for _, n := range append(sizes, len(response)) {
		end := min(at+max(n, -n), len(response))
		if n > 0 && end > at {
			segments = append(segments, seg{
				server: true, flags: data, seq: uint32(500 + at), ack: uint32(100 + len(request)), text: response[at:end], size: end - at,
			})
		}
		at = end
	}
	segments = append(segments, seg{flags: packet.ACK, seq: uint32(100 + len(request)), ack: uint32(500 + len(response))})
	return talkOf(t, made(t, segments), 0)
}

const (
	chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	zippedHead  = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
)

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func chunk(s string) string { return fmt.Sprintf("%x;a=b\r\n%s\r\n", len(s), s) }

func TestDecodedBodies(t *testing.T) {
	const plain = "one\ntwo\nthree\n"
	whole := zipped(plain)
	long := strings.Repeat("0123456789abcde\n", 8192)
	for _, tt := range []struct {
		name, response string
		sizes          []int
		want           []string
	}{
		{"chunks", chunkedHead + chunk("one\n") + chunk("two\n") + "0\r\nSum: 7\r\n\r\n", []int{len(chunkedHead), len(chunk("one\n"))}, []string{
			"< #5 Transfer-Encoding: chunked", "< #6 - chunks joined", "< #6 one", "< #7 two", "< #7 Sum: 7",
		}},
		{"gzip in chunks", zippedHead + chunk(whole[:10]) + chunk(whole[10:]) + "0\r\n\r\n", []int{len(zippedHead) + 5}, []string{
			fmt.Sprintf("< #5 - gzip: %d B on the wire, 14 B inside", len(whole)), "< #6 one", "< #6 two", "< #6 three",
		}},
		{"an unknown coding", "HTTP/1.1 200 OK\r\nContent-Encoding: zork\r\nContent-Length: 4\r\n\r\nwhat", nil, []string{
			"< #5 ! not decoded, shown raw: compressed in a way that is not known here", "< #5 what",
		}},
		{"damaged", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip\r\n", nil, []string{
			"< #5 ! not decoded, shown raw: the compressed data is damaged from here on", "< #5 no gzip",
		}},
		{
			"a hole", chunkedHead + chunk("one\n") + chunk(strings.Repeat("x", 40)) + chunk("four\n") + "0\r\n\r\n",
			[]int{len(chunkedHead) + len(chunk("one\n")) + 8, -20},
			[]string{
				"< #5 - chunks joined", "< #5 one", "< #5 ! not decoded, shown raw: bytes before it were not captured", "< ? 20 bytes were not captured",
				"< #6 5;a=b", "< #6 four",
			},
		},
		{"too long", chunkedHead + chunk(long) + "0\r\n\r\n", []int{1 << 15, 1 << 15, 1 << 15, 1 << 15}, []string{
			"< #5 - chunks joined", "< #5 ! the first 16,384 of 131,072 B are shown",
		}},
	} {
		v, talk := answered(t, tt.response, tt.sizes...)
		got := decodedRows(v, streamOf(t, v, talk, StreamOptions{Decoded: true}))
		if missing := saysInOrder(got, tt.want); missing != "" {
			t.Errorf("%s: %q is not there, or not in its place, in\n%s", tt.name, missing, strings.Join(got[:min(len(got), 40)], "\n"))
		}
	}
}

func TestDecodedPlaces(t *testing.T) {
	v, talk := talkOf(t, openedFile(t, "../cli/testdata/sse_gzip_flush.pcap"), 0)
	const third = 400 // where it begins in what is shown
	for form := range NumStreamForms {
		s := streamOf(t, v, talk, StreamOptions{Form: form, Decoded: true})
		p := v.Find(12) // the third event
		row := s.Row(s.RowOf(talk, p))
		if row.Offset > third || row.Offset+int64(row.Len) <= third || form == StreamText && (row.Packet != p || row.Text != "id: 3") {
			t.Errorf("form %d: the packet begins in %+v", form, row)
		}
		found, more, err := s.Find(context.Background(), talk, []byte(`event number 3 of`), true)
		if err != nil || more || len(found) != 1 {
			t.Fatalf("form %d: %v, %v, %v", form, found, more, err)
		}
		if got := s.PacketOf(found[0]); got != p {
			t.Errorf("form %d: found in packet %d, want %d", form, got, p)
		}
		if r := s.Row(found[0].Row); r.Offset > found[0].Start || r.Offset+int64(r.Len) <= found[0].Start {
			t.Errorf("form %d: byte %d is not in row %+v", form, found[0].Start, r)
		}
	}
	if raw := streamOf(t, v, talk, StreamOptions{}); !raw.Decodable {
		t.Error("raw, it cannot be decoded")
	} else if found, _, _ := raw.Find(context.Background(), talk, []byte("event number"), true); len(found) != 0 {
		t.Errorf("raw, it has %v", found)
	}
}

func TestNothingToDecode(t *testing.T) {
	v, talk := talkOf(t, spoken(t), 0)
	raw, decoded := streamOf(t, v, talk, StreamOptions{}), streamOf(t, v, talk, StreamOptions{Decoded: true})
	if decoded.Decodable || fmt.Sprint(decodedRows(v, raw)) != fmt.Sprint(decodedRows(v, decoded)) {
		t.Errorf("decodable %v: %q", decoded.Decodable, decodedRows(v, decoded))
	}
	v, talk = talkOf(t, openedFile(t, "../cli/testdata/websocket.pcap"), 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewStream(ctx, v, talk, StreamOptions{Decoded: true}, narrate.English); err == nil {
		t.Error("cancelled, and no error")
	}
}

// Once as much is held as is allowed bodies stay as they are, and say so.
func TestDecodedIsBounded(t *testing.T) {
	v, talk := answered(t, zippedHead+chunk(zipped("text"))+"0\r\n\r\n")
	s := streamOf(t, v, talk, StreamOptions{})
	d := &streamDecoder{s: s, held: maxDecodedHeld}
	if got := d.cannot([]string{"gzip"}); got != "as much was decoded as is kept in memory" {
		t.Errorf("beyond the bound: %q", got)
	}
	d.held--
	if got := d.cannot([]string{"gzip"}); got != "" {
		t.Errorf("below the bound: %q", got)
	}
}
