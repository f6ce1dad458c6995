package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/cap"
)

// relinquish gives up everything that could be used against the system: the identity of a set-user-ID program, every
// capability, and the way to new ones through execve. Capabilities belong to threads, and a Go program has several before main
// begins; libcap changes them all.
func relinquish() error {
	if os.Getegid() != os.Getgid() {
		if err := syscall.Setresgid(os.Getgid(), os.Getgid(), os.Getgid()); err != nil {
			return fmt.Errorf("become group %d: %w", os.Getgid(), err)
		}
	}
	if os.Geteuid() != os.Getuid() {
		if err := syscall.Setresuid(os.Getuid(), os.Getuid(), os.Getuid()); err != nil {
			return fmt.Errorf("become user %d: %w", os.Getuid(), err)
		}
	}
	if err := cap.NewSet().SetProc(); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	if _, err := cap.Prctlw(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("set no-new-privs: %w", err)
	}
	// What the kernel says is worth more than that nothing failed.
	if differs, err := cap.GetProc().Cf(cap.NewSet()); err != nil || differs != 0 {
		return errors.New("capabilities are left after they were dropped")
	}
	return nil
}
