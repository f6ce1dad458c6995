package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// asRecorder, in the environment, makes the test's program the recorder, with these arguments.
const asRecorder = "TCPTALK_TEST_RECORDER"

// holders are the threads in a network namespace, as /proc/PROCESS/task/THREAD, and the open files of this process that are one.
func holders(namespace string) (found []string) {
	threads, _ := filepath.Glob("/proc/[0-9]*/task/[0-9]*/ns/net") // the patterns are good ones
	files, _ := filepath.Glob("/proc/self/fd/*")
	for _, name := range append(threads, files...) {
		if link, err := os.Readlink(name); err == nil && link == namespace {
			found = append(found, strings.TrimSuffix(name, "/ns/net"))
		}
	}
	return found
}

// isGone fails unless nobody is in a namespace any more; the kernel may take a moment.
func isGone(t *testing.T, what, namespace string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for len(holders(namespace)) > 0 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	for _, left := range holders(namespace) {
		name, _ := os.ReadFile(left + "/comm")
		t.Errorf("%s: %s (%s) is left", what, left, bytes.TrimSpace(name))
	}
}

// interfaces are those of the machine, by name.
func interfaces(t *testing.T) (names []string) {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		names = append(names, i.Name)
	}
	return names
}

// TestNothingIsLeft: with a take its networks go and the programs that ran there, however it ends.
func TestNothingIsLeft(t *testing.T) {
	helper := recording(t)
	before := interfaces(t)
	for name, end := range map[string]func(*stage) error{
		"ends":           func(s *stage) error { return s.refused(9) },
		"fails":          func(*stage) error { return errors.New("on purpose") },
		"is interrupted": func(s *stage) error { s.cancel(); return s.sleep(time.Hour) },
	} {
		var namespaces []string
		r := take{what: name, net: between("10.77.0"), play: func(s *stage) error {
			for _, m := range append(s.middle, s.client, s.server) {
				err := m.Do(func() error {
					namespace, err := os.Readlink("/proc/thread-self/ns/net")
					namespaces = append(namespaces, namespace)
					return err
				})
				if err = errors.Join(err, m.Start(exec.Command("sh", "-c", "sleep 1000 & sleep 1000"))); err != nil {
					return err
				}
			}
			return end(s)
		}}
		if _, _, err := r.record(t.Context(), helper); (err == nil) != (name == "ends") {
			t.Errorf("%s: %v", name, err)
		}
		if len(namespaces) != 2 || namespaces[0] == namespaces[1] {
			t.Fatalf("%s: the namespaces were %v", name, namespaces)
		}
		for _, namespace := range namespaces {
			isGone(t, name, namespace)
		}
	}
	if after := interfaces(t); !slices.Equal(after, before) {
		t.Errorf("the machine has the interfaces %v, and had %v", after, before)
	}
}

// TestSignals: the recorder ends at Ctrl-C and leaves nothing behind; killed, no network and no program.
func TestSignals(t *testing.T) {
	helper := recording(t)
	for signal, status := range map[syscall.Signal]string{syscall.SIGINT: "exit status 1", syscall.SIGKILL: "signal: killed"} {
		temporary, out := t.TempDir(), new(bytes.Buffer)
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program)
		// A take of 70 s.
		cmd.Env = append(os.Environ(), "TMPDIR="+temporary, asRecorder+"=--helper "+helper+" --out "+t.TempDir()+" alive-keepalive")
		cmd.Stdout, cmd.Stderr = out, out
		// A group of its own, as a shell gives it: Ctrl-C is for the group.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		namespaces, started := madeBy(t, cmd.Process.Pid)
		precedes(t, cmd.Process.Pid, started)
		if err := syscall.Kill(-cmd.Process.Pid, signal); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err == nil || err.Error() != status {
				t.Errorf("%v: %v, want %s: %s", signal, err, status, out)
			}
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			t.Fatalf("%v: goes on", signal)
		}
		for _, namespace := range namespaces {
			isGone(t, signal.String(), namespace)
		}
		if signal == syscall.SIGINT {
			left, err := os.ReadDir(temporary)
			if err != nil || len(left) > 0 || !strings.Contains(out.String(), "interrupted") {
				t.Errorf("%v, %v, %s", left, err, out)
			}
		}
	}
}

// madeBy waits until a recorder has started the program that it records with, and returns the networks that it has made and the
// programs that it has started.
func madeBy(t *testing.T, recorder int) (namespaces []string, programs []int) {
	t.Helper()
	here, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	task := fmt.Sprintf("/proc/%d/task/*/", recorder)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		lists, _ := filepath.Glob(task + "children") // the patterns are good ones
		for _, list := range lists {
			text, _ := os.ReadFile(list)
			for child := range strings.FieldsSeq(string(text)) {
				id, err := strconv.Atoi(child)
				if err != nil {
					t.Fatal(err)
				}
				programs = append(programs, id)
			}
		}
		if len(programs) == 0 {
			continue
		}
		threads, _ := filepath.Glob(task + "ns/net")
		for _, thread := range threads {
			if namespace, err := os.Readlink(thread); err == nil && namespace != here {
				namespaces = append(namespaces, namespace)
			}
		}
		return namespaces, programs
	}
	t.Fatal("nothing is recorded")
	return nil, nil
}

// precedes fails unless the recorder goes before all others, and the programs that it has started do not.
func precedes(t *testing.T, recorder int, programs []int) {
	t.Helper()
	for _, id := range append([]int{recorder}, programs...) {
		is, err := unix.SchedGetAttr(id, 0)
		if err != nil {
			t.Fatal(err)
		}
		if first := is.Policy == unix.SCHED_RR; first != (id == recorder) {
			t.Errorf("process %d of %d has the scheduling policy %d", id, recorder, is.Policy)
		}
	}
}
