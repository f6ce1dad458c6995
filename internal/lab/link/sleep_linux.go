package link

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleepExactly blocks its thread for a short time, to within some 50 µs.
func sleepExactly(d time.Duration) {
	if d <= 0 {
		return
	}
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil) // a signal that ends it early does no harm
}
