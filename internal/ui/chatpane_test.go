package ui

import (
	"strings"
	"testing"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestCopyTheWholeConversation(t *testing.T) {
	r := open(t, Options{})
	r.capture.middle.chat.copyAll() // nothing is open: nothing happens
	c := r.openCase("http-picture")
	r.app.Set(func(s *app.Settings) { s.Lang = narrate.Chinese })
	says := func(want string) bool { return strings.Contains(strings.Join(lint.Texts(r.overlay), "\n"), want) }
	if r.capture.middle.chat.copyAll(); !says("正在复制…") || r.fyne.Clipboard().Content() != "" {
		t.Errorf("%q is shown, %d bytes are copied already", lint.Texts(r.overlay), len(r.fyne.Clipboard().Content()))
	}
	r.until("the text is copied", func() bool { return says("已复制") })
	text := r.fyne.Clipboard().Content()
	if !strings.HasPrefix(text, c.View.Conn.Client.String()) || !strings.Contains(text, r.capture.middle.chat.text(c.Chat.Len()-1)) {
		t.Errorf("%d bytes: %.200q", len(text), text)
	}
}
