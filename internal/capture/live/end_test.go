package live

import (
	"fmt"
	"os"
	"testing"
	"time"

	"tcptalk/internal/capture/pcapfile"
)

// TestHelperKilled kills the helper: what it had handed over stays, and the end has a name.
func TestHelperKilled(t *testing.T) {
	tool := capturing(t)
	port := echo(t)
	r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port)})
	say(t, port, "hello")
	until(t, r, "a handshake and data", func(s State) bool { return s.Packets >= 7 })
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	ends(t, r, HelperKilled)
	// Asking for what has happened does not make it the reason.
	r.Stop()
	if s := r.State(); s.End != "" || s.Problem == nil {
		t.Errorf("after it was stopped too late it ended with %v, %s", s.Problem, s.End)
	}
	f, err := r.Open()
	if n := packets(t, f, err); n < 7 {
		t.Errorf("%d packets are left after the helper was killed", n)
	}
}

// TestLimits ends captures by each of their limits, exactly.
func TestLimits(t *testing.T) {
	tool := capturing(t)
	port := echo(t)
	for _, c := range []struct {
		limits Limits
		end    EndReason
	}{
		{Limits{Packets: 5}, EndPackets}, {Limits{Bytes: 1000}, EndBytes}, {Limits{Duration: 300 * time.Millisecond}, EndTime},
	} {
		r := start(t, Spec{Tool: tool, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port), Limits: c.limits})
		say(t, port, "hello, this is some text").Close()
		s := until(t, r, "its end", func(s State) bool { return s.Phase == Ended })
		<-r.Done()
		if s.Problem != nil || s.End != c.end {
			t.Errorf("%+v: ended with %v, %s", c.limits, s.Problem, s.End)
		}
		f, err := r.Open()
		n := packets(t, f, err)
		if c.limits.Packets > 0 && n != 5 {
			t.Errorf("%d packets, not 5", n)
		}
		if c.limits.Bytes > 0 && (n < 3 || r.trail.length() > 1000) {
			t.Errorf("%d packets in %d bytes of 1000", n, r.trail.length())
		}
	}
}

// TestAppKilled leaves a capture behind as a process does that is killed: the next one finds it whole.
func TestAppKilled(t *testing.T) {
	base := t.TempDir()
	dir, err := newDirectory(base, &Spec{Interfaces: []string{"lo"}, Filter: "port 80"})
	if err != nil {
		t.Fatal(err)
	}
	cut := 0
	for n := 1; n <= 2; n++ {
		_, file, err := dir.part(n)
		if err != nil {
			t.Fatal(err)
		}
		w := pcapOf(t, file, 3)
		cut = int(w.Size()) - 7
		file.Close()
	}
	// The last block is half written.
	if err := os.Truncate(dir.path+"/"+fmt.Sprintf(partPattern, 2), int64(cut)); err != nil {
		t.Fatal(err)
	}
	if found, err := Leftovers(base); err != nil || len(found) != 0 {
		t.Fatalf("a capture is offered while its process is there: %v, %v", found, err)
	}
	dir.lock.Close() // the end of the process
	empty, err := newDirectory(base, &Spec{})
	if err != nil {
		t.Fatal(err)
	}
	empty.lock.Close()

	found, err := Leftovers(base)
	if err != nil || len(found) != 1 || found[0].Spec.Filter != "port 80" {
		t.Fatalf("found %+v, %v", found, err)
	}
	if again, err := Leftovers(base); err != nil || len(again) != 0 {
		t.Errorf("offered twice: %v, %v", again, err)
	}
	f, err := found[0].Open()
	if n := packets(t, f, err); n != 5 {
		t.Errorf("%d packets of 5 whole ones are left", n)
	}
	out := t.TempDir() + "/recovered.pcapng"
	if err := found[0].Save(out, false); err != nil {
		t.Fatal(err)
	}
	saved, err := pcapfile.Open(out)
	if n := packets(t, saved, err); n != 5 {
		t.Errorf("%d packets of 5 were saved", n)
	}
	if err := found[0].Release(); err != nil {
		t.Error(err)
	}
	if again, err := Leftovers(base); err != nil || len(again) != 1 {
		t.Fatalf("after it was left for later: %v, %v", again, err)
	} else if err := again[0].Discard(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(base); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
