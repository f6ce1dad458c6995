package app

import (
	"context"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/timeline"
)

// SaysMessages reports that a conversation that is not TCP is shown as messages. Of the views only the chat and the messages are
// there for it: any other shows the chat.
func (c *Capture) SaysMessages() bool { return c.Other.Shown() && c.Shows == MessagesView }

// ShownTab is the tab at the right: the statistics are those of a connection, which a conversation that is not TCP has none of.
func (c *Capture) ShownTab() Tab {
	if c.Other.Shown() && c.Tab == StatsTab {
		return DiagnosisTab
	}
	return c.Tab
}

// HasTab reports that there is something to show in a tab.
func (c *Capture) HasTab(t Tab) bool {
	switch t {
	case LessonTab:
		return c.Learning()
	case StatsTab, StatesTab:
		return !c.Other.Shown()
	case DiagnosisTab, FilesTab:
	}
	return true
}

// diagnoseOther finds out what is to be known about the conversation shown that is not TCP.
func (a *App) diagnoseOther(c *Capture) {
	o := &c.Other
	if o.judging != nil {
		o.judging()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	o.judging = cancel
	view, s := o.View, c.Session
	var findings []diagnose.OtherFinding
	var err error
	a.background(ctx, func() { findings, err = diagnose.Other(ctx, s, view) }, func() {
		cancel()
		if err == nil && c.Other.View == view {
			c.Other.Findings = findings
			a.changed(PanesChanged)
		}
	})
}

// makeOtherMessages makes the messages of the conversation shown that is not TCP, if that view is shown.
func (a *App) makeOtherMessages(c *Capture) {
	o := &c.Other
	if o.saying != nil {
		o.saying()
		o.saying = nil
	}
	if !c.SaysMessages() {
		o.Messages, o.Err = nil, nil
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	o.saying = cancel
	old, view, options := o.Messages, o.View, a.Settings.messageOptions()
	options.Marks = c.Notes.Marks
	if old != nil && !old.Of(view) {
		old, o.Messages = nil, nil
	}
	o.Err = nil
	var rows *timeline.OtherMessages
	var err error
	a.background(ctx, func() {
		if rows, err = timeline.NewOtherMessages(ctx, view, options); err == nil {
			rows = rows.Like(old)
		}
	}, func() {
		cancel()
		if c.Other.View == view {
			c.Other.Messages, c.Other.Err = rows, err
			a.changed(MessagesChanged)
		}
	})
	a.changed(MessagesChanged)
}

// ToggleOtherMessage shows all lines of row i of those messages, or the first ones again.
func (a *App) ToggleOtherMessage(i int) {
	c := a.Capture
	if c == nil || c.Other.Messages == nil {
		return
	}
	if rows := c.Other.Messages.Toggled(i); rows != c.Other.Messages {
		c.Other.Messages = rows
		a.changed(MessagesChanged)
	}
}

// OtherMessagesText words those messages in the background, as many as fit into 16 MiB, and hands them to done with how many there
// are.
func (a *App) OtherMessagesText(done func(text string, rows, of int)) {
	c := a.Capture
	if c == nil || c.Other.Messages == nil {
		return
	}
	if c.wording != nil {
		c.wording()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.wording = cancel
	rows := c.Other.Messages
	var text string
	var n int
	a.background(ctx, func() { text, n = rows.AllText(ctx, maxText) }, func() {
		cancel()
		done(text, n, rows.Len())
	})
}
