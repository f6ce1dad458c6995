package redis

import "strings"

// inline makes a command of the line that was read, as the server's sdssplitargs does.
func (m *Message) inline(p *parser) {
	text := strings.TrimSuffix(string(p.buf), "\r")
	if p.lineLen > maxLine {
		m.note(LongLine)
	}
	m.Value = Value{Type: Array}
	m.Counts.add(Array)
	for {
		text = strings.TrimLeft(text, " \t\r\v\f\x00")
		if text == "" {
			break
		}
		var word string
		var ok bool
		word, text, ok = cutWord(text)
		if !ok {
			m.note(OddQuotes)
		}
		m.Value.Count++
		m.Counts.add(BulkString)
		if p.room > 0 {
			p.room--
			m.Value.Elements = append(m.Value.Elements, Value{Type: BulkString, Length: int64(len(word)), Text: p.text([]byte(word))})
		}
	}
	p.buf, p.lineLen = p.buf[:0], 0
}

// cutWord takes the first word of a line; ok says that its quotes match.
func cutWord(s string) (word, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\r', 0:
			return b.String(), s[i:], true
		case '"', '\'':
			n, closed := unquote(&b, s[i:])
			if !closed {
				return b.String(), "", false
			}
			i += n - 1
			if i+1 < len(s) && !strings.ContainsRune(" \t\r\v\f", rune(s[i+1])) {
				return b.String(), s[i+1:], false
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", true
}

// escapes are those that a letter stands for.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'a': '\a'}

// unquote writes what stands between the quotes with which s begins; n is how much of s that is.
func unquote(b *strings.Builder, s string) (n int, closed bool) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c == quote:
			return i + 1, true
		case quote == '"' && isHexEscape(s[i:]):
			b.WriteByte(byte(hexDigit(s[i+2])<<4 | hexDigit(s[i+3])))
			i += 3
		case c == '\\' && i+1 < len(s) && (quote == '"' || s[i+1] == '\''):
			i++
			if e, ok := escapes[s[i]]; ok && quote == '"' {
				b.WriteByte(e)
			} else {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return len(s), false
}

// isHexEscape reports that s begins with a byte in hexadecimal, as \x41.
func isHexEscape(s string) bool {
	return len(s) > 3 && s[0] == '\\' && s[1] == 'x' && hexDigit(s[2]) >= 0 && hexDigit(s[3]) >= 0
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// hidePasswords takes out the arguments of a command that are passwords.
func (m *Message) hidePasswords() {
	args := m.Value.Elements
	switch m.Verb() {
	case "AUTH":
		m.hide(min(len(args)-1, 2))
	case "HELLO", "MIGRATE":
		for i := 2; i < len(args); i++ {
			switch strings.ToUpper(args[i].Text) {
			case "AUTH":
				if m.Verb() == "HELLO" {
					i++ // the user's name
				}
				m.hide(i + 1)
			case "AUTH2":
				m.hide(i + 2)
			}
		}
	case "CONFIG":
		for i := 2; i < len(args); i += 2 {
			if secretSettings[strings.ToLower(args[i].Text)] {
				m.hide(i + 1)
			}
		}
	case "ACL":
		for i := 3; i < len(args); i++ {
			if t := args[i].Text; t != "" && strings.ContainsRune("><#!", rune(t[0])) {
				m.hide(i)
			}
		}
	}
}

// secretSettings are the parameters of CONFIG that are passwords.
var secretSettings = map[string]bool{
	"requirepass": true, "masterauth": true, "primaryauth": true, "tls-key-file-pass": true, "tls-client-key-file-pass": true,
}

// hideSettings takes passwords out of the answer to CONFIG GET.
func (m *Message) hideSettings() {
	v := &m.Value
	if r := m.Request; r == nil || r.Verb() != "CONFIG" {
		return
	}
	for i := 0; i+1 < len(v.Elements); i += 2 {
		if secretSettings[v.Elements[i].Text] && v.Elements[i+1].Length > 0 {
			v.Elements[i+1].hide()
		}
	}
}

// hide takes out argument i.
func (m *Message) hide(i int) {
	if i > 0 && i < len(m.Value.Elements) {
		m.Value.Elements[i].hide()
	}
}

func (v *Value) hide() { v.Text, v.Secret = "", true }
