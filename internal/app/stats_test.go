package app

import (
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

func TestStatsAreMadeWhenTheirTabIsShown(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	if c.Stats.Measured != nil || a.StatsText() != "" {
		t.Fatal("the numbers are made before anybody looks")
	}
	a.ShowTab(StatsTab)
	if !c.Stats.Making() {
		t.Error("the numbers are not on their way")
	}
	h.until("the connection is measured", func() bool { return c.Stats.Spent != nil })
	if c.Stats.Making() || c.Stats.Err != nil || c.Stats.Spent.Exchanges == 0 {
		t.Errorf("%+v", c.Stats)
	}
	if text := a.StatsText(); !strings.HasPrefix(text, "# "+c.View.Conn.Client.String()) || !strings.Contains(text, "| Packets | ") {
		t.Errorf("as text: %.200s", text)
	}
	measured := c.Stats.Measured
	a.ShowTab(DiagnosisTab)
	h.changes = 0
	a.ShowTab(StatsTab)
	if c.Stats.Measured != measured || h.changes&StatsChanged != 0 {
		t.Error("the same connection is measured again")
	}
	a.Set(func(s *Settings) { s.Lang = narrate.Chinese })
	if text := a.StatsText(); !strings.Contains(text, "客户端") {
		t.Errorf("in Chinese: %.200s", text)
	}
}

// A connection that was left while it was measured leaves no trace, and its successor is measured.
func TestStatsFollowTheConnection(t *testing.T) {
	a, h, c := long(t)
	a.read(c, nil)
	a.SelectConnection(0)
	h.until("a connection is shown", func() bool { return c.Chat != nil })
	a.ShowTab(StatsTab)
	first := c.Stream
	h.until("the first is measured", func() bool { return c.Stats.Measured != nil })
	a.SelectConnection(1 - first)
	h.until("the other one is shown", func() bool { return c.Stream == 1-first })
	if c.Stats.Measured != nil {
		t.Error("the numbers of the connection before are shown")
	}
	h.until("the other one is measured", func() bool { return c.Stats.Spent != nil })
	if want := c.View.Conn.Bytes; c.Stats.Measured.Sides[0].Bytes != want[0] || c.Stats.Measured.Sides[1].Bytes != want[1] {
		t.Errorf("%+v of a connection with %v bytes", c.Stats.Measured.Sides, want)
	}
	a.ShowTab(DiagnosisTab)
	a.SelectConnection(first)
	h.until("the first is shown again", func() bool { return c.Stream == first })
	if c.Stats.Measured != nil || c.Stats.Making() {
		t.Error("a connection is measured that nobody asked for")
	}
}

func TestStatsTellWhyThereAreNone(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "gone.pcapng", caseCapture(t, "http-picture")))
	c := a.Capture
	h.until("it is read", func() bool { return !c.Loading && c.Talk != nil })
	if err := c.Session.Close(); err != nil {
		t.Fatal(err)
	}
	a.ShowTab(StatsTab)
	h.until("it fails", func() bool { return c.Stats.Err != nil })
	if c.Stats.Groups(narrate.English) != nil || a.StatsText() != "" {
		t.Error("there are numbers of a capture that cannot be read")
	}
}
