package filter

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/session"
)

// compared are filters whose packets are compared with tshark's.
var compared = []string{
	"tcp", "ip", "ipv6", "tcp.port == 80", "tcp.port != 80", "tcp.port !== 80", "tcp.port === 80", "all tcp.port > 1024",
	"tcp.srcport < 1024", "tcp.dstport >= 1024", "tcp.port in {80, 443, 8000..9000}", "tcp.srcport not in {80, 1000..2000}",
	"frame.number in {1, 3..7, 20..30}", "frame.number > 5 and frame.number <= 0x14", "frame.len > 100", "frame.len & 1", "frame.cap_len < 70",
	"tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp.flags.syn", "!tcp.flags.push == 1", "tcp.flags & 0x12 == 0x12", "tcp.flags & 1",
	"tcp.flags == 0x018", "tcp.flags.fin == 1 or tcp.flags.reset == 1 and tcp.len == 0", "tcp.flags.urg == Set", "tcp.flags.ece == 1 || tcp.flags.cwr == 1",
	"tcp.stream == 0", "tcp.stream > 1 && tcp.stream != 3", "tcp.stream in {1..4}",
	"tcp.len > 0", "tcp.len == 0 && !tcp.flags.syn == 1", "tcp.seq == 1", "tcp.seq > 1000", "tcp.ack == 1", "tcp.nxtseq > 2000", "tcp.window_size < 10000",
	"tcp.window_size_value >= 512", "tcp.time_relative > 0.01", "tcp.time_delta > 0.001", "frame.time_relative < 0.5", "frame.time_epoch > 1600000000.25",
	"frame.time >= \"2020-01-02T03:04:05Z\"", "tcp.seq_raw > 2147483648", "tcp.hdr_len > 20", "tcp.options.mss_val == 1460", "tcp.options.timestamp.tsval > 0",
	"ip.addr == 127.0.0.1", "ip.addr != 127.0.0.1", "ip.src == 10.0.0.0/8", "ip.dst > 10.77.12.1", "ip.addr in {10.0.0.0/8, 192.168.0.0..192.168.255.255}",
	"ipv6.addr == ::1", "ipv6.src == fd00::/8", "ip.ttl < 64",
	"tcp.analysis.flags", "tcp.analysis.retransmission", "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission",
	"tcp.analysis.out_of_order", "tcp.analysis.reused_ports", "tcp.analysis.lost_segment", "tcp.analysis.ack_lost_segment",
	"tcp.analysis.window_update", "tcp.analysis.window_full", "tcp.analysis.keep_alive", "tcp.analysis.keep_alive_ack",
	"tcp.analysis.duplicate_ack", "tcp.analysis.zero_window", "tcp.analysis.zero_window_probe", "tcp.analysis.zero_window_probe_ack",
	"tcp.analysis.tfo_syn", "tcp.analysis.tfo_ack", "tcp.analysis.tfo_ignored", "not tcp.analysis.flags && tcp.len > 0",
	`tcp.payload contains "HTTP"`, "tcp.payload contains 0d:0a", `tcp.payload matches "^(get|post) "`, "tcp.payload", `frame contains "Host"`, `tcp contains 00:00`,
	`tcp.payload matches "\\d\\d\\d ok"`,
}

// comparedMessages are filters on messages. Incomplete ones are found here and not by tshark.
var comparedMessages = []string{
	"http.request", "http.response", "http.request == 1 && tcp.stream == 0", `http.request.method == "GET"`, `http.request.method != "GET"`,
	`http.request.method in {"POST", "PUT", "HEAD"}`, `http.request.uri contains "/"`, `http.request.uri matches "[0-9]"`, `http.request.version == "HTTP/1.0"`,
	"http.response.code == 200", "http.response.code >= 400", "http.response.code != 200", `http.response.phrase == "OK"`, "http.host", `http.host matches "^[0-9.:]+$"`,
	`http.content_type contains "text"`, "http.content_length > 1000", "http.content_length_header", "http.user_agent contains \"curl\"", "http.cookie", "http.set_cookie", "http.server",
	`http.request.line contains "Accept"`, `http.response.line matches "^content-length"`, "http.response && !http.content_type", `http.transfer_encoding == "chunked"`,
	`http.content_encoding == gzip`, "http.location", `http.upgrade contains "websocket"`, "http.request || http.response.code < 300 and tcp.len > 500",
	`http.file_data contains "the"`,
	"websocket", "websocket.opcode == 1", "websocket.opcode == Binary", "websocket.opcode in {8..10}", "websocket.fin == 1", "websocket.fin == 0", "websocket.mask == 1", "!websocket.mask == 1 && websocket",
	"websocket.payload_length > 20", `websocket.payload.text contains "hello"`, "websocket.payload.close.status_code == 1000", "websocket.payload", "websocket.rsv == 4",
	"http2", "http2.type == 0", "http2.type == HEADERS", "http2.type != 4", "http2.streamid == 0", "http2.streamid > 1", "http2.flags & 1", "http2.flags.end_stream == 1",
	`http2.header.name == ":path"`, `http2.header.value contains "text/"`, `http2.headers.method == "GET"`, "http2.headers.status >= 200", "http2.length > 1000",
	"http2.headers.content_type", "http2.window_update.window_size_increment > 0",
}

// TestAgainstTshark compares the numbers of the packets that filters find with those of tshark -Y. It reads a few captures of
// the project, or those that the pattern TCPTALK_CAPTURES names. Filters with a comma take a run of tshark each: without the
// pattern only one capture has them.
func TestAgainstTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not there")
	}
	names := []string{
		"../cli/testdata/websocket.pcap", "../cli/testdata/h2c_upgrade.pcap", "../cli/testdata/lost_third_packet.pcap",
		"../cli/testdata/pipelining.pcap", "../../cases/http-bad-header/capture.pcapng", "../cli/testdata/tls_alerts.pcap",
		"../cli/testdata/dns.pcapng", "../cli/testdata/redis.pcap", "../cli/testdata/mysql.pcap", "../cli/testdata/postgres.pcap",
	}
	pattern := os.Getenv("TCPTALK_CAPTURES")
	every := pattern != ""
	if every {
		var err error
		if names, err = filepath.Glob(pattern); err != nil {
			t.Fatal(err)
		}
	}
	tallies := map[string]*tally{}
	for i, name := range names {
		s, err := session.Open(name)
		if err != nil {
			continue
		}
		if err := s.Run(context.Background()); err == nil && s.Counts().Segments > 0 {
			compare(t, name, s, every || i == 0, every, tallies)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(tallies)) {
		n := tallies[group]
		t.Logf("%s: %d comparisons equal, of which %d find something; %d different", group, n.equal, n.found, n.different)
	}
}

// tally counts comparisons of the filters on one protocol. found are those equal ones that find packets.
type tally struct{ equal, found, different int }

// protocolOf returns the protocol that a filter begins with.
func protocolOf(text string) string {
	text = strings.TrimLeft(text, "!(")
	if i := strings.IndexAny(text, ". "); i >= 0 {
		text = text[:i]
	}
	return text
}

// filtersFor are the filters that are compared on a capture: those of TCP, of messages, of protocols. A recording of one of those
// protocols is compared by its filters alone unless every says otherwise. TCPTALK_GROUP, if it is set, names the one protocol
// that is compared.
func filtersFor(s *session.Session, every bool) []string {
	all := append(append([]string(nil), compared...), comparedMessages...)
	if !every && slices.ContainsFunc(comparedProtocols, func(g group) bool { return comparable(s, &g) }) {
		all = nil
	}
	for i := range comparedProtocols {
		if comparable(s, &comparedProtocols[i]) {
			all = append(all, comparedProtocols[i].filters...)
		}
	}
	if only := os.Getenv("TCPTALK_GROUP"); only != "" {
		all = slices.DeleteFunc(all, func(f string) bool { return protocolOf(f) != only })
	}
	return all
}

// compare compares all filters on one capture.
func compare(t *testing.T, name string, s *session.Session, commas, every bool, tallies map[string]*tally) {
	t.Helper()
	all := filtersFor(s, every)
	if len(all) == 0 {
		return
	}
	plain := slices.DeleteFunc(slices.Clone(all), func(f string) bool { return strings.Contains(f, ",") })
	theirs := map[string]totals{}
	for i, sum := range tsharkTotals(t, name, plain) {
		theirs[plain[i]] = sum
	}
	known, otherPort := incomplete(t, s)
	for _, text := range all {
		if _, ok := theirs[text]; !ok && !commas {
			continue
		}
		if strings.HasPrefix(text, "http2") && otherPort {
			continue
		}
		n := tallies[protocolOf(text)]
		if n == nil {
			n = &tally{}
			tallies[protocolOf(text)] = n
		}
		got := framesOf(t, s, text)
		if sum, ok := theirs[text]; ok && sum == totalsOf(got) {
			n.same(got)
			continue
		}
		want := slices.DeleteFunc(tsharkFrames(t, name, text), func(n uint32) bool { return !isSegment(s, n) })
		if !slices.Contains(compared, text) {
			differs := func(n uint32) bool { return known[n] }
			got, want = slices.DeleteFunc(got, differs), slices.DeleteFunc(want, differs)
		}
		if slices.Equal(got, want) {
			n.same(got)
			continue
		}
		n.different++
		t.Errorf("%s: %s: here %s, tshark %s", filepath.Base(name), text, short(got, want), short(want, got))
	}
}

// same counts an equal comparison.
func (n *tally) same(found []uint32) {
	n.equal++
	if len(found) > 0 {
		n.found++
	}
}

// short writes the numbers that only one of two lists has.
func short(a, b []uint32) string {
	only := []uint32{}
	for _, n := range a {
		if !slices.Contains(b, n) {
			only = append(only, n)
		}
	}
	const most = 8
	if len(only) > most {
		return fmt.Sprintf("also %v and %d more", only[:most], len(only)-most)
	}
	return fmt.Sprintf("also %v", only)
}

var segments = map[*session.Session]map[uint32]bool{}

func isSegment(s *session.Session, frame uint32) bool {
	m := segments[s]
	if m == nil {
		m = map[uint32]bool{}
		x := s.Index()
		for i := range x.Streams() {
			x.Records(i, func(_ int, r *session.Record) bool {
				m[r.Frame] = true
				return true
			})
		}
		segments[s] = m
	}
	return m[frame]
}

// framesOf returns the numbers of the packets that a filter finds.
func framesOf(t testing.TB, s *session.Session, text string) []uint32 {
	t.Helper()
	var frames []uint32
	if err := mustParse(t, text).Packets(context.Background(), s, nil, func(r Result) bool {
		v, err := s.View(r.Stream)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range r.Packets {
			frames = append(frames, v.At(int(i)).Frame)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(frames)
	return slices.Compact(frames)
}

// incomplete returns the frames with messages that are incomplete or read better here than by Wireshark, and whether HTTP/2 is spoken without
// an upgrade, where tshark does not look for it.
func incomplete(t testing.TB, s *session.Session) (frames map[uint32]bool, otherPort bool) {
	t.Helper()
	frames = map[uint32]bool{}
	for i := range s.Streams() {
		v, err := s.View(i)
		if err != nil {
			t.Fatal(err)
		}
		talk, err := s.Conversation(context.Background(), v)
		if err != nil {
			t.Fatal(err)
		}
		for k := range talk.Messages {
			m := &talk.Messages[k]
			if m.Protocol == "http2" && k == 0 {
				otherPort = true
			}
			if h, ok := m.Detail.(*http1.Head); ok && h.Stray != nil {
				frames[v.At(m.Ended).Frame] = true // Wireshark takes lines behind one without a colon for the body
			}
			if h, ok := m.Detail.(*http1.Head); ok && slices.Contains(h.Body.Codings, "zstd") {
				frames[v.At(m.Ended).Frame] = true // Wireshark 4.0 does not unpack zstd
			}
			if partsElsewhere(m) || m.Protocol == tls.Name && http1.WellKnownPort(v.Conn.Server.Port()) {
				for i := m.First; i <= m.Ended; i++ {
					frames[v.At(i).Frame] = true
				}
			}
			if m.Complete {
				continue
			}
			frames[v.At(m.Ended).Frame] = true
			if h, ok := m.Detail.(*http1.Head); ok && h != nil {
				frames[v.At(m.First).Frame] = true
			}
		}
	}
	return frames, otherPort
}

// totals are how many packets a filter finds, and the sum of their numbers: enough to tell that two lists are the same.
type totals struct{ count, sum uint64 }

func totalsOf(frames []uint32) totals {
	t := totals{count: uint64(len(frames))}
	for _, n := range frames {
		t.sum += uint64(n)
	}
	return t
}

// tsharkTotals asks tshark for the totals of many filters in one run. A comma would end a filter there.
func tsharkTotals(t testing.TB, name string, filters []string) []totals {
	t.Helper()
	args := []string{"-q", "-n", "-r", name}
	for _, f := range slices.Backward(filters) { // the last statistics are printed first
		f = "frame.number&&tcp&&(" + f + ")"
		args = append(args, "-z", "io,stat,0,COUNT(frame.number)"+f+",SUM(frame.number)"+f)
	}
	b, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatalf("tshark %s: %v", name, err)
	}
	var list []totals
	for line := range strings.SplitSeq(string(b), "\n") {
		cells := strings.Split(line, "|")
		if strings.Contains(line, "IO Statistics") {
			list = append(list, totals{})
		}
		if !strings.Contains(line, "<>") || len(cells) < 4 {
			continue
		}
		var row totals
		if _, err := fmt.Sscan(cells[2], &row.count); err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		if _, err := fmt.Sscan(cells[3], &row.sum); err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		last := &list[len(list)-1]
		last.count, last.sum = last.count+row.count, last.sum+row.sum
	}
	if len(list) != len(filters) {
		t.Fatalf("tshark %s: %d statistics for %d filters", name, len(list), len(filters))
	}
	return list
}

// tsharkFrames asks tshark for the frames of one filter.
func tsharkFrames(t testing.TB, name, text string) []uint32 {
	t.Helper()
	b, err := exec.Command("tshark", "-n", "-r", name, "-Y", "tcp && ("+text+")", "-T", "fields", "-e", "frame.number").Output()
	if err != nil {
		t.Fatalf("tshark %s: %v", text, err)
	}
	var frames []uint32
	for line := range strings.FieldsSeq(string(b)) {
		var n uint32
		if _, err := fmt.Sscan(line, &n); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, n)
	}
	return frames
}
