package packet

import (
	"fmt"
	"net/netip"
	"strconv"
)

// spec describes one field of a header of fixed shape.
type spec struct {
	id, name string
	off, len int // bytes from the header's start
	bit      int // first bit in the bytes, from the most significant one
	bits     int // 0: the whole bytes
	show     show
	parts    []spec // off counts from the header's start too
}

// show words a value: v is the number in the field's bits, b the field's bytes.
type show func(v uint64, b []byte) string

func dec(v uint64, _ []byte) string { return strconv.FormatUint(v, 10) }

func hex2(v uint64, _ []byte) string { return fmt.Sprintf("0x%02x", v) }

func hex4(v uint64, _ []byte) string { return fmt.Sprintf("0x%04x", v) }

func hex8(v uint64, _ []byte) string { return fmt.Sprintf("0x%08x", v) }

func octets(_ uint64, b []byte) string {
	const most = 64 // bytes worth showing in one line
	if len(b) > most {
		return fmt.Sprintf("%x…", b[:most])
	}
	return fmt.Sprintf("%x", b)
}

func hardware(_ uint64, b []byte) string { return hexPairs(b) }

func address(_ uint64, b []byte) string {
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.String()
	}
	return octets(0, b)
}

func size(v uint64, _ []byte) string {
	if v == 1 {
		return "1 byte"
	}
	return strconv.FormatUint(v, 10) + " bytes"
}

func isSet(v uint64, _ []byte) string {
	if v != 0 {
		return flagSet
	}
	return flagNotSet
}

// The values of a one-bit field.
const (
	flagSet    = "set"
	flagNotSet = "not set"
)

// times shows a length field that counts in units of n bytes, with extra bytes not counted.
func times(n, extra uint64) show {
	return func(v uint64, _ []byte) string { return fmt.Sprintf("%d (%s)", v, size(v*n+extra, nil)) }
}

// named adds a name to a number, if it has one.
func named(number show, name func(uint64) string) show {
	return func(v uint64, b []byte) string {
		if s := name(v); s != "" {
			return s + " (" + number(v, b) + ")"
		}
		return number(v, b)
	}
}

// hexPairs writes a hardware address.
func hexPairs(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[c>>4], digits[c&0xf])
	}
	return string(out)
}

// field reads one field out of a header that begins at base in data. It is missing if it was not captured completely.
func (s *spec) field(data []byte, base, end int) (Field, bool) {
	at := base + s.off
	if at+s.len > end {
		return Field{}, false
	}
	raw := data[at : at+s.len]
	f := Field{ID: s.id, Name: s.name, Offset: at, Len: s.len, Bit: s.bit, Bits: s.bits}
	if s.show != nil {
		f.Value = s.show(bitsOf(raw, s.bit, s.bits), raw)
	}
	f.Children = fieldsOf(s.parts, data, base, end)
	return f, true
}

// fieldsOf reads those fields of a header that were captured.
func fieldsOf(specs []spec, data []byte, base, end int) []Field {
	var out []Field
	for i := range specs {
		if f, ok := specs[i].field(data, base, end); ok {
			out = append(out, f)
		}
	}
	return out
}

// bitsOf reads n bits from the given one on as a number; n 0 means all. Fields longer than 8 bytes are no numbers.
func bitsOf(b []byte, bit, n int) uint64 {
	if len(b) > 8 {
		return 0
	}
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	if n == 0 {
		return v
	}
	return v >> (8*len(b) - bit - n) & (1<<n - 1)
}
