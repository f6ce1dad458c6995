// Package cli is the tcptalk command: one function per subcommand, no toolkit, no cgo.
//
// Every subcommand is a func(ctx, *env) error over the streams it is given, so that tests run it without a process. What
// it says to people stands in words.go. Start with Main.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/alecthomas/kong"

	"tcptalk/internal/capture/pcapfile"
)

// Exit statuses, as scripts may rely on them.
const (
	exitOK         = 0 // the whole capture was read
	exitFailed     = 1 // not a readable capture, or the command was wrong
	exitIncomplete = 2 // the capture is cut or damaged; everything before that was used
	exitNothing    = 3 // nothing was found, in a capture that was read to its end
)

// env is what a subcommand may touch.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// tell writes a line to standard error. If that fails there is nobody left to tell.
func (e *env) tell(words ...any) { _, _ = fmt.Fprintln(e.stderr, words...) }

// grammar is the command line.
type grammar struct {
	Open    openCmd    `cmd:"" default:"withargs" help:"Open the desktop app, with a capture if one is named."`
	Show    showCmd    `cmd:"" help:"Read a connection as a chat in the terminal."`
	Analyze analyzeCmd `cmd:"" help:"Analyse a capture: connections and totals, or every segment as JSON."`
	Find    findCmd    `cmd:"" help:"Find packets by a display filter, or text in what was said."`
	Fields  fieldsCmd  `cmd:"" help:"List the fields that a display filter can ask for."`
	Capture captureCmd `cmd:"" help:"List interfaces, say what capturing takes, recover what a crash left behind."`
	Export  exportCmd  `cmd:"" help:"Take out what was transferred."`
	Cases   casesCmd   `cmd:"" help:"List the bundled cases, or show one."`
	Lab     labCmd     `cmd:"" help:"Make real traffic on purpose, to capture and look at."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// runner is what every subcommand is.
type runner interface {
	run(ctx context.Context, e *env) error
}

// Main runs the command and returns its exit status.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{stdin, stdout, stderr, os.Getenv}
	var g grammar
	exited := -1
	parser, err := kong.New(&g,
		kong.Name("tcptalk"), kong.Description(description), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Exit(func(code int) { exited = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		e.tell("tcptalk:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		e.tell("tcptalk:", err)
		e.tell(hintUsage)
		return exitFailed
	}
	selected, ok := parsed.Selected().Target.Addr().Interface().(runner)
	if !ok {
		_ = parsed.PrintUsage(false)
		return exitFailed
	}
	return report(e, selected.run(ctx, e))
}

// report prints an error with its hint and chooses the exit status.
func report(e *env, err error) int {
	var damage *pcapfile.Error
	var exit *exec.ExitError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe), errors.As(err, &exit):
		return exitFailed // whoever read the output has seen enough, or the desktop app has said why
	case errors.Is(err, errNothingFound):
		e.tell("tcptalk:", err)
		return exitNothing
	case errors.Is(err, context.Canceled):
		e.tell("tcptalk:", errInterrupted)
		return exitFailed
	}
	e.tell("tcptalk:", err)
	if !errors.As(err, &damage) {
		return exitFailed
	}
	if h := damageHint(damage); h != "" {
		e.tell(h)
	}
	if damage.Kind == pcapfile.Unreadable {
		return exitFailed
	}
	return exitIncomplete
}
