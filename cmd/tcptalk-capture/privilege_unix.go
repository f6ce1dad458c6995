//go:build unix && !linux

package main

import (
	"fmt"
	"os"
	"syscall"
)

// relinquish becomes the real user again, for good. Here the right to capture is that to open /dev/bpf*, which a group has; a
// set-user-ID program is the other way.
func relinquish() error {
	if os.Getegid() != os.Getgid() {
		if err := syscall.Setgid(os.Getgid()); err != nil {
			return fmt.Errorf("become group %d: %w", os.Getgid(), err)
		}
	}
	if os.Geteuid() != os.Getuid() {
		if err := syscall.Setuid(os.Getuid()); err != nil {
			return fmt.Errorf("become user %d: %w", os.Getuid(), err)
		}
	}
	return nil
}
