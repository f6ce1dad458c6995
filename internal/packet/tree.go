package packet

import "strings"

// Field is one line of a packet's field tree: a header, a field of one, or a part of a field.
type Field struct {
	// ID is the field's stable name, Wireshark's where it has one ("ip.ttl"); that of a layer has no dot ("tcp").
	ID string
	// Name is the field's English name, Value what it holds in words or numbers, "" where the children say it.
	Name, Value string
	// Offset and Len are the byte range in the packet's Data. Len is 0 for a value that was worked out, not read.
	Offset, Len int
	// Bit and Bits are the range of bits inside the bytes, counted from the most significant bit of the first one. Bits is
	// 0 if the field is made of whole bytes.
	Bit, Bits int
	// Quoted says of a layer that it lies in the quotation of an ICMP error: it is a copy of an earlier packet's header.
	Quoted bool
	// Children are the parts, in the order of their bytes.
	Children []Field
}

// Tree is everything that can be said about the bytes of one packet.
type Tree struct {
	// Layers begins with the frame itself and goes inwards.
	Layers []Field
}

// Find returns the first field with this ID, nil if there is none.
func (t *Tree) Find(id string) *Field { return find(t.Layers, id) }

func find(fields []Field, id string) *Field {
	for i := range fields {
		if fields[i].ID == id {
			return &fields[i]
		}
		if f := find(fields[i].Children, id); f != nil {
			return f
		}
	}
	return nil
}

// At returns the path to the narrowest field that holds the byte at offset: the layer, its field, its part. Empty if only
// the frame holds it.
func (t *Tree) At(offset int) []*Field {
	var path []*Field
	for fields := t.Layers; ; {
		next := -1
		for i := range fields {
			f := &fields[i]
			if f.ID != frameID && offset >= f.Offset && offset < f.Offset+f.Len {
				next = i
				break
			}
		}
		if next < 0 {
			return path
		}
		path = append(path, &fields[next])
		fields = fields[next].Children
	}
}

// String renders the tree as indented text.
func (t *Tree) String() string {
	var b strings.Builder
	writeFields(&b, t.Layers, "")
	return b.String()
}

func writeFields(b *strings.Builder, fields []Field, indent string) {
	for _, f := range fields {
		b.WriteString(indent + f.Name)
		if f.Value != "" {
			b.WriteString(": " + f.Value)
		}
		b.WriteByte('\n')
		writeFields(b, f.Children, indent+"    ")
	}
}
