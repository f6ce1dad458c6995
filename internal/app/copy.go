package app

import (
	"context"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// maxText bounds the text of a conversation: a million packets would make 160 MB, which no clipboard takes gladly.
const maxText = 16 << 20

// ConversationText words the connection shown, in the background, and hands the text to done: the first rows of its chat, as
// many as fit into 16 MiB, and how many there are. Asked again meanwhile, only the latest text comes.
func (a *App) ConversationText(done func(text string, rows, of int)) {
	c := a.Capture
	if c == nil || c.Chat == nil {
		return
	}
	if c.wording != nil {
		c.wording()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.wording = cancel
	chat, l := c.Chat, a.Lang()
	var text string
	var rows int
	a.background(ctx, func() { text, rows = wordChat(ctx, chat, l, maxText) }, func() {
		cancel()
		done(text, rows, chat.Len())
	})
}

// wordChat words the first rows of a chat, as many as fit into limit bytes, or until ctx ends.
func wordChat(ctx context.Context, chat *timeline.Chat, l narrate.Lang, limit int) (text string, rows int) {
	var b strings.Builder
	conn := &chat.View().Conn
	b.WriteString(conn.Client.String() + " – " + conn.Server.String() + "\n\n")
	for ; rows < chat.Len() && ctx.Err() == nil; rows++ {
		var r timeline.Row
		chat.Row(rows, &r)
		s := r.PlainText(l)
		if b.Len()+len(s) >= limit {
			break
		}
		b.WriteString(s + "\n")
	}
	return b.String(), rows
}
