package export

import (
	"strconv"

	"tcptalk/internal/proto/postgres"
)

// postgresMembers describe a message of PostgreSQL, or a run of rows or pieces of a COPY.
type postgresMembers struct {
	// Kind is the message's name in PostgreSQL's manual.
	Kind string `json:"kind"`
	// Length counts the bytes on the wire, Missing those of them that were not captured.
	Length  int64 `json:"length"`
	Missing int64 `json:"missing,omitempty"`
	// Count is how many messages a run of DataRow or CopyData has.
	Count int64 `json:"count,omitempty"`
	// Text is a query, a command's tag, a reason or a notification's payload; Query the SQL that the message uses or answers, if
	// that is known and not its own text, or the beginning of it.
	Text  *valueMember `json:"text,omitempty"`
	Query string       `json:"query,omitempty"`
	// Request is what a backend answers.
	Request   *requestMember `json:"request,omitempty"`
	Statement string         `json:"statement,omitempty"`
	Portal    string         `json:"portal,omitempty"`
	// Target is what Describe and Close mean: "statement" or "portal".
	Target string `json:"target,omitempty"`
	// Fields are a startup's parameters, that of ParameterStatus, a notification's channel, or an error's fields by letter.
	Fields []fieldMember `json:"fields,omitempty"`
	// Columns, Values and Rows are the first ones; the counts say how many there are.
	Columns     []columnMember  `json:"columns,omitempty"`
	ColumnCount int             `json:"column_count,omitempty"`
	Values      []valueMember   `json:"values,omitempty"`
	ValueCount  int             `json:"value_count,omitempty"`
	Rows        [][]valueMember `json:"rows,omitempty"`
	// Auth is the number of what an Authentication asks for, 0 for success.
	Auth        *postgres.Auth     `json:"auth,omitempty"`
	Mechanisms  []string           `json:"mechanisms,omitempty"`
	Status      string             `json:"status,omitempty"`
	Version     string             `json:"version,omitempty"`
	PID         uint32             `json:"pid,omitempty"`
	Limit       uint32             `json:"limit,omitempty"`
	Replication string             `json:"replication,omitempty"`
	Guessed     bool               `json:"guessed,omitempty"`
	Problems    []postgres.Problem `json:"problems,omitempty"`
}

// postgresTargets are the bytes of Describe and Close.
var postgresTargets = map[byte]string{'S': "statement", 'P': "portal"}

func postgresLine(m *postgres.Message) postgresMembers {
	out := postgresMembers{
		Kind: m.Kind.String(), Length: m.Length, Missing: m.Missing, Count: m.Count, Statement: m.Statement, Portal: m.Portal,
		Target: postgresTargets[m.Target], ColumnCount: m.ColumnCount, Values: postgresValues(m.Values), ValueCount: m.ValueCount,
		Mechanisms: m.Mechanisms, Status: byteText(m.Status), PID: m.PID, Limit: m.Limit, Replication: byteText(m.Replication),
		Guessed: m.Guessed, Problems: m.Problems,
	}
	if m.TextLength > 0 {
		text := newValueMember([]byte(m.Text), m.TextLength)
		out.Text = &text
	}
	if m.Kind != postgres.Query && m.Kind != postgres.Parse {
		out.Query = beginning([]byte(m.SQL()))
	}
	if q := m.Request; q != nil {
		out.Request = &requestMember{Command: q.Kind.String()}
	}
	if m.Kind == postgres.Authentication {
		out.Auth = &m.Auth
	}
	if m.Major > 0 {
		out.Version = strconv.Itoa(int(m.Major)) + "." + strconv.Itoa(int(m.Minor))
	}
	for _, f := range m.Fields {
		out.Fields = append(out.Fields, newFieldMember(f.Name, f.Value))
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		out.Columns = append(out.Columns, columnMember{Name: c.Name, Type: postgres.TypeName(c.Type), OID: c.Type, Binary: c.Binary})
	}
	for _, row := range m.Rows {
		out.Rows = append(out.Rows, postgresValues(row))
	}
	return out
}

func postgresValues(list []postgres.Value) []valueMember {
	var out []valueMember
	for i := range list {
		v := newValueMember([]byte(list[i].Text), list[i].Length)
		v.null = list[i].Null
		out = append(out, v)
	}
	return out
}

// byteText writes a byte that is a letter, "" if it is 0.
func byteText(b byte) string {
	if b == 0 {
		return ""
	}
	return string(rune(b))
}
