package diagnose

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/session"
)

var update = flag.Bool("update", false, "write testdata/expected.txt anew; read it before it is committed")

// minSilence is the shortest silence that TestRecordings tells about.
const minSilence = 400 * time.Millisecond

// TestRecordings compares what is found in recordings of real connections with testdata/expected.txt, which was read by hand
// against what the programs and the network are known to have done.
func TestRecordings(t *testing.T) {
	names, err := filepath.Glob("testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var b strings.Builder
	for _, name := range names {
		s := open(t, name)
		for i := range s.Streams() {
			v, err := s.View(i)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s %d\n%s\n", filepath.Base(name), i, report(v))
		}
	}
	const golden = "testdata/expected.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, b.String(), string(want))
}

// compare reports the blocks that differ; a block ends with an empty line.
func compare(t *testing.T, got, want string) {
	t.Helper()
	wanted := map[string]string{}
	for _, block := range strings.Split(want, "\n\n") {
		head, body, _ := strings.Cut(block, "\n")
		wanted[head] = body
	}
	for _, block := range strings.Split(got, "\n\n") {
		head, body, _ := strings.Cut(block, "\n")
		if body != wanted[head] {
			t.Errorf("%s: got\n%s\nwant\n%s", head, body, wanted[head])
		}
		delete(wanted, head)
	}
	for head := range wanted {
		t.Errorf("%s is expected and not there", head)
	}
}

// open reads a recording to its end.
func open(t testing.TB, name string) *session.Session {
	t.Helper()
	s, err := session.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// report writes everything that is found out about a connection.
func report(v *session.View) string {
	ms := Moments(v)
	var b strings.Builder
	fmt.Fprintf(&b, "  %s:", healthNames[HealthOf(&v.Conn)])
	for i, m := range ms {
		if i > 0 {
			if IsSilence(v, ms, i, minSilence) {
				w, by := Silence(v, ms, i)
				fmt.Fprintf(&b, " (%s %s)", waitingNames[w], sideNames[by])
			}
		}
		if m != Nothing {
			fmt.Fprintf(&b, " %d %s", v.At(i).Frame, momentNames[m])
		}
	}
	b.WriteString("\n")
	for _, f := range Connection(v, ms) {
		fmt.Fprintf(&b, "  %s %s by %s, %d", severityNames[f.Severity], codeNames[f.Code], sideNames[f.By], f.Count)
		if f.All {
			b.WriteString(" all")
		}
		if f.Time > 0 {
			fmt.Fprintf(&b, ", %v", f.Time.Round(time.Microsecond))
		}
		if f.Mean > 0 {
			fmt.Fprintf(&b, ", mean %v", f.Mean.Round(time.Microsecond))
		}
		if len(f.Frames) > 0 {
			fmt.Fprintf(&b, " %v", f.Frames)
		}
		b.WriteString("\n")
	}
	return b.String()
}
