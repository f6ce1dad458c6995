package timeline

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// check holds a chat against what every chat promises: each packet has exactly one row that shows it, rows are in order,
// nothing remarkable is folded away, and Shape and Row agree.
func check(t *testing.T, c *Chat) {
	t.Helper()
	shown := make([]int, c.View().Len())
	var row Row
	last := int32(0)
	for i := range c.Len() {
		c.Row(i, &row)
		agree(t, c, i, &row)
		r := c.rows.at(i)
		if r.first < last {
			t.Fatalf("row %d begins with packet %d behind packet %d", i, r.first, last)
		}
		last = r.first
		switch {
		case r.kind == Bubble:
			shown[r.first]++
		case r.kind == Fold && !row.Open:
			for p := r.first; p <= r.last; p++ {
				shown[p]++
				unremarkable(t, c, int(p))
			}
		}
	}
	for p, n := range shown {
		if n != 1 {
			t.Fatalf("packet %d is shown by %d rows", p, n)
		}
		row := c.RowOf(p)
		if r := c.rows.at(row); r.kind == Bubble && int(r.first) != p || r.kind == Fold && (int(r.first) > p || int(r.last) < p) || r.kind > Fold {
			t.Fatalf("packet %d is said to be in row %d: %+v", p, row, r)
		}
		if first := c.PacketOf(row); first > p || first < 0 {
			t.Fatalf("row %d of packet %d shows packet %d first", row, p, first)
		}
	}
}

// unremarkable fails if packet p has no place in a fold.
func unremarkable(t *testing.T, c *Chat, p int) {
	t.Helper()
	r, probes := c.View().At(p), false
	switch c.moments[p] {
	case diagnose.AskAlive, diagnose.AskAliveAgain, diagnose.AliveAnswer, diagnose.AskRoom, diagnose.NoRoom:
		probes = true
	default: // of the others only what has no moment
	}
	const storm = tcp.DuplicateAck | again
	if !probes && (c.moments[p] != diagnose.Nothing || r.Labels&^storm != 0) || r.Flags.Any(packet.SYN|packet.FIN|packet.RST|packet.URG) ||
		!r.HasNumbers() || len(c.talk.Starting(p)) > 0 {
		t.Errorf("packet #%d is folded away: moment %d, labels %v, flags %b", r.Frame, c.moments[p], r.Labels.Names(), r.Flags)
	}
}

// agree compares the shape of row i with the row.
func agree(t *testing.T, c *Chat, i int, r *Row) {
	t.Helper()
	note := r.Note
	if r.Kind == Closing {
		note = r.Detail
	}
	want := Shape{
		Kind: r.Kind, Chips: len(r.Chips) > 0, Title: r.Title != "", Lines: uint16(len(r.Lines)), More: r.More != 0,
		Frames: uint16(len(r.Frames)), Note: note, Alarm: r.Note != "" && r.NoteSeverity != Info,
		Facts: uint8(len(r.Facts)), Text: uint8(len(r.Sentences)),
	}
	if got := c.Shape(i); got != want {
		t.Errorf("row %d (packet %d): shape %+v, row %+v", i, r.Packet, got, want)
	}
}

// variants are the ways to show a chat that the tests go through.
func variants() []Options {
	var out []Options
	for _, l := range []narrate.Lang{narrate.English, narrate.Chinese} {
		for _, fold := range []bool{true, false} {
			o := DefaultOptions()
			o.Lang, o.FoldRuns = l, fold
			out = append(out, o)
		}
	}
	plain := DefaultOptions()
	plain.Notes, plain.Silence, plain.RawNumbers, plain.Time, plain.PayloadLines = false, 0, true, ClockUTC, 1
	return append(out, plain)
}

// TestRecordings checks the chats of every connection of every recording, folded, unfolded and expanded.
func TestRecordings(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		s := recording(t, e.Name())
		for stream := range s.Streams() {
			for k, o := range variants() {
				t.Run(fmt.Sprintf("%s/%d/%d", e.Name(), stream, k), func(t *testing.T) {
					c := chatOf(t, s, stream, o)
					check(t, c)
					check(t, c.With(nil, o))
					unfold(t, c)
				})
			}
		}
	}
}

// unfold opens every fold and every bubble, checking the chat each time, and closes the folds again.
func unfold(t *testing.T, c *Chat) {
	t.Helper()
	open, folds := c, 0
	for i := 0; i < open.Len(); i++ {
		if open.rows.at(i).kind != Fold {
			continue
		}
		folds++
		open = open.Toggled(i)
		check(t, open)
		if open.rows.at(i).kind != Fold || !isOpen(open, i) {
			t.Fatalf("row %d is not an open fold", i)
		}
	}
	for i := range open.Len() {
		open = open.Expanded(i)
	}
	check(t, open)
	for i := 0; i < open.Len(); i++ {
		if open.rows.at(i).kind == Fold {
			folds--
			open = open.Toggled(i)
		}
	}
	if folds != 0 || !reflect.DeepEqual(open.rows.all(), c.rows.all()) {
		t.Errorf("%d folds are left over, or closing them does not give the rows from before", folds)
	}
}

func isOpen(c *Chat, i int) bool {
	var r Row
	c.Row(i, &r)
	return r.Open
}

// TestRandom checks chats of connections that no program would make.
func TestRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	flags := []packet.Flags{
		packet.SYN, packet.SYN | packet.ACK, packet.ACK, packet.ACK, packet.ACK, packet.ACK, packet.PSH | packet.ACK,
		packet.FIN | packet.ACK, packet.RST, packet.RST | packet.ACK, packet.URG | packet.ACK, 0,
	}
	for range 200 {
		segments := make([]seg, 1+rnd.IntN(60))
		at := int64(0)
		for i := range segments {
			at += rnd.Int64N(1000) * rnd.Int64N(1e6)
			n := seg{at: at, server: rnd.IntN(2) == 0, flags: flags[rnd.IntN(len(flags))], seq: 100, ack: 100}
			n.seq += uint32(rnd.IntN(5))
			n.ack += uint32(rnd.IntN(5))
			n.window = uint16(rnd.IntN(3) * 1000)
			if rnd.IntN(3) == 0 {
				n.size = rnd.IntN(4) * rnd.IntN(200)
				n.cut = rnd.IntN(n.size + 1)
			}
			segments[i] = n
		}
		s := made(t, segments)
		for stream := range s.Streams() {
			for _, o := range variants()[2:] {
				check(t, chatOf(t, s, stream, o))
			}
		}
	}
}

// TestFolds checks what is folded of a download, and what a fold says.
func TestFolds(t *testing.T) {
	c := chatOf(t, made(t, bulk(100, 1000)), 0, DefaultOptions())
	check(t, c)
	var kinds []Kind
	for _, r := range c.rows.all() {
		kinds = append(kinds, r.kind)
	}
	if want := []Kind{Divider, Bubble, Bubble, Bubble, Divider, Fold, Closing}; !reflect.DeepEqual(kinds, want) {
		t.Fatalf("rows %v, want %v", kinds, want)
	}
	var r Row
	c.Row(5, &r)
	if r.Packet != 3 || r.Frame != 4 || r.LastFrame != 153 || r.Text != "#4–#153" || r.Detail != "150 packets · 100 kB from the server" {
		t.Errorf("%+v", r)
	}
	if got := c.RowOf(80); got != 5 {
		t.Errorf("packet 80 is in row %d", got)
	}
	open := c.Revealing(80)
	if got := open.RowOf(80); open.rows.at(got).kind != Bubble || open.PacketOf(got) != 80 {
		t.Errorf("packet 80 is in row %d after all was done to reveal it", got)
	}
	if open.Revealing(80) != open {
		t.Error("revealing a packet that is shown makes another chat")
	}
	// An open fold stays open when the options change so that it begins elsewhere.
	o := DefaultOptions()
	o.Silence = 0
	if again := open.With(open.talk, o); again.rows.at(again.RowOf(80)).kind != Bubble {
		t.Error("the fold is closed by other options")
	}
	words := open.options
	words.Notes = !words.Notes
	if again := open.With(open.talk, words); &again.rows.pieces[0] != &open.rows.pieces[0] || again.options != words {
		t.Error("rows are built anew though only their words are others")
	}
}

// TestNoFoldOfWords checks that what people say to each other stays unfolded where no protocol is known, however long it gets.
func TestNoFoldOfWords(t *testing.T) {
	segments := bulk(0, 0)
	next := [2]uint32{100, 500}
	for i := range 40 {
		server := i%2 == 1
		n := seg{at: int64(i+1) * 1e6, server: server, flags: packet.PSH | packet.ACK, seq: next[i%2], ack: next[1-i%2], window: 65000, text: "a word\n"}
		next[i%2] += uint32(len(n.text))
		segments = append(segments, n)
	}
	c := chatOf(t, made(t, segments), 0, DefaultOptions())
	for i, r := range c.rows.all() {
		if r.kind == Fold {
			t.Errorf("row %d folds what was said", i)
		}
	}
}

// TestBounds asks for rows and packets that are not there.
func TestBounds(t *testing.T) {
	c := chatOf(t, made(t, bulk(4, 100)), 0, DefaultOptions())
	for _, i := range []int{-1, c.Len(), c.Len() + 5} {
		if c.PacketOf(i) != -1 || c.Toggled(i) != c || c.Expanded(i) != c {
			t.Errorf("row %d does something", i)
		}
	}
	for _, p := range []int{-1, c.View().Len()} {
		if c.RowOf(p) != -1 || c.Revealing(p) != c {
			t.Errorf("packet %d is in row %d", p, c.RowOf(p))
		}
	}
}

// TestFailure checks the row that tells where a capture breaks off.
func TestFailure(t *testing.T) {
	s := made(t, bulk(2, 10))
	c := NewChat(view(t, s, 0), nil, DefaultOptions(), errors.New("the disk is gone"))
	var r Row
	c.Row(c.Len()-1, &r)
	agree(t, c, c.Len()-1, &r)
	if r.Kind != Failure || r.RowSeverity != Fail || !reflect.DeepEqual(r.Sentences, []string{"the disk is gone"}) {
		t.Errorf("%+v", r)
	}
}

// TestGrowing asks that only what is over has an end while the capture grows.
func TestGrowing(t *testing.T) {
	s := made(t, bulk(2, 10))
	o := DefaultOptions()
	last := func(c *Chat) Kind {
		var r Row
		c.Row(c.Len()-1, &r)
		return r.Kind
	}
	whole := NewChat(view(t, s, 0), nil, o, nil)
	o.Growing = true
	if grows := whole.With(nil, o); last(whole) != Closing || last(grows) == Closing {
		t.Errorf("an open connection ends with %v, and with %v while the capture grows", last(whole), last(grows))
	}
	refused := made(t, []seg{{flags: packet.SYN, seq: 1, window: 100}, {server: true, flags: packet.RST | packet.ACK, ack: 2}})
	if c := NewChat(view(t, refused, 0), nil, o, nil); last(c) != Closing {
		t.Errorf("a refused connection ends with %v", last(c))
	}
}

// TestUnknownLength checks the row of a segment whose numbers mean nothing.
func TestUnknownLength(t *testing.T) {
	segments := append(bulk(0, 0), seg{at: 1e6, flags: packet.FIN | packet.ACK, seq: 7, window: 100, long: true})
	c := chatOf(t, made(t, segments), 0, DefaultOptions())
	check(t, c)
	var r Row
	c.Row(c.RowOf(3), &r)
	if r.Meta != "" || r.Note != narrate.NoNumbers(narrate.English) || len(r.Lines) > 0 || r.NoteSeverity != Info {
		t.Errorf("%+v", r)
	}
}

// TestNoPackets checks the chat of a connection of which only an ICMP error tells.
func TestNoPackets(t *testing.T) {
	quoted := (&seg{flags: packet.SYN, seq: 99, window: 1000}).bytes()
	icmp := (&seg{size: len(quoted) - 12}).bytes()
	icmp[9], icmp[20], icmp[21] = 1, 3, 1 // destination unreachable: host unreachable
	copy(icmp[28:], quoted)
	c := chatOf(t, opened(t, []int64{0}, [][]byte{icmp}), 0, DefaultOptions())
	if c.View().Len() != 0 || c.Len() != 1 {
		t.Fatalf("%d packets in %d rows", c.View().Len(), c.Len())
	}
	check(t, c)
	var r Row
	c.Row(0, &r)
	if r.Kind != Closing || r.Text != "No packet of this connection was captured" || len(r.Facts) > 0 || r.RowSeverity == Fail {
		t.Errorf("%+v", r)
	}
}

// TestLongConnectionsReadNothing checks that a connection too long to be read for its heights shows a line of each payload,
// and the whole of one that is expanded.
func TestLongConnectionsReadNothing(t *testing.T) {
	segments := bulk(maxRead, 1000)
	text := "one\ntwo\nthree and some more words that go on for a while, up to the end of what a preview shows of it, and beyond\n"
	segments[5].text, segments[5].size = text, 1000
	segments[6].cut = 1000
	o := DefaultOptions()
	o.FoldRuns = false
	c := chatOf(t, made(t, segments), 0, o)
	var r Row
	for _, p := range []int{4, 5, 6, 7, 9} {
		i := c.RowOf(p)
		c.Row(i, &r)
		agree(t, c, i, &r)
		if size := c.View().At(p).Len; size > 0 && (len(r.Lines) != 1 || r.More == 0) {
			t.Errorf("packet %d: %d lines, %d more", p, len(r.Lines), r.More)
		}
		open := c.Expanded(i)
		open.Row(i, &r)
		agree(t, open, i, &r)
	}
	c.Row(c.RowOf(6), &r)
	if c.View().At(6).Len == 1000 && r.Lines[0] != "1,000 bytes, not captured" {
		t.Errorf("%q", r.Lines)
	}
}

// TestStory spells out the rows of the connection whose third handshake packet was lost.
func TestStory(t *testing.T) {
	c := chatOf(t, recording(t, "lost_ack_fin_ack_rst.pcap"), 0, DefaultOptions())
	var got []string
	var r Row
	for i := range c.Len() {
		c.Row(i, &r)
		switch r.Kind {
		case Bubble:
			got = append(got, fmt.Sprintf("#%d %s", r.Frame, r.Note))
		default:
			got = append(got, fmt.Sprintf("- %s %s", r.Text, r.Detail))
		}
	}
	want := []string{
		"- Handshake ",
		"#1 The client asks to open a connection. Its numbering starts here.",
		"#2 The server agrees and starts its own numbering. It is waiting for the third packet.",
		"#3 The client confirms: the third packet of the handshake. On its side the connection is open.",
		"- 1.02 s the server waits for the third handshake packet",
		"#4 The same answer again, 1.02 s later. For the server the handshake is not finished: it still lacks the third packet.",
		"#5 The client confirms once more: for it the connection has been open for a while.",
		"- 2.02 s the server waits for the third handshake packet",
		"#6 The same answer again, 2.02 s later. For the server the handshake is not finished: it still lacks the third packet.",
		"#7 The client confirms once more: for it the connection has been open for a while.",
		"- 4.13 s the server waits for the third handshake packet",
		"#8 The same answer again, 4.13 s later. For the server the handshake is not finished: it still lacks the third packet.",
		"#9 The client confirms once more: for it the connection has been open for a while.",
		"- 856 ms connected for the client; the server lacks the third packet",
		"- Close ",
		"#10 The client has nothing more to send and closes its direction.",
		"#11 The server acknowledges the FIN. Only with it the handshake has finished for the server as well.",
		"- 1.25 s the client has closed and waits for the other side's FIN",
		"#12 The server resets instead of closing in turn: probably no program there ever took this connection.",
		"- The client closed at 8.02 s; the server answered with RST For the server only the FIN finished the handshake; " +
			"probably no program there ever took the connection.",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestUpgrade checks where the divider of a WebSocket upgrade stands.
func TestUpgrade(t *testing.T) {
	s := recording(t, "ws_echo_chromium_deflate.pcapng")
	for stream := range s.Streams() {
		c := chatOf(t, s, stream, DefaultOptions())
		if c.upgrade < 0 {
			continue
		}
		var r Row
		for i := range c.Len() {
			if c.Row(i, &r); r.Kind == Divider && r.Text == "Upgraded to WebSocket" {
				if p := c.PacketOf(i + 1); p != c.upgrade {
					t.Errorf("it stands before packet %d, want %d", p, c.upgrade)
				}
				return
			}
		}
		t.Error("the upgrade has no divider")
	}
	t.Error("no connection was upgraded")
}
