package narrate

import (
	"math"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0 ns"},
		{1, "1 ns"},
		{999, "999 ns"},
		{time.Microsecond, "1 µs"},
		{1500, "1.50 µs"},
		{17 * time.Microsecond, "17 µs"},
		{12_345, "12.3 µs"},
		{123_456, "123 µs"},
		{999_499, "999 µs"},
		{999_500, "1.00 ms"},
		{time.Millisecond, "1 ms"},
		{3970 * time.Microsecond, "3.97 ms"},
		{9_994_999, "9.99 ms"},
		{9_995_001, "10.0 ms"},
		{30_830 * time.Microsecond, "30.8 ms"},
		{99_949 * time.Microsecond, "99.9 ms"},
		{99_950_001, "100 ms"},
		{301 * time.Millisecond, "301 ms"},
		{999_600 * time.Microsecond, "1.00 s"},
		{1020 * time.Millisecond, "1.02 s"},
		{15_041 * time.Millisecond, "15.0 s"},
		{15 * time.Second, "15 s"},
		{119 * time.Second, "119 s"},
		{2 * time.Minute, "2 min 0 s"},
		{250 * time.Second, "4 min 10 s"},
		{2 * time.Hour, "2 h 0 min"},
		{47*time.Hour + 59*time.Minute, "47 h 59 min"},
		{48 * time.Hour, "2 d 0 h"},
		{-20 * time.Microsecond, "-20 µs"},
	} {
		if got := Duration(c.d); got != c.want {
			t.Errorf("%d ns: %q, want %q", c.d, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 65160: "65,160", 123456: "123,456", 1000000: "1,000,000",
		math.MaxUint64: "18,446,744,073,709,551,615",
	} {
		if got := Count(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 B", 832: "832 B", 999: "999 B", 1000: "1.0 kB", 1149: "1.1 kB", 9949: "9.9 kB", 9950: "10 kB", 36_400: "36 kB",
		999_499: "999 kB", 999_500: "1.0 MB", 2_154_567: "2.2 MB", 999_949_999: "999.9 MB", 999_950_000: "1.00 GB",
		1_100_000_000: "1.10 GB", 12_345_678_901: "12.35 GB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		want        string
	}{
		{0, 0, "100 %"},
		{5, -1, "100 %"},
		{0, 10, "0 %"},
		{1, 3, "33 %"},
		{2, 3, "66 %"},
		{999, 1000, "99 %"},
		{10, 10, "100 %"},
		{11, 10, "100 %"},
		{-1, 10, "0 %"},
		{math.MaxInt64 / 2, math.MaxInt64, "50 %"},
	} {
		if got := Percent(c.done, c.total); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.done, c.total, got, c.want)
		}
	}
}

func TestParseLang(t *testing.T) {
	for s, want := range map[string]Lang{"en": English, "en_GB.UTF-8": English, "zh": Chinese, "zh-Hans": Chinese, "zh_CN.UTF-8": Chinese} {
		if got, ok := ParseLang(s); !ok || got != want {
			t.Errorf("%q: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "z", "de_DE", "C"} {
		if got, ok := ParseLang(s); ok || got != English {
			t.Errorf("%q: %v, %v", s, got, ok)
		}
	}
	if got := (Text{"only English"}).In(Chinese); got != "only English" {
		t.Errorf("a missing text is %q", got)
	}
	for _, l := range []Lang{English, Chinese} {
		if got, ok := ParseLang(l.String()); !ok || got != l {
			t.Errorf("%v is not read back", l)
		}
	}
}
