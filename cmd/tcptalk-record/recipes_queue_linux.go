package main

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/lab/link"
)

// acceptQueueFull is about a program that listens and never calls accept().
func acceptQueueFull() recipe {
	slow := link.Way{Delay: 15 * ms}
	return recipe{id: "trouble-accept-queue-full", takes: []take{
		{
			what: "listen(3), tcp_syncookies=0, tcp_synack_retries=2, 15 ms each way, six clients",
			net: network{
				subnet: "10.77.20", up: &slow, down: &slow, at: atClient,
				sysctls: [][2]string{{"net.ipv4.tcp_syncookies", "0"}, {"net.ipv4.tcp_synack_retries", "2"}},
			},
			play: sixClients,
		},
		{
			what: "listen(0) with SYN cookies, 15 ms each way, three clients",
			net:  network{subnet: "10.77.4", up: &slow, down: &slow, at: atClient}, play: threeClients,
		},
	}}
}

// descriptor is a socket that the runtime does not know.
type descriptor int

func (d descriptor) Close() error { return unix.Close(int(d)) }

func ipv4(at netip.AddrPort) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
}

// listenFor opens a port whose accept queue has room for backlog connections and one, and which nobody accepts from.
func (s *stage) listenFor(port uint16, backlog int) (descriptor, error) {
	var fd int
	err := s.server.Do(func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if err = unix.Bind(fd, ipv4(netip.AddrPortFrom(s.serverIP, port))); err == nil {
			err = unix.Listen(fd, backlog)
		}
		if err != nil {
			return errors.Join(err, unix.Close(fd))
		}
		return nil
	})
	return descriptor(fd), err
}

// dialTogether begins n connections before it waits for the first.
func (s *stage) dialTogether(n int, port uint16) ([]net.Conn, error) {
	files := make([]*os.File, n)
	err := s.client.Do(func() error {
		for i := range files {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
			if err != nil {
				return err
			}
			files[i] = os.NewFile(uintptr(fd), "connection")
			s.keep(files[i])
			if err := unix.Connect(fd, ipv4(netip.AddrPortFrom(s.serverIP, port))); err != nil && err != unix.EINPROGRESS {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var conns []net.Conn
	for _, f := range files {
		if err := connected(f); err != nil {
			return nil, err
		}
		c, err := net.FileConn(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		s.keep(c)
		conns = append(conns, c)
	}
	return conns, nil
}

// connected waits until a connection is there, or is not to be.
func connected(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var state int
	waitErr := raw.Write(func(fd uintptr) bool {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, pollErr := unix.Poll(fds, 0)
		if pollErr == unix.EINTR || pollErr == nil && n == 0 {
			return false
		}
		state, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		return true
	})
	if err = errors.Join(waitErr, err); err == nil && state != 0 {
		err = unix.Errno(state)
	}
	return err
}

const httpRequest = "GET / HTTP/1.0\r\n\r\n"

// until is a step that waits for a moment, counted from a beginning.
func (s *stage) until(begin time.Time, d time.Duration) func() error {
	return func() error { return s.sleep(time.Until(begin.Add(d))) }
}

func sixClients(s *stage) error {
	l, err := s.listenFor(9003, 3)
	if err != nil {
		return err
	}
	begin := time.Now()
	var early []*net.TCPConn
	for range 3 {
		c, err := s.dial(0, 9003, nil)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		early = append(early, c)
	}
	if err := s.until(begin, 397*ms)(); err != nil {
		return errors.Join(err, l.Close())
	}
	late, err := s.dialTogether(3, 9003)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	return errors.Join(inOrder(
		s.until(begin, 898*ms), say(late[1], httpRequest),
		s.until(begin, 9398*ms), late[2].Close,
		s.until(begin, 14400*ms), late[0].Close, early[2].Close, early[1].Close, early[0].Close,
		s.until(begin, 16740*ms),
	), l.Close())
}

func threeClients(s *stage) error {
	l, err := s.listenFor(9003, 0)
	if err != nil {
		return err
	}
	begin := time.Now()
	conns, err := s.dialTogether(3, 9003)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	return errors.Join(inOrder(
		s.until(begin, 500*ms), say(conns[1], httpRequest),
		s.until(begin, 9*time.Second), conns[2].Close,
		s.until(begin, 11*time.Second), conns[0].Close,
		s.until(begin, 16880*ms),
	), l.Close())
}
