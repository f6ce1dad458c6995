package cli

import (
	"context"
	"errors"
	"fmt"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// showCmd prints one connection as a chat.
type showCmd struct {
	File       string `arg:"" optional:"" help:"Capture file, - for standard input. With --live a capture filter."`
	Connection int    `default:"0" help:"Number of the connection, from 0 (see \"tcptalk analyze FILE\")."`
	Other      *int   `placeholder:"N" help:"Number of a conversation that is not TCP, from 0, to show instead (see \"tcptalk analyze FILE\")."`
	Stats      bool   `help:"Show the connection in numbers instead: volume, round trips, loss, windows, and where its time went."`
	chatFlags  `embed:""`
	liveFlags  `embed:""`

	decodeFlags `embed:""`
}

// chatFlags say how a chat is printed.
type chatFlags struct {
	Lang     string `default:"" help:"Language: en or zh (default: from LANG)."`
	Notation string `enum:"tcptalk,wireshark,tcpdump" default:"tcptalk" help:"How flags and numbers are written: tcptalk, wireshark or tcpdump."`
	All      bool   `help:"Show every segment; do not fold long runs of data."`
	Color    string `enum:"auto,always,never" default:"auto" help:"Colours: auto (if it is a terminal), always, never."`
	Width    int    `default:"0" help:"Columns to use (default: the terminal's width)."`
}

var notations = map[string]narrate.Notation{"tcptalk": narrate.Plain, "wireshark": narrate.Wireshark, "tcpdump": narrate.Tcpdump}

// Help implements kong's detailed help.
func (c *showCmd) Help() string { return helpShow }

func (c *showCmd) run(ctx context.Context, e *env) (err error) {
	if c.Live {
		return c.showLive(ctx, e)
	}
	if err := c.needsFile(c.File); err != nil {
		return err
	}
	s, damage, err := c.load(ctx, e, c.File)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if s.Streams() == 0 && c.Other == nil {
		return errors.Join(noConnections(e, s), damage)
	}
	t, err := newTerminal(e, &c.chatFlags)
	if err != nil {
		return err
	}
	if c.Other != nil {
		if err := t.other(ctx, s, *c.Other); err != nil {
			return err
		}
		return errors.Join(t.flush(), damage)
	}
	show := func() error { return t.connection(ctx, s, c.Connection, damage) }
	if c.Stats {
		show = func() error { return t.stats(ctx, s, c.Connection) }
	}
	if err := show(); err != nil {
		return err
	}
	return errors.Join(t.flush(), damage)
}

// noConnections says what the capture holds instead.
func noConnections(e *env, s *session.Session) error {
	c := s.Counts()
	p := printer{w: newBufferedWriter(e.stdout)}
	p.line("%s", noConnection(s, &c))
	for _, link := range sortedLinks(&c) {
		p.line("%s", unknownLink(link, c.UnknownLinks[link]))
	}
	listOthers(&p, s)
	return p.flush()
}

// connection prints the chat of one connection.
func (t *terminal) connection(ctx context.Context, s *session.Session, stream int, damage error) error {
	v, err := s.View(stream)
	if err != nil {
		return err
	}
	talk, err := s.Conversation(ctx, v)
	if err != nil {
		return err
	}
	o := timeline.DefaultOptions()
	o.Lang, o.FoldRuns = t.lang, !t.all
	own, err := diagnose.Opinions(ctx, v)
	if err != nil {
		return err
	}
	chat := timeline.NewChat(v, talk, o, damage).WithOpinions(own)
	t.head(s, v)
	var row timeline.Row
	for i := range chat.Len() {
		if err := ctx.Err(); err != nil {
			return err
		}
		chat.Row(i, &row)
		t.row(chat, &row)
		if t.err != nil {
			return t.err
		}
	}
	if talk.Limited {
		t.line("%s", t.dim(fmt.Sprintf(t.words.limited.In(t.lang), len(talk.Messages))))
	}
	if n := s.Streams(); n > 1 && t.others {
		t.line("")
		t.line("%s", t.dim(fmt.Sprintf(t.words.others.In(t.lang), stream, n)))
	}
	return nil
}
