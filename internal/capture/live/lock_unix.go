//go:build unix

package live

import (
	"os"

	"golang.org/x/sys/unix"
)

// errQuota is what the system says where the account has used up its share of a disk.
var errQuota error = unix.EDQUOT

// tryLock locks a file for this process, or fails at once. The lock ends with the process, however that ends.
func tryLock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
