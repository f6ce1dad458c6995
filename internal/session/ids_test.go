package session

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// all returns the list as a plain one.
func (l *ids) all() []uint32 {
	out := make([]uint32, l.n)
	for i := range out {
		out[i] = l.at(i)
	}
	return out
}

// TestIDs compares lists that grow one from the other with plain ones: alone on the line, beside others, and by turns.
func TestIDs(t *testing.T) {
	for name, step := range map[string]func(i int) uint32{
		"alone":  func(int) uint32 { return 1 },
		"beside": func(int) uint32 { return 1 + rand.Uint32N(3) },
		"turns":  func(i int) uint32 { return 1 + uint32(i/700%2) },
		"rarely": func(i int) uint32 { return 1 + uint32(i%1500/1499) },
	} {
		t.Run(name, func(t *testing.T) {
			var plain []uint32
			var now ids
			var before []ids
			id := uint32(7)
			for i := range 5 * idsChunk {
				if i%333 == 0 {
					before = append(before, now)
				}
				id += step(i)
				plain = append(plain, id)
				now.add(id, i%3)
			}
			for _, l := range append(before, now) {
				if !slices.Equal(l.all(), plain[:l.n]) {
					t.Fatalf("the list of %d is another one", l.n)
				}
			}
		})
	}
}

// TestIDsOfABusyConnectionAreFew holds what a list takes where nobody else speaks, and where somebody does.
func TestIDsOfABusyConnectionAreFew(t *testing.T) {
	const n = 1 << 20
	var alone, beside ids
	for i := range uint32(n) {
		alone.add(i, 0)
		beside.add(i*2, 0)
	}
	if taken := alone.taken(); taken > n/16 {
		t.Errorf("%d bytes for %d records that follow each other", taken, n)
	}
	if taken := beside.taken(); taken > 4*n+n/16 {
		t.Errorf("%d bytes for every other of %d records", taken, n)
	}
}

// taken is how many bytes the list has.
func (l *ids) taken() (n int) {
	for _, c := range append(slices.Clone(l.full), l.tail) {
		n += 32 + 4*cap(c.list)
	}
	return n
}
