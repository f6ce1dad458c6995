package ui

import (
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// says reports that the lesson shows a text, wherever its lines break.
func (r *reader) says(text string) bool {
	joined := strings.Join(lint.Texts(r.capture.right.lesson.root), " ")
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.Contains(plain(joined), plain(text))
}

func TestAQuestionIsAskedAnsweredAndLeft(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	q := &c.Case.Questions[0]
	chat := r.capture.middle.chat.rows
	shown := func() string { return strings.Join(lint.Texts(chat), "\n") }
	if !strings.Contains(shown(), words.covered[narrate.English]) {
		t.Error("the first step shows what the question asks for")
	}
	r.press("Right")
	if !r.says(q.Ask.In(narrate.English)) || !r.says(lessonWords.reveal[narrate.English]) {
		t.Fatalf("the question is not asked: %q", lint.Texts(r.capture.right.lesson.root))
	}
	for _, o := range q.Options {
		if !r.says(o.Text.In(narrate.English)) {
			t.Errorf("%q is not offered", o.Text.In(narrate.English))
		}
	}
	if r.says(q.Because.In(narrate.English)) {
		t.Error("the answer is told before it is asked")
	}
	drawer := r.capture.drawerOpen()
	r.write("d") // no fourth option: the key keeps its meaning
	if c.Revealed() || r.capture.drawerOpen() == drawer {
		t.Error("D answers a question with three answers")
	}
	r.write("B")
	if g, ok := c.Answer(); !ok || g != (app.Given{Choice: 1, Right: true}) {
		t.Fatalf("answered %+v, %v", g, ok)
	}
	for _, want := range []string{lessonWords.right[narrate.English], q.Because.In(narrate.English)} {
		if !r.says(want) {
			t.Errorf("%q is not told", want)
		}
	}
	if c.View.At(c.Packet).Frame != 4 || !strings.Contains(shown(), "#4") {
		t.Error("the packet with the answer is not shown")
	}
	if r.press("Right"); c.Question() != nil || c.Step != 1 {
		t.Errorf("then comes step %d", c.Step)
	}
	for c.Question() == nil {
		r.press("Right")
	}
	r.clickAt(r.capture.right.lesson.answers[0], 20, 10)
	if g, ok := c.Answer(); !ok || g != (app.Given{Choice: 0}) || !r.says(lessonWords.wrong[narrate.English]) {
		t.Errorf("a click on a wrong answer gives %+v, %v", g, ok)
	}
}

func TestTheEndOfACase(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	for !c.Ended {
		if c.Question() != nil {
			r.app.Choose(c.Right())
		}
		r.press("Right")
	}
	next := r.app.NextCase()
	for _, want := range []string{
		lessonWords.end[narrate.English], "You predicted all 5 right.", c.Case.Try.In(narrate.English), next.Title.In(narrate.English),
	} {
		if !r.says(want) {
			t.Errorf("%q is not told", want)
		}
	}
	r.app.GoHome()
	if home := strings.Join(lint.Texts(r.home.root), "\n"); !strings.Contains(home, "Done 5/5") {
		t.Error("Home does not tell the score")
	}
	r.openCase(c.Case.ID)
	c = r.app.Capture
	for !c.Ended {
		r.press("Right")
	}
	r.click(r.capture.right.lesson.next)
	if got := r.app.Capture.Case; got != next {
		t.Errorf("the button leads to %s, want %s", got.ID, next.ID)
	}
}

func TestAQuizOnAFile(t *testing.T) {
	r := open(t, Options{Files: []string{file(t, "x.pcapng", "trouble-reader-stopped", 0)}})
	c := r.loaded()
	if slices.Contains(lint.Texts(r.capture.right.tabs), quizWords.title[narrate.English]) {
		t.Error("there is a tab for a quiz that nobody asked for")
	}
	r.click(r.capture.bar.quiz)
	if c.Quiz == nil || !slices.Contains(lint.Texts(r.capture.right.tabs), quizWords.title[narrate.English]) {
		t.Fatal("no quiz")
	}
	for !c.Quiz.Over() {
		r.write("a")
		if _, ok := c.Answer(); !ok {
			t.Fatal("A gives no answer")
		}
		r.press("Right")
	}
	if !r.says(lessonWords.quizEnd[narrate.English]) || !r.says("You predicted") {
		t.Errorf("the end says %q", lint.Texts(r.capture.right.lesson.root))
	}
	r.click(r.capture.right.lesson.next)
	if c.Quiz.At != 0 || c.Revealed() {
		t.Error("no further questions")
	}
	r.click(r.capture.right.lesson.back)
	if c.Quiz != nil || c.Tab != app.DiagnosisTab {
		t.Errorf("after the quiz: tab %v", c.Tab)
	}
	r.write("q")
	if c.Quiz == nil {
		t.Error("Q starts no quiz")
	}
}

// TestQuestionsHaveNoFaults looks at every question of every case, open and answered, and at the end, in the smallest window.
func TestQuestionsHaveNoFaults(t *testing.T) {
	r := open(t, Options{})
	r.win.Resize(minSize)
	for i, l := range r.app.Cases {
		r.app.Set(func(s *app.Settings) { s.Lang = narrate.Lang(i % narrate.NumLangs) })
		c := r.openCase(l.ID)
		for r.press("Right"); !c.Ended; r.press("Right") {
			if c.Question() != nil {
				r.noFaults(l.ID + ": " + c.Question().Ask.In(r.lang()))
			}
		}
		r.noFaults(l.ID + ": the end")
	}
}

func TestAStepsPacketThatIsNotTCP(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("other-who-else-talks")
	r.press("Right", "Right", "Right") // a question lies between
	r.until("the question of ARP is shown", c.Other.Shown)
	if c.Step != 1 || !r.says("packet #1") {
		t.Errorf("step %d: %q", c.Step, lint.Texts(r.capture.right.lesson.root))
	}
	if r.press("Right"); c.Step != 2 {
		t.Errorf("the key for the next step leads to step %d", c.Step)
	}
	if r.press("Left", "Left"); c.Question() == nil || c.Other.Shown() {
		t.Error("the question before is not asked beside the chat")
	}
}
