package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestTheStatesFollowThePacket(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("closing-keepalive-four")
	if r.write("5"); c.Tab != app.StatesTab {
		t.Fatalf("5 shows %v", c.Tab)
	}
	says := func(frame uint32, want ...string) {
		t.Helper()
		r.app.SelectFrame(frame)
		shown := strings.Join(strings.Fields(strings.Join(lint.Texts(r.capture.right.states.root), " ")), " ")
		for _, text := range want {
			if !strings.Contains(shown, text) {
				t.Errorf("packet %d: %q is missing in %q", frame, text, shown)
			}
		}
	}
	says(1, "Sends SYN in #1", "Before the first packet", "LISTEN · inferred")
	says(9, "Client CLOSE-WAIT", "Gets ACK in #9", "FIN-WAIT-2 · inferred")
}

// TestStatesInALowPane makes the window so low that the diagrams have no room: their words are shown, whole.
func TestStatesInALowPane(t *testing.T) {
	r := open(t, Options{})
	r.openCase("closing-keepalive-four")
	r.write("5")
	pane := r.capture.right.states
	texts := func() []string { return lint.Texts(pane.root) }
	pane.root.Resize(fyne.NewSize(290, 484))
	if pane.low || !slices.Contains(texts(), "FIN-WAIT-2") {
		t.Errorf("there is room, and no diagram: %q", texts())
	}
	for l := range narrate.Lang(narrate.NumLangs) {
		r.app.Set(func(s *app.Settings) { s.Lang = l })
		pane = r.capture.right.states
		pane.root.Resize(fyne.NewSize(290, 252))
		joined := strings.Join(texts(), " ")
		if !pane.low || !strings.Contains(joined, "SYN-SENT") || !strings.Contains(joined, "LISTEN") || strings.Contains(joined, "FIN-WAIT-2") {
			t.Errorf("%v: in a low pane: %q", l, texts())
		}
		for _, fault := range lint.Check(pane.root, lint.Options{}) {
			t.Errorf("%v: %s", l, fault)
		}
	}
}

func TestSpacePlaysAndStops(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("closing-keepalive-four")
	r.write("5")
	pane := r.capture.right.states
	r.app.SelectPacket(0)
	r.press("Space")
	if !c.Playing.On || pane.play.Text() != playWords.pause[narrate.English] {
		t.Fatalf("playing %v, the button says %q", c.Playing.On, pane.play.Text())
	}
	r.press("Space")
	if c.Playing.On || pane.play.Text() != playWords.play[narrate.English] {
		t.Errorf("playing %v, the button says %q", c.Playing.On, pane.play.Text())
	}
	at := c.Packet
	r.click(pane.next)
	if c.Packet != at+1 || c.Field == "" {
		t.Errorf("a step on leads from %d to %d", at, c.Packet)
	}
	r.clickAt(pane.speed, pane.speed.Size().Width-10, 10)
	if r.app.Settings.PlaySpeed != len(app.PlaySpeeds)-1 {
		t.Errorf("speed %d", r.app.Settings.PlaySpeed)
	}
}

// TestArrowsStepThroughAFile checks that left and right go from packet to packet where there is no lesson.
func TestArrowsStepThroughAFile(t *testing.T) {
	r := open(t, Options{Files: []string{file(t, "x.pcapng", "closing-keepalive-four", 0)}})
	c := r.loaded()
	if r.press("Right", "Right"); c.Packet != 2 {
		t.Errorf("right, right leads to %d", c.Packet)
	}
	if r.press("Left"); c.Packet != 1 {
		t.Errorf("left leads to %d", c.Packet)
	}
}
