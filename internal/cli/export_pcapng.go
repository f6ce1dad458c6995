package cli

import (
	"context"
	"errors"
	"io"

	"tcptalk/internal/export"
	"tcptalk/internal/session"
)

// exportPacketsCmd writes packets as a capture.
type exportPacketsCmd struct {
	outFlags   `embed:""`
	Connection []int  `placeholder:"N" help:"Packets of these connections (see \"tcptalk analyze FILE\")."`
	Frames     string `placeholder:"LIST" help:"These packets, as in 1-5,9,20-."`
	Format     string `enum:"pcapng,pcap" default:"pcapng" help:"pcapng, or pcap: one link type, no comments."`
	ICMP       bool   `name:"icmp" default:"true" negatable:"" help:"With a connection, also the ICMP errors about it."`
	File       string `arg:"" help:"Capture file, - for standard input."`

	chooseFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportPacketsCmd) Help() string { return helpExportPackets }

func (c *exportPacketsCmd) run(ctx context.Context, e *env) (err error) {
	if c.Out == "" {
		return errors.New(errNoOut)
	}
	s, choice, damage, err := c.load(ctx, e, c.File, false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	frames, err := c.selected(s, choice)
	if err != nil {
		return err
	}
	format := export.PcapNG
	if c.Format == "pcap" {
		format = export.Pcap
	}
	var sum export.PacketsWritten
	step, end := e.progress()
	err = c.write(e, func(w io.Writer) (err error) {
		sum, err = export.Packets(ctx, s, frames, format, w, step)
		return err
	})
	end()
	if err != nil {
		return errors.Join(packetsError(err), damage)
	}
	for _, words := range packetsLack(sum, s.Info().Secrets) {
		e.tell(words)
	}
	return errors.Join(c.summary(e, packetsWritten(sum, c.Out)), damage)
}

// selected returns the frames that the flags name, all of them if they name none; of them those that match the filter, which is
// nil if there is none.
func (c *exportPacketsCmd) selected(s *session.Session, choice *export.Choice) (*export.Frames, error) {
	frames, err := c.named(s)
	if err == nil && choice != nil {
		frames.Keep(choice.Frames)
		if frames.Len() == 0 {
			err = errNothingFound
		}
	}
	return frames, err
}

// named returns the frames that the flags name: all of them if they name none.
func (c *exportPacketsCmd) named(s *session.Session) (*export.Frames, error) {
	frames := export.NewFrames(s)
	if len(c.Connection) == 0 && c.Frames == "" {
		frames.AddAll()
		return frames, nil
	}
	for _, stream := range c.Connection {
		if err := frames.AddConnection(stream); err != nil {
			return nil, err
		}
	}
	if c.ICMP {
		frames.AddErrors(c.Connection)
	}
	if c.Frames != "" {
		if err := frames.AddList(c.Frames); err != nil {
			return nil, frameListError(err)
		}
	}
	return frames, nil
}
