package app

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
)

// findFiles looks for files in the whole capture, once, in the background.
func (a *App) findFiles() {
	c := a.Capture
	if c.Session == nil || c.FilesReady || c.finding || c.Loading {
		return
	}
	c.finding = true
	last, ctx := time.Now(), c.ctx
	a.searches.Add(1)
	go func() {
		defer a.searches.Done()
		files, err := export.CollectWhole(ctx, c.Session, func(done, total int) {
			if now := time.Now(); now.Sub(last) >= progressEvery {
				last = now
				a.host.Post(func() { a.filesProgress(c, done, total) })
			}
		})
		c.found.Store(files)
		if ctx.Err() != nil { // closed meanwhile: nobody else will remove them
			if err := c.dropFiles(); err != nil {
				a.host.Post(func() { a.leftBehind(err) })
			}
			return
		}
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
		return
	}
	c.finding, c.FilesReady, c.files, c.FilesErr = false, true, files, err
	if files != nil {
		c.Files = files.Objects
	}
	if len(c.Files) > 0 {
		a.selectFile(0)
	}
	a.changed(FilesChanged)
}

// dropFiles removes the temporary copies, once.
func (c *Capture) dropFiles() error {
	if files := c.found.Swap(nil); files != nil {
		return files.Close()
	}
	return nil
}

func (a *App) leftBehind(err error) {
	a.host.Notify(Notice{Bad: true, Text: noticeLeftovers, Detail: a.cause(err)})
}

// searchPatience bounds how long Quit waits for a search for files to end: it is cancelled, and removes what it has written.
const searchPatience = 2 * time.Second

func (a *App) awaitSearches() {
	over := make(chan struct{})
	go func() {
		a.searches.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(searchPatience):
	}
}

// SaveFile saves file i of c under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveFile(c *Capture, i int, path string) {
	if i >= 0 && i < len(c.Files) {
		a.saveFrom(c, path, func() error { return c.files.Save(i, path) })
	}
}

// SaveFiles saves the marked files of c, or all if none is marked, in a folder; nothing there is overwritten.
func (a *App) SaveFiles(c *Capture, dir string) {
	if which := c.wantedFiles(); len(which) > 0 {
		a.saveSlowly(c, dir, func(ctx context.Context, step func(done, total int)) error {
			_, err := c.files.SaveSome(ctx, dir, which, step)
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

// cause words an error in the reader's language, causeAt says where it happened as well.
func (a *App) cause(err error) string { return narrate.Cause(a.Lang(), err) }

func (a *App) causeAt(path string, err error) string {
	var one *export.WriteError
	if errors.As(err, &one) {
		path = filepath.Join(one.Dir, one.Name)
	}
	if text := a.cause(err); !strings.Contains(text, path) {
		return path + ": " + text
	}
	return a.cause(err)
}

// saved tells how saving went; closed says that the capture was closed before the end.
func (a *App) saved(path string, err error, closed bool) {
	switch {
	case err != nil && closed:
		a.host.Notify(Notice{Bad: true, Text: noticeSaveGone, Detail: path})
	case err != nil:
		a.host.Notify(Notice{Bad: true, Text: noticeSaveFail, Detail: a.causeAt(path, err)})
	default:
		a.host.Notify(Notice{Text: noticeSaved, Detail: path})
		a.trace.event("saved", map[string]any{"path": path})
	}
}
