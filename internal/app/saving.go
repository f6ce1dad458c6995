package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tcptalk/internal/export"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// Saving is a job that writes files, and takes a while.
type Saving struct {
	Path string
	// Done of Total, whatever is counted; 0 of 0 before that is known.
	Done, Total int
	// Long says that it takes long enough to be told about wherever the reader is.
	Long bool

	began  time.Time
	cancel context.CancelFunc
}

// ExportKind is what can be saved of a capture besides its files.
type ExportKind uint8

// The kinds. Those from StreamAsText on are about the connection shown, the others about the whole capture.
const (
	ExportHAR ExportKind = iota
	ExportMessages
	ExportWebSocket
	ExportSSE
	ExportStreamText
	ExportStreamHex
	ExportClientBytes
	ExportServerBytes
	ExportReport
	ExportReportHTML
	NumExportKinds = iota
)

// exportNames are the names that are proposed, without the capture's.
var exportNames = [NumExportKinds]string{
	".har", "-messages.jsonl", "-websocket.jsonl", "-events.jsonl", "-stream.txt", "-stream.hex.txt", "-client.bin", "-server.bin",
	"-report.md", "-report.html",
}

// ExportName proposes a name for what is saved of c.
func (c *Capture) ExportName(k ExportKind) string {
	name := export.SafeText(c.Name)
	if k >= ExportStreamText {
		name += "-" + narrate.Count(uint64(max(c.Stream, 0)))
	}
	return name + exportNames[k]
}

// Export saves a form of the capture, or of the connection shown, under the given path, replacing what is there: the reader chose
// the name.
func (a *App) Export(c *Capture, k ExportKind, path string) {
	if c.Session == nil || k >= NumExportKinds || k >= ExportStreamText && c.View == nil {
		return
	}
	s, v, l := c.Session, c.View, a.Lang()
	a.saveSlowly(c, path, func(ctx context.Context, step func(done, total int)) error {
		return writeTo(path, func(w io.Writer) error { return exportTo(ctx, w, k, s, v, l, step) })
	})
}

func exportTo(ctx context.Context, w io.Writer, k ExportKind, s *session.Session, v *session.View, l narrate.Lang, step func(done, total int)) (err error) {
	switch k {
	case ExportHAR:
		_, err = export.HAR(ctx, s, w, export.HAROptions{Connection: -1}, step)
	case ExportMessages, ExportWebSocket, ExportSSE:
		protocol := map[ExportKind]string{ExportWebSocket: websocket.Name, ExportSSE: sse.Name}[k]
		_, err = export.Lines(ctx, s, w, export.LinesOptions{Protocol: protocol, Stream: -1, Message: -1}, step)
	case ExportReport, ExportReportHTML:
		err = writeReport(ctx, w, k, s, v, l)
	default:
		_, err = export.Stream(ctx, v, streamOptions(k, l), w, nil)
	}
	return err
}

func streamOptions(k ExportKind, l narrate.Lang) export.StreamOptions {
	o := export.StreamOptions{Format: export.Raw, Sides: [2]bool{true, true}, Gap: func(n int64) string {
		return narrate.NotCaptured(l, uint32(min(n, 1<<32-1)))
	}}
	switch k {
	case ExportStreamText:
		o.Format = export.Text
	case ExportStreamHex:
		o.Format = export.Hex
	case ExportClientBytes:
		o.Sides[flow.ServerToClient] = false
	case ExportServerBytes:
		o.Sides[flow.ClientToServer] = false
	case ExportHAR, ExportMessages, ExportWebSocket, ExportSSE, ExportReport, ExportReportHTML:
	}
	return o
}

// MarkFile marks file i to be saved with others, or unmarks it.
func (a *App) MarkFile(i int) {
	c := a.Capture
	if c == nil || i < 0 || i >= len(c.Files) {
		return
	}
	if c.Marked[i] {
		delete(c.Marked, i)
	} else {
		if c.Marked == nil {
			c.Marked = map[int]bool{}
		}
		c.Marked[i] = true
	}
	a.changed(FilesChanged)
}

// MarkFiles marks all files, or none.
func (a *App) MarkFiles(all bool) {
	c := a.Capture
	if c == nil {
		return
	}
	c.Marked = map[int]bool{}
	for i := range c.Files {
		if all {
			c.Marked[i] = true
		}
	}
	a.changed(FilesChanged)
}

// wantedFiles are the files that are marked, or all if none is, in their order.
func (c *Capture) wantedFiles() []int {
	var which []int
	for i := range c.Files {
		if len(c.Marked) == 0 || c.Marked[i] {
			which = append(which, i)
		}
	}
	return slices.Clip(which)
}

// savingPatience is how long a job is before it counts as long.
const savingPatience = 400 * time.Millisecond

// CancelSaving stops what is being saved. Files that are whole by then stay.
func (a *App) CancelSaving() {
	if c := a.Capture; c != nil && c.Saving != nil {
		c.Saving.cancel()
	}
}

// saveSlowly saves with progress, one job at a time.
func (a *App) saveSlowly(c *Capture, path string, save func(ctx context.Context, step func(done, total int)) error) {
	switch {
	case a.Capture != c:
		a.host.Notify(Notice{Bad: true, Text: noticeSaveGone, Detail: path})
		return
	case c.Saving != nil:
		a.host.Notify(Notice{Bad: true, Text: noticeSaveBusy, Detail: c.Saving.Path})
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	job := &Saving{Path: path, began: time.Now(), cancel: cancel}
	c.Saving = job
	a.changed(SavingChanged)
	var last time.Time
	step := func(done, total int) {
		if now := time.Now(); now.Sub(last) >= progressEvery {
			last = now
			a.host.Post(func() { a.savingProgress(c, job, done, total) })
		}
	}
	go func() {
		err := save(ctx, step)
		a.host.Post(func() { a.savingEnded(c, job, err) })
	}()
}

func (a *App) savingProgress(c *Capture, job *Saving, done, total int) {
	if a.Capture == c && c.Saving == job {
		job.Done, job.Total, job.Long = done, total, time.Since(job.began) >= savingPatience
		a.changed(SavingChanged)
	}
}

func (a *App) savingEnded(c *Capture, job *Saving, err error) {
	job.cancel()
	c.Saving = nil
	closed := a.Capture != c
	if !closed {
		a.changed(SavingChanged)
	}
	if !closed && errors.Is(err, context.Canceled) {
		a.host.Notify(Notice{Text: noticeSaveStopped, Detail: job.Path})
		return
	}
	a.saved(job.Path, err, closed)
}
