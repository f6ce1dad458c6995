package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/export"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// Tab is a view at the right side of the capture window.
type Tab uint8

// The tabs.
const (
	LessonTab Tab = iota
	DiagnosisTab
	StatsTab
	FilesTab
	StatesTab
)

var tabNames = [...]string{"lesson", "diagnosis", "statistics", "files", "states"}

// String returns the name used in traces.
func (t Tab) String() string { return tabNames[t] }

// Capture is an open capture and what is shown of it.
type Capture struct {
	// Name is the file's base name, Path the whole one; a case has none.
	Name, Path string
	Session    *session.Session
	// Live is what is known of a capture that grows, or did; nil for files and cases.
	Live *Live
	// Case is the lesson, nil for a file of the reader's own.
	Case *lesson.Case

	// Loading says that the capture is still being read: Read of Total bytes so far, Frames packets. Began is when that
	// started, Took how long it took.
	Loading     bool
	Read, Total int64
	Frames      int
	Began       time.Time
	Took        time.Duration
	// Err is why the capture was not read to its end, nil if it was. Stopped says that the reader cancelled.
	Err     error
	Stopped bool

	// Filter is the text in the search box, Search what it means and found; Shown lists the connections that match, in the order of
	// the list.
	Filter string
	Search Search
	// Only is the diagnose.Health that connections must have to be listed, -1 for any.
	Only  int
	Shown []int
	Order Order
	// Side is what else the column at the left shows; Other is a conversation that is not TCP, if one is shown.
	Side  Side
	Other OtherTalk
	// Health counts the connections of each class, listed or not. Where there are many, it and Shown follow after a moment.
	Health [diagnose.NumHealths]int

	// Stream is the connection shown, -1 for none. View, Chat and Findings belong to it; Talk is nil while it is being decoded.
	Stream   int
	View     *session.View
	Talk     *session.Conversation
	Chat     *timeline.Chat
	Findings []diagnose.Finding
	// Trust says how far a file of the reader's own can be believed, once it is read.
	Trust []diagnose.TrustFinding
	// Packet is the selected segment's index in View, -1 for none. Field is the selected header field; Outside says that it stands
	// among the fields only, because it is in no TCP header.
	Packet  int
	Field   string
	Outside bool

	// Shows is the view of the connection in the middle.
	Shows ViewKind
	Tab   Tab
	// Bytes are the byte streams of the connection.
	Bytes Bytes
	// Messages are those of the connection, as rows.
	Messages Messages
	// Notes are the marks and notes on packets.
	Notes Notes
	// Tail says how the chat goes with a capture that grows.
	Tail Tail
	// Playing says that the packets follow each other by themselves.
	Playing Playing
	// Graphs are drawings of the connection over time.
	Graphs Graphs
	// Stats are the numbers of the connection.
	Stats Stats
	// Ladder is the sequence diagram of the connection.
	Ladder Ladder
	// Step is the lesson's step, from 0. Asking is the question behind it that is shown in its place, -1 for none; Ended says that
	// the end is.
	Step, Asking int
	Ended        bool
	// Quiz are questions on a connection, nil unless the reader asked for them.
	Quiz *Quiz

	// Files are what can be taken out, complete once FilesReady; until then FilesDone of FilesTotal connections were looked at.
	Files                 []export.Object
	File                  int          // selected, -1 for none
	Preview               *FilePreview // of File, nil while it is being made
	FilesReady            bool
	FilesErr              error
	FilesDone, FilesTotal int
	finding               bool
	// Marked are the files that are to be saved together, by their index. Saving is the job that writes files, nil for none.
	Marked map[int]bool
	Saving *Saving
	files  *export.Collection
	// found is files until one side, the search or the closing, takes them away: whichever is later.
	found atomic.Pointer[export.Collection]

	// ctx ends when the capture is closed, reading when the reader cancels that.
	ctx, reading        context.Context
	cancel, stopReading context.CancelFunc
	// goal is the number of the packet that is to be selected once its connection is shown, 0 for none.
	goal uint32
	// wanted is the connection asked for last, -1 for none: Stream once it is ready. chatting cancels its making.
	wanted int
	// decodeAs are the protocols that the reader chose for connections, "" where that was undone.
	decodeAs map[int]string
	// goTo is the frame to select in wanted once that is shown, 0 for none.
	goTo     uint32
	chatting context.CancelFunc
	// answers are those to the lesson's questions in this reading, by their index; known is what they are answered from.
	answers map[int]Given
	known   lesson.Facts
	// remaking cancels the making of the rows of the chat with other settings.
	remaking context.CancelFunc
	// keeping says that what is made anew is the same connection, longer: what is shown of it stays until then.
	keeping bool
	// talkErr is why the connection's messages could not be decoded.
	talkErr error
	// talking cancels the decoding of the connection that was shown before.
	talking context.CancelFunc
	// listing cancels the making of Shown and Health, nil if nobody is at it; it was done last at listedAt and took listTook.
	listing  context.CancelFunc
	listedAt time.Time
	listTook time.Duration
	// wording cancels the text that is being made of a conversation.
	wording context.CancelFunc
	// asking cancels finding out why a packet carries its labels.
	asking context.CancelFunc
	// previewing cancels the preview that is being made, previews keeps two from being made at a time.
	previewing context.CancelFunc
	previews   sync.Mutex
}

// OpenFile opens a capture file of the reader's own, or what comes through standard input if path is "-".
func (a *App) OpenFile(path string) {
	if a.asksFirst(func() { a.OpenFile(path) }) {
		return
	}
	if path == pcapfile.Stdin {
		a.OpenStdin()
		return
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	if lesson.IsBundle(abs) {
		a.openBundle(abs)
		return
	}
	c := a.show(nil, nil)
	c.Name, c.Path, c.Tab, c.Loading = filepath.Base(abs), abs, DiagnosisTab, true
	a.changed(Everything)
	go func() { // a pipe or a disk far away may take its time
		s, err := session.Open(abs)
		a.host.Post(func() { a.opened(c, s, err) })
	}()
}

// opened goes on with a file that was opened, or could not be.
func (a *App) opened(c *Capture, s *session.Session, err error) {
	if a.Capture != c {
		if s != nil {
			a.release(s)
		}
		return
	}
	c.Session, c.Err, c.Loading = s, err, err == nil
	if err == nil {
		a.remember(c.Path)
	}
	a.start()
}

// OpenCase opens a bundled case at the step where the reader stopped.
func (a *App) OpenCase(id string) {
	for _, l := range a.Cases {
		if l.ID == id {
			a.openCase(l)
			return
		}
	}
}

func (a *App) openCase(l *lesson.Case) {
	if a.asksFirst(func() { a.openCase(l) }) {
		return
	}
	b, err := fs.ReadFile(a.files, l.CapturePath())
	var s *session.Session
	if err == nil {
		var f *pcapfile.File
		if f, err = pcapfile.OpenBytes(b, l.ID); err == nil {
			s = session.New(f)
		}
	}
	c := a.show(s, err)
	c.Case, c.Name, c.Tab = l, l.ID, LessonTab
	a.resume(c)
	a.start()
}

// show replaces what is open by a capture that is about to be read; s is nil if err says why it cannot be.
func (a *App) show(s *session.Session, err error) *Capture {
	a.closeCapture()
	c := &Capture{Session: s, Err: err, Stream: -1, Packet: -1, Only: -1, File: -1, wanted: -1, Asking: -1, answers: map[int]Given{}, Other: noOther(), Began: time.Now()}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.reading, c.stopReading = context.WithCancel(c.ctx)
	c.Loading = err == nil
	a.Capture, a.Page = c, CapturePage
	return c
}

// start reads the capture in the background.
func (a *App) start() {
	c := a.Capture
	if c.Session != nil {
		a.applyRules(c)
	}
	a.changed(Everything)
	if !c.Loading {
		a.trace.opened(c)
		return
	}
	finished := make(chan struct{})
	go func() {
		err := c.Session.Run(c.reading)
		close(finished)
		a.host.Post(func() { a.read(c, err) })
	}()
	go a.watch(c, finished)
}

// watch reports progress until the capture is read.
func (a *App) watch(c *Capture, finished <-chan struct{}) {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-finished:
			return
		case <-tick.C:
			a.host.Post(func() { a.progress(c) })
		}
	}
}

// progress takes over how far reading has come.
func (a *App) progress(c *Capture) {
	if a.Capture != c || !c.Loading {
		return
	}
	c.Read, c.Total, c.Frames, _ = c.Session.Progress()
	a.changed(ProgressChanged)
	a.searchGrown(c)
	a.listAgain(c)
}

// read ends the loading.
func (a *App) read(c *Capture, err error) {
	if a.Capture != c {
		return
	}
	c.Loading, c.Took = false, time.Since(c.Began)
	c.Read, c.Total, c.Frames, _ = c.Session.Progress()
	a.sparing.holds(inUse())
	c.Stopped = errors.Is(err, context.Canceled)
	if err != nil && !c.Stopped {
		c.Err = err
	}
	a.trace.opened(c)
	a.loadNotes(c)
	if c.wanted >= 0 { // shown as it was then
		a.selectConnection(c.wanted)
	}
	a.list(c)
	a.searchRead(c)
	if c.Case != nil {
		a.goToStep(c.Step)
	} else {
		a.judgeTrust(c)
	}
	if c.Tab == FilesTab { // chosen while there was nothing to look through yet
		a.findFiles()
	}
	a.changed(ProgressChanged)
}

// judgeTrust finds out how far the capture can be believed, which takes reading some of its packets again.
func (a *App) judgeTrust(c *Capture) {
	if c.Session == nil {
		return
	}
	var found []diagnose.TrustFinding
	s := c.Session
	a.background(c.ctx, func() { found = diagnose.TrustCapture(s) }, func() {
		c.Trust = found
		a.changed(PanesChanged)
	})
}

// Cancel stops the reading; what was read stays usable.
func (a *App) Cancel() {
	c := a.Capture
	switch {
	case c == nil || !c.Loading:
	case c.Session == nil: // it could not even be opened yet
		a.GoHome()
	case c.Live != nil:
		a.StopLive()
	default:
		c.stopReading()
	}
}

func (a *App) closeCapture() {
	c := a.Capture
	if c == nil {
		return
	}
	a.leaveCase()
	if c.Playing.On {
		a.stopPlaying(c)
	}
	a.keepNotes(c)
	c.cancel()
	a.Capture = nil
	a.sparing.holds(use{})
	if err := c.dropFiles(); err != nil {
		a.leftBehind(err)
	}
	a.dropRenewal(c.Live)
	if c.Session != nil {
		a.release(c.Session)
	}
	if c.Live != nil {
		a.labEnded(c)
		if c.Live.recording != nil {
			a.closeRecording(c.Live.recording)
		}
	}
}

// release closes a session. Work in the background may still read from it: that then fails cleanly, and nobody asks.
func (a *App) release(s *session.Session) {
	if err := s.Close(); err != nil {
		a.host.Notify(Notice{Bad: true, Text: noticeNotClosed, Detail: a.cause(err)})
	}
}

// RememberAll puts files that were not opened yet among the recent ones, the first on top. What is open stays above them.
func (a *App) RememberAll(paths []string) {
	top := ""
	if c := a.Capture; c != nil {
		top = c.Path
	}
	for i := len(paths) - 1; i >= 0; i-- {
		if abs, err := filepath.Abs(paths[i]); err == nil && !missing(abs) && abs != top {
			a.remember(abs)
		}
	}
	if top != "" && slices.ContainsFunc(a.Recent, func(r Recent) bool { return r.Path == top }) {
		a.remember(top)
	}
	a.changed(RecentChanged)
}

// remember puts a file on top of the recent ones.
func (a *App) remember(path string) {
	r := Recent{Path: path, When: time.Now()}
	if st, err := os.Stat(path); err == nil {
		r.Size = st.Size()
	}
	list := []Recent{r}
	for _, old := range a.Recent {
		if old.Path != path && len(list) < maxRecent {
			list = append(list, old)
		}
	}
	a.Recent = list
	a.save()
}

// Forget takes a file from the recent ones.
func (a *App) Forget(path string) {
	for i := range a.Recent {
		if a.Recent[i].Path == path {
			a.Recent = append(a.Recent[:i:i], a.Recent[i+1:]...)
			a.save()
			a.changed(RecentChanged)
			return
		}
	}
}

// Title names what is open, for the window's title.
func (c *Capture) Title(l narrate.Lang) string {
	if c.Live != nil && c.Live.Lab != nil {
		return c.Live.Lab.Scenario.Title[l]
	}
	if c.Case != nil {
		return c.Case.Title.In(l)
	}
	return c.Name
}
