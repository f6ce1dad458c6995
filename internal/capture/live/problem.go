package live

import (
	"errors"
	"strings"
	"syscall"

	"tcptalk/internal/capture/helper"
)

// ProblemKind is what went wrong. The value is stable and fit as a key for translations.
type ProblemKind string

// The problems. Those of the first group are found before a packet came, those of the second may come at any time.
const (
	NoTool          ProblemKind = "no-tool"           // no program that captures was found
	NotRunnable     ProblemKind = "not-runnable"      // this account may not run it
	NoLibrary       ProblemKind = "no-library"        // libpcap (or Npcap) is missing
	NoPermission    ProblemKind = "no-permission"     // this account, or the one on the other computer, may not capture
	NoInterface     ProblemKind = "no-interface"      // there is no interface of that name
	NotUp           ProblemKind = "not-up"            // the interface is not up
	BadFilter       ProblemKind = "bad-filter"        // From, To say where
	HostName        ProblemKind = "host-name"         // the filter has a host name: From, To
	BadLinkType     ProblemKind = "bad-link-type"     // the interface does not have the link type
	BadOption       ProblemKind = "bad-option"        // something about the request is impossible
	RemoteNoTcpdump ProblemKind = "remote-no-tcpdump" // the other computer has no tcpdump
	RemoteRefused   ProblemKind = "remote-refused"    // ssh did not get in: unreachable, unknown host key, no valid key
	NoSSH           ProblemKind = "no-ssh"            // this computer has no ssh

	HelperKilled  ProblemKind = "helper-killed"  // the program was killed
	HelperFailed  ProblemKind = "helper-failed"  // the program ended with an error of its own
	InterfaceDown ProblemKind = "interface-down" // the interface went away
	RemoteCut     ProblemKind = "remote-cut"     // the connection to the other computer broke off
	DiskFull      ProblemKind = "disk-full"      // no room for more packets
	WriteFailed   ProblemKind = "write-failed"   // the packets could not be kept otherwise
	Garbled       ProblemKind = "garbled"        // the program handed over what is no capture
)

// Problem is why a capture did not begin, or ended without being asked to. What was captured before is readable.
type Problem struct {
	Kind ProblemKind
	// Interface is the interface's name or the other computer's, "" if it is about neither.
	Interface string
	// Message is what the program, libpcap, ssh or the system said.
	Message string
	// From and To are the bytes of the filter that are wrong.
	From, To int
	// Err is the cause, nil if there is none besides Message.
	Err error
}

// Error says what is wrong in English.
func (p *Problem) Error() string {
	s := problemTexts[p.Kind]
	if p.Interface != "" {
		s += " (" + p.Interface + ")"
	}
	if p.Message != "" {
		s += ": " + p.Message
	}
	return s
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

var problemTexts = map[ProblemKind]string{
	NoTool:          "no program that can capture was found",
	NotRunnable:     "this account may not run the program that captures",
	NoLibrary:       "the capture library is missing",
	NoPermission:    "no permission to capture",
	NoInterface:     "there is no such interface",
	NotUp:           "the interface is not up",
	BadFilter:       "the capture filter is wrong",
	HostName:        "the capture filter has a host name, which is not looked up: write the address",
	BadLinkType:     "the interface does not have that link type",
	BadOption:       "this cannot be captured",
	RemoteNoTcpdump: "the other computer has no tcpdump",
	RemoteRefused:   "ssh did not get in",
	NoSSH:           "ssh is not installed on this computer",
	HelperKilled:    "the program that captures was killed; what it had handed over is kept",
	HelperFailed:    "the program that captures ended with an error",
	InterfaceDown:   "the interface went away; what was captured before is kept",
	RemoteCut:       "the connection to the other computer broke off; what had arrived is kept",
	DiskFull:        "the disk is full; what was written before is kept",
	WriteFailed:     "the packets could not be kept",
	Garbled:         "the program handed over what is no capture",
}

// kinds translates the helper's reasons.
var kinds = map[helper.Reason]ProblemKind{
	helper.ReasonUsage: BadOption, helper.ReasonPermission: NoPermission, helper.ReasonNoInterface: NoInterface,
	helper.ReasonNotUp: NotUp, helper.ReasonInterfaceDown: InterfaceDown, helper.ReasonFilter: BadFilter,
	helper.ReasonName: HostName, helper.ReasonLinkType: BadLinkType, helper.ReasonPrivilege: HelperFailed,
	helper.ReasonOpen: HelperFailed, helper.ReasonRead: HelperFailed, helper.ReasonWrite: HelperFailed,
}

// problemOf returns what an error line of the helper says.
func problemOf(l *helper.Line) *Problem {
	kind, ok := kinds[l.Reason]
	if !ok {
		kind = HelperFailed
	}
	return &Problem{Kind: kind, Interface: l.Interface, Message: l.Message, From: l.From, To: l.To}
}

// said are pieces of what programs say that tell what is wrong, in dumpcap's, tcpdump's, ssh's, shells' and loaders' words.
// The first that fits counts.
var said = []struct {
	text string
	kind ProblemKind
}{
	{"error while loading shared libraries", NoLibrary},
	{"Library not loaded", NoLibrary},
	{"couldn't load wpcap.dll", NoLibrary},
	{"a password is required", NoPermission},
	{"a terminal is required", NoPermission},
	{"not in the sudoers file", NoPermission},
	{"tcpdump: command not found", RemoteNoTcpdump},
	{"tcpdump: not found", RemoteNoTcpdump},
	{"tcpdump: inaccessible or not found", RemoteNoTcpdump},
	{"exec: tcpdump", RemoteNoTcpdump},
	{"don't have permission", NoPermission},
	{"do not have permission", NoPermission},
	{"Operation not permitted", NoPermission},
	{"No such device", NoInterface},
	{"no device named", NoInterface},
	{"no device named", NoInterface},
	{"is not up", NotUp},
	{"parse filter expression", BadFilter},
	{"Invalid capture filter", BadFilter},
	{"unknown host", HostName},
	{"interface disappeared", InterfaceDown},
	{"interface went down", InterfaceDown},
	{"network is down", InterfaceDown},
	{"no longer attached", InterfaceDown},
	{"data link type", BadLinkType},
}

// problemSaid finds out from a program's messages what is wrong.
func problemSaid(text string) (ProblemKind, bool) {
	for _, s := range said {
		if strings.Contains(text, s.text) {
			return s.kind, true
		}
	}
	return HelperFailed, false
}

// writeProblem is the problem of a file that could not be written.
func writeProblem(err error) *Problem {
	p := &Problem{Kind: WriteFailed, Message: err.Error(), Err: err}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, errQuota) {
		p.Kind = DiskFull
	}
	return p
}
