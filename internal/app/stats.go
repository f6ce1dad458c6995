package app

import (
	"context"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// Stats are the numbers of the connection shown, made when its tab is.
type Stats struct {
	// Measured are the numbers, nil while they are being made. Spent says where the time went; it follows, for it takes reading the
	// messages. Err is why there are none.
	Measured *diagnose.Stats
	Spent    *diagnose.Spent
	Err      error

	// ctx ends when the numbers are no longer wanted, or are all there; making ends it.
	ctx    context.Context
	making context.CancelFunc
	busy   bool // the connection is being measured
}

// Making says that the numbers are on their way.
func (s *Stats) Making() bool { return s.making != nil && s.Measured == nil && s.Err == nil }

// Groups words the numbers that are there.
func (s *Stats) Groups(l narrate.Lang) []timeline.StatsGroup {
	if s.Measured == nil {
		return nil
	}
	return timeline.StatsGroups(l, s.Measured, s.Spent)
}

// StatsText words the numbers of the connection shown as Markdown, "" while there are none.
func (a *App) StatsText() string {
	c := a.Capture
	if c == nil || c.Stats.Measured == nil {
		return ""
	}
	return timeline.StatsMarkdown(a.Lang(), [2]string{c.View.Conn.Client.String(), c.View.Conn.Server.String()}, c.Stats.Groups(a.Lang()))
}

// makeStats reads the connection for its numbers in the background, if their tab is shown.
func (a *App) makeStats(c *Capture) {
	s := &c.Stats
	if s.making != nil {
		s.making()
	}
	s.busy = false
	shown := c.Tab == StatsTab
	if c.keeping && shown { // the same connection, longer
		s.making = nil
	} else if shown || s.Measured != nil || s.Err != nil {
		*s = Stats{}
		a.changed(StatsChanged)
	}
	if !shown || c.View == nil {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	s.ctx, s.making, s.busy = ctx, cancel, true
	v := c.View
	var made *diagnose.Stats
	var err error
	a.background(ctx, func() { made, err = diagnose.MeasureStats(ctx, v) }, func() {
		s.busy = false
		s.Measured, s.Spent, s.Err = made, nil, err
		a.changed(StatsChanged)
		a.moreStats(c)
	})
}

// moreStats finds out where the time went, once the numbers and the messages are there.
func (a *App) moreStats(c *Capture) {
	s := &c.Stats
	if s.Measured == nil || s.Spent != nil || s.ctx.Err() != nil || c.Talk == nil && c.talkErr == nil {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	v, talk := c.View, c.Talk
	var spent *diagnose.Spent
	var err error
	a.background(ctx, func() { spent, err = diagnose.Spend(ctx, v, talk) }, func() {
		cancel()
		s.making() // all is there
		s.Spent, s.Err = spent, err
		a.changed(StatsChanged)
	})
}
