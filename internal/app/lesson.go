package app

import (
	"time"

	"tcptalk/internal/lesson"
)

// LessonStep returns the lesson's step that is shown, nil without a lesson.
func (c *Capture) LessonStep() *lesson.Step {
	if c.Case == nil || c.Step < 0 || c.Step >= len(c.Case.Steps) {
		return nil
	}
	return &c.Case.Steps[c.Step]
}

// StepBy walks the lesson: +1 for the next step, -1 for the one before.
func (a *App) StepBy(n int) {
	c := a.Capture
	if c == nil || c.Case == nil || c.Loading {
		return
	}
	if s := c.Step + n; s >= 0 && s < len(c.Case.Steps) {
		a.goToStep(s)
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
	c.Step = n
	a.leaveOther(c)
	step := &c.Case.Steps[n]
	if c.Stream != int(step.Stream) {
		a.selectConnection(int(step.Stream))
	}
	if c.View != nil {
		if i := c.View.Find(step.Packets[0]); i >= 0 {
			a.SelectPacket(i)
		}
	}
	c.Field = fieldIDs[step.Field]
	done := a.Done[c.Case.ID]
	done.Step, done.When = n, time.Now()
	done.Done = done.Done || n == len(c.Case.Steps)-1
	a.Done[c.Case.ID] = done
	a.changed(LessonChanged | SelectionChanged)
}

// leaveCase keeps how far the reader came.
func (a *App) leaveCase() {
	if c := a.Capture; c != nil && c.Case != nil {
		a.save()
	}
}

// fieldIDs maps the fields that a lesson can point at to package packet's names.
var fieldIDs = map[string]string{
	"source_port": "tcp.srcport", "destination_port": "tcp.dstport", "seq": "tcp.seq", "ack": "tcp.ack", "flags": "tcp.flags",
	"window": "tcp.window_size_value", "checksum": "tcp.checksum", "urgent": "tcp.urgent_pointer", "options": "tcp.options",
	"payload": "tcp.payload",
}
