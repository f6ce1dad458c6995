package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"tcptalk/cases"
)

// asCommand makes the test binary behave as the command, so that the scripts run a process of its own.
const asCommand = "TCPTALK_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// TestScripts runs the files of testdata/script. They are txtar archives: the comment is the script, the files are put into
// an empty folder together with the captures of testdata and the recording of every bundled case, CASE.pcapng. The script
// is written in the language of github.com/rogpeppe/go-internal/testscript, as far as needed:
//
//	exec tcptalk ARG...           runs the command, which must succeed
//	status N tcptalk ARG...       runs the command, whose exit status must be N
//	reader N tcptalk ARG...       runs the command and closes its output after N bytes; standard error must stay empty
//	stdin FILE                    is the standard input of the next command
//	[!] stdout|stderr [-count=N] REGEXP    looks at what the last command printed; ^ and $ match at lines
//	[!] cmp FILE FILE             compares; "stdout" is what the last command printed
//	[!] exists PATH...            looks for files
//	cp stdout FILE, head N FILE NEW, env NAME=VALUE, ls DIR (into stdout)
//	[windows]                     before a line: only there; [!windows]: not there
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts found: %v", err)
	}
	for _, name := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{dir: t.TempDir(), env: append(os.Environ(), asCommand+"=1", "LANG=C", "LC_ALL=", "LC_MESSAGES=")}
			if err := s.provide(string(text)); err != nil {
				t.Fatal(err)
			}
			for i, line := range s.lines {
				if err := s.line(line); err != nil {
					t.Fatalf("%s:%d: %s: %v\nstdout:\n%.2000s\nstderr:\n%.2000s", name, i+1, line, err, s.stdout, s.stderr)
				}
			}
		})
	}
}

// script is the state of a running script.
type script struct {
	dir            string
	env            []string
	lines          []string
	stdin          string
	stdout, stderr string
}

// provide splits the archive and fills the folder.
func (s *script) provide(archive string) error {
	files := map[string][]byte{}
	recordings, err := filepath.Glob(filepath.Join("testdata", "*.p*"))
	if err != nil {
		return err
	}
	for _, name := range recordings {
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			return err
		}
	}
	found, err := fs.Glob(cases.FS(), "*/capture.pcapng")
	if err != nil {
		return err
	}
	for _, name := range found {
		if files[filepath.Dir(name)+".pcapng"], err = fs.ReadFile(cases.FS(), name); err != nil {
			return err
		}
	}
	current := ""
	for line := range strings.Lines(archive) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(name, " --") {
			current = strings.TrimSuffix(name, " --")
			files[current] = nil
		} else if current == "" {
			s.lines = append(s.lines, strings.TrimSpace(line))
		} else {
			files[current] = append(files[current], line...)
		}
	}
	for name, b := range files {
		if err := os.WriteFile(s.path(name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (s *script) path(name string) string { return filepath.Join(s.dir, name) }

// words splits a line at spaces; ' quotes, ” inside quotes is one.
func words(line string) []string {
	var out []string
	var word strings.Builder
	quoted, open := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'' && quoted && strings.HasPrefix(line[i+1:], "'"):
			word.WriteByte(c)
			i++
		case c == '\'':
			quoted, open = !quoted, true
		case c == ' ' && !quoted:
			if open || word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteByte(c)
		}
	}
	if open || word.Len() > 0 {
		out = append(out, word.String())
	}
	return out
}

// line runs one line.
func (s *script) line(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	w := words(line)
	for _, condition := range []struct {
		text string
		met  bool
	}{{"[windows]", runtime.GOOS == "windows"}, {"[!windows]", runtime.GOOS != "windows"}} {
		if w[0] == condition.text {
			if !condition.met {
				return nil
			}
			w = w[1:]
		}
	}
	not := w[0] == "!"
	if not {
		w = w[1:]
	}
	err := s.command(w[0], w[1:])
	if not {
		if err == nil {
			return fmt.Errorf("did not expect that")
		}
		return nil
	}
	return err
}

func (s *script) command(name string, args []string) error {
	switch name {
	case "exec":
		return s.status(0, args)
	case "status":
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		return s.status(n, args[1:])
	case "reader":
		return s.reader(args)
	case "stdin":
		s.stdin = s.path(args[0])
		return nil
	case "stdout":
		return match(s.stdout, args)
	case "stderr":
		return match(s.stderr, args)
	}
	return s.files(name, args)
}

// files runs the commands that deal with files.
func (s *script) files(name string, args []string) error {
	switch name {
	case "env":
		s.env = append(s.env, args[0])
		return nil
	case "cp":
		return os.WriteFile(s.path(args[1]), []byte(s.stdout), 0o600)
	case "head":
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		b, err := os.ReadFile(s.path(args[1]))
		if err != nil {
			return err
		}
		return os.WriteFile(s.path(args[2]), b[:n], 0o600)
	case "cmp":
		return s.cmp(args)
	case "exists":
		for _, a := range args {
			if _, err := os.Stat(s.path(a)); err != nil {
				return err
			}
		}
		return nil
	case "ls":
		entries, err := os.ReadDir(s.path(args[0]))
		s.stdout = ""
		for _, e := range entries {
			s.stdout += e.Name() + "\n"
		}
		return err
	}
	return fmt.Errorf("unknown command %q", name)
}

func (s *script) cmp(args []string) error {
	read := func(name string) ([]byte, error) {
		if name == "stdout" {
			return []byte(s.stdout), nil
		}
		return os.ReadFile(s.path(name))
	}
	a, err := read(args[0])
	if err != nil {
		return err
	}
	b, err := read(args[1])
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("%s (%d bytes) and %s (%d bytes) differ", args[0], len(a), args[1], len(b))
	}
	return nil
}

func match(text string, args []string) error {
	want := -1
	if n, ok := strings.CutPrefix(args[0], "-count="); ok {
		var err error
		if want, err = strconv.Atoi(n); err != nil {
			return err
		}
		args = args[1:]
	}
	re, err := regexp.Compile("(?m)" + args[0])
	if err != nil {
		return err
	}
	got := len(re.FindAllStringIndex(text, -1))
	if want >= 0 && got != want || want < 0 && got == 0 {
		return fmt.Errorf("%d matches", got)
	}
	return nil
}

// process makes the command that args name.
func (s *script) process(args []string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if args[0] != "tcptalk" {
		return nil, fmt.Errorf("scripts run tcptalk, not %s", args[0])
	}
	cmd := exec.Command(self, args[1:]...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd, nil
}

func (s *script) status(want int, args []string) error {
	cmd, err := s.process(args)
	if err != nil {
		return err
	}
	if s.stdin != "" {
		f, err := os.Open(s.stdin)
		if err != nil {
			return err
		}
		defer f.Close()
		cmd.Stdin, s.stdin = f, ""
	}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	s.stdout, s.stderr = stdout.String(), stderr.String()
	if cmd.ProcessState == nil {
		return err
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		return fmt.Errorf("exit status %d, want %d", got, want)
	}
	return nil
}

func (s *script) reader(args []string) error {
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	cmd, err := s.process(args[1:])
	if err != nil {
		return err
	}
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, out, n); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	_ = cmd.Wait() // the status is that of a broken pipe
	if said.Len() > 0 {
		return fmt.Errorf("standard error: %s", &said)
	}
	return nil
}
