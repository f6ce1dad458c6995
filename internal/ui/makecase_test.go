package ui

import (
	"strings"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestMakeACaseOfNotes(t *testing.T) {
	r := open(t, Options{Files: []string{file(t, "x.pcapng", "trouble-third-packet-lost", 0)}})
	c := r.loaded()
	r.until("notes are read", func() bool { return c.Notes.Marks != nil })
	says := func() string { return strings.Join(lint.Texts(r.dialog), " ") }
	r.makeCase()
	if !strings.Contains(says(), makeWords.none[narrate.English]) {
		t.Errorf("without notes: %q", says())
	}
	r.closeDialog()
	r.app.SetNote(1, "The call\nA SYN asks to connect.")
	r.makeCase()
	if !strings.Contains(says(), "1 step and") || !strings.Contains(says(), makeWords.noTitle[narrate.English]) {
		t.Errorf("without a title: %q", says())
	}
	r.write("A call that nobody takes")
	if strings.Contains(says(), makeWords.noTitle[narrate.English]) {
		t.Errorf("with a title: %q", says())
	}
	for l, want := range [narrate.NumLangs]string{"Something is too long or missing: title: 26 long, want at most 10", "有内容过长或缺失：标题：长度 26，最多 10"} {
		r.app.Settings.Lang = narrate.Lang(l)
		r.build()
		r.makeCase()
		r.write(strings.Repeat("long ", 26))
		if !strings.Contains(says(), want) {
			t.Errorf("with a long title: %q, want %q", says(), want)
		}
		r.closeDialog()
	}
	for l := range narrate.Lang(narrate.NumLangs) {
		r.closeDialog()
		r.win.Resize(minSize)
		r.app.Settings.Lang = l
		r.build()
		r.makeCase()
		for _, fault := range lint.Check(r.dialog, lint.Options{AllowCut: true}) {
			t.Errorf("%v: %s", l, fault)
		}
	}
}
