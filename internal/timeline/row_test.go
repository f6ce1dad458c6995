package timeline

import (
	"strings"
	"testing"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// TestPlainText spells out what is copied of some rows.
func TestPlainText(t *testing.T) {
	s := recording(t, "lost_ack_data_recovers.pcap")
	c := chatOf(t, s, 0, DefaultOptions())
	var r Row
	for i, want := range map[int]string{
		0: "Handshake",
		4: "Data",
		6: "205 ms  no ACK, until the client's retransmission timer runs out",
		7: "#5 client  0.205215 (+205 ms)  PSH ACK  seq 1  ack 1  len 78  win 64,512\n" +
			"  client ESTABLISHED, server ESTABLISHED\n  [Retransmission]\n" +
			"  Sent before in #4, 205 ms ago, and not acknowledged since.",
		10:          "424 ms  no ACK, until the client's retransmission timer runs out",
		c.Len() - 1: "Closed in order; the server began at 6.85 s  Both directions were closed and acknowledged.\n  lasted 6.85 s\n  client sent 546 B\n  server sent 377 B\n  sent again 8\n  client CLOSED?\n  server TIME-WAIT",
	} {
		c.Row(i, &r)
		if got := r.PlainText(narrate.English); got != want {
			t.Errorf("row %d: %q\nwant %q", i, got, want)
		}
	}
	request := c.RowOf(3)
	c.Row(request, &r)
	if got := r.PlainText(narrate.English); !strings.Contains(got, "HTTP request\n    GET / HTTP/1.1\n    Host: ") {
		t.Errorf("%q", got)
	}
}

// TestFrames checks the table of WebSocket frames.
func TestFrames(t *testing.T) {
	s := recording(t, "ws_echo_chromium_deflate.pcapng")
	var texts []string
	var r Row
	for stream := range s.Streams() {
		c := chatOf(t, s, stream, DefaultOptions())
		for i := range c.Len() {
			c.Row(i, &r)
			for _, f := range r.Frames {
				texts = append(texts, strings.Join([]string{f.Fin, f.Opcode, f.Mask, f.Length, f.Payload}, "|"))
			}
			if len(r.Frames) > 0 && !strings.Contains(r.PlainText(narrate.English), "FIN 1  ") {
				t.Errorf("%q", r.PlainText(narrate.English))
			}
		}
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"1|text (inflated)|yes|", "1|close|yes|6|1000 normal closure: done", "1|close|no|2|1000 normal closure"} {
		if !strings.Contains(all, want) {
			t.Errorf("no frame %q in\n%s", want, all)
		}
	}
}

// TestHTTP2 checks what bubbles show of HTTP/2 frames.
func TestHTTP2(t *testing.T) {
	s := recording(t, "h2c_upgrade.pcap")
	var all []string
	var r Row
	o := DefaultOptions()
	o.PayloadLines = maxExpanded
	c := chatOf(t, s, 0, o)
	for i := range c.Len() {
		c.Row(i, &r)
		all = append(all, r.PlainText(narrate.English))
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"Upgraded to HTTP/2", "HTTP/2 · 3 frames\n    connection preface\n    SETTINGS\n      ", "\n      MAX_CONCURRENT_STREAMS = ",
		"\n    SETTINGS · ACK\n", "HEADERS · stream 1 · 200 OK ← GET /hello\n      :status: 200\n      content-type: text/plain", "DATA · stream 1 · 50 B · END_STREAM · ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	broken := c.http2(&session.Message{Message: proto.Message{Broken: proto.BrokenGap}}, &http2.Frame{
		Type: http2.Headers, FieldCount: 3, Fields: []http2.Field{{Index: 62}}, Problems: []http2.Problem{http2.BadBlock},
	})
	want := "HEADERS|  unknown (table entry 62 was not captured)|  header fields not shown: 2|⚠ the header block cannot be decoded|⚠ bytes of this message were not captured"
	if got := strings.Join(broken, "|"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The frames of WebSockets in streams of HTTP/2 stand in one table below the frames of HTTP/2, and say which stream they are of.
func TestWebSocketsOverHTTP2(t *testing.T) {
	o := DefaultOptions()
	c := chatOf(t, recording(t, "../../exchange/testdata/websocket-http2.pcap"), 0, o)
	if c.talk.Protocol != http2.Name {
		t.Errorf("the connection speaks %s", c.talk.Protocol)
	}
	var r Row
	for i := range c.Len() {
		if c.Row(i, &r); r.Frame != 11 {
			continue
		}
		text := r.PlainText(narrate.English)
		if strings.Count(text, "HTTP/2 · 3 frames") != 1 || strings.Count(text, "HTTP/2") != 2 || !strings.Contains(text, "\n    DATA · stream 1 · 23 B\n    DATA · stream 3 · 28 B\n") {
			t.Errorf("%s", text)
		}
		want := []string{"text|stream 1 · hello over HTTP/2", "text (inflated)|stream 3 · hello, hello, hello, compressed"}
		for k := range r.Frames {
			if got := r.Frames[k].Opcode + "|" + r.Frames[k].Payload; len(r.Frames) != len(want) || got != want[k] {
				t.Errorf("frame %d: %s", k, got)
			}
		}
		return
	}
	t.Error("packet 11 is not there")
}

// The closing card says how long the TLS handshake took, also where the words change or nothing was decoded yet.
func TestClosingCardOfTLS(t *testing.T) {
	c := chatOf(t, recording(t, "../../exchange/testdata/resumption-tls13.pcapng"), 1, DefaultOptions())
	card := func(c *Chat) string {
		var r Row
		c.Row(c.Len()-1, &r)
		if n := c.Shape(c.Len() - 1).Facts; int(n) != len(r.Facts) {
			t.Errorf("%d facts, the shape has %d", len(r.Facts), n)
		}
		for _, f := range r.Facts {
			if strings.HasPrefix(f.Name, "TLS") {
				return f.Name + " " + f.Value
			}
		}
		return ""
	}
	chinese := DefaultOptions()
	chinese.Lang = narrate.Chinese
	for want, got := range map[string]string{"TLS handshake 616 µs": card(c), "TLS 握手 616 µs": card(c.With(c.talk, chinese)), "": card(c.With(nil, DefaultOptions()))} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestTimes checks the formats of the time beside a bubble.
func TestTimes(t *testing.T) {
	// 2026-01-02 03:04:05.6 UTC
	const at = 1_767_323_045_600_000_000
	s := made(t, []seg{
		{at: at, flags: packet.SYN, window: 1000},
		{at: at + 1_234_567_891, server: true, flags: packet.SYN | packet.ACK, ack: 1},
		{at: at - 5_000, flags: packet.ACK, seq: 1, ack: 1},
	})
	local := time.Unix(0, at).Format("15:04:05.000000")
	for format, want := range map[TimeFormat][3]string{
		SinceStart: {"0.000000 start", "1.234567 +1.23 s", "-0.000005 -1.23 s"},
		ClockUTC:   {"03:04:05.600000 start", "03:04:06.834567 +1.23 s", "03:04:05.599995 -1.23 s"},
		ClockLocal: {local + " start", "", ""},
	} {
		o := DefaultOptions()
		o.Time = format
		c := chatOf(t, s, 0, o)
		var r Row
		for p, w := range want {
			c.Row(c.RowOf(p), &r)
			if got := r.Time + " " + r.Delta; w != "" && got != w {
				t.Errorf("format %d, packet %d: %q, want %q", format, p, got, w)
			}
		}
	}
}

// TestRawNumbers checks that numbers can be shown as on the wire.
func TestRawNumbers(t *testing.T) {
	o := DefaultOptions()
	o.RawNumbers = true
	c := chatOf(t, made(t, bulk(1, 10)), 0, o)
	var r Row
	c.Row(c.RowOf(3), &r)
	if want := "seq 500  ack 100  len 10  win 65,000"; r.Meta != want {
		t.Errorf("%q, want %q", r.Meta, want)
	}
}

// TestChips checks that each label has a chip of its own, apart from those that another one implies.
func TestChips(t *testing.T) {
	for i := range len(chipOrder) {
		if got := chipsOf(1 << i); len(got) != 1 || got[0] != 1<<i {
			t.Errorf("label %d has chips %v", i, got)
		}
	}
	if got := chipsOf(tcp.Retransmission | tcp.FastRetransmission); len(got) != 1 || got[0] != tcp.FastRetransmission {
		t.Errorf("a fast retransmission has chips %v", got)
	}
	if got := len(tcp.Labels(1<<32 - 1).Names()); got != len(chipOrder) {
		t.Errorf("there are %d labels and %d chips", got, len(chipOrder))
	}
}

// TestSeverities checks which notes alarm: what is a part of a healthy connection must not.
func TestSeverities(t *testing.T) {
	for _, c := range []struct {
		name  string
		frame uint32
		want  Severity
	}{
		{"lost_ack_data_recovers.pcap", 1, Info},
		{"lost_ack_data_recovers.pcap", 5, Warn},
		{"lost_ack_data_recovers.pcap", 8, Warn},
		{"lost_ack_data_recovers.pcap", 9, Info},
		{"lost_ack_fin_ack_rst.pcap", 12, Fail},
		{"keepalive_dead_peer.pcap", 4, Info},
		{"keepalive_dead_peer.pcap", 7, Warn},
		{"keepalive_dead_peer.pcap", 10, Fail},
		{"simultaneous_open.pcap", 3, Info},
		{"zero_window.pcap", 27, Warn},
		{"zero_window.pcap", 28, Info},
	} {
		ch := chatOf(t, recording(t, c.name), 0, DefaultOptions())
		var r Row
		ch.Row(ch.RowOf(ch.View().Find(c.frame)), &r)
		if r.NoteSeverity != c.want || r.Note == "" {
			t.Errorf("%s #%d: severity %d of %q, want %d", c.name, c.frame, r.NoteSeverity, r.Note, c.want)
		}
	}
	if c := chatOf(t, recording(t, "zero_window.pcap"), 0, DefaultOptions()); c.Moments()[27] != diagnose.AskRoom {
		t.Errorf("moment %d", c.Moments()[27])
	}
}

// TestClean checks that bytes from the wire cannot disturb a display.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\tb\r\n": "a b", "a\x1b[31mred": "a·[31mred", "half\xff": "half·", "in\rside\nout": "in␍side␊out", "中文": "中文",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := cut(strings.Repeat("中", maxColumns+1)); got != strings.Repeat("中", maxColumns)+"…" {
		t.Errorf("%q", got)
	}
	if got := cut(strings.Repeat("中", maxColumns)); strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
	if n := len(textLines([]byte(strings.Repeat("line\n", 2*maxExpanded)))); n != maxExpanded+1 {
		t.Errorf("%d lines", n)
	}
	for in, want := range map[string]bool{"": false, "text\r\n\t": true, "cut 中"[:5]: true, "\x00": false, "\xff": false, "a\xffb": false} {
		if got := printable([]byte(in)); got != want {
			t.Errorf("%q printable: %v", in, got)
		}
	}
}
