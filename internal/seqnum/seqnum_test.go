package seqnum

import "testing"

func TestOrderAcrossTheWrap(t *testing.T) {
	for _, c := range []struct {
		a, b                      Number
		after, before, atOrBefore bool
	}{
		{0, 0, false, false, true},
		{1, 0, true, false, false},
		{0, 1, false, true, true},
		{0, 1<<32 - 1, true, false, false}, // 0 follows the highest number
		{1<<32 - 1, 0, false, true, true},
		{100, 1<<32 - 100, true, false, false},
		{1<<31 - 1, 0, true, false, false},
		{1<<31 + 1, 0, false, true, true},
		{1 << 31, 0, true, true, true}, // exactly opposite: both
		{0, 1 << 31, true, true, true},
		{1<<31 + 7, 7, true, true, true},
	} {
		if got := c.a.After(c.b); got != c.after {
			t.Errorf("%d after %d is %v", c.a, c.b, got)
		}
		if got := c.a.Before(c.b); got != c.before {
			t.Errorf("%d before %d is %v", c.a, c.b, got)
		}
		if got := c.a.AtOrBefore(c.b); got != c.atOrBefore {
			t.Errorf("%d at or before %d is %v", c.a, c.b, got)
		}
	}
}

func TestDistanceAndAddAreInverse(t *testing.T) {
	for _, a := range []Number{0, 1, 1 << 31, 1<<32 - 1} {
		for _, n := range []uint32{0, 1, 1460, 1 << 31, 1<<32 - 1} {
			if got := a.Add(n).Distance(a); got != n {
				t.Errorf("%d plus %d lies %d past it", a, n, got)
			}
		}
	}
	if got := Number(5).Distance(10); got != 1<<32-5 {
		t.Errorf("5 lies %d past 10, want the way around", got)
	}
}
