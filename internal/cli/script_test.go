package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tcptalk/cases"
	"tcptalk/internal/lesson"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tcptalk": func() { os.Exit(Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the command as a process of its own. Beside testscript's commands there are
//
//	status N COMMAND...   runs a command, whose exit status must be N
//	head N FILE NEW       makes NEW of the first N bytes of FILE
//	reader N COMMAND...   runs a command whose output is read for N bytes and then closed; nothing may go to standard error
//
// The folder holds the files of testdata and the recording of every bundled case, CASE.pcapng.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup:               provideCaptures,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": scriptStatus, "head": scriptHead, "reader": scriptReader,
		},
	})
}

func provideCaptures(e *testscript.Env) error {
	e.Setenv("LANG", "C")
	recordings, err := filepath.Glob(filepath.Join("testdata", "*.p*"))
	if err != nil {
		return err
	}
	for _, name := range recordings {
		b, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(e.WorkDir, filepath.Base(name)), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	folders, err := fs.ReadDir(cases.FS(), ".")
	if err != nil {
		return err
	}
	for _, d := range folders {
		b, err := fs.ReadFile(cases.FS(), d.Name()+"/capture.pcapng")
		if err == nil {
			err = os.WriteFile(filepath.Join(e.WorkDir, d.Name()+".pcapng"), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return provideCase(e)
}

// provideCase writes a bundled case as a file of its own, mine.tcpcase.
func provideCase(e *testscript.Env) error {
	k, err := findCase("http-picture")
	if err != nil {
		return err
	}
	b, err := fs.ReadFile(cases.FS(), k.CapturePath())
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := lesson.WriteBundle(&out, k, b); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.WorkDir, "mine.tcpcase"), out.Bytes(), 0o600)
}

func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func scriptHead(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: head N FILE NEW")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	b := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b[:n]), 0o600))
}

func scriptReader(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: reader N COMMAND...")
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	program, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	_, err = io.CopyN(io.Discard, out, n)
	ts.Check(err)
	ts.Check(out.Close())
	_ = cmd.Wait() // the status is that of a broken pipe
	if s := strings.TrimSpace(said.String()); s != "" {
		ts.Fatalf("standard error: %s", s)
	}
}
