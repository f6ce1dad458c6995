package live

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/capture/pcapfile"
)

// asRoot skips a test that needs root.
func asRoot(t *testing.T, why string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can " + why)
	}
}

// process waits for a process that is not a child of this one.
type process struct{ fd int }

func watchProcess(t testing.TB, pid int) *process {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
	p := &process{fd}
	t.Cleanup(func() {
		_ = unix.PidfdSendSignal(p.fd, unix.SIGKILL, nil, 0) // in case it is still there
		_ = unix.Close(p.fd)
	})
	return p
}

// gone waits for the end of the process, some seconds at most.
func (p *process) gone() bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, 5000)
	return n == 1 && err == nil
}

// children returns the processes that a process has started, and theirs.
func children(pid int) (out []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, l := range lists {
		text, _ := os.ReadFile(l)
		for f := range strings.FieldsSeq(string(text)) {
			child, _ := strconv.Atoi(f)
			out = append(append(out, child), children(child)...)
		}
	}
	return out
}

// TestUnprivileged runs the helper as nobody with the capability of its file: it captures, and has no privilege left while
// it does. Without the capability it says what is missing.
func TestUnprivileged(t *testing.T) {
	asRoot(t, "give a file a capability and become nobody")
	tool := own(t)
	dir, err := os.MkdirTemp("", "tcptalk-setcap-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	text, err := os.ReadFile(tool.Path)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, programName(Own))
	if err := errors.Join(os.WriteFile(program, text, 0o755), os.Chmod(program, 0o755), os.Chmod(dir, 0o755)); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	const nobody = 65534
	credential := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}

	cmd := exec.Command(program, "probe", "-i=lo")
	cmd.SysProcAttr = credential
	out, err := cmd.Output()
	var p *Problem
	if e := answered(out, "", err); !errors.As(e, &p) || p.Kind != NoPermission {
		t.Errorf("without the capability: %v", e)
	}

	if out, err := exec.Command("setcap", "cap_net_raw+ep", program).CombinedOutput(); err != nil {
		t.Skipf("setcap does not work here: %v, %s", err, out)
	}
	cmd = exec.Command(program, "capture", "-i=lo", "-f=udp port 9")
	cmd.SysProcAttr = credential
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	stderr, err3 := cmd.StderrPipe()
	if err := errors.Join(err1, err2, err3, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	if !lines.Scan() || !strings.Contains(lines.Text(), `"ready"`) {
		_ = cmd.Process.Kill()
		t.Fatalf("it says %q", lines.Text())
	}
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", cmd.Process.Pid))
	for _, name := range threads {
		status, err := os.ReadFile(name)
		if err != nil {
			continue // that thread has ended
		}
		for _, want := range []string{"CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapInh:\t0000000000000000", "NoNewPrivs:\t1", "Uid:\t65534"} {
			if !strings.Contains(string(status), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	if len(threads) == 0 {
		t.Error("it has no threads to look at")
	}
	sendUDP(t, 3, 10)
	if err := stdin.Close(); err != nil {
		t.Error(err)
	}
	b, err := io.ReadAll(stdout)
	for lines.Scan() {
		continue
	}
	if e := cmd.Wait(); err != nil || e != nil || len(b) < 3*40 {
		t.Errorf("%d bytes were captured, %v, %v", len(b), err, e)
	}
}

// sendUDP sends n packets of size bytes to nobody.
func sendUDP(t testing.TB, n, size int) {
	t.Helper()
	c, err := net.Dial("udp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for sent, tries := 0, 0; sent < n; tries++ {
		// The answer to an earlier one, that nobody listens, comes back as the error of a later one, which is not sent.
		if _, err := c.Write(make([]byte, size)); err == nil {
			sent++
		} else if tries > 10*n {
			t.Fatal(err)
		}
	}
}

// TestInterfaceDown takes the interface down during a capture, in a network of its own.
func TestInterfaceDown(t *testing.T) {
	asRoot(t, "make a network namespace")
	tool := capturing(t)
	// The thread gets another network than the others, and ends with the test's goroutine, and the network with it.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespaces here: %v", err)
	}
	ip := func(args ...string) {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Errorf("ip %v: %v, %s", args, err, out)
		}
	}
	ip("link", "set", "lo", "up")
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "udp dst port 9"})
	sendUDP(t, 5, 10)
	until(t, r, "five packets", func(s State) bool { return s.Packets >= 5 })
	ip("link", "set", "lo", "down")
	noticed := func(kind NoticeKind) func(State) bool {
		return func(s State) bool {
			return len(s.Notices) > 0 && s.Notices[len(s.Notices)-1] == Notice{Kind: kind, Message: "lo"}
		}
	}
	until(t, r, "a notice that lo is down", noticed(NoticeDown))
	ip("link", "set", "lo", "up")
	until(t, r, "a notice that lo is up", noticed(NoticeUp))
	sendUDP(t, 3, 10)
	until(t, r, "three packets more", func(s State) bool { return s.Packets >= 8 })

	// Which kinds of interfaces can be made depends on the kernel's modules.
	if !slices.ContainsFunc([]string{"dummy", "ifb", "bridge"}, func(kind string) bool {
		return exec.Command("ip", "link", "add", "talk0", "type", kind).Run() == nil
	}) {
		t.Skip("no interface can be made here that could be removed again")
	}
	ip("link", "set", "talk0", "up")
	away := start(t, Spec{Tool: tool, Interfaces: []string{"talk0"}})
	ip("link", "del", "talk0")
	if said := ends(t, away, InterfaceDown); !strings.Contains(said, "talk0") {
		t.Errorf("the end does not name the interface: %s", said)
	}
}

// TestDiskFull captures onto a disk that is full soon: what is there stays whole.
func TestDiskFull(t *testing.T) {
	asRoot(t, "mount a small disk")
	tool := capturing(t)
	base := t.TempDir()
	if err := unix.Mount("tmpfs", base, "tmpfs", 0, "size=512k,mode=700"); err != nil {
		t.Skipf("no tmpfs here: %v", err)
	}
	defer func() {
		if err := unix.Unmount(base, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	r, err := Start(base, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "udp dst port 9"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		select {
		case <-r.Done():
		default:
			sendUDP(t, 20, 1000)
			changed := r.Changed()
			select {
			case <-changed:
			case <-time.After(time.Second):
			}
		}
	}
	ends(t, r, DiskFull)
	s := r.State()
	f, err := r.Open()
	if n := packets(t, f, err); n < 300 || n != int(s.Packets) {
		t.Errorf("%d packets of %d fit", n, s.Packets)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestProcessKilled kills a whole process that captures. Its helper ends with it, and another process finds what it had.
func TestProcessKilled(t *testing.T) {
	tool := capturing(t)
	base := t.TempDir()
	port := echo(t)
	app := exec.Command(os.Args[0])
	app.Env = append(os.Environ(), "TCPTALK_TEST_APP="+strings.Join([]string{base, tool.Path, strconv.Itoa(port)}, "\n"))
	out, err := app.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan() // it captures
	helpers := children(app.Process.Pid)
	if len(helpers) != 1 {
		t.Fatalf("the app has %d children, and said %q", len(helpers), lines.Text())
	}
	helper := watchProcess(t, helpers[0])
	say(t, port, "hello")
	lines.Scan() // it has all of that
	if err := app.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = app.Wait() // it was killed
	if !helper.gone() {
		t.Error("the helper outlives the process that started it")
	}
	left, err := Leftovers(base)
	if err != nil || len(left) != 1 {
		t.Fatalf("found %v, %v", left, err)
	}
	f, err := left[0].Open()
	if n := packets(t, f, err); n < 7 {
		t.Errorf("%d packets are left of 7", n)
	}
	if err := left[0].Discard(); err != nil {
		t.Error(err)
	}
}

func init() { processes["TCPTALK_TEST_APP"] = testApp }

// testApp is the process of TestProcessKilled: it says when it captures and when it has a conversation.
func testApp(args string) {
	f := strings.Split(args, "\n")
	r, err := Start(f[0], Spec{Tool: Tool{Own, f[1]}, Interfaces: []string{"lo"}, Filter: "tcp port " + f[2]})
	if err != nil {
		fmt.Println(err)
		return
	}
	for said := 0; ; {
		changed := r.Changed()
		if s := r.State(); said == 0 && s.Phase == Capturing || said == 1 && s.Packets >= 7 {
			said++
			fmt.Println("at", said)
			continue
		}
		<-changed
	}
}

// TestDropsAddUp stops the helper until its buffer is full: what it kept and what was lost are what was sent, and the place
// is marked.
func TestDropsAddUp(t *testing.T) {
	tool := capturing(t)
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "udp dst port 9", SnapLen: 256, Buffer: 1})
	if err := r.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	const first, then = 20_000, 100
	sendUDP(t, first, 200)
	if err := r.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	// While the buffer still empties, more would be dropped.
	until(t, r, "what it kept and a count of the rest", func(s State) bool { return s.Dropped > 0 && s.Packets+s.Dropped >= first })
	kept := r.State().Packets
	sendUDP(t, then, 200)
	until(t, r, "packets after the drop", func(s State) bool { return s.Packets >= kept+then })
	r.Stop()
	<-r.Done()
	s := r.State()
	if s.Packets+s.Dropped != first+then || s.Dropped == 0 || s.Received != first+then {
		t.Errorf("%d kept and %d dropped of %d; the system counts %+v", s.Packets, s.Dropped, first+then, s.Counters)
	}
	if len(s.Notices) != 1 || s.Notices[0].N != s.Dropped || s.Notices[0].Frame != s.Packets-then+1 {
		t.Errorf("%d packets, and noticed %+v: the place is behind the %d that had room", s.Packets, s.Notices, s.Packets-then)
	}
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	marked := uint64(0)
	for b := new(pcapfile.Batch); f.NextBatch(b) == nil; {
		for i := range b.Packets {
			marked += b.Packets[i].Dropped
		}
	}
	if i := f.Info().Interfaces[0]; marked != s.Dropped || i.Dropped != s.Dropped || i.Received != s.Received {
		t.Errorf("the file marks %d dropped, and counts %d of %d", marked, i.Dropped, i.Received)
	}
}

// What comes on a busy interface before the filter is set is none of the capture: it is neither among its packets nor counted, or what
// was received would never be what was kept and what was dropped.
func TestCountsBeginWithTheFilter(t *testing.T) {
	tool := capturing(t)
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for b := make([]byte, 64); ; {
			select {
			case <-quit:
				return
			default:
				_, _ = sink.WriteTo(b, sink.LocalAddr()) // what has no room was on the wire all the same
			}
		}
	}()
	defer func() { close(quit); <-done }()
	for range 5 {
		r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: "udp port 1"})
		r.Stop()
		<-r.Done()
		if s := r.State(); !s.Known || s.Received != 0 || s.Packets != 0 {
			t.Fatalf("of nothing %d were received, %d kept, %d dropped", s.Received, s.Packets, s.Dropped)
		}
	}
}
