package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// TestNoViewShowsTheAnswerOfAnOpenQuestion asks about a connection that ends with RST, and looks everywhere.
func TestNoViewShowsTheAnswerOfAnOpenQuestion(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.press("Right")
	if !c.Guessing() {
		t.Fatal("no question is open")
	}
	curtained := func(o fyne.CanvasObject) bool {
		return slices.Contains(lint.Texts(o), curtainWords.title[narrate.English])
	}
	middle, right := r.capture.middle, r.capture.right
	if curtained(middle.root) || curtained(right.root) {
		t.Error("the chat and the question are hidden")
	}
	for v := range app.ViewKind(app.NumViews) {
		r.app.ShowView(v)
		if got := curtained(middle.root); got != (v != app.ChatView) || got == middle.panes[v].object().Visible() {
			t.Errorf("view %v has a curtain: %v, and is shown: %v", v, got, middle.panes[v].object().Visible())
		}
	}
	for _, tab := range allTabs {
		r.app.ShowTab(tab.tab)
		open := tab.tab == app.LessonTab || tab.tab == app.StatesTab
		if got := curtained(right.root); c.HasTab(tab.tab) && got == open {
			t.Errorf("%s has a curtain: %v", tab.name[narrate.English], got)
		}
	}
	r.app.ShowView(app.LadderView)
	r.app.ShowTab(app.DiagnosisTab)
	for _, o := range []fyne.CanvasObject{middle.root, right.root} {
		if said := strings.Join(lint.Texts(o), " "); strings.Contains(said, "RST") {
			t.Errorf("the window tells of the RST: %q", said)
		}
	}
	r.click(middle.curtain.back)
	if c.Shows != app.ChatView || c.Tab != app.LessonTab || c.Revealed() {
		t.Errorf("the way back leads to %v beside %v", c.Shows, c.Tab)
	}
	r.app.ShowView(app.LadderView)
	r.click(middle.curtain.reveal)
	if !c.Revealed() || curtained(r.win.Content()) || !middle.panes[app.LadderView].object().Visible() {
		t.Error("the curtain does not show the answer")
	}
}
