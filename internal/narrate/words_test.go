package narrate

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/tcp"
)

// terms are the words that Chinese engineers write in Latin letters.
var terms = strings.Fields("SYN SYN-ACK FIN ACK RST PSH URG ECE CWR AE ECN TCP UDP ARP IP IPv4 IPv6 ICMP MAC SACK MSS cookie " +
	"HTTP WebSocket LF CR chunked Content-Length Transfer-Encoding Host UTF-8 TLS ALPN OCSP PSK ping pong pcap pcapng gzip zstd SETTINGS tcptalk " +
	"Redis PostgreSQL MySQL DNS EDNS TTL")

var latin = regexp.MustCompile(`[A-Za-z][A-Za-z0-9-]*`)

// units stand behind numbers; c0 and the like are placeholders of the test.
var units = map[string]bool{"B": true, "ns": true, "ms": true, "s": true, "min": true, "h": true, "d": true, "kB": true, "MiB": true, "MB": true, "GB": true}

// sentence checks one text in one language; ends says that it must end like a sentence.
func sentence(t *testing.T, where string, l Lang, s string, ends bool) {
	t.Helper()
	switch {
	case strings.TrimSpace(s) == "":
		t.Errorf("%s: nothing in %v", where, l)
		return
	case strings.Contains(s, "${") || strings.Contains(s, "%!") || strings.Contains(s, "  "):
		t.Errorf("%s: %q is not filled in", where, s)
	case strings.ContainsAny(s, "!！"):
		t.Errorf("%s: %q shouts", where, s)
	case s != strings.TrimSpace(s):
		t.Errorf("%s: %q has space around it", where, s)
	}
	if ends && !strings.HasSuffix(s, map[Lang]string{English: ".", Chinese: "。"}[l]) && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "？") {
		t.Errorf("%s: %q does not end like a sentence", where, s)
	}
	chinese := strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
	if l == English && chinese {
		t.Errorf("%s: %q is not English", where, s)
	}
	if l != Chinese {
		return
	}
	for _, w := range latin.FindAllString(s, -1) {
		if !units[w] && !contains(terms, w) {
			t.Errorf("%s: %q has the English word %q", where, s, w)
		}
	}
	if ends && !chinese {
		t.Errorf("%s: %q is not Chinese", where, s)
	}
	if strings.ContainsAny(s, ";?") || strings.Contains(s, ", ") {
		t.Errorf("%s: %q has Western punctuation", where, s)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// text checks a text in both languages.
func text(t *testing.T, where string, x Text, ends bool) {
	t.Helper()
	for l := range Lang(NumLangs) {
		if x[l] == "" {
			t.Errorf("%s: nothing in %v", where, l)
			continue
		}
		sentence(t, where, l, x[l], ends)
	}
}

// columns is how wide a text is on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; unicode.Is(unicode.Han, r) || unicode.In(r, unicode.Po) && r > 0x3000 {
			n++
		}
	}
	return n
}

// maxNote is how wide a note may be: two lines of a narrow window.
const maxNote = 130

// TestNotes goes through every sentence that can stand below a packet.
func TestNotes(t *testing.T) {
	facts := func(m diagnose.Moment, labels tcp.Labels, known bool, size uint32) Facts {
		f := Facts{Moment: m, Labels: labels, Len: size, Ack: 27513, Window: 65536, Dir: flow.ServerToClient}
		if known {
			f.Earlier, f.Since = 12345, 1020*time.Millisecond
		}
		return f
	}
	check := func(where string, f Facts) {
		for l := range Lang(NumLangs) {
			s := Packet(l, f)
			sentence(t, fmt.Sprintf("%s (%+v)", where, f), l, s, true)
			if n := columns(s); n > maxNote {
				t.Errorf("%s: %d columns: %q", where, n, s)
			}
		}
	}
	for m := diagnose.Nothing + 1; int(m) < diagnose.NumMoments; m++ {
		for _, known := range []bool{false, true} {
			for _, size := range []uint32{0, 1, 1448} {
				check("moment", facts(m, 0, known, size))
			}
			for i := range len(labelNames()) {
				check("moment with a label", facts(m, 1<<i, known, 0))
			}
		}
	}
	for i := range len(labelNames()) {
		for _, known := range []bool{false, true} {
			check("label", facts(diagnose.Nothing, 1<<i, known, 1448))
		}
	}
	check("captured twice", Facts{Moment: diagnose.AskAgain, Labels: tcp.Retransmission, Earlier: 7})
	if s := Packet(English, Facts{Labels: tcp.Retransmission, Earlier: 7}); !strings.HasPrefix(s, "The same as #7, at the same instant") {
		t.Errorf("%q", s)
	}
	if s := Packet(English, Facts{}); s != "" {
		t.Errorf("a plain segment says %q", s)
	}
	if s := Packet(English, Facts{Moment: diagnose.NumMoments}); s != "" {
		t.Errorf("a moment beyond the last one says %q", s)
	}
	for l := range Lang(NumLangs) {
		sentence(t, "no numbers", l, NoNumbers(l), true)
		sentence(t, "not captured", l, NotCaptured(l, 1448), false)
	}
}

// labelNames lists the labels that exist.
func labelNames() []string { return tcp.Labels(1<<32 - 1).Names() }

// TestTerms goes through what is explained in hints.
func TestTerms(t *testing.T) {
	for i, name := range labelNames() {
		term := Label(1 << i)
		text(t, name, term.Name, false)
		text(t, name, term.Meaning, true)
	}
	for s := range tcp.State(tcp.NumStates) {
		text(t, s.String(), State(s), true)
	}
	if State(tcp.NumStates) != (Text{}) {
		t.Error("a state beyond the last one is explained")
	}
	for _, f := range FlagTerms {
		text(t, f.Name, f.Text, true)
	}
	for id := range fieldTerms {
		f := fieldTerms[id]
		text(t, id, f.meaning, true)
		sentence(t, id, Chinese, FieldName(Chinese, id, "english"), false)
		if FieldName(English, id, "english") != "english" {
			t.Errorf("%s has another name in English than its own", id)
		}
		if got := Field(Chinese, id); got.Meaning != f.meaning[Chinese] || got.Source != f.source {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if FieldName(Chinese, "no.such", "english") != "english" || Field(English, "no.such") != (FieldTerm{}) {
		t.Error("an unknown field has words")
	}
	for e := range tcp.Ending(tcp.NumEndings) {
		for l := range Lang(NumLangs) {
			sentence(t, "ending", l, EndingName(l, e), false)
		}
	}
}

// TestFindings goes through every finding.
func TestFindings(t *testing.T) {
	for c := range diagnose.Code(diagnose.NumCodes) {
		for _, f := range []diagnose.Finding{
			{Code: c},
			{Code: c, Count: 1, All: true, By: flow.ServerToClient},
			{Code: c, Count: 2, All: true},
			{Code: c, Count: 1234, Time: 1020 * time.Millisecond, Mean: 23 * time.Microsecond},
		} {
			for l := range Lang(NumLangs) {
				title, text := Finding(l, f)
				where := fmt.Sprintf("finding %+v", f)
				sentence(t, where, l, title, false)
				sentence(t, where, l, text, true)
				if strings.HasSuffix(title, ".") || strings.HasSuffix(title, "。") {
					t.Errorf("%s: the title %q ends like a sentence", where, title)
				}
			}
		}
	}
	for _, c := range []struct {
		f           diagnose.Finding
		title, text string
	}{
		{diagnose.Finding{Code: diagnose.SentAgain, Count: 1, All: true}, "1 segment sent again", "Sent by the client. Something was lost, or its acknowledgment came too late."},
		{diagnose.Finding{Code: diagnose.SentAgain, Count: 3, By: flow.ServerToClient}, "3 segments sent again", "Mostly by the server. Something was lost, or its acknowledgment came too late."},
		{
			diagnose.Finding{Code: diagnose.RoundTrip, Count: 2, Time: time.Millisecond, Mean: 2 * time.Millisecond},
			"Round trip 1 ms at best, 2 ms on average",
			"Measured twice from the client's segments to their acknowledgments, as seen from the capture point.",
		},
		{
			diagnose.Finding{Code: diagnose.HandshakeNoAnswer, Count: 1},
			"Nobody answered",
			"1 SYN, and no TCP answer. A firewall drops or rejects them, the host is not there, or its answers take another way.",
		},
	} {
		if title, text := Finding(English, c.f); title != c.title || text != c.text {
			t.Errorf("%q: %q", title, text)
		}
	}
}

// TestSilences goes through every reason of a silence.
func TestSilences(t *testing.T) {
	for w := range diagnose.Waiting(diagnose.NumWaitings) {
		for l := range Lang(NumLangs) {
			sentence(t, fmt.Sprint("waiting ", w), l, Silence(l, w, flow.ServerToClient), false)
		}
	}
}

// TestClosingCards goes through every way to end.
func TestClosingCards(t *testing.T) {
	for e := range tcp.Ending(tcp.NumEndings) {
		for m := range diagnose.Moment(diagnose.NumMoments) {
			for _, packets := range [][2]uint32{{3, 3}, {3, 0}, {0, 0}} {
				for _, closed := range []bool{false, true} {
					c := tcp.Connection{Ending: e, Packets: packets}
					x := Ending{Conn: &c, Asked: 2, Closed: closed, Unfinished: closed, Reason: m, Resetter: flow.ServerToClient, At: time.Second, ResetAt: time.Minute}
					for l := range Lang(NumLangs) {
						title, text := ClosingCard(l, x)
						where := fmt.Sprintf("closing card %+v", x)
						sentence(t, where, l, title, false)
						sentence(t, where, l, text, true)
					}
				}
			}
		}
	}
	for p := range Phase(NumPhases) {
		for l := range Lang(NumLangs) {
			sentence(t, "phase", l, PhaseName(l, p, websocket.Name), false)
		}
	}
	for f := range factNames {
		text(t, "fact", factNames[f], false)
	}
	for _, c := range []struct {
		f    Fold
		want Text
	}{
		{Fold{Packets: 8}, Text{"8 packets · acknowledgments only", "8 个包 · 只有确认"}},
		{Fold{Packets: 1234, Payload: [2]uint64{0, 49000}}, Text{"1,234 packets · 49 kB from the server", "1,234 个包 · 服务器发送 49 kB"}},
		{Fold{Packets: 9, Payload: [2]uint64{7, 60000}}, Text{"9 packets · 7 B from the client · 60 kB from the server", "9 个包 · 客户端发送 7 B · 服务器发送 60 kB"}},
		{Fold{Packets: 12, Duplicates: 12}, Text{"12 packets · duplicate ACKs: 12", "12 个包 · 12 个重复 ACK"}},
		{Fold{Packets: 9, Payload: [2]uint64{0, 9000}, Duplicates: 2, Again: 5}, Text{
			"9 packets · 9.0 kB from the server · duplicate ACKs: 2 · sent again: 5", "9 个包 · 服务器发送 9.0 kB · 2 个重复 ACK · 重传 5 个",
		}},
		{Fold{Packets: 10, Payload: [2]uint64{1, 0}, Probes: 6, Answers: 4}, Text{"10 packets · keep-alive probes: 6 · answers: 4", "10 个包 · 6 个保活探测 · 4 个应答"}},
		{Fold{Packets: 10, Probes: 10, Room: true}, Text{"10 packets · zero-window probes: 10", "10 个包 · 10 个零窗口探测"}},
	} {
		for l := range Lang(NumLangs) {
			if got := Folded(l, c.f); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

// TestMessages goes through the words about HTTP and WebSocket.
func TestMessages(t *testing.T) {
	for c, x := range httpRemarks {
		text(t, fmt.Sprint("remark ", c), x, false)
	}
	for r, x := range brokenTexts {
		text(t, "broken "+r, x, false)
	}
	for p, x := range webSocketProblems {
		text(t, fmt.Sprint("problem ", p), x, false)
	}
	for c, x := range closeCodes {
		text(t, fmt.Sprint("close code ", c), x, false)
	}
	for o, x := range opcodes {
		text(t, fmt.Sprint("opcode ", o), x, false)
	}
	for _, r := range []string{proto.BrokenCutOff, proto.BrokenClosed, proto.BrokenGap, proto.BrokenSwitch} {
		if _, ok := brokenTexts[r]; !ok {
			t.Errorf("%q has no words", r)
		}
	}
	for l := range Lang(NumLangs) {
		for _, s := range []string{
			FramesTitle(l, websocket.Name, 1), FramesTitle(l, websocket.Name, 3), Opcode(l, 7), Compressed(l), OpcodeCompressed(l, websocket.Text), YesNo(l, true), YesNo(l, false), Start(l),
			OtherPackets(l, 5), InferredHint(l), CloseReason(l, 0, ""),
			HTTPTitle(l, &http1.Head{Kind: http1.Request}, false), HTTPTitle(l, &http1.Head{Kind: http1.Response}, true),
		} {
			sentence(t, "message", l, s, false)
		}
	}
	if got := CloseReason(English, 1001, "bye\xff"); got != "1001 going away: bye·" {
		t.Errorf("%q", got)
	}
}

// TestFailures goes through every reason why a capture cannot be read.
func TestFailures(t *testing.T) {
	for _, r := range []pcapfile.Reason{
		pcapfile.ReasonMissing, pcapfile.ReasonPermission, pcapfile.ReasonDirectory, pcapfile.ReasonOpen, pcapfile.ReasonNotCapture,
		pcapfile.ReasonVersion, pcapfile.ReasonHeaderCut, pcapfile.ReasonPacketHeaderCut, pcapfile.ReasonPacketCut,
		pcapfile.ReasonBlockCut, pcapfile.ReasonCaptureLength, pcapfile.ReasonBlockLengthSmall, pcapfile.ReasonBlockLengthLarge,
		pcapfile.ReasonBlockTrailer, pcapfile.ReasonBlockRoom, pcapfile.ReasonInterface, pcapfile.ReasonInterfaces,
		pcapfile.ReasonOption, pcapfile.ReasonByteOrder, pcapfile.ReasonCompressedCut, pcapfile.ReasonCompressedBad,
		pcapfile.ReasonCompressedRatio, pcapfile.ReasonCompressedWindow, pcapfile.ReasonSpoolLimit, pcapfile.ReasonDiskFull,
		pcapfile.ReasonSpool, pcapfile.ReasonPacketLimit, pcapfile.ReasonRead,
	} {
		x := failureTexts[r]
		for l := range Lang(NumLangs) {
			if x[l] == "" {
				t.Errorf("reason %v: nothing in %v", r, l)
			}
			for _, kind := range []pcapfile.Kind{pcapfile.Unreadable, pcapfile.Truncated, pcapfile.Damaged, pcapfile.Failed} {
				e := &pcapfile.Error{Kind: kind, Reason: r, Have: 12, Want: 1600, Frame: 7, Offset: 1234, Size: 5000, Head: []byte("abc")}
				f := Failure(l, fmt.Errorf("opening: %w", e))
				for _, s := range append([]string{f.Title, f.Sentences[0]}, f.Sentences[1:]...) {
					if strings.Contains(s, "${") || s == "" {
						t.Errorf("%v %v: %q", r, l, s)
					}
				}
			}
		}
	}
	for _, looks := range []pcapfile.Looks{
		pcapfile.LooksZIP, pcapfile.LooksGzip, pcapfile.LooksZstd, pcapfile.LooksBzip2, pcapfile.LooksXZ, pcapfile.LooksLZ4,
		pcapfile.Looks7Zip, pcapfile.LooksSnoop, pcapfile.LooksNetMon, pcapfile.LooksLFS, pcapfile.LooksWeb,
	} {
		if x := looksTexts[looks]; !strings.Contains(x[English], string(looks)) || !strings.HasPrefix(x[Chinese], "看起来是") {
			t.Errorf("%q is worded %q", looks, x)
		}
	}
	zip := &pcapfile.Error{Kind: pcapfile.Unreadable, Reason: pcapfile.ReasonNotCapture, Head: []byte("PK"), Looks: pcapfile.LooksZIP}
	if got := Failure(Chinese, zip).Sentences[0]; !strings.Contains(got, `开头是 "PK"。看起来是 ZIP 压缩包，请先解压。tcptalk`) {
		t.Errorf("%q", got)
	}
	if got := Failure(English, zip).Sentences[0]; !strings.Contains(got, `with "PK". This looks like a ZIP archive: unpack it first. tcptalk`) {
		t.Errorf("%q", got)
	}
	e := &pcapfile.Error{Kind: pcapfile.Truncated, Reason: pcapfile.ReasonPacketCut, Have: 12, Want: 1600, Frame: 7, Offset: 1234, Size: 5000}
	want := FailureText{
		"The file ends here, in the middle of a packet",
		[]string{"Packet 8 is cut off after 12 of 1,600 bytes.", "The packets before it can be used: 7."},
		"at byte 1,234 (0x4D2) of 5,000",
	}
	if got := Failure(English, e); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Failure(Chinese, errors.New("broken")); got.Title != titleUnreadable[Chinese] || got.Sentences[0] != "broken" {
		t.Errorf("%+v", got)
	}
}
