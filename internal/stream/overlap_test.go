package stream

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/packet"
)

// overlaps writes down what OnOverlap tells: "2<1@3:xx" is xx in packet 2, at relative number 3, again from packet 1; "=yy"
// behind it what waits there.
func overlaps(steps []step) string {
	var b strings.Builder
	a := NewAssembler(&counter{})
	a.OnOverlap(func(o Overlap) {
		isn := seqNumber(isnC)
		if o.Dir == s {
			isn = isnS
		}
		fmt.Fprintf(&b, "%d<%d@%d:%s", o.Again, o.First, o.Seq.Distance(isn), o.Data)
		if o.Kept != nil {
			fmt.Fprintf(&b, "=%s", o.Kept)
		}
		b.WriteByte(' ')
	})
	for i, st := range steps {
		a.Segment(st.dir, uint32(i+1), st.seg)
	}
	a.Finish()
	return strings.TrimSpace(b.String())
}

func TestOverlaps(t *testing.T) {
	for _, tt := range []struct {
		name  string
		steps []step
		want  string
	}{
		{"nothing twice", append(handshake(), step{c, at(c, ack, 1, 1, "ab")}, step{c, at(c, ack, 3, 1, "cd")}), ""},
		{"the same again", append(handshake(), step{c, at(c, ack, 1, 1, "ab")}, step{c, at(c, ack, 1, 1, "ab")}), "5<4@1:ab"},
		{
			"a part of each of two, and more", append(handshake(), step{c, at(c, ack, 1, 1, "abc")}, step{c, at(c, ack, 4, 1, "def")},
				step{c, at(c, ack, 3, 1, "Cdefgh")}),
			"6<4@3:C 6<5@4:def",
		},
		{
			"while it waits", append(handshake(), step{c, at(c, ack, 3, 1, "cd")}, step{c, at(c, ack, 1, 1, "abCDe")}),
			"5<4@3:CD=cd",
		},
		{
			"delivered and waiting", append(handshake(), step{s, at(s, ack, 1, 1, "ab")}, step{s, at(s, ack, 5, 1, "ef")},
				step{s, at(s, ack, 1, 1, "ABCDEF")}),
			"6<4@1:AB 6<5@5:EF=ef",
		},
		{
			"bytes that were not captured prove nothing", append(handshake(), step{c, cutTo(at(c, ack, 1, 1, "abcd"), 2)},
				step{c, at(c, ack, 1, 1, "abcd")}),
			"5<4@1:ab",
		},
		{
			"not captured while it waits", append(handshake(), step{c, cutTo(at(c, ack, 3, 1, "cdef"), 2)},
				step{c, at(c, ack, 3, 1, "cdefg")}),
			"5<4@3:cd=cd",
		},
		{
			"in the SYN",
			[]step{{c, at(c, syn, 0, 0, "early")}, {c, at(c, syn, 0, 0, "EARLY")}},
			"2<1@1:EARLY",
		},
	} {
		if got := overlaps(tt.steps); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestOverlapsAreBounded(t *testing.T) {
	steps := handshake()
	for i := range uint32(3 * maxOverlaps) {
		steps = append(steps, step{c, at(c, packet.ACK, 1+i, 1, "x")})
	}
	steps = append(steps, step{c, at(c, packet.ACK, 1, 1, strings.Repeat("y", 3*maxOverlaps))})
	if n := strings.Count(overlaps(steps), "<"); n != maxOverlaps {
		t.Errorf("%d overlaps are told, want %d", n, maxOverlaps)
	}
}
