package ui

import (
	"strings"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// quizWords are the texts of the way to a quiz.
var quizWords = struct{ title, start narrate.Text }{
	title: narrate.Text{"Quiz", "测验"},
	start: narrate.Text{"Quiz me on this connection", "就这条连接考考我"},
}

// lessonCommands answer questions and ask for them.
func (w *Window) lessonCommands() []command {
	return []command{
		{id: "answer", group: groupMove, does: lessonWords.choose, keys: []string{"A … D"}, plain: true},
		{id: "quiz", group: groupPacket, does: lessonWords.ask, keys: []string{"Q"}, can: w.canQuiz, do: w.startQuiz},
		{
			id: "quiz.end", group: groupPacket, does: narrate.Text{"end the quiz", "结束测验"},
			can: func() bool { return w.onCapture() && w.app.Capture.Quiz != nil }, do: w.app.EndQuiz,
		},
		{
			id: "case.next", group: groupWindow, does: narrate.Text{"open the next case", "打开下一个案例"},
			can: func() bool { return w.app.NextCase() != nil }, do: w.app.OpenNextCase,
		},
		{
			id: "case.again", group: groupWindow, does: narrate.Text{"start the case over", "重新开始这个案例"},
			can: func() bool { return w.onCapture() && w.app.Capture.Case != nil }, do: w.app.StartOver,
		},
	}
}

// stepBy goes a step on or back in the lesson, a packet where there is none.
func (w *Window) stepBy(n int) {
	c := w.app.Capture
	switch {
	case c.Learning() && (c.Tab == app.LessonTab || !w.capture.others()): // a step may show what is not TCP
		w.app.StepBy(n)
	case w.capture.others():
	default:
		w.app.PlayBy(n)
	}
}

func (w *Window) canQuiz() bool { return w.onCapture() && w.app.CanQuiz() }

// startQuiz asks about the connection, beside it.
func (w *Window) startQuiz() {
	w.app.StartQuiz()
	if w.app.Capture.Quiz != nil {
		w.capture.showPane(true)
	}
}

// answered gives the answer of a letter to the open question, and reports that there was one to give.
func (w *Window) answered(letter rune) bool {
	if !w.onCapture() || w.covered() {
		return false
	}
	c := w.app.Capture
	q := c.Question()
	i := strings.IndexRune(answerLetters, letter)
	if q == nil || c.Revealed() || c.Tab != app.LessonTab || i < 0 || i >= len(q.Options) {
		return false
	}
	w.app.Choose(i)
	return true
}
