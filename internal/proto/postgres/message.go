// Package postgres decodes PostgreSQL's frontend/backend protocol, version 3 ("Frontend/Backend Protocol" in its manual).
//
// Decoder emits one message per protocol message, its *Message as Detail; rows and pieces of a COPY that follow each other are
// one message that counts them and keeps the first. What a backend says points at what it answers, rows at their columns, the
// execution of a prepared statement at its text. The frontend is told by what it sends, not by its port. Passwords are not
// kept. A granted request for encryption hands over to "tls". Version 2 is named and not read. Start with New and Message.
package postgres

// Name is the protocol's name in proto.Message.
const Name = "postgres"

// The protocol's own values of proto.Message.Broken.
const (
	BrokenSyntax  = "not PostgreSQL"     // bytes that are no message where one must be
	BrokenVersion = "PostgreSQL version" // a version of the protocol that is not read
)

// Names of what takes over behind a request for encryption.
const (
	nextTLS = "tls"
	nextGSS = "gssapi"
)

// Kind says what a message is, in the manual's words.
type Kind uint8

// The kinds. Those up to Terminate are the frontend's, those from EncryptionAnswer on the backend's.
const (
	Unreadable Kind = iota // bytes of which the messages are not known
	Unknown                // a message of a type that is not known
	CopyData
	CopyDone
	Startup
	SSLRequest
	GSSENCRequest
	CancelRequest
	Password // and what else a frontend answers to an Authentication
	Query
	Parse
	Bind
	Describe
	Execute
	Close
	Flush
	Sync
	FunctionCall
	CopyFail
	Terminate
	EncryptionAnswer // the one byte that answers SSLRequest and GSSENCRequest
	Authentication
	NegotiateProtocolVersion
	BackendKeyData
	ParameterStatus
	ReadyForQuery
	RowDescription
	DataRow
	CommandComplete
	EmptyQueryResponse
	ErrorResponse
	NoticeResponse
	NotificationResponse
	ParseComplete
	BindComplete
	CloseComplete
	ParameterDescription
	NoData
	PortalSuspended
	CopyInResponse
	CopyOutResponse
	CopyBothResponse
	FunctionCallResponse
	numKinds
)

var kindNames = [numKinds]string{
	"Unreadable", "Unknown", "CopyData", "CopyDone", "StartupMessage", "SSLRequest", "GSSENCRequest", "CancelRequest", "PasswordMessage", "Query", "Parse",
	"Bind", "Describe", "Execute", "Close", "Flush", "Sync", "FunctionCall", "CopyFail", "Terminate", "EncryptionAnswer", "Authentication",
	"NegotiateProtocolVersion", "BackendKeyData", "ParameterStatus", "ReadyForQuery", "RowDescription", "DataRow", "CommandComplete", "EmptyQueryResponse",
	"ErrorResponse", "NoticeResponse", "NotificationResponse", "ParseComplete", "BindComplete", "CloseComplete", "ParameterDescription", "NoData",
	"PortalSuspended", "CopyInResponse", "CopyOutResponse", "CopyBothResponse", "FunctionCallResponse",
}

// String returns the manual's name of the message.
func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return kindNames[Unknown]
}

// frontendTags and backendTags say what a message's first byte means on either side.
var (
	frontendTags = map[byte]Kind{
		'p': Password, 'Q': Query, 'P': Parse, 'B': Bind, 'D': Describe, 'E': Execute, 'C': Close, 'H': Flush, 'S': Sync, 'F': FunctionCall,
		'd': CopyData, 'c': CopyDone, 'f': CopyFail, 'X': Terminate,
	}
	backendTags = map[byte]Kind{
		'R': Authentication, 'v': NegotiateProtocolVersion, 'K': BackendKeyData, 'S': ParameterStatus, 'Z': ReadyForQuery, 'T': RowDescription,
		'D': DataRow, 'C': CommandComplete, 'I': EmptyQueryResponse, 'E': ErrorResponse, 'N': NoticeResponse, 'A': NotificationResponse,
		'1': ParseComplete, '2': BindComplete, '3': CloseComplete, 't': ParameterDescription, 'n': NoData, 's': PortalSuspended,
		'G': CopyInResponse, 'H': CopyOutResponse, 'W': CopyBothResponse, 'V': FunctionCallResponse, 'd': CopyData, 'c': CopyDone,
	}
)

// Message is one message, or a run of DataRow or CopyData.
type Message struct {
	Kind Kind
	// Tag is the byte with which the message begins, 0 if it begins with its length.
	Tag      byte
	Frontend bool
	// Length counts the bytes on the wire, with all headers. Missing are those of them that were not captured.
	Length, Missing int64
	// Count is how many messages a run of DataRow or CopyData has.
	Count int64
	// Text is the beginning of a query, a command's tag, a reason or a notification's payload. TextLength is the length of all
	// of it in bytes.
	Text       string
	TextLength int64
	// Statement and Portal are names that the message uses; "" is the unnamed one. Target says which of them Describe and Close
	// mean: 'S' or 'P'.
	Statement, Portal string
	Target            byte
	// Fields are a startup's parameters, the one of ParameterStatus, a notification's channel, or an error's fields by letter.
	Fields []Field
	// Columns are the first of a RowDescription, ColumnCount is how many there are, also of a DataRow and of a COPY.
	Columns     []Column
	ColumnCount int
	// Values are the first parameters of a Bind, ValueCount is how many there are, also of a Parse or ParameterDescription.
	Values     []Value
	ValueCount int
	// Rows are the first of a run of DataRow; of CopyData each has one value, the piece.
	Rows [][]Value
	// Auth is what an Authentication asks for; Mechanisms are those of SASL that it offers, or the one that the frontend chose.
	Auth       Auth
	Mechanisms []string
	// Status is that of ReadyForQuery ('I', 'T' or 'E') or the byte of an EncryptionAnswer ('S', 'N' or 'G').
	Status byte
	// Major and Minor are the version that a startup asks for or a NegotiateProtocolVersion offers.
	Major, Minor uint16
	// PID is the backend's process of BackendKeyData, CancelRequest and NotificationResponse.
	PID uint32
	// Limit is how many rows an Execute asks for, 0 for all.
	Limit uint32
	// Replication is the first byte of a CopyData that replication uses: 'w', 'k', 'r', 'h' or 'p'.
	Replication byte
	// Prepared is the Parse of the statement that Bind, Describe or Execute use, Described the RowDescription of rows; nil if they
	// were not seen.
	Prepared, Described *Message
	// Request is what the backend answers with this message, nil if it was not seen or if nobody asked.
	Request *Message
	// Guessed says that this message was found where a message's beginning can only be guessed.
	Guessed bool
	// Problems are the rules that the message breaks.
	Problems []Problem

	portal *portal // of an Execute, Bind or Describe
	size   int     // in memory while it waits for its answer
}

// Field is a name with its value. The name of an error's field is a letter (see the manual, "Error and Notice Message Fields").
type Field struct{ Name, Value string }

// Column is a column of a result.
type Column struct {
	Name   string
	Type   uint32 // OID
	Binary bool
}

// Value is a parameter, a column's value or a piece of a COPY.
type Value struct {
	Null bool
	// Text is the beginning of the value, as sent; Length is the length of all of it in bytes.
	Text   string
	Length int64
}

// Field returns the value of the first field with a name, "" if there is none.
func (m *Message) Field(name string) string {
	for _, f := range m.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// SQL returns the text of the query that the message holds, uses or answers, "" if it is not known.
func (m *Message) SQL() string {
	switch {
	case m.Kind == Query || m.Kind == Parse:
		return m.Text
	case m.Prepared != nil:
		return m.Prepared.Text
	case m.Request != nil:
		return m.Request.SQL()
	}
	return ""
}

// Kept returns about how many bytes a message holds.
func (m *Message) Kept() int {
	const own, each = 450, 40
	n := own + len(m.Text) + len(m.Statement) + len(m.Portal) + each*(len(m.Columns)+len(m.Values)+len(m.Fields)+len(m.Mechanisms))
	for i := range m.Columns {
		n += len(m.Columns[i].Name)
	}
	for i := range m.Values {
		n += len(m.Values[i].Text)
	}
	for _, f := range m.Fields {
		n += len(f.Name) + len(f.Value)
	}
	for _, row := range m.Rows {
		for i := range row {
			n += each + len(row[i].Text)
		}
	}
	return n
}

// Auth is what an Authentication message asks for or says.
type Auth uint32

// The kinds of authentication.
const (
	AuthOK           Auth = 0
	AuthKerberosV4   Auth = 1
	AuthKerberosV5   Auth = 2
	AuthCleartext    Auth = 3
	AuthCrypt        Auth = 4
	AuthMD5          Auth = 5
	AuthSCM          Auth = 6
	AuthGSS          Auth = 7
	AuthGSSContinue  Auth = 8
	AuthSSPI         Auth = 9
	AuthSASL         Auth = 10
	AuthSASLContinue Auth = 11
	AuthSASLFinal    Auth = 12
)

// Problem names a rule that a message breaks.
type Problem string

// The problems.
const (
	Malformed   Problem = "malformed"    // its fields do not fit its length
	BadStatus   Problem = "bad-status"   // a transaction status that is none
	UnknownType Problem = "unknown-type" // a type that is not in the manual
	OldVersion  Problem = "old-version"  // version 2 of the protocol, which PostgreSQL 14 dropped
)

// note files a problem once.
func (m *Message) note(p Problem) {
	for _, have := range m.Problems {
		if have == p {
			return
		}
	}
	m.Problems = append(m.Problems, p)
}
