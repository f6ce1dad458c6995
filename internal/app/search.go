package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	find "tcptalk/internal/filter"
	"tcptalk/internal/session"
)

// Search is what the reader looks for in a capture, and what was found. While the text in the box is no good it is that of the last
// text that was.
type Search struct {
	// Err says what is wrong with Capture.Filter, nil if nothing is.
	Err *find.Error
	// Text is the last good text, "" if nothing is looked for; Query is what it means.
	Text  string
	Query find.Query
	// Found are the matches by connection, Others those by the session's number of a conversation that is not TCP, Count how many there
	// are in all.
	Found, Others map[int]Match
	Count         int
	// Running says that the search goes on, Done of Total bytes are searched. Part says that it was stopped, Fail why it ended early.
	Running     bool
	Done, Total int64
	Part        bool
	Fail        error

	streams streamSet
	others  streamSet
	taken   bool // Found is of this search, not of the one before
	cancel  context.CancelFunc
	// took is how long a search over the index took last, and when; with it is decided how often it runs while the capture is read.
	took time.Duration
	at   time.Time
	// land is where in the connection that is about to be shown the reader wants to go: to its first match (1) or its last one (-1).
	land int
}

// Match is what was found in one connection.
type Match struct {
	// Count is how many packets a filter found, or how many places a search.
	Count int
	// Packets are the indexes of the packets in the connection's View, in order.
	Packets []uint32
}

// Active reports that something is looked for.
func (s *Search) Active() bool { return s.Text != "" }

// onIndex reports that the search needs no byte of the capture's packets.
func (s *Search) onIndex() bool {
	return s.Query.Filter != nil && s.Query.Filter.Level() < find.Payload
}

// Matched reports that packet i of the connection shown was found.
func (c *Capture) Matched(i int) bool {
	_, found := slices.BinarySearch(c.Search.Found[c.Stream].Packets, uint32(i))
	return found
}

// MatchPlace says which of the packets found in the conversation shown is selected, counted from 1, 0 if none is, and how many there are.
func (c *Capture) MatchPlace() (at, of int) {
	packets, packet := c.matchesHere()
	if i, found := slices.BinarySearch(packets, uint32(max(packet, 0))); found {
		at = i + 1
	}
	return at, len(packets)
}

// SetFilter looks for a text: a display filter, or words to search for. What is no good changes nothing but Search.Err.
func (a *App) SetFilter(text string) {
	c := a.Capture
	if c == nil || c.Filter == text {
		return
	}
	c.Filter = text
	s := &c.Search
	s.Err = nil
	if strings.TrimSpace(text) == "" {
		s.stop()
		c.Search = Search{}
		a.changed(SearchChanged)
		a.list(c)
		return
	}
	q, err := find.ParseQuery(text)
	if err != nil {
		if !errors.As(err, &s.Err) {
			s.Err = &find.Error{}
		}
		a.changed(SearchChanged)
		return
	}
	s.stop()
	s.Text, s.Query = text, q
	a.search(c)
}

// Bounds of what is searched without a detour through the background: some milliseconds.
const (
	searchedPackets = 10_000   // over the index
	searchedBytes   = 64 << 10 // over payload
)

// Pauses of a search.
const (
	// searchPause is how long nothing must be typed before payload is read: every search reads the file from its beginning.
	searchPause = 250 * time.Millisecond
	// searchGrowth is how much longer than a search over the index the pause before the next one is while the capture is read.
	searchGrowth = 10
)

// search looks for the present text in what was read of the capture.
func (a *App) search(c *Capture) {
	s := &c.Search
	s.stop()
	if c.Session == nil {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	s.cancel, s.Running, s.Part, s.Fail, s.Done, s.Total, s.taken = cancel, true, false, nil, 0, 0, false
	r := &searching{a: a, c: c, s: c.Session, ctx: ctx, query: s.Query, began: time.Now()}
	if q := &r.query; q.Search != nil {
		q.Search = q.Search.WithoutHits()
	}
	n := c.Session.Counts()
	if s.onIndex() && n.Segments <= searchedPackets || !s.onIndex() && n.Bytes <= searchedBytes {
		r.now = true
		r.run()
		return
	}
	a.changed(SearchChanged)
	if !s.onIndex() {
		r.pause = searchPause
	}
	go r.run()
}

// stop ends a search that is running.
func (s *Search) stop() {
	if s.cancel != nil {
		s.cancel()
		s.cancel, s.Running = nil, false
	}
}

// StopSearch ends a search and keeps what it has found. It reports that one was running.
func (a *App) StopSearch() bool {
	c := a.Capture
	if c == nil || !c.Search.Running {
		return false
	}
	c.Search.stop()
	if c.Search.Part = true; !c.Search.taken {
		c.Search.empty()
	}
	a.list(c)
	a.changed(SearchChanged)
	return true
}

// searching is one run of a search. Its fields belong to the goroutine that it runs on.
type searching struct {
	a     *App
	c     *Capture
	s     *session.Session
	ctx   context.Context
	query find.Query
	pause time.Duration
	now   bool // on the owner's goroutine
	began time.Time

	fresh       []find.Result
	freshOthers []find.OtherResult
	told        time.Time
	begun       bool // something was told
	done, total int64
}

func (r *searching) run() {
	if r.pause > 0 {
		wait := time.NewTimer(r.pause)
		defer wait.Stop()
		select {
		case <-r.ctx.Done():
			return
		case <-wait.C:
		}
		defer r.a.spare()()
	}
	err := r.query.Find(r.ctx, r.s, func(done, total int64) {
		r.done, r.total = done, total
		r.tell()
	}, func(res find.Result) bool {
		r.fresh = append(r.fresh, res)
		r.tell()
		return r.ctx.Err() == nil
	})
	if err == nil && r.query.Search != nil {
		err = r.query.Search.FindOthers(r.ctx, r.s, func(res find.OtherResult) bool {
			r.freshOthers = append(r.freshOthers, res)
			r.tell()
			return r.ctx.Err() == nil
		})
	}
	r.post(true, err)
}

// tell hands over what is new, not too often.
func (r *searching) tell() {
	if !r.now && time.Since(r.told) >= progressEvery {
		r.told = time.Now()
		r.post(false, nil)
	}
}

// post hands over what is new. The first time it takes the place of what was found before.
func (r *searching) post(end bool, err error) {
	fresh, others, done, total, first := r.fresh, r.freshOthers, r.done, r.total, !r.begun
	r.fresh, r.freshOthers, r.begun = nil, nil, true
	take := func() {
		if r.ctx.Err() == nil {
			r.c.Search.Done, r.c.Search.Total = done, total
			r.c.Search.add(fresh, others, first)
			if !end {
				r.a.listAgain(r.c)
				r.a.changed(SearchChanged)
			} else {
				r.a.searchEnded(r.c, err, time.Since(r.began))
			}
		}
	}
	if r.now {
		take()
		return
	}
	r.a.host.Post(take)
}

// add takes over what was found.
func (s *Search) add(fresh []find.Result, others []find.OtherResult, first bool) {
	if first {
		s.empty()
	}
	for _, r := range fresh {
		if r.Count > 0 {
			s.Found[r.Stream] = Match{r.Count, r.Packets}
			s.Count += r.Count
			s.streams.add(r.Stream)
		}
	}
	for _, r := range others {
		s.Others[r.Conversation] = Match{len(r.Packets), r.Packets}
		s.Count += len(r.Packets)
		s.others.add(r.Conversation)
	}
}

// empty forgets what was found by the search before.
func (s *Search) empty() {
	s.Found, s.Others, s.Count, s.taken = map[int]Match{}, map[int]Match{}, 0, true
	s.streams, s.others = streamSet{}, streamSet{}
}

// searchEnded ends a search.
func (a *App) searchEnded(c *Capture, err error, took time.Duration) {
	s := &c.Search
	s.stop()
	s.took, s.at, s.Fail = took, time.Now(), err
	a.list(c)
	a.changed(SearchChanged)
}

// searchGrown looks again while the capture is read, where that costs little.
func (a *App) searchGrown(c *Capture) {
	s := &c.Search
	if s.Active() && !s.Running && s.onIndex() && time.Since(s.at) >= searchGrowth*s.took+progressEvery {
		a.search(c)
	}
}

// searchRead looks through the whole capture once it is read.
func (a *App) searchRead(c *Capture) {
	if c.Search.Active() {
		a.search(c)
	}
}

// FoundBy goes to the next match (1) or to the one before (-1): in the conversation shown, then in the next one that is listed, then
// in those of the other families. It reports that there is one.
func (a *App) FoundBy(step int) bool {
	c := a.Capture
	if c == nil || c.Session == nil || len(c.Search.Found)+len(c.Search.Others) == 0 {
		return false
	}
	packets, at := c.matchesHere()
	i, found := slices.BinarySearch(packets, uint32(max(at, 0)))
	switch {
	case step < 0:
		i--
	case found:
		i++
	}
	for found && i >= 0 && i < len(packets) && !c.Other.Shown() && c.samePlace(int(packets[i])) {
		i += step
	}
	switch {
	case i < 0 || i >= len(packets):
		return a.foundBeyond(c, step)
	case c.Other.Shown():
		a.SelectOtherPacket(int(packets[i]))
	default:
		a.SelectPacket(int(packets[i]))
	}
	return true
}

// landing is the index of the match to go to when a connection is come to.
func landing(step, n int) int {
	if step < 0 {
		return n - 1
	}
	return 0
}

// landed returns the packet to select in a connection that is shown anew because its matches were asked for.
func (c *Capture) landed() (packet int, ok bool) {
	packets := c.Search.Found[c.Stream].Packets
	step := c.Search.land
	c.Search.land = 0
	if step == 0 || len(packets) == 0 {
		return 0, false
	}
	packet = int(packets[landing(step, len(packets))])
	return packet, packet < c.View.Len()
}

// maxSearches bounds the history of searches.
const maxSearches = 20

// KeepSearch puts the present text on top of those that were looked for, if it is good.
func (a *App) KeepSearch() {
	c := a.Capture
	if c == nil || c.Search.Err != nil || !c.Search.Active() || len(c.Search.Text) > maxSearchKept {
		return
	}
	text := strings.TrimSpace(c.Search.Text)
	if len(a.Searches) > 0 && a.Searches[0] == text {
		return
	}
	list := []string{text}
	for _, old := range a.Searches {
		if old != text && len(list) < maxSearches {
			list = append(list, old)
		}
	}
	a.Searches = list
	a.save()
}

// maxSearchKept is the longest text that is kept, in bytes: the file of settings is to stay small.
const maxSearchKept = 4 << 10

// ForgetSearches empties the history of searches.
func (a *App) ForgetSearches() {
	if len(a.Searches) > 0 {
		a.Searches = nil
		a.save()
	}
}

// Complete returns what may stand at a place, counted in bytes, of the text in the search box.
func (a *App) Complete(text string, cursor int) find.Completion { return find.Complete(text, cursor) }
