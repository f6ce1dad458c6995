package app

import (
	"context"
	"io"

	"tcptalk/internal/timeline"
)

// Ladder is what the sequence diagram shows.
type Ladder struct {
	// Rows are of the connection, its folds and the options below. While new ones are being made those of the same connection stay;
	// nil if there are none. Err is why they could not be made.
	Rows *timeline.Ladder
	Err  error
	// Options are the reader's choice.
	Options timeline.LadderOptions

	facts  *timeline.LadderFacts
	making context.CancelFunc
}

// Making says that the first rows are on their way.
func (l *Ladder) Making() bool { return l.making != nil && l.Rows == nil && l.Err == nil }

// SetLadder chooses how the diagram is drawn.
func (a *App) SetLadder(o timeline.LadderOptions) {
	c := a.Capture
	o.Zoom = min(max(o.Zoom, -timeline.MaxLadderZoom), timeline.MaxLadderZoom)
	if c == nil || c.Ladder.Options == o {
		return
	}
	c.Ladder.Options = o
	a.changed(LadderChanged)
	a.makeLadder(c)
}

// ToggleLadderFold folds or unfolds what row i of the diagram stands for.
func (a *App) ToggleLadderFold(i int) {
	if c := a.Capture; c != nil && c.Ladder.Rows != nil && c.Ladder.Rows.Chat() == c.Chat {
		if row := c.Ladder.Rows.FoldOf(i); row >= 0 {
			a.ToggleFold(row)
		}
	}
}

// followLadder makes the rows anew if the chat that they come from is another one.
func (a *App) followLadder() {
	if c := a.Capture; c != nil && c.Shows == LadderView && (c.Ladder.Rows == nil || c.Ladder.Rows.Chat() != c.Chat) {
		a.makeLadder(c)
	}
}

// makeLadder makes the rows of the diagram in the background, if that view is shown.
func (a *App) makeLadder(c *Capture) {
	l := &c.Ladder
	if l.making != nil {
		l.making()
		l.making = nil
	}
	if c.Shows != LadderView || c.Chat == nil {
		return
	}
	if l.facts != nil && l.facts.View() != c.View {
		l.facts, l.Err = nil, nil
		if c.Live == nil || l.Rows == nil || l.Rows.Chat().View().Conn.Stream != c.View.Conn.Stream { // not the same one, longer
			l.Rows = nil
			a.changed(LadderChanged)
		}
	}
	ctx, cancel := context.WithCancel(c.ctx)
	l.making = cancel
	chat, facts, o := c.Chat, l.facts, l.Options
	var rows *timeline.Ladder
	var err error
	a.background(ctx, func() {
		if facts == nil {
			facts, err = timeline.NewLadderFacts(ctx, chat.View())
		}
		if err == nil {
			rows, err = timeline.NewLadder(ctx, chat, facts, o)
		}
	}, func() {
		cancel()
		l.facts, l.Rows, l.Err = facts, rows, err
		a.changed(LadderChanged)
	})
}

// SaveWritten saves what write writes, in the background, under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveWritten(path string, write func(io.Writer) error) {
	if c := a.Capture; c != nil {
		a.saveFrom(c, path, func() error { return writeTo(path, write) })
	}
}
