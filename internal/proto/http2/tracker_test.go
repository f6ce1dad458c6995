package http2

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// block encodes a header list without the dynamic table, so that the order of tests does not matter.
func block(fields ...string) string {
	var b []byte
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		b = append(b, 0, byte(len(name)))
		b = append(append(b, name...), byte(len(value)))
		b = append(b, value...)
	}
	return string(b)
}

// get is a request without body on a stream, ok the beginning of its answer.
func get(stream uint32, path string) string {
	return frame(Headers, FlagEndHeaders|FlagEndStream, stream, block(":method=GET", ":path="+path))
}

func post(stream uint32, path string) string {
	return frame(Headers, FlagEndHeaders, stream, block(":method=POST", ":path="+path))
}

func ok(stream uint32, fields ...string) string {
	return frame(Headers, FlagEndHeaders, stream, block(append([]string{":status=200"}, fields...)...))
}

func renderHalf(h *Half) string {
	var b strings.Builder
	for _, name := range []string{":method", ":path", ":status"} {
		if v, ok := h.Headers.Get(name); ok {
			b.WriteString(v + " ")
		}
	}
	if !h.Headers.Seen {
		b.WriteString("? ")
	}
	fmt.Fprintf(&b, "%q", h.Body.Bytes)
	if h.Body.Truncated {
		fmt.Fprintf(&b, " of %d", h.Body.Length)
	}
	if h.Body.Missing > 0 {
		fmt.Fprintf(&b, " missing %d", h.Body.Missing)
	}
	if h.Body.Padding > 0 {
		fmt.Fprintf(&b, " pad %d", h.Body.Padding)
	}
	if h.Trailers.Seen {
		fmt.Fprintf(&b, " trailers %v", h.Trailers.Fields)
	}
	if !h.Complete {
		b.WriteString(" BROKEN " + h.Broken)
	}
	return b.String()
}

func renderStream(s *Stream) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d %s", s.ID, renderHalf(&s.Request))
	for i := range s.Interim {
		fmt.Fprintf(&b, " ~ %d", s.Interim[i].Status())
	}
	b.WriteString(" -> " + renderHalf(&s.Response))
	if s.PromisedOn != 0 {
		fmt.Fprintf(&b, " promised on %d", s.PromisedOn)
	}
	if s.Headless {
		b.WriteString(" headless")
	}
	if s.Reset != nil {
		fmt.Fprintf(&b, " reset by %v: %d", s.Reset.Dir, s.Reset.Code)
	}
	for _, p := range s.Problems {
		fmt.Fprintf(&b, " !%s", p)
	}
	for _, x := range s.Stalls {
		fmt.Fprintf(&b, " stall %v %d-%d-%d", x.Dir, x.From, x.Until, x.Resumed)
	}
	return b.String()
}

// tracked plays events into a Decoder and a Tracker, with stream offsets as marks, and returns both with the lines that came
// out.
func tracked(opt TrackerOptions, events []ev, piece int) (*Tracker, string) {
	var out []string
	opt.Done = func(s *Stream) { out = append(out, renderStream(s)) }
	t := NewTracker(opt)
	d := New([2]int64{}, func(m proto.Message) { t.Frame(&m, int(m.Start), int(m.End)) }, Options{Body: t.Piece})
	drive(d, events, piece)
	t.Finish(proto.BrokenCutOff, proto.BrokenCutOff)
	return t, strings.Join(out, "\n")
}

// hello begins a connection.
var hello = []ev{{dir: c, data: Preface + greeting}, {dir: s, data: greeting}}

func TestStreams(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events []ev
		want   string
	}{
		{
			"a request and its answer",
			[]ev{{dir: c, data: get(1, "/a")}, {dir: s, data: ok(1) + frame(Data, 0, 1, "hel") + frame(Data, FlagEndStream, 1, "lo")}},
			`#1 GET /a "" -> 200 "hello"`,
		},
		{
			"answers in another order, with padding",
			[]ev{
				{dir: c, data: get(1, "/a") + get(3, "/b")},
				{dir: s, data: ok(3) + ok(1) + frame(Data, FlagEndStream|FlagPadded, 3, "\x02b\x00\x00") + frame(Data, FlagEndStream, 1, "a")},
			},
			"#3 GET /b \"\" -> 200 \"b\" pad 2\n#1 GET /a \"\" -> 200 \"a\"",
		},
		{
			"interim responses, trailers",
			[]ev{
				{dir: c, data: post(1, "/up")},
				{dir: s, data: frame(Headers, FlagEndHeaders, 1, block(":status=100")) + frame(Headers, FlagEndHeaders, 1, block(":status=103"))},
				{dir: c, data: frame(Data, FlagEndStream, 1, "body")},
				{dir: s, data: ok(1) + frame(Data, 0, 1, "x") + frame(Headers, FlagEndHeaders|FlagEndStream, 1, block("a=b"))},
			},
			`#1 POST /up "body" ~ 100 ~ 103 -> 200 "x" trailers [{a b 0 false}]`,
		},
		{
			"an answer before the request's end, which then is not wanted any more",
			[]ev{
				{dir: c, data: post(1, "/up") + frame(Data, 0, 1, "half")},
				{dir: s, data: frame(Headers, FlagEndHeaders|FlagEndStream, 1, block(":status=413")) + frame(RSTStream, 0, 1, "\x00\x00\x00\x00")},
				{dir: c, data: frame(Data, FlagEndStream, 1, "late")},
			},
			`#1 POST /up "half" BROKEN stream reset -> 413 "" reset by server: 0`,
		},
		{
			"the client gives up",
			[]ev{{dir: c, data: get(1, "/a")}, {dir: s, data: ok(1) + frame(Data, 0, 1, "hal")}, {dir: c, data: frame(RSTStream, 0, 1, "\x00\x00\x00\x08")}, {dir: s, data: frame(Data, FlagEndStream, 1, "f")}},
			`#1 GET /a "" -> 200 "hal" BROKEN stream reset reset by client: 8`,
		},
		{
			"a push",
			[]ev{
				{dir: c, data: get(1, "/a")},
				{dir: s, data: frame(PushPromise, FlagEndHeaders, 1, "\x00\x00\x00\x02"+block(":method=GET", ":path=/style")) + ok(2) + frame(Data, FlagEndStream, 2, "css") + frame(Headers, FlagEndHeaders|FlagEndStream, 1, block(":status=204"))},
			},
			"#2 GET /style \"\" -> 200 \"css\" promised on 1\n#1 GET /a \"\" -> 204 \"\"",
		},
		{
			"GOAWAY: what is above its stream is not acted on",
			[]ev{{dir: c, data: get(1, "/a") + get(3, "/b")}, {dir: s, data: frame(GoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00") + frame(Headers, FlagEndHeaders|FlagEndStream, 1, block(":status=204"))}},
			"#1 GET /a \"\" -> 204 \"\"\n#3 GET /b \"\" -> ? \"\" BROKEN not processed",
		},
		{
			"the capture ends",
			[]ev{{dir: c, data: get(1, "/a") + post(3, "/b")}, {dir: s, data: ok(1) + frame(Data, 0, 1, "hal")}},
			"#1 GET /a \"\" -> 200 \"hal\" BROKEN cut off\n#3 POST /b \"\" BROKEN cut off -> ? \"\" BROKEN cut off",
		},
		{
			"a hole in a body",
			[]ev{{dir: c, data: get(1, "/a")}, {dir: s, data: ok(1) + frame(Data, FlagEndStream, 1, "hello")[:11]}, {dir: s, gap: 2}, {dir: s, data: "o"}},
			`#1 GET /a "" -> 200 "he" of 3 missing 2 BROKEN gap`,
		},
		{
			"a hole over frames: only a body of the announced length is whole",
			[]ev{
				{dir: c, data: get(1, "/a") + get(3, "/b")},
				{dir: s, data: ok(1, "content-length=4") + ok(3)},
				{dir: s, gap: 20},
				{dir: s, data: frame(Data, FlagEndStream, 1, "body") + frame(Data, FlagEndStream, 3, "body")},
			},
			"#1 GET /a \"\" -> 200 \"body\"\n#3 GET /b \"\" -> 200 \"body\" BROKEN gap",
		},
		{
			"a length that was announced otherwise",
			[]ev{{dir: c, data: get(1, "/a")}, {dir: s, data: ok(1, "content-length=9") + frame(Data, FlagEndStream, 1, "body")}},
			`#1 GET /a "" -> 200 "body" !wrong-length`,
		},
		{
			"a header block over continuations ends the stream at its last frame",
			[]ev{{dir: c, data: frame(Headers, FlagEndStream, 1, block(":method=GET")) + frame(Continuation, FlagEndHeaders, 1, block(":path=/c"))}, {dir: s, data: frame(Headers, FlagEndHeaders|FlagEndStream, 1, block(":status=204"))}},
			`#1 GET /c "" -> 204 ""`,
		},
		{
			"a header block that was not captured",
			[]ev{{dir: c, data: get(1, "/a")[:15]}, {dir: c, gap: int64(len(get(1, "/a")) - 15)}, {dir: s, data: ok(1) + frame(Data, FlagEndStream, 1, "x")}},
			`#1 "" BROKEN gap -> 200 "x"`,
		},
	} {
		for _, piece := range []int{whole, 1, 7} {
			if _, got := tracked(TrackerOptions{}, slices.Concat(hello, tt.events), piece); got != tt.want {
				t.Errorf("%s, in pieces of %d:\n got %s\nwant %s", tt.name, piece, got, tt.want)
				break
			}
		}
	}
}

// Streams that began before the capture have no request; what the table does not know stays unknown.
func TestStreamsFromTheMiddle(t *testing.T) {
	tr, got := tracked(TrackerOptions{}, []ev{
		{dir: s, data: frame(Data, 0, 7, "rest") + frame(Data, FlagEndStream, 7, " of it")},
		{dir: c, data: frame(Headers, FlagEndHeaders|FlagEndStream, 9, "\x82\xbf")},
		{dir: s, data: frame(Headers, FlagEndHeaders, 9, "\xc0") + frame(Headers, FlagEndHeaders|FlagEndStream, 9, "\x88")},
	}, whole)
	want := "#7 ? \"\" BROKEN gap -> ? \"rest of it\" BROKEN gap headless\n#9 GET \"\" -> \"\" trailers [{:status 200 0 false}]"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if conn, _ := tr.Windows(s, nil); conn.Known {
		t.Error("a window is known without the beginning of the connection")
	}
}

// A response of unknown status that another header block follows was an interim one.
func TestUnknownInterim(t *testing.T) {
	_, got := tracked(TrackerOptions{}, []ev{
		{dir: c, data: get(9, "/a")},
		{dir: s, data: frame(Headers, FlagEndHeaders, 9, "\xc0") + ok(9) + frame(Data, FlagEndStream, 9, "x")},
	}, whole)
	if want := `#9 GET /a "" ~ 0 -> 200 "x"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUpgradedStream(t *testing.T) {
	tr, got := tracked(TrackerOptions{Upgraded: true, Settings: ParseUpgradeSettings("AAMAAABkAAQAAAAK")}, []ev{
		{dir: s, data: greeting + ok(1) + frame(Data, 0, 1, "0123456789")},
		{dir: c, data: Preface + greeting + frame(WindowUpdate, 0, 1, "\x00\x00\x00\x05")},
		{dir: s, data: frame(Data, FlagEndStream, 1, "xy")},
	}, whole)
	if want := `#1 ? "" -> 200 "0123456789xy" stall server`; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if conn, _ := tr.Windows(s, nil); conn != (Window{defaultWindow - 12, true}) {
		t.Errorf("the server's window is %+v", conn)
	}
	for bad, n := range map[string]int{"": 0, "AAMA": 0, "?": 0, "AAMAAABkAAQAAAAK==": 2, strings.Repeat("A", 4*maxSettings): 0} {
		if got := ParseUpgradeSettings(bad); len(got) != n {
			t.Errorf("%.20q gives %v", bad, got)
		}
	}
}

func TestFlowControl(t *testing.T) {
	full := strings.Repeat("x", 16383)
	data := func(stream uint32, n int) (all string) {
		for range n {
			all += frame(Data, 0, stream, full)
		}
		return all
	}
	settings := func(window uint32) string {
		return frame(Settings, 0, 0, string([]byte{0, 4, byte(window >> 24), byte(window >> 16), byte(window >> 8), byte(window)}))
	}
	ack := frame(Settings, FlagAck, 0, "")
	update := func(stream uint32, n int) string {
		return frame(WindowUpdate, 0, stream, string([]byte{0, byte(n >> 16), byte(n >> 8), byte(n)}))
	}
	for _, tt := range []struct {
		name   string
		events []ev
		conn   int64 // of the server
		stream int64 // the same of stream 1
		stalls int   // of the connection
		want   string
	}{
		{"DATA takes from both windows, padding too", []ev{{dir: s, data: frame(Data, FlagPadded, 1, "\x03hi\x00\x00\x00")}}, 65529, 65529, 0, ""},
		{"an update of the stream", []ev{{dir: s, data: data(1, 1)}, {dir: c, data: update(1, 100)}}, 49152, 49252, 0, ""},
		{"an update of the connection", []ev{{dir: s, data: data(1, 1)}, {dir: c, data: update(0, 100)}}, 49252, 49152, 0, ""},
		{"settings count from their acknowledgement on", []ev{{dir: c, data: settings(100)}, {dir: s, data: frame(Data, 0, 1, "hello")}}, 65530, 65530, 0, ""},
		{"settings change what streams have left", []ev{{dir: c, data: settings(100)}, {dir: s, data: frame(Data, 0, 1, "hello") + ack + ack}}, 65530, 95, 0, ""},
		{
			"both windows are used up, then opened one after the other",
			[]ev{{dir: s, data: data(1, 4) + frame(Data, 0, 1, "xyz")}, {dir: c, data: update(1, 10)}, {dir: c, data: update(0, 20)}, {dir: s, data: frame(Data, 0, 1, "x")}},
			19, 9, 1, " stall server 65611-77-65611",
		},
		{
			"a larger initial window opens what was used up",
			[]ev{{dir: c, data: settings(3)}, {dir: s, data: ack + ack + frame(Data, 0, 1, "xyz")}, {dir: c, data: settings(4)}, {dir: s, data: ack + frame(Data, 0, 1, "x")}},
			65531, 0, 0, " stall server 61-70-70 stall server 80--1--1",
		},
		{"more than the window allows", []ev{{dir: c, data: settings(3)}, {dir: s, data: ack + ack + frame(Data, 0, 1, "wxyz")}}, 65531, -1, 0, " !overrun stall server 62--1--1"},
	} {
		events := slices.Concat(hello, []ev{{dir: c, data: get(1, "/")}, {dir: s, data: ok(1)}}, tt.events)
		tr := NewTracker(TrackerOptions{})
		d := New([2]int64{}, func(m proto.Message) { tr.Frame(&m, int(m.Start), int(m.End)) }, Options{Body: tr.Piece})
		drive(d, events, whole)
		stream := tr.Stream(1)
		conn, one := tr.Windows(s, stream)
		if conn != (Window{tt.conn, true}) || one != (Window{tt.stream, true}) {
			t.Errorf("%s: windows %+v and %+v", tt.name, conn, one)
		}
		if got := renderStream(stream); !strings.HasSuffix(got, tt.want) || tt.want == "" && strings.Contains(got, "stall") {
			t.Errorf("%s: %s", tt.name, got[len(got)-min(len(got), 100):])
		}
		if len(tr.Stalls()) != tt.stalls {
			t.Errorf("%s: the connection's stalls are %v", tt.name, tr.Stalls())
		}
	}
}

// A hole may have held anything: no window is known behind it.
func TestWindowsBehindAHole(t *testing.T) {
	for _, dir := range []flow.Direction{c, s} {
		tr := NewTracker(TrackerOptions{})
		d := New([2]int64{}, func(m proto.Message) { tr.Frame(&m, 0, 0) }, Options{Body: tr.Piece})
		drive(d, slices.Concat(hello, []ev{{dir: c, data: get(1, "/")}, {dir: dir, gap: 13}, {dir: c, data: get(3, "/")}, {dir: s, data: ok(1)}}), whole)
		for _, id := range []uint32{1, 3} {
			conn, stream := tr.Windows(s, tr.Stream(id))
			if conn.Known || stream.Known {
				t.Errorf("a hole from the %v: %+v, %+v", dir, conn, stream)
			}
		}
	}
}

func TestStates(t *testing.T) {
	tr := NewTracker(TrackerOptions{})
	d := New([2]int64{}, func(m proto.Message) { tr.Frame(&m, 0, 0) }, Options{Body: tr.Piece})
	drive(d, slices.Concat(hello, []ev{
		{dir: c, data: post(1, "/") + get(3, "/") + post(5, "/") + frame(Headers, FlagEndHeaders, 7, block(":method=CONNECT", ":protocol=websocket"))},
		{dir: s, data: ok(7) + frame(Headers, FlagEndHeaders|FlagEndStream, 5, block(":status=413")) + frame(PushPromise, FlagEndHeaders, 3, "\x00\x00\x00\x02"+block(":method=GET"))},
	}), whole)
	for id, want := range map[uint32]State{1: Open, 3: ClientEnded, 5: ServerEnded, 2: Reserved} {
		if got := tr.Stream(id).State(); got != want {
			t.Errorf("stream %d is in state %d, want %d", id, got, want)
		}
	}
	if p, ok := tr.Stream(7).Tunnel(); !ok || p != "websocket" {
		t.Errorf("tunnel %q, %v", p, ok)
	}
	drive(d, []ev{{dir: c, data: frame(Headers, FlagEndHeaders, 9, block(":method=CONNECT"))}, {dir: s, data: frame(Headers, FlagEndHeaders, 9, block(":status=403"))}}, whole)
	if _, ok := tr.Stream(9).Tunnel(); ok {
		t.Error("a CONNECT that was refused is a tunnel")
	}
	if _, ok := tr.Stream(1).Tunnel(); ok {
		t.Error("a POST is a tunnel")
	}
	one := tr.Stream(1)
	drive(d, []ev{{dir: c, data: frame(RSTStream, 0, 1, "\x00\x00\x00\x08")}}, whole)
	if one.State() != Closed || tr.Stream(1) != nil {
		t.Errorf("a stream that was reset is in state %d", one.State())
	}
}

// What a tracker keeps is bounded: in streams, in header fields and in bodies.
func TestTrackerBounds(t *testing.T) {
	broken := map[string]int{}
	kept := 0
	tr := NewTracker(TrackerOptions{KeepBody: 1 << 20, Done: func(s *Stream) {
		broken[s.Response.Broken]++
		kept = max(kept, len(s.Response.Body.Bytes))
	}})
	d := New([2]int64{}, func(m proto.Message) { tr.Frame(&m, 0, 0) }, Options{Keep: -1, Body: tr.Piece})
	drive(d, hello, whole)
	for i := range maxOpen + 500 {
		d.Data(c, []byte(get(uint32(2*i+1), "/")))
	}
	if len(tr.open) != maxOpen || broken[BrokenTooMany] != 500 || len(tr.recent) != 500 {
		t.Errorf("%d streams are open, %v, %d remembered", len(tr.open), broken, len(tr.recent))
	}
	large := []byte(frame(Data, 0, 1, strings.Repeat("x", defaultMaxFrame)))
	for i := range 100 { // of 1 MiB each
		id := uint32(2*(i+600) + 1)
		large[7], large[8] = byte(id>>8), byte(id)
		for range 64 {
			d.Data(s, large)
		}
	}
	if tr.bodies > maxBodies || tr.bodies < maxBodies/2 {
		t.Errorf("%d bytes of bodies are kept", tr.bodies)
	}
	var list strings.Builder
	e := hpack.NewEncoder(&list)
	if err := e.WriteField(hpack.HeaderField{Name: "a", Value: strings.Repeat("x", 4000)}); err != nil {
		t.Fatal(err)
	}
	list.WriteString(strings.Repeat("\xbe", 15))
	for i := range 1000 {
		d.Data(s, []byte(frame(Headers, FlagEndHeaders, uint32(2*(i+600)+1), list.String())))
	}
	if tr.fields > maxTracked-maxBodies || broken[BrokenTooMany] <= 500 {
		t.Errorf("%d bytes of header fields are kept, %v", tr.fields, broken)
	}
	tr.Finish(proto.BrokenCutOff, proto.BrokenCutOff)
	if tr.fields != 0 || tr.bodies != 0 || len(tr.open) != 0 || kept > 1<<20 || len(tr.recent) != maxRecent || len(tr.ring) != maxRecent {
		t.Errorf("in the end: %d, %d, %d streams, %d, %d", tr.fields, tr.bodies, len(tr.open), kept, len(tr.recent))
	}
}

// Lists that grow with what a hostile peer sends end somewhere.
func TestTrackerLists(t *testing.T) {
	tr := NewTracker(TrackerOptions{})
	d := New([2]int64{}, func(m proto.Message) { tr.Frame(&m, 0, 0) }, Options{Body: tr.Piece})
	drive(d, slices.Concat(hello, []ev{{dir: c, data: get(1, "/")}}), whole)
	for range 2 * maxInterim {
		d.Data(s, []byte(frame(Headers, FlagEndHeaders, 1, block(":status=103"))+frame(GoAway, 0, 0, "\x7f\xff\xff\xff\x00\x00\x00\x00")))
	}
	d.Data(s, []byte(ok(1)))
	window := func(n byte) { d.Data(c, []byte(frame(Settings, 0, 0, string([]byte{0, 4, 0, 0, 0, n})))) }
	ack := []byte(frame(Settings, FlagAck, 0, ""))
	window(0)
	d.Data(s, append(ack, ack...))
	for range 2 * maxStalls {
		d.Data(c, []byte(frame(WindowUpdate, 0, 1, "\x00\x00\x00\x01")))
		d.Data(s, []byte(frame(Data, 0, 1, "x")))
	}
	one := tr.Stream(1)
	if len(one.Interim) != maxInterim || len(tr.GoAways()) != maxGoAways || len(one.Stalls) != maxStalls {
		t.Errorf("%d interim responses, %d GOAWAYs, %d stalls", len(one.Interim), len(tr.GoAways()), len(one.Stalls))
	}
	for i := range byte(maxUnacknowledged + 10) {
		window(i)
	}
	if n := len(tr.windows.due[s]); n > maxUnacknowledged {
		t.Errorf("%d settings wait", n)
	}
	if conn, _ := tr.Windows(s, nil); conn.Known {
		t.Error("a window is still known")
	}

	tr = NewTracker(TrackerOptions{})
	d = New([2]int64{}, func(m proto.Message) { tr.Frame(&m, 0, 0) }, Options{Body: tr.Piece})
	drive(d, hello, whole)
	d.Data(s, ack)
	for i := range 2 * (maxGrowths + 1) {
		window(byte(i % 2))
		d.Data(s, ack)
	}
	if conn, _ := tr.Windows(s, nil); conn.Known {
		t.Error("an initial window that grows all the time is still followed")
	}
}

func FuzzTracker(f *testing.F) {
	client, server := recording(f)
	f.Add([]byte(client), []byte(server), uint8(3), uint16(0), uint16(0))
	f.Add([]byte(Preface+greeting+get(1, "/a")+post(3, "/b")), []byte(greeting+ok(1)+frame(Data, FlagPadded|FlagEndStream, 1, "\x01x\x00")+frame(RSTStream, 0, 3, "\x00\x00\x00\x08")), uint8(1), uint16(40), uint16(3))
	f.Add([]byte(get(9, "/a")), []byte(frame(PushPromise, FlagEndHeaders, 9, "\x00\x00\x00\x02"+block(":method=GET"))+frame(GoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00")), uint8(1), uint16(0), uint16(0))
	f.Fuzz(func(t *testing.T, client, server []byte, piece uint8, hole, size uint16) {
		at := min(int(hole), len(client))
		events := []ev{
			{dir: c, data: string(client[:at])},
			{dir: s, data: string(server)},
			{dir: c, gap: int64(size)},
			{dir: c, data: string(client[at:])},
			{dir: c, end: 'f'},
			{dir: s, end: 'c'},
		}
		one, a := tracked(TrackerOptions{KeepBody: 50}, events, whole)
		_, b := tracked(TrackerOptions{KeepBody: 50}, events, 1+int(piece))
		if a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
		if one.fields != 0 || one.bodies != 0 || len(one.open) != 0 {
			t.Fatalf("left: %d, %d, %d streams", one.fields, one.bodies, len(one.open))
		}
	})
}
