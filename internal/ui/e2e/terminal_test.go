//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// terminal runs the program where it can show no window.
func terminal(t *testing.T, env []string, args ...string) (out, errors string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	cmd := exec.CommandContext(ctx, program(), args...)
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return stdout.String(), stderr.String()
}

// tellsTheFirstCase checks that the terminal got the first case, and one line that says why.
func tellsTheFirstCase(t *testing.T, out, errors string) {
	t.Helper()
	if !strings.Contains(out, "7456") || !strings.Contains(out, "ESTABLISHED") || strings.Count(out, "\n") < 30 {
		t.Errorf("the terminal shows:\n%s", out)
	}
	own := 0
	for line := range strings.Lines(errors) {
		if strings.HasPrefix(line, "tcptalk: ") {
			own++
		}
		if strings.Contains(line, "panic") || strings.Contains(line, "Fyne") {
			t.Errorf("it says %q", line)
		}
	}
	if own != 1 {
		t.Errorf("%d lines say why:\n%s", own, errors)
	}
}

func TestWithoutDisplay(t *testing.T) {
	out, errors := terminal(t, without(environment(t.TempDir()), "DISPLAY"))
	tellsTheFirstCase(t, out, errors)
}

func TestDisplayThatIsNotThere(t *testing.T) {
	out, errors := terminal(t, append(without(environment(t.TempDir()), "DISPLAY"), "DISPLAY=:65000"))
	tellsTheFirstCase(t, out, errors)
}

func TestDisplayWithoutOpenGL(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1024x768x24", "-extension", "GLX", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	write.Close()
	number, err := bufio.NewReader(read).ReadString('\n') // comes when the display is ready
	if err != nil {
		t.Fatal(err)
	}
	env := append(without(without(environment(t.TempDir()), "DISPLAY"), "XAUTHORITY"), "DISPLAY=:"+strings.TrimSpace(number))
	out, errors := terminal(t, env)
	tellsTheFirstCase(t, out, errors)
	if !strings.Contains(errors, "GLX") {
		t.Errorf("the reason is not told: %s", errors)
	}
}
