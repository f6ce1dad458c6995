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

// Duration writes d in the unit a person would choose, with two or three significant digits: "20 µs", "3.9 ms", "1.02 s",
// "4 min 10 s".
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
	case d < time.Millisecond:
		return append(appendScaled(b, d, time.Microsecond), " µs"...)
	case d < time.Second:
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

// appendScaled writes d in units with as many decimals as make three digits, without trailing zeros behind the first one.
func appendScaled(b []byte, d, unit time.Duration) []byte {
	v := float64(d) / float64(unit)
	switch {
	case v >= 99.95:
		return strconv.AppendFloat(b, v, 'f', 0, 64)
	case v >= 9.995 || d%unit == 0 && unit == time.Microsecond:
		if d%unit == 0 {
			return strconv.AppendFloat(b, v, 'f', 0, 64)
		}
		return strconv.AppendFloat(b, v, 'f', 1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', 2, 64)
}

// Bytes writes a number of bytes in decimal units as file managers do: "832 B", "36 kB", "1.1 GB".
func Bytes(n uint64) string {
	switch {
	case n < 1000:
		return strconv.FormatUint(n, 10) + " B"
	case n < 10_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 1, 64) + " kB"
	case n < 1_000_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 0, 64) + " kB"
	case n < 1_000_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
	}
	return strconv.FormatFloat(float64(n)/1e9, 'f', 2, 64) + " GB"
}

// Percent writes done of total in whole percent; 0 of 0 is all of it.
func Percent(done, total int64) string {
	if total <= 0 {
		return "100 %"
	}
	return strconv.FormatInt(min(done*100/total, 100), 10) + " %"
}
