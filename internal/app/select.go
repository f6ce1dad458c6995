package app

import (
	"context"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// SelectConnection shows another connection.
func (a *App) SelectConnection(stream int) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	a.leaveOther(c)
	c.Live.chosen(c, stream)
	if c.wanted != stream || c.Loading && c.Live == nil {
		a.selectConnection(stream)
	}
}

// chatted is a connection with what can be said of it before its messages are decoded.
type chatted struct {
	view     *session.View
	chat     *timeline.Chat
	findings []diagnose.Finding
	marks    *timeline.Marks
}

func chatOf(s *session.Session, stream int, o timeline.Options, marks *timeline.Marks, failure error) (t chatted, err error) {
	t.marks = marks
	if t.view, err = s.View(stream); err == nil {
		t.chat = timeline.NewChat(t.view, nil, o, failure)
		if len(marks.All()) > 0 {
			t.chat = t.chat.WithMarks(marks)
		}
		t.findings = diagnose.Connection(t.view, t.chat.Moments())
	}
	return t, err
}

// chattedAtOnce is the number of segments of a connection that is shown without a detour through the background: some
// milliseconds.
const chattedAtOnce = 20_000

// selectConnection shows a connection as it is now. The one before stays until a long one is ready; the latest wish counts.
func (a *App) selectConnection(stream int) {
	c := a.Capture
	if stream < 0 || stream >= c.Session.Streams() {
		return // not there yet
	}
	if c.chatting != nil {
		c.chatting()
	}
	c.wanted = stream
	ctx, cancel := context.WithCancel(c.ctx)
	c.chatting = cancel
	s, o, marks, failure := c.Session, a.chatOptions(c), c.Notes.Marks, c.Err
	var t chatted
	var err error
	work := func() { t, err = chatOf(s, stream, o, marks, failure) }
	done := func() {
		cancel()
		if err == nil {
			a.showConnection(c, stream, t)
		}
	}
	conn := c.Session.Connection(stream)
	if c.Case == nil && conn.Packets[0]+conn.Packets[1] > chattedAtOnce {
		a.background(ctx, work, done)
		return
	}
	work()
	done()
}

// Waiting says that nothing of the capture is shown, and that something will be.
func (c *Capture) Waiting() bool {
	return c.Chat == nil && (c.Loading || c.listing != nil || c.wanted >= 0)
}

// showConnection shows a connection and decodes its messages in the background.
func (a *App) showConnection(c *Capture, stream int, t chatted) {
	if c.talking != nil {
		c.talking()
	}
	frame := c.goTo
	c.goTo = 0
	if frame == 0 && c.Stream == stream && c.Packet >= 0 {
		frame = c.View.At(c.Packet).Frame
	}
	c.leaveQuiz(stream)
	c.Stream, c.View, c.Talk, c.talkErr, c.Chat, c.Findings = stream, t.view, nil, nil, t.chat, t.findings
	if c.Case != nil { // small, and in memory: shown with its messages at once
		if talk, err := c.Session.Conversation(c.ctx, t.view); err == nil {
			c.Talk = talk
		}
		if own, err := diagnose.Opinions(c.ctx, t.view); err == nil {
			c.Chat = c.Chat.WithOpinions(own)
		}
	}
	if c.Notes.Marks != t.marks {
		c.Chat = c.Chat.WithMarks(c.Notes.Marks) // made meanwhile
	}
	c.Tail.New, c.Tail.Follow, c.Tail.undecoded, c.Tail.unjudged = 0, c.Tail.Growing, false, false
	c.rebuild(a)
	c.Packet, c.Field, c.Outside = min(0, t.view.Len()-1), "", false
	if i := t.view.Find(frame); i >= 0 {
		c.Packet = i
		c.Chat = c.Chat.Revealing(i)
	}
	if p, ok := c.reached(); ok {
		c.Packet, c.Chat = p, c.Chat.Revealing(p)
	}
	if p, ok := c.landed(); ok {
		c.Packet, c.Chat = p, c.Chat.Revealing(p)
	}
	a.changed(ChatChanged | SelectionChanged)
	a.makeBytes(c)
	a.makeMessages(c, false)
	a.makeGraphs(c)
	a.makeStats(c)
	if c.Talk == nil {
		a.decode(c, t.view)
	}
}

// decode finds the messages of the connection shown, and forms our own opinion of its packets.
func (a *App) decode(c *Capture, v *session.View) {
	ctx, cancel := context.WithCancel(c.ctx)
	c.talking = cancel
	s, chat, o := c.Session, c.Chat, a.chatOptions(c)
	var talk *session.Conversation
	var own *diagnose.OpinionSet
	var decoded *timeline.Chat
	var err error
	a.background(ctx, func() {
		if talk, err = s.Conversation(ctx, v); err == nil {
			own, err = diagnose.Opinions(ctx, v)
		}
		if err == nil {
			decoded = chat.WithOpinions(own).With(talk, o)
		}
	}, func() {
		cancel()
		if a.Capture != c || c.View != v {
			return
		}
		if c.talkErr = err; err != nil {
			a.moreStats(c)
			a.makeMessages(c, false)
			return
		}
		c.Talk = talk
		a.makeBytes(c)
		a.moreStats(c)
		a.makeMessages(c, false)
		if len(talk.Messages) == 0 && len(own.All) == 0 {
			return
		}
		if c.Chat == chat {
			c.Chat = decoded
		} else { // folded otherwise, or set otherwise, in the meantime
			c.Chat = c.Chat.WithOpinions(own)
			a.remake(c)
		}
		a.changed(ChatChanged | ConnectionsChanged)
	})
}

// rebuild makes the chat's rows again with the present settings.
func (c *Capture) rebuild(a *App) {
	if c.Chat != nil {
		c.Chat = c.Chat.With(c.Talk, a.chatOptions(c))
	}
}

// remake makes the chat's rows again with the present settings and messages. Of a long connection the rows from before stay until
// the others are made.
func (a *App) remake(c *Capture) {
	if c.remaking != nil {
		c.remaking()
		c.remaking = nil
	}
	o := a.chatOptions(c)
	if c.Chat == nil || c.View.Len() <= chattedAtOnce || c.Chat.KeepsRows(c.Talk, o) {
		c.rebuild(a)
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.remaking = cancel
	chat, talk := c.Chat, c.Talk
	var made *timeline.Chat
	a.background(ctx, func() { made = chat.With(talk, o) }, func() {
		cancel()
		if c.Chat != chat || c.Talk != talk { // folded otherwise, or decoded, in the meantime
			a.remake(c)
		} else {
			c.Chat = made
		}
		a.changed(ChatChanged)
	})
}

// SelectPacket selects segment i of the connection shown.
func (a *App) SelectPacket(i int) {
	c := a.Capture
	if c == nil || c.View == nil || i < 0 || i >= c.View.Len() {
		return
	}
	if a.leaveOther(c); i == c.Packet {
		return
	}
	if last, covered := c.Cover(); covered && i > last && c.Guessing() {
		a.host.Notify(Notice{Text: noticeCovered})
		return
	}
	c.Packet, c.Field, c.Outside = i, "", false
	c.Messages.follow(i)
	c.Messages.seeking, c.Messages.forward = true, false
	ch := Change(SelectionChanged)
	if chat := c.Chat.Revealing(i); chat != c.Chat {
		c.Chat = chat
		ch |= ChatChanged
	}
	a.changed(ch)
	a.seekMessages(c)
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
	if c == nil || c.Tab == t || t == LessonTab && !c.Learning() {
		return
	}
	c.Tab = t
	a.changed(PanesChanged)
	switch t {
	case FilesTab:
		a.findFiles()
	case StatsTab:
		if c.Stats.Measured == nil {
			a.makeStats(c)
		}
	case LessonTab, DiagnosisTab, StatesTab:
	}
}
