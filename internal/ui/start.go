package ui

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/assets"
	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// appID names the app to the desktop.
const appID = "io.github.tcptalk"

// Start is what the program hands over.
type Start struct {
	// Began is when the process started.
	Began time.Time
	Args  []string
	Cases fs.FS
	// NewApp makes Fyne's application; only the program links the window's driver.
	NewApp func(id string) fyne.App
	// Terminal tells the first case in the terminal, for a machine without display or OpenGL.
	Terminal func() int
}

// Main runs the desktop app and returns its exit status.
func Main(s Start) int {
	flags := flag.NewFlagSet("tcptalk-desktop", flag.ContinueOnError)
	trace := flags.String("trace", "", "write what the window shows to this `file`, as NDJSON")
	open := flags.String("case", "", "open the bundled case with this `name`")
	flags.Usage = func() {
		fmt.Fprintln(os.Stderr, "Usage: tcptalk-desktop [flags] [FILE]\n\nOpens the window, with a capture file if one is named; - is standard input.")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(s.Args); {
	case err == flag.ErrHelp:
		return 0
	case err != nil:
		return 2
	}
	if !hasDisplay() {
		fmt.Fprintln(os.Stderr, "tcptalk: there is no display here, so here is the first case as a chat in the terminal.")
		return s.Terminal()
	}
	t, closeTrace, err := openTrace(*trace, s.Began)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tcptalk:", err)
		return 1
	}
	defer closeTrace()
	o := Options{Cases: s.Cases, Store: store(), Trace: t, Files: flags.Args(), Case: *open, Live: app.SystemCapturer{}}
	reason, err := run(s, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tcptalk:", err)
		return 1
	}
	if reason != "" {
		fmt.Fprintf(os.Stderr, "tcptalk: no window could be opened (%s). So here is the first case as a chat in the terminal; \"tcptalk show FILE\" does the same for your own capture.\n", reason)
		return s.Terminal()
	}
	return 0
}

// run shows the window until it is closed; reason says why there was none, "" if there was one.
func run(s Start, o Options) (reason string, err error) {
	var said bytes.Buffer // what Fyne logs while it makes the window
	log.SetOutput(&said)
	fa := s.NewApp(appID)
	fa.SetIcon(fyne.NewStaticResource("tcptalk.svg", assets.AppIcon))
	w, err := Open(fa, o)
	log.SetOutput(os.Stderr)
	if err != nil {
		return "", err
	}
	if !w.made() {
		w.app.Quit()
		return cause(said.String()), nil
	}
	_, _ = os.Stderr.Write(said.Bytes())
	fa.Run()
	return "", nil
}

// cause takes the reason out of what Fyne logs about a window that it could not make.
func cause(logged string) string {
	for _, trouble := range []string{"failed to initialise GLFW", "window creation error"} {
		_, entry, _ := strings.Cut(logged, trouble)
		if _, text, ok := strings.Cut(entry, "Cause: "); ok {
			text, _, _ = strings.Cut(text, "\n")
			return strings.TrimSpace(text)
		}
	}
	return "OpenGL does not work here"
}

// hasDisplay reports that there is something to show a window on.
func hasDisplay() bool {
	switch runtime.GOOS {
	case "linux", "freebsd", "openbsd", "netbsd":
		return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
	}
	return true
}

// store is where settings are kept; nil, which keeps nothing, if the system names no place.
func store() *app.Store {
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil
	}
	return app.NewStore(filepath.Join(dir, "tcptalk"), systemLang())
}

// systemLang is the language of the system, as far as the environment says.
func systemLang() narrate.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if l, ok := narrate.ParseLang(os.Getenv(name)); ok {
			return l
		}
	}
	return narrate.English
}

// openTrace opens the trace file; without a name there is none.
func openTrace(name string, began time.Time) (t *app.Trace, done func(), err error) {
	if name == "" {
		return nil, func() {}, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, nil, err
	}
	return app.NewTrace(f, began), func() { _ = f.Close() }, nil
}
