package http1

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// silentMethods are requests that Wireshark expects no answer to when it pairs messages.
var silentMethods = map[string]bool{"NOTIFY": true, "SUBSCRIBE": true, "UNSUBSCRIBE": true}

// ask files a request, or an unreadable one, among those that wait for an answer.
func (d *Decoder) ask(h *Head) {
	if len(d.pending) == maxPending {
		d.pending = append(d.pending[:0], d.pending[1:]...)
	}
	d.pending = append(d.pending, h)
}

// answer finds the request that a response with h's status belongs to: the oldest one without a final answer.
func (d *Decoder) answer(h *Head) {
	if d.resync && len(d.pending) > 1 {
		// Answers were lost, and requests that wait may have got theirs. Without pipelining the newest is the right one.
		d.pending = append(d.pending[:0], d.pending[len(d.pending)-1])
	}
	d.resync = false
	if len(d.pending) == 0 {
		return
	}
	h.Request = d.pending[0]
	if !h.Interim() {
		d.pending = append(d.pending[:0], d.pending[1:]...)
	}
}

func (d *Decoder) finishRequest(h *Head, m proto.Message) {
	if m.Complete && !silentMethods[h.Method] {
		d.latest = h
	}
	d.emit(m)
}

func (d *Decoder) finishResponse(h *Head, m *proto.Message) {
	if m.Complete && d.latest != nil && !d.latest.answered {
		h.ShownRequest, d.latest.answered = d.latest, true
	}
	if h.Status == 101 && m.Complete {
		m.Next, d.done = h.Upgrade, true
	}
	if h.Tunnel && m.Complete {
		d.done = true
	}
	d.emit(*m)
	if h.Request != nil && h.Request.switching && !h.Interim() && !d.done {
		dir := d.server.Reverse()
		if s := &d.side[dir]; s.state == held {
			d.unhold(dir, s)
		}
	}
}

// hold keeps bytes behind a request that may switch protocols until its answer says what they are.
func (d *Decoder) hold(dir flow.Direction, s *side, b []byte) []byte {
	if s.unheld { // b is our own already
		s.buf = b
		return nil
	}
	n := min(len(b), maxHeld-len(s.buf))
	s.buf = append(s.buf, b[:n]...)
	if n < len(b) {
		d.unhold(dir, s)
	}
	return b[n:]
}

// unhold reads held bytes as HTTP after all.
func (d *Decoder) unhold(dir flow.Direction, s *side) {
	b := s.buf
	s.buf, s.state, s.unheld = nil, startLine, true
	d.Data(dir, b)
	s.unheld = false
}
