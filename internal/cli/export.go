package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/term"

	"tcptalk/internal/export"
)

// exportCmd takes things out of a capture.
type exportCmd struct {
	HTTP      exportHTTPCmd      `cmd:"" name:"http" help:"The files that HTTP transferred."`
	Messages  exportMessagesCmd  `cmd:"" help:"The messages of any protocol as JSON, one a line."`
	SSE       exportSSECmd       `cmd:"" name:"sse" help:"The server-sent events as JSON, one a line."`
	WebSocket exportWebSocketCmd `cmd:"" name:"websocket" help:"The WebSocket messages as JSON, one a line."`
	HAR       exportHARCmd       `cmd:"" name:"har" help:"The HTTP exchanges as an HTTP Archive (HAR)."`
	Curl      exportCurlCmd      `cmd:"" name:"curl" help:"HTTP requests as curl commands."`
	Stream    exportStreamCmd    `cmd:"" name:"stream" help:"The bytes that a connection carried."`
	Packets   exportPacketsCmd   `cmd:"" name:"pcapng" help:"Packets, as a capture of their own."`
}

// outFlags say where one file goes.
type outFlags struct {
	Out   string `short:"o" placeholder:"FILE" help:"File to write, - for standard output."`
	Force bool   `help:"Write over a file that is there already."`
}

// write writes the file. It is there in the end, or nothing is.
func (f *outFlags) write(e *env, fill func(io.Writer) error) error {
	if f.stdout() {
		return fill(e.stdout)
	}
	err := export.ToFile(f.Out, f.Force, fill)
	switch {
	case !errors.Is(err, fs.ErrExist):
		return err
	case f.Force:
		return errors.New(notPlain(f.Out))
	}
	return errors.New(alreadyThere(f.Out))
}

// stdout reports that the output is not a file.
func (f *outFlags) stdout() bool { return f.Out == "" || f.Out == "-" }

// summary prints what was written: beside the output, not into it.
func (f *outFlags) summary(e *env, words string) error {
	if f.stdout() {
		return nil
	}
	_, err := fmt.Fprintln(e.stdout, words)
	return err
}

// meter shows on a terminal how far a long job has come.
type meter struct {
	w     io.Writer
	shown time.Time
}

// meterPause is how often the line changes: faster than that nobody reads.
const meterPause = 100 * time.Millisecond

// progress returns a function to tell how much of a job is done, and one to call at its end. Where standard error is no
// terminal the first one is nil.
func (e *env) progress() (step func(done, total int), end func()) {
	f, ok := e.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	m := &meter{w: f, shown: time.Now()}
	return m.step, m.end
}

// progressBeside is progress for what is written to out, standard output if that is "" or "-": none where that is the terminal.
func (e *env) progressBeside(out string) (step func(done, total int), end func()) {
	if f, ok := e.stdout.(*os.File); (out == "" || out == "-") && ok && term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	return e.progress()
}

// eraseLine goes back to the line's beginning and clears it.
const eraseLine = "\r\x1b[K"

func (m *meter) step(done, total int) {
	if now := time.Now(); now.Sub(m.shown) >= meterPause {
		m.shown = now
		_, _ = fmt.Fprint(m.w, eraseLine+percentDone(done, total)) // if that fails there is nobody to look
	}
}

func (m *meter) end() { _, _ = fmt.Fprint(m.w, eraseLine) }
