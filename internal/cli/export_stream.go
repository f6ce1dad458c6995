package cli

import (
	"context"
	"errors"
	"io"

	"tcptalk/internal/export"
	"tcptalk/internal/flow"
)

// exportStreamCmd writes the bytes of a connection.
type exportStreamCmd struct {
	outFlags   `embed:""`
	Connection int    `default:"0" placeholder:"N" help:"Number of the connection, from 0 (see \"tcptalk analyze FILE\")."`
	Side       string `enum:"client,server,both" default:"both" help:"Whose bytes: client, server or both."`
	Format     string `enum:"text,hex,raw" default:"text" help:"text, hex, or raw for the bytes themselves (of one side)."`
	File       string `arg:"" help:"Capture file, - for standard input."`
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
	s, damage, err := load(ctx, e, c.File)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	v, err := s.View(c.Connection)
	if err != nil {
		return err
	}
	gaps := 0
	var sum [2]export.StreamSum
	err = c.write(e, func(w io.Writer) (err error) {
		sum, err = export.Stream(ctx, v, opt, w, func(dir flow.Direction, offset, n int64) {
			if gaps++; opt.Format == export.Raw && gaps <= maxGapLines {
				e.tell(gapInRaw(dir, offset, n))
			}
		})
		return err
	})
	if err == nil && opt.Format == export.Raw && gaps > maxGapLines {
		e.tell(gapsInRaw(gaps, sum[0].Missing+sum[1].Missing))
	}
	if err == nil {
		err = c.summary(e, streamWritten(sum, opt.Sides, c.Out))
	}
	return errors.Join(err, damage)
}
