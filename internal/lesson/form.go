package lesson

import "tcptalk/internal/narrate"

// The types in this file are the written form of case.yaml, key by key.

type caseForm struct {
	ID        string         `yaml:"id,omitempty"`
	Number    int            `yaml:"number,omitempty"`
	Track     string         `yaml:"track,omitempty"`
	Level     int            `yaml:"level,omitempty"`
	Minutes   int            `yaml:"minutes,omitempty"`
	Tags      []string       `yaml:"tags,omitempty"`
	Focus     []uint32       `yaml:"focus,omitempty"`
	Title     textForm       `yaml:"title,omitempty"`
	Summary   textForm       `yaml:"summary,omitempty"`
	Ladder    []string       `yaml:"ladder,omitempty"`
	Steps     []stepForm     `yaml:"steps,omitempty"`
	Questions []questionForm `yaml:"questions,omitempty"`
	Try       textForm       `yaml:"try,omitempty"`
	Expect    expectForm     `yaml:"expect,omitempty"`
	Sources   []string       `yaml:"sources,omitempty"`
}

type textForm struct {
	En     string `yaml:"en,omitempty"`
	ZhHans string `yaml:"zh-Hans,omitempty"`
}

func (t textForm) text() narrate.Text {
	return narrate.Text{narrate.English: t.En, narrate.Chinese: t.ZhHans}
}

type stepForm struct {
	// Stream is the first connection in focus where it is not given.
	Stream  *uint32  `yaml:"stream,omitempty"`
	At      []uint32 `yaml:"at,omitempty"`
	Beside  uint32   `yaml:"beside,omitempty"`
	Field   string   `yaml:"field,omitempty"`
	Payload []int    `yaml:"payload,omitempty"`
	Title   textForm `yaml:"title,omitempty"`
	Text    textForm `yaml:"text,omitempty"`
	Why     textForm `yaml:"why,omitempty"`
}

type questionForm struct {
	// After is a step, counted from 1.
	After  int      `yaml:"after,omitempty"`
	Stream *uint32  `yaml:"stream,omitempty"`
	Before uint32   `yaml:"before,omitempty"`
	Ask    textForm `yaml:"ask,omitempty"`
	// Offer lists the values of a computed question, Choices the answers of another; one of them is given.
	Offer   []string     `yaml:"offer,omitempty"`
	Choices []choiceForm `yaml:"choices,omitempty"`
	Answer  answerForm   `yaml:"answer,omitempty"`
	Because textForm     `yaml:"because,omitempty"`
}

// choiceForm is one answer with what makes it right.
type choiceForm struct {
	En     string `yaml:"en,omitempty"`
	ZhHans string `yaml:"zh-Hans,omitempty"`
	When   string `yaml:"when,omitempty"`
	Other  string `yaml:"other,omitempty"`
	// Times is how many packets are so: a number, or the least and the most; at least one where it is not given.
	Times []int `yaml:"times,omitempty"`
}

func (f *choiceForm) option() (Option, error) {
	o := Option{Text: narrate.Text{narrate.English: f.En, narrate.Chinese: f.ZhHans}}
	if f.When != "" || f.Other != "" {
		o.Holds = some(f.When, f.Other)
	}
	switch len(f.Times) {
	case 0:
	case 1, 2:
		o.Holds.Least, o.Holds.Most = f.Times[0], f.Times[len(f.Times)-1]
	default:
		return Option{}, errTimes
	}
	return o, nil
}

type answerForm struct {
	Compute string `yaml:"compute,omitempty"`
	Packet  uint32 `yaml:"packet,omitempty"`
	// Choice counts from 1. Packets are the first and the last one that the conditions of the choices look at.
	Choice  int      `yaml:"choice,omitempty"`
	Packets []uint32 `yaml:"packets,omitempty"`
}

type expectForm struct {
	Connections   int                   `yaml:"connections"`
	Closing       []closingForm         `yaml:"closing"`
	Labels        map[uint32][]string   `yaml:"labels"`
	NoOtherLabels bool                  `yaml:"no_other_labels"`
	States        map[uint32]statesForm `yaml:"states"`
	Packets       map[uint32]packetForm `yaml:"packets"`
	Messages      []messageForm         `yaml:"messages"`
	Files         []fileForm            `yaml:"files"`
	MayDrift      []string              `yaml:"may_drift"`
}

type closingForm struct {
	Stream uint32 `yaml:"stream"`
	Ending string `yaml:"ending"`
	By     string `yaml:"by"`
}

type statesForm struct {
	Client string `yaml:"client"`
	Server string `yaml:"server"`
}

type packetForm struct {
	Flags *string `yaml:"flags"`
	Seq   *uint32 `yaml:"seq"`
	Ack   *uint32 `yaml:"ack"`
	Len   *uint32 `yaml:"len"`
}

type messageForm struct {
	Stream   uint32 `yaml:"stream"`
	Protocol string `yaml:"protocol"`
	Packet   uint32 `yaml:"packet"`
	Kind     string `yaml:"kind"`
	Method   string `yaml:"method"`
	URI      string `yaml:"uri"`
	Status   int    `yaml:"status"`
	Opcode   *int   `yaml:"opcode"`
	Fin      *bool  `yaml:"fin"`
	Masked   *bool  `yaml:"masked"`
	Len      *int64 `yaml:"len"`
}

type fileForm struct {
	Name   string `yaml:"name"`
	Size   int64  `yaml:"size"`
	SHA256 string `yaml:"sha256"`
}

// caseOf turns the written form into a case. It checks nothing but what cannot be turned.
func (f *caseForm) caseOf() (*Case, error) {
	track, ok := trackNamed(f.Track)
	if !ok {
		return nil, refuse(narrate.Text{"unknown track %q", "没有 %q 这个系列"}, f.Track)
	}
	c := &Case{
		ID: f.ID, Number: f.Number, Track: track, Level: f.Level, Minutes: f.Minutes, Tags: f.Tags, Focus: f.Focus,
		Title: f.Title.text(), Summary: f.Summary.text(), Try: f.Try.text(), Sources: f.Sources, Expect: f.Expect.expectations(),
	}
	for _, s := range f.Ladder {
		a, err := parseArrow(s)
		if err != nil {
			return nil, err
		}
		c.Ladder = append(c.Ladder, a)
	}
	first := uint32(0)
	if len(f.Focus) > 0 {
		first = f.Focus[0]
	}
	for i := range f.Steps {
		s, err := f.Steps[i].step(first)
		if err != nil {
			return nil, at("step", i, err)
		}
		c.Steps = append(c.Steps, s)
	}
	for i := range f.Questions {
		q, err := f.Questions[i].question(first)
		if err != nil {
			return nil, at("question", i, err)
		}
		c.Questions = append(c.Questions, q)
	}
	return c, nil
}

func (f *stepForm) step(stream uint32) (Step, error) {
	s := Step{Stream: stream, Packets: f.At, Beside: f.Beside, Field: f.Field, Title: f.Title.text(), Text: f.Text.text(), Why: f.Why.text()}
	if f.Stream != nil {
		s.Stream = *f.Stream
	}
	switch len(f.Payload) {
	case 0:
	case len(s.Payload):
		s.Payload = [2]int(f.Payload)
	default:
		return Step{}, errPayload
	}
	return s, nil
}

func (f *questionForm) question(stream uint32) (Question, error) {
	q := Question{
		After: f.After - 1, Stream: stream, Before: f.Before, Ask: f.Ask.text(), Because: f.Because.text(),
		Compute: Compute{What: f.Answer.Compute, Packet: f.Answer.Packet}, Right: f.Answer.Choice - 1,
	}
	if f.Stream != nil {
		q.Stream = *f.Stream
	}
	computed := f.Answer.Compute != ""
	if computed == (f.Answer.Choice != 0) || computed != (len(f.Offer) > 0) || computed == (len(f.Choices) > 0) {
		return Question{}, errAnswer
	}
	if computed {
		q.Right = 0
	}
	for _, v := range f.Offer {
		q.Options = append(q.Options, Option{Value: v, Text: valueText(f.Answer.Compute, v)})
	}
	for _, c := range f.Choices {
		o, err := c.option()
		if err != nil {
			return Question{}, err
		}
		q.Options = append(q.Options, o)
	}
	switch n := len(f.Answer.Packets); {
	case n == len(q.Within) && !computed:
		q.Within = [2]uint32(f.Answer.Packets)
	case n != 0:
		return Question{}, errAnswer
	}
	return q, nil
}

func (f *expectForm) expectations() Expectations {
	e := Expectations{Connections: f.Connections, Labels: f.Labels, NoOtherLabels: f.NoOtherLabels, MayDrift: f.MayDrift}
	for _, c := range f.Closing {
		e.Closing = append(e.Closing, ExpectedClosing(c))
	}
	if len(f.States) > 0 {
		e.States = make(map[uint32]ExpectedStates, len(f.States))
	}
	for n, s := range f.States {
		e.States[n] = ExpectedStates(s)
	}
	if len(f.Packets) > 0 {
		e.Packets = make(map[uint32]ExpectedPacket, len(f.Packets))
	}
	for n, p := range f.Packets {
		e.Packets[n] = ExpectedPacket(p)
	}
	for _, m := range f.Messages {
		e.Messages = append(e.Messages, ExpectedMessage(m))
	}
	for _, file := range f.Files {
		e.Files = append(e.Files, ExpectedFile(file))
	}
	return e
}
