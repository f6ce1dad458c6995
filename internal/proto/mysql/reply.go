package mysql

import "tcptalk/internal/proto"

// part is where the open answer is.
type part uint8

const (
	first     part = iota // no message is open
	params                // definitions of a statement's parameters
	columns               // definitions of columns
	maybeRows             // behind the columns: an EOF, or a row already
	rows
	fields // definitions of a table's columns, of which the number is not announced
)

// reply is the message of the server that is open.
type reply struct {
	part       part
	m          *Message
	start, end int64
	left       int        // definitions to come
	eof        bool       // COM_STMT_PREPARE_OK: an EOF is due, unless both sides have done away with it
	stmt       *statement // whose execution is answered
}

// fromServer takes a packet of the server.
func (d *Decoder) fromServer(s *side, p *packet, why string) {
	if b, ok := p.firstByte(); d.reply.eof && (!ok || b != len64 || p.length > mostEOF) {
		d.reply.eof = false // there is none after all
		d.nextDefinitions()
	}
	if d.reply.m != nil {
		if d.counted && !s.compressed && p.first != d.next {
			d.reply.m.note(true, BadSequence)
		}
		d.reply.m.add(p)
		d.reply.end = p.end
		d.goOn(p, why)
		return
	}
	if p.first == 0 && len(d.pending) == 0 && d.hello == nil {
		if h, ok := readHello(p.buf); ok {
			d.greet(s, p, h, why)
			return
		}
	}
	d.begin(p, why)
}

// greet takes the server's greeting.
func (d *Decoder) greet(s *side, p *packet, h *Hello, why string) {
	p.guessed = false
	m := d.newMessage(Greeting, p)
	m.Hello = h
	d.hello = m
	d.tell(d.server, m, p, why)
	s.state = held
	if c := &d.side[d.server.Reverse()]; c.state == guess && len(c.head) == 0 && c.region == nil {
		c.state = header
	}
}

// expect finds the message that the packet answers, and checks that the packet is the one due.
func (d *Decoder) expect(m *Message, p *packet) (kind answer) {
	if d.resync && len(d.pending) > 1 {
		// Answers were lost. Clients wait for each, so the newest command is the one.
		d.pending, d.answered = append(d.pending[:0], d.pending[len(d.pending)-1]), false
	}
	d.resync = false
	if m.Request = d.head(); m.Request == nil {
		return answerAny
	}
	switch a := d.pending[0]; {
	case d.answered:
		d.checkSequence(d.server, m, p, d.next)
	case a.sure:
		d.checkSequence(d.server, m, p, a.last+1)
	}
	d.answered = true
	if m.Request.Command == nil {
		return answerLogin
	}
	return commands[m.Request.Command.Code].answer
}

// begin takes the first packet of an answer.
func (d *Decoder) begin(p *packet, why string) {
	m := d.newMessage(Unreadable, p)
	kind := d.expect(m, p)
	b, ok := p.firstByte()
	c := cursor{b: p.buf}
	c.u8()
	switch {
	case !ok:
		m.note(p.whole(), Malformed)
		d.simple(m, p, why)
	case b == lenError:
		d.failed(m, &c, p, why)
	case kind == answerLogin:
		d.loginStep(m, b, &c, p, why)
	case kind == answerText:
		m.Kind, m.Text = Text, append([]byte(nil), p.buf[:min(len(p.buf), max(d.keep, 0))]...)
		d.simple(m, p, why)
	case kind == answerLog && b == 0:
		d.logEvent(m, &c, p, why)
	case kind == answerPrepared && b == 0:
		d.prepare(m, &c, p, why)
	case kind == answerFields:
		m.Kind, m.Result = Fields, &Result{}
		d.reply = reply{part: fields, m: m, start: p.start, end: p.end}
		d.goOn(p, why)
	case kind == answerRows:
		d.fetched(m, p, why)
	default:
		d.beginAny(m, b, &c, p, why)
	}
}

// beginAny takes the first packet of an answer that may have any form.
func (d *Decoder) beginAny(m *Message, b byte, c *cursor, p *packet, why string) {
	switch {
	case b == 0 && p.length < leastOK && d.caps.Has(CapOptionalMetadata):
		d.resultSet(m, p, why) // without definitions
	case b == 0, b == len64 && p.length >= leastOK:
		m.Kind, m.Status = OK, readOK(c, d.caps)
		m.note(c.short && p.whole(), Malformed)
		d.succeed(m, p, why)
	case b == len64:
		m.Kind, m.Status = EOF, readEOF(c)
		d.succeed(m, p, why)
	case b == lenNull:
		m.Kind, m.Text = FileRequest, []byte(clip(c.b))
		d.file = m
		d.tell(d.server, m, p, why)
	default:
		d.resultSet(m, p, why)
	}
}

// Lengths by which packets with the same first byte are told apart.
const (
	leastOK = 7 // of an OK packet; an EOF packet has at most 5 bytes
	mostEOF = 5
)

// succeed emits a message that ends an answer, unless it says that more follows.
func (d *Decoder) succeed(m *Message, p *packet, why string) {
	ends := m.Status == nil || !m.Status.Flags.Has(MoreResults)
	req := m.Request
	d.tell(d.server, m, p, why)
	if ends {
		d.answerEnds()
	}
	if m.Kind == OK && req != nil && req.Kind == Login && d.compression {
		d.side[d.server].compressed = true
		if c := &d.side[d.server.Reverse()]; len(c.head) == 0 && c.state == header && !c.compressed {
			c.compressed = true
		}
	}
}

// simple emits a message that is the whole answer.
func (d *Decoder) simple(m *Message, p *packet, why string) {
	d.tell(d.server, m, p, why)
	d.answerEnds()
}

// failed takes an ERR packet, which ends an answer unless it only tells of progress.
func (d *Decoder) failed(m *Message, c *cursor, p *packet, why string) {
	f := readFailure(c)
	if m.note(c.short && p.whole(), Malformed); f.Code == progressCode {
		m.Kind = Progress
		d.tell(d.server, m, p, why)
		return
	}
	m.Kind, m.Failure = Error, f
	d.simple(m, p, why)
}

// loginStep takes a packet of the server while the client logs in.
func (d *Decoder) loginStep(m *Message, b byte, c *cursor, p *packet, why string) {
	const (
		more     = 1
		fastDone = 3 // caching_sha2_password
		fullAuth = 4
	)
	switch b {
	case 0:
		m.Kind, m.Status = OK, readOK(c, d.caps)
		m.note(c.short && p.whole(), Malformed)
		d.succeed(m, p, why)
		return
	case len64:
		m.Kind, m.Auth = AuthSwitch, &Auth{Plugin: "mysql_old_password"}
		if p.length > 1 {
			m.Auth.Plugin = c.terminated()
		}
		m.Auth.Len = int64(len(c.b))
	case more:
		m.Kind, m.Auth = AuthMore, &Auth{Len: p.length - 1}
		switch {
		case len(c.b) > 1 && c.b[0] == '-':
			m.Auth.Step = StepKey // in PEM
		case p.length == 2 && len(c.b) == 1 && c.b[0] == fastDone:
			m.Auth.Step = StepFast
		case p.length == 2 && len(c.b) == 1 && c.b[0] == fullAuth:
			m.Auth.Step = StepFull
		}
	default:
		m.note(true, Malformed)
	}
	d.tell(d.server, m, p, why)
}

// logEvent takes an event of the binary log; the answer goes on.
func (d *Decoder) logEvent(m *Message, c *cursor, p *packet, why string) {
	e := &LogEvent{Timestamp: c.u32(), Type: c.u8()}
	c.take(4 + 4) // the server's id and the event's length
	e.Position = c.u32()
	m.Kind, m.Event = BinlogEvent, e
	m.note(c.short && p.whole(), Malformed)
	d.tell(d.server, m, p, why)
}

// prepare takes COM_STMT_PREPARE_OK, behind which the definitions follow.
func (d *Decoder) prepare(m *Message, c *cursor, p *packet, why string) {
	st := &Prepare{ID: c.u32(), ColumnCount: int(c.u16()), ParamCount: int(c.u16())}
	c.take(min(1, uint64(len(c.b))))
	if len(c.b) >= 2 {
		st.Warnings = c.u16()
	}
	if m.Request != nil {
		st.Text = m.Request.Command.Text
	}
	m.Kind, m.Prepared = Prepared, st
	m.note(c.short && p.whole(), Malformed)
	d.remember(st)
	none := d.caps.Has(CapOptionalMetadata) && len(c.b) > 0 && c.b[0] == 0
	if none || c.short || why != "" && why != proto.BrokenGap {
		d.simple(m, p, why)
		return
	}
	d.reply = reply{part: params, m: m, start: p.start, end: p.end, left: st.ParamCount}
	d.nextDefinitions()
}

// nextDefinitions goes on to the next group of definitions behind one that has ended, or ends the message.
func (d *Decoder) nextDefinitions() {
	o := &d.reply
	st := o.m.Prepared
	if o.left > 0 || o.eof {
		return
	}
	if o.part == params && st.ColumnCount > 0 {
		o.part, o.left = columns, st.ColumnCount
		return
	}
	d.finish("")
}

// fetched takes the first packet that answers COM_STMT_FETCH: a row already.
func (d *Decoder) fetched(m *Message, p *packet, why string) {
	m.Kind, m.Result = Rows, &Result{Binary: true}
	m.Prepared = m.Request.Prepared
	if st := d.statement(m.Request.Command.Statement); st != nil {
		m.Result.Columns, m.Result.ColumnCount = st.definitions()
	}
	d.reply = reply{part: rows, m: m, start: p.start, end: p.end}
	d.goOn(p, why)
}

// resultSet takes the packet that begins a result set with the number of its columns.
func (d *Decoder) resultSet(m *Message, p *packet, why string) {
	n, follow := readColumnCount(p.buf, d.caps)
	if n == 0 || n > maxColumns {
		s := &d.side[d.server]
		d.answerEnds()
		m.note(true, Malformed)
		d.tell(d.server, m, p, BrokenNotMySQL)
		d.lose(d.server, s, BrokenNotMySQL, p.end, 0)
		return
	}
	m.Kind, m.Result = Rows, &Result{ColumnCount: int(n)}
	d.reply = reply{part: columns, m: m, start: p.start, end: p.end, left: int(n)}
	if req := m.Request; req != nil && req.Command != nil && req.Command.Code == ComStmtExecute {
		m.Result.Binary, m.Prepared = true, req.Prepared
		d.reply.stmt = d.statement(req.Command.Statement)
	}
	if !follow {
		if st := d.reply.stmt; st != nil {
			m.Result.Columns, _ = st.definitions()
		}
		d.reply.part, d.reply.left = maybeRows, 0
	}
	if why != "" && why != proto.BrokenGap {
		d.finish(why)
	}
}

// readColumnCount reads the packet that begins a result set: how many columns, and whether their definitions follow. It
// returns 0 if the packet is none.
func readColumnCount(b []byte, caps Capability) (n uint64, follow bool) {
	c := cursor{b: b}
	follow = true
	if caps.Has(CapOptionalMetadata) && len(b) > 1 {
		follow = c.u8() == 1
	}
	n, _ = c.length()
	if caps.Has(CapCacheMetadata) && len(c.b) == 1 {
		follow = c.u8() == 1
	}
	if c.short || len(c.b) > 0 {
		return 0, false
	}
	return n, follow
}

// goOn takes a further packet of the open message.
func (d *Decoder) goOn(p *packet, why string) {
	o := &d.reply
	b, ok := p.firstByte()
	c := cursor{b: p.buf}
	switch {
	case ok && b == lenError:
		c.u8()
		if o.m.Failure = readFailure(&c); o.m.Failure.Code == progressCode {
			o.m.Failure = nil
			return
		}
		d.finish("")
	case o.part == params || o.part == columns:
		d.definition(&c, p)
	case ok && b == len64 && p.length < maxFrame:
		d.terminator(&c, p)
	case o.part == fields:
		o.m.Result.ColumnCount++
		o.m.column(&o.m.Result.Columns, &c, p, d.caps)
	default:
		d.addRow(p, why)
	}
	if why != "" && why != proto.BrokenGap && d.reply.m != nil {
		d.finish(why)
	}
}

// terminator takes an EOF packet, or the OK packet in its place: the end of the rows, or of the definitions before them.
func (d *Decoder) terminator(c *cursor, p *packet) {
	if d.reply.part == maybeRows && p.length <= mostEOF {
		if st := readEOF(&cursor{b: c.b[1:]}); !st.Flags.Has(CursorExists) {
			d.reply.part = rows
			return
		}
	}
	d.ended(c, p)
}

// definition takes a packet of a group of definitions, or the EOF behind it.
func (d *Decoder) definition(c *cursor, p *packet) {
	o := &d.reply
	if o.eof {
		o.eof = false
		d.nextDefinitions()
		return
	}
	o.left--
	if o.m.Kind != Prepared {
		if o.m.column(&o.m.Result.Columns, c, p, d.caps); o.left == 0 {
			o.part = maybeRows
		}
		return
	}
	list := &o.m.Prepared.Params
	if o.part == columns {
		list = &o.m.Prepared.Columns
	}
	o.m.column(list, c, p, d.caps)
	if o.left == 0 {
		o.eof = !d.caps.Has(CapDeprecateEOF)
		d.nextDefinitions()
	}
}

// column reads a definition and adds it to the list, as far as it is kept.
func (m *Message) column(list *[]Column, c *cursor, p *packet, caps Capability) {
	if len(*list) < keptColumns {
		*list = append(*list, readColumn(c, caps))
		m.note(c.short && p.whole(), Malformed)
	}
}

// addRow takes a row. One of which the end will not come does not count.
func (d *Decoder) addRow(p *packet, why string) {
	o := &d.reply
	if o.part = rows; why != "" && why != proto.BrokenGap {
		return
	}
	if r := o.m.Result; r.RowCount == 0 && o.m.Request == nil {
		r.Binary = !fitsText(p, r.ColumnCount)
	}
	o.m.row(p)
}

// ended takes the packet that ends rows or fields.
func (d *Decoder) ended(c *cursor, p *packet) {
	c.u8()
	if p.length <= mostEOF {
		d.reply.m.Status = readEOF(c)
	} else {
		d.reply.m.Status = readOK(c, d.caps)
	}
	d.reply.m.note(c.short && p.whole(), Malformed)
	d.finish("")
}

// finish emits the open message. why says why it is incomplete, if it is.
func (d *Decoder) finish(why string) {
	o := d.reply
	d.reply = reply{}
	if o.stmt != nil {
		o.stmt.columns, o.stmt.count = o.m.Result.Columns, o.m.Result.ColumnCount
	}
	d.send(d.server, o.m, o.start, o.end, why)
	if o.m.Failure != nil || o.m.Status == nil || !o.m.Status.Flags.Has(MoreResults) {
		d.answerEnds()
	}
}

// endReply emits the open message of the server, if there is one.
func (d *Decoder) endReply(why string) {
	if d.reply.m != nil {
		d.finish(why)
	}
}

// loseReply says that packets of the server are lost.
func (d *Decoder) loseReply() {
	d.endReply(proto.BrokenGap)
	d.resync = true
}
