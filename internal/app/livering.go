package app

import (
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// renewal is the capture of a ring being read again from the first file that is still there: without it the packets that the
// ring gave up would stay in memory, and on the disk.
type renewal struct {
	session *session.Session // nil until its file is open
	turned  int
}

// renew reads the capture again if a whole ring of files was given up since it was read last. Marks stand at packets by their
// numbers, which begin anew: as long as there are some everything stays.
func (a *App) renew(c *Capture) {
	l := c.Live
	if l.renewing != nil {
		a.renewed(c)
		return
	}
	if files := l.Spec.Ring.Files; files == 0 || l.State.Turned-l.turned < files || len(c.Notes.Marks.All()) > 0 {
		return
	}
	r := &renewal{turned: l.State.Turned}
	l.renewing = r
	go func() {
		f, err := l.recording.Open()
		a.host.Post(func() { a.renewalOpened(c, r, f, err) })
	}()
}

func (a *App) renewalOpened(c *Capture, r *renewal, f *pcapfile.File, err error) {
	l := c.Live
	if err != nil { // the next look tries again
		l.renewing = nil
		return
	}
	s := session.New(f)
	if a.Capture != c || l.renewing != r {
		a.release(s)
		return
	}
	r.session = s
	a.readLive(c, s)
}

// dropRenewal gives up what is being read again. l may be nil.
func (a *App) dropRenewal(l *Live) {
	if l != nil && l.renewing != nil {
		if s := l.renewing.session; s != nil {
			a.release(s)
		}
		l.renewing = nil
	}
}

// renewed puts the capture that was read again in place of the other one as soon as it has caught up.
func (a *App) renewed(c *Capture) {
	l := c.Live
	s := l.renewing.session
	if s == nil {
		return
	}
	if read, _, _, _ := s.Progress(); read < l.State.Bytes {
		l.late.Store(true)
		return
	}
	old := c.Session
	c.Session, l.turned, l.renewing = s, l.renewing.turned, nil
	l.reading.Store(s)
	l.seen, c.decodeAs = -1, nil
	a.applyRules(c)
	stream := s.Streams() - 1
	if c.View != nil {
		for i := range s.Streams() {
			if conn := s.Connection(i); conn.Client == c.View.Conn.Client && conn.Server == c.View.Conn.Server {
				stream = i
			}
		}
	}
	a.leaveOther(c)
	c.Packet = -1 // its number is another one now
	a.selectConnection(stream)
	a.list(c)
	a.searchRead(c)
	a.release(old)
}
