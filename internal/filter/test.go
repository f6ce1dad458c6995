package filter

import (
	"bytes"
	"cmp"
	"net/netip"
	"regexp"
	"slices"

	"tcptalk/internal/session"
)

// op is what a condition asks of a value.
type op uint8

const (
	exists op = iota
	masked    // any bit of the mask is set
	equal
	differ
	less
	lessOrEqual
	greater
	greaterOrEqual
	contains
	matches
	within
)

// test is one condition: a field and what is asked of it.
//
// A field can have several values in a packet. As in Wireshark one that fits is enough, with "all" every one must fit, and in
// either case there must be one.
type test struct {
	field *Field
	other *Field // the right side, if that is a field
	op    op
	all   bool
	said  bool // "any" or "all" was written
	// masks says that only the bits of mask are looked at.
	masks bool
	mask  int64
	// literals are the right side; of a set the ends of its ranges, sorted and without overlap.
	literals []literal
	pattern  *regexp.Regexp
	level    Level
	bit      uint64 // in the masks of a stage
	one      func(v *value) bool
}

// build makes one, which asks a single value.
func (t *test) build() {
	typ := t.field.Type
	switch t.op {
	case exists:
		t.one = func(*value) bool { return true }
	case masked:
		t.one = func(v *value) bool { return v.num != 0 }
	case contains:
		if t.other == nil {
			t.one = func(v *value) bool { return bytes.Contains(v.bytes, t.literals[0].bytes) }
		}
	case matches:
		t.one = func(v *value) bool { return t.pattern.Match(v.bytes) }
	case within:
		t.one = t.inSet
	default:
		if t.other == nil {
			l := &t.literals[0]
			if typ == Address4 || typ == Address6 {
				t.one = func(v *value) bool { return t.op.fits(compareAddress(v, l)) }
				return
			}
			t.one = func(v *value) bool { return t.op.fits(typ.compare(v, &l.value)) }
		}
	}
}

// fits reports that the outcome of a comparison is what the operator asks for.
func (o op) fits(c int) bool {
	switch o {
	case equal:
		return c == 0
	case differ:
		return c != 0
	case less:
		return c < 0
	case lessOrEqual:
		return c <= 0
	case greater:
		return c > 0
	case greaterOrEqual:
		return c >= 0
	default:
		return false
	}
}

// compare orders two values of a type.
func (t Type) compare(a, b *value) int {
	switch t {
	case Address4, Address6:
		return a.addr.Compare(b.addr)
	case String, Bytes:
		return bytes.Compare(a.bytes, b.bytes)
	default:
		return cmp.Compare(a.num, b.num)
	}
}

// compareAddress compares as many bits as the literal has.
func compareAddress(v *value, l *literal) int {
	if l.bits == l.addr.BitLen() {
		return v.addr.Compare(l.addr)
	}
	a, errA := v.addr.Prefix(l.bits)
	b, errB := l.addr.Prefix(l.bits)
	if errA != nil || errB != nil {
		return v.addr.Compare(l.addr)
	}
	return a.Addr().Compare(b.Addr())
}

// sort orders the ranges of a set and joins those that overlap, so that a value is found by halving: a list of packets can be
// long. Prefixes of addresses become ranges.
func (t *test) sort() {
	typ := t.field.Type
	ranges := t.literals
	for i := 0; i+1 < len(ranges); i += 2 {
		if low := &ranges[i]; (typ == Address4 || typ == Address6) && low.bits < low.addr.BitLen() {
			ranges[i], ranges[i+1] = ends(low)
		}
	}
	order := make([][2]literal, 0, len(ranges)/2)
	for i := 0; i+1 < len(ranges); i += 2 {
		order = append(order, [2]literal{ranges[i], ranges[i+1]})
	}
	slices.SortStableFunc(order, func(a, b [2]literal) int { return typ.compare(&a[0].value, &b[0].value) })
	out := t.literals[:0]
	for _, r := range order {
		if n := len(out); n > 0 && typ.compare(&r[0].value, &out[n-1].value) <= 0 {
			if typ.compare(&r[1].value, &out[n-1].value) > 0 {
				out[n-1] = r[1]
			}
			continue
		}
		out = append(out, r[0], r[1])
	}
	t.literals = out
}

// ends returns the first and the last address of a prefix.
func ends(l *literal) (first, last literal) {
	first, last = *l, *l
	p, err := l.addr.Prefix(l.bits)
	if err != nil {
		return first, last
	}
	first.addr, first.bits = p.Addr(), l.addr.BitLen()
	b := first.addr.AsSlice()
	for i := l.bits; i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	if a, ok := netip.AddrFromSlice(b); ok {
		last.addr, last.bits = a, first.bits
	}
	return first, last
}

// inSet reports that the value lies in one of the ranges.
func (t *test) inSet(v *value) bool {
	typ := t.field.Type
	lo, hi := 0, len(t.literals)/2
	for lo < hi { // the first range that does not end before v
		if m := (lo + hi) / 2; typ.compare(&t.literals[2*m+1].value, v) < 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return 2*lo < len(t.literals) && typ.compare(&t.literals[2*lo].value, v) <= 0
}

// holds decides a condition on index fields.
func (t *test) holds(r *row, scratch *[2][]value) bool {
	hit, miss := t.row(r, scratch)
	return hit && !(t.all && miss)
}

// row asks the values in a packet; hit and miss say that some fit and that some do not.
func (t *test) row(r *row, scratch *[2][]value) (hit, miss bool) {
	if t.op == exists && (t.field.Level == Payload) != (t.level == Payload) {
		return true, false // every row has the field
	}
	scratch[0] = t.field.values(r, scratch[0][:0])
	if t.other == nil {
		return t.ask(scratch[0])
	}
	scratch[1] = t.other.values(r, scratch[1][:0])
	return t.askBoth(scratch[0], scratch[1])
}

// of asks the values in a message.
func (t *test) of(m *session.Message, r *row, scratch *[2][]value) (hit, miss bool) {
	scratch[0] = t.field.get(m, r, scratch[0][:0])
	if t.other == nil {
		return t.ask(scratch[0])
	}
	scratch[1] = t.other.get(m, r, scratch[1][:0])
	return t.askBoth(scratch[0], scratch[1])
}

// on says to which packets of a message the condition belongs.
func (t *test) on() placed {
	if t.other != nil {
		return max(t.field.on, t.other.on)
	}
	return t.field.on
}

// get returns the values of a field in a message or, of an index field, in the packet that completed it.
func (f *Field) get(m *session.Message, r *row, dst []value) []value {
	switch {
	case f.message != nil:
		return f.message(m, dst)
	case f.Level <= Packet:
		return f.values(r, dst)
	}
	return dst
}

func (t *test) ask(values []value) (hit, miss bool) {
	for i := range values {
		v := &values[i]
		if t.masks {
			v.num &= t.mask
		}
		if t.one(v) {
			hit = true
		} else {
			miss = true
		}
	}
	return hit, miss
}

// askBoth compares every value of one field with every one of another.
func (t *test) askBoth(left, right []value) (hit, miss bool) {
	for i := range left {
		l := left[i]
		if t.masks {
			l.num &= t.mask
		}
		for j := range right {
			fits := t.op == contains && bytes.Contains(l.bytes, right[j].bytes) ||
				t.op != contains && t.op.fits(t.field.Type.compare(&l, &right[j]))
			hit, miss = hit || fits, miss || !fits
		}
	}
	return hit, miss
}
