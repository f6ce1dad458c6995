package space_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"tcptalk/internal/capture/helper/helpertest"
	"tcptalk/internal/lab/space"
)

func newSpace(t *testing.T) *space.Space {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces are for root; run this test as root")
	}
	s, err := space.New()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this root may not make network namespaces (CAP_SYS_ADMIN is missing):", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestMain(m *testing.M) { helpertest.Main(m) }

// record begins to record an interface.
func record(t *testing.T, s *space.Space, name string) *space.Recording {
	t.Helper()
	r, err := s.Record(t.Context(), helpertest.Program(t), name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCable sends a datagram over a cable and finds it recorded at either end, not larger than a wire would carry it.
func TestCable(t *testing.T) {
	a, b := newSpace(t), newSpace(t)
	err := space.Join(a, b,
		space.Plug{Name: "eth0", Address: netip.MustParsePrefix("10.9.0.1/24")},
		space.Plug{Name: "eth0", Address: netip.MustParsePrefix("10.9.0.2/24"), MAC: net.HardwareAddr{2, 0, 0, 0, 9, 2}})
	if err != nil {
		t.Fatal(err)
	}
	atA := record(t, a, "eth0")
	atB := record(t, b, "eth0")
	var server net.PacketConn
	if err := b.Do(func() (err error) { server, err = net.ListenPacket("udp", "10.9.0.2:5000"); return err }); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	before := time.Now()
	if err := a.Do(func() error {
		c, err := net.Dial("udp", "10.9.0.2:5000")
		if err == nil {
			_, err = c.Write([]byte("over the cable"))
			err = errors.Join(err, c.Close())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 100)
	n, _, err := server.ReadFrom(got)
	if err != nil || string(got[:n]) != "over the cable" {
		t.Fatalf("%q, %v", got[:n], err)
	}
	for name, recording := range map[string]*space.Recording{"a": atA, "b": atB} {
		frames, err := recording.Stop(50 * time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, f := range frames {
			if bytes.Contains(f.Data, []byte("over the cable")) {
				found++
				if !bytes.Equal(f.Data[:6], []byte{2, 0, 0, 0, 9, 2}) {
					t.Errorf("%s: the frame is addressed to %x", name, f.Data[:6])
				}
				if d := time.Unix(0, f.Time).Sub(before); d < 0 || d > 10*time.Second {
					t.Errorf("%s: the frame came %v after it was sent", name, d)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: the datagram is there %d times among %d frames", name, found, len(frames))
		}
	}
}

// TestLoopbackIsRecordedOnce: on lo each packet passes twice.
func TestLoopbackIsRecordedOnce(t *testing.T) {
	s := newSpace(t)
	recording := record(t, s, "lo")
	if err := s.Do(func() error {
		c, err := net.Dial("udp", "127.0.0.1:5000")
		if err == nil {
			_, err = c.Write([]byte("to myself"))
			err = errors.Join(err, c.Close())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	frames, err := recording.Stop(50 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range frames {
		// The kernel's answer quotes the datagram; only its own has UDP right after an IP header of 20 bytes.
		if len(f.Data) > 23 && f.Data[23] == syscall.IPPROTO_UDP {
			found++
		}
	}
	if found != 1 {
		t.Errorf("the datagram is there %d times among %d frames", found, len(frames))
	}
}

// TestCloseEndsPrograms: what was started in a namespace ends with it, and what that has started.
func TestCloseEndsPrograms(t *testing.T) {
	s := newSpace(t)
	cmd := exec.Command("sh", "-c", "sleep 1000 & echo started; wait")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = s.Start(cmd)
	}
	if err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	if line, err := said.ReadString('\n'); err != nil || line != "started\n" {
		t.Fatalf("%q, %v", line, err)
	}
	s.Close()
	// Both hold the other end of this pipe.
	if rest, err := io.ReadAll(said); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("the program ended with %v", err)
	}
	if err := s.Do(func() error { return nil }); !errors.Is(err, space.ErrClosed) {
		t.Errorf("a closed namespace says %v", err)
	}
}

// TestSysctl: a value of one namespace is not that of another.
func TestSysctl(t *testing.T) {
	a, b := newSpace(t), newSpace(t)
	const name = "net.ipv4.tcp_syncookies"
	read := func(s *space.Space) (value string) {
		if err := s.Do(func() error {
			b, err := os.ReadFile("/proc/sys/net/ipv4/tcp_syncookies")
			value = string(b)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return value
	}
	for _, c := range []struct {
		space *space.Space
		value string
	}{{a, "0"}, {b, "1"}} {
		if err := c.space.Sysctl(name, c.value); err != nil {
			t.Fatal(err)
		}
	}
	if x, y := read(a), read(b); x != "0\n" || y != "1\n" {
		t.Errorf("%q and %q", x, y)
	}
	if err := a.Sysctl("net.ipv4.no_such_thing", "1"); err == nil {
		t.Error("an unknown value could be set")
	}
}

// TestPort answers an ARP request by hand: what the kernel sends can be read, and what is written it receives.
func TestPort(t *testing.T) {
	s := newSpace(t)
	mac := net.HardwareAddr{2, 0, 0, 0, 9, 1}
	port, err := s.Port(space.Plug{Name: "eth0", Address: netip.MustParsePrefix("10.9.0.1/24"), MAC: mac})
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("this machine has no /dev/net/tun:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	if err := s.Do(func() error {
		c, err := net.Dial("udp", "10.9.0.2:5000")
		if err == nil {
			_, err = c.Write([]byte("who is there"))
			err = errors.Join(err, c.Close())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	peer := []byte{2, 0, 0, 0, 9, 2}
	for frame := make([]byte, 2000); ; {
		n, err := port.Read(frame)
		if err != nil {
			t.Fatal(err)
		}
		f := frame[:n]
		switch {
		case bytes.Equal(f[12:14], []byte{8, 6}): // ARP
			answer := bytes.Clone(f)
			copy(answer, mac)
			copy(answer[6:], peer)
			answer[21] = 2 // reply
			copy(answer[22:], peer)
			copy(answer[28:], f[38:42])
			copy(answer[32:], mac)
			copy(answer[38:], f[28:32])
			if _, err := port.Write(answer); err != nil {
				t.Fatal(err)
			}
		case bytes.Contains(f, []byte("who is there")):
			if !bytes.Equal(f[:6], peer) || !bytes.Equal(f[6:12], mac) {
				t.Errorf("addressed %x", f[:12])
			}
			return
		}
	}
}

// TestSwitch: what one machine says to everybody reaches the others.
func TestSwitch(t *testing.T) {
	center := newSpace(t)
	var ports []string
	var recordings []*space.Recording
	var first *space.Space
	for i, address := range []string{"10.9.0.1/24", "10.9.0.2/24", "10.9.0.3/24"} {
		m := newSpace(t)
		port := []string{"one", "two", "three"}[i]
		if err := space.Join(m, center, space.Plug{Name: "eth0", Address: netip.MustParsePrefix(address)}, space.Plug{Name: port}); err != nil {
			t.Fatal(err)
		}
		ports = append(ports, port)
		if i == 0 {
			first = m
			continue
		}
		recording := record(t, m, "eth0")
		recordings = append(recordings, recording)
	}
	if err := center.Switch(ports...); err != nil {
		t.Fatal(err)
	}
	if err := first.Do(func() error {
		c, err := net.Dial("udp", "10.9.0.77:5000") // nobody: everybody is asked who that is
		if err == nil {
			_, err = c.Write([]byte("x"))
			err = errors.Join(err, c.Close())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i, recording := range recordings {
		frames, err := recording.Stop(50 * time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if asked := bytes.Contains(joined(frames), []byte{10, 9, 0, 77}); !asked {
			t.Errorf("machine %d was not asked among %d frames", i+2, len(frames))
		}
	}
	if err := center.Switch("no-such-port"); err == nil {
		t.Error("a second switch of the same name was made")
	}
}

// joined is the data of all frames.
func joined(frames []space.Frame) (all []byte) {
	for _, f := range frames {
		all = append(all, f.Data...)
	}
	return all
}

// TestPace: frames that are sent at once leave one after the other.
func TestPace(t *testing.T) {
	a, b := newSpace(t), newSpace(t)
	err := space.Join(a, b,
		space.Plug{Name: "eth0", Address: netip.MustParsePrefix("10.9.0.1/24")},
		space.Plug{Name: "eth0", Address: netip.MustParsePrefix("10.9.0.2/24"), MAC: net.HardwareAddr{2, 0, 0, 0, 9, 2}})
	if err == nil {
		err = a.Neighbour("eth0", netip.MustParseAddr("10.9.0.2"), net.HardwareAddr{2, 0, 0, 0, 9, 2})
	}
	if err == nil {
		err = a.Pace("eth0", 8_000_000) // a microsecond for a byte
	}
	if err != nil {
		t.Fatal(err)
	}
	recording := record(t, a, "eth0")
	const sent, size = 6, 1400
	if err := a.Do(func() error {
		c, err := net.ListenPacket("udp", "10.9.0.1:0") // unconnected: it hears nothing of a port where nobody listens
		if err != nil {
			return err
		}
		to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort("10.9.0.2:5000"))
		for range sent {
			if err == nil {
				_, err = c.WriteTo(bytes.Repeat([]byte("pace"), size/4), to)
			}
		}
		return errors.Join(err, c.Close())
	}); err != nil {
		t.Fatal(err)
	}
	frames, err := recording.Stop(50 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	var at []int64
	for _, f := range frames {
		if len(f.Data) == 14+20+8+size {
			at = append(at, f.Time)
		}
	}
	if len(at) != sent {
		t.Fatalf("%d frames", len(at))
	}
	// The first one may leave at once, with what a frame may take in advance.
	if took := time.Duration(at[sent-1] - at[0]); took < (sent-2)*size*time.Microsecond {
		t.Errorf("all had left after %v", took)
	}
}
