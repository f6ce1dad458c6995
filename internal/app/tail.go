package app

import (
	"context"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// Tail says how the chat goes with a capture that grows.
type Tail struct {
	// Growing says that packets may come behind the last one shown.
	Growing bool
	// Follow says that the end of the chat is to stay in view. It does until the reader scrolls away from there.
	Follow bool
	// New is how many packets came since then.
	New int

	growing, decoding context.CancelFunc // what is being made of what came, nil if nothing is
	// took is how long the making took last, and when it ended: with it is decided how often it is done.
	took time.Duration
	at   time.Time
}

// pause between two takings over of what came, in times of how long one takes: they are to cost a small part of the time.
const tailPause = 4

// GrowFrom says that the open capture grows from now on: the chat follows its end.
func (a *App) GrowFrom() {
	if c := a.Capture; c != nil && !c.Tail.Growing {
		c.Tail.Growing, c.Tail.Follow = true, true
		a.changed(TailChanged)
	}
}

// Grew says that packets came. Those of the connection shown appear behind the last one; how often is bounded, so that it is to be
// said again while the capture grows, and once behind the last packet with GrowthEnded.
func (a *App) Grew() {
	c := a.Capture
	if c == nil || c.Session == nil || c.View == nil || c.Tail.growing != nil || time.Since(c.Tail.at) < tailPause*c.Tail.took {
		return
	}
	a.takeTail(c)
}

// GrowthEnded says that no packets will come any more.
func (a *App) GrowthEnded() {
	if c := a.Capture; c != nil && c.Tail.Growing {
		c.Tail.Growing, c.Tail.New = false, 0
		if c.View == nil {
			return
		}
		c.Chat = c.Chat.With(c.Talk, a.chatOptions(c)) // an open connection has an end now
		a.changed(TailChanged)
		a.takeTail(c)
	}
}

// chatOptions are how the chat of a capture is shown.
func (a *App) chatOptions(c *Capture) timeline.Options {
	o := a.Settings.options()
	o.Growing = c.Tail.Growing
	return o
}

// takeTail shows what came of the connection shown.
func (a *App) takeTail(c *Capture) {
	stream, old, chat, s := c.Stream, c.View, c.Chat, c.Session
	conn := s.Connection(stream)
	if int(conn.Packets[0]+conn.Packets[1]) <= old.Len() {
		return
	}
	if c.Tail.decoding != nil && old.Len() > chattedAtOnce {
		return // else rows that were long in the making would be for nothing
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.Tail.growing = cancel
	began := time.Now()
	var view *session.View
	var grown *timeline.Chat
	var findings []diagnose.Finding
	var err error
	work := func() {
		if view, err = s.View(stream); err == nil {
			grown = chat.Grown(view)
			findings = diagnose.Connection(view, grown.Moments())
		}
	}
	done := func() {
		cancel()
		c.Tail.growing, c.Tail.took, c.Tail.at = nil, time.Since(began), time.Now()
		if err != nil || c.View != old {
			return // another connection is shown by now
		}
		if c.Chat != chat { // folded otherwise meanwhile
			grown = c.Chat.Grown(view)
		}
		a.appended(c, view, grown, findings)
	}
	if view := int(conn.Packets[0] + conn.Packets[1]); view <= chattedAtOnce {
		work()
		done()
		return
	}
	a.background(ctx, work, done)
}

// appended takes over a connection with packets behind those that were shown.
func (a *App) appended(c *Capture, view *session.View, grown *timeline.Chat, findings []diagnose.Finding) {
	came := view.Len() - c.View.Len()
	c.View, c.Chat, c.Findings = view, grown, findings
	if !c.Tail.Follow {
		c.Tail.New += came
	}
	a.changed(TailChanged)
	a.decodeTail(c)
}

// decodeTail decodes the messages of what came, unless that is going on.
func (a *App) decodeTail(c *Capture) {
	if c.Tail.decoding != nil {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.Tail.decoding = cancel
	stream, view, chat, o := c.Stream, c.View, c.Chat, a.chatOptions(c)
	var talk *session.Conversation
	var own *diagnose.OpinionSet
	var decoded *timeline.Chat
	var err error
	a.background(ctx, func() {
		if talk, err = c.Session.Conversation(ctx, view); err == nil {
			own, err = diagnose.Opinions(ctx, view)
		}
		if err == nil {
			decoded = chat.WithOpinions(own).With(talk, o)
		}
	}, func() {
		cancel()
		c.Tail.decoding = nil
		if err != nil || c.Stream != stream {
			return
		}
		if c.Chat != chat || a.chatOptions(c) != o { // longer, folded otherwise, or set otherwise in the meantime
			decoded = c.Chat.WithOpinions(own).With(talk, a.chatOptions(c))
		}
		c.Talk, c.Chat = talk, decoded
		a.changed(TailChanged)
		a.makeMessages(c, c.Shows == MessagesView)
		if c.View != view {
			a.decodeTail(c)
		} else if !c.Tail.Growing { // what came last may have waited for this
			a.takeTail(c)
		}
	})
}

// AtEnd says whether the reader sees the end of the chat: from there the chat follows what comes, elsewhere it counts it.
func (a *App) AtEnd(at bool) {
	c := a.Capture
	if c == nil || !c.Tail.Growing || c.Tail.Follow == at {
		return
	}
	if c.Tail.Follow = at; at {
		c.Tail.New = 0
	}
	a.changed(TailChanged)
}
