package packet

import (
	"math/bits"
	"net/netip"
)

// Bounds of the reassembly table. A capture of a healthy network needs a few datagrams at a time; these keep a flood of
// fragments that never complete from using memory, or from being joined with a later datagram of the same number.
const (
	MaxFragmentedDatagrams = 4096
	maxFragmentBytes       = 32 << 20
	maxFragmentAge         = 1 << 18 // packets of the capture
	maxDatagramLen         = 1<<16 + fragmentUnit
	fragmentUnit           = 8
	// maxFragmentFrames bounds the list of frames that one datagram came in: as many as the shortest fragments of the longest
	// datagram. Only a flood of repetitions is longer.
	maxFragmentFrames = maxDatagramLen / fragmentUnit
	frameNumberSize   = 4
)

// fragmentKey tells datagrams apart. IPv6 counts by addresses and number alone, but one number has one protocol anyway.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	protocol uint8
}

// fragment says where the bytes of one IP fragment belong.
type fragment struct {
	key  fragmentKey
	off  int
	more bool
}

// partial is a datagram of which fragments are missing. Its bytes are counted in units of 8, as fragments are cut.
type partial struct {
	key         fragmentKey
	born        uint32
	data        []byte
	frames      []uint32 // the packets that carried the fragments, repetitions included
	have        [(maxDatagramLen + fragmentUnit*64 - 1) / (fragmentUnit * 64)]uint64
	total       int // -1 until the last fragment was seen
	older, next *partial
}

// reassembler joins IP fragments, in any order. Where they overlap, the bytes that arrived first stay.
type reassembler struct {
	table          map[fragmentKey]*partial
	oldest, newest *partial
	bytes          int
	now            uint32
	crowdedOut     uint64
	// frames are the packets of the datagram that the present packet completed, nil if it completed none.
	frames []uint32
}

// begin starts the packet with this number.
func (r *reassembler) begin(number uint32) { r.now, r.frames = number, nil }

// add stores a fragment's bytes. It returns the datagram that it completes, or nil; the caller owns what is returned.
func (r *reassembler) add(f fragment, b []byte) []byte {
	if f.off+len(b) > maxDatagramLen {
		return nil
	}
	p := r.datagram(f.key)
	before := p.size()
	p.store(f, b)
	if len(p.frames) < maxFragmentFrames {
		p.frames = append(append(p.frames, r.frames...), r.now) // the fragment may have come in fragments itself
	}
	r.bytes += p.size() - before
	if p.complete() {
		r.remove(p)
		r.frames = p.frames
		return p.data[:p.total]
	}
	for r.bytes > maxFragmentBytes {
		r.crowdOut()
	}
	return nil
}

// datagram returns the entry of a key, a new one if there is none, and throws out what the bounds forbid.
func (r *reassembler) datagram(k fragmentKey) *partial {
	for r.oldest != nil && r.now-r.oldest.born > maxFragmentAge {
		r.remove(r.oldest)
	}
	for len(r.table) >= MaxFragmentedDatagrams {
		r.crowdOut()
	}
	if p := r.table[k]; p != nil {
		return p
	}
	if r.table == nil {
		r.table = make(map[fragmentKey]*partial)
	}
	p := &partial{key: k, born: r.now, total: -1, older: r.newest}
	if r.newest != nil {
		r.newest.next = p
	} else {
		r.oldest = p
	}
	r.newest = p
	r.table[k] = p
	return p
}

// crowdOut gives up the oldest datagram for a newer one.
func (r *reassembler) crowdOut() {
	r.crowdedOut++
	r.remove(r.oldest)
}

func (r *reassembler) remove(p *partial) {
	delete(r.table, p.key)
	r.bytes -= p.size()
	if p.older != nil {
		p.older.next = p.next
	} else {
		r.oldest = p.next
	}
	if p.next != nil {
		p.next.older = p.older
	} else {
		r.newest = p.older
	}
}

// size returns how many bytes the parts take that grow.
func (p *partial) size() int { return cap(p.data) + cap(p.frames)*frameNumberSize }

// store copies the units that are not there yet. A unit that is only partly there counts in the last fragment alone.
func (p *partial) store(f fragment, b []byte) {
	end := f.off + len(b)
	if !f.more && p.total < 0 {
		p.total = end
	}
	if end > len(p.data) {
		p.data = append(p.data, make([]byte, end-len(p.data))...)
	}
	for at := f.off; at < end; at += fragmentUnit {
		stop := min(at+fragmentUnit, end)
		if f.more && stop-at < fragmentUnit {
			break
		}
		unit := at / fragmentUnit
		if bit := uint64(1) << (unit % 64); p.have[unit/64]&bit == 0 {
			p.have[unit/64] |= bit
			copy(p.data[at:stop], b[at-f.off:])
		}
	}
}

// complete reports that every unit up to the end is there.
func (p *partial) complete() bool {
	if p.total < 0 {
		return false
	}
	units := (p.total + fragmentUnit - 1) / fragmentUnit
	full := units / 64
	for _, w := range p.have[:full] {
		if w != ^uint64(0) {
			return false
		}
	}
	return bits.TrailingZeros64(^p.have[min(full, len(p.have)-1)]) >= units%64
}
