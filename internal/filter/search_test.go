package filter

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// hits writes what a search finds: "#0 payload 4 c[5,9) >text<".
func hits(t testing.TB, s *session.Session, text string, mode Mode, exact bool) []string {
	t.Helper()
	q, err := ParseSearch(text, mode, exact)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var results []Result
	names := [NumWhere]string{"address", "payload", "header", "body", "message"}
	if err := q.Find(context.Background(), s, nil, func(r Result) bool {
		v, err := s.View(r.Stream)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range r.Hits {
			frame := uint32(0)
			if h.Packet >= 0 {
				frame = v.At(h.Packet).Frame
			}
			out = append(out, fmt.Sprintf("#%d %s %d %c[%d,%d) >%s<", r.Stream, names[h.Where], frame, h.Dir.String()[0], h.Start, h.End, h.Excerpt[h.From:h.To]))
		}
		results = append(results, r)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	sameWithoutHits(t, s, q, results)
	return out
}

// sameWithoutHits checks that a search without hits finds the same packets.
func sameWithoutHits(t testing.TB, s *session.Session, q *Search, want []Result) {
	t.Helper()
	i := 0
	if err := q.WithoutHits().Find(context.Background(), s, nil, func(r Result) bool {
		if i >= len(want) || len(r.Hits) > 0 || r.Count != want[i].Count || r.Count <= maxHits && !slices.Equal(r.Packets, want[i].Packets) {
			t.Errorf("%q without hits: result %d is %+v", q, i, r)
			return false
		}
		i++
		return true
	}); err != nil || i != len(want) {
		t.Errorf("%q without hits: %v, %d results of %d", q, err, i, len(want))
	}
}

func gzipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// maskedText makes a client's WebSocket text frame.
func maskedText(text string, fin bool, opcode byte) string {
	if fin {
		opcode |= 0x80
	}
	key := [4]byte{1, 2, 3, 4}
	b := append([]byte{opcode, 0x80 | byte(len(text))}, key[:]...)
	for i := range len(text) {
		b = append(b, text[i]^key[i%4])
	}
	return string(b)
}

func TestSearch(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(0).handshake()                                                                                               // 1-3
	k.data(0, "GET /needle HTTP/1.1\r\nHost: x\r\nUpgrade: web")                                                             // 4
	k.data(0, "socket\r\n\r\n")                                                                                              // 5
	k.data(1, "HTTP/1.1 101 ok\r\nUpgrade: websocket\r\n\r\n\x81\x06Needle")                                                 // 6
	k.data(0, maskedText("a nee", false, 1)+maskedText("dle!", true, 0))                                                     // 7
	k.bye()                                                                                                                  // 8-10
	k = b.talk(1).handshake()                                                                                                // 11-13
	k.data(0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")                                                                           // 14
	k.data(1, "HTTP/1.1 200 ok\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnee\r\n7\r\ndle one\r\n8\r\nNEEDLE 2\r\n0\r\n\r\n") // 15
	k.data(0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")                                                                           // 16
	z := gzipped(t, "zip of needles")
	k.data(1, fmt.Sprintf("HTTP/1.1 200 ok\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(z), z)) // 17
	k.data(1, "trailing nee")                                                                                      // 18
	k.data(1, "dle")                                                                                               // 19
	s := ran(t, b.capture(t))
	for _, c := range []struct {
		text  string
		mode  Mode
		exact bool
		want  []string
	}{
		{"needle", Text, false, []string{
			"#0 payload 4 c[5,11) >needle<", "#0 payload 6 s[41,47) >Needle<", "#0 message 7 c[2,8) >needle<",
			"#1 payload 15 s[70,76) >NEEDLE<", "#1 body 15 s[0,6) >needle<", "#1 body 17 s[7,13) >needle<", "#1 payload 18 s[195,201) >needle<",
		}},
		{"Needle", Text, true, []string{"#0 payload 6 s[41,47) >Needle<"}},
		{"websocket", Text, true, []string{"#0 payload 4 c[40,49) >websocket<", "#0 payload 6 s[26,35) >websocket<"}},
		{"4e 65:65", Hex, false, nil},
		{"4e 65 65", Hex, false, []string{"#0 payload 6 s[41,44) >Nee<"}},
		{"4e6565", Hex, false, []string{"#0 payload 6 s[41,44) >Nee<"}},
		{`^host: \w$`, Pattern, false, nil},
		{`^host: \w\r?$`, Pattern, false, []string{"#0 payload 4 c[22,30) >Host: x\r<", "#1 payload 14 c[16,24) >Host: x\r<", "#1 payload 16 c[43,51) >Host: x\r<"}},
		{`n.{2}dle\b`, Pattern, true, []string{
			"#0 payload 4 c[5,11) >needle<", "#0 message 7 c[2,8) >needle<", "#1 body 15 s[0,6) >needle<", "#1 payload 18 s[195,201) >needle<",
		}},
		{"10.0.0.1:1001", Text, false, []string{"#1 address 0 c[0,13) >10.0.0.1:1001<"}},
	} {
		if c.want == nil && c.mode == Hex {
			if _, err := ParseSearch(c.text, c.mode, false); err == nil {
				t.Errorf("%s is taken for bytes", c.text)
			}
			continue
		}
		got := hits(t, s, c.text, c.mode, c.exact)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q:\n %s\nwant\n %s", c.text, strings.Join(got, "\n "), strings.Join(c.want, "\n "))
		}
	}
}

// TestSearchCyrillic needs more than ASCII to take no notice of case.
func TestSearchCyrillic(t *testing.T) {
	b := newBuilder(t)
	b.talk(0).handshake().data(0, "ПРИВЕТ, 世界")
	s := ran(t, b.capture(t))
	if got := hits(t, s, "привет", Text, false); len(got) != 1 {
		t.Error(got)
	}
	if got := hits(t, s, "世界", Text, false); len(got) != 1 {
		t.Error(got)
	}
	if got := hits(t, s, "привет", Text, true); len(got) != 0 {
		t.Error(got)
	}
}

// naive collects the streams of a connection and searches them whole. It is slow and obviously right.
func naive(t testing.TB, s *session.Session, re *regexp.Regexp) []string {
	t.Helper()
	var out []string
	for i := range s.Streams() {
		v, err := s.View(i)
		if err != nil {
			t.Fatal(err)
		}
		var c collector
		a := stream.NewAssembler(&c)
		if err := v.Feed(context.Background(), func(i int, dir flow.Direction, seg *packet.Segment) bool {
			a.Segment(dir, uint32(i), seg)
			return true
		}); err != nil {
			t.Fatal(err)
		}
		a.Finish()
		for dir, parts := range c.parts {
			for _, p := range parts {
				for _, m := range re.FindAllIndex(p.text, -1) {
					out = append(out, fmt.Sprintf("#%d %c[%d,%d)", i, flow.Direction(dir).String()[0], p.at+m[0], p.at+m[1]))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// collector keeps the streams in the parts between gaps.
type collector struct {
	parts [2][]streamPart
	at    [2]int
}

// streamPart is a part and its offset.
type streamPart struct {
	at   int
	text []byte
}

func (c *collector) Data(dir flow.Direction, b []byte) {
	n := len(c.parts[dir])
	if n == 0 || c.parts[dir][n-1].at+len(c.parts[dir][n-1].text) != c.at[dir] {
		c.parts[dir] = append(c.parts[dir], streamPart{at: c.at[dir]})
		n++
	}
	last := &c.parts[dir][n-1]
	last.text = append(last.text, b...)
	c.at[dir] += len(b)
}

func (c *collector) Gap(dir flow.Direction, n int64) { c.at[dir] += int(n) }
func (c *collector) Close(flow.Direction)            {}

// randomCapture writes connections side by side that say words cut into small segments, out of order, sent twice and, one at
// most per direction, lost.
func randomCapture(t testing.TB, r *rand.Rand) []byte {
	t.Helper()
	b := newBuilder(t)
	type pending struct {
		k    *talk
		from int
		seq  uint32
		text string
	}
	var queue []pending
	for n := range 1 + r.IntN(4) {
		k := b.talk(n).handshake()
		for from := range 2 {
			var text strings.Builder
			for range r.IntN(60) {
				text.WriteString([]string{"a", "b", "ab", "aB", "ABab", " ", "xy", "aaa", "\x00\xff"}[r.IntN(9)])
			}
			rest, seq, lost := text.String(), k.seq[from], r.IntN(3) > 0
			for rest != "" {
				size := min(1+r.IntN(9), len(rest))
				if lost = lost || r.IntN(20) > 0 || len(rest) == size; lost {
					queue = append(queue, pending{k, from, seq, rest[:size]})
				} else {
					lost = true
				}
				if r.IntN(10) == 0 {
					queue = append(queue, pending{k, from, seq, rest[:size]})
				}
				seq, rest = seq+uint32(size), rest[size:]
			}
		}
	}
	for i := range queue { // out of order, within reason
		if j := i + r.IntN(6); j < len(queue) {
			queue[i], queue[j] = queue[j], queue[i]
		}
	}
	for _, p := range queue {
		p.k.sendAt(p.from, p.seq, packet.ACK, p.text)
	}
	return b.capture(t)
}

// TestSearchEqualsNaive compares searches over random captures, read through small windows too, with the slow way.
func TestSearchEqualsNaive(t *testing.T) {
	total := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := ran(t, randomCapture(t, r))
		for _, c := range []struct{ text, re string }{
			{"ab", "(?i)ab"}, {"aaa", "(?i)aaa"}, {"aba", "(?i)aba"}, {"b", "(?i)b"}, {"abab abab", "(?i)abab abab"}, {"ABab", "(?i)ABab"}, {"xyxyxy", "(?i)xyxyxy"},
		} {
			want := naive(t, s, regexp.MustCompile(c.re))
			total += len(want)
			for _, mode := range []Mode{Text, Pattern} {
				var got []string
				for _, h := range hits(t, s, c.text, mode, false) {
					var stream, frame, start, end int
					var dir rune
					if _, err := fmt.Sscanf(h, "#%d payload %d %c[%d,%d)", &stream, &frame, &dir, &start, &end); err != nil {
						t.Fatalf("%s: %v", h, err)
					}
					got = append(got, fmt.Sprintf("#%d %c[%d,%d)", stream, dir, start, end))
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d, %q, mode %d:\n%v\nwant\n%v", seed, c.text, mode, got, want)
				}
			}
		}
	}
	if total < 1000 {
		t.Errorf("only %d matches", total)
	}
}

// TestPatternBlocks finds a pattern wherever it lies about the edges of blocks, in any pieces.
func TestPatternBlocks(t *testing.T) {
	for _, expr := range []string{`\bneedle\w*`, `needle\w*`, `(?i)needl(E|es)`, `needle(s\b|$)`} {
		for _, at := range []int{0, patternBlock - 10, patternBlock - 3, patternBlock, patternBlock + 5, patternBlock + patternLongest - 2, 2*patternBlock - 1, 3 * patternBlock} {
			text := []byte(strings.Repeat(".", 4*patternBlock))
			copy(text[at:], "needles")
			copy(text[5000:], "xneedle")
			checkPattern(t, expr, text)
		}
	}
}

// TestPatternWork searches content that is made for trying in vain: every byte begins a match that nothing ends.
func TestPatternWork(t *testing.T) {
	text := bytes.Repeat([]byte("a"), 3*patternBlock)
	begin := time.Now()
	checkPattern(t, "aaaa+b", text)
	copy(text[2*patternBlock+100:], "b")
	checkPattern(t, "aaa{1,50}b", text)
	if d := time.Since(begin); d > 30*time.Second { // hours, if there were no bound
		t.Errorf("took %v", d)
	}
}

// checkPattern compares the scanner with the engine for expressions over the whole text.
func checkPattern(t *testing.T, expr string, text []byte) {
	t.Helper()
	s, err := ParseSearch(expr, Pattern, true)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile("(?m:"+expr+")").FindAllIndex(text, -1)
	for _, size := range []int{1, 1000, 1448, len(text)} {
		var got [][]int
		sc := s.scanner()
		f := func(start, end int64, around []byte, i, j int) {
			if string(around[i:j]) != string(text[start:end]) {
				t.Errorf("%s: the excerpt of %d is %q", expr, start, around[i:j])
			}
			got = append(got, []int{int(start), int(end)})
		}
		for piece := range slices.Chunk(text, size) {
			sc.feed(piece, f)
		}
		sc.end(f)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s in pieces of %d: %v, want %v", expr, size, got, want)
		}
	}
}

// TestNeedle compares with a plain search in lower case.
func TestNeedle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := "aAbBzZ 1[{"
	for range 20000 {
		h, n := make([]byte, r.IntN(40)), make([]byte, 1+r.IntN(4))
		for i := range h {
			h[i] = letters[r.IntN(len(letters))]
		}
		for i := range n {
			n[i] = letters[r.IntN(len(letters))]
		}
		if got, want := newNeedle(n, true).index(h), bytes.Index(bytes.ToLower(h), bytes.ToLower(n)); got != want {
			t.Fatalf("%q in %q: %d, want %d", n, h, got, want)
		}
		if got, want := newNeedle(n, false).index(h), bytes.Index(h, n); got != want {
			t.Fatalf("%q exactly in %q: %d, want %d", n, h, got, want)
		}
	}
}

func TestSearchBounds(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(0).handshake()
	k.data(0, strings.Repeat("x", maxHits+5))
	big := gzipped(t, strings.Repeat("y", 1000))
	k.data(1, fmt.Sprintf("HTTP/1.1 200 ok\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", maxContent+1))
	k.data(1, big)
	for left := maxContent + 1 - len(big); left > 0; left -= 60000 {
		k.data(1, strings.Repeat("\x00", min(left, 60000)))
	}
	s := ran(t, b.capture(t))
	for text, want := range map[string]struct{ count, kept, partly int }{
		"x": {maxHits + 5, maxHits, 1}, "y": {1001, maxHits, 1},
	} {
		q, err := ParseSearch(text, Text, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Find(context.Background(), s, nil, func(r Result) bool {
			if r.Count < want.count-1 || len(r.Hits) != want.kept || r.Partly != want.partly {
				t.Errorf("%s: %d places, %d kept, %d messages in part", text, r.Count, len(r.Hits), r.Partly)
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
}
