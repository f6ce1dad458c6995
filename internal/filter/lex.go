package filter

import (
	"strings"

	"tcptalk/internal/narrate"
)

// maxText bounds a filter: people write lines, programs write lists of packet numbers.
const maxText = 256 << 10

// kind says what a token is.
type kind uint8

const (
	tEnd    kind = iota
	tWord        // a field, a keyword or an unquoted value
	tText        // a quoted text
	tSymbol      // an operator, a bracket or a comma
)

// token is a piece of a filter: text[start:end].
type token struct {
	kind       kind
	start, end int
	text       string // of tText the content, otherwise as written
}

// is reports that the token is one of these words or symbols.
func (t token) is(words ...string) bool {
	if t.kind != tWord && t.kind != tSymbol {
		return false
	}
	for _, w := range words {
		if t.text == w {
			return true
		}
	}
	return false
}

// symbols are the operators and brackets, longer ones before those they begin with.
var symbols = []string{
	"===", "!==", "==", "!=", "~=", "<=", ">=", "&&", "||", "^^", "..", "<", ">", "!", "&", "(", ")", "{", "}", "[", "]", ",", "=", "~", "|", "^",
}

// wordByte reports that a byte belongs to a word: fields, numbers, addresses with their prefixes, bytes.
func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.:/-+*$@%?#;'\\", c) >= 0 || c >= 0x80
}

// lex splits a filter into tokens, the last of which is tEnd.
func lex(text string) ([]token, *Error) {
	if len(text) > maxText {
		return nil, problem(text, 0, len(text), narrate.FilterTooLong, narrate.FilterFacts{Other: narrate.Count(maxText)})
	}
	var list []token
	for i := 0; i < len(text); {
		var t token
		var err *Error
		switch {
		case strings.IndexByte(" \t\r\n", text[i]) >= 0:
			i++
			continue
		case strings.HasPrefix(text[i:], `"`), strings.HasPrefix(text[i:], `r"`):
			t, err = lexText(text, i)
		case inWord(text, i):
			t = lexWord(text, i)
		default:
			t = lexSymbol(text, i)
		}
		if err != nil {
			return list, err
		}
		list, i = append(list, t), t.end
	}
	return append(list, token{kind: tEnd, start: len(text), end: len(text)}), nil
}

// inWord reports that text[i] belongs to a word. Two dots stand between the ends of a range.
func inWord(text string, i int) bool { return wordByte(text[i]) && !strings.HasPrefix(text[i:], "..") }

// lexWord takes the word at text[i:].
func lexWord(text string, i int) token {
	end := i + 1
	for end < len(text) && inWord(text, end) {
		end++
	}
	return token{tWord, i, end, text[i:end]}
}

// lexSymbol takes the operator at text[i:]; a byte that is none stands for itself.
func lexSymbol(text string, i int) token {
	for _, s := range symbols {
		if strings.HasPrefix(text[i:], s) {
			return token{tSymbol, i, i + len(s), s}
		}
	}
	return token{tSymbol, i, i + 1, text[i : i+1]}
}

// lexText takes the quoted text at text[i:], which may be a raw one: r"\d".
func lexText(text string, i int) (token, *Error) {
	t := token{kind: tText, start: i}
	raw := text[i] == 'r'
	if raw {
		i++
	}
	var b []byte
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			t.end, t.text = i+1, string(b)
			return t, nil
		case c != '\\' || i+1 == len(text):
			b = append(b, c)
		case raw:
			b = append(b, c, text[i+1]) // a quotation mark behind a backslash does not end it
			i++
		default:
			v, n, ok := unescape(text[i+1:])
			if !ok {
				return t, problem(text, i, min(i+2, len(text)), narrate.FilterBadEscape, narrate.FilterFacts{})
			}
			b = append(b, v)
			i += n
		}
	}
	return t, problem(text, t.start, len(text), narrate.FilterOpenText, narrate.FilterFacts{})
}

// simpleEscapes are those of C.
var simpleEscapes = map[byte]byte{'a': 7, 'b': 8, 'f': 12, 'n': '\n', 'r': '\r', 't': '\t', 'v': 11, '"': '"', '\\': '\\', '\'': '\''}

// unescape reads what stands behind a backslash, n bytes.
func unescape(s string) (v byte, n int, ok bool) {
	if v, ok := simpleEscapes[s[0]]; ok {
		return v, 1, true
	}
	base, from, most := 8, 0, 3
	if s[0] == 'x' {
		base, from, most = 16, 1, 2
	}
	value, n := 0, from
	for n < len(s) && n < from+most {
		d := digit(s[n])
		if d >= base {
			break
		}
		value = value*base + d
		n++
	}
	return byte(value), n, n > from && value < 256
}

// digit returns the value of a hexadecimal digit, 16 for anything else.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 16
}
