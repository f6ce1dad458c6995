// Package mysql decodes the client/server protocol of MySQL and MariaDB, plain and compressed, up to where TLS begins.
//
// Decoder emits a *Message for every packet, with two exceptions: the packets of a result set (definitions and rows) are one
// message, and so are those of a file that the client sends. Who is the server is told from the packets: it greets first.
// A connection captured from its middle is read from a command on. Password hashes and passwords are counted, never kept.
// What breaks the protocol's rules is named by a Problem. The names are those of MySQL's own description of the protocol
// (Protocol::HandshakeV10 and so on), whose capability flags MariaDB shares and extends. Start with New and Message.
package mysql

// Name is the protocol's name in proto.Message.
const Name = "mysql"

// Kind says what a message is.
type Kind uint8

// The kinds of messages.
const (
	Unreadable  Kind = iota // bytes of which the packets are not known
	Greeting                // the server's handshake
	Login                   // the client's answer to it
	TLSRequest              // the client asks for TLS, which begins behind this packet
	AuthSwitch              // the server wants another authentication plugin
	AuthMore                // the server has more for the plugin
	AuthData                // the client's answer to either
	Command                 // a command of the client
	OK                      // a command succeeded
	Error                   // it failed
	EOF                     // it succeeded, in the old form
	Rows                    // a result set
	Prepared                // a statement was prepared
	Fields                  // the columns of a table
	Text                    // a line of text, the answer to COM_STATISTICS
	FileRequest             // the server wants a file of the client (LOCAL INFILE)
	FileData                // the file
	BinlogEvent             // an event of the server's binary log
	Progress                // MariaDB tells how far it is
)

var kindWords = [...]string{
	Unreadable: "unreadable", Greeting: "greeting", Login: "login", TLSRequest: "tls_request", AuthSwitch: "auth_switch",
	AuthMore: "auth_more", AuthData: "auth_data", Command: "command", OK: "ok", Error: "error", EOF: "eof", Rows: "rows",
	Prepared: "prepared", Fields: "fields", Text: "text", FileRequest: "file_request", FileData: "file_data",
	BinlogEvent: "binlog_event", Progress: "progress",
}

// String returns a name of the kind for other programs.
func (k Kind) String() string { return kindWords[k] }

// Message is one message.
type Message struct {
	Kind Kind
	// Packets is how many packets make up the message, Length their payload in bytes without headers, Missing how much of it
	// was not captured. Of an Unreadable region Length counts all the bytes that are there.
	Packets, Length, Missing int64
	// Compressed says that the message came in compressed packets; its byte range is that of those packets, so several
	// messages may share one.
	Compressed bool
	// Guessed says that the packet was found where a packet's beginning can only be guessed: behind a gap, or where the
	// capture starts.
	Guessed bool
	// Request is the command or login that this answers, nil if it was not seen.
	Request *Message

	Hello    *Hello    // of Greeting
	Account  *Account  // of Login and TLSRequest, and of a COM_CHANGE_USER
	Auth     *Auth     // of AuthSwitch, AuthMore and AuthData
	Command  *Query    // of Command
	Status   *Status   // of OK, EOF, and of Rows, Fields and Prepared where they end in one
	Failure  *Failure  // of Error, and of what an error ended
	Result   *Result   // of Rows and Fields
	Prepared *Prepare  // of Prepared, and of the commands that refer to one
	Text     []byte    // the beginning of Text, of FileData, and the file's name of FileRequest
	Event    *LogEvent // of BinlogEvent
	// Problems are the rules that the message breaks, each once.
	Problems []Problem

	// room is how many bytes of values may still be kept.
	room int
}

// LogEvent is the header of an event in the binary log.
type LogEvent struct {
	Type      uint8
	Timestamp uint32 // in seconds since 1970
	Position  uint32 // of the next event in the log
}

// Problem names a rule that a message breaks.
type Problem string

// The problems.
const (
	Malformed      Problem = "malformed"       // a packet ends inside one of its fields, or goes on behind the last one
	BadSequence    Problem = "bad-sequence"    // a sequence id that is not the next one
	BadRow         Problem = "bad-row"         // a row that does not fit its columns
	BadCompression Problem = "bad-compression" // a compressed packet that cannot be inflated to the length it announces
	Inflated       Problem = "inflated"        // compressed so much that reading stops
)

// note files a problem if it is there.
func (m *Message) note(broken bool, p Problem) {
	if !broken {
		return
	}
	for _, q := range m.Problems {
		if p == q {
			return
		}
	}
	m.Problems = append(m.Problems, p)
}

// Kept returns about how many bytes the message holds for display.
func (m *Message) Kept() int {
	const each = 64 // for what has a fixed size
	n := each + len(m.Text)
	if m.Hello != nil || m.Account != nil {
		n += 4 * each
	}
	if q := m.Command; q != nil {
		n += len(q.Text) + valuesKept(q.Attributes) + valuesKept(q.Params)
	}
	if p := m.Prepared; p != nil && m.Kind == Prepared {
		n += columnsKept(p.Columns) + columnsKept(p.Params)
	}
	if r := m.Result; r != nil {
		n += columnsKept(r.Columns)
		for _, row := range r.Rows {
			n += valuesKept(row)
		}
	}
	return n
}

func valuesKept(list []Value) (n int) {
	const each = 56
	for i := range list {
		n += each + len(list[i].Name) + len(list[i].Text)
	}
	return n
}

func columnsKept(list []Column) (n int) {
	const each = 64
	for i := range list {
		n += each + len(list[i].Name) + len(list[i].Table)
	}
	return n
}
