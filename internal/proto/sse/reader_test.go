package sse

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/proto"
)

// line renders an event.
func line(e *Event, at Place, broken string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%d,%d)", at.Start, at.End)
	if e.Together > 0 {
		fmt.Fprintf(&b, "+%d", e.Together)
	}
	if e.Type != "" {
		b.WriteString(" event=" + e.Type)
	}
	if e.HasID {
		b.WriteString(" id=" + e.ID)
	}
	if e.HasRetry {
		fmt.Fprintf(&b, " retry=%d", e.Retry)
	}
	if e.HasData {
		fmt.Fprintf(&b, " data=%q", e.Data)
	}
	for _, s := range e.Comments {
		fmt.Fprintf(&b, " :%s", s)
	}
	for _, s := range e.Ignored {
		fmt.Fprintf(&b, " ?%s", s)
	}
	if e.Truncated() || e.Cut {
		fmt.Fprintf(&b, " of %d", e.DataLen)
	}
	if broken != "" {
		b.WriteString(" BROKEN " + broken)
	}
	if !e.Dispatched {
		b.WriteString(" unseen")
	}
	return b.String()
}

// play feeds a script: text, "-" for a gap of ten bytes, and at the end a close with reason why.
func play(script []string, why string, piece func() int) string {
	var out []string
	r := New(func(e *Event, at Place, broken string) { out = append(out, line(e, at, broken)) }, 40)
	var at int64
	for _, s := range script {
		if s == "-" {
			r.Gap()
			at += 10
			continue
		}
		for b := []byte(s); len(b) > 0; {
			n := min(piece(), len(b))
			scratch := append([]byte(nil), b[:n]...)
			r.Plain(scratch, at)
			clear(scratch)
			at += int64(n)
			b = b[n:]
		}
	}
	r.Close(why)
	return strings.Join(out, "\n")
}

var streams = []struct {
	name   string
	script []string
	why    string
	want   string
}{
	// The three examples of HTML §9.2.6.
	{"two lines of data", []string{"data: YHOO\ndata: +2\ndata: 10\n\n"}, "", `[0,30) data="YHOO\n+2\n10"`},
	{
		"a comment, a name, an id, a last block that is not ended",
		[]string{": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event"},
		"",
		"[0,14) :test stream unseen\n[15,40) id=1 data=\"first event\"\n[40,62) id= data=\"second event\"\n[62,80) data=\" third event\" BROKEN unfinished event unseen",
	},
	{"empty data counts, and no data does not", []string{"data\n\ndata\ndata\n\ndata:"}, "", "[0,6) data=\"\"\n[6,17) data=\"\\n\"\n[17,22) data=\"\" BROKEN unfinished event unseen"},
	{"one space behind the colon goes", []string{"data:test\n\ndata: test\n\n"}, "", "[0,11) data=\"test\"\n[11,23) data=\"test\""},
	{"a name of its own", []string{"event: add\ndata: 7\n\nevent: none\n\n"}, "", "[0,20) event=add data=\"7\"\n[20,33) event=none unseen"},
	{"lines end in CR, in CR LF and in LF", []string{"data: a\r\rdata: b\r\n\r\ndata: c\r\n\n"}, "", "[0,9) data=\"a\"\n[9,19) data=\"b\"\n[20,30) data=\"c\""},
	{"a byte order mark", []string{"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n"}, "", "[0,12) data=\"a\"\n[12,24) ?\xef\xbb\xbfdata: b unseen"},
	{"a byte order mark alone", []string{"\xef\xbb\xbf\n\ndata: a\n\n"}, "", "[5,14) data=\"a\""},
	{"retry", []string{"retry: 3000\n\nretry: 3s\ndata: x\n\nretry: -1\n\nretry:\n\n"}, "", "[0,13) retry=3000 unseen\n[13,32) data=\"x\" ?retry: 3s\n[32,43) ?retry: -1 unseen\n[43,51) ?retry: unseen"},
	{"an id with NUL is ignored", []string{"id: a\x00b\ndata: x\n\n"}, "", "[0,17) data=\"x\" ?id: a\x00b"},
	{"unknown fields", []string{"foo: bar\nDATA: x\n data: y\n\n"}, "", "[0,27) ?foo: bar ?DATA: x ? data: y unseen"},
	{"comments in a block belong to it, comments outside stand alone", []string{":\n\n: beat\n:beat\ndata: x\n: inside\n\n"}, "", "[0,2) : unseen\n[3,10) :beat unseen\n[10,16) :beat unseen\n[16,34) data=\"x\" :inside"},
	{"empty lines between blocks", []string{"\n\n\ndata: x\n\n\n\n"}, "", "[3,12) data=\"x\""},
	{"cut off inside", []string{"data: x\nid: 7"}, proto.BrokenCutOff, "[0,13) id=7 data=\"x\" BROKEN cut off unseen"},
	{"cut off between", []string{"data: x\n\n"}, proto.BrokenCutOff, "[0,9) data=\"x\""},
	{"long data is kept in part", []string{"data: " + strings.Repeat("x", 30) + "\ndata: " + strings.Repeat("y", 30) + "\n\n"}, "", "[0,75) data=\"" + strings.Repeat("x", 30) + `\n` + strings.Repeat("y", 9) + "\" of 61"},
	{
		"a gap inside a block",
		[]string{"id: 1\ndata: on", "-", "e\nid: 2\ndata: two\n\ndata: three\n\n"},
		"",
		"[0,14) id=1 data=\"on\" BROKEN gap unseen\n[24,43) id=2 data=\"two\" BROKEN gap unseen\n[43,56) data=\"three\"",
	},
	{"a gap between blocks", []string{"data: 1\n\n", "-", "\ndata: 3\n\n"}, "", "[0,9) data=\"1\"\n[19,29) data=\"3\" BROKEN gap unseen"},
	{"a gap, and the end of a block behind it", []string{"-", "2\n\ndata: 3\n\n"}, "", "[10,13) BROKEN gap unseen\n[13,22) data=\"3\""},
	{"a gap, and nothing behind it", []string{"data: 1\n\n", "-"}, "", `[0,9) data="1"`},
	{"gaps behind each other", []string{"-", "-", "data: 1\n", "-"}, proto.BrokenClosed, "[20,28) BROKEN gap unseen"},
}

func TestStreams(t *testing.T) {
	for _, s := range streams {
		if got := play(s.script, s.why, func() int { return 1 << 30 }); got != s.want {
			t.Errorf("%s:\n got %s\nwant %s", s.name, got, s.want)
		}
	}
}

func TestSplitInvariance(t *testing.T) {
	for _, s := range streams {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := play(s.script, s.why, func() int { return 1 + r.IntN(1+int(seed)) }); got != s.want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", s.name, seed, got, s.want)
				break
			}
		}
	}
}

// Events that a compressed block holds all became readable with its last byte.
func TestPacked(t *testing.T) {
	var out []string
	r := New(func(e *Event, at Place, broken string) { out = append(out, line(e, at, broken)) }, 0)
	r.Packed([]byte("data: 1\n\ndata: 2\n\nda"), Place{99, 100})
	r.Packed([]byte("ta: 3\n\n"), Place{149, 150})
	r.Packed([]byte("data: 4\n\n"), Place{199, 200})
	r.Fail("damaged", Place{200, 210})
	r.Packed([]byte("data: 5"), Place{299, 300})
	r.Fail("damaged", Place{300, 310})
	want := "[99,100) data=\"1\"\n[99,100)+1 data=\"2\"\n[99,150) data=\"3\"\n[199,200) data=\"4\"\n[200,210) BROKEN damaged unseen\n[299,300) data=\"5\" BROKEN damaged unseen"
	if got := strings.Join(out, "\n"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A line that never ends and a block that never ends take no more memory than the bounds allow, and say what they left out.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		name, line string
		times      int
		check      func(e *Event) bool
	}{
		{"a line of data", "data: " + strings.Repeat("x", 1<<20), 1, func(e *Event) bool { return len(e.Data) == DefaultKeep && e.DataLen == 1<<20 }},
		{"many lines of data", "data: xyz\n", 1 << 16, func(e *Event) bool { return len(e.Data) == DefaultKeep && e.DataLen == 4<<16-1 }},
		{"a name", "event: " + strings.Repeat("x", 1<<20), 1, func(e *Event) bool { return len(e.Type) == maxField && e.Cut }},
		{"an id", "id: " + strings.Repeat("x", 1<<20), 1, func(e *Event) bool { return len(e.ID) == maxField && e.Cut }},
		{"unknown fields", "x\n", 1 << 16, func(e *Event) bool { return len(e.Ignored) == maxLines && e.Left == 1<<16-maxLines }},
		{"comments", "x\n:\n:\n:\n", 1 << 10, func(e *Event) bool {
			return len(e.Comments)+len(e.Ignored) == maxLines && e.Left == 4<<10-maxLines
		}},
	} {
		var got *Event
		most := 0
		r := New(func(e *Event, _ Place, _ string) { got = e }, 0)
		for i := range c.times {
			r.Plain([]byte(c.line), int64(i*len(c.line)))
			most = max(most, cap(r.line)+r.data.Cap())
		}
		r.Close("")
		if got == nil || !c.check(got) || most > 4*(DefaultKeep+maxField) || got.Kept() > 2*(DefaultKeep+maxLines*maxField) {
			t.Errorf("%s: %d bytes of data, %d of type, %d comments, %d left; %d bytes held", c.name, len(got.Data), len(got.Type), len(got.Comments), got.Left, most)
		}
	}
}

func TestKeepNothing(t *testing.T) {
	r := New(func(e *Event, _ Place, _ string) {
		if e.Data != "" || e.DataLen != 3 || !e.Truncated() {
			t.Errorf("%+v", e)
		}
	}, -1)
	r.Plain([]byte("data: abc\n\n"), 0)
}

func TestWords(t *testing.T) {
	for s, want := range map[string]bool{
		"text/event-stream": true, "Text/Event-Stream ; charset=utf-8": true, "text/event-streams": false, "": false, "text/plain": false,
	} {
		if IsMediaType(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
	if a, b := (&Event{}).Name(), (&Event{Type: "x"}).Name(); a != "message" || b != "x" {
		t.Errorf("%s, %s", a, b)
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range streams {
		f.Add([]byte(strings.Join(s.script, "")), uint16(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, cut uint16) {
		script := []string{string(text)}
		first := true
		got := play(script, "", func() int {
			if first {
				first = false
				return 1 + int(cut)
			}
			return 1 << 30
		})
		if want := play(script, "", func() int { return 1 << 30 }); got != want {
			t.Fatalf("in two pieces %s, in one %s", got, want)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	text := []byte(strings.Repeat("id: 17\nevent: tick\ndata: {\"price\": 17.25}\n\n", 1000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		New(func(*Event, Place, string) {}, 0).Plain(text, 0)
	}
}
