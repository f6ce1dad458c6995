package live

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tcptalk/internal/capture/helper/helpertest"
	"tcptalk/internal/capture/pcapfile"
)

// processes are what tests run as processes of their own, by the environment variable that asks for them and has their arguments.
var processes = map[string]func(args string){}

func TestMain(m *testing.M) {
	for variable, run := range processes {
		if args := os.Getenv(variable); args != "" {
			run(args)
			return
		}
	}
	helpertest.Main(m)
}

// own returns the helper. A machine without a C compiler or libpcap cannot run the test.
func own(t testing.TB) Tool {
	t.Helper()
	return Tool{Own, helpertest.Program(t)}
}

// capturing returns a helper that may capture on loopback.
func capturing(t testing.TB) Tool {
	t.Helper()
	tool := own(t)
	if err := Probe(t.Context(), tool, "lo"); err != nil {
		t.Skipf("this account may not capture on lo (root may): %v", err)
	}
	return tool
}

// start starts a capture that the test's end removes.
func start(t testing.TB, s Spec) *Run {
	t.Helper()
	r, err := Start(t.TempDir(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("closing the capture: %v", err)
		}
	})
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// echo is a server that sends back what it gets.
func echo(t testing.TB) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// say opens a connection to port, sends text, and reads the answer.
func say(t testing.TB, port int, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, len(text))); err != nil {
		t.Fatal(err)
	}
	return c
}

// until waits for a state of the capture, or fails after a generous time.
func until(t testing.TB, r *Run, what string, ok func(State) bool) State {
	t.Helper()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		changed := r.Changed()
		s := r.State()
		if ok(s) {
			return s
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("the capture does not come to: %s; it is %+v", what, s)
		}
	}
}

// packets reads what a capture that has ended holds.
func packets(t testing.TB, f *pcapfile.File, err error) int {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for b := new(pcapfile.Batch); ; {
		if err := f.NextBatch(b); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		n += len(b.Packets)
	}
}

// ends waits for a capture to end with a problem, and returns what it says.
func ends(t testing.TB, r *Run, want ProblemKind) string {
	t.Helper()
	s := until(t, r, "its end", func(s State) bool { return s.Phase == Ended })
	<-r.Done()
	if s.Problem == nil || s.Problem.Kind != want {
		t.Fatalf("the capture ended with %v (%s), not with %s", s.Problem, s.End, want)
	}
	return s.Problem.Error()
}

// TestLoopback watches a conversation: every packet once, the counts add up, the file can be saved and read.
func TestLoopback(t *testing.T) {
	tool := capturing(t)
	port := echo(t)
	base := t.TempDir()
	r, err := Start(base, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port)})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	c := say(t, port, "hello")
	c.Close()
	// SYN, SYN-ACK, ACK; data, ACK, data, ACK; FIN, FIN-ACK, ACK: once each, though loopback shows a packet twice.
	until(t, r, "the packets of one conversation", func(s State) bool { return s.Packets >= 9 })
	r.Stop()
	<-r.Done()
	s := r.State()
	if s.Problem != nil || s.End != EndAsked || s.Packets < 9 || s.Packets > 10 {
		t.Errorf("after one conversation: %+v", s)
	}
	if !s.Known || s.Received != s.Packets || s.Dropped != 0 {
		t.Errorf("%d packets, but the system counts %+v", s.Packets, s.Counters)
	}
	if n := packets(t, f, nil); n != int(s.Packets) {
		t.Errorf("%d packets of %d can be read", n, s.Packets)
	}
	out := filepath.Join(t.TempDir(), "saved.pcapng")
	if err := r.Save(out, false); err != nil {
		t.Fatal(err)
	}
	if err := r.Save(out, false); !errors.Is(err, os.ErrExist) {
		t.Errorf("saving over a file: %v", err)
	}
	saved, err := pcapfile.Open(out)
	if n := packets(t, saved, err); n != int(s.Packets) {
		t.Errorf("%d packets of %d were saved", n, s.Packets)
	}
	if i := saved.Info().Interfaces; len(i) != 1 || i[0].Name != "lo" || i[0].UnitsPerSecond != 1e9 || !i[0].HasStatistics {
		t.Errorf("the interface was saved as %+v", i)
	}
	if st, err := os.Stat(r.dir.path); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("the private directory: %v, %v", st.Mode(), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(base); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
