package timeline

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// spoken segments of a connection that has everything that gets a row: long runs, storms, silences, probes, its end.
func lively(n int) []seg {
	rng := rand.New(rand.NewPCG(7, 9))
	out := bulk(0, 0)
	at, mine, theirs := int64(20e9), uint32(100), uint32(500)
	for len(out) < n {
		switch rng.IntN(12) {
		case 0: // a silence and a probe
			at += 15e9
			out = append(out,
				seg{at: at, flags: packet.ACK, seq: mine - 1, ack: theirs, window: 65000},
				seg{at: at + 1e6, server: true, flags: packet.ACK, seq: theirs, ack: mine, window: 65000})
		case 1:
			at += int64(rng.IntN(2)) * 1e9
			out = append(out, seg{at: at, flags: packet.PSH | packet.ACK, seq: mine, ack: theirs, window: 65000, text: "hello"})
			mine += 5
		case 2: // the same acknowledgment again and again
			for range rng.IntN(8) {
				at += 1e5
				out = append(out, seg{at: at, server: true, flags: packet.ACK, seq: theirs, ack: mine, window: 65000})
			}
		default:
			for range rng.IntN(15) {
				at += 1e5
				out = append(out, seg{at: at, flags: packet.ACK, seq: mine, ack: theirs, window: 65000, text: "0123456789"})
				mine += 10
				out = append(out, seg{at: at + 1e4, server: true, flags: packet.ACK, seq: theirs, ack: mine, window: 65000})
			}
		}
	}
	return append(out, seg{at: at + 1e9, flags: packet.FIN | packet.ACK, seq: mine, ack: theirs, window: 65000})
}

// told returns the rows with what folds hold in place of where that is kept.
func (c *Chat) told() []any {
	var out []any
	for _, r := range c.rows.all() {
		var f narrate.Fold
		if r.kind == Fold {
			f = c.folds[r.fold]
			r.fold = 0
		}
		out = append(out, [2]any{r, f})
	}
	return out
}

// A chat that has grown bit by bit, with folds opened and closed meanwhile, is the one that is made of all packets at once.
func TestGrownChatsAreThoseMadeAtOnce(t *testing.T) {
	segments := lively(1200)
	o := DefaultOptions()
	o.Growing = true
	rng := rand.New(rand.NewPCG(3, 4))
	from := 5
	grown := chatOf(t, made(t, segments[:from]), 0, o)
	for from < len(segments) {
		from = min(from+1+rng.IntN(60), len(segments))
		before := grown
		more := made(t, segments[:from])
		v, err := more.View(0)
		if err != nil {
			t.Fatal(err)
		}
		grown = before.Grown(v)
		d, ok := grown.Since(before)
		if !ok || d.At+d.Added != grown.Len() || d.At+d.Removed != before.Len() || d.Removed > before.tail {
			t.Fatalf("%d packets: %d rows became %d: %+v, %v", from, before.Len(), grown.Len(), d, ok)
		}
		if a, b := before.rows.all()[:d.At], grown.rows.all()[:d.At]; !reflect.DeepEqual(a, b) {
			t.Fatalf("%d packets: the rows before the difference differ", from)
		}
		once := NewChat(v, nil, o, nil)
		once.unfolded = grown.unfolded
		once.folds = nil
		once.build()
		if got, want := grown.told(), once.told(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%d packets: %d rows, made at once %d", from, len(got), len(want))
		}
		if !reflect.DeepEqual(grown.moments, once.moments) || grown.unacked != once.unacked {
			t.Fatalf("%d packets: moments or what is in flight differ", from)
		}
		for range 3 {
			grown = grown.Toggled(rng.IntN(grown.Len()))
		}
	}
	if n := len(grown.rows.pieces); n > 2*grown.Len()/pieceRows+20 {
		t.Errorf("%d rows are in %d pieces", grown.Len(), n)
	}
}

// BenchmarkGrown gives a connection of a million packets a thousand more.
func BenchmarkGrown(b *testing.B) {
	const n, more = 1_000_000, 1000
	segments := lively(n + more)
	o := DefaultOptions()
	o.Growing = true
	chat := chatOf(b, made(b, segments[:n]), 0, o)
	v, err := made(b, segments[:n+more]).View(0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if g := chat.Grown(v); g.View().Len() != n+more {
			b.Fatal(g.View().Len())
		}
	}
}
