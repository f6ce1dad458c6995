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

// maxShort is the longest message of a type that a program does not expect to be long (MAX_STARTUP and
// VALID_LONG_MESSAGE_TYPE in libpq are of that order).
const maxShort = 30_000

// longTags are the types that may be long, in either direction.
const longTags = "TDdVENAQPBFCp"

// judge looks at the first bytes of a direction and says who sends them. The types of both sides overlap; what stands behind
// the header decides.
func judge(b []byte) role {
	if b[0] == 0 {
		const head = 8
		if len(b) < head {
			return unsure
		}
		if plausibleStartup(int64(binary.BigEndian.Uint32(b)), binary.BigEndian.Uint32(b[4:])) {
			return frontend
		}
		return neither
	}
	tag := b[0]
	_, front := frontendTags[tag]
	_, back := backendTags[tag]
	switch {
	case !front && !back, len(b) >= 2 && b[1] != 0: // a message above 16 MB is not likely to be the first
		return neither
	case len(b) < headerLen:
		return unsure
	}
	length := int64(binary.BigEndian.Uint32(b[1:]))
	if length < headerLen-1 || length > maxShort && strings.IndexByte(longTags, tag) < 0 {
		return neither
	}
	inside := b[headerLen:]
	whole := int64(len(inside)) >= length-(headerLen-1)
	if len(b) < enough && !whole {
		return unsure
	}
	if whole {
		inside = inside[:length-(headerLen-1)]
	}
	front, back = front && fitsFrontend(tag, inside, whole), back && fitsBackend(tag, inside, whole)
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
		i := bytes.IndexByte(b, 0)
		return i >= 0 && (!whole || len(b) == i+5) || i < 0 && !whole && text(b, false) && !isSeverity(b)
	case 'P', 'B', 'p', 'f':
		return len(b) > 0
	default: // F, d
		return len(b) > 0
	}
}

// fitsBackend reports that a backend's message of a type may begin so.
func fitsBackend(tag byte, b []byte, whole bool) bool {
	switch tag {
	case 'R':
		return len(b) >= 4 && binary.BigEndian.Uint32(b) <= uint32(AuthSASLFinal)
	case 'Z':
		return len(b) == 1 && (b[0] == 'I' || b[0] == 'T' || b[0] == 'E')
	case '1', '2', '3', 'n', 's', 'I', 'c':
		return len(b) == 0
	case 'C':
		return isTag(b)
	case 'E', 'N':
		return isSeverity(b)
	case 'T', 'D', 't':
		return len(b) >= 2 && b[0] <= 6 // at most 1664 columns
	case 'S':
		i := bytes.IndexByte(b, 0)
		return len(b) > 0 && i != 0 && text(b[:max(i, 0)], false)
	case 'K':
		return len(b) >= 8
	case 'G', 'H', 'W':
		return len(b) >= 3 && b[0] <= 1
	case 'A', 'V', 'v':
		return len(b) >= 4
	default: // d
		return len(b) > 0
	}
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
