package app

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/export"
	"tcptalk/internal/lesson"
	"tcptalk/internal/lesson/proof"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// openBundle opens a case of somebody's own: one file, read as a whole and never unpacked.
func (a *App) openBundle(path string) {
	c := a.show(nil, nil)
	c.Name, c.Path, c.Tab, c.Loading = filepath.Base(path), path, LessonTab, true
	a.changed(Everything)
	go func() {
		l, b, err := lesson.ReadBundle(path)
		var s *session.Session
		if err == nil {
			var f *pcapfile.File
			if f, err = pcapfile.OpenBytes(b, filepath.Base(path)); err == nil {
				s = session.New(f)
			}
		}
		a.host.Post(func() {
			if a.Capture == c && err == nil {
				l.ID = sharedPrefix + l.ID // progress in a bundled case stays apart
				c.Case = l
				a.resume(c)
			}
			a.opened(c, s, err)
		})
	}()
}

// sharedPrefix begins the ids of cases from files.
const sharedPrefix = "file:"

// resume goes on where the reader stopped in a lesson that is not done.
func (a *App) resume(c *Capture) {
	done, ok := a.Done[c.Case.ID]
	if !ok || done.Done {
		return
	}
	done = done.within(c.Case)
	c.Step = done.Step
	maps.Copy(c.answers, done.Answers)
}

// within keeps a step and answers that were saved within the lesson: it may have become shorter, the file edited.
func (p CaseProgress) within(l *lesson.Case) CaseProgress {
	p.Step = min(max(p.Step, 0), len(l.Steps)-1)
	p.Answers = maps.Clone(p.Answers)
	maps.DeleteFunc(p.Answers, func(i int, g Given) bool {
		return i < 0 || i >= len(l.Questions) || g.Choice < Passed || g.Choice >= len(l.Questions[i].Options)
	})
	return p
}

// CaseDraft is what an author says of a case that is made from marks; the steps are the notes.
type CaseDraft struct {
	Title, Summary, Try string
	// Ask adds questions from the packets.
	Ask bool
}

// DraftCase makes a case of the marks and notes on the capture, and says what it lacks.
func (a *App) DraftCase(d CaseDraft) (*lesson.Case, error) {
	c := a.Capture
	if c == nil || c.Session == nil || c.Loading {
		return nil, errNoCapture
	}
	draft := lesson.Draft{Title: d.Title, Summary: d.Summary, Try: d.Try, Seed: 1}
	for _, m := range c.Notes.Marks.All() {
		if stream, _ := c.Session.Locate(m.Frame); stream >= 0 {
			draft.Remarks = append(draft.Remarks, lesson.Remark{Stream: uint32(stream), Frame: m.Frame, Note: m.Note})
		}
	}
	if d.Ask {
		draft.Talk = func(stream uint32) lesson.Talk {
			v, err := c.Session.View(int(stream))
			if err != nil {
				return nil
			}
			return proof.NewTalk(v)
		}
	}
	k, err := draft.Case()
	return k, inWords(a.Lang(), err)
}

var errNoCapture = errors.New("no capture is open")

// SaveCase saves a case with the capture that is open as one file, replacing what is there: the reader chose the name.
func (a *App) SaveCase(k *lesson.Case, path string) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	if abs, err := filepath.Abs(path); err != nil || abs == c.Path {
		a.host.Notify(Notice{Bad: true, Text: noticeSaveOver, Detail: path})
		return
	}
	ctx, lang := c.ctx, a.Lang()
	a.saveFrom(c, path, func() error {
		var recording lesson.BundleWriter
		if err := writeCapture(ctx, c.Session, nil, &recording); err != nil {
			return inWords(lang, err)
		}
		return writeTo(path, func(w io.Writer) error { return lesson.WriteBundle(w, k, recording.Bytes()) })
	})
}

// SaveAnnotated saves the recording of the case that is open as a pcapng whose comments on packets are its steps, for programs
// that show such comments.
func (a *App) SaveAnnotated(path string) {
	c := a.Capture
	if c == nil || c.Session == nil || c.Case == nil {
		return
	}
	ctx, notes := c.ctx, c.Case.Notes(a.Lang())
	a.saveFrom(c, path, func() error {
		return writeTo(path, func(w io.Writer) error { return writeCapture(ctx, c.Session, notes, w) })
	})
}

// writeCapture writes all packets as a pcapng, with notes as comments.
func writeCapture(ctx context.Context, s *session.Session, notes map[uint32]string, w io.Writer) error {
	_, err := export.Noted(ctx, s, func(frame uint32) string { return notes[frame] }, w, nil)
	return err
}

// inWords is an error in the reader's language, where it has words of its own.
func inWords(l narrate.Lang, err error) error {
	var worded interface{ Say(l narrate.Lang) string }
	if errors.As(err, &worded) {
		return errors.New(worded.Say(l))
	}
	return err
}
