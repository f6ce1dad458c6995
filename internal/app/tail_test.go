package app

import (
	"context"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// grownTo gives the open capture of generated packets more of them, as a capture that goes on would.
func grownTo(t *testing.T, c *Capture, n, each int) {
	t.Helper()
	f, err := pcapfile.OpenBytes(generatedBy(t, n, each), "grown.pcap")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	before := c.Session
	c.Session = s
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
}

// A reader watches packets come, scrolls up to read while they are counted, and goes back to the end.
func TestTheChatFollowsWhatComes(t *testing.T) {
	const each = 1000
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "grows.pcap", generatedBy(t, 10, each)))
	c := a.Capture
	a.AtEnd(true)
	if c.Tail.Growing || c.Tail.Follow {
		t.Fatalf("a file that does not grow is followed: %+v", c.Tail)
	}
	a.GrowFrom()
	if !c.Tail.Growing || !c.Tail.Follow {
		t.Fatalf("%+v", c.Tail)
	}
	a.Grew()
	if c.View.Len() != 10 {
		t.Fatalf("%d packets came out of nothing", c.View.Len()-10)
	}
	a.SelectPacket(3)
	grow := func(n int) {
		t.Helper()
		grownTo(t, c, n, each)
		c.Tail.took = 0 // or a pause would be kept
		h.changes = 0
		a.Grew()
		if c.View.Len() != n || c.Chat.View().Len() != n || h.changes&TailChanged == 0 || h.changes&ChatChanged != 0 {
			t.Fatalf("%d packets of %d are shown, changes %b", c.View.Len(), n, h.changes)
		}
	}
	grow(30)
	if c.Tail.New != 0 || c.Packet != 3 {
		t.Errorf("%d counted while the end is followed, packet %d is selected", c.Tail.New, c.Packet)
	}
	a.AtEnd(false)
	grow(67)
	if c.Tail.New != 37 || c.Tail.Follow {
		t.Errorf("%d new, follows %v", c.Tail.New, c.Tail.Follow)
	}
	grow(70)
	if c.Tail.New != 40 {
		t.Errorf("%d new", c.Tail.New)
	}
	a.AtEnd(true)
	if c.Tail.New != 0 || !c.Tail.Follow {
		t.Errorf("at the end: %d new, follows %v", c.Tail.New, c.Tail.Follow)
	}
	h.until("what came is decoded", func() bool { return c.Tail.decoding == nil })
	if c.Talk == nil || c.Talk.Streams().Len(0) != 4*70 {
		t.Errorf("the messages are those of before")
	}
	a.GrowthEnded()
	a.GrowthEnded()
	if c.Tail.Growing || c.Tail.New != 0 || c.Packet != 3 {
		t.Errorf("at last: %+v, packet %d", c.Tail, c.Packet)
	}
}
