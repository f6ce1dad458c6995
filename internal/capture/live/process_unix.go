//go:build unix

package live

import (
	"os"
	"os/exec"
	"syscall"
)

// apart keeps a program out of the terminal's reach: Ctrl-C is for this program, which ends the other one in order.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// stopSignal asks a program to end.
func stopSignal(p *os.Process) error { return p.Signal(os.Interrupt) }

// killed reports that a signal ended the program.
func killed(e *exec.ExitError) bool {
	status, ok := e.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}
