package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// casesCmd lists the bundled cases or shows one.
type casesCmd struct {
	List casesListCmd `cmd:"" default:"withargs" help:"List the cases by track."`
	Show casesShowCmd `cmd:"" help:"Show a case: its steps and the chat."`

	Walk  casesWalkCmd  `cmd:"" help:"Walk through a case step by step: Enter goes on."`
	Quiz  casesQuizCmd  `cmd:"" help:"Answer the questions of a case, or questions on any capture."`
	Check casesCheckCmd `cmd:"" help:"Check cases in files of their own (.tcpcase)."`
}

// Help implements kong's detailed help.
func (c *casesCmd) Help() string { return helpCases }

// casesListCmd prints the list.
type casesListCmd struct {
	Lang string `default:"" help:"Language: en or zh (default: from LANG)."`
}

func (c *casesListCmd) run(_ context.Context, e *env) error {
	all, err := lesson.Load(cases.FS())
	if err != nil {
		return err
	}
	t, err := newTerminal(e, &chatFlags{Lang: c.Lang, Color: "auto"})
	if err != nil {
		return err
	}
	for place, track := range lesson.Tracks() { // in the order in which they are best read
		first := true
		for _, k := range all {
			if k.Track.ID != track.ID {
				continue
			}
			if first {
				t.line("%s  %s", t.paint(ansiBold, fmt.Sprintf("%d %s", place+1, track.Name.In(t.lang))), t.dim(track.About.In(t.lang)))
				first = false
			}
			t.line("  %2d %s %s %s", k.Number, t.paint(ansiBlue, fmt.Sprintf("%-28s", k.ID)), strings.Repeat("●", k.Level)+strings.Repeat("○", 3-k.Level), k.Title.In(t.lang))
			t.line("  %-31s     %s", "", t.dim(k.Summary.In(t.lang)))
		}
	}
	t.line("")
	t.line("%s", t.dim(chatWords.showCase.In(t.lang)))
	return t.flush()
}

// casesShowCmd prints a case.
type casesShowCmd struct {
	Case      string `arg:"" help:"The case's name, or a part of it, or its number, or a .tcpcase file."`
	chatFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *casesShowCmd) Help() string { return helpCases }

func (c *casesShowCmd) run(ctx context.Context, e *env) (err error) {
	k, s, err := openLesson(ctx, c.Case)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	t, err := newTerminal(e, &c.chatFlags)
	if err != nil {
		return err
	}
	t.caseHead(k)
	t.steps(k)
	for i, stream := range k.Focus {
		if i > 0 {
			t.line("")
		}
		t.others = i == len(k.Focus)-1
		if err := t.connection(ctx, s, int(stream), nil); err != nil {
			return err
		}
	}
	return t.flush()
}

// openLesson finds a bundled case, or opens one in a file of its own, and reads its recording.
func openLesson(ctx context.Context, name string) (*lesson.Case, *session.Session, error) {
	var k *lesson.Case
	var b []byte
	var err error
	if lesson.IsBundle(name) {
		if k, b, err = lesson.ReadBundle(name); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	} else {
		if k, err = findCase(name); err != nil {
			return nil, nil, err
		}
		if b, err = fs.ReadFile(cases.FS(), k.CapturePath()); err != nil {
			return nil, nil, err
		}
	}
	s, err := sessionOf(ctx, b, k.ID)
	return k, s, err
}

// sessionOf reads a recording that is in memory.
func sessionOf(ctx context.Context, b []byte, name string) (*session.Session, error) {
	f, err := pcapfile.OpenBytes(b, name)
	if err != nil {
		return nil, err
	}
	s := session.New(f)
	if err := s.Run(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// findCase finds a case by its name, a part of it that fits only one, or its number.
func findCase(name string) (*lesson.Case, error) {
	all, err := lesson.Load(cases.FS())
	if err != nil {
		return nil, err
	}
	var found []*lesson.Case
	var names []string
	for _, k := range all {
		names = append(names, k.ID)
		if k.ID == name || fmt.Sprint(k.Number) == name {
			return k, nil
		}
		if strings.Contains(k.ID, name) {
			found = append(found, k)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	fit := make([]string, 0, len(found))
	for _, k := range found {
		fit = append(fit, k.ID)
	}
	return nil, errors.New(noCase(name, fit, names))
}

// caseHead prints what the case is about.
func (t *terminal) caseHead(k *lesson.Case) {
	t.line("%s", t.paint(ansiBold, k.Title.In(t.lang)))
	for _, l := range wrap(k.Summary.In(t.lang), t.width) {
		t.line("%s", l)
	}
	t.line("")
}

// steps prints the lesson before the chat that it talks about.
func (t *terminal) steps(k *lesson.Case) {
	for i := range k.Steps {
		s := &k.Steps[i]
		packets := make([]string, 0, len(s.Packets))
		for _, p := range s.Packets {
			packets = append(packets, narrate.Frame(p))
		}
		t.line("%s %s  %s", t.side(flow.ClientToServer, fmt.Sprintf("%2d", i+1)), t.paint(ansiBold, s.Title.In(t.lang)), t.dim(strings.Join(packets, " ")))
		for _, text := range []string{s.Text.In(t.lang), s.Why.In(t.lang)} {
			for _, l := range wrap(text, t.width-4) {
				t.line("    %s", l)
			}
		}
	}
	t.line("")
}
