package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/lab"
	"tcptalk/internal/narrate"
)

// labCmd makes traffic to look at.
type labCmd struct {
	List labListCmd `cmd:"" default:"withargs" help:"List the scenarios."`
	Run  labRunCmd  `cmd:"" help:"Run one on this machine's loopback interface."`
}

// Help implements kong's detailed help.
func (c *labCmd) Help() string { return helpLab }

// labListCmd prints the list.
type labListCmd struct {
	Lang string `default:"" help:"Language: en or zh (default: from LANG)."`
}

func (c *labListCmd) run(_ context.Context, e *env) error {
	t, err := newTerminal(e, &chatFlags{Lang: c.Lang, Color: "auto"})
	if err != nil {
		return err
	}
	for _, s := range lab.All() {
		t.line("%s  %s", t.paint(ansiBlue, fmt.Sprintf("%-16s", s.ID)), t.paint(ansiBold, narrate.Text(s.Title).In(t.lang)))
		for _, l := range wrap(narrate.Text(s.Summary).In(t.lang), t.width-18) {
			t.line("%18s%s", "", t.dim(l))
		}
	}
	t.line("")
	t.line("%s", t.dim(labWords.howToRun.In(t.lang)))
	return t.flush()
}

// labRunCmd plays one scenario.
type labRunCmd struct {
	Scenario string   `arg:"" help:"Name of the scenario."`
	Param    []string `short:"p" sep:"none" placeholder:"NAME=VALUE" help:"Change a parameter; may be given several times."`
	Params   bool     `help:"Only list the parameters with their ranges."`
	Wait     bool     `help:"Wait for Enter before the first packet, so that a capture can be started."`
	Lang     string   `default:"" help:"Language: en or zh (default: from LANG)."`
}

// Help implements kong's detailed help.
func (c *labRunCmd) Help() string { return helpLab }

func (c *labRunCmd) run(ctx context.Context, e *env) error {
	t, err := newTerminal(e, &chatFlags{Lang: c.Lang, Color: "auto"})
	if err != nil {
		return err
	}
	s, ok := lab.Find(c.Scenario)
	if !ok {
		return errors.New(noScenario(c.Scenario))
	}
	if c.Params {
		t.params(s)
		return t.flush()
	}
	values := lab.Values{}
	for _, assignment := range c.Param {
		if err := s.Set(values, assignment); err != nil {
			return t.labError(err)
		}
	}
	run, err := s.Prepare(ctx, lab.Place{}, values)
	if err != nil {
		return t.labError(err)
	}
	defer run.Close()
	t.labHead(s, run)
	if c.Wait {
		t.line("%s", t.dim(labWords.pressEnter.In(t.lang)))
	}
	if err := t.flush(); err != nil {
		return err
	}
	if c.Wait {
		if err := waitForEnter(ctx, e.stdin); err != nil {
			return err
		}
	}
	return t.playLab(ctx, run, s)
}

// labHead says what will be seen and how to capture it.
func (t *terminal) labHead(s *lab.Scenario, run *lab.Run) {
	t.line("%s", t.paint(ansiBold, narrate.Text(s.Title).In(t.lang)))
	for _, l := range wrap(narrate.Text(s.Summary).In(t.lang), t.width) {
		t.line("%s", l)
	}
	t.line("%s", t.dim(fmt.Sprintf(labWords.filter.In(t.lang), run.Filter())))
	if loopback, ok := loopbackName(runtime.GOOS); ok {
		t.line("%s", t.dim(fmt.Sprintf(labCaptureCommand, loopback, run.Filter())))
	}
	t.line("%s", t.dim(fmt.Sprintf(labWords.bundled.In(t.lang), s.Case)))
	t.line("")
}

// loopbackName is what tcpdump calls the loopback interface; there is no tcpdump on Windows.
func loopbackName(system string) (string, bool) {
	switch system {
	case "linux":
		return "lo", true
	case "windows":
		return "", false
	default:
		return "lo0", true
	}
}

// playLab prints each step when it happens. Output that nobody reads ends the scenario.
func (t *terminal) playLab(ctx context.Context, run *lab.Run, s *lab.Scenario) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := run.Play(ctx, func(step lab.Step) {
		d := flow.ClientToServer
		if step.Who == lab.Server {
			d = flow.ServerToClient
		}
		who := narrate.Side(t.lang, d)
		t.line("%s  %s%s%s", t.dim(fmt.Sprintf("%8.3f s", step.At.Seconds())), t.side(d, who),
			strings.Repeat(" ", max(1, 8-columns(who))), narrate.Text(step.Text).In(t.lang))
		if err := t.flush(); err != nil {
			cancel(err)
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return t.labError(err)
	}
	t.line("")
	t.line("%s", t.paint(ansiGreen, labWords.done.In(t.lang)))
	return t.flush()
}

// params lists what can be changed.
func (t *terminal) params(s *lab.Scenario) {
	for i := range s.Params {
		p := &s.Params[i]
		t.line("%s  %s", t.paint(ansiBlue, fmt.Sprintf("%-20s", p.Name+"="+p.Format(p.Default))), narrate.Text(p.Label).In(t.lang))
		t.line("%22s%s", "", t.dim(narrate.Text(p.Range()).In(t.lang)))
		for _, c := range p.Choices {
			t.line("%24s%s", "", t.dim(c.Name+": "+narrate.Text(c.Label).In(t.lang)))
		}
	}
	t.line("")
	t.line("%s", t.dim(fmt.Sprintf(labWords.takes.In(t.lang), s.Takes(defaults(s)).Round(100*time.Millisecond))))
}

func defaults(s *lab.Scenario) lab.Values {
	v := lab.Values{}
	for _, p := range s.Params {
		v[p.Name] = p.Default
	}
	return v
}

// labError words a failure in the reader's language.
func (t *terminal) labError(err error) error {
	var f *lab.Failure
	if !errors.As(err, &f) {
		return err
	}
	what := narrate.Text(f.What).In(t.lang)
	if f.Err == nil {
		return errors.New(what)
	}
	return fmt.Errorf("%s: %w", what, f.Err)
}

// waitForEnter returns when a line, or the end of the input, has been read.
func waitForEnter(ctx context.Context, stdin io.Reader) error {
	read := make(chan struct{})
	go func() {
		// Whatever is typed, and whatever ends the input, is the sign to begin.
		_, _ = bufio.NewReader(stdin).ReadString('\n')
		close(read)
	}()
	select {
	case <-read:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
