package space

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Frame is one recorded frame, from its Ethernet header on.
type Frame struct {
	// Time is the kernel's, nanoseconds since 1970.
	Time int64
	Data []byte
}

// Tap records what passes an interface, from the moment it was made.
type Tap struct {
	fd       int
	loopback bool
	frames   []Frame
	size     int
	err      error
	stop     chan time.Duration // how long it has to be quiet before the tap ends
	done     chan struct{}
}

const (
	// tapBuffer is the room in the kernel for frames that have not been read yet.
	tapBuffer = 32 << 20
	// maxTapped bounds a recording: those made here are to be small.
	maxTapped = 256 << 20
	// tapPoll is how often a tap that hears nothing looks whether it is to end.
	tapPoll = 10 * time.Millisecond
)

// Tap begins to record an interface of the namespace. The caller stops it.
func (s *Space) Tap(name string) (*Tap, error) {
	t := &Tap{done: make(chan struct{}), stop: make(chan time.Duration, 1), loopback: name == "lo"}
	if err := s.Do(func() error { return t.open(name) }); err != nil {
		return nil, fmt.Errorf("recording %s: %w", name, err)
	}
	go t.record()
	return t, nil
}

func (t *Tap) open(name string) (err error) {
	// Without a protocol the socket hears nothing until bind has said on which interface.
	t.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	ifreq, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(t.fd, unix.SIOCGIFINDEX, ifreq)
	}
	if err == nil {
		err = unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, tapBuffer)
	}
	if err == nil {
		err = unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}
	if err == nil {
		// The kernel wants the protocol in network byte order.
		all := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL))
		err = unix.Bind(t.fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: int(ifreq.Uint32())})
	}
	if err != nil {
		return errors.Join(err, unix.Close(t.fd))
	}
	return nil
}

// record reads until it is told to stop and nothing comes any more.
func (t *Tap) record() {
	defer close(t.done)
	defer func() { t.err = errors.Join(t.err, unix.Close(t.fd)) }()
	frame, control := make([]byte, 1<<17), make([]byte, 128)
	var quiet time.Duration // 0: nobody has stopped it
	last := time.Now()
	for {
		select {
		case quiet = <-t.stop:
			// What was sent last may still be on its way.
			last = time.Now()
		default:
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(t.fd), Events: unix.POLLIN}}, int(tapPoll.Milliseconds()))
		if err != nil && err != unix.EINTR {
			t.err = err
			return
		}
		if n > 0 {
			if t.err = t.drain(frame, control); t.err != nil {
				return
			}
			last = time.Now()
		}
		if quiet != 0 && time.Since(last) >= quiet {
			t.err = t.dropped()
			return
		}
	}
}

// drain takes every frame that waits.
func (t *Tap) drain(frame, control []byte) error {
	for {
		n, nc, flags, from, err := unix.Recvmsg(t.fd, frame, control, unix.MSG_DONTWAIT)
		switch {
		case err == unix.EAGAIN:
			return nil
		case err != nil:
			return err
		case flags&unix.MSG_TRUNC != 0:
			return fmt.Errorf("a frame is longer than %d bytes", len(frame))
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		if ok && t.loopback && ll.Pkttype == unix.PACKET_OUTGOING {
			continue // it comes again on its way in
		}
		if t.size += n; t.size > maxTapped {
			return fmt.Errorf("more than %d bytes to record", maxTapped)
		}
		at, err := stamp(control[:nc])
		if err != nil {
			return err
		}
		t.frames = append(t.frames, Frame{at, append([]byte(nil), frame[:n]...)})
	}
}

// stamp finds the time among control messages.
func stamp(control []byte) (int64, error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return 0, err
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			ts := *(*unix.Timespec)(unsafe.Pointer(&m.Data[0]))
			return ts.Nano(), nil
		}
	}
	return 0, errors.New("the kernel did not say when a frame came")
}

// dropped is an error if the kernel had no room for a frame.
func (t *Tap) dropped() error {
	stats, err := unix.GetsockoptTpacketStats(t.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err == nil && stats.Drops > 0 {
		err = fmt.Errorf("%d frames were lost while recording", stats.Drops)
	}
	return err
}

// Stop waits until nothing has passed for quiet and returns what was recorded, in the order in which the kernel saw it. It is
// called once.
func (t *Tap) Stop(quiet time.Duration) ([]Frame, error) {
	t.stop <- max(quiet, 1)
	<-t.done
	return t.frames, t.err
}
