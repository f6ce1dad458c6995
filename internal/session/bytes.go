package session

import (
	"context"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/stream"
)

// Streams are the two byte streams of a connection, read again where somebody looks. It may be used from one goroutine at a
// time.
type Streams struct {
	a      *stream.Assembler
	reader segments
}

// Streams returns the byte streams of what the conversation read.
func (c *Conversation) Streams() *Streams {
	if c == nil || c.streams == nil {
		return nil
	}
	return &Streams{c.streams, segments{v: c.view, decoder: packet.NewDecoder()}}
}

// Len returns how long dir's stream is, gaps included.
func (s *Streams) Len(dir flow.Direction) int64 { return s.a.Len(dir) }

// Piece is a part of a stream that came in one packet, or a gap.
type Piece struct {
	stream.Range
	// Packet is an index of the View, -1 for a gap: bytes that were not captured.
	Packet int
}

// Pieces returns the pieces of both streams in the order in which the two programs could read them, gaps included.
func (s *Streams) Pieces() []Piece {
	var sides [2][]stream.Origin
	for dir := range sides {
		sides[dir] = s.a.Origins(flow.Direction(dir))
	}
	out := make([]Piece, 0, len(sides[0])+len(sides[1]))
	var at [2]int64      // how far each stream is listed
	var latest [2]uint32 // the latest packet of each: a late one that filled a hole let those behind it through
	for len(sides[0])+len(sides[1]) > 0 {
		dir := flow.ClientToServer
		if len(sides[0]) == 0 || len(sides[1]) > 0 && max(latest[1], sides[1][0].Packet) < max(latest[0], sides[0][0].Packet) {
			dir = flow.ServerToClient
		}
		o := sides[dir][0]
		sides[dir] = sides[dir][1:]
		latest[dir] = max(latest[dir], o.Packet)
		if o.Start > at[dir] {
			out = append(out, Piece{stream.Range{Dir: dir, Start: at[dir], End: o.Start}, -1})
		}
		at[dir] = o.End
		out = append(out, Piece{stream.Range{Dir: dir, Start: o.Start, End: o.End}, int(o.Packet)})
	}
	for dir := range flow.Direction(2) {
		if end := s.a.Len(dir); end > at[dir] {
			out = append(out, Piece{stream.Range{Dir: dir, Start: at[dir], End: end}, -1})
		}
	}
	return out
}

// Read reads the bytes of a piece again, as far as they can still be read; they are borrowed until the next call. A gap has
// none.
func (s *Streams) Read(p Piece) ([]byte, error) {
	if p.Packet < 0 {
		return nil, nil
	}
	seg, err := s.reader.at(p.Packet)
	if err != nil || seg == nil {
		return nil, err
	}
	begin := seg.Seq
	if seg.Flags.Has(packet.SYN) {
		begin = begin.Add(1)
	}
	skip := int64(s.a.Seq(p.Dir, p.Start).Distance(begin))
	end := skip + p.End - p.Start
	if end > int64(len(seg.Payload)) {
		return nil, nil
	}
	return seg.Payload[skip:end], nil
}

// InPayload returns where the bytes of r stand in the captured payload of packet p, which brought them.
func (s *Streams) InPayload(p int, r stream.Range) (from, to int, err error) {
	seg, err := s.reader.at(p)
	if err != nil || seg == nil {
		return 0, 0, err
	}
	begin := seg.Seq
	if seg.Flags.Has(packet.SYN) {
		begin = begin.Add(1)
	}
	from = int(s.a.Seq(r.Dir, r.Start).Distance(begin))
	to = min(from+int(r.End-r.Start), len(seg.Payload))
	if from < 0 || from > to {
		return 0, 0, nil
	}
	return from, to, nil
}

// Within hands over the bytes [start, end) of dir's stream piece by piece, gaps with nil, until f returns false or ctx ends.
// The bytes are borrowed.
func (s *Streams) Within(ctx context.Context, dir flow.Direction, start, end int64, f func(p Piece, b []byte) bool) error {
	at := start
	for _, o := range s.a.OriginsIn(dir, start, end) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if o.Start > at && !f(Piece{stream.Range{Dir: dir, Start: at, End: o.Start}, -1}, nil) {
			return nil
		}
		p := Piece{stream.Range{Dir: dir, Start: max(start, o.Start), End: min(end, o.End)}, int(o.Packet)}
		b, err := s.Read(p)
		if err != nil {
			return err
		}
		if !f(p, b) {
			return nil
		}
		at = p.End
	}
	if end = min(end, s.Len(dir)); end > at {
		f(Piece{stream.Range{Dir: dir, Start: at, End: end}, -1}, nil)
	}
	return nil
}
