package ui

import (
	"strings"
	"testing"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// TestDiagnosisTellsOfTheCapture puts what is to be known of a file of the reader's own above what is to be known of the
// connection. A lesson says such things itself.
func TestDiagnosisTellsOfTheCapture(t *testing.T) {
	r := open(t, Options{})
	r.app.OpenFile(file(t, "mine.pcapng", "trouble-third-packet-lost", 0))
	c := r.loaded()
	r.until("the capture is judged", func() bool { return len(c.Trust) > 0 })
	for _, l := range []narrate.Lang{narrate.English, narrate.Chinese} {
		r.app.Set(func(s *app.Settings) { s.Lang = l })
		line, text := narrate.Trust(l, c.Trust[0])
		title, _ := narrate.Finding(l, c.Findings[0])
		shown := unbroken(lint.Texts(r.capture.right.diagnosis.root)...)
		last := -1
		for _, want := range []string{words.thisCapture.In(l), line, text, words.thisConnection.In(l), title} {
			at := strings.Index(shown, unbroken(want))
			if at <= last {
				t.Errorf("%v: %q stands at %d, after %d, in %q", l, want, at, last, shown)
			}
			last = at
		}
	}
	r.app.Set(func(s *app.Settings) { s.Lang = narrate.English })
	r.openCase("http-picture")
	r.app.ShowTab(app.DiagnosisTab)
	r.run()
	if shown := unbroken(lint.Texts(r.capture.right.diagnosis.root)...); strings.Contains(shown, unbroken(words.thisCapture.In(narrate.English))) {
		t.Errorf("in a lesson: %q", shown)
	}
}

// unbroken joins lines as if there were no spaces, which stand where a line was broken.
func unbroken(lines ...string) string { return strings.ReplaceAll(strings.Join(lines, ""), " ", "") }
