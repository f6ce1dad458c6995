package app

import (
	"testing"

	"tcptalk/internal/timeline"
)

func TestLadderFollowsTheChat(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	if c.Ladder.Rows != nil || c.Ladder.Making() {
		t.Fatal("the diagram is made before anybody looks")
	}
	a.ShowView(LadderView)
	if !c.Ladder.Making() {
		t.Error("the diagram is not being made")
	}
	h.until("the diagram is made", func() bool { return c.Ladder.Rows != nil })
	if c.Ladder.Making() || c.Ladder.Rows.Chat() != c.Chat {
		t.Error("the diagram is of another chat")
	}
	fold := -1
	for i := range c.Ladder.Rows.Len() {
		if c.Ladder.Rows.FoldOf(i) >= 0 {
			fold = i
			break
		}
	}
	n := c.Ladder.Rows.Len()
	a.ToggleLadderFold(0)
	a.ToggleLadderFold(fold)
	h.until("the fold is open", func() bool { return c.Ladder.Rows.Chat() == c.Chat && c.Ladder.Rows.Len() > n })

	h.changes = 0
	a.SetLadder(timeline.LadderOptions{Scale: true, Zoom: 1000})
	if h.changes&LadderChanged == 0 || c.Ladder.Options.Zoom != timeline.MaxLadderZoom {
		t.Errorf("changes %b, options %+v", h.changes, c.Ladder.Options)
	}
	h.until("the time scale is drawn", func() bool { return c.Ladder.Rows.Options().Scale })

	a.ShowView(ChatView)
	rows := c.Ladder.Rows
	a.Set(func(s *Settings) { s.RawNumbers = true })
	h.run()
	if c.Ladder.Rows != rows {
		t.Error("the diagram is made again though nobody sees it")
	}
	a.ShowView(LadderView)
	h.until("the diagram is made again", func() bool { return c.Ladder.Rows.Chat() == c.Chat })
}

func TestLadderOfAnotherConnection(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "many.pcap", generated(t, 64)))
	c := a.Capture
	a.ShowView(LadderView)
	h.until("the diagram is made", func() bool { return c.Ladder.Rows != nil })
	first := c.View
	a.SelectConnection(3)
	h.until("another one is made", func() bool {
		return c.View != first && c.Ladder.Rows != nil && c.Ladder.Rows.Chat().View() == c.View
	})
	if c.Ladder.Err != nil {
		t.Error(c.Ladder.Err)
	}
}
