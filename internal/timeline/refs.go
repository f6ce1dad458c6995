package timeline

import (
	"slices"
	"sort"
	"sync/atomic"
)

// refs are the rows of a chat, in pieces: a chat of which a fold is opened has all others in common with the one before, however long
// the connection is. Once made they do not change.
type refs struct {
	pieces []piece
	starts []int // the first row of each piece, and how many rows there are
}

// piece is some rows after each other. Where they are the bubbles of packets after each other it only says which.
type piece struct {
	rows  []ref // nil for bubbles
	first int32 // packet of the first bubble
	n     int
}

// pieceRows is how many rows a piece has that is not of bubbles alone.
const pieceRows = 512

func (p *piece) at(i int) ref {
	if p.rows == nil {
		return bubbleOf(p.first + int32(i))
	}
	return p.rows[i]
}

// part returns the rows from from to to.
func (p *piece) part(from, to int) piece {
	if p.rows == nil {
		return piece{first: p.first + int32(from), n: to - from}
	}
	return piece{rows: p.rows[from:to:to], n: to - from}
}

func bubbleOf(packet int32) ref { return ref{kind: Bubble, first: packet, last: packet} }

// Len returns the number of rows.
func (r *refs) Len() int {
	if len(r.starts) == 0 {
		return 0
	}
	return r.starts[len(r.pieces)]
}

// at returns row i.
func (r *refs) at(i int) ref {
	k := r.piece(i)
	return r.pieces[k].at(i - r.starts[k])
}

// piece returns the piece that holds row i.
func (r *refs) piece(i int) int {
	lo, hi := 0, len(r.pieces)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; r.starts[mid] <= i {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// rowOf returns the last row that begins with a packet or an earlier one.
func (r *refs) rowOf(packet int32) int {
	k := sort.Search(len(r.pieces), func(k int) bool { return r.pieces[k].at(0).first > packet }) - 1
	if k < 0 {
		return -1
	}
	p := &r.pieces[k]
	return r.starts[k] + sort.Search(p.n, func(i int) bool { return p.at(i).first > packet }) - 1
}

// replaced returns the rows with those from from to to replaced by others.
func (r *refs) replaced(from, to int, with []piece) refs {
	n := refs{pieces: make([]piece, 0, len(r.pieces)+len(with)+1)}
	for k := range r.pieces {
		p, at := &r.pieces[k], r.starts[k]
		if at < from {
			n.pieces = append(n.pieces, p.part(0, min(p.n, from-at)))
		}
		if end := at + p.n; at <= from && from < end || from == r.Len() && k == len(r.pieces)-1 {
			n.pieces = append(n.pieces, with...)
		}
		if end := at + p.n; end > to {
			n.pieces = append(n.pieces, p.part(max(to-at, 0), p.n))
		}
	}
	n.count()
	return n
}

func (r *refs) count() {
	r.starts = make([]int, 0, len(r.pieces)+1)
	at := 0
	for k := range r.pieces {
		r.starts = append(r.starts, at)
		at += r.pieces[k].n
	}
	r.starts = append(r.starts, at)
}

// refsMaker puts rows together.
type refsMaker struct {
	pieces []piece
	rows   []ref // of the piece that is not full
	n      int   // rows so far
}

// upTo returns a maker that goes on behind the first n rows.
func (r *refs) upTo(n int) refsMaker {
	m := refsMaker{n: n}
	if n == 0 {
		return m
	}
	k := r.piece(n - 1)
	last := r.pieces[k].part(0, n-r.starts[k])
	m.pieces = append(make([]piece, 0, k+4), r.pieces[:k]...)
	if last.n >= pieceRows {
		m.pieces = append(m.pieces, last)
		return m
	}
	for i := range last.n { // a piece that is not full goes on, or there would be one for every packet that comes alone
		m.rows = append(m.rows, last.at(i))
	}
	return m
}

func (m *refsMaker) add(r ref) {
	m.n++
	if m.rows = append(m.rows, r); len(m.rows) == pieceRows {
		m.flush()
	}
}

// flush ends a piece. Bubbles of packets after each other are joined with those before.
func (m *refsMaker) flush() {
	n := len(m.rows)
	if n == 0 {
		return
	}
	first := m.rows[0].first
	for i, r := range m.rows {
		if r.kind != Bubble || r.first != first+int32(i) {
			m.pieces = append(m.pieces, piece{rows: slices.Clone(m.rows), n: n})
			m.rows = m.rows[:0]
			return
		}
	}
	m.rows = m.rows[:0]
	if k := len(m.pieces) - 1; k >= 0 && m.pieces[k].rows == nil && m.pieces[k].first+int32(m.pieces[k].n) == first {
		m.pieces[k].n += n
		return
	}
	m.pieces = append(m.pieces, piece{first: first, n: n})
}

// done returns the rows.
func (m *refsMaker) done() refs {
	m.flush()
	r := refs{pieces: m.pieces}
	r.count()
	return r
}

// Difference says how the rows of a model differ from those of an earlier one: Removed rows from At on are Added others.
type Difference struct{ At, Removed, Added int }

// version tells models with other rows or shapes apart.
type version uint64

var versions atomic.Uint64

func newVersion() version { return version(versions.Add(1)) }

// derived says from which model another was made, and what is different.
type derived struct {
	version, from version
	difference    Difference
}

// after is what is said of a model that is made from d.
func (d derived) after(at, removed, added int) derived {
	return derived{version: newVersion(), from: d.version, difference: Difference{at, removed, added}}
}

// since returns the difference from an earlier model, false if it is not known.
func (d derived) since(before derived) (Difference, bool) {
	return d.difference, d.from != 0 && d.from == before.version
}
