package export

import (
	"encoding/json"
	"strings"
)

// valueMember is a value of a database or a part of one: null, or a string if it is text and all of it is there, else an object
// with the members of content and its length in bytes.
type valueMember struct {
	content
	Length int64 `json:"length"`
	// Secret says that the value is a password and was not kept, Sent that it went ahead of the message.
	Secret bool `json:"secret,omitempty"`
	Sent   bool `json:"sent_before,omitempty"`
	null   bool
}

func newValueMember(b []byte, length int64) valueMember {
	return valueMember{content: contentOf(b, int64(len(b)) < length), Length: length}
}

// MarshalJSON implements json.Marshaler.
func (v valueMember) MarshalJSON() ([]byte, error) {
	type object valueMember // without this method
	switch {
	case v.null:
		return []byte("null"), nil
	case v.Encoding == "" && !v.Truncated && !v.Secret && !v.Sent:
		return encode(v.Data)
	}
	return encode(object(v))
}

// namedMember is a value with a name.
type namedMember struct {
	Name  string      `json:"name"`
	Value valueMember `json:"value"`
}

// columnMember is a column of a result.
type columnMember struct {
	Name  string `json:"name"`
	Table string `json:"table,omitempty"`
	// Type is the type's name, OID PostgreSQL's number of it.
	Type   string `json:"type,omitempty"`
	OID    uint32 `json:"oid,omitempty"`
	Binary bool   `json:"binary,omitempty"`
}

// maxAsked is how much is written of what a message answers: enough to know it by. All of it is in its own line.
const maxAsked = 256

// beginning writes as much of a text as tells which it is.
func beginning(text []byte) string {
	if len(text) > maxAsked {
		text = wholeRunes(text[:maxAsked])
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}

// requestMember names what a message answers.
type requestMember struct {
	Command string       `json:"command"`
	Text    *valueMember `json:"text,omitempty"`
}

// newRequestMember names a command with its text, of which length bytes were sent.
func newRequestMember(command string, text []byte, length int64) *requestMember {
	m := &requestMember{Command: command}
	if length > 0 {
		v := newValueMember(text[:min(len(text), maxAsked)], length)
		m.Text = &v
	}
	return m
}

var _ json.Marshaler = valueMember{}
