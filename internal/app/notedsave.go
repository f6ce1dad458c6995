package app

import (
	"errors"
	"io"
	"path/filepath"
	"time"

	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
)

// notedEvery is how often the saving of a capture says how far it has come.
const notedEvery = time.Second

// SaveNoted saves the capture as a pcapng with the notes as comments on the packets, replacing what is there: the reader chose
// the name. It ends when the capture is closed. The capture that is open is not replaced by itself.
func (a *App) SaveNoted(path string) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	if abs, err := filepath.Abs(path); err != nil || abs == c.Path {
		a.host.Notify(Notice{Bad: true, Text: noticeSaveOver, Detail: path})
		return
	}
	ctx, marks, told := c.ctx, c.Notes.Marks, time.Now()
	progress := func(done, total int) {
		if time.Since(told) < notedEvery || total == 0 {
			return
		}
		told = time.Now()
		text := narrate.Percent(int64(done), int64(total))
		a.host.Post(func() {
			if ctx.Err() == nil {
				a.host.Notify(Notice{Text: noticeSaving, Detail: text})
			}
		})
	}
	a.saveFrom(c, path, func() error {
		w, err := export.NewWriter(filepath.Dir(path))
		if err != nil {
			return err
		}
		err = w.Replace(filepath.Base(path), func(out io.Writer) error {
			_, err := export.Noted(ctx, c.Session, func(frame uint32) string { return marks.At(frame).Note }, out, progress)
			return err
		})
		return errors.Join(err, w.Close())
	})
}
