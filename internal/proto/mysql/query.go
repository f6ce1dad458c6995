package mysql

import "strconv"

import "slices"

// Code is the first byte of a command.
type Code uint8

// The commands.
const (
	ComQuit             Code = 1
	ComInitDB           Code = 2
	ComQuery            Code = 3
	ComFieldList        Code = 4
	ComCreateDB         Code = 5
	ComDropDB           Code = 6
	ComRefresh          Code = 7
	ComShutdown         Code = 8
	ComStatistics       Code = 9
	ComProcessInfo      Code = 10
	ComProcessKill      Code = 12
	ComDebug            Code = 13
	ComPing             Code = 14
	ComChangeUser       Code = 17
	ComBinlogDump       Code = 18
	ComRegisterSlave    Code = 21
	ComStmtPrepare      Code = 22
	ComStmtExecute      Code = 23
	ComStmtSendLongData Code = 24
	ComStmtClose        Code = 25
	ComStmtReset        Code = 26
	ComSetOption        Code = 27
	ComStmtFetch        Code = 28
	ComBinlogDumpGTID   Code = 30
	ComResetConnection  Code = 31
	ComStmtBulkExecute  Code = 250 // MariaDB
)

// codeNames are MySQL's names of commands, without "COM_".
var codeNames = map[Code]string{
	ComQuit: "QUIT", ComInitDB: "INIT_DB", ComQuery: "QUERY", ComFieldList: "FIELD_LIST", ComCreateDB: "CREATE_DB", ComDropDB: "DROP_DB",
	ComRefresh: "REFRESH", ComShutdown: "SHUTDOWN", ComStatistics: "STATISTICS", ComProcessInfo: "PROCESS_INFO",
	ComProcessKill: "PROCESS_KILL", ComDebug: "DEBUG", ComPing: "PING", ComChangeUser: "CHANGE_USER", ComBinlogDump: "BINLOG_DUMP",
	ComRegisterSlave: "REGISTER_SLAVE", ComStmtPrepare: "STMT_PREPARE", ComStmtExecute: "STMT_EXECUTE",
	ComStmtSendLongData: "STMT_SEND_LONG_DATA", ComStmtClose: "STMT_CLOSE", ComStmtReset: "STMT_RESET", ComSetOption: "SET_OPTION",
	ComStmtFetch: "STMT_FETCH", ComBinlogDumpGTID: "BINLOG_DUMP_GTID", ComResetConnection: "RESET_CONNECTION",
	ComStmtBulkExecute: "STMT_BULK_EXECUTE",
}

// String returns MySQL's name of the command, "COM_QUERY", or its number if it has none.
func (c Code) String() string {
	if name, ok := codeNames[c]; ok {
		return "COM_" + name
	}
	return "COM_" + strconv.Itoa(int(c))
}

// answer is the form of what a command gets back.
type answer uint8

const (
	answerAny answer = iota // OK, an error, a result set or a request for a file
	answerNone
	answerLogin
	answerPrepared
	answerFields
	answerText
	answerRows
	answerLog
)

// commands says of each command how long it may be, first byte included, and what it gets back. most 0 sets no bound.
var commands = map[Code]struct {
	least, most int64
	answer      answer
}{
	ComQuit: {1, 1, answerNone}, ComInitDB: {2, 1 << 10, answerAny}, ComQuery: {2, 0, answerAny},
	ComFieldList: {2, 1 << 11, answerFields}, ComCreateDB: {2, 1 << 10, answerAny}, ComDropDB: {2, 1 << 10, answerAny},
	ComRefresh: {2, 2, answerAny}, ComShutdown: {1, 2, answerAny}, ComStatistics: {1, 1, answerText},
	ComProcessInfo: {1, 1, answerAny}, ComProcessKill: {5, 5, answerAny}, ComDebug: {1, 1, answerAny}, ComPing: {1, 1, answerAny},
	ComChangeUser: {3, 1 << 16, answerLogin}, ComBinlogDump: {11, 1 << 10, answerLog}, ComRegisterSlave: {18, 1 << 10, answerAny},
	ComStmtPrepare: {2, 0, answerPrepared}, ComStmtExecute: {10, 0, answerAny}, ComStmtSendLongData: {7, 0, answerNone},
	ComStmtClose: {5, 5, answerNone}, ComStmtReset: {5, 5, answerAny}, ComSetOption: {3, 3, answerAny},
	ComStmtFetch: {9, 9, answerRows}, ComBinlogDumpGTID: {19, 0, answerLog}, ComResetConnection: {1, 1, answerAny},
	ComStmtBulkExecute: {7, 0, answerAny},
}

// Query is a command.
type Query struct {
	Code Code
	// Text is the beginning of what the command carries as text: SQL, a database, a table, the name of a log file. TextLen is
	// the length of all of it.
	Text    []byte
	TextLen int64
	// Attributes are those of a query (CLIENT_QUERY_ATTRIBUTES).
	Attributes []Value
	// Statement is the id of the prepared statement that the command is about. Message.Prepared has the statement if its
	// preparation was seen.
	Statement uint32
	// Params are the first parameters of an execution, nil if their types are not known; ParamCount is how many there are.
	Params     []Value
	ParamCount int
	// Number is the parameter's index of COM_STMT_SEND_LONG_DATA, the row count of COM_STMT_FETCH, the thread of
	// COM_PROCESS_KILL, the position of COM_BINLOG_DUMP, the option of COM_SET_OPTION and the like.
	Number uint32
}

// statement is a prepared statement that is open.
type statement struct {
	prepare *Prepare
	types   []paramType       // of the last execution
	sent    map[uint16]uint64 // bytes of COM_STMT_SEND_LONG_DATA by parameter
	columns []Column          // of the last execution's rows, nil if they are those of the preparation
	count   int               // of all columns
}

// definitions returns the columns of the statement's rows, and how many there are.
func (st *statement) definitions() ([]Column, int) {
	if st.columns == nil {
		return st.prepare.Columns, st.prepare.ColumnCount
	}
	return st.columns, st.count
}

const (
	// maxStatements bounds the prepared statements that are remembered; servers allow 16,382 in all.
	maxStatements = 1 << 10
	// lastPrepared stands for the statement prepared last (MariaDB).
	lastPrepared = 1<<32 - 1
)

// command reads a command of the client.
func (d *Decoder) command(p *packet) *Message {
	m := d.newMessage(Command, p)
	q := &Query{}
	m.Command = q
	c := cursor{b: p.buf}
	q.Code = Code(c.u8())
	rest := max(p.length-1, 0)
	switch q.Code {
	case ComQuery:
		d.queryAttributes(m, &c)
		m.text(q, c.b, rest-int64(len(p.buf)-1-len(c.b)))
	case ComInitDB, ComStmtPrepare, ComCreateDB, ComDropDB:
		m.text(q, c.b, rest)
	case ComFieldList:
		table := c.terminated()
		m.text(q, []byte(table), int64(len(table)))
	case ComChangeUser:
		m.Account, c.short = readChangeUser(c.b, d.caps)
		d.statements = nil
	case ComResetConnection:
		d.statements = nil
	case ComStmtExecute, ComStmtSendLongData, ComStmtClose, ComStmtReset, ComStmtFetch, ComStmtBulkExecute:
		d.statementCommand(m, &c)
	case ComProcessKill:
		q.Number = c.u32()
	case ComSetOption:
		q.Number = uint32(c.u16())
	case ComRefresh:
		q.Number = uint32(c.u8())
	case ComBinlogDump:
		q.Number = c.u32()
		c.take(2 + 4) // flags and the id of the server that asks
		m.text(q, c.b, int64(len(c.b)))
	default: // nothing of interest follows, or it is not known what
	}
	m.note(c.short && p.whole(), Malformed)
	return m
}

// text keeps what a command carries as text.
func (m *Message) text(q *Query, b []byte, size int64) {
	n := min(len(b), max(m.room, 0))
	q.Text, q.TextLen = append([]byte(nil), b[:n]...), size
	m.room -= n
}

// queryAttributes reads what stands in front of the SQL if both sides know query attributes. On a connection whose login was
// not seen it is told by the bytes: no SQL begins with a number below a space and the number 1 (of parameter sets).
func (d *Decoder) queryAttributes(m *Message, c *cursor) {
	guess := d.login == nil && len(c.b) >= 2 && c.b[0] < '\t' && c.b[1] == 1
	if !d.caps.Has(CapQueryAttributes) && !guess {
		return
	}
	n, _ := c.length()
	c.length() // parameter sets, always 1
	if n == 0 {
		return
	}
	if n > maxAttributes {
		n, c.b, c.short = 0, nil, true // far above what programs send
	}
	m.Command.Attributes, _ = m.params(c, int(n), true, nil, nil)
}

// statementCommand reads a command about a prepared statement.
func (d *Decoder) statementCommand(m *Message, c *cursor) {
	q := m.Command
	q.Statement = c.u32()
	st := d.statement(q.Statement)
	if st != nil {
		m.Prepared = st.prepare
	}
	switch q.Code {
	case ComStmtExecute:
		d.execute(m, c, st)
	case ComStmtSendLongData:
		q.Number = uint32(c.u16())
		q.TextLen = m.Length - 7
		m.text(q, c.b, q.TextLen)
		if st != nil && len(st.sent) < maxParams {
			if st.sent == nil {
				st.sent = map[uint16]uint64{}
			}
			st.sent[uint16(q.Number)] += uint64(max(q.TextLen, 0))
		}
	case ComStmtClose:
		delete(d.statements, q.Statement)
	case ComStmtReset:
		if st != nil {
			st.sent = nil
		}
	case ComStmtFetch:
		q.Number = c.u32()
	default: // a bulk execution has types and rows in a form of its own
	}
}

// statement returns the open statement with an id, nil if it is not known.
func (d *Decoder) statement(id uint32) *statement {
	if id == lastPrepared {
		id = d.prepared
	}
	return d.statements[id]
}

// execute reads the parameters of COM_STMT_EXECUTE.
func (d *Decoder) execute(m *Message, c *cursor, st *statement) {
	const countAvailable = 0x08 // PARAMETER_COUNT_AVAILABLE
	q := m.Command
	flags := c.u8()
	c.take(4) // iterations, always 1
	named := d.caps.Has(CapQueryAttributes)
	switch {
	case named && (flags&countAvailable != 0 || st != nil && st.prepare.ParamCount > 0):
		n, _ := c.length()
		q.ParamCount = int(min(n, 1<<16))
	case st != nil:
		q.ParamCount = st.prepare.ParamCount
	}
	if q.ParamCount == 0 || st == nil {
		return
	}
	q.Params, st.types = m.params(c, q.ParamCount, named, st.types, st.sent)
	st.sent = nil
}

// remember files a statement that was prepared.
func (d *Decoder) remember(p *Prepare) {
	if d.statements == nil {
		d.statements = map[uint32]*statement{}
	}
	if len(d.statements) < maxStatements {
		d.statements[p.ID] = &statement{prepare: p}
	}
	d.prepared = p.ID
}

// keywords are how SQL begins, in capitals.
var keywords = []string{
	"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "SHOW", "SET", "USE", "BEGIN", "START", "COMMIT", "ROLLBACK", "CREATE",
	"ALTER", "DROP", "CALL", "EXPLAIN", "DESCRIBE", "DESC", "TRUNCATE", "WITH", "PREPARE", "EXECUTE", "LOAD", "LOCK", "UNLOCK",
	"SAVEPOINT", "RELEASE", "GRANT", "ANALYZE", "DO", "KILL", "FLUSH", "OPTIMIZE", "REVOKE", "RENAME",
}

// startsSQL reports that b begins like SQL; what stands in front of the first word may be query attributes.
func startsSQL(b []byte) bool {
	start := slices.IndexFunc(b[:min(len(b), 64)], letter)
	if start < 0 {
		return false
	}
	word := b[start:min(len(b), start+16)]
	if end := slices.IndexFunc(word, func(c byte) bool { return !letter(c) }); end >= 0 {
		word = word[:end]
	}
	capitals := make([]byte, len(word))
	for i, c := range word {
		capitals[i] = c &^ 0x20
	}
	return slices.Contains(keywords, string(capitals))
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
