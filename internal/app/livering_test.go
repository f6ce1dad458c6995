package app

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// capturingInRing starts a capture in a ring of files.
func capturingInRing(t *testing.T) (*App, *host, *tape) {
	t.Helper()
	a, h, pc := capturingApp(t)
	a.SetLiveChoice(func(c *LiveChoice) { c.Ring = true })
	a.StartLive()
	h.until("the capture runs", func() bool {
		return a.Capture.Session != nil && a.Capture.Live.State.Phase == live.Capturing
	})
	return a, h, pc.tapes[0]
}

// bubble is what the chat says of a packet.
func bubble(t *testing.T, c *Capture, frame uint32) string {
	t.Helper()
	i := c.View.Find(frame)
	if i < 0 {
		t.Fatalf("packet %d is not there", frame)
	}
	var r timeline.Row
	c.Chat.Row(c.Chat.RowOf(i), &r)
	return r.PlainText(narrate.English)
}

// turnedAround gives up what was recorded before the last file, and waits until that is seen.
func turnedAround(h *host, a *App, r *tape) {
	h.t.Helper()
	before := a.Capture.Session
	r.turn()
	h.until("the ring has turned", func() bool { return a.Capture.Session != before })
}

// A ring turns: the packets that are left keep their numbers, their times and what was noted on them; of those that are gone it is said.
func TestPacketsKeepTheirNumbersInARing(t *testing.T) {
	a, h, r := capturingInRing(t)
	c := a.Capture
	talk := caseCapture(t, "trouble-one-lost")
	r.play(talk, 0, 20)
	h.until("20 packets", shown(a, 20))
	r.next(c.View.At(0).Time)
	r.play(talk, 20, 40)
	h.until("40 packets", shown(a, 40))
	for _, frame := range []uint32{5, 30, 36} {
		a.GoToFrame(frame)
		a.ToggleMark()
	}
	a.SetNote(30, "look here")
	a.SelectFrame(33)
	h.until("all is decoded", func() bool { return !c.Tail.undecoded && c.Tail.decoding == nil })
	before := map[uint32]string{}
	for frame := uint32(21); frame <= 40; frame++ {
		a.SelectFrame(frame) // unfolded
		before[frame] = bubble(t, c, frame)
	}
	a.SelectFrame(33)
	conn := c.View.Conn
	turnedAround(h, a, r)
	if c.Session.Before() != 20 || c.View.Len() != 20 || c.View.At(0).Frame != 21 || c.Frames != 20 {
		t.Fatalf("behind %d: %d packets from %d on, %d in all", c.Session.Before(), c.View.Len(), c.View.At(0).Frame, c.Frames)
	}
	if c.Talk == nil || c.Selected() != 33 || c.View.Conn.Client != conn.Client || c.View.Conn.FirstTime != conn.FirstTime {
		t.Errorf("packet %d of %v since %d is selected", c.Selected(), c.View.Conn.Client, c.View.Conn.FirstTime)
	}
	for frame, was := range before {
		if is := bubble(t, c, frame); is != was {
			t.Errorf("packet %d was\n%s\nand is\n%s", frame, was, is)
		}
	}
	var marked []uint32
	for _, m := range c.Notes.All() {
		if marked = append(marked, m.Frame); m.Gone != (m.Frame == 5) || m.Frame == 30 && m.Note != "look here" {
			t.Errorf("%+v", m)
		}
	}
	if !slices.Equal(marked, []uint32{5, 30, 36}) || len(c.Notes.Marks.All()) != 2 {
		t.Errorf("marks on %v", marked)
	}
	said := func(text narrate.Text) bool {
		return slices.ContainsFunc(h.notices, func(n Notice) bool { return n.Text == text })
	}
	if !said(noticeMarkGone) {
		t.Errorf("nothing is said about the mark: %v", h.notices)
	}
	a.GoToFrame(5)
	if c.Selected() != 33 || !said(noticePacketGone) {
		t.Errorf("packet %d in place of one that is gone: %v", c.Selected(), h.notices)
	}
	if a.GoToFrame(36); c.Selected() != 36 {
		t.Errorf("packet %d is selected, not the one that was asked for", c.Selected())
	}
	a.MarkBy(-1)
	if c.Selected() != 30 {
		t.Errorf("the mark before is on packet %d", c.Selected())
	}
	r.play(talk, 40, 45)
	h.until("5 more", shown(a, 25))
	if last := c.View.At(24).Frame; last != 45 {
		t.Errorf("then came packet %d", last)
	}
}

// What is saved of a ring that turned is what is shown, and the notes are on the same packets there.
func TestARingIsSavedAsItIsShown(t *testing.T) {
	a, h, r := capturingInRing(t)
	c := a.Capture
	talk := caseCapture(t, "trouble-one-lost")
	r.play(talk, 0, 20)
	h.until("20 packets", shown(a, 20))
	start := c.View.At(0).Time
	r.next(start)
	r.play(talk, 20, 40)
	h.until("40 packets", shown(a, 40))
	turnedAround(h, a, r)
	a.GoToFrame(30)
	a.ToggleMark()
	a.SetNote(30, "kept")
	shownAt := c.View.At(c.View.Find(30)).Time
	r.next(start) // a file more, and the one before is not read again yet: it is shown, and saved
	r.play(talk, 40, 44)
	h.until("4 more", shown(a, 24))
	r.mu.Lock()
	r.from, r.before = r.part, r.beforePart
	r.mu.Unlock()
	r.end(live.EndAsked, nil)
	h.until("it is over", func() bool { return !c.Live.Running() && c.Notes.keeping.loaded })
	path := filepath.Join(t.TempDir(), "ring.pcapng")
	a.SaveLive(c, path)
	h.until("it is saved", func() bool { return c.Saving == nil && c.Path == path })
	if !slices.ContainsFunc(h.notices, func(n Notice) bool { return strings.Contains(n.Text[0], "packet 21 here is packet 1 there") }) {
		t.Errorf("nothing is said about the numbers: %v", h.notices)
	}
	shownThere, _ := a.PacketExpressions(c.View.Find(30))
	talkThere, _ := a.ConnectionExpressions(c.Stream)
	openFile(a, h, path)
	c = a.Capture
	for text, want := range map[string]int{shownThere.Display: 1, talkThere.Display: c.View.Len()} {
		if a.SetFilter(text); c.Search.Err != nil || c.Search.Count != want || want == 1 && c.View.At(int(c.Search.Found[c.Stream].Packets[0])).Frame != 10 {
			t.Errorf("%s: %v, %d found in the file, want %d", text, c.Search.Err, c.Search.Count, want)
		}
	}
	a.SetFilter("")
	h.until("the notes are there", func() bool { return len(c.Notes.Marks.All()) > 0 })
	m := c.Notes.Marks.All()[0]
	if c.Frames != 24 || m.Frame != 10 || m.Note != "kept" || m.Time != shownAt {
		t.Errorf("%d packets, noted on %+v", c.Frames, m)
	}
}

// What else is shown when a ring turns stays what it is, as far as it is left.
func TestARingTurnsUnderEveryView(t *testing.T) {
	talk := caseCapture(t, "trouble-one-lost")
	for _, view := range []ViewKind{ChatView, LadderView, MessagesView, StreamView, GraphsView} {
		a, h, r := capturingInRing(t)
		c := a.Capture
		r.play(talk, 0, 20)
		h.until("20 packets", shown(a, 20))
		r.next(c.View.At(0).Time)
		r.play(talk, 20, 40)
		h.until("40 packets", shown(a, 40))
		a.ShowView(view)
		a.ShowTab(StatsTab)
		there := func() bool {
			return map[ViewKind]bool{
				ChatView: c.Chat != nil, LadderView: c.Ladder.Rows != nil && c.Ladder.Rows.Chat() == c.Chat, MessagesView: c.Messages.Rows != nil,
				StreamView: c.Bytes.Rows != nil, GraphsView: c.Graphs.Data != nil,
			}[view] && c.Stats.Measured != nil
		}
		h.until(view.String(), there)
		before := c.Session
		r.turn()
		h.until("the ring has turned", func() bool {
			if c.Session == before && !there() && view != LadderView { // the ladder is made anew with every change of the chat
				t.Fatalf("%v: it goes before the other one is there", view)
			}
			return c.Session != before
		})
		h.until(view.String()+" of what is left", there)
		if c.View.Len() != 20 || c.Shows != view {
			t.Errorf("%v: %d packets, %v", view, c.View.Len(), c.Shows)
		}
	}
}

// A conversation that is not TCP stays as far as it is left, and so does a connection; what is gone is left.
func TestWhatIsGoneInARingIsLeft(t *testing.T) {
	a, h, r := capturingInRing(t)
	c := a.Capture
	other := caseCapture(t, "other-who-else-talks")
	r.play(other, 0, 16)
	h.until("16 packets", func() bool { return c.Frames == 16 && c.View != nil })
	_, pings := c.Session.Locate(16)
	a.SelectOther(pings)
	h.until("the pings are shown", c.Other.Shown)
	began := c.Other.View.FirstTime
	a.SelectOtherPacket(1)
	r.next(0)
	r.play(other, 16, 18)
	h.until("18 packets", func() bool { return c.Frames == 18 })
	turnedAround(h, a, r)
	if !c.Other.Shown() || c.Other.View.Len() != 2 || c.Other.View.At(0).Frame != 17 || c.Other.View.FirstTime != began {
		t.Fatalf("%d pings from packet %d on, since %d", c.Other.View.Len(), c.Other.View.At(0).Frame, c.Other.View.FirstTime-began)
	}
	r.next(0)
	r.play(other, 18, 20)
	h.until("20 packets", func() bool { return c.Frames == 4 })
	turnedAround(h, a, r)
	h.until("the connection that is left", func() bool { return c.View != nil && c.View.At(0).Frame == 19 })
	if c.Other.Shown() {
		t.Errorf("%d pings that are gone are shown", c.Other.View.Len())
	}
	r.next(0)
	hello := caseCapture(t, "basics-hello-7456")
	r.play(hello, 0, 4)
	h.until("4 packets of another one", func() bool { return c.Frames == 6 })
	turnedAround(h, a, r)
	h.until("the other connection", func() bool { return c.View != nil && c.View.Len() == 4 && c.View.At(0).Frame == 21 })
	if !slices.ContainsFunc(h.notices, func(n Notice) bool { return n.Text == noticeTalkGone }) {
		t.Errorf("nothing is said about the connection that is gone: %v", h.notices)
	}
}
