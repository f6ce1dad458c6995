package live

import (
	"os"
	"os/exec"
	"syscall"
)

// apart keeps a program out of the console's reach: Ctrl-C is for this program, which ends the other one in order. It also
// gets no window.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// stopSignal ends a program: Windows has no way to ask one without a window.
func stopSignal(p *os.Process) error { return p.Kill() }

// killed reports that somebody ended the program: taskkill leaves this status.
func killed(e *exec.ExitError) bool { return e.ExitCode() == 1 && len(e.Stderr) == 0 }
