//go:build e2e

// Package e2e uses the real program as a person does: with clicks and keys on an X display. What the window shows is read
// from the program's trace; nothing is compared by pixels. `make e2e` builds the programs and runs it.
//
// TCPTALK_BIN is the folder with the programs, DISPLAY a display with a window manager. TCPTALK_SHOTS, if set, is a folder
// for pictures of what was seen.
package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tcptalk/cases"
)

// patience bounds how long a story waits for what should come.
const patience = 30 * time.Second

// event is one line of the trace.
type event map[string]any

// desktop is the running program.
type desktop struct {
	t      *testing.T
	cmd    *exec.Cmd
	window string
	events chan event
	seen   []event
	home   string // the folder it was started in, which is its home, too
	said   *bytes.Buffer
	ended  chan error
}

// program is the path of the program under test.
func program() string { return filepath.Join(os.Getenv("TCPTALK_BIN"), "tcptalk-desktop") }

// environment is that of a person whose home is dir, who speaks English, with a desktop without services.
func environment(dir string, more ...string) []string {
	env := []string{
		"HOME=" + dir, "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "XDG_RUNTIME_DIR=" + dir, "LANG=en_US.UTF-8",
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1",
	}
	for _, name := range []string{"DISPLAY", "XAUTHORITY"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return append(env, more...)
}

// start runs the program at home and waits for its window.
func start(t *testing.T, home string, args ...string) *desktop {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	d := &desktop{t: t, home: home, said: new(bytes.Buffer), events: make(chan event, 4096), ended: make(chan error, 1)}
	d.cmd = exec.Command(program(), append([]string{"--trace", "/dev/fd/3"}, args...)...)
	d.cmd.Env, d.cmd.Dir, d.cmd.ExtraFiles, d.cmd.Stderr = environment(home), home, []*os.File{write}, d.said
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	go func() {
		defer close(d.events)
		defer read.Close()
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			var e event
			if json.Unmarshal(lines.Bytes(), &e) != nil {
				e = event{"event": "not JSON", "line": lines.Text()}
			}
			d.events <- e
		}
	}()
	go func() { d.ended <- d.cmd.Wait() }()
	t.Cleanup(d.kill)
	d.window = strings.TrimSpace(d.xdo("search", "--sync", "--onlyvisible", "--limit", "1", "--pid", strconv.Itoa(d.cmd.Process.Pid)))
	d.xdo("windowactivate", "--sync", d.window)
	return d
}

func (d *desktop) kill() {
	if d.t.Failed() {
		d.shot("failed")
	}
	_ = d.cmd.Process.Kill()
	for range d.events { // until the pipe is closed
	}
}

// quit closes the window as a person does and waits for the program's end.
func (d *desktop) quit() {
	d.t.Helper()
	d.keys("alt+F4")
	d.wait(event{"event": "quit"})
	select {
	case err := <-d.ended:
		if err != nil {
			d.t.Errorf("the program ended with: %v", err)
		}
	case <-time.After(patience):
		d.t.Fatal("the window is closed, the program goes on")
	}
}

// xdo runs xdotool.
func (d *desktop) xdo(args ...string) string {
	d.t.Helper()
	out, err := exec.Command("timeout", append([]string{"30", "xdotool"}, args...)...).Output()
	if err != nil {
		d.t.Fatalf("xdotool %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func (d *desktop) keys(names ...string) {
	d.t.Helper()
	d.xdo(append([]string{"key", "--clearmodifiers"}, names...)...)
}

// click clicks at a position in the window.
func (d *desktop) click(x, y int) {
	d.t.Helper()
	d.xdo("mousemove", "--sync", "--window", d.window, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// resize gives the window another size.
func (d *desktop) resize(w, h int) {
	d.t.Helper()
	d.xdo("windowsize", "--sync", d.window, strconv.Itoa(w), strconv.Itoa(h))
}

// wait waits for an event with all the wanted fields.
func (d *desktop) wait(want event) event {
	d.t.Helper()
	return d.waitDoing(want, nil)
}

// waitDoing waits for an event and meanwhile does something now and then: what it waits for is not told by an event.
func (d *desktop) waitDoing(want event, do func()) event {
	d.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	again := time.NewTicker(time.Second / 2)
	defer again.Stop()
	for {
		select {
		case e, ok := <-d.events:
			if !ok {
				err := <-d.ended
				d.t.Fatalf("the program ended before %v: %v; last events:\n%s\nIt said:\n%s", want, err, d.last(), d.said)
			}
			d.seen = append(d.seen, e)
			if holds(e, want) {
				return e
			}
		case <-again.C:
			if do != nil {
				do()
			}
		case <-limit.C:
			d.t.Fatalf("no %v; last events:\n%s", want, d.last())
		}
	}
}

func holds(e, want event) bool {
	for k, v := range want {
		if n, ok := v.(int); ok {
			v = float64(n)
		}
		if e[k] != v {
			return false
		}
	}
	return true
}

func (d *desktop) last() string {
	var b strings.Builder
	for _, e := range d.seen[max(0, len(d.seen)-12):] {
		fmt.Fprintln(&b, " ", e)
	}
	return b.String()
}

// shot keeps a picture of the window, if somebody wants to look.
func (d *desktop) shot(name string) {
	dir := os.Getenv("TCPTALK_SHOTS")
	if dir == "" {
		return
	}
	path := filepath.Join(dir, strings.ReplaceAll(d.t.Name(), "/", "-")+"-"+name+".png")
	if err := exec.Command("timeout", "20", "import", "-window", "root", path).Run(); err != nil {
		d.t.Log("no picture:", err)
	}
}

// recording puts the first n bytes of a case's recording, all if n is 0, into dir.
func recording(t *testing.T, dir, name, id string, n int) string {
	t.Helper()
	b, err := fs.ReadFile(cases.FS(), id+"/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	if n > 0 {
		b = b[:n]
	}
	return file(t, dir, name, b)
}

func file(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMain fails early where something is missing, and waits for the window manager.
func TestMain(m *testing.M) {
	if err := ready(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func ready() error {
	for _, tool := range []string{"xdotool", "Xvfb", "timeout"} {
		if _, err := exec.LookPath(tool); err != nil {
			return err
		}
	}
	if os.Getenv("DISPLAY") == "" || os.Getenv("TCPTALK_BIN") == "" {
		return errors.New("there is no display, or no program: run make e2e")
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for exec.Command("timeout", "5", "xdotool", "get_num_desktops").Run() != nil { // only a window manager knows
		select {
		case <-again.C:
		case <-limit.C:
			return errors.New("the display has no window manager")
		}
	}
	return nil
}

// without returns env without a variable.
func without(env []string, name string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
}
