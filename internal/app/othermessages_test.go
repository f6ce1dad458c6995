package app

import (
	"strings"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// A reader looks at a DNS conversation as messages, goes from the question to its answer, and back to the chat of packets.
func TestAConversationOverUDPIsReadAsMessages(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "dns.pcapng", caseCapture(t, "other-dns-udp-tcp")))
	c := loaded(a, h)
	a.ShowFamily(UDPFamily)
	a.SelectOther(0)
	h.until("its packets are shown", c.Other.Shown)
	if c.SaysMessages() || c.Other.Messages != nil {
		t.Fatal("messages are made before anybody asks")
	}
	a.FlipMessages()
	h.until("the messages are made", func() bool { return c.Other.Messages != nil })
	m := c.Other.Messages
	var r timeline.MessageRow
	if m.Row(0, &r); !c.SaysMessages() || m.Len() != c.Other.View.Len() || m.Paired(0) != 1 || !strings.Contains(r.Title, "www.example.test") {
		t.Fatalf("%d messages, the first one %+v", m.Len(), r)
	}
	a.SelectOtherPacket(m.Paired(c.Other.Packet))
	if c.Other.Packet != 1 || m.Paired(1) != 0 {
		t.Errorf("the answer is packet %d, its question %d", c.Other.Packet, m.Paired(1))
	}
	a.Set(func(s *Settings) { s.Lang = narrate.Chinese })
	h.until("the messages are made in Chinese", func() bool { return c.Other.Messages != nil && c.Other.Messages.Options.Lang == narrate.Chinese })
	if c.Other.Packet != 1 {
		t.Errorf("packet %d is selected", c.Other.Packet)
	}
	var text string
	a.OtherMessagesText(func(s string, _, _ int) { text = s })
	h.until("the text is made", func() bool { return text != "" })
	if !strings.Contains(text, "回应 #1") {
		t.Errorf("the text is %q", text)
	}
	a.SelectOther(1)
	h.until("the next one's messages are made", func() bool {
		return c.Other.Messages != nil && c.Other.Messages.Of(c.Other.View)
	})
	a.FlipMessages()
	if c.SaysMessages() || c.Other.Messages != nil || !c.Other.Shown() {
		t.Error("the chat of packets is not shown again")
	}
}
