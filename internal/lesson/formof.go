package lesson

import "tcptalk/internal/narrate"

// formOf writes a case down. What is expected of the recording is left out: it is what the engine says.
func formOf(c *Case) *caseForm {
	f := &caseForm{
		ID: c.ID, Number: c.Number, Track: c.Track.ID, Level: c.Level, Minutes: c.Minutes, Tags: c.Tags, Focus: c.Focus,
		Title: written(c.Title), Summary: written(c.Summary), Try: written(c.Try), Sources: c.Sources,
	}
	for _, a := range c.Ladder {
		f.Ladder = append(f.Ladder, a.String())
	}
	for i := range c.Steps {
		s := &c.Steps[i]
		step := stepForm{Stream: &s.Stream, At: s.Packets, Beside: s.Beside, Field: s.Field, Title: written(s.Title), Text: written(s.Text), Why: written(s.Why)}
		if s.Payload != [2]int{} {
			step.Payload = s.Payload[:]
		}
		f.Steps = append(f.Steps, step)
	}
	for i := range c.Questions {
		f.Questions = append(f.Questions, questionOf(&c.Questions[i]))
	}
	return f
}

func questionOf(q *Question) questionForm {
	f := questionForm{After: q.After + 1, Stream: &q.Stream, Before: q.Before, Ask: written(q.Ask), Because: written(q.Because)}
	for _, o := range q.Options {
		if q.Compute.What != "" {
			f.Offer = append(f.Offer, o.Value)
		} else {
			f.Choices = append(f.Choices, choiceOf(o))
		}
	}
	if q.Compute.What != "" {
		f.Answer = answerForm{Compute: q.Compute.What, Packet: q.Compute.Packet}
	} else {
		f.Answer.Choice, f.Answer.Packet = q.Right+1, q.Compute.Packet
		if q.Within != [2]uint32{} {
			f.Answer.Packets = q.Within[:]
		}
	}
	return f
}

func choiceOf(o Option) choiceForm {
	t := written(o.Text)
	f := choiceForm{En: t.En, ZhHans: t.ZhHans, When: o.Holds.Filter, Other: o.Holds.Other}
	if o.Holds != (Condition{}) && o.Holds != some(o.Holds.Filter, o.Holds.Other) {
		f.Times = []int{o.Holds.Least, o.Holds.Most}
	}
	return f
}

// written is a text by its languages; one that is the same in all stands there once.
func written(t narrate.Text) textForm {
	if t[narrate.English] == t[narrate.Chinese] {
		return textForm{En: t[narrate.English]}
	}
	return textForm{En: t[narrate.English], ZhHans: t[narrate.Chinese]}
}

// String writes an arrow as parseArrow reads it.
func (a Arrow) String() string {
	s := "< "
	if a.FromClient {
		s = "> "
	}
	if a.Gap {
		s = "... " + s
	}
	s += a.Word
	if a.Kind == ArrowLost {
		s += " lost"
	}
	return s
}
