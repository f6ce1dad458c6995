package stream

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// transcript is a Sink that writes down what it is told: "c:text", "c:<5>" for a gap, "c." for a close, "c!" for a cut.
type transcript struct{ b strings.Builder }

func (t *transcript) Data(dir flow.Direction, b []byte) {
	fmt.Fprintf(&t.b, "%c:%s ", dir.String()[0], b)
}

func (t *transcript) Gap(dir flow.Direction, n int64) {
	fmt.Fprintf(&t.b, "%c:<%d> ", dir.String()[0], n)
}
func (t *transcript) Close(dir flow.Direction) { fmt.Fprintf(&t.b, "%c. ", dir.String()[0]) }
func (t *transcript) Cut(dir flow.Direction)   { fmt.Fprintf(&t.b, "%c! ", dir.String()[0]) }

const (
	c = flow.ClientToServer
	s = flow.ServerToClient
	// isn makes both directions' numbers wrap around inside the tests.
	isnC = 0xffff_fffa
	isnS = 0x0000_0064
)

// at makes a segment of dir with relative numbers (the SYN is 0).
func at(dir flow.Direction, flags packet.Flags, seq, ack uint32, payload string) *packet.Segment {
	own, peer := seqnum.Number(isnC), seqnum.Number(isnS)
	if dir == s {
		own, peer = peer, own
	}
	return &packet.Segment{
		HasLen: true, Flags: flags, Seq: own.Add(seq), Ack: peer.Add(ack), Len: uint32(len(payload)), Payload: []byte(payload),
		PayloadOffset: -1,
	}
}

// cutTo shortens what was captured of the payload.
func cutTo(seg *packet.Segment, n int) *packet.Segment {
	seg.Payload = seg.Payload[:n]
	return seg
}

type step struct {
	dir flow.Direction
	seg *packet.Segment
}

const (
	ack = packet.ACK
	syn = packet.SYN
	fin = packet.FIN | packet.ACK
	rst = packet.RST
)

func handshake() []step {
	return []step{
		{c, at(c, syn, 0, 0, "")}, {s, at(s, syn|ack, 0, 1, "")}, {c, at(c, ack, 1, 1, "")},
	}
}

func run(steps []step) string {
	t := &transcript{}
	a := NewAssembler(t)
	for i, st := range steps {
		a.Segment(st.dir, uint32(i+1), st.seg)
	}
	t.b.WriteString("| ")
	a.Finish()
	return strings.TrimSpace(t.b.String())
}

// repeat returns n bare ACKs of the client.
func acks(n int, seq, num uint32) []step {
	var out []step
	for range n {
		out = append(out, step{c, at(c, ack, seq, num, "")})
	}
	return out
}

func TestAssembler(t *testing.T) {
	wild := at(c, ack, 6, 1, "x")
	wild.Seq = wild.Seq.Add(3_000_000_000)
	lenUnknown := at(c, ack, 1, 1, "junk")
	lenUnknown.HasLen = false
	quoted := at(c, ack, 1, 1, "junk")
	quoted.Quoted = true
	tests := []struct {
		name  string
		steps []step
		want  string
	}{
		{
			"in order, across the wrap", append(handshake(), step{c, at(c, ack, 1, 1, "hello")}, step{s, at(s, ack, 1, 6, "hi")},
				step{c, at(c, ack, 6, 3, " world")}, step{c, at(c, fin, 12, 3, "")}, step{s, at(s, fin, 3, 13, "!")}),
			"c:hello s:hi c: world c. s:! s. |",
		},
		{"no SYN", []step{{c, at(c, ack, 500, 9, "ab")}, {s, at(s, ack, 9, 502, "cd")}}, "c:ab s:cd | c! s!"},
		{
			"no SYN, an ACK from before the data",
			[]step{{s, at(s, ack, 9, 400, "")}, {c, at(c, ack, 500, 9, "ab")}},
			"c:ab | c! s!",
		},
		{"data before the SYN-ACK", []step{
			{c, at(c, syn, 0, 0, "")},
			{s, at(s, ack, 3, 1, "cd")},
			{s, at(s, ack, 1, 1, "ab")},
			{s, at(s, syn|ack, 0, 1, "")},
		}, "s:ab s:cd | c! s!"},
		{
			"SYN-ACK not captured",
			[]step{{c, at(c, syn, 0, 0, "")}, {c, at(c, ack, 1, 1, "")}, {s, at(s, ack, 3, 1, "cd")}},
			"| c! s:<2> s:cd s!",
		},
		{
			"data in the SYN",
			[]step{{c, at(c, syn, 0, 0, "early")}, {s, at(s, syn|ack, 0, 6, "")}, {c, at(c, ack, 6, 1, "!")}},
			"c:early c:! | c! s!",
		},
		{"SYN sent again with another number", []step{
			{s, at(s, syn|ack, 900, 1, "")},
			{s, at(s, syn|ack, 0, 1, "")},
			{s, at(s, ack, 1, 1, "ab")},
		}, "s:ab | c! s!"},
		{
			"reordered", append(handshake(), step{c, at(c, ack, 4, 1, "def")}, step{c, at(c, ack, 1, 1, "abc")}),
			"c:abc c:def | c! s!",
		},
		{
			"FIN before the data in front of it", append(handshake(), step{c, at(c, fin, 4, 1, "def")}, step{c, at(c, ack, 1, 1, "abc")}),
			"c:abc c:def c. | s!",
		},
		{
			"retransmission with more", append(handshake(), step{c, at(c, ack, 1, 1, "abc")}, step{c, at(c, ack, 1, 1, "ABCdef")}),
			"c:abc c:def | c! s!",
		},
		{
			"overlap: the first arrival wins", append(handshake(), step{c, at(c, ack, 3, 1, "33")}, step{c, at(c, ack, 6, 1, "66")},
				step{c, at(c, ack, 2, 1, "2xx5xx89")}, step{c, at(c, ack, 1, 1, "1yyyyyyyyy")}),
			"c:1 c:2 c:33 c:5 c:66 c:89 c:y | c! s!",
		},
		{"keep-alive with one byte", append(handshake(), step{c, at(c, ack, 1, 1, "abc")}, step{c, at(c, ack, 3, 1, "\x00")},
			step{c, at(c, ack, 4, 1, "def")}), "c:abc c:def | c! s!"},
		{"keep-alive behind a hole", append(handshake(), step{c, at(c, ack, 1, 1, "abc")}, step{s, at(s, ack, 1, 8, "")},
			step{c, at(c, ack, 7, 1, "\x00")}, step{c, at(c, ack, 8, 1, "gh")}), "c:abc | c:<4> c:gh c! s!"},
		{
			"RST with a reason text", append(handshake(), step{c, at(c, ack, 1, 1, "abc")}, step{s, at(s, rst, 1, 0, "go away")}),
			"c:abc | c! s!",
		},
		{"RST that nobody heeds", append(handshake(), step{c, at(c, rst, 1, 0, "")}, step{c, at(c, fin, 1, 1, "abc")}), "c:abc c. | s!"},
		{
			"RST with a wild number", append(handshake(), step{c, at(c, rst, 77, 1, "")}, step{c, at(c, ack, 1, 1, "abc")}),
			"c:abc | c! s!",
		},
		{
			"data behind the FIN", append(handshake(), step{c, at(c, fin, 1, 1, "abc")}, step{c, at(c, ack, 5, 1, "x")}),
			"c:abc c. | s!",
		},
		{"FIN with a hole in front", append(handshake(), step{c, at(c, fin, 9, 1, "")}), "| c:<8> c. s!"},
		{"acknowledged hole, skipped after the tolerance", append(append(handshake(), step{s, at(s, ack, 5, 1, "ef")}),
			append(acks(reorderTolerance+1, 1, 7), step{s, at(s, ack, 7, 1, "gh")})...), "s:<4> s:ef s:gh | c! s!"},
		{"acknowledged hole, and the receiver answers", append(handshake(), step{s, at(s, ack, 5, 1, "ef")},
			step{c, at(c, ack, 1, 7, "more")}), "s:<4> s:ef c:more | c! s!"},
		{"keep-alive first of all", []step{{c, at(c, ack, 500, 9, "\x00")}, {c, at(c, ack, 501, 9, "ab")}}, "c:ab | c! s!"},
		{"a single byte first of all that is no keep-alive", []step{{c, at(c, ack, 500, 9, "\x16")}, {c, at(c, ack, 501, 9, "ab")}}, "c:\x16 c:ab | c! s!"},
		{"a single byte first of all that was not captured", []step{{c, cutTo(at(c, ack, 500, 9, "x"), 0)}, {c, at(c, ack, 501, 9, "ab")}}, "c:ab | c! s!"},
		{"acknowledged hole, filled in time", append(append(handshake(), step{s, at(s, ack, 5, 1, "ef")}),
			append(acks(reorderTolerance-1, 1, 7), step{s, at(s, ack, 1, 1, "abcd")})...), "s:abcd s:ef | c! s!"},
		{
			"gap of gigabytes", append(handshake(), step{c, at(c, ack, 1, 1, "abcde")}, step{c, wild}),
			"c:abcde | c:<3000000000> c:x c! s!",
		},
		{"cut by the snapshot length", append(handshake(), step{c, cutTo(at(c, ack, 1, 1, "abcdef"), 2)},
			step{c, at(c, ack, 7, 1, "gh")}), "c:ab c:<4> c:gh | c! s!"},
		{"cut, waiting, and captured better the second time", append(handshake(), step{c, cutTo(at(c, ack, 2, 1, "bcdef"), 2)},
			step{c, at(c, ack, 4, 1, "DE")}, step{c, at(c, ack, 1, 1, "a")}), "c:a c:bc c:DE c:<1> | c! s!"},
		{"payload wholly cut, then FIN", append(handshake(), step{c, cutTo(at(c, fin, 1, 1, "abcdef"), 0)}), "c:<6> c. | s!"},
		{"one direction only", []step{{s, at(s, syn|ack, 0, 1, "")}, {s, at(s, ack, 1, 101, "ab")}}, "s:ab | c:<100> c! s!"},
		{
			"last bytes not captured", append(handshake(), step{c, at(c, ack, 1, 1, "abc")}, step{s, at(s, ack, 1, 11, "")}),
			"c:abc | c:<7> c! s!",
		},
		{"no length, or quoted in an error", append(handshake(), step{c, lenUnknown}, step{c, quoted}), "| c! s!"},
		{"only a FIN in the middle", []step{{c, at(c, fin, 700, 1, "")}}, "c. | s!"},
	}
	for _, tt := range tests {
		if got := run(tt.steps); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestAssemblerBounds(t *testing.T) {
	tr := &transcript{}
	a := NewAssembler(tr)
	a.waitBytes, a.waitPieces = 6, 3
	for _, st := range handshake() {
		a.Segment(st.dir, 1, st.seg)
	}
	a.Segment(c, 2, at(c, ack, 3, 1, "cccc"))
	a.Segment(c, 3, at(c, ack, 9, 1, "ii"))
	if tr.b.Len() != 0 {
		t.Fatalf("delivered %q within the bounds", &tr.b)
	}
	a.Segment(c, 4, at(c, ack, 12, 1, "l"))
	for i := range uint32(4) {
		a.Segment(s, 5+i, at(s, ack, 2+2*i, 1, "z"))
	}
	want := "c:<2> c:cccc s:<1> s:z "
	if tr.b.String() != want {
		t.Errorf("got %q, want %q", &tr.b, want)
	}
}

func TestIgnored(t *testing.T) {
	a := NewAssembler(&transcript{})
	for _, st := range []step{
		{c, at(c, ack, 100, 1, "abcdef")},
		{c, at(c, ack, 98, 1, "YYab")}, // two before the start, two repeated
		{c, at(c, ack, 108, 1, "ij")},
		{c, at(c, ack, 107, 1, "hIJ")}, // two repeated while waiting
		{s, at(s, ack, 1, 120, "")},
		{c, at(c, ack, 119, 1, "\x00")},
		{c, at(c, rst, 119, 1, "why")},
	} {
		a.Segment(st.dir, 1, st.seg)
	}
	want := Ignored{Repeated: 4, BeforeStart: 2, Reset: 3, Doubtful: 1}
	if got := a.Ignored(c); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOrigins(t *testing.T) {
	a := NewAssembler(&transcript{})
	for i, st := range append(handshake(),
		step{c, at(c, ack, 1, 1, "abc")},   // 4
		step{c, at(c, ack, 7, 1, "ghi")},   // 5 waits
		step{c, at(c, ack, 1, 1, "abcd")},  // 6 repeats and adds d
		step{c, at(c, ack, 4, 1, "def")},   // 7 adds ef
		step{c, at(c, ack, 7, 1, "ghijk")}, // 8 adds jk
	) {
		a.Segment(st.dir, uint32(i+1), st.seg)
	}
	for _, tt := range []struct {
		start, end int64
		want       string
	}{
		{0, 1, "[4]"}, {0, 4, "[4 6]"}, {3, 4, "[6]"}, {4, 7, "[7 5]"}, {0, 11, "[4 6 7 5 8]"}, {11, 20, "[]"}, {5, 5, "[]"},
	} {
		if got := fmt.Sprint(a.Packets(nil, c, tt.start, tt.end)); got != tt.want {
			t.Errorf("Packets(%d, %d) = %s, want %s", tt.start, tt.end, got, tt.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	a := NewAssembler(&transcript{})
	for i, st := range append(handshake(),
		step{c, at(c, ack, 1, 1, "abc")},         // 4
		step{c, at(c, ack, 7, 1, "ghi")},         // 5 waits
		step{c, at(c, ack, 1, 1, "abcdefghijk")}, // 6 fills the hole, and adds jk
		step{s, at(s, ack, 1, 12, "ok")},         // 7
		step{c, at(c, ack, 1, 1, "abc")},         // 8 repeats
	) {
		a.Segment(st.dir, uint32(i+1), st.seg)
	}
	for id, want := range map[uint32]string{
		1: "[]", 4: "[{client 0 3}]", 5: "[{client 6 9}]", 6: "[{client 3 6} {client 9 11}]", 7: "[{server 0 2}]", 8: "[]",
	} {
		if got := fmt.Sprint(a.Places(id)); got != want {
			t.Errorf("Places(%d) = %s, want %s", id, got, want)
		}
	}
}

func TestEndPacket(t *testing.T) {
	a := NewAssembler(&transcript{})
	for i, st := range append(handshake(), step{c, at(c, fin, 4, 1, "def")}, step{c, at(c, ack, 1, 1, "abc")}, step{s, at(s, rst, 1, 8, "")}) {
		a.Segment(st.dir, uint32(i+1), st.seg)
	}
	for dir, want := range map[flow.Direction]string{c: "4 true true", s: "6 false true"} {
		id, byFIN, ok := a.EndPacket(dir)
		if got := fmt.Sprint(id, byFIN, ok); got != want {
			t.Errorf("EndPacket(%v) = %s, want %s", dir, got, want)
		}
	}
	if _, _, ok := NewAssembler(&transcript{}).EndPacket(c); ok {
		t.Error("an end without a packet")
	}
}

func TestForget(t *testing.T) {
	a := NewAssembler(&transcript{})
	for i := range uint32(10_000) {
		a.Segment(c, i, at(c, ack, 1+i*10, 1, "0123456789"))
	}
	before := len(a.origins[c].blocks)
	a.Forget(c, 90_000)
	if n := len(a.origins[c].blocks); n > before/10+1 {
		t.Errorf("%d of %d blocks kept for a tenth of the stream", n, before)
	}
	if got := fmt.Sprint(a.Packets(nil, c, 90_000, 90_011)); got != "[9000 9001]" {
		t.Errorf("Packets after Forget = %s", got)
	}
	if got := a.Packets(nil, c, 0, 1); got != nil {
		t.Errorf("packets %v of what was forgotten", got)
	}
}

// byteMap is reassembly by the book: one cell a byte.
type byteMap struct {
	data  []byte
	state []byte // 0 nothing, 1 sent but cut, 2 captured
	next  int
}

func (m *byteMap) take(pos int, n int, captured []byte) {
	for i := range n {
		p := pos + i
		switch {
		case p < m.next || m.state[p] == 2:
		case i < len(captured):
			m.state[p], m.data[p] = 2, captured[i]
		default:
			m.state[p] = 1
		}
	}
	for m.next < len(m.state) && m.state[m.next] != 0 {
		m.next++
	}
}

// content renders the map up to end, gaps as '_'.
func (m *byteMap) content() []byte {
	end := len(m.state)
	for end > 0 && m.state[end-1] == 0 {
		end--
	}
	out := make([]byte, end)
	for i := range out {
		out[i] = '_'
		if m.state[i] == 2 {
			out[i] = m.data[i]
		}
	}
	return out
}

// flat is a Sink that renders the stream of the client, gaps as '_'.
type flat struct{ b []byte }

func (f *flat) Data(_ flow.Direction, b []byte) { f.b = append(f.b, b...) }
func (f *flat) Gap(_ flow.Direction, n int64) {
	f.b = append(f.b, bytes.Repeat([]byte("_"), int(n))...)
}
func (f *flat) Close(flow.Direction) {}

func TestAssemblerAgainstByteMap(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		size := 1 + r.IntN(200)
		m := &byteMap{data: make([]byte, size), state: make([]byte, size)}
		f := &flat{}
		a := NewAssembler(f)
		isn := seqnum.Number(r.Uint32())
		if seed%2 == 0 {
			isn = seqnum.Number(0).Add(-uint32(r.IntN(size + 1)))
		}
		a.Segment(c, 0, &packet.Segment{HasLen: true, Flags: syn, Seq: isn.Add(^uint32(0))})
		captured := make(map[uint32][]byte)
		where := make(map[uint32]int)
		for id := uint32(1); id < uint32(2+r.IntN(40)); id++ {
			pos := r.IntN(size)
			if r.IntN(2) == 0 {
				pos = min(m.next, size-1)
			}
			n := 1 + r.IntN(min(size-pos, 30))
			b := make([]byte, n)
			for i := range b {
				b[i] = byte('a' + r.IntN(26))
			}
			if r.IntN(4) == 0 {
				b = b[:r.IntN(n)]
			}
			m.take(pos, n, b)
			a.Segment(c, id, &packet.Segment{HasLen: true, Seq: isn.Add(uint32(pos)), Len: uint32(n), Payload: b})
			captured[id], where[id] = b, pos
			if got := int(a.Len(c)); got != m.next {
				t.Fatalf("seed %d: delivered %d bytes, want %d", seed, got, m.next)
			}
		}
		a.Finish()
		want := m.content()
		if !bytes.Equal(f.b, want) {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, f.b, want)
		}
		for i := range want {
			ids := a.Packets(nil, c, int64(i), int64(i+1))
			if want[i] == '_' {
				if len(ids) != 0 {
					t.Fatalf("seed %d: byte %d has packets %v, but is a gap", seed, i, ids)
				}
				continue
			}
			if len(ids) != 1 || captured[ids[0]][i-where[ids[0]]] != want[i] {
				t.Fatalf("seed %d: byte %d is said to come from %v", seed, i, ids)
			}
		}
	}
}

func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0x02, 0, 0, 0, 0x10, 1, 5, 5, 0x10, 20, 5, 5, 0x11, 6, 5, 5})
	f.Add([]byte{0x90, 200, 9, 3, 0x12, 0, 0, 0, 0x10, 100, 1, 1, 0x14, 3, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		check := &conserving{t: t}
		a := NewAssembler(check)
		check.a = a
		a.waitBytes, a.waitPieces = 100, 5
		payload := bytes.Repeat([]byte("x"), 256)
		for id := uint32(0); len(in) >= 4; id++ {
			seg := &packet.Segment{
				HasLen: true, Flags: packet.Flags(in[0] & 0x1f), Seq: seqnum.Number(0xffffff80).Add(uint32(in[1])),
				Ack: seqnum.Number(0xffffff80).Add(uint32(in[2])), Len: uint32(in[2]), Payload: payload[:min(in[2], in[3])],
			}
			if in[0]&0x40 != 0 {
				seg.Seq = seg.Seq.Add(uint32(in[3]) << 24)
			}
			a.Segment(flow.Direction(in[0]>>7), id, seg)
			in = in[4:]
		}
		a.Finish()
		if check.ended != [2]int{1, 1} {
			t.Fatalf("directions ended %v times", check.ended)
		}
		for dir := range flow.Direction(2) {
			if h := &a.half[dir]; check.n[dir] != h.next-h.start || h.waiting.bytes != 0 {
				t.Fatalf("%v: told of %d bytes, Len says %d; %d bytes still wait", dir, check.n[dir], a.Len(dir), h.waiting.bytes)
			}
		}
	})
}

// conserving checks that nothing comes after the end and no gap is empty.
type conserving struct {
	t     *testing.T
	a     *Assembler
	n     [2]int64
	ended [2]int
}

func (k *conserving) add(dir flow.Direction, n int64) {
	if n <= 0 || k.ended[dir] != 0 {
		k.t.Fatalf("%d bytes after %d ends", n, k.ended[dir])
	}
	k.n[dir] += n
	h := &k.a.half[dir]
	if h.waiting.bytes > 100+256 {
		k.t.Fatalf("%d bytes wait", h.waiting.bytes)
	}
}

func (k *conserving) Data(dir flow.Direction, b []byte) { k.add(dir, int64(len(b))) }
func (k *conserving) Gap(dir flow.Direction, n int64)   { k.add(dir, n) }
func (k *conserving) Close(dir flow.Direction)          { k.ended[dir]++ }
