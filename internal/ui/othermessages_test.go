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

// showDatagrams opens the case about DNS at a conversation over UDP, shown as messages.
func showDatagrams(t *testing.T) (*reader, *app.Capture, *otherPane) {
	t.Helper()
	r := open(t, Options{})
	c := r.openCase("other-dns-udp-tcp")
	r.app.ShowFamily(app.UDPFamily)
	r.app.SelectOther(0)
	r.until("its packets are shown", c.Other.Shown)
	r.win.Canvas().Unfocus()
	r.write("m")
	r.until("the messages are made", func() bool { return c.Other.Messages != nil })
	return r, c, r.capture.other
}

func TestDatagramsAreGoneThroughAsMessages(t *testing.T) {
	r, c, o := showDatagrams(t)
	texts := lint.Texts(o.root)
	for _, want := range []string{"ASKS", "A www.example.test", "ANSWERS"} {
		if !slices.Contains(texts, want) {
			t.Errorf("no %q in %q", want, texts)
		}
	}
	r.write("a")
	if c.Other.Packet != 1 || o.says.list.Selected() != 1 {
		t.Errorf("packet %d is selected, in the list %d", c.Other.Packet, o.says.list.Selected())
	}
	r.press(fyne.KeyUp)
	if c.Other.Packet != 0 {
		t.Errorf("packet %d is selected", c.Other.Packet)
	}
	r.copySelected()
	if got := r.fyne.Clipboard().Content(); !strings.Contains(got, "www.example.test") || !strings.HasPrefix(got, "#1 client") {
		t.Errorf("copied is %q", got)
	}
	if commandOf(r, "view.ladder").possible() || !commandOf(r, "view.chat").possible() {
		t.Error("a ladder of datagrams is offered, or no chat")
	}
	o.choices.OnChanged(0)
	if c.SaysMessages() || !o.rows.Visible() || o.says.list.Visible() {
		t.Error("the chat is not shown")
	}
}

func TestDatagramsAreDiagnosed(t *testing.T) {
	r, c, _ := showDatagrams(t)
	r.write("2")
	r.until("it is diagnosed", func() bool { return len(c.Other.Findings) > 0 })
	title, _, _, _ := narrate.OtherFinding(narrate.English, c.Other.Findings[0])
	shown := unbroken(lint.Texts(r.capture.right.diagnosis.root)...)
	if !r.capture.right.root.Visible() || !strings.Contains(shown, unbroken(title)) {
		t.Errorf("no %q in %q", title, shown)
	}
	frame := c.Other.View.At(1).Frame
	r.capture.right.diagnosis.goTo(frame)
	if c.Other.Packet != 1 || !c.Other.Shown() {
		t.Errorf("packet %d is selected", c.Other.Packet)
	}
}

func TestDatagramsFitEveryWindow(t *testing.T) {
	r, c, _ := showDatagrams(t)
	for _, size := range []fyne.Size{minSize, firstSize, fyne.NewSize(2560, 1440)} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			for _, mode := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				r.app.Set(func(set *app.Settings) { set.Lang, set.Theme = lang, mode })
				r.until("the messages are made", func() bool { return c.Other.Messages != nil && c.Other.Messages.Options.Lang == lang })
				r.win.Resize(size)
				for _, f := range lint.Check(r.capture.other.root, lint.Options{AllowCut: true}) {
					t.Errorf("%v, %v, %v: %s", size, lang, mode, f)
				}
			}
		}
	}
}
