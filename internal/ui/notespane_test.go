package ui

import (
	"strings"
	"testing"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

func TestMarksAndNotesByKeyboard(t *testing.T) {
	r := open(t, Options{})
	r.app.OpenFile(file(t, "own.pcapng", "http-picture", 0))
	c := r.loaded()
	r.write("k")
	first := c.Selected()
	if m := c.Notes.Marks.At(first); !m.Starred {
		t.Fatal("K does not mark the packet")
	}
	r.press("Down", "Down")
	r.write("e")
	entry, ok := r.win.Canvas().Focused().(*noteEntry)
	if !ok {
		t.Fatalf("E leads to %T", r.win.Canvas().Focused())
	}
	entry.SetText("why so late?")
	second := c.Selected()
	if r.press("Escape"); r.dialog != nil || c.Notes.Marks.At(second).Note != "why so late?" {
		t.Errorf("the note is %q", c.Notes.Marks.At(second).Note)
	}
	r.write(",")
	if c.Selected() != first {
		t.Errorf("the mark before is %d, want %d", c.Selected(), first)
	}
	r.write(".")
	if c.Selected() != second {
		t.Errorf("the next mark is %d, want %d", c.Selected(), second)
	}
	r.write("l")
	if said := strings.Join(lint.Texts(r.dialog), "|"); !strings.Contains(said, "why so late?") || !strings.Contains(said, noteWords.starOnly[0]) {
		t.Errorf("the list says %q", said)
	}
	if r.press("Return"); r.dialog != nil || c.Selected() != first {
		t.Errorf("Enter leads to packet %d", c.Selected())
	}
	r.app.GoToFrame(second)
	r.write("e")
	for _, o := range lint.Texts(r.dialog) {
		if o == noteWords.remove[0] {
			ok = false
		}
	}
	if ok {
		t.Error("a note cannot be deleted")
	}
	r.win.Canvas().Focused().(interface{ SetText(string) }).SetText("")
	if r.closeDialog(); c.Notes.Marks.At(second).Note != "" {
		t.Error("the note is still there")
	}
}

// A mark whose packet a ring of files has given up is listed with a word about that.
func TestAMarkOnAPacketThatIsGone(t *testing.T) {
	r := open(t, Options{})
	r.app.OpenFile(file(t, "own.pcapng", "http-picture", 0))
	c := r.loaded()
	c.Notes.Gone = []timeline.Mark{{Frame: 7, Time: 1, Starred: true, Note: "was here"}}
	r.write("l")
	if said := strings.Join(lint.Texts(r.dialog), "|"); !strings.Contains(said, "was here") || !strings.Contains(said, noteWords.gone[0]+" · 1970") {
		t.Errorf("the list says %q", said)
	}
}
