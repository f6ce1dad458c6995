package postgres

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Bounds of one message.
const (
	// DefaultKeep is how many bytes of a message's texts and values are kept.
	DefaultKeep = 16 << 10
	// minRead is how much of a message is read whatever is kept of it: enough for tags, names and errors.
	minRead = 2 << 10
	// maxColumns bounds columns, parameters and fields that are kept; a table has at most 1600 columns.
	maxColumns = 256
	// maxRows is how many rows of a run are kept: what fits on a screen.
	maxRows = 20
)

// payload is the beginning of a message's payload while it is read.
type payload struct {
	b    []byte
	rest int64 // bytes behind b that were not kept
	bad  bool  // the fields do not fit
	cut  bool  // the fields go on in what was not kept
}

// take returns the next n bytes, nil if they are not there.
func (p *payload) take(n int) []byte {
	if p.bad || p.cut {
		return nil
	}
	if n > len(p.b) {
		p.cut = int64(n-len(p.b)) <= p.rest
		p.bad = !p.cut
		return nil
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}

func (p *payload) byte() byte {
	if b := p.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (p *payload) int16() int {
	if b := p.take(2); b != nil {
		return int(int16(binary.BigEndian.Uint16(b)))
	}
	return 0
}

func (p *payload) int32() int32 {
	if b := p.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

// str returns the next string, which a NUL ends. One that goes on in what was not kept is returned as far as it is known.
func (p *payload) str() string {
	s, _ := p.longStr()
	return s
}

// longStr returns a string and the length of all of it, as far as that can be told: behind it stands nothing long.
func (p *payload) longStr() (string, int64) {
	if p.bad || p.cut {
		return "", 0
	}
	i := bytes.IndexByte(p.b, 0)
	if i >= 0 {
		s := string(p.b[:i])
		p.b = p.b[i+1:]
		return s, int64(i)
	}
	s, n := string(p.b), int64(len(p.b))+p.rest
	p.b = nil
	if p.cut = p.rest > 0; p.cut {
		return s, n - 1
	}
	p.bad = true
	return s, n
}

// value returns the next value with its length in front.
func (p *payload) value() Value {
	n := p.int32()
	switch {
	case p.bad || p.cut:
		return Value{}
	case n < 0:
		p.bad = n != -1
		return Value{Null: true}
	}
	v := Value{Length: int64(n)}
	if int(n) <= len(p.b) {
		v.Text = string(p.take(int(n)))
		return v
	}
	v.Text = string(p.b)
	p.take(int(n))
	return v
}

// count returns a number of things to come, each of at least size bytes.
func (p *payload) count(size int) int {
	n := p.int16()
	if n < 0 || int64(n)*int64(size) > int64(len(p.b))+p.rest {
		p.bad = p.bad || !p.cut
		return 0
	}
	return n
}

// more reports that fields may follow.
func (p *payload) more() bool { return !p.bad && !p.cut && len(p.b) > 0 }

// readers read the payloads of messages other than rows and pieces of a COPY. Those without one, as Sync, are not here.
var readers = map[Kind]func(*Message, *payload){
	Startup: (*Message).readStartup, SSLRequest: (*Message).readStartup, GSSENCRequest: (*Message).readStartup, CancelRequest: (*Message).readStartup,
	Query: (*Message).readText, CommandComplete: (*Message).readText, CopyFail: (*Message).readText,
	Parse: (*Message).readExtended, Bind: (*Message).readExtended, Describe: (*Message).readExtended, Close: (*Message).readExtended,
	Execute: (*Message).readExtended, FunctionCall: (*Message).readExtended, ParameterDescription: (*Message).readExtended,
	Password: (*Message).readPassword, Authentication: (*Message).readAuthentication, NegotiateProtocolVersion: (*Message).readNegotiation,
	RowDescription: (*Message).readColumns, ErrorResponse: (*Message).readFields, NoticeResponse: (*Message).readFields,
	CopyInResponse: (*Message).readCopy, CopyOutResponse: (*Message).readCopy, CopyBothResponse: (*Message).readCopy,
	BackendKeyData: (*Message).readKey, ParameterStatus: (*Message).readParameter, ReadyForQuery: (*Message).readStatus,
	NotificationResponse: (*Message).readNotification, FunctionCallResponse: (*Message).readResult,
	Unknown: (*Message).readUnknown,
}

// read reads the payload of a message other than a row and a piece of a COPY.
func (m *Message) read(p *payload, keep int) {
	if f := readers[m.Kind]; f != nil {
		f(m, p)
	}
	if p.bad || !p.cut && int64(len(p.b))+p.rest > 0 {
		m.note(Malformed)
	}
	m.Text = hidePassword(m.Text)
	m.trim(keep)
}

// leave takes no notice of what stands in the rest of a payload: secrets, or what nobody knows.
func (p *payload) leave() { p.b, p.rest = nil, 0 }

func (m *Message) readText(p *payload) { m.Text, m.TextLength = p.longStr() }

// readKey takes the process; the key behind it allows to cancel and is not kept.
func (m *Message) readKey(p *payload) {
	m.PID = uint32(p.int32())
	p.take(4)
	p.leave()
}

func (m *Message) readParameter(p *payload) { m.Fields = []Field{{p.str(), p.str()}} }

func (m *Message) readStatus(p *payload) {
	m.Status = p.byte()
	if !p.bad && strings.IndexByte("ITE", m.Status) < 0 {
		m.note(BadStatus)
	}
}

func (m *Message) readNotification(p *payload) {
	m.PID = uint32(p.int32())
	m.Fields = []Field{{"channel", p.str()}}
	m.readText(p)
}

func (m *Message) readCopy(p *payload) {
	m.Status = p.byte()
	m.ColumnCount = p.count(2)
	p.take(2 * m.ColumnCount)
}

func (m *Message) readResult(p *payload) {
	m.Values = []Value{p.value()}
	m.ValueCount = 1
}

func (m *Message) readUnknown(p *payload) {
	m.note(UnknownType)
	p.leave()
}

// trim cuts what is kept to keep bytes, long texts first.
func (m *Message) trim(keep int) {
	room := max(keep, minRead)
	cut := func(s *string) {
		*s = strings.Clone((*s)[:min(len(*s), room)])
		room -= len(*s)
	}
	cut(&m.Text)
	for i := range m.Values {
		cut(&m.Values[i].Text)
	}
}

func (m *Message) readStartup(p *payload) {
	version := uint32(p.int32())
	switch m.Kind {
	case CancelRequest:
		m.readKey(p)
	case Startup:
		m.Major, m.Minor = uint16(version>>16), uint16(version)
		if m.Major < 3 {
			m.note(OldVersion)
			m.readOldStartup(p)
			return
		}
		for {
			name := p.str()
			if name == "" {
				return
			}
			if value := p.str(); len(m.Fields) < maxColumns {
				m.Fields = append(m.Fields, Field{name, value})
			}
		}
	default: // the requests for encryption have nothing else
	}
}

// readOldStartup reads the fixed fields of version 2's startup.
func (m *Message) readOldStartup(p *payload) {
	for _, f := range []struct {
		name string
		size int
	}{{"database", 64}, {"user", 32}, {"options", 64}} {
		b, _, _ := bytes.Cut(p.take(f.size), []byte{0})
		if len(b) > 0 {
			m.Fields = append(m.Fields, Field{f.name, string(b)})
		}
	}
	p.leave()
}

func (m *Message) readExtended(p *payload) {
	switch m.Kind {
	case Parse:
		m.Statement = p.str()
		m.Text, m.TextLength = p.longStr()
		m.ValueCount = p.count(4)
		p.take(4 * m.ValueCount)
	case Bind:
		m.Portal, m.Statement = p.str(), p.str()
		p.take(2 * p.count(2)) // formats
		m.ValueCount = p.count(4)
		for range m.ValueCount {
			v := p.value()
			if p.bad || p.cut && v.Length == 0 {
				break
			}
			if len(m.Values) < maxColumns {
				m.Values = append(m.Values, v)
			}
		}
		p.take(2 * p.count(2))
	case Describe, Close:
		m.Target = p.byte()
		if m.Target == 'S' {
			m.Statement = p.str()
		} else {
			m.Portal = p.str()
			p.bad = p.bad || m.Target != 'P'
		}
	case Execute:
		m.Portal = p.str()
		m.Limit = uint32(p.int32())
	case FunctionCall:
		p.int32() // the function's OID
		p.take(2 * p.count(2))
		m.ValueCount = p.count(4)
		for range m.ValueCount {
			p.value()
		}
		p.int16()
	default: // ParameterDescription
		m.ValueCount = p.count(4)
		p.take(4 * m.ValueCount)
	}
}

// readPassword keeps nothing but the SASL mechanism that an initial response names: m.Auth says that it is one.
func (m *Message) readPassword(p *payload) {
	if m.Auth == AuthSASL {
		m.Mechanisms = []string{p.str()}
	}
	p.leave()
}

func (m *Message) readAuthentication(p *payload) {
	m.Auth = Auth(p.int32())
	if m.Auth == AuthSASL {
		for p.more() {
			if s := p.str(); s != "" && len(m.Mechanisms) < maxColumns {
				m.Mechanisms = append(m.Mechanisms, s)
			}
		}
	}
	p.leave() // salts and challenges
}

func (m *Message) readNegotiation(p *payload) {
	version := uint32(p.int32())
	m.Major, m.Minor = uint16(version>>16), uint16(version)
	for range p.int32() {
		if !p.more() {
			break
		}
		if s := p.str(); len(m.Fields) < maxColumns {
			m.Fields = append(m.Fields, Field{Name: s})
		}
	}
}

func (m *Message) readColumns(p *payload) {
	const least = 1 + 18 // a name's NUL and the fixed fields
	m.ColumnCount = p.count(least)
	for range m.ColumnCount {
		name := p.str()
		b := p.take(least - 1)
		if b == nil {
			return
		}
		if len(m.Columns) < maxColumns {
			m.Columns = append(m.Columns, Column{
				Name: name, Type: binary.BigEndian.Uint32(b[6:]), Binary: binary.BigEndian.Uint16(b[16:]) == 1,
			})
		}
	}
}

func (m *Message) readFields(p *payload) {
	for {
		code := p.byte()
		if code == 0 {
			return
		}
		if value := p.str(); len(m.Fields) < maxColumns {
			m.Fields = append(m.Fields, Field{string(rune(code)), value})
		}
	}
}

// readRow adds a row to a run.
func (m *Message) readRow(p *payload) {
	n := p.count(4)
	m.ColumnCount = n
	row := make([]Value, 0, min(n, maxColumns))
	for range n {
		v := p.value()
		if p.bad || p.cut && v.Length == 0 {
			break
		}
		if len(row) < maxColumns {
			row = append(row, v)
		}
	}
	if p.bad || !p.cut && int64(len(p.b))+p.rest > 0 {
		m.note(Malformed)
	}
	m.Rows = append(m.Rows, row)
}

// hidePassword masks what follows the word PASSWORD in quotes, as in ALTER ROLE.
func hidePassword(sql string) string {
	const word, mask = "password", "'••••'"
	at := 0
	for {
		i := indexFold(sql[at:], word)
		if i < 0 {
			return sql
		}
		at += i + len(word)
		rest := strings.TrimLeft(sql[at:], " \t\r\n")
		if rest == "" || rest[0] != '\'' {
			continue
		}
		from := len(sql) - len(rest)
		end := len(rest) // an open quote hides all
		for k := 1; k < len(rest); k++ {
			if rest[k] == '\'' {
				if k+1 < len(rest) && rest[k+1] == '\'' {
					k++
					continue
				}
				end = k + 1
				break
			}
		}
		sql = sql[:from] + mask + rest[end:]
		at = from + len(mask)
	}
}

// indexFold finds an ASCII word in lower case, whatever the case of s is.
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
