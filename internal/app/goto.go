package app

import "sort"

// GoTo selects the packet with the given number, in whatever connection it is. One that is not shown is shown first.
func (a *App) GoTo(frame uint32) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	if c.View != nil && c.View.Find(frame) >= 0 {
		a.SelectFrame(frame)
		return
	}
	x := c.Session.Index()
	i := sort.Search(x.Len(), func(i int) bool { return x.At(i).Frame >= frame })
	if i == x.Len() || x.At(i).Frame != frame {
		if frame <= c.Session.Before() {
			a.host.Notify(Notice{Text: noticePacketGone})
		}
		return // no segment of TCP
	}
	c.goal = frame
	a.SelectConnection(int(x.At(i).Stream))
}

// reached returns the packet to select in a connection that is shown because a packet of it was asked for.
func (c *Capture) reached() (packet int, ok bool) {
	goal := c.goal
	c.goal = 0
	if goal == 0 {
		return 0, false
	}
	packet = c.View.Find(goal)
	return packet, packet >= 0
}
