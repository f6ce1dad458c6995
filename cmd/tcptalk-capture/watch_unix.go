//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// waitForReader returns when the reader of a pipe is gone. Without traffic nothing is written that would find that out.
func waitForReader(pipe *os.File) {
	for {
		fds := []unix.PollFd{{Fd: int32(pipe.Fd())}}
		if n, err := unix.Poll(fds, -1); err != unix.EINTR && (err != nil || n > 0) {
			return
		}
	}
}
