package exchange

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/session"
)

// close is how the connection ended: the indexes of the first RST and of each side's first FIN, -1 if there is none.
type closing struct {
	rst   int
	rstBy flow.Direction
	fin   [2]int
}

func closingOf(v *session.View) closing {
	c := closing{rst: -1, fin: [2]int{-1, -1}}
	for i := range v.Len() {
		r := v.At(i)
		if r.Flags.Has(packet.RST) && c.rst < 0 {
			c.rst, c.rstBy = i, r.Dir()
		}
		if r.Flags.Has(packet.FIN) && c.fin[r.Dir()] < 0 {
			c.fin[r.Dir()] = i
		}
	}
	return c
}

// ending says how an exchange ended.
func (b *builder) ending(x *Exchange) Ending {
	if s := x.H2; s != nil {
		switch {
		case s.Reset != nil && !(s.Request.Complete && s.Response.Complete):
			return Ending{Kind: ResetStream, By: s.Reset.Dir, Code: s.Reset.Code, Packet: s.Reset.At}
		case s.Unprocessed:
			return Ending{Kind: Refused, By: flow.ServerToClient, Packet: -1}
		}
	}
	q, r := x.Request, x.Response
	switch {
	case x.dropped, broken(q, http2.BrokenTooMany), broken(r, http2.BrokenTooMany):
		return Ending{Kind: NotFollowed, Packet: -1}
	case q == nil, broken(q, proto.BrokenGap), broken(r, proto.BrokenGap), r == nil && x.lost:
		return Ending{Kind: Missing, Packet: -1}
	case r == nil:
		return b.unanswered(q)
	case !r.Complete:
		return b.brokenOff(r, flow.ServerToClient)
	case !q.Complete:
		return b.brokenOff(q, flow.ClientToServer)
	}
	return Ending{Kind: Complete, Packet: r.Last}
}

func broken(m *Message, reason string) bool { return m != nil && m.Broken == reason }

// unanswered says what kept a request from being answered.
func (b *builder) unanswered(q *Message) Ending {
	if e := b.brokenOff(q, flow.ClientToServer); !q.Complete && e.Kind != CutOff {
		return e
	}
	c := &b.closing
	client, server := c.fin[flow.ClientToServer], c.fin[flow.ServerToClient]
	switch {
	case c.rst >= 0 && c.rst >= q.First:
		return Ending{Kind: ResetConnection, By: c.rstBy, Packet: c.rst}
	case server >= 0 && (client < 0 || server < client):
		return Ending{Kind: ClosedEarly, By: flow.ServerToClient, Packet: server}
	case client >= 0:
		return Ending{Kind: ClosedEarly, By: flow.ClientToServer, Packet: client}
	}
	return Ending{Kind: CutOff, Packet: -1}
}

// brokenOff says what ended a message from dir before its end.
func (b *builder) brokenOff(m *Message, dir flow.Direction) Ending {
	c := &b.closing
	switch {
	case c.fin[dir] >= 0 && (m.Broken == proto.BrokenClosed || c.rst < 0):
		return Ending{Kind: ClosedEarly, By: dir, Packet: c.fin[dir]}
	case c.rst >= 0 && c.rst >= m.First:
		return Ending{Kind: ResetConnection, By: c.rstBy, Packet: c.rst}
	case m.Broken == http2.BrokenReset, m.Broken == proto.BrokenCutOff, m.Broken == proto.BrokenClosed:
		return Ending{Kind: CutOff, Packet: -1}
	}
	return Ending{Kind: Missing, Packet: -1} // unreadable
}
