// Package seqnum does arithmetic on 32-bit TCP sequence numbers, which wrap around (RFC 9293 §3.4).
//
// Comparing them with < is always a bug; the methods here are the only right way.
package seqnum

// Number is an absolute or relative TCP sequence number, modulo 2^32.
type Number uint32

// Add returns the number n bytes further on.
func (a Number) Add(n uint32) Number { return a + Number(n) }

// Distance returns how many bytes a lies past b, modulo 2^32.
func (a Number) Distance(b Number) uint32 { return uint32(a - b) }

// After reports that a lies past b. At a distance of exactly 2^31 both After and Before hold, as in Wireshark.
func (a Number) After(b Number) bool { return int32(b-a) < 0 }

// Before reports that a lies in front of b. At a distance of exactly 2^31 both After and Before hold, as in Wireshark.
func (a Number) Before(b Number) bool { return int32(a-b) < 0 }

// AtOrBefore reports that a lies in front of b or on it: the signed distance a-b is not positive.
func (a Number) AtOrBefore(b Number) bool { return int32(a-b) <= 0 }
