package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// bundleOf writes a bundled case as a file of its own.
func bundleOf(t *testing.T, a *App, id string) string {
	t.Helper()
	for _, l := range a.Cases {
		if l.ID == id {
			var b bytes.Buffer
			if err := lesson.WriteBundle(&b, l, caseCapture(t, id)); err != nil {
				t.Fatal(err)
			}
			return write(t, "mine.TCPCASE", b.Bytes())
		}
	}
	t.Fatalf("there is no case %s", id)
	return ""
}

func TestACaseFromAFile(t *testing.T) {
	store := NewStore(t.TempDir(), narrate.English)
	a, h := newApp(t, store)
	path := bundleOf(t, a, "http-picture")
	openFile(a, h, path)
	c := a.Capture
	if c.Err != nil || c.Case == nil || c.Tab != LessonTab || len(c.Case.Steps) != 8 || c.Question() != nil {
		t.Fatalf("case %v, err %v", c.Case, c.Err)
	}
	if len(a.Recent) != 1 || a.Recent[0].Path != path {
		t.Errorf("recent files %v", a.Recent)
	}
	a.GoToStep(3)
	a.GoHome()
	if a.Done["http-picture"].Step != 0 || a.Unfinished() != nil {
		t.Error("it counts as the bundled case")
	}
	openFile(a, h, path)
	if c = a.Capture; c.Step != 3 {
		t.Errorf("goes on at step %d", c.Step)
	}
	for !c.Ended {
		a.StepBy(1)
	}
	if a.NextCase() == nil {
		t.Error("no case comes after one from a file")
	}
	done := a.Done[c.Case.ID]
	done.Done, done.Step = false, 99
	a.Done[c.Case.ID] = done
	a.GoHome()
	openFile(a, h, path)
	if c = a.Capture; c.Step != 7 {
		t.Errorf("a step beyond the last leads to %d", c.Step)
	}
}

func TestAFileThatIsNoCase(t *testing.T) {
	a, h := newApp(t, nil)
	for name, b := range map[string][]byte{"empty.tcpcase": nil, "text.tcpcase": []byte("Dear diary"), "capture.tcpcase": caseCapture(t, "http-picture")} {
		openFile(a, h, write(t, name, b))
		if c := a.Capture; c.Err == nil || c.Case != nil || c.Session != nil || c.Loading {
			t.Errorf("%s: %+v", name, c.Err)
		}
		a.StepBy(1)
		a.StartQuiz()
		a.TogglePlay()
		a.SaveAnnotated(filepath.Join(t.TempDir(), "x"))
	}
	if f := narrate.Failure(narrate.Chinese, a.Capture.Err); f.Sentences[0] == "" || f.Sentences[0] == a.Capture.Err.Error() {
		t.Errorf("in Chinese: %q", f.Sentences)
	}
}

// TestAHostileCase opens a case whose steps and questions name what is not in its recording.
func TestAHostileCase(t *testing.T) {
	a, h := newApp(t, nil)
	one := func(s string) narrate.Text { return narrate.Text{s, s} }
	k := &lesson.Case{ID: "x", Track: lesson.Tracks()[0], Title: one("X"), Focus: []uint32{1 << 30}}
	for _, stream := range []uint32{0, 5, 1<<32 - 1} {
		k.Steps = append(k.Steps, lesson.Step{Stream: stream, Packets: []uint32{1 << 31}, Title: one("T"), Text: one("T"), Payload: [2]int{1, 65536}})
		k.Questions = append(k.Questions, lesson.Question{
			After: len(k.Steps) - 1, Stream: stream, Before: 1<<32 - 1, Ask: one("?"), Because: one("!"),
			Options: []lesson.Option{{Value: "1", Text: one("1")}, {Value: "2", Text: one("2")}}, Compute: lesson.Compute{What: lesson.ComputeAck, Packet: 1<<32 - 1},
		})
	}
	var b bytes.Buffer
	if err := lesson.WriteBundle(&b, k, caseCapture(t, "http-picture")); err != nil {
		t.Fatal(err)
	}
	openFile(a, h, write(t, "x.tcpcase", b.Bytes()))
	c := a.Capture
	if c.Case == nil {
		t.Fatal(c.Err)
	}
	for n := 0; !c.Ended; n++ {
		if n > 20 {
			t.Fatal("the lesson does not end")
		}
		if c.Question() != nil {
			a.Choose(1)
			if g, ok := c.Answer(); !ok || g.Right {
				t.Errorf("an answer that nothing proves counts as %+v, %v", g, ok)
			}
		}
		a.StepBy(1)
	}
}

func TestMakeACase(t *testing.T) {
	a, h := newApp(t, nil)
	if _, err := a.DraftCase(CaseDraft{Title: "x"}); err == nil {
		t.Error("a case is made on Home")
	}
	openFile(a, h, write(t, "x.pcapng", caseCapture(t, "trouble-third-packet-lost")))
	h.until("notes are read", func() bool { return a.Capture.Notes.Marks != nil })
	a.SetNote(1, "The call\nA SYN asks to connect.\n? What comes back?\n+ SYN, ACK\n- RST\n! Somebody listens.")
	a.SetNote(4, "Again\nThe same once more.")
	k, err := a.DraftCase(CaseDraft{Title: "Mine", Summary: "Mine.", Ask: true})
	if err != nil || len(k.Steps) != 2 || len(k.Questions) < 2 {
		t.Fatalf("%+v, %v", k, err)
	}
	path := filepath.Join(t.TempDir(), "mine.tcpcase")
	a.SaveCase(k, path)
	h.until("the case is saved", func() bool { return len(h.notices) > 0 })
	if h.notices[0].Bad {
		t.Fatal(h.notices)
	}
	openFile(a, h, path)
	c := a.Capture
	if c.Err != nil || c.Case == nil || c.Case.Title[0] != "Mine" || c.View.At(c.Packet).Frame != 1 {
		t.Fatalf("case %+v, err %v", c.Case, c.Err)
	}
	for !c.Ended {
		if c.Question() != nil && !c.Revealed() && c.Right() < 0 {
			t.Errorf("%q has no answer", c.Question().Ask)
		}
		a.StepBy(1)
	}
	a.SaveCase(k, path) // over itself
	if n := len(h.notices); h.notices[n-1].Text != noticeSaveOver {
		t.Errorf("notices %v", h.notices)
	}
}

func TestStepsAsComments(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	path := filepath.Join(t.TempDir(), "annotated.pcapng")
	a.SaveAnnotated(path)
	h.until("it is saved", func() bool { return len(h.notices) > 0 })
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b, path)
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := c.Case.Notes(narrate.English)
	found := 0
	for _, m := range s.Comments() {
		if want[m.Frame] == m.Text {
			found++
		}
	}
	if found != len(want) || found < 4 {
		t.Errorf("%d of %d steps are comments", found, len(want))
	}
}
