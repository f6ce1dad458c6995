package app

import (
	"context"

	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// OtherTalk is a conversation that is not TCP in the middle of the window.
type OtherTalk struct {
	// Index is the session's number of the conversation that was asked for, -1 for none. View, Rows and Packet belong to the
	// one that is shown: another one follows after a moment if it is long.
	Index  int
	View   *session.OtherView
	Rows   *timeline.OtherRows
	Packet int // selected, by its place in View

	cancel context.CancelFunc
}

// Shown reports that such a conversation stands in the middle, in place of a connection.
func (o *OtherTalk) Shown() bool { return o.Index >= 0 && o.Rows != nil }

// noOther is the state in which none is shown.
func noOther() OtherTalk { return OtherTalk{Index: -1} }

// SelectOther shows the packets of a conversation that is not TCP, by its number in the session.
func (a *App) SelectOther(i int) {
	c := a.Capture
	if c == nil || c.Session == nil || i < 0 || i >= c.Session.Others() || i == c.Other.Index && !c.Loading {
		return
	}
	if c.Other.cancel != nil {
		c.Other.cancel()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.Other.Index, c.Other.cancel = i, cancel
	lang := a.Settings.Lang
	var view *session.OtherView
	var rows *timeline.OtherRows
	a.background(ctx, func() {
		var err error
		if view, err = c.Session.OtherView(i); err != nil {
			return
		}
		chat, err := timeline.NewOtherChat(ctx, view, lang)
		if err == nil {
			rows = timeline.NewOtherRows(chat, a.Settings.options())
		}
	}, func() {
		cancel()
		if rows == nil {
			return
		}
		keep := 0
		if c.Other.View != nil && c.Other.View.Len() > 0 && view.Len() > c.Other.Packet && c.Other.View.At(0).Frame == view.At(0).Frame {
			keep = c.Other.Packet
		}
		c.Other.View, c.Other.Rows, c.Other.Packet = view, rows, keep
		a.changed(ChatChanged | SelectionChanged | PanesChanged)
	})
}

// leaveOther shows the connection again.
func (a *App) leaveOther(c *Capture) {
	if c.Other.Index < 0 {
		return
	}
	if c.Other.cancel != nil {
		c.Other.cancel()
	}
	c.Other = noOther()
	a.changed(ChatChanged | SelectionChanged | PanesChanged)
}

// SelectOtherPacket selects packet i of the conversation that is not TCP.
func (a *App) SelectOtherPacket(i int) {
	c := a.Capture
	if c == nil || !c.Other.Shown() || i < 0 || i >= c.Other.View.Len() || i == c.Other.Packet {
		return
	}
	c.Other.Packet = i
	a.changed(SelectionChanged)
}

// otherAgain makes the rows again with the present settings.
func (a *App) otherAgain(c *Capture) {
	if i := c.Other.Index; i >= 0 {
		c.Other.Index = -1
		a.SelectOther(i)
	}
}
