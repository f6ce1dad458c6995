package cli

import "tcptalk/internal/proto/mysql"

// mysql writes a MySQL message. Passwords and hashes are not in it.
func (j *jsonLines) mysql(m *mysql.Message, complete bool) {
	j.str("kind", m.Kind.String())
	j.num("packets", m.Packets)
	j.num("len", m.Length)
	if !complete {
		j.bool("complete", false)
	}
	if m.Compressed {
		j.bool("compressed", true)
	}
	if h := m.Hello; h != nil {
		j.str("version", h.Version)
		j.num("thread", int64(h.Thread))
	}
	if a := m.Account; a != nil && m.Kind != mysql.TLSRequest {
		j.str("user", a.User)
		j.str("database", a.Database)
		j.str("plugin", a.Plugin)
	}
	if q := m.Command; q != nil {
		j.mysqlCommand(q)
	}
	if p := m.Prepared; p != nil {
		j.num("statement", int64(p.ID))
	}
	if r := m.Result; r != nil {
		j.num("columns", int64(r.ColumnCount))
		j.num("rows", r.RowCount)
	}
	if s := m.Status; s != nil {
		j.num("affected_rows", int64(s.Affected))
		j.num("insert_id", int64(s.InsertID))
		j.num("warnings", int64(s.Warnings))
	}
	if f := m.Failure; f != nil {
		j.num("error", int64(f.Code))
		j.str("sql_state", f.State)
		j.str("message", f.Message)
	}
}

// mysqlCommand writes what is asked. text is cut where it is too long to be kept.
func (j *jsonLines) mysqlCommand(q *mysql.Query) {
	j.num("command", int64(q.Code))
	if q.TextLen > 0 {
		j.str("text", string(q.Text))
		j.num("text_len", q.TextLen)
	}
	if q.ParamCount > 0 {
		j.num("params", int64(q.ParamCount))
	}
}
