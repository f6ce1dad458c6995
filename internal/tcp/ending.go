package tcp

import "tcptalk/internal/packet"

// judge brings Ending up to date after a segment that is no RST.
func (a *analyzer) judge(e *event) {
	c := a.conn
	if c.Ending == NoAnswer && (a.out.Dir != c.FirstFrom || e.ack) {
		c.Ending = StillOpen // who acknowledges was answered, captured or not
	}
	if c.Ending == Refused && a.seg.Flags.Has(packet.SYN|packet.ACK) {
		c.Ending, c.EndFrame, c.EndedBy = StillOpen, 0, 0 // a later attempt was answered
	}
	if e.fin && c.EndFrame == 0 {
		c.EndedBy, c.EndFrame = a.out.Dir, a.seg.Frame
	}
	if c.Ending != Reset && c.Ending != Refused {
		c.judgeFins()
	}
}

// judgeFins looks at how far the FINs got. Where none was acknowledged Ending stays as it is.
func (c *conn) judgeFins() {
	client, server := &c.ends[0], &c.ends[1]
	clientDone := client.finSent && server.hasAcknowledged(client.finNext)
	serverDone := server.finSent && client.hasAcknowledged(server.finNext)
	switch {
	case clientDone && serverDone && c.crossed:
		c.Ending = Simultaneous
	case clientDone && serverDone:
		c.Ending = Orderly
	case clientDone || serverDone:
		c.Ending = HalfClosed
	}
}

// end records that an RST ended the connection, unless it was over before.
func (a *analyzer) end(how Ending) {
	c := a.conn
	if c.EndFrame == 0 {
		c.EndedBy, c.EndFrame = a.out.Dir, a.seg.Frame
	}
	if c.Ending != Orderly && c.Ending != Simultaneous {
		c.Ending = how
	}
}
