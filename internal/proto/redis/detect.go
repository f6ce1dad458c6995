package redis

import (
	"bytes"
	"strings"

	"tcptalk/internal/proto"
)

// wellKnownPort is the one that servers listen on by default.
const wellKnownPort = 6379

// Detector recognises RESP by the heads of commands and replies.
type Detector struct{ Options Options }

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (d Detector) New(start [2]int64, emit proto.Emit) proto.Decoder {
	return New(start, emit, d.Options)
}

// Detect implements proto.Detector. A command as an array is sure, whoever is taken for the client. A line is one only
// together with an answer: many protocols begin with words, and some servers with "+OK".
func (Detector) Detect(client, server []byte, port uint16) proto.Verdict {
	c, s := heading(client), heading(server)
	if len(client) > 0 && c == proto.Yes || len(server) > 0 && s == proto.Yes {
		return proto.Yes
	}
	known := port == wellKnownPort
	answer := reply(server)
	switch {
	case len(client) > 0 && c == proto.More && (len(server) == 0 || answer != proto.No):
		return proto.More
	case len(client) == 0:
		return alone(answer, known)
	}
	line := words(client, known)
	switch {
	case line == proto.No || answer == proto.No && len(server) > 0:
		return proto.No
	case line == proto.Yes && answer == proto.Yes:
		return proto.Yes
	}
	return proto.More
}

// alone judges a reply while nothing of its command is there.
func alone(answer proto.Verdict, known bool) proto.Verdict {
	if answer == proto.Yes && !known {
		return proto.More
	}
	return answer
}

// heading says whether b begins with the head of an array or push and of the first value in it, "*2\r\n$3\r\n". Eight digits
// are more than either length has in practice at that place.
func heading(b []byte) proto.Verdict {
	b, v := head(b, "*>")
	if v != proto.Yes {
		return v
	}
	if _, v = head(b, "$"); v == proto.No {
		_, v = head(b, ":")
	}
	return v
}

// head looks for a length or number of the given types at the beginning of b.
func head(b []byte, types string) (rest []byte, v proto.Verdict) {
	const maxDigits = 8
	if len(b) == 0 {
		return nil, proto.More
	}
	if strings.IndexByte(types, b[0]) < 0 {
		return nil, proto.No
	}
	for i, c := range b[1:] {
		switch {
		case c >= '0' && c <= '9' && i < maxDigits:
		case c == '\r' && i > 0:
			switch after := b[i+2:]; {
			case len(after) == 0:
				return nil, proto.More
			case after[0] == '\n':
				return after[1:], proto.Yes
			}
			return nil, proto.No
		default:
			return nil, proto.No
		}
	}
	return nil, proto.More
}

// reply says whether b begins with a line that a server's answer may begin with.
func reply(b []byte) proto.Verdict {
	if len(b) == 0 {
		return proto.More
	}
	text, _, whole := bytes.Cut(b, []byte("\r\n"))
	switch t := Type(b[0]); {
	case t != Array && !isReply(b[0]), !plain(text), !whole && len(text) > maxLine/4:
		return proto.No
	case !whole:
		return proto.More
	case fitsReply(t, text[1:]):
		return proto.Yes
	}
	return proto.No
}

// fitsReply reports that a value of a type may begin with a line like this.
func fitsReply(t Type, rest []byte) bool {
	switch t {
	case BulkString, BulkError, Verbatim, Array, Map, Set, Attribute, PushData:
		_, streamed, ok := length(rest)
		return ok && !(streamed && t == BulkString)
	case SimpleError:
		return len(rest) > 0 && rest[0] >= 'A' && rest[0] <= 'Z'
	case SimpleString:
		// The greeting of a POP3 server goes on behind its OK.
		return string(rest) == "OK" || !bytes.HasPrefix(rest, []byte("OK"))
	default:
		return valid(t, rest)
	}
}

// words says whether b begins with an inline command. On Redis' own port any words will do.
func words(b []byte, known bool) proto.Verdict {
	text, _, whole := bytes.Cut(b, []byte("\n"))
	text = bytes.TrimSuffix(text, []byte("\r"))
	switch {
	case !plain(text) || len(text) > maxLine/4 || len(text) == 0 && whole:
		return proto.No
	case !whole:
		return proto.More
	}
	verb, _, _ := strings.Cut(string(text), " ")
	if known || inlineVerbs[strings.ToUpper(verb)] {
		return proto.Yes
	}
	return proto.No
}

// inlineVerbs are commands that people and scripts send as a line. AUTH and QUIT are not among them: POP3 has them too, and
// answers with the same +OK and -ERR.
var inlineVerbs = map[string]bool{
	"CLIENT": true, "CONFIG": true, "DBSIZE": true, "DEL": true, "ECHO": true, "EXISTS": true, "EXPIRE": true,
	"FLUSHALL": true, "FLUSHDB": true, "GET": true, "HELLO": true, "HGETALL": true, "INCR": true, "INFO": true, "KEYS": true,
	"LPUSH": true, "LRANGE": true, "MONITOR": true, "PING": true, "PUBLISH": true, "ROLE": true, "SCAN": true,
	"SELECT": true, "SET": true, "SUBSCRIBE": true, "TIME": true, "TTL": true, "TYPE": true,
}

// plain reports text without control characters.
func plain(b []byte) bool {
	for _, c := range bytes.TrimSuffix(b, []byte("\r")) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
