package ui

import (
	"strings"
	"testing"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

func TestEverySettingFitsIntoTheSmallestWindow(t *testing.T) {
	r := open(t, Options{})
	for l := range narrate.Lang(narrate.NumLangs) {
		r.app.Set(func(s *app.Settings) { s.Lang = l })
		rows := r.settingRows()
		if h := 64 + float32(len(rows))*settingHeight + 20; h > minSize.Height-16 {
			t.Errorf("the settings are %v high", h)
		}
		for _, row := range rows {
			if w := row.control.MinSize().Width; w > 400 {
				t.Errorf("%v: %s: the control is %v wide", l, row.name.In(l), w)
			}
		}
	}
}

func TestSettingsOfTheChat(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	said := func() string { return strings.Join(lint.Texts(r.capture.middle.root), "|") }
	if !strings.Contains(said(), "ESTABLISHED") {
		t.Fatal("no states are shown")
	}
	r.app.Set(func(s *app.Settings) { s.States = false })
	if s := said(); strings.Contains(s, "ESTABLISHED") || strings.Contains(s, words.clientState[0]) || !strings.Contains(s, settingWords.client[0]) {
		t.Errorf("states that were switched off: %s", s)
	}
	r.app.Set(func(s *app.Settings) { s.States = true })
	if !strings.Contains(said(), "ESTABLISHED") {
		t.Error("the states do not come back")
	}
	title := func() bool {
		var row timeline.Row
		for i := range c.Chat.Len() {
			if c.Chat.Row(i, &row); row.Title != "" {
				return true
			}
		}
		return false
	}
	if !title() {
		t.Fatal("no message is decoded")
	}
	if r.app.Set(func(s *app.Settings) { s.Plain = true }); title() {
		t.Error("payload as it was sent still has titles")
	}
	for _, f := range timeFormats {
		r.app.Set(func(s *app.Settings) { s.Time, s.Local = f.format, false })
		if name := timeName(&r.app.Settings); !strings.HasPrefix(name[0], f.name[0]) {
			t.Errorf("%q is called %q", f.name, name)
		}
	}
}

func TestProtocolsAreChosenInADialog(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.decodeConnectionAs(0)
	names := app.Protocols()
	for range len(names) { // to the last one
		r.press("Down")
	}
	r.press("Return")
	last := names[len(names)-1]
	r.until("it is decoded anew", func() bool { return c.Talk != nil })
	if own, _ := r.app.DecodedAs(0); own != last || r.dialog != nil {
		t.Errorf("the connection is read as %q", own)
	}
	r.showRules()
	r.write("7456")
	r.press("Return")
	r.press("Down", "Return")
	if len(r.app.DecodeAs) != 1 || r.app.DecodeAs[0] != (app.PortRule{Port: 7456, Protocol: names[0]}) {
		t.Fatalf("rules: %v", r.app.DecodeAs)
	}
	if said := strings.Join(lint.Texts(r.dialog), "|"); !strings.Contains(said, "Port 7456") {
		t.Errorf("the rules say %s", said)
	}
}
