package timeline

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// all returns the rows one by one.
func (r *refs) all() []ref {
	out := make([]ref, 0, r.Len())
	for k := range r.pieces {
		for i := range r.pieces[k].n {
			out = append(out, r.pieces[k].at(i))
		}
	}
	return out
}

// Rows in pieces are what a plain list of them is, whatever is replaced in it.
func TestRowsInPiecesAreAList(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var m refsMaker
	var want []ref
	for p := int32(0); p < 5000; p++ {
		r := bubbleOf(p)
		if p%700 == 3 || p > 2500 && rng.IntN(3) == 0 {
			r = ref{kind: Fold, first: p, last: p + int32(rng.IntN(9))}
			p = r.last
		}
		m.add(r)
		want = append(want, r)
	}
	rows := m.done()
	for range 300 {
		from := rng.IntN(len(want) + 1)
		to := min(from+rng.IntN(3)*rng.IntN(800), len(want))
		with := piece{first: int32(rng.IntN(1000)), n: 1 + rng.IntN(40)}
		replaced, list := rows.replaced(from, to, []piece{with}), slices.Clone(want[:from])
		for i := range with.n {
			list = append(list, with.at(i))
		}
		list = append(list, want[to:]...)
		if !slices.Equal(replaced.all(), list) || replaced.Len() != len(list) {
			t.Fatalf("%d to %d replaced by %d: %d rows, want %d", from, to, with.n, replaced.Len(), len(list))
		}
		for range 50 {
			if i := rng.IntN(len(list)); replaced.at(i) != list[i] {
				t.Fatalf("row %d is %v, want %v", i, replaced.at(i), list[i])
			}
		}
		if rng.IntN(4) > 0 && !slices.IsSortedFunc(list, func(a, b ref) int { return int(a.first - b.first) }) {
			continue // packets ascend over the rows of a chat
		}
		rows, want = replaced, list
	}
}

func TestTheRowOfAPacketIsFoundInPieces(t *testing.T) {
	var m refsMaker
	for p := int32(0); p < 3000; p += 3 {
		m.add(ref{kind: Divider, first: p, last: p})
		m.add(bubbleOf(p))
		m.add(ref{kind: Fold, first: p + 1, last: p + 2})
	}
	rows := m.done()
	for p := range int32(3000) {
		want := int(p)/3*3 + 1
		if p%3 > 0 {
			want++
		}
		if got := rows.rowOf(p); got != want {
			t.Fatalf("packet %d is in row %d, want %d", p, got, want)
		}
	}
	if got := rows.rowOf(-1); got != -1 {
		t.Errorf("row %d for no packet", got)
	}
}

// A fold that is opened and closed again leaves what was there, and what is said of the difference is true.
func TestFoldingSaysWhatIsDifferent(t *testing.T) {
	probes := bulk(40, 1000)
	for i := range 7 {
		at := int64(i+1) * 15e9
		probes = append(probes,
			seg{at: at, flags: packet.ACK, seq: 99, ack: 40500, window: 65000},
			seg{at: at + 1e6, server: true, flags: packet.ACK, seq: 40500, ack: 100, window: 65000})
	}
	for name, s := range map[string]*session.Session{"transfer": recording(t, "drop_fast.pcap"), "probes": made(t, probes)} {
		c := chatOf(t, s, 0, DefaultOptions())
		folds := 0
		for i := range c.Len() {
			if c.Shape(i).Kind != Fold {
				continue
			}
			folds++
			open := c.Toggled(i)
			before, after := c.rows.all(), open.rows.all()
			d, ok := open.Since(c)
			if !ok || d.Removed != 0 || d.Added != len(after)-len(before) || !slices.Equal(slices.Insert(before, d.At, after[d.At:d.At+d.Added]...), after) {
				t.Fatalf("%s: fold %d opened: %+v, %v", name, i, d, ok)
			}
			anew := open.clone()
			if anew.build(); !slices.Equal(anew.rows.all(), after) {
				t.Fatalf("%s: fold %d opened has %d rows, built anew %d", name, i, open.Len(), anew.Len())
			}
			closed := open.Toggled(i)
			if d, ok := closed.Since(open); !ok || d.Removed != len(after)-c.Len() || d.Added != 0 || !slices.Equal(closed.rows.all(), c.rows.all()) {
				t.Fatalf("%s: fold %d closed: %+v, %v", name, i, d, ok)
			}
			if _, ok := closed.Since(c); ok {
				t.Error("what was changed twice is compared with what was before both")
			}
		}
		if folds == 0 {
			t.Errorf("%s: nothing is folded", name)
		}
	}
}

// Opening a fold of a connection of a million packets costs what is in the fold.
func BenchmarkToggle(b *testing.B) {
	c := million(b)
	o := c.options
	o.FoldRuns = false
	c = c.With(nil, o)
	c.rows = c.rows.replaced(500_000, 500_040, []piece{{rows: []ref{{kind: Fold, first: 500_000, last: 500_039}}, n: 1}})
	c.folds = append(c.folds, narrate.Fold{})
	b.ReportAllocs()
	for b.Loop() {
		c = c.Toggled(500_000)
	}
}

// BenchmarkMessageFold opens and closes a fold among a million messages.
func BenchmarkMessageFold(b *testing.B) {
	const n, held = 1_000_000, 10_000
	m := &Messages{items: make([]item, n)}
	var rows refsMaker
	for i := int32(0); i < n; i++ {
		if i == n/2 {
			rows.add(ref{kind: Kind(MessageFold), first: i, last: i + held - 1})
			i += held
		}
		rows.add(bubbleOf(i))
	}
	m.rows = rows.done()
	b.ReportAllocs()
	for b.Loop() {
		if m = m.Toggled(n / 2); m.Len() < n-held {
			b.Fatal(m.Len())
		}
	}
}
