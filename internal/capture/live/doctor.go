package live

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
)

// Diagnosis says whether this account may capture on this computer, what was tried, and what to do if it may not.
type Diagnosis struct {
	// Tool is the program to capture with. It is the zero Tool where none works.
	Tool Tool
	// Interface is what was tried: a loopback interface if there is one.
	Interface string
	Tried     []Attempt
	// Advice is what to do, the best first; none where a Tool works.
	Advice []Advice
}

// Ready says that capturing works.
func (d *Diagnosis) Ready() bool { return d.Tool != Tool{} }

// Attempt is one program that was tried.
type Attempt struct {
	Tool    Tool
	Problem *Problem // nil if it works
}

// AdviceKind is a way out.
type AdviceKind string

// The ways out.
const (
	// AdviceInstall: no program that captures is here. The commands bring one, or Link leads to one.
	AdviceInstall AdviceKind = "install"
	// AdviceGrant: the commands give the right to capture to this account's group, at once.
	AdviceGrant AdviceKind = "grant"
	// AdviceMove: capabilities count nothing on the file system where the helper is; the commands copy it elsewhere.
	AdviceMove AdviceKind = "move"
	// AdviceJoin: the members of a group may capture; the command adds this account, which must log in again.
	AdviceJoin AdviceKind = "join"
	// AdviceReconfigure: Wireshark's package can let accounts capture.
	AdviceReconfigure AdviceKind = "reconfigure"
	// AdviceLibrary: the commands bring the capture library, or Link leads to it.
	AdviceLibrary AdviceKind = "library"
	// AdviceDevices: the commands give this account's group the capture devices, until the next start of the computer.
	AdviceDevices AdviceKind = "devices"
	// AdviceContainer: even root may not capture: the container must be given the right from outside.
	AdviceContainer AdviceKind = "container"
)

// Advice is a way out, with the exact commands for this computer.
type Advice struct {
	Kind     AdviceKind
	Commands []string
	Link     string
}

// system is what Examine knows of the computer; tests make others.
type system struct {
	goos        string
	root        bool
	user, group string
	// manager is the package manager: "apt-get", "dnf", "brew", "" if none is known.
	manager string
	tools   []Tool
	list    func(context.Context, Tool) (string, error) // the interface to try
	probe   func(ctx context.Context, t Tool, iface string) error
	// groupOf returns the group of a file, noCaps that capabilities of files count nothing there.
	groupOf func(path string) string
	noCaps  func(path string) bool
}

// Examine finds out whether capturing is possible. It can be called again and again.
func Examine(ctx context.Context) (Diagnosis, error) { return thisSystem().examine(ctx) }

func thisSystem() *system {
	s := &system{
		goos: runtime.GOOS, root: os.Geteuid() == 0, tools: Tools(), list: tryOn, probe: Probe, groupOf: groupOf, noCaps: noCaps,
	}
	if u, err := user.Current(); err == nil {
		s.user, s.group = u.Username, u.Gid
		if g, err := user.LookupGroupId(u.Gid); err == nil {
			s.group = g.Name
		}
	}
	for _, m := range []string{"/usr/bin/apt-get", "/usr/bin/dnf", "/opt/homebrew/bin/brew", "/usr/local/bin/brew"} {
		if _, err := os.Stat(m); err == nil {
			s.manager = filepath.Base(m)
			break
		}
	}
	return s
}

// tryOn returns the interface to try a tool on.
func tryOn(ctx context.Context, t Tool) (string, error) {
	list, err := List(ctx, t)
	if err != nil {
		return "", err
	}
	if len(list) == 0 { // how Windows and macOS say that there is no permission, or no Npcap
		return "", &Problem{Kind: NoPermission}
	}
	return list[0].Name, nil
}

func (s *system) examine(ctx context.Context) (Diagnosis, error) {
	var d Diagnosis
	for _, t := range s.tools {
		iface, err := s.list(ctx, t)
		if err == nil {
			d.Interface = iface
			err = s.probe(ctx, t, iface)
		}
		if ctx.Err() != nil {
			return d, ctx.Err()
		}
		a := Attempt{Tool: t}
		if err != nil && !errors.As(err, &a.Problem) {
			a.Problem = &Problem{Kind: HelperFailed, Message: err.Error(), Err: err}
		}
		d.Tried = append(d.Tried, a)
		if a.Problem == nil {
			d.Tool = t
			return d, nil
		}
	}
	for i := range d.Tried {
		d.Advice = append(d.Advice, s.advise(&d.Tried[i])...)
	}
	if len(d.Advice) == 0 {
		d.Advice = []Advice{s.install()}
	}
	return d, nil
}

// advise says what to do about one program that does not work.
func (s *system) advise(a *Attempt) []Advice {
	switch a.Problem.Kind {
	case NoLibrary:
		return []Advice{s.library()}
	case NotRunnable:
		if g := s.groupOf(a.Tool.Path); g != "" && s.goos != "windows" && g != "root" {
			return []Advice{{Kind: AdviceJoin, Commands: []string{"sudo usermod -aG " + word(g) + " " + word(s.user)}}}
		}
		return nil
	case NoPermission:
		return s.permit(a.Tool)
	default:
		return nil
	}
}

// permit says how to give a program the right to capture.
func (s *system) permit(t Tool) []Advice {
	switch {
	case s.goos == "windows":
		return []Advice{s.library()}
	case s.goos == "darwin":
		return []Advice{{Kind: AdviceDevices, Link: "https://www.wireshark.org/download.html", Commands: []string{
			"sudo chgrp " + word(s.group) + " /dev/bpf*", "sudo chmod g+rw /dev/bpf*",
		}}}
	case s.goos != "linux":
		return []Advice{{Kind: AdviceDevices, Commands: []string{
			"sudo chgrp " + word(s.group) + " /dev/bpf*", "sudo chmod g+rw /dev/bpf*",
		}}}
	case s.root:
		return []Advice{{Kind: AdviceContainer, Commands: []string{"docker run --cap-add=NET_RAW …"}}}
	case t.Kind == Dumpcap && s.manager == "apt-get" && t.Path == "/usr/bin/dumpcap":
		return []Advice{{Kind: AdviceReconfigure, Commands: []string{
			"sudo dpkg-reconfigure wireshark-common", "sudo usermod -aG wireshark " + word(s.user),
		}}}
	case t.Kind == Dumpcap:
		return []Advice{{Kind: AdviceGrant, Commands: s.grant(t.Path, "cap_net_raw,cap_net_admin+ep")}}
	case s.noCaps(t.Path):
		const there = "/usr/local/bin/tcptalk-capture"
		return []Advice{{Kind: AdviceMove, Commands: append(
			[]string{"sudo cp " + word(t.Path) + " " + there}, s.grant(there, "cap_net_raw+ep")...)}}
	}
	return []Advice{{Kind: AdviceGrant, Commands: s.grant(t.Path, "cap_net_raw+ep")}}
}

// grant lets the members of this account's group, who already are members, run a program with capabilities; nobody else may
// run it at all. In this order: changing the owner takes capabilities away.
func (s *system) grant(path, capabilities string) []string {
	path = word(path)
	return []string{
		"sudo chown root:" + word(s.group) + " " + path, "sudo chmod 750 " + path, "sudo setcap " + capabilities + " " + path,
	}
}

// library says how to get the capture library.
func (s *system) library() Advice {
	a := Advice{Kind: AdviceLibrary}
	switch {
	case s.goos == "windows":
		a.Link = "https://npcap.com/#download"
	case s.manager == "apt-get":
		a.Commands = []string{"sudo apt-get install libpcap0.8"}
	case s.manager == "dnf":
		a.Commands = []string{"sudo dnf install libpcap"}
	default:
		a.Link = "https://www.tcpdump.org/"
	}
	return a
}

// install says how to get a program that captures: ours comes with tcptalk, and Wireshark's is a package away.
func (s *system) install() Advice {
	a := Advice{Kind: AdviceInstall}
	switch s.manager {
	case "apt-get":
		a.Commands = []string{"sudo apt-get install wireshark-common"}
	case "dnf":
		a.Commands = []string{"sudo dnf install wireshark-cli"}
	case "brew":
		a.Commands = []string{"brew install --cask wireshark"}
	default:
		a.Link = "https://www.wireshark.org/download.html"
	}
	return a
}

// word makes a shell's word of s, with quotes only where they are needed.
func word(s string) string {
	if s == "" || strings.ContainsFunc(s, needsQuotes) {
		return quote(s)
	}
	return s
}
