package app

import (
	"strings"
	"time"

	"tcptalk/internal/lesson"
)

// LessonStep returns the lesson's step that is shown or was shown last, nil without a lesson.
func (c *Capture) LessonStep() *lesson.Step {
	if c.Case == nil || c.Step < 0 || c.Step >= len(c.Case.Steps) {
		return nil
	}
	return &c.Case.Steps[c.Step]
}

// StepBy walks the lesson: +1 to what comes next, a step, a question or the end, -1 to what came before. A question that is
// still open shows its answer first. 0 shows the same again.
func (a *App) StepBy(n int) {
	c := a.Capture
	if c == nil || c.Loading || !c.Learning() {
		return
	}
	switch {
	case c.Quiz != nil:
		a.quizBy(n)
	case n > 0:
		a.stepOn(c)
	case n < 0:
		a.stepBack(c)
	case c.Asking >= 0:
		a.showQuestion(c, c.Asking)
	default:
		a.goToStep(c.Step)
	}
}

func (a *App) stepOn(c *Capture) {
	next := 0 // the first question that may come next
	switch {
	case c.Ended:
		return
	case c.Asking >= 0 && !c.Revealed():
		a.Reveal()
		return
	case c.Asking >= 0:
		next = c.Asking + 1
	default:
		for next < len(c.Case.Questions) && c.Case.Questions[next].After < c.Step {
			next++
		}
	}
	switch {
	case next < len(c.Case.Questions) && c.Case.Questions[next].After == c.Step:
		a.showQuestion(c, next)
	case c.Step+1 < len(c.Case.Steps):
		a.goToStep(c.Step + 1)
	default:
		c.Ended, c.Asking = true, -1
		a.changed(LessonChanged)
	}
}

func (a *App) stepBack(c *Capture) {
	last, step := len(c.Case.Questions)-1, c.Step // the last question that may have come before, and the step otherwise
	switch {
	case c.Ended:
	case c.Asking >= 0:
		last = c.Asking - 1
	default:
		step--
		for last >= 0 && c.Case.Questions[last].After > step {
			last--
		}
	}
	switch {
	case step < 0:
	case last >= 0 && c.Case.Questions[last].After == step:
		c.Step = step
		a.showQuestion(c, last)
	default:
		a.goToStep(step)
	}
}

// GoToStep shows a step of the lesson and selects its packets.
func (a *App) GoToStep(n int) {
	if c := a.Capture; c != nil && c.Case != nil && n >= 0 && n < len(c.Case.Steps) {
		a.goToStep(n)
	}
}

func (a *App) goToStep(n int) {
	c := a.Capture
	c.Step, c.Asking, c.Ended = n, -1, false
	step := &c.Case.Steps[n]
	a.point(c, step.Stream, step.Packets...)
	c.Field, c.Outside = fieldIDs[step.Field], strings.HasPrefix(fieldIDs[step.Field], "ip.")
	a.showBeside(c, step.Beside)
	done := a.Done[c.Case.ID]
	done.Step, done.When = n, time.Now()
	done.Done = done.Done || n == len(c.Case.Steps)-1
	a.Done[c.Case.ID] = done
	a.changed(LessonChanged | SelectionChanged)
}

// showBeside shows a packet that is not TCP, in its conversation; 0 is none. The list at the left shows where that is.
func (a *App) showBeside(c *Capture, frame uint32) {
	if c.Session == nil {
		return
	}
	family := TCPFamily
	if _, other := c.Session.Locate(frame); frame != 0 && other >= 0 {
		family = familyOf(c.Session.Other(other).Kind)
		c.Other.goTo = frame
		a.SelectOther(other)
	}
	a.ShowFamily(family)
}

// StepBytes is the range of the selected packet's payload that the step shown points at; false if it points at none.
func (c *Capture) StepBytes() (from, to int, ok bool) {
	step := c.LessonStep()
	if step == nil || step.Payload == [2]int{} || c.Question() != nil || c.View == nil || c.Packet < 0 || c.Stream != int(step.Stream) ||
		c.View.At(c.Packet).Frame != step.Packets[0] {
		return 0, 0, false
	}
	return step.Payload[0], step.Payload[1], true
}

// StepPackets are the packets that the step shown speaks of, by their places in the connection shown; nil where no step is shown.
func (c *Capture) StepPackets() []int {
	step := c.LessonStep()
	if step == nil || c.Tab != LessonTab || c.Ended || c.Question() != nil || c.Quiz != nil || c.View == nil || c.Stream != int(step.Stream) {
		return nil
	}
	var out []int
	for _, frame := range step.Packets {
		if i := c.View.Find(frame); i >= 0 {
			out = append(out, i)
		}
	}
	return out
}

// point shows a connection and selects the first of some packets of it. None of them stays folded away.
func (a *App) point(c *Capture, stream uint32, frames ...uint32) {
	a.leaveOther(c)
	if c.Stream != int(stream) {
		a.selectConnection(int(stream))
	}
	if c.View == nil {
		return
	}
	before := c.Chat
	for _, frame := range frames[1:] {
		if i := c.View.Find(frame); i >= 0 {
			c.Chat = c.Chat.Revealing(i)
		}
	}
	if c.Chat != before {
		a.changed(ChatChanged)
	}
	if i := c.View.Find(frames[0]); i >= 0 {
		a.SelectPacket(i)
	}
}

// leaveCase keeps how far the reader came.
func (a *App) leaveCase() {
	if c := a.Capture; c != nil && c.Case != nil {
		a.save()
	}
}

// NextCase returns the case to read after the one that is open (on Home: the first of the path) that is not done, nil if all
// are.
func (a *App) NextCase() *lesson.Case {
	var after *lesson.Case
	if a.Capture != nil {
		after = a.Capture.Case
	}
	return lesson.Next(a.Cases, after, func(c *lesson.Case) bool { return a.Done[c.ID].Done })
}

// OpenNextCase opens what NextCase returns, Home if that is nothing.
func (a *App) OpenNextCase() {
	if next := a.NextCase(); next != nil {
		a.OpenCase(next.ID)
		return
	}
	a.GoHome()
}

// fieldIDs maps the fields that a lesson can point at to package packet's names.
var fieldIDs = map[string]string{
	"source_port": "tcp.srcport", "destination_port": "tcp.dstport", "seq": "tcp.seq", "ack": "tcp.ack", "flags": "tcp.flags",
	"window": "tcp.window_size_value", "checksum": "tcp.checksum", "urgent": "tcp.urgent_pointer", "options": "tcp.options",
	"mss": "tcp.options.mss", "sack": "tcp.options.sack", "timestamps": "tcp.options.timestamp", "timestamp_echo": "tcp.options.timestamp.tsecr",
	"payload": "tcp.payload", "identification": "ip.id", "dont_fragment": "ip.flags.df",
}
