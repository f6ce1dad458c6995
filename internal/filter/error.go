package filter

import (
	"unicode/utf8"

	"tcptalk/internal/narrate"
)

// Error says what is wrong with the text of a filter or search, and where.
type Error struct {
	Problem narrate.FilterProblem
	Facts   narrate.FilterFacts
	// Offset and Length are the place in bytes, Column its first character, counted from 0.
	Offset, Length, Column int
}

// Error is the sentence in English.
func (e *Error) Error() string { return e.In(narrate.English) }

// In words the error.
func (e *Error) In(l narrate.Lang) string { return narrate.Filter(l, e.Problem, e.Facts) }

// problem makes an Error about text[from:to].
func problem(text string, from, to int, p narrate.FilterProblem, f narrate.FilterFacts) *Error {
	const shown = 60 // of what the user wrote: enough to recognise it
	if len(f.Text) > shown {
		cut := shown
		for !utf8.RuneStart(f.Text[cut]) {
			cut--
		}
		f.Text = f.Text[:cut] + "…"
	}
	return &Error{Problem: p, Facts: f, Offset: from, Length: to - from, Column: utf8.RuneCountInString(text[:from])}
}
