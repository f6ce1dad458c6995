package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func (r *reader) showStats(id string) (*app.Capture, *statsPane) {
	r.t.Helper()
	c := r.openCase(id)
	r.app.ShowTab(app.StatsTab)
	r.until("the connection is measured", func() bool { return c.Stats.Spent != nil })
	return c, r.capture.right.stats
}

// lineOf returns the line of a number.
func (s *statsPane) lineOf(t *testing.T, name string) int {
	t.Helper()
	for i := range s.lines {
		if s.lines[i].row != nil && s.lines[i].row.Name == name {
			return i
		}
	}
	t.Fatalf("no line %q", name)
	return -1
}

func TestStatsExplainAndLead(t *testing.T) {
	r := open(t, Options{})
	c, s := r.showStats("trouble-third-packet-lost")
	i := s.lineOf(t, "Retransmission")
	s.list.OnHover(i)
	text := strings.Join(lint.Texts(s.foot), " ")
	at := s.leads(s.lines[i].row)
	if !strings.Contains(text, "These bytes were sent before") || !strings.Contains(text, narrate.Frame(c.View.At(at).Frame)) {
		t.Errorf("explained as %q", text)
	}
	s.list.OnHover(-1)
	s.list.Select(i)
	r.win.Canvas().Focus(s.list)
	r.press(fyne.KeyReturn)
	if at < 0 || c.Packet != at {
		t.Errorf("packet %d is selected, want %d", c.Packet, at)
	}
	r.press(fyne.KeyReturn)
	if other := s.lines[i].row.Packets[1]; other >= 0 && c.Packet != other {
		t.Errorf("packet %d is selected, want %d of the other side", c.Packet, other)
	}
	s.list.Select(0) // a title leads nowhere
	before := c.Packet
	if r.press(fyne.KeyReturn); c.Packet != before {
		t.Error("a title leads to a packet")
	}
	s.copy.OnTapped()
	if got := r.fyne.Clipboard().Content(); got != r.app.StatsText() || got == "" {
		t.Errorf("copied is %.100q", got)
	}
	if got := s.text(i); !strings.HasPrefix(got, "Retransmission\t") {
		t.Errorf("a line is copied as %q", got)
	}
}

func TestStatsFitEveryWindow(t *testing.T) {
	r := open(t, Options{})
	r.showStats("http-picture")
	for _, size := range []fyne.Size{minSize, firstSize} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			r.app.Set(func(set *app.Settings) { set.Lang = lang })
			r.capture.showPane(true)
			r.win.Resize(size)
			s := r.capture.right.stats // made anew with the language
			for i := range s.lines {
				if s.list.Select(i); i%10 > 0 { // about a page is in view
					continue
				}
				for _, f := range lint.Check(s.root, lint.Options{}) {
					t.Errorf("%v, %v, line %d: %s", size, lang, i, f)
				}
			}
		}
	}
}
