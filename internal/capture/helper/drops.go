package helper

import "time"

// Drops finds the packets before which others were dropped. The kernel only counts what it had no room for; it does not say
// when. The helper asks several times a second, so a drop happened between two questions, and every packet stamped after
// the second one came after it. Packets stamped earlier may still wait in the kernel's buffer.
type Drops struct {
	known   uint64
	waiting uint64
	since   int64     // nanoseconds since 1970: packets from here on came after the drop
	noticed time.Time // when that was found out, on a clock that is never set
}

// patience is how long a drop waits for a packet stamped after it. Longer means that the system's clock was set back.
const patience = 2 * time.Second

// Count takes in how many packets were dropped from the beginning on, asked at now.
func (d *Drops) Count(total uint64, now time.Time) {
	if total <= d.known {
		return
	}
	d.waiting += total - d.known
	d.known = total
	d.since, d.noticed = now.UnixNano(), now
}

// Before returns how many packets were dropped right before a packet stamped stamp that is handed over at now.
func (d *Drops) Before(stamp int64, now func() time.Time) uint64 {
	if d.waiting == 0 || stamp < d.since && now().Sub(d.noticed) < patience {
		return 0
	}
	n := d.waiting
	d.waiting = 0
	return n
}

// Total returns how many were dropped by now.
func (d *Drops) Total() uint64 { return d.known }
