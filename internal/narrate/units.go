package narrate

import (
	"strconv"
	"time"
)

// Count writes n with thousands separators: "65,160". The same in every language.
func Count(n uint64) string { return string(AppendCount(nil, n)) }

// AppendCount appends Count(n) to b.
func AppendCount(b []byte, n uint64) []byte {
	var digits [20]byte
	s := strconv.AppendUint(digits[:0], n, 10)
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, c)
	}
	return b
}

// Duration writes d in the unit a person would choose, with three significant digits, or as a whole number where it is one:
// "20 µs", "3.90 ms", "1.02 s", "2 s", "4 min 10 s".
func Duration(d time.Duration) string { return string(AppendDuration(nil, d)) }

// AppendDuration appends Duration(d) to b.
func AppendDuration(b []byte, d time.Duration) []byte {
	if d < 0 {
		b = append(b, '-')
		d = -d
	}
	switch {
	case d < time.Microsecond:
		return append(strconv.AppendInt(b, int64(d), 10), " ns"...)
	case d < time.Millisecond-roundsUp*time.Nanosecond:
		return append(appendScaled(b, d, time.Microsecond), " µs"...)
	case d < time.Second-roundsUp*time.Microsecond:
		return append(appendScaled(b, d, time.Millisecond), " ms"...)
	case d < 2*time.Minute:
		return append(appendScaled(b, d, time.Second), " s"...)
	case d < 2*time.Hour:
		b = append(strconv.AppendInt(b, int64(d/time.Minute), 10), " min "...)
		return append(strconv.AppendInt(b, int64(d%time.Minute/time.Second), 10), " s"...)
	case d < 48*time.Hour:
		b = append(strconv.AppendInt(b, int64(d/time.Hour), 10), " h "...)
		return append(strconv.AppendInt(b, int64(d%time.Hour/time.Minute), 10), " min"...)
	}
	b = append(strconv.AppendInt(b, int64(d/(24*time.Hour)), 10), " d "...)
	return append(strconv.AppendInt(b, int64(d%(24*time.Hour)/time.Hour), 10), " h"...)
}

// roundsUp is how many thousandths of a unit below 1000 of it are rounded to 1000, and therefore belong to the next unit.
const roundsUp = 500

// appendScaled writes d in units with as many decimals as make three digits, none if it is a whole number of them.
func appendScaled(b []byte, d, unit time.Duration) []byte {
	if d%unit == 0 {
		return strconv.AppendInt(b, int64(d/unit), 10)
	}
	v := float64(d) / float64(unit)
	decimals := 2
	switch {
	case v >= 99.95:
		decimals = 0
	case v >= 9.995:
		decimals = 1
	}
	return strconv.AppendFloat(b, v, 'f', decimals, 64)
}

// Bytes writes a number of bytes in decimal units as file managers do: "832 B", "1.1 kB", "36 kB", "1.1 MB", "1.10 GB".
func Bytes(n uint64) string {
	switch {
	case n < 1000:
		return strconv.FormatUint(n, 10) + " B"
	case n < 9_950:
		return scaled(n, 1e3, 1) + " kB"
	case n < 999_500:
		return scaled(n, 1e3, 0) + " kB"
	case n < 999_950_000:
		return scaled(n, 1e6, 1) + " MB"
	}
	return scaled(n, 1e9, 2) + " GB"
}

func scaled(n uint64, unit float64, decimals int) string {
	return strconv.FormatFloat(float64(n)/unit, 'f', decimals, 64)
}

// Percent writes done of total in whole percent, rounded down and at most 100; 0 of 0 is all of it.
func Percent(done, total int64) string {
	if total <= 0 || done >= total {
		return "100 %"
	}
	return strconv.FormatInt(int64(float64(max(done, 0))/float64(total)*100), 10) + " %"
}
