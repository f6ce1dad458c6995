package http2

import (
	"errors"

	"golang.org/x/net/http2/hpack"
)

// Bounds of header compression, per direction.
const (
	// maxTable bounds the dynamic table; browsers ask for 64 KiB, the default is 4 KiB.
	maxTable     = 64 << 10
	initialTable = 4 << 10 // RFC 9113 §6.5.2
	// maxBlock bounds a header block on the wire, which must all be there to be decoded.
	maxBlock = 256 << 10
	// maxList and maxFields bound the header list kept of one block: a byte on the wire can stand for kilobytes.
	maxList   = 64 << 10
	maxFields = 1000
)

// Field is one header field.
type Field struct {
	Name, Value string
	// Index is the table entry that the field refers to if that was not seen: Name is "" then, and Value too unless it was
	// sent along.
	Index uint64
	// Sensitive says that the sender forbids to index it (RFC 7541 §7.1.3).
	Sensitive bool
}

// size is that of RFC 7541 §4.1.
func (f *Field) size() int { return len(f.Name) + len(f.Value) + 32 }

// table decodes the header blocks of one direction.
//
// After a loss it is partial: only the entries that came since are there. New entries take the lowest indexes, so those
// are found where they belong, and an index beyond them means one that was not seen. An entry whose name is not known has
// the empty name, which makes it smaller than it is: it stays longer than it should, and no index is misread by that.
type table struct {
	decoder *hpack.Decoder
	partial bool
	frame   *Frame // that gets the fields
	index   uint64 // that the current representation refers to
	size    int
}

func newTable() *table {
	t := &table{}
	t.decoder = hpack.NewDecoder(initialTable, t.field)
	return t
}

// lose forgets all entries. The size is not known any more either; a larger one than the sender's does no harm.
func (t *table) lose() {
	t.decoder = hpack.NewDecoder(maxTable, t.field)
	t.partial = true
}

// field takes a field from the decoder.
func (t *table) field(h hpack.HeaderField) {
	f := Field{Name: h.Name, Value: h.Value, Sensitive: h.Sensitive}
	if h.Name == "" {
		f.Index = t.index
	}
	t.frame.FieldCount++
	if t.size += f.size(); t.size <= maxList && len(t.frame.Fields) < maxFields {
		t.frame.Fields = append(t.frame.Fields, f)
	}
}

// block decodes a whole header block into f.
func (t *table) block(f *Frame, b []byte) {
	t.frame, t.size = f, 0
	defer func() { t.frame = nil }()
	for len(b) > 0 {
		r, ok := readRepresentation(b)
		if !ok || !t.representation(r, b[:r.len]) {
			f.note(true, BadBlock)
			t.lose()
			return
		}
		b = b[r.len:]
	}
}

// representation decodes one; b is all of it.
func (t *table) representation(r representation, b []byte) bool {
	if r.resize {
		t.partial = t.partial || r.index > maxTable
		t.decoder.SetMaxDynamicTableSize(uint32(min(r.index, maxTable)))
		return true
	}
	t.index = r.index
	_, err := t.decoder.Write(b)
	var unseen hpack.InvalidIndexError
	var wrapped hpack.DecodingError
	if !errors.As(err, &wrapped) || !errors.As(wrapped.Err, &unseen) {
		return err == nil
	}
	if !t.partial || r.index == 0 {
		return false
	}
	if r.value == 0 {
		t.field(hpack.HeaderField{})
		return true
	}
	// The same again with an empty name in place of the reference.
	_, err = t.decoder.Write(append([]byte{r.kind, 0}, b[r.value:]...))
	return err == nil
}

// representation is the outer form of one header field representation (RFC 7541 §6).
type representation struct {
	kind   byte // the first byte without its integer
	resize bool
	index  uint64 // or size, of a dynamic table size update
	value  int    // where the value's string begins, 0 if there is none
	len    int
}

// readRepresentation finds the end of the representation that b begins with; false if b ends before or an integer is
// impossible.
func readRepresentation(b []byte) (r representation, ok bool) {
	bits, literal := 4, true
	switch {
	case b[0]&0x80 != 0:
		bits, literal = 7, false
	case b[0]&0xc0 == 0x40:
		bits = 6
	case b[0]&0xe0 == 0x20:
		bits, literal, r.resize = 5, false, true
	}
	r.kind = b[0] &^ (1<<bits - 1)
	if r.index, r.len, ok = readInteger(b, bits); !ok || !literal {
		return r, ok
	}
	if r.index == 0 {
		if r.len, ok = skipString(b, r.len); !ok {
			return r, false
		}
	}
	r.value = r.len
	r.len, ok = skipString(b, r.value)
	return r, ok
}

// skipString returns where the string at b[at:] ends (RFC 7541 §5.2).
func skipString(b []byte, at int) (end int, ok bool) {
	length, n, ok := readInteger(b[at:], 7)
	if !ok || length > uint64(len(b)-at-n) {
		return 0, false
	}
	return at + n + int(length), true
}

// readInteger reads an integer with a prefix of some bits and returns how many bytes it takes (RFC 7541 §5.1).
func readInteger(b []byte, bits int) (v uint64, n int, ok bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	const most = 6 // bytes: enough for 32 bits behind the prefix
	mask := byte(1<<bits - 1)
	if b[0]&mask != mask {
		return uint64(b[0] & mask), 1, true
	}
	v = uint64(mask)
	for n = 1; n < len(b) && n < most; n++ {
		v += uint64(b[n]&0x7f) << (7 * (n - 1))
		if b[n]&0x80 == 0 {
			return v, n + 1, true
		}
	}
	return 0, 0, false
}
