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
	// undecoded says that packets came behind those whose messages are decoded, or are being decoded; unjudged the same of findings.
	undecoded, unjudged bool
	decodes, judges     pace
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
	if c == nil || c.Session == nil || c.View == nil {
		return
	}
	if c.Tail.growing == nil && time.Since(c.Tail.at) >= tailPause*c.Tail.took {
		a.takeTail(c)
	}
	a.decodeTail(c)
	a.judgeTail(c)
}

// GrowthEnded says that no packets will come any more.
func (a *App) GrowthEnded() {
	if c := a.Capture; c != nil && c.Tail.Growing {
		c.Tail.Growing, c.Tail.New = false, 0
		if c.View == nil {
			return
		}
		a.remake(c) // an open connection has an end now
		a.changed(TailChanged)
		a.takeTail(c)
		a.decodeTail(c)
		a.judgeTail(c)
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
	var err error
	work := func() {
		if view, err = s.Grown(old); err == nil {
			grown = chat.Grown(view)
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
		a.appended(c, view, grown)
	}
	if view := int(conn.Packets[0] + conn.Packets[1]); view <= chattedAtOnce {
		work()
		done()
		return
	}
	a.background(ctx, work, done)
}

// appended takes over a connection with packets behind those that were shown.
func (a *App) appended(c *Capture, view *session.View, grown *timeline.Chat) {
	came := view.Len() - c.View.Len()
	c.View, c.Chat = view, grown
	if !c.Tail.Follow {
		c.Tail.New += came
	}
	c.Tail.undecoded, c.Tail.unjudged = true, true
	a.changed(TailChanged)
	a.decodeTail(c)
	a.judgeTail(c)
	if !c.Tail.Growing && c.Live != nil {
		a.remakeViews(c)
	}
}

// judgeTail finds out what is to be said of the connection with what came. While it grows that is kept within bounds.
func (a *App) judgeTail(c *Capture) {
	t := &c.Tail
	if !t.unjudged || t.judges.running || t.Growing && !t.judges.due(time.Now()) {
		return
	}
	t.unjudged = false
	t.judges.begin(time.Now())
	view, moments := c.View, c.Chat.Moments()
	var findings []diagnose.Finding
	done := func() {
		t.judges.end(time.Now())
		if c.View != nil && c.View.Conn.Stream == view.Conn.Stream {
			c.Findings = findings
			a.changed(PanesChanged)
		}
		if !t.Growing {
			a.judgeTail(c)
		}
	}
	work := func() { findings = diagnose.Connection(view, moments) }
	if view.Len() <= chattedAtOnce {
		work()
		done()
		return
	}
	a.background(c.ctx, work, done)
}

// decodeTail decodes the messages of a connection with what came. While it grows that is kept within bounds.
func (a *App) decodeTail(c *Capture) {
	t := &c.Tail
	if !t.undecoded || t.decoding != nil || t.Growing && !t.decodes.due(time.Now()) {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	t.decoding, t.undecoded = cancel, false
	t.decodes.begin(time.Now())
	s, stream, view, chat, o := c.Session, c.Stream, c.View, c.Chat, a.chatOptions(c)
	var talk *session.Conversation
	var own *diagnose.OpinionSet
	var decoded *timeline.Chat
	var err error
	a.background(ctx, func() {
		if talk, err = s.Conversation(ctx, view); err == nil {
			own, err = diagnose.Opinions(ctx, view)
		}
		if err == nil {
			decoded = chat.WithOpinions(own).With(talk, o)
		}
	}, func() {
		cancel()
		t.decoding = nil
		t.decodes.end(time.Now())
		if err != nil || c.Stream != stream {
			return
		}
		c.Talk = talk
		switch {
		case c.Chat == chat:
			c.Chat = decoded
		case c.Chat.SameChoices(decoded): // there are more packets meanwhile
			c.Chat = decoded.Grown(c.View)
		default:
			c.Chat = c.Chat.WithOpinions(own)
			a.remake(c)
		}
		a.changed(TailChanged)
		a.makeMessages(c, c.Shows == MessagesView)
		if !t.Growing { // what came last may have waited for this
			a.takeTail(c)
			a.decodeTail(c)
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
