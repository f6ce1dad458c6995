package dns

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// reader walks through a message.
type reader struct {
	b       []byte
	at      int
	netBIOS bool
	// followed counts the pointers that were followed.
	followed int
}

// UnknownLabel stands for a name with a label of a kind that was never used (RFC 6891 §5), as Wireshark writes it.
const UnknownLabel = "<Unknown extended label>"

// Bounds of names. Without them each of the thousands of names in a message could be as long as the message itself.
const (
	// maxName bounds the text of a name: RFC 1035 §2.3.4 allows 255 bytes.
	maxName = 255
	// maxFollowed bounds the pointers that are followed in one message: more than there is room for in the longest.
	maxFollowed = 1 << 16
)

// The two highest bits of a label's length say what it is (RFC 1035 §4.1.4).
const (
	labelKind     = 0xc0
	labelPlain    = 0x00
	labelExtended = 0x40
	labelPointer  = 0xc0
)

// name reads a name. The bytes of its labels stay as they are; a name longer than allowed is read to its end, or its first pointer,
// and cut. False if it reaches beyond the message or never ends.
func (r *reader) name() (string, bool) {
	var text [maxName]byte
	out := text[:0]
	b, at, behind := r.b, r.at, -1
	for read := 0; read < len(b) && at < len(b); {
		n := int(b[at])
		at++
		switch n & labelKind {
		case labelPlain:
			// Behind a pointer it is known where the message goes on, and nothing more of a name that is too long is kept.
			if n == 0 || behind >= 0 && len(out) == maxName {
				r.behind(behind, at)
				return r.text(out), true
			}
			if at+n > len(b) {
				return "", false
			}
			out = appendLabel(out, b[at:at+n])
			at += n
			read += n + 1
		case labelPointer:
			if at >= len(b) || !r.follow() {
				return "", false
			}
			if behind < 0 {
				behind = at + 1
			}
			at = n&^labelKind<<8 | int(b[at])
			read += 2 // a pointer that leads back here makes this grow without end
		case labelExtended:
			r.behind(behind, at)
			return UnknownLabel, true
		default:
			return "", false
		}
	}
	return "", false
}

// appendLabel adds a label to a name, as far as there is room.
func appendLabel(name, label []byte) []byte {
	if len(name) > 0 && len(name) < maxName {
		name = append(name, '.')
	}
	return append(name, label[:min(len(label), maxName-len(name))]...)
}

// follow reports that another pointer may be followed.
func (r *reader) follow() bool {
	r.followed++
	return r.followed <= maxFollowed
}

// behind moves the reader behind a name that ends at end, or at its first pointer.
func (r *reader) behind(pointer, end int) {
	r.at = end
	if pointer >= 0 {
		r.at = pointer
	}
}

// text makes the name out of its bytes.
func (r *reader) text(name []byte) string {
	switch {
	case len(name) == 0:
		return "."
	case r.netBIOS:
		return netBIOSName(name)
	}
	return string(name)
}

// netBIOSName undoes the encoding of RFC 1001 §14.1: each half byte is a letter from A on; the 16th byte is the sort of
// service, padding is spaces or zero bytes.
func netBIOSName(name []byte) string {
	const encoded, plain = 32, 15
	if len(name) < encoded || len(name) > encoded && name[encoded] != '.' {
		return string(name)
	}
	var out [plain + 1]byte
	for i := range out {
		high, low := name[2*i]-'A', name[2*i+1]-'A'
		if high > 0xf || low > 0xf {
			return string(name)
		}
		out[i] = high<<4 | low
	}
	s := strings.TrimRight(string(out[:plain]), " \x00") + "<" + hex.EncodeToString(out[plain:]) + ">"
	return s + string(name[encoded:])
}

// question reads a question, RFC 1035 §4.1.2.
func (r *reader) question() (Question, bool) {
	name, ok := r.name()
	if !ok || len(r.b)-r.at < 4 {
		return Question{}, false
	}
	q := Question{name, binary.BigEndian.Uint16(r.b[r.at:]), binary.BigEndian.Uint16(r.b[r.at+2:])}
	r.at += 4
	return q, true
}

// record reads a resource record's header, RFC 1035 §4.1.3, and moves behind the record. at is where its data begins.
func (r *reader) record() (h dns.RR_Header, at int, ok bool) {
	const fixed = 10
	h.Name, ok = r.name()
	if !ok || len(r.b)-r.at < fixed {
		return h, 0, false
	}
	b := r.b[r.at:]
	h.Rrtype, h.Class = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	h.Ttl, h.Rdlength = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint16(b[8:])
	at = r.at + fixed
	r.at = at + int(h.Rdlength)
	return h, at, r.at <= len(r.b)
}

// data writes the data of a record at a place of the message, in hexadecimal where it cannot be read.
func (r *reader) data(h dns.RR_Header, at int) string {
	raw := r.b[at : at+int(h.Rdlength)]
	switch {
	case len(raw) == 0:
		return ""
	case r.netBIOS:
		return netBIOSData(h.Rrtype, raw)
	}
	rr, _, err := dns.UnpackRRWithHeader(h, r.b[:at+len(raw)], at)
	if _, unknown := rr.(*dns.RFC3597); unknown || err != nil {
		return inHex(raw)
	}
	s := strings.TrimPrefix(rr.String(), rr.Header().String())
	switch h.Rrtype {
	case dns.TypeCNAME, dns.TypeDNAME, dns.TypeNS, dns.TypePTR:
		if len(s) > 1 {
			s = strings.TrimSuffix(s, ".")
		}
	}
	return shorten(s)
}

// netBIOSData writes the addresses of a NetBIOS name (RFC 1002 §4.2.13): each has two bytes of flags in front.
func netBIOSData(rrtype uint16, raw []byte) string {
	const nb, entry = 0x20, 6
	if rrtype != nb || len(raw)%entry != 0 {
		return inHex(raw)
	}
	var out []string
	for ; len(raw) > 0 && len(out) < maxQuestions; raw = raw[entry:] {
		out = append(out, netip.AddrFrom4([4]byte(raw[2:])).String())
	}
	return strings.Join(out, " ")
}

func inHex(b []byte) string { return shorten(hex.EncodeToString(b[:min(len(b), maxData)])) }
