package app

import (
	"context"

	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// partOf makes the messages of a connection from where o says. Those of a known protocol behind a bound are decoded for that.
func partOf(ctx context.Context, s *session.Session, v *session.View, talk *session.Conversation, o timeline.MessageOptions) (*timeline.Messages, error) {
	if o.From > 0 && talk.Limited {
		var err error
		if talk, err = s.ConversationFrom(ctx, v, o.From); err != nil {
			return nil, err
		}
	}
	return timeline.NewMessages(ctx, v, talk, o)
}

// MoreMessages shows the messages behind those shown of a connection that has more than are held at a time, or those before them.
// It reports that there are any.
func (a *App) MoreMessages(before bool) bool {
	c := a.Capture
	if !c.HasMessages(before) {
		return false
	}
	m := &c.Messages
	if before {
		n := len(m.starts) - 1
		m.from, m.starts = m.starts[n], m.starts[:n]
	} else {
		m.starts, m.from = append(m.starts, m.from), m.Rows.Behind()
	}
	m.Rows, m.Err, m.At = nil, nil, -1
	a.changed(MessagesChanged)
	a.makeMessages(c, true)
	return true
}

// HasMessages reports that MoreMessages has something to show.
func (c *Capture) HasMessages(before bool) bool {
	switch {
	case c == nil || c.Shows != MessagesView || c.Messages.Rows == nil:
		return false
	case before:
		return len(c.Messages.starts) > 0
	}
	return c.Messages.Rows.Limited
}

// ShowBytesOf shows a message in the byte streams, where nothing of it is left out: decoded, if its content is encoded.
func (a *App) ShowBytesOf(item int) {
	c := a.Capture
	if c == nil || c.Messages.Rows == nil || item < 0 || item >= c.Messages.Rows.Items() {
		return
	}
	a.SelectMessage(item)
	a.SelectPacket(c.Messages.Rows.First(item))
	c.Bytes.Options.Decoded = true
	if c.Bytes.Rows != nil && !c.Bytes.Rows.Options.Decoded {
		c.Bytes.Rows = nil // to be made anew
	}
	a.ShowView(StreamView)
}
