package tcp

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// The scripts in testdata hold one scenario per section, one segment per line:
//
//	0.000  C > S  S   seq=100 win=1000 ws=7   => client:SYN-SENT server:LISTEN?
//
// Time in seconds, sender and receiver, flags (F S R P A U E C N, - for none), then seq, ack, win (1000 if left out), len,
// and: ws=SHIFT; sack=LEFT-RIGHT,...; mptcp=SUBTYPE; tfo (a cookie); cut (options not captured); malformed (an option too
// short); nolen (length unknown); quoted (in an ICMP error); short (header length 16).
//
// Behind => stands what must come out: the labels, by name and complete (none means none); client:STATE and server:STATE,
// with ? if inferred; and any of seq, ack, next, win, scale, acks=FRAME, rtt, flight, push, dup=NUMBER@FRAME, rto=TIME@FRAME,
// resends=FRAME, missing, stream, first, delta (times), dir, hidden, partial and numbers. A value not named is not checked,
// except that a line with acks has no dup and the reverse. Segments count from 1 in each scenario.
//
// "connection N:" lines at the end check the connection: client=C, guessed, from=S (node 0), ending=..., by=client@FRAME,
// completeness, irtt, packets=CLIENT/SERVER.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts found: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, section := range scriptSections(string(text)) {
			t.Run(name+"/"+section[0], func(t *testing.T) { runScript(t, section[1]) })
		}
	}
}

// scriptSections splits a txtar archive into names and contents.
func scriptSections(archive string) (sections [][2]string) {
	for _, line := range strings.SplitAfter(archive, "\n") {
		marker := strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(marker, "-- "); ok && strings.HasSuffix(name, " --") {
			sections = append(sections, [2]string{strings.TrimSuffix(name, " --"), ""})
		} else if len(sections) > 0 {
			sections[len(sections)-1][1] += line
		}
	}
	return sections
}

var scriptHosts = map[string]netip.AddrPort{
	"C": netip.MustParseAddrPort("10.0.0.1:40000"),
	"S": netip.MustParseAddrPort("10.0.0.2:80"),
	"D": netip.MustParseAddrPort("10.0.0.3:40000"),
	"6": netip.MustParseAddrPort("[2001:db8::1]:40000"),
	"7": netip.MustParseAddrPort("[2001:db8::2]:80"),
}

func hostName(a netip.AddrPort) string {
	for name, addr := range scriptHosts {
		if addr == a {
			return name
		}
	}
	return a.String()
}

func runScript(t *testing.T, script string) {
	tracker := NewTracker()
	frame := uint32(0)
	for n, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "connection "); ok {
			checkConnection(t, tracker, n+1, rest)
			continue
		}
		frame++
		head, want, checked := strings.Cut(line, "=>")
		seg, err := parseSegment(head)
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		seg.Frame = frame
		var got Analysis
		if tracker.Track(&seg, &got) == seg.Quoted {
			t.Errorf("line %d: Track says packet=%v for quoted=%v", n+1, !seg.Quoted, seg.Quoted)
		}
		if checked {
			checkAnalysis(t, n+1, frame, &got, strings.Fields(want))
		}
	}
}

func parseSegment(head string) (packet.Segment, error) {
	words := strings.Fields(head)
	if len(words) < 5 || words[2] != ">" {
		return packet.Segment{}, fmt.Errorf("want TIME FROM > TO FLAGS ..., got %q", head)
	}
	at, err := time.ParseDuration(words[0] + "s")
	seg := packet.Segment{
		Time: int64(1000*time.Second + at), FrameLen: 100, HeaderLen: 20, HasLen: true, Window: 1000,
		Src: scriptHosts[words[1]], Dst: scriptHosts[words[3]],
	}
	if err != nil || !seg.Src.IsValid() || !seg.Dst.IsValid() {
		return seg, fmt.Errorf("bad time or host in %q", head)
	}
	for _, f := range strings.ReplaceAll(words[4], "-", "") {
		i := strings.IndexRune("FSRPAUECN", f)
		if i < 0 {
			return seg, fmt.Errorf("unknown flag %q", f)
		}
		seg.Flags |= 1 << i
	}
	for _, w := range words[5:] {
		key, value, _ := strings.Cut(w, "=")
		if err := setField(&seg, key, value); err != nil {
			return seg, err
		}
	}
	return seg, nil
}

func setField(seg *packet.Segment, key, value string) error {
	if key == "sack" {
		return setSack(&seg.Options, value)
	}
	n := uint64(0)
	if value != "" {
		var err error
		if n, err = strconv.ParseUint(value, 10, 32); err != nil {
			return err
		}
	}
	switch key {
	case "seq":
		seg.Seq = seqnum.Number(n)
	case "ack":
		seg.Ack = seqnum.Number(n)
	case "win":
		seg.Window = uint16(n)
	case "len":
		seg.Len = uint32(n)
	case "ws":
		seg.Options.HasWindowScale, seg.Options.WindowScale = true, uint8(n)
	case "mptcp":
		seg.Options.MPTCP = 1 << n
	case "tfo":
		seg.Options.FastOpen = true
	case "cut":
		seg.HeaderCut, seg.HeaderLen = true, 40
	case "malformed":
		seg.Options.Malformed = true
	case "nolen":
		seg.HasLen = false
	case "quoted":
		seg.Quoted, seg.HasLen = true, false
	case "short":
		seg.HeaderLen = 16
	default:
		return fmt.Errorf("unknown field %q", key)
	}
	return nil
}

func setSack(opt *packet.Options, value string) error {
	for _, r := range strings.Split(value, ",") {
		var left, right uint32
		if _, err := fmt.Sscanf(r, "%d-%d", &left, &right); err != nil {
			return err
		}
		opt.SACK[opt.NumSACK] = packet.SACKBlock{Left: seqnum.Number(left), Right: seqnum.Number(right)}
		opt.NumSACK++
	}
	return nil
}

func stateText(s EndState) string {
	if s.Inferred() {
		return s.State().String() + "?"
	}
	return s.State().String()
}

func checkAnalysis(t *testing.T, line int, frame uint32, got *Analysis, want []string) {
	t.Helper()
	values := map[string]string{
		"seq": fmt.Sprint(got.Seq), "ack": fmt.Sprint(got.Ack), "next": fmt.Sprint(got.NextSeq), "win": fmt.Sprint(got.Window),
		"scale": fmt.Sprint(got.WindowScale), "stream": fmt.Sprint(got.Stream), "acks": fmt.Sprint(got.AcksFrame),
		"rtt": fmt.Sprint(got.RTT.Seconds()), "flight": fmt.Sprint(got.BytesInFlight), "push": fmt.Sprint(got.PushBytes),
		"dup":     fmt.Sprintf("%d@%d", got.DupAckNum, got.DupAckFrame),
		"rto":     fmt.Sprintf("%v@%d", got.RTO.Seconds(), got.RTOFrame),
		"resends": fmt.Sprint(got.ResendsFrame), "missing": fmt.Sprint(got.Missing),
		"first": fmt.Sprint(got.SinceFirst.Seconds()), "delta": fmt.Sprint(got.SincePrevious.Seconds()),
		"client": stateText(got.States[flow.ClientToServer]), "server": stateText(got.States[flow.ServerToClient]),
		"hidden": fmt.Sprint(got.Hidden), "partial": fmt.Sprint(got.Partial), "numbers": fmt.Sprint(got.HasNumbers),
		"dir": got.Dir.String(),
	}
	none := map[string]string{"acks": "0", "dup": "0@0"}
	labels, strict := Labels(0), false
	for _, w := range want {
		if l, ok := LabelNamed(w); ok {
			labels |= l
			continue
		}
		i := strings.IndexAny(w, "=:")
		if i < 0 {
			t.Fatalf("line %d: %q is no label", line, w)
		}
		key, value := w[:i], w[i+1:]
		has, ok := values[key]
		if !ok {
			t.Fatalf("line %d: unknown value %q", line, key)
		}
		if has != value {
			t.Errorf("line %d (segment %d): %s is %s, want %s", line, frame, key, has, value)
		}
		if _, ok := none[key]; ok {
			strict = true
			delete(none, key)
		}
	}
	for key, value := range none {
		if strict && values[key] != value {
			t.Errorf("line %d (segment %d): %s is %s, want none", line, frame, key, values[key])
		}
	}
	if got.Labels != labels {
		t.Errorf("line %d (segment %d): labels are %v, want %v", line, frame, got.Labels.Names(), labels.Names())
	}
}

var endingNames = [NumEndings]string{"open", "no-answer", "refused", "orderly", "simultaneous", "half-closed", "reset"}

func checkConnection(t *testing.T, tracker *Tracker, line int, text string) {
	t.Helper()
	number, want, _ := strings.Cut(text, ":")
	n, err := strconv.Atoi(number)
	if err != nil || n >= tracker.Len() {
		t.Fatalf("line %d: no connection %q of %d", line, number, tracker.Len())
	}
	c := tracker.Connection(n)
	from := c.Client
	if c.FirstFrom == flow.ServerToClient {
		from = c.Server
	}
	values := map[string]string{
		"client": hostName(c.Client), "guessed": fmt.Sprint(c.ClientGuessed), "from": hostName(from),
		"ending": endingNames[c.Ending], "by": fmt.Sprintf("%v@%d", c.EndedBy, c.EndFrame),
		"completeness": fmt.Sprint(c.Completeness), "irtt": fmt.Sprint(c.InitialRTT.Seconds()),
		"packets": fmt.Sprintf("%d/%d", c.Packets[0], c.Packets[1]), "payload": fmt.Sprintf("%d/%d", c.Payload[0], c.Payload[1]),
		"retransmissions": fmt.Sprintf("%d/%d", c.Retransmissions[0], c.Retransmissions[1]),
		"labels":          strings.Join(c.Labels.Names(), ","),
	}
	for _, w := range strings.Fields(want) {
		key, value, _ := strings.Cut(w, "=")
		has, ok := values[key]
		if !ok {
			t.Fatalf("line %d: unknown value %q", line, key)
		}
		if has != value {
			t.Errorf("line %d: connection %d: %s is %s, want %s", line, n, key, has, value)
		}
	}
}
