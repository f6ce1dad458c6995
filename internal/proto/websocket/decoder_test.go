package websocket

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

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

// frame builds a frame as dir would send it: the client masks. b0 is the first byte.
func frame(dir flow.Direction, b0 byte, payload string) ev {
	head := []byte{b0, 0}
	switch n := len(payload); {
	case n < 126:
		head[1] = byte(n)
	case n < 1<<16:
		head[1] = 126
		head = binary.BigEndian.AppendUint16(head, uint16(n))
	default:
		head[1] = 127
		head = binary.BigEndian.AppendUint64(head, uint64(n))
	}
	body := []byte(payload)
	if dir == c {
		head[1] |= 0x80
		key := [4]byte{0xde, 0xad, 0xbe, 0xef}
		head = append(head, key[:]...)
		for i := range body {
			body[i] ^= key[i&3]
		}
	}
	return ev{dir: dir, data: string(head) + string(body)}
}

// deflater compresses messages one after the other.
type deflater struct {
	b bytes.Buffer
	w *flate.Writer
}

func (d *deflater) message(text string, fresh bool) string {
	if d.w == nil || fresh {
		d.w, _ = flate.NewWriter(&d.b, 9)
	}
	d.b.Reset()
	if _, err := d.w.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := d.w.Flush(); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(d.b.String(), "\x00\x00\xff\xff")
}

func render(m proto.Message) string {
	f := m.Detail.(*Frame)
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) ", m.Dir.String()[0], m.Start, m.End)
	if f.Unreadable {
		fmt.Fprintf(&b, "? %d+%d", f.Length, f.Missing)
	} else {
		fmt.Fprintf(&b, "op%d rsv%d len%d+%d %.20q", f.Opcode, f.RSV, f.Length, f.Missing, f.Payload)
	}
	if f.Fin {
		b.WriteString(" fin")
	}
	if f.Guessed {
		b.WriteString(" guessed")
	}
	if f.CloseCode != 0 {
		fmt.Fprintf(&b, " close %d %q", f.CloseCode, f.CloseReason)
	}
	if f.Answers != nil {
		fmt.Fprintf(&b, " answers [%d,%d)", f.Answers.Start, f.Answers.End)
	}
	if f.Unasked {
		b.WriteString(" unasked")
	}
	for _, p := range f.Problems {
		fmt.Fprintf(&b, " !%s", p)
	}
	if w := f.Whole; w != nil {
		fmt.Fprintf(&b, " => op%d @%d %d frames %d>%d fmt%d %.30q", w.Opcode, w.Start, w.Frames, w.Length, w.Inflated, w.Format, w.Data)
		if w.Truncated {
			b.WriteString("...")
		}
		if w.Stop != "" {
			b.WriteString(" stop " + string(w.Stop))
		}
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

func play(opt Options, events []ev, piece func() int) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, opt)
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
			n := min(piece(), len(data))
			scratch := append([]byte(nil), data[:n]...)
			d.Data(e.dir, scratch)
			clear(scratch)
			data = data[n:]
		}
	}
	return strings.Join(out, "\n")
}

func whole() int { return 1 << 30 }

var conversations = []struct {
	name   string
	opt    Options
	events []ev
	want   string
}{
	{
		"text, JSON, binary, empty",
		Options{},
		[]ev{frame(c, 0x81, "hello"), frame(s, 0x81, ` {"a":1}`), frame(s, 0x82, "\x00\xff"), frame(c, 0x81, "")},
		`c[0,11) op1 rsv0 len5+0 "hello" fin => op1 @0 1 frames 5>0 fmt1 "hello"
s[0,10) op1 rsv0 len8+0 " {\"a\":1}" fin => op1 @0 1 frames 8>0 fmt2 " {\"a\":1}"
s[10,14) op2 rsv0 len2+0 "\x00\xff" fin => op2 @10 1 frames 2>0 fmt0 "\x00\xff"
c[11,17) op1 rsv0 len0+0 "" fin => op1 @11 1 frames 0>0 fmt1 ""`,
	},
	{
		"fragments with a ping in between",
		Options{},
		[]ev{frame(c, 0x01, "Hel"), frame(c, 0x89, "p"), frame(c, 0x00, "lo "), frame(s, 0x8a, "p"), frame(c, 0x80, "you")},
		`c[0,9) op1 rsv0 len3+0 "Hel"
c[9,16) op9 rsv0 len1+0 "p" fin
c[16,25) op0 rsv0 len3+0 "lo "
s[0,3) op10 rsv0 len1+0 "p" fin answers [9,16)
c[25,34) op0 rsv0 len3+0 "you" fin => op1 @0 3 frames 9>0 fmt1 "Hello you"`,
	},
	{
		"16 and 64 bit lengths",
		Options{Keep: 3},
		[]ev{frame(s, 0x82, strings.Repeat("x", 126)), frame(s, 0x82, strings.Repeat("y", 65536))},
		`s[0,130) op2 rsv0 len126+0 "xxx" fin => op2 @0 1 frames 126>0 fmt0 "xxx"...
s[130,65676) op2 rsv0 len65536+0 "yyy" fin => op2 @130 1 frames 65536>0 fmt0 "yyy"...`,
	},
	{
		"close codes",
		Options{},
		[]ev{frame(c, 0x88, "\x03\xe8bye"), frame(s, 0x88, "\x03"), frame(s, 0x88, "\x03\xed"), frame(c, 0x88, "")},
		`c[0,11) op8 rsv0 len5+0 "\x03\xe8bye" fin close 1000 "bye"
s[0,3) op8 rsv0 len1+0 "\x03" fin !bad-close-length
s[3,7) op8 rsv0 len2+0 "\x03\xed" fin close 1005 "" !after-close !bad-close-code
c[11,17) op8 rsv0 len0+0 "" fin !after-close`,
	},
	{
		"broken rules",
		Options{},
		[]ev{
			{dir: c, data: "\x81\x01a"},
			{dir: s, data: "\x81\x81\x00\x00\x00\x00a"},
			{dir: s, data: "\x81\x7e\x00\x01a"},
			{dir: s, data: "\x09\x01a"},
			{dir: s, data: "\x83\x00\xf1\x00"},
			{dir: s, data: "\x80\x01a\x01\x01b\x81\x01c"},
			{dir: s, data: "\x81\x01\xff"},
			frame(s, 0x89, strings.Repeat("z", 126)),
		},
		`c[0,3) op1 rsv0 len1+0 "a" fin !unmasked => op1 @0 1 frames 1>0 fmt1 "a"
s[0,7) op1 rsv0 len1+0 "a" fin !masked-by-server => op1 @0 1 frames 1>0 fmt1 "a"
s[7,12) op1 rsv0 len1+0 "a" fin !long-length => op1 @7 1 frames 1>0 fmt1 "a"
s[12,15) op9 rsv0 len1+0 "a" !fragmented-control
s[15,17) op3 rsv0 len0+0 "" fin !reserved-opcode
s[17,19) op1 rsv7 len0+0 "" fin !reserved-bits => op1 @17 1 frames 0>0 fmt0 "" stop unknown
s[19,22) op0 rsv0 len1+0 "a" fin !lone-continuation => op0 @19 1 frames 1>0 fmt0 "a" stop gap
s[22,25) op1 rsv0 len1+0 "b"
s[25,28) op1 rsv0 len1+0 "c" fin !unfinished-message => op1 @25 1 frames 1>0 fmt1 "c"
s[28,31) op1 rsv0 len1+0 "\xff" fin !bad-utf8 => op1 @28 1 frames 1>0 fmt0 "\xff"
s[31,161) op9 rsv0 len126+0 "zzzzzzzzzzzzzzzzzzzz" fin !large-control`,
	},
	{
		"impossible length",
		Options{},
		[]ev{{dir: s, data: "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xffmore"}, {dir: s, gap: 3}, {dir: s, end: 'f'}},
		`s[0,17) ? 14+3 !impossible-length BROKEN bad syntax`,
	},
	{
		"gap inside a payload",
		Options{},
		[]ev{{dir: c, data: frame(c, 0x81, "hello").data[:8]}, {dir: c, gap: 2}, {dir: c, data: frame(c, 0x81, "hello").data[10:]}, frame(c, 0x81, "x")},
		`c[0,11) op1 rsv0 len5+2 "he" fin => op1 @0 1 frames 5>0 fmt1 "he"... stop gap BROKEN gap
c[11,18) op1 rsv0 len1+0 "x" fin => op1 @11 1 frames 1>0 fmt1 "x"`,
	},
	{
		"gap over frames, then a frame",
		Options{},
		[]ev{{dir: s, data: "\x81\x05ab"}, {dir: s, gap: 30}, frame(s, 0x82, "x")},
		`s[0,7) op1 rsv0 len5+3 "ab" fin => op1 @0 1 frames 5>0 fmt1 "ab"... stop gap BROKEN gap
s[7,34) ? 0+27 BROKEN gap
s[34,37) op2 rsv0 len1+0 "x" fin guessed => op2 @34 1 frames 1>0 fmt0 "x"`,
	},
	{
		"gap in a header, then no frame",
		Options{},
		[]ev{{dir: s, data: "\x81"}, {dir: s, gap: 1}, {dir: s, data: "\xf5\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00zz"}, {dir: s, end: 'c'}},
		`s[0,2) ? 1+1 BROKEN gap
s[2,18) ? 16+0 BROKEN gap`,
	},
	{
		"ends inside a frame and inside a header",
		Options{},
		[]ev{{dir: s, data: "\x81\x05ab"}, {dir: s, end: 'f'}, {dir: c, data: "\x81"}, {dir: c, end: 'c'}},
		`s[0,4) op1 rsv0 len5+0 "ab" fin => op1 @0 1 frames 2>0 fmt1 "ab" stop gap BROKEN connection closed
c[0,1) ? 1+0 BROKEN cut off`,
	},
	{
		"compressed without agreement",
		Options{},
		[]ev{frame(s, 0xc1, "abc")},
		`s[0,5) op1 rsv4 len3+0 "abc" fin !reserved-bits => op1 @0 1 frames 3>0 fmt0 "" stop unknown`,
	},
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		if got := play(tt.opt, tt.events, whole); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestSplitInvariance(t *testing.T) {
	for _, tt := range conversations {
		for seed := range uint64(30) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := play(tt.opt, tt.events, func() int { return 1 + r.IntN(1+int(seed)) }); got != tt.want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", tt.name, seed, got, tt.want)
				break
			}
		}
	}
}

func TestDeflate(t *testing.T) {
	var d deflater
	first, second := d.message("the quick brown fox", false), d.message("the quick brown fox again", false)
	if len(second) > len(first) {
		t.Fatal("the second message does not use the first one's context")
	}
	alone := d.message("alone", true)
	on := Options{Deflate: Deflate{On: true}}
	fresh := Options{Deflate: Deflate{On: true, NoContext: [2]bool{false, true}}}
	frag1, frag2 := frame(s, 0x41, first[:5]), frame(s, 0x80, first[5:])
	tests := []struct {
		name   string
		opt    Options
		events []ev
		want   string // of the last message's Whole
	}{
		{"context takeover", on, []ev{frame(s, 0xc1, first), frame(s, 0x89, ""), frame(s, 0xc1, second)}, "the quick brown fox again 25 "},
		{"client", on, []ev{frame(c, 0xc1, first), frame(c, 0x81, "plain"), frame(c, 0xc1, second)}, "the quick brown fox again 25 "},
		{"fragments", on, []ev{frag1, frag2, frame(s, 0xc1, second)}, "the quick brown fox again 25 "},
		{"no context takeover", fresh, []ev{frame(s, 0xc1, first), frame(s, 0xc1, alone)}, "alone 5 "},
		{"no context takeover, after a gap", fresh, []ev{frame(s, 0xc1, first), {dir: s, gap: 9}, frame(s, 0xc1, alone)}, "alone 5 "},
		{"context lost", on, []ev{frame(s, 0xc1, first), {dir: s, gap: 9}, frame(s, 0xc1, second)}, " 0 lost context"},
		{"damaged", on, []ev{frame(s, 0xc1, "\xff\xff\xff")}, " 0 damaged"},
		{"damage loses the context", on, []ev{frame(s, 0xc1, "\xff\xff\xff"), frame(s, 0xc1, first)}, " 0 lost context"},
		{"large", on, []ev{frame(s, 0xc1, strings.Repeat("x", maxMessage+1))}, " 0 too large"},
	}
	for _, tt := range tests {
		for _, n := range []int{1 << 30, 7} {
			var last *Whole
			dec := New([2]int64{}, func(m proto.Message) {
				if w := m.Detail.(*Frame).Whole; w != nil {
					last = w
				}
			}, tt.opt)
			for _, e := range tt.events {
				if e.gap > 0 {
					dec.Gap(e.dir, e.gap)
				}
				for data := []byte(e.data); len(data) > 0; data = data[min(n, len(data)):] {
					dec.Data(e.dir, data[:min(n, len(data))])
				}
			}
			if got := fmt.Sprintf("%s %d %s", last.Data, last.Inflated, last.Stop); got != tt.want {
				t.Errorf("%s in pieces of %d: got %q, want %q", tt.name, n, got, tt.want)
			}
		}
	}
}

func TestLongHistory(t *testing.T) {
	var d deflater
	r := rand.New(rand.NewPCG(1, 1))
	text := make([]byte, 3*window)
	for i := range text {
		text[i] = byte('a' + r.IntN(26))
	}
	var got []string
	dec := New([2]int64{}, func(m proto.Message) { got = append(got, string(m.Detail.(*Frame).Whole.Data)) },
		Options{Deflate: Deflate{On: true}, Keep: 1 << 20})
	var want []string
	for i := range 6 {
		part := string(text[i*100 : i*100+len(text)/2])
		want = append(want, part)
		dec.Data(s, []byte(frame(s, 0xc1, d.message(part, false)).data))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("message %d differs", i)
		}
	}
}

func TestInflateBound(t *testing.T) {
	var d deflater
	bomb := d.message(strings.Repeat("0", maxInflated+1000), false)
	var w *Whole
	dec := New([2]int64{}, func(m proto.Message) { w = m.Detail.(*Frame).Whole }, Options{Deflate: Deflate{On: true}})
	dec.Data(s, []byte(frame(s, 0xc1, bomb).data))
	if w.Stop != StopLarge || len(w.Data) != DefaultKeep || !w.Truncated {
		t.Errorf("%d bytes kept, stop %q", len(w.Data), w.Stop)
	}
}

// What all messages inflate to is bounded too, unless they are compressed as text is.
func TestInflateBoundOfAll(t *testing.T) {
	var d deflater
	bomb, text := d.message(strings.Repeat("0", 1<<20), true), d.message(strings.Repeat("hello, ", 10), true)
	m := message{inflated: freeInflated - 1}
	for _, tt := range []struct {
		data string
		stop Stop
	}{{text, ""}, {bomb, StopLarge}, {text, ""}} {
		m.begin(&Frame{Opcode: Text, RSV: 4, Length: int64(len(tt.data))}, 0, true, 10)
		m.add([]byte(tt.data))
		if w := m.end(10); w.Stop != tt.stop || w.Inflated > 2*maxRatio*int64(len(tt.data)) {
			t.Errorf("%d bytes become %d, stop %q, want %q", len(tt.data), w.Inflated, w.Stop, tt.stop)
		}
	}
}

// A direction's inflater is made once, not for each of its messages.
func TestSmallMessagesCostLittle(t *testing.T) {
	messages := 0
	dec := New([2]int64{}, func(m proto.Message) { messages++ }, Options{Deflate: Deflate{On: true}})
	var d deflater
	var data []byte
	for range 1000 {
		data = append(data, frame(s, 0xc1, d.message("hi", false)).data...)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	dec.Data(s, data)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; messages != 1000 || n > 2<<20 {
		t.Errorf("%d messages took %d bytes", messages, n)
	}
}

func TestHash(t *testing.T) {
	var f *Frame
	d := New([2]int64{}, func(m proto.Message) { f = m.Detail.(*Frame) }, Options{Hash: true, Keep: 2})
	long := strings.Repeat("hash me ", 3000)
	for _, text := range []string{"", "abc", long} {
		d.Data(c, []byte(frame(c, 0x82, text).data))
		if f.SHA256 != sha256.Sum256([]byte(text)) {
			t.Errorf("hash of %d bytes is wrong", len(text))
		}
	}
}

func TestCutCharacterIsStillText(t *testing.T) {
	var w *Whole
	d := New([2]int64{}, func(m proto.Message) { w = m.Detail.(*Frame).Whole }, Options{Keep: 4})
	d.Data(s, []byte(frame(s, 0x81, "abc你好").data))
	if w.Format != FormatText || !w.Truncated {
		t.Errorf("format %d, truncated %v", w.Format, w.Truncated)
	}
}

func TestAccept(t *testing.T) {
	if got := Accept(" dGhlIHNhbXBsZSBub25jZQ=="); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" { // RFC 6455 §1.3
		t.Error(got)
	}
}

func TestParseExtensions(t *testing.T) {
	d, other := ParseExtensions([]string{"foo", "permessage-deflate; server_no_context_takeover; client_max_window_bits=15"})
	if want := (Deflate{On: true, NoContext: [2]bool{false, true}}); d != want || !other {
		t.Errorf("got %+v, %v", d, other)
	}
	if d, other := ParseExtensions(nil); d.On || other {
		t.Error("something out of nothing")
	}
}

func FuzzWebSocket(f *testing.F) {
	for _, tt := range conversations {
		var in []byte
		for _, e := range tt.events[:min(len(tt.events), 8)] {
			if len(e.data) < 128 {
				in = append(in, byte(len(e.data))<<1|byte(e.dir), byte(e.gap)|e.end)
				in = append(in, e.data...)
			}
		}
		f.Add(in, uint8(3), true)
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8, deflate bool) {
		var events []ev
		for len(in) > 2 {
			n := min(int(in[0]>>1), len(in)-2)
			e := ev{dir: flow.Direction(in[0] & 1), data: string(in[2 : 2+n])}
			switch in[1] {
			case 'f', 'c':
				e.end = in[1]
			default:
				e.gap = int64(in[1] & 0x1f)
			}
			in = in[2+n:]
			events = append(events, e)
		}
		events = append(events, ev{dir: c, end: 'f'}, ev{dir: s, end: 'c'})
		opt := Options{Deflate: Deflate{On: deflate}, Keep: 50, Hash: true}
		if a, b := play(opt, events, whole), play(opt, events, func() int { return 1 + int(piece) }); a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
	})
}

func BenchmarkMasked(b *testing.B) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	data := []byte(frame(c, 0x82, strings.Repeat("x", 16<<10)).data)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for range b.N {
		d.Data(c, data)
	}
}
