package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/cases"
	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// longChat has enough rows that nothing in view at one place of the test is in view at another.
const (
	longChat = 60_000
	// scrollAllocs is the budget of allocations for scrolling by one notch of the wheel, words included.
	scrollAllocs = 20
)

// longConversation opens a window on a connection of longChat rows and scrolls to its middle. step scrolls on by a notch.
func longConversation(t testing.TB) (step func()) {
	t.Helper()
	fa := test.NewTempApp(t)
	posted := make(chan func(), 1024)
	w, err := Open(fa, Options{
		Cases: cases.FS(), Store: app.NewStore(t.TempDir(), narrate.English), Files: []string{download(t, longChat/2)},
		post: func(f func()) { posted <- f },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.app.Quit)
	for c := w.app.Capture; c.Loading || c.Talk == nil || c.View.Len() < c.Frames; { // it may be shown before it is read
		(<-posted)()
	}
	w.app.Set(func(s *app.Settings) { s.FoldRuns = false })
	for w.app.Capture.Chat.Len() < longChat { // its rows are being made
		(<-posted)()
	}
	rows := w.capture.middle.chat.rows
	for rows.Model() != w.app.Capture.Chat { // its heights are being counted
		(<-posted)()
	}
	w.app.SelectPacket(longChat / 2)
	notch, steps := &fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -16}}, 0
	step = func() {
		if steps++; steps%500 == 0 { // there and back again, never to an end
			notch.Scrolled.DY = -notch.Scrolled.DY
		}
		rows.Scrolled(notch)
	}
	for range 200 { // fill the pools
		step()
	}
	return step
}

func BenchmarkChatScroll(b *testing.B) {
	step := longConversation(b)
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

func TestScrollingAChatStaysWithinItsBudget(t *testing.T) {
	step := longConversation(t)
	if n := testing.AllocsPerRun(500, step); n > scrollAllocs {
		t.Errorf("%.1f allocations a step, budget %d", n, scrollAllocs)
	}
}
