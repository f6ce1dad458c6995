package http1

import (
	"bytes"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// silentMethods are requests that Wireshark expects no answer to when it pairs messages.
var silentMethods = map[string]bool{"NOTIFY": true, "SUBSCRIBE": true, "UNSUBSCRIBE": true}

// file pairs a message whose header section has ended, or will not come.
func (d *Decoder) file(h *Head) {
	if h.Kind == Response {
		d.answer(h)
	} else {
		d.ask(h)
	}
}

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
	if h.Request == nil || h.Interim() || d.done {
		return
	}
	dir := d.server.Reverse()
	if s := &d.side[dir]; s.state == held && h.Request.switching || s.heldPreface() && len(d.pending) == 0 {
		d.unhold(dir, s)
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

// unholdAll reads held bytes as HTTP after all: no answer will come. Each request behind them may hold again.
func (d *Decoder) unholdAll(dir flow.Direction, s *side) {
	for s.state == held && !d.done {
		d.unhold(dir, s)
	}
}

// unholdPreface ends the wait for an answer when it was lost, or is no HTTP, and the client goes on in HTTP/2.
func (d *Decoder) unholdPreface() {
	dir := d.server.Reverse()
	if s := &d.side[dir]; s.heldPreface() && !s.unheld && d.side[d.server].state == lost {
		d.unhold(dir, s)
	}
}

// heldPreface reports that the held bytes begin with the first line of HTTP/2.
func (s *side) heldPreface() bool {
	return s.state == held && bytes.HasPrefix(s.buf, []byte(http2Preface))
}

// preface reports that a line of dir is the first one of HTTP/2, whatever was agreed. The decoder gives way to that, unless
// an answer is due that HTTP/1 may be able to read: then the line is held.
func (d *Decoder) preface(dir flow.Direction, s *side, line []byte, r Range) bool {
	if dir == d.server && d.roles || string(line) != http2Preface+"\r\n" {
		return false
	}
	s.pos = r.Start
	if s.state == lost {
		d.finishLost(dir, s)
	}
	s.buf = append(s.buf[:0], line...)
	server := &d.side[dir.Reverse()]
	if server.state != lost && len(d.pending) > 0 && !s.unheld {
		s.state = held
		return true
	}
	d.done = true
	if server.state == lost {
		d.keepLost(server, server.buf)
		server.pos += int64(len(server.buf))
		server.buf = nil
		d.finishLost(dir.Reverse(), server)
		d.flushStray(dir.Reverse())
	}
	return true
}

// unhold reads held bytes as HTTP after all.
func (d *Decoder) unhold(dir flow.Direction, s *side) {
	b := s.buf
	s.buf, s.state, s.unheld = nil, startLine, true
	d.Data(dir, b)
	s.unheld = false
}
