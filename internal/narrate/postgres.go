package narrate

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcptalk/internal/proto/postgres"
)

// Bounds of what is said about a PostgreSQL message.
const (
	maxSQLTitle  = 100 // characters of a query in a title
	maxCell      = 60  // characters of a value
	maxCellBytes = 16  // bytes of a value that is no text
)

// postgresMessage says what a PostgreSQL message is and what it says.
func postgresMessage(l Lang, m *postgres.Message) (title string, lines []string) {
	if m.Kind == postgres.Unreadable {
		title = Text{"not readable as PostgreSQL", "无法按 PostgreSQL 解读"}.In(l) + " · " + Count(uint64(m.Length)) + " B"
	} else {
		what, detail, more := postgresWords(l, m)
		title, lines = ProtocolName(postgres.Name)+" · "+what, more
		if detail != "" {
			title += " · " + detail
		}
	}
	for _, p := range m.Problems {
		lines = append(lines, "⚠ "+postgresProblems[p].In(l))
	}
	return title, lines
}

// postgresWords returns a message's name, what stands behind it in the title, and what stands below.
func postgresWords(l Lang, m *postgres.Message) (what, detail string, lines []string) {
	what = postgresKinds[m.Kind].In(l)
	switch m.Kind {
	case postgres.Query, postgres.Parse, postgres.Bind, postgres.Describe, postgres.Execute, postgres.Close, postgres.CopyFail:
		detail, lines = asked(l, m)
	case postgres.Startup:
		detail = Text{"version ", "版本 "}.In(l) + strconv.Itoa(int(m.Major)) + "." + strconv.Itoa(int(m.Minor))
		lines = fieldLines(m.Fields)
	case postgres.Password:
		detail = strings.Join(append(m.Mechanisms, hidden), " ")
	case postgres.EncryptionAnswer:
		detail = encryptionAnswers[m.Status].In(l)
	case postgres.Authentication:
		detail = strings.Join(append([]string{authentication(l, m.Auth)}, m.Mechanisms...), " ")
	case postgres.ParameterStatus:
		detail = strings.Join(fieldLines(m.Fields), " ")
	case postgres.ReadyForQuery:
		detail = transactions[m.Status].In(l)
	case postgres.CommandComplete:
		detail = m.Text
	case postgres.ErrorResponse, postgres.NoticeResponse:
		detail, lines = failure(l, m)
	case postgres.NotificationResponse:
		detail = m.Field("channel") + ": " + m.Text
	case postgres.BackendKeyData, postgres.CancelRequest:
		detail = Text{"process ", "进程 "}.In(l) + strconv.FormatUint(uint64(m.PID), 10)
	case postgres.NegotiateProtocolVersion:
		detail = strconv.Itoa(int(m.Major)) + "." + strconv.Itoa(int(m.Minor))
		lines = fieldLines(m.Fields)
	case postgres.Unknown:
		detail = strconv.Quote(string(rune(m.Tag))) + " · " + Count(uint64(m.Length)) + " B"
	default:
		detail, lines = delivered(l, m)
	}
	return what, detail, lines
}

// asked writes what a frontend wants done.
func asked(l Lang, m *postgres.Message) (detail string, lines []string) {
	sql := m.SQL()
	switch m.Kind {
	case postgres.CopyFail:
		return m.Text, nil
	case postgres.Query, postgres.Parse:
		lines = strings.Split(strings.TrimRight(sql, "\n"), "\n")
		if int64(len(m.Text)) < m.TextLength {
			lines = append(lines, "… "+Count(uint64(m.TextLength))+" B")
		}
		if oneLine(sql) == lines[0] && !strings.HasSuffix(oneLine(sql), "…") {
			lines = nil // the title says it all
		}
	case postgres.Bind:
		for i := range m.Values {
			lines = append(lines, "$"+strconv.Itoa(i+1)+" = "+cell(&m.Values[i]))
		}
		lines = appendLeft(l, lines, m.ValueCount-len(m.Values))
	default: // the others have nothing else
	}
	var parts []string
	if m.Statement != "" {
		parts = append(parts, m.Statement)
	}
	if m.Portal != "" {
		parts = append(parts, m.Portal)
	}
	if sql != "" {
		parts = append(parts, oneLine(sql))
	}
	if m.Limit != 0 {
		parts = append(parts, fmt.Sprintf(Text{"rows: at most %s", "最多 %s 行"}.In(l), Count(uint64(m.Limit))))
	}
	return strings.Join(parts, " · "), lines
}

// delivered writes what a backend hands over: columns, rows, pieces of a COPY.
func delivered(l Lang, m *postgres.Message) (detail string, lines []string) {
	switch m.Kind {
	case postgres.RowDescription:
		names := make([]string, len(m.Columns))
		for i, c := range m.Columns {
			names[i] = c.Name
			if t := postgres.TypeName(c.Type); t != "" {
				names[i] += " " + t
			}
		}
		return columnList(names, m.ColumnCount), nil
	case postgres.DataRow:
		detail = rowCount(l, m)
		for _, r := range m.Rows {
			cells := make([]string, len(r))
			for i := range r {
				cells[i] = cell(&r[i])
			}
			lines = append(lines, strings.Join(cells, " | "))
		}
	case postgres.CopyData:
		if s, ok := replications[m.Replication]; ok {
			return s.In(l) + " · " + Count(uint64(m.Length)) + " B", nil
		}
		detail = fmt.Sprintf(Text{"pieces: %s, %s B", "%s 块，%s B"}.In(l), Count(uint64(m.Count)), Count(uint64(m.Length)))
		for _, r := range m.Rows {
			lines = append(lines, cell(&r[0]))
		}
	case postgres.CopyInResponse, postgres.CopyOutResponse, postgres.CopyBothResponse:
		return fmt.Sprintf(Text{"columns: %d", "%d 列"}.In(l), m.ColumnCount), nil
	case postgres.ParameterDescription:
		return strconv.Itoa(m.ValueCount), nil
	case postgres.FunctionCallResponse:
		if len(m.Values) > 0 {
			return cell(&m.Values[0]), nil
		}
		return "", nil
	default:
		return "", nil
	}
	return detail, appendLeft(l, lines, int(m.Count)-len(m.Rows))
}

// rowCount says how many rows there are, and of which columns if that is known.
func rowCount(l Lang, m *postgres.Message) string {
	words := Text{"%s rows", "%s 行"}
	if m.Count == 1 {
		words[English] = "%s row"
	}
	s := fmt.Sprintf(words.In(l), Count(uint64(m.Count)))
	if d := m.Described; d != nil {
		names := make([]string, len(d.Columns))
		for i := range d.Columns {
			names[i] = d.Columns[i].Name
		}
		s += " (" + columnList(names, d.ColumnCount) + ")"
	}
	return s
}

// columnList writes the names of the first columns.
func columnList(names []string, count int) string {
	const most = 12
	if shown := min(len(names), most); shown < count {
		names = append(names[:shown:shown], "…")
	}
	return strings.Join(names, ", ")
}

// appendLeft says how many things are not shown.
func appendLeft(l Lang, lines []string, n int) []string {
	if n <= 0 {
		return lines
	}
	return append(lines, fmt.Sprintf(Text{"… %s more", "… 还有 %s 个"}.In(l), Count(uint64(n))))
}

// oneLine writes a query in one line that fits a title.
func oneLine(sql string) string {
	s, cut := shorten(strings.Join(strings.Fields(sql), " "), maxSQLTitle)
	if cut {
		s += "…"
	}
	return s
}

// cell writes a value: text as it is, other bytes in hexadecimal.
func cell(v *postgres.Value) string {
	switch {
	case v.Null:
		return "NULL"
	case !utf8.ValidString(v.Text) || strings.IndexByte(v.Text, 0) >= 0:
		b := v.Text[:min(len(v.Text), maxCellBytes)]
		s := "0x" + hex.EncodeToString([]byte(b))
		if int64(len(b)) < v.Length {
			s += "… " + Count(uint64(v.Length)) + " B"
		}
		return s
	}
	s, cut := shorten(strings.TrimRight(v.Text, "\n"), maxCell)
	if cut || int64(len(v.Text)) < v.Length {
		s += "… " + Count(uint64(v.Length)) + " B"
	}
	return s
}

func fieldLines(fields []postgres.Field) []string {
	lines := make([]string, len(fields))
	for i, f := range fields {
		lines[i] = f.Name + " = " + f.Value
	}
	return lines
}

// failure writes an error or notice: severity, code and message in the title, the rest below.
func failure(l Lang, m *postgres.Message) (detail string, lines []string) {
	severity := m.Field("V") // not translated
	if severity == "" {
		severity = m.Field("S")
	}
	detail = severity + " " + m.Field("C") + ": " + m.Field("M")
	for _, f := range m.Fields {
		if name, ok := errorFields[f.Name]; ok {
			lines = append(lines, name.In(l)+Text{": ", "："}.In(l)+f.Value)
		}
	}
	return detail, lines
}
