package timeline

import (
	"context"
	"strings"
	"testing"

	"tcptalk/internal/diagnose"
)

// TestWhatIsUnreadableStandsThereOnce reads the rest of a packet of which the beginning was a request.
func TestWhatIsUnreadableStandsThereOnce(t *testing.T) {
	c := chatOf(t, openedFile(t, "../../cases/http-bad-header/capture.pcapng"), 2, DefaultOptions())
	var r Row
	p := c.View().Find(24)
	c.Row(c.RowOf(p), &r)
	if n := strings.Count(strings.Join(r.Lines, "\n"), "ion/json"); n != 1 {
		t.Errorf("“ion/json” stands there %d times: %q", n, r.Lines)
	}
}

// TestTheSentenceDoesNotContradictWhatIsProven reads the notes of packets whose labels say one thing and whose bytes another.
func TestTheSentenceDoesNotContradictWhatIsProven(t *testing.T) {
	c := chatOf(t, openedFile(t, "../../cases/trouble-reordered/capture.pcapng"), 0, DefaultOptions())
	own, err := diagnose.Opinions(context.Background(), c.View())
	if err != nil {
		t.Fatal(err)
	}
	for frame, want := range map[uint32][2]string{
		96:  {"The repeated ACKs ask for", "The sender sent it once, before packets that overtook it"},
		170: {"I still expect byte", "It names bytes that arrived twice"},
		218: {"Nothing new except the window", "It reports bytes behind a gap"},
		81:  {"I still expect byte 60,817", "I still expect byte 60,817"}, // nothing to add
	} {
		for i, chat := range []*Chat{c, c.WithOpinions(own)} {
			var r Row
			chat = chat.Revealing(c.View().Find(frame))
			chat.Row(chat.RowOf(c.View().Find(frame)), &r)
			if !strings.Contains(r.Note, want[i]) {
				t.Errorf("packet %d says %q, want %q", frame, r.Note, want[i])
			}
			if frame == 96 && (r.NoteSeverity == Warn) != (i == 0) {
				t.Errorf("packet %d: %q has severity %v", frame, r.Note, r.NoteSeverity)
			}
		}
	}
}
