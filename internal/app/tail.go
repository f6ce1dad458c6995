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
	// unread says that the messages are those of fewer packets: their conversation had reached its bound.
	unread          bool
	decodes, judges pace
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
	// No message is added to a conversation that has reached its bound, so that as long as nobody looks at the bytes behind them it
	// stays as it is: the same messages made anew would for a moment be there twice.
	keeps := t.Growing && c.Talk != nil && c.Talk.Limited && c.Shows != StreamView
	if !t.undecoded && (!t.unread || keeps) || t.decoding != nil || t.Growing && !t.decodes.due(time.Now()) {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	t.decoding, t.undecoded, t.unread = cancel, false, keeps
	t.decodes.begin(time.Now())
	s, view, o := c.Session, c.View, a.chatOptions(c)
	d := decodedTail{ctx: ctx, stream: c.Stream, from: c.Chat, talk: c.Talk}
	a.background(ctx, func() {
		if !keeps {
			d.talk, d.err = s.Conversation(ctx, view)
		}
		if d.err == nil {
			d.own, d.err = diagnose.Opinions(ctx, view)
		}
		if d.err == nil {
			d.chat = d.from.WithOpinions(d.own).With(d.talk, o)
		}
	}, func() { a.tailDecoded(c, &d) })
}

// decodedTail is the chat of a connection with its messages, made from another one.
type decodedTail struct {
	ctx        context.Context
	stream     int
	from, chat *timeline.Chat
	talk       *session.Conversation
	own        *diagnose.OpinionSet
	err        error
}

// tailDecoded takes over a chat with its messages. The packets that came meanwhile are added first, in the background if they are many.
func (a *App) tailDecoded(c *Capture, d *decodedTail) {
	t := &c.Tail
	shown := d.err == nil && c.Stream == d.stream
	grows := shown && c.Chat != d.from && c.Chat.SameChoices(d.chat)
	if grows && c.View.Len()-d.chat.View().Len() > chattedAtOnce {
		view := c.View
		d.from = c.Chat
		a.background(d.ctx, func() { d.chat = d.chat.Grown(view) }, func() { a.tailDecoded(c, d) })
		return
	}
	t.decoding()
	t.decoding = nil
	t.decodes.end(time.Now())
	if !shown {
		return
	}
	c.Talk = d.talk
	switch {
	case c.Chat == d.from:
		c.Chat = d.chat.InPlaceOf(c.Chat)
	case grows:
		c.Chat = d.chat.Grown(c.View).InPlaceOf(c.Chat)
	default:
		c.Chat = c.Chat.WithOpinions(d.own)
		a.remake(c)
	}
	a.changed(TailChanged)
	a.makeMessages(c, c.Shows == MessagesView)
	if !t.Growing { // what came last may have waited for this
		a.takeTail(c)
		a.decodeTail(c)
	}
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
