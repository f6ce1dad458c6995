// Command tcptalk-record makes the recordings of the bundled cases again, on real kernels: each one in network namespaces of
// its own, with the faults that it needs, and holds the result against what the case expects.
//
// Packets are recorded as the app records them, by tcptalk-capture, which is looked for beside this program. It says when it sees
// everything, so a take begins before its first frame without a guess, and ends when nothing has passed for a while.
//
// It runs on Linux, as root, before all other programs, and is no part of the app. Where a recording comes from stands in recipes
// (recipes_linux.go and its siblings); the networks they run in are made by stage_linux.go, and end with all that runs in them. A recipe
// waits for what has happened where it can, and for a time only where the time is the story.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/sys/unix"

	"tcptalk/internal/capture/live"
)

// options is the command line.
type options struct {
	Case    []string `arg:"" optional:"" help:"Cases to record; all if none is named."`
	List    bool     `help:"List the cases that can be recorded, with what they need."`
	Out     string   `default:"recordings" help:"Folder for the new recordings."`
	Replace bool     `help:"Replace the recording of a case in CASES if everything that it expects holds."`
	Tries   int      `default:"5" help:"How often to record until the case's expectations hold: which of two packets comes first is sometimes chance."`
	Helper  string   `help:"The tcptalk-capture to record with; the one beside this program if none is named." type:"path"`
	Cases   string   `default:"cases" help:"Folder of the bundled cases."`
}

const description = `Makes the recordings of the bundled cases again and checks what each case expects of its recording.

A new recording goes to --out. The texts of a lesson quote numbers that no two recordings have in common (times, ports,
checksums): read the lesson against the new one before --replace.`

func main() {
	// The first thread of a process cannot end, and so could not give up a namespace.
	runtime.LockOSThread()
	addDebianPaths()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// addDebianPaths lets programs be found where Debian keeps them besides the usual places.
func addDebianPaths() {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is a good one
	path := append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin")
	_ = os.Setenv("PATH", strings.Join(append(path, dirs...), string(os.PathListSeparator))) // a sound name cannot fail
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	exited := -1
	parser, err := kong.New(&o, kong.Name("tcptalk-record"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }))
	if err == nil {
		_, err = parser.Parse(args)
	}
	if exited >= 0 {
		return exited
	}
	var chosen []recipe
	if err == nil {
		chosen, err = choose(o.Case)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "tcptalk-record:", err)
		return 1
	}
	w := reporter{stdout}
	if o.List {
		for _, r := range chosen {
			w.line("%-30s %s", r.id, r.requirements())
		}
		return 0
	}
	if os.Geteuid() != 0 {
		_, _ = fmt.Fprintln(stderr, "tcptalk-record: recording needs root: it makes network namespaces")
		return 1
	}
	if err := o.findHelper(); err != nil {
		_, _ = fmt.Fprintln(stderr, "tcptalk-record:", err)
		return 1
	}
	if err := takePrecedence(); err != nil {
		w.line("other programs may delay this one: %v", err)
	}
	return w.recordAll(ctx, &o, chosen)
}

// findHelper looks for the program to record with.
func (o *options) findHelper() error {
	if o.Helper == "" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		o.Helper = filepath.Join(filepath.Dir(self), string(live.Own))
	}
	if _, err := os.Stat(o.Helper); err != nil {
		return fmt.Errorf("no program to record with (make capture builds it): %w", err)
	}
	return nil
}

// takePrecedence lets the threads of this process run before those of all others. Its links have to deliver on time and its ends
// to answer at once, whatever else the machine is doing. Programs that it starts are as urgent as any.
func takePrecedence() error {
	threads, err := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		id, notNumber := strconv.Atoi(t.Name())
		// Threads that come later have it from these.
		set := unix.SchedSetAttr(id, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1}, 0)
		if errors.Is(set, unix.ESRCH) {
			set = nil // it has ended
		}
		err = errors.Join(err, notNumber, set)
	}
	return err
}

// reporter prints lines; if that fails there is nobody left to tell.
type reporter struct{ w io.Writer }

func (w reporter) line(format string, args ...any) { _, _ = fmt.Fprintf(w.w, format+"\n", args...) }

// recordAll records one case after the other and ends with a table. The status is 1 if one failed or came out otherwise.
func (w reporter) recordAll(ctx context.Context, o *options, chosen []recipe) int {
	all := report{Kernel: kernel()}
	begin := time.Now()
	for _, r := range chosen {
		if ctx.Err() != nil {
			break
		}
		out := outcome{Case: r.id, Absent: r.missing()}
		if len(out.Absent) == 0 {
			start := time.Now()
			err := o.record(ctx, r, &out)
			out.Seconds = seconds(time.Since(start))
			if err != nil {
				out.Failure = err.Error()
			}
			out.interrupted = ctx.Err() != nil
		}
		out.settle()
		w.tell(&out)
		all.Cases = append(all.Cases, out)
	}
	all.Seconds, all.Complete = seconds(time.Since(begin)), ctx.Err() == nil
	w.table(&all)
	if err := all.save(o.Out); err != nil {
		w.line("the report was not written: %v", err)
		return 1
	}
	return all.status()
}

// record makes recordings until one is as its case says, keeps the last one and writes down how it came out.
func (o *options) record(ctx context.Context, r recipe, out *outcome) error {
	var b []byte
	for out.Tries < max(o.Tries, 1) {
		out.Tries++
		var err error
		if b, err = r.record(ctx, o.Helper); err != nil {
			return err
		}
		if out.Again, err = check(ctx, r.id, b); err != nil {
			return err
		}
		if len(out.Differences) == 0 || out.fresh() {
			break
		}
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(o.Out, r.id+".pcapng"), b); err != nil {
		return err
	}
	// What drifted stands elsewhere than the lesson says.
	if len(out.Differences) > 0 || !out.Exact || !o.Replace {
		return nil
	}
	return replaceFile(filepath.Join(o.Cases, r.id, "capture.pcapng"), b)
}

// replaceFile writes a file so that it is there whole, or as it was.
func replaceFile(name string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".recording-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// choose returns the recipes named, all of them if none is.
func choose(names []string) ([]recipe, error) {
	all := recipes()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []recipe
	for _, name := range names {
		i := slices.IndexFunc(all, func(r recipe) bool { return r.id == name })
		if i < 0 {
			ids := make([]string, 0, len(all))
			for _, r := range all {
				ids = append(ids, r.id)
			}
			return nil, fmt.Errorf("no recipe for %q; there are: %s", name, strings.Join(ids, ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// missing returns the programs that a recipe needs and this machine does not have.
func (r *recipe) missing() []string {
	return slices.DeleteFunc(slices.Clone(r.needs), func(program string) bool {
		_, err := exec.LookPath(program)
		return err == nil
	})
}

func (r *recipe) requirements() string {
	if len(r.needs) == 0 {
		return "needs no other program"
	}
	return "needs " + strings.Join(r.needs, ", ")
}
