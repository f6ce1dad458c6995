package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/capture/helper"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/narrate"
)

// LiveChoice is what the reader chose for live captures; it persists.
type LiveChoice struct {
	Interface string `json:"interface,omitempty"`
	Filter    string `json:"filter,omitempty"`
	// Filters are those that were used, the latest first.
	Filters []string `json:"filters,omitempty"`
	// Packets, Megabytes and Minutes end a capture, as the reader wrote them; "" for no limit.
	Packets   string `json:"packets,omitempty"`
	Megabytes string `json:"megabytes,omitempty"`
	Minutes   string `json:"minutes,omitempty"`
	// Ring keeps only the latest packets, HeadersOnly only the first bytes of each.
	Ring        bool `json:"ring,omitempty"`
	HeadersOnly bool `json:"headers_only,omitempty"`
	// Remote is the other computer that was captured on last.
	Remote RemoteChoice `json:"remote,omitzero"`
}

// RemoteChoice is another computer to capture on, as the reader wrote it.
type RemoteChoice struct {
	Host      string `json:"host,omitempty"`
	User      string `json:"user,omitempty"`
	Port      string `json:"port,omitempty"`
	Interface string `json:"interface,omitempty"`
	Filter    string `json:"filter,omitempty"`
	Sudo      bool   `json:"sudo,omitempty"`
}

// Bounds and sizes of what can be chosen.
const (
	maxFilters     = 12
	maxChoice      = 4096 // bytes of a text that is kept
	RingFiles      = 5
	ringFileBytes  = 20 << 20
	headerBytes    = 128
	activityWindow = 16 // seconds
	megabyte       = 1_000_000
)

// valid repairs what an edited file may hold.
func (c LiveChoice) valid() LiveChoice {
	c.Filters = c.Filters[:min(len(c.Filters), maxFilters)]
	for _, s := range []*string{
		&c.Interface, &c.Filter, &c.Packets, &c.Megabytes, &c.Minutes, &c.Remote.Host, &c.Remote.User, &c.Remote.Port,
		&c.Remote.Interface, &c.Remote.Filter,
	} {
		if len(*s) > maxChoice {
			*s = ""
		}
	}
	return c
}

// LiveSetup is what the dialog for live capture shows.
type LiveSetup struct {
	Choice LiveChoice
	// Examining says that it is being found out whether capturing works; Examined that it was, with the result.
	Examining, Examined bool
	Diagnosis           live.Diagnosis
	// Interfaces are those that can be captured on, loopback first; ListErr is why they are not known.
	Interfaces []NetInterface
	ListErr    error
	// Check is what is wrong with the filter, or not.
	Check FilterCheck

	examining, checking, watching context.CancelFunc
	traffic                       map[string]live.Traffic
}

// NetInterface is something to capture on.
type NetInterface struct {
	helper.Interface
	// Rates are the packets of each of the latest seconds, the newest last; none where the system does not tell.
	Rates []uint64
}

// FilterCheck is what is known about the filter in the dialog.
type FilterCheck struct {
	Checking bool
	// Valid says that the filter was checked and is right; Problem what is wrong. Neither is set where nobody can tell.
	Valid   bool
	Problem *live.Problem
}

// FilterTemplate is a filter that people often need.
type FilterTemplate struct {
	Name   narrate.Text
	Filter string
}

// FilterTemplates are filters to begin with.
var FilterTemplates = []FilterTemplate{
	{narrate.Text{"One port", "一个端口"}, "tcp port 8000"},
	{narrate.Text{"One host", "一台主机"}, "host 127.0.0.1"},
	{narrate.Text{"Web", "网页"}, "tcp port 80 or tcp port 443"},
	{narrate.Text{"Only handshakes and ends", "只抓握手和关闭"}, "tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0"},
	{narrate.Text{"Everything but SSH", "除 SSH 以外的一切"}, "not tcp port 22"},
	{narrate.Text{"Names and pings", "域名解析和 ping"}, "port 53 or icmp or icmp6"},
}

// Examine finds out whether this computer can capture, and on what.
func (a *App) Examine() {
	s := &a.Setup
	if s.examining != nil {
		s.examining()
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.examining, s.Examining = cancel, true
	a.changed(LiveChanged)
	var d live.Diagnosis
	var list []helper.Interface
	var err, listErr error
	a.background(ctx, func() {
		if d, err = a.capturer.Examine(ctx); err == nil && d.Ready() {
			list, listErr = a.capturer.List(ctx, d.Tool)
		}
	}, func() {
		cancel()
		s.examining, s.Examining, s.Examined, s.Diagnosis = nil, false, true, d
		s.ListErr = errors.Join(err, listErr)
		a.takeInterfaces(list)
		a.changed(LiveChanged)
		a.CheckFilter()
		a.labReady()
	})
}

// takeInterfaces takes over which interfaces there are; the choice stays if it is there.
func (a *App) takeInterfaces(list []helper.Interface) {
	s := &a.Setup
	before := s.Interfaces
	s.Interfaces = make([]NetInterface, 0, len(list))
	chosen := false
	for _, i := range list {
		n := NetInterface{Interface: i}
		for k := range before {
			if before[k].Name == i.Name {
				n.Rates = before[k].Rates
			}
		}
		s.Interfaces = append(s.Interfaces, n)
		chosen = chosen || i.Name == s.Choice.Interface
	}
	if !chosen && len(list) > 0 {
		s.Choice.Interface = list[0].Name
	}
}

// ChooseInterface chooses what to capture on.
func (a *App) ChooseInterface(name string) {
	if a.Setup.Choice.Interface != name {
		a.Setup.Choice.Interface = name
		a.changed(LiveChanged)
		a.CheckFilter()
	}
}

// SetCaptureFilter takes over the filter as it is typed, and checks it.
func (a *App) SetCaptureFilter(text string) {
	if a.Setup.Choice.Filter != text {
		a.Setup.Choice.Filter = text
		a.CheckFilter()
	}
}

// CheckFilter finds out whether the filter is right.
func (a *App) CheckFilter() {
	s := &a.Setup
	if s.checking != nil {
		s.checking()
		s.checking = nil
	}
	s.Check = FilterCheck{}
	text := strings.TrimSpace(s.Choice.Filter)
	if text == "" || !s.Diagnosis.Ready() {
		a.changed(LiveChanged)
		return
	}
	s.Check.Checking = true
	a.changed(LiveChanged)
	ctx, cancel := context.WithCancel(context.Background())
	s.checking = cancel
	tool, name, link := s.Diagnosis.Tool, s.Choice.Interface, ""
	for i := range s.Interfaces {
		if n := &s.Interfaces[i]; n.Name == name && n.LinkType >= 0 {
			link = strconv.Itoa(n.LinkType)
		}
	}
	filter := s.Choice.Filter
	var err error
	a.background(ctx, func() { err = a.capturer.CheckFilter(ctx, tool, name, link, filter) }, func() {
		cancel()
		s.checking = nil
		s.Check = FilterCheck{Valid: err == nil}
		if !errors.As(err, &s.Check.Problem) && err != nil {
			s.Check.Problem = &live.Problem{Kind: live.HelperFailed, Message: err.Error()}
		}
		a.changed(LiveChanged)
	})
}

// WatchInterfaces measures how much traffic each interface has, once a second, until it is told to stop.
func (a *App) WatchInterfaces(on bool) {
	s := &a.Setup
	if (s.watching != nil) == on {
		return
	}
	if !on {
		s.watching()
		s.watching, s.traffic = nil, nil
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.watching = cancel
	a.measure(ctx)
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				a.measure(ctx)
			}
		}
	}()
}

// measure looks at the counters of the interfaces.
func (a *App) measure(ctx context.Context) {
	a.background(ctx, func() {}, func() {
		if now, ok := a.capturer.Activity(); ok {
			a.Setup.measured(now)
			a.changed(LiveChanged)
		}
	})
}

// measured takes over the counters, a second after the ones before.
func (s *LiveSetup) measured(now map[string]live.Traffic) {
	var all uint64
	if s.traffic != nil {
		for name, t := range now {
			if before, ok := s.traffic[name]; ok && t.Packets > before.Packets {
				all += t.Packets - before.Packets
			}
		}
		for i := range s.Interfaces {
			n := &s.Interfaces[i]
			rate := all
			if n.Name != anyInterface {
				before, was := s.traffic[n.Name]
				t, is := now[n.Name]
				if !was || !is {
					continue
				}
				rate = max(t.Packets, before.Packets) - before.Packets
			}
			n.Rates = append(n.Rates, rate)
			n.Rates = n.Rates[max(0, len(n.Rates)-activityWindow):]
		}
	}
	s.traffic = now
}

// anyInterface is Linux's name for all interfaces at once.
const anyInterface = "any"

// limit reads a limit as people write it, 0 for none.
func limit(text string, least, most float64) (float64, bool) {
	text = strings.NewReplacer(",", "", "，", "", " ", "", "_", "").Replace(text)
	if text == "" {
		return 0, true
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && v >= least && v <= most && !math.IsNaN(v)
}

// limits reads the limits. bad are those that cannot be read: of packets, megabytes, minutes.
func (c *LiveChoice) limits() (l live.Limits, bad [3]bool) {
	packets, ok := limit(c.Packets, 1, 1e15)
	bad[0] = !ok || packets != math.Trunc(packets)
	bytes, ok := limit(c.Megabytes, 0.1, 1e9)
	bad[1] = !ok
	minutes, ok := limit(c.Minutes, 0.01, 1e6)
	bad[2] = !ok
	if bad == [3]bool{} {
		l = live.Limits{Packets: uint64(packets), Bytes: int64(bytes * megabyte), Duration: time.Duration(minutes * float64(time.Minute))}
	}
	return l, bad
}

// BadLimits says which limits cannot be read: of packets, megabytes, minutes.
func (s *LiveSetup) BadLimits() [3]bool {
	_, bad := s.Choice.limits()
	return bad
}

// CanStart says that what is chosen can be captured.
func (s *LiveSetup) CanStart() bool {
	return s.Diagnosis.Ready() && s.Choice.Interface != "" && s.Check.Problem == nil && s.BadLimits() == [3]bool{}
}

// Spec is what the dialog asks for.
func (s *LiveSetup) Spec() live.Spec {
	c := &s.Choice
	limits, _ := c.limits()
	spec := live.Spec{
		Tool: s.Diagnosis.Tool, Interfaces: []string{c.Interface}, Filter: strings.TrimSpace(c.Filter), Immediate: true, Limits: limits,
	}
	c.sizes(&spec)
	return spec
}

func (c *LiveChoice) sizes(spec *live.Spec) {
	if c.Ring {
		spec.Ring = live.Ring{Files: RingFiles, FileBytes: ringFileBytes}
	}
	if c.HeadersOnly {
		spec.SnapLen = headerBytes
	}
}

// Tcpdump is a command that captures the same into a file.
func (s *LiveSetup) Tcpdump() string {
	spec := s.Spec()
	line := "tcpdump -n -i " + spec.Interfaces[0]
	if spec.SnapLen > 0 {
		line += fmt.Sprintf(" -s %d", spec.SnapLen)
	}
	if spec.Limits.Packets > 0 {
		line += fmt.Sprintf(" -c %d", spec.Limits.Packets)
	}
	if spec.Ring.Files > 0 {
		line += fmt.Sprintf(" -C %d -W %d", spec.Ring.FileBytes/megabyte, spec.Ring.Files)
	}
	line += " -w capture.pcap"
	if spec.Filter != "" {
		line += " '" + strings.ReplaceAll(spec.Filter, "'", `'\''`) + "'"
	}
	return line
}

// StartLive captures what the dialog asks for.
func (a *App) StartLive() {
	if !a.Setup.CanStart() || a.asksFirst(a.StartLive) {
		return
	}
	spec := a.Setup.Spec()
	a.Setup.Choice.used(spec.Filter)
	a.save()
	a.startLive(spec, nil)
}

// used puts a filter on top of the history.
func (c *LiveChoice) used(filter string) {
	if filter == "" {
		return
	}
	list := []string{filter}
	for _, f := range c.Filters {
		if f != filter && len(list) < maxFilters {
			list = append(list, f)
		}
	}
	c.Filters = list
}

// SetLiveChoice changes what is chosen besides interface and filter.
func (a *App) SetLiveChoice(change func(c *LiveChoice)) {
	change(&a.Setup.Choice)
	a.changed(LiveChanged)
}

// RemoteSpec is what the form for another computer asks for.
func (s *LiveSetup) RemoteSpec() live.Spec {
	c := &s.Choice
	r := &c.Remote
	limits, _ := c.limits()
	port := 0
	if r.Port != "" {
		var err error
		if port, err = strconv.Atoi(strings.TrimSpace(r.Port)); err != nil || port == 0 {
			port = -1 // which is said to be none
		}
	}
	spec := live.Spec{
		Remote:     &live.Remote{Host: strings.TrimSpace(r.Host), User: strings.TrimSpace(r.User), Port: port, Sudo: r.Sudo},
		Interfaces: []string{strings.TrimSpace(r.Interface)}, Filter: strings.TrimSpace(r.Filter), Immediate: true, Limits: limits,
	}
	c.sizes(&spec)
	return spec
}

// RemoteCommand is the command that will run, or what keeps it from running.
func (s *LiveSetup) RemoteCommand() (string, error) {
	spec := s.RemoteSpec()
	return spec.CommandLine()
}

// StartRemote captures on another computer.
func (a *App) StartRemote() {
	if _, err := a.Setup.RemoteCommand(); err != nil || a.asksFirst(a.StartRemote) {
		return
	}
	a.save()
	a.startLive(a.Setup.RemoteSpec(), nil)
}

// loopback is the interface for what stays on this computer, "" if there is none.
func (s *LiveSetup) loopback() string {
	if i := slices.IndexFunc(s.Interfaces, func(n NetInterface) bool { return n.Loopback }); i >= 0 {
		return s.Interfaces[i].Name
	}
	return ""
}
