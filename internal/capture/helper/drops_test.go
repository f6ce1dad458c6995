package helper

import (
	"testing"
	"time"
)

func TestDrops(t *testing.T) {
	start := time.Now()
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var d Drops
	before := func(stamp, now int) uint64 {
		return d.Before(at(stamp).UnixNano(), func() time.Time { return at(now) })
	}
	if n := before(0, 0); n != 0 {
		t.Errorf("%d dropped before the first packet", n)
	}
	d.Count(7, at(100))
	if n := before(50, 110); n != 0 {
		t.Errorf("a packet that was in the buffer already stands behind %d dropped ones", n)
	}
	d.Count(7, at(150)) // no news must not move the place
	if n := before(120, 160); n != 7 {
		t.Errorf("%d dropped before the first packet after the drop, not 7", n)
	}
	if n := before(130, 170); n != 0 {
		t.Errorf("the same %d packets dropped again", n)
	}
	// Two drops before a packet comes through are one.
	d.Count(10, at(200))
	d.Count(15, at(300))
	if n := before(250, 310); n != 0 {
		t.Errorf("%d dropped before a packet stamped between two drops", n)
	}
	if n := before(301, 320); n != 8 || d.Total() != 15 {
		t.Errorf("%d dropped, %d in all, not 8 and 15", n, d.Total())
	}
	// The clock is set back by an hour: no packet is stamped later for long.
	d.Count(16, at(400))
	if n := before(-3_600_000, 500); n != 0 {
		t.Errorf("%d at once", n)
	}
	if n := before(-3_598_000, 2500); n != 1 {
		t.Errorf("a drop is lost after the clock was set back: %d", n)
	}
}
