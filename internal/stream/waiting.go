package stream

import (
	"slices"
	"sort"
)

// piece is a range of positions that waits for its turn. data is nil for bytes that the snapshot length cut off.
type piece struct {
	pos  int64
	n    int64
	data []byte
	id   uint32
}

// waiting holds pieces sorted by position, without overlap. Head pieces already popped are kept out by slicing.
type waiting struct {
	pieces []piece
	bytes  int // sum of len(data)
}

func (w *waiting) empty() bool  { return len(w.pieces) == 0 }
func (w *waiting) first() int64 { return w.pieces[0].pos }

// search returns the index of the first piece that ends behind pos.
func (w *waiting) search(pos int64) int {
	return sort.Search(len(w.pieces), func(i int) bool { return w.pieces[i].pos+w.pieces[i].n > pos })
}

// from returns the pieces that end behind pos.
func (w *waiting) from(pos int64) []piece { return w.pieces[w.search(pos):] }

func (w *waiting) pop() piece {
	p := w.pieces[0]
	w.pieces[0] = piece{}
	w.pieces = w.pieces[1:]
	w.bytes -= len(p.data)
	if len(w.pieces) == 0 {
		w.pieces = nil
	}
	return p
}

// insert files the n bytes from pos on, of which only the first len(data) were captured. It copies what is new and returns
// how many captured bytes were there before: the first arrival wins.
func (w *waiting) insert(pos, n int64, data []byte, id uint32) (repeated int) {
	if len(data) > 0 {
		repeated = w.insertRange(pos, int64(len(data)), data, id)
	}
	if cut := n - int64(len(data)); cut > 0 {
		w.insertRange(pos+int64(len(data)), cut, nil, id)
	}
	return repeated
}

// insertRange files one range, wholly captured or (data nil) wholly not. Captured bytes replace ones that were not.
func (w *waiting) insertRange(pos, n int64, data []byte, id uint32) (repeated int) {
	part := func(from, to int64) piece {
		p := piece{pos: from, n: to - from, id: id}
		if data != nil {
			p.data = append([]byte(nil), data[from-pos:to-pos]...)
			w.bytes += len(p.data)
		}
		return p
	}
	at, end := pos, pos+n
	i := w.search(at)
	for at < end {
		if i == len(w.pieces) || w.pieces[i].pos >= end {
			w.pieces = slices.Insert(w.pieces, i, part(at, end))
			return repeated
		}
		p := w.pieces[i]
		pEnd := p.pos + p.n
		switch {
		case p.pos > at:
			w.pieces = slices.Insert(w.pieces, i, part(at, p.pos))
			at = p.pos
		case p.data != nil || data == nil:
			if data != nil {
				repeated += int(min(pEnd, end) - at)
			}
			at = pEnd
		default: // p was not captured then, and is now
			repl := make([]piece, 0, 3)
			if p.pos < at {
				repl = append(repl, piece{pos: p.pos, n: at - p.pos, id: p.id})
			}
			to := min(pEnd, end)
			repl = append(repl, part(at, to))
			if to < pEnd {
				repl = append(repl, piece{pos: to, n: pEnd - to, id: p.id})
			}
			w.pieces = slices.Replace(w.pieces, i, i+1, repl...)
			at = to
			i += len(repl) - 1
		}
		i++
	}
	return repeated
}

// dropBefore removes everything before pos and returns how many captured bytes that were.
func (w *waiting) dropBefore(pos int64) (dropped int) {
	for !w.empty() && w.first() < pos {
		p := &w.pieces[0]
		cut := min(pos-p.pos, p.n)
		if p.data != nil {
			dropped += int(cut)
			w.bytes -= int(cut)
			p.data = p.data[cut:]
		}
		p.pos, p.n = p.pos+cut, p.n-cut
		if p.n > 0 {
			return dropped
		}
		w.pieces = w.pieces[1:]
	}
	return dropped
}
