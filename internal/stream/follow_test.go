package stream

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// seg is one segment for a Follower: relative numbers, payload, and the length if the payload was cut.
type seg struct {
	dir      flow.Direction
	seq, ack uint32
	payload  string
	length   uint32
	flags    packet.Flags
}

func TestFollower(t *testing.T) {
	tests := []struct {
		name           string
		segs           []seg
		client, server string
	}{
		{
			"in order",
			[]seg{{c, 0, 0, "", 0, syn}, {s, 0, 1, "", 0, syn | ack}, {c, 1, 1, "ab", 0, ack}, {s, 1, 3, "xy", 0, ack}, {c, 3, 3, "cd", 0, ack}},
			"abcd", "xy",
		},
		{"starts in the middle", []seg{{c, 1, 1, "ab", 0, ack}, {c, 0, 1, "z", 0, ack}, {c, 3, 1, "c", 0, ack}}, "abc", ""},
		{"waiting fragment fits", []seg{{c, 1, 1, "a", 0, ack}, {c, 3, 1, "c", 0, ack}, {c, 2, 1, "b", 0, ack}}, "abc", ""},
		{
			"first arrival wins",
			[]seg{{c, 1, 1, "a", 0, ack}, {c, 3, 1, "CD", 0, ack}, {c, 2, 1, "bcde", 0, ack}, {c, 6, 1, "f", 0, ack}},
			"abcdef", "",
		},
		{"fragment partly known", []seg{{c, 1, 1, "a", 0, ack}, {c, 3, 1, "cdef", 0, ack}, {c, 2, 1, "bXX", 0, ack}}, "abXXef", ""},
		{
			"acknowledged hole",
			[]seg{{c, 1, 1, "a", 0, ack}, {c, 5, 1, "e", 0, ack}, {s, 1, 5, "", 0, ack}, {s, 1, 6, "x", 0, ack}, {c, 6, 1, "f", 0, ack}},
			"a[3 bytes missing in capture file]\x00ef", "x",
		},
		{"hole never acknowledged past", []seg{{c, 1, 1, "a", 0, ack}, {c, 5, 1, "e", 0, ack}, {s, 1, 5, "x", 0, ack}}, "a", "x"},
		{
			"hole that begins in front of everything",
			[]seg{{s, 1, 1, "", 0, ack}, {s, 4, 1, "x", 0, ack}, {c, 1, 9, "a", 0, ack}},
			"a", "[3 bytes missing in capture file]\x00x",
		},
		{"cut by the snapshot length", []seg{{c, 1, 1, "ab", 4, ack}, {c, 5, 1, "e", 0, ack}}, "abe", ""},
		{
			"cut while waiting counts as captured",
			[]seg{{c, 1, 1, "", 0, ack}, {c, 2, 1, "bc", 4, ack}, {c, 1, 1, "a", 0, ack}, {c, 4, 1, "d", 0, ack}},
			"abcd", "",
		},
		{"retransmission cut short of its new part", []seg{{c, 1, 1, "abcd", 0, ack}, {c, 1, 1, "ab", 8, ack}}, "abcd", ""},
		{"retransmission with more", []seg{{c, 1, 1, "abc", 0, ack}, {c, 2, 1, "XXde", 0, ack}}, "abcde", ""},
		{"RST payload is data like any other", []seg{{c, 1, 1, "abc", 0, packet.RST}}, "abc", ""},
		{"data in the SYN", []seg{{c, 0, 0, "abc", 0, syn}, {c, 1, 1, "abcd", 0, ack}}, "abcd", ""},
		{"wrap", []seg{{c, 0xffff_fffe, 1, "abcd", 0, ack}, {c, 2, 1, "ef", 0, ack}}, "abcdef", ""},
	}
	for _, tt := range tests {
		f := NewFollower()
		for _, g := range tt.segs {
			f.Segment(g.dir, seqnum.Number(g.seq), seqnum.Number(g.ack), max(g.length, uint32(len(g.payload))), []byte(g.payload), g.flags)
		}
		for dir, want := range map[flow.Direction]string{c: tt.client, s: tt.server} {
			if sum, n := f.Sum(dir); sum != sha256.Sum256([]byte(want)) || n != int64(len(want)) {
				t.Errorf("%s: the %v's stream is not %q; it has %d bytes", tt.name, dir, want, n)
			}
		}
		if f.First() != tt.segs[0].dir || !f.Exact() {
			t.Errorf("%s: First() = %v, Exact() = %v", tt.name, f.First(), f.Exact())
		}
	}
}

// slowFollow is one side of the follower as a list of steps, without the shortcuts: fragments are always searched.
type slowFollow struct {
	exp     uint32
	written bool
	frags   []seg
	out     []byte
}

func (f *slowFollow) apply(limit uint32, limited bool) bool {
	if len(f.frags) == 0 {
		return false
	}
	lowest := f.frags[0].seq
	for i, g := range f.frags {
		if int32(g.seq-lowest) < 0 {
			lowest = g.seq
		}
		if int32(g.seq-f.exp) > 0 {
			continue
		}
		if skip := f.exp - g.seq; int(skip) < len(g.payload) {
			f.out = append(f.out, g.payload[skip:]...)
			f.exp = g.seq + uint32(len(g.payload))
		}
		f.frags = append(f.frags[:i:i], f.frags[i+1:]...)
		return true
	}
	if limited && int32(limit-lowest) > 0 {
		f.out = fmt.Appendf(f.out, "[%d bytes missing in capture file]\x00", int32(lowest-f.exp))
		f.exp = lowest
		return true
	}
	return false
}

func TestFollowerAgainstSlowModel(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 3))
		f := NewFollower()
		var slow [2]slowFollow
		for range r.IntN(60) {
			dir := flow.Direction(r.IntN(2))
			g := seg{dir: dir, seq: uint32(1 + r.IntN(80)), ack: uint32(1 + r.IntN(100)), payload: strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(12))}
			g.length = uint32(len(g.payload))
			if r.IntN(5) == 0 {
				g.payload = g.payload[:r.IntN(len(g.payload)+1)]
			}
			f.Segment(dir, seqnum.Number(g.seq), seqnum.Number(g.ack), g.length, []byte(g.payload), ack)
			for slow[dir.Reverse()].apply(g.ack, true) {
			}
			m := &slow[dir]
			if !m.written && m.exp == 0 {
				m.exp = g.seq
			}
			if end := g.seq + g.length; g.seq < m.exp && end > m.exp {
				cut := m.exp - g.seq
				g.payload, g.seq, g.length = g.payload[min(int(cut), len(g.payload)):], m.exp, end-m.exp
			}
			if g.payload == "" || g.seq < m.exp {
				continue
			}
			if g.seq > m.exp {
				m.frags = append(m.frags, g)
				continue
			}
			m.out, m.written, m.exp = append(m.out, g.payload...), true, m.exp+g.length
			for m.apply(0, false) {
			}
		}
		for dir := range flow.Direction(2) {
			if sum, n := f.Sum(dir); sum != sha256.Sum256(slow[dir].out) {
				t.Fatalf("seed %d: the %v's %d bytes differ from the model's %q", seed, dir, n, slow[dir].out)
			}
		}
	}
}

func TestFollowerBound(t *testing.T) {
	f := NewFollower()
	f.Segment(c, 1, 1, 1, []byte("a"), ack)
	for i := range uint32(maxFollowFragments + 1) {
		f.Segment(c, seqnum.Number(10+2*i), 1, 1, []byte("x"), ack)
	}
	if f.Exact() || len(f.side[c].fragments) != maxFollowFragments {
		t.Errorf("Exact() = %v with %d fragments", f.Exact(), len(f.side[c].fragments))
	}
}

func BenchmarkFollower(b *testing.B) {
	f := NewFollower()
	x := []byte(strings.Repeat("x", 1460))
	b.SetBytes(1460)
	b.ReportAllocs()
	for i := range b.N {
		f.Segment(c, seqnum.Number(1).Add(uint32(i)*1460), 1, 1460, x, ack)
	}
}
