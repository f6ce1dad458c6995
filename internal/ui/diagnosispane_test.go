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

// TestDiagnosisAdvises puts the gravest finding first and says what else it may mean and what to try; our own reading of the labels
// stands below.
func TestDiagnosisAdvises(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.app.ShowTab(app.DiagnosisTab)
	d := r.capture.right.diagnosis
	worst := byWeight(c.Findings)[0]
	for _, f := range c.Findings {
		if f.Severity > worst.Severity {
			t.Errorf("finding %d is graver than the first, %d", f.Code, worst.Code)
		}
	}
	other, try := narrate.FindingAdvice(narrate.English, worst)
	sums := c.Chat.OpinionSums()
	if try == "" || len(sums) == 0 {
		t.Fatalf("the case no longer has a finding with advice: %q, %d opinions", try, len(sums))
	}
	shown := unbroken(lint.Texts(d.root)...)
	for _, want := range []string{other, try, "A second look at the labels", sums[0].Name, sums[0].Meaning} {
		if !strings.Contains(shown, unbroken(want)) {
			t.Errorf("no %q in %q", want, shown)
		}
	}
	card := d.cards[len(d.cards)-len(sums)]
	card.frames[0].OnTapped()
	if got := c.View.At(c.Packet).Frame; got != sums[0].Frames[0] {
		t.Errorf("packet %d is selected, want %d", got, sums[0].Frames[0])
	}
}
