package app

import (
	"context"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// OtherSummary is what is known about a conversation that is not TCP.
type OtherSummary = session.Other

// OtherTalk is a conversation that is not TCP in the middle of the window.
type OtherTalk struct {
	// Index is the session's number of the conversation that was asked for, -1 for none. View, Rows and Packet belong to the
	// one that is shown: another one follows after a moment if it is long.
	Index  int
	View   *session.OtherView
	Rows   *timeline.OtherRows
	Packet int // selected, by its place in View
	// Messages are View's, while they are shown as such; nil while they are being made. Err is why they could not be.
	Messages *timeline.OtherMessages
	Err      error
	// Findings are about View, nil while they are looked for.
	Findings []diagnose.OtherFinding

	cancel, saying, judging context.CancelFunc
	// goTo is the frame to select once Index is shown, 0 for none.
	goTo uint32
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
	s, options, marks := c.Session, a.Settings.options(), c.Notes.Marks
	var view *session.OtherView
	var rows *timeline.OtherRows
	a.background(ctx, func() {
		var err error
		if view, err = s.OtherView(i); err != nil {
			return
		}
		chat, err := timeline.NewOtherChat(ctx, view, options.Lang)
		if err == nil {
			rows = timeline.NewOtherRows(chat, options, marks)
		}
	}, func() {
		cancel()
		if rows != nil {
			c.showOther(view, rows.WithMarks(c.Notes.Marks))
			a.changed(ChatChanged | SelectionChanged | PanesChanged)
			a.makeOtherMessages(c)
			a.diagnoseOther(c)
		}
	})
}

// showOther shows a conversation, at the packet that was asked for, or where it was if it is the same one.
func (c *Capture) showOther(view *session.OtherView, rows *timeline.OtherRows) {
	keep, old := 0, c.Other.View
	if old != nil && old.Len() > 0 && view.Len() > c.Other.Packet && old.At(0).Frame == view.At(0).Frame {
		keep = c.Other.Packet
	}
	if i := otherPacket(view, c.Other.goTo); i >= 0 {
		keep = i
	}
	if old == nil || old.Len() == 0 || view.Len() == 0 || old.At(0).Frame != view.At(0).Frame {
		c.Other.Findings = nil
	}
	c.Other.View, c.Other.Rows, c.Other.Packet, c.Other.goTo = view, rows, keep, 0
}

// leaveOther shows the connection again.
func (a *App) leaveOther(c *Capture) {
	if c.Other.Index < 0 {
		return
	}
	if c.Other.cancel != nil {
		c.Other.cancel()
	}
	for _, stop := range []context.CancelFunc{c.Other.saying, c.Other.judging} {
		if stop != nil {
			stop()
		}
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
