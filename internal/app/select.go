package app

import (
	"context"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// SelectConnection shows another connection.
func (a *App) SelectConnection(stream int) {
	if c := a.Capture; c != nil && c.Session != nil && (c.Stream != stream || c.Loading) {
		a.selectConnection(stream)
	}
}

// selectConnection shows a connection as it is now and decodes its messages in the background.
func (a *App) selectConnection(stream int) {
	c := a.Capture
	v, err := c.Session.View(stream)
	if err != nil {
		return // not there yet
	}
	if c.talking != nil {
		c.talking()
	}
	same := c.Stream == stream
	frame := uint32(0)
	if same && c.Packet >= 0 {
		frame = c.View.At(c.Packet).Frame
	}
	c.Stream, c.View, c.Talk = stream, v, nil
	if c.Case != nil { // small, and in memory: shown with its messages at once
		if talk, err := c.Session.Conversation(c.ctx, v); err == nil {
			c.Talk = talk
		}
	}
	c.Chat = timeline.NewChat(v, c.Talk, a.Settings.options(), c.Err)
	if c.Case != nil {
		if own, err := diagnose.Opinions(c.ctx, v); err == nil {
			c.Chat = c.Chat.WithOpinions(own)
		}
	}
	c.Findings = diagnose.Connection(v, c.Chat.Moments())
	c.Packet, c.Field = min(0, v.Len()-1), ""
	if frame != 0 {
		c.Packet = v.Find(frame)
	}
	a.changed(ChatChanged | SelectionChanged)
	if c.Talk == nil {
		a.decode(c, v)
	}
}

// decode finds the messages of the connection shown, and forms our own opinion of its packets.
func (a *App) decode(c *Capture, v *session.View) {
	ctx, cancel := context.WithCancel(c.ctx)
	c.talking = cancel
	var talk *session.Conversation
	var own *diagnose.OpinionSet
	var err error
	a.background(ctx, func() {
		if talk, err = c.Session.Conversation(ctx, v); err == nil {
			own, err = diagnose.Opinions(ctx, v)
		}
	}, func() {
		cancel()
		if err != nil || a.Capture != c || c.View != v {
			return
		}
		c.Talk = talk
		if len(talk.Messages) > 0 || len(own.All) > 0 {
			c.Chat = c.Chat.WithOpinions(own).With(talk, a.Settings.options())
			a.changed(ChatChanged | ConnectionsChanged)
		}
	})
}

// rebuild makes the chat's rows again with the present settings.
func (c *Capture) rebuild(a *App) {
	if c.Chat != nil {
		c.Chat = c.Chat.With(c.Talk, a.Settings.options())
	}
}

// SelectPacket selects segment i of the connection shown.
func (a *App) SelectPacket(i int) {
	c := a.Capture
	if c == nil || c.View == nil || i < 0 || i >= c.View.Len() || i == c.Packet {
		return
	}
	c.Packet, c.Field = i, ""
	ch := Change(SelectionChanged)
	if chat := c.Chat.Revealing(i); chat != c.Chat {
		c.Chat = chat
		ch |= ChatChanged
	}
	a.changed(ch)
}

// SelectFrame selects the packet with the given number, in whatever connection it is shown.
func (a *App) SelectFrame(frame uint32) {
	if c := a.Capture; c != nil && c.View != nil {
		a.SelectPacket(c.View.Find(frame))
	}
}

// SelectField selects a header field of the packet, by its name in package packet; "" selects none.
func (a *App) SelectField(id string) {
	c := a.Capture
	if c == nil || c.Field == id {
		return
	}
	c.Field = id
	a.changed(SelectionChanged)
}

// ToggleFold folds or unfolds row i of the chat.
func (a *App) ToggleFold(i int) {
	if c := a.Capture; c != nil && c.Chat != nil {
		c.Chat = c.Chat.Toggled(i)
		a.changed(ChatChanged)
	}
}

// ToggleMore shows all payload lines of the bubble in row i, or the first ones again.
func (a *App) ToggleMore(i int) {
	if c := a.Capture; c != nil && c.Chat != nil {
		c.Chat = c.Chat.Expanded(i)
		a.changed(ChatChanged)
	}
}

// ShowTab shows a tab at the right side.
func (a *App) ShowTab(t Tab) {
	c := a.Capture
	if c == nil || c.Tab == t || t == LessonTab && c.Case == nil {
		return
	}
	c.Tab = t
	a.changed(PanesChanged)
	if t == FilesTab {
		a.findFiles()
	}
}
