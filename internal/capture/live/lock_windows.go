package live

import (
	"os"

	"golang.org/x/sys/windows"
)

// errQuota is what Windows says where there is no room on a disk.
var errQuota error = windows.ERROR_DISK_FULL

// tryLock locks a file for this process, or fails at once. The lock ends with the process, however that ends.
func tryLock(f *os.File) error {
	const wholeFile = ^uint32(0)
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, wholeFile, wholeFile, new(windows.Overlapped))
}
