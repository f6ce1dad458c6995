package app

import (
	"maps"
	"math"
	"sort"
	"time"

	"tcptalk/internal/lesson"
	"tcptalk/internal/lesson/proof"
	"tcptalk/internal/narrate"
)

// Given is what a reader answered to a question, the first time counts.
type Given struct {
	// Choice is the option, from 0; -1 for a reader who had the answer shown.
	Choice int `json:"choice"`
	// Right says that it was the right one.
	Right bool `json:"right"`
}

// Passed is the Choice of a reader who had the answer shown.
const Passed = -1

// Question returns the question that is open or was just answered, nil if a step is shown.
func (c *Capture) Question() *lesson.Question {
	switch {
	case c.Quiz != nil:
		return c.Quiz.question()
	case c.Case == nil || c.Asking < 0 || c.Asking >= len(c.Case.Questions):
		return nil
	}
	return &c.Case.Questions[c.Asking]
}

// Learning says that a lesson or a quiz is open.
func (c *Capture) Learning() bool { return c.Case != nil || c.Quiz != nil }

// Guessing says that an open question asks about the connection shown: what would show its answer is covered meanwhile,
// wherever the reader looks.
func (c *Capture) Guessing() bool {
	q := c.Question()
	return q != nil && !c.Revealed() && int(q.Stream) == c.Stream && !c.Other.Shown()
}

// Covering says that an open or a coming question asks for something of the connection shown, whichever tab stands beside it.
func (c *Capture) Covering() bool {
	if c.View == nil {
		return false
	}
	frame := c.asked()
	return frame != 0 && c.before(frame) < c.View.Len()-1
}

// Answer returns what was answered to the question shown, false while it is open.
func (c *Capture) Answer() (Given, bool) {
	switch {
	case c.Question() == nil:
		return Given{}, false
	case c.Quiz != nil:
		return c.Given(c.Quiz.At)
	}
	return c.Given(c.Asking)
}

// Given returns what was answered to question i, false if nothing was yet.
func (c *Capture) Given(i int) (Given, bool) {
	given := c.answers
	if c.Quiz != nil {
		given = c.Quiz.given
	}
	g, ok := given[i]
	return g, ok
}

// Revealed says that the answer of the question shown is to be seen.
func (c *Capture) Revealed() bool {
	_, ok := c.Answer()
	return ok
}

// Right returns the index of the right option of the question shown, -1 if the capture does not say.
func (c *Capture) Right() int {
	q := c.Question()
	if q == nil {
		return -1
	}
	right, err := q.Answer(c.facts())
	if err != nil {
		return -1
	}
	return right
}

// facts are what the questions of a case are answered from.
func (c *Capture) facts() lesson.Facts {
	if c.Quiz != nil {
		return c.Quiz.talk
	}
	if c.known == nil && c.Case != nil {
		if f, err := proof.Packets(c.Session); err == nil {
			c.known = f
		}
	}
	return c.known
}

// Choose answers the open question with option i.
func (a *App) Choose(i int) {
	c := a.Capture
	if c == nil || c.Question() == nil || c.Revealed() || i < 0 || i >= len(c.Question().Options) {
		return
	}
	a.answer(c, Given{i, i == c.Right()})
}

// Reveal shows the answer of the open question to a reader who does not want to guess.
func (a *App) Reveal() {
	if c := a.Capture; c != nil && c.Question() != nil && !c.Revealed() {
		a.answer(c, Given{Choice: Passed})
	}
}

// answer takes an answer over and shows the packet that proves it.
func (a *App) answer(c *Capture, g Given) {
	q := c.Question()
	if c.Quiz != nil {
		c.Quiz.given[c.Quiz.At] = g
	} else {
		c.answers[c.Asking] = g
		a.keepAnswers(c)
	}
	a.prove(c, q)
	a.changed(LessonChanged | SelectionChanged)
}

// prove shows the packet that proves the answer, in whichever conversation it is.
func (a *App) prove(c *Capture, q *lesson.Question) {
	frame, stream := q.Proof(), q.Stream
	if c.Session != nil {
		if s, _ := c.Session.Locate(frame); s >= 0 {
			stream = uint32(s)
		}
	}
	a.point(c, stream, frame)
	a.showBeside(c, frame)
}

// keepAnswers keeps the answers of this reading, unless an earlier one was better.
func (a *App) keepAnswers(c *Capture) {
	done := a.Done[c.Case.ID]
	if countRight(c.answers) < countRight(done.Answers) {
		return
	}
	done.Answers, done.When = maps.Clone(c.answers), time.Now()
	a.Done[c.Case.ID] = done
	a.save()
}

// showQuestion asks question i of the lesson.
func (a *App) showQuestion(c *Capture, i int) {
	c.Asking, c.Ended = i, false
	q := &c.Case.Questions[i]
	c.Field, c.Outside = "", false
	if c.Revealed() {
		a.prove(c, q)
	} else {
		a.point(c, q.Stream, a.lastSeen(c, q))
		a.showBeside(c, 0)
	}
	a.changed(LessonChanged | SelectionChanged)
}

// lastSeen returns the last packet of the question's connection that may be seen while it is open, 0 if there is none. It is asked
// beside the chat: the other views would show its answer and are covered.
func (a *App) lastSeen(c *Capture, q *lesson.Question) uint32 {
	a.ShowView(ChatView)
	if c.Stream != int(q.Stream) {
		a.selectConnection(int(q.Stream))
	}
	if c.View == nil {
		return 0
	}
	if last := c.before(c.asked()); last >= 0 {
		return c.View.At(last).Frame
	}
	return 0
}

// Cover returns the last packet of the connection shown, as an index of View, that an open or a coming question lets a reader
// see; false if all may be seen. Beside another tab than the lesson's only an open question covers what it asks for: whoever
// leaves a step looks for themselves.
func (c *Capture) Cover() (packet int, ok bool) {
	if c.View == nil || c.Tab != LessonTab && !c.Guessing() {
		return 0, false
	}
	frame := c.asked()
	if frame == 0 {
		return 0, false
	}
	last := c.before(frame)
	return last, last >= 0 && last < c.View.Len()-1
}

// CoverOther returns the last packet of the conversation shown that is not TCP that may be seen; false if all of it may.
func (c *Capture) CoverOther() (packet int, ok bool) {
	if !c.Other.Shown() || c.Tab != LessonTab || c.Case == nil || c.Ended || c.Quiz != nil {
		return 0, false
	}
	frame := uint32(math.MaxUint32)
	for i := range c.Case.Questions {
		if q := &c.Case.Questions[i]; c.open(i) {
			frame = min(frame, q.Before)
			if q.Within[0] != 0 { // what proves the answer may be no TCP
				frame = min(frame, q.Within[0])
			}
		}
	}
	v := c.Other.View
	last := sort.Search(v.Len(), func(i int) bool { return v.At(i).Frame >= frame }) - 1
	return last, last >= 0 && last < v.Len()-1
}

// asked returns the first packet of the connection shown that an open or a coming question asks for, 0 if there is none. What
// has just been answered is behind it.
func (c *Capture) asked() (frame uint32) {
	q := c.Question()
	if c.Quiz != nil {
		if q != nil && !c.Revealed() && int(q.Stream) == c.Stream {
			frame = q.Before
		}
		return frame
	}
	if c.Case == nil || c.Ended {
		return 0
	}
	for i := range c.Case.Questions {
		if f := c.Case.Questions[i].Before; c.open(i) && (frame == 0 || f < frame) {
			frame = f
		}
	}
	if frame != 0 && q != nil && c.Revealed() && int(q.Stream) == c.Stream {
		frame = max(frame, q.Proof()+1)
	}
	return frame
}

// open says that question i of the lesson is asked now or will be, about the connection shown.
func (c *Capture) open(i int) bool {
	q := &c.Case.Questions[i]
	_, answered := c.answers[i]
	return int(q.Stream) == c.Stream && !answered && (i == c.Asking || i > c.Asking && q.After >= c.Step)
}

// before returns the last packet of the connection shown, as an index of View, that comes before a frame, -1 if none does.
func (c *Capture) before(frame uint32) int {
	return sort.Search(c.View.Len(), func(i int) bool { return c.View.At(i).Frame >= frame }) - 1
}

// Score counts the right answers and all questions of what is open.
func (c *Capture) Score() (right, of int) {
	if c.Quiz != nil {
		return countRight(c.Quiz.given), len(c.Quiz.Questions)
	}
	if c.Case == nil {
		return 0, 0
	}
	return countRight(c.answers), len(c.Case.Questions)
}

// Score counts the right answers of the best reading; answered is false if no question was.
func (p CaseProgress) Score() (right int, answered bool) {
	return countRight(p.Answers), len(p.Answers) > 0
}

func countRight(given map[int]Given) int {
	n := 0
	for _, g := range given {
		if g.Right {
			n++
		}
	}
	return n
}

// StartOver forgets the answers and begins the lesson or the quiz again.
func (a *App) StartOver() {
	c := a.Capture
	switch {
	case c == nil || !c.Learning():
	case c.Quiz != nil:
		a.StartQuiz()
	default:
		c.answers = map[int]Given{}
		a.goToStep(0)
	}
}

var noticeCovered = narrate.Text{
	"That packet would show the answer: answer the question first.", "这个包会露出答案：请先回答问题。",
}
