package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// openCmd starts the desktop app, which is a program of its own: this one needs no display and no graphics library.
type openCmd struct {
	File []string `arg:"" optional:"" help:"Capture files to open (pcap or pcapng, also gzipped or zstd'ed)."`
}

// Help implements kong's detailed help.
func (c *openCmd) Help() string { return helpOpen }

const desktopProgram = "tcptalk-desktop"

func (c *openCmd) run(ctx context.Context, e *env) error {
	for _, name := range c.File {
		if name == "-" { // standard input, which the desktop app inherits
			continue
		}
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return errors.New(noFile(name))
		}
	}
	program, err := findDesktop()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, c.File...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.stdin, e.stdout, e.stderr
	return cmd.Run()
}

// findDesktop looks for the desktop program beside this one, then on the path.
func findDesktop() (string, error) {
	name := desktopProgram
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(self), name); isFile(beside) {
			return beside, nil
		}
	}
	if found, err := exec.LookPath(name); err == nil {
		return found, nil
	}
	return "", errors.New(errNoDesktop)
}

func isFile(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.Mode().IsRegular()
}
