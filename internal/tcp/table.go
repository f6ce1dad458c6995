package tcp

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"net/netip"
)

// chunkLen is how many connections are allocated together: pointers to them stay valid as the table grows.
const chunkLen = 64

// minSlots is the size of the first index; a power of two, like all sizes.
const minSlots = 256

// table holds the connections and finds the present one of two endpoints. It is a hash index with linear probing over
// connection numbers: 8 bytes a slot, no key stored twice. The hash is seeded, so that no capture can be made to collide.
type table struct {
	chunks []*[chunkLen]conn
	count  int
	slots  []slot
	used   int
	// seed and keys are random: those for IPv6 and for IPv4 endpoints.
	seed maphash.Seed
	keys [2]uint64
	// last is the connection found last; segments come in runs.
	last *conn
}

// slot refers to connection number index-1; 0 is an empty slot.
type slot struct{ hash, index uint32 }

// at returns connection number i, which exists.
func (t *table) at(i int) *conn { return &t.chunks[i/chunkLen][i%chunkLen] }

// find returns the newest connection between the two endpoints, in either order, or nil.
func (t *table) find(a, b netip.AddrPort) *conn {
	if t.last != nil && t.last.between(a, b) {
		return t.last
	}
	if t.count == 0 {
		return nil
	}
	if s := t.probe(t.hash(a, b), a, b); s.index != 0 {
		t.last = t.at(int(s.index - 1))
		return t.last
	}
	return nil
}

// add makes a new connection between the two endpoints, with the next number, the one that find returns from now on.
func (t *table) add(a, b netip.AddrPort) *conn {
	if t.slots == nil {
		t.seed, t.keys = maphash.MakeSeed(), [2]uint64{rand.Uint64(), rand.Uint64()}
		t.slots = make([]slot, minSlots)
	}
	if t.count%chunkLen == 0 {
		t.chunks = append(t.chunks, new([chunkLen]conn))
	}
	h := t.hash(a, b)
	s := t.probe(h, a, b)
	if s.index == 0 {
		t.used++
	}
	c := t.at(t.count)
	c.Stream, c.Client, c.Server = uint32(t.count), a, b
	t.count++
	*s = slot{hash: h, index: uint32(t.count)}
	if t.used*4 > len(t.slots)*3 {
		t.grow()
	}
	t.last = c
	return c
}

// probe returns the slot of the two endpoints, or the empty one where they belong.
func (t *table) probe(h uint32, a, b netip.AddrPort) *slot {
	mask := uint32(len(t.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.index == 0 || s.hash == h && t.at(int(s.index-1)).between(a, b) {
			return s
		}
	}
}

// grow doubles the index.
func (t *table) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s.index == 0 {
			continue
		}
		i := s.hash & mask
		for t.slots[i].index != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

// hash is the same for both orders of the endpoints. IPv4's fit into two words, which one multiplication mixes well enough:
// nobody outside knows the keys.
func (t *table) hash(a, b netip.AddrPort) uint32 {
	if a.Addr().Is4() && b.Addr().Is4() {
		x, y := key4(a), key4(b)
		high, low := bits.Mul64(min(x, y)^t.keys[0], max(x, y)^t.keys[1])
		mixed := high ^ low
		return uint32(mixed ^ mixed>>32)
	}
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	var key [36]byte
	put16(key[:18], a)
	put16(key[18:], b)
	return uint32(maphash.Bytes(t.seed, key[:]))
}

// key4 packs an IPv4 endpoint into 48 bits.
func key4(a netip.AddrPort) uint64 {
	ip := a.Addr().As4()
	return uint64(binary.BigEndian.Uint32(ip[:]))<<16 | uint64(a.Port())
}

// put16 writes an endpoint of any family as 18 bytes.
func put16(key []byte, a netip.AddrPort) {
	ip := a.Addr().As16()
	copy(key, ip[:])
	binary.BigEndian.PutUint16(key[16:], a.Port())
}
