package ui

import (
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget"
	"tcptalk/internal/ui/widget/lint"
)

func TestHelpIsFoundAndRead(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.showHelp("label.retransmission")
	if texts := lint.Texts(r.dialog); !slices.Contains(texts, "tcp.analysis.retransmission") {
		t.Fatalf("the page says %q", texts)
	}
	r.write("listen")
	r.press("Down")
	if texts := strings.Join(lint.Texts(r.dialog), "\n"); !strings.Contains(texts, "LISTEN") || strings.Contains(texts, "tcp.analysis") {
		t.Errorf("the words find %q", texts)
	}
	r.write(" zzz")
	if texts := lint.Texts(r.dialog); !slices.Contains(texts, helpWords.none[narrate.English]) {
		t.Errorf("words of no page find %q", texts)
	}
	if r.press("Escape", "Escape"); r.dialog != nil {
		t.Error("Esc does not close the help")
	}
	r.showHelp("label.retransmission")
	for _, o := range objectsOf(r.dialog) {
		for _, o := range operable(o) {
			if b, ok := o.(interface{ Text() string }); ok && b.Text() == helpWords.find[narrate.English] && r.dialog != nil {
				r.click(o)
			}
		}
	}
	if c.Filter != "tcp.analysis.retransmission" || r.dialog != nil {
		t.Errorf("looked for is %q", c.Filter)
	}
}

func TestEveryPageOfTheHelpFits(t *testing.T) {
	r := open(t, Options{})
	r.everyLook(func(look string) {
		for _, p := range narrate.HelpPages() {
			if len(p.Text) > maxHelpTexts {
				t.Fatalf("%s has %d paragraphs", p.ID, len(p.Text))
			}
		}
		for _, id := range []string{"bubble", "search", "label.keep_alive", "ending.reset_closed_socket"} {
			r.showHelp(id)
			for _, f := range lint.Check(r.dialog, lint.Options{}) {
				t.Errorf("%s, %s: %s", look, id, f)
			}
			r.closeDialog()
		}
	})
}

func TestChipsLeadToTheirPages(t *testing.T) {
	r := open(t, Options{})
	ids := map[string]bool{}
	for _, p := range narrate.HelpPages() {
		ids[p.ID] = true
	}
	chips := 0
	for _, l := range r.app.Cases {
		c := r.openCase(l.ID)
		for i := range c.Chat.Len() {
			var row timeline.Row
			c.Chat.Row(i, &row)
			for k := range row.Chips {
				chips++
				if id := r.chipHelp(&row.Chips[k]); !ids[id] {
					t.Errorf("%s: the chip %q leads to the page %q", l.ID, row.Chips[k].Text, id)
				}
			}
			for _, item := range r.helpMenu(&row) {
				if item.text == "" || item.do == nil {
					t.Errorf("%s: an entry %q", l.ID, item.text)
				}
			}
		}
	}
	if chips == 0 {
		t.Fatal("no case has a chip")
	}
	c := r.openCase("trouble-third-packet-lost")
	for i := range c.Chat.Len() {
		var row timeline.Row
		if c.Chat.Row(i, &row); len(row.Chips) > 0 {
			r.capture.middle.chat.rows.OnChip(i, 0)
			break
		}
	}
	shown := r.dialog
	for _, o := range operable(r.dialog) {
		if b, ok := o.(*widget.Button); ok && b.Text() == helpWords.page[narrate.English] && r.dialog == shown {
			r.click(b)
		}
	}
	if r.dialog == shown || !slices.Contains(lint.Texts(r.dialog), "tcp.analysis.retransmission") {
		t.Error("the card of a chip does not lead to its page")
	}
}
