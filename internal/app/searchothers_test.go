package app

import "testing"

// A reader types a name that was asked for over UDP, and walks from match to match.
func TestTextsAreFoundInDatagrams(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "other.pcapng", caseCapture(t, "other-who-else-talks")))
	c := loaded(a, h)
	search := func(text string) {
		a.SetFilter(text)
		h.until("the search ends", func() bool { return !c.Search.Running })
	}
	search("PAL.home.arpa") // which stands in no packet's bytes like that
	if c.Search.Count < 2 || len(c.Search.Others) == 0 || len(c.Search.Found) != 0 || c.Search.Fail != nil {
		t.Fatalf("%d found: %+v, %v", c.Search.Count, c.Search.Others, c.Search.Fail)
	}
	at := func() (int, int) { return c.Other.Index, c.Other.Packet }
	var first, second [2]int
	if !a.FoundBy(1) || c.Side.Family != UDPFamily {
		t.Fatalf("the list shows family %d", c.Side.Family)
	}
	h.until("its packets are shown", c.Other.Shown)
	first[0], first[1] = at()
	if place, of := c.MatchPlace(); place != 1 || of != 2 || !c.MatchedOther(first[1]) {
		t.Errorf("match %d of %d", place, of)
	}
	a.FoundBy(1)
	second[0], second[1] = at()
	if first == second || !c.MatchedOther(second[1]) {
		t.Errorf("the next match is at %v, the first one at %v", second, first)
	}
	a.FoundBy(-1)
	if i, p := at(); [2]int{i, p} != first {
		t.Errorf("the one before is at %d, %d", i, p)
	}
	search("ssdp:discover")
	listed := len(c.Side.Others)
	if c.Search.Count == 0 || listed != len(c.Search.Others) {
		t.Errorf("%d lines of SSDP found, %d conversations listed", c.Search.Count, listed)
	}
	search("there") // said over TCP
	if len(c.Search.Found) == 0 {
		t.Fatal("nothing is found in the connection")
	}
	for n := 0; c.Other.Shown(); n++ {
		if !a.FoundBy(1) || n > 20 {
			t.Fatal("no way back to the connection")
		}
	}
	if c.Side.Family != TCPFamily || !c.Matched(c.Packet) {
		t.Errorf("family %d, packet %d", c.Side.Family, c.Packet)
	}
}
