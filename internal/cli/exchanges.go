package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"tcptalk/internal/exchange"
	"tcptalk/internal/export"
	"tcptalk/internal/session"
)

// exportHARCmd writes the exchanges as an HTTP Archive.
type exportHARCmd struct {
	Out        string `required:"" short:"o" placeholder:"FILE" help:"File to write, - for standard output."`
	Connection int    `default:"-1" help:"Only this connection (default: all)."`
	File       string `arg:"" help:"Capture file, - for standard input."`

	chooseFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportHARCmd) Help() string { return helpExportHAR }

func (c *exportHARCmd) run(ctx context.Context, e *env) (err error) {
	s, choice, damage, err := c.load(ctx, e, c.File, true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if c.Connection >= 0 {
		if _, err := s.View(c.Connection); err != nil {
			return err
		}
	}
	var sum export.HARSummary
	step, end := e.progressBeside(c.Out)
	fill := func(w io.Writer) (err error) {
		sum, err = export.HAR(ctx, s, w, export.HAROptions{Connection: c.Connection, Choice: choice, Version: version()}, step)
		end()
		return err
	}
	if c.Out == "-" {
		err = fill(e.stdout)
	} else if err = c.create(fill); err == nil {
		_, err = fmt.Fprintln(e.stdout, writtenHAR(sum, c.Out))
	}
	if err == nil {
		for _, l := range leftOutOfHAR(sum) {
			e.tell(l)
		}
	}
	return errors.Join(err, damage)
}

func (c *exportHARCmd) create(fill func(io.Writer) error) (err error) {
	w, err := export.NewWriter(filepath.Dir(c.Out))
	if err != nil {
		return err
	}
	defer closing(w, &err)
	return w.Create(filepath.Base(c.Out), fill)
}

// exportCurlCmd prints requests as curl commands.
type exportCurlCmd struct {
	Connection int    `default:"-1" placeholder:"N" help:"Number of the connection, from 0 (see \"tcptalk analyze FILE\"); not needed with --filter."`
	Request    int    `default:"0" help:"Only this request, counted from 1 (default: all)."`
	File       string `arg:"" help:"Capture file, - for standard input."`

	chooseFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportCurlCmd) Help() string { return helpExportCurl }

func (c *exportCurlCmd) run(ctx context.Context, e *env) (err error) {
	if c.Connection < 0 && c.Filter == "" {
		return errors.New(errNoCurl)
	}
	s, choice, damage, err := c.load(ctx, e, c.File, false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if c.Connection >= 0 {
		v, err := s.View(c.Connection)
		if err != nil {
			return err
		}
		n, err := c.print(ctx, e, v, choice)
		if err == nil && (n == 0 || c.Request > n || c.Request < 0) {
			err = noRequest(c.Request, n, c.Connection)
		}
		return errors.Join(err, damage)
	}
	total := 0
	err = s.Sweep(ctx, nil, nil, func(v *session.View) error {
		if !choice.Frames.Touches(v) {
			return nil
		}
		n, err := c.print(ctx, e, v, choice)
		total += n
		return err
	})
	if err == nil && total == 0 && damage == nil {
		err = errNothingFound
	}
	return errors.Join(err, damage)
}

// print prints the commands of one connection and returns how many requests it has to choose from.
func (c *exportCurlCmd) print(ctx context.Context, e *env, v *session.View, choice *export.Choice) (int, error) {
	list, err := exchange.Of(ctx, v, exchange.Options{Mark: func(m *session.Message, packets []uint32) bool {
		return choice.Wants(v, m, packets)
	}})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, x := range list.Exchanges {
		command := export.Curl(x)
		if command == "" || !x.Marked {
			continue
		}
		if n++; c.Request > 0 && n != c.Request {
			continue
		}
		if export.CurlBodyInFile(x) {
			e.tell(curlBodyNote(n, x))
		}
		if _, err := fmt.Fprintln(e.stdout, command); err != nil {
			return n, err
		}
	}
	return n, nil
}
