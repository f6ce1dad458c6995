package app

import (
	"context"
	"fmt"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// renewal is the capture of a ring being read again from the first file that is still there: without it the packets that the
// ring gave up would stay in memory, and on the disk. Packets keep their numbers.
type renewal struct {
	session *session.Session // nil until its file is open
	turned  int
	// goal is the number of the packet that the session shown had come to when this one was opened: it has caught up with it there.
	goal   uint64
	making context.CancelFunc // what is shown is being made of it, nil if it is not
	made   *turned            // nil until it is
}

// The notices of a ring.
var (
	noticeMarkGone   = narrate.Text{"A mark was on a packet that the ring no longer keeps", "有 1 个标记所在的包已被环形文件淘汰"}
	noticeMarksGone  = narrate.Text{"%d marks were on packets that the ring no longer keeps", "有 %d 个标记所在的包已被环形文件淘汰"}
	noticePacketGone = narrate.Text{"That packet is no longer kept: the ring has given it up", "这个包已不再保留：环形文件已将它淘汰"}
	noticeTalkGone   = narrate.Text{
		"The conversation that was shown is no longer kept: the ring has given up its packets", "刚才显示的会话已不再保留：它的包都已被环形文件淘汰",
	}
	noticeNumbers = narrate.Text{"In the file packets count from 1: packet %s here is packet 1 there", "文件里的包从 1 编号：这里的第 %s 个包是那里的第 1 个"}
)

// counted puts a number into a notice.
func counted(t narrate.Text, n int) narrate.Text {
	for l := range t {
		t[l] = fmt.Sprintf(t[l], n)
	}
	return t
}

// tellNumbers says which packet of a session that does not begin with packet 1 is the first one of a file that was saved of it.
func (a *App) tellNumbers(before uint32) {
	if before > 0 {
		first := narrate.Count(uint64(before) + 1)
		a.host.Notify(Notice{Text: narrate.Text{fmt.Sprintf(noticeNumbers[0], first), fmt.Sprintf(noticeNumbers[1], first)}})
	}
}

// renew reads the capture again if a whole ring of files was given up since it was read last, and shows it once all that is shown
// is made of it.
func (a *App) renew(c *Capture) {
	l := c.Live
	if l.renewing != nil {
		a.renewed(c)
		return
	}
	if files := l.Spec.Ring.Files; files == 0 || l.State.Turned-l.turned < files {
		return
	}
	r := &renewal{turned: l.State.Turned}
	l.renewing = r
	old, recording := c.Session, l.recording
	go func() {
		f, err := recording.Open()
		var s *session.Session
		if err == nil {
			s = session.New(f)
			s.Continue(old)
		}
		a.host.Post(func() { a.renewalOpened(c, r, s, err) })
	}()
}

func (a *App) renewalOpened(c *Capture, r *renewal, s *session.Session, err error) {
	l := c.Live
	switch {
	case a.Capture != c || l.renewing != r:
		if s != nil {
			a.release(s)
		}
	case err != nil: // the next look tries again
		l.renewing = nil
	default:
		if r.session = s; s.Before() >= c.Session.Before() {
			r.goal = reachedBy(c.Session)
		}
		a.readLive(c, s)
	}
}

// reachedBy is the number of the last packet that a session has read.
func reachedBy(s *session.Session) uint64 {
	_, _, frames, _ := s.Progress()
	return uint64(s.Before()) + uint64(frames)
}

// partingTime is how long the window may still draw rows of a session that was replaced: it counts the heights of many rows first.
const partingTime = 2 * time.Second

// partFrom closes a session that is not shown any more, a moment later.
func (a *App) partFrom(l *Live, s *session.Session) {
	a.part(l)
	l.parted = s
	l.stopParting = a.after(partingTime, func() {
		a.host.Post(func() {
			if l.parted == s {
				a.part(l)
			}
		})
	})
}

// part closes the session that was shown before, if it is not closed yet.
func (a *App) part(l *Live) {
	if s := l.parted; s != nil {
		l.parted = nil
		l.stopParting()
		a.release(s)
	}
}

// dropRenewal gives up what is being read again, and what was shown before. l may be nil.
func (a *App) dropRenewal(l *Live) {
	if l == nil {
		return
	}
	a.part(l)
	if l.renewing == nil {
		return
	}
	r := l.renewing
	if l.renewing = nil; r.making != nil {
		r.making()
	}
	if r.session != nil {
		a.release(r.session)
	}
}

// renewed puts the capture that was read again in place of the other one: as soon as it has caught up and everything that is shown was
// made of it. While something is saved of the other one that stays.
func (a *App) renewed(c *Capture) {
	l := c.Live
	r := l.renewing
	l.late.Store(true) // looked at again soon
	switch {
	case r.session == nil || r.making != nil:
	case r.made != nil && c.Saving == nil && r.made.fits(c):
		l.turned, l.renewing = r.turned, nil
		old := c.Session
		a.take(c, r.made)
		a.partFrom(l, old)
	case r.made != nil && c.Saving != nil:
	case reachedBy(r.session) >= r.goal:
		ctx, cancel := context.WithCancel(c.ctx)
		t, work := a.turning(c, r.session)
		r.making, r.made = cancel, nil
		a.background(ctx, func() { work(ctx) }, func() {
			cancel()
			if r.making, r.made = nil, t; l.renewing == r && a.Capture == c && !l.Paused {
				a.renewed(c)
			}
		})
	}
}
