package app

import (
	"slices"
	"testing"

	"tcptalk/internal/timeline"
)

// A connection with more messages than are held at a time is read part by part, forwards and back; no message is left out.
func TestMessagesInParts(t *testing.T) {
	a, h := newApp(t, nil)
	a.mostMessages = 3
	a.OpenFile(write(t, "chat.pcapng", caseCapture(t, "basics-line-chat")))
	c := loaded(a, h)
	part := func(what string) (frames []uint32) {
		t.Helper()
		h.until(what, func() bool { return c.Messages.Rows != nil })
		for i := range c.Messages.Rows.Items() {
			frames = append(frames, c.View.At(c.Messages.Rows.First(i)).Frame)
		}
		if len(frames) > 3 {
			t.Errorf("%s: %d messages", what, len(frames))
		}
		return frames
	}
	a.FlipMessages()
	first := part("the first part is there")
	if c.HasMessages(true) || !c.HasMessages(false) || a.MoreMessages(true) {
		t.Fatal("there is nothing behind the first part, or something before it")
	}
	var all []uint32
	for all = append(all, first...); a.MoreMessages(false); all = append(all, part("the next part is there")...) {
		h.until("the next part is there", func() bool { return c.Messages.Rows != nil })
		var r timeline.MessageRow
		if c.Messages.Rows.Row(0, &r); r.Kind != timeline.MessageBefore || c.Messages.Rows.Before != len(all) {
			t.Errorf("the part behind %d messages begins with %+v", len(all), r)
		}
	}
	if !a.MoreMessages(true) {
		t.Fatal("there is no way back")
	}
	part("the part before is there")
	for a.MoreMessages(true) {
		part("the part before is there")
	}
	if got := part("the first part is there"); !slices.Equal(got, first) {
		t.Errorf("back at the beginning are %v, not %v", got, first)
	}
	a.mostMessages = 0
	a.ShowView(ChatView)
	a.selectConnection(c.Stream)
	h.until("the connection is decoded", func() bool { return c.Talk != nil })
	a.FlipMessages()
	h.until("all messages are there", func() bool { return c.Messages.Rows != nil })
	if n := c.Messages.Rows.Items(); n != len(all) || !slices.IsSorted(all) {
		t.Errorf("%d messages in parts, %d in all: %v", len(all), n, all)
	}
}

// A packet is selected whose messages are in another part: that part is shown, wherever it is.
func TestThePartOfAPacketIsShown(t *testing.T) {
	a, h := newApp(t, nil)
	a.mostMessages = 3
	a.OpenFile(write(t, "chat.pcapng", caseCapture(t, "basics-line-chat")))
	c := loaded(a, h)
	var ends []int // the last message's packet of each part
	shown := func() bool { return c.Messages.Rows != nil && !c.Messages.seeking }
	a.FlipMessages()
	h.until("the first part is there", shown)
	for {
		ends = append(ends, c.Messages.Rows.First(c.Messages.Rows.Items()-1))
		if !a.MoreMessages(false) {
			break
		}
		h.until("the next part is there", shown)
	}
	if len(ends) < 3 {
		t.Fatalf("there are %d parts", len(ends))
	}
	carried := func(p int) {
		t.Helper()
		a.SelectPacket(p)
		if m := &c.Messages; m.Sought() != 0 && m.Sought() != m.from || m.Rows != nil && m.Sought() != 0 {
			t.Errorf("on the way to packet %d: %d passed, %d before", p, m.Sought(), m.from)
		}
		h.until("the packet's part is there", shown)
		if m := &c.Messages; !m.Rows.Carries(m.At, p) || c.Packet != p {
			t.Errorf("packet %d: message %d of those behind %d is selected", p, m.At, m.Rows.Before)
		}
	}
	for _, k := range []int{0, len(ends) - 1, 1, len(ends) - 2} {
		carried(ends[k])
	}
	a.ShowView(ChatView)
	a.SelectPacket(ends[len(ends)-1])
	a.FlipMessages()
	h.until("the messages are there again", shown)
	if m := &c.Messages; !m.Rows.Carries(m.At, c.Packet) {
		t.Errorf("from the chat one comes to message %d of those behind %d", m.At, m.Rows.Before)
	}
	if !a.MoreMessages(true) {
		t.Fatal("there is no part before")
	}
	h.until("the part before is there", shown)
	if c.Messages.Rows.Beyond(c.Packet) != 1 {
		t.Error("a reader who turns back is not let")
	}
}

// What is not shown of a message is found in the byte streams.
func TestAMessageIsShownInTheByteStreams(t *testing.T) {
	a, h, c := said(t, "http-picture")
	a.ShowBytesOf(1)
	h.until("the byte streams are there", func() bool { return c.Shows == StreamView && c.Bytes.Rows != nil })
	if row := c.RowOfMatch(); row < 0 || c.Bytes.Rows.Row(row).Text != "HTTP/1.1 200 OK" || !c.Bytes.Options.Decoded {
		t.Errorf("row %d, decoded %v", row, c.Bytes.Options.Decoded)
	}
	a.ShowBytesOf(-1)
}
