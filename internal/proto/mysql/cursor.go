package mysql

import (
	"bytes"
	"encoding/binary"
)

// cursor reads the fields of a packet one after the other. Behind the end everything is zero, and short is set.
type cursor struct {
	b     []byte
	short bool
}

// take returns the next n bytes, which are borrowed.
func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.b)) {
		c.b, c.short = nil, true
		return nil
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// number reads an integer of n bytes, at most 8; all of them are little-endian.
func (c *cursor) number(n int) uint64 {
	var full [8]byte
	copy(full[:], c.take(uint64(n)))
	return binary.LittleEndian.Uint64(full[:])
}

func (c *cursor) u8() uint8   { return uint8(c.number(1)) }
func (c *cursor) u16() uint16 { return uint16(c.number(2)) }
func (c *cursor) u32() uint32 { return uint32(c.number(4)) }

// The first bytes of length-encoded integers that are no value themselves.
const (
	lenNull  = 0xfb // NULL in a text row; also begins a LOCAL INFILE request
	len16    = 0xfc
	len24    = 0xfd
	len64    = 0xfe // also begins an EOF packet
	lenError = 0xff // never a length; begins an ERR packet
)

// length reads a length-encoded integer; null reports the byte that stands for NULL.
func (c *cursor) length() (n uint64, null bool) {
	switch first := c.u8(); first {
	case lenNull:
		return 0, true
	case len16:
		return c.number(2), false
	case len24:
		return c.number(3), false
	case len64:
		return c.number(8), false
	case lenError:
		c.b, c.short = nil, true
		return 0, false
	default:
		return uint64(first), false
	}
}

// counted reads a string with its length in front. If the end of it is missing rest is what there is, and size its length.
func (c *cursor) counted() (rest []byte, size uint64, null bool) {
	size, null = c.length()
	if size > uint64(len(c.b)) {
		rest = c.b
		c.b, c.short = nil, true
		return rest, size, null
	}
	return c.take(size), size, null
}

// name reads a counted string that names something, of which at most maxName bytes are kept.
func (c *cursor) name() string {
	b, _, _ := c.counted()
	return clip(b)
}

// terminated reads a string that ends in a zero byte, which may be missing at the packet's end.
func (c *cursor) terminated() string {
	b, rest, found := bytes.Cut(c.b, []byte{0})
	c.b = rest
	c.short = c.short || !found && len(b) == 0
	return clip(b)
}

// clip copies a name, as far as it is kept.
func clip(b []byte) string { return string(b[:min(len(b), maxName)]) }
