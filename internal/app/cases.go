package app

import (
	"strings"

	"tcptalk/internal/lesson"
)

// CaseMatches reports that a case fits Home's search box and level.
func (a *App) CaseMatches(c *lesson.Case) bool {
	if a.CaseLevel != 0 && c.Level != a.CaseLevel {
		return false
	}
	text := strings.ToLower(strings.Join([]string{
		strings.Join(c.Title[:], " "), strings.Join(c.Summary[:], " "), strings.Join(c.Tags, " "), strings.Join(c.Track.Name[:], " "),
	}, " "))
	for _, word := range strings.Fields(strings.ToLower(a.CaseFilter)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// Unfinished returns the case that the reader left last without seeing its end, nil if there is none.
func (a *App) Unfinished() *lesson.Case {
	var last *lesson.Case
	for _, c := range a.Cases {
		p, ok := a.Done[c.ID]
		if !ok || p.Done || p.Step == 0 {
			continue
		}
		if last == nil || p.When.After(a.Done[last.ID].When) {
			last = c
		}
	}
	return last
}
