package app

import (
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

func TestACaseFromItsFirstStepToItsLast(t *testing.T) {
	state := t.TempDir()
	a, h := newApp(t, NewStore(state, narrate.English))
	for _, l := range a.Cases {
		a.OpenCase(l.ID)
		c := loaded(a, h)
		if c.Err != nil || c.Case != l || c.Tab != LessonTab || c.Step != 0 || c.Title(narrate.English) != l.Title.In(narrate.English) {
			t.Fatalf("%s: err %v, tab %v, step %d", l.ID, c.Err, c.Tab, c.Step)
		}
		a.StepBy(-1)
		asked := 0
		for i := range l.Steps {
			step := &l.Steps[i]
			if c.Step != i || c.Question() != nil || c.LessonStep() != step || c.Stream != int(step.Stream) || c.View.At(c.Packet).Frame != step.Packets[0] {
				t.Errorf("%s step %d: shows step %d, connection %d, packet %d", l.ID, i, c.Step, c.Stream, c.View.At(c.Packet).Frame)
			}
			if step.Field != "" && c.Field != fieldIDs[step.Field] || step.Field != "" && c.Field == "" {
				t.Errorf("%s step %d points at %q, selected is %q", l.ID, i, step.Field, c.Field)
			}
			if inTree := step.Field == "identification" || step.Field == "dont_fragment"; inTree != (a.DrawerShows() == FieldsTab) {
				t.Errorf("%s step %d points at %q in drawer tab %v", l.ID, i, step.Field, a.DrawerShows())
			}
			if from, to, ok := c.StepBytes(); ok != (step.Payload != [2]int{}) || [2]int{from, to} != step.Payload {
				t.Errorf("%s step %d points at bytes %d to %d, want %v", l.ID, i, from, to, step.Payload)
			}
			if last := i == len(l.Steps)-1; a.Done[l.ID].Done != last {
				t.Errorf("%s step %d: done %v", l.ID, i, a.Done[l.ID].Done)
			}
			for a.StepBy(1); c.Question() != nil; a.StepBy(1) {
				if c.Question() != &l.Questions[asked] || c.Question().After != i {
					t.Fatalf("%s step %d: asks another question than number %d", l.ID, i, asked)
				}
				answerRight(t, a, asked%2 == 0)
				asked++
			}
		}
		if !c.Ended || c.Step != len(l.Steps)-1 || asked != len(l.Questions) {
			t.Errorf("%s: ended %v at step %d with %d questions", l.ID, c.Ended, c.Step, asked)
		}
		if right, of := c.Score(); right != (asked+1)/2 || of != asked {
			t.Errorf("%s: %d of %d right", l.ID, right, of)
		}
		if a.StepBy(1); !c.Ended {
			t.Errorf("%s goes on behind its end", l.ID)
		}
	}
	if a.Unfinished() != nil {
		t.Errorf("all cases are done, %s is to be continued", a.Unfinished().ID)
	}
	a.Quit()
	b, _ := newApp(t, NewStore(state, narrate.English))
	for _, l := range b.Cases {
		if !b.Done[l.ID].Done {
			t.Errorf("%s is not done after a restart", l.ID)
		}
		if right, answered := b.Done[l.ID].Score(); !answered || right != (len(l.Questions)+1)/2 {
			t.Errorf("%s has %d right answers after a restart", l.ID, right)
		}
	}
}

func TestACaseGoesOnWhereItWasLeft(t *testing.T) {
	state := t.TempDir()
	a, h := newApp(t, NewStore(state, narrate.English))
	a.OpenCase("http-picture")
	loaded(a, h)
	a.GoHome()
	if a.Unfinished() != nil {
		t.Error("a case that was only looked into is to be continued")
	}
	a.OpenCase("trouble-third-packet-lost")
	loaded(a, h)
	a.GoToStep(1)
	a.GoHome()
	a.OpenCase("http-picture")
	loaded(a, h)
	a.GoToStep(3)
	a.GoToStep(99)
	a.GoToStep(-1)
	a.Quit()

	b, h := newApp(t, NewStore(state, narrate.English))
	if u := b.Unfinished(); u == nil || u.ID != "http-picture" {
		t.Fatalf("to be continued: %v", u)
	}
	b.OpenCase("http-picture")
	c := loaded(b, h)
	if c.Step != 3 || c.View.At(c.Packet).Frame != 6 {
		t.Errorf("step %d, packet index %d", c.Step, c.Packet)
	}
	for !c.Ended {
		b.StepBy(1)
	}
	b.OpenCase("http-picture") // done: from the start, and still done afterwards
	if c := loaded(b, h); c.Step != 0 || !b.Done["http-picture"].Done {
		t.Errorf("step %d, done %v", c.Step, b.Done["http-picture"].Done)
	}
}

func TestProgressBeyondALessonEndsWithIt(t *testing.T) {
	for step, want := range map[int]func(steps int) int{
		1 << 40:  func(steps int) int { return steps - 1 },
		-1 << 40: func(int) int { return 0 },
	} {
		store := NewStore(t.TempDir(), narrate.English)
		if err := store.Save(Saved{Settings: DefaultSettings(narrate.English), Done: map[string]CaseProgress{"http-picture": {Step: step}}}); err != nil {
			t.Fatal(err)
		}
		a, h := newApp(t, store)
		a.OpenCase("http-picture")
		c := loaded(a, h)
		if n := want(len(c.Case.Steps)); c.Step != n || a.Done["http-picture"].Step != n {
			t.Errorf("step %d leads to step %d, kept is %d; want %d", step, c.Step, a.Done["http-picture"].Step, n)
		}
	}
}

func TestStepsLeadBackToTheirConnection(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("trouble-third-packet-lost")
	c := loaded(a, h)
	a.SelectConnection(4)
	loaded(a, h)
	a.GoToStep(0)
	if loaded(a, h); c.Stream != int(c.Case.Steps[0].Stream) || c.View.At(c.Packet).Frame != c.Case.Steps[0].Packets[0] {
		t.Errorf("connection %d, packet index %d", c.Stream, c.Packet)
	}
}

func TestFilterCases(t *testing.T) {
	a, h := newApp(t, nil)
	shown := func(text string, level int) (ids []string) {
		a.FilterCases(text, level)
		for _, c := range a.Cases {
			if a.CaseMatches(c) {
				ids = append(ids, c.ID)
			}
		}
		return ids
	}
	if n := len(shown("", 0)); n != len(a.Cases) {
		t.Errorf("%d of %d without a filter", n, len(a.Cases))
	}
	for _, text := range []string{"picture PNG", "图片"} {
		if ids := shown(text, 0); len(ids) != 1 || ids[0] != "http-picture" {
			t.Errorf("%q: %q", text, ids)
		}
	}
	if ids := shown("no case says this", 0); len(ids) > 0 {
		t.Errorf("%q", ids)
	}
	n := 0
	for level := 1; level <= 3; level++ {
		n += len(shown("", level))
	}
	if n != len(a.Cases) {
		t.Errorf("the three levels hold %d of %d cases", n, len(a.Cases))
	}
	if h.changes != RecentChanged {
		t.Errorf("changes %b", h.changes)
	}
}

// A step shows every packet that it speaks of: none stays in a fold. While something else is shown it speaks of none.
func TestAStepUnfoldsItsPackets(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("basics-count-by-hand")
	c := loaded(a, h)
	a.GoToStep(3) // packet 8 stands in a run of segments
	packets := c.StepPackets()
	if len(packets) != 2 || c.View.At(packets[0]).Frame != 6 || c.View.At(packets[1]).Frame != 8 || c.Packet != packets[0] {
		t.Fatalf("the step is about %v, selected is %d", packets, c.Packet)
	}
	for _, p := range packets {
		if kind := c.Chat.Shape(c.Chat.RowOf(p)).Kind; kind != timeline.Bubble {
			t.Errorf("packet #%d is shown as %v", c.View.At(p).Frame, kind)
		}
	}
	if a.StepBy(1); c.StepPackets() != nil {
		t.Errorf("while a question is open the step is about %v", c.StepPackets())
	}
	a.GoToStep(3)
	if a.ShowTab(StatesTab); c.StepPackets() != nil {
		t.Errorf("beside another tab the step is about %v", c.StepPackets())
	}
}

// A step that points at what is not in a TCP header shows the field tree for as long as it is shown; the reader's choice stays.
func TestAStepShowsTheFieldTree(t *testing.T) {
	a, h := newApp(t, NewStore(t.TempDir(), narrate.English))
	a.OpenCase("trouble-one-lost")
	c := loaded(a, h)
	a.GoToStep(9)
	if c.Field != "ip.id" || a.DrawerShows() != FieldsTab || a.Settings.DrawerTab != HeaderTab {
		t.Fatalf("field %q in tab %v, chosen is %v", c.Field, a.DrawerShows(), a.Settings.DrawerTab)
	}
	a.ShowDrawerTab(HeaderTab)
	if a.DrawerShows() != HeaderTab {
		t.Error("the reader cannot go back to the header")
	}
	a.GoToStep(9)
	a.SelectPacket(c.Packet + 1)
	if a.DrawerShows() != HeaderTab {
		t.Errorf("another packet: tab %v", a.DrawerShows())
	}
}
