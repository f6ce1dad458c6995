package mysql

import "tcptalk/internal/proto"

// fromClient takes a packet of the client.
func (d *Decoder) fromClient(p *packet, why string) {
	dir := d.server.Reverse()
	switch {
	case d.file != nil:
		d.fileData(p, why)
	case p.first == 0:
		d.takeCommand(p, why)
	case d.login == nil && (d.hello != nil || looksLikeLogin(p.buf)):
		d.takeLogin(p, why)
	default:
		m := d.newMessage(AuthData, p)
		m.Auth = &Auth{Len: p.length}
		if head := d.head(); head != nil && p.length == 1 && len(p.buf) == 1 && p.buf[0] == 2 {
			m.Auth.Step = StepKeyWanted
		}
		if d.counted {
			d.checkSequence(dir, m, p, d.next)
		}
		d.tell(dir, m, p, why)
	}
}

// takeCommand emits a command.
func (d *Decoder) takeCommand(p *packet, why string) {
	m := d.command(p)
	if commands[m.Command.Code].answer != answerNone {
		d.ask(m, p)
	}
	d.tell(d.server.Reverse(), m, p, why)
}

// takeLogin emits the client's answer to the greeting.
func (d *Decoder) takeLogin(p *packet, why string) {
	m := d.newMessage(Login, p)
	account, tls, short := readAccount(p.buf)
	m.Account = account
	m.note(short && p.whole(), Malformed)
	if d.counted {
		d.checkSequence(d.server.Reverse(), m, p, d.next)
	}
	if tls {
		m.Kind = TLSRequest
		d.tell(d.server.Reverse(), m, p, why)
		return
	}
	d.login, d.caps = m, account.Capabilities
	if d.hello != nil {
		d.caps &= d.hello.Hello.Capabilities
	}
	d.compression = d.caps&(CapCompress|CapZstd) != 0
	d.ask(m, p)
	d.tell(d.server.Reverse(), m, p, why)
}

// ask files a message among those that wait for an answer.
func (d *Decoder) ask(m *Message, p *packet) {
	if len(d.pending) == maxPending {
		d.pending = append(d.pending[:0], d.pending[1:]...)
		d.answered = false
	}
	d.pending = append(d.pending, asked{m, p.last, p.missing == 0 && !p.guessed})
}

// head returns the message whose answer is due, nil if none is known.
func (d *Decoder) head() *Message {
	if len(d.pending) == 0 {
		return nil
	}
	return d.pending[0].m
}

// answerEnds says that the answer to the first of pending is all there.
func (d *Decoder) answerEnds() {
	if len(d.pending) > 0 {
		d.pending = append(d.pending[:0], d.pending[1:]...)
	}
	d.answered = false
}

// fileData takes a packet of the file that the server asked for; an empty one ends the file.
func (d *Decoder) fileData(p *packet, why string) {
	m := d.content
	if m == nil {
		m = &Message{Kind: FileData, Request: d.file.Request, room: d.keep}
		d.content, d.contentAt = m, p.start
	}
	m.add(p)
	m.note(d.counted && !d.side[d.server.Reverse()].compressed && p.first != d.next, BadSequence)
	if m.Missing == 0 && m.room > 0 {
		n := min(len(p.buf), m.room)
		m.Text = append(m.Text, p.buf[:n]...)
		m.room -= n
	}
	d.contentEnd = p.end
	if p.length == 0 || why != "" && why != proto.BrokenGap {
		d.endFile(why)
	}
}

// endFile emits the file that the client sends, if one is open.
func (d *Decoder) endFile(why string) {
	m := d.content
	d.content, d.file = nil, nil
	if m != nil {
		d.send(d.server.Reverse(), m, d.contentAt, d.contentEnd, why)
	}
}

// looksLikeLogin reports that b begins like Protocol::HandshakeResponse41.
func looksLikeLogin(b []byte) bool {
	if len(b) < leastLogin {
		return false
	}
	const filler, end = 9, 28 // zero, up to MariaDB's capabilities
	for _, c := range b[filler:end] {
		if c != 0 {
			return false
		}
	}
	return Capability(b[1])<<8&CapProtocol41 != 0
}
