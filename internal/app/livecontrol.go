package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/export"
	"tcptalk/internal/session"
)

// PauseLive makes the view stand still while the capture goes on, or shows what came meanwhile.
func (a *App) PauseLive() {
	c := a.Capture
	if c == nil || c.Live == nil || c.Live.over || c.Session == nil {
		return
	}
	l := c.Live
	l.Paused = !l.Paused
	if l.Behind = 0; l.Paused {
		l.paused = c.Frames
		a.changed(LiveChanged)
		return
	}
	a.look(c)
}

// StopLive ends the capture. Its packets stay open.
func (a *App) StopLive() {
	c := a.Capture
	if c == nil || c.Live == nil || c.Live.over || c.Live.recording == nil {
		return
	}
	c.Live.recording.Stop()
	if c.Live.Lab != nil {
		c.Live.Lab.cancel()
	}
	a.changed(LiveChanged)
}

// CanRestartLive says that the capture can be started again as it was.
func (a *App) CanRestartLive() bool {
	c := a.Capture
	return c != nil && c.Live != nil && c.Live.over && !c.Live.Piped && !c.Live.Recovered
}

// RestartLive captures again with the same settings; of a scenario it plays that again.
func (a *App) RestartLive() {
	if !a.CanRestartLive() || a.asksFirst(a.RestartLive) {
		return
	}
	if lab := a.Capture.Live.Lab; lab != nil {
		a.RunLab(lab.Scenario.ID)
		return
	}
	a.startLive(a.Capture.Live.Spec, nil)
}

// LiveName proposes a name for the capture.
func (c *Capture) LiveName() string {
	when := c.Live.State.Began
	if when.IsZero() {
		when = c.Began
	}
	name := c.Name
	if c.Live.Lab != nil {
		name = c.Live.Lab.Scenario.ID
	}
	return export.SafeText(name) + when.Format("-20060102-150405") + ".pcapng"
}

// SaveLive saves what is captured by now under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveLive(c *Capture, path string) { a.saveLive(c, path, nil) }

// saveLive saves the capture, and then goes on with what waited for that.
func (a *App) saveLive(c *Capture, path string, then func()) {
	if c == nil || c.Live == nil || c.Session == nil {
		return
	}
	l, r, s, packets := c.Live, c.Live.recording, c.Session, c.Live.State.Packets
	a.saveSlowly(c, path, func(ctx context.Context, step func(done, total int)) error {
		from, end, closer, err := l.content(r, s)
		if err != nil {
			return err
		}
		err = writeTo(path, func(w io.Writer) error { return copyBytes(ctx, w, from, end, step) })
		if err = errors.Join(err, closer()); err == nil {
			a.host.Post(func() {
				a.liveSaved(c, path, packets, then)
				a.tellNumbers(s.Before())
			})
		}
		return err
	})
}

// content returns the bytes of the capture as far as they are there, how many that are at least, and what gives them back.
func (l *Live) content(r Recording, s *session.Session) (from io.ReaderAt, end int64, closer func() error, err error) {
	// What came from a pipe is kept by the session alone. Of a ring it keeps what is shown, which may be more than the files that are
	// left: what is shown is saved.
	if l.Piped || l.Spec.Ring.Files > 0 {
		end, _, _, _ = s.Progress()
		return s, end, func() error { return nil }, nil
	}
	f, err := r.Open()
	if err != nil {
		return nil, 0, nil, err
	}
	return f, r.State().Bytes, f.Close, nil
}

// copyBytes copies what there is, about end bytes.
func copyBytes(ctx context.Context, w io.Writer, from io.ReaderAt, end int64, step func(done, total int)) error {
	buf := make([]byte, 1<<20)
	for off := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := from.ReadAt(buf, off)
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
		off += int64(n)
		step(int(off), int(max(off, end)))
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// liveSaved notes that a capture is in a file of the reader's own. One that has ended is that file from then on.
func (a *App) liveSaved(c *Capture, path string, packets uint64, then func()) {
	c.Live.Saved, c.Live.SavedPackets = path, packets
	if a.Capture != c {
		return
	}
	if c.Live.over {
		c.Name, c.Path = filepath.Base(path), path
		a.remember(path)
	} else {
		a.host.Notify(Notice{Text: noticeSavedSoFar})
	}
	a.changed(LiveChanged | RecentChanged)
	if then != nil {
		then()
	}
}

// Asking is a question about packets that are not saved: something would close their capture.
type Asking struct {
	// Quitting says that the window is to be closed.
	Quitting bool
	then     func()
}

// asksFirst asks what is to become of packets that are not saved, before then. It returns false if there are none.
func (a *App) asksFirst(then func()) bool { return a.asks(&Asking{then: then}) }

func (a *App) asks(q *Asking) bool {
	c := a.Capture
	if c == nil || c.Live == nil || !c.Live.Unsaved() {
		return false
	}
	a.Asking = q
	a.changed(LiveChanged)
	return true
}

// MayQuit reports that the window can be closed; otherwise it asks first, and goes on with quit.
func (a *App) MayQuit(quit func()) bool { return !a.asks(&Asking{Quitting: true, then: quit}) }

// KeepCapturing answers the question: nothing is closed.
func (a *App) KeepCapturing() {
	a.Asking = nil
	a.changed(LiveChanged)
}

// DiscardLive answers the question: the packets are not wanted.
func (a *App) DiscardLive() {
	q, c := a.Asking, a.Capture
	if q == nil || c == nil || c.Live == nil {
		return
	}
	a.Asking = nil
	c.Live.discarded = true
	q.then()
}

// SaveAndGoOn answers the question: the capture ends, and its packets are saved under the given path.
func (a *App) SaveAndGoOn(path string) {
	q, c := a.Asking, a.Capture
	if q == nil || c == nil || c.Live == nil {
		return
	}
	a.Asking = nil
	a.StopLive()
	save := func() { a.saveLive(c, path, q.then) }
	if c.Live.over {
		save()
		return
	}
	c.Live.whenOver = save
	a.changed(LiveChanged)
}

// closeRecording ends a recording in the background; what was not saved of it goes.
func (a *App) closeRecording(r Recording) {
	a.searches.Add(1)
	go func() {
		defer a.searches.Done()
		if err := r.Close(); err != nil {
			a.host.Post(func() { a.host.Notify(Notice{Bad: true, Text: noticeNotDiscarded, Detail: a.cause(err)}) })
		}
	}()
}

// quitLive leaves packets about which nobody was asked for the next start: the computer may be shutting down.
func (a *App) quitLive() {
	a.Asking = nil
	if c := a.Capture; c != nil && c.Live != nil && c.Live.recording != nil && c.Live.Unsaved() {
		r := c.Live.recording
		c.Live.recording = nil
		a.leave(r)
	}
	for _, l := range a.Leftovers {
		a.leave(l.Recording)
	}
	a.Leftovers = nil
	a.WatchInterfaces(false)
}

// leave ends a recording and keeps it. Nobody is there any more to be told that it failed: then it is kept as it is.
func (a *App) leave(r Recording) {
	a.searches.Add(1)
	go func() {
		defer a.searches.Done()
		_ = r.Keep()
	}()
}

// FindLeftovers looks for captures that were neither saved nor discarded: the app was killed, or the computer.
func (a *App) FindLeftovers() {
	go func() {
		list, err := a.capturer.Leftovers()
		a.host.Post(func() {
			if err != nil {
				a.host.Notify(Notice{Bad: true, Text: noticeNoLeftovers, Detail: a.cause(err)})
			}
			if a.Leftovers = append(a.Leftovers, list...); len(list) > 0 {
				a.changed(LiveChanged)
			}
		})
	}()
}

// takeLeftover takes one off the list.
func (a *App) takeLeftover(i int) (l Leftover, ok bool) {
	if i < 0 || i >= len(a.Leftovers) {
		return l, false
	}
	l = a.Leftovers[i]
	a.Leftovers = append(a.Leftovers[:i:i], a.Leftovers[i+1:]...)
	return l, true
}

// Recover opens a capture that was left.
func (a *App) Recover(i int) {
	if a.asksFirst(func() { a.Recover(i) }) {
		return
	}
	l, ok := a.takeLeftover(i)
	if !ok {
		return
	}
	c := a.show(nil, nil)
	c.Name, c.Tab, c.Loading = l.Spec.Name(), DiagnosisTab, true
	c.Live = &Live{Spec: l.Spec, Recovered: true, recording: l.Recording, State: l.State(), ended: make(chan struct{})}
	a.changed(Everything)
	go func() {
		f, err := l.Open()
		a.host.Post(func() {
			switch {
			case err != nil && a.Capture == c:
				a.liveFailed(c, err)
			case err != nil:
			case a.Capture != c:
				a.release(session.New(f))
			default:
				a.follow(c, session.New(f))
			}
		})
	}()
}

// DropLeftover removes a capture that was left.
func (a *App) DropLeftover(i int) {
	if l, ok := a.takeLeftover(i); ok {
		a.closeRecording(l.Recording)
		a.changed(LiveChanged)
	}
}

// OpenStdin follows the capture that another program writes to standard input.
func (a *App) OpenStdin() {
	a.openPipe(isFile(os.Stdin), func() (*pcapfile.File, error) { return pcapfile.Open(pcapfile.Stdin) })
}

// isFile says that what comes from f lies in a file.
func isFile(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode().IsRegular()
}

func (a *App) openPipe(inFile bool, open func() (*pcapfile.File, error)) {
	c := a.show(nil, nil)
	c.Name, c.Tab, c.Loading = "stdin", DiagnosisTab, true
	p := &pipe{began: time.Now(), stop: c.stopReading}
	c.Live = &Live{Piped: true, InFile: inFile, Follow: true, recording: p, ended: make(chan struct{})}
	a.changed(Everything)
	go func() { // the program may take its time until it says anything
		f, err := open()
		a.host.Post(func() {
			switch {
			case a.Capture != c && f != nil:
				a.release(session.New(f))
			case a.Capture != c:
			case err != nil:
				c.Loading, c.Err, c.Live.over = false, err, true
				a.changed(Everything)
			default:
				s := session.New(f)
				p.session.Store(s)
				a.follow(c, s)
			}
		})
	}()
}

// pipe is what another program captures.
type pipe struct {
	session atomic.Pointer[session.Session]
	began   time.Time
	stop    func()
}

// State implements Recording. What the other program dropped it tells nobody.
func (p *pipe) State() live.State {
	st := live.State{Phase: live.Starting, Began: p.began}
	s := p.session.Load()
	if s == nil {
		return st
	}
	read, _, frames, over := s.Progress()
	st.Phase, st.Packets, st.Bytes = live.Capturing, uint64(frames), read
	if over {
		st.Phase, st.End, st.Finished = live.Ended, live.EndItself, time.Now()
	}
	return st
}

// Open implements Recording: a pipe can be read once, and the session does that.
func (p *pipe) Open() (*pcapfile.File, error) { return nil, errors.ErrUnsupported }

// Stop implements Recording.
func (p *pipe) Stop() { p.stop() }

// Close and Keep implement Recording: the session has the bytes, and gives them up.
func (p *pipe) Close() error { return nil }

// Keep implements Recording.
func (p *pipe) Keep() error { return nil }
