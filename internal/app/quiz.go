package app

import (
	"math/rand/v2"

	"tcptalk/internal/lesson"
	"tcptalk/internal/lesson/proof"
	"tcptalk/internal/narrate"
)

// Quiz are questions on a connection that the reader asked for.
type Quiz struct {
	Questions []lesson.Question
	// At is the question shown; behind the last one the result is.
	At int

	stream int
	given  map[int]Given
	talk   *proof.Talk
	// before is the tab that was shown before.
	before Tab
}

func (q *Quiz) question() *lesson.Question {
	if q.At < 0 || q.At >= len(q.Questions) {
		return nil
	}
	return &q.Questions[q.At]
}

// Over says that the result is shown.
func (q *Quiz) Over() bool { return q.At >= len(q.Questions) }

// CanQuiz says that a connection is shown that can be asked about.
func (a *App) CanQuiz() bool {
	c := a.Capture
	return c != nil && c.View != nil && !c.Loading && !c.Other.Shown()
}

// StartQuiz asks about the connection that is shown; asked again, it asks something else.
func (a *App) StartQuiz() {
	if !a.CanQuiz() {
		return
	}
	c := a.Capture
	talk := proof.NewTalk(c.View)
	questions := lesson.Quiz(talk, rand.Uint64()) //nolint:gosec // chooses questions, guards nothing
	if len(questions) == 0 {
		a.host.Notify(Notice{Text: noticeNoQuiz})
		return
	}
	before := c.Tab
	if c.Quiz != nil {
		before = c.Quiz.before
	}
	c.Quiz = &Quiz{Questions: questions, given: map[int]Given{}, talk: talk, stream: c.Stream, before: before}
	c.Tab = LessonTab
	a.showQuiz(c)
	a.changed(PanesChanged)
}

// EndQuiz goes back to what was there before the quiz.
func (a *App) EndQuiz() {
	c := a.Capture
	if c == nil || c.Quiz == nil {
		return
	}
	c.Tab, c.Quiz = c.Quiz.before, nil
	a.changed(PanesChanged | LessonChanged | SelectionChanged)
}

// quizBy goes to another question; an open one shows its answer first.
func (a *App) quizBy(n int) {
	c := a.Capture
	if n > 0 && c.Quiz.question() != nil && !c.Revealed() {
		a.Reveal()
		return
	}
	c.Quiz.At = min(max(c.Quiz.At+n, 0), len(c.Quiz.Questions))
	a.showQuiz(c)
}

// showQuiz shows the question with what may be seen of its connection, or the result.
func (a *App) showQuiz(c *Capture) {
	if q := c.Quiz.question(); q != nil {
		c.Field = ""
		if c.Revealed() {
			a.point(c, q.Stream, q.Proof())
		} else {
			a.point(c, q.Stream, a.lastSeen(c, q))
		}
	}
	a.changed(LessonChanged | SelectionChanged)
}

// leaveQuiz ends a quiz whose connection is no longer the one shown.
func (c *Capture) leaveQuiz(stream int) {
	if c.Quiz != nil && c.Quiz.stream != stream {
		c.Tab, c.Quiz = c.Quiz.before, nil
	}
}

var noticeNoQuiz = narrate.Text{
	"The packets of this connection prove too little to ask about it.", "这条连接的包能证明的太少，没法出题。",
}
