package mysql

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// Type is the type of a column or parameter.
type Type uint8

// The types.
const (
	TypeDecimal    Type = 0
	TypeTiny       Type = 1
	TypeShort      Type = 2
	TypeLong       Type = 3
	TypeFloat      Type = 4
	TypeDouble     Type = 5
	TypeNull       Type = 6
	TypeTimestamp  Type = 7
	TypeLongLong   Type = 8
	TypeInt24      Type = 9
	TypeDate       Type = 10
	TypeTime       Type = 11
	TypeDateTime   Type = 12
	TypeYear       Type = 13
	TypeVarchar    Type = 15
	TypeBit        Type = 16
	TypeVector     Type = 242
	TypeJSON       Type = 245
	TypeNewDecimal Type = 246
	TypeEnum       Type = 247
	TypeSet        Type = 248
	TypeTinyBlob   Type = 249
	TypeMediumBlob Type = 250
	TypeLongBlob   Type = 251
	TypeBlob       Type = 252
	TypeVarString  Type = 253
	TypeString     Type = 254
	TypeGeometry   Type = 255
)

// Bounds of values.
const (
	// maxValue is how much of one value is kept: a line or two on a screen.
	maxValue = 1 << 10
	// maxParams bounds the parameters that are kept of a statement, which may have 65,535.
	maxParams = 256
)

// Value is a value of a row, a parameter or an attribute.
type Value struct {
	Name string // of an attribute
	// Text is the value as text: numbers and times in MySQL's form, strings and blobs as they came. It may be the beginning
	// only.
	Text []byte
	// Size is the length of all of it in bytes; of numbers and times that of Text.
	Size uint64
	Null bool
	// Type is the type of a value that came in binary form.
	Type Type
	// Sent says that the value went ahead in COM_STMT_SEND_LONG_DATA packets; Size is the sum of those seen.
	Sent bool
}

// keep copies text into the value as far as the message has room.
func (m *Message) keep(v *Value, text []byte) {
	n := min(len(text), maxValue, max(m.room, 0))
	v.Text = append([]byte(nil), text[:n]...)
	m.room -= n
}

// textValue reads a value of a text row (ProtocolText::ResultsetRow).
func (m *Message) textValue(c *cursor) (v Value) {
	var b []byte
	b, v.Size, v.Null = c.counted()
	m.keep(&v, b)
	return v
}

// binaryValue reads a value in binary form (Binary Protocol Value).
func (m *Message) binaryValue(c *cursor, t Type, unsigned bool) (v Value) {
	v.Type = t
	var text []byte
	switch t {
	case TypeNull:
		v.Null = true
		return v
	case TypeTiny:
		text = integer(c, 1, unsigned)
	case TypeShort, TypeYear:
		text = integer(c, 2, unsigned)
	case TypeLong, TypeInt24:
		text = integer(c, 4, unsigned)
	case TypeLongLong:
		text = integer(c, 8, unsigned)
	case TypeFloat:
		text = strconv.AppendFloat(nil, float64(math.Float32frombits(c.u32())), 'g', -1, 32)
	case TypeDouble:
		text = strconv.AppendFloat(nil, math.Float64frombits(c.number(8)), 'g', -1, 64)
	case TypeDate, TypeDateTime, TypeTimestamp:
		text = date(c, t)
	case TypeTime:
		text = duration(c)
	case TypeDecimal, TypeVarchar, TypeBit, TypeVector, TypeJSON, TypeNewDecimal, TypeEnum, TypeSet,
		TypeTinyBlob, TypeMediumBlob, TypeLongBlob, TypeBlob, TypeVarString, TypeString, TypeGeometry:
		text, v.Size, _ = c.counted()
		m.keep(&v, text)
		return v
	default:
		c.b, c.short = nil, true // its length is not known
		return v
	}
	v.Size = uint64(len(text))
	m.keep(&v, text)
	return v
}

// integer reads an integer of n bytes.
func integer(c *cursor, n int, unsigned bool) []byte {
	u := c.number(n)
	if unsigned {
		return strconv.AppendUint(nil, u, 10)
	}
	shift := 64 - 8*n
	return strconv.AppendInt(nil, int64(u<<shift)>>shift, 10)
}

// date reads a date with or without a time, of which trailing zeros are left out.
func date(c *cursor, t Type) []byte {
	var f [11]byte
	n := c.u8()
	if n > uint8(len(f)) {
		c.b, c.short = nil, true
	}
	copy(f[:], c.take(uint64(n)))
	text := fmt.Appendf(nil, "%04d-%02d-%02d", binary.LittleEndian.Uint16(f[:]), f[2], f[3])
	if t == TypeDate && n <= 4 {
		return text
	}
	text = fmt.Appendf(text, " %02d:%02d:%02d", f[4], f[5], f[6])
	if us := binary.LittleEndian.Uint32(f[7:]); n > 7 {
		text = fmt.Appendf(text, ".%06d", us)
	}
	return text
}

// duration reads a TIME, which may be negative and longer than a day.
func duration(c *cursor) []byte {
	var f [12]byte
	n := c.u8()
	if n > uint8(len(f)) {
		c.b, c.short = nil, true
	}
	copy(f[:], c.take(uint64(n)))
	var text []byte
	if f[0] != 0 {
		text = append(text, '-')
	}
	hours := uint64(binary.LittleEndian.Uint32(f[1:]))*24 + uint64(f[5])
	text = fmt.Appendf(text, "%02d:%02d:%02d", hours, f[6], f[7])
	if us := binary.LittleEndian.Uint32(f[8:]); n > 8 {
		text = fmt.Appendf(text, ".%06d", us)
	}
	return text
}

// paramType is the type with which a parameter is bound.
type paramType struct {
	name     string
	kind     Type
	unsigned bool
}

// params reads n parameters: which are NULL, their types where they come along, and their values. known are the types of the
// last time; sent are values that went ahead. It returns the first parameters and all types; types is nil, and so are the
// values, if the types are not known.
func (m *Message) params(c *cursor, n int, named bool, known []paramType, sent map[uint16]uint64) (values []Value, types []paramType) {
	nulls := c.take(uint64(n+7) / 8)
	types = known
	if c.u8() == 1 { // new_params_bind_flag
		types = nil
		for i := 0; i < n && !c.short; i++ {
			t := c.u16()
			p := paramType{kind: Type(t), unsigned: t&0x8000 != 0}
			if named {
				p.name = c.name()
			}
			if i < maxParams {
				types = append(types, p)
			}
		}
	}
	if c.short || len(types) < min(n, maxParams) {
		return nil, nil
	}
	for i := 0; i < min(n, maxParams) && !c.short; i++ {
		var v Value
		size, long := sent[uint16(i)]
		switch t := types[i]; {
		case nulls[i/8]&(1<<(i%8)) != 0:
			v = Value{Null: true, Type: t.kind}
		case long:
			v = Value{Sent: true, Size: size, Type: t.kind}
		default:
			v = m.binaryValue(c, t.kind, t.unsigned)
		}
		v.Name = types[i].name
		values = append(values, v)
	}
	return values, types
}
