package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// required are the keys that every record of a type must have; those behind ? it may have (a segment too short for its header has
// no length).
var required = map[string]string{
	"packet":    "analysis ack dport dst flags frame ?len ?nextseq seq sport src stream time win ?wscale ?rtt ?acks_frame ?bytes_in_flight ?push_bytes ?dup_ack_num ?dup_ack_frame ?rto ?rto_frame ?time_relative ?time_delta",
	"stream":    "stream client server packets bytes completeness client_bytes_sha256 server_bytes_sha256 ?client_len ?server_len ?initial_rtt",
	"http":      "stream frame kind ?method ?uri ?status ?frame_of_request ?version ?host",
	"websocket": "stream frame opcode fin masked len payload_sha256",
	"conflict":  "stream frame first_frame seq bytes",
	"http2":     "stream frame h2_stream h2_type flags len",
	"redis":     "stream frame kind ?broken ?command ?args ?inline ?value ?error ?frame_of_request ?len ?strings ?errors ?integers ?bulks ?arrays ?others",
	"postgres":  "stream frame kind message len ?broken ?frame_of_request ?query ?tag ?count ?columns ?code ?text ?parameters ?auth ?status ?statement ?portal",
	"mysql":     "stream frame kind packets len ?complete ?compressed ?version ?thread ?user ?database ?plugin ?command ?text ?text_len ?params ?statement ?columns ?rows ?affected_rows ?insert_id ?warnings ?error ?sql_state ?message",
	"dns":       "?stream frame id qr ?qname ?qtype ?rcode answers",
	"tls":       "stream frame kind version alpn ?sni ?cipher",
	"sse":       "stream frame event ?id dispatched len together",
	"error":     "status frame message",
}

// TestNDJSONLines checks every line that the recordings give: valid JSON, valid UTF-8, the keys of its type and no others.
func TestNDJSONLines(t *testing.T) {
	seen := map[string]int{}
	for name, capture := range recordings(t) {
		var out, said bytes.Buffer
		if status := Main(context.Background(), []string{"analyze", "--format", "ndjson", "-"}, bytes.NewReader(capture), &out, &said); status != 0 {
			t.Fatalf("%s: exit status %d: %s", name, status, &said)
		}
		for line := range strings.Lines(out.String()) {
			kind, err := checkLine(line)
			if err != nil {
				t.Errorf("%s: %v in %s", name, err, line)
			}
			seen[kind]++
		}
	}
	for _, kind := range []string{"packet", "stream", "http", "http2", "websocket", "redis", "postgres", "mysql", "dns", "tls", "sse"} {
		if seen[kind] == 0 {
			t.Errorf("no %s record in any recording", kind)
		}
	}
}

// recordings returns the captures of testdata and of the bundled cases.
func recordings(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	names, err := filepath.Glob(filepath.Join("testdata", "*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if all[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	if names, err = fs.Glob(cases.FS(), "*/capture.pcapng"); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if all[name], err = fs.ReadFile(cases.FS(), name); err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d recordings found", len(all))
	}
	return all
}

func checkLine(line string) (kind string, err error) {
	if !utf8.ValidString(line) || !strings.HasSuffix(line, "}\n") {
		return "", fmt.Errorf("no line of valid UTF-8")
	}
	var record map[string]any
	if err := json.Unmarshal([]byte(line), &record); err != nil {
		return "", err
	}
	kind, _ = record["type"].(string)
	keys, ok := required[kind]
	if !ok {
		return kind, fmt.Errorf("unknown type %q", kind)
	}
	allowed := []string{"type"}
	for _, key := range strings.Fields(keys) {
		optional := key[0] == '?'
		key = strings.TrimPrefix(key, "?")
		allowed = append(allowed, key)
		if _, ok := record[key]; !ok && !optional {
			return kind, fmt.Errorf("%q is missing", key)
		}
	}
	for key := range record {
		if !slices.Contains(allowed, key) {
			return kind, fmt.Errorf("unexpected %q", key)
		}
	}
	return kind, nil
}

// TestJSONStrings lets text from the wire through the hand-made writer and back through encoding/json.
func TestJSONStrings(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, text := range []string{
		"", "plain", `"quoted" \ back`, "tab\tnul\x00del\x7f", "line\nend\r\n", "ünïcödé 中文 😀", "\u2028\u2029", "\xff\xfe", "cut \xe4\xb8", "\xed\xa0\x80", "\ufffd",
		string(every),
	} {
		var out bytes.Buffer
		j := newJSONLines(&out, jsonBuffer)
		j.begin("test")
		j.str("text", text)
		if err := j.end(); err != nil {
			t.Fatal(err)
		}
		if err := j.w.Flush(); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(out.Bytes()) || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
			t.Errorf("%q became %q", text, &out)
		}
		var got struct{ Type, Text string }
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Errorf("%q became %q: %v", text, &out, err)
		}
		if want := string([]rune(text)); got.Text != want || got.Type != "test" { // []rune makes each bad byte U+FFFD
			t.Errorf("%q came back as %q, want %q", text, got.Text, want)
		}
	}
}

// An input that failed counts as one that broke off; what is no damage has no record.
func TestErrorRecords(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("other"), ""},
		{&pcapfile.Error{Kind: pcapfile.Unreadable, Reason: pcapfile.ReasonMissing}, `{"type":"error","status":"unreadable","frame":0,"message":"there is no such file"}` + "\n"},
		{&pcapfile.Error{Kind: pcapfile.Failed, Reason: pcapfile.ReasonPacketLimit, Frame: 7, Want: 7, Size: -1}, `{"type":"error","status":"truncated","frame":7,"message":"more than 7 packets; stopped there, at byte offset 0"}` + "\n"},
	} {
		var out bytes.Buffer
		j := newJSONLines(&out, jsonBuffer)
		if err := errors.Join(j.damage(tt.err), j.w.Flush()); err != nil || out.String() != tt.want {
			t.Errorf("%v became %q, %v", tt.err, &out, err)
		}
	}
}

func TestSeconds(t *testing.T) {
	for _, tt := range []struct {
		ns   int64
		want string
	}{
		{0, "0.000000000"},
		{1, "0.000000001"},
		{-1000, "-0.000001000"},
		{123_000_456_000, "123.000456000"},
		{-1_500_000_000, "-1.500000000"},
		{math.MaxInt64, "9223372036.854775807"},
		{math.MinInt64, "-9223372036.854775808"},
	} {
		if got := string(appendSeconds(nil, tt.ns)); got != tt.want {
			t.Errorf("%d ns became %s, want %s", tt.ns, got, tt.want)
		}
	}
}

// BenchmarkPacketRecords measures the writing alone: the packet record of a usual data segment.
func BenchmarkPacketRecords(b *testing.B) {
	j := newJSONLines(io.Discard, jsonBuffer)
	o := session.Observation{
		Segment: &packet.Segment{
			Frame: 1_234_567, Time: 1_700_000_000_123_456_789, HasLen: true, Len: 1448, Flags: packet.ACK | packet.PSH,
			Src: netip.MustParseAddrPort("192.168.100.20:51234"), Dst: netip.MustParseAddrPort("203.0.113.77:443"),
		},
		Analysis: &tcp.Analysis{
			Stream: 4321, HasNumbers: true, Seq: 123_456, Ack: 654_321, NextSeq: 124_904, Window: 64_256, WindowScale: 128,
			SinceFirst: 1_234_567_890, SincePrevious: 12_345, AcksFrame: 1_234_560, RTT: 23_456_789, BytesInFlight: 2896, PushBytes: 1448,
		},
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := j.segment(&o); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(j.b)))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
