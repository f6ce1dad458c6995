package app

import (
	"testing"

	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
)

// answerRight answers the open question, right or wrong, and checks what that shows.
func answerRight(t *testing.T, a *App, right bool) {
	t.Helper()
	c := a.Capture
	q := c.Question()
	if c.Revealed() {
		t.Fatalf("the answer of %q is shown before it was asked", q.Ask.In(narrate.English))
	}
	if last, ok := c.Cover(); !ok || last < c.Packet || c.View.At(last).Frame >= q.Before {
		t.Errorf("%q: packets up to index %d are shown, covered %v", q.Ask.In(narrate.English), last, ok)
	}
	choice := c.Right()
	if !right {
		choice = (choice + 1) % len(q.Options)
	}
	a.Choose(-1)
	a.Choose(len(q.Options))
	if c.Revealed() {
		t.Fatal("an answer that there is not was taken")
	}
	a.Choose(choice)
	g, ok := c.Answer()
	if !ok || g != (Given{choice, right}) {
		t.Errorf("%q: answered %+v, want option %d to be %v", q.Ask.In(narrate.English), g, choice, right)
	}
	if a.Choose((choice + 1) % len(q.Options)); choice != mustAnswer(t, c).Choice {
		t.Error("a second answer replaces the first")
	}
	if stream, other := c.Session.Locate(q.Proof()); other >= 0 {
		if c.Other.Index != other {
			t.Errorf("%q: shows conversation %d that is not TCP, want %d", q.Ask.In(narrate.English), c.Other.Index, other)
		}
	} else if c.Stream != stream || c.View.At(c.Packet).Frame != q.Proof() || c.Other.Shown() {
		t.Errorf("%q: shows packet %d of connection %d", q.Ask.In(narrate.English), c.View.At(c.Packet).Frame, c.Stream)
	}
	if last, ok := c.Cover(); ok && last < c.Packet {
		t.Errorf("%q: the packet that proves the answer is covered", q.Ask.In(narrate.English))
	}
}

func mustAnswer(t *testing.T, c *Capture) Given {
	t.Helper()
	g, ok := c.Answer()
	if !ok {
		t.Fatal("there is no answer")
	}
	return g
}

func TestWalkingThroughQuestionsShowsTheirAnswers(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("trouble-third-packet-lost") // asks behind its first step
	c := loaded(a, h)
	if last, ok := c.Cover(); !ok || c.View.At(last).Frame != 3 {
		t.Errorf("at the first step packets up to index %d may be seen, %v", last, ok)
	}
	a.ShowTab(DiagnosisTab)
	if _, ok := c.Cover(); ok {
		t.Error("packets are covered outside the lesson")
	}
	a.ShowTab(LessonTab)
	a.ShowView(LadderView)
	a.StepBy(1)
	if c.Question() == nil || c.Revealed() {
		t.Fatal("no open question behind the first step")
	}
	a.ShowTab(StatesTab)
	if last, ok := c.Cover(); !ok || c.View.At(last).Frame != 3 || !c.Guessing() {
		t.Errorf("beside another tab the open question lets packets up to index %d be seen, %v", last, ok)
	}
	at, told := c.Packet, len(h.notices)
	if a.SelectPacket(c.View.Len() - 1); c.Packet != at || len(h.notices) != told+1 {
		t.Errorf("packet %d is shown while the question asks for it, %d notices", c.Packet, len(h.notices)-told)
	}
	a.ShowTab(LessonTab)
	if c.Shows != ChatView {
		t.Errorf("the question is asked beside the view %v, which covers nothing", c.Shows)
	}
	if a.StepBy(1); !c.Revealed() || mustAnswer(t, c) != (Given{Choice: Passed}) {
		t.Error("going on does not show the answer")
	}
	if a.StepBy(1); c.Question() != nil || c.Step != 1 {
		t.Errorf("then comes step %d", c.Step)
	}
	if a.StepBy(-1); c.Question() == nil || !c.Revealed() {
		t.Error("the way back leaves the question out")
	}
	if a.StepBy(-1); c.Question() != nil || c.Step != 0 {
		t.Errorf("before it comes step %d", c.Step)
	}
	if a.StepBy(-1); c.Step != 0 {
		t.Errorf("before the first step comes %d", c.Step)
	}
	if right, of := c.Score(); right != 0 || of != 5 {
		t.Errorf("%d of %d", right, of)
	}
	if a.StartOver(); c.Step != 0 {
		t.Errorf("starts over at step %d", c.Step)
	}
	if _, ok := c.Given(0); ok {
		t.Error("starting over keeps an answer")
	}
}

// TestWhatIsNotTCPProvesAnAnswer checks that an answer shows what proves it in another conversation, and goes on from there.
func TestWhatIsNotTCPProvesAnAnswer(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("other-who-else-talks")
	c := loaded(a, h)
	if !c.Covering() {
		t.Error("nothing is covered before the first question")
	}
	a.StepBy(1)
	answerRight(t, a, true)
	h.until("the proof is shown", c.Other.Shown)
	if c.Other.View.At(c.Other.Packet).Frame != 1 {
		t.Errorf("shows packet %d of conversation %d", c.Other.Packet, c.Other.Index)
	}
	if last, ok := c.CoverOther(); !ok || c.Other.View.At(last).Frame != 2 {
		t.Errorf("up to packet index %d of it may be seen, covered %v", last, ok)
	}
	a.ShowTab(DiagnosisTab)
	if _, ok := c.CoverOther(); ok {
		t.Error("it is covered outside the lesson")
	}
	a.ShowTab(LessonTab)
	if a.StepBy(1); c.Step != 1 || c.Question() != nil {
		t.Errorf("then comes step %d", c.Step)
	}
}

func TestTheBestReadingIsKept(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("trouble-third-packet-lost")
	c := loaded(a, h)
	score := func() int {
		right, _ := a.Done[c.Case.ID].Score()
		return right
	}
	read := func(right bool) {
		for !c.Ended {
			if c.Question() != nil && !c.Revealed() {
				answerRight(t, a, right)
			}
			a.StepBy(1)
		}
	}
	if read(true); score() != 5 {
		t.Fatalf("%d right", score())
	}
	a.StartOver()
	if read(false); score() != 5 {
		t.Errorf("a worse reading leaves %d", score())
	}
}

func TestAnswersFromElsewhereAreForgotten(t *testing.T) {
	store := NewStore(t.TempDir(), narrate.English)
	given := map[int]Given{0: {Choice: 1, Right: true}, 1: {Choice: 99}, -1: {}, 77: {}, 2: {Choice: -7}}
	if err := store.Save(Saved{Settings: DefaultSettings(narrate.English), Done: map[string]CaseProgress{"http-picture": {Answers: given}}}); err != nil {
		t.Fatal(err)
	}
	a, _ := newApp(t, store)
	if got := a.Done["http-picture"].Answers; len(got) != 1 || got[0] != given[0] {
		t.Errorf("answers %v", got)
	}
}

func TestTheNextCaseFollowsThePath(t *testing.T) {
	a, h := newApp(t, nil)
	path := lesson.Path(a.Cases)
	if a.NextCase() != path[0] {
		t.Errorf("the path begins with %s", a.NextCase().ID)
	}
	a.OpenNextCase()
	for i := range path {
		c := loaded(a, h)
		if c.Case != path[i] {
			t.Fatalf("%d: %s, want %s", i, c.Case.ID, path[i].ID)
		}
		a.GoToStep(len(c.Case.Steps) - 1)
		a.OpenNextCase()
	}
	if a.Page != Home || a.NextCase() != nil {
		t.Errorf("behind the last case comes page %v, case %v", a.Page, a.NextCase())
	}
}

func TestQuizOnAConnection(t *testing.T) {
	a, h := newApp(t, nil)
	if a.StartQuiz(); a.CanQuiz() {
		t.Error("there is a quiz on Home")
	}
	openFile(a, h, write(t, "x.pcapng", caseCapture(t, "trouble-reader-stopped")))
	c := a.Capture
	a.ShowTab(StatsTab)
	a.ShowTab(LessonTab)
	if c.Tab != StatsTab {
		t.Error("the lesson's tab is shown without a lesson")
	}
	a.StartQuiz()
	if c.Quiz == nil || c.Tab != LessonTab || len(c.Quiz.Questions) < 3 {
		t.Fatalf("quiz %+v, tab %v", c.Quiz, c.Tab)
	}
	for i := 0; !c.Quiz.Over(); i++ {
		answerRight(t, a, i != 1)
		a.StepBy(1)
	}
	if right, of := c.Score(); right != of-1 || of != len(c.Quiz.Questions) {
		t.Errorf("%d of %d", right, of)
	}
	if a.StepBy(-1); c.Quiz.Over() || !c.Revealed() {
		t.Error("no way back to the questions")
	}
	a.StartOver()
	if c.Revealed() || c.Quiz.At != 0 {
		t.Error("starting over keeps answers")
	}
	a.EndQuiz()
	if c.Quiz != nil || c.Tab != StatsTab || c.Question() != nil {
		t.Errorf("after the quiz: tab %v", c.Tab)
	}
}

func TestAQuizEndsWithItsConnection(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("trouble-third-packet-lost")
	c := loaded(a, h)
	a.StartQuiz()
	if c.Quiz == nil {
		t.Fatal("no quiz")
	}
	a.StepBy(1)
	if c.Question() != &c.Quiz.Questions[0] || !c.Revealed() {
		t.Error("a step on does not show the answer")
	}
	a.SelectConnection(3)
	loaded(a, h)
	if c.Quiz != nil || c.Tab != LessonTab || c.Question() != nil {
		t.Errorf("quiz %v, tab %v", c.Quiz, c.Tab)
	}
}

func TestNoQuizWhereNothingIsProven(t *testing.T) {
	a, h := newApp(t, nil)
	openFile(a, h, write(t, "x.pcap", generated(t, 8))) // one direction, no handshake
	a.StartQuiz()
	if a.Capture.Quiz != nil || len(h.notices) != 1 || h.notices[0].Text != noticeNoQuiz {
		t.Errorf("quiz %v, notices %v", a.Capture.Quiz, h.notices)
	}
}

// TestAStepShowsWhatIsNotTCP walks over steps about ARP and back to the chat.
func TestAStepShowsWhatIsNotTCP(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("other-who-else-talks")
	c := loaded(a, h)
	shows := func(frame uint32) func() bool {
		return func() bool { return c.Other.Shown() && c.Other.View.At(c.Other.Packet).Frame == frame }
	}
	a.GoToStep(1)
	h.until("the question of ARP is shown", shows(1))
	a.GoToStep(2)
	h.until("then the question of DNS", shows(3))
	if a.GoToStep(3); c.Other.Shown() || c.View.At(c.Packet).Frame != 7 {
		t.Error("a step about TCP leaves something else in the middle")
	}
}
