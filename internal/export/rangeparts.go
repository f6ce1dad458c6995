package export

import (
	"cmp"
	"slices"
)

// RangePart is one range that a file was joined from, or bytes that no range brought.
type RangePart struct {
	Span
	// Absent says that nothing brought these bytes; the rest is then of no meaning.
	Absent bool
	// Stream is the connection that the range came on, First and Last are the packets that carried its message.
	Stream      uint32
	First, Last uint32
}

// rangePart is what is kept of a piece.
func (p *piece) rangePart() RangePart {
	part := RangePart{Span: p.span, Stream: p.stream, First: p.frame, Last: p.frame}
	if len(p.packets) > 0 {
		part.First, part.Last = slices.Min(p.packets), slices.Max(p.packets)
	}
	return part
}

// Parts lists the ranges that a file was joined from and what is missing of the whole, by their place in it; none for a file that
// came in one piece.
func (obj *Object) Parts() []RangePart {
	if len(obj.Ranges) == 0 {
		return nil
	}
	parts := slices.Clone(obj.Ranges)
	for _, s := range obj.Absent {
		parts = append(parts, RangePart{Span: s, Absent: true})
	}
	slices.SortStableFunc(parts, func(a, b RangePart) int { return cmp.Compare(a.Start, b.Start) })
	return parts
}
