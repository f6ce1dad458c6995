// Package app is the desktop app without its toolkit: what is open, selected and set, and what happens when someone acts.
//
// App is the only writer of that state. All its methods are called on one goroutine, the owner's (the user interface's);
// slow work runs elsewhere and comes back through Post. After every change the owner is told what changed and draws it.
// Where to start: App and Capture.
package app

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
)

// Page is what fills the window.
type Page uint8

// The pages.
const (
	Home Page = iota
	CapturePage
	LabPage
)

// Change says which parts of the state are new; the owner redraws what shows them.
type Change uint32

// The parts.
const (
	PageChanged        Change = 1 << iota
	SettingsChanged           // language, theme, how things are shown
	RecentChanged             // recent files, progress in cases
	ProgressChanged           // of reading or of finding files
	ConnectionsChanged        // the list, its filter, the totals
	ChatChanged               // another connection, or other rows
	SelectionChanged          // the packet or the field
	LessonChanged             // the step or its question
	PanesChanged              // which tab or drawer is shown
	FilesChanged
	ViewChanged  // another view of the connection
	BytesChanged // the rows of the byte streams, or what was found in them
	GraphsChanged
	StatsChanged
	SearchChanged   // what is looked for, and what was found
	MessagesChanged // the rows of the messages, or a picture in them
	LadderChanged
	SavingChanged        // a job that writes files
	TailChanged          // rows came behind the last one, or the reader follows them, or no more
	PlayChanged          // a connection plays or stops
	LiveChanged          // how a live capture stands, its dialog, what is asked about it
	LabChanged           // the laboratory: what is chosen and what it does
	Everything    Change = 1<<iota - 1
)

// Host is what the owner provides.
type Host interface {
	// Post runs f on the owner's goroutine, soon. It may be called from any goroutine.
	Post(f func())
	// Changed tells what is new, on the owner's goroutine.
	Changed(c Change)
	// Notify shows a short message: a file was saved, something could not be done.
	Notify(n Notice)
}

// Notice is a short message to the reader.
type Notice struct {
	Bad  bool
	Text narrate.Text
	// Detail is what a program or the system said, shown as it is; "" if none.
	Detail string
}

// App is the state. Its fields are read by the owner and written only by App's methods.
type App struct {
	Page     Page
	Settings Settings
	Recent   []Recent
	// DecodeAs are the reader's rules for ports, in their order.
	DecodeAs []PortRule
	// Searches are what was looked for, the latest first.
	Searches []string
	Cases    []*lesson.Case
	// Done says how far the reader came in each case, by its id.
	Done map[string]CaseProgress
	// CaseFilter is the text in Home's search box, CaseLevel the level shown (0 for all).
	CaseFilter string
	CaseLevel  int
	// Capture is the open capture, nil on Home.
	Capture *Capture
	// Setup is what the dialog for live capture shows, Lab what the laboratory's page does.
	Setup LiveSetup
	Lab   Lab
	// Asking is what waits for an answer about packets that are not saved, nil if nothing does.
	Asking *Asking
	// Leftovers are captures of the app that were neither saved nor discarded.
	Leftovers []Leftover

	host  Host
	store *Store
	files fs.FS // the bundled cases
	trace *Trace
	// mostMessages is how many messages of no known protocol are shown at a time, 0 for the default.
	mostMessages int
	// after waits; tests have a clock of their own.
	after func(d time.Duration, f func()) (stop func())
	// searches are those for files that have not ended.
	searches sync.WaitGroup
	sparing  sparing
	capturer Capturer
	// saveFailed keeps a failing store from being reported at every change.
	saveFailed bool
}

// New makes the state of a starting app: bundled cases from files, settings and recent files from store (nil for none),
// trace may be nil.
func New(host Host, files fs.FS, store *Store, trace *Trace) (*App, error) {
	cases, err := lesson.Load(files)
	if err != nil {
		return nil, err
	}
	a := &App{Cases: cases, host: host, store: store, files: files, trace: trace, after: after, capturer: noCapturer{}}
	saved := store.Load()
	a.DecodeAs, a.Setup.Choice = saved.DecodeAs, saved.Live
	a.Settings, a.Recent, a.Done, a.Searches = saved.Settings, saved.Recent, saved.Done, saved.Searches
	if a.Done == nil {
		a.Done = map[string]CaseProgress{}
	}
	a.validProgress()
	a.trace.page(a)
	return a, nil
}

// validProgress keeps the steps and answers that were saved within the lessons: a lesson may have become shorter, the file edited.
func (a *App) validProgress() {
	for _, l := range a.Cases {
		if done, ok := a.Done[l.ID]; ok {
			a.Done[l.ID] = done.within(l)
		}
	}
}

func (a *App) changed(c Change) {
	a.host.Changed(c)
	a.trace.change(a, c)
	if c&(ChatChanged|TailChanged) != 0 {
		a.followLadder()
	}
}

// GoHome closes the capture and shows Home.
func (a *App) GoHome() {
	if a.Page == Home || a.asksFirst(a.GoHome) {
		return
	}
	a.closeCapture()
	a.Page = Home
	a.changed(PageChanged | RecentChanged)
}

// Quit releases what is open. Nothing may be called afterwards.
func (a *App) Quit() {
	a.quitLive()
	a.closeCapture()
	a.awaitSearches()
	a.trace.quit()
}

// FilterCases shows on Home only the cases that match text and level (0 for all).
func (a *App) FilterCases(text string, level int) {
	a.CaseFilter, a.CaseLevel = text, level
	a.changed(RecentChanged)
}

// Lang is the language of the user interface.
func (a *App) Lang() narrate.Lang { return a.Settings.Lang }

// background runs work away from the owner's goroutine, then done on it, unless the context was cancelled by then.
func (a *App) background(ctx context.Context, work func(), done func()) {
	go func() {
		work()
		a.host.Post(func() {
			if ctx.Err() == nil {
				done()
			}
		})
	}()
}

// progressEvery is how often progress is shown: often enough to look alive, seldom enough to cost nothing.
const progressEvery = 100 * time.Millisecond
