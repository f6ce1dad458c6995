package tcp

import (
	"math/rand/v2"
	"testing"

	"tcptalk/internal/seqnum"
)

// TestSentLogAgainstMap compares the log with a plain map of every number, across the wrap of the number space.
func TestSentLogAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var l SentLog
	owner := map[seqnum.Number]uint32{}
	at := seqnum.Number(1<<32 - 5000)
	for frame := uint32(1); frame <= 2000; frame++ {
		at = at.Add(rnd.Uint32N(4)) // now and then a hole
		s := Sent{Seq: at, Next: at.Add(1 + rnd.Uint32N(8)), Frame: frame}
		if !l.Add(s) {
			t.Fatalf("frame %d was not taken", frame)
		}
		for n := s.Seq; n != s.Next; n++ {
			owner[n] = frame
		}
		if l.Add(Sent{Seq: s.Seq, Next: s.Next, Frame: frame}) {
			t.Fatalf("frame %d was taken twice", frame)
		}
		at = s.Next
	}
	above := uint32(0)
	for n := at - 1; n != seqnum.Number(1<<32-5001); n-- {
		got := uint32(0)
		if s := l.Find(n); s != nil {
			got = s.Frame
		}
		if got != owner[n] {
			t.Fatalf("number %d belongs to frame %d, want %d", n, got, owner[n])
		}
		if owner[n] != 0 && owner[n-1] != owner[n] {
			above = owner[n]
		}
		if s := l.Above(n); above != 0 && (s == nil || s.Frame < above) {
			t.Fatalf("above %d: got %v, want frame %d", n, s, above)
		}
	}
}

// TestSentLogIsBounded fills it far beyond its bound, and jumps across the number space as no sender does.
func TestSentLogIsBounded(t *testing.T) {
	var l SentLog
	for i := range uint32(5 * maxSentLog) {
		l.Add(Sent{Seq: seqnum.Number(i * 10), Next: seqnum.Number(i*10 + 10), Frame: i + 1})
	}
	if n := len(l.entries) - l.head; n != maxSentLog || cap(l.entries) > 4*maxSentLog {
		t.Errorf("%d entries in storage for %d; the bound is %d", n, cap(l.entries), maxSentLog)
	}
	if s := l.Find(5*maxSentLog*10 - 5); s == nil || s.Frame != 5*maxSentLog {
		t.Errorf("the newest one is lost: %v", s)
	}
	if s := l.Find(5); s != nil {
		t.Errorf("the oldest one is still there: %v", s)
	}
	at := seqnum.Number(0)
	for range 100 {
		at = at.Add(1 << 30)
		l.Add(Sent{Seq: at, Next: at.Add(10), Frame: 7})
		if s := l.Find(at.Add(3)); s == nil || s.Frame != 7 {
			t.Fatalf("after a jump to %d: %v", at, s)
		}
	}
}
