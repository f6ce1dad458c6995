//go:build unix

package lab

import "syscall"

// controlFunc sets options of a socket before it is used.
type controlFunc = func(network, address string, c syscall.RawConn) error

// receiveBuffer bounds the receive buffer. Set before the handshake it bounds the window from the first packet on.
func receiveBuffer(bytes int) controlFunc {
	return func(_, _ string, c syscall.RawConn) error {
		var err error
		if e := c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, bytes)
		}); e != nil {
			return e
		}
		return err
	}
}
