package widget

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Verdict is what became of an Answer.
type Verdict uint8

// The verdicts.
const (
	Unanswered Verdict = iota
	RightAnswer
	WrongAnswer
	// OtherAnswer was not chosen and is not the right one.
	OtherAnswer
)

// Answer is one of the answers to a question: a letter and words, which wrap.
type Answer struct {
	control
	OnTapped     func()
	letter, text string
	verdict      Verdict
	width        float32 // that the height was last counted for
}

var (
	_ fyne.Tappable  = (*Answer)(nil)
	_ fyne.Focusable = (*Answer)(nil)
)

const (
	answerPad    = 7
	answerText   = 40 // from the left edge to the words, past the letter
	answerLetter = 18
	answerLine   = 20
)

// NewAnswer returns an answer that has not been given.
func NewAnswer(letter, text string, tapped func()) *Answer {
	a := &Answer{letter: letter, text: text, OnTapped: tapped}
	a.setup(a, a.paint, a.least)
	return a
}

// SetVerdict shows what became of it; all but Unanswered can no longer be chosen.
func (a *Answer) SetVerdict(v Verdict) {
	a.verdict, a.disabled = v, v != Unanswered
	a.redraw()
}

// Verdict returns what became of it.
func (a *Answer) Verdict() Verdict { return a.verdict }

func (a *Answer) least() fyne.Size {
	lines := 1
	if a.width > 0 {
		lines = max(len(a.pen.cache.Wrap(a.text, a.textWidth(a.width), theme.Body, 0)), 1)
	}
	return fyne.NewSize(140, float32(lines*answerLine+2*answerPad))
}

func (a *Answer) textWidth(w float32) float32 {
	const icon = 30 // for the verdict at the right
	return max(w-answerText-icon, 40)
}

func (a *Answer) paint(p *Pen, w, h float32) {
	a.width = w // Fyne looks at the least size before every frame and lays out again where it has changed
	fill, edge, mark := p.P.Raised, p.P.Control, p.P.Text2
	if a.hovered && !a.disabled {
		fill = p.P.Hover
	}
	icon := ""
	switch a.verdict {
	case Unanswered:
	case RightAnswer:
		icon, mark, fill = SeverityStyle(p.P, timeline.OK)
		edge = mark
	case WrongAnswer:
		icon, mark, fill = SeverityStyle(p.P, timeline.Fail)
		edge = mark
	case OtherAnswer:
		edge = p.P.Edge
	}
	p.Panel(0, 0, w, h, fill, edge, theme.RadiusField)
	y := round((h - answerLetter) / 2)
	p.Panel(11, y, answerLetter, answerLetter, transparent, mark, answerLetter/2)
	p.T(11, y, answerLetter, answerLetter, a.letter, theme.ChipFace, mark, Center)
	lines := p.ParaHeight(a.textWidth(w), answerLine, a.text, theme.Body, 0)
	p.Para(answerText, round((h-lines)/2), a.textWidth(w), answerLine, a.text, theme.Body, p.P.Text, 0)
	if icon != "" {
		p.Icon(w-26, round((h-16)/2), 16, icon, mark)
	}
	a.ring(p, 0, 0, w, h, theme.RadiusField)
}

// Tapped gives the answer.
func (a *Answer) Tapped(*fyne.PointEvent) { a.give() }

func (a *Answer) give() {
	if !a.disabled && a.OnTapped != nil {
		a.OnTapped()
	}
}

// TypedKey gives the answer with Enter and Space.
func (a *Answer) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		a.give()
	default:
		passKey(a, e)
	}
}

// Steps shows how far a lesson has come: a bar a step.
type Steps struct {
	surface
	current, total int
}

// NewSteps returns steps; current counts from 0.
func NewSteps(current, total int) *Steps {
	s := &Steps{current: current, total: total}
	s.setup(s, s.paint, func() fyne.Size { return fyne.NewSize(80, 4) })
	return s
}

// Set changes the step.
func (s *Steps) Set(current, total int) {
	s.current, s.total = current, total
	s.redraw()
}

// maxSteps is the most bars that can be told apart; with more steps one bar shows the share.
const maxSteps = 40

func (s *Steps) paint(p *Pen, w, h float32) {
	const gap = 4
	if s.total <= 0 {
		return
	}
	if s.total > maxSteps {
		p.Rect(0, 0, w, h, p.P.Edge, h/2)
		p.Rect(0, 0, w*float32(min(s.current+1, s.total))/float32(s.total), h, p.P.Accent, h/2)
		return
	}
	bar := (w - gap*float32(s.total-1)) / float32(s.total)
	for i := range s.total {
		c := p.P.Edge
		switch {
		case i < s.current:
			c = p.P.OK
		case i == s.current:
			c = p.P.Accent
		}
		p.Rect(float32(i)*(bar+gap), 0, bar, h, c, h/2)
	}
}
