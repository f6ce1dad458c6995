package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// The end of a chat that grows stays in view until the reader scrolls up; then the packets that come are counted in a pill that leads
// back, as End does.
func TestTheEndStaysInView(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("basics-line-chat")
	chat := r.capture.middle.chat
	r.win.Canvas().Unfocus()
	r.app.GrowFrom()
	whole := c.Chat
	chat.rows.SetModel(whole)
	if !chat.rows.AtEnd() {
		t.Fatal("the end is not in view")
	}
	chat.rows.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: 200}})
	if c.Tail.Follow || chat.rows.AtEnd() {
		t.Fatalf("scrolled up: follows %v", c.Tail.Follow)
	}
	off := chat.rows.Offset()
	c.Tail.New = 37
	chat.changed(app.TailChanged)
	if !chat.fresh.Visible() || chat.fresh.Text() != "37 new" || chat.rows.Offset() != off {
		t.Errorf("the pill says %q, scrolled from %v to %v", chat.fresh.Text(), off, chat.rows.Offset())
	}
	for _, size := range []fyne.Size{minSize, firstSize} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			r.app.Set(func(s *app.Settings) { s.Lang = lang })
			r.win.Resize(size)
			pill := r.capture.middle.chat.fresh
			if !pill.Visible() || !slices.Contains(lint.Texts(pill), pill.Text()) {
				t.Errorf("%v, %v: the pill says %q", size, lang, pill.Text())
			}
		}
	}
	chat = r.capture.middle.chat // made anew with the language
	r.click(chat.fresh)
	if !chat.rows.AtEnd() || !c.Tail.Follow || c.Tail.New != 0 || chat.fresh.Visible() {
		t.Errorf("back at the end: %+v, the pill is shown: %v", c.Tail, chat.fresh.Visible())
	}
	chat.rows.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: 200}})
	r.press(fyne.KeyEnd)
	if !c.Tail.Follow {
		t.Error("End does not lead back")
	}
}

// A view that is not shown keeps nothing of a session that is not open any more: of a ring of files that would be all records that are gone.
func TestHiddenViewsForgetTheSessionBefore(t *testing.T) {
	r := open(t, Options{})
	r.app.OpenFile(file(t, "own.pcapng", "http-picture", 0))
	r.loaded()
	m := r.capture.middle
	ladder, messages := m.panes[app.LadderView].(*ladderPane), m.panes[app.MessagesView].(*messagesPane)
	for _, view := range []app.ViewKind{app.LadderView, app.MessagesView} {
		r.app.ShowView(view)
		r.until("the view is drawn", func() bool {
			return view == app.LadderView && ladder.drawn != nil || view == app.MessagesView && messages.rows != nil
		})
	}
	if r.app.ShowView(app.ChatView); ladder.drawn == nil || messages.rows == nil {
		t.Error("what was drawn is forgotten though the session is the same")
	}
	m.of = nil // as when another one has taken its place
	if m.changed(app.ChatChanged); ladder.drawn != nil || messages.rows != nil || m.chat.rows.Wanted() == nil {
		t.Error("a view that is not shown keeps rows of a session that is gone, or the one that is shown does not")
	}
}
