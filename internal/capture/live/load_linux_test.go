package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/session"
)

// What TestLoad measures; `make bench-live` runs it. It needs root and a minute for each program.
const (
	loadPromised = 150_000 // packets a second
	loadRate     = 152_000 // a little more
	loadSnapLen  = 256
	loadPayload  = 64
	// loadMemory bounds the memory of the process that follows: a record for each packet, and the rest.
	loadPerPacket, loadFixed = 64, 64 << 20
)

func init() { processes["TCPTALK_TEST_LOAD"] = generate }

// generate is the process that makes load: packets of a few bytes on loopback, at a rate, for a time. It says how many.
func generate(args string) {
	var rate int
	var seconds float64
	if _, err := fmt.Sscan(args, &rate, &seconds); err != nil {
		fmt.Println(err)
		return
	}
	sink, err := net.ListenPacket("udp", "127.0.0.1:0") // nobody reads it: what has no room in it was on the wire all the same
	if err != nil {
		fmt.Println(err)
		return
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	to := &unix.SockaddrInet4{Port: sink.LocalAddr().(*net.UDPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}
	if err := unix.Connect(fd, to); err != nil {
		fmt.Println(err)
		return
	}
	payload := make([]byte, loadPayload)
	began, sent := time.Now(), 0
	for {
		passed := time.Since(began).Seconds()
		if passed >= seconds {
			break
		}
		for due := int(passed * float64(rate)); sent < due; {
			if _, err := unix.Write(fd, payload); err != nil {
				fmt.Println(err)
				return
			}
			sent++
		}
		time.Sleep(200 * time.Microsecond) // the rate is kept by the clock, not by this
	}
	fmt.Println(sent, time.Since(began).Seconds())
}

// load runs the generator and returns how many packets it sent, and in how many seconds.
func load(t *testing.T, seconds float64) (sent uint64, took float64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("TCPTALK_TEST_LOAD=%d %f", loadRate, seconds))
	out, err := cmd.CombinedOutput()
	if _, e := fmt.Sscan(string(out), &sent, &took); err != nil || e != nil {
		t.Fatalf("the generator: %v, %s", err, out)
	}
	return sent, took
}

// peak returns the largest memory that a process had, in bytes.
func peak(pid string) (n int64) {
	status, _ := os.ReadFile("/proc/" + pid + "/status")
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		n, _ = strconv.ParseInt(string(m[1]), 10, 64)
	}
	return n << 10
}

// TestLoad captures as many packets as a busy server has, on a network of its own, and compares with dumpcap and tcpdump under
// the same load. TCPTALK_LOAD is for how many seconds.
func TestLoad(t *testing.T) {
	seconds, err := strconv.ParseFloat(os.Getenv("TCPTALK_LOAD"), 64)
	if err != nil {
		t.Skip("a measurement of minutes: make bench-live")
	}
	asRoot(t, "make a network namespace")
	tool := capturing(t)
	// The thread gets another network than the others, and ends with the test's goroutine, and the network with it.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespaces here: %v", err)
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v, %s", err, out)
	}
	loadRing(t, tool, seconds)
	loadOurs(t, tool, seconds)
	for _, other := range [][]string{
		{"dumpcap", "-q", "-p", "-i", "lo", "-f", "udp", "-s", strconv.Itoa(loadSnapLen), "-B", "32", "-w"},
		{"tcpdump", "-n", "-p", "-i", "lo", "-s", strconv.Itoa(loadSnapLen), "-B", "32768", "udp", "-w"},
	} {
		loadOther(t, other, seconds)
	}
}

// loadRing turns a ring again and again: after the first turn neither memory nor open files grow, and the ring stays within its
// room.
func loadRing(t *testing.T, tool Tool, seconds float64) {
	t.Helper()
	ring := Ring{Files: 3, FileBytes: 16 << 20}
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "udp", SnapLen: loadSnapLen, Ring: ring})
	// measure takes the load for a part of the time and returns the memory in use and the open files after it.
	measure := func(part float64) (memory uint64, files int) {
		load(t, seconds*part)
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		open, _ := os.ReadDir("/proc/self/fd")
		return m.HeapAlloc, len(open)
	}
	memory, files := measure(0.25)
	turned := r.State().Turned
	later, open := measure(0.75)
	s := r.State()
	t.Logf("ring: %d files given up, then %d; memory in use %d KiB, then %d; open files %d, then %d; %d MiB kept",
		turned, s.Turned, memory>>10, later>>10, files, open, s.Bytes>>20)
	if turned == 0 || s.Turned <= turned {
		t.Errorf("the ring turned %d times, then %d: too slow to say anything", turned, s.Turned)
	}
	if later > memory+(4<<20) || open > files || s.Bytes > int64(ring.Files)*ring.FileBytes {
		t.Errorf("it grows: memory %d to %d, files %d to %d, %d bytes", memory, later, files, open, s.Bytes)
	}
	r.Stop()
	<-r.Done()
}

// loadOurs measures the helper, the files, and a session that follows.
func loadOurs(t *testing.T, tool Tool, seconds float64) {
	t.Helper()
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "udp", SnapLen: loadSnapLen})
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	over := make(chan error, 1)
	go func() { over <- s.Run(context.Background()) }()
	sent, took := load(t, seconds)
	helper := peak(strconv.Itoa(r.cmd.Process.Pid))
	r.Stop()
	<-r.Done()
	if err := <-over; err != nil {
		t.Error(err)
	}
	state, mine := r.State(), peak("self")
	t.Logf("tcptalk: %d sent at %.0f/s, %d kept, %d dropped; memory %d MiB and the helper's %d MiB, %d MiB written",
		sent, float64(sent)/took, state.Packets, state.Dropped, mine>>20, helper>>20, state.Bytes>>20)
	if state.Packets+state.Dropped != sent {
		t.Errorf("%d kept and %d dropped are %d, not the %d sent", state.Packets, state.Dropped, state.Packets+state.Dropped, sent)
	}
	if rate := float64(sent) / took; rate < loadPromised {
		t.Errorf("%.0f packets a second are less than %d: this machine is too slow, or too busy, to show anything", rate, loadPromised)
	}
	if got := uint64(s.Counts().Frames); got != state.Packets {
		t.Errorf("the session has %d of %d packets", got, state.Packets)
	}
	if most := int64(state.Packets)*loadPerPacket + loadFixed; mine > most {
		t.Errorf("%d MiB of memory for %d packets, more than %d MiB", mine>>20, state.Packets, most>>20)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// loadOther measures another program, which writes a file and says in the end what it dropped.
func loadOther(t *testing.T, argv []string, seconds float64) {
	t.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		t.Logf("%s is not installed: not compared", argv[0])
		return
	}
	var said tail
	cmd := exec.Command(argv[0], append(argv[1:], filepath.Join(t.TempDir(), "other.pcapng"))...)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // neither of them says reliably when it begins
	sent, took := load(t, seconds)
	time.Sleep(time.Second)
	if err := errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait()); err != nil {
		t.Error(err)
	}
	t.Logf("%s: %d sent at %.0f/s; it says: %s", argv[0], sent, float64(sent)/took, strings.Join(strings.Fields(said.String()), " "))
}
