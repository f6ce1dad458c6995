package app

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"tcptalk/internal/export"
)

// SaveNoted saves the capture as a pcapng with the notes as comments on the packets, replacing what is there: the reader chose
// the name. It can be cancelled as other saving can, and ends when the capture is closed. The capture that is open is not replaced
// by itself.
func (a *App) SaveNoted(path string) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	if abs, err := filepath.Abs(path); err != nil || abs == c.Path {
		a.host.Notify(Notice{Bad: true, Text: noticeSaveOver, Detail: path})
		return
	}
	s, marks := c.Session, c.Notes.Marks
	a.saveSlowly(c, path, func(ctx context.Context, step func(done, total int)) error {
		return replaceWith(path, func(out io.Writer) error {
			_, err := export.Noted(ctx, s, func(frame uint32) string { return marks.At(frame).Note }, out, step)
			if err == nil {
				a.host.Post(func() { a.tellNumbers(s.Before()) })
			}
			return err
		})
	})
}

// replaceWith writes a file beside the one at path and puts it in its place once it is whole: after a failure nothing has changed.
func replaceWith(path string, write func(out io.Writer) error) error {
	w, err := export.NewWriter(filepath.Dir(path))
	if err != nil {
		return err
	}
	err = w.Replace(filepath.Base(path), write)
	return errors.Join(err, w.Close())
}
