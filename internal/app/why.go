package app

import (
	"context"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
)

// Why finds out why packet i of the connection shown carries its labels, and hands that to show: at once without the numbers where
// finding them takes a while, then with them. evidence is false the first time. Asked again meanwhile, only the latest answer comes.
func (a *App) Why(i int, show func(reasons []timeline.Reason, evidence bool)) {
	c := a.Capture
	if c == nil || c.Chat == nil || i < 0 || i >= c.View.Len() || !c.Chat.Labelled(i) {
		return
	}
	if c.asking != nil {
		c.asking()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.asking = cancel
	v, chat := c.View, c.Chat
	var found []tcp.Evidence
	work := func() { found, _ = diagnose.LabelEvidence(ctx, v, i) } // without it the words are still true
	done := func() {
		cancel()
		if c.View == v {
			show(c.Chat.Reasons(i, found), true)
		}
	}
	if i < chattedAtOnce {
		work()
		done()
		return
	}
	show(chat.Reasons(i, nil), false)
	a.background(ctx, work, done)
}
