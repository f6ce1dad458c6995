package pcapfile

import (
	"math"
	"math/bits"

	"tcptalk/internal/capture"
)

const nanosPerSecond = 1_000_000_000

// resolution turns the time units of one pcapng interface into nanoseconds.
type resolution struct {
	exp    uint8 // a unit is 10^-exp or 2^-exp seconds; 0..127
	binary bool
	offset int64 // if_tsoffset: seconds to add
}

// microseconds is the resolution of interfaces that state none.
var microseconds = resolution{exp: 6}

// newResolution reads an if_tsresol option: the top bit selects powers of 2 instead of 10.
func newResolution(b byte) (exp uint8, binary bool) { return b & 0x7f, b&0x80 != 0 }

// unitsPerSecond returns 0 if 64 bits do not hold it.
func (r resolution) unitsPerSecond() uint64 {
	switch {
	case r.binary:
		return 1 << r.exp
	case int(r.exp) < len(pow10):
		return pow10[r.exp]
	}
	return 0
}

// pow10 holds the powers of ten that fit 64 bits.
var pow10 = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// time converts a count of units. Times beyond int64 nanoseconds (years 1677 to 2262) are clamped and say so; fractions
// of a nanosecond are cut off.
func (r resolution) time(ts uint64) (int64, capture.TimeIssue) {
	if r.offset == 0 && !r.binary {
		switch {
		case r.exp == 9 && ts <= math.MaxInt64:
			return int64(ts), capture.TimeSound
		case r.exp == 6 && ts <= math.MaxInt64/1000:
			return int64(ts) * 1000, capture.TimeSound
		}
	}
	seconds, nanos := r.split(ts)
	return joinTime(seconds, nanos, r.offset)
}

// split returns whole seconds and the nanoseconds below, both without the offset.
func (r resolution) split(ts uint64) (seconds, nanos uint64) {
	if r.binary {
		if r.exp < 64 {
			seconds = ts >> r.exp
			ts -= seconds << r.exp
		}
		hi, lo := bits.Mul64(ts, nanosPerSecond)
		if r.exp >= 64 {
			return seconds, hi >> (r.exp - 64)
		}
		return seconds, hi<<(64-r.exp) | lo>>r.exp
	}
	if int(r.exp) < len(pow10) {
		unit := pow10[r.exp]
		seconds = ts / unit
		hi, lo := bits.Mul64(ts%unit, nanosPerSecond)
		nanos, _ = bits.Div64(hi, lo, unit)
		return seconds, nanos
	}
	// Units of 10^-20 seconds and less: 64 bits of them are below one second.
	if below := int(r.exp) - 9; below < len(pow10) {
		return 0, ts / pow10[below]
	}
	return 0, 0
}

// joinTime returns (seconds + offset) seconds and nanos nanoseconds since 1970, clamped to what int64 nanoseconds hold.
func joinTime(seconds, nanos uint64, offset int64) (int64, capture.TimeIssue) {
	const maxSeconds, minSeconds = math.MaxInt64 / nanosPerSecond, math.MinInt64 / nanosPerSecond
	if seconds > math.MaxInt64 {
		return math.MaxInt64, capture.TimeClamped
	}
	s := int64(seconds) + offset
	switch {
	case offset > 0 && s < offset, s >= maxSeconds:
		return math.MaxInt64, capture.TimeClamped
	case s <= minSeconds:
		return math.MinInt64, capture.TimeClamped
	}
	return s*nanosPerSecond + int64(nanos), capture.TimeSound
}
