package app

import (
	"time"

	"tcptalk/internal/export"
)

// findFiles looks for files in the whole capture, once, in the background.
func (a *App) findFiles() {
	c := a.Capture
	if c.Session == nil || c.FilesReady || c.finding || c.Loading {
		return
	}
	c.finding = true
	last := time.Now()
	var files *export.Collection
	var err error
	go func() {
		files, err = export.Collect(c.ctx, c.Session, func(done, total int) {
			if now := time.Now(); now.Sub(last) >= progressEvery {
				last = now
				a.host.Post(func() { a.filesProgress(c, done, total) })
			}
		})
		a.host.Post(func() { a.filesFound(c, files, err) })
	}()
}

func (a *App) filesProgress(c *Capture, done, total int) {
	if a.Capture == c {
		c.FilesDone, c.FilesTotal = done, total
		a.changed(ProgressChanged)
	}
}

func (a *App) filesFound(c *Capture, files *export.Collection, err error) {
	if a.Capture != c {
		if files != nil {
			a.discard(files)
		}
		return
	}
	c.finding, c.FilesReady, c.files, c.FilesErr = false, true, files, err
	if files != nil {
		c.Files = files.Objects
	}
	if len(c.Files) > 0 {
		c.File = 0
	}
	a.changed(FilesChanged)
}

// discard removes the temporary copies.
func (a *App) discard(files *export.Collection) {
	if err := files.Close(); err != nil {
		a.host.Notify(Notice{Bad: true, Text: noticeLeftovers, Detail: err.Error()})
	}
}

// SelectFile shows a file's preview.
func (a *App) SelectFile(i int) {
	if c := a.Capture; c != nil && i >= 0 && i < len(c.Files) && i != c.File {
		c.File = i
		a.changed(FilesChanged)
	}
}

// FileHead returns at most n of the first bytes of file i.
func (c *Capture) FileHead(i int, n int64) ([]byte, error) { return c.files.Head(i, n) }

// SaveFile saves file i of c under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveFile(c *Capture, i int, path string) {
	if i >= 0 && i < len(c.Files) {
		a.saveFrom(c, path, func() error { return c.files.Save(i, path) })
	}
}

// SaveFiles saves all files of c in a folder; nothing there is overwritten.
func (a *App) SaveFiles(c *Capture, dir string) {
	if len(c.Files) > 0 {
		ctx := c.ctx
		a.saveFrom(c, dir, func() error {
			_, err := c.files.SaveAll(ctx, dir)
			return err
		})
	}
}

// saveFrom saves in the background. The reader may have closed c while choosing a name: its files are gone then.
func (a *App) saveFrom(c *Capture, path string, save func() error) {
	if a.Capture != c {
		a.host.Notify(Notice{Bad: true, Text: noticeSaveGone, Detail: path})
		return
	}
	ctx := c.ctx
	go func() {
		err := save()
		a.host.Post(func() { a.saved(path, err, ctx.Err() != nil) })
	}()
}

// saved tells how saving went; closed says that the capture was closed before the end.
func (a *App) saved(path string, err error, closed bool) {
	switch {
	case err != nil && closed:
		a.host.Notify(Notice{Bad: true, Text: noticeSaveGone, Detail: path})
	case err != nil:
		a.host.Notify(Notice{Bad: true, Text: noticeSaveFail, Detail: err.Error()})
	default:
		a.host.Notify(Notice{Text: noticeSaved, Detail: path})
		a.trace.event("saved", map[string]any{"path": path})
	}
}
