package live

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestAdvice asks what to do on computers of all kinds.
func TestAdvice(t *testing.T) {
	const ours = "/opt/talk it/tcptalk-capture"
	fails := func(kinds map[ToolKind]ProblemKind) func(context.Context, Tool, string) error {
		return func(_ context.Context, tool Tool, _ string) error {
			if k, ok := kinds[tool.Kind]; ok {
				return &Problem{Kind: k}
			}
			return nil
		}
	}
	both := []Tool{{Own, ours}, {Dumpcap, "/usr/bin/dumpcap"}}
	for name, c := range map[string]struct {
		s     system
		ready ToolKind
		want  []string // the kind of each advice, and what one of its lines holds
	}{
		"works": {s: system{goos: "linux", tools: both, probe: fails(nil)}, ready: Own},
		"dumpcap works": {
			s: system{goos: "linux", tools: both, probe: fails(map[ToolKind]ProblemKind{Own: NoPermission})}, ready: Dumpcap,
		},
		"nothing": {s: system{goos: "linux", manager: "apt-get"}, want: []string{"install: sudo apt-get install wireshark-common"}},
		"no permission": {
			s:    system{goos: "linux", group: "ann", tools: both[:1], probe: fails(map[ToolKind]ProblemKind{Own: NoPermission})},
			want: []string{"grant: sudo setcap cap_net_raw+ep '" + ours + "'"},
		},
		"nosuid": {
			s: system{
				goos: "linux", group: "ann", tools: both[:1], noCaps: func(string) bool { return true },
				probe: fails(map[ToolKind]ProblemKind{Own: NoPermission}),
			},
			want: []string{"move: sudo cp '" + ours + "' /usr/local/bin/tcptalk-capture"},
		},
		"Debian's dumpcap": {
			s: system{
				goos: "linux", user: "ann", manager: "apt-get", tools: both[1:],
				probe: fails(map[ToolKind]ProblemKind{Dumpcap: NoPermission}),
			},
			want: []string{"reconfigure: sudo dpkg-reconfigure wireshark-common"},
		},
		"dumpcap of a group": {
			s: system{
				goos: "linux", user: "ann", tools: both[1:], groupOf: func(string) string { return "wireshark" },
				probe: fails(map[ToolKind]ProblemKind{Dumpcap: NotRunnable}),
			},
			want: []string{"join: sudo usermod -aG wireshark ann"},
		},
		"no libpcap": {
			s:    system{goos: "linux", manager: "dnf", tools: both[:1], probe: fails(map[ToolKind]ProblemKind{Own: NoLibrary})},
			want: []string{"library: sudo dnf install libpcap"},
		},
		"container": {
			s:    system{goos: "linux", root: true, tools: both[:1], probe: fails(map[ToolKind]ProblemKind{Own: NoPermission})},
			want: []string{"container: --cap-add=NET_RAW"},
		},
		"macOS": {
			s:    system{goos: "darwin", group: "staff", tools: both[:1], probe: fails(map[ToolKind]ProblemKind{Own: NoPermission})},
			want: []string{"devices: sudo chgrp staff /dev/bpf*"},
		},
		"Windows without Npcap": {
			s:    system{goos: "windows", tools: both[:1], probe: fails(map[ToolKind]ProblemKind{Own: NoPermission})},
			want: []string{"library: https://npcap.com/"},
		},
		"both fail": {
			s: system{
				goos: "linux", group: "ann", user: "ann", manager: "apt-get", tools: both,
				probe: fails(map[ToolKind]ProblemKind{Own: NoPermission, Dumpcap: NoPermission}),
			},
			want: []string{"grant: sudo chmod 750", "reconfigure: sudo usermod -aG wireshark ann"},
		},
		"something else": {
			s:    system{goos: "linux", tools: both[:1], probe: fails(map[ToolKind]ProblemKind{Own: HelperFailed})},
			want: []string{"install: https://www.wireshark.org/"},
		},
	} {
		c.s.list = func(context.Context, Tool) (string, error) { return "lo", nil }
		if c.s.noCaps == nil {
			c.s.noCaps = func(string) bool { return false }
		}
		d, err := c.s.examine(t.Context())
		if err != nil || d.Ready() != (c.ready != "") || d.Tool.Kind != c.ready || len(d.Advice) != len(c.want) {
			t.Errorf("%s: %+v, %v", name, d, err)
			continue
		}
		for i, want := range c.want {
			kind, text, _ := strings.Cut(want, ": ")
			a := d.Advice[i]
			if lines := strings.Join(append(a.Commands, a.Link), "\n"); string(a.Kind) != kind || !strings.Contains(lines, text) {
				t.Errorf("%s: advice %d is %s:\n%s\nnot %s", name, i, a.Kind, lines, want)
			}
		}
	}
}

// TestTools asks real programs: ours and dumpcap list the same interfaces, and say what is wrong with a filter.
func TestTools(t *testing.T) {
	tool := capturing(t)
	list, err := List(t.Context(), tool)
	if err != nil || len(list) == 0 || !list[0].Loopback || list[0].Name != "lo" || !list[0].Up || list[0].LinkType != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	for filter, want := range map[string]ProblemKind{"tcp port 80": "", "tcp port": BadFilter, "host nowhere.example": HostName, "": ""} {
		err := CheckFilter(t.Context(), tool, "lo", "", filter)
		p, _ := err.(*Problem)
		if want == "" && err != nil || want != "" && (p == nil || p.Kind != want || p.To == 0) {
			t.Errorf("%q: %v", filter, err)
		}
	}
	if p, _ := Probe(t.Context(), tool, "nowhere0").(*Problem); p == nil || p.Kind != NoInterface || p.Interface != "nowhere0" {
		t.Errorf("an interface that is not there: %v", p)
	}

	dumpcap := Tool{}
	for _, other := range Tools() {
		if other.Kind == Dumpcap {
			dumpcap = other
		}
	}
	if dumpcap == (Tool{}) || Probe(t.Context(), dumpcap, "lo") != nil {
		t.Skip("there is no dumpcap that this account may use: not compared")
	}
	theirs, err := List(t.Context(), dumpcap)
	if err != nil || len(theirs) != len(list) || !theirs[0].Loopback || len(theirs[0].Addresses) != len(list[0].Addresses) {
		t.Errorf("dumpcap lists %+v, %v", theirs, err)
	}
	if p, _ := CheckFilter(t.Context(), dumpcap, "lo", "", "tcp port").(*Problem); p == nil || p.Kind != BadFilter {
		t.Errorf("dumpcap on a wrong filter: %v", p)
	}
	port := echo(t)
	r := start(t, Spec{Tool: dumpcap, Interfaces: []string{"lo"}, Filter: fmt.Sprintf("tcp port %d", port)})
	say(t, port, "hello").Close()
	until(t, r, "a conversation", func(s State) bool { return s.Packets >= 9 })
	r.Stop()
	<-r.Done()
	if s := r.State(); s.Problem != nil || s.End != EndAsked || s.Received < s.Packets || s.Dropped != 0 {
		t.Errorf("dumpcap's capture: %+v", s)
	}
}

// TestExamine asks this computer, whatever it may.
func TestExamine(t *testing.T) {
	d, err := Examine(t.Context())
	if err != nil || d.Ready() == (len(d.Advice) > 0) {
		t.Errorf("%+v, %v: either it works, or there is something to do", d, err)
	}
}

func TestActivity(t *testing.T) {
	got := parseNetDev(strings.NewReader(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
  eth0: 5000      50    0    0    0     0          0         0     3000      30    0    0    0     0       0          0
 bad
`))
	if len(got) != 2 || got["lo"] != (Traffic{10, 1000}) || got["eth0"] != (Traffic{80, 8000}) {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("/proc/net/dev"); err == nil {
		if a, ok := Activity(); !ok || len(a) == 0 {
			t.Errorf("%v, %v", a, ok)
		}
	}
}
