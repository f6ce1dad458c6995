package redis

import (
	"strings"

	"tcptalk/internal/flow"
)

// maxPending bounds the memory of commands that wait for their answers. Beyond it answers are shown without their commands.
const maxPending = 8 << 20

// pairs finds the command that a reply answers: the oldest one without an answer, with the exceptions that the server makes.
type pairs struct {
	pending []*Message
	size    int
	// unsure says that commands or replies were lost. It lasts until the client speaks again, when the server has said what it
	// had to say.
	unsure bool
	asking bool // the client spoke last

	off, skip  bool // CLIENT REPLY OFF, and SKIP for the next command
	resp3      bool
	subscribed bool
	monitoring bool
	snapshot   bool // the next bulk string of the server is a snapshot for a replica
	replica    bool // what the server sends are its own commands
}

// turn notes who speaks.
func (p *pairs) turn(client bool) {
	if client && !p.asking {
		p.unsure = false
	}
	p.asking = client
}

// drop forgets the commands that wait.
func (p *pairs) drop() {
	p.pending, p.size, p.unsure, p.skip = nil, 0, true, false
}

// takeSnapshot reports that a bulk string is a snapshot, which has no line end behind it.
func (p *pairs) takeSnapshot() bool {
	snapshot := p.snapshot
	if snapshot {
		p.snapshot, p.replica = false, true
	}
	return snapshot
}

// subscribing are the commands that get a confirmation for each channel.
var subscribing = map[string]bool{
	"SUBSCRIBE": true, "PSUBSCRIBE": true, "SSUBSCRIBE": true, "UNSUBSCRIBE": true, "PUNSUBSCRIBE": true, "SUNSUBSCRIBE": true,
}

// ask files a command.
func (p *pairs) ask(m *Message) {
	verb := m.Verb()
	if p.silences(m, verb) {
		m.Silent = true
		return
	}
	switch verb {
	case "HELLO":
		p.resp3 = m.Arg(1) == "3" || p.resp3 && m.Arg(1) != "2"
	case "MONITOR":
		p.monitoring = true
	case "RESET":
		p.resp3, p.monitoring, p.subscribed = false, false, false
	case "SYNC", "PSYNC":
		p.snapshot = true
	}
	if subscribing[verb] {
		p.subscribed = true
		if m.want = int(m.Value.Count) - 1; m.want == 0 {
			m.want = -1 // all there are
		}
	}
	if p.unsure {
		return
	}
	m.size = m.Kept()
	if p.size += m.size; p.size > maxPending {
		p.drop()
		return
	}
	p.pending = append(p.pending, m)
}

// silences reports that the server does not answer a command.
func (p *pairs) silences(m *Message, verb string) bool {
	if m.Value.Count <= 0 || p.replica {
		return true // an empty array is ignored, and a replica only acknowledges
	}
	if verb == "CLIENT" && strings.EqualFold(m.Arg(1), "REPLY") {
		switch strings.ToUpper(m.Arg(2)) {
		case "ON":
			p.off, p.skip = false, false
			return false
		case "OFF":
			p.off = true
			return true
		case "SKIP":
			p.skip = !p.off
			return true
		}
	}
	skip := p.skip
	p.skip = false
	return p.off || skip
}

// answer says what a server's message is, and which command it answers.
func (p *pairs) answer(m *Message) {
	m.Kind = Reply
	v := &m.Value
	switch {
	case p.confirms(m):
		return
	case v.Type == PushData, !p.resp3 && (p.subscribed || len(p.pending) == 0) && published(v), p.monitoring && monitored(v),
		p.replica && len(p.pending) == 0:
		m.Kind = Push
		p.resp3 = p.resp3 || v.Type == PushData
		return
	}
	if m.Request = p.pop(); m.Request != nil && m.Request.Verb() == "PSYNC" && strings.HasPrefix(v.Text, "CONTINUE") {
		p.snapshot, p.replica = false, true
	}
}

// pop takes the oldest command that waits.
func (p *pairs) pop() *Message {
	for len(p.pending) > 0 {
		if m := p.shift(); !m.confirmed {
			return m
		}
	}
	return nil
}

// shift takes the first command out.
func (p *pairs) shift() *Message {
	m := p.pending[0]
	p.pending[0] = nil
	p.pending = p.pending[1:]
	p.size -= m.size
	return m
}

// confirms reports a confirmation of a subscription, or of its end, and pairs it.
func (p *pairs) confirms(m *Message) bool {
	const parts = 3 // what, channel, count
	v := &m.Value
	if v.Type != Array && v.Type != PushData || v.Count != parts || len(v.Elements) < parts || v.Elements[parts-1].Type != Integer {
		return false
	}
	verb := strings.ToUpper(v.Elements[0].Text)
	for len(p.pending) > 0 && p.pending[0].confirmed && p.pending[0].want < 0 && p.pending[0].Verb() != verb {
		p.shift()
	}
	if !subscribing[verb] || len(p.pending) == 0 || p.pending[0].Verb() != verb {
		return false
	}
	c := p.pending[0]
	m.Request, c.confirmed = c, true
	if c.want > 0 {
		if c.want--; c.want == 0 {
			p.shift()
		}
	}
	return true
}

// published reports what RESP2 sends to a subscriber.
func published(v *Value) bool {
	if v.Type != Array || len(v.Elements) == 0 {
		return false
	}
	switch v.Elements[0].Text {
	case "message", "smessage":
		return v.Count == 3
	case "pmessage":
		return v.Count == 4
	}
	return false
}

// monitored reports a line of MONITOR: a time, and the database and client in brackets.
func monitored(v *Value) bool {
	return v.Type == SimpleString && v.Text != "" && v.Text[0] >= '0' && v.Text[0] <= '9' && strings.Contains(v.Text, " [")
}

// classify says what a message is, once it is read.
func (d *Decoder) classify(dir flow.Direction, m *Message, line, whole bool) {
	command := line || m.bulks() && !published(&m.Value)
	switch {
	case !d.told:
		d.told, d.client = true, dir
		if !command {
			d.client = dir.Reverse()
		}
		d.pairs.asking = command
	case dir == d.client && !command && !d.sure && whole:
		d.learn(dir, true)
	}
	if dir != d.client {
		if whole {
			d.pairs.answer(m)
		} else {
			m.Kind = Reply
		}
		m.hideSettings()
		return
	}
	m.Kind, m.Inline = Command, line
	if !line && whole && !m.bulks() {
		m.note(NotBulk)
	}
	if whole {
		d.pairs.ask(m)
	}
	m.hidePasswords()
}

// bulks reports an array of bulk strings, as commands are.
func (m *Message) bulks() bool {
	return m.Value.Type == Array && m.Counts.Arrays == 1 && m.Counts.Bulks == m.Counts.Values()-1
}
