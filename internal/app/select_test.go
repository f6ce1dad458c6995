package app

import (
	"context"
	"path/filepath"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

func TestSelect(t *testing.T) {
	a, h, c := lostHandshakes(t)
	h.changes = 0
	a.SelectPacket(4)
	if c.Packet != 4 || h.changes != SelectionChanged {
		t.Errorf("packet %d, changes %b", c.Packet, h.changes)
	}
	a.SelectField("tcp.seq")
	if c.Field != "tcp.seq" {
		t.Errorf("field %q", c.Field)
	}
	h.changes = 0
	for _, i := range []int{4, -1, c.View.Len()} {
		a.SelectPacket(i)
	}
	a.SelectField("tcp.seq")
	a.SelectConnection(0)
	a.SelectConnection(77)
	a.SelectConnection(-5)
	a.SelectFrame(64) // in another connection
	if c.Packet != 4 || c.Field != "tcp.seq" || h.changes != 0 {
		t.Errorf("packet %d, field %q, changes %b", c.Packet, c.Field, h.changes)
	}
	a.SelectPacket(5)
	if c.Field != "" {
		t.Errorf("another packet keeps the field %q", c.Field)
	}
	a.SelectFrame(c.View.At(7).Frame)
	if c.Packet != 7 {
		t.Errorf("packet %d", c.Packet)
	}
	h.changes = 0
	a.SelectConnection(3)
	if loaded(a, h); c.Stream != 3 || c.Packet != 0 || c.View.Len() != 22 || h.changes&(ChatChanged|SelectionChanged) != ChatChanged|SelectionChanged {
		t.Errorf("connection %d, packet %d of %d, changes %b", c.Stream, c.Packet, c.View.Len(), h.changes)
	}
	if len(c.Talk.Messages) == 0 {
		t.Error("no HTTP messages in connection 3")
	}
}

func TestFolds(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	fold := -1
	var row timeline.Row
	for i := range c.Chat.Len() {
		if c.Chat.Row(i, &row); row.Kind == timeline.Fold {
			fold = i
			break
		}
	}
	if fold < 0 {
		t.Fatal("40 segments of one picture are not folded")
	}
	folded, inside := c.Chat.Len(), c.Chat.PacketOf(fold)+1
	h.changes = 0
	a.ToggleFold(fold)
	if c.Chat.Len() <= folded || h.changes != ChatChanged {
		t.Errorf("%d rows, %d when folded; changes %b", c.Chat.Len(), folded, h.changes)
	}
	a.ToggleFold(fold)
	if c.Chat.Len() != folded {
		t.Errorf("folded again: %d rows, before %d", c.Chat.Len(), folded)
	}
	a.SelectPacket(inside) // a packet inside unfolds
	if c.Chat.Len() <= folded || c.Chat.PacketOf(c.Chat.RowOf(inside)) != inside {
		t.Errorf("packet %d is selected and not shown", inside)
	}
	a.Set(func(s *Settings) { s.FoldRuns = false })
	all := c.Chat.Len()
	a.ToggleFold(-1)
	a.ToggleFold(all)
	a.ToggleMore(-1)
	a.ToggleMore(all)
	if c.Chat.Len() != all || all < c.View.Len() {
		t.Errorf("%d rows for %d packets", c.Chat.Len(), c.View.Len())
	}
}

func TestShowMore(t *testing.T) {
	a, h := newApp(t, nil)
	a.Set(func(s *Settings) { s.FoldRuns = false })
	a.OpenFile(filepath.Join("..", "timeline", "testdata", "one_direction.pcap")) // one of its messages has many lines
	c := loaded(a, h)
	for i := range c.Chat.Len() {
		if s := c.Chat.Shape(i); s.More {
			a.ToggleMore(i)
			more := c.Chat.Shape(i)
			a.ToggleMore(i)
			if again := c.Chat.Shape(i); more.Lines <= s.Lines || again != s {
				t.Errorf("row %d: %d lines, all %d, again %d", i, s.Lines, more.Lines, again.Lines)
			}
			return
		}
	}
	t.Fatal("no message has more lines than are shown")
}

func TestTabs(t *testing.T) {
	a, h, c := lostHandshakes(t)
	h.changes = 0
	a.ShowTab(LessonTab) // there is none
	a.ShowTab(DiagnosisTab)
	if c.Tab != DiagnosisTab || h.changes != 0 {
		t.Errorf("tab %v, changes %b", c.Tab, h.changes)
	}
	a.OpenCase("http-picture")
	c = loaded(a, h)
	for _, tab := range []Tab{DiagnosisTab, FilesTab, LessonTab} {
		h.changes = 0
		if a.ShowTab(tab); c.Tab != tab || h.changes&PanesChanged == 0 {
			t.Errorf("tab %v, changes %b", c.Tab, h.changes)
		}
	}
}

// long opens a capture of two connections that are so long that they are made in the background. It has been read, and the
// app does not know that yet.
func long(t *testing.T) (*App, *host, *Capture) {
	t.Helper()
	const n = chattedAtOnce + 1
	f, err := pcapfile.OpenBytes(generatedBy(t, 2*n, n), "long")
	if err != nil {
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	c := a.show(session.New(f), nil)
	if err := c.Session.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return a, h, c
}

func TestLongConnectionsAreMadeInTheBackground(t *testing.T) {
	a, h, c := long(t)
	a.progress(c) // shows the first connection
	a.SelectConnection(1)
	a.read(c, nil)
	if c.Chat != nil || !c.Waiting() {
		t.Fatalf("chat %v, waiting %v", c.Chat != nil, c.Waiting())
	}
	shown := func() bool { return c.Chat != nil && c.Talk != nil }
	h.until("the connection is shown", shown)
	if c.Stream != 1 || c.View.Len() != chattedAtOnce+1 || c.Packet != 0 || c.Waiting() {
		t.Errorf("connection %d of %d segments, packet %d, waiting %v", c.Stream, c.View.Len(), c.Packet, c.Waiting())
	}
	a.SelectConnection(0)
	if a.SelectConnection(1); c.Stream != 1 {
		t.Errorf("connection %d is shown at once", c.Stream)
	}
	before := c.Chat
	a.Set(func(s *Settings) { s.Notes = false }) // what is being made has notes
	h.until("the latest wish is shown", func() bool { return c.View != before.View() && shown() })
	var row timeline.Row
	if c.Chat.Row(1, &row); c.Stream != 1 || row.Note != "" {
		t.Errorf("connection %d is shown, with the note %q", c.Stream, row.Note)
	}
	a.SelectConnection(0)
	a.GoHome()
	if h.run(); c.Stream != 1 {
		t.Errorf("connection %d is shown after the capture was closed", c.Stream)
	}
}

func TestWhatIsSetDuringDecodingIsKept(t *testing.T) {
	a, h, c := lostHandshakes(t)
	a.selectConnection(3)
	a.Set(func(s *Settings) { s.RawNumbers = true })
	var before, after timeline.Row
	c.Chat.Row(1, &before)
	loaded(a, h)
	c.Chat.Row(1, &after)
	if before.Meta != after.Meta || len(c.Talk.Messages) == 0 {
		t.Errorf("numbers %q became %q with the messages", before.Meta, after.Meta)
	}
}

// A long connection keeps its rows until those of other settings are made, and what is folded in the meantime stays folded.
func TestLongConnectionsAreFoldedInTheBackground(t *testing.T) {
	a, h, c := long(t)
	a.progress(c)
	a.read(c, nil)
	h.until("the connection is shown", func() bool { return c.Chat != nil && c.Talk != nil })
	h.run()
	before := c.Chat
	a.Set(func(s *Settings) { s.FoldRuns = !s.FoldRuns })
	if c.Chat != before {
		t.Error("the rows are made at once")
	}
	a.Set(func(s *Settings) { s.FoldRuns = !s.FoldRuns })
	a.Set(func(s *Settings) { s.FoldRuns, s.Notes = !s.FoldRuns, !s.Notes })
	a.ToggleMore(1)
	h.changes = 0
	h.until("the rows are made", func() bool { return c.Chat.KeepsRows(c.Talk, a.Settings.options()) })
	var row timeline.Row
	if c.Chat.Row(1, &row); row.Note != "" || h.changes&ChatChanged == 0 {
		t.Errorf("note %q, changes %b", row.Note, h.changes)
	}
}
