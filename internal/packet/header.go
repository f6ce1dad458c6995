package packet

import "tcptalk/internal/capture"

// HeaderRowBits is the width of a header drawing's row, as in the figure of RFC 9293 §3.1.
const HeaderRowBits = 32

// HeaderCell is one box in the drawing of a TCP header. A field that does not fit into one row has several cells with the
// same FieldID, each with the field's whole value.
type HeaderCell struct {
	// FieldID, Name and Value are those of the Field in the packet's Tree.
	FieldID, Name, Value string
	// Row counts from 0; Bit is the first bit in the row, 0 at the left; Bits how many there are, at most HeaderRowBits.
	Row, Bit, Bits int
	// Option is the number of the option that the cell belongs to, counted from 1; 0 in the fixed header. OptionName is its
	// English name, OptionID its Field's ID.
	Option               int
	OptionName, OptionID string
	// Flag says that the cell is a control bit, Set that it is 1.
	Flag, Set bool
}

// TCPHeader is the layout of one captured TCP header, as far as it was captured.
type TCPHeader struct {
	// Offset is where the header begins in the packet's Data; Len is the number of captured header bytes.
	Offset, Len int
	// Rows is the number of 32-bit rows that the header claims to have, at least 5; cells of bytes not captured are missing.
	Rows int
	// Quoted says that the header was quoted inside an ICMP error.
	Quoted bool
	// Cells are in the order of their bits.
	Cells []HeaderCell
}

// Header returns the layout of the packet's outermost TCP header, nil if there is none.
func Header(p *capture.Packet) *TCPHeader {
	all := Headers(p)
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// Headers returns the layout of every TCP header of the packet, the outermost first. The packet is looked at alone, as
// Dissect does.
func Headers(p *capture.Packet) []TCPHeader {
	d := NewDecoder()
	d.single = true
	d.Decode(p)
	var out []TCPHeader
	for i := range d.layers {
		if l := &d.layers[i]; l.kind == kindTCP {
			out = append(out, layOut(p.Data[l.off:l.off+l.len], l))
		}
	}
	return out
}

func layOut(header []byte, l *layer) TCPHeader {
	h := TCPHeader{Offset: l.off, Len: l.len, Quoted: l.quoted, Rows: tcpMinLen / 4}
	if len(header) > 12 {
		h.Rows = max(h.Rows, int(header[12]>>4))
	}
	for i := range tcpFields {
		if s := &tcpFields[i]; s.parts == nil {
			h.place(s, header, HeaderCell{})
			continue
		}
		for j := range tcpFields[i].parts {
			s := &tcpFields[i].parts[j]
			h.place(s, header, HeaderCell{Flag: s.bits == 1})
		}
	}
	for i, o := range describeOptions(header) {
		for j := range o.parts {
			h.place(&o.parts[j], header, HeaderCell{Option: i + 1, OptionName: o.name, OptionID: o.id})
		}
	}
	return h
}

// place adds the cells of one field, one for every row it touches.
func (h *TCPHeader) place(s *spec, header []byte, cell HeaderCell) {
	f, ok := s.field(header, 0, len(header))
	if !ok {
		return
	}
	cell.FieldID, cell.Name, cell.Value = f.ID, f.Name, f.Value
	cell.Set = cell.Flag && f.Value == flagSet
	from, n := f.Offset*8+f.Bit, f.Bits
	if n == 0 {
		n = f.Len * 8
	}
	for n > 0 {
		cell.Row, cell.Bit = from/HeaderRowBits, from%HeaderRowBits
		cell.Bits = min(n, HeaderRowBits-cell.Bit)
		h.Cells = append(h.Cells, cell)
		from, n = from+cell.Bits, n-cell.Bits
	}
}
