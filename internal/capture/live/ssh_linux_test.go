package live

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/capture/pcapfile"
)

// sshd is a real ssh server on a port of loopback, with keys that exist for the test only.
type sshd struct {
	cmd    *exec.Cmd
	port   int
	config string // for the client
	// stranger is a configuration with a key that the server does not know.
	stranger string
}

// startSSHD starts a server. path replaces the path of the accounts that log in, "" leaves it.
func startSSHD(t *testing.T, path string) *sshd {
	t.Helper()
	asRoot(t, "start an ssh server that lets it in")
	const program = "/usr/sbin/sshd"
	if _, err := os.Stat(program); err != nil {
		t.Skip("openssh-server is not installed: " + program + " is missing")
	}
	for _, tool := range []string{"ssh", "ssh-keygen", "tcpdump"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { //nolint:gosec // where sshd wants it
		t.Skip("sshd's folder cannot be made: ", err)
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		full := filepath.Join(dir, name)
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return full
	}
	for _, key := range []string{"host", "user", "stranger"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v, %s", err, out)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	setPath := ""
	if path != "" {
		setPath = "SetEnv PATH=" + path + "\n"
	}
	config := file("sshd_config", fmt.Sprintf("ListenAddress 127.0.0.1:%d\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\n"+
		"PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nPrintMotd no\n%s", port, dir, dir, setPath))
	key, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	known := file("known_hosts", fmt.Sprintf("[127.0.0.1]:%d %s", port, key))
	client := func(name string) string {
		return file(name+"_config", fmt.Sprintf("IdentityFile %s/%s\nIdentitiesOnly yes\nUserKnownHostsFile %s\n"+
			"GlobalKnownHostsFile none\nStrictHostKeyChecking yes\n", dir, name, known))
	}
	s := &sshd{port: port, config: client("user"), stranger: client("stranger")}
	s.cmd = exec.Command(program, "-D", "-e", "-f", config)
	messages, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait() // it was killed
	})
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		if strings.Contains(lines.Text(), "listening on") {
			go func() {
				for lines.Scan() {
					continue
				}
			}()
			return s
		}
	}
	t.Skip("sshd does not start here")
	return nil
}

// spec captures on loopback of the server.
func (s *sshd) spec(filter string) Spec {
	return Spec{
		Remote:     &Remote{Host: "127.0.0.1", Port: s.port, User: "root", Options: []string{"-F", s.config}},
		Interfaces: []string{"lo"}, Filter: filter,
	}
}

// tcpdump returns the process that captures for the server.
func (s *sshd) tcpdump(t *testing.T) *process {
	t.Helper()
	for _, pid := range children(s.cmd.Process.Pid) {
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil && strings.TrimSpace(string(name)) == "tcpdump" {
			return watchProcess(t, pid)
		}
	}
	t.Fatal("the server runs no tcpdump")
	return nil
}

// TestSSH captures over a real ssh: the connection itself is not in it, and the far tcpdump ends.
func TestSSH(t *testing.T) {
	s := startSSHD(t, "")
	port := echo(t)
	// The filter asks for the ssh connection too, which would capture itself without end.
	r := start(t, s.spec(fmt.Sprintf("tcp port %d or tcp port %d", port, s.port)))
	say(t, port, "it's").Close()
	until(t, r, "a conversation", func(s State) bool { return s.Packets >= 9 })
	far := s.tcpdump(t)
	r.Stop()
	<-r.Done()
	// It was ended in order, not cut off: its counts are here.
	if state := r.State(); state.Problem != nil || state.End != EndAsked || state.Received < 9 || state.Packets+state.Dropped > state.Received {
		t.Errorf("stopped: %+v", state)
	}
	if !far.gone() {
		t.Error("the far tcpdump goes on")
	}
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for b := new(pcapfile.Batch); f.NextBatch(b) == nil; {
		for i := range b.Packets {
			n++
			// Ethernet, IPv4 without options, the ports.
			ports := b.Packets[i].Data[34:38]
			from, to := int(ports[0])<<8|int(ports[1]), int(ports[2])<<8|int(ports[3])
			if from != port && to != port {
				t.Errorf("packet %d from port %d to %d is the ssh connection's", n, from, to)
			}
		}
	}
	if n < 9 || f.Info().Interfaces[0].Name != "lo" {
		t.Errorf("%d packets on %+v", n, f.Info().Interfaces)
	}
}

// TestSSHCut cuts the connection in the middle of a capture.
func TestSSHCut(t *testing.T) {
	s := startSSHD(t, "")
	port := echo(t)
	r := start(t, s.spec(fmt.Sprintf("tcp port %d", port)))
	say(t, port, "hello")
	until(t, r, "a handshake and data", func(s State) bool { return s.Packets >= 7 })
	far := s.tcpdump(t)
	for _, pid := range children(s.cmd.Process.Pid) {
		if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); strings.HasPrefix(string(name), "sshd") {
			if p, err := os.FindProcess(pid); err == nil {
				_ = p.Kill() // each end of a session takes the other with it
			}
		}
	}
	if said := ends(t, r, RemoteCut); !strings.Contains(said, "127.0.0.1") {
		t.Errorf("the end does not name the computer: %s", said)
	}
	f, err := r.Open()
	if n := packets(t, f, err); n < 7 {
		t.Errorf("%d packets are left of 7", n)
	}
	if !far.gone() {
		t.Error("the far tcpdump goes on")
	}
}

// TestSSHProblems has the message say which.
func TestSSHProblems(t *testing.T) {
	bin := t.TempDir()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(sh, filepath.Join(bin, "sh")); err != nil {
		t.Fatal(err)
	}
	fails := func(s Spec, want ProblemKind) {
		t.Helper()
		r, err := Start(t.TempDir(), s)
		if err != nil {
			t.Fatal(err)
		}
		var p *Problem
		if err := r.Ready(t.Context()); !errors.As(err, &p) || p.Kind != want || p.Interface != "127.0.0.1" {
			t.Errorf("%v, not %s", err, want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	s := startSSHD(t, "")
	fails(s.spec("tcp prot 80"), BadFilter)
	nowhere := s.spec("")
	nowhere.Interfaces = []string{"nowhere0"}
	fails(nowhere, NoInterface)
	stranger := s.spec("")
	stranger.Remote.Options = []string{"-F", s.stranger}
	fails(stranger, RemoteRefused)
	closed := s.spec("")
	closed.Remote.Port = 1
	fails(closed, RemoteRefused)

	lacking := startSSHD(t, bin)
	fails(lacking.spec(""), RemoteNoTcpdump)
	if err := os.WriteFile(filepath.Join(bin, "tcpdump"), []byte("#!"+sh+"\necho \"tcpdump: $4: You don't have permission to capture on that device\" >&2\nexit 1\n"), 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	fails(lacking.spec(""), NoPermission)
}

// TestCommandLine shows the command, which a shell reads as it is run.
func TestCommandLine(t *testing.T) {
	s := Spec{
		Remote: &Remote{Host: "web.example", User: "me", Port: 2222}, Interfaces: []string{"eth0"},
		Filter: `host 192.0.2.1 and not (port 22 or tcp[tcpflags] & tcp-syn != 0) and 'quoted' $HOME`, Limits: Limits{Packets: 10},
	}
	line, err := s.CommandLine()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(line, "ssh -T -o BatchMode=yes -o ConnectTimeout=10 ") || !strings.Contains(line, " -p 2222 -l me -- web.example '") {
		t.Errorf("the command is %s", line)
	}
	// What a shell makes of the line is the argument list, and what the far shell makes of its last word is tcpdump's.
	bin := t.TempDir()
	for name, text := range map[string]string{
		"ssh":     "for last; do :; done; PATH=" + bin + ":$PATH SSH_CONNECTION='192.0.2.7 1024 198.51.100.1 22' sh -c \"$last\"",
		"tcpdump": `printf '<%s>' "$@"`,
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	input, hold, err := os.Pipe() // whose end would end tcpdump
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	cmd.Stdin = input
	out, err := cmd.CombinedOutput()
	const want = `<-U><-n><-s><0><-p><-c><10><-i><eth0><-w><-><not (host 192.0.2.7 and tcp port 1024 and tcp port 22)` +
		` and (host 192.0.2.1 and not (port 22 or tcp[tcpflags] & tcp-syn != 0) and 'quoted' $HOME)>`
	if string(out) != want || err != nil {
		t.Errorf("tcpdump gets %s, %v", out, err)
	}

	for _, bad := range []Spec{
		{Remote: &Remote{Host: "-oProxyCommand=x"}, Interfaces: []string{"lo"}},
		{Remote: &Remote{Host: "a b"}, Interfaces: []string{"lo"}},
		{Remote: &Remote{Host: ""}, Interfaces: []string{"lo"}},
		{Remote: &Remote{Host: "h", User: "-l"}, Interfaces: []string{"lo"}},
		{Remote: &Remote{Host: "h", Port: 70000}, Interfaces: []string{"lo"}},
		{Remote: &Remote{Host: "h"}, Interfaces: []string{"-w"}},
		{Remote: &Remote{Host: "h"}},
		{Remote: &Remote{Host: "h"}, Interfaces: []string{"lo"}, Filter: "tcp\nrm"},
		{Remote: &Remote{Host: "h"}, Interfaces: []string{"lo"}, LinkType: "-w x"},
	} {
		var p *Problem
		if line, err := bad.CommandLine(); !errors.As(err, &p) || p.Kind != BadOption {
			t.Errorf("%+v is run as %s, %v", bad.Remote, line, err)
		}
	}
}
