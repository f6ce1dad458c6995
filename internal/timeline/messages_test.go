package timeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

var messageOptions = MessageOptions{Silence: 400 * time.Millisecond, Lines: 6}

func messagesOf(t testing.TB, s *session.Session, stream int, o MessageOptions) *Messages {
	t.Helper()
	v, talk := talkOf(t, s, stream)
	m, err := NewMessages(context.Background(), v, talk, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bundled opens the recording of a case.
func bundled(t testing.TB, id string) *session.Session {
	t.Helper()
	b, err := fs.ReadFile(cases.FS(), id+"/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b, id)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, session.New(f))
}

// spelled writes the rows as a transcript: who, tag and title, facts in parentheses, packets, whom it answers, then what stands below.
func spelled(m *Messages) []string {
	var out []string
	var r MessageRow
	for i := range m.Len() {
		m.Row(i, &r)
		if r.Kind != MessageBubble {
			out = append(out, strings.TrimRight(fmt.Sprintf("%s| %s| %s", [...]string{"", "fold", "silence", "divider", "limit", "before"}[r.Kind], r.Text, r.Detail), "| "))
			continue
		}
		line := [...]string{"> ", "< "}[r.Dir] + r.Tag + " " + r.Title
		if r.Facts != "" {
			line += " (" + r.Facts + ")"
		}
		answer, _, _ := strings.Cut(r.Answer, " ·")
		out = append(out, strings.Join(strings.Fields(line+" "+r.PacketText()+" "+answer+" "+r.Joined), " "))
		if r.Picture {
			out = append(out, "  [picture]")
		}
		for _, s := range r.Content {
			out = append(out, "  "+s)
		}
		if r.Left != 0 {
			out = append(out, fmt.Sprintf("  +%d", r.Left))
		}
		for s := range strings.SplitSeq(r.Note, "\n") {
			if s != "" {
				out = append(out, "  ! "+s)
			}
		}
	}
	return out
}

// spoke are recordings with rows that must come in that order.
var spoke = []struct {
	file string
	want []string
}{
	{"../cli/testdata/redis.pcap", []string{
		`> SET greeting "hello world" #1 answer #2`, `< REPLY OK #2 answers #1`, `< REPLY array (4) #10 answers #9`, `    "d"`,
		`> BADCMD x #17 answer #18`, `< REPLY #18 answers #17`, `  error: ERR unknown command 'BADCMD', with args beginning with: 'x' `,
	}},
	{"../cli/testdata/mysql.pcap", []string{
		`< GREETING server version 5.5.5-10.11.19-MariaDB-0+deb12u1 · connection 4 #4`, `> LOGIN user u #6 answer #8`,
		`< OK the database is now shop #8 answers #6`, `> QUERY #9 answer #11`, `  create table item(id int primary key auto_increment,name`,
		`> QUERY select * from item order by price #15 answer #16`, `< 3 ROWS id, name, price #16 answers #15`, `  3 | Zwetschge | 0.99`,
		`< ERROR ERROR 1146 (42S02): Table 'shop.nosuch' doesn't exist #26 answers #25`,
	}},
	{"../cli/testdata/postgres.pcap", []string{
		`> ASKS FOR TLS #4 answer #6`, `fold| 15 housekeeping messages| setting × 13 · key for cancelling · ready`,
		`> QUERY select * from t where id<12 #18 answer #19`, `fold| Housekeeping| columns`, `< RESULT 11 rows (id, name) #19 answers #18`,
		`  1 | row 1`, `  +5`, `< DONE SELECT 11 #19 answers #18`, `< ERROR ERROR 42P01: relation "nosuch" does not exist #21 answers #20`,
	}},
	{"../cli/testdata/dns.pcapng", []string{`> ASKS TXT txt.example.test #16 answer #18`, `  +5`}},
	{"../cli/testdata/tls_alerts.pcap", []string{
		`> ClientHello test.example · offers h2, http/1.1 · TLS 1.3, 1.2, 1.1, 1.0 #4`, `< CERTIFICATE CN=test.example #6`, `> ALERT fatal · unknown_ca #8`,
	}},
	{"../cli/testdata/pipelining.pcap", []string{
		`> GET /style.css (a) #4 answer #6`, `> GET /app.js (a) #4 answer #22`, `> GET /api/data.json (a) #4 answer #28`,
		`< 200 OK (text/css) #6–#20 answers #4`, `< 200 OK (application/json) #28 #30 #32 answers #4`, `  {`, `    "title": "loaded",`,
	}},
	{"../exchange/testdata/streams.pcap", []string{
		`fold| 7 housekeeping messages| PRIORITY × 5 · SETTINGS · connection preface`, `> GET / (10.77.14.2:81 · stream 13) #4 answer #6`,
		`< 200 (text/html · stream 13 · gzip: 907 B on the wire, 3,509 B inside) #6 #9 answers #4`, `< 200 (image/png · stream 19) #18–#30 answers #4`,
		`  [picture]`, `> GOAWAY last stream 0 · NO_ERROR: no error #74`,
	}},
	{"../exchange/testdata/websocket-http2.pcap", []string{
		`> CONNECT /chat (127.0.0.1:18084 · stream 1) #8–#36 answer #10`, `< 200 (stream 3 · its WebSocket messages follow) #10–#37 answers #8`,
		`< TEXT welcome to /chat (stream 1) #10`, `> TEXT fragments (stream 1) #14 #17 2 fragments joined`,
		`< TEXT part one, part two (stream 1) #15 #18 2 fragments joined`, `fold| 1 ping, answered| pong after 3.47 ms`,
		`> TEXT giv (stream 7) #31`, `  ! the connection was closed inside the message`, `> CLOSE 1000 normal closure: bye #36`,
	}},
	{"../exchange/testdata/abort.pcap", []string{
		`< 200 OK (text/plain) #6 #8 #10 #12 answers #4`, `  +71`, `  ! 5,000 of 100,000 announced bytes came`,
		`  ! the server closed the connection before the end`,
	}},
	{"../exchange/testdata/continue.pcap", []string{
		`> PUT /put/up.txt (10.77.13.2 · the first 16,384 of 60,000 B are shown) #4–#52 answer #55`, `< 100 Continue #6 answers #4`,
		`< 201 Created #55 answers #4`,
	}},
	{"testdata/ws_echo_plain_first27.pcap", []string{
		`< 101 Switching Protocols #6 answers #4`, `divider| Upgraded to WebSocket`, `> TEXT hello websocket #8`, `< BINARY #12`,
		`  0000 00 01 02 03 fe 00 01 02 03 fe 00 01 02 03 fe 00 ................`, `> TEXT {"type":"greeting","text":"Grüße €"} #14`,
		`fold| 1 ping, answered| pong after 95 µs`, `> TEXT #20 #21 #23 #24 4 fragments joined`, `< TEXT #26`,
	}},
	{"testdata/s06b_ws_echo_deflate.pcap", []string{
		`> TEXT hello websocket (permessage-deflate: 21 B on the wire, 15 B inside) #8`, `> TEXT empty (permessage-deflate: 1 B on the wire, 0 B inside) #23`,
		`> CLOSE 1000 normal closure: bye #26`,
	}},
	{"testdata/sse_gzip_noflush.pcap", []string{
		`silence| 3.32 s| the client waited for the answer`,
		`< 200 OK (text/event-stream · gzip: 283 B on the wire, 1,219 B inside · its events follow) #6 answers #4`,
		`< TICK (id 1) #6`, `  {`, `    "n": 1,`, `< TICK (id 2 · in the same packet as the event before) #6`,
	}},
	{"testdata/h2c_upgrade.pcap", []string{
		`> GET /hello (10.77.14.2:9100) #4 answer #6`, `< 101 Switching Protocols #6 answers #4`, `divider| Upgraded to HTTP/2`,
		`< 200 (text/plain · stream 1) #12 answers #4`,
	}},
	{"testdata/linechat_1234.pcap", []string{
		`< TEXT name? #9`, `> TEXT anna #16`, `< TEXT #28 #34`, `  * carl joined`, `  <bert> hi anna`, `> TEXT an empty line #56`,
	}},
	{"testdata/png.pcap", []string{`> GET /logo.png (10.77.13.2) #4 answer #6`, `< 200 OK (image/png) #6–#21 answers #4`, `  [picture]`, `  +10`}},
}

func TestMessageRows(t *testing.T) {
	for _, c := range spoke {
		s, err := session.Open(c.file)
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, c.file, spelled(messagesOf(t, read(t, s), 0, messageOptions)), c.want)
	}
	for id, want := range map[string][]string{
		"streaming-sse-held": {`< EVENT The reader should see (id 1) #6`, `< EVENT this sentence grow, (id 2 · 301 ms after the event before) #8`},
		"http-bad-header": {
			`> POST /note (notes.example · application/json) #4 answer #6`, `    "a": 1,`, `  ! a header line without a colon: not a header`,
			`< 400 Bad Request (text/plain) #6 answers #4`,
		},
		"alive-keepalive": {`> TEXT subscribe news #4`, `silence| 37.0 s| no message from either side`, `< TEXT ok: still here #13`},
	} {
		inOrder(t, id, spelled(messagesOf(t, bundled(t, id), 0, messageOptions)), want)
	}
}

// inOrder fails unless the lines wanted are among those that there are, in that order.
func inOrder(t *testing.T, name string, got, want []string) {
	t.Helper()
	rest := got
	for _, line := range want {
		i := slices.Index(rest, line)
		if i < 0 {
			t.Errorf("%s: no %q in its place among\n%s", name, line, strings.Join(got, "\n"))
			return
		}
		rest = rest[i+1:]
	}
}

// TestMessagesOfRecordings holds the messages of every recording against what is always true: shapes agree with rows, folded and
// unfolded, in both languages; every row is found again by its message, and every packet leads to a message that it carries.
func TestMessagesOfRecordings(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		s := recording(t, e.Name())
		for stream := range s.Streams() {
			for l := range narrate.Lang(narrate.NumLangs) {
				o := messageOptions
				o.Lang = l
				m := messagesOf(t, s, stream, o)
				looked += m.Len()
				sound(t, e.Name(), m)
				for i := m.Len() - 1; i >= 0; i-- {
					m = m.Toggled(i)
				}
				sound(t, e.Name()+", all unfolded", m)
			}
		}
	}
	if looked < 300 {
		t.Errorf("only %d rows were looked at", looked)
	}
}

func sound(t *testing.T, name string, m *Messages) {
	t.Helper()
	var r MessageRow
	last := int32(-1)
	for i := range m.Len() {
		m.Row(i, &r)
		if got := m.Shape(i); got != r.MessageShape {
			t.Errorf("%s, row %d: shape %+v, row %+v", name, i, got, r.MessageShape)
		}
		if r.Kind == MessageBubble && (int(r.Lines) != len(r.Content) || r.More != (r.Left != 0) || r.Strip != (len(r.Parts) > 0)) {
			t.Errorf("%s, row %d: %d lines, %d left, %+v", name, i, len(r.Content), r.Left, r.MessageShape)
		}
		if item := m.Item(i); item >= 0 && !r.Open && m.RowOf(item) != i {
			t.Errorf("%s: message %d is in row %d, found in %d", name, item, i, m.RowOf(item))
		}
		if first := m.row(i).first; first < last {
			t.Errorf("%s: row %d goes back from message %d to %d", name, i, last, first)
		} else {
			last = first
		}
		for _, line := range append([]string{r.Title, r.Facts}, r.Content...) {
			if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' }) {
				t.Errorf("%s, row %d: control characters in %q", name, i, line)
			}
		}
		if m.PlainText(i) == "" {
			t.Errorf("%s, row %d has no text", name, i)
		}
	}
	for p := range m.view.Len() {
		item := m.OfPacket(p)
		if len(m.talk.Places(p)) > 0 && !m.Carries(item, p) {
			t.Errorf("%s: packet %d leads to message %d, which it does not carry", name, p, item)
		}
		if at, ok := m.Within(item, p); ok && at.Start >= at.End {
			t.Errorf("%s: packet %d has the bytes %+v of message %d", name, p, at, item)
		}
	}
}

func TestPingsAreFolded(t *testing.T) {
	const data = packet.PSH | packet.ACK
	handshake := "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	segments := []seg{{flags: data, text: handshake}, {server: true, flags: data, text: answer}}
	at, c, s := int64(0), uint32(len(handshake)), uint32(len(answer))
	say := func(server bool, text string) {
		at += int64(10 * time.Second)
		g := seg{at: at, server: server, flags: data, seq: c, ack: s, text: text}
		if server {
			g.seq, g.ack = s, c
			s += uint32(len(text))
		} else {
			c += uint32(len(text))
		}
		segments = append(segments, g)
	}
	for range 12 {
		say(true, "\x89\x00")
		say(false, "\x8a\x80\x00\x00\x00\x00")
	}
	say(false, "\x81\x82\x00\x00\x00\x00hi")
	say(true, "\x89\x00")
	say(true, "\x01\x04part") // its end never comes
	m := messagesOf(t, made(t, segments), 0, messageOptions)
	want := []string{
		"fold| 12 pings, all answered| pong after 10 s at most · in 3 min 50 s", "silence| 10 s| no message from either side", "> TEXT hi #27",
		"fold| 1 ping, no answer seen", "< TEXT part #29", "  ! 1 fragment, the last one is missing",
	}
	inOrder(t, "pings", spelled(m), want)
	fold := slices.IndexFunc(m.rows.all(), func(r ref) bool { return MessageKind(r.kind) == MessageFold })
	open := m.Toggled(fold)
	if open.Len() != m.Len()+24 {
		t.Errorf("unfolded %d rows of %d", open.Len(), m.Len())
	}
	if d, ok := open.Since(m); !ok || d != (Difference{fold + 1, 0, 24}) {
		t.Errorf("what is different is %+v, %v", d, ok)
	}
	if built := m.Like(open); !slices.Equal(built.rows.all(), open.rows.all()) {
		t.Error("made from the beginning the rows are others")
	}
	again := open.Toggled(fold)
	if !slices.Equal(again.rows.all(), m.rows.all()) {
		t.Error("folded again it is another one")
	}
	if d, ok := again.Since(open); !ok || d != (Difference{fold + 1, 24, 0}) {
		t.Errorf("what is different is %+v, %v", d, ok)
	}
	if _, ok := again.Since(m); ok {
		t.Error("a difference from rows that it was not made from")
	}
	if same := m.Like(open); same.Len() != open.Len() {
		t.Error("what was unfolded is folded again")
	}
}

func TestGapsAndUnknownBytes(t *testing.T) {
	m := messagesOf(t, spoken(t), 0, messageOptions)
	want := []string{"> TEXT #4–#5", "  hello", "  world", "< BYTES #6", "< MISSING 100 bytes were not captured", "< TEXT after the hole #7"}
	got := spelled(m)
	for i := range got {
		got[i] = strings.TrimPrefix(got[i], "  ")
	}
	for i := range want {
		want[i] = strings.TrimPrefix(want[i], "  ")
	}
	inOrder(t, "a hole", got, want)
	if item := m.OfPacket(0); item != 0 {
		t.Errorf("before all messages the first one is shown, not %d", item)
	}
	if empty := messagesOf(t, made(t, []seg{{flags: packet.SYN}}), 0, messageOptions); empty.Len() != 0 || empty.OfPacket(0) != -1 {
		t.Errorf("%d rows of nothing", empty.Len())
	}
}

func TestTooManyMessages(t *testing.T) {
	m := manyMessages(t, 1000)
	inOrder(t, "a bound", spelled(m), []string{"limit| There are more messages than fit here| Show the next ones"})
	if last := m.Len() - 1; m.Item(last) >= 0 || m.RowOf(m.Items()-1) != last-1 {
		t.Errorf("the row behind the last message: item %d", m.Item(last))
	}
}

// Segments that overtake each other on the way belong to their message all the same.
func TestMessageOutOfOrder(t *testing.T) {
	const data = packet.PSH | packet.ACK
	m := messagesOf(t, made(t, []seg{
		{flags: data, seq: 1, text: "one "}, {flags: data, seq: 9, text: "three"}, {flags: data, seq: 5, text: "two "}, {server: true, flags: data, text: "four"},
	}), 0, messageOptions)
	inOrder(t, "out of order", spelled(m), []string{"> TEXT one two three #1–#3", "< TEXT four #4"})
	sound(t, "out of order", m)
}

// Frames of a stream that was reset are shown by themselves: no exchange has them.
func TestFramesAfterAReset(t *testing.T) {
	const data = packet.PSH | packet.ACK
	frame := func(kind, flags byte, stream byte, payload string) string {
		return string([]byte{0, 0, byte(len(payload)), kind, flags, 0, 0, 0, stream}) + payload
	}
	asks := "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, "") + frame(1, 5, 1, "\x82\x86\x84") + frame(3, 0, 1, "\x00\x00\x00\x08")
	m := messagesOf(t, made(t, []seg{
		{flags: data, text: asks}, {server: true, flags: data, ack: uint32(len(asks)), text: frame(4, 0, 0, "") + frame(1, 4, 1, "\x88") + frame(0, 1, 1, "late")},
	}), 0, messageOptions)
	inOrder(t, "a reset", spelled(m), []string{
		"> GET / (stream 1) #1 no answer seen", "  ! the client reset the stream: CANCEL: no longer wanted", "> RST_STREAM stream 1 · CANCEL: no longer wanted #1",
		"fold| Housekeeping| SETTINGS", "< HEADERS stream 1 · 200 OK ← GET / #2", "  :status: 200", "< DATA stream 1 · 4 B · END_STREAM #2",
	})
	sound(t, "a reset", m)
}

// What opens a tunnel ends with it, and an answer may come before the question is complete: neither was answered in no time.
func TestHowLongAnswersTook(t *testing.T) {
	for file, want := range map[string]string{"../exchange/testdata/websocket-http2.pcap": "answer #10 · 99.7 ms", "testdata/png.pcap": "answer #6 · 1.51 ms"} {
		s, err := session.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		m := messagesOf(t, read(t, s), 0, messageOptions)
		var r MessageRow
		for i := range m.Len() {
			if m.Row(i, &r); r.Answer != "" {
				break
			}
		}
		if r.Answer != want {
			t.Errorf("%s: %q, want %q", file, r.Answer, want)
		}
	}
	const data = packet.PSH | packet.ACK
	head := "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"
	m := messagesOf(t, made(t, []seg{
		{flags: data, text: head},
		{at: 1000, server: true, flags: data, ack: uint32(len(head)), text: "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"},
		{at: 2000, flags: data, seq: uint32(len(head)), text: "body"},
	}), 0, messageOptions)
	var r MessageRow
	if m.Row(1, &r); r.Tag != "413" || r.Answer != "answers #1" {
		t.Errorf("the early answer is %q, %q", r.Tag, r.Answer)
	}
}

func TestContentOfMessages(t *testing.T) {
	m := messagesOf(t, recording(t, "png.pcap"), 0, messageOptions)
	if c, ok := m.Content(1); !ok || c.Kind != HTTP1Content || c.Picture != "PNG" || c.Target != "/logo.png" || c.MediaType != "image/png" {
		t.Errorf("%+v, %v", c, ok)
	}
	if _, ok := m.Content(0); ok {
		t.Error("a request without a body has a content")
	}
	if m.Asks(0) == nil || m.Asks(1) != nil || m.Asks(-1) != nil {
		t.Error("what is a request?")
	}
	if _, ok := m.Content(7); ok {
		t.Error("a message that is not there has a content")
	}
}

func TestMessagesAreCancelled(t *testing.T) {
	v, talk := talkOf(t, recording(t, "png.pcap"), 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewMessages(ctx, v, talk, messageOptions); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestJSONIsLaidOut(t *testing.T) {
	lay := func(s string, limit int) string {
		lines, more := layJSON([]byte(s), limit)
		if more {
			lines = append(lines, "…")
		}
		return strings.Join(lines, "\n")
	}
	if got := lay(`{"a":[1,2.5e3,{}],"b":"x, \"y\": [","c":null,"d":[ ]}`, 99); got != "{\n  \"a\": [\n    1,\n    2.5e3,\n    {}\n  ],\n  \"b\": \"x, \\\"y\\\": [\",\n  \"c\": null,\n  \"d\": []\n}" {
		t.Errorf("laid out:\n%s", got)
	}
	if got := lay(`[1,2,3,4]`, 3); got != "[\n  1,\n  2,\n…" {
		t.Errorf("bounded:\n%s", got)
	}
	const deep = 8000
	lines, _ := layJSON([]byte(strings.Repeat("[", deep)+"0"+strings.Repeat("]", deep)), maxExpanded)
	for _, s := range lines {
		if len(s) > messageColumns {
			t.Fatalf("a line of %d bytes", len(s))
		}
	}
	if isJSON([]byte("[1")) || isJSON([]byte("7")) || !isJSON([]byte(" [7]")) {
		t.Error("what is JSON?")
	}
}

func TestLinesAreBroken(t *testing.T) {
	lines, more := brokenText([]byte(strings.Repeat("word ", 20)+"\r\n"+strings.Repeat("汉", 50)+"\n\nend\n"), 99)
	want := []string{strings.TrimSpace(strings.Repeat("word ", 14)), strings.Repeat("word ", 5) + "word ", strings.Repeat("汉", 36), strings.Repeat("汉", 14), "", "end"}
	if more || !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	if lines, more = brokenText([]byte("a\nb\nc"), 2); !more || len(lines) != 2 {
		t.Errorf("%q, %v", lines, more)
	}
}

// Rows of a capture that cannot be read any more, because its disk is gone or it was closed while they are still drawn, say less.
func TestMessagesWhoseCaptureIsGone(t *testing.T) {
	drawn := 0
	for _, id := range []string{"http-uploads", "http-plain-request", "streaming-websocket", "basics-line-chat", "streaming-browser-chat"} {
		s, err := session.Open("../../cases/" + id + "/capture.pcapng")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var all []*Messages
		for stream := range s.Streams() {
			all = append(all, messagesOf(t, s, stream, messageOptions))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var r MessageRow
		for _, m := range all {
			for i := range m.Len() {
				m.Row(i, &r)
				if len(r.Content) > int(m.Shape(i).Lines) || r.Left < -1 {
					t.Errorf("%s: row %d has %d lines of %d, and %d more", id, i, len(r.Content), m.Shape(i).Lines, r.Left)
				}
				drawn++
			}
		}
	}
	if drawn == 0 {
		t.Error("nothing was drawn")
	}
}
