package live

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Remote is another computer to capture on, through the ssh of this one: its configuration, keys, agent and known hosts as
// they are. No password is asked for: where a key does not suffice the capture ends with ssh's words.
type Remote struct {
	Host string `json:"host"`
	User string `json:"user,omitempty"` // "" is what ssh's configuration says
	Port int    `json:"port,omitempty"` // 0 is what ssh's configuration says
	// Sudo runs tcpdump through "sudo -n", for accounts that may do that without a password.
	Sudo bool `json:"sudo,omitempty"`
	// Options are more options of ssh, each an argument of its own, such as "-J", "jump.example".
	Options []string `json:"options,omitempty"`
}

// connectTime is how long ssh may take to get in; aliveEvery and aliveTries are how soon it notices that nobody is there any more.
const (
	connectTime = 10 * time.Second
	aliveEvery  = 5 * time.Second
	aliveTries  = 3
)

// script runs tcpdump on the other computer. $1 are tcpdump's options without quotes to take apart, $2 the interface, $3 the
// filter, the rest is what sshd says about the connection: the client's address and port, the server's address and port. The
// connection is kept out of the capture, or each packet would make another one. The end of standard input, also that of a
// connection that was cut, ends tcpdump as a user would: it writes what it holds and tells its counts. exec, so that the
// process to end is known and nothing stays behind.
const script = `set -- "$1" "$2" "$3" $SSH_CONNECTION; ` +
	`f=${4:+"not (host ${4%%%*} and tcp port $5 and tcp port $7)"}; ` +
	`exec 3<&0; { while read _; do :; done <&3; kill $$; } >/dev/null 2>&1 & ` +
	`exec @ $1 -i "$2" -w - "${f:-greater 0}${3:+ and ($3)}" 3<&- </dev/null`

// check says what about the request is impossible.
func (m *Remote) check(s *Spec) *Problem {
	bad := func(message string) *Problem { return &Problem{Kind: BadOption, Interface: m.Host, Message: message} }
	switch {
	case !isPlainName(m.Host):
		return bad("that is no name of a host")
	case m.User != "" && !isPlainName(m.User):
		return bad("that is no name of a user")
	case m.Port < 0 || m.Port > 65535:
		return bad("that is no port")
	case len(s.Interfaces) != 1 || !isPlainName(s.Interfaces[0]):
		return bad("exactly one interface is needed")
	case strings.ContainsAny(s.Filter, "\x00\r\n"):
		return bad("the filter must be one line")
	case s.LinkType != "" && !isPlainName(s.LinkType):
		return bad("that is no name of a link type")
	case s.SnapLen < 0 || s.Buffer < 0:
		return bad("a length below zero")
	}
	return nil
}

// isPlainName reports a word that no program takes for an option, or for two words.
func isPlainName(s string) bool {
	return s != "" && len(s) <= 255 && s[0] != '-' && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
	})
}

// endsByInput reports that the end of standard input ends tcpdump in order. Under sudo it is another account's, and ends when it
// can write no more.
func (m *Remote) endsByInput() bool { return !m.Sudo }

// argv returns the command that captures on the other computer.
func (m *Remote) argv(s *Spec) []string {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	argv := []string{
		"ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=" + seconds(connectTime),
		"-o", "ServerAliveInterval=" + seconds(aliveEvery), "-o", "ServerAliveCountMax=" + strconv.Itoa(aliveTries),
	}
	if m.Port != 0 {
		argv = append(argv, "-p", strconv.Itoa(m.Port))
	}
	if m.User != "" {
		argv = append(argv, "-l", m.User)
	}
	argv = append(append(argv, m.Options...), "--", m.Host)
	tcpdump := "tcpdump"
	if m.Sudo {
		tcpdump = "sudo -n tcpdump"
	}
	return append(argv, "exec sh -c "+quote(strings.Replace(script, "@", tcpdump, 1))+" tcptalk "+
		quote(tcpdumpOptions(s))+" "+quote(s.Interfaces[0])+" "+quote(s.Filter))
}

// tcpdumpOptions returns the options that are numbers and plain words, in one string.
func tcpdumpOptions(s *Spec) string {
	options := "-U -n -s " + strconv.Itoa(s.SnapLen)
	if !s.Promiscuous {
		options += " -p"
	}
	if s.Buffer != 0 {
		options += " -B " + strconv.Itoa(s.Buffer<<10) // KiB
	}
	if s.Limits.Packets != 0 && s.Limits.Packets < 1<<31 {
		options += " -c " + strconv.FormatUint(s.Limits.Packets, 10)
	}
	if s.Immediate {
		options += " --immediate-mode"
	}
	if s.LinkType != "" {
		options += " -y " + s.LinkType
	}
	return options
}

// CommandLine returns the command that a Spec runs, as one would type it into a shell: for showing before it runs.
func (s *Spec) CommandLine() (string, error) {
	if p := s.check(); p != nil {
		return "", p
	}
	argv, err := s.command()
	if err != nil {
		return "", err
	}
	for i, a := range argv {
		if strings.ContainsFunc(a, needsQuotes) || a == "" {
			argv[i] = quote(a)
		}
	}
	return strings.Join(argv, " "), nil
}

func needsQuotes(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@+%", r))
}

// quote makes one word of s for a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// sshFailed is ssh's own exit status: it did not get in, or the connection broke.
const sshFailed = 255

// explain turns what ssh's end means into a problem of the other computer. began says that packets were taken.
func (m *Remote) explain(p *Problem, err error, began bool) {
	p.Interface = m.Host
	var exit *exec.ExitError
	status := 0
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	}
	switch {
	case began && (status == sshFailed || p.Kind == HelperKilled || p.Kind == Garbled):
		p.Kind = RemoteCut
	case status == sshFailed:
		p.Kind = RemoteRefused
	case status == 127 && p.Kind == HelperFailed: // a shell that says it in other words
		p.Kind = RemoteNoTcpdump
	}
}
