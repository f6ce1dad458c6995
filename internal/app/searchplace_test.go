package app

import (
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/timeline"
)

// In the view of the messages F3 goes from message to message, not through all packets of one.
func TestMatchesAreGoneThroughByMessage(t *testing.T) {
	a, h, c := said(t, "http-picture")
	a.SetFilter("tcp.len > 0")
	h.until("the search ends", func() bool { return !c.Search.Running })
	found := len(c.Search.Found[c.Stream].Packets)
	a.SelectPacket(0)
	var at []int
	for range found {
		if !a.FoundBy(1) {
			t.Fatal("nothing is found")
		}
		if c.Messages.At == 0 && len(at) > 0 {
			break // around the end
		}
		at = append(at, c.Messages.At)
	}
	if len(at) == 0 || len(at) >= found || !slices.Equal(at, slices.Compact(slices.Clone(at))) {
		t.Errorf("%d packets found, messages %v", found, at)
	}
	for item := range c.Messages.Rows.Items() {
		if !c.MatchedMessage(item) {
			t.Errorf("message %d is not marked", item)
		}
	}
	if c.MatchedMessage(-1) || c.MatchedMessage(c.Messages.Rows.Items()) {
		t.Error("a message that there is not is marked")
	}
	a.SetFilter("tcp.flags.syn == 1")
	for item := range c.Messages.Rows.Items() {
		if c.MatchedMessage(item) {
			t.Errorf("message %d is marked, but no byte of it was in a SYN", item)
		}
	}
}

func TestMatchesInFoldedMessages(t *testing.T) {
	a, h, c := said(t, "streaming-websocket")
	a.SetFilter("websocket.opcode == 9")
	h.until("the search ends", func() bool { return !c.Search.Running })
	marked := 0
	for i := range c.Messages.Rows.Len() {
		fold := c.Messages.Rows.Shape(i).Kind == timeline.MessageFold
		if c.MatchedFold(i) {
			if marked++; !fold {
				t.Errorf("row %d is no fold", i)
			}
		}
	}
	if marked == 0 {
		t.Error("no fold with pings is marked")
	}
}

// A text that was searched for is gone to in the byte streams at its row, not where its packet begins.
func TestMatchesInTheByteStreams(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	a.ShowView(StreamView)
	h.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
	a.SelectPacket(0)
	if c.RowOfMatch() >= 0 {
		t.Error("the SYN has bytes")
	}
	a.SetFilter("accept-ranges")
	h.until("the search ends", func() bool { return !c.Search.Running })
	if !a.FoundBy(1) {
		t.Fatal("not found")
	}
	i := c.RowOfMatch()
	if i < 0 {
		t.Fatal("no row has it")
	}
	r := c.Bytes.Rows.Row(i)
	if !strings.Contains(r.Text, "Accept-Ranges") || !c.MatchedBytes(&r) {
		t.Errorf("row %d: %+v, marked %v", i, r, c.MatchedBytes(&r))
	}
	marked := 0
	for k := range c.Bytes.Rows.Len() {
		if r := c.Bytes.Rows.Row(k); c.MatchedBytes(&r) {
			marked++
		}
	}
	if marked == 0 || marked == c.Bytes.Rows.Len() {
		t.Errorf("%d of %d rows are marked", marked, c.Bytes.Rows.Len())
	}
	if times := c.MatchTimes(); len(times) != 1 || times[0] != c.View.At(c.Packet).Time-c.View.At(0).Time {
		t.Errorf("found at %v", times)
	}
	a.SetFilter("")
	if len(c.MatchTimes()) != 0 {
		t.Error("what is no longer searched for is still marked")
	}
}
