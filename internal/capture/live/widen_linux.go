package live

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipeSize is the largest pipe that an account may have without asking: the program is woken less often.
const pipeSize = 1 << 20

// widen makes a pipe longer, if the system lets it.
func widen(pipe *os.File) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) // else it stays as it is
	})
}
