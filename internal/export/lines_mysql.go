package export

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/mysql"
)

// mysqlMembers describe a message of MySQL.
type mysqlMembers struct {
	// Kind is "greeting", "login", "command", "ok", "error", "rows" and so on.
	Kind string `json:"kind"`
	// Packets is how many packets make up the message, Length their payload in bytes, Missing what was not captured of it.
	Packets    int64 `json:"packets,omitempty"`
	Length     int64 `json:"length"`
	Missing    int64 `json:"missing,omitempty"`
	Compressed bool  `json:"compressed,omitempty"`
	// Request is the command that the message answers.
	Request  *requestMember  `json:"request,omitempty"`
	Greeting *mysqlGreeting  `json:"greeting,omitempty"`
	Account  *mysqlAccount   `json:"account,omitempty"`
	Auth     *mysqlAuth      `json:"auth,omitempty"`
	Command  *mysqlCommand   `json:"command,omitempty"`
	Prepared *mysqlPrepared  `json:"prepared,omitempty"`
	Result   *mysqlResult    `json:"result,omitempty"`
	Status   *mysqlStatus    `json:"status,omitempty"`
	Error    *mysqlFailure   `json:"error,omitempty"`
	Text     *valueMember    `json:"text,omitempty"`
	Event    *mysqlEvent     `json:"event,omitempty"`
	Guessed  bool            `json:"guessed,omitempty"`
	Problems []mysql.Problem `json:"problems,omitempty"`
}

type mysqlGreeting struct {
	Version string `json:"version"`
	Thread  uint32 `json:"thread"`
	// Capabilities are the flags of Protocol::Capabilities, MariaDB's own from bit 32 on.
	Capabilities mysql.Capability `json:"capabilities"`
	Plugin       string           `json:"plugin,omitempty"`
}

// mysqlAccount is who logs in. Passwords and hashes are counted only.
type mysqlAccount struct {
	User         string           `json:"user"`
	Database     string           `json:"database,omitempty"`
	Capabilities mysql.Capability `json:"capabilities"`
	Plugin       string           `json:"plugin,omitempty"`
	SecretLength uint64           `json:"secret_length"`
	Attributes   []namedMember    `json:"attributes,omitempty"`
}

type mysqlAuth struct {
	Plugin string `json:"plugin,omitempty"`
	Length int64  `json:"length"`
}

// mysqlCommand is what a client wants.
type mysqlCommand struct {
	Code mysql.Code `json:"code"`
	// Name is MySQL's, such as "COM_QUERY".
	Name       string        `json:"name"`
	Text       *valueMember  `json:"text,omitempty"`
	Attributes []namedMember `json:"attributes,omitempty"`
	Statement  uint32        `json:"statement,omitempty"`
	Params     []valueMember `json:"params,omitempty"`
	ParamCount int           `json:"param_count,omitempty"`
	Number     uint32        `json:"number,omitempty"`
}

// mysqlPrepared is a prepared statement; of a command that uses one only its number and text.
type mysqlPrepared struct {
	Statement   uint32         `json:"statement"`
	Text        string         `json:"text,omitempty"`
	Params      []columnMember `json:"params,omitempty"`
	ParamCount  int            `json:"param_count,omitempty"`
	Columns     []columnMember `json:"columns,omitempty"`
	ColumnCount int            `json:"column_count,omitempty"`
	Warnings    uint16         `json:"warnings,omitempty"`
}

// mysqlResult is a result set: the first columns and rows, and how many there are.
type mysqlResult struct {
	Columns     []columnMember  `json:"columns,omitempty"`
	ColumnCount int             `json:"column_count"`
	Rows        [][]valueMember `json:"rows,omitempty"`
	RowCount    int64           `json:"row_count"`
	RowBytes    int64           `json:"row_bytes,omitempty"`
	Binary      bool            `json:"binary,omitempty"`
}

type mysqlStatus struct {
	Affected  uint64        `json:"affected_rows"`
	InsertID  uint64        `json:"insert_id,omitempty"`
	Flags     mysql.Flags   `json:"flags"`
	Warnings  uint16        `json:"warnings,omitempty"`
	Info      string        `json:"info,omitempty"`
	Database  string        `json:"database,omitempty"`
	Variables []namedMember `json:"variables,omitempty"`
}

type mysqlFailure struct {
	Code    uint16 `json:"code"`
	State   string `json:"sql_state,omitempty"`
	Message string `json:"message"`
}

type mysqlEvent struct {
	Type      uint8  `json:"type"`
	Timestamp uint32 `json:"timestamp"`
	Position  uint32 `json:"position"`
}

func mysqlLine(m *mysql.Message) mysqlMembers {
	out := mysqlMembers{
		Kind: m.Kind.String(), Packets: m.Packets, Length: m.Length, Missing: m.Missing, Compressed: m.Compressed, Guessed: m.Guessed,
		Problems: m.Problems,
	}
	if q := m.Request; q != nil {
		out.Request = &requestMember{Command: q.Kind.String()}
		if q.Command != nil {
			out.Request = newRequestMember(q.Command.Code.String(), q.Command.Text, q.Command.TextLen)
		}
	}
	if h := m.Hello; h != nil {
		out.Greeting = &mysqlGreeting{h.Version, h.Thread, h.Capabilities, h.Plugin}
	}
	if a := m.Account; a != nil {
		out.Account = &mysqlAccount{a.User, a.Database, a.Capabilities, a.Plugin, a.AuthLen, mysqlNamed(a.Attributes)}
	}
	if a := m.Auth; a != nil {
		out.Auth = &mysqlAuth{a.Plugin, a.Len}
	}
	if q := m.Command; q != nil {
		out.Command = newMySQLCommand(q)
	}
	if p := m.Prepared; p != nil {
		out.Prepared = &mysqlPrepared{Statement: p.ID, Text: beginning(p.Text)}
		if m.Kind == mysql.Prepared {
			out.Prepared.Params, out.Prepared.ParamCount = mysqlColumns(p.Params), p.ParamCount
			out.Prepared.Columns, out.Prepared.ColumnCount, out.Prepared.Warnings = mysqlColumns(p.Columns), p.ColumnCount, p.Warnings
		}
	}
	out.answer(m)
	return out
}

// answer fills in what servers say to commands.
func (out *mysqlMembers) answer(m *mysql.Message) {
	if r := m.Result; r != nil {
		out.Result = &mysqlResult{
			Columns: mysqlColumns(r.Columns), ColumnCount: r.ColumnCount, RowCount: r.RowCount, RowBytes: r.RowBytes, Binary: r.Binary,
		}
		for _, row := range r.Rows {
			out.Result.Rows = append(out.Result.Rows, mysqlValues(row))
		}
	}
	if s := m.Status; s != nil {
		out.Status = &mysqlStatus{s.Affected, s.InsertID, s.Flags, s.Warnings, s.Info, s.Database, mysqlNamed(s.Variables)}
	}
	if f := m.Failure; f != nil {
		out.Error = &mysqlFailure{f.Code, f.State, f.Message}
	}
	if len(m.Text) > 0 {
		length := int64(len(m.Text))
		if m.Kind == mysql.FileData {
			length = m.Length
		}
		text := newValueMember(m.Text, length)
		out.Text = &text
	}
	if e := m.Event; e != nil {
		out.Event = &mysqlEvent{e.Type, e.Timestamp, e.Position}
	}
}

func newMySQLCommand(q *mysql.Query) *mysqlCommand {
	out := &mysqlCommand{
		Code: q.Code, Name: q.Code.String(), Attributes: mysqlNamed(q.Attributes), Statement: q.Statement, Params: mysqlValues(q.Params),
		ParamCount: q.ParamCount, Number: q.Number,
	}
	if q.TextLen > 0 {
		text := newValueMember(q.Text, q.TextLen)
		out.Text = &text
	}
	return out
}

func mysqlValue(v *mysql.Value) valueMember {
	out := newValueMember(v.Text, int64(min(v.Size, 1<<62)))
	if out.null, out.Sent = v.Null, v.Sent; v.Sent {
		out.Truncated = false
	}
	return out
}

func mysqlValues(list []mysql.Value) []valueMember {
	var out []valueMember
	for i := range list {
		out = append(out, mysqlValue(&list[i]))
	}
	return out
}

func mysqlNamed(list []mysql.Value) []namedMember {
	var out []namedMember
	for i := range list {
		out = append(out, namedMember{list[i].Name, mysqlValue(&list[i])})
	}
	return out
}

func mysqlColumns(list []mysql.Column) []columnMember {
	var out []columnMember
	for i := range list {
		c := &list[i]
		out = append(out, columnMember{Name: c.Name, Table: c.Table, Type: narrate.MySQLType(c)})
	}
	return out
}
