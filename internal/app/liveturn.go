package app

import (
	"context"
	"maps"
	"sort"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// turned is what is shown of a capture, made of the session that takes the place of the one before: all of it in the background, so
// that the reader sees nothing of the change but the packets that are gone.
type turned struct {
	from, s *session.Session
	// stream is the connection that was shown before, to the same one now, -1 if nothing is left of it; other and toOther are
	// that for a conversation that is not TCP.
	stream, to     int
	other, toOther int
	decodeAs       map[int]string
	// before is what was shown of the connection when the making began, marksBefore the marks that there were.
	before      *timeline.Chat
	marksBefore *timeline.Marks
	gone        []timeline.Mark // those on packets that are not there any more

	chatted
	talk      *session.Conversation
	list      list
	listed    bool // the list needs no search of its own
	otherView *session.OtherView
	otherRows *timeline.OtherRows

	shows    ViewKind
	tab      Tab
	bytes    *timeline.Stream
	graphs   *[2]timeline.Graph
	messages *timeline.Messages
	stats    *diagnose.Stats
	facts    *timeline.LadderFacts
	ladder   *timeline.Ladder
}

// counterpart returns the connection or conversation of another session of the capture that holds the last packet of one of from's;
// -1 if there is none.
func counterpart(from, s *session.Session, stream, other int) (toStream, toOther int) {
	toStream, toOther = -1, -1
	if s.Before() < from.Before() {
		return toStream, toOther // its packets have begun to count from 1 again
	}
	if stream >= 0 && stream < from.Streams() {
		x := from.Index()
		if last := x.Last(stream); last >= 0 {
			toStream, _ = s.Locate(x.At(last).Frame)
		}
	}
	if other >= 0 && other < from.Others() {
		if v, err := from.OtherView(other); err == nil && v.Len() > 0 {
			_, toOther = s.Locate(v.At(v.Len() - 1).Frame)
		}
	}
	return toStream, toOther
}

// turning returns what makes everything that is shown of c anew of another session, on any goroutine.
func (a *App) turning(c *Capture, s *session.Session) (t *turned, make func(ctx context.Context)) {
	t = &turned{from: c.Session, s: s, stream: c.Stream, other: -1, shows: c.Shows, tab: c.Tab, before: c.Chat, marksBefore: c.Notes.Marks}
	if c.Other.Shown() {
		t.other = c.Other.Index
	}
	t.marks = c.Notes.Marks
	all := t.marks.All()
	left := sort.Search(len(all), func(i int) bool { return all[i].Frame > s.Before() })
	if s.Before() < t.from.Before() {
		left = len(all)
	}
	if left > 0 {
		t.gone, t.marks = all[:left], timeline.NewMarks(all[left:])
	}
	chosen, rules, swapped := maps.Clone(c.decodeAs), a.DecodeAs, c.Session.AllSwapped()
	o, settings, failure := a.chatOptions(c), a.Settings.options(), c.Err
	talks, q := c.Talk != nil, c.query()
	t.listed = !c.Search.Active()
	views := a.turningViews(c, t)
	return t, func(ctx context.Context) {
		t.to, t.toOther = counterpart(t.from, s, t.stream, t.other)
		for stream, protocol := range chosen {
			if to, _ := counterpart(t.from, s, stream, -1); to >= 0 {
				if t.decodeAs == nil {
					t.decodeAs = map[int]string{}
				}
				t.decodeAs[to] = protocol
			}
		}
		for _, stream := range swapped {
			if to, _ := counterpart(t.from, s, stream, -1); to >= 0 {
				s.SetSwapped(to, true)
			}
		}
		s.SetDecodeAs(decodeRules(t.decodeAs, rules))
		if t.to >= 0 {
			t.makeChat(ctx, o, failure, talks)
			views(ctx)
		}
		if t.toOther >= 0 {
			t.makeOther(ctx, settings)
		}
		if t.listed {
			t.list = q.run(ctx, s)
		}
		if t.chat != nil { // what came meanwhile
			if v, err := s.Grown(t.view); err == nil {
				t.view, t.chat = v, t.chat.Grown(v)
			}
		}
	}
}

// makeChat makes the rows of the connection, folded as before.
func (t *turned) makeChat(ctx context.Context, o timeline.Options, failure error, talks bool) {
	made, err := chatOf(t.s, t.to, o, t.marks, failure)
	if err != nil {
		return
	}
	t.chatted = made
	if t.before != nil {
		t.chat = t.chat.Like(t.before)
	}
	if !talks {
		return
	}
	talk, err := t.s.Conversation(ctx, t.view)
	if err != nil {
		return
	}
	if own, err := diagnose.Opinions(ctx, t.view); err == nil {
		t.talk, t.chat = talk, t.chat.WithOpinions(own).With(talk, o)
	}
}

// makeOther makes the rows of a conversation that is not TCP.
func (t *turned) makeOther(ctx context.Context, o timeline.Options) {
	v, err := t.s.OtherView(t.toOther)
	if err != nil {
		return
	}
	chat, err := timeline.NewOtherChat(ctx, v, o.Lang)
	if err == nil {
		t.otherView, t.otherRows = v, timeline.NewOtherRows(chat, o, t.marks)
	}
}

// turningViews returns what makes the view of the connection that stands beside the chat or in its place.
func (a *App) turningViews(c *Capture, t *turned) func(ctx context.Context) {
	l, bytes, ladder, messages := a.Lang(), c.Bytes.Options, c.Ladder.Options, a.Settings.messageOptions()
	messages.Marks, messages.Most = t.marks, a.mostMessages
	return func(ctx context.Context) {
		if t.chat == nil {
			return
		}
		var err error
		switch {
		case t.shows == GraphsView:
			t.graphs, err = timeline.Graphs(ctx, t.view)
		case t.shows == LadderView:
			if t.facts, err = timeline.NewLadderFacts(ctx, t.view); err == nil {
				t.ladder, err = timeline.NewLadder(ctx, t.chat, t.facts, ladder)
			}
		case t.shows == StreamView && t.talk != nil:
			t.bytes, err = timeline.NewStream(ctx, t.view, t.talk, bytes, l)
		case t.shows == MessagesView && t.talk != nil:
			t.messages, err = partOf(ctx, t.s, t.view, t.talk, messages)
		}
		if err != nil { // then it is made again when it is shown
			t.graphs, t.facts, t.ladder, t.bytes, t.messages = nil, nil, nil, nil, nil
		}
		if t.tab == StatsTab {
			if t.stats, err = diagnose.MeasureStats(ctx, t.view); err != nil {
				t.stats = nil
			}
		}
	}
}

// fits reports that the reader has not chosen otherwise since it was made.
func (t *turned) fits(c *Capture) bool {
	other := -1
	if c.Other.Shown() {
		other = c.Other.Index
	}
	return c.Session == t.from && c.Stream == t.stream && c.wanted == t.stream && c.Other.Index == other && other == t.other &&
		c.Shows == t.shows && c.Tab == t.tab && c.Notes.Marks == t.marksBefore && t.listed == !c.Search.Active() &&
		(c.Chat == t.before || c.Chat != nil && t.before != nil && c.Chat.SameChoices(t.before))
}

// take puts everything in place of what was shown of the session before.
func (a *App) take(c *Capture, t *turned) {
	frame := uint32(0)
	if c.View != nil && c.Packet >= 0 {
		frame = c.View.At(c.Packet).Frame
	}
	c.stopMaking()
	c.Session, c.decodeAs, c.Notes.Marks = t.s, t.decodeAs, t.marks
	c.Live.reading.Store(t.s)
	c.Read, c.Total, c.Frames, _ = t.s.Progress()
	c.Stream, c.wanted, c.View, c.Chat, c.Talk, c.talkErr = t.to, t.to, t.view, t.chat, t.talk, nil
	c.Findings, c.Packet = t.findings, -1
	if c.View != nil {
		c.Packet = max(c.View.Find(frame), 0)
	}
	if c.Packet < 0 || c.View.At(c.Packet).Frame != frame {
		c.Field = ""
	}
	c.leaveQuiz(-1)
	c.Notes.keeping.firsts = nil // by the numbers of connections
	c.Live.seen, c.Live.viewed = -1, 0
	a.takeOther(c, t)
	if t.listed {
		c.Shown, c.Health = t.list.shown, t.list.health
		c.Side.listed(&t.list)
	}
	a.takeViews(c, t)
	a.changed(ChatChanged | SelectionChanged | ConnectionsChanged | PanesChanged | ProgressChanged)
	a.marksGone(c, t.gone)
	if c.Search.Active() { // what was found goes by the numbers of connections
		c.Search.empty()
		a.search(c)
	}
	if !t.listed {
		a.list(c)
	}
	a.goOn(c, t)
}

// goOn goes on with what grows.
func (a *App) goOn(c *Capture, t *turned) {
	switch {
	case c.View == nil && t.stream >= 0:
		a.host.Notify(Notice{Text: noticeTalkGone})
		if c.Live.Follow {
			a.selectConnection(c.Session.Streams() - 1)
		}
		a.chooseFirst(c)
	case c.View == nil:
		a.chooseFirst(c)
	case c.Talk == nil:
		a.decode(c, c.View)
	default:
		c.Tail.undecoded, c.Tail.unjudged = true, true
	}
}

// stopMaking ends what is being made of the session that goes.
func (c *Capture) stopMaking() {
	for _, stop := range []*context.CancelFunc{
		&c.chatting, &c.remaking, &c.talking, &c.listing, &c.asking, &c.wording, &c.Tail.growing, &c.Tail.decoding, &c.Other.cancel,
		&c.Other.saying, &c.Other.judging,
	} {
		if *stop != nil {
			(*stop)()
			*stop = nil
		}
	}
	c.Tail.decodes, c.Tail.judges, c.Live.views = pace{}, pace{}, pace{}
	c.Search.stop()
}

// takeOther shows the same conversation that is not TCP, or none if it is gone.
func (a *App) takeOther(c *Capture, t *turned) {
	if !c.Other.Shown() {
		c.Other = noOther()
		return
	}
	was := c.Other
	c.Other = noOther()
	if t.otherRows == nil {
		return
	}
	c.Other.Index, c.Other.View, c.Other.Rows, c.Other.Findings = t.toOther, t.otherView, t.otherRows, was.Findings
	if was.View != nil && was.Packet < was.View.Len() {
		c.Other.Packet = max(otherPacket(t.otherView, was.View.At(was.Packet).Frame), 0)
	}
	a.makeOtherMessages(c)
	a.diagnoseOther(c)
}

// takeViews shows the views of the connection: those that are there at once, any other as soon as it is made.
func (a *App) takeViews(c *Capture, t *turned) {
	c.keeping = true
	a.makeBytes(c)
	a.makeGraphs(c)
	a.makeStats(c)
	c.keeping = false
	c.Messages.starts, c.Messages.from = nil, 0
	a.makeMessages(c, true)
	// Nothing stays that goes by the packets of before; what is nil is being made.
	c.Bytes.Rows, c.Bytes.Found, c.Bytes.At = t.bytes, nil, -1
	c.Graphs.Data = t.graphs
	c.Stats.Measured, c.Stats.Spent = t.stats, nil
	c.Messages.Rows, c.Messages.At = t.messages, -1
	c.Messages.follow(c.Packet)
	c.Ladder.facts, c.Ladder.Rows, c.Ladder.Err = t.facts, t.ladder, nil
	a.changed(BytesChanged | GraphsChanged | StatsChanged | MessagesChanged | LadderChanged)
}

// marksGone keeps the marks on packets that are not there any more in the list of marks, and says so once for each turn.
func (a *App) marksGone(c *Capture, marks []timeline.Mark) {
	if len(marks) == 0 {
		return
	}
	n := &c.Notes
	n.Gone = append(n.Gone, marks...)
	if over := len(n.Gone) - maxMarks; over > 0 {
		n.Gone = n.Gone[over:]
	}
	text := noticeMarkGone
	if len(marks) > 1 {
		text = counted(noticeMarksGone, len(marks))
	}
	a.host.Notify(Notice{Text: text})
}
