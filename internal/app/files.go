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

// SaveFile saves file i under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveFile(i int, path string) {
	c := a.Capture
	if c == nil || i < 0 || i >= len(c.Files) {
		return
	}
	var err error
	a.background(c.ctx, func() { err = c.files.Save(i, path) }, func() { a.saved(path, err) })
}

// SaveFiles saves all files in a folder; nothing there is overwritten.
func (a *App) SaveFiles(dir string) {
	c := a.Capture
	if c == nil || c.files == nil {
		return
	}
	var err error
	a.background(c.ctx, func() { _, err = c.files.SaveAll(c.ctx, dir) }, func() { a.saved(dir, err) })
}

func (a *App) saved(path string, err error) {
	if err != nil {
		a.host.Notify(Notice{Bad: true, Text: noticeSaveFail, Detail: err.Error()})
		return
	}
	a.host.Notify(Notice{Text: noticeSaved, Detail: path})
	a.trace.event("saved", map[string]any{"path": path})
}
