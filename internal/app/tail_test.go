package app

import (
	"context"
	"strings"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
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
		c.Tail.took, c.Tail.decodes, c.Tail.judges = 0, pace{}, pace{} // or pauses would be kept
		h.changes = 0
		a.Grew()
		if c.View.Len() != n || c.Chat.View().Len() != n || h.changes&TailChanged == 0 || h.changes&ChatChanged != 0 || h.changes&PanesChanged == 0 {
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
	h.until("what came at first is decoded", func() bool { return c.Tail.decoding == nil })
	c.Tail.decodes = pace{}
	a.Grew()
	h.until("what came is decoded", func() bool { return c.Tail.decoding == nil && !c.Tail.undecoded })
	if c.Talk == nil || c.Talk.Streams().Len(0) != 4*70 {
		t.Errorf("the messages are those of before")
	}
	a.GrowthEnded()
	a.GrowthEnded()
	if c.Tail.Growing || c.Tail.New != 0 || c.Packet != 3 {
		t.Errorf("at last: %+v, packet %d", c.Tail, c.Packet)
	}
}

// What is found out about the whole connection is not found out anew for every packet, but at last.
func TestWhatIsMadeOfTheWholeConnectionKeepsAPace(t *testing.T) {
	const each = 1000
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "grows.pcap", generatedBy(t, 10, each)))
	c := a.Capture
	h.until("the beginning is decoded", func() bool { return c.Talk != nil })
	a.GrowFrom()
	grow := func(n int) {
		grownTo(t, c, n, each)
		c.Tail.took, h.changes = 0, 0
		a.Grew()
	}
	grow(20)
	h.until("what came is decoded", func() bool { return c.Tail.decoding == nil })
	grow(30)
	if h.changes&PanesChanged != 0 || !c.Tail.unjudged || !c.Tail.undecoded || c.Tail.decoding != nil || c.View.Len() != 30 {
		t.Errorf("all of it is done again at once: changes %b, %+v", h.changes, c.Tail)
	}
	a.GrowthEnded()
	h.until("the end is decoded", func() bool { return c.Tail.decoding == nil && !c.Tail.undecoded })
	if c.Tail.unjudged || h.changes&PanesChanged == 0 || c.Talk.Streams().Len(0) != 4*30 {
		t.Errorf("at last something is left to do: %+v", c.Tail)
	}
}

// Of a conversation that has reached its bound the messages stay while it grows, and the chat goes on. In the end all is read once more.
func TestABoundedConversationGrows(t *testing.T) {
	a, h, _, r := capturing(t)
	const each = 100 // commands in a packet
	asked, answered := []byte(strings.Repeat("*1\r\n$4\r\nPING\r\n", each)), []byte(strings.Repeat("+PONG\r\n", each))
	r.record(connectionFrame(true, 0x02, 0, 0, nil), connectionFrame(false, 0x12, 0, 1, nil), connectionFrame(true, 0x10, 1, 1, nil))
	n := 3
	talk := func(rounds int) {
		t.Helper()
		for range rounds {
			k := uint32(n-3) / 2
			sent, got := 1+k*uint32(len(asked)), 1+k*uint32(len(answered))
			r.record(connectionFrame(true, 0x18, sent, got, asked), connectionFrame(false, 0x18, got, sent+uint32(len(asked)), answered))
			n += 2
		}
		h.until("the packets are shown", func() bool { c := a.Capture; return c.View != nil && c.View.Len() == n })
	}
	c := a.Capture
	again := func() {
		t.Helper()
		c.Tail.decodes = pace{} // or a pause would be kept
		a.Grew()
		h.until("it is decoded", func() bool { return c.Tail.decoding == nil && !c.Tail.undecoded })
	}
	talk(10)
	again()
	before := c.Talk
	talk(1000)
	again()
	bounded := c.Talk
	if bounded == before || !bounded.Limited || bounded.Protocol != "redis" {
		t.Fatalf("%d messages of %q", len(bounded.Messages), bounded.Protocol)
	}
	talk(5)
	again()
	if c.Talk != bounded {
		t.Error("the same messages were made anew")
	}
	r.Stop()
	h.until("it is over", func() bool { return !c.Live.Running() && c.Tail.decoding == nil && !c.Tail.undecoded })
	if c.Talk == bounded || len(c.Talk.Messages) != len(bounded.Messages) || len(c.Talk.Places(n-1)) == 0 {
		t.Errorf("%d messages at last, of %d", len(c.Talk.Messages), len(bounded.Messages))
	}
}

// While many packets are decoded more come: they are shown meanwhile, and stand behind the messages as soon as those are there.
func TestTheChatGrowsWhileItIsDecoded(t *testing.T) {
	a, h, _, r := capturing(t)
	c := a.Capture
	sent := 0
	send := func(n int) {
		frames := make([][]byte, n)
		for i := range frames {
			frames[i] = connectionFrame(true, 0x18, uint32(sent*4), 1, []byte("more"))
			sent++
		}
		r.record(frames...)
	}
	send(chattedAtOnce + 1)
	h.until("the first ones are shown", func() bool { return c.View != nil && c.View.Len() == sent && c.Tail.decoding == nil })
	own := &diagnose.OpinionSet{}
	c.Tail.decoding = func() {}
	d := decodedTail{ctx: c.ctx, stream: c.Stream, from: c.Chat, chat: c.Chat.WithOpinions(own), talk: c.Talk, own: own}
	send(2 * chattedAtOnce)
	h.until("the others are shown", func() bool { return c.View.Len() == sent })
	if a.tailDecoded(c, &d); c.Tail.decoding == nil {
		t.Error("many packets were added at once")
	}
	h.until("it is decoded", func() bool { return c.Tail.decoding == nil })
	if c.Chat.Opinions() != own || c.Chat.View() != c.View || c.View.Len() != sent {
		t.Errorf("%d packets in the chat, %d in the view, of %d", c.Chat.View().Len(), c.View.Len(), sent)
	}
}
