package space

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Space is a network namespace. Its methods may be called from any goroutine until Close.
type Space struct {
	work chan func()
	quit chan struct{} // closed by Close
	done chan struct{} // closed when the thread has ended its work
	fd   int
	once sync.Once
}

// ErrClosed is what a closed space answers.
var ErrClosed = errors.New("the network namespace is closed")

// New makes a namespace with its loopback interface up.
func New() (*Space, error) {
	s := &Space{work: make(chan func()), quit: make(chan struct{}), done: make(chan struct{})}
	ready := make(chan error)
	go s.live(ready)
	if err := <-ready; err != nil {
		return nil, fmt.Errorf("a network namespace: %w", err)
	}
	return s, nil
}

// live finds a thread that can end. The main thread cannot, and what it started would live on: it is held until another one is found.
func (s *Space) live(ready chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		s.liveHere(ready)
		return
	}
	found := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		close(found)
		s.liveHere(ready)
	}()
	<-found
	runtime.UnlockOSThread()
}

// liveHere is the life of the thread. It is never unlocked, so the thread ends with the goroutine instead of serving others.
func (s *Space) liveHere(ready chan<- error) {
	defer close(s.done)
	err := ordinary()
	if err == nil {
		err = unix.Unshare(unix.CLONE_NEWNET)
	}
	if err == nil {
		s.fd, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	if err == nil {
		err = up("lo")
	}
	ready <- err
	if err != nil {
		return
	}
	for {
		select {
		case f := <-s.work:
			f()
		case <-s.quit:
			s.endPrograms()
			_ = unix.Close(s.fd) // it was only read
			return
		}
	}
}

// endPrograms kills what runs in the namespace. The kernel would kill what this thread has started, but not what that has.
func (s *Space) endPrograms() {
	var own unix.Stat_t
	if unix.Fstat(s.fd, &own) != nil {
		return
	}
	const patience, apart = 5 * time.Second, 5 * time.Millisecond
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(apart) {
		running := false
		processes, _ := filepath.Glob("/proc/[0-9]*/ns/net") // the pattern is a good one
		for _, file := range processes {
			var other unix.Stat_t
			id, err := strconv.Atoi(strings.Split(file, "/")[2])
			if err != nil || unix.Stat(file, &other) != nil || other.Ino != own.Ino || other.Dev != own.Dev {
				continue
			}
			running = true
			_ = unix.Kill(id, unix.SIGKILL) // or it has ended
		}
		if !running {
			return
		}
	}
}

// ordinary takes from the thread, and so from the programs that it starts, the precedence that this process may have.
func ordinary() error {
	now, err := unix.SchedGetAttr(0, 0)
	if err != nil || now.Policy == unix.SCHED_NORMAL {
		return err
	}
	return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}, 0)
}

// up switches an interface on.
func up(name string) error {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return netlink.LinkSetUp(l)
}

// Close ends the namespace with every program in it. It waits for a Do that is under way and is safe to call twice.
func (s *Space) Close() {
	s.once.Do(func() { close(s.quit) })
	<-s.done
}

// Do runs f on the namespace's thread: sockets that f makes belong to the namespace. Calls wait for each other.
func (s *Space) Do(f func() error) error {
	result := make(chan error, 1)
	select {
	case <-s.done:
		return ErrClosed
	case s.work <- func() { result <- f() }:
		return <-result
	}
}

// Sysctl sets a value of the namespace, as in "net.ipv4.tcp_syncookies".
func (s *Space) Sysctl(name, value string) error {
	return s.Do(func() error {
		file := filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/"))
		if err := os.WriteFile(file, []byte(value), 0); err != nil {
			return fmt.Errorf("%s=%s: %w", name, value, err)
		}
		return nil
	})
}

// Start starts a program in the namespace. The kernel kills it when the namespace ends, if it has not ended before.
func (s *Space) Start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	return s.Do(cmd.Start)
}

// Run runs a short program to its end; what it printed becomes part of the error.
func (s *Space) Run(name string, args ...string) error {
	var out strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := s.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(out.String()))
	}
	return nil
}
