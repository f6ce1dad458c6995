package app

import (
	"context"

	"tcptalk/internal/export"
)

// FilePreview is the preview of a file, or why there is none.
type FilePreview struct {
	export.Preview
	Err error
}

// SelectFile shows a file's preview.
func (a *App) SelectFile(i int) {
	if c := a.Capture; c != nil && i >= 0 && i < len(c.Files) && i != c.File {
		a.selectFile(i)
		a.changed(FilesChanged)
	}
}

// selectFile makes the preview in the background: pictures take their time. Previews are made one after the other, since each
// may need a lot of memory, and those that were left meanwhile not at all.
func (a *App) selectFile(i int) {
	c := a.Capture
	if c.previewing != nil {
		c.previewing()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.File, c.Preview, c.previewing = i, nil, cancel
	p := &FilePreview{}
	a.background(ctx, func() {
		c.previews.Lock()
		defer c.previews.Unlock()
		if ctx.Err() == nil {
			p.Preview, p.Err = c.files.Preview(i)
		}
	}, func() {
		cancel()
		c.Preview = p
		a.changed(FilesChanged)
	})
}
