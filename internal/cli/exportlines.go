package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"tcptalk/internal/export"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
)

// linesFlags say which messages are written, and where to.
type linesFlags struct {
	Connection int    `default:"-1" help:"Number of the connection, from 0 (default: all, and datagrams)."`
	Message    int    `default:"-1" help:"Number of the message in its connection, from 0 (default: all)."`
	Out        string `short:"o" placeholder:"FILE" help:"File to write to, whole or not at all (default: standard output)."`
	File       string `arg:"" help:"Capture file, - for standard input."`

	chooseFlags `embed:""`
}

// exportMessagesCmd writes messages of any protocol.
type exportMessagesCmd struct {
	Protocol   string `default:"" help:"Only messages of this protocol, such as http or websocket (default: all)."`
	linesFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportMessagesCmd) Help() string { return helpExportMessages }

func (c *exportMessagesCmd) run(ctx context.Context, e *env) error {
	known := append(all.Protocols(), all.DatagramProtocols()...)
	slices.Sort(known)
	if known = slices.Compact(known); c.Protocol != "" && !slices.Contains(known, c.Protocol) {
		return errors.New(unknownProtocol(c.Protocol, known))
	}
	return c.write(ctx, e, c.Protocol)
}

// exportSSECmd writes server-sent events.
type exportSSECmd struct {
	linesFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportSSECmd) Help() string { return helpExportSSE }

func (c *exportSSECmd) run(ctx context.Context, e *env) error {
	return c.write(ctx, e, sse.Name)
}

// exportWebSocketCmd writes WebSocket messages.
type exportWebSocketCmd struct {
	linesFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportWebSocketCmd) Help() string { return helpExportWebSocket }

func (c *exportWebSocketCmd) run(ctx context.Context, e *env) error {
	return c.write(ctx, e, websocket.Name)
}

// write writes the messages of one protocol, "" for all.
func (c *linesFlags) write(ctx context.Context, e *env, protocol string) (err error) {
	s, choice, damage, err := c.load(ctx, e, c.File, true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	opt := export.LinesOptions{Protocol: protocol, Stream: c.Connection, Message: c.Message, Choice: choice}
	n := 0
	step, end := e.progressBeside(c.Out)
	err = c.to(e, func(w io.Writer) (err error) {
		out := bufio.NewWriterSize(w, jsonBuffer)
		n, err = export.Lines(ctx, s, out, opt, step)
		if err == nil && n == 0 && c.Message >= 0 {
			return errors.New(noMessage(c.Message))
		}
		return errors.Join(err, out.Flush())
	})
	end()
	if err == nil && c.Out != "" {
		_, err = fmt.Fprintln(e.stdout, writtenLines(n, c.Out))
	}
	return errors.Join(err, damage)
}

// to lets fill write to where the flags say.
func (c *linesFlags) to(e *env, fill func(io.Writer) error) (err error) {
	if c.Out == "" {
		return fill(e.stdout)
	}
	w, err := export.NewWriter(filepath.Dir(c.Out))
	if err != nil {
		return err
	}
	defer closing(w, &err)
	return w.Replace(filepath.Base(c.Out), fill)
}
