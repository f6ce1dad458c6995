package app

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/narrate"
)

func TestDisplayFiltersFindPackets(t *testing.T) {
	a, _, c := lostHandshakes(t)
	a.SetFilter("tcp.flags.syn == 1 && tcp.flags.ack == 0")
	if c.Search.Running || c.Search.Count == 0 || !c.Matched(0) || c.Matched(c.View.Len()-1) {
		t.Errorf("running %v, %d found, the first packet is one: %v", c.Search.Running, c.Search.Count, c.Matched(0))
	}
	n := 0
	for stream, m := range c.Search.Found {
		if n += m.Count; m.Count != len(m.Packets) || !slices.Contains(c.Shown, stream) {
			t.Errorf("connection %d: %d found, packets %v, listed %v", stream, m.Count, m.Packets, c.Shown)
		}
	}
	if n != c.Search.Count || len(c.Shown) != len(c.Search.Found) {
		t.Errorf("%d of %d, listed %v", n, c.Search.Count, c.Shown)
	}
}

func TestAMistakeKeepsTheLastGoodResult(t *testing.T) {
	a, h, c := lostHandshakes(t)
	a.SetFilter("tcp.port == 43842")
	h.changes = 0
	a.SetFilter("tcp.port == 43842 && tcp.prot == 1")
	if e := c.Search.Err; e == nil || e.Column != 21 {
		t.Fatalf("%v", c.Search.Err)
	}
	if !slices.Equal(c.Shown, []int{4}) || c.Search.Text != "tcp.port == 43842" || h.changes != SearchChanged {
		t.Errorf("listed %v by %q, changes %b", c.Shown, c.Search.Text, h.changes)
	}
	a.SetFilter("tcp.port == 43842 && tcp.port == 1")
	if c.Search.Err != nil || len(c.Shown) != 0 {
		t.Errorf("%v, listed %v", c.Search.Err, c.Shown)
	}
	a.SetFilter(" ")
	if c.Search.Active() || len(c.Shown) != 5 || len(c.Search.Found) != 0 {
		t.Errorf("cleared: %+v, listed %v", c.Search, c.Shown)
	}
}

func TestTextsAreFoundInPayload(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "picture.pcapng", caseCapture(t, "http-picture")))
	c := loaded(a, h)
	a.SetFilter("content-TYPE: image/png")
	h.until("the search ends", func() bool { return !c.Search.Running })
	m := c.Search.Found[0]
	if m.Count == 0 || len(m.Packets) == 0 || c.Search.Fail != nil || c.Search.Part || !slices.Equal(c.Shown, []int{0}) {
		t.Fatalf("%+v, listed %v", c.Search, c.Shown)
	}
	a.SelectPacket(int(m.Packets[0]))
	if at, of := c.MatchPlace(); at != 1 || of != len(m.Packets) {
		t.Errorf("match %d of %d", at, of)
	}
}

func TestFromMatchToMatch(t *testing.T) {
	a, h, c := lostHandshakes(t)
	a.SetFilter("tcp.flags.syn == 1 && tcp.flags.ack == 1")
	type place struct{ stream, packet int }
	var all []place
	for _, stream := range c.Shown {
		for _, p := range c.Search.Found[stream].Packets {
			all = append(all, place{stream, int(p)})
		}
	}
	if len(all) < 4 || len(c.Search.Found) < 3 {
		t.Fatalf("%v", all)
	}
	a.SelectPacket(0)
	for i := range len(all) + 2 { // and around the end
		a.FoundBy(1)
		h.until("the connection is shown", func() bool { return c.Stream == c.wanted })
		if want := all[i%len(all)]; c.Stream != want.stream || c.Packet != want.packet {
			t.Fatalf("step %d is packet %d of connection %d, want %v", i, c.Packet, c.Stream, want)
		}
	}
	for i := 1; i >= -1; i-- {
		if want := all[(i+len(all))%len(all)]; c.Stream != want.stream || c.Packet != want.packet {
			t.Fatalf("back at %d is packet %d of connection %d, want %v", i, c.Packet, c.Stream, want)
		}
		a.FoundBy(-1)
		h.until("the connection is shown", func() bool { return c.Stream == c.wanted })
	}
}

func TestSearchesOfALargeCaptureRunInTheBackground(t *testing.T) {
	a, h, c := many(t)
	a.read(c, nil)
	h.until("they are listed", func() bool { return len(c.Shown) == listedAtOnce+1 })
	a.SetFilter("tcp.port == 1101")
	if !c.Search.Running || len(c.Shown) != listedAtOnce+1 {
		t.Fatalf("running %v, %d listed before it is known what was found", c.Search.Running, len(c.Shown))
	}
	if !a.StopSearch() || c.Search.Running || !c.Search.Part || len(c.Search.Found) != 0 {
		t.Errorf("stopped: %+v", c.Search)
	}
	if a.StopSearch() {
		t.Error("what was stopped is stopped again")
	}
	a.SetFilter("tcp.port == 1102") // typing on ends the search before
	a.SetFilter("tcp.port == 1103")
	h.until("the search ends", func() bool { return !c.Search.Running && c.listing == nil })
	if c.Search.Part || len(c.Shown) == 0 || len(c.Shown) != len(c.Search.Found) {
		t.Errorf("%d listed, %d found, part %v", len(c.Shown), len(c.Search.Found), c.Search.Part)
	}
	for _, stream := range c.Shown {
		if conn := c.Session.Connection(stream); conn.Client.Port() != 1103 && conn.Server.Port() != 1103 {
			t.Fatalf("%v is listed", conn)
		}
	}
}

func TestWhatIsReadLaterIsFoundToo(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "picture.pcapng", caseCapture(t, "http-picture")))
	c := a.Capture
	a.SetFilter("tcp.flags.fin == 1") // nothing is read yet
	loaded(a, h)
	h.until("the search ends", func() bool { return !c.Search.Running })
	if c.Search.Count != 2 {
		t.Errorf("%d packets found", c.Search.Count)
	}
}

func TestSearchesAreKept(t *testing.T) {
	dir := t.TempDir()
	a, h := newApp(t, NewStore(dir, narrate.English))
	a.OpenFile(write(t, "picture.pcapng", caseCapture(t, "http-picture")))
	loaded(a, h)
	for _, text := range []string{"GET", " tcp ", "tcp.prot == 1", "GET"} { // the third is none, the last was there
		a.SetFilter(text)
		a.KeepSearch()
	}
	if want := []string{"GET", "tcp"}; !slices.Equal(a.Searches, want) {
		t.Fatalf("%q", a.Searches)
	}
	a.KeepSearch()
	for i := range maxSearches + 5 {
		a.SetFilter("word" + strings.Repeat("x", i))
		a.KeepSearch()
	}
	again, _ := newApp(t, NewStore(dir, narrate.English))
	if !slices.Equal(again.Searches, a.Searches) || len(again.Searches) != maxSearches {
		t.Errorf("%d kept, %d read again", len(a.Searches), len(again.Searches))
	}
	again.ForgetSearches()
	if empty, _ := newApp(t, NewStore(dir, narrate.English)); len(empty.Searches) != 0 {
		t.Errorf("%q are still kept", empty.Searches)
	}
}

func TestSearchesAreTraced(t *testing.T) {
	var out bytes.Buffer
	h := newHost(t)
	a, err := New(h, cases.FS(), NewStore(t.TempDir(), narrate.English), NewTrace(&out, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Quit)
	a.OpenCase("http-picture")
	loaded(a, h)
	out.Reset()
	a.SetFilter("tcp.flags.fin == 1")
	a.SetFilter("tcp.flags.fin ==")
	var events []map[string]any
	for line := range strings.Lines(out.String()) {
		var e map[string]any
		if json.Unmarshal([]byte(line), &e) == nil && e["event"] == "search" {
			events = append(events, e)
		}
	}
	if len(events) < 2 {
		t.Fatalf("%s", out.String())
	}
	if e := events[0]; e["matches"] != 2.0 || e["connections"] != 1.0 || e["running"] != false || e["error"] != nil {
		t.Errorf("%v", e)
	}
	if e := events[len(events)-1]; e["error"] == nil || e["column"] != 16.0 || e["text"] != "tcp.flags.fin == 1" {
		t.Errorf("%v", e)
	}
}
