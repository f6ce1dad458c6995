package filter

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tcptalk/internal/narrate"
)

// literal is a value in a filter: the value itself, and for an address how many of its bits count.
type literal struct {
	value
	bits int
	// shown is how it was written.
	shown string
}

// literal reads the token as a value that f can be compared with.
func (p *parser) literal(f *Field, t token) (literal, *Error) {
	if t.kind != tWord && t.kind != tText {
		return literal{}, p.fail(t, narrate.FilterNoValue, narrate.FilterFacts{})
	}
	l := literal{shown: p.text[t.start:t.end]}
	if !l.read(f, t) {
		return l, p.fail(t, narrate.FilterBadValue, narrate.FilterFacts{Text: l.shown, Field: f.Name, Kind: typeNames[f.Type]})
	}
	if f.Most > 0 && uint64(l.num) > f.Most {
		return l, p.fail(t, narrate.FilterTooBig, narrate.FilterFacts{Text: l.shown, Field: f.Name, Other: strconv.FormatUint(f.Most, 10)})
	}
	return l, nil
}

// read reads the token as a value of the field's type.
func (l *literal) read(f *Field, t token) bool {
	switch f.Type {
	case Bool:
		return l.bool(f, t)
	case Number:
		return l.number(f, t)
	case Duration:
		return t.kind == tWord && l.duration(t.text)
	case Time:
		return t.kind == tText && l.time(t.text)
	case Address4, Address6:
		return t.kind == tWord && l.address(t.text) && l.addr.Is4() == (f.Type == Address4)
	case String:
		l.bytes = []byte(t.text)
		return true
	case Bytes:
		return l.hex(t)
	default:
		return false
	}
}

// named looks for a name of a value.
func (l *literal) named(f *Field, t token) bool {
	for _, n := range f.Names {
		if n.Name == t.text {
			l.num = int64(n.Value)
			return true
		}
	}
	return false
}

// truths are the names of boolean values that newer versions of Wireshark know.
var truths = map[string]int64{"true": 1, "True": 1, "TRUE": 1, "false": 0, "False": 0, "FALSE": 0}

func (l *literal) bool(f *Field, t token) bool {
	if n, ok := truths[t.text]; ok {
		l.num = n
		return true
	}
	if !l.number(f, t) {
		return false
	}
	l.num = min(l.num, 1) // any other number is true
	return true
}

// number reads a decimal, hexadecimal, octal or binary number.
func (l *literal) number(f *Field, t token) bool {
	if l.named(f, t) {
		return true
	}
	n, err := strconv.ParseInt(t.text, 0, 64)
	l.num = n
	return t.kind == tWord && err == nil && n >= 0 && !strings.ContainsAny(t.text, "_+-")
}

// duration reads seconds with a fraction, or a number with a unit.
func (l *literal) duration(s string) bool {
	if d, err := time.ParseDuration(s); err == nil && unicode.IsLetter(rune(s[len(s)-1])) {
		l.num = int64(d)
		return true
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" && fraction == "" || len(fraction) > 9 {
		return false
	}
	n, err := strconv.ParseUint(whole+fraction+"000000000"[len(fraction):], 10, 63)
	l.num = int64(n)
	if strings.HasPrefix(s, "-") {
		l.num = -l.num
	}
	return err == nil
}

// timeLayouts are the ways to write a moment; without a zone it is local time.
var timeLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04", "2006-01-02",
	"Jan 2, 2006 15:04:05", "Jan 2, 2006 15:04:05 MST",
}

func (l *literal) time(s string) bool {
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			l.num = t.UnixNano()
			return true
		}
	}
	return false
}

// address reads an address, with the number of bits that count if only a part does.
func (l *literal) address(s string) bool {
	addr, bits, prefixed := strings.Cut(s, "/")
	a, err := netip.ParseAddr(addr)
	if err != nil || a.Zone() != "" {
		return false
	}
	l.addr, l.bits = a, a.BitLen()
	if prefixed {
		n, err := strconv.ParseUint(bits, 10, 8)
		if err != nil || int(n) > a.BitLen() {
			return false
		}
		l.bits = int(n)
	}
	return true
}

// hex reads a text, or bytes like 47:45:54, 47-45-54, 47.45.54 or 474554.
func (l *literal) hex(t token) bool {
	l.bytes = []byte(t.text)
	if t.kind == tText {
		return true
	}
	b, ok := parseHex(t.text)
	l.bytes = b
	return ok && len(b) > 0
}

// parseHex reads hexadecimal bytes, with or without one kind of separator.
func parseHex(s string) ([]byte, bool) {
	if len(s) > 2 {
		if sep := s[2]; strings.IndexByte(":-. ", sep) >= 0 {
			parts := strings.Split(s, string(sep))
			for _, p := range parts {
				if len(p) != 2 {
					return nil, false
				}
			}
			s = strings.Join(parts, "")
		}
	}
	b, err := hex.DecodeString(s)
	return b, err == nil
}
