package app

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/capture/live"
)

// sshServer starts a real ssh server on loopback with keys of the test's own, and returns a capture of lo through it. cut kills the
// server's end of every connection.
func sshServer(t *testing.T) (spec live.Spec, cut func()) {
	t.Helper()
	const program = "/usr/sbin/sshd"
	if os.Geteuid() != 0 {
		t.Skip("only root can start an ssh server that lets it in")
	}
	for _, tool := range []string{program, "ssh", "ssh-keygen", "tcpdump"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { //nolint:gosec // where sshd wants it
		t.Skip("sshd's folder cannot be made: ", err)
	}
	dir := t.TempDir()
	for _, key := range []string{"host", "user"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v, %s", err, out)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	server := write(t, "sshd_config", fmt.Appendf(nil, "ListenAddress 127.0.0.1:%d\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\n"+
		"PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n", port, dir, dir))
	key, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	known := write(t, "known_hosts", fmt.Appendf(nil, "[127.0.0.1]:%d %s", port, key))
	client := write(t, "ssh_config", fmt.Appendf(nil, "IdentityFile %s/user\nIdentitiesOnly yes\nUserKnownHostsFile %s\nGlobalKnownHostsFile none\n", dir, known))
	cmd := exec.Command(program, "-D", "-e", "-f", server)
	messages, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	lines := bufio.NewScanner(messages)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening on") {
		continue
	}
	go func() {
		for lines.Scan() { // or it would wait for a reader
			continue
		}
	}()
	spec = live.Spec{
		Remote:     &live.Remote{Host: "127.0.0.1", Port: port, User: "root", Options: []string{"-F", client}},
		Interfaces: []string{"lo"}, Immediate: true,
	}
	return spec, func() { killSessions(t, cmd.Process.Pid) }
}

// killSessions kills the children of a server that are sshd too, and theirs.
func killSessions(t *testing.T, pid int) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for word := range strings.FieldsSeq(string(text)) {
			var child int
			if _, err := fmt.Sscan(word, &child); err != nil {
				t.Fatal(err)
			}
			killSessions(t, child)
			if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child)); strings.HasPrefix(string(name), "sshd") {
				if p, err := os.FindProcess(child); err == nil {
					_ = p.Kill() // each end of a session takes the other with it
				}
			}
		}
	}
}

// The connection to another computer is cut in the middle: it is told, what came is shown and can be saved, and the same can be
// captured again.
func TestTheConnectionToAnotherComputerIsCut(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	spec, cut := sshServer(t)
	port := sink(t)
	spec.Filter = fmt.Sprintf("tcp port %d", port)
	a, h := capturingReally(t, spec)
	c := a.Capture
	say(t, port, "hello")
	h.until("a conversation is shown", func() bool { return c.View != nil && c.Talk != nil && c.View.Len() >= aConversation })
	cut()
	h.until("it is over", func() bool { return !c.Live.Running() })
	if p := c.Live.State.Problem; p == nil || p.Kind != live.RemoteCut || !c.Live.Unsaved() || c.View.Len() < aConversation || !a.CanRestartLive() {
		t.Errorf("ended with %v, %d packets are shown", p, c.View.Len())
	}
	path := filepath.Join(t.TempDir(), "until-then.pcapng")
	a.SaveLive(c, path)
	h.until("it is saved", func() bool { return c.Saving == nil && c.Path == path })
	a.RestartLive()
	h.until("it runs again", func() bool { return a.Capture != c && a.Capture.Live.State.Phase == live.Capturing })
	c = a.Capture
	say(t, port, "again")
	h.until("another conversation is shown", func() bool { return c.View != nil && c.View.Len() >= aConversation })
}
