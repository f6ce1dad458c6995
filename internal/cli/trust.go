package cli

import (
	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// trustLines says how far the capture can be believed and where it was taken: a marked line for each finding and an indented
// sentence below it. It is empty if there is nothing to say.
func trustLines(l narrate.Lang, s *session.Session) []string {
	var lines []string
	for _, f := range diagnose.TrustCapture(s) {
		line, text := narrate.Trust(l, f)
		lines = append(lines, trustMarks[f.Severity]+" "+line, "  "+text)
	}
	return lines
}

var trustMarks = [...]string{diagnose.Info: "·", diagnose.OK: "✓", diagnose.Warn: "⚠", diagnose.Fail: "✗"}
