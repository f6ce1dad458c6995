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

// messagePart is where a part of the messages begins: how many messages lie before it, and with which packet.
type messagePart struct{ from, packet int }

// MoreMessages shows the messages behind those shown of a connection that has more than are held at a time, or those before them.
// It reports that there are any.
func (a *App) MoreMessages(before bool) bool {
	c := a.Capture
	if !c.HasMessages(before) {
		return false
	}
	c.Messages.seeking = false
	a.turnMessages(c, before)
	return true
}

// turnMessages goes to the next part, or to the one before.
func (a *App) turnMessages(c *Capture, before bool) {
	m := &c.Messages
	if before {
		n := len(m.starts) - 1
		m.from, m.starts = m.starts[n].from, m.starts[:n]
	} else {
		m.starts, m.from = append(m.starts, messagePart{m.from, m.Rows.First(0)}), m.Rows.Behind()
	}
	a.remakePart(c)
}

func (a *App) remakePart(c *Capture) {
	c.Messages.Rows, c.Messages.Err, c.Messages.At = nil, nil, -1
	a.changed(MessagesChanged)
	a.makeMessages(c, true)
}

// Sought is how many messages were passed on the way to the selected packet's, 0 while nothing is looked for.
func (m *Messages) Sought() int {
	if m.seeking && m.Rows == nil {
		return m.from
	}
	return 0
}

// seekMessages goes to the part of the messages that the selected packet belongs to: at once to one that was shown before, else from
// part to part.
func (a *App) seekMessages(c *Capture) {
	m := &c.Messages
	if !m.seeking || c.Shows != MessagesView || m.Rows == nil || c.Packet < 0 {
		return
	}
	switch where := m.Rows.Beyond(c.Packet); {
	case where > 0:
		a.turnMessages(c, false)
	case where < 0 && len(m.starts) > 0 && !m.forward:
		n := len(m.starts) - 1
		for n > 0 && m.starts[n].packet > c.Packet {
			n--
		}
		m.from, m.starts, m.seeking = m.starts[n].from, m.starts[:n], false
		a.remakePart(c)
		return
	default: // here, or between two parts
		m.seeking = false
	}
	m.forward = m.seeking
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
