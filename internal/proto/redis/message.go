// Package redis decodes the protocol of Redis and its relatives: RESP2, RESP3 and inline commands.
//
// Decoder emits one message per command, reply and push, its *Message as Detail. A reply points at its command; what is
// published, monitored or replicated is a push and has none. The client is told by what it sends, not by its port. Values are
// kept up to bounds and counted beyond them; passwords are not kept. Start with New and Message.
//
// The protocol is described in the "Redis serialization protocol specification"; where it is silent the server's source
// (networking.c) decides.
package redis

import "strings"

// Name is the protocol's name in proto.Message.
const Name = "redis"

// The protocol's own values of proto.Message.Broken.
const (
	BrokenSyntax = "not RESP"          // bytes that are no RESP where some must be
	BrokenDepth  = "nested too deeply" // values inside values beyond what is followed
)

// Kind says what a message is.
type Kind uint8

// The kinds.
const (
	Command    Kind = iota // a client's
	Reply                  // a server's answer to a command
	Push                   // what a server sends without being asked: published, monitored, replicated, a RESP3 push
	Unreadable             // bytes of which the messages are not known
)

var kindWords = [...]string{Command: "command", Reply: "reply", Push: "push", Unreadable: "unreadable"}

// String returns a name of the kind for other programs.
func (k Kind) String() string { return kindWords[k] }

// Message is one command, reply or push.
type Message struct {
	Kind Kind
	// Inline says that a command was sent as a line of words, not as an array.
	Inline bool
	// Value is what was sent; of a command an array of bulk strings.
	Value Value
	// Counts says how many values there are of each type, Value and all below it, also those that are not kept.
	Counts Counts
	// Request is the command that a reply answers, nil if it was not seen. A confirmed subscription has one too.
	Request *Message
	// Silent says of a command that no reply follows (CLIENT REPLY).
	Silent bool
	// Missing counts bytes that were not captured.
	Missing int64
	// Length counts the bytes of an Unreadable region that are there.
	Length int64
	// Guessed says that this message was found where a message's beginning can only be guessed.
	Guessed bool
	// Problems are the rules that the message breaks.
	Problems []Problem

	// want is how many confirmations a subscribing command gets, -1 if that is not known; confirmed says that one came.
	want      int
	confirmed bool
	size      int // in memory while it waits for its answer
}

// Kept returns about how many bytes a message holds.
func (m *Message) Kept() int { return 200 + m.Value.kept() }

// Arg returns argument i of a command, its name being number 0; "" if there is none.
func (m *Message) Arg(i int) string {
	if i < 0 || i >= len(m.Value.Elements) {
		return ""
	}
	return m.Value.Elements[i].Text
}

// Verb returns a command's name in capitals, "" if it has none.
func (m *Message) Verb() string { return strings.ToUpper(m.Arg(0)) }

// note files a problem once.
func (m *Message) note(p Problem) {
	for _, have := range m.Problems {
		if have == p {
			return
		}
	}
	m.Problems = append(m.Problems, p)
}

// Type is a value's type: the byte that it begins with.
type Type byte

// The types. The first five are RESP2.
const (
	SimpleString Type = '+'
	SimpleError  Type = '-'
	Integer      Type = ':'
	BulkString   Type = '$'
	Array        Type = '*'
	Null         Type = '_'
	Boolean      Type = '#'
	Double       Type = ','
	BigNumber    Type = '('
	BulkError    Type = '!'
	Verbatim     Type = '='
	Map          Type = '%'
	Set          Type = '~'
	Attribute    Type = '|'
	PushData     Type = '>'

	chunk     Type = ';' // of a streamed string
	streamEnd Type = '.' // of a streamed aggregate
)

var typeNames = map[Type]string{
	SimpleString: "simple_string", SimpleError: "simple_error", Integer: "integer", BulkString: "bulk_string", Array: "array", Null: "null",
	Boolean: "boolean", Double: "double", BigNumber: "big_number", BulkError: "bulk_error", Verbatim: "verbatim_string", Map: "map",
	Set: "set", Attribute: "attribute", PushData: "push",
}

// String returns a name of the type for other programs, "" if it is none.
func (t Type) String() string { return typeNames[t] }

// IsError reports that a value of the type is an error.
func (t Type) IsError() bool { return t == SimpleError || t == BulkError }

// Aggregate reports a type that has values inside.
func (t Type) Aggregate() bool {
	switch t {
	case Array, Map, Set, Attribute, PushData:
		return true
	default:
		return false
	}
}

// Value is one value.
type Value struct {
	Type Type
	// Text is the beginning of a string, error or number, as sent. Length is the length of all of it in bytes.
	Text   string
	Length int64
	// Null says that there is no value: RESP3's own type, or RESP2's length of -1.
	Null bool
	// Secret says that Text was a password and is not kept.
	Secret bool
	// Elements are the first values inside; a map's are keys and values in turn. Count is how many there are, as announced or,
	// of a streamed one, as counted.
	Elements []Value
	Count    int64
	// Attributes are the keys and values of the attributes in front of the value.
	Attributes []Value
}

// valueSize is about what a Value takes in memory.
const valueSize = 128

func (v *Value) kept() int {
	n := valueSize + len(v.Text)
	for i := range v.Elements {
		n += v.Elements[i].kept()
	}
	for i := range v.Attributes {
		n += v.Attributes[i].kept()
	}
	return n
}

// Counts says how many values there are of each type of RESP2, and of all others.
type Counts struct {
	Strings, Errors, Integers, Bulks, Arrays, Others int64
}

func (c *Counts) add(t Type) {
	switch t {
	case SimpleString:
		c.Strings++
	case SimpleError:
		c.Errors++
	case Integer:
		c.Integers++
	case BulkString:
		c.Bulks++
	case Array:
		c.Arrays++
	default:
		c.Others++
	}
}

// Values returns how many values there are.
func (c *Counts) Values() int64 {
	return c.Strings + c.Errors + c.Integers + c.Bulks + c.Arrays + c.Others
}

// Problem names a rule that a message breaks.
type Problem string

// The problems.
const (
	BareLF        Problem = "bare-lf"        // a line that ends in LF alone
	BadValue      Problem = "bad-value"      // a number or boolean that is none
	NotBulk       Problem = "not-bulk"       // a command with something else than bulk strings inside
	TooLong       Problem = "too-long"       // a length that a server refuses by default
	MisplacedPush Problem = "misplaced-push" // a push inside another value
	OddQuotes     Problem = "odd-quotes"     // an inline command with quotes that do not match
	LongLine      Problem = "long-line"      // a line beyond what a server reads
)
