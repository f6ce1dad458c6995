package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/capture/helper"
)

// ToolKind is a program that can capture.
type ToolKind string

// The kinds.
const (
	Own     ToolKind = "tcptalk-capture"
	Dumpcap ToolKind = "dumpcap" // Wireshark's
)

// Tool is a program on this computer that can capture.
type Tool struct {
	Kind ToolKind `json:"kind,omitempty"`
	Path string   `json:"path,omitempty"`
}

// Tools returns the programs that might capture, the preferred one first: our own beside this program and on the path, then
// dumpcap on the path and where Wireshark's installers put it. They exist; whether they work is what Examine finds out.
func Tools() []Tool {
	var out []Tool
	add := func(kind ToolKind, path string) {
		if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
			return
		}
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		if t := (Tool{kind, path}); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	if self, err := os.Executable(); err == nil {
		add(Own, filepath.Join(filepath.Dir(self), programName(Own)))
	}
	for _, kind := range []ToolKind{Own, Dumpcap} {
		for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), elsewhere[kind]...) {
			if filepath.IsAbs(dir) { // never what lies in the folder where somebody happens to be
				add(kind, filepath.Join(dir, programName(kind)))
			}
		}
	}
	return out
}

// elsewhere are folders that are not on the path of every account.
var elsewhere = map[ToolKind][]string{
	Own: {"/usr/local/bin"},
	Dumpcap: {
		"/usr/bin", "/usr/sbin", "/usr/local/bin", "/Applications/Wireshark.app/Contents/MacOS", `C:\Program Files\Wireshark`,
	},
}

func programName(kind ToolKind) string {
	if runtime.GOOS == "windows" {
		return string(kind) + ".exe"
	}
	return string(kind)
}

// patience is how long a question to a tool may take: listing the interfaces of a machine with thousands of them takes a
// second or so.
const patience = 15 * time.Second

// List returns the interfaces, loopback first, then those that are up and have addresses.
func List(ctx context.Context, t Tool) ([]helper.Interface, error) {
	var list []helper.Interface
	if t.Kind == Dumpcap {
		out, _, err := ask(ctx, t, "-D", "-M")
		if err != nil {
			return nil, err
		}
		list = parseDumpcapList(string(out))
	} else {
		out, _, err := ask(ctx, t, helper.CommandInterfaces)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(out, &list); err != nil {
			return nil, &Problem{Kind: HelperFailed, Message: err.Error(), Err: err}
		}
	}
	slices.SortStableFunc(list, func(a, b helper.Interface) int { return rank(&a) - rank(&b) })
	return list, nil
}

// rank orders interfaces for people.
func rank(i *helper.Interface) int {
	switch {
	case i.Loopback:
		return 0
	case i.Up && len(i.Addresses) > 0:
		return 1
	case i.Up:
		return 2
	}
	return 3
}

// parseDumpcapList reads dumpcap's list for programs: "N. name<TAB>vendor<TAB>description<TAB>type<TAB>addresses<TAB>kind".
func parseDumpcapList(out string) []helper.Interface {
	var list []helper.Interface
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		_, name, ok := strings.Cut(f[0], ". ")
		if !ok || len(f) < 6 {
			continue
		}
		i := helper.Interface{Name: name, Description: f[2], LinkType: -1, Loopback: f[5] == "loopback", Wireless: f[3] == "1"}
		for a := range strings.SplitSeq(f[4], ",") {
			if addr, err := netip.ParseAddr(a); err == nil {
				i.Addresses = append(i.Addresses, netip.PrefixFrom(addr.WithZone(""), addr.BitLen()))
			}
		}
		i.Up = len(i.Addresses) > 0 || i.Name == "any" // dumpcap does not say it
		list = append(list, i)
	}
	return list
}

// CheckFilter says what is wrong with a filter, nil if nothing is. link is the link type of the interface, by name or number,
// "" for Ethernet. dumpcap can only check a filter for an interface that this account may open.
func CheckFilter(ctx context.Context, t Tool, iface, link, filter string) error {
	if filter == "" {
		return nil
	}
	if from, to, found := helper.HostName(filter); found {
		return &Problem{Kind: HostName, Message: strconv.Quote(filter[from:to]), From: from, To: to}
	}
	if t.Kind == Dumpcap {
		// It writes the compiled filter, or says what is wrong and calls that a success.
		code, words, err := ask(ctx, t, "-q", "-d", "-i", iface, "-f", filter)
		if err == nil && len(code) == 0 {
			return &Problem{Kind: BadFilter, Message: firstLine(words), To: len(filter)}
		}
		return err
	}
	o := helper.Options{Command: helper.CommandCheck, Filter: filter, LinkType: link}
	return answered(ask(ctx, t, o.Args()...))
}

// Probe says why an interface cannot be captured on, nil if it can.
func Probe(ctx context.Context, t Tool, iface string) error {
	if t.Kind == Dumpcap {
		_, _, err := ask(ctx, t, "-L", "-i", iface) // asking for the link types opens it
		return err
	}
	return answered(ask(ctx, t, helper.Options{Command: helper.CommandProbe, Interfaces: []string{iface}}.Args()...))
}

// answered reads the helper's answer to check and probe.
func answered(out []byte, _ string, err error) error {
	if err != nil {
		return err
	}
	l, ok := helper.ParseLine(out)
	switch {
	case !ok:
		return &Problem{Kind: HelperFailed, Message: firstLine(string(out))}
	case l.Type != helper.OK:
		return problemOf(&l)
	}
	return nil
}

// ask runs a tool and returns its answer and what it said besides.
func ask(ctx context.Context, t Tool, args ...string) (answer []byte, words string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.Path, args...) //nolint:gosec // a program that Tools found
	cmd.Env = plainEnv()
	var messages tail
	cmd.Stderr = &messages
	out, err := cmd.Output()
	if err == nil {
		return out, messages.String(), nil
	}
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	return nil, "", startOrEnd(err, messages.String())
}

// plainEnv is the environment with messages in English: they are looked at.
func plainEnv() []string { return append(os.Environ(), "LC_ALL=C", "LANGUAGE=C") }

// startOrEnd says why a program did not start or ended with an error. text is what it said.
func startOrEnd(err error, text string) *Problem {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		kind := HelperFailed
		switch {
		case errors.Is(err, os.ErrPermission):
			kind = NotRunnable
		case errors.Is(err, os.ErrNotExist), errors.Is(err, exec.ErrNotFound):
			kind = NoTool
		}
		return &Problem{Kind: kind, Message: err.Error(), Err: err}
	}
	for line := range strings.Lines(text) {
		if l, ok := helper.ParseLine([]byte(line)); ok && l.Type == helper.Failure {
			return problemOf(&l)
		}
	}
	if kind, known := problemSaid(text); known {
		return &Problem{Kind: kind, Message: firstLine(text), Err: err}
	}
	if killed(exit) {
		return &Problem{Kind: HelperKilled, Message: exit.String(), Err: err}
	}
	message := firstLine(text)
	if message == "" {
		message = exit.String()
	}
	return &Problem{Kind: HelperFailed, Message: message, Err: err}
}

// firstLine returns the first line that says something.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "Capturing on ") {
			return line
		}
	}
	return ""
}

// tail keeps the last of what a program says.
type tail struct{ b []byte }

const tailLength = 8 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.b = append(t.b, b...)
	if over := len(t.b) - tailLength; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string { return strings.ToValidUTF8(string(t.b), "\uFFFD") }
