package http2

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"

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
	data string
	gap  int64
	end  byte
}

// frame builds a frame as it is on the wire.
func frame(kind Type, flags uint8, stream uint32, payload string) string {
	n := len(payload)
	b := []byte{byte(n >> 16), byte(n >> 8), byte(n), byte(kind), flags}
	return string(binary.BigEndian.AppendUint32(b, stream)) + payload
}

// greeting is an empty SETTINGS frame.
var greeting = frame(Settings, 0, 0, "")

func render(m proto.Message) string {
	f := m.Detail.(*Frame)
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) ", m.Dir.String()[0], m.Start, m.End)
	switch {
	case f.Preface:
		b.WriteString("preface")
	case f.Unreadable:
		fmt.Fprintf(&b, "? %d+%d", f.Length, f.Missing)
	default:
		fmt.Fprintf(&b, "t%d f%02x #%d len%d+%d", f.Type, f.Flags, f.Stream, f.Length, f.Missing)
	}
	if f.PadLen > 0 {
		fmt.Fprintf(&b, " pad%d", f.PadLen)
	}
	if f.Priority != nil {
		fmt.Fprintf(&b, " prio%+v", *f.Priority)
	}
	if f.FieldCount != len(f.Fields) {
		fmt.Fprintf(&b, " %d fields", f.FieldCount)
	}
	for _, h := range f.Fields {
		fmt.Fprintf(&b, " |%.20s: %.20s", h.Name, h.Value)
		if h.Index > 0 {
			fmt.Fprintf(&b, " ?%d", h.Index)
		}
	}
	for _, set := range f.Settings {
		fmt.Fprintf(&b, " %d=%d", set.ID, set.Value)
	}
	if f.Error+ErrorCode(f.Other)+ErrorCode(f.Increment) > 0 {
		fmt.Fprintf(&b, " err%d other%d inc%d", f.Error, f.Other, f.Increment)
	}
	if f.DataLen > 0 {
		fmt.Fprintf(&b, " data%d %.20q", f.DataLen, f.Data)
	}
	if f.Guessed {
		b.WriteString(" guessed")
	}
	for _, p := range f.Problems {
		fmt.Fprintf(&b, " !%s", p)
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

func play(opt Options, events []ev, piece int) string {
	var out []string
	drive(New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, opt), events, piece)
	return strings.Join(out, "\n")
}

// drive gives events to a decoder, in pieces that are overwritten afterwards.
func drive(d *Decoder, events []ev, piece int) {
	for _, e := range events {
		switch {
		case e.gap > 0:
			d.Gap(e.dir, e.gap)
		case e.end == 'f':
			d.Close(e.dir)
		case e.end == 'c':
			d.Cut(e.dir)
		}
		for data := []byte(e.data); len(data) > 0; {
			n := min(piece, len(data))
			scratch := bytes.Clone(data[:n])
			d.Data(e.dir, scratch)
			clear(scratch)
			data = data[n:]
		}
	}
}

const whole = 1 << 30

// server makes events of what a server sends behind its greeting, and the end of the capture.
func server(frames ...string) []ev {
	return []ev{{dir: s, data: greeting + strings.Join(frames, "")}, {dir: s, end: 'c'}}
}

var conversations = []struct {
	name   string
	events []ev
	want   string // without the greeting of server
}{
	{
		"preface, settings, a request and its answer",
		[]ev{
			{dir: c, data: Preface + frame(Settings, 0, 0, "\x00\x03\x00\x00\x00\x64\x00\x05\x00\x00\x40\x00")},
			{dir: s, data: greeting + frame(Settings, FlagAck, 0, "")},
			{dir: c, data: frame(Headers, FlagEndStream|FlagEndHeaders, 1, "\x82\x84\x41\x01h")},
			{dir: s, data: frame(Headers, FlagEndHeaders, 1, "\x88") + frame(Data, FlagEndStream, 1, "hello")},
			{dir: c, end: 'f'},
		},
		`c[0,24) preface
c[24,45) t4 f00 #0 len12+0 3=100 5=16384
s[0,9) t4 f00 #0 len0+0
s[9,18) t4 f01 #0 len0+0
c[45,59) t1 f05 #1 len5+0 |:method: GET |:path: / |:authority: h
s[18,28) t1 f04 #1 len1+0 |:status: 200
s[28,42) t0 f01 #1 len5+0 data5 "hello"`,
	},
	{
		"padding and priority",
		server(frame(Data, FlagPadded, 1, "\x02hi\x00\x00"), frame(Headers, FlagEndHeaders|FlagPadded|FlagPriority, 3, "\x01\x80\x00\x00\x01\x0f\x88\x00"),
			frame(Priority, 0, 5, "\x00\x00\x00\x03\xff"), frame(Data, FlagPadded, 1, "\x02hi"[:2]), frame(Data, FlagPadded, 1, ""), frame(Headers, FlagPriority|FlagEndHeaders, 1, "\x00")),
		`s[9,23) t0 f08 #1 len5+0 pad2 data2 "hi"
s[23,40) t1 f2c #3 len8+0 pad1 prio{Stream:1 Exclusive:true Weight:16} |:status: 200
s[40,54) t2 f00 #5 len5+0 prio{Stream:3 Exclusive:false Weight:256}
s[54,65) t0 f08 #1 len2+0 data1 "h" !bad-padding
s[65,74) t0 f08 #1 len0+0 !bad-padding
s[74,84) t1 f24 #1 len1+0 !bad-length`,
	},
	{
		"the other types",
		server(frame(RSTStream, 0, 1, "\x00\x00\x00\x08"), frame(PushPromise, FlagEndHeaders, 1, "\x00\x00\x00\x02\x82"), frame(Ping, FlagAck, 0, "12345678"),
			frame(GoAway, 0, 0, "\x00\x00\x00\x07\x00\x00\x00\x0bslow"), frame(WindowUpdate, 0, 1, "\x00\x00\x01\x00"), frame(0x0c, 0, 0, "h3=:443")),
		`s[9,22) t3 f00 #1 len4+0 err8 other0 inc0
s[22,36) t5 f04 #1 len5+0 |:method: GET err0 other2 inc0
s[36,53) t6 f01 #0 len8+0 data8 "12345678"
s[53,74) t7 f00 #0 len12+0 err11 other7 inc0 data4 "slow"
s[74,87) t8 f00 #1 len4+0 err0 other0 inc256
s[87,103) t12 f00 #0 len7+0 data7 "h3=:443"`,
	},
	{
		"a header block over continuations",
		server(frame(Headers, 0, 1, "\x88\x40"), frame(Continuation, 0, 1, "\x01"), frame(Continuation, FlagEndHeaders, 1, "a\x01b"), frame(Headers, FlagEndHeaders, 3, "\xbe")),
		`s[9,20) t1 f00 #1 len2+0
s[20,30) t9 f00 #1 len1+0
s[30,42) t9 f04 #1 len3+0 |:status: 200 |a: b
s[42,52) t1 f04 #3 len1+0 |a: b`,
	},
	{
		"rules that frames break",
		server(frame(Ping, 0, 1, "1"), frame(Settings, 0, 1, "\x00\x02\x00\x00\x00\x02"), frame(WindowUpdate, 0, 0, "\x00\x00\x00\x00"),
			frame(Continuation, FlagEndHeaders, 1, ""), frame(Data, 0, 0, strings.Repeat("x", 16385))),
		`s[9,19) t6 f00 #1 len1+0 data1 "1" !bad-length !bad-stream
s[19,34) t4 f00 #1 len6+0 2=2 !bad-stream !bad-setting
s[34,47) t8 f00 #0 len4+0 !zero-increment
s[47,56) t9 f04 #1 len0+0 !lone-continuation
s[56,16450) t0 f00 #0 len16385+0 data16385 "xxxxxxxxxxxxxxxxxxxx" !bad-stream !too-long`,
	},
	{
		"a block that another frame interrupts makes the table unknown",
		server(frame(Headers, 0, 1, "\x40\x01a\x01b"), frame(Ping, 0, 0, "12345678"), frame(Headers, FlagEndHeaders, 3, "\xbe\x40\x01c\x01d\xbe")),
		`s[9,23) t1 f00 #1 len5+0
s[23,40) t6 f00 #0 len8+0 data8 "12345678" !inside-block
s[40,56) t1 f04 #3 len7+0 |:  ?62 |c: d |c: d`,
	},
	{
		"a bad block",
		server(frame(Headers, FlagEndHeaders, 1, "\x88\xbe"), frame(Headers, FlagEndHeaders, 3, "\x88\x80"), frame(Headers, FlagEndHeaders, 3, "\x40\x7f\xff\xff\xff\xff\xff\xff\xff")),
		`s[9,20) t1 f04 #1 len2+0 |:status: 200 !bad-block
s[20,31) t1 f04 #3 len2+0 |:status: 200 !bad-block
s[31,49) t1 f04 #3 len9+0 !bad-block`,
	},
	{
		"no HTTP/2",
		[]ev{{dir: s, data: "HTTP/1.1 400 Bad Request\r\n"}, {dir: s, end: 'f'}, {dir: c, data: Preface[:20]}, {dir: c, end: 'c'}},
		"s[0,26) ? 26+0 BROKEN not HTTP/2\nc[0,20) ? 20+0 BROKEN cut off",
	},
	{
		"behind the preface the first frame may be odd",
		[]ev{{dir: c, data: Preface + frame(Settings, 0x12, 65536, "") + frame(Ping, 0, 0, "12345678")}},
		"c[0,24) preface\nc[24,33) t4 f12 #65536 len0+0 !bad-stream\nc[33,50) t6 f00 #0 len8+0 data8 \"12345678\"",
	},
	{
		"from the middle, with references to what was before",
		[]ev{{dir: c, data: frame(Headers, FlagEndHeaders, 9, "\xc1\x82\x7e\x01x\xbe\x40\x01a\x01b\xbf\xbe")}},
		`c[0,22) t1 f04 #9 len13+0 |:  ?65 |:method: GET |: x ?62 |: x ?62 |a: b |: x ?63 |a: b`,
	},
	{
		"a gap inside a body keeps the table",
		[]ev{
			{dir: s, data: greeting + frame(Headers, FlagEndHeaders, 1, "\x40\x01a\x01b") + frame(Data, 0, 1, "hello")[:11]},
			{dir: s, gap: 2},
			{dir: s, data: "o" + frame(Headers, FlagEndHeaders, 3, "\xbe")},
		},
		`s[0,9) t4 f00 #0 len0+0
s[9,23) t1 f04 #1 len5+0 |a: b
s[23,37) t0 f00 #1 len5+2 data5 "he" BROKEN gap
s[37,47) t1 f04 #3 len1+0 |a: b`,
	},
	{
		"a gap in a block and over frames makes the table unknown",
		[]ev{
			{dir: s, data: greeting + frame(Headers, FlagEndHeaders, 1, "\x40\x01a\x01b")[:12]},
			{dir: s, gap: 20},
			{dir: s, data: frame(Headers, FlagEndHeaders, 3, "\xbe")},
			{dir: s, gap: 3},
			{dir: s, data: "no frame at all"},
			{dir: s, gap: 5},
			{dir: s, end: 'f'},
		},
		`s[0,9) t4 f00 #0 len0+0
s[9,23) t1 f04 #1 len5+2 BROKEN gap
s[23,41) ? 0+18 BROKEN gap
s[41,51) t1 f04 #3 len1+0 |:  ?62 guessed
s[51,54) ? 0+3 BROKEN gap
s[54,74) ? 15+5 BROKEN gap`,
	},
	{
		"cut off inside a frame",
		server(frame(Headers, 0, 1, "\x88")[:9], ""),
		`s[9,18) t1 f00 #1 len1+0 BROKEN cut off`,
	},
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		for _, piece := range []int{whole, 1, 2, 7} {
			got := play(Options{}, tt.events, piece)
			if !strings.HasPrefix(tt.want, "s[0,9) t4") {
				got = strings.TrimPrefix(got, "s[0,9) t4 f00 #0 len0+0\n")
			}
			if got != tt.want {
				t.Errorf("%s, in pieces of %d:\n got %s\nwant %s", tt.name, piece, got, tt.want)
				break
			}
		}
	}
}

// cutUp cuts the data of events at random places, into pieces of up to most bytes.
func cutUp(events []ev, r *rand.Rand, most int) (out []ev) {
	for _, e := range events {
		for len(e.data) > 1 {
			n := 1 + r.IntN(min(len(e.data)-1, most))
			out = append(out, ev{dir: e.dir, data: e.data[:n]})
			e.data = e.data[n:]
		}
		out = append(out, e)
	}
	return out
}

// However data is cut, the same frames and the same bodies come out.
func TestSplitInvariance(t *testing.T) {
	client, server := recording(t)
	scripts := [][]ev{{{dir: c, data: client}, {dir: s, data: server}, {dir: c, end: 'f'}, {dir: s, end: 'c'}}}
	for _, tt := range conversations {
		scripts = append(scripts, tt.events)
	}
	for i, events := range scripts {
		frames, bodies := play(Options{}, events, whole), bodiesOf(events, whole)
		for seed := range uint64(8) {
			cut := cutUp(events, rand.New(rand.NewPCG(seed, 1)), 1<<(2*seed))
			if got := play(Options{}, cut, whole); got != frames {
				t.Errorf("script %d, cut %d:\n got %s\nwant %s", i, seed, got, frames)
			}
			if got := bodiesOf(cut, whole); got != bodies {
				t.Errorf("script %d, cut %d: bodies %s, want %s", i, seed, got, bodies)
			}
		}
	}
}

// recording returns the bytes of nghttp talking to nginx, the server's cut off after its first frames.
func recording(t testing.TB) (client, server string) {
	t.Helper()
	var out [2]string
	for i, name := range []string{"testdata/nginx-client.bin", "testdata/nginx-server.bin"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = string(b)
	}
	return out[0], out[1]
}

func TestRecording(t *testing.T) {
	client, server := recording(t)
	events := []ev{{dir: c, data: client}, {dir: s, data: server}, {dir: c, end: 'f'}, {dir: s, end: 'c'}}
	got := play(Options{}, events, whole)
	if one := play(Options{}, events, 1); one != got {
		t.Errorf("byte by byte:\n%s\nwhole:\n%s", one, got)
	}
	for _, want := range []string{
		"c[0,24) preface\n", "|:method: GET", "|:path: /", "|:scheme: http", "|:authority: ", "|user-agent: ", "|:status: 200", "|server: nginx",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(got, "!") || strings.Contains(got, "|: ") || strings.Count(got, "BROKEN") != 1 {
		t.Errorf("problems in\n%s", got)
	}
}

// TestTruncated cuts the client's bytes everywhere: what is complete stays the same, and every byte is in a message.
func TestTruncated(t *testing.T) {
	client, _ := recording(t)
	all := play(Options{}, []ev{{dir: c, data: client}}, whole)
	for n := range client {
		end := int64(0)
		d := New([2]int64{}, func(m proto.Message) {
			if m.Start != end {
				t.Fatalf("cut at %d: a message begins at %d, not %d", n, m.Start, end)
			}
			end = m.End
			if m.Complete && !strings.Contains(all, render(m)) {
				t.Errorf("cut at %d: %s", n, render(m))
			}
		}, Options{})
		d.Data(c, []byte(client[:n]))
		d.Cut(c)
		if end != int64(n) {
			t.Errorf("cut at %d: messages end at %d", n, end)
		}
	}
}

// TestBombs checks that little on the wire cannot become much in memory.
func TestBombs(t *testing.T) {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	if err := e.WriteField(hpack.HeaderField{Name: "a", Value: strings.Repeat("x", 4000)}); err != nil {
		t.Fatal(err)
	}
	block.WriteString(strings.Repeat("\xbe", 10_000))
	var last *Frame
	d := New([2]int64{}, func(m proto.Message) { last = m.Detail.(*Frame) }, Options{})
	d.Data(s, []byte(greeting+frame(Headers, FlagEndHeaders, 1, block.String())))
	if last.FieldCount != 10_001 || last.Kept() > maxList {
		t.Errorf("%d fields, %d bytes kept", last.FieldCount, last.Kept())
	}

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d.Data(s, []byte(frame(Headers, 0, 3, "\x00")))
	more := []byte(frame(Continuation, 0, 3, strings.Repeat("\x00", 16_000)))
	for range 1000 {
		d.Data(s, more)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4*maxBlock {
		t.Errorf("an endless header block keeps %d bytes", grown)
	}
	d.Data(s, []byte(frame(Continuation, FlagEndHeaders, 3, "")))
	if len(last.Problems) != 1 || last.Problems[0] != BlockTooLarge || last.FieldCount != 0 {
		t.Errorf("%v, %d fields", last.Problems, last.FieldCount)
	}
	d.Data(s, []byte("\xff\xff\xff\x00\x00\x00\x00\x00\x01"))
	d.Cut(s)
	if last.Length != 1<<24-1 || len(last.Data) != 0 {
		t.Errorf("length %d, %d bytes kept", last.Length, len(last.Data))
	}
	runtime.KeepAlive(d)
}

// TestLargeTable checks that a table larger than what is kept here gives unknown fields, not wrong ones.
func TestLargeTable(t *testing.T) {
	got := play(Options{}, server(frame(Headers, FlagEndHeaders, 1, "\x3f\xe1\xff\x07\x40\x01a\x01b"), frame(Headers, FlagEndHeaders, 1, "\xbe\xbf")), whole)
	if !strings.HasSuffix(got, "|a: b |:  ?63") {
		t.Error(got)
	}
}

func FuzzHTTP2(f *testing.F) {
	client, server := recording(f)
	f.Add([]byte(client), []byte(server), uint8(3), uint16(0), uint16(0))
	f.Add([]byte(client), []byte(server), uint8(1), uint16(100), uint16(20))
	for _, tt := range conversations {
		var in [2][]byte
		for _, e := range tt.events {
			if len(e.data) < 1000 {
				in[e.dir] = append(in[e.dir], e.data...)
			}
		}
		f.Add(in[c], in[s], uint8(1), uint16(30), uint16(1))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, piece uint8, hole, size uint16) {
		at := min(int(hole), len(client))
		events := []ev{
			{dir: c, data: string(client[:at])},
			{dir: s, data: string(server)},
			{dir: c, gap: int64(size)},
			{dir: c, data: string(client[at:])},
			{dir: c, end: 'f'},
			{dir: s, end: 'c'},
		}
		if a, b := play(Options{Keep: 50}, events, whole), play(Options{Keep: 50}, events, 1+int(piece)); a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
		if a, b := bodiesOf(events, whole), bodiesOf(events, 1+int(piece)); a != b {
			t.Fatalf("bodies in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
	})
}
