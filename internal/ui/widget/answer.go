package widget

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/ui/theme"
)

// AnswerState is what is known of an answer to a question.
type AnswerState uint8

// The states.
const (
	AnswerOpen  AnswerState = iota // may be chosen
	AnswerRight                    // the right one
	AnswerWrong                    // chosen, but not right
	AnswerLeft                     // neither chosen nor right
)

// Answer is one answer to choose from, with the letter that chooses it.
type Answer struct {
	control
	OnTapped func()

	letter, text string
	state        AnswerState
	lines        []string
	width        float32 // what lines are broken for
}

var (
	_ fyne.Tappable  = (*Answer)(nil)
	_ fyne.Focusable = (*Answer)(nil)
)

const (
	answerPad    = 9
	answerLine   = 18
	answerLetter = 22
	answerText   = 12 + answerLetter + 10 // where the text begins
)

// NewAnswer returns an answer without words.
func NewAnswer(tapped func()) *Answer {
	a := &Answer{OnTapped: tapped}
	a.setup(a, a.paint, func() fyne.Size { return fyne.NewSize(answerText+2*answerPad, answerLine+2*answerPad) })
	return a
}

// Set changes the words and what is known.
func (a *Answer) Set(letter, text string, state AnswerState) {
	a.letter, a.text, a.state, a.width = letter, text, state, 0
	a.disabled = state != AnswerOpen
	a.Refresh()
}

// Text returns the words.
func (a *Answer) Text() string { return a.text }

// HeightFor returns the height that the answer takes in the given width.
func (a *Answer) HeightFor(w float32) float32 {
	a.wrap(w)
	return float32(len(a.lines))*answerLine + 2*answerPad
}

func (a *Answer) wrap(w float32) {
	if a.width != w {
		a.width = w
		a.lines = a.pen.Wrap(a.text, w-answerText-answerPad-20, theme.Body, 0)
	}
}

func (a *Answer) paint(p *Pen, w, h float32) {
	a.wrap(w)
	fill, edge, fg, icon := p.P.Card, p.P.Control, p.P.Text, ""
	switch {
	case a.state == AnswerRight:
		fill, edge, icon = p.P.OKFill, p.P.OK, "ok"
	case a.state == AnswerWrong:
		fill, edge, icon = p.P.WarnFill, p.P.Warn, "x"
	case a.state == AnswerLeft:
		edge, fg = p.P.Edge, p.P.Text2
	case a.hovered:
		fill, edge = p.P.Hover, p.P.Accent
	}
	p.Panel(0, 0, w, h, fill, edge, theme.RadiusField)
	y := round((h - answerLetter) / 2)
	if icon != "" {
		p.Icon(15, round(h/2-8), 16, icon, edge)
	} else {
		p.Panel(12, y, answerLetter, answerLetter, p.P.Inset, p.P.Edge, theme.RadiusInset)
		p.T(12, y, answerLetter, answerLetter, a.letter, theme.SmallStrong, p.P.Text2, Center)
	}
	for i, line := range a.lines {
		p.T(answerText, answerPad+float32(i)*answerLine, 0, answerLine, line, theme.Body, fg, Left)
	}
	a.ring(p, 0, 0, w, h, theme.RadiusField)
}

// Tapped chooses the answer.
func (a *Answer) Tapped(*fyne.PointEvent) { a.choose() }

func (a *Answer) choose() {
	if a.state == AnswerOpen && a.OnTapped != nil {
		a.OnTapped()
	}
}

// TypedKey chooses the answer with Enter and Space.
func (a *Answer) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		a.choose()
	default:
		passKey(a, e)
	}
}
