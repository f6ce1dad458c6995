package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget"
	"tcptalk/internal/ui/widget/lint"
)

// labelled returns the first packet with a label of a case.
func labelled(t *testing.T, c *app.Capture) int {
	t.Helper()
	for i := range c.View.Len() {
		if c.View.At(i).Labels != 0 {
			return i
		}
	}
	t.Fatal("no packet has a label")
	return -1
}

func TestWhyCardLeadsToPackets(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	i := labelled(t, c)
	if r.write("w"); r.dialog != nil {
		t.Fatal("a packet without a label is explained")
	}
	r.app.SelectPacket(i)
	r.write("W")
	if r.dialog == nil {
		t.Fatal("W opens nothing")
	}
	text := strings.Join(lint.Texts(r.dialog), "|")
	for _, want := range []string{"Retransmission", "tcp.analysis.retransmission", "sequence number", "Rule"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	link, ok := r.win.Canvas().Focused().(*widget.Button)
	if !ok {
		t.Fatalf("the keyboard is at %T", r.win.Canvas().Focused())
	}
	frame := strings.TrimPrefix(link.Text(), "Packet ")
	r.press(fyne.KeyReturn)
	if r.dialog != nil || narrate.Frame(c.View.At(c.Packet).Frame) != frame {
		t.Errorf("%s leads to %s", link.Text(), narrate.Frame(c.View.At(c.Packet).Frame))
	}
	r.app.SelectPacket(i)
	r.capture.middle.chat.rows.OnChip(c.Chat.RowOf(i), 0)
	if r.dialog == nil {
		t.Fatal("a chip opens nothing")
	}
	r.press(fyne.KeyEscape)
	if r.dialog != nil {
		t.Error("Esc does not close the card")
	}
}

func TestWhyCardFitsEveryWindow(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-third-packet-lost")
	for _, size := range []fyne.Size{minSize, firstSize} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			r.app.Set(func(set *app.Settings) { set.Lang = lang })
			r.win.Resize(size)
			c := r.app.Capture
			for i := range c.View.Len() {
				if !c.Chat.Labelled(i) {
					continue
				}
				r.showWhy(i, 1, false)
				for _, f := range lint.Check(r.dialog, lint.Options{}) {
					t.Errorf("%v, %v, packet %d: %s", size, lang, i, f)
				}
				r.closeDialog()
			}
		}
	}
}

// A card that was closed while the numbers were looked for stays closed, and one that waits says so.
func TestWhyCardWaits(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	i := labelled(t, c)
	r.openWhy(i, c.Chat.Reasons(i, nil), false)
	if text := strings.Join(lint.Texts(r.dialog), "|"); !strings.Contains(text, whyWords.looking[narrate.English]) {
		t.Errorf("shown is %s", text)
	}
	r.openWhy(i, []timeline.Reason{{Chip: timeline.Chip{Text: "x"}, Meaning: "y"}}, true)
	if text := strings.Join(lint.Texts(r.dialog), "|"); strings.Contains(text, whyWords.looking[narrate.English]) {
		t.Errorf("shown is %s", text)
	}
}
