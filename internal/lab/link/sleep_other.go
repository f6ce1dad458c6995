//go:build !linux

package link

import "time"

// sleepExactly waits as exactly as a timer can.
func sleepExactly(d time.Duration) { time.Sleep(d) }
