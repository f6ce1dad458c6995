package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tcptalk/internal/export"
	"tcptalk/internal/flow"
	"tcptalk/internal/session"
)

// exportStreamCmd writes the bytes of a connection.
type exportStreamCmd struct {
	outFlags   `embed:""`
	Connection *int   `placeholder:"N" help:"Number of the connection, from 0 (see \"tcptalk analyze FILE\"; default: the first, with --filter all that have a packet that matches)."`
	Side       string `enum:"client,server,both" default:"both" help:"Whose bytes: client, server or both."`
	Format     string `enum:"text,hex,raw" default:"text" help:"text, hex, or raw for the bytes themselves (of one side)."`
	File       string `arg:"" help:"Capture file, - for standard input."`

	chooseFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportStreamCmd) Help() string { return helpExportStream }

var streamFormats = map[string]export.StreamFormat{"text": export.Text, "hex": export.Hex, "raw": export.Raw}

// maxGapLines is how many gaps are told of one by one; more are summed up.
const maxGapLines = 20

func (c *exportStreamCmd) run(ctx context.Context, e *env) (err error) {
	opt := export.StreamOptions{
		Format: streamFormats[c.Format], Sides: [2]bool{c.Side != "server", c.Side != "client"}, Gap: gapInStream,
	}
	if opt.Format == export.Raw && c.Side == "both" {
		return errors.New(errRawBoth)
	}
	if _, isTerminal := terminalWidth(e.stdout); opt.Format == export.Raw && c.stdout() && isTerminal {
		return errors.New(errRawTerminal)
	}
	s, choice, damage, err := c.load(ctx, e, c.File, false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	views, err := c.views(s, choice)
	if err != nil {
		return err
	}
	if len(views) > 1 && opt.Format == export.Raw {
		return errors.New(rawOfSeveral(len(views)))
	}
	j := streamJob{e: e, opt: opt}
	err = c.write(e, func(w io.Writer) error { return j.write(ctx, w, views) })
	if err == nil && opt.Format == export.Raw && j.gaps > maxGapLines {
		e.tell(gapsInRaw(j.gaps, j.sum[0].Missing+j.sum[1].Missing))
	}
	if err == nil {
		err = c.summary(e, streamWritten(j.sum, opt.Sides, c.Out))
	}
	return errors.Join(err, damage)
}

// views are the connections to write: the one that is named, or the first; with a filter those that it touches.
func (c *exportStreamCmd) views(s *session.Session, choice *export.Choice) ([]*session.View, error) {
	first, last := 0, 0
	switch {
	case c.Connection != nil:
		first, last = *c.Connection, *c.Connection
	case choice != nil:
		last = s.Streams() - 1
	}
	var views []*session.View
	for i := first; i <= last; i++ {
		v, err := s.View(i)
		if err != nil {
			return nil, err
		}
		if choice == nil || choice.Frames.Touches(v) {
			views = append(views, v)
		}
	}
	if len(views) == 0 {
		return nil, errNothingFound
	}
	return views, nil
}

// streamJob writes connections and sums up what there was.
type streamJob struct {
	e    *env
	opt  export.StreamOptions
	gaps int
	sum  [2]export.StreamSum
}

// write writes the connections, with a line in front of each if there are several.
func (j *streamJob) write(ctx context.Context, w io.Writer, views []*session.View) error {
	for _, v := range views {
		if len(views) > 1 {
			if _, err := fmt.Fprintln(w, streamHead(&v.Conn)); err != nil {
				return err
			}
		}
		one, err := export.Stream(ctx, v, j.opt, w, j.gap)
		if err != nil {
			return err
		}
		for dir := range j.sum {
			j.sum[dir].Bytes += one[dir].Bytes
			j.sum[dir].Missing += one[dir].Missing
			j.sum[dir].Gaps += one[dir].Gaps
		}
	}
	return nil
}

// gap tells of a gap where the output does not.
func (j *streamJob) gap(dir flow.Direction, offset, n int64) {
	if j.gaps++; j.opt.Format == export.Raw && j.gaps <= maxGapLines {
		j.e.tell(gapInRaw(dir, offset, n))
	}
}
