package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Live is an open capture that grows, or did: what is known of the recording behind it.
type Live struct {
	// Spec is what is captured; without interfaces for standard input.
	Spec live.Spec
	// State is how the recording stands, as of the latest look at it.
	State live.State
	// Piped says that the packets come from another program's pipe, Recovered that they are what another process left.
	Piped, Recovered bool
	// InFile says that a pipe's packets are in a file anyway: standard input is one.
	InFile bool
	// Paused says that the view stands still while the capture goes on. Behind counts the packets that came meanwhile.
	Paused bool
	Behind int
	// Follow says that the newest connection is shown as soon as the one before has ended. It ends when the reader chooses one.
	Follow bool
	// Saved is where it was saved last, "" if it was not; SavedPackets how many packets that were.
	Saved        string
	SavedPackets uint64
	// Lab is the scenario whose packets are captured, nil if there is none.
	Lab *LabRun

	recording Recording
	paused    int         // packets when the view was paused
	looking   atomic.Bool // a look at the recording waits for its turn
	late      atomic.Bool // something that came is not shown yet
	// views says when the views of the whole connection may be made again; they are of viewed packets.
	views     pace
	viewed    int
	seen      int  // packets of the capture when the list was made last
	over      bool // all packets are read
	discarded bool // the reader does not want the packets
	// renewing is the capture of a ring being read again, nil if it is not; it was read last when turned files were given up.
	renewing *renewal
	turned   int
	// parted is the session that was shown before the ring turned last, for a moment; stopParting keeps it from being closed then.
	parted      *session.Session
	stopParting func()
	whenOver    func()
	sparedAt    time.Time // when the garbage beside the capture was bounded last
	// reading is Capture.Session for other goroutines; ended is closed when all is read.
	reading atomic.Pointer[session.Session]
	ended   chan struct{}
}

// Running says that more packets may come.
func (l *Live) Running() bool { return !l.over }

// Unsaved says that packets would be lost if the capture were closed now.
func (l *Live) Unsaved() bool {
	return !l.discarded && !l.InFile && (l.State.Packets > l.SavedPackets || l.Recovered && l.Saved == "")
}

// Elapsed is how long packets were taken.
func (l *Live) Elapsed(now time.Time) time.Duration {
	s := &l.State
	switch {
	case s.Began.IsZero():
		return 0
	case s.Phase == live.Ended && !s.Finished.IsZero():
		return s.Finished.Sub(s.Began)
	}
	return now.Sub(s.Began)
}

// liveEvery is how often a capture that runs is looked at: a packet shall be on the screen after 150 ms, with all that comes
// before and after.
const liveEvery = 40 * time.Millisecond

// Nobody reads along when more than busyPackets come between two looks: then there is one each busyEvery, so that the window has time
// for its reader between two drawings, and keeps fewer of the texts that it has drawn once.
const (
	busyPackets = 100
	busyEvery   = 100 * time.Millisecond
)

// spareEvery is how often the garbage is bounded beside a capture that grows.
const spareEvery = time.Second

// UseCapturer says what captures; nil for nothing.
func (a *App) UseCapturer(c Capturer) {
	if a.capturer = c; c == nil {
		a.capturer = noCapturer{}
	}
}

// startLive begins a capture and shows it.
func (a *App) startLive(spec live.Spec, lab *LabRun) {
	c := a.show(nil, nil)
	c.Name, c.Tab, c.Loading = spec.Name(), DiagnosisTab, true
	c.Live = &Live{Spec: spec, Follow: true, Lab: lab, ended: make(chan struct{})}
	a.changed(Everything)
	go func() { // starting a program may take its time
		r, err := a.capturer.Start(spec)
		var s *session.Session
		if err == nil {
			var f *pcapfile.File
			if f, err = r.Open(); err == nil {
				s = session.New(f)
			} else {
				err = errors.Join(err, r.Close())
			}
		}
		a.host.Post(func() { a.liveStarted(c, r, s, err) })
	}()
}

// liveStarted goes on with a capture that began, or could not.
func (a *App) liveStarted(c *Capture, r Recording, s *session.Session, err error) {
	switch {
	case err != nil && a.Capture == c:
		a.liveFailed(c, err)
	case err != nil:
	case a.Capture != c:
		a.release(s)
		a.closeRecording(r)
	default:
		c.Live.recording = r
		a.follow(c, s)
	}
}

// liveFailed notes that a capture did not come about.
func (a *App) liveFailed(c *Capture, err error) {
	var p *live.Problem
	if !errors.As(err, &p) {
		p = &live.Problem{Kind: live.HelperFailed, Message: err.Error(), Err: err}
	}
	c.Loading, c.Live.over = false, true
	c.Live.State = live.State{Phase: live.Ended, Problem: p}
	a.labEnded(c)
	a.changed(Everything)
}

// follow reads a capture that grows.
func (a *App) follow(c *Capture, s *session.Session) {
	c.Session, c.Loading = s, true
	c.Live.reading.Store(s)
	a.applyRules(c)
	a.GrowFrom()
	a.changed(Everything)
	a.readLive(c, s)
	go a.watchLive(c, c.Live.recording)
}

// readLive reads a capture that grows to its end.
func (a *App) readLive(c *Capture, s *session.Session) {
	go func() {
		err := s.Run(c.reading)
		a.host.Post(func() {
			if c.Session == s {
				a.liveOver(c, err)
			}
		})
	}()
}

// watchLive looks whether something is new until the capture is read to its end.
func (a *App) watchLive(c *Capture, r Recording) {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	l, frames := c.Live, -1
	var state live.State
	var second time.Time // of the latest look: a clock runs while nothing comes
	pause := time.Duration(0)
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-l.ended:
			return
		case now := <-tick.C:
			if now.Sub(second) < pause {
				continue
			}
			was := state
			_, _, n, _ := l.reading.Load().Progress()
			state = r.State()
			news := n != frames || state.Phase != was.Phase || state.Counters != was.Counters || len(state.Notices) != len(was.Notices)
			if !news && !l.late.Load() && now.Sub(second) < time.Second {
				continue
			}
			if pause = 0; n > frames+busyPackets {
				pause = busyEvery
			}
			frames, second = n, now
			if l.looking.CompareAndSwap(false, true) {
				a.host.Post(func() {
					l.looking.Store(false)
					a.look(c)
				})
			}
		}
	}
}

// look takes over how a capture stands, and shows what came, unless the view is paused.
func (a *App) look(c *Capture) {
	l := c.Live
	if a.Capture != c || l.over {
		return
	}
	before := len(l.State.Notices)
	l.State = l.recording.State()
	c.Read, c.Total, c.Frames, _ = c.Session.Progress()
	a.playLab(c)
	if time.Since(l.sparedAt) >= spareEvery {
		l.sparedAt = time.Now()
		a.sparing.holds(inUse())
	}
	a.tellNotices(l.State.Notices[min(before, len(l.State.Notices)):])
	if l.Paused {
		l.Behind = c.Frames - l.paused
		a.changed(LiveChanged)
		return
	}
	a.changed(LiveChanged | ProgressChanged)
	a.searchGrown(c)
	l.late.Store(false)
	if c.Frames != l.seen {
		if c.listing == nil && time.Since(c.listedAt) >= listPause*c.listTook {
			l.seen = c.Frames
			a.list(c)
		} else {
			l.late.Store(true)
		}
	}
	a.renew(c)
	if !a.followNewest(c) {
		a.Grew()
		a.remakeViews(c)
	}
	if c.View != nil && c.Stream >= 0 {
		conn := c.Session.Connection(c.Stream)
		if int(conn.Packets[0]+conn.Packets[1]) > c.View.Len() {
			l.late.Store(true)
		}
	}
}

// followNewest shows the newest connection if the one that is shown has ended and the reader has chosen none.
func (a *App) followNewest(c *Capture) bool {
	newest := c.Session.Streams() - 1
	if !c.Live.Follow || c.Other.Shown() || c.View == nil || c.wanted != c.Stream || newest <= c.Stream || c.View.Conn.Ending == tcp.StillOpen {
		return false
	}
	if conn := c.Session.Connection(newest); conn.Packets == [2]uint32{} {
		return false
	}
	a.selectConnection(newest)
	return true
}

// FollowNewest shows the newest connection from now on, or leaves the choice to the reader.
func (a *App) FollowNewest(on bool) {
	c := a.Capture
	if c == nil || c.Live == nil || c.Live.Follow == on {
		return
	}
	if c.Live.Follow = on; on && c.Session != nil {
		if newest := c.Session.Streams() - 1; newest != c.Stream {
			a.leaveOther(c)
			a.selectConnection(newest)
		}
	}
	a.changed(LiveChanged)
}

// remakeViews makes the views anew that do not grow with the chat. While the connection grows that is kept within bounds.
func (a *App) remakeViews(c *Capture) {
	l, now := c.Live, time.Now()
	busy := c.Bytes.busy || c.Graphs.busy || c.Stats.busy
	if !busy {
		l.views.end(now)
	}
	if c.View == nil || c.View.Len() == l.viewed {
		return
	}
	if !l.over && (busy || !l.views.due(now)) {
		l.late.Store(true) // looked at again soon
		return
	}
	l.views.begin(now)
	l.viewed, c.keeping = c.View.Len(), true
	a.makeBytes(c)
	a.makeGraphs(c)
	a.makeStats(c)
	c.keeping = false
}

// chosen notes that the reader has chosen a connection, which then stays: the newest one is followed on. l may be nil.
func (l *Live) chosen(c *Capture, stream int) {
	if l != nil {
		l.Follow = l.Follow && stream == c.Session.Streams()-1
	}
}

// liveOver ends a capture: all its packets are read.
func (a *App) liveOver(c *Capture, err error) {
	if a.Capture != c {
		return
	}
	l := c.Live
	before := len(l.State.Notices)
	l.State = l.recording.State()
	l.over, l.Paused, l.Behind = true, false, 0
	close(l.ended)
	a.dropRenewal(l)
	a.tellNotices(l.State.Notices[min(before, len(l.State.Notices)):])
	c.Loading, c.Took = false, time.Since(c.Began)
	c.Read, c.Total, c.Frames, _ = c.Session.Progress()
	if l.Recovered {
		l.State.Packets = uint64(c.Frames)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		c.Err = err
	}
	a.trace.opened(c)
	a.labEnded(c)
	a.loadNotes(c)
	a.list(c)
	a.GrowthEnded()
	a.remakeViews(c)
	a.searchRead(c)
	a.judgeTrust(c)
	if c.Tab == FilesTab {
		a.findFiles()
	}
	a.changed(ProgressChanged | LiveChanged | PanesChanged)
	if then := l.whenOver; then != nil {
		l.whenOver = nil
		then()
	}
}

// tellNotices says what happened and is shown nowhere else. What was lost stands in the chat, and its count is always shown.
func (a *App) tellNotices(list []live.Notice) {
	for _, n := range list {
		if n.Kind != live.NoticeDropped {
			bad := n.Kind != live.NoticeUp && n.Kind != live.NoticeWarning
			a.host.Notify(Notice{Bad: bad, Text: narrate.Text{
				narrate.CaptureNotice(narrate.English, n), narrate.CaptureNotice(narrate.Chinese, n),
			}})
		}
	}
}
