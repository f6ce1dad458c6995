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

// The diagnosis of a conversation over UDP is about that conversation.
func TestAConversationOverUDPIsDiagnosed(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "dns.pcapng", caseCapture(t, "other-dns-udp-tcp")))
	c := loaded(a, h)
	a.ShowTab(StatsTab)
	a.ShowFamily(UDPFamily)
	a.SelectOther(0)
	h.until("it is diagnosed", func() bool { return len(c.Other.Findings) > 0 })
	if c.ShownTab() != DiagnosisTab || c.HasTab(StatsTab) || c.HasTab(LessonTab) || !c.HasTab(FilesTab) {
		t.Errorf("tab %v is shown, statistics: %v", c.ShownTab(), c.HasTab(StatsTab))
	}
	found := c.Other.Findings[0]
	for l := range narrate.Lang(narrate.NumLangs) {
		if title, text, _, _ := narrate.OtherFinding(l, found); title == "" || strings.Contains(title+text, "$") || text == "" {
			t.Errorf("%v: %q, %q", l, title, text)
		}
	}
	a.SelectOther(1)
	h.until("the next one is diagnosed", func() bool { return c.Other.View.Ends[0].Port() != 50737 && len(c.Other.Findings) > 0 })
	a.SelectConnection(0)
	if c.ShownTab() != StatsTab || len(c.Other.Findings) > 0 {
		t.Errorf("tab %v is shown for a connection", c.ShownTab())
	}
}
