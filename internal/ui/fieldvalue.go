package ui

import (
	"strconv"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// cellValue writes numbers as people read them: sequence numbers relative with the raw ones behind.
func (d *drawer) cellValue(s *app.Capture, c packet.HeaderCell) string {
	rec := s.View.At(s.Packet)
	n, err := strconv.ParseUint(c.Value, 10, 32)
	if err != nil {
		return c.Value
	}
	switch {
	case c.FieldID == "tcp.seq" && rec.HasNumbers():
		return narrate.Count(uint64(rec.Seq)) + "  (" + narrate.Count(n) + ")"
	case c.FieldID == "tcp.ack" && rec.HasNumbers() && rec.Flags.Has(packet.ACK):
		return narrate.Count(uint64(rec.Ack)) + "  (" + narrate.Count(n) + ")"
	case isEdge(c.FieldID) && rec.HasNumbers():
		return narrate.Count(uint64(d.edge(uint32(n)))) + "  (" + narrate.Count(n) + ")"
	case c.FieldID == "tcp.srcport" || c.FieldID == "tcp.dstport":
		return c.Value
	}
	return narrate.Count(n)
}

// isEdge says that a field is the edge of a SACK block, a number of the bytes that the other end sends.
func isEdge(field string) bool {
	return field == "tcp.options.sack_le" || field == "tcp.options.sack_re"
}

// edge makes the edge of a SACK block relative, as the acknowledgment number of its packet is.
func (d *drawer) edge(raw uint32) uint32 {
	s := d.w.app.Capture
	for _, c := range d.header.Cells {
		if c.FieldID == "tcp.ack" {
			if ack, err := strconv.ParseUint(c.Value, 10, 32); err == nil {
				return s.View.At(s.Packet).Ack + raw - uint32(ack)
			}
		}
	}
	return raw
}

// blocks writes the SACK blocks of an option with relative numbers.
func (d *drawer) blocks(f *packet.Field, of flow.Direction) string {
	var out string
	for i := range f.Children {
		part := &f.Children[i]
		n, err := strconv.ParseUint(part.Value, 10, 32)
		if err != nil || !isEdge(part.ID) {
			continue
		}
		switch {
		case part.ID == "tcp.options.sack_re":
			out += "–"
		case out != "":
			out += ", "
		}
		out += narrate.Count(uint64(d.edge(uint32(n))))
	}
	return fill(d.w.lang(), words.relative, out, narrate.Side(d.w.lang(), of))
}

// values writes a field's value in the ways that make sense.
func (d *drawer) values(f *packet.Field) string {
	s := d.w.app.Capture
	rec := s.View.At(s.Packet)
	out := narrate.FieldValue(d.w.lang(), f.Value)
	relative := func(n uint32, of flow.Direction) string {
		return fill(d.w.lang(), words.relative, narrate.Count(uint64(n)), narrate.Side(d.w.lang(), of)) + "   " + d.w.t(words.raw) + " " + grouped(f.Value)
	}
	switch {
	case f.ID == "tcp.seq" && rec.HasNumbers():
		out = relative(rec.Seq, rec.Dir())
	case f.ID == "tcp.ack" && rec.HasNumbers() && rec.Flags.Has(packet.ACK):
		out = relative(rec.Ack, rec.Dir().Reverse())
	case isEdge(f.ID) && rec.HasNumbers() && d.header != nil:
		if n, err := strconv.ParseUint(f.Value, 10, 32); err == nil {
			out = relative(d.edge(uint32(n)), rec.Dir().Reverse())
		}
	case f.ID == "tcp.options.sack" && rec.HasNumbers() && d.header != nil:
		out = d.blocks(f, rec.Dir().Reverse())
	case f.ID == "tcp.window_size_value":
		out = d.windowValue(f.Value, uint64(rec.Window))
	}
	return out
}

// grouped writes a whole number as the lessons and the header do.
func grouped(value string) string {
	if n, err := strconv.ParseUint(value, 10, 64); err == nil {
		return narrate.Count(n)
	}
	return value
}

// windowValue writes a window, with the factor from the raw number to the bytes where there is one.
func (d *drawer) windowValue(raw string, window uint64) string {
	out := narrate.Count(window) + " " + d.w.t(words.bytesWord)
	if n, err := strconv.ParseUint(raw, 10, 16); err == nil && n > 0 && n < window { // scaled
		out = d.w.t(words.raw) + " " + grouped(raw) + " × " + narrate.Count(window/n) + " = " + out
	}
	return out
}
