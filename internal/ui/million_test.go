package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/cases"
	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// conversation writes a capture of one connection of about n packets: commands of Redis with their answers, and now and then a long
// value, whose packets are folded.
func conversation(t testing.TB, n int) string {
	t.Helper()
	const asked, pieces = 2, 20
	r := newRecording(t)
	r.connect(40000, 2)
	piece := strings.Repeat("0123456789abcdef", 2)
	for int(r.number) < n {
		for range asked {
			r.send(0, push, "*1\r\n$4\r\nPING\r\n")
			r.send(1, push, "+PONG\r\n")
		}
		r.send(0, push, "*2\r\n$3\r\nGET\r\n$4\r\nlong\r\n")
		r.send(1, push, "$"+itoa(pieces*len(piece))+"\r\n")
		for range pieces {
			r.send(1, ack, piece)
			r.send(0, ack, "")
		}
		r.send(1, push, "\r\n")
	}
	return r.file("conversation.pcap")
}

// crowd is a window on a connection of many packets, and what is to be done on its goroutine.
type crowd struct {
	*Window
	t      testing.TB
	posted chan func()
}

func crowded(t testing.TB, packets int) *crowd {
	t.Helper()
	c := &crowd{t: t, posted: make(chan func(), 1024)}
	w, err := Open(test.NewTempApp(t), Options{
		Cases: cases.FS(), Store: app.NewStore(t.TempDir(), narrate.English), Files: []string{conversation(t, packets)},
		post: func(f func()) { c.posted <- f },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Window = w
	t.Cleanup(w.app.Quit)
	c.until(func() bool {
		s := c.app.Capture
		return !s.Loading && s.Talk != nil && s.View.Len() >= packets && c.settled()
	})
	return c
}

// until does what is posted until done says so.
func (c *crowd) until(done func() bool) {
	for !done() {
		(<-c.posted)()
	}
}

// settled reports that what the view shows is the newest.
func (c *crowd) settled() bool {
	s, m := c.app.Capture, c.capture.middle
	switch s.Shows {
	case app.MessagesView:
		return s.Messages.Rows != nil && m.panes[s.Shows].(*messagesPane).list.Model() == s.Messages.Rows
	case app.LadderView:
		return s.Ladder.Rows != nil && s.Ladder.Rows.Chat() == s.Chat && m.panes[s.Shows].(*ladderPane).rows.Model() == s.Ladder.Rows
	case app.GraphsView:
		return s.Graphs.Data != nil
	case app.StreamView:
		return s.Bytes.Rows != nil
	case app.ChatView:
	}
	return m.chat.rows.Model() == s.Chat
}

// longest does something and all that follows from it, and returns the longest time that the window's goroutine was busy without a pause.
func (c *crowd) longest(do func()) (most time.Duration) {
	took := func(f func()) {
		began := time.Now()
		f()
		most = max(most, time.Since(began))
	}
	for took(do); !c.settled(); {
		took(<-c.posted)
	}
	return most
}

func (c *crowd) show(view app.ViewKind) {
	c.app.ShowView(view)
	c.until(c.settled)
}

// TestScrollingStaysWithinItsBudget scrolls the long lists, words included.
func TestScrollingStaysWithinItsBudget(t *testing.T) {
	c := crowded(t, longChat)
	for kind, scrolled := range c.scrollables() {
		c.show(kind)
		c.app.SelectPacket(longChat / 2)
		c.until(c.settled)
		if n := testing.AllocsPerRun(400, notches(scrolled)); n > scrollAllocs {
			t.Errorf("%s: %.1f allocations a step, budget %d", kind, n, scrollAllocs)
		}
	}
}

// TestAFoldIsOpenedAtOnce opens a fold of a long connection and sees it open: nothing is left to the background.
func TestAFoldIsOpenedAtOnce(t *testing.T) {
	c := crowded(t, longChat)
	fold := c.fold()
	rows := c.capture.middle.chat.rows
	before := c.app.Capture.Chat.Len()
	c.app.ToggleFold(fold)
	if n := c.app.Capture.Chat.Len(); n <= before || rows.Model() != timeline.Model(c.app.Capture.Chat) || rows.Rows() != n {
		t.Errorf("%d rows became %d, of which %d are shown", before, n, rows.Rows())
	}
	if c.app.ToggleFold(fold); rows.Rows() != before {
		t.Errorf("closed again, %d rows are shown instead of %d", rows.Rows(), before)
	}
}

const million = 1_000_000

// BenchmarkMillion does what a reader does with a connection of a million packets. What is measured ends when the view shows it.
func BenchmarkMillion(b *testing.B) {
	c := crowded(b, million)
	for kind := range app.ViewKind(app.NumViews) {
		most := c.longest(func() { c.app.ShowView(kind) })
		b.Run("first switch to "+kind.String(), func(b *testing.B) {
			for b.Loop() { // there is one first time; what counts is for how long the window stood still in it
			}
			b.ReportMetric(float64(most)/float64(time.Millisecond), "ms-still")
		})
	}
	for kind := range app.ViewKind(app.NumViews) {
		b.Run("switch to "+kind.String(), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c.show((kind + 1) % app.ViewKind(app.NumViews))
				b.StartTimer()
				c.show(kind)
			}
		})
	}
	for kind, scrolled := range c.scrollables() {
		c.show(kind)
		b.Run(kind.String()+" scroll", func(b *testing.B) {
			c.app.SelectPacket(million / 2)
			step := notches(scrolled)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
		b.Run(kind.String()+" jump", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.app.SelectPacket(i * 7919 * 60 % million)
				c.until(c.settled)
			}
		})
	}
	c.show(app.ChatView)
	b.Run("fold and unfold", func(b *testing.B) {
		fold := c.fold()
		for b.Loop() {
			c.app.ToggleFold(fold)
			c.until(c.settled)
		}
	})
	b.Run("fold runs or not", func(b *testing.B) {
		for b.Loop() {
			c.app.Set(func(s *app.Settings) { s.FoldRuns = !s.FoldRuns })
			c.until(c.settled)
		}
	})
	b.Run("filter", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			c.app.SetFilter([2]string{"tcp.len > 100", "tcp.len == 14"}[i%2])
			c.until(func() bool { return !c.app.Capture.Search.Running })
		}
	})
}

// fold is a closed fold in the middle of the chat.
func (c *crowd) fold() int {
	chat := c.app.Capture.Chat
	for i := chat.Len() / 2; i < chat.Len(); i++ {
		if chat.Shape(i).Kind == timeline.Fold {
			return i
		}
	}
	c.t.Fatal("nothing is folded")
	return -1
}

// scrollables are the long lists of the views.
func (c *crowd) scrollables() map[app.ViewKind]fyne.Scrollable {
	m := c.capture.middle
	return map[app.ViewKind]fyne.Scrollable{
		app.ChatView: m.chat.rows, app.MessagesView: m.panes[app.MessagesView].(*messagesPane).list, app.LadderView: m.panes[app.LadderView].(*ladderPane).rows,
	}
}

// notches returns what scrolls on by a notch of the wheel, there and back again, never to an end.
func notches(o fyne.Scrollable) func() {
	notch, steps := &fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -16}}, 0
	step := func() {
		if steps++; steps%500 == 0 {
			notch.Scrolled.DY = -notch.Scrolled.DY
		}
		o.Scrolled(notch)
	}
	for range 200 { // fill the pools
		step()
	}
	return step
}
