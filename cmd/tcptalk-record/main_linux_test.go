package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/capture/helper/helpertest"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/lab/link"
	"tcptalk/internal/lab/space"
)

func TestMain(m *testing.M) {
	if args := os.Getenv(asRecorder); args != "" {
		os.Args = append(os.Args[:1], strings.Fields(args)...)
		main()
	}
	helpertest.Main(m)
}

// recording returns the program to record with, and skips where it cannot be built or no namespace can be made.
func recording(t *testing.T) (helper string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("recording is for root; run this test as root")
	}
	s, err := space.New()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this root may not make network namespaces (CAP_SYS_ADMIN is missing):", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	return helpertest.Program(t)
}

func TestRecipesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range recipes() {
		if seen[r.id] {
			t.Errorf("%s stands there twice", r.id)
		}
		seen[r.id] = true
		if _, err := fs.Stat(cases.FS(), r.id); err != nil {
			t.Error(err)
		}
		if len(r.takes) == 0 {
			t.Errorf("%s has no takes", r.id)
		}
		for i, take := range r.takes {
			if take.what == "" || take.play == nil {
				t.Errorf("%s: take %d does not say what it is", r.id, i+1)
			}
		}
	}
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"--list", 0, "trouble-refused-or-silent      needs nft\n"},
		{"--list basics-hello-7456", 0, "basics-hello-7456              needs no other program\n"},
		{"no-such-case", 1, `no recipe for "no-such-case"; there are: basics-hello-7456, `},
		{"--no-such-flag", 1, "unknown flag"},
		{"--help", 0, "read the lesson against the new one before --replace"},
	} {
		var out bytes.Buffer
		if status := run(t.Context(), strings.Fields(c.args), &out, &out); status != c.status || !strings.Contains(strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(c.want), " ")) {
			t.Errorf("%s: status %d\n%s", c.args, status, &out)
		}
	}
}

// TestMissingProgram: what cannot be recorded here is skipped with a line, and that is no failure.
func TestMissingProgram(t *testing.T) {
	var out bytes.Buffer
	r := recipe{id: "basics-hello-7456", needs: []string{"sh", "no-such-program"}}
	if status := (reporter{&out}).recordAll(t.Context(), &options{Out: t.TempDir()}, []recipe{r}); status != 0 || !strings.Contains(out.String(), "skipped: there is no no-such-program here") {
		t.Errorf("status %d: %s", status, &out)
	}
}

// TestRecord makes a recording and reads what it says of itself.
func TestRecord(t *testing.T) {
	helper := recording(t)
	dir := t.TempDir()
	var out bytes.Buffer
	if status := run(t.Context(), []string{"--helper", helper, "--out", dir, "basics-close-in-three"}, &out, &out); status != 0 {
		t.Fatalf("status %d: %s", status, &out)
	}
	f, err := pcapfile.Open(filepath.Join(dir, "basics-close-in-three.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	section := f.Info().Sections[0]
	if !strings.Contains(section.Comment, "the client closes after 0.3 s") || !strings.Contains(section.OS, "Linux ") {
		t.Errorf("%+v", section)
	}
}

// TestReplace: a recording takes the place of another only if its case says yes to it.
func TestReplace(t *testing.T) {
	helper := recording(t)
	right, err := choose([]string{"basics-close-in-three"})
	if err != nil {
		t.Fatal(err)
	}
	wrong := recipe{id: "basics-close-in-three", takes: []take{{
		what: "another story", net: between("10.77.0"), play: func(s *stage) error { return s.refused(9) },
	}}}
	for _, c := range []struct {
		name              string
		recipe            recipe
		replace, replaced bool
		status            int
	}{
		{"not asked to", right[0], false, false, 0},
		{"as the case says", right[0], true, true, 0},
		{"otherwise", wrong, true, false, 1},
	} {
		folder := filepath.Join(t.TempDir(), "basics-close-in-three")
		file := filepath.Join(folder, "capture.pcapng")
		if err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(file, []byte("the old one"), 0o644)); err != nil {
			t.Fatal(err)
		}
		o := &options{Helper: helper, Out: t.TempDir(), Cases: filepath.Dir(folder), Replace: c.replace, Tries: 2}
		if status := (reporter{io.Discard}).recordAll(t.Context(), o, []recipe{c.recipe}); status != c.status {
			t.Errorf("%s: status %d", c.name, status)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if replaced := string(b) != "the old one"; replaced != c.replaced {
			t.Errorf("%s: replaced %v", c.name, replaced)
		}
		left, err := os.ReadDir(folder)
		if err != nil || len(left) != 1 {
			t.Errorf("%s: %v, %v", c.name, left, err)
		}
	}
}

// TestInterrupted stops takes in the middle, whatever they wait for.
func TestInterrupted(t *testing.T) {
	helper := recording(t)
	plays := map[string]func(*stage) error{
		"pausing": func(s *stage) error { return s.sleep(time.Hour) },
		"reading": func(s *stage) error {
			client, _, err := s.pair(0, 5000, nil)
			if err != nil {
				return err
			}
			return untilEnd(client)()
		},
		"accepting": func(s *stage) error {
			l, err := s.listen(5000)
			if err == nil {
				_, err = s.accept(l)
			}
			return err
		},
		"running a program": func(s *stage) error { return s.runAtClient("sleep", "1000") },
		"a scenario":        func(s *stage) error { return s.scenario("keep-alive", 5000, nil) },
	}
	for name, play := range plays {
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan struct{})
		r := take{what: name, net: between("10.77.0"), play: func(s *stage) error {
			close(started)
			return play(s)
		}}
		ended := make(chan error, 1)
		go func() {
			_, _, err := r.record(ctx, helper)
			ended <- err
		}()
		<-started
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: ended with %v", name, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: goes on", name)
		}
	}
}

func TestBehind(t *testing.T) {
	at := func(times ...int64) (frames []space.Frame) {
		for _, t := range times {
			frames = append(frames, space.Frame{Time: t})
		}
		return frames
	}
	second := behind(at(100, 200), at(7, 9))
	if want := int64(200 + 2*time.Second); second[0].Time != want || second[1].Time != want+2 {
		t.Errorf("%v", second)
	}
}

// TestHousekeeping: what IPv6 says by itself goes, errors and echoes stay.
func TestHousekeeping(t *testing.T) {
	frame := func(next byte, rest ...byte) []byte {
		f := make([]byte, 14+40, 100)
		f[12], f[13], f[14], f[14+6] = 0x86, 0xdd, 0x60, next
		return append(append(f, rest...), make([]byte, 16)...)
	}
	for _, c := range []struct {
		name  string
		frame []byte
		want  bool
	}{
		{"router solicitation", frame(58, 133), true},
		{"neighbour advertisement", frame(58, 136), true},
		{"multicast listener report", frame(0, 58, 0, 5, 2, 0, 0, 0, 0, 143), true},
		{"echo request", frame(58, 128), false},
		{"unreachable", frame(58, 1), false},
		{"TCP", frame(6, 133), false},
		{"short", frame(58, 133)[:50], false},
		{"IPv4", make([]byte, 80), false},
	} {
		if got := housekeeping(c.frame); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// TestKeepAndCut: of a long story the beginning is kept, of long frames their headers, and their length is still told.
func TestKeepAndCut(t *testing.T) {
	helper := recording(t)
	r := take{
		what: "a transfer", net: between("10.77.0"), keep: 9, cut: 60,
		play: func(s *stage) error { return s.download(5000, 20_000, nil) },
	}
	frames, _, err := r.record(t.Context(), helper)
	if err != nil {
		t.Fatal(err)
	}
	long := 0
	for _, f := range frames {
		long = max(long, f.Length)
		if len(f.Data) > 60 || f.Length < len(f.Data) {
			t.Errorf("%d bytes of %d are kept", len(f.Data), f.Length)
		}
	}
	if len(frames) != 9 || long != 1514 {
		t.Errorf("%d frames, the longest has %d bytes", len(frames), long)
	}
}

// TestHelperThatIsNone: a program that is no capture helper fails the take, and nothing waits for it.
func TestHelperThatIsNone(t *testing.T) {
	recording(t)
	for _, c := range []struct{ program, want string }{
		{"/nonexistent/tcptalk-capture", "make capture builds it"},
		{which(t, "true"), "ended before it was asked to"},
		{which(t, "echo"), "no capture"},
		{which(t, "false"), "ended with an error"},
	} {
		var out bytes.Buffer
		status := run(t.Context(), []string{"--helper", c.program, "--out", t.TempDir(), "basics-close-in-three"}, &out, &out)
		if status != 1 || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: status %d: %s", c.program, status, &out)
		}
	}
}

func which(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	return path
}

// TestDriftHasLimits: what may drift does not let another story pass for the case's.
func TestDriftHasLimits(t *testing.T) {
	helper := recording(t)
	slow := link.Way{Delay: 8 * ms}
	for _, id := range []string{"trouble-one-lost", "trouble-reordered"} {
		r := recipe{id: id, takes: []take{{
			what: "nothing is lost or late", keep: 320, cut: 120, net: network{subnet: "10.78.4", up: &slow, down: &slow, at: atClient},
			play: func(s *stage) error { return s.download(5001, 200_000, nil) },
		}}}
		var out bytes.Buffer
		if status := (reporter{&out}).recordAll(t.Context(), &options{Helper: helper, Out: t.TempDir()}, []recipe{r}); status != 1 {
			t.Errorf("status %d: %s", status, &out)
		}
	}
}

// TestFoldersGo: what a take has written is gone with it, however it ends and whatever still writes there.
func TestFoldersGo(t *testing.T) {
	helper := recording(t)
	t.Setenv("TMPDIR", t.TempDir())
	writes := func(s *stage) error {
		dir, err := s.folder()
		if err == nil {
			err = os.Mkdir(filepath.Join(dir, "deep"), 0o755)
		}
		if err != nil {
			return err
		}
		return s.server.Start(exec.Command("sh", "-c", `while true; do mkdir -p "$0/deep/$RANDOM$$"; touch "$0/deep/a"; done`, dir))
	}
	for name, end := range map[string]func(*stage) error{
		"ends":           func(s *stage) error { return s.refused(9) },
		"fails":          func(*stage) error { return errors.New("on purpose") },
		"is interrupted": func(s *stage) error { s.cancel(); return s.sleep(time.Hour) },
	} {
		r := take{what: name, net: between("10.77.0"), play: func(s *stage) error {
			return inOrder(func() error { return writes(s) }, s.pause(50*ms), func() error { return end(s) })
		}}
		_, _, err := r.record(t.Context(), helper)
		if (err == nil) != (name == "ends") {
			t.Errorf("%s: %v", name, err)
		}
		left, err := os.ReadDir(os.TempDir())
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v", name, left, err)
		}
	}
}
