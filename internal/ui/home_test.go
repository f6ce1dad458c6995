package ui

import (
	"os"
	"testing"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget"
)

func TestTabBringsCasesIntoView(t *testing.T) {
	r := open(t, Options{})
	r.win.Resize(minSize)
	h := r.home
	visible := func(card *widget.CaseCard) bool {
		y := h.grid.root.Position().Y + card.Position().Y - h.scroll.Offset.Y
		return y >= 0 && y+cardHeight <= h.scroll.Size().Height
	}
	canvas := r.win.Canvas()
	canvas.Focus(h.resume.button)
	for range r.app.Cases {
		canvas.FocusNext()
		if card, ok := canvas.Focused().(*widget.CaseCard); !ok || !visible(card) {
			t.Fatalf("Tab leads to %T, out of view at %v", canvas.Focused(), h.scroll.Offset)
		}
	}
	if h.scroll.Offset.Y == 0 {
		t.Error("nothing had to be scrolled")
	}
	for range r.app.Cases[1:] {
		canvas.FocusPrevious()
	}
	if h.scroll.Offset.Y != 0 {
		t.Errorf("back at the first case it stays scrolled by %v", h.scroll.Offset.Y)
	}
}

func TestTheSearchStaysInAnotherLanguage(t *testing.T) {
	r := open(t, Options{})
	r.focusSearch()
	r.write("png")
	r.app.Set(func(s *app.Settings) { s.Lang = narrate.Chinese })
	if r.home.search.Text != "png" || len(r.home.visible()) != 1 {
		t.Errorf("the box says %q while %d cases are shown", r.home.search.Text, len(r.home.visible()))
	}
}

func TestRecentFilesByKeyboardAndClick(t *testing.T) {
	r := open(t, Options{})
	if r.home.recent.Visible() {
		t.Error("Tab stops at an empty list")
	}
	var paths []string
	for _, name := range []string{"old.pcapng", "gone.pcapng", "new.pcapng"} {
		paths = append(paths, file(t, name, "http-picture", 0))
		r.app.OpenFile(paths[len(paths)-1])
		r.loaded()
	}
	r.app.GoHome()
	if err := os.Remove(paths[1]); err != nil {
		t.Fatal(err)
	}
	r.win.Canvas().Focus(r.home.recent)
	if r.press("Down", "Down"); r.app.Page != app.Home {
		t.Fatal("the arrow keys open a file")
	}
	r.press("Return")
	if c := r.loaded(); c.Path != paths[0] {
		t.Errorf("Enter on the third file opens %s", c.Path)
	}
	r.app.GoHome()
	if r.clickAt(r.home.recent, 60, 2*recentRow+10); r.app.Page != app.Home || len(r.app.Recent) != 2 {
		t.Errorf("a file that is gone: page %v, %d recent files", r.app.Page, len(r.app.Recent))
	}
	r.clickAt(r.home.recent, 60, recentRow+10)
	if c := r.loaded(); c.Path != paths[2] {
		t.Errorf("a click on the second file opens %s", c.Path)
	}
}
