package postgres

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// role is what the first bytes of a direction say about its sender.
type role uint8

const (
	unsure role = iota // more bytes are needed
	neither
	frontend
	backend
	either
)

// enough is how many bytes judge needs at most.
const enough = 16

// maxShort is the longest message of a type that is not expected to be long (VALID_LONG_MESSAGE_TYPE in libpq).
const maxShort = 30_000

// longTags are the types that may be long, in either direction.
const longTags = "TDdVENAQPBFCp"

// judge looks at the first bytes of a direction and says who sends them. The types of both sides overlap; what stands behind
// the header decides.
func judge(b []byte) role {
	tag := b[0]
	if tag == 0 {
		return judgeStartup(b)
	}
	_, front := frontendTags[tag]
	_, back := backendTags[tag]
	switch {
	case !front && !back, len(b) >= 2 && b[1] != 0: // a message above 16 MB is not likely to be the first
		return neither
	case len(b) < headerLen:
		return unsure
	}
	left := int64(binary.BigEndian.Uint32(b[1:])) - (headerLen - 1)
	if left < 0 || left > maxShort && strings.IndexByte(longTags, tag) < 0 {
		return neither
	}
	inside := b[headerLen:]
	whole := int64(len(inside)) >= left
	if whole {
		inside = inside[:left]
	} else if len(b) < enough {
		return unsure
	}
	return roleOf(front && fitsFrontend(tag, inside, whole), back && fitsBackend(tag, inside))
}

// judgeStartup is judge for a message without type.
func judgeStartup(b []byte) role {
	const head = 8
	switch {
	case len(b) < head:
		return unsure
	case plausibleStartup(int64(binary.BigEndian.Uint32(b)), binary.BigEndian.Uint32(b[4:])):
		return frontend
	}
	return neither
}

func roleOf(front, back bool) role {
	switch {
	case front && back:
		return either
	case front:
		return frontend
	case back:
		return backend
	}
	return neither
}

// fitsFrontend reports that a frontend's message of a type may begin so. whole says that this is all of it.
func fitsFrontend(tag byte, b []byte, whole bool) bool {
	switch tag {
	case 'Q':
		return text(b, whole)
	case 'S', 'H', 'X', 'c':
		return len(b) == 0
	case 'D', 'C':
		return len(b) >= 2 && (b[0] == 'S' || b[0] == 'P') && text(b[1:], whole) && !(tag == 'C' && isTag(b))
	case 'E':
		return isExecute(b, whole)
	default: // P, B, p, f, F, d
		return len(b) > 0
	}
}

// isExecute reports a portal's name and a number of rows.
func isExecute(b []byte, whole bool) bool {
	const limit = 4
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return !whole || len(b) == i+1+limit
	}
	return !whole && text(b, false) && !isSeverity(b)
}

// fitsBackend reports that a backend's message of a type may begin so.
func fitsBackend(tag byte, b []byte) bool {
	switch tag {
	case 'Z':
		return len(b) == 1 && bytes.IndexByte([]byte("ITE"), b[0]) >= 0
	case '1', '2', '3', 'n', 's', 'I', 'c':
		return len(b) == 0
	case 'C':
		return isTag(b)
	case 'E', 'N':
		return isSeverity(b)
	case 'S':
		return bytes.IndexByte(b, 0) > 0 && text(b[:bytes.IndexByte(b, 0)], false) || len(b) > 0 && text(b, false)
	}
	if first, ok := firstBytes[tag]; ok {
		return len(b) >= first.length && b[0] <= first.most
	}
	return len(b) > 0 // d
}

// firstBytes are the least lengths of backend messages that begin with a number, and the most that its first byte is.
var firstBytes = map[byte]struct {
	length int
	most   byte
}{
	'R': {4, 0}, 'T': {2, 6}, 'D': {2, 6}, 't': {2, 0xff}, // a row has at most 1664 columns
	'K': {8, 0xff}, 'G': {3, 1}, 'H': {3, 1}, 'W': {3, 1}, 'A': {4, 0xff}, 'V': {4, 0xff}, 'v': {4, 0},
}

// text reports printable text, which a NUL ends if it is whole.
func text(b []byte, whole bool) bool {
	if whole {
		if len(b) == 0 || b[len(b)-1] != 0 {
			return false
		}
		b = b[:len(b)-1]
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return false
		}
	}
	return true
}

// isTag reports a command's tag: words in capitals, as "INSERT 0 1" or "CREATE TABLE".
func isTag(b []byte) bool {
	n := 0
	for n < len(b) && b[n] >= 'A' && b[n] <= 'Z' {
		n++
	}
	return n >= 2 && (n == len(b) || b[n] == 0 || b[n] == ' ')
}

// isSeverity reports the first field of an error or notice, the severity.
func isSeverity(b []byte) bool {
	return len(b) >= 4 && b[0] == 'S' && text(b[1:4], false)
}
