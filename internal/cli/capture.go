package cli

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/narrate"
)

// captureCmd is about capturing on this computer; "show --live" captures.
type captureCmd struct {
	Interfaces captureListCmd    `cmd:"" default:"1" help:"List the interfaces that can be captured on."`
	Doctor     captureDoctorCmd  `cmd:"" help:"Say whether this account may capture, and what to do if not."`
	Recover    captureRecoverCmd `cmd:"" help:"Save a capture that a crash has left behind."`
}

// Help implements kong's detailed help.
func (c *captureCmd) Help() string { return helpCapture }

// captureListCmd lists interfaces.
type captureListCmd struct{}

func (c *captureListCmd) run(ctx context.Context, e *env) error {
	tools := live.Tools()
	if len(tools) == 0 {
		return (&captureDoctorCmd{}).run(ctx, e)
	}
	list, err := live.List(ctx, tools[0]) // which takes no permission
	if err != nil {
		return err
	}
	p := printer{w: newBufferedWriter(e.stdout)}
	for i := range list {
		f := &list[i]
		var facts []string
		for _, a := range f.Addresses {
			facts = append(facts, address(a))
		}
		if f.Description != "" {
			facts = append(facts, visible(f.Description))
		}
		if !f.Up {
			facts = append(facts, notUp)
		}
		p.line("%-20s %s", visible(f.Name), strings.Join(facts, ", "))
	}
	return p.flush()
}

// address writes an interface's address, with the length of its network if that says anything.
func address(a netip.Prefix) string {
	if a.IsSingleIP() {
		return a.Addr().String()
	}
	return a.String()
}

// captureDoctorCmd says what is missing.
type captureDoctorCmd struct{}

func (c *captureDoctorCmd) run(ctx context.Context, e *env) error {
	d, err := live.Examine(ctx)
	if err != nil {
		return err
	}
	if !d.Ready() {
		return errors.New(cannotCapture(&d))
	}
	p := printer{w: newBufferedWriter(e.stdout)}
	p.line("%s", canCapture(&d))
	return p.flush()
}

// captureRecoverCmd saves the latest capture that was left behind.
type captureRecoverCmd struct {
	Out     string `placeholder:"FILE" help:"Where to save the latest one."`
	Discard bool   `help:"Remove the latest one instead."`
}

func (c *captureRecoverCmd) run(_ context.Context, e *env) (err error) {
	base, err := live.DefaultDir()
	if err != nil {
		return err
	}
	left, err := live.Leftovers(base)
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range left {
			err = errors.Join(err, l.Release())
		}
	}()
	if len(left) == 0 {
		return errNothingFound
	}
	latest := left[0]
	switch {
	case c.Out != "":
		if err := latest.Save(c.Out, false); err != nil {
			return err
		}
		e.tell("tcptalk: " + narrate.Bytes(uint64(latest.Bytes)) + " saved to " + c.Out)
	case !c.Discard:
		p := printer{w: newBufferedWriter(e.stdout)}
		for _, l := range left {
			p.line("%s  %10s  %s", l.Last.Format("2006-01-02 15:04:05"), narrate.Bytes(uint64(l.Bytes)),
				visible(strings.TrimSpace(l.Spec.Name()+"  "+l.Spec.Filter)))
		}
		return p.flush()
	}
	left = left[1:] // it is gone, and its lock with it
	return latest.Discard()
}
